"""Export: writes a room's history to a file, as plain text, JSON lines or one HTML page. Any thread that has a Reader.

Pages are read and written one after the other, so that a long history takes little memory. What peers wrote is cleaned,
and escaped where the format has syntax; the page shows it formatted, the other forms as it was written. What waits to
come into the room's Log is not in the file: it has no place yet.
"""

from __future__ import annotations

import html
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import msgspec

from lanchat.core.dates import clock, full_date, moment
from lanchat.core.file_words import offer_facts, offer_line, offer_words
from lanchat.core.limits import TITLE_CHARACTERS
from lanchat.core.message import Message, deletion_words
from lanchat.core.model import MemberKey, RoomId
from lanchat.core.nicks import Lookalikes, Nicks, seems_marked
from lanchat.core.slash_table import action_of, as_line
from lanchat.core.text import clean_line, clean_nick, clean_text
from lanchat.core.translate import _
from lanchat.storage import data_folder
from lanchat.storage.errors import writing_a_file
from lanchat.storage.html_text import STYLE, html_of
from lanchat.storage.reader import Reader
from lanchat.trust.identity import badge

_MESSAGES_AT_ONCE = 1_000
_QUOTE_CHARACTERS = 100

_PAGE_BEGINNING = """<!doctype html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.45 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }}
h2 {{ font-size: 0.9rem; font-weight: 600; opacity: 0.6; margin: 2rem 0 0.5rem; text-align: center; }}
p {{ margin: 0.35rem 0; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }}
time {{ font-size: 0.8rem; opacity: 0.6; font-variant-numeric: tabular-nums; }}
{style}</style></head>
<body><h1>{title}</h1>
"""


def export(
    reader: Reader, room_id: RoomId, path: Path, form: str, tell: Callable[[int], None] = lambda count: None
) -> int:  # fmt: skip
    """Write the room's history to `path`, which must not exist, readable by nobody else; how many messages it has.

    `form`: one of FORMS. `tell` is called after each page with the number of messages so far. Raises StorageProblem,
    and KeyError for a room that is not kept.
    """
    record = reader.room(room_id)
    if record is None:
        raise KeyError("no such room is kept")
    said = _ExportLines(reader, room_id, tell)
    with writing_a_file():
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, data_folder.PRIVATE_FILE)
        try:
            with open(descriptor, "w", encoding="utf-8", newline="\n") as file:
                for piece in FORMS[form](clean_line(record.title, TITLE_CHARACTERS), said):
                    file.write(piece)
        except BaseException:
            path.unlink()  # half a history would pass for a whole one
            raise
    return said.count


class _ExportLine(NamedTuple):
    """A message with what the file shows of it."""

    message: Message
    nick: str
    at: datetime
    #: Cleaned; of an offer of files what is said beside them; "" for a message that was deleted, or of a kind that this
    #: program does not know.
    text: str
    said: str  #: in its place, for people, where it was deleted or is of such a kind
    quoted: str = ""  #: the beginning of what it answers, with its author
    reactions: str = ""  #: with those who reacted so
    edited: str = ""
    files: str = ""  #: that it offers: their name and size
    mark: str = ""  #: of a guest's message

    @property
    def name(self) -> str:
        """Who wrote it, for people."""
        return f"{self.nick} {self.mark}".rstrip()


class _ExportLines:
    """The messages of a room, oldest first, read page by page. `count`: how many so far."""

    def __init__(self, reader: Reader, room_id: RoomId, tell: Callable[[int], None]) -> None:
        self.count = 0
        self._tell = tell
        self._reader = reader
        self._room_id = room_id
        self._people = Nicks({})
        self._people.learn(reader.all_cards())
        self._nicks = _told_apart(reader.nicks())

    def __iter__(self) -> Iterator[_ExportLine]:
        seq = 0
        while page := self._reader.after(self._room_id, seq, _MESSAGES_AT_ONCE):
            for message in page:
                self.count += 1
                yield self._line(message)
            seq = page[-1].seq
            self._tell(self.count)

    def _line(self, message: Message) -> _ExportLine:
        quote = message.quote
        by_emoji = (f"{one.emoji} {', '.join(map(self._called, one.members))}" for one in message.reactions)
        return _ExportLine(
            message, self._called(message.author), moment(message.written_at), clean_text(message.text),
            said=self._instead(message),
            quoted=as_line(self._called(quote.author), clean_line(quote.text, _QUOTE_CHARACTERS)) if quote else "",
            reactions=" · ".join(by_emoji),
            edited=_("(edited)") if message.edited_at else "",
            files=offer_words(message.offer) if message.offer else "",
            mark=self._people.mark(message.author),
        )  # fmt: skip

    def _called(self, key: MemberKey) -> str:
        return self._nicks.get(key) or badge(key)

    def _instead(self, message: Message) -> str:
        """What is said in the place of a message that cannot be shown; "" for one that can."""
        if not message.deleted:
            return "" if message.is_known else _("(something a newer lanchat wrote)")
        return deletion_words(message.author, message.deleted_by, self._called)


def _told_apart(nicks: dict[MemberKey, str]) -> dict[MemberKey, str]:
    """Cleaned nicks; one that looks like another member's has the key's badge added."""
    clean = {key: clean_nick(nick) for key, nick in nicks.items()}
    alike: Lookalikes[MemberKey] = Lookalikes()
    for key, nick in clean.items():
        alike.call(key, nick)
    return {
        key: f"{nick} ({badge(key)})" if seems_marked(nick) else alike.apart(key, nick, badge(key))
        for key, nick in clean.items()
        if nick
    }


def _plain(title: str, said: Iterable[_ExportLine]) -> Iterator[str]:
    yield f"{title}\n"
    for day, lines in groupby(said, lambda line: line.at.date()):
        yield f"\n{full_date(day)}\n"
        for line in lines:
            text = as_line(line.name, line.said or f"{line.text} {line.edited}".rstrip())
            if line.message.offer is not None:
                text = offer_line(line.name, line.message.offer)
            more = [f"  > {line.quoted}"] if line.quoted else []
            more += [f"  {line.reactions}"] if line.reactions else []
            yield f"{clock(line.at)} " + "\n".join([text, *more]).replace("\n", "\n      ") + "\n"


def _json_lines(title: str, said: Iterable[_ExportLine]) -> Iterator[str]:
    for line in said:
        message = line.message
        told = {
            "room": title, "seq": message.seq, "id": message.message_id.hex(), "from": message.author.hex(),
            "nick": line.nick, "kind": message.content.kind, "text": line.text, "sent_at": message.sent_at,
            "received_at": message.received_at, "edited_at": message.edited_at, "pinned": message.pinned,
            "reply_to": message.reply_to.hex() if message.reply_to else "", "deleted": message.deleted,
            "deleted_by": message.deleted_by.hex() if message.deleted_by else "",
            "reactions": {one.emoji: [key.hex() for key in one.members] for one in message.reactions},
        }  # fmt: skip
        if line.mark:
            told["guest"] = True
        if message.offer is not None:
            told["file"] = offer_facts(message.offer)
        yield msgspec.json.encode(told).decode() + "\n"


def _page(title: str, said: Iterable[_ExportLine]) -> Iterator[str]:
    yield _PAGE_BEGINNING.format(title=html.escape(title), style=STYLE)
    for day, lines in groupby(said, lambda line: line.at.date()):
        yield f"<h2>{html.escape(full_date(day))}</h2>\n"
        for line in lines:
            action = "" if line.files else action_of(line.text)
            nick, text = html.escape(f"* {line.name}" if action else line.name), html_of(action or line.text)
            at = f'<time datetime="{line.at.isoformat(timespec="seconds")}">{html.escape(clock(line.at))}</time>'
            if line.said:
                yield f"<p>{at} <b><bdi>{nick}</bdi></b> <bdi><i>{html.escape(line.said)}</i></bdi></p>\n"
                continue
            if line.files:
                sent = html.escape(_("sent {files}").format(files=line.files))
                yield f"<p>{at} <b><bdi>{nick}</bdi></b> <bdi><i>{sent}</i></bdi></p>\n"
                if line.text:
                    yield f'<p class="item"><bdi>{text.inline}</bdi></p>\n{text.blocks}'
            else:
                edited = f" <small>{html.escape(line.edited)}</small>" if line.edited else ""
                yield f"<p>{at} <b><bdi>{nick}</bdi></b> <bdi>{text.inline}</bdi>{edited}</p>\n{text.blocks}"
            if line.quoted:
                yield f"<blockquote><small>{html.escape(line.quoted)}</small></blockquote>\n"
            if line.reactions:
                yield f'<p class="item"><small>{html.escape(line.reactions)}</small></p>\n'
    yield "</body></html>\n"


FORMS: Mapping[str, Callable[[str, Iterable[_ExportLine]], Iterator[str]]] = {
    "txt": _plain,
    "json": _json_lines,
    "html": _page,
}
