/**
 * The files that a guest sends and gets: their bytes go through the channel chunk by chunk, between the talk. No
 * document here; see lanchat/core/protocol.md, section 8.
 *
 * What is sent stays a Blob, whose bytes the browser reads when the host asks for them. What is got is believed: the
 * host has checked it (see wire.js, readEntries).
 *
 * @typedef {import('./wire.js').Frame} Frame
 * @typedef {{name: string, size: number, count: number, root: string, media: string, width: number, height: number,
 *   preview: Uint8Array, caption: string}} Offer  root as hexadecimal digits
 * @typedef {{root: Uint8Array, manifest: Uint8Array}} Proof  of a file's bytes: see lanchat/core/file_manifest.py
 * @typedef {'offered' | 'going' | 'sent' | 'asking' | 'waiting' | 'coming' | 'here' | 'none' | 'gone' | 'unreadable'} State
 *   'waiting': for its owner; 'none': the host keeps no copy; 'gone': nobody has it; 'unreadable': it is not on this
 *   phone any more
 */
import { bytesOfHex, hexOf, joined } from './bytes.js';
import { encode, sha256 } from './vendor.js';

export const FILE_BYTES = 10_000_000; // the most, as GUEST_FILE_BYTES in limits.py
export const PREVIEW_BYTES = 2_048; // of the preview in an offer, the most, as in file_offer.py
const CHUNK_BYTES = 262_144; // as CHUNK in file_manifest.py
const PIECE_BYTES = 52_429; // as PIECE in guest_file_frames.py
const ASKED_AHEAD = 3; // chunks: so much the talk waits for
const HELD_MOST = 20; // as GUEST_FILES_HELD in limits.py
const KEPT_BYTES = 60_000_000; // of what came, in memory

/**
 * The hashes of a file's chunks, and what names it.
 * @param {Blob} blob @param {string} name @param {(done: number) => void} told bytes so far
 * @returns {Promise<Proof>} rejected where the browser cannot read it
 */
export async function proofOf(blob, name, told = () => {}) {
  const hashes = (await hashedInWorker(blob, told)) ?? (await hashedHere(blob, told));
  const manifest = encode([[[name, blob.size]], joined(...hashes)]);
  return { root: sha256(manifest), manifest };
}

async function hashedHere(blob, told) {
  const hashes = [];
  for (let at = 0; at < blob.size; at += CHUNK_BYTES) {
    hashes.push(sha256(new Uint8Array(await blob.slice(at, at + CHUNK_BYTES).arrayBuffer())));
    told(Math.min(blob.size, at + CHUNK_BYTES));
  }
  return hashes;
}

/** @returns {Promise<Uint8Array[] | null>} null: there is no Worker, as in an old browser, or it could not read the file */
function hashedInWorker(blob, told) {
  if (typeof Worker === 'undefined' || !blob.size) return Promise.resolve(null);
  return new Promise((hashed) => {
    const worker = new Worker('hash_worker.js', { type: 'module' });
    const hashes = [];
    const end = (result) => {
      worker.terminate();
      hashed(result);
    };
    worker.onerror = () => end(null);
    worker.onmessage = ({ data: { hash } }) => {
      if (hash === null) return end(null);
      hashes.push(hash);
      const done = Math.min(blob.size, hashes.length * CHUNK_BYTES);
      told(done);
      return done === blob.size && end(hashes);
    };
    worker.postMessage({ blob, chunkBytes: CHUNK_BYTES });
  });
}

/**
 * The body of the message that offers a file; without its preview where it would be longer than the room takes.
 * @param {Proof} proof @param {Omit<Offer, 'root' | 'count'>} offer @param {number} most bytes
 */
export function offerBody({ root, manifest }, { name, size, media, width, height, preview, caption }, most) {
  const said = [name, size, 1, root, manifest.length, media, width, height, preview, caption, 0, new Uint8Array(0)];
  const body = encode(said);
  return body.length <= most ? body : encode([...said.slice(0, 8), new Uint8Array(0), ...said.slice(9)]);
}

export class Files {
  /**
   * @param {(frame: Frame) => void} send to the host; it does nothing while there is no connection
   * @param {(root: string) => void} changed how it stands with this file
   */
  constructor(send, changed) {
    this.send = send;
    this.changed = changed;
    /** @type {Map<string, {blob: Blob, manifest: Uint8Array, state: State, done: number}>} by root */
    this.sending = new Map();
    /** @type {Map<string, {size: number, bytes: Uint8Array, state: State, done: number, left: number[],
     *   asked: Map<number, Set<number>>}>} by root; `left`: chunks to ask for; `asked`: where their pieces that came begin */
    this.getting = new Map();
    /** @type {Map<string, Blob>} by root, the one that was got last at the end */
    this.here = new Map();
    this.connection = 0; // how many there were
    this.answers = Promise.resolve(); // to the host, in the order in which it asked
  }

  /** How it stands with a file. @param {string} root @returns {{state: State, done: number}} done: bytes */
  standing(root) {
    const { state, done } = this.sending.get(root) ?? this.getting.get(root) ?? { state: 'offered', done: 0 };
    return { state: this.here.has(root) && state === 'offered' ? 'here' : state, done };
  }

  /** Its bytes, where all of them are on this phone. @param {string} root @returns {Blob | null} */
  blob(root) {
    return this.sending.get(root)?.blob ?? this.here.get(root) ?? null;
  }

  // --- what is wanted
  /** Get it, or go on. @param {Offer} offer */
  get({ root, size }) {
    if (this.blob(root) || size > FILE_BYTES) return;
    const all = Array.from({ length: Math.ceil(size / CHUNK_BYTES) }, (_, index) => index);
    const known = this.getting.get(root) ?? { size, bytes: new Uint8Array(size), done: 0, left: all, asked: new Map() };
    this.getting.set(root, Object.assign(known, { state: 'asking' }));
    this.#look(root);
    this.changed(root);
  }

  /** What of it came is let go. @param {string} root */
  stop(root) {
    this.getting.delete(root);
    this.changed(root);
  }

  // --- what is sent
  /** Its offer is posted: the host may have it now. @param {Proof} proof @param {Blob} blob */
  hold({ root, manifest }, blob) {
    this.sending.set(hexOf(root), { blob, manifest, state: 'going', done: 0 });
    this.#sayWhatIsHeld();
    this.#look(hexOf(root));
  }

  /** It is not to be sent after all. @param {string} root */
  letGo(root) {
    if (!this.sending.delete(root)) return;
    this.#sayWhatIsHeld();
    this.changed(root);
  }

  // --- the connection
  /** The host has let this page in. */
  connected() {
    this.connection += 1;
    if (this.sending.size) this.#sayWhatIsHeld();
    for (const [root, { state }] of this.sending) if (state !== 'sent') this.#look(root);
    for (const [root, file] of this.getting) {
      askAgain(file);
      file.state = 'asking';
      this.#look(root);
    }
  }

  /** What the host asked for is not wanted any more. */
  disconnected() {
    this.connection += 1;
    for (const root of [...this.sending.keys(), ...this.getting.keys()]) this.changed(root);
  }

  /** @param {Frame} frame @returns {boolean} whether it was about files */
  heard(frame) {
    switch (frame.t) {
      case 'wanted':
        for (const root of frame.roots) {
          const held = this.sending.get(hexOf(root));
          if (held) this.send({ t: 'give_file', root, manifest: held.manifest });
        }
        break;
      case 'get_chunk': {
        const { connection } = this;
        this.answers = this.answers.then(() => this.#give(frame, connection));
        break;
      }
      case 'sources':
        this.#found(hexOf(frame.root), frame.host ?? null);
        break;
      case 'piece':
        this.#take(frame);
        break;
      case 'missing':
        this.#isMissing(hexOf(frame.root), frame.index ?? null);
        break;
      default:
        return false;
    }
    return true;
  }

  #look(root) {
    this.send({ t: 'find_sources', root: bytesOfHex(root) });
  }

  #sayWhatIsHeld() {
    const held = [...this.sending].filter(([, { state }]) => state !== 'sent').slice(-HELD_MOST);
    this.send({ t: 'holding', port: 0, roots: held.map(([root]) => bytesOfHex(root)) });
  }

  /** What the host says of its own copy. @param {string} root @param {string | null} host 'has', 'wants', 'none' */
  #found(root, host) {
    const sent = this.sending.get(root);
    if (sent && host === 'has') {
      Object.assign(sent, { state: 'sent', done: sent.blob.size });
      this.#sayWhatIsHeld();
    } else if (sent) {
      sent.state = host === 'none' ? 'none' : 'going';
    }
    const got = this.getting.get(root);
    if (got && host === 'has' && got.state !== 'coming') {
      got.state = 'coming';
      this.#ask(root, got);
    } else if (got && host !== 'has') {
      got.state = host === 'none' ? 'none' : 'waiting';
    }
    if (sent || got) this.changed(root);
  }

  /** Answer the host. @param {Frame} asked @param {number} connection over which it asked */
  async #give({ root, index }, connection) {
    const name = hexOf(root);
    const held = this.sending.get(name);
    let bytes = null;
    try {
      if (held) bytes = await held.blob.slice(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES).arrayBuffer();
    } catch {
      held.state = 'unreadable'; // it was changed or deleted on the phone
    }
    if (connection !== this.connection) return;
    if (!bytes?.byteLength) {
      this.send({ t: 'missing', root, index });
    } else {
      for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES) {
        const data = new Uint8Array(bytes, at, Math.min(PIECE_BYTES, bytes.byteLength - at));
        this.send({ t: 'piece', root, index, at, data });
      }
      held.done = Math.max(held.done, index * CHUNK_BYTES + bytes.byteLength);
    }
    this.changed(name);
  }

  // --- getting
  #ask(root, file) {
    while (file.asked.size < ASKED_AHEAD && file.left.length) {
      const index = file.left.shift();
      file.asked.set(index, new Set());
      this.send({ t: 'get_chunk', root: bytesOfHex(root), index });
    }
    if (!file.asked.size) this.#arrived(root, file);
  }

  #take({ root, index, at, data }) {
    const name = hexOf(root);
    const file = this.getting.get(name);
    const came = file?.asked.get(index);
    const from = index * CHUNK_BYTES + at;
    if (!came || !(data instanceof Uint8Array) || !(from >= 0) || from + data.length > file.size) return;
    file.bytes.set(data, from);
    came.add(at);
    const length = Math.min(CHUNK_BYTES, file.size - index * CHUNK_BYTES);
    if (came.size < Math.ceil(length / PIECE_BYTES)) return;
    file.asked.delete(index);
    file.done = Math.min(file.size, file.done + length);
    this.#ask(name, file);
    this.changed(name);
  }

  #arrived(root, file) {
    this.getting.delete(root);
    this.here.set(root, new Blob([file.bytes], { type: 'application/octet-stream' }));
    let kept = 0;
    for (const [other, blob] of [...this.here].reverse()) {
      kept += blob.size;
      if (kept > KEPT_BYTES && other !== root) this.here.delete(other);
    }
    this.changed(root);
  }

  #isMissing(root, index) {
    const got = this.getting.get(root);
    if (index === null || !got?.asked.has(index)) return; // of what is sent: the host asks again if it wants it
    askAgain(got);
    got.state = 'gone';
    this.changed(root);
  }
}

/** What was asked for and did not come is to be asked for once more. */
function askAgain(file) {
  file.left.unshift(...file.asked.keys());
  file.asked.clear();
}
