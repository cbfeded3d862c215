/** The entrance: the person is asked for a name; or is told why they are not in a room that they never saw. */
import { element } from './dom.js';
import { endOf } from './ends.js';
import { words } from './words.js';

export class Entrance {
  /** @param {import('./client.js').GuestClient} client */
  constructor(client) {
    this.client = client;
    for (const [id, text] of [
      ['name-hint', words('Everybody in the room sees it. You are asked only once.')],
      ['enter', words('Enter the room')],
      ['honest', words('Others on this Wi-Fi cannot read along by listening. Somebody who tampers with it could.')],
      ['honest-button', words('More')],
      ['honest-more', words('The page itself comes unprotected over the Wi-Fi: whoever changes it there changes what it does. The lanchat program has no such weak place.')],
      ['nothing-installed', words('Nothing is installed. A locked phone does not ring.')],
    ]) element(id).textContent = text;
    document.querySelector('label[for=name]').textContent = words('Your name');
    element('name').addEventListener('input', () => this.#typed());
    element('name-form').addEventListener('submit', (event) => {
      event.preventDefault();
      const nick = element('name').value.trim();
      if (nick) client.callMe(nick);
    });
    element('entrance-deed').addEventListener('click', () => client.come());
    element('honest-button').addEventListener('click', () => {
      const isOpen = (element('honest-more').hidden = !element('honest-more').hidden) === false;
      element('honest-button').setAttribute('aria-expanded', String(isOpen));
      element('honest-button').textContent = isOpen ? words('Less') : words('More');
    });
  }

  /** @returns {boolean} whether the entrance is what the person is to see */
  draw() {
    const { phase, title, nick, talk } = this.client;
    const asks = phase === 'name' || phase === 'nick';
    const end = talk.messages.size ? null : endOf(this.client);
    if (!asks && !end) return false;
    const wasAsking = !element('name-form').hidden && !element('entrance').hidden;
    element('entrance-lead').textContent = asks ? words('You are invited to') : title;
    element('entrance-title').textContent = asks ? title : end.title;
    element('name-form').hidden = element('entrance-note').hidden = element('nothing-installed').hidden = !asks;
    element('entrance-words').textContent = asks ? '' : end.advice;
    element('entrance-deed').hidden = asks || !end.deed;
    element('entrance-deed').textContent = asks ? '' : end.deed;
    this.#sayTaken(phase === 'nick' ? nick : '');
    if (asks && (!wasAsking || phase === 'nick')) setTimeout(() => element('name').focus()); // once it is shown
    return true;
  }

  #typed() {
    const nick = element('name').value.trim();
    const isTaken = this.client.phase === 'nick' && nick === this.client.nick;
    element('enter').disabled = !nick || isTaken;
    element('name').setAttribute('aria-invalid', String(isTaken));
  }

  /** @param {string} nick that somebody else has; '': none is */
  #sayTaken(nick) {
    element('name-problem').textContent = nick && words('There is somebody like “{nick}” here already.', { nick });
    const suggestions = nick ? [`${nick} 2`, words('Other {nick}', { nick })] : [];
    element('name-suggestions').replaceChildren(
      ...suggestions.map((text) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.dir = 'auto';
        button.textContent = text;
        button.addEventListener('click', () => this.client.callMe(text));
        return button;
      }),
      ...(nick ? [words('or write more of it')] : []),
    );
    if (nick && !element('name').value) element('name').value = nick;
    this.#typed();
  }
}
