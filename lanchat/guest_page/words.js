/** The page's words, in the language of the phone where the host has it, else in English. */

/** @type {Record<string, string>} English → the phone's language */
let table = {};

/** @param {Record<string, Record<string, string>>} languages by tag @param {readonly string[]} wanted best first */
export function speak(languages, wanted) {
  const tag = wanted.map((one) => one.toLowerCase().split('-')[0]).find((one) => one === 'en' || one in languages);
  table = (tag && languages[tag]) || {};
  document.documentElement.lang = tag ?? 'en';
}

/**
 * @param {string} english with {names} of what is put in
 * @param {Record<string, string | number>} parts
 */
export function words(english, parts = {}) {
  const text = table[english] ?? english;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in parts ? String(parts[name]) : whole));
}

/** @param {number} count @param {string} one @param {string} many both with {n} */
export function counted(count, one, many) {
  return words(count === 1 ? one : many, { n: count });
}
