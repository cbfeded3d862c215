/**
 * What a guest takes along to the page of the next host. No document here.
 *
 * That page is of another origin, which sees nothing of what the browser keeps for this one: the guest's key, name and
 * unsent messages go in the fragment of its URL, sealed. What opens it is the nonce of the hello that the next host said
 * when this page knocked (next_hosts.js): the host gives it to the next page, and forgets it soon, so that a URL in the
 * browser's history is of no use.
 *
 * @typedef {{secretKey: Uint8Array, deviceId: Uint8Array, nick: string, revision: number, room: string,
 *   counter: number, outbox: import('./wire.js').WireEntry[]}} Handoff
 */
import { fromBase64, isBytes, isSame, toBase64 } from './bytes.js';
import { Moment } from './moment.js';
import { chacha20poly1305, decode, encode, sha256 } from './vendor.js';
import { digest, identityOf } from './wire.js';

const OUTBOX_BYTES = 200_000; // of unsent messages in a URL: browsers take a million characters
const NICK_CHARACTERS = 32; // as NICK_CHARACTERS in limits.py
const DAY_MS = 86_400_000;
const NONCE_MS = 60_000; // as GUEST_NONCE_SECONDS in limits.py
const TRY_MS = 4_000; // of one question for the nonce

/** Where to go, with what is taken along. @param {import('./next_hosts.js').NextPage} page @param {Handoff} handoff */
export function urlOf({ address, fragment, nonce }, handoff) {
  let left = OUTBOX_BYTES;
  const outbox = handoff.outbox.filter((entry) => (left -= encode(entry).length) >= 0); // the first first
  const box = cipherOf(nonce).encrypt(encode({ ...handoff, outbox }));
  return `http://${address}/#${fragment}.${toBase64(sha256(nonce))}.${toBase64(box)}`;
}

/** What seals and opens what one page takes along. Its key is for one box. @param {Uint8Array} nonce */
function cipherOf(nonce) {
  return chacha20poly1305(digest('guest-handoff', nonce), new Uint8Array(12));
}

/**
 * What the page before took along, out of the address bar and the history; the code stays for `takeFragment`.
 * @param {{location: Location, history: History}} window
 * @returns {string[]} the nonce's id, and the box; nothing where none was taken along
 */
export function takeSealedHandoff({ location, history }) {
  const [fragment, ...sealed] = location.hash.slice(1).split('.');
  if (sealed.length) history.replaceState(null, '', `${location.pathname}${location.search}#${fragment}`);
  return sealed;
}

/** @param {string[]} sealed @returns {Promise<Handoff | null>} null: nothing, not what a page writes, or too late */
export async function openHandoff([id, box]) {
  const nonce = box && (await fetchNonce(id));
  try {
    return nonce ? readHandoff(decode(cipherOf(nonce).decrypt(fromBase64(box)))) : null;
  } catch {
    return null;
  }
}

/**
 * What the host answers is its nonce only where the id is of that, whatever else `id` leads to here: anybody may have
 * written the URL, and sealed the box with bytes that everybody knows.
 * @param {string} id @returns {Promise<Uint8Array | null>} null: the host does not know it, or answered too late
 */
async function fetchNonce(id) {
  for (const begun = new Moment(); begun.age < NONCE_MS;) {
    const tried = new AbortController();
    const isOver = new Promise((done) => setTimeout(() => done(tried.abort()), TRY_MS));
    try {
      const nonce = new Uint8Array(await (await fetch(`nonce/${id}`, { signal: tried.signal })).arrayBuffer());
      return isBytes(nonce, 32) && toBase64(sha256(nonce)) === id ? nonce : null;
    } catch {
      await isOver; // the Wi-Fi is away for a moment
    }
  }
  return null;
}

function readHandoff({ secretKey, deviceId, nick, revision, room, counter, outbox }) {
  const isWhole = isBytes(secretKey, 32) && isBytes(deviceId, 8) && typeof nick === 'string' && nick &&
    [...nick].length <= NICK_CHARACTERS && Number.isSafeInteger(revision) && typeof room === 'string' &&
    Number.isSafeInteger(counter) && counter <= Date.now() + DAY_MS && Array.isArray(outbox);
  if (!isWhole) return null;
  const { key } = identityOf(secretKey, deviceId);
  const own = outbox.filter((entry) => isEntry(entry) && isSame(entry[1], key));
  return { secretKey, deviceId, nick, revision, room, counter, outbox: own };
}

/** Whether it is an entry as the page keeps them: see WireEntry. */
function isEntry(entry) {
  if (!Array.isArray(entry)) return false;
  const [id, author, device, counter, kind, target, body, sentAt, signature] = entry;
  return isBytes(id, 16) && isBytes(author, 32) && isBytes(device, 8) && Number.isSafeInteger(counter) &&
    typeof kind === 'string' && (target === null || isBytes(target, 16)) && body instanceof Uint8Array &&
    Number.isFinite(Number(sentAt)) && isBytes(signature, 64);
}
