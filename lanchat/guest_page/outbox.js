/**
 * What the person wrote and the room has not taken yet: sent in its order, as much at once as the host takes.
 *
 * @typedef {import('./wire.js').WireEntry} WireEntry
 */
import { hexOf } from './bytes.js';

const HOLD_FEWEST_MS = 50;
const HOLD_MOST_MS = 60_000; // a timer of a browser overflows at 25 days, and is due at once then

export class Outbox {
  /**
   * @param {WireEntry[]} entries that waited already, the oldest first
   * @param {(entries: WireEntry[], again: boolean) => void} post
   */
  constructor(entries, post) {
    this.entries = entries;
    this.post = post;
    this.burst = 0; // entries that the host takes at once; 0: there is no connection
    this.underWay = 0; // of the first, sent and not answered
    this.again = true; // the next post begins with the oldest
    this.holding = null; // the timer until the host takes more
  }

  /** To be sent by the next `send`, when it is kept. @param {WireEntry} entry */
  add(entry) {
    this.entries.push(entry);
  }

  /** Send what may be sent now. */
  send() {
    if (this.holding !== null) return;
    const due = this.entries.slice(this.underWay, this.burst);
    if (!due.length) return;
    this.underWay += due.length;
    const { again } = this;
    this.again = false;
    this.post(due, again);
  }

  /** There is a connection. @param {number} burst */
  open(burst) {
    this.close();
    this.burst = burst;
    this.send();
  }

  /** The connection is gone: everything waits again. */
  close() {
    clearTimeout(this.holding);
    this.holding = null;
    this.burst = 0;
    this.#startAgain();
  }

  /** The host takes nothing more for so long, then everything from the oldest on. @param {number} ms */
  slowDown(ms) {
    clearTimeout(this.holding);
    this.#startAgain();
    this.holding = setTimeout(() => {
      this.holding = null;
      this.send();
    }, Math.min(HOLD_MOST_MS, Math.max(HOLD_FEWEST_MS, Number(ms) || 0)));
  }

  /** These need not be sent any more. @param {Uint8Array[]} ids @returns {boolean} whether any of them waited */
  settle(ids) {
    const settled = new Set(ids.map(hexOf));
    const before = this.entries.length;
    this.entries = this.entries.filter(([id]) => !settled.has(hexOf(id)));
    const fewer = before - this.entries.length;
    this.underWay = Math.max(0, this.underWay - fewer);
    return fewer > 0;
  }

  #startAgain() {
    this.underWay = 0;
    this.again = true;
  }
}
