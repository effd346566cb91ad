/** Below this a value is no secret worth hiding: with it, half of every sentence would turn into dots. */
export const SHORTEST = 6;

/**
 * Every text in which a value can stand in another: as it is, in an address, in JSON, in hex, and in base64 that
 * may begin anywhere before it (`Basic` is base64 of `key:secret`).
 */
export function formsOf(value: string): readonly string[] {
  const plain = [value, value.replace(/[@=]+$/, '')];
  const inAddress = plain.flatMap((text) => [
    percent(text),
    new URLSearchParams([['', text]]).toString().slice(1),
  ]);
  const escaped = plain.map(inJson);
  const forms = [...plain, ...inAddress, ...inAddress.map(percent), ...escaped, ...escaped.map(inJson)];
  const hex = Buffer.from(value).toString('hex');
  const all = [...forms, ...forms.map(lowerPercent), hex, hex.toUpperCase()];
  return [...new Set(all)].filter((form) => form.length >= SHORTEST);
}

/** The characters that are the same in every base64 text with the value in it, one for each place it may begin at. */
export function base64FormsOf(value: string): readonly string[] {
  const forms = [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.from(`${'\0'.repeat(before)}${value}`);
    const whole = Math.floor((bytes.length * 8) / 6);
    const [plain, forAddresses] = [bytes.toString('base64'), bytes.toString('base64url')];
    return [plain, forAddresses].map((text) => text.slice(Math.ceil((before * 8) / 6), whole));
  });
  return [...new Set(forms)].filter((form) => form.length >= SHORTEST);
}

/** encodeURIComponent refuses half of a pair of surrogates; Buffer makes U+FFFD of it, as fetch does. */
function percent(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString('utf8'));
}

function lowerPercent(text: string): string {
  return text.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
