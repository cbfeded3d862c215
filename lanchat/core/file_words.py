"""Offers of files as words for people: in the list of rooms, notifications, the terminal and exported files. Pure.

What is in an offer is what its author says: names are cleaned here, and bounded.
"""

from __future__ import annotations

from lanchat.core.file_offer import CAPTION_CHARACTERS, NAME_CHARACTERS, FileOffer
from lanchat.core.sizes import duration_words, size_words
from lanchat.core.text import clean_line, shown_problem, shown_text
from lanchat.core.translate import _, ngettext


def shown_file_name(offer: FileOffer) -> str:
    """The name of what is offered, in one line."""
    return clean_line(offer.name, NAME_CHARACTERS) or _("(no name)")


def shown_caption(offer: FileOffer) -> str:
    """The words beside it, perhaps of several lines; "" for none."""
    return shown_text(offer.caption, CAPTION_CHARACTERS)


def caption_problem(caption: str) -> str:
    """Why these words cannot be a caption; "": they can."""
    if len(caption) <= CAPTION_CHARACTERS:
        return ""
    words = _("Too long: {n} characters; a caption can have {most} at most.")
    return words.format(n=len(caption), most=CAPTION_CHARACTERS)


def offer_words(offer: FileOffer) -> str:
    """plan.pdf, 2.3 MB; photos, 12 files, 34 MB; voice message, 0:12"""
    if offer.is_voice:
        return _("voice message, {duration}").format(duration=duration_words(offer.seconds))
    name, size = shown_file_name(offer), size_words(offer.size)
    files = count_words(offer)
    if not files:
        return _("{name}, {size}").format(name=name, size=size)
    return _("{name}, {files}, {size}").format(name=name, files=files, size=size)


def count_words(offer: FileOffer) -> str:
    """12 files; "" for one, and where the name says it already, as that of several files beside each other does."""
    if offer.count == 1 or str(offer.count) in shown_file_name(offer).split():
        return ""
    return ngettext("{n} file", "{n} files", offer.count).format(n=offer.count)


def sent_words(nick: str, offer: FileOffer) -> str:
    """Ana sent plan.pdf, 2.3 MB"""
    return _("{nick} sent {files}").format(nick=nick, files=offer_words(offer))


def offer_line(nick: str, offer: FileOffer, *, mine: bool = False) -> str:
    """Ana sent plan.pdf, 2.3 MB: page 3. `mine`: who reads it sent it."""
    sent = _("You sent {files}").format(files=offer_words(offer)) if mine else sent_words(nick, offer)
    return _with_caption(sent, offer)


def described_offer(offer: FileOffer) -> str:
    """plan.pdf, 2.3 MB: page 3"""
    return _with_caption(offer_words(offer), offer)


def _with_caption(words: str, offer: FileOffer) -> str:
    caption = " ".join(shown_caption(offer).split())
    return _("{files}: {caption}").format(files=words, caption=caption) if caption else words


def offer_facts(offer: FileOffer) -> dict[str, object]:
    """For programs: what is offered. `root` is the SHA-256 by which all of it can be checked."""
    return {
        "name": shown_file_name(offer), "size": offer.size, "count": offer.count, "media": shown_problem(offer.media),
        "width": offer.width, "height": offer.height, "seconds": offer.seconds, "root": bytes(offer.root).hex(),
    }  # fmt: skip
