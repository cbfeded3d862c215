/**
 * What the browser keeps of a guest: who they are, and of each room what they have read and what waits to be sent.
 *
 * It is kept per address of the host's computer. A browser may keep nothing, be full, or be cleared at any time: then
 * everything goes on in memory, and a later visit begins as somebody new.
 *
 * @typedef {import('./wire.js').Identity} Identity
 * @typedef {import('./wire.js').WireEntry} WireEntry
 * @typedef {import('./wire.js').LogRow} LogRow
 * @typedef {{fragment: string, title: string, epoch: number, last: number, head: Uint8Array, rows: LogRow[],
 *   cards: import('./wire.js').Card[], host: string}} KeptRoom  host: hexadecimal
 * @typedef {{counter: number, outbox: WireEntry[]}} KeptOutbox
 */
import { decode, encode } from './vendor.js';
import { fromBase64, identityOf, isBytes, isSame, newIdentity, toBase64 } from './wire.js';

const PERSON = 'lanchat person';
const ROOM = 'lanchat room '; // and the room's id
const OUTBOX = 'lanchat outbox '; // and the room's id
const LAST_FRAGMENT = 'lanchat last fragment';
const ROWS_KEPT = 500;
const KEEP_MS = 1_000;

export class Store {
  /** @param {Storage | null} storage null: the browser gives pages none */
  constructor(storage) {
    this.storage = storage;
    this.personName = PERSON;
    this.luggage = null; // of who came from the page of another host, where the browser does not keep it
  }

  /**
   * Who came here from another host's page, where the browser had kept somebody else before, is kept beside them.
   * @param {string} fragment of the link that is open
   */
  useFragment(fragment) {
    const name = `${PERSON} ${fragment}`;
    this.personName = this.#read(name) === null ? PERSON : name;
  }

  /**
   * Keep what the page of another host took along.
   * @param {import('./moving.js').Luggage} luggage @param {string} fragment
   */
  unpack(luggage, fragment) {
    this.luggage = luggage;
    const { me, nick } = this.person();
    const { secretKey, deviceId } = luggage;
    if (nick && !isSame(me.secretKey, secretKey)) this.personName = `${PERSON} ${fragment}`;
    this.keepPerson({ secretKey, deviceId }, luggage.nick, luggage.revision);
    this.keepFragment(fragment);
    const { counter, outbox } = this.room(luggage.room);
    const isKept = this.#write(OUTBOX + luggage.room, { counter, outbox }) && this.hasPerson();
    if (isKept) this.luggage = null;
  }

  /** Who is here, and what they are called; '' where they were not asked yet. @returns {{me: Identity, nick: string}} */
  person() {
    const kept = this.#read(this.personName);
    const isWhole = kept && isBytes(kept.secretKey, 32) && isBytes(kept.deviceId, 8) && typeof kept.nick === 'string';
    if (!isWhole && this.luggage) {
      const { secretKey, deviceId, nick, revision } = this.luggage; // the browser keeps nothing
      return { me: identityOf(secretKey, deviceId), nick, revision };
    }
    if (isWhole) {
      const { secretKey, deviceId, key, nick, revision } = kept; // a slow phone takes 0.1 s to find out its key
      const me = isBytes(key, 32) ? { secretKey, key, deviceId } : identityOf(secretKey, deviceId);
      return { me, nick, revision: revision ?? 1 };
    }
    return { me: newIdentity(), nick: '', revision: 0 };
  }

  /** Whether somebody is kept: what is in a browser may be cleared at any time. */
  hasPerson() {
    return this.#read(this.personName) !== null;
  }

  /** @param {Identity} me @param {string} nick @param {number} revision */
  keepPerson(me, nick, revision) {
    this.#write(this.personName, { secretKey: me.secretKey, key: me.key ?? null, deviceId: me.deviceId, nick, revision });
  }

  /** The fragment of the link that was opened last: the phone comes back without it. */
  lastFragment() {
    return this.#read(LAST_FRAGMENT) ?? '';
  }

  /** @param {string} fragment */
  keepFragment(fragment) {
    this.#write(LAST_FRAGMENT, fragment);
  }

  /** @param {string} roomId @returns {KeptRoom & KeptOutbox} */
  room(roomId) {
    const nothing = { epoch: 0, last: 0, head: new Uint8Array(32), rows: [], cards: [], host: '', counter: 0, outbox: [] };
    const room = this.#read(ROOM + roomId);
    const { counter, outbox } = this.#read(OUTBOX + roomId) ?? nothing;
    return { ...nothing, ...room, ...this.#withLuggage(roomId, counter, outbox) };
  }

  /** What waits to be sent in that room, with what the page before took along. */
  #withLuggage(roomId, counter, outbox) {
    if (this.luggage?.room !== roomId) return { counter, outbox };
    const more = this.luggage.outbox.filter(([id]) => !outbox.some((entry) => isSame(entry[0], id)));
    return { counter: Math.max(counter, this.luggage.counter), outbox: [...outbox, ...more] };
  }

  /** @param {string} roomId @param {KeptRoom} room */
  keepRoom(roomId, room) {
    const rows = room.rows.slice(-ROWS_KEPT);
    for (const kept of [{ ...room, rows }, { ...room, rows: rows.slice(-50) }, { ...room, rows: [], epoch: 0, last: 0 }]) {
      if (this.#write(ROOM + roomId, kept)) return; // with ever less of what the host has, too
    }
  }

  /** @param {string} roomId @param {KeptOutbox} outbox */
  keepOutbox(roomId, outbox) {
    this.#write(OUTBOX + roomId, outbox);
  }

  /** @param {string} roomId */
  forgetRoom(roomId) {
    for (const name of [ROOM + roomId, OUTBOX + roomId, LAST_FRAGMENT]) this.storage?.removeItem(name);
  }

  #read(name) {
    try {
      const text = this.storage?.getItem(name);
      return text ? decode(fromBase64(text)) : null;
    } catch {
      return null; // damaged, or of another program
    }
  }

  /** @returns {boolean} whether it is kept */
  #write(name, value) {
    try {
      this.storage?.setItem(name, toBase64(encode(value)));
      return true;
    } catch {
      return false; // full
    }
  }
}

/** Has something kept that changes often and that the host has, too: soon, and once for many changes. */
export class Keeper {
  /** @param {() => void} keep */
  constructor(keep) {
    this.keep = keep;
    this.timer = null;
  }

  soon() {
    this.timer ??= setTimeout(() => this.now(), KEEP_MS);
  }

  /** What is still to be kept: the page may end. */
  now() {
    if (this.timer === null) return;
    this.stop();
    this.keep();
  }

  /** What has changed since is not kept. */
  stop() {
    clearTimeout(this.timer);
    this.timer = null;
  }
}
