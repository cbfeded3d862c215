/** Hashes a file beside the page's own work: phones have several processors. Runs in a Worker of files.js. */
import { sha256 } from './vendor.js';

self.onmessage = async ({ data: { blob, chunkBytes } }) => {
  try {
    for (let at = 0; at < blob.size; at += chunkBytes) {
      self.postMessage({ hash: sha256(new Uint8Array(await blob.slice(at, at + chunkBytes).arrayBuffer())) });
    }
  } catch {
    self.postMessage({ hash: null }); // it cannot be read
  }
};
