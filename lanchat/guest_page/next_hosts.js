/**
 * Who may have the room open next when its host is gone, and where one of them has it now. No document here.
 *
 * Only the host says who that may be, inside the channel. The same code leads in there, so that the page knocks first:
 * it goes nowhere before somebody has proved with that key to have this room open there, now. What the guest takes along
 * is sealed with the nonce of the hello that the next host said then: see handoff.js.
 *
 * @typedef {import('./channel.js').Code} Code
 * @typedef {{key: Uint8Array, ip: string}} NextHost
 * @typedef {{address: string, fragment: string, nonce: Uint8Array}} NextPage  address: host:port
 */
import { hexOf, isBytes, joined, randomBytes, toBase64 } from './bytes.js';
import { FINGERPRINT_BYTES, readHello } from './channel.js';
import { Moment } from './moment.js';
import { sha256 } from './vendor.js';

const PORTS = [29750, 29751, 29752]; // as GUEST_PORTS in limits.py
const HEIRS_MOST = 5; // as HEIRS_MOST in limits.py
const KNOCK_MS = 4_000;
const RESTART_MS = 2_000; // a host that is started again is there by then, as for members

/** Who may have the room open next, as the host said. */
export class NextHosts {
  /** @param {string} address of this page, host:port */
  constructor(address) {
    this.page = address;
    this.here = address.split(':')[0];
    this.hosts = []; // of NextHost, the first first
    this.isMoved = false; // the host named one, and closed
    this.lostAt = null; // when the host was lost; null: it is there, or never was
    this.isLooking = false;
  }

  /** The host lets us in. */
  isHere() {
    this.isMoved = false;
    this.lostAt = null;
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
    this.lostAt ??= new Moment();
    if (this.isLooking || !this.hosts.length || !(this.isMoved || this.lostAt.age > RESTART_MS)) return null;
    this.isLooking = true;
    const isBack = !this.isMoved && (await nonceAt(this.page, code, roomId)) !== null; // only the way there was lost for a moment
    const found = isBack ? null : await this.#knock(code, roomId);
    this.isLooking = false;
    return found;
  }

  /** Where to knock, the first first. @returns {{address: string, key: Uint8Array}[]} */
  doors() {
    return this.hosts.flatMap(({ key, ip }) => PORTS.map((port) => ({ address: `${ip}:${port}`, key })));
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
    const [key, ip] = Array.isArray(heir) ? heir : [];
    if (!isBytes(key, 32) || typeof ip !== 'string') return null;
    const isBeside = ip.startsWith('127.') && isNumeric(ip); // the host saw it on its own computer
    const place = isBeside ? this.here : ip;
    return isBeside || isPrivate(place) ? { key, ip: place } : null;
  }
}

/**
 * What a host with that key, which has the room open there, says now: a hello that it said to another page is no answer,
 * nor one that it says at another address.
 * @returns {Promise<Uint8Array | null>} null: nobody
 */
function nonceAt(address, code, roomId) {
  return new Promise((done) => {
    const question = `${address}/ws?${hexOf(randomBytes(16))}`;
    const socket = new WebSocket(`ws://${question}`);
    const end = (nonce) => {
      clearTimeout(timer);
      socket.onclose = socket.onmessage = null;
      socket.close();
      done(nonce);
    };
    const timer = setTimeout(() => end(null), KNOCK_MS);
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }) => {
      const { hello } = readHello(new Uint8Array(data), code, question);
      end(hello?.room === roomId ? hello.nonce : null);
    };
    socket.onclose = () => end(null);
  });
}

/** @param {string} ip @returns {boolean} four numbers, and no name; browsers read 010 as 8 */
function isNumeric(ip) {
  const parts = ip.split('.');
  return parts.length === 4 && parts.every((part) => `${part & 255}` === part);
}

/** Of a network like this one, and not of the internet or of this phone itself (RFC 1918, RFC 3927). */
function isPrivate(ip) {
  const [first, second] = ip.split('.').map(Number);
  const isOfBlock = first === 10 || (first === 172 && second >= 16 && second < 32) ||
    (first === 192 && second === 168) || (first === 169 && second === 254);
  return isNumeric(ip) && isOfBlock;
}
