/**
 * Protocol 1 as bytes: digests, signed entries and cards, rows of the Log. Pure; see lanchat/core/protocol.md, sections 1
 * to 3.
 *
 * Bytes are Uint8Array, and so are keys and ids. Times are milliseconds since 1970.
 *
 * @typedef {{secretKey: Uint8Array, key: Uint8Array, deviceId: Uint8Array}} Identity
 * @typedef {[Uint8Array, string, number, Uint8Array, Uint8Array]} Card  key, nick, revision, signature, profile
 * @typedef {Array} WireEntry  an Entry as it travels, see `makeEntry`
 * @typedef {{kind: string, target: Uint8Array | null, body: Uint8Array}} Payload
 * @typedef {{seq: number, id: Uint8Array, author: Uint8Array, deviceId: Uint8Array, counter: number, kind: string,
 *   target: Uint8Array | null, body: Uint8Array, sentAt: number, receivedAt: number, isErased: boolean}} LogRow
 */
import { bytesOf, isBytes, joined, randomBytes, u32, u64 } from './bytes.js';
import { decode, ed25519, encode, sha256 } from './vendor.js';

const PROFILE_OF_A_GUEST = encode({ g: true });

// A page signs a few times only: the table for that is to be small, since a slow phone takes 0.1 s for noble's usual one.
ed25519.Point.BASE.precompute(4);

/**
 * SHA-256 over a label and length-prefixed parts: no two different lists give the same bytes.
 * @param {string} label @param {...Uint8Array} parts
 */
export function digest(label, ...parts) {
  return sha256(joined(bytesOf('lanchat/1 ' + label), ...parts.flatMap((part) => [u32(part.length), part])));
}

/** Somebody new: what is kept in the browser for as long as the person is to stay the same. @returns {Identity} */
export function newIdentity() {
  return identityOf(randomBytes(32), randomBytes(8));
}

/** @param {Uint8Array} secretKey 32 bytes @param {Uint8Array} deviceId 8 bytes @returns {Identity} */
export function identityOf(secretKey, deviceId) {
  return { secretKey, key: ed25519.getPublicKey(secretKey), deviceId };
}

/**
 * A signed card that says that its member is a guest.
 * @param {Identity} me @param {string} nick @param {number} revision higher than the last one's
 * @returns {Card}
 */
export function makeCard(me, nick, revision) {
  const signed = digest('card', me.key, bytesOf(nick), u64(revision), PROFILE_OF_A_GUEST);
  return [me.key, nick, revision, ed25519.sign(signed, me.secretKey), PROFILE_OF_A_GUEST];
}

/** @param {string} text @param {Uint8Array | null} target the message that it answers @returns {Payload} */
export function textPayload(text, target = null) {
  return { kind: 'text', target, body: bytesOf(text) };
}

/**
 * A signed entry, as `post` carries it.
 * @param {Identity} me @param {string} roomId
 * @param {number} counter one more than this device's last in this room
 * @param {Payload} payload @param {number} sentAt @param {Uint8Array} entryId 16 bytes
 * @returns {WireEntry}
 */
export function makeEntry(me, roomId, counter, payload, sentAt, entryId = randomBytes(16)) {
  const { kind, target, body } = payload;
  const parts = [bytesOf(roomId), me.key, me.deviceId, u64(counter), entryId, bytesOf(kind), sha256(body), u64(sentAt)];
  const signature = ed25519.sign(digest('entry', ...parts, ...(target ? [target] : [])), me.secretKey);
  return [entryId, me.key, me.deviceId, counter, kind, target, body, sentAt, signature, null];
}

/**
 * The rows of an `entries` frame, each with its number in the Log. Throws BadFrame.
 *
 * The page believes its host what others said: it checks neither their signatures nor the chain, since who serves the
 * page could change what it checks.
 * @param {import('./frames.js').Frame} frame @returns {LogRow[]}
 */
export function readEntries({ first, writers, rows }) {
  if (!Number.isSafeInteger(first) || !Array.isArray(writers) || !Array.isArray(rows)) throw new BadFrame('no entries');
  return rows.map((row, place) => {
    const [writer, id, counter, kind, target, body, sentAt, delay, , erased] = Array.isArray(row) ? row : [];
    const [author, deviceId] = Array.isArray(writers[writer]) ? writers[writer] : [];
    const isRow =
      isBytes(id, 16) && isBytes(author, 32) && isBytes(deviceId, 8) && typeof kind === 'string' &&
      (target === null || isBytes(target, 16)) && body instanceof Uint8Array &&
      [counter, sentAt, delay].every(Number.isFinite);
    if (!isRow) throw new BadFrame(`row ${place} is none`);
    const seq = first + place;
    const receivedAt = sentAt + delay;
    return { seq, id, author, deviceId, counter, kind, target, body, sentAt, receivedAt, isErased: !!erased };
  });
}
