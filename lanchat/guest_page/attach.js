/** What the person attaches to a message: chosen, or a photo of the camera; made smaller where they want, and sent. */
import { element, make, makeButton, makeWords } from './dom.js';
import { manifestOf, offerBody } from './file_offer.js';
import { savedName, sizeWords } from './file_view.js';
import { FileWorkerPort } from './file_worker_port.js';
import { FILE_BYTES } from './files.js';
import { jpegOf, openPicture, pictureSize, makePreview, scaled, typeOf } from './pictures.js';
import { textPayload } from './wire.js';
import { words } from './words.js';

const FILES_MOST = 10; // at once
const SMALLER_PX = 2_048; // the longer side, as SHRUNK_SIDE in picture_files.py
const SMALLER_QUALITY = 0.85;
const MEDIA_CHARACTERS = 80; // as MEDIA_CHARACTERS in file_offer.py
const UTF8_BYTES = 4; // of a character: an offer has so many for each that a text may have
const NO_PICTURE = { width: 0, height: 0, preview: new Uint8Array(0) };
const PHOTOS = ['image/jpeg', 'image/webp']; // what cameras make, which may say where it was taken

export class Attach {
  /**
   * @param {import('./client.js').GuestClient} client
   * @param {() => void} changed what is attached
   */
  constructor(client, changed) {
    this.client = client;
    this.changed = changed;
    /** @type {{blob: Blob, name: string, isPhoto: boolean}[]} */
    this.files = [];
    this.isBusy = false;
    for (const id of ['attach', 'attach-menu']) element(id).setAttribute('aria-label', words('Send a photo or a file'));
    element('take-photo').textContent = words('Take a photo');
    element('choose-files').textContent = words('Choose files');
    element('smaller-words').textContent = words('Smaller, and without the place where it was taken');
    element('attach').addEventListener('click', () => this.#opened());
    for (const [button, input] of [['take-photo', 'photo-input'], ['choose-files', 'file-input']]) {
      element(button).addEventListener('click', () => element(input).click());
      element(input).addEventListener('change', () => {
        this.#toggle(false);
        this.add([...element(input).files]);
        element(input).value = ''; // the same one may be chosen again
      });
    }
    element('attach-menu').addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      this.#toggle(false);
      element('attach').focus();
    });
    element('text').addEventListener('paste', (event) => {
      const files = [...event.clipboardData.files];
      if (!files.length) return;
      event.preventDefault();
      this.add(files);
    });
    element('attached-files').addEventListener('click', ({ target }) => {
      const button = target.closest('button');
      if (!button || this.isBusy) return;
      this.files.splice(Number(button.dataset.place), 1);
      this.#draw();
      element('text').focus();
    });
  }

  /** @param {File[]} files */
  add(files) {
    const named = files.map((file) => ({ blob: file, name: savedName(file.name), isPhoto: PHOTOS.includes(file.type) }));
    const fits = named.filter(({ blob, isPhoto }) => isPhoto || blob.size <= FILE_BYTES);
    this.files = [...this.files, ...fits].slice(0, FILES_MOST);
    this.#draw(fits.length < named.length ? words('Phones can send files up to {size}.', { size: sizeWords(FILE_BYTES) }) : '');
    element('text').focus();
  }

  /**
   * Send what is attached, one message each; the first has the caption.
   * @param {string} caption @param {Uint8Array | null} target the message that it answers
   */
  async send(caption, target) {
    const files = this.files;
    this.isBusy = true;
    this.#draw();
    const { worker } = this.client;
    if ((!worker || worker.isOver) && typeof Worker !== 'undefined') this.client.worker = new FileWorkerPort();
    const problems = [];
    for (const file of files) {
      const problem = await this.#sendOne(file, caption, target);
      if (problem) problems.push(problem);
      else [caption, target] = ['', null];
    }
    if (caption) this.client.say(textPayload(caption, target)); // nothing went that it could stand beside
    this.files = [];
    this.isBusy = false;
    this.#draw(problems[0] ?? '');
  }

  /** @returns {Promise<string>} why it cannot be sent, '' where it was */
  async #sendOne({ blob, name, isPhoto }, caption, target) {
    const image = await openPicture(blob);
    try {
      const made = await this.#asChosen(blob, name, isPhoto && image);
      if (made.blob.size > FILE_BYTES) return words('Phones can send files up to {size}.', { size: sizeWords(FILE_BYTES) });
      const progressed = (done) => this.#progressed(made.name, done, made.blob.size);
      const hashing = manifestOf(made.blob, made.name, this.client.worker, progressed);
      const facts = image ? { ...pictureSize(image, made.most), preview: await makePreview(image, blob) } : NO_PICTURE;
      const manifest = await hashing;
      const type = image ? made.media : made.blob.type.slice(0, MEDIA_CHARACTERS);
      const offer = { ...facts, name: made.name, size: made.blob.size, media: type, caption };
      const most = UTF8_BYTES * this.client.limits.text_characters;
      this.client.sendFile({ kind: 'file', target, body: offerBody(manifest, offer, most) }, manifest, made.blob);
      return '';
    } catch {
      return words('“{name}” cannot be read.', { name }); // deleted meanwhile, or in a cloud that is not reached
    } finally {
      if (image) URL.revokeObjectURL(image.src);
    }
  }

  /** The file itself, or of a photo a smaller copy, turned as it is shown and without hidden data. */
  async #asChosen(blob, name, image) {
    const media = image ? await typeOf(blob) : '';
    const same = { blob, name, media, most: Infinity };
    if (!image || !(element('smaller').checked || blob.size > FILE_BYTES)) return same;
    const size = pictureSize(image, SMALLER_PX);
    const copy = await jpegOf(await scaled(image, blob, size), size, SMALLER_QUALITY);
    const jpeg = { blob: copy, name: `${name.replace(/\.[^.]*$/, '')}.jpg`, media: 'image/jpeg', most: SMALLER_PX };
    return copy ? jpeg : same;
  }

  #progressed(name, done, size) {
    const text = done < size ? words('“{name}” is being prepared…', { name }) : '';
    if (element('attached-problem').textContent !== text) element('attached-problem').textContent = text;
  }

  // --- the document
  #opened() {
    if (matchMedia('(pointer: fine)').matches) element('file-input').click(); // its camera is no better
    else this.#toggle(element('attach-menu').hidden);
  }

  #toggle(isOpen) {
    element('attach-menu').hidden = !isOpen;
    element('attach').setAttribute('aria-expanded', String(isOpen));
    if (isOpen) element('take-photo').focus();
  }

  #draw(problem = '') {
    element('attached').hidden = !this.files.length && !problem;
    element('attached-problem').textContent = problem;
    element('smaller-row').hidden = !this.files.some(({ isPhoto }) => isPhoto);
    element('smaller').disabled = this.isBusy;
    element('attached-files').replaceChildren(...this.files.map(({ blob, name }, place) => {
      const off = makeButton(words('Do not send {name}', { name }), 'off', '✕');
      off.dataset.place = place;
      off.disabled = this.isBusy;
      return make('li', '', makeWords('b', '', name), make('span', 'small mute', sizeWords(blob.size)), off);
    }));
    this.changed();
  }
}
