// A page without its document, for Python: its client, on a connection and a clock that the test moves.
import { GuestClient } from './client.js';
import { Store } from './store.js';
import { bytesOf, hexOf } from './bytes.js';
import { textPayload } from './wire.js';

const clock = { now: 1_764_000_000_000, wrong: 0, slow: 0, timers: new Map(), number: 0 };
Date.now = () => clock.now + clock.wrong;
globalThis.performance = { now: () => (clock.now += clock.slow) };
globalThis.setTimeout = (deed, ms) => setTimer(deed, ms, false);
globalThis.setInterval = (deed, ms) => setTimer(deed, ms, true);
globalThis.requestAnimationFrame = (deed) => setTimer(() => deed(clock.now), 16, false);
globalThis.clearTimeout = (number) => clock.timers.delete(number);

function setTimer(deed, ms, again) {
  clock.number += 1;
  clock.timers.set(clock.number, { deed, due: clock.now + ms, ms, again });
  return clock.number;
}

export function passTime(ms) {
  const end = clock.now + ms;
  for (;;) {
    const due = [...clock.timers].filter(([, timer]) => timer.due <= end).sort(([, a], [, b]) => a.due - b.due)[0];
    if (!due) break;
    const [number, timer] = due;
    clock.now = Math.max(clock.now, timer.due);
    if (timer.again) timer.due += timer.ms;
    else clock.timers.delete(number);
    timer.deed();
  }
  clock.now = end;
}

let opened = null; // the socket to the page's host that was opened last
const knocking = new Map(); // the sockets to others, by URL
globalThis.WebSocket = class {
  static OPEN = 1;

  constructor(url) {
    this.readyState = 1;
    this.sent = [];
    if (url === 'ws://host:1/ws') opened = this;
    else knocking.set(url, this);
  }

  send(message) {
    this.sent.push(message);
  }

  close() {
    this.readyState = 3;
  }
};

export class GuestPage {
  /**
   * @param {string} fragment @param {GuestPage | null} before whose browser this is another tab of, or a reload
   * @param {number} most characters that the browser keeps
   * @param {?import('./handoff.js').Handoff} handoff with which it is opened from another host's page
   */
  constructor(fragment, before, most = Infinity, handoff = null) {
    if (before) before.hides();
    else clock.wrong = 0;
    clock.timers.clear(); // those of the page before
    clock.slow = 0;
    delete globalThis.document;
    this.kept = before?.kept ?? new Map();
    const storage = {
      getItem: (name) => this.kept.get(name) ?? null,
      setItem: (name, value) => {
        const others = [...this.kept].reduce((sum, [other, { length }]) => sum + (other === name ? 0 : length), 0);
        if (others + value.length > most) throw new Error('QuotaExceededError');
        this.kept.set(name, value);
      },
      removeItem: (name) => this.kept.delete(name),
    };
    this.changed = [];
    const store = new Store(storage);
    if (handoff) store.keepHandoff(handoff, fragment);
    this.client = new GuestClient(store, fragment, 'host:1', (what) => this.changed.push(what));
    this.wentTo = [];
    this.client.goTo = (url) => this.wentTo.push(url);
    knocking.clear();
    this.client.start();
  }

  /** URLs at which it looks for the room's next host. */
  knocksAt() {
    return [...knocking].filter(([, { readyState }]) => readyState === 1).map(([url]) => url);
  }

  hearsAt(url, message) {
    knocking.get(url).onmessage({ data: message.buffer });
  }

  went() {
    return this.wentTo;
  }

  isOpen() {
    return opened.readyState === 1 && this.client.connection?.socket === opened;
  }

  sent() {
    return opened.sent.splice(0);
  }

  receives(message) {
    opened.onmessage({ data: message.buffer });
  }

  closes(code) {
    opened.readyState = 3;
    opened.onclose({ code });
  }

  passes(ms) {
    passTime(ms);
  }

  /** It is on the screen of a phone that takes so long between two looks at the clock. */
  worksSlowly(ms) {
    clock.slow = ms;
    globalThis.document = { hidden: false };
  }

  /** Another tab is looked at, or the page ends. */
  hides() {
    this.client.room.save.now();
  }

  /** Somebody clears what the browser keeps. */
  isCleared() {
    this.kept.clear();
  }

  /** The browser loses one thing. */
  loses(name) {
    this.kept.delete(name);
  }

  names() {
    return [...this.kept.keys()];
  }

  /** The phone's clock is set to so much more than the time, or less. */
  setClock(ms) {
    clock.wrong = ms;
  }

  says(text, target = null) {
    this.client.say(textPayload(text, target));
  }

  does(kind, target, text = '') {
    this.client.say({ kind, target, body: bytesOf(text) });
  }

  do(name, ...values) {
    this.client[name](...values);
  }

  state() {
    const { phase, title, nick, hostName, talk, room: { missed, kept, outbox }, limits } = this.client;
    const here = [...talk.here].map((key) => talk.people.get(key).nick).sort();
    return { phase, missed, title, nick, hostName, here, last: kept.last, waiting: outbox.entries.length, limits,
      hasEarlier: talk.hasEarlier };
  }

  typists() {
    return this.client.typists;
  }

  messages() {
    return [...this.client.talk.messages.values()].map(({ reactions, ...message }) => ({
      ...message, author: this.client.talk.people.get(message.author)?.nick ?? '',
      reactions: Object.fromEntries([...reactions].map(([emoji, authors]) => [emoji, authors.size])),
    }));
  }

  /** Ids of the messages that changed since it was asked last. */
  toDraw() {
    return this.changed.splice(0).flatMap(({ messages }) => [...(messages ?? [])]);
  }

  idOf(text) {
    return [...this.client.talk.messages.values()].find((message) => message.text === text).id;
  }

  myKey() {
    return hexOf(this.client.me.key);
  }
}
