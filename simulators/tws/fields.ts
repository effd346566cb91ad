/** One message: the texts between the NULs, the message id first. */
export type Fields = readonly string[];

// What real TWS sends for "no value" (recorded frames, sv 164-176).
export const UNSET_DOUBLE = '1.7976931348623157E308';
export const UNSET_INTEGER = '2147483647';
export const UNSET_LONG = '9223372036854775807';

/** Two digits always, as in account values. */
export const money = (value: number): string => value.toFixed(2);

/** As few digits as needed and never an exponent: `201.8829709`, `-110`. */
export const plain = (value: number): string => {
  const text = value.toFixed(8);
  return text.replace(/\.?0+$/, '');
};

/** A double as Java prints it: `1.0`, `196.52`. */
export const double = (value: number): string => {
  const text = plain(value);
  return text.includes('.') ? text : `${text}.0`;
};

export const priceOrZero = (value: number | null): string => (value === null ? '0.0' : double(value));

// From server version 153 TWS escapes error texts instead of sending UTF-8 (tws-api, ENCODE_MSG_ASCII7).
export const escapeText = (text: string): string =>
  text.replaceAll(/[\u0080-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
