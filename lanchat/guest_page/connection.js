/**
 * One connection to the host: the WebSocket, the sealed channel in it, and whether anything is still heard of the host.
 *
 * @typedef {import('./channel.js').Hello} Hello
 * @typedef {import('./frames.js').Frame} Frame
 * @typedef {{greeted: (message: Uint8Array) => void, heard: (frame: Frame) => void, lost: (code: number) => void}} Owner
 *   `lost`: once, with the closing code of the WebSocket; 0: the host fell silent, or sent what is no frame
 */
import { answerTo } from './file_chunks.js';
import { BadFrame, Splitter, encodeFrame } from './frames.js';
import { Moment } from './moment.js';
import { afterPaint, hasTime } from './pacing.js';

const PING_MS = 5_000; // as IDLE_PING_SECONDS in limits.py
const GONE_MS = 15_000; // as GONE_SECONDS in limits.py
const SHORT_BYTES = 1_000; // a message that is read in no time

export class Connection {
  /** @param {string} address host:port @param {Owner} owner */
  constructor(address, owner) {
    this.owner = owner;
    this.channel = null; // until the hello was answered
    this.worker = null; // what seals, in place of the channel
    this.giving = null; // until the last chunk of a file that is sent without it has gone
    this.splitter = new Splitter();
    this.heardAt = new Moment();
    this.saidAt = new Moment();
    this.isOver = false;
    this.came = []; // messages of the host's that were not read yet
    this.isBehind = false; // they are read after the next repaint
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
    this.saidAt = new Moment();
  }

  /** Have what is sent sealed there from now on. @param {?import('./file_worker_port.js').FileWorkerPort} worker */
  sealIn(worker) {
    if (!worker || worker.isOver || this.worker || this.giving || !this.#isOpen) return;
    this.worker = worker;
    worker.open(this.channel.sending, this.channel.sent, {
      sealed: (boxes) => this.#write(boxes), failed: () => this.#end(0),
    });
  }

  /** Send the chunk that the host asks for, see `answerTo`. @returns {Promise<{given: number, isUnreadable: boolean}>} */
  give(asked, blob) {
    if (this.worker) return this.worker.give(asked, blob);
    this.giving = Promise.resolve(this.giving).then(async () => { // in the order in which it asked
      const { frames, ...how } = await answerTo(asked, blob);
      for (const frame of frames) this.send(frame);
      return how;
    });
    return this.giving;
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
    this.heardAt = new Moment();
    this.came.push(message);
    if (this.isBehind) return;
    if (message.length <= SHORT_BYTES || hasTime()) this.#readOn();
    else this.#readLater();
  }

  /** As much of what came as there is time for until the next repaint, and not nothing. */
  #readOn() {
    this.isBehind = false;
    while (this.came.length && !this.isOver && !this.isBehind) {
      this.#read(this.came.shift());
      if (this.came.length && !hasTime()) this.#readLater();
    }
  }

  #readLater() {
    this.isBehind = true;
    afterPaint(() => this.#readOn());
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
    const quiet = Math.max(this.heardAt.age, this.saidAt.age);
    if (this.heardAt.age > GONE_MS) this.#end(0);
    else if (quiet > PING_MS) this.send({ t: 'ping' });
  }
}
