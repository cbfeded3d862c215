/**
 * One message as it stands in the log. What is done with it is told by `data-deed` of its buttons (see log_view.js).
 *
 * @typedef {import('./talk.js').Message} Message
 */
import { bytesOfHex } from './bytes.js';
import { make, makeButton, makeWords } from './dom.js';
import { drawFile } from './file_view.js';
import { drawFormatted, unformatted } from './formatting.js';
import { colourOf, initialsOf } from './person_look.js';
import { dates, words } from './words.js';

let clock; // made with the first message: the language of the words is known by then
const REACTIONS = ['👍', '❤️', '😂', '🎉', '😮', '🙏'];

/** @param {import('./client.js').GuestClient} client @param {string} key */
export function whoIs(client, key) {
  const person = client.talk.people.get(key);
  const colour = person?.colour ?? colourOf(bytesOfHex(key), {});
  return { name: person?.nick || words('Somebody'), isGuest: person?.isGuest ?? false, colour };
}

/** @param {Message} message in a few words */
export function brief(message) {
  if (message.isDeleted) return words('This message was deleted');
  return unformatted(message.text) || message.file?.name || words('Something that this page cannot show');
}

/** @param {import('./client.js').GuestClient} client @param {Message} message @param {boolean} isOpen its deeds are shown */
export function drawMessage(client, message, isOpen) {
  const isMine = message.author === client.myKey;
  const author = whoIs(client, message.author);
  const { name, isGuest } = author;
  const node = make('article', isMine ? 'message mine' : 'message');
  node.dataset.id = message.id;
  const bubble = make('div', 'bubble');
  if (isMine) {
    bubble.append(make('span', 'hidden', words('You')));
  } else {
    node.append(drawAvatar(node, author));
    bubble.append(makeWords('div', 'author', name, ...(isGuest ? [make('span', 'guest', ` · ${words('guest')}`)] : [])));
  }
  const quoted = message.replyTo && client.talk.messages.get(message.replyTo);
  if (quoted && !message.isDeleted) {
    const quote = make('blockquote', 'quote', makeWords('b', '', whoIs(client, quoted.author).name));
    quote.append(makeWords('span', '', brief(quoted)));
    bubble.append(quote);
  }
  const isShown = !message.isDeleted && (message.text || message.file);
  if (message.file && !message.isDeleted) bubble.append(drawFile(client, message));
  const body = makeWords('div', 'body');
  if (!isShown) body.append(make('span', 'words gone', brief(message)));
  else if (message.text) body.append(make('span', 'words', ...drawFormatted(message.text)));
  body.append(drawMark(client, message, isMine));
  bubble.append(body);
  const row = make('div', 'row', bubble);
  node.append(row);
  if (message.state === 'in' && !message.isDeleted) {
    const more = makeButton(words('Answer or react to {name}', { name: isMine ? words('you') : name }), 'open', '⋯');
    more.className = 'more';
    more.tabIndex = -1; // the arrow keys lead from one to the next
    more.setAttribute('aria-expanded', String(isOpen));
    row.append(more);
  }
  if (message.reactions.size) node.append(drawReactions(client, message));
  if (isOpen) node.append(drawDeeds(client, message));
  return node;
}

/** The initials of a name: a guest's in a ring. @param {HTMLElement} node that is about this person */
export function drawAvatar(node, { name, colour, isGuest }) {
  node.dataset.person = colour;
  const avatar = make('span', isGuest ? 'avatar ring' : 'avatar', initialsOf(name));
  avatar.setAttribute('aria-hidden', 'true');
  return avatar;
}

/** When it was said, and how far a message of mine came. */
function drawMark(client, message, isMine) {
  clock ??= dates({ hour: 'numeric', minute: '2-digit' });
  const time = clock.format(message.at);
  const mark = make('span', 'mark');
  if (message.isEdited) mark.append(`${words('edited')} · `);
  if (message.problem === 'lost') mark.append(words('Not sent: the page was closed before'));
  else if (message.state === 'refused') mark.append(words('Not sent: the room does not take it'));
  else if (message.state === 'waiting') mark.append(words('Waits to be sent'));
  else mark.append(make('bdi', '', time));
  if (isMine && message.state === 'in') {
    const isDelivered = message.seq <= client.room.delivered;
    const ticks = make('span', 'ticks', isDelivered ? '✓✓' : '✓');
    ticks.setAttribute('role', 'img');
    ticks.setAttribute('aria-label', isDelivered ? words('somebody else has it, too') : words('sent'));
    mark.append(' ', ticks);
  }
  return mark;
}

function drawReactions(client, message) {
  const chips = [...message.reactions].map(([emoji, authors]) => {
    const names = [...authors].map((key) => (key === client.myKey ? words('you') : whoIs(client, key).name));
    const chip = makeButton(`${emoji} ${names.join(', ')}`, 'react', `${emoji} ${authors.size}`);
    chip.dataset.emoji = emoji;
    chip.title = `${emoji} ${names.join(', ')}`;
    chip.setAttribute('aria-pressed', String(authors.has(client.myKey)));
    return chip;
  });
  return make('div', 'reactions', ...chips);
}

function drawDeeds(client, message) {
  const deeds = [makeButton(words('Reply'), 'answer')];
  for (const emoji of REACTIONS) {
    const button = makeButton(words('React with {emoji}', { emoji }), 'react', emoji);
    button.dataset.emoji = emoji;
    button.setAttribute('aria-pressed', String(message.reactions.get(emoji)?.has(client.myKey) ?? false));
    deeds.push(button);
  }
  return make('div', 'deeds', ...deeds);
}
