"""Pictures of a conversation are made one at a time, the newest wish first, and only so many are kept."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Hashable
from typing import Any

from PIL import Image

from lanchat.desktop.pictures.photo_cache import PhotoCache
from lanchat.desktop.pictures.picture_decoding import LoadedPicture
from lanchat.desktop.pictures.picture_loader import PictureLoader, Wish


class Aside:
    """Work that is done when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Callable[[], Any], Callable[[Any], None]]] = []

    def run_in_background(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        self.waiting.append((work, then))

    def does_one(self) -> None:
        work, then = self.waiting.pop(0)
        then(work())


class Album:
    def __init__(self) -> None:
        self.aside, self.made, self.came = Aside(), list[Hashable](), list[Hashable]()
        self.loader = PictureLoader(self.aside, lambda key, _loaded: self.came.append(key))

    def wants(self, *keys: Hashable) -> None:
        self.loader.want([Wish(key, lambda key=key: self.make(key)) for key in keys])  # type: ignore[misc]

    def make(self, key: Hashable) -> LoadedPicture:
        self.made.append(key)
        return LoadedPicture(Image.new("RGB", (4, 4)))


def test_one_is_made_at_a_time_in_the_order_of_the_wishes() -> None:
    album = Album()
    album.wants("a", "b", "c")
    assert len(album.aside.waiting) == 1
    while album.aside.waiting:
        album.aside.does_one()
        assert len(album.aside.waiting) <= 1
    assert album.came == ["a", "b", "c"]
    assert album.loader.is_idle


def test_what_is_not_wanted_any_more_is_not_begun() -> None:
    album = Album()
    album.wants("a", "b", "c")
    album.wants("d", "a")
    while album.aside.waiting:
        album.aside.does_one()
    assert album.made == ["a", "d"], "one was begun already, and is made once"


def test_nothing_is_told_after_the_end() -> None:
    album = Album()
    album.wants("a", "b")
    album.loader.close()
    album.aside.does_one()
    assert album.came == []
    assert not album.aside.waiting


def test_the_cache_keeps_what_is_shown_and_the_newest_of_the_others(root: tk.Tk) -> None:
    cache = PhotoCache(root, most=5 * 100 * 100 * 4)
    image = Image.new("RGB", (100, 100))
    cache.put("shown", image)
    cache.hold({"shown"})
    for number in range(20):
        cache.put(number, image)
        assert cache.bytes <= 5 * 100 * 100 * 4
    assert "shown" in cache
    assert [number for number in range(20) if number in cache] == [16, 17, 18, 19]
    cache.clear()


def test_a_picture_of_the_same_size_is_painted_over_the_one_before(root: tk.Tk) -> None:
    cache = PhotoCache(root)
    first = cache.put("a", Image.new("RGB", (10, 10), "#ff0000"))
    assert cache.put("a", Image.new("RGB", (10, 10), "#0000ff")) is first
    assert root.tk.call(str(first), "get", 5, 5) == (0, 0, 255)
    assert cache.put("a", Image.new("RGB", (12, 10))) is not first
    cache.clear()
