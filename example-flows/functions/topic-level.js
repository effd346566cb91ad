// Labels as levels of an MQTT topic. Of two that would be the same, each gets a piece of its account's key.
const topicLevels = (accounts) => {
  const slug = (label) =>
    label
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '_')
      .replace(/^_|_$/g, '') || 'account';
  const slugs = Object.values(accounts).map(({ label }) => slug(label));
  const isAlone = (one) => slugs.filter((other) => other === one).length === 1;
  return Object.fromEntries(
    Object.entries(accounts).map(([key, { label }]) => {
      const own = slug(label);
      return [key, isAlone(own) ? own : `${own}_${key.slice(0, 6)}`];
    }),
  );
};
