/** Files as they travel: in chunks, of which each is hashed, and goes in pieces that fit a box. */
export const CHUNK_BYTES = 262_144; // as CHUNK in file_manifest.py
export const PIECE_BYTES = 52_429; // as PIECE in guest_file_frames.py

/** How many a file has. @param {number} size */
export function chunkCount(size) {
  return Math.ceil(size / CHUNK_BYTES);
}

/** Rejected where the browser cannot read it. @param {Blob} blob @param {number} index @returns {Promise<Uint8Array>} */
export async function readChunk(blob, index) {
  return new Uint8Array(await blob.slice(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES).arrayBuffer());
}

/**
 * What a host is told that asks for a chunk.
 * @param {{root: Uint8Array, index: number}} asked @param {Blob | null} blob null: the file is not sent any more
 * @returns {Promise<{frames: import('./frames.js').Frame[], given: number, isUnreadable: boolean}>} given: bytes
 */
export async function answerTo({ root, index }, blob) {
  let [bytes, isUnreadable] = [new Uint8Array(0), false];
  try {
    if (blob) bytes = await readChunk(blob, index);
  } catch {
    isUnreadable = true; // it was changed or deleted on the phone
  }
  const frames = [];
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    frames.push({ t: 'piece', root, index, at, data: bytes.subarray(at, at + PIECE_BYTES) });
  }
  return { frames: frames.length ? frames : [{ t: 'missing', root, index }], given: bytes.length, isUnreadable };
}
