/** What the person attaches to a message: chosen, or a photo of the camera; made smaller where they want, and sent. */
import { element, make, makeButton, makeWords } from './dom.js';
import { pictureType, savedName, sizeWords } from './file_view.js';
import { FILE_BYTES, PREVIEW_BYTES, offerBody, proofOf } from './files.js';
import { textPayload } from './wire.js';
import { words } from './words.js';

const FILES_MOST = 10; // at once
const SMALLER_PX = 2_048; // the longer side, as in picture_files.py
const SMALLER_QUALITY = 0.85;
const PREVIEWS = [[48, 0.5], [40, 0.45], [32, 0.4], [24, 0.35], [16, 0.3]]; // longer side and quality, the best first
const MEDIA_CHARACTERS = 80; // as in file_offer.py
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
    this.#draw(fits.length < named.length ? words('Phones can send files up to 10 MB.') : '');
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
    const image = await pictureIn(blob);
    try {
      const made = await this.#asChosen(blob, name, isPhoto && image);
      if (made.blob.size > FILE_BYTES) return words('Phones can send files up to 10 MB.');
      const facts = image ? await factsOf(image, made.shrink) : NO_PICTURE;
      const type = image ? made.media : made.blob.type.slice(0, MEDIA_CHARACTERS);
      const proof = await proofOf(made.blob, made.name, (done) => this.#told(made.name, done, made.blob.size));
      const offer = { ...facts, name: made.name, size: made.blob.size, media: type, caption };
      const most = UTF8_BYTES * this.client.limits.text_characters;
      this.client.sendFile({ kind: 'file', target, body: offerBody(proof, offer, most) }, proof, made.blob);
      return '';
    } catch {
      return words('“{name}” cannot be read.', { name }); // deleted meanwhile, or in a cloud that is not reached
    } finally {
      if (image) URL.revokeObjectURL(image.src);
    }
  }

  /** The file itself, or of a photo a smaller copy, turned as it is shown and without hidden data. */
  async #asChosen(blob, name, image) {
    const media = image ? pictureType(new Uint8Array(await blob.slice(0, 16).arrayBuffer())) : '';
    const same = { blob, name, media, shrink: 1 };
    if (!image || !(element('smaller').checked || blob.size > FILE_BYTES)) return same;
    const shrink = scaleTo(image, SMALLER_PX);
    const copy = await drawn(image, shrink, SMALLER_QUALITY);
    return copy ? { blob: copy, name: `${name.replace(/\.[^.]*$/, '')}.jpg`, media: 'image/jpeg', shrink } : same;
  }

  #told(name, done, size) {
    element('attached-problem').textContent = done < size ? words('“{name}” is being prepared…', { name }) : '';
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

/** @param {Blob} blob @returns {Promise<HTMLImageElement | null>} null: the browser can show no such picture */
async function pictureIn(blob) {
  const image = new Image();
  try {
    const type = pictureType(new Uint8Array(await blob.slice(0, 16).arrayBuffer()));
    if (!type) return null;
    image.src = URL.createObjectURL(new Blob([blob], { type }));
    await image.decode();
    if (image.naturalWidth && image.naturalHeight) return image;
  } catch {
    // not read, or damaged
  }
  URL.revokeObjectURL(image.src);
  return null;
}

/** What an offer says of a picture that is made smaller by `shrink`. */
async function factsOf(image, shrink) {
  const [width, height] = [image.naturalWidth, image.naturalHeight].map((side) => Math.max(1, Math.round(side * shrink)));
  for (const [side, quality] of PREVIEWS) {
    const small = await drawn(image, scaleTo(image, side), quality);
    if (small && small.size <= PREVIEW_BYTES) return { width, height, preview: new Uint8Array(await small.arrayBuffer()) };
  }
  return { ...NO_PICTURE, width, height };
}

/** What a picture is multiplied with so that its longer side has so many pixels at most. */
function scaleTo({ naturalWidth, naturalHeight }, most) {
  return Math.min(1, most / Math.max(naturalWidth, naturalHeight));
}

/** As a JPEG. @returns {Promise<Blob | null>} null: the browser cannot make one */
function drawn(image, scale, quality) {
  const canvas = make('canvas', '');
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#fff'; // under what is transparent
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((made) => canvas.toBlob(made, 'image/jpeg', quality));
}
