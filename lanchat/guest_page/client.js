/**
 * A guest's connection to the room: coming in, staying in, and coming back. No document here.
 *
 * Phases: 'name' the person is to be asked what they are called; 'connecting'; 'in'; 'away' the connection is gone and
 * is tried again; and the ends, after which only the person goes on: 'no-code', 'stranger' (somebody else answers at
 * that address), 'version', 'ended', 'banned', 'removed', 'full', 'nick' (it is taken), 'other-tab'.
 *
 * @typedef {import('./frames.js').Frame} Frame
 * @typedef {import('./wire.js').Payload} Payload
 */
import { bytesOfHex, hexOf, isSame, randomBytes } from './bytes.js';
import { CLOSED, answerHello, readFragment, readHello } from './channel.js';
import { Connection, Moment } from './connection.js';
import { Files } from './files.js';
import { NextHosts, addressOf } from './moving.js';
import { Outbox } from './outbox.js';
import { Keeper } from './store.js';
import { Talk } from './talk.js';
import { identityOf, makeCard, makeEntry, readEntries } from './wire.js';

const RETRY_FIRST_MS = 500;
const RETRY_MOST_MS = 8_000;
const TYPING_TOLD_MS = 3_000;
const CATCH_UP_MS = 1_000; // in which what comes is not told, while the page is behind the Log
const ASKED_AT_ONCE = 100; // cards, as in limits.py
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
    this.files = new Files(
      (frame) => this.connection?.send(frame), (asked, blob) => this.connection.give(asked, blob), (root) => this.#fileChanged(root));
    this.worker = null; // what hashes and seals files, once there was one
    this.roomId = '';
    this.title = '';
    this.phase = 'connecting';
    this.limits = { burst: 1, text_characters: 1_000 };
    this.typists = [];
    this.missed = 0; // messages of others that came while the page was away, before the last welcome
    this.missedFirst = ''; // the first of them
    this.missedTo = 0; // the Log's last number then
    this.comingTo = 0; // the Log's last number when the page came in
    this.came = new Set(); // ids of messages that changed, not told yet
    this.told = new Moment(); // when they last were
    this.hostIsAway = false; // it said goodbye
    this.delivered = 0; // my messages up to this number are on another computer
    this.kept = null; // how far this page is in the Log, see store.js
    this.outbox = null; // of the room
    this.keeper = new Keeper(() => this.#keepRoom());
    this.connection = null;
    this.next = new NextHosts(address);
    this.goTo = () => {}; // to the page at this address, for whoever has the document
    this.retries = 0;
    this.asked = new Set(); // whose cards the host was asked for on this connection
    this.isAsking = false; // it has not answered: it takes no two questions at once
    this.typed = null; // when the host was told that the person writes
    this.typistsTold = null; // when it told who else does
    ({ me: this.me, nick: this.nick, revision: this.revision } = store.person());
    this.myKey = hexOf(this.me.key);
  }

  start() {
    if (this.code === null) this.#enter('no-code');
    else this.#connect();
  }

  /** The person says what they are called. @param {string} nick */
  callMe(nick) {
    const other = this.store.person(); // of another tab, where the person has said a name meanwhile
    if (other.nick && hexOf(other.me.key) !== this.myKey) {
      [this.me, this.myKey, this.revision] = [other.me, hexOf(other.me.key), other.revision];
      this.roomId = ''; // what is kept of it is that person's
    }
    this.nick = nick;
    this.revision += 1;
    this.store.keepPerson(this.me, nick, this.revision);
    this.store.keepFragment(this.fragment);
    this.#enter('connecting');
    this.#connect();
  }

  /** Come in after all, where the person may. */
  come() {
    if (this.phase === 'other-tab') this.#openRoom(this.roomId, this.outbox.entries);
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
    this.outbox.add(entry);
    this.#keepOutbox();
    this.outbox.send();
    this.changed({ messages: this.#showWaiting(entry) });
  }

  /**
   * @param {Payload} payload the offer @param {import('./files.js').Proof} proof
   * @param {Blob} blob whose bytes stay in this page until the host has them
   * @param {?import('./file_worker_port.js').FileWorkerPort} worker
   */
  sendFile(payload, proof, blob, worker) {
    this.worker = worker;
    this.connection?.sealIn(worker);
    this.say(payload);
    this.files.hold(proof, blob);
  }

  /** Send it no more, or get it no more. @param {string} id of the message */
  stopFile(id) {
    const { file } = this.talk.messages.get(id) ?? {};
    if (!file) return;
    if (this.files.sending.has(file.root)) {
      this.files.letGo(file.root);
      this.say({ kind: '+delete', target: bytesOfHex(id), body: NOTHING.subarray(0, 0) });
    } else {
      this.files.stop(file.root);
    }
  }

  typing() {
    if (this.phase === 'in' && !(this.typed?.age <= TYPING_TOLD_MS)) {
      this.typed = new Moment();
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
    this.keeper.stop();
    if (this.roomId) this.store.forgetRoom(this.roomId);
    this.me = identityOf(this.me.secretKey, randomBytes(8)); // how far the old device has counted is forgotten, too
    this.store.keepPerson(this.me, this.nick, this.revision);
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
    if (this.nick) this.#card();
  }

  #greet(message) {
    const { hello, error } = readHello(message, this.code);
    if (error === 'stranger' && this.next.hosts.length) { // whoever has the room open next may be at the same address
      this.connection.close();
      this.#lost(0);
      return;
    }
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
    const answer = answerHello(hello, this.code, this.me, this.#card());
    if (answer.error) {
      this.#end('stranger');
      return;
    }
    this.connection.answer(answer.message, answer.channel);
  }

  /** Signed once, and before the host has answered: a slow phone takes its time. */
  #card() {
    const of = [this.myKey, this.nick, this.revision].join(' ');
    if (this.card?.of !== of) this.card = { of, card: makeCard(this.me, this.nick, this.revision) };
    return this.card.card;
  }

  /**
   * Begin with what the browser kept of the room.
   * @param {string} roomId
   * @param {import('./wire.js').WireEntry[]} waiting what this tab wrote that was not sent, before another one went on
   */
  #openRoom(roomId, waiting = []) {
    this.roomId = roomId;
    const { rows, cards, outbox, ...kept } = this.store.room(roomId);
    this.kept = kept;
    this.talk = new Talk();
    this.talk.meet(cards, false);
    this.talk.add(rows);
    const known = new Set([...outbox, ...rows.map(({ id }) => [id])].map(([id]) => hexOf(id)));
    const mine = outbox.filter(([, author]) => isSame(author, this.me.key)); // the browser may have lost who wrote it
    const entries = [...mine, ...waiting.filter(([id]) => !known.has(hexOf(id)))];
    for (const entry of entries) this.#showWaiting(entry);
    const whole = entries.filter(([id]) => !this.#isFileLost(this.talk.messages.get(hexOf(id))));
    this.outbox = new Outbox(whole, (due, again) => this.connection?.send({ t: 'post', entries: due, again }));
    this.changed({ messages: new Set(this.talk.messages.keys()) });
  }

  #lost(code) {
    this.connection = null;
    this.outbox?.close();
    this.files.disconnected();
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
    if (this.roomId && this.nick) this.next.find(this.code, this.roomId).then((found) => this.#follow(found));
  }

  /** Go where the room is open now: the host is not there. */
  #follow(found) {
    if (found === null || this.phase !== 'away') return;
    const { me: { secretKey, deviceId }, nick, revision, roomId: room, kept: { counter }, outbox: { entries } } = this;
    this.#end('away');
    clearTimeout(this.retryTimer);
    this.goTo(addressOf(found, { secretKey, deviceId, nick, revision, room, counter, outbox: entries }));
  }

  /** After which nothing is tried any more by itself. */
  #end(phase) {
    this.connection?.close();
    this.connection = null;
    this.outbox?.close();
    this.keeper.now();
    this.#enter(phase);
  }

  #enter(phase) {
    this.phase = phase;
    if (this.came.size) this.#tellWhatCame();
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
        else if (frame.code === 'forged') this.#cutAfter(0); // what was read here is newer than the host's own Log
        break; // else the socket closes, and it is tried again
      case 'welcome':
        this.#welcomed(frame);
        break;
      case 'entries':
        this.#grew(frame);
        break;
      case 'known':
        this.#settle(frame.entry_ids);
        break;
      case 'rejected':
        this.#refused(frame);
        break;
      case 'slow_down':
        this.outbox.slowDown(frame.retry_ms);
        break;
      case 'delivered':
        this.#delivered(frame.seq);
        break;
      case 'present':
        if (frame.all) this.talk.here.clear();
        for (const key of frame.left) this.talk.here.delete(hexOf(key));
        this.talk.meet(frame.joined, true);
        this.changed({ people: true });
        break;
      case 'cards':
        this.talk.meet(frame.cards, false);
        this.isAsking = false;
        this.#askWho();
        this.changed({ people: true, messages: new Set(this.talk.messages.keys()) });
        break;
      case 'typists':
        this.typists = frame.keys.map(hexOf).filter((key) => key !== this.myKey);
        this.typistsTold = new Moment();
        this.changed({ typing: true });
        break;
      case 'heirs':
      case 'moved':
        this.next.heard(frame);
        break;
      case 'bye':
        this.hostIsAway = true; // and closes the connection
        break;
      case 'ping':
        this.connection?.send({ t: 'pong' });
        break;
      default:
        this.files.heard(frame); // or it is of a newer host, or not for guests
    }
  }

  #welcomed({ base, base_head, epoch, last, limits, host }) {
    const { kept, talk } = this;
    if (base !== kept.last) {
      this.#cutAfter(base < kept.last ? base : 0); // or what follows does not follow on what is here
      Object.assign(kept, { last: base, head: base_head, epoch });
    }
    [this.missed, this.missedFirst, this.missedTo] = [0, '', talk.rows.length ? last : 0];
    [this.comingTo, this.told] = [last, new Moment()];
    this.next.isHere();
    this.hostIsAway = false;
    kept.host = hexOf(host[0]);
    this.limits = limits;
    this.retries = 0;
    this.asked.clear();
    this.isAsking = false;
    talk.meet([host], true);
    this.#enter('in');
    this.connection.sealIn(this.worker);
    this.outbox.open(limits.burst);
    this.#askWho();
    this.files.connected();
  }

  /** What was read after this number of the Log is of another one. @param {number} seq */
  #cutAfter(seq) {
    this.talk.cutAfter(seq);
    for (const entry of this.outbox.entries) this.#showWaiting(entry);
    if (seq === 0) Object.assign(this.kept, { epoch: 0, last: 0, head: NOTHING });
    [this.readTo, this.delivered] = [0, 0];
    this.keeper.soon();
  }

  #grew(frame) {
    const rows = readEntries(frame);
    const { kept } = this;
    Object.assign(kept, { epoch: frame.epoch, last: frame.first + rows.length - 1, head: frame.head });
    const changed = this.talk.add(rows);
    this.#countMissed(rows);
    const mine = rows.filter((row) => isSame(row.author, this.me.key));
    for (const { deviceId, counter } of mine) {
      if (isSame(deviceId, this.me.deviceId)) kept.counter = Math.max(kept.counter, counter);
    }
    this.#settle(mine.map((row) => row.id));
    this.keeper.soon();
    this.#askWho();
    for (const id of changed) this.came.add(id);
    const isBehind = kept.last < this.comingTo;
    if (!isBehind || this.told.age > CATCH_UP_MS) this.#tellWhatCame();
  }

  #tellWhatCame() {
    const messages = this.came;
    this.came = new Set();
    this.told = new Moment();
    this.changed({ messages });
  }

  /** Ask for the cards of those who wrote and are not known. */
  #askWho() {
    if (this.phase !== 'in' || this.isAsking) return;
    const keys = [...this.talk.unknown].filter(([key]) => !this.asked.has(key)).slice(0, ASKED_AT_ONCE);
    if (!keys.length) return;
    for (const [key] of keys) this.asked.add(key);
    this.isAsking = true;
    this.connection?.send({ t: 'who', keys: keys.map(([, bytes]) => bytes) });
  }

  #delivered(seq) {
    const before = this.delivered;
    this.delivered = Math.max(before, seq);
    const further = [...this.talk.messages.values()].filter(
      (message) => message.author === this.myKey && message.seq > before && message.seq <= seq);
    this.changed({ messages: new Set(further.map(({ id }) => id)) });
  }

  #countMissed(rows) {
    for (const { seq, author, kind, id } of rows) {
      if (seq > this.missedTo || kind.startsWith('+') || isSame(author, this.me.key)) continue;
      this.missed += 1;
      this.missedFirst ||= hexOf(id);
    }
  }

  /** These are in the Log, or never will be. @param {Uint8Array[]} ids */
  #settle(ids) {
    if (!this.outbox.settle(ids)) return;
    this.#keepOutbox();
    this.outbox.send();
  }

  #refused({ entry_id, code }) {
    this.#settle([entry_id]);
    const message = this.talk.messages.get(hexOf(entry_id));
    if (message) Object.assign(message, { state: 'refused', problem: code });
    if (message?.file) this.files.letGo(message.file.root);
    this.changed({ messages: new Set([hexOf(entry_id)]) });
  }

  /** Whether what waits offers a file whose bytes went with the page that it was chosen in. */
  #isFileLost(message) {
    const isLost = message?.file && !this.files.sending.has(message.file.root);
    if (isLost) Object.assign(message, { state: 'refused', problem: 'lost' });
    return isLost;
  }

  #fileChanged(root) {
    const offering = [...this.talk.messages.values()].filter(({ file }) => file?.root === root);
    this.changed({ messages: new Set(offering.map(({ id }) => id)) });
  }

  #showWaiting([id, author, deviceId, counter, kind, target, body, sentAt]) {
    const row = { seq: 0, id, author, deviceId, counter, kind, target, body, sentAt, receivedAt: sentAt };
    return this.talk.addWaiting({ ...row, isErased: false });
  }

  // --- what the browser keeps
  /** What only this page has, at once: it may end at any time, or another tab go on. */
  #keepOutbox() {
    this.store.keepOutbox(this.roomId, { counter: this.kept.counter, outbox: this.outbox.entries });
  }

  #keepRoom() {
    const { epoch, last, head, host } = this.kept;
    const { rows } = this.talk;
    if (!this.store.hasPerson()) { // the browser was cleared meanwhile
      this.store.keepPerson(this.me, this.nick, this.revision);
      this.store.keepFragment(this.fragment);
      this.#keepOutbox();
    }
    const cards = this.talk.cardsOf(rows, host);
    return this.store.keepRoom(this.roomId, { epoch, last, head, host, rows, cards, fragment: this.fragment, title: this.title });
  }
}
