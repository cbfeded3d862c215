/** Long work, a part of it in each frame: the page goes on to draw, and to answer to a finger. */

const FRAME_MS = 40; // for drawing and for work, in one frame
const NO_FRAME_MS = 100; // a page that is hidden draws none

let began = 0; // when this frame did
let isWatched = false; // it is known when the next one begins
let isUsed = false; // there was work in this one

/** Whether this frame has time for more work. A page that is hidden need not draw. */
export function hasTime() {
  if (globalThis.document?.hidden ?? true) return true;
  isUsed = true;
  if (!isWatched) {
    [began, isWatched] = [performance.now(), true];
    requestAnimationFrame(newFrame);
  }
  return performance.now() - began < FRAME_MS;
}

function newFrame(now) {
  [began, isWatched, isUsed] = [now, isUsed, false];
  if (isWatched) requestAnimationFrame(newFrame);
}

/** Once the next frame is drawn. @param {() => void} work */
export function afterFrame(work) {
  let isDone = false;
  const begin = () => {
    if (!isDone) work();
    isDone = true;
  };
  requestAnimationFrame(() => setTimeout(begin));
  setTimeout(begin, NO_FRAME_MS);
}
