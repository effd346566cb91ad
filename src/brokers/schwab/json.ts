/** The value in a JSON text, null when the text is no JSON: a schema judges it next. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
