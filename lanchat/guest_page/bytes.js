/** Bytes, as Uint8Array: of numbers and text, joined, compared, and as text. Pure. */

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const utf8 = new TextEncoder();

/** @param {string} text */
export function bytesOf(text) {
  return utf8.encode(text);
}

/** @param {number} count */
export function randomBytes(count) {
  return crypto.getRandomValues(new Uint8Array(count));
}

/** @param {...Uint8Array} parts */
export function joined(...parts) {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** @param {Uint8Array} one @param {Uint8Array} other */
export function isSame(one, other) {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}

/** 4 bytes, big-endian. @param {number} number */
export function u32(number) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

/** 8 bytes, big-endian; for a negative number as two's complement. @param {number | bigint} number */
export function u64(number) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, BigInt(number)));
  return bytes;
}

/** @param {Uint8Array} bytes */
export function hexOf(bytes) {
  let hex = '';
  for (const byte of bytes) hex += DIGITS[byte];
  return hex;
}

/** @param {string} hex */
export function bytesOfHex(hex) {
  return Uint8Array.from(hex.match(/../g), (byte) => parseInt(byte, 16));
}

/** Whether a value that was sent is bytes of this length. @param {unknown} value @param {number} length */
export function isBytes(value, length) {
  return value instanceof Uint8Array && value.length === length;
}

/** As in links: with - and _, and nothing to fill up. @param {Uint8Array} bytes @returns {string} */
export function toBase64(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) { // a call takes a limited number of arguments
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + 8192));
  }
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
}

/** Throws where it is no base64. @param {string} text @returns {Uint8Array} */
export function fromBase64(text) {
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
