/**
 * The page's words, in the first language of the phone's that lanchat has, else in English.
 *
 * They are in lanchat/languages with all others; packaging/catalogues.py finds them by the calls of `words` and
 * `counted`, whose texts are therefore written out in the call. No text is made when a module is read: it would stay
 * English.
 */

const PATIENCE_MS = 3_000; // for the words of a language; then the page is English

/** English → the phone's language. Of texts with a number the first English form → each form, by plural category
 * (https://unicode.org/reports/tr35/tr35-numbers.html#Language_Plural_Rules).
 * @type {Map<string, string | Record<string, string>>} */
let table = new Map();
let plurals = new Intl.PluralRules('en');
let locale = 'en';

/** Speak the best of the languages that lanchat has, which are named in the page itself. @param {readonly string[]} wanted best first */
export async function speak(wanted) {
  const { languages } = document.documentElement.dataset;
  const spoken = ['en', ...languages.split(' ')];
  const best = wanted.find((one) => spoken.includes(languageOf(one))) ?? 'en';
  const language = languageOf(best);
  if (language === 'en') {
    locale = best;
    return;
  }
  try {
    const answer = await fetch(`words-${language}.json`, { signal: AbortSignal.timeout?.(PATIENCE_MS) });
    if (!answer.ok) return;
    use(best, await answer.json());
    document.documentElement.lang = language;
  } catch {
    // English: a page in another language is better than none
  }
}

/** @param {string} tag with a country or without @param {Record<string, string | Record<string, string>>} translated */
export function use(tag, translated) {
  table = new Map(Object.entries(translated));
  plurals = new Intl.PluralRules(languageOf(tag));
  locale = tag;
}

/** For dates: the language of the words, with the country where the phone names one. @param {Intl.DateTimeFormatOptions} options */
export function dates(options) {
  return new Intl.DateTimeFormat(locale, options);
}

/** @param {Intl.NumberFormatOptions} options */
export function numbers(options) {
  return new Intl.NumberFormat(locale, options);
}

/**
 * @param {string} english with {names} of what is put in
 * @param {Record<string, string | number>} parts
 */
export function words(english, parts = {}) {
  return filled(table.get(english) ?? english, parts);
}

/** @param {number} count @param {string} one @param {string} many with {n} @param {Record<string, string | number>} parts */
export function counted(count, one, many, parts = {}) {
  const forms = table.get(one);
  return filled(forms?.[plurals.select(count)] ?? (count === 1 ? one : many), { n: count, ...parts });
}

function filled(text, parts) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (Object.keys(parts).includes(name) ? String(parts[name]) : whole));
}

const languageOf = (tag) => tag.toLowerCase().split('-')[0];
