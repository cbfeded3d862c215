/**
 * The files that a guest sends and gets: their bytes go through the channel chunk by chunk, between the talk. No
 * document here; see lanchat/core/protocol.md, section 8.
 *
 * What is sent stays a Blob, whose bytes the browser reads when the host asks for them. What is got is believed: the
 * host has checked it (see wire.js, readEntries).
 *
 * @typedef {import('./frames.js').Frame} Frame
 * @typedef {{name: string, size: number, count: number, root: string, media: string, width: number, height: number,
 *   preview: Uint8Array, caption: string}} Offer  root as hexadecimal digits
 * @typedef {{root: Uint8Array, content: Uint8Array}} Manifest  the hashes of a file's chunks, packed, and what names them:
 *   see lanchat/core/file_manifest.py
 * @typedef {'offered' | 'going' | 'sent' | 'asking' | 'waiting' | 'coming' | 'here' | 'none' | 'gone' | 'unreadable'} State
 *   'waiting': for its owner; 'none': the host keeps no copy; 'gone': nobody has it; 'unreadable': it is not on this
 *   phone any more
 */
import { bytesOfHex, hexOf } from './bytes.js';
import { CHUNK_BYTES, PIECE_BYTES, chunkCount } from './file_chunks.js';
import { Moment } from './moment.js';

export const FILE_BYTES = 10_000_000; // the most, as GUEST_FILE_BYTES in limits.py
export const PREVIEW_BYTES = 2_048; // of the preview in an offer, the most, as PREVIEW_BYTES in file_offer.py
const ASKED_AHEAD = 6; // chunks: the host sends what is said before them
const HELD_MOST = 20; // as GUEST_FILES_HELD in limits.py
const KEPT_BYTES = 60_000_000; // of what came, in memory
const PROGRESS_MS = 250; // after which it is told again how far a file is: a slow phone takes its time to draw it

export class Files {
  /**
   * @param {(frame: Frame) => void} send to the host; it does nothing while there is no connection
   * @param {(asked: Frame, blob: Blob | null) => Promise<{given: number, isUnreadable: boolean}>} give a chunk to it
   * @param {(root: string) => void} changed how it stands with this file
   */
  constructor(send, give, changed) {
    this.send = send;
    this.give = give;
    this.changed = changed;
    /** @type {Map<string, {blob: Blob, manifest: Uint8Array, state: State, done: number}>} by root */
    this.sending = new Map();
    /** @type {Map<string, {size: number, bytes: Uint8Array, state: State, done: number, left: number[],
     *   asked: Map<number, Set<number>>}>} by root; `left`: chunks to ask for; `asked`: where their pieces that came begin */
    this.getting = new Map();
    /** @type {Map<string, Blob>} by root, the one that was got last at the end */
    this.here = new Map();
    this.connection = 0; // how many there were
    this.toldAt = new Moment(); // when it was last told how far a file is
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
    const all = Array.from({ length: chunkCount(size) }, (_, index) => index);
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
  /** Its offer is posted: the host may have it now. @param {Manifest} manifest @param {Blob} blob */
  hold({ root, content }, blob) {
    this.sending.set(hexOf(root), { blob, manifest: content, state: 'going', done: 0 });
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

  /** @param {Frame} frame */
  heard(frame) {
    switch (frame.t) {
      case 'wanted':
        for (const root of frame.roots) {
          const held = this.sending.get(hexOf(root));
          if (held) this.send({ t: 'give_file', root, manifest: held.manifest });
        }
        break;
      case 'get_chunk':
        this.#answer(frame, this.connection);
        break;
      case 'sources':
        this.#found(hexOf(frame.root), frame.host ?? null);
        break;
      case 'piece':
        this.#take(frame);
        break;
      case 'missing':
        this.#isMissing(hexOf(frame.root), frame.index ?? null);
        break;
    }
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

  /** @param {Frame} asked @param {number} connection over which the host asked */
  async #answer(asked, connection) {
    const root = hexOf(asked.root);
    const held = this.sending.get(root);
    const { given, isUnreadable } = await this.give(asked, held?.blob ?? null);
    if (!held || connection !== this.connection) return;
    if (isUnreadable) held.state = 'unreadable';
    held.done = Math.max(held.done, given && asked.index * CHUNK_BYTES + given);
    this.#went(root);
  }

  /** So much more of it is here, or there. */
  #went(root) {
    if (this.toldAt.age < PROGRESS_MS && this.standing(root).state !== 'unreadable') return;
    this.toldAt = new Moment();
    this.changed(root);
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
    this.#went(name);
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
