/** Long work, a part of it before each repaint: the page goes on to draw, and to answer to a finger. */

const REPAINT_MS = 40; // for drawing and for work, from one repaint to the next
const NO_REPAINT_MS = 100; // a page that is hidden has none

let began = 0; // when the last repaint did
let isWatched = false; // it is known when the next one begins
let isUsed = false; // there was work since the last one

/** Whether there is time for more work until the next repaint. A page that is hidden need not draw. */
export function hasTime() {
  if (globalThis.document?.hidden ?? true) return true;
  isUsed = true;
  if (!isWatched) {
    [began, isWatched] = [performance.now(), true];
    requestAnimationFrame(repaints);
  }
  return performance.now() - began < REPAINT_MS;
}

function repaints(now) {
  [began, isWatched, isUsed] = [now, isUsed, false];
  if (isWatched) requestAnimationFrame(repaints);
}

/** Once the page is repainted. @param {() => void} work */
export function afterPaint(work) {
  let isDone = false;
  const begin = () => {
    if (!isDone) work();
    isDone = true;
  };
  requestAnimationFrame(() => setTimeout(begin));
  setTimeout(begin, NO_REPAINT_MS);
}
