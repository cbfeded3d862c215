/**
 * A guest's connection to the room: coming in, staying in, and coming back. No document here.
 *
 * Phases: 'name' the person is to be asked what they are called; 'connecting'; 'in'; 'away' the connection is gone and
 * is tried again; and the ends, after which only the person goes on: 'no-code', 'stranger' (somebody else answers at
 * that address), 'version', 'ended', 'banned', 'removed', 'full', 'nick' (it is taken), 'other-tab'.
 *
 * @typedef {import('./wire.js').Frame} Frame
 * @typedef {import('./wire.js').Payload} Payload
 */
import { CLOSED, answerHello, readFragment, readHello } from './channel.js';
import { Connection } from './connection.js';
import { Talk, bytesOfHex, hexOf } from './talk.js';
import { isSame, makeCard, makeEntry, readEntries } from './wire.js';

const RETRY_FIRST_MS = 500;
const RETRY_MOST_MS = 8_000;
const TYPING_MS = 3_000;
const NOTHING = new Uint8Array(32);
const REFUSED = { ended: 'ended', banned: 'banned', removed: 'removed', full: 'full', nick: 'nick', replaced: 'other-tab' };

export class GuestClient {
  /**
   * @param {import('./store.js').Store} store @param {string} fragment of the link @param {string} address host:port
   * @param {(what: {phase?: boolean, messages?: Set<string>, people?: boolean, typing?: boolean}) => void} changed
   */
  constructor(store, fragment, address, changed) {
    this.store = store;
    this.fragment = fragment;
    this.code = readFragment(fragment);
    this.address = address;
    this.changed = changed;
    this.talk = new Talk();
    this.roomId = '';
    this.title = '';
    this.phase = 'connecting';
    this.limits = { burst: 1, text_characters: 1_000 };
    this.typists = [];
    this.missed = 0; // messages of others that came while the page was away, before the last welcome
    this.missedFirst = ''; // the first of them
    this.missedTo = 0; // the Log's last number then
    this.hostIsAway = false; // it said goodbye
    this.delivered = 0; // my messages up to this number are on another computer
    this.kept = null; // of the room, see store.js
    this.connection = null;
    this.retries = 0;
    this.underWay = 0; // posts that were sent and not answered
    this.again = true;
    this.typedAt = 0;
    ({ me: this.me, nick: this.nick, revision: this.revision } = store.person());
    this.myKey = hexOf(this.me.key);
  }

  start() {
    if (this.code === null) this.#enter('no-code');
    else this.#connect();
  }

  /** The person says what they are called. @param {string} nick */
  callMe(nick) {
    this.nick = nick;
    this.revision += 1;
    this.store.keepPerson(this.me, nick, this.revision);
    this.store.keepFragment(this.fragment);
    this.#enter('connecting');
    this.#connect();
  }

  /** Come in after all, where the person may. */
  come() {
    if (this.phase === 'other-tab') this.#openRoom(this.roomId, this.kept.outbox);
    this.#enter('connecting');
    this.#connect();
  }

  /** At once, not when it is due: the phone was unlocked, the network is back, or the person asks for it. */
  hurry() {
    if (this.phase === 'other-tab') {
      this.come();
    } else if (this.phase === 'away') {
      this.retries = 0;
      clearTimeout(this.retryTimer);
      this.#connect();
    } else if (this.phase === 'in') {
      this.connection?.send({ t: 'ping' });
    }
  }

  /** @param {Payload} payload */
  say(payload) {
    // By the clock: it goes up also where another tab wrote meanwhile, or the browser has lost what was kept.
    this.kept.counter = Math.max(this.kept.counter + 1, Date.now());
    const entry = makeEntry(this.me, this.roomId, this.kept.counter, payload, Date.now());
    this.kept.outbox.push(entry);
    this.#keep();
    this.changed({ messages: this.#showWaiting(entry) });
    this.#post();
  }

  typing() {
    if (this.phase === 'in' && Date.now() - this.typedAt > TYPING_MS) {
      this.typedAt = Date.now();
      this.connection?.send({ t: 'typing' });
    }
  }

  /** The person has seen all that is here. */
  read() {
    if (this.phase === 'in' && this.kept.last > (this.readTo ?? 0)) {
      this.readTo = this.kept.last;
      this.connection?.send({ t: 'read', seq: this.readTo });
    }
  }

  /** Keep nothing more of this room in this browser. */
  forget() {
    if (this.roomId) this.store.forgetRoom(this.roomId);
    this.talk = new Talk();
    this.title = '';
    this.#end('no-code');
  }

  /** What the host is called, '' where that is not known. */
  get hostName() {
    return this.talk.people.get(this.kept?.host)?.nick ?? '';
  }

  // --- the connection
  #connect() {
    this.connection?.close();
    this.connection = new Connection(this.address, {
      greeted: (message) => this.#greet(message),
      heard: (frame) => this.#heard(frame),
      lost: (code) => this.#lost(code),
    });
  }

  #greet(message) {
    const { hello, error } = readHello(message, this.code);
    if (error) {
      this.#end(error === 'damaged' ? 'stranger' : error);
      return;
    }
    this.title = hello.title;
    if (this.roomId !== hello.room) this.#openRoom(hello.room);
    if (!this.nick) {
      this.#end('name');
      return;
    }
    const answer = answerHello(hello, this.code, this.me, makeCard(this.me, this.nick, this.revision));
    if (answer.error) {
      this.#end('stranger');
      return;
    }
    this.connection.answer(answer.message, answer.channel);
  }

  /**
   * What the browser kept of the room.
   * @param {string} roomId
   * @param {import('./wire.js').WireEntry[]} waiting what this tab wrote that was not sent, before another one went on
   */
  #openRoom(roomId, waiting = []) {
    this.roomId = roomId;
    this.kept = this.store.room(roomId);
    this.talk = new Talk();
    this.talk.meet(this.kept.cards, false);
    this.talk.add(this.kept.rows);
    const known = new Set([...this.kept.outbox, ...this.kept.rows.map(({ id }) => [id])].map(([id]) => hexOf(id)));
    this.kept.outbox.push(...waiting.filter(([id]) => !known.has(hexOf(id))));
    for (const entry of this.kept.outbox) this.#showWaiting(entry);
    this.changed({ messages: new Set(this.talk.messages.keys()) });
  }

  #lost(code) {
    this.connection = null;
    if (code === CLOSED.WRONG_CODE) this.#enter('ended');
    else if (['connecting', 'in', 'away'].includes(this.phase)) this.#retry();
  }

  #retry() {
    const wait = Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** this.retries) * (0.5 + Math.random() / 2);
    this.retries += 1;
    this.talk.here.clear();
    this.#enter('away');
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.#connect(), wait);
  }

  /** After which nothing is tried any more by itself. */
  #end(phase) {
    this.connection?.close();
    this.connection = null;
    this.#enter(phase);
  }

  #enter(phase) {
    this.phase = phase;
    this.changed({ phase: true, people: true });
  }

  // --- frames
  /** @param {Frame} frame */
  #heard(frame) {
    switch (frame.t) {
      case 'entered': {
        const { epoch, last, head } = this.kept;
        this.connection?.send(last ? { t: 'resume', epoch, last, head } : { t: 'resume', epoch: 0, last: 0, head: NOTHING });
        break;
      }
      case 'refused':
        if (frame.code in REFUSED) this.#end(REFUSED[frame.code]);
        break; // else the socket closes, and it is tried again
      case 'welcome':
        this.#welcomed(frame);
        break;
      case 'entries':
        this.#grew(frame);
        break;
      case 'known':
        this.#answered(frame.entry_ids);
        break;
      case 'rejected':
        this.#refused(frame);
        break;
      case 'slow_down':
        this.underWay = 0;
        this.again = true;
        clearTimeout(this.postTimer);
        this.postTimer = setTimeout(() => this.#post(), frame.retry_ms);
        break;
      case 'delivered':
        this.delivered = Math.max(this.delivered, frame.seq);
        this.changed({ messages: new Set([...this.talk.messages.keys()].slice(-50)) });
        break;
      case 'present':
        if (frame.all) this.talk.here.clear();
        for (const key of frame.left) this.talk.here.delete(hexOf(key));
        this.talk.meet(frame.joined, true);
        this.changed({ people: true });
        break;
      case 'cards':
        this.talk.meet(frame.cards, false);
        this.changed({ people: true, messages: new Set(this.talk.messages.keys()) });
        break;
      case 'typists':
        this.typists = frame.keys.map(hexOf).filter((key) => key !== this.myKey);
        this.typistsAt = Date.now();
        this.changed({ typing: true });
        break;
      case 'bye':
        this.hostIsAway = true; // and closes the connection
        break;
      case 'ping':
        this.connection?.send({ t: 'pong' });
        break;
      default: // of a newer host, or not for guests
    }
  }

  #welcomed({ base, base_head, epoch, last, limits, host }) {
    const { kept } = this;
    if (base < kept.last || !kept.last) {
      this.talk.cutAfter(kept.last ? base : 0);
      for (const entry of kept.outbox) this.#showWaiting(entry);
      Object.assign(kept, { last: base, head: base_head, epoch });
    }
    [this.missed, this.missedFirst, this.missedTo] = [0, '', this.kept.rows.length ? last : 0];
    this.hostIsAway = false;
    kept.host = hexOf(host[0]);
    this.limits = limits;
    this.retries = 0;
    this.again = true;
    this.underWay = 0;
    this.talk.meet([host], true);
    this.#enter('in');
    this.#post();
  }

  #grew(frame) {
    const rows = readEntries(frame);
    const { kept } = this;
    Object.assign(kept, { epoch: frame.epoch, last: frame.first + rows.length - 1, head: frame.head });
    const changed = this.talk.add(rows);
    kept.rows = this.talk.rows; // before anything is kept: another tab may read it at any time
    this.#countMissed(rows);
    const mine = rows.filter((row) => isSame(row.author, this.me.key));
    this.#answered(mine.map((row) => row.id));
    this.#keep();
    const unknown = this.talk.unknownAuthors().slice(0, 100);
    if (unknown.length && unknown.length !== this.askedFor) this.connection?.send({ t: 'who', keys: unknown });
    this.askedFor = unknown.length;
    this.changed({ messages: changed });
  }

  #countMissed(rows) {
    for (const { seq, author, kind, id } of rows) {
      if (seq > this.missedTo || kind.startsWith('+') || isSame(author, this.me.key)) continue;
      this.missed += 1;
      this.missedFirst ||= hexOf(id);
    }
  }

  /** These are in the Log. @param {Uint8Array[]} ids */
  #answered(ids) {
    const done = new Set(ids.map(hexOf));
    const before = this.kept.outbox.length;
    this.kept.outbox = this.kept.outbox.filter(([id]) => !done.has(hexOf(id)));
    if (this.kept.outbox.length === before) return;
    this.underWay = Math.max(0, this.underWay - (before - this.kept.outbox.length));
    this.#keep();
    this.#post();
  }

  #refused({ entry_id, code }) {
    this.#answered([entry_id]);
    const message = this.talk.messages.get(hexOf(entry_id));
    if (message) Object.assign(message, { state: 'refused', problem: code });
    this.changed({ messages: new Set([hexOf(entry_id)]) });
  }

  // --- what I wrote
  /** Send what waits, as much as the host takes at once. */
  #post() {
    if (this.phase !== 'in') return;
    const due = this.kept.outbox.slice(this.underWay, this.limits.burst);
    if (!due.length) return;
    this.underWay += due.length;
    this.connection?.send({ t: 'post', entries: due, again: this.again });
    this.again = false;
  }

  #showWaiting([id, author, deviceId, counter, kind, target, body, sentAt]) {
    const row = { seq: 0, id, author, deviceId, counter, kind, target, body, sentAt, receivedAt: sentAt };
    return this.talk.addWaiting({ ...row, isErased: false });
  }

  #keep() {
    const cards = [...this.talk.people.values()].map(({ key, nick, isGuest }) => [
      bytesOfHex(key), nick, 0, NOTHING,
      isGuest ? Uint8Array.of(0x81, 0xa1, 0x67, 0xc3) : NOTHING.subarray(0, 0), // {"g": true}
    ]);
    this.store.keepRoom(this.roomId, { ...this.kept, fragment: this.fragment, title: this.title, cards });
  }
}
