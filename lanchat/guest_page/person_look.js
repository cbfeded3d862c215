/** How a person is drawn: with the colour and initials that the window has for them (desktop/theme/avatars.py). */
const COLOURS = 8; // as COLOURS in avatars.py

/** @param {Uint8Array} key @param {{a?: number[]}} says what their card says @returns {number} */
export function colourOf(key, says) {
  const chosen = says.a?.[0];
  return (Number.isInteger(chosen) ? Math.abs(chosen) : crc32(key)) % COLOURS;
}

/** @param {Uint8Array} bytes */
function crc32(bytes) {
  let sum = -1;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 && 0xedb88320);
  }
  return ~sum >>> 0;
}

/** Of the first and last word, or two letters of the only one; one where there are no capitals. @param {string} nick */
export function initialsOf(nick) {
  const parts = nick.split(' (')[0].split(/\s/); // and no mark that tells two people apart
  const names = parts.map((part) => [...part.replace(/[^\p{L}\p{N}]/gu, '')]).filter(({ length }) => length);
  if (!names.length) return '?';
  const [first, second = ''] = [names[0][0], names.length > 1 ? names[names.length - 1][0] : names[0][1]];
  const hasCase = (letter) => letter.toLowerCase() !== letter.toUpperCase();
  if (!hasCase(first) || !hasCase(second)) return first.toUpperCase();
  return first.toUpperCase() + (names.length > 1 ? second.toUpperCase() : second);
}
