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
import { fromBase64, isBytes, isSame, toBase64 } from './bytes.js';
import { decode, encode } from './vendor.js';
import { identityOf, newIdentity } from './wire.js';

const PERSON = 'lanchat person';
const ROOM = 'lanchat room '; // and the room's id
const OUTBOX = 'lanchat outbox '; // and the room's id
const LAST_FRAGMENT = 'lanchat last fragment';
const ROWS_KEPT = 500;
const ROWS_AT_ONCE = 50; // a slow phone takes its time to pack them
const ROW = ['seq', 'id', 'author', 'deviceId', 'counter', 'kind', 'target', 'body', 'sentAt', 'receivedAt', 'isErased'];
const KEEP_MS = 1_000;
const STEP_MS = 20;

export class Store {
  /** @param {Storage | null} storage null: the browser gives pages none */
  constructor(storage) {
    this.storage = storage;
    this.personName = PERSON;
    this.handoff = null; // of who came from the page of another host, where the browser does not keep it
  }

  /**
   * Who came to that room from another host's page, where the browser had kept somebody else before, is kept beside them.
   * @param {string} roomId
   */
  useRoom(roomId) {
    const name = `${PERSON} ${roomId}`;
    this.personName = this.#read(name) === null ? PERSON : name;
  }

  /**
   * Keep what the page of another host took along. Whoever is in that room already stays who they are: anybody can make
   * an address with a key of theirs in it.
   * @param {import('./handoff.js').Handoff} handoff @param {string} fragment
   */
  keepHandoff(handoff, fragment) {
    this.keepFragment(fragment);
    const { secretKey, deviceId, nick, revision, room } = handoff;
    this.useRoom(room);
    const before = this.person();
    if (before.nick && !isSame(before.me.secretKey, secretKey)) {
      const name = `${PERSON} ${room}`;
      if (this.personName === name || this.#read(ROOM + room) || this.#read(OUTBOX + room)) return;
      this.personName = name;
    }
    this.handoff = handoff;
    this.keepPerson(identityOf(secretKey, deviceId), nick, revision);
    const { counter, outbox } = this.room(room);
    const isKept = this.#write(OUTBOX + room, { counter, outbox }) && this.hasPerson();
    if (isKept) this.handoff = null;
  }

  /**
   * Who is here, and what they are called; '' where they were not asked yet.
   * @returns {{me: Identity, nick: string, revision: number}}
   */
  person() {
    const kept = this.#read(this.personName);
    const { secretKey, deviceId, key, nick, revision } = isPerson(kept) ? kept : this.handoff ?? {};
    if (!secretKey) return { me: newIdentity(), nick: '', revision: 0 };
    const me = isBytes(key, 32) ? { secretKey, key, deviceId } : identityOf(secretKey, deviceId); // which takes 0.1 s
    return { me, nick, revision };
  }

  /** Whether somebody is kept: what is in a browser may be cleared at any time. */
  hasPerson() {
    return this.#read(this.personName) !== null;
  }

  /** @param {Identity} me @param {string} nick @param {number} revision */
  keepPerson(me, nick, revision) {
    this.#write(this.personName, { secretKey: me.secretKey, key: me.key, deviceId: me.deviceId, nick, revision });
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
    const [room, ...rows] = this.#readAll(ROOM + roomId);
    const { counter, outbox } = this.#read(OUTBOX + roomId) ?? nothing;
    return { ...nothing, ...room, rows: rows.flatMap((some) => some.map(unpackRow)), ...this.#withHandoff(roomId, counter, outbox) };
  }

  /** What waits to be sent in that room, with what the page before took along. */
  #withHandoff(roomId, counter, outbox) {
    if (this.handoff?.room !== roomId) return { counter, outbox };
    const more = this.handoff.outbox.filter(([id]) => !outbox.some((entry) => isSame(entry[0], id)));
    return { counter: Math.max(counter, this.handoff.counter), outbox: [...outbox, ...more] };
  }

  /** In steps, see DelayedSave. @param {string} roomId @param {KeptRoom} room */
  *keepRoom(roomId, { rows, ...room }) {
    const kept = rows.slice(-ROWS_KEPT);
    const packed = [];
    for (let end = kept.length; end > 0; end -= ROWS_AT_ONCE) {
      packed.unshift(pack(kept.slice(Math.max(0, end - ROWS_AT_ONCE), end).map(packRow)));
      yield;
    }
    for (const [what, some] of [[room, packed], [room, packed.slice(-1)], [{ ...room, epoch: 0, last: 0 }, []]]) {
      if (this.#writeAll(ROOM + roomId, [pack(what), ...some])) return; // with ever less of what the host has, too
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
    return this.#readAll(name)[0] ?? null;
  }

  #readAll(name) {
    try {
      const text = this.storage?.getItem(name);
      return text ? text.split(' ').map((part) => decode(fromBase64(part))) : [];
    } catch {
      return []; // damaged, or of another program
    }
  }

  /** @returns {boolean} whether it is kept */
  #write(name, value) {
    return this.#writeAll(name, [pack(value)]);
  }

  #writeAll(name, packed) {
    try {
      this.storage?.setItem(name, packed.join(' '));
      return true;
    } catch {
      return false; // full
    }
  }
}

function isPerson(kept) {
  return kept && isBytes(kept.secretKey, 32) && isBytes(kept.deviceId, 8) && typeof kept.nick === 'string' &&
    Number.isSafeInteger(kept.revision);
}

function pack(value) {
  return toBase64(encode(value));
}

function packRow(row) {
  return ROW.map((name) => row[name]);
}

function unpackRow(values) {
  return Object.fromEntries(ROW.map((name, place) => [name, values[place]]));
}

/** Saves what changes often and the host has, too: soon, and once for many changes. */
export class DelayedSave {
  /** @param {() => Iterator<void>} keep in steps, between which the page draws */
  constructor(keep) {
    this.keep = keep;
    this.timer = null;
    this.steps = null; // of what is being kept
    this.isChanged = false; // since they began
  }

  soon() {
    this.isChanged = true;
    this.timer ??= setTimeout(() => this.#step(), KEEP_MS);
  }

  /** What is still to be kept: the page may end. */
  now() {
    if (this.timer === null) return;
    this.stop();
    for (const steps = this.keep(); !steps.next().done;);
  }

  /** What has changed since is not kept. */
  stop() {
    clearTimeout(this.timer);
    [this.timer, this.steps, this.isChanged] = [null, null, false];
  }

  #step() {
    if (this.steps === null) [this.steps, this.isChanged] = [this.keep(), false];
    if (!this.steps.next().done) {
      this.timer = setTimeout(() => this.#step(), STEP_MS);
      return;
    }
    [this.timer, this.steps] = [null, null];
    if (this.isChanged) this.soon();
  }
}
