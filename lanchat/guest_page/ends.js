/** Why a guest is not in the room, and what to do about it: see the phases of client.js. */
import { words } from './words.js';

/** Title, what to do, and what the button does. @param {string} host what the host is called */
const ends = (host) => ({
  'no-code': [words('This page needs a code'), words('Point the camera of this phone at the code on the computer’s screen.'), ''],
  stranger: [words('Somebody else answers here'), words('Nothing was sent. This page tries again by itself, or scan a new code.'), words('Try again')],
  version: [words('This page is of another version'), words('Close it, and scan the code once more.'), ''],
  ended: [words('This invitation has ended'), words('Ask {host} for a new code and scan it.', { host }), ''],
  banned: [words('You cannot come in'), words('{host} does not want you in this room.', { host }), ''],
  removed: [words('You were sent away'), words('Ask {host} for a new code, if you may come in again.', { host }), ''],
  full: [words('The room is full'), words('It takes no more phones. Try again later.'), words('Try again')],
  'other-tab': [words('This room is open in another tab'), words('Go on there, or here.'), words('Go on here')],
  looking: [
    words('Looking for the room…'), words('Is this phone still in the Wi-Fi of the others?'), words('Try again'),
  ],
});

/**
 * @param {import('./client.js').GuestClient} client
 * @returns {{title: string, advice: string, deed: string} | null} null: it is in, or soon; deed '': there is no button
 */
export function endOf(client) {
  const { phase, room: { roomId }, hostName } = client;
  const said = ends(hostName || words('who invited you'))[phase === 'away' && !roomId ? 'looking' : phase];
  if (!said) return null;
  const [title, advice, deed] = said;
  const kept = phase === 'ended' && client.talk.messages.size ? ` ${words('What you read here stays on this phone.')}` : '';
  return { title, deed, advice: advice + kept };
}
