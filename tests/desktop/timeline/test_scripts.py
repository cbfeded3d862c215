"""Scripts from right to left, and those whose letters join: on the screen as they are written, copied as they were."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageGrab, ImageStat, features

from lanchat.desktop.text_layout import font_files
from lanchat.desktop.theme.palette import DARK, LIGHT
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.timeline.laid_out_row import ImagePiece
from lanchat.desktop.timeline.text_styles import EDGE
from tests.desktop.eyes import signs_of
from tests.desktop.timeline.talk import ANA, BEN, Talk, talking

HEBREW, ARABIC, HINDI = "שלום לכל העולם", "السلام عليكم", "क्षत्रिय हिन्दी"


def font(character: str, script: str) -> font_files.FontFile | None:
    return font_files.face(character, script, "Noto Sans", False)


pytestmark = [
    pytest.mark.skipif(not features.check_feature("raqm"), reason="Pillow has no raqm here (it needs FriBidi)"),
    pytest.mark.skipif(
        not (font("ש", "Hebrew") and font("م", "Arabic") and font("ह", "Devanagari")), reason="a font is missing here"
    ),
]


@pytest.fixture(params=["light", "dark", "twice as large"])
def talk(root: tk.Tk, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Talk]:
    if str(root.tk.call("tk", "windowingsystem")) != "x11":
        pytest.skip("the system draws these scripts here")
    theme = Theme(root, DARK if request.param == "dark" else LIGHT, 2.0 if request.param == "twice as large" else 1.0)
    with talking(root, theme, tmp_path) as talk:
        yield talk


def words(talk: Talk) -> list[tuple[str, int, int]]:
    """(a word that is a picture, its left and its right edge), line by line as they are seen."""
    found = []
    for _kind, _name, at in talk.text.dump("1.0", "end", image=True):
        piece, box = _image(talk, at), talk.text.bbox(at)
        if piece is not None and piece.means and box is not None:
            found.append((piece.means, box[0], box[0] + box[2]))
    return found


def drawn_later(talk: Talk) -> None:
    """Until no picture is blank any more."""
    done = []
    talk.root.after(2_000, lambda: done.append(True))
    while talk.context.theme.shaper.waiting and not done:
        talk.root.tk.dooneevent(0)
    talk.settle()


def right_edge(talk: Talk) -> int:
    text = talk.text
    return text.winfo_width() - talk.context.theme.px(EDGE) - int(text["highlightthickness"])


def test_hebrew_stands_from_the_right_edge_to_the_left(talk: Talk) -> None:
    talk.open()
    talk.says(BEN, HEBREW, f"{HEBREW}, version 2.0 beta")
    talk.settle()
    first, second = words(talk)[:3], words(talk)[3:]
    assert [word for word, _left, _right in first] == HEBREW.split()[::-1]
    assert abs(first[-1][2] - right_edge(talk)) <= talk.context.theme.px(4)
    assert first[0][1] < first[1][1] < first[2][1]
    assert abs(second[-1][2] - right_edge(talk)) <= talk.context.theme.px(4)
    assert "version 2.0 beta" in talk.shown()
    latin = talk.text.bbox(talk.text.search("version", "1.0"))
    assert latin is not None
    assert latin[0] < second[0][1], "what is read later stands further left"


def test_a_name_in_a_latin_line_leaves_the_line_where_it_is(talk: Talk) -> None:
    talk.open()
    talk.says(BEN, "I told דנה לוי about it")
    talk.settle()
    assert [word for word, _left, _right in words(talk)] == ["לוי", "דנה"]
    begin, end = (talk.text.bbox(talk.text.search(word, "1.0")) for word in ("I told", "about it"))
    assert begin is not None
    assert end is not None
    assert begin[0] < words(talk)[0][1] < end[0]


@pytest.mark.parametrize("word", [HEBREW.split()[0], ARABIC.split()[0], HINDI.split()[0]])
def test_letters_are_joined_and_placed_as_raqm_does(talk: Talk, word: str) -> None:
    talk.open()
    talk.says(BEN, word)
    talk.settle()
    drawn_later(talk)
    assert talk.timeline is not None
    at = next(at for _kind, _name, at in talk.text.dump("1.0", "end", image=True) if _means(talk, at) == word)
    box = talk.text.bbox(at)
    assert box is not None
    x, y = talk.text.winfo_rootx() + box[0], talk.text.winfo_rooty() + box[1]
    screen = ImageGrab.grab((x, y, x + box[2], y + box[3]), xdisplay="").convert("RGB")
    expected = _drawn(talk, word, ImageFont.Layout.RAQM, screen.size)
    assert _differ(screen, expected) < 0.02
    assert _differ(screen, _drawn(talk, word, ImageFont.Layout.BASIC, screen.size)) > 0.05


def test_what_is_copied_is_what_was_written(talk: Talk) -> None:
    talk.open()
    text = f"{HEBREW}, version 2.0\n{ARABIC} ١٢ 🎉 (abc)"
    talk.says(BEN, text)
    talk.settle()
    assert talk.timeline is not None
    talk.text.tag_add("sel", "1.0", "end")
    assert talk.timeline.view.selected_text() == text
    talk.text.tag_remove("sel", "1.0", "end")
    start = talk.text.search("version", "1.0")
    talk.text.tag_add("sel", f"{start} linestart", f"{start} lineend")
    assert talk.timeline.view.selected_text().strip() == f"{HEBREW}, version 2.0"
    talk.text.tag_remove("sel", "1.0", "end")
    at = next(at for _kind, _name, at in talk.text.dump("1.0", "end", image=True) if _means(talk, at) == "לכל")
    talk.text.tag_add("sel", at)
    assert talk.timeline.view.selected_text() == "לכל"


def test_a_long_text_is_broken_anew_when_the_pane_changes(talk: Talk) -> None:
    talk.root.geometry("1060x690")
    talk.open()
    talk.says(ANA, " ".join([HEBREW] * 12))
    talk.settle()
    wide = {box[1] for _word, *box in words(talk)}
    talk.root.geometry("640x690")
    talk.root.update()
    talk.settle()
    found = words(talk)
    assert {box[1] for _word, *box in found} != wide
    lines: list[list[str]] = [[]]
    last = 0
    for word, left, right in found:
        assert right <= right_edge(talk)
        if left < last:
            lines.append([])
        lines[-1].append(word)
        last = left
    assert " ".join(" ".join(line[::-1]) for line in lines) == " ".join([HEBREW] * 12)


def test_links_and_mentions_in_it_are_what_they_are_elsewhere(talk: Talk) -> None:
    talk.open()
    talk.says(BEN, "ראו https://example.com/א/ב?x=1 וגם https://second.example @Ana תודה")
    talk.settle()
    for wanted in ("https://example.com/א/ב?x=1", "https://second.example"):
        at = talk.text.search(wanted[:14], "1.0")
        assert "link" in talk.text.tag_names(at)
        assert "Copy link" in talk.menu_of(wanted[:14])
        talk.picks("Copy link")
        assert talk.root.clipboard_get() == wanted
    assert "mention" in talk.text.tag_names(talk.text.search("@Ana", "1.0"))


def test_found_words_stand_out(talk: Talk) -> None:
    timeline = talk.open()
    talk.says(BEN, HEBREW)
    talk.settle()
    timeline.jump(1, "לכל")
    talk.settle()
    at = next(at for _kind, _name, at in talk.text.dump("1.0", "end", image=True) if _means(talk, at) == "לכל")
    assert "found" in talk.text.tag_names(at)


def test_names_are_drawn_so_too_and_can_be_clicked(talk: Talk) -> None:
    talk.state.nicks.call(BEN.key, "מריה כהן")
    talk.open()
    talk.says(BEN, "hello")
    talk.settle()
    (first, left, _right), (second, further, _end) = words(talk)
    assert (first, second) == ("כהן", "מריה")
    assert left < further
    at = next(at for _kind, _name, at in talk.text.dump("1.0", "end", image=True) if _means(talk, at) == "כהן")
    box = talk.text.bbox(at)
    assert box is not None
    for event in ("<Motion>", "<ButtonPress-1>", "<ButtonRelease-1>"):
        talk.text.event_generate(event, x=box[0] + 2, y=box[1] + 2)
    assert talk.profiles == [BEN.key]


def test_mine_has_its_tick_where_one_has_read_to_the_end(talk: Talk) -> None:
    talk.connect()
    talk.open()
    talk.i_say(HEBREW)
    talk.settle()
    signs = signs_of(talk.context.theme)
    images = [at for _kind, _name, at in talk.text.dump("1.0", "end", image=True)]
    (tick,) = [at for at in images if talk.text.image_cget(at, "image") in signs]
    box = talk.text.bbox(tick)
    assert box is not None
    assert box[0] < min(left for _word, left, _right in words(talk))


def test_a_thousand_lines_are_there_at_once(talk: Talk) -> None:
    talk.past(*(BEN.writes(f"{ARABIC} {number} {HEBREW}", talk.now + number) for number in range(1_000)))
    talk.open()
    assert "999" in talk.in_view()
    talk.root.tk.call("event", "generate", str(talk.text), "<Home>")
    talk.settle()
    assert words(talk)


def test_where_no_font_has_the_letters_it_is_said_once_how_to_get_one(talk: Talk) -> None:
    rare = "\N{ARABIC LETTER ALEF WITH ATTACHED FATHA}"  # of Unicode 14
    if font(rare, "Arabic"):
        pytest.skip("the fonts here have every letter")
    talk.open()
    talk.says(BEN, f"a {rare} b")
    talk.settle()
    talk.says(BEN, rare * 2)
    talk.settle()
    assert [words for words in talk.said if "fonts-noto-core" in words] == talk.said[-1:]
    assert rare in talk.shown(), "Tk draws what stands for it"


def _means(talk: Talk, at: str) -> str:
    piece = _image(talk, at)
    return piece.means if piece is not None else ""


def _image(talk: Talk, at: str) -> ImagePiece | None:
    """The piece that is drawn at an index of the Text, if it is in view."""
    assert talk.timeline is not None
    box = talk.text.bbox(at)
    piece = talk.timeline.view.piece_at(box[0] + 1, box[1] + 1) if box is not None else None
    return piece if isinstance(piece, ImagePiece) else None


def _drawn(talk: Talk, word: str, layout: ImageFont.Layout, size: tuple[int, int]) -> Image.Image:
    """By Pillow, in the middle as high as the screen has it."""
    theme = talk.context.theme
    file = font(word[0], font_files.script_of(word[0]))
    assert file is not None
    _family, pixels, _bold = theme.fonts.size("body")
    loaded = ImageFont.truetype(file.path, pixels, file.index, layout_engine=layout)
    image = Image.new("RGB", size, theme.palette.chat)
    more = (size[1] - theme.fonts.height("body")) // 2
    direction = None if layout is ImageFont.Layout.BASIC else "rtl" if word[0] < "\u0900" else "ltr"
    left = min(0, loaded.getbbox(word, direction=direction, anchor="ls")[0])
    pen = ImageDraw.Draw(image)
    pen.text(
        (-round(left), theme.fonts.ascent("body") + more), word, theme.palette.text, loaded, "ls", direction=direction
    )
    return image


def _differ(one: Image.Image, other: Image.Image) -> float:
    """The share of the light that is not the same."""
    return ImageStat.Stat(ImageChops.difference(one, other).convert("L")).mean[0] / 255
