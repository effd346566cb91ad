/**
 * Every text in which a value can stand in another. Written anew, and not taken from the product: a form that was
 * forgotten there would be forgotten here as well.
 */
export function formsIn(value: string): readonly string[] {
  const inAddress = encodeURIComponent(value);
  const inJson = JSON.stringify(value).slice(1, -1);
  const hex = Buffer.from(value).toString('hex');
  const forms = [
    value,
    inAddress,
    encodeURIComponent(inAddress),
    new URLSearchParams({ v: value }).toString().slice(2),
    inJson,
    JSON.stringify(inJson).slice(1, -1),
    hex,
    hex.toUpperCase(),
    ...base64In(value),
  ];
  return [...new Set(forms)].filter(({ length }) => length >= 6);
}

/** For each place in three bytes at which it may begin: the characters that do not depend on what stands beside it. */
function base64In(value: string): readonly string[] {
  return ['', 'x', 'xx'].flatMap((before) => {
    const text = Buffer.from(before + value).toString('base64');
    const certain = text.slice([0, 2, 3][before.length], lastCertain(before + value));
    return [certain, certain.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function lastCertain(text: string): number {
  return Math.floor((Buffer.byteLength(text) * 4) / 3);
}
