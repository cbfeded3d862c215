/** What others wrote, made safe to show, as lanchat/core/text.py does it for the window. */

const NEVER = /(?![\t\n\u180b-\u180f\u200c\u200d\ufe0e\ufe0f\u{e0000}-\u{e0fff}])[\p{Cc}\p{DI}\ufff9-\ufffb]/gu; // invisible
const TAGS = /(\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{2,6}\u{e007f})|[\u{e0000}-\u{e0fff}]/gu; // but of flags
const MARKS = /(\p{M}{4})\p{M}+/gu; // more than any language has in a row: they would cover other lines

/** @param {string} text @returns {string} '' where it would show nothing */
export function shownText(text) {
  const seen = text.replace(/\r\n?|[\u2028\u2029]/g, '\n').replace(NEVER, '').replace(TAGS, '$1');
  return seen.replace(MARKS, '$1').normalize().replace(MARKS, '$1').replace(/^\n+/, '').trimEnd();
}

/** @param {string} text a name or title */
export const shownLine = (text) => shownText(text).replace(/\s+/g, ' ').trim();
