/**
 * Frames: what the page and its host say to each other, and the stream of bytes that they make. Pure.
 *
 * @typedef {{t: string}} Frame  and one property for each field
 */
import { joined, u32 } from './bytes.js';
import { decode, encode } from './vendor.js';

const FRAME_BYTES = 65_536; // the most, as FRAME in limits.py
const LENGTH_BYTES = 4;

/** The host sent bytes that are no frame of this protocol. */
export class BadFrame extends Error {}

/** A frame's bytes, length first. @param {Frame} frame */
export function encodeFrame(frame) {
  const body = encode(frame);
  return joined(u32(body.length), body);
}

/** Cuts the host's stream of bytes into frames. */
export class Splitter {
  constructor() {
    this.rest = new Uint8Array(0); // of a frame that is not complete
  }

  /**
   * The frames that `data` completes. Throws BadFrame.
   * @param {Uint8Array} data @returns {Frame[]}
   */
  feed(data) {
    const bytes = this.rest.length ? joined(this.rest, data) : data;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const frames = [];
    let at = 0;
    while (bytes.length - at >= LENGTH_BYTES) {
      const length = view.getUint32(at);
      if (length < 1 || length > FRAME_BYTES) throw new BadFrame(`a frame of ${length} bytes`);
      const end = at + LENGTH_BYTES + length;
      if (end > bytes.length) break;
      frames.push(readFrame(bytes.slice(at + LENGTH_BYTES, end)));
      at = end;
    }
    this.rest = bytes.slice(at);
    return frames;
  }
}

/** @param {Uint8Array} body @returns {Frame} */
function readFrame(body) {
  let frame;
  try {
    frame = decode(body);
  } catch {
    throw new BadFrame('not MessagePack');
  }
  if (frame === null || typeof frame !== 'object' || typeof frame.t !== 'string') throw new BadFrame('no frame');
  return frame;
}
