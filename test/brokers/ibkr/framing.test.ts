import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fieldsOf, Framing } from '../../../src/brokers/ibkr/framing.js';
import { ProtocolError } from '../../../src/errors.js';

const LARGEST = 0xffffff;

function frameOf(fields: readonly string[]): Buffer {
  const text = Buffer.from(fields.map((field) => `${field}\0`).join(''));
  return Buffer.concat([lengthOf(text.length), text]);
}

function lengthOf(length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(length);
  return bytes;
}

/** The fields of all frames in the chunks. */
function read(chunks: readonly Buffer[]): (readonly string[])[] {
  const framing = new Framing();
  return chunks.flatMap((chunk) => [...framing.frames(chunk)].map((frame) => fieldsOf(frame)));
}

function cut(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const at = [
    0,
    ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b),
    bytes.length,
  ];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

const field = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replaceAll('\0', ''));
// A frame is at least two bytes long: a lone empty field is none.
const fields = fc
  .array(field, { minLength: 1, maxLength: 8 })
  .filter((list) => Buffer.byteLength(list.join('\0')) > 0);

const refuses = (bytes: Buffer, what: RegExp): void => {
  assert.throws(
    () => read([bytes]),
    (error: unknown) => error instanceof ProtocolError && error.code === 'frame' && what.test(error.message),
  );
};

describe('frames of the TWS socket', () => {
  it('are the same however the bytes are cut into chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fields, { maxLength: 6 }),
        fc.array(fc.nat(500), { maxLength: 12 }),
        (list, places) => {
          assert.deepEqual(read(cut(Buffer.concat(list.map(frameOf)), places)), list);
        },
      ),
    );
  });

  it('are the same when every byte comes alone', () => {
    const list = [
      ['193', '20260105 09:30:00 EST'],
      ['15', '1', 'U1234567,'],
      ['4', '2', '-1', '2104', 'Zürich'],
    ];
    const bytes = Buffer.concat(list.map(frameOf));
    assert.deepEqual(read(cut(bytes, [...bytes.keys()])), list);
  });

  it('keep empty fields, also the last one', () => {
    assert.deepEqual(read([frameOf(['4', '', ''])]), [['4', '', '']]);
  });

  it('are not cut short by a chunk that ends inside the length', () => {
    const bytes = frameOf(['62', '1']);
    assert.deepEqual(read([bytes.subarray(0, 3)]), []);
    assert.deepEqual(read([bytes.subarray(0, 3), bytes.subarray(3)]), [['62', '1']]);
  });

  it('do not hold on to the buffer of the socket between chunks', () => {
    const framing = new Framing();
    const bytes = frameOf(['62', '1']);
    const first = Buffer.from(bytes.subarray(0, 6));
    assert.deepEqual([...framing.frames(first)], []);
    first.fill(0xff);
    assert.deepEqual([...framing.frames(bytes.subarray(6))].map(fieldsOf), [['62', '1']]);
  });

  for (const length of [0, 1, -1, -2_147_483_648, 0x7fffffff, LARGEST + 1]) {
    it(`refuse the length ${length}`, () => refuses(lengthOf(length), /claims \d+ bytes/));
  }

  it('accept the largest length of the official client and wait for its bytes', () => {
    assert.deepEqual(read([lengthOf(LARGEST), Buffer.from('4')]), []);
  });

  it('come out before the refusal of what follows them', () => {
    const framing = new Framing();
    const seen: string[] = [];
    assert.throws(() => {
      for (const frame of framing.frames(Buffer.concat([frameOf(['62', '1']), lengthOf(-1)])))
        seen.push(fieldsOf(frame).join('|'));
    }, ProtocolError);
    assert.deepEqual(seen, ['62|1']);
  });

  it('refuse a message that does not end in NUL', () => {
    refuses(Buffer.concat([lengthOf(4), Buffer.from('62\0x')]), /NUL/);
  });

  it('say that the port belongs to a web server when it answers HTTP', () => {
    refuses(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), /web server/);
  });

  for (const [what, type] of [
    ['alert', 21],
    ['handshake', 22],
  ] as const) {
    it(`say that the port speaks TLS when it answers with a TLS ${what}`, () => {
      refuses(Buffer.from([type, 3, 3, 0, 2, 2, 70]), /TLS/);
    });
  }

  it('refuse or read any bytes, and end', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 5 }), (chunks) => {
        try {
          read(chunks.map((chunk) => Buffer.from(chunk)));
        } catch (error) {
          assert.ok(error instanceof ProtocolError);
        }
      }),
    );
  });
});
