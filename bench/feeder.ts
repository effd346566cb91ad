import { createServer, type Socket } from 'node:net';

/**
 * A gateway in a process of its own that pours portfolio rows: what is measured is the client alone.
 * Arguments: positions, updates. It names its port to its parent, and pours on "go".
 */
const [positions = 100, updates = 100_000] = process.argv.slice(2).map(Number);
const ACCOUNT = 'DU0000001';
/** The price of the very last row, which ends a measurement. */
const LAST_PRICE = 999_999;

function frame(...fields: readonly (string | number)[]): Buffer {
  const body = Buffer.from(`${fields.join('\0')}\0`);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

function portfolioRow(index: number, price: number): Buffer {
  const value = (price * 100).toFixed(2);
  return frame(
    7,
    8,
    1000 + index,
    `SYM${index}`,
    'STK',
    '',
    '0',
    '0',
    '',
    'NYSE',
    'USD',
    `SYM${index}`,
    `SYM${index}`,
    100,
    price,
    value,
    '95.5',
    '12.5',
    '0.0',
    ACCOUNT,
  );
}

const values = [
  ['AccountReady', 'true', ''],
  ['AccountType', 'INDIVIDUAL', ''],
  ['NetLiquidation', '1000000.00', 'USD'],
  ['TotalCashValue', '1000000.00', 'USD'],
  ['ExchangeRate', '1.00', 'USD'],
] as const;

function download(): Buffer {
  const rows = Array.from({ length: positions }, (_, index) => portfolioRow(index, 100));
  return Buffer.concat([
    ...values.map(([key, value, currency]) => frame(6, 2, key, value, currency, ACCOUNT)),
    ...rows,
    frame(54, 1, ACCOUNT),
  ]);
}

function positionList(): Buffer {
  const rows = Array.from({ length: positions }, (_, index) =>
    frame(
      61,
      3,
      ACCOUNT,
      1000 + index,
      `SYM${index}`,
      'STK',
      '',
      '0.0',
      '',
      '',
      'NYSE',
      'USD',
      `SYM${index}`,
      `SYM${index}`,
      100,
      '95.5',
    ),
  );
  return Buffer.concat([...rows, frame(62, 1)]);
}

function answer(socket: Socket, fields: readonly string[]): void {
  const [id, , third = ''] = fields;
  if (id === '71') socket.write(Buffer.concat([frame(15, 1, ACCOUNT), frame(9, 1, 1)]));
  if (id === '6' && third === '1') socket.write(download());
  if (id === '61') socket.write(positionList());
  if (id === '16') socket.write(frame(53, 1));
  if (id === '99') socket.write(frame(102));
  if (id === '7') socket.write(frame(55, 1, third));
  if (id === '49') socket.write(frame(49, 1, Math.floor(Date.now() / 1000)));
}

let client: Socket | null = null;
const server = createServer((socket) => {
  client = socket;
  let greeted = false;
  let pending = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    if (!greeted && pending.length >= 8) {
      greeted = true;
      pending = pending.subarray(8 + pending.readUInt32BE(4));
      socket.write(frame(187, '20261124 09:30:00 America/New_York'));
    }
    if (!greeted) return;
    while (pending.length >= 4 && pending.length >= 4 + pending.readUInt32BE(0)) {
      const end = 4 + pending.readUInt32BE(0);
      answer(socket, pending.toString('utf8', 4, end - 1).split('\0'));
      pending = pending.subarray(end);
    }
  });
});

const stream = Buffer.concat(
  Array.from({ length: updates }, (_, index) => {
    const isLast = index === updates - 1;
    return portfolioRow(index % positions, isLast ? LAST_PRICE : 100 + ((index * 7) % 1000) / 100);
  }),
);

process.on('message', () => client?.write(stream));
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 });
});
