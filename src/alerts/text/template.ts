/** Puts the values of known names into `{{name}}`; what is not known stays as it is written. No code, no paths. */
export function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{\{\s*([A-Za-z]+)\s*\}\}/gu, (written, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? written) : written,
  );
}
