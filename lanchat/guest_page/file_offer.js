/**
 * What a file is offered with: the hashes of its chunks, and the body of the message. Pure.
 *
 * @typedef {import('./files.js').Offer} Offer
 * @typedef {import('./files.js').Manifest} Manifest
 */
import { joined } from './bytes.js';
import { CHUNK_BYTES, chunkCount, readChunk } from './file_chunks.js';
import { encode, sha256 } from './vendor.js';

/**
 * @param {Blob} blob @param {string} name
 * @param {?import('./file_worker_port.js').FileWorkerPort} worker null: there is none, as in an old browser
 * @param {(done: number) => void} progressed bytes so far
 * @returns {Promise<Manifest>} rejected where the browser cannot read it
 */
export async function manifestOf(blob, name, worker = null, progressed = () => {}) {
  const hashed = (count) => progressed(Math.min(blob.size, count * CHUNK_BYTES));
  const hashes = (await worker?.hashes(blob, hashed)) ?? (await hashesOf(blob, hashed));
  const content = encode([[[name, blob.size]], joined(...hashes)]);
  return { root: sha256(content), content };
}

async function hashesOf(blob, hashed) {
  const hashes = [];
  for (let index = 0; index < chunkCount(blob.size); index += 1) hashed(hashes.push(sha256(await readChunk(blob, index))));
  return hashes;
}

/**
 * The body of the message that offers a file; without its preview where it would be longer than the room takes.
 * @param {Manifest} manifest @param {Omit<Offer, 'root' | 'count'>} offer @param {number} most bytes
 */
export function offerBody({ root, content }, { name, size, media, width, height, preview, caption }, most) {
  const said = [name, size, 1, root, content.length, media, width, height, preview, caption, 0, new Uint8Array(0)];
  const body = encode(said);
  return body.length <= most ? body : encode([...said.slice(0, 8), new Uint8Array(0), ...said.slice(9)]);
}
