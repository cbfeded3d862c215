/**
 * One connection to the host: the WebSocket, the sealed channel in it, and whether anything is still heard of the host.
 *
 * @typedef {import('./channel.js').Hello} Hello
 * @typedef {import('./frames.js').Frame} Frame
 * @typedef {{greeted: (message: Uint8Array) => void, heard: (frame: Frame) => void, lost: (code: number) => void}} Owner
 *   `lost`: once, with the closing code of the WebSocket; 0: the host fell silent, or sent what is no frame
 */
import { answerTo } from './file_chunks.js';
import { afterFrame, hasTime } from './frame_time.js';
import { BadFrame, Splitter, encodeFrame } from './frames.js';

const PING_MS = 5_000; // as IDLE_PING_SECONDS in limits.py
const GONE_MS = 15_000; // as GONE_SECONDS in limits.py
const SHORT_BYTES = 1_000; // a message that is read in no time

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

export class Connection {
  /** @param {string} address host:port @param {Owner} owner */
  constructor(address, owner) {
    this.owner = owner;
    this.channel = null; // until the hello was answered
    this.worker = null; // what seals, in place of the channel
    this.given = null; // the last chunk of a file that was sent without it
    this.splitter = new Splitter();
    this.heard = new Moment();
    this.said = new Moment();
    this.isOver = false;
    this.came = []; // messages of the host's that were not read yet
    this.isBehind = false; // they are read after the next frame
    this.socket = new WebSocket(`ws://${address}/ws`);
    this.socket.binaryType = 'arraybuffer';
    this.socket.onmessage = ({ data }) => this.#received(new Uint8Array(data));
    this.socket.onclose = ({ code }) => this.#closed(code);
    this.watch = setInterval(() => this.#look(), 1_000);
  }

  /** The page's answer to the hello. @param {Uint8Array} message @param {import('./channel.js').SealedChannel} channel */
  answer(message, channel) {
    this.channel = channel;
    this.socket.send(message);
  }

  /** @param {Frame} frame */
  send(frame) {
    if (!this.#isOpen) return;
    if (this.worker) this.worker.seal(encodeFrame(frame));
    else this.#write(this.channel.seal(encodeFrame(frame)));
    this.said = new Moment();
  }

  /** Have what is sent sealed there from now on. @param {?import('./file_worker_port.js').FileWorkerPort} worker */
  sealIn(worker) {
    if (!worker || worker.isOver || this.worker || this.given || !this.#isOpen) return;
    this.worker = worker;
    worker.open(this.channel.sending, this.channel.sent, {
      sealed: (boxes) => this.#write(boxes), failed: () => this.#end(0),
    });
  }

  /** Send the chunk that the host asks for, see `answerTo`. @returns {Promise<{given: number, isUnreadable: boolean}>} */
  give(asked, blob) {
    if (this.worker) return this.worker.give(asked, blob);
    this.given = Promise.resolve(this.given).then(async () => { // in the order in which it asked
      const { frames, ...how } = await answerTo(asked, blob);
      for (const frame of frames) this.send(frame);
      return how;
    });
    return this.given;
  }

  /** Nothing more is told to the owner. */
  close() {
    this.isOver = true;
    clearInterval(this.watch);
    this.socket.close();
  }

  get #isOpen() {
    return !this.isOver && this.channel !== null && this.socket.readyState === WebSocket.OPEN;
  }

  #write(boxes) {
    if (this.#isOpen) for (const box of boxes) this.socket.send(box);
  }

  #closed(code) {
    while (this.came.length && !this.isOver) this.#read(this.came.shift());
    this.#end(code);
  }

  #end(code) {
    if (this.isOver) return;
    this.close();
    this.owner.lost(code);
  }

  #received(message) {
    this.heard = new Moment();
    this.came.push(message);
    if (this.isBehind) return;
    if (message.length <= SHORT_BYTES || hasTime()) this.#readOn();
    else this.#readLater();
  }

  /** As much of what came as this frame has time for, and not nothing. */
  #readOn() {
    this.isBehind = false;
    while (this.came.length && !this.isOver && !this.isBehind) {
      this.#read(this.came.shift());
      if (this.came.length && !hasTime()) this.#readLater();
    }
  }

  #readLater() {
    this.isBehind = true;
    afterFrame(() => this.#readOn());
  }

  #read(message) {
    if (this.channel === null) {
      this.owner.greeted(message);
      return;
    }
    const data = this.channel.open(message);
    try {
      if (data === null) throw new BadFrame('a box does not open');
      for (const frame of this.splitter.feed(data)) {
        if (!this.isOver) this.owner.heard(frame); // the one before may have ended it
      }
    } catch (error) {
      if (!(error instanceof BadFrame)) throw error;
      this.#end(0);
    }
  }

  #look() {
    const quiet = Math.max(this.heard.age, this.said.age);
    if (this.heard.age > GONE_MS) this.#end(0);
    else if (quiet > PING_MS) this.send({ t: 'ping' });
  }
}
