/**
 * What this page has of a room: the talk, how far that is in the Log, what waits to be sent; and what of it the browser
 * keeps. No connection here, and no document.
 *
 * @typedef {import('./wire.js').Payload} Payload
 * @typedef {import('./wire.js').WireEntry} WireEntry
 * @typedef {{changed: (ids: Set<string>) => void, post: (entries: WireEntry[], again: boolean) => void,
 *   isSending: (root: string) => boolean, wasCleared: () => void}} Owner  `isSending`: whether the bytes of this file are
 *   in this page; `wasCleared`: the browser keeps nothing any more of who is here
 */
import { hexOf, isSame } from './bytes.js';
import { Moment } from './moment.js';
import { Outbox } from './outbox.js';
import { DelayedSave } from './store.js';
import { Talk } from './talk.js';
import { makeEntry, readEntries } from './wire.js';

const CATCH_UP_MS = 1_000; // in which what comes is not told, while the page is behind the Log
const START = new Uint8Array(32); // of the chain: what its first entry follows on

export class Replica {
  /**
   * Begin with what the browser kept of the room.
   * @param {import('./store.js').Store} store @param {import('./wire.js').Identity} me
   * @param {string} roomId '': of none yet @param {Owner} owner
   * @param {WireEntry[]} waiting what this tab wrote that was not sent, before another one went on
   */
  constructor(store, me, roomId, owner, waiting = []) {
    const { rows, cards, outbox, ...kept } = store.room(roomId);
    this.store = store;
    this.me = me;
    this.roomId = roomId;
    this.owner = owner;
    this.kept = kept; // how far this page is in the Log, see store.js
    this.talk = new Talk();
    this.missed = 0; // messages of others that came while the page was away, before the last welcome
    this.missedFirst = ''; // the first of them
    this.missedTo = 0; // the Log's last number then
    this.comingTo = 0; // the Log's last number when the page came in
    this.came = new Set(); // ids of messages that changed, not told yet
    this.toldAt = new Moment(); // when they last were
    this.delivered = 0; // my messages up to this number are on another computer
    this.readTo = 0; // what the host was told that the person has read
    this.save = new DelayedSave(() => this.#keep()); // of what the host has, too
    this.about = {}; // what else is kept of the room
    this.talk.meet(cards, false);
    this.talk.add(rows);
    const known = new Set([...outbox, ...rows.map(({ id }) => [id])].map(([id]) => hexOf(id)));
    const mine = outbox.filter(([, author]) => isSame(author, me.key)); // the browser may have lost who wrote it
    const entries = [...mine, ...waiting.filter(([id]) => !known.has(hexOf(id)))];
    for (const entry of entries) this.#showWaiting(entry);
    const whole = entries.filter(([id]) => !this.#isFileLost(this.talk.messages.get(hexOf(id))));
    this.outbox = new Outbox(whole, owner.post);
  }

  /** What the host is to go on from. */
  get resume() {
    const { epoch, last, head } = this.kept;
    return last ? { epoch, last, head } : { epoch: 0, last: 0, head: START };
  }

  /** Not to be gone on with, but kept. */
  close() {
    this.outbox.close();
    this.save.now();
  }

  /** @param {Payload} payload */
  say(payload) {
    // By the clock: it goes up also where another tab wrote meanwhile, or the browser has lost what was kept.
    this.kept.counter = Math.max(this.kept.counter + 1, Date.now());
    const entry = makeEntry(this.me, this.roomId, this.kept.counter, payload, Date.now());
    this.outbox.add(entry);
    this.keepOutbox();
    this.outbox.send();
    this.owner.changed(this.#showWaiting(entry));
  }

  // --- what the host says
  welcomed({ base, base_head, epoch, last, host }) {
    const { kept, talk } = this;
    if (base !== kept.last) {
      this.cutAfter(base < kept.last ? base : 0); // or what follows does not follow on what is here
      Object.assign(kept, { last: base, head: base_head, epoch });
    }
    [this.missed, this.missedFirst, this.missedTo] = [0, '', talk.rows.length ? last : 0];
    [this.comingTo, this.toldAt] = [last, new Moment()];
    kept.host = hexOf(host[0]);
    talk.meet([host], true);
  }

  /** What was read after this number of the Log is of another one. @param {number} seq */
  cutAfter(seq) {
    this.talk.cutAfter(seq);
    for (const entry of this.outbox.entries) this.#showWaiting(entry);
    if (seq === 0) Object.assign(this.kept, { epoch: 0, last: 0, head: START });
    [this.readTo, this.delivered] = [0, 0];
    this.save.soon();
  }

  /** @param {import('./frames.js').Frame} frame `entries` @returns {string[]} who wrote them */
  grew(frame) {
    const rows = readEntries(frame);
    const { kept } = this;
    Object.assign(kept, { epoch: frame.epoch, last: frame.first + rows.length - 1, head: frame.head });
    const changed = this.talk.add(rows);
    this.#countMissed(rows);
    const mine = rows.filter((row) => isSame(row.author, this.me.key));
    for (const { deviceId, counter } of mine) {
      if (isSame(deviceId, this.me.deviceId)) kept.counter = Math.max(kept.counter, counter);
    }
    this.settle(mine.map((row) => row.id));
    this.save.soon();
    for (const id of changed) this.came.add(id);
    const isBehind = kept.last < this.comingTo;
    if (!isBehind || this.toldAt.age > CATCH_UP_MS) this.tellWhatCame();
    return rows.map((row) => hexOf(row.author));
  }

  tellWhatCame() {
    const messages = this.came;
    this.came = new Set();
    this.toldAt = new Moment();
    this.owner.changed(messages);
  }

  /** These are in the Log, or never will be. @param {Uint8Array[]} ids */
  settle(ids) {
    if (!this.outbox.settle(ids)) return;
    this.keepOutbox();
    this.outbox.send();
  }

  /** @param {Uint8Array} id @param {string} code why the room does not take it @returns {?import('./talk.js').Message} */
  refused(id, code) {
    this.settle([id]);
    const message = this.talk.messages.get(hexOf(id));
    if (message) Object.assign(message, { state: 'refused', problem: code });
    return message ?? null;
  }

  /** Others have my messages up to this number. @param {number} seq */
  wereDelivered(seq) {
    const before = this.delivered;
    this.delivered = Math.max(before, seq);
    const mine = hexOf(this.me.key);
    const further = [...this.talk.messages.values()].filter(
      (message) => message.author === mine && message.seq > before && message.seq <= seq);
    this.owner.changed(new Set(further.map(({ id }) => id)));
  }

  #countMissed(rows) {
    for (const { seq, author, kind, id } of rows) {
      if (seq > this.missedTo || kind.startsWith('+') || isSame(author, this.me.key)) continue;
      this.missed += 1;
      this.missedFirst ||= hexOf(id);
    }
  }

  /** Whether what waits offers a file whose bytes went with the page that it was chosen in. */
  #isFileLost(message) {
    const isLost = message?.file && !this.owner.isSending(message.file.root);
    if (isLost) Object.assign(message, { state: 'refused', problem: 'lost' });
    return isLost;
  }

  #showWaiting([id, author, deviceId, counter, kind, target, body, sentAt]) {
    const row = { seq: 0, id, author, deviceId, counter, kind, target, body, sentAt, receivedAt: sentAt };
    return this.talk.addWaiting({ ...row, isErased: false });
  }

  // --- what the browser keeps
  /** What only this page has, at once: it may end at any time, or another tab go on. */
  keepOutbox() {
    this.store.keepOutbox(this.roomId, { counter: this.kept.counter, outbox: this.outbox.entries });
  }

  #keep() {
    const { epoch, last, head, host } = this.kept;
    const { rows } = this.talk;
    if (!this.store.hasPerson()) {
      this.owner.wasCleared();
      this.keepOutbox();
    }
    const cards = this.talk.cardsOf(rows, host);
    return this.store.keepRoom(this.roomId, { epoch, last, head, host, rows, cards, ...this.about });
  }
}
