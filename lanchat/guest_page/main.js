/** The page: what the browser tells goes to the client, what the client tells is drawn. */
import { forgetFragment, readFragment, takeFragment } from './channel.js';
import { GuestClient } from './client.js';
import { Entrance } from './entrance.js';
import { openHandoff, takeSealedHandoff } from './handoff.js';
import { RoomView } from './room_view.js';
import { Store } from './store.js';
import { speak } from './words.js';

/** @returns {Storage | null} null: the browser gives pages none */
function storage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

const sealed = takeSealedHandoff(window); // out of the address bar before anything else
const opened = takeFragment(window);
const handoff = await openHandoff(sealed);
await speak(navigator.languages);
const store = new Store(storage());
const fragment = opened || store.lastFragment();
if (handoff && readFragment(fragment)) store.keepHandoff(handoff, fragment);
let drawing = null; // what has changed since it was drawn
const client = new GuestClient(store, fragment, location.host, (changed) => {
  if (drawing === null) {
    drawing = { messages: new Set() };
    if (document.hidden) setTimeout(draw, 250); // nothing is animated then, but the title tells of what came
    else requestAnimationFrame(draw);
  }
  for (const id of changed.messages ?? []) drawing.messages.add(id);
  drawing.all ||= changed.phase || changed.people;
});
client.goTo = (url) => {
  location.replace(url);
  if (new URL(url).host === location.host) location.reload(); // only the fragment is another
};
const entrance = new Entrance(client);
const room = new RoomView(client);

function draw() {
  const { messages, all } = drawing;
  drawing = null;
  const isOutside = entrance.draw();
  const wasOutside = document.getElementById('room').hidden;
  document.getElementById('entrance').hidden = !isOutside;
  document.getElementById('room').hidden = isOutside || !client.room.roomId;
  if (client.room.roomId) room.draw(messages, all);
  if (wasOutside && !document.getElementById('room').hidden) room.entered();
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    client.room.save.now();
  } else {
    client.hurry();
    room.seen();
  }
});
document.getElementById('forget').addEventListener('click', () => forgetFragment(window));
window.addEventListener('pagehide', () => client.room.save.now());
window.addEventListener('online', () => client.hurry());
window.addEventListener('focus', () => room.seen());
client.start();
