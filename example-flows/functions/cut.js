// The longest beginning that fits: `sizeOf` counts what the receiver counts, and no character is cut in two.
const cut = (text, most, sizeOf) => {
  const all = String(text);
  if (sizeOf(all) <= most) return all;
  const characters = Array.from(all);
  let kept = '';
  let size = sizeOf('…');
  for (const character of characters) {
    size += sizeOf(character);
    if (size > most) break;
    kept += character;
  }
  return `${kept}…`;
};
