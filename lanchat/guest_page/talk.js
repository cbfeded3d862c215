/**
 * The talk of one room as a guest sees it: the messages that the rows of the Log make, and who is here. Pure.
 *
 * The host has checked who may change what; the page believes it (see wire.js, readEntries).
 *
 * @typedef {import('./wire.js').LogRow} LogRow
 * @typedef {{id: string, seq: number, author: string, kind: string, text: string, file: ?import('./files.js').Offer,
 *   replyTo: ?string, at: number, isEdited: boolean, isDeleted: boolean, reactions: Map<string, Set<string>>,
 *   state: 'in' | 'waiting' | 'refused', problem: string}} Message  ids and keys as hexadecimal digits
 * @typedef {{key: string, nick: string, isGuest: boolean, colour: number, profile: Uint8Array}} Person
 */
import { bytesOfHex, hexOf } from './bytes.js';
import { colourOf } from './person_look.js';
import { shownLine, shownText } from './shown_text.js';
import { decode } from './vendor.js';

const MOST = 1_000; // rows, and messages: what came before is not on this phone any more
const NOTHING = new Uint8Array(0);
const NO_REACTIONS = new Map(); // of all messages without: thousands may come at once

const utf8 = new TextDecoder();

export class Talk {
  constructor() {
    /** @type {LogRow[]} the last of the Log */
    this.rows = [];
    /** @type {Map<string, Message>} in the order of the Log, those that wait at the end */
    this.messages = new Map();
    /** @type {Map<string, Person>} */
    this.people = new Map();
    /** @type {Set<string>} keys of who is here */
    this.here = new Set();
    /** @type {Map<string, Uint8Array>} keys of authors whose cards are not known */
    this.unknown = new Map();
    this.writer = { bytes: null, key: '' }; // of the last row: many rows of a frame have the same bytes
  }

  /** The number of the last row; 0: there is none. */
  get last() {
    return this.rows[this.rows.length - 1]?.seq ?? 0;
  }

  /** Whether the Log begins before what is here. */
  get hasEarlier() {
    return this.rows.length > 0 && this.rows[0].seq > 1;
  }

  /** Rows that follow the last one. @param {LogRow[]} rows @returns {Set<string>} ids of the messages that changed */
  add(rows) {
    const changed = new Set();
    for (const row of rows) {
      this.rows.push(row);
      this.#apply(row, changed);
    }
    if (this.rows.length > MOST) this.rows.splice(0, this.rows.length - MOST);
    for (const id of this.messages.keys()) {
      if (this.messages.size <= MOST) break;
      this.messages.delete(id);
      changed.delete(id);
    }
    return changed;
  }

  /** The Log is another after `seq`. @param {number} seq */
  cutAfter(seq) {
    const rows = this.rows.filter((row) => row.seq <= seq);
    this.rows = [];
    this.messages.clear();
    this.unknown.clear();
    this.add(rows);
  }

  /** What I wrote and the room has not taken yet. @param {LogRow} row */
  addWaiting(row) {
    const changed = new Set();
    this.#apply(row, changed);
    const message = this.messages.get(hexOf(row.id));
    if (message && !row.kind.startsWith('+')) message.state = 'waiting';
    return changed;
  }

  /** @param {import('./wire.js').Card[]} cards @param {boolean} here whether they are here now */
  meet(cards, here) {
    for (const [key, nick, , , profile] of cards) {
      const id = hexOf(key);
      const says = readProfile(profile);
      const [shown, colour] = [shownLine(String(nick)), colourOf(key, says)];
      this.people.set(id, { key: id, nick: shown, isGuest: says.g === true, colour, profile });
      this.unknown.delete(id);
      if (here) this.here.add(id);
    }
  }

  /**
   * The cards of those who wrote these rows, and of one more, to be met again later.
   * @param {LogRow[]} rows @param {string} other @returns {import('./wire.js').Card[]} without signatures
   */
  cardsOf(rows, other) {
    const keys = new Set([other, ...rows.map(({ author }) => hexOf(author))]);
    const people = [...keys].map((key) => this.people.get(key)).filter(Boolean);
    return people.map(({ key, nick, profile }) => [bytesOfHex(key), nick, 0, NOTHING, profile]);
  }

  #apply(row, changed) {
    const id = hexOf(row.id);
    if (row.author !== this.writer.bytes) this.writer = { bytes: row.author, key: hexOf(row.author) };
    const author = this.writer.key;
    if (!this.people.has(author)) this.unknown.set(author, row.author);
    const target = row.target && hexOf(row.target);
    const message = target && this.messages.get(target);
    switch (row.kind) {
      case 'text':
      case 'file':
        this.messages.delete(id); // it waited, and has its place now
        this.messages.set(id, this.#message(row, id, author, target));
        changed.add(id);
        return;
      case '+edit':
        if (!message) return;
        message.text = shownText(utf8.decode(row.body));
        message.isEdited = true;
        break;
      case '+delete':
        if (!message) return;
        message.isDeleted = true;
        message.text = '';
        break;
      case '+react':
      case '+unreact':
        if (!message) return;
        if (message.reactions === NO_REACTIONS) message.reactions = new Map();
        react(message.reactions, shownLine(utf8.decode(row.body)), author, row.kind === '+react');
        break;
      default:
        if (row.kind.startsWith('+')) return;
        this.messages.set(id, this.#message(row, id, author, target));
        changed.add(id);
        return;
    }
    changed.add(target);
  }

  /** @returns {Message} */
  #message(row, id, author, target) {
    const file = row.kind === 'file' ? readOffer(row.body) : null;
    const text = row.kind === 'text' ? shownText(utf8.decode(row.body)) : (file?.caption ?? '');
    return {
      id, seq: row.seq, author, kind: row.kind, file, replyTo: target, text, at: row.receivedAt || row.sentAt,
      isEdited: false, isDeleted: row.isErased, reactions: NO_REACTIONS, state: 'in', problem: '',
    };
  }
}

function react(reactions, emoji, author, isOn) {
  const authors = reactions.get(emoji) ?? new Set();
  if (isOn) authors.add(author);
  else authors.delete(author);
  if (authors.size) reactions.set(emoji, authors);
  else reactions.delete(emoji);
}

/** What a card says besides the nick; nothing where it cannot be read. */
function readProfile(profile) {
  try {
    return decode(profile) ?? {};
  } catch {
    return {};
  }
}

/** What offers files says (see lanchat/core/file_offer.py). @returns {?import('./files.js').Offer} null: it says none */
function readOffer(body) {
  try {
    const [name, size, count, root, , media, width, height, preview, caption] = decode(body);
    return {
      name: shownLine(String(name)), size: Number(size), count: Number(count), root: hexOf(root),
      media: String(media ?? ''), width: Number(width ?? 0), height: Number(height ?? 0), preview: preview ?? new Uint8Array(0),
      caption: shownText(String(caption ?? '')),
    };
  } catch {
    return null;
  }
}
