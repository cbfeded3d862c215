/** The page's end of the Worker that hashes files and seals what is sent: see file_worker.js. */

export class FileWorkerPort {
  constructor() {
    this.worker = new Worker('file_worker.js', { type: 'module' });
    this.worker.onmessage = ({ data }) => this.#heard(data);
    this.worker.onerror = () => this.#end();
    this.isOver = false; // it was not loaded, or has failed
    this.number = 0; // of the last question
    /** @type {Map<number, {answered: (answer: any) => void, progressed: (hash: Uint8Array) => void}>} by their numbers */
    this.asked = new Map();
    this.connection = 0; // how many it sealed for
    this.owner = null; // of the last of them
  }

  /**
   * The hashes of a file's chunks.
   * @param {Blob} blob @param {(count: number) => void} hashed how many there are so far
   * @returns {Promise<Uint8Array[] | null>} null: it could not be read, or the Worker has failed
   */
  async hashes(blob, hashed) {
    const hashes = [];
    const isDone = await this.#ask({ deed: 'hash', blob }, (hash) => hashed(hashes.push(hash)));
    return isDone && hashes;
  }

  /**
   * Seal what one connection sends from now on.
   * @param {Uint8Array} key @param {bigint} sent boxes before
   * @param {{sealed: (boxes: Uint8Array[]) => void, failed: () => void}} owner
   */
  open(key, sent, owner) {
    this.connection += 1;
    this.owner = owner;
    this.worker.postMessage({ deed: 'open', key, sent, connection: this.connection });
  }

  /** @param {Uint8Array} frame */
  seal(frame) {
    this.worker.postMessage({ deed: 'seal', frame });
  }

  /** Send the chunk that the host asks for, see `answerTo`. @returns {Promise<{given: number, isUnreadable: boolean}>} */
  async give(asked, blob) {
    const { connection } = this;
    return (await this.#ask({ deed: 'give', asked, blob, connection })) ?? { given: 0, isUnreadable: false };
  }

  #ask(question, progressed = () => {}) {
    if (this.isOver) return Promise.resolve(null);
    const number = (this.number += 1);
    this.worker.postMessage({ ...question, number });
    return new Promise((answered) => this.asked.set(number, { answered, progressed }));
  }

  #heard({ number, hash, answer, boxes, connection }) {
    if (boxes) {
      if (connection === this.connection) this.owner.sealed(boxes);
    } else if (hash) {
      this.asked.get(number).progressed(hash);
    } else {
      this.asked.get(number).answered(answer);
      this.asked.delete(number);
    }
  }

  #end() {
    this.isOver = true;
    this.worker.terminate();
    for (const { answered } of this.asked.values()) answered(null);
    this.asked.clear();
    this.owner?.failed();
  }
}
