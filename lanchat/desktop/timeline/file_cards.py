"""FileCards: the cards and pictures of the rows in view: which image is shown in each, and when it changes. Tk thread.

A row out of view keeps only its room. When it comes near, its card is painted; a picture is first its preview, then,
as soon as it is here and decoded in the background, itself. What a card says changes by painting over its image: no
line is laid out again, and what is selected or under the pointer stays.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import partial
from pathlib import Path

from PIL import Image, ImageTk

from lanchat.core.file_words import shown_file_name
from lanchat.core.model import EntryId, RoomId
from lanchat.desktop.model.files import FileAction, action_words, actions_on, is_here, state_in, status_of
from lanchat.desktop.pictures.photo_cache import PhotoCache
from lanchat.desktop.pictures.picture_decoding import LoadedPicture, PictureFrame, loaded_picture, loaded_preview
from lanchat.desktop.pictures.picture_loader import PictureLoader, Wish
from lanchat.desktop.timeline.actions import DoFile
from lanchat.desktop.timeline.file_painter import RADIUS, CardSpot, FilePainter, PaintedCard
from lanchat.desktop.timeline.laid_out_row import FilePlace, LaidOutRow
from lanchat.desktop.timeline.moving_pictures import MovingPictures
from lanchat.desktop.timeline.rows import MessageRow
from lanchat.desktop.timeline.text_view import TextView
from lanchat.desktop.timeline.voice_cards import VoiceCards
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.tk_events import DelayedCalls
from lanchat.engine.events import Event, FileChanged, FilesKnown, FileState

_AROUND = 4  # rows beyond those in view, on either side: their pictures are ready when they are scrolled to
_SOON_MS = 40
_MOST_PREVIEWS = 24  # kept as they are painted on, of pictures that are not here
_MOST_REMEMBERED = 500  # why pictures are not shown, and which move


class _ShownFile:
    """What is shown of one message now."""

    def __init__(self, row: LaidOutRow, message_id: EntryId, place: FilePlace) -> None:
        self.row = row
        self.message_id = message_id
        self.place = place
        self.photo: ImageTk.PhotoImage | None = None
        self.key: Hashable = None  #: of the photo
        self.spots: tuple[CardSpot, ...] = ()
        self.over: CardSpot | None = None  #: under the pointer
        self.painted: object = None  #: what it was painted from
        self.words = ""  #: what can be read on it


class FileCards:
    def __init__(self, context: ViewContext, room_id: RoomId, view: TextView) -> None:
        self._context = context
        self._room_id = room_id
        self._view = view
        self._painter = FilePainter(context.theme)
        self._photos = PhotoCache(context.root)
        self._loader = PictureLoader(context.program, self._came)
        self._moving = MovingPictures(context.program, view.text)
        self._shown: dict[EntryId, _ShownFile] = {}
        self._voices = VoiceCards(context, view.text, self._painter, self._repaint)
        self._previews: dict[Hashable, Image.Image] = {}
        self._problems: dict[Hashable, str] = {}
        self._moves: set[Hashable] = set()
        self._hovered: _ShownFile | None = None
        self._seen: dict[EntryId, LaidOutRow] = {}  # the rows in view
        self._later = DelayedCalls(view.text)
        view.on_insert = self._inserted

    # --- for the timeline --------------------------------------------------------------------------------------------
    def heard(self, event: Event) -> None:
        if isinstance(event, FileChanged | FilesKnown) and event.room_id == self._room_id:
            changed = (event,) if isinstance(event, FileChanged) else event.files
            shown = [one for file in changed if (one := self._shown.get(file.message_id))]
            for one in shown:
                self._show(one)
            if any([one.place.pictured for one in shown]):
                self._wish()

    def look(self) -> None:
        """Show the files of the rows in view, at once; those around them, and no others, a moment later."""
        seen = self._rows_near(0)
        if seen.keys() == self._seen.keys() and all(seen[key] is self._seen[key] for key in seen):
            return
        self._seen = seen
        self._begin_all(seen)
        self._play()
        self._later.do("around", self._look_around, _SOON_MS)

    def _look_around(self) -> None:
        near = self._rows_near(_AROUND)
        for message_id in self._shown.keys() - near.keys():
            self._hide(self._shown.pop(message_id))
        self._begin_all(near)

    def _begin_all(self, rows: dict[EntryId, LaidOutRow]) -> None:
        for message_id, row in rows.items():
            one = self._shown.get(message_id)
            if one is None or one.row is not row:
                self._begin(message_id, row)
        self._wish()

    def _rows_near(self, around: int) -> dict[EntryId, LaidOutRow]:
        """The rows with files in view, and so many rows beyond."""
        view = self._view
        if not any([row.file is not None for row in view.rows]):  # asking Tk what is in view costs more
            return {}
        high = view.text.winfo_height()
        if high <= 1:
            return {}
        first, last = view.at(0, 0)[0], view.at(0, high)[0]
        near = view.rows[max(0, first - around) : last + 1 + around]
        return {row.row.message_id: row for row in near if row.file is not None and isinstance(row.row, MessageRow)}

    @property
    def is_settled(self) -> bool:
        """Nothing is being decoded."""
        return self._loader.is_idle

    @property
    def playing(self) -> int:
        """How many pictures move."""
        return self._moving.count

    def problem_of(self, message_id: EntryId) -> str:
        """Why a picture in view is not shown, in plain words."""
        one = self._shown.get(message_id)
        path = self._context.state.room(self._room_id).files[message_id].path if one is not None else ""
        return self._problems.get(self._real_key(one, path), "") if one is not None else ""

    def drop(self) -> None:
        """Drop all images, when the timeline is destroyed."""
        self._loader.close()
        for waits in ("around", "look"):
            self._later.cancel(waits)
        self._moving.close()
        self._voices.close()
        self._shown.clear()
        self._photos.clear()
        self._hovered = None

    # --- for the pointer ---------------------------------------------------------------------------------------------
    def hover(self, x: int, y: int) -> tuple[DoFile, str] | None:
        """What a click at these pixels of the Text does, and its tip; it stands out."""
        one, spot = self._at(x, y)
        if self._hovered is not None and self._hovered is not one:
            self._point(self._hovered, None)
        self._hovered = one
        if one is None:
            return None
        self._point(one, spot)
        return (self._action(one, spot, x), spot.tip) if spot is not None else None

    def leave(self) -> None:
        """The pointer is on none of them."""
        if self._hovered is not None:
            self._point(self._hovered, None)
            self._hovered = None

    def action_at(self, x: int, y: int) -> DoFile | None:
        """What a click at these pixels of the Text does."""
        one, spot = self._at(x, y)
        return self._action(one, spot, x) if one is not None and spot is not None else None

    def play(self, wanted: DoFile) -> None:
        """Play a voice message, or stop it."""
        now = self._context.state.room(self._room_id).files.get(wanted.message_id)
        if now is not None and is_here(now):
            share = wanted.share if wanted.action is FileAction.SEEK else None
            self._voices.play(wanted.message_id, Path(now.path), share)

    def spots_of(self, message_id: EntryId) -> tuple[CardSpot, ...]:
        """What can be pressed on the card of a message in view."""
        one = self._shown.get(message_id)
        return one.spots if one is not None else ()

    def _action(self, one: _ShownFile, spot: CardSpot, x: int) -> DoFile:
        if spot.action is not FileAction.SEEK:
            return DoFile(one.message_id, spot.action)
        box = self._view.text.bbox(self._view.place_of_file(one.row)) or (0, 0, 0, 0)
        left, _top, right, _bottom = spot.box
        return DoFile(one.message_id, spot.action, (x - box[0] - left) / max(1, right - left))

    def _repaint(self, message_id: EntryId) -> None:
        one = self._shown.get(message_id)
        if one is not None and any(row is one.row for row in self._view.rows):  # else another row is in its place now
            self._show(one)

    def _at(self, x: int, y: int) -> tuple[_ShownFile | None, CardSpot | None]:
        if not self._view.rows:
            return None, None
        row = self._view.rows[self._view.at(x, y)[0]]
        one = self._shown.get(row.row.message_id) if isinstance(row.row, MessageRow) else None
        box = self._view.text.bbox(self._view.place_of_file(row)) if one is not None and one.row is row else None
        if one is None or box is None:
            return None, None
        left, top = x - box[0], y - box[1]
        if not (0 <= left < one.place.size[0] and 0 <= top < one.place.size[1]):
            return None, None
        return one, next((spot for spot in one.spots if spot.holds(left, top)), None)

    def _point(self, one: _ShownFile, spot: CardSpot | None) -> None:
        if one.over != spot:
            one.over = spot
            self._show(one)

    # --- what is shown -----------------------------------------------------------------------------------------------
    def _inserted(self, rows: Sequence[LaidOutRow]) -> None:
        """A row in view that was laid out again has its picture at once; what is new, when Tk has its place."""
        for row in rows:
            if row.file is not None and isinstance(row.row, MessageRow):
                self._later.do("look", self.look)
                if row.row.message_id in self._shown:
                    self._begin(row.row.message_id, row)

    def _begin(self, message_id: EntryId, row: LaidOutRow) -> None:
        assert row.file is not None
        one = self._shown.get(message_id)
        same = one is not None and one.place.size == row.file.size and one.place.around == row.file.around
        if one is None or not same:
            one = self._shown[message_id] = _ShownFile(row, message_id, row.file)
        one.row, one.place = row, row.file
        photo, one.photo = one.photo, None
        self._put(one, photo) if photo is not None else self._show(one)

    def _hide(self, one: _ShownFile) -> None:
        self._moving.stop(one.message_id)
        if one.photo is not None and one.row in self._view.rows:
            self._view.show_file(one.row, None)
        if self._hovered is one:
            self._hovered = None

    def _show(self, one: _ShownFile) -> None:
        """Show what is known of it now."""
        offer, place = one.place.offer, one.place
        now = state_in(self._context.state.room(self._room_id), one.message_id, offer)
        status = status_of(offer, now)
        actions = actions_on(now, offer.count)
        over = one.over.action if one.over is not None else None
        one.words = " · ".join([shown_file_name(offer), status.words, *map(action_words, actions)])
        if offer.is_voice:
            looks = (status, actions, over, self._voices.looks(offer, now))
            if looks != one.painted:
                card = self._voices.card(
                    one.message_id, offer, now, status, actions, place.size, place.around, over
                )
                self._paint(one, card, looks)
            return
        if not place.pictured:
            buttons = () if now.state is FileState.UNAVAILABLE else actions
            painted = (status, buttons, over)
            if painted != one.painted:
                card = self._painter.card(offer, status, buttons, place.size, place.around, over)
                self._paint(one, card, painted)
            return
        here = self._real_key(one, now.path)
        if is_here(now) and (photo := self._photos.get(here)) is not None:
            one.spots = (CardSpot((0, 0, *place.size), FileAction.OPEN),)
            one.painted, one.key = here, here
            self._put(one, photo)
            self._play()
        elif is_here(now) and here in self._problems:
            told = self._painter.told_picture(self._frame(place), offer, self._problems[here])
            self._paint(one, told, (here, self._problems[here]))
        elif (preview := self._previews.get(self._preview_key(one))) is not None:
            painted_from = (status, actions, over, is_here(now))
            if painted_from != one.painted:
                if is_here(now):  # for a moment, until it is decoded
                    card = PaintedCard(preview, (CardSpot((0, 0, *place.size), FileAction.OPEN),))
                else:
                    card = self._painter.offered_picture(preview, offer, status, actions, over)
                self._paint(one, card, painted_from)

    def _paint(self, one: _ShownFile, card: PaintedCard, painted: object) -> None:
        one.spots, one.painted = card.spots, painted
        one.key = ("painted", one.message_id, one.place.size)
        self._put(one, self._photos.put(one.key, card.image))

    def _put(self, one: _ShownFile, photo: ImageTk.PhotoImage) -> None:
        if photo is not one.photo:
            self._view.show_file(one.row, photo)
            one.photo = photo
            self._photos.hold({shown.key for shown in self._shown.values()})
            words = self._view.text.words_of_images
            for gone in words.keys() - {str(shown.photo) for shown in self._shown.values()}:
                del words[gone]
        self._view.text.words_of_images[str(photo)] = one.words

    def _play(self) -> None:
        """Those that move do, in view, and only there."""
        self._moving.stop_others(self._seen.keys())
        for message_id in self._seen:
            one = self._shown.get(message_id)
            if one is not None and one.photo is not None and one.key in self._moves:
                path = self._context.state.room(self._room_id).files[message_id].path
                self._moving.play(message_id, Path(path), self._frame(one.place), one.photo)

    # --- pictures ----------------------------------------------------------------------------------------------------
    def _wish(self) -> None:
        """Have the pictures decoded that are shown and not there yet: first the previews of those in view."""
        room = self._context.state.room(self._room_id)
        previews: list[Wish] = []
        real: list[Wish] = []
        for one in sorted(self._shown.values(), key=lambda one: one.message_id not in self._seen):
            if not one.place.pictured:
                continue
            now, frame, offer = state_in(room, one.message_id, one.place.offer), self._frame(one.place), one.place.offer
            key, preview = self._real_key(one, now.path), self._preview_key(one)
            comes = is_here(now) and key not in self._problems
            if comes and key not in self._photos:
                real.append(Wish(key, partial(loaded_picture, Path(now.path), frame)))
            waits = key not in self._photos and one.message_id in self._seen
            if preview not in self._previews and (waits or not comes):
                size = offer.width, offer.height
                previews.append(Wish(preview, partial(loaded_preview, offer.preview, frame, size)))
        self._loader.want([*previews, *real])

    def _came(self, key: Hashable, loaded: LoadedPicture) -> None:
        """A picture was decoded."""
        kind, message_id = key[:2] if isinstance(key, tuple) else ("", b"")
        if kind == "preview" and loaded.image is not None:
            self._previews[key] = loaded.image
            while len(self._previews) > max(_MOST_PREVIEWS, len(self._shown)):
                del self._previews[next(iter(self._previews))]
        elif loaded.image is not None:
            self._photos.put(key, loaded.image)
            if loaded.moves:
                self._moves.add(key)
        else:
            self._problems[key] = loaded.problem
        for found in (self._problems, self._moves):
            if len(found) > _MOST_REMEMBERED:
                found.clear()
        self._repaint(EntryId(message_id))

    def _frame(self, place: FilePlace) -> PictureFrame:
        theme = self._context.theme
        return PictureFrame(place.size, theme.px(RADIUS), theme.palette.card, place.around, max(1.0, theme.scale))

    def _real_key(self, one: _ShownFile, path: str) -> Hashable:
        return "real", one.message_id, one.place.size, one.place.around, path

    def _preview_key(self, one: _ShownFile) -> Hashable:
        return "preview", one.message_id, one.place.size, one.place.around
