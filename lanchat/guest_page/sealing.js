/**
 * The boxes of the channel `guest/1`: what goes through the WebSocket once the handshake of channel.js is over. It runs
 * in the page, and in the Worker that seals files (file_worker.js).
 */
import { joined, u64 } from './bytes.js';
import { chacha20poly1305 } from './vendor.js';

const BOX_BYTES = 60_000; // of frames in one box, the most, as GUEST_BOX_BYTES in limits.py
const COUNTERS = 2n ** 64n; // boxes in one direction

/** One side of the channel: boxes numbered in each direction, so that none can be replayed, left out or sent back. */
export class SealedChannel {
  /**
   * @param {Uint8Array} sending key @param {Uint8Array} receiving key
   * @param {bigint} sent @param {bigint} received boxes so far
   */
  constructor(sending, receiving, sent = 0n, received = 0n) {
    this.sending = sending;
    this.receiving = receiving;
    this.sent = sent;
    this.received = received;
    this.isBroken = false;
  }

  /** The next messages, which carry `data`. @param {Uint8Array} data @returns {Uint8Array[]} */
  seal(data) {
    const messages = [];
    for (let at = 0; at === 0 || at < data.length; at += BOX_BYTES) {
      const nonce = nonceOf(this.sent);
      if (nonce === null) throw new RangeError('no number is left');
      messages.push(chacha20poly1305(this.sending, nonce).encrypt(data.subarray(at, at + BOX_BYTES)));
      this.sent += 1n;
    }
    return messages;
  }

  /**
   * What is in the message that came.
   * @param {Uint8Array} message
   * @returns {Uint8Array | null} null: it does not open, nor will anything after it; the connection is to be closed
   */
  open(message) {
    const nonce = nonceOf(this.received);
    if (this.isBroken || nonce === null) return null;
    try {
      const data = chacha20poly1305(this.receiving, nonce).decrypt(message);
      this.received += 1n;
      return data;
    } catch {
      this.isBroken = true;
      return null;
    }
  }
}

/** Never the same twice under one key (RFC 8439, section 2.8). @param {bigint} counter @returns {Uint8Array | null} */
function nonceOf(counter) {
  return counter < COUNTERS ? joined(new Uint8Array(4), u64(counter)) : null;
}
