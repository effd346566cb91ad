export type Attributes = Readonly<Record<string, string | number | null>>;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** An element with attributes, null ones empty, and its children below it. */
export const element = (name: string, attributes: Attributes, children?: readonly string[]): string => {
  const words = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value ?? ''))}"`);
  const start = `<${name}${words.join('')}`;
  return children === undefined ? `${start} />` : [`${start}>`, ...children, `</${name}>`].join('\n');
};

/** An element with text in it. */
export const textElement = (name: string, text: string): string => `<${name}>${escaped(text)}</${name}>`;
