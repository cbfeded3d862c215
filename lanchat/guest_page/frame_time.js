/** Long work, a part of it in each frame: the page goes on to draw, and to answer to a finger. */

const FRAME_MS = 40; // for drawing and for work, in one frame
const NO_FRAME_MS = 100; // a page that is hidden draws none

let began = -Infinity; // when this frame did
let isAwaited = false; // the next one

/** Whether this frame has time for more work. A page that is hidden need not draw. */
export function hasTime() {
  if (globalThis.document?.hidden ?? true) return true;
  if (!isAwaited) {
    if (performance.now() - began > NO_FRAME_MS) began = performance.now(); // there was no work
    isAwaited = true;
    requestAnimationFrame(() => [began, isAwaited] = [performance.now(), false]);
  }
  return performance.now() - began < FRAME_MS;
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
