/** Pictures that are sent: read, made smaller, and their previews. What is shown of those that come is in file_view.js. */
import { make } from './dom.js';
import { pictureType } from './file_view.js';
import { PREVIEW_BYTES } from './files.js';

const PREVIEWS = [[48, 0.5], [40, 0.45], [32, 0.4], [24, 0.35], [16, 0.3]]; // longer side and quality, the best first

/** Its type, '' where it is no picture. @param {Blob} blob @returns {Promise<string>} rejected where it cannot be read */
export async function typeOf(blob) {
  return pictureType(new Uint8Array(await blob.slice(0, 16).arrayBuffer()));
}

/** @param {Blob} blob @returns {Promise<HTMLImageElement | null>} null: the browser can show no such picture */
export async function openPicture(blob) {
  const image = new Image();
  try {
    const type = await typeOf(blob);
    if (!type) return null;
    await new Promise((loaded, failed) => {
      [image.onload, image.onerror] = [loaded, failed];
      image.src = URL.createObjectURL(new Blob([blob], { type }));
    });
    if (image.naturalWidth && image.naturalHeight) return image;
  } catch {
    // not read, or damaged
  }
  URL.revokeObjectURL(image.src);
  return null;
}

/** What an offer shows of a picture before it is there. @returns {Promise<Uint8Array>} nothing: it would be too long */
export async function makePreview(image, blob) {
  const source = await scaled(image, blob, pictureSize(image, PREVIEWS[0][0]));
  for (const [side, quality] of PREVIEWS) {
    const small = await jpegOf(source, pictureSize(image, side), quality);
    if (small && small.size <= PREVIEW_BYTES) return new Uint8Array(await small.arrayBuffer());
  }
  return new Uint8Array(0);
}

/** How large a picture is with so many pixels at most on its longer side. */
export function pictureSize({ naturalWidth, naturalHeight }, most) {
  const scale = Math.min(1, most / Math.max(naturalWidth, naturalHeight));
  const [width, height] = [naturalWidth, naturalHeight].map((side) => Math.max(1, Math.round(side * scale)));
  return { width, height };
}

/** The picture in that size, made beside the page's own work: a slow phone takes its time for a photo. */
export async function scaled(image, blob, { width, height }) {
  try {
    return await createImageBitmap(blob, { resizeWidth: width, resizeHeight: height, resizeQuality: 'high' });
  } catch {
    return image; // an old browser
  }
}

/** As a JPEG. @returns {Promise<Blob | null>} null: the browser cannot make one */
export function jpegOf(source, { width, height }, quality) {
  const canvas = make('canvas', '');
  [canvas.width, canvas.height] = [width, height];
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#fff'; // under what is transparent
  pen.fillRect(0, 0, width, height);
  pen.drawImage(source, 0, 0, width, height);
  return new Promise((made) => canvas.toBlob(made, 'image/jpeg', quality));
}
