/**
 * Hashes files, and seals what is sent while they are: beside the page's own work, since phones have several processors.
 * Runs in a Worker; the page's end is file_worker_port.js.
 */
import { answerTo, chunkCount, readChunk } from './file_chunks.js';
import { encodeFrame } from './frames.js';
import { SealedChannel } from './sealing.js';
import { sha256 } from './vendor.js';

let channel = null; // through which is sent now
let current = 0; // the connection whose channel it is
let answers = Promise.resolve(); // chunks go in the order in which they were asked for

function send(frames) {
  const boxes = frames.flatMap((frame) => channel.seal(frame));
  self.postMessage({ connection: current, boxes }, boxes.map(({ buffer }) => buffer));
}

const deeds = {
  async hash({ number, blob }) {
    try {
      for (let index = 0; index < chunkCount(blob.size); index += 1) {
        self.postMessage({ number, hash: sha256(await readChunk(blob, index)) });
      }
      self.postMessage({ number, answer: true });
    } catch {
      self.postMessage({ number, answer: null }); // it cannot be read
    }
  },

  open({ key, sent, connection }) {
    [channel, current] = [new SealedChannel(key, key, sent), connection];
  },

  seal({ frame }) {
    send([frame]);
  },

  give({ number, asked, blob, connection }) {
    answers = answers.then(async () => {
      const { frames, ...answer } = await answerTo(asked, blob);
      if (connection === current) send(frames.map(encodeFrame));
      self.postMessage({ number, answer });
    });
  },
};

self.onmessage = ({ data }) => deeds[data.deed](data);
