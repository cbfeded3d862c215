/**
 * The way to the page of whoever keeps the room open when its host is gone, and what the guest takes along. No document
 * here.
 *
 * Only the host says who that may be, inside the channel. The same code leads in there, so that the page knocks first:
 * it goes nowhere before somebody has proved with that key to have this room open. The next page is of another origin,
 * which sees nothing of what the browser keeps for this one: the guest's key, name and unsent messages go in the
 * fragment of the address, sealed. What opens it is the nonce of the hello that the next host said when this page
 * knocked: the host gives it to the next page, and forgets it soon, so that an address in the browser's history is of no
 * use.
 *
 * @typedef {import('./channel.js').Code} Code
 * @typedef {{secretKey: Uint8Array, deviceId: Uint8Array, nick: string, revision: number, room: string,
 *   counter: number, outbox: import('./wire.js').WireEntry[]}} Handoff
 * @typedef {{key: Uint8Array, address: string}} NextHost
 * @typedef {{address: string, fragment: string, nonce: Uint8Array}} NextPage
 */
import { fromBase64, isBytes, isSame, joined, toBase64 } from './bytes.js';
import { FINGERPRINT_BYTES, readHello } from './channel.js';
import { Moment } from './connection.js';
import { chacha20poly1305, decode, encode, sha256 } from './vendor.js';
import { digest, identityOf } from './wire.js';

const PORTS = [29750, 29751, 29752]; // as GUEST_PORTS in limits.py
const HEIRS_MOST = 5; // as HEIRS_MOST in limits.py
const KNOCK_MS = 4_000;
const RESTART_MS = 2_000; // a host that is started again is there by then, as for members
const OUTBOX_BYTES = 200_000; // of unsent messages in an address: browsers take a million characters
const NICK_CHARACTERS = 32; // as NICK_CHARACTERS in limits.py
const DAY_MS = 86_400_000;

/** Who may have the room open next, as the host said. */
export class NextHosts {
  /** @param {string} address of this page, host:port */
  constructor(address) {
    this.page = address;
    this.here = address.split(':')[0];
    this.hosts = []; // of NextHost, the first first
    this.isMoved = false; // the host named one, and closed
    this.lost = null; // when the host was lost; null: it is there, or never was
    this.isLooking = false;
  }

  /** The host lets us in. */
  isHere() {
    this.isMoved = false;
    this.lost = null;
  }

  /** @param {import('./frames.js').Frame} frame `heirs` or `moved` */
  heard(frame) {
    const heirs = frame.t === 'moved' ? [frame.heir] : Array.isArray(frame.heirs) ? frame.heirs : [];
    const named = heirs.map((heir) => this.#readHeir(heir)).filter(Boolean);
    const others = frame.t === 'moved' ? this.hosts : [];
    this.isMoved = frame.t === 'moved';
    this.hosts = [...named, ...others].slice(0, HEIRS_MOST + 1); // and who was named last
  }

  /**
   * Where one of them has the room open now. The host is not there.
   * @param {Code} code @param {string} roomId
   * @returns {Promise<NextPage | null>} null: none of them, or it is too soon to ask
   */
  async find(code, roomId) {
    this.lost ??= new Moment();
    if (this.isLooking || !this.hosts.length || !(this.isMoved || this.lost.age > RESTART_MS)) return null;
    this.isLooking = true;
    const isBack = !this.isMoved && (await nonceAt(this.page, code, roomId)) !== null; // only the way there was lost for a moment
    const found = isBack ? null : await this.#knock(code, roomId);
    this.isLooking = false;
    return found;
  }

  /** Where to knock, the first first. @returns {{address: string, key: Uint8Array}[]} */
  doors() {
    return this.hosts.flatMap(({ key, address }) => PORTS.map((port) => ({ address: `${address}:${port}`, key })));
  }

  #knock(code, roomId) {
    const knocks = this.doors().map(async ({ address, key }) => {
      const next = { secret: code.secret, fingerprint: sha256(key).slice(0, FINGERPRINT_BYTES) };
      const nonce = await nonceAt(address, next, roomId);
      if (nonce === null) throw new Error('nobody');
      return { address, fragment: toBase64(joined(next.secret, next.fingerprint)), nonce };
    });
    return Promise.any(knocks).catch(() => null);
  }

  /** @returns {NextHost | null} null: it is nowhere where a page of this network may be */
  #readHeir(heir) {
    const [key, address] = Array.isArray(heir) ? heir : [];
    if (!isBytes(key, 32) || typeof address !== 'string') return null;
    const isBeside = address.startsWith('127.') && isNumeric(address); // the host saw it on its own computer
    const place = isBeside ? this.here : address;
    return isBeside || isPrivate(place) ? { key, address: place } : null;
  }
}

/** Its address, with what is taken along. @param {NextPage} page @param {Handoff} handoff */
export function addressOf({ address, fragment, nonce }, handoff) {
  let room = OUTBOX_BYTES;
  const outbox = handoff.outbox.filter((entry) => (room -= encode(entry).length) >= 0); // the first first
  const box = boxOf(nonce).encrypt(encode({ ...handoff, outbox }));
  return `http://${address}/#${fragment}.${toBase64(sha256(nonce))}.${toBase64(box)}`;
}

/** What seals and opens what one page takes along. Its key is for one box. @param {Uint8Array} nonce */
function boxOf(nonce) {
  return chacha20poly1305(digest('guest-handoff', nonce), new Uint8Array(12));
}

/**
 * What the page before took along, out of the address bar and the history; the code stays for `takeFragment`.
 * @param {{location: Location, history: History}} window
 * @returns {string[]} the nonce's id, and the box; nothing where there is none
 */
export function takeHandoff({ location, history }) {
  const [fragment, ...packed] = location.hash.slice(1).split('.');
  if (packed.length) history.replaceState(null, '', `${location.pathname}${location.search}#${fragment}`);
  return packed;
}

/** @param {string[]} packed @returns {Promise<Handoff | null>} null: nothing, not what a page writes, or too late */
export async function openHandoff([id, box]) {
  if (!box) return null;
  try {
    const nonce = await (await fetch(`nonce/${id}`)).arrayBuffer();
    return readHandoff(decode(boxOf(new Uint8Array(nonce)).decrypt(fromBase64(box))));
  } catch {
    return null;
  }
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

/** What a host with that key, which has the room open there, says. @returns {Promise<Uint8Array | null>} null: nobody */
function nonceAt(address, code, roomId) {
  return new Promise((done) => {
    const socket = new WebSocket(`ws://${address}/ws`);
    const end = (nonce) => {
      clearTimeout(timer);
      socket.onclose = socket.onmessage = null;
      socket.close();
      done(nonce);
    };
    const timer = setTimeout(() => end(null), KNOCK_MS);
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }) => {
      const { hello } = readHello(new Uint8Array(data), code);
      end(hello?.room === roomId ? hello.nonce : null);
    };
    socket.onclose = () => end(null);
  });
}

/** @param {string} address @returns {boolean} four numbers, and no name */
function isNumeric(address) {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(address) && address.split('.').every((part) => Number(part) < 256);
}

/** Of a network like this one, and not of the internet or of this phone itself (RFC 1918, RFC 3927). */
function isPrivate(address) {
  const [first, second] = address.split('.').map(Number);
  const isOfBlock = first === 10 || (first === 172 && second >= 16 && second < 32) ||
    (first === 192 && second === 168) || (first === 169 && second === 254);
  return isNumeric(address) && isOfBlock;
}
