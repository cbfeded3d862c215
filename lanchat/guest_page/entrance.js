/** The entrance: the person is asked for a name; or is told why they are not in the room, and what to do. */
import { words } from './words.js';

const element = (id) => document.getElementById(id);

/** What each end of the way in says: title, what to do, and what the button does (see client.js). */
const ENDS = {
  'no-code': ['This page needs a code', 'Point the camera of this phone at the code that the host shows.', ''],
  stranger: ['Somebody else answers here', 'Nothing was sent. Ask the host for a new code and scan it.', ''],
  version: ['This page is of another version', 'Close it, and scan the code once more.', ''],
  ended: [
    'This invitation has ended',
    'Ask the host for a new code and scan it. What you read here is still here, and you keep your name.', '',
  ],
  banned: ['You cannot come in', 'The host of this room does not want you in it.', ''],
  removed: ['The host sent you away', 'You may come in again.', 'Come in again'],
  full: ['The room is full', 'As many phones are in as the room takes. Try again later.', 'Try again'],
  'other-tab': ['This room is open in another tab', 'Go on there, or here.', 'Go on here'],
};

export class Entrance {
  /** @param {import('./client.js').GuestClient} client */
  constructor(client) {
    this.client = client;
    for (const [id, text] of [
      ['name-hint', 'Everybody in the room sees it. You are asked only once.'],
      ['enter', 'Enter the room'],
      ['honest', 'Nobody who listens on this Wi-Fi can read along. Somebody able to change what passes through it could.'],
      ['nothing-installed', 'Nothing is installed. A locked phone does not ring.'],
    ]) element(id).textContent = words(text);
    document.querySelector('label[for=name]').textContent = words('Your name');
    element('name-form').addEventListener('submit', (event) => {
      event.preventDefault();
      const nick = element('name').value.trim();
      if (nick) client.callMe(nick);
    });
    element('entrance-deed').addEventListener('click', () => client.come());
  }

  /** @returns {boolean} whether the entrance is what the person is to see */
  draw() {
    const { phase, title, nick } = this.client;
    const asks = phase === 'name' || phase === 'nick';
    const end = ENDS[phase];
    if (!asks && !end) return false;
    element('entrance-lead').textContent = asks ? words('You are invited to') : title;
    element('entrance-title').textContent = asks ? title : words(end[0]);
    element('name-form').hidden = !asks;
    element('entrance-words').textContent = asks ? '' : words(end[1]);
    const deed = element('entrance-deed');
    deed.hidden = asks || !end[2];
    deed.textContent = deed.hidden ? '' : words(end[2]);
    this.#sayTaken(phase === 'nick' ? nick : '');
    if (asks) element('name').focus();
    return true;
  }

  /** @param {string} nick that somebody else has; '': none is */
  #sayTaken(nick) {
    element('name').setAttribute('aria-invalid', String(nick !== ''));
    element('name-problem').textContent = nick && words('There is somebody like “{nick}” here already.', { nick });
    const suggestions = nick ? [`${nick} 2`, words('Other {nick}', { nick })] : [];
    element('name-suggestions').replaceChildren(
      ...suggestions.map((text) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.textContent = text;
        button.addEventListener('click', () => this.client.callMe(text));
        return button;
      }),
    );
  }
}
