/**
 * A text as it is shown: bold, italic, code, quotes, links. The marks are those of lanchat/core/formatting.py, as far as
 * a talk on a phone needs them: lists and named links stay as they are written. Others write the texts: no rule takes
 * long, whatever is in them.
 *
 * @typedef {{text: string, style: number, address: string}} Span  words that look the same and lead to the same address
 */
import { make } from './dom.js';

// Of a Span's style, added; the last two stand in lines of their own.
const [BOLD, ITALIC, STRIKE, CODE, BLOCK, QUOTE] = [1, 2, 4, 8, 16, 32];

const MOST_MARKS = 600; // signs of a text; in one that has more, none is a mark
const FENCE = /^\x60\x60\x60[ \t]*[\w+#.-]{0,20}\n([^]*?)\n\x60\x60\x60[ \t]*$\n?/gm;
const QUOTED = /^>+[ \t][^\n]*(?:\n>+[ \t][^\n]*)*\n?/gm;
const INLINE = new RegExp([
  /\\([*_~\x60[\]>#-])/, // as written
  /\x60([^\x60\n]+)\x60/,
  /(\*\*|~~)(?![\s*~])([^\n]*?[^\s*~])\3/,
  /([*_])([^\s*_]|[^\s*_][^\n*_]*[^\s*_])\5/,
  /((?:https?:\/\/|www\.[a-z\d-]+\.)[^\s<>"\x60]+)/,
].map(({ source }) => source).join('|'), 'gi');
const SENTENCE_ENDS = '.,;:!?"…»”’\'*_~';

/** @param {string} text @returns {Span[]} that make up all of it but the marks */
export function formatted(text) {
  if (text.match(/[*_~\x60]/g)?.length > MOST_MARKS) return [{ text, style: 0, address: '' }];
  const spans = [];
  apart(text, FENCE, ([, code]) => spans.push({ text: code, style: CODE | BLOCK, address: '' }), (rest) => {
    const unmarked = (said) => said.replace(/^>+[ \t]/gm, '').replace(/\n$/, '');
    apart(rest, QUOTED, ([said]) => addInline(unmarked(said), QUOTE, spans), (words) => addInline(words, 0, spans));
  });
  return spans;
}

/** Hand on what a pattern finds in a text, and what stands between that. */
function apart(text, pattern, found, between) {
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > from) between(text.slice(from, match.index));
    found(match);
    from = match.index + match[0].length;
  }
  if (from < text.length) between(text.slice(from));
}

function addInline(text, style, spans) {
  const add = (words, more = 0, address = '') => {
    const last = spans[spans.length - 1];
    if (last && last.style === (style | more) && !last.address && !address) last.text += words;
    else if (words) spans.push({ text: words, style: style | more, address });
  };
  apart(text, INLINE, (match) => {
    const [whole, literal, code, strong, loud, mark, soft, link] = match;
    const before = text[match.index - 1] ?? '';
    const around = before + (text[match.index + whole.length] ?? '');
    if (code) add(code, CODE);
    else if (strong) addInline(loud, style | (strong === '~~' ? STRIKE : BOLD), spans);
    else if (mark && !/[\p{L}\p{N}*_]/u.test(around)) addInline(soft, style | ITALIC, spans);
    else if (link && !/[a-z\d].|[.@/-]w/i.test(before + link[0])) addLink(link, add);
    else add(literal ?? whole);
  }, add);
}

/** @param {string} found an address, and what ends the sentence around it */
function addLink(found, add) {
  const hasBracket = found.includes('(');
  let end = found.length;
  while (SENTENCE_ENDS.includes(found[end - 1]) || (found[end - 1] === ')' && !hasBracket)) end -= 1;
  const link = found.slice(0, end);
  add(link, 0, /^www/i.test(link) ? `http://${link}` : link);
  add(found.slice(end));
}

/** @param {string} text @returns {(Node | string)[]} */
export function drawFormatted(text) {
  const nodes = [];
  let quote = null;
  for (const { text: words, style, address } of formatted(text)) {
    let node = words;
    for (const [bit, tag] of [[CODE, 'code'], [STRIKE, 's'], [ITALIC, 'i'], [BOLD, 'b']]) {
      if (style & bit) node = make(tag, style & BLOCK ? 'block' : '', node);
    }
    if (address) node = Object.assign(make('a', '', node), { href: address, target: '_blank', rel: 'noopener noreferrer' });
    if (style & QUOTE) quote ?? nodes.push((quote = make('q', '')));
    else quote = null;
    if (quote) quote.append(node);
    else nodes.push(node);
  }
  return nodes;
}

/** @param {string} text @returns {string} without its marks */
export const unformatted = (text) => formatted(text).map((span) => span.text).join('');
