/**
 * A file in a message: what it is called, how it stands, and the picture that it is. What is done with it is told by
 * `data-deed` of its buttons.
 *
 * Nothing of a file runs here: a picture is shown by <img>, where its bytes begin as those of a picture do; everything
 * else can be saved only, as bytes without a type. Names are text.
 *
 * @typedef {import('./files.js').Offer} Offer
 * @typedef {import('./talk.js').Message} Message
 */
import { make, makeButton, makeWords } from './dom.js';
import { FILE_BYTES, PREVIEW_BYTES } from './files.js';
import { numbers, words } from './words.js';

const PIXELS_MOST = 64_000_000; // of a picture that is shown: a phone holds four bytes of each
const PREVIEW_PIXELS_MOST = 65_536;
const SHOWN_PX = 260; // the longer side
const NAME_CHARACTERS = 200;

/** How pictures begin that every browser shows, and none of which can hold a script. */
const BEGINNINGS = [
  ['image/jpeg', [0xff, 0xd8, 0xff]], ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38]], ['image/webp', [0x52, 0x49, 0x46, 0x46, , , , , 0x57, 0x45, 0x42, 0x50]],
  ['image/bmp', [0x42, 0x4d]],
];

/** @type {Map<string, {shown: string, saved: string}>} addresses of bytes that are here, by root; shown: '': no picture */
const addresses = new Map();
/** @type {Map<string, Intl.NumberFormat>} by unit: a slow phone takes its time to make one */
const sizes = new Map();
const making = new Set(); // roots of those whose addresses are being made
/** @type {Map<string, string>} addresses of previews, by root; '': it is none */
const previews = new Map();

/** The type of a picture, '' where it is none. @param {Uint8Array} bytes its first ones */
export function pictureType(bytes) {
  const fits = ([, begin]) => begin.every((byte, place) => bytes[place] === byte);
  return BEGINNINGS.find(fits)?.[0] ?? '';
}

/** @param {number} bytes */
export function sizeWords(bytes) {
  const [unit, size] = bytes < 1e3 ? ['byte', 1] : bytes < 1e6 ? ['kilobyte', 1e3] : bytes < 1e9 ? ['megabyte', 1e6] : ['gigabyte', 1e9];
  if (!sizes.has(unit)) sizes.set(unit, numbers({ style: 'unit', unit, maximumFractionDigits: size > 1e3 ? 1 : 0 }));
  return sizes.get(unit).format(bytes / size);
}

/** What a file is saved as: a name without folders, and without signs that turn text round. @param {string} name */
export function savedName(name) {
  const plain = name.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/gu, '').replace(/[<>:"/\\|?*]/g, '_');
  const short = [...plain.trim()].slice(-NAME_CHARACTERS).join('').replace(/^[.\s]+|[.\s]+$/g, '');
  return short || 'file';
}

/** Addresses of bytes that are not here any more are given back. */
function forgetAddresses(files) {
  for (const [root, { shown, saved }] of addresses) {
    if (files.blob(root)) continue;
    for (const address of [shown, saved]) if (address) URL.revokeObjectURL(address);
    addresses.delete(root);
  }
}

/** Make the addresses of a file whose bytes are here. */
async function makeAddresses({ root }, blob) {
  making.add(root);
  const type = pictureType(new Uint8Array(await blob.slice(0, 16).arrayBuffer()));
  addresses.set(root, {
    shown: type ? await addressOfPicture(new Blob([blob], { type }), PIXELS_MOST) : '',
    saved: URL.createObjectURL(new Blob([blob], { type: 'application/octet-stream' })),
  });
  making.delete(root);
}

/** @param {import('./client.js').GuestClient} client @param {Message} message */
export function drawFile(client, message) {
  const { file } = message;
  const { state, done } = client.files.standing(file.root);
  const blob = client.files.blob(file.root);
  const address = blob && addresses.get(file.root);
  const isGoing = state === 'going'; // a slow phone takes its time for a photo: its preview does until it is sent
  if (blob && !isGoing && !address && !making.has(file.root)) {
    forgetAddresses(client.files);
    makeAddresses(file, blob).then(() => client.changed({ messages: new Set([message.id]) }), () => {});
  }
  const node = make('div', 'file');
  if (address?.shown) node.append(drawPicture(address.shown, file, file.name));
  else if (previewOf(client, message)) node.append(drawPicture(previewOf(client, message), file, ''));
  const about = make('div', 'about', makeWords('b', '', file.name));
  about.append(make('span', 'small mute', sizeWords(file.size)));
  node.append(about);
  const said = stateWords(state, file, client);
  if (said) node.append(make('p', 'small', said));
  if (['going', 'coming'].includes(state) && file.size) node.append(drawProgress(done, file));
  const deeds = drawFileDeeds(state, file, message, address, client.files.sending.has(file.root));
  if (deeds.length) node.append(make('div', 'file-deeds', ...deeds));
  return node;
}

function drawPicture(address, { width, height }, name) {
  const image = make('img', name ? 'picture' : 'picture soft');
  const scale = Math.min(1, SHOWN_PX / Math.max(width, height, 1));
  if (width && height) {
    image.width = Math.max(1, Math.round(width * scale));
    image.height = Math.max(1, Math.round(height * scale));
  }
  image.alt = name;
  image.src = address;
  return image;
}

/** The address of a file's preview; '': it has none, or it is not known yet whether it is one. */
function previewOf(client, { id, file: { root, preview, width, height } }) {
  if (!width || !height || !preview?.length || preview.length > PREVIEW_BYTES) return '';
  if (!previews.has(root)) {
    const type = pictureType(preview);
    previews.set(root, '');
    if (['image/jpeg', 'image/webp'].includes(type)) {
      addressOfPicture(new Blob([preview], { type }), PREVIEW_PIXELS_MOST).then((address) => {
        previews.set(root, address);
        if (address) client.changed({ messages: new Set([id]) });
      });
    }
  }
  return previews.get(root);
}

/** @returns {Promise<string>} '': it has more pixels than that, whatever its offer says, or is no picture */
function addressOfPicture(blob, pixelsMost) {
  const address = URL.createObjectURL(blob);
  const image = new Image();
  return new Promise((done) => {
    const end = (isFine) => {
      if (!isFine) URL.revokeObjectURL(address);
      done(isFine ? address : '');
    };
    image.onload = () => end(image.naturalWidth * image.naturalHeight <= pixelsMost); // known before it is decoded
    image.onerror = () => end(false);
    image.src = address;
  });
}

function stateWords(state, { root, size, count }, client) {
  if (count > 1) return words('Several files: they can be had on a computer.');
  if (state === 'offered') return size > FILE_BYTES ? words('Phones get files up to {size}.', { size: sizeWords(FILE_BYTES) }) : '';
  if (client.phase !== 'in' && ['going', 'asking', 'waiting', 'coming'].includes(state)) {
    return words('Goes on when the room is back');
  }
  if (state === 'none' && client.files.sending.has(root)) return words('There is no space for it in this room: others cannot get it.');
  return {
    going: words('Is being sent…'), asking: words('Is being asked for…'), coming: words('Is coming…'),
    waiting: words('Nobody here has it at the moment. It comes as soon as somebody has it.'),
    none: words('There is no copy of it in this room: phones cannot get it.'),
    gone: words('It is not there any more.'), unreadable: words('The file is not on this phone any more.'),
  }[state] ?? '';
}

function drawProgress(done, { size, name }) {
  const progress = make('progress', '');
  Object.assign(progress, { max: size, value: done });
  progress.setAttribute('aria-label', name);
  return progress;
}

function drawFileDeeds(state, file, message, address, isMine) {
  const deeds = [];
  if (address && !isMine) {
    const save = make('a', 'link', words('Save'));
    save.href = address.saved;
    save.download = savedName(file.name);
    save.onclick = () => save.nextSibling ?? save.after(words('If the browser asks, choose Keep.'));
    deeds.push(save);
  } else if (!isMine && ['offered', 'none', 'gone'].includes(state) && file.count === 1 && file.size <= FILE_BYTES && message.state === 'in') {
    const label = state !== 'offered' ? words('Try again') : file.width ? words('Show') : words('Get');
    deeds.push(makeButton(`${label}: ${file.name}`, 'file-get', label));
  }
  if (['going', 'unreadable', 'asking', 'waiting', 'coming'].includes(state)) {
    deeds.push(makeButton(`${words('Cancel')}: ${file.name}`, 'file-stop', words('Cancel')));
  }
  return deeds;
}
