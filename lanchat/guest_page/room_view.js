/** The room around its talk: its state, who is here, what the person writes, and why that ended. */
import { bytesOf, bytesOfHex } from './bytes.js';
import { element, make, makeWords } from './dom.js';
import { endOf } from './ends.js';
import { LogView } from './log_view.js';
import { brief, drawAvatar, whoIs } from './message_view.js';
import { afterPaint } from './pacing.js';
import { textPayload } from './wire.js';
import { counted, words } from './words.js';

const TYPING_SHOWN_MS = 6_000; // as TYPING_SHOWN_SECONDS in limits.py
const BACK_MS = 20_000; // that the page says how much came meanwhile

export class RoomView {
  /** @param {import('./client.js').GuestClient} client */
  constructor(client) {
    this.client = client;
    this.log = new LogView(client, {
      answer: (id) => this.#answer(id), react: (id, emoji) => this.#react(id, emoji), file: (id, deed) => this.#file(id, deed),
    });
    /** @type {?import('./attach.js').Attach} loaded once the person is in, which it is not to delay */
    this.attach = null;
    this.isLoading = false;
    this.answers = ''; // the message that is answered
    this.fitted = null; // the text for which its field is high enough
    for (const [id, label] of [
      ['send', words('Send')], ['people-button', words('Who is here')], ['people', words('Who is here')],
      ['answering-off', words('Do not answer it')],
    ]) element(id).setAttribute('aria-label', label);
    document.querySelector('label[for=text]').textContent = words('Message');
    element('banner-deed').addEventListener('click', () => this.#bannerTapped());
    element('ending-deed').addEventListener('click', () => client.come());
    element('forget').textContent = words('Forget this room on this phone');
    element('forget').addEventListener('click', () => client.forget());
    element('composer').addEventListener('submit', (event) => this.#say(event));
    element('text').addEventListener('input', () => {
      this.#drawComposer();
      if (element('text').value) client.typing();
    });
    element('text').addEventListener('keydown', (event) => {
      const isSent = event.key === 'Enter' && !event.shiftKey && !event.isComposing && matchMedia('(hover: hover)').matches;
      if (isSent) this.#say(event);
      else if (event.key === 'Escape') this.#answer('');
    });
    element('answering-off').addEventListener('click', () => {
      this.#answer('');
      element('text').focus();
    });
    element('people-button').addEventListener('click', () => {
      const isOpen = (element('people').hidden = !element('people').hidden) === false;
      element('people-button').setAttribute('aria-expanded', String(isOpen));
    });
    setInterval(() => this.#drawTyping(), 1_000);
  }

  /** @param {Set<string>} changed ids of messages @param {boolean} all everything else has changed, too */
  draw(changed, all) {
    if (all) {
      this.#drawState();
      this.#drawPeople();
      this.#drawEnding();
    }
    if (this.client.phase === 'in' && !this.isLoading) {
      this.isLoading = true;
      afterPaint(() => this.#load()); // the talk comes first
    }
    this.#drawBanner();
    this.log.draw(changed);
    this.#drawTyping();
    this.#drawComposer();
  }

  /** The person comes in: where there is a keyboard beside the screen, they can type at once. */
  entered() {
    if (matchMedia('(hover: hover)').matches) element('text').focus();
  }

  seen() {
    this.log.seen();
  }

  // --- what the person does
  #say(event) {
    event.preventDefault();
    const field = element('text');
    const text = field.value.trim();
    const hasFiles = this.attach?.files.length > 0;
    if (!text && !hasFiles) return;
    const characters = [...text];
    const most = this.client.limits.text_characters;
    const target = this.answers ? bytesOfHex(this.answers) : null;
    if (hasFiles) this.attach.send(characters.slice(0, most).join(''), target);
    else this.client.say(textPayload(characters.slice(0, most).join(''), target));
    field.value = characters.slice(most).join('');
    this.client.room.missed = 0;
    this.log.forgetNew();
    this.#drawBanner();
    this.#answer('');
    this.#drawComposer();
    requestAnimationFrame(() => this.log.toEnd());
  }

  #react(id, emoji) {
    const isOn = this.client.talk.messages.get(id)?.reactions.get(emoji)?.has(this.client.myKey) ?? false;
    this.client.say({ kind: isOn ? '+unreact' : '+react', target: bytesOfHex(id), body: bytesOf(emoji) });
    if (this.log.opened === id) this.log.open(id);
  }

  async #load() {
    try {
      const { Attach } = await import('./attach.js');
      this.attach = new Attach(this.client, () => this.#drawComposer());
      element('attach').hidden = false;
    } catch {
      this.isLoading = false; // the host was gone again: it is tried when it is back
    }
  }

  #file(id, deed) {
    if (deed === 'file-stop') this.client.stopFile(id);
    else this.client.files.get(this.client.talk.messages.get(id).file);
  }

  /** @param {string} id of the message to answer; '': none */
  #answer(id) {
    this.answers = id;
    const message = id && this.client.talk.messages.get(id);
    if (message && this.log.opened) this.log.open(this.log.opened); // its deeds are no longer needed
    element('answering').hidden = !message;
    if (!message) return;
    const { name } = whoIs(this.client, message.author);
    element('answering-words').textContent = `${words('Reply to {name}', { name })}: ${brief(message)}`;
    element('text').focus();
  }

  #drawComposer() {
    const field = element('text');
    const isWritable = !endOf(this.client);
    const { files = [], isBusy = false } = this.attach ?? {};
    element('send').disabled = (!field.value.trim() && !files.length) || isBusy || !isWritable;
    if (field.value !== this.fitted) { // for which the whole page is laid out, twice
      field.style.height = 'auto';
      field.style.height = `${field.scrollHeight}px`;
      this.fitted = field.value;
    }
  }

  #bannerTapped() {
    if (this.client.phase === 'away') {
      this.client.hurry();
      return;
    }
    this.log.toMessage(this.log.newFrom);
    this.client.room.missed = 0;
    this.#drawBanner();
  }

  // --- around the talk
  #drawState() {
    const { phase, title, talk, hostIsAway, hostName } = this.client;
    element('title').textContent = title;
    element('dot').className = { in: 'in', away: 'looking', connecting: 'looking' }[phase] ?? '';
    const connected = `${words('Connected')} · ${counted(talk.here.size, '1 here', '{n} here')}`;
    const away = hostIsAway ? words('{name} is away', { name: hostName }) : words('Reconnecting…');
    element('state').textContent =
      { in: connected, away, connecting: words('Connecting…') }[phase] ?? words('Not connected');
    element('text').setAttribute('placeholder', phase === 'in' ? words('Message') : words('Will be sent later'));
  }

  #drawBanner() {
    const { phase, hostIsAway, hostName, room: { missed, outbox } } = this.client;
    const waits = outbox.entries.length ? ` ${words('What you write is kept on this phone and sent then.')}` : '';
    let said = null;
    if (phase === 'away' && hostIsAway) {
      said = [words('{name}’s computer is away.', { name: hostName }), words('The room goes on when it is back.') + waits, words('Try again')];
    } else if (phase === 'away') {
      said = [words('Looking for the room again…'), words('Is this phone still in the Wi-Fi of the others?') + waits, words('Try again')];
    } else if (phase === 'in' && missed > 0) {
      said = [words('Back.'), counted(missed, '1 message meanwhile.', '{n} messages meanwhile.'), words('To the first')];
      clearTimeout(this.backTimer);
      this.backTimer = setTimeout(() => {
        this.client.room.missed = 0;
        this.#drawBanner();
      }, BACK_MS);
    }
    element('banner').hidden = !said;
    element('banner').className = phase === 'away' ? 'caution' : '';
    const text = said ? `${said[0]} ${said[1]}` : '';
    if (element('banner-words').textContent === text) return; // told once, not at each try
    element('banner-words').replaceChildren(...(said ? [make('b', '', said[0]), ` ${said[1]}`] : []));
    element('banner-deed').textContent = said ? said[2] : '';
  }

  #drawPeople() {
    const { talk, myKey } = this.client;
    const here = [...talk.here].map((key) => talk.people.get(key)).filter(Boolean);
    const groups = [
      [words('Here'), here.filter((person) => !person.isGuest)],
      [words('Guests'), here.filter((person) => person.isGuest)],
    ];
    const named = ({ key, nick }) => {
      const row = makeWords('li', '');
      row.append(drawAvatar(row, whoIs(this.client, key)), make('span', '', key === myKey ? `${nick} (${words('you')})` : nick));
      return row;
    };
    element('people').replaceChildren(
      ...groups
        .filter(([, people]) => people.length)
        .flatMap(([name, people]) => [make('h2', '', name), make('ul', '', ...people.map(named))]),
    );
  }

  /** Why the person is not in any more, under what they read. */
  #drawEnding() {
    const end = endOf(this.client);
    element('ending').hidden = !end;
    element('composer').hidden = !!end;
    if (!end) return;
    element('ending-title').textContent = end.title;
    element('ending-words').textContent = end.advice;
    const waiting = this.client.phase === 'ended' ? this.client.room.outbox.entries.length : 0;
    element('ending-unsent').textContent = waiting
      ? counted(waiting, '1 message of yours was not sent. It is kept for the new code.',
        '{n} messages of yours were not sent. They are kept for the new code.') : '';
    element('ending-deed').hidden = !end.deed;
    element('ending-deed').textContent = end.deed;
    element('forget').hidden = this.client.phase === 'other-tab';
  }

  #drawTyping() {
    const { typists, typistsToldAt, phase } = this.client;
    const isNow = phase === 'in' && typistsToldAt?.age < TYPING_SHOWN_MS;
    const names = isNow ? typists.map((key) => whoIs(this.client, key).name) : [];
    const many = words('{names} are writing…', { names: names.join(', ') });
    const text = names.length === 0 ? '' : names.length === 1 ? words('{name} is writing…', { name: names[0] }) : many;
    if (element('typing').textContent !== text) element('typing').textContent = text;
  }
}
