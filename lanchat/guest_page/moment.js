/**
 * A moment, and how long ago it was, whatever becomes of the phone's clock: that may be set, by years; and the one that
 * is never set stands still on some phones while they sleep.
 */
export class Moment {
  constructor() {
    this.date = Date.now();
    this.tick = performance.now();
  }

  /** Milliseconds since then: too many where the clock was put forward, never too few. */
  get age() {
    return Math.max(Date.now() - this.date, performance.now() - this.tick);
  }
}
