"""FilesPage: all files that were offered in a room: how many of each kind, filtered, by day, with what can be done.

They are read in the background, a page at a time. Tk thread.
"""

from __future__ import annotations

import tkinter as tk
from functools import partial

from lanchat.core.message import Message
from lanchat.core.model import EntryId, MemberKey
from lanchat.core.sizes import size_words
from lanchat.core.text import clean_line
from lanchat.core.translate import _, ngettext
from lanchat.desktop.model.files import is_here
from lanchat.desktop.pages.file_list import FileList
from lanchat.desktop.pages.offer_filters import OfferFilters
from lanchat.desktop.pages.offer_loader import PAGE, OfferAnswer, OfferLoader, OfferQuery
from lanchat.desktop.picture_viewer import view_picture
from lanchat.desktop.room_header import HEADER_HEIGHT
from lanchat.desktop.view_context import FilesOf, ViewContext, room_of
from lanchat.desktop.widgets.buttons import IconButton
from lanchat.desktop.widgets.keyboard import tab_order
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.desktop.widgets.text_field import TextField
from lanchat.desktop.widgets.tk_events import DelayedCalls, on_key
from lanchat.engine.events import (
    CardsCame,
    Event,
    FileChanged,
    FilesKnown,
    Forgotten,
    MessagesAdded,
    MessagesChanged,
    ProfileChanged,
)
from lanchat.storage.offers import OfferCounts, OfferFilter, OfferKind, OfferOrder
from lanchat.storage.search_filters import is_called

_FIELD, _FIELD_HIGH = 220, 36  # design pixels, as all sizes here
_SIDE = 20
_FIELD_SHARE = 0.3  # of the width, at most
_TYPED_MS = 150
_MOST_RELOADED = 600  # messages: of more, those further down are read again when one scrolls there
_NAME_CHARACTERS = 30


class FilesPage(tk.Frame):
    def __init__(self, master: tk.Misc, context: ViewContext, place: FilesOf) -> None:
        theme, px = context.theme, context.theme.px
        super().__init__(master, bg=theme.palette.chat)
        self._context = context
        self.room_id = place.room_id
        self._wanted = OfferFilter()
        self._order: OfferOrder = "newest"
        self._files: list[Message] = []
        self._strip: tuple[Message, ...] = ()
        self._known: set[EntryId] = set()  # messages that were read
        self._counts: OfferCounts | None = None
        self._all_here = False  # there are no more than those in _files
        self._calls = DelayedCalls(self)
        self._loader = OfferLoader(self, context, place.room_id, self._answered)
        self._build_header().pack(fill="x")
        tk.Frame(self, bg=theme.palette.line, height=px(1)).pack(fill="x")
        self.filters = OfferFilters(self, context, self._filter, self._choose_person, self._choose_order)
        self.filters.pack(fill="x", padx=px(_SIDE), pady=(px(12), px(4)))
        self.says = Paragraph(self, theme, "", "small", "mute")
        self.files = FileList(self, context, place.room_id, self._view, self._load_more)
        self.files.pack(fill="both", expand=True)
        tab_order(self._head, self.filters, self.files)
        self._columns = 0
        self.files.canvas.bind("<Configure>", lambda _event: self._resized(), add="+")
        self._show_title()
        self._load()

    def _build_header(self) -> tk.Frame:
        context, theme, px = self._context, self._context.theme, self._context.theme.px
        head = self._head = tk.Frame(self, bg=theme.palette.chat, height=px(HEADER_HEIGHT))
        head.pack_propagate(False)
        back = IconButton(head, theme, "left", _("Back (Esc)"), context.back)
        back.pack(side="left", padx=(px(12), px(12)))
        self.field = TextField(
            head, theme, "", _("Name or person"), icon="search", on_change=self._typed, height=_FIELD_HIGH, font="room",
            on_enter=lambda _words: self.files.enter(),
        )  # fmt: skip
        head.bind("<Configure>", lambda event: self.field.inside.configure(
            width=min(px(_FIELD), round(event.width * _FIELD_SHARE))))  # fmt: skip
        self.field.pack(side="right", padx=(px(12), px(12)))
        for key, rows in (("<Up>", -1), ("<Down>", 1)):
            on_key(self.field.field, key, partial(self._move, rows))
        words = tk.Frame(head, bg=theme.palette.chat)
        words.pack(side="left", fill="x", expand=True)
        self._title = Label(words, theme, "", "title", "strong", tall=True)
        self._title.pack(fill="x")
        self.about = Label(words, theme, "", "small", "mute")
        self.about.pack(fill="x")
        tab_order(back, words, self.field)
        return head

    def heard(self, event: Event) -> None:
        match event:
            case Forgotten(room_id) if room_id == self.room_id:
                return
            case FileChanged() | FilesKnown() if room_of(event) == self.room_id:
                self._context.draw_soon(self, self._show_states)
            case MessagesAdded(room_id, messages) if room_id == self.room_id:
                if any(message.offer is not None for message in messages):
                    self._calls.do("reload", self._reload, _TYPED_MS)
            case MessagesChanged(room_id, messages) if room_id == self.room_id:
                if any(message.message_id in self._known and message.deleted for message in messages):
                    self._calls.do("reload", self._reload, _TYPED_MS)
            case CardsCame() | ProfileChanged():
                self._context.draw_soon(self, self._show_people)
            case _:
                pass

    def focus_first(self) -> None:
        self.files.canvas.focus_set()

    # --- what is wanted ----------------------------------------------------------------------------------------------
    def _filter(self, kind: OfferKind | None) -> None:
        self._want(OfferFilter((kind,) if kind else (), self._wanted.author, self._wanted.words, self._wanted.called))

    def _choose_person(self, author: MemberKey | None) -> None:
        self._want(OfferFilter(self._wanted.kinds, author, self._wanted.words, self._wanted.called))

    def _choose_order(self, order: OfferOrder) -> None:
        self._order = order
        self._want(self._wanted)

    def _typed(self, words: str) -> None:
        self._calls.restart("typed", partial(self._search, words), _TYPED_MS)

    def _search(self, words: str) -> None:
        words = " ".join(words.split())
        people, authors = self._context.state.room(self.room_id).people, self._counts.authors if self._counts else ()
        called = frozenset(one for one in authors if words and is_called(people.called(one), (words,)))
        if words != self._wanted.words:
            self._want(OfferFilter(self._wanted.kinds, self._wanted.author, words, called))

    def _want(self, wanted: OfferFilter) -> None:
        self._wanted = wanted
        self._show_filters()
        self._load()

    def _load(self, limit: int = PAGE) -> None:
        self._loader.ask(OfferQuery(self._wanted, self._order, limit))

    def _reload(self) -> None:
        """Files were offered or deleted."""
        self._load(min(_MOST_RELOADED, max(PAGE, len(self._files))))

    def _load_more(self) -> None:
        if not (self._all_here or self._loader.busy or not self._files):
            self._loader.ask(OfferQuery(self._wanted, self._order, after=self._files[-1]))

    # --- what there is -----------------------------------------------------------------------------------------------
    def _answered(self, answer: OfferAnswer) -> None:
        if (answer.query.wanted, answer.query.order) != (self._wanted, self._order):
            return
        if answer.query.after is None:
            self._files, self._strip = list(answer.files), answer.strip
        else:
            self._files += answer.files
        self._known |= {message.message_id for message in (*answer.files, *answer.strip)}
        self._all_here = answer.is_all
        self._counts = answer.counts or self._counts
        self._show_filters()
        self._show_states()
        self._show_rows()
        self._say(answer.problem or self._nothing())

    def _nothing(self) -> str:
        if self._files or self._strip:
            return ""
        if self._counts is None or not self._counts.all:
            return _("Nobody has sent a file here yet. Drop one on the conversation, or press the + beside the field.")
        return _("No file matches. Choose another kind or person, or type less of its name.")

    def _say(self, words: str) -> None:
        self.says.text(words)
        if words:
            self.says.pack(fill="x", padx=self._context.theme.px(_SIDE), pady=self._context.theme.px(12),
                           before=self.files)  # fmt: skip
        else:
            self.says.pack_forget()

    def _resized(self) -> None:
        if self.files.columns != self._columns:
            self._show_rows()

    def _show_rows(self) -> None:
        self._columns = self.files.columns
        tiles = self._wanted.kinds == (OfferKind.PICTURE,)
        self.files.fill(self._strip, self._files, tiles=tiles, by_day=self._order != "largest")

    def _show_title(self) -> None:
        room = self._context.state.find(self.room_id)
        thread = self._context.state.threads.get(self.room_id)
        if thread is not None:
            self._title.text(_("Files with {name}").format(name=thread.shown))
        elif room is not None:
            self._title.text(_("Files in {room}").format(room=room.shown))

    def _show_states(self) -> None:
        """How many there are, and are here."""
        if self._counts is not None:
            count = self._counts.all
            here = sum(map(is_here, self._context.state.room(self.room_id).files.values()))
            words = [ngettext("{n} file", "{n} files", count).format(n=count)]
            if count:
                words.append(size_words(self._counts.size))
                words.append(_("{n} on this computer").format(n=min(here, count)))
            self.about.text(" · ".join(words))
        self.files.redraw()

    def _show_filters(self) -> None:
        kind = self._wanted.kinds[0] if self._wanted.kinds else None
        self.filters.show(self._counts, kind, self._wanted.author, self._order, self._called)

    def _show_people(self) -> None:
        """Somebody is called otherwise now, or looks otherwise."""
        self._show_filters()
        self.files.redraw()

    def _called(self, member: MemberKey) -> str:
        return clean_line(self._context.state.room(self.room_id).people.called(member), _NAME_CHARACTERS)

    def _move(self, rows: int) -> None:
        self.files.canvas.focus_set()
        self.files.move(rows)

    def _view(self, message: Message) -> None:
        view_picture(self._context, self.room_id, message)
