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
import { bytesOfHex, hexOf, randomBytes } from './bytes.js';
import { WRONG_CODE, answerHello, readFragment, readHello } from './channel.js';
import { Connection } from './connection.js';
import { Files } from './files.js';
import { urlOf } from './handoff.js';
import { Moment } from './moment.js';
import { NextHosts } from './next_hosts.js';
import { Replica } from './replica.js';
import { shownLine } from './shown_text.js';
import { identityOf, makeCard } from './wire.js';

const RETRY_FIRST_MS = 500;
const RETRY_MOST_MS = 8_000;
const STRANGER_RETRY_MS = 15_000;
const TYPING_TOLD_MS = 3_000; // as TYPING_SAID_SECONDS in limits.py
const ASKED_AT_ONCE = 100; // cards, as ASKED_AT_ONCE in limits.py
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
    this.files = new Files(
      (frame) => this.connection?.send(frame), (asked, blob) => this.connection.give(asked, blob), (root) => this.#fileChanged(root));
    /** @type {?import('./file_worker_port.js').FileWorkerPort} once a file is sent, and where the browser has Workers */
    this.worker = null;
    this.title = '';
    this.phase = 'connecting';
    this.limits = { burst: 1, text_characters: 1_000 };
    this.typists = [];
    this.hostIsAway = false; // it said goodbye
    this.connection = null;
    this.next = new NextHosts(address);
    this.goTo = () => {}; // to the page with this URL, for whoever has the document
    this.retries = 0;
    this.asked = new Set(); // whose cards the host was asked for on this connection
    this.isAsking = false; // it has not answered: it takes no two questions at once
    this.typedAt = null; // when the host was told that the person writes
    this.typistsToldAt = null; // when it told who else does
    ({ me: this.me, nick: this.nick, revision: this.revision } = store.person());
    this.myKey = hexOf(this.me.key);
    this.room = this.#roomOf('');
  }

  /** What is said in the room. */
  get talk() {
    return this.room.talk;
  }

  start() {
    if (this.code === null) this.#enter('no-code');
    else this.#connect();
  }

  /** The person says what they are called. @param {string} nick */
  callMe(nick) {
    this.#becomeKept(); // of another tab, where the person has said a name meanwhile
    this.nick = nick;
    this.revision += 1;
    this.store.keepPerson(this.me, nick, this.revision);
    this.store.keepFragment(this.fragment);
    this.#enter('connecting');
    this.#connect();
  }

  /** Come in after all, where the person may. */
  come() {
    if (this.phase === 'other-tab') this.#openRoom(this.room.roomId, this.room.outbox.entries);
    this.#enter('connecting');
    this.#connect();
  }

  /** At once, not when it is due: the phone was unlocked, the network is back, or the person asks for it. */
  hurry() {
    if (this.phase === 'other-tab') {
      this.come();
    } else if (this.phase === 'away' || this.phase === 'stranger') {
      this.retries = 0;
      this.#connect();
    } else if (this.phase === 'in') {
      this.connection?.send({ t: 'ping' });
    }
  }

  /** @param {Payload} payload */
  say(payload) {
    this.room.say(payload);
  }

  /**
   * @param {Payload} payload the offer @param {import('./files.js').Manifest} manifest
   * @param {Blob} blob whose bytes stay in this page until the host has them
   */
  sendFile(payload, manifest, blob) {
    this.connection?.sealIn(this.worker);
    this.say(payload);
    this.files.hold(manifest, blob);
  }

  /** Send it no more, or get it no more. @param {string} id of the message */
  stopFile(id) {
    const { file } = this.talk.messages.get(id) ?? {};
    if (!file) return;
    if (this.files.sending.has(file.root)) {
      this.files.letGo(file.root);
      this.say({ kind: '+delete', target: bytesOfHex(id), body: new Uint8Array(0) });
    } else {
      this.files.stop(file.root);
    }
  }

  typing() {
    if (this.phase === 'in' && !(this.typedAt?.age <= TYPING_TOLD_MS)) {
      this.typedAt = new Moment();
      this.connection?.send({ t: 'typing' });
    }
  }

  /** The person has seen all that is here. */
  read() {
    const { last } = this.room.kept;
    if (this.phase === 'in' && last > this.room.readTo) {
      this.room.readTo = last;
      this.connection?.send({ t: 'read', seq: last });
    }
  }

  /** Keep nothing more of this room in this browser. */
  forget() {
    this.room.save.stop();
    if (this.room.roomId) this.store.forgetRoom(this.room.roomId);
    this.me = identityOf(this.me.secretKey, randomBytes(8)); // how far the old device has counted is forgotten, too
    this.store.keepPerson(this.me, this.nick, this.revision);
    this.room = this.#roomOf('');
    this.title = '';
    this.#end('no-code');
  }

  /** What the host is called, '' where that is not known. */
  get hostName() {
    return this.talk.people.get(this.room.kept.host)?.nick ?? '';
  }

  // --- the connection
  #connect() {
    clearTimeout(this.retryTimer);
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
      if (this.phase === 'stranger') this.retryTimer = setTimeout(() => this.#connect(), STRANGER_RETRY_MS); // the host may come back
      return;
    }
    this.title = shownLine(hello.title);
    if (this.room.roomId !== hello.room) {
      this.store.useRoom(hello.room);
      this.#becomeKept();
      this.#openRoom(hello.room);
    }
    this.room.about = { fragment: this.fragment, title: this.title };
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

  /** Go on as who the browser keeps, where somebody is kept. */
  #becomeKept() {
    const { me, nick, revision } = this.store.person();
    if (!nick || hexOf(me.key) === this.myKey) return;
    this.room.close();
    [this.me, this.myKey, this.nick, this.revision] = [me, hexOf(me.key), nick, revision];
    this.room = this.#roomOf(''); // what is kept of it is that person's
  }

  /** Signed once, and before the host has answered: a slow phone takes its time. */
  #card() {
    const of = [this.myKey, this.nick, this.revision].join(' ');
    if (this.card?.of !== of) this.card = { of, card: makeCard(this.me, this.nick, this.revision) };
    return this.card.card;
  }

  #openRoom(roomId, waiting = []) {
    this.room.close();
    this.room = this.#roomOf(roomId, waiting);
    this.changed({ messages: new Set(this.talk.messages.keys()) });
  }

  #roomOf(roomId, waiting = []) {
    return new Replica(this.store, this.me, roomId, {
      changed: (messages) => this.changed({ messages }),
      post: (entries, again) => this.connection?.send({ t: 'post', entries, again }),
      isSending: (root) => this.files.sending.has(root),
      wasCleared: () => {
        this.store.keepPerson(this.me, this.nick, this.revision);
        this.store.keepFragment(this.fragment);
      },
    }, waiting);
  }

  #lost(code) {
    this.connection = null;
    this.room.outbox.close();
    this.files.disconnected();
    if (code === WRONG_CODE) this.#enter('ended');
    else if (['connecting', 'in', 'away', 'stranger'].includes(this.phase)) this.#retry();
  }

  #retry() {
    const wait = Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** this.retries) * (0.5 + Math.random() / 2);
    this.retries += 1;
    this.talk.here.clear();
    this.#enter('away');
    this.retryTimer = setTimeout(() => this.#connect(), wait);
    const { roomId } = this.room;
    if (roomId && this.nick) this.next.find(this.code, roomId).then((found) => this.#follow(found));
  }

  /** Go where the room is open now: the host is not there. */
  #follow(found) {
    if (found === null || this.phase !== 'away') return;
    const { me: { secretKey, deviceId }, nick, revision, room: { roomId: room, kept: { counter }, outbox: { entries } } } = this;
    this.#end('away');
    this.goTo(urlOf(found, { secretKey, deviceId, nick, revision, room, counter, outbox: entries }));
  }

  /** After which nothing is tried any more by itself. */
  #end(phase) {
    clearTimeout(this.retryTimer);
    this.connection?.close();
    this.connection = null;
    this.room.close();
    this.#enter(phase);
  }

  #enter(phase) {
    this.phase = phase;
    if (this.room.came.size) this.room.tellWhatCame();
    this.changed({ phase: true, people: true });
  }

  // --- frames
  /** @param {Frame} frame */
  #heard(frame) {
    switch (frame.t) {
      case 'entered':
        this.connection?.send({ t: 'resume', ...this.room.resume });
        break;
      case 'refused':
        if (frame.code in REFUSED) this.#end(REFUSED[frame.code]);
        else if (frame.code === 'forged') this.room.cutAfter(0); // what was read here is newer than the host's own Log
        break; // else the socket closes, and it is tried again
      case 'welcome':
        this.#welcomed(frame);
        break;
      case 'entries': {
        const authors = this.room.grew(frame);
        this.typists = this.typists.filter((key) => !authors.includes(key));
        this.#askWho();
        break;
      }
      case 'known':
        this.room.settle(frame.entry_ids);
        break;
      case 'rejected':
        this.#refused(frame);
        break;
      case 'slow_down':
        this.room.outbox.slowDown(frame.retry_ms);
        break;
      case 'delivered':
        this.room.wereDelivered(frame.seq);
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
        this.typistsToldAt = new Moment();
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

  #welcomed(frame) {
    this.room.welcomed(frame);
    this.next.isHere();
    this.hostIsAway = false;
    this.limits = frame.limits;
    this.retries = 0;
    this.asked.clear();
    this.isAsking = false;
    this.#enter('in');
    this.connection.sealIn(this.worker);
    this.room.outbox.open(frame.limits.burst);
    this.#askWho();
    this.files.connected();
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

  #refused({ entry_id, code }) {
    const message = this.room.refused(entry_id, code);
    if (message?.file) this.files.letGo(message.file.root);
    this.changed({ messages: new Set([hexOf(entry_id)]) });
  }

  #fileChanged(root) {
    const offering = [...this.talk.messages.values()].filter(({ file }) => file?.root === root);
    this.changed({ messages: new Set(offering.map(({ id }) => id)) });
  }
}
