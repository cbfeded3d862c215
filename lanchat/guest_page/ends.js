/** Why a guest is not in the room, and what to do about it: see the phases of client.js. */
import { words } from './words.js';

/** Title, what to do, and what the button does. */
const ENDS = {
  'no-code': ['This page needs a code', 'Point the camera of this phone at the code that the host shows.', ''],
  stranger: ['Somebody else answers here', 'Nothing was sent. Ask the host for a new code and scan it.', ''],
  version: ['This page is of another version', 'Close it, and scan the code once more.', ''],
  ended: ['This invitation has ended', 'Ask {host} for a new code and scan it.', ''],
  banned: ['You cannot come in', 'The host of this room does not want you in it.', ''],
  removed: ['The host sent you away', 'You may come in again.', 'Come in again'],
  full: ['The room is full', 'As many phones are in as the room takes. Try again later.', 'Try again'],
  'other-tab': ['This room is open in another tab', 'Go on there, or here.', 'Go on here'],
};
const LOOKING = ['Looking for the room…', 'Is this phone still in the Wi-Fi of the others?', 'Try now'];

/**
 * @param {import('./client.js').GuestClient} client
 * @returns {{title: string, advice: string, deed: string} | null} null: it is in, or soon; deed '': there is no button
 */
export function endOf(client) {
  const { phase, roomId, hostName } = client;
  const said = ENDS[phase] ?? (phase === 'away' && !roomId ? LOOKING : null);
  if (!said) return null;
  const [title, advice, deed] = said;
  const kept = phase === 'ended' && client.talk.messages.size ? ` ${words('What you read here stays on this phone.')}` : '';
  return {
    title: words(title), deed: deed && words(deed),
    advice: words(advice, { host: hostName || words('the host') }) + kept,
  };
}
