/**
 * The talk on the screen: its messages in the order of the Log, a line for each day and before what is new, and where
 * the person has scrolled to. What did not change stays in the document: a finger may be on it, or a reader in it.
 *
 * In the document are the newest messages, and earlier ones once the person scrolls there: a phone takes its time to lay
 * out a thousand.
 */
import { become, element, make } from './dom.js';
import { drawMessage } from './message_view.js';
import { dates, words } from './words.js';

const SHOWN_AT_END = 80; // messages in the document while the person is at the end
const SHOWN_MORE = 40; // that come into it when the person is near the first of them
const DRAWN_FIRST = 50; // at once, where the person sees none yet
const DRAWN_FEWEST = 6; // new messages drawn before one repaint, on the slowest phone
const DRAWN_MOST = 12; // on the fastest
const DRAW_MS = 30; // that drawing them may take: the page goes on to answer to a finger
const LONG = 40; // messages that are higher than any screen together
const NEAR_END_PX = 120;
const QUARTER_MS = 900_000; // of an hour: days begin with one all over the world

export class LogView {
  /**
   * @param {import('./client.js').GuestClient} client
   * @param {{answer: (id: string) => void, react: (id: string, emoji: string) => void,
   *   file: (id: string, deed: string) => void}} deeds
   */
  constructor(client, deeds) {
    this.client = client;
    this.deeds = deeds;
    this.days = dates({ weekday: 'long', day: 'numeric', month: 'long' });
    /** @type {Map<number, string>} by the quarter of an hour: a slow phone takes its time to word a day */
    this.dayWords = new Map();
    this.log = element('log');
    /** @type {Map<string, HTMLElement>} by the message's id, or the name of a line between messages */
    this.nodes = new Map();
    this.opened = ''; // the message whose deeds are shown
    this.first = ''; // the message that is the first in the document, where the person has scrolled back
    this.unread = 0;
    this.counted = 0; // messages up to this number of the Log were new once
    this.newFrom = ''; // the message that the line stands before
    this.isNewSeen = true; // the person has come to the end since
    this.drawn = 0; // messages, ever
    this.drawnAtOnce = DRAWN_MOST; // new ones, before one repaint
    this.moreDue = 0; // the request of the repaint that draws more of them; 0: there is none
    this.log.setAttribute('aria-label', words('Conversation'));
    this.log.addEventListener('scroll', () => this.#scrolled());
    this.log.addEventListener('click', (event) => this.#clicked(event.target));
    this.log.addEventListener('keydown', (event) => this.#moved(event));
    element('jump').addEventListener('click', () => {
      const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
      this.log.scrollTo({ top: this.log.scrollHeight, behavior: isCalm ? 'auto' : 'smooth' });
    });
  }

  get isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.log;
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  /** @param {Set<string>} changed ids of messages */
  draw(changed) {
    const isFirst = this.nodes.size === 0;
    const isAtEnd = isFirst || this.isAtEnd;
    this.#count(isFirst);
    cancelAnimationFrame(this.moreDue); // it is done here
    this.moreDue = 0;
    if (isAtEnd) this.first = '';
    this.#show(changed, isAtEnd, isFirst);
    this.#drawEmpty();
    this.seen();
  }

  #drawEmpty() {
    const { phase, room: { kept, comingTo, talk } } = this.client;
    const isEmpty = phase === 'in' && kept.last >= comingTo && talk.messages.size === 0;
    if (isEmpty) this.log.dataset.empty = words('Nothing has been said here yet.');
    else delete this.log.dataset.empty;
  }

  /** What is on the screen was read, if the person looks at it. */
  seen() {
    if (!document.hidden && document.hasFocus() && this.isAtEnd && this.client.talk.messages.size) {
      this.unread = 0;
      this.isNewSeen = true;
      this.client.read();
    }
    element('jump').hidden = this.isAtEnd;
    const { title } = this.client;
    const titled = this.unread ? `(${this.unread}) ${title}` : title || 'lanchat';
    const isTold = document.title === titled && element('jump').hasAttribute('aria-label');
    if (isTold) return; // what is written anew, is laid out anew
    document.title = titled;
    element('jump-count').textContent = this.unread || '';
    element('jump').setAttribute('aria-label', this.unread
      ? words('To the newest message: {n} unread', { n: this.unread }) : words('To the newest message'));
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  /** @param {string} id */
  toMessage(id) {
    if (!this.nodes.has(id)) this.#showBefore(id);
    const node = this.nodes.get(id) ?? this.log.firstElementChild; // it is not on this phone any more
    if (!node) return;
    this.isNewSeen = false;
    node.scrollIntoView({ block: 'center' });
    node.querySelector('.more')?.focus({ preventScroll: true });
  }

  /** Show what can be done with a message, or nothing more of it. @param {string} id */
  open(id) {
    const before = this.opened;
    this.opened = before === id ? '' : id;
    this.draw(new Set([before, id]));
    const node = this.nodes.get(id);
    if (this.opened) node?.scrollIntoView({ block: 'nearest' });
    node?.querySelector(this.opened ? '.deeds button' : '.more')?.focus({ preventScroll: true });
  }

  /** The line before what is new goes: the person has answered. */
  forgetNew() {
    if (!this.newFrom) return;
    this.newFrom = '';
    this.client.changed({});
  }

  // --- the document
  /** How many are new, and where they begin. */
  #count(isFirst) {
    const { talk, myKey } = this.client;
    const isSeen = !document.hidden && document.hasFocus() && this.isAtEnd;
    const isNew = ({ seq, author }) => seq > this.counted && author !== myKey;
    const fresh = isFirst ? [] : [...talk.messages.values()].filter(isNew);
    this.counted = talk.last;
    this.unread += fresh.length;
    if (fresh.length && this.isNewSeen && !isSeen) [this.newFrom, this.isNewSeen] = [fresh[0].id, false];
    const { room } = this.client;
    if (room.missedFirst) [this.newFrom, room.missedFirst] = [room.missedFirst, ''];
  }

  #scrolled() {
    const { scrollTop, clientHeight } = this.log;
    const isNearFirst = scrollTop < clientHeight && !this.moreDue; // else those before come by themselves
    const first = isNearFirst ? this.log.querySelector('.message') : null;
    if (first) this.#showBefore(first.dataset.id);
    this.seen();
  }

  /** Have some messages in the document that are earlier than this one, if there are any. @param {string} id */
  #showBefore(id) {
    const all = [...this.client.talk.messages.keys()];
    const first = all[Math.max(0, all.indexOf(id) - SHOWN_MORE)];
    if (!first || first === id) return;
    this.first = first;
    this.#show(new Set(), false, true);
  }

  /**
   * Bring the document up to date.
   * @param {boolean} toEnd else what is in sight keeps its place @param {boolean} isCalm nothing in it is news
   */
  #show(changed, toEnd, isCalm) {
    const { talk } = this.client;
    const from = performance.now();
    const before = this.drawn;
    const anchor = toEnd ? null : this.#firstInSight();
    const top = anchor?.getBoundingClientRect().top;
    const all = [...talk.messages.values()];
    const first = this.first ? all.findIndex(({ id }) => id === this.first) : all.length - this.#fitAtEnd(all);
    const shown = all.slice(Math.max(0, first));
    this.first = toEnd ? '' : shown[0]?.id ?? '';
    this.log.ariaBusy = String(isCalm);
    this.#place(shown, changed, isCalm, talk.hasEarlier && shown.length === all.length);
    const moved = anchor?.isConnected ? anchor.getBoundingClientRect().top - top : 0;
    if (toEnd) this.toEnd();
    else if (moved) this.log.scrollTop += moved; // which would stop the scrolling that is under way
    this.#learn(this.drawn - before, performance.now() - from);
  }

  /** How many this phone draws in time. @param {number} count it drew @param {number} ms that this took */
  #learn(count, ms) {
    if (count < DRAWN_FEWEST) return;
    const most = Math.round((count * DRAW_MS) / Math.max(1, ms));
    this.drawnAtOnce = Math.min(DRAWN_MOST, Math.max(DRAWN_FEWEST, most));
  }

  /** How many of the last messages to show now; the rest of them follow at the next repaints. */
  #fitAtEnd(all) {
    const most = Math.min(SHOWN_AT_END, all.length);
    const atOnce = this.nodes.size === 0 ? DRAWN_FIRST : this.drawnAtOnce;
    let count = 0;
    for (let missing = 0; count < most && missing < atOnce; count += 1) {
      if (!this.nodes.has(all[all.length - 1 - count].id)) missing += 1;
    }
    if (count < most && !this.moreDue) {
      this.moreDue = requestAnimationFrame(() => {
        this.moreDue = 0;
        if (this.isAtEnd) this.#show(new Set(), true, true);
      });
    }
    return count;
  }

  /** Everything that is to be shown, in order; the rest goes. */
  #place(shown, changed, isCalm, isCut) {
    /** @type {Map<string, (old: ?HTMLElement) => HTMLElement>} by name, as in `nodes` */
    const wanted = new Map();
    if (isCut) wanted.set('cut', (old) => old ?? make('p', 'day', words('Earlier messages are not on this phone.')));
    let day = '';
    for (const message of shown) {
      const date = this.#dayOf(message.at);
      if (date !== day) wanted.set(`day ${date}`, (old) => old ?? make('p', 'day', date));
      day = date;
      if (message.id === this.newFrom) wanted.set('new', (old) => old ?? make('p', 'new', words('New')));
      wanted.set(message.id, (old) => (old && !changed.has(message.id) ? old : this.#redrawn(old, message, isCalm)));
    }
    for (const [name, node] of this.nodes) { // first: what stays is then in its place already, and not laid out again
      if (wanted.has(name)) continue;
      node.remove();
      this.nodes.delete(name);
    }
    let next = this.log.firstElementChild;
    for (const [name, makeNode] of wanted) {
      const node = makeNode(this.nodes.get(name));
      this.nodes.set(name, node);
      if (node === next) next = next.nextElementSibling;
      else this.log.insertBefore(node, next);
    }
    const isStillLong = this.moreDue > 0 && this.log.classList.contains('long'); // else all is laid out twice
    this.log.classList.toggle('long', shown.length > LONG || isStillLong);
    const more = this.log.querySelectorAll('.more');
    if (more.length && !this.log.querySelector('.more[tabindex="0"]')) more[more.length - 1].tabIndex = 0;
  }

  #dayOf(at) {
    const quarter = Math.floor(at / QUARTER_MS);
    if (!this.dayWords.has(quarter)) this.dayWords.set(quarter, this.days.format(at));
    return this.dayWords.get(quarter);
  }

  /** The message's node, the old one if it says the same. */
  #redrawn(old, message, isCalm) {
    const node = drawMessage(this.client, message, this.opened === message.id);
    if (!old) {
      this.drawn += 1;
      if (!isCalm && message.author !== this.client.myKey) node.classList.add('fresh');
      return node;
    }
    old.classList.remove('fresh');
    const [more, moreBefore] = [node.querySelector('.more'), old.querySelector('.more')];
    if (more && moreBefore) more.tabIndex = moreBefore.tabIndex;
    if (old.isEqualNode(node)) return old;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    become(old, node); // a finger may be on a button of it
    if (focused && !focused.isConnected) old.querySelector(`[data-deed="${focused.dataset.deed}"]`)?.focus({ preventScroll: true });
    return old;
  }

  /** The first message in sight: lines between messages may stand elsewhere when there are more messages. */
  #firstInSight() {
    const { top } = this.log.getBoundingClientRect();
    return [...this.log.querySelectorAll('.message')].find((node) => node.getBoundingClientRect().bottom > top) ?? null;
  }

  // --- the person
  #clicked(target) {
    const node = target.closest('.message');
    const button = target.closest('button');
    if (!node || !getSelection().isCollapsed || target.closest('a')) return;
    const { id } = node.dataset;
    if (button?.dataset.deed === 'answer') this.deeds.answer(id);
    else if (button?.dataset.deed === 'react') this.deeds.react(id, button.dataset.emoji);
    else if (button?.dataset.deed.startsWith('file-')) this.deeds.file(id, button.dataset.deed);
    else if (node.querySelector('.more') && target.closest('.bubble, .more')) this.open(id);
  }

  /** The arrow keys lead from message to message, Escape out of what can be done with one. */
  #moved(event) {
    if (event.key === 'Escape' && this.opened) {
      this.open(this.opened);
      return;
    }
    const all = [...this.log.querySelectorAll('.more')];
    const at = all.indexOf(document.activeElement);
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || to === undefined || !all[to]) return;
    event.preventDefault();
    all[at].tabIndex = -1;
    all[to].tabIndex = 0;
    all[to].focus();
  }
}
