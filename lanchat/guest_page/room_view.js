/**
 * The room: its talk, who is here, and what the person writes. Whatever others said goes in by textContent only.
 *
 * @typedef {import('./talk.js').Message} Message
 */
import { bytesOfHex } from './talk.js';
import { bytesOf, textPayload } from './wire.js';
import { counted, words } from './words.js';

const SHOWN_MOST = 1_000; // messages in the document: a phone scrolls no further back
const TYPING_MS = 6_000;
const NEAR_END_PX = 120;
const REACTIONS = ['👍', '❤️', '😂', '🎉', '😮', '🙏'];

const element = (id) => document.getElementById(id);

/** @param {string} tag @param {string} className @param {...(Node | string)} children strings become text */
function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

/** @param {string} label @param {() => void} deed @param {...(Node | string)} children */
function makeButton(label, deed, ...children) {
  const button = make('button', '', ...(children.length ? children : [label]));
  button.type = 'button';
  if (children.length) button.setAttribute('aria-label', label);
  button.addEventListener('click', deed);
  return button;
}

export class RoomView {
  /** @param {import('./client.js').GuestClient} client */
  constructor(client) {
    this.client = client;
    /** @type {Map<string, HTMLElement>} by the message's id */
    this.nodes = new Map();
    this.opened = ''; // the message whose deeds are shown
    this.answers = ''; // the message that is answered
    this.unread = 0;
    element('text').setAttribute('placeholder', words('Message'));
    document.querySelector('label[for=text]').textContent = words('Message');
    element('send').setAttribute('aria-label', words('Send'));
    element('people-button').setAttribute('aria-label', words('Who is here'));
    element('answering-off').setAttribute('aria-label', words('Do not answer it'));
    element('log').setAttribute('aria-label', words('Conversation'));
    element('people').setAttribute('aria-label', words('Who is here'));
    element('composer').addEventListener('submit', (event) => this.#say(event));
    element('text').addEventListener('input', () => this.#typed());
    element('text').addEventListener('keydown', (event) => {
      const isSent = event.key === 'Enter' && !event.shiftKey && !event.isComposing && matchMedia('(hover: hover)').matches;
      if (isSent) this.#say(event);
    });
    element('log').addEventListener('scroll', () => this.seen());
    element('answering-off').addEventListener('click', () => this.#answer(''));
    element('people-button').addEventListener('click', () => {
      const isOpen = (element('people').hidden = !element('people').hidden) === false;
      element('people-button').setAttribute('aria-expanded', String(isOpen));
    });
    setInterval(() => this.#drawTyping(), 1_000);
  }

  /** @param {Set<string>} changed ids of messages @param {boolean} all everything else has changed, too */
  draw(changed, all) {
    const log = element('log');
    const wasAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
    const isFirst = this.nodes.size === 0;
    if (all) {
      this.#drawState();
      this.#drawPeople();
      this.#drawMissing();
    }
    this.#drawMessages(isFirst ? new Set(this.client.talk.messages.keys()) : changed, isFirst);
    this.#drawTyping();
    this.#typed(false);
    if (wasAtEnd || isFirst) log.scrollTop = log.scrollHeight;
    this.seen();
  }

  /** What is on the screen was read, if the person looks at it. */
  seen() {
    const log = element('log');
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
    if (!document.hidden && document.hasFocus() && isAtEnd) {
      this.unread = 0;
      this.client.read();
    }
    const { title } = this.client;
    document.title = this.unread ? `(${this.unread}) ${title}` : title || 'lanchat';
  }

  // --- the talk
  #drawMessages(changed, isFirst) {
    const log = element('log');
    const { messages } = this.client.talk;
    const fresh = document.createDocumentFragment();
    for (const id of changed) {
      const message = messages.get(id);
      const old = this.nodes.get(id);
      if (!message) {
        old?.remove();
        this.nodes.delete(id);
        continue;
      }
      const node = this.#message(message);
      this.nodes.set(id, node);
      if (old && (old.dataset.seq === node.dataset.seq)) {
        old.replaceWith(node);
        continue;
      }
      old?.remove();
      if (!isFirst) node.classList.add('fresh');
      fresh.append(node);
      if (!isFirst && !old && message.author !== this.client.myKey) this.unread += 1;
    }
    log.append(fresh);
    while (log.childElementCount > SHOWN_MOST) {
      this.nodes.delete(log.firstElementChild.dataset.id);
      log.firstElementChild.remove();
    }
  }

  /** Of another Log, after the host's computer changed: what is not in it any more goes. */
  #drawMissing() {
    for (const [id, node] of this.nodes) {
      if (this.client.talk.messages.has(id)) continue;
      node.remove();
      this.nodes.delete(id);
    }
  }

  /** @param {Message} message */
  #message(message) {
    const isMine = message.author === this.client.myKey;
    const node = make('article', isMine ? 'message mine' : 'message');
    Object.assign(node.dataset, { id: message.id, seq: message.seq });
    const bubble = make('div', 'bubble');
    if (!isMine) {
      const { name, isGuest } = this.#who(message.author);
      node.style.setProperty('--person', `var(--person-${parseInt(message.author.slice(0, 2), 16) % 8})`);
      const avatar = make('span', 'avatar', [...name][0] ?? '?');
      avatar.setAttribute('aria-hidden', 'true');
      node.append(avatar);
      bubble.append(make('div', 'author', name, ...(isGuest ? [make('span', 'guest', ` · ${words('guest')}`)] : [])));
    }
    const quoted = message.replyTo && this.client.talk.messages.get(message.replyTo);
    if (quoted) bubble.append(make('span', 'quote', make('b', '', this.#who(quoted.author).name), this.#brief(quoted)));
    if (message.file && !message.isDeleted) bubble.append(make('div', 'file', make('b', '', message.file.name)));
    if (message.isDeleted) bubble.append(make('span', 'words gone', words('This message was deleted')));
    else if (message.text) bubble.append(make('span', 'words', message.text));
    else if (!message.file) bubble.append(make('span', 'words gone', words('Something that this page cannot show')));
    bubble.append(make('span', 'time', this.#mark(message, isMine)));
    node.append(bubble);
    this.#addReactions(node, message);
    if (this.opened === message.id) this.#addDeeds(node, message);
    bubble.tabIndex = 0;
    bubble.addEventListener('click', () => this.#open(message.id));
    bubble.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === ' ') this.#open(message.id);
    });
    return node;
  }

  /** The time, and how far a message of mine came. @param {Message} message @param {boolean} isMine */
  #mark(message, isMine) {
    const time = new Date(message.at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
    const edited = message.isEdited ? `${words('edited')} · ` : '';
    if (!isMine) return `${edited}${time}`;
    if (message.state === 'refused') return words('Not sent: the room does not take it');
    if (message.state === 'waiting') return `${edited}${words('Waits to be sent')}`;
    return `${edited}${time} ${message.seq <= this.client.delivered ? '✓✓' : '✓'}`;
  }

  #addReactions(node, message) {
    if (!message.reactions.size) return;
    const chips = [...message.reactions].map(([emoji, authors]) => {
      const isMine = authors.has(this.client.myKey);
      const label = counted(authors.size, `${emoji}, 1 person`, `${emoji}, {n} people`);
      const chip = makeButton(label, () => this.#react(message, emoji, !isMine), `${emoji} ${authors.size}`);
      chip.setAttribute('aria-pressed', String(isMine));
      return chip;
    });
    node.append(make('div', 'reactions', ...chips));
  }

  #addDeeds(node, message) {
    if (message.isDeleted || message.state !== 'in') return;
    const deeds = [makeButton(words('Reply'), () => this.#answer(message.id))];
    for (const emoji of REACTIONS) {
      const isMine = message.reactions.get(emoji)?.has(this.client.myKey) ?? false;
      deeds.push(makeButton(words('React with {emoji}', { emoji }), () => this.#react(message, emoji, !isMine), emoji));
    }
    node.append(make('div', 'deeds', ...deeds));
  }

  #open(id) {
    const before = this.opened;
    this.opened = before === id ? '' : id;
    this.#drawMessages(new Set([before, id].filter((one) => this.nodes.has(one))), false);
    const node = this.nodes.get(id);
    if (this.opened) node?.scrollIntoView({ block: 'nearest' });
    node?.querySelector(this.opened ? '.deeds button' : '.bubble')?.focus({ preventScroll: true });
  }

  // --- what the person does
  #say(event) {
    event.preventDefault();
    const field = element('text');
    const text = field.value.trim();
    if (!text) return;
    const most = this.client.limits.text_characters;
    const pieces = [...text];
    const target = this.answers ? bytesOfHex(this.answers) : null;
    this.client.say(textPayload(pieces.slice(0, most).join(''), target));
    field.value = pieces.slice(most).join('');
    this.#answer('');
    this.#typed(false);
    const log = element('log');
    requestAnimationFrame(() => (log.scrollTop = log.scrollHeight));
  }

  #react(message, emoji, isOn) {
    this.opened = '';
    this.client.say({ kind: isOn ? '+react' : '+unreact', target: bytesOfHex(message.id), body: bytesOf(emoji) });
    this.#drawMessages(new Set([message.id]), false);
  }

  /** @param {string} id of the message to answer; '': none */
  #answer(id) {
    this.answers = id;
    const message = id && this.client.talk.messages.get(id);
    if (message && this.opened) this.#open(this.opened); // its deeds are no longer needed
    element('answering').hidden = !message;
    if (!message) return;
    const name = this.#who(message.author).name;
    element('answering-words').textContent = `${words('Reply to {name}', { name })}: ${this.#brief(message)}`;
    element('text').focus();
  }

  #typed(isByPerson = true) {
    const field = element('text');
    element('send').disabled = !field.value.trim();
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight}px`;
    if (isByPerson && field.value) this.client.typing();
  }

  // --- around the talk
  #drawState() {
    const { phase, title, talk, missed, kept } = this.client;
    element('title').textContent = title;
    element('dot').className = phase === 'in' ? 'in' : '';
    const connected = `${words('Connected')} · ${counted(talk.here.size, '1 here', '{n} here')}`;
    element('state').textContent = phase === 'in' ? connected : words('Not connected');
    const banner = element('banner');
    banner.hidden = !(phase === 'away' || (phase === 'in' && missed > 0));
    if (phase === 'away') {
      const waits = kept?.outbox.length ? ` ${words('What you write is kept on this phone and sent then.')}` : '';
      banner.textContent = words('Looking for the room again… Is this phone still in the Wi-Fi of the others?') + waits;
    } else if (!banner.hidden) {
      banner.textContent = counted(missed, 'Back. 1 message meanwhile.', 'Back. {n} messages meanwhile.');
    }
  }

  #drawPeople() {
    const { talk } = this.client;
    const here = [...talk.here].map((key) => talk.people.get(key)).filter(Boolean);
    const groups = [
      [words('Here'), here.filter((person) => !person.isGuest)],
      [words('Guests'), here.filter((person) => person.isGuest)],
    ];
    element('people').replaceChildren(
      ...groups.filter(([, people]) => people.length).flatMap(([name, people]) => [
        make('h2', '', name),
        make('ul', '', ...people.map(({ key, nick }) => make('li', '', key === this.client.myKey ? `${nick} (${words('you')})` : nick))),
      ]),
    );
  }

  #drawTyping() {
    const { typists, typistsAt } = this.client;
    const names = Date.now() - (typistsAt ?? 0) < TYPING_MS ? typists.map((key) => this.#who(key).name) : [];
    const many = words('{names} are typing…', { names: names.join(', ') });
    element('typing').textContent =
      names.length === 0 ? '' : names.length === 1 ? words('{name} is typing…', { name: names[0] }) : many;
  }

  #who(key) {
    const person = this.client.talk.people.get(key);
    return { name: person?.nick || words('Somebody'), isGuest: person?.isGuest ?? false };
  }

  /** @param {Message} message */
  #brief(message) {
    return message.text || message.file?.name || words('This message was deleted');
  }
}
