// What a message of account-sync tells, piece by piece; null and empty where it is not what account-sync sends.
const numberOf = (value) => (Number.isFinite(value) ? value : null);
const textOf = (value) => (typeof value === 'string' && value !== '' ? value : null);
const objectOf = (value) =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
const rowsOf = (value) =>
  Array.isArray(value) ? value.filter((row) => row !== null && typeof row === 'object') : [];
const timeOf = (value) => (Number.isFinite(Date.parse(textOf(value))) ? value : null);
const told = () => {
  const [account, connection, sync] = [msg.account, msg.connection, msg.sync].map(objectOf);
  const key = textOf(account.key);
  return {
    kind: textOf(sync.kind),
    // Of Object.prototype no name is a key of ours.
    account: key === null || key in {} ? null : { key, label: textOf(account.label) || key },
    currency: /^[A-Z]{3,5}$/.test(textOf(account.currency)) ? account.currency : null,
    connection: textOf(connection.key) in {} ? null : textOf(connection.key),
    connectionLabel: textOf(connection.label) || textOf(connection.key),
    quality: textOf(sync.quality),
    // Only what came through the open connection, is complete and of today.
    isCurrent: sync.quality === 'live' && sync.stale === false,
    doubt:
      sync.quality === 'partial' ? 'not complete' : sync.quality === 'delayed' ? 'of another day' : 'old',
    via: textOf(sync.via),
    asOf: timeOf(sync.asOf) || timeOf(sync.receivedAt),
  };
};
