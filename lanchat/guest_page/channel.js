/**
 * How this page and the host make their channel `guest/1`: the code in the link, and the handshake.
 *
 * See lanchat/core/protocol.md, section 8; lanchat/trust/guest_channel.py is the host's side. A page over plain http has
 * no crypto.subtle: the cryptography is noble's. Nothing here touches the document or the network, and what can fail
 * because of the other side returns a value that says so.
 *
 * @typedef {{secret: Uint8Array, fingerprint: Uint8Array}} Code  what the link's fragment says
 * @typedef {{key: Uint8Array, eph: Uint8Array, nonce: Uint8Array, room: string, title: string}} Hello
 * @typedef {'version' | 'stranger' | 'damaged'} HelloError  another version of the channel; another host than the
 *   link's; not a hello at all, or not signed
 * @typedef {import('./wire.js').Identity} Identity
 * @typedef {import('./wire.js').Card} Card
 */
import { bytesOf, fromBase64, isBytes, isSame, joined, randomBytes, toBase64 } from './bytes.js';
import { SealedChannel } from './sealing.js';
import { decode, ed25519, encode, hkdf, sha256, x25519 } from './vendor.js';
import { digest } from './wire.js';

const VERSION = 1; // as VERSION in guest_channel.py
const SECRET_BYTES = 16; // as SECRET_BYTES in guest_channel.py
const CODE_ID_BYTES = 8; // as CODE_ID_BYTES in guest_channel.py
const KEY_BYTES = 32; // as KEY_BYTES in guest_channel.py
export const FINGERPRINT_BYTES = 16; // as FINGERPRINT_BYTES in address.py
const KEPT_AS = 'lanchat fragment'; // in sessionStorage

/** How the host closes the WebSocket where no channel is made. */
export const WRONG_CODE = 4001; // as WRONG_CODE in guest_server.py

/**
 * The fragment of the link that was opened, taken out of the address bar and the history, and kept for a reload.
 *
 * `window` here is what of it is used, so that a fragment is read in one place only.
 * @param {{location: Location, history: History, sessionStorage: Storage}} window
 * @returns {string} without the #; '' where there is none
 */
export function takeFragment({ location, history, sessionStorage }) {
  const opened = location.hash.slice(1);
  if (opened) history.replaceState(null, '', location.pathname + location.search);
  try {
    if (opened) sessionStorage.setItem(KEPT_AS, opened);
    return opened || sessionStorage.getItem(KEPT_AS) || '';
  } catch {
    return opened; // the browser keeps nothing for pages: a reload needs the link again
  }
}

/** A reload is not to come in again. @param {{sessionStorage: Storage}} window */
export function forgetFragment({ sessionStorage }) {
  try {
    sessionStorage.removeItem(KEPT_AS);
  } catch {
    // nothing was kept
  }
}

/** @param {string} text @returns {Code | null} null: it is not the fragment of a guest's link */
export function readFragment(text) {
  if (!/^[A-Za-z0-9_-]{43}$/.test(text)) return null;
  const bytes = fromBase64(text);
  if (toBase64(bytes) !== text) return null; // unused bits that are set
  return { secret: bytes.slice(0, SECRET_BYTES), fingerprint: bytes.slice(SECRET_BYTES) };
}

/**
 * The host's first message, checked: the host is the link's. Nothing was sent before.
 * @param {Uint8Array} message @param {Code} code
 * @param {string[]} question where this page asked, and what no page asked before; or nothing
 * @returns {{hello: Hello} | {error: HelloError}}
 */
export function readHello(message, code, ...question) {
  let hello;
  try {
    hello = decode(message);
  } catch {
    return { error: 'damaged' };
  }
  if (hello === null || typeof hello !== 'object') return { error: 'damaged' };
  const { v, key, eph, nonce, room, title, sig } = hello;
  if (Number.isInteger(v) && v !== VERSION) return { error: 'version' };
  const isHello =
    v === VERSION && [key, eph, nonce].every((part) => isBytes(part, 32)) && isBytes(sig, 64) &&
    typeof room === 'string' && /^[a-z2-7]{16}$/.test(room) && typeof title === 'string' && [...title].length <= 80;
  if (!isHello) return { error: 'damaged' };
  if (!isSame(sha256(key).slice(0, FINGERPRINT_BYTES), code.fingerprint)) return { error: 'stranger' };
  const said = digest('guest-hello', key, eph, nonce, ...[room, ...question].map(bytesOf));
  if (!isSigned(sig, said, key)) return { error: 'damaged' };
  return { hello: { key, eph, nonce, room, title } };
}

/**
 * The page's answer to the hello, and the channel that it opens. It serves one connection only.
 * @param {Hello} hello @param {Code} code @param {Identity} me @param {Card} card
 * @returns {{message: Uint8Array, channel: SealedChannel} | {error: HelloError}}
 */
export function answerHello(hello, code, me, card) {
  const secretKey = randomBytes(KEY_BYTES);
  const ephemeral = x25519.getPublicKey(secretKey);
  const codeId = digest('guest-code', code.secret).slice(0, CODE_ID_BYTES);
  const bound = digest('guest-channel', hello.key, hello.eph, hello.nonce, bytesOf(hello.room), codeId, ephemeral);
  let shared;
  try {
    shared = x25519.getSharedSecret(secretKey, hello.eph);
  } catch {
    return { error: 'damaged' }; // a point of small order: the keys would depend on neither side
  }
  const keys = hkdf(sha256, shared, code.secret, bound, 2 * KEY_BYTES);
  const channel = new SealedChannel(keys.slice(0, KEY_BYTES), keys.slice(KEY_BYTES));
  const signature = ed25519.sign(digest('guest-auth', bound), me.secretKey);
  const [box] = channel.seal(encode({ card, device_id: me.deviceId, signature }));
  return { message: joined(codeId, ephemeral, box), channel };
}

/** As RFC 8032 says it; a key of small order, for which anybody can sign, has signed nothing. */
function isSigned(signature, data, key) {
  try {
    return ed25519.verify(signature, data, key, { zip215: false });
  } catch {
    return false;
  }
}
