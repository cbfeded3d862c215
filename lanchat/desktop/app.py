"""App: opens everything there is of the desktop face, and ends it politely. Main thread, which is Tk's.

The order matters. The Engine is opened behind the window while that is drawn. At the end the window goes at once, and
the program when the Engine has `Stopped`.
"""

from __future__ import annotations

import logging
import sys
import tkinter as tk
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.desktop import session
from lanchat.desktop.bootstrap import Garbage, StartOptions
from lanchat.desktop.engine_bridge import EngineBridge, Make, Pump
from lanchat.desktop.model.notifications import notification_for
from lanchat.desktop.platform import taskbar
from lanchat.desktop.platform.notifier import Notifier
from lanchat.desktop.platform.services import SystemRequests, hear_requests, open_services
from lanchat.desktop.platform.sound import Chime
from lanchat.desktop.platform.wakeup import Endings
from lanchat.desktop.view_context import AboutLanchat, AllKeys, Closing, InRoom, JoinBy, Place, SettingsAt
from lanchat.desktop.wanted_room import WantedRoom
from lanchat.desktop.window import Window
from lanchat.desktop.window_chrome import TitleBar, bind_keys
from lanchat.engine.commands import Browse, ChangeNick, Command, Join, OpenRoom, Quit
from lanchat.engine.events import ConnectionChanged, Event, Rung, Started, Stopped
from lanchat.engine.mailbox import Mailbox
from lanchat.storage.languages import speak
from lanchat.storage.preferences import Kept

log = logging.getLogger(__name__)

T = TypeVar("T")

_SAVE_MS = 2_000
_LEAVE_SECONDS = 10  # the Engine says goodbye to its rooms and the network in about a second


@dataclass(frozen=True, slots=True)
class Deed:
    """Something to do on the Tk thread, from another one."""

    do: Callable[[], None]


class App:
    def __init__(self, root: tk.Tk, folder: Path, wish: str, make: Make) -> None:
        self.root = root
        self.screen_scale = taskbar.set_scale(root)
        root.report_callback_exception = self._failed
        self._wish = wish
        self._start = StartOptions()
        self._quitting = False
        self._over = False  # the Engine is
        self._marked = False  # the taskbar asks for a look at the window
        self._kept = Kept(folder)
        speak(self._kept.now.language)
        self._mailbox = Mailbox[Event | Deed](folder)
        self._pump = Pump[Event | Deed](root, self._take, self._mailbox)
        self._behind = EngineBridge(folder, self._pump.put, make)
        self._doors = open_services(self._notice_clicked, lambda: self._pump.put(Deed(self.quit)), self._theme_told)
        self._notifier = Notifier(self._doors.notices, root.after)
        self._chime = Chime()
        self._workers = ThreadPoolExecutor(2, thread_name_prefix="lanchat-aside")
        self._title = TitleBar(root)
        self._dark_at_first(self._doors.appearance.dark())
        self.window = Window(root, folder, self._kept, self)
        self._wanted = WantedRoom(self.window)
        self._endings = Endings(root, self.quit)
        root.protocol("WM_DELETE_WINDOW", self.close_asked)
        for change in ("<FocusIn>", "<FocusOut>"):
            root.bind(change, lambda _event: root.after_idle(self.looked_at), add="+")
        for change, shown in (("<Map>", True), ("<Unmap>", False)):
            root.bind(change, partial(self._appears, shown), add="+")
        bind_keys(root, self.window, self.close_asked)
        hear_requests(root, self._requests())
        self._show_menu_bar()
        self._garbage = Garbage(root)

    # --- what comes in -----------------------------------------------------------------------------------------------
    def _take(self, value: Event | Deed) -> None:
        match value:
            case Deed(do):
                do()
            case Stopped(problem):
                self._stopped(problem)
            case _ if self._quitting:
                pass
            case Rung(wish):
                self._called(wish)
            case event:
                self._notify(event)
                self.window.heard(event)
                self._wanted.heard(event)
                if self._start.listen is not None:
                    self._start.listen(event)
                self._title.show(self.window.state, self._room())
                if isinstance(event, Started):
                    self._begun()
                elif isinstance(event, ConnectionChanged):
                    self._save()  # where one is, is known after the worst of ends, too

    def _begun(self) -> None:
        self._save_now_and_then()
        if self._kept.notice:
            self.window.say(self._kept.notice)
        if self._start.nick is not None:
            self.do(ChangeNick(self._start.nick))
        if self._start.host is not None:
            self._wanted.host(self._start.host)
        elif self._start.join is not None:
            self._wanted.join(self._start.join)
        else:
            self._show_wanted(self._wish)

    def _called(self, wish: str = "") -> None:
        """From outside: the person wants to see the window, and perhaps a room in it (see events.Rung)."""
        if not self._quitting:
            self.show()
            self._show_wanted(wish)

    def begin_with(self, start: StartOptions) -> None:
        """Before the main loop."""
        self._start = start

    def _show_wanted(self, wish: str) -> None:
        """What was asked for from outside (see events.Rung), as soon as there is a window; "": nothing."""
        if not self.window.opened:
            self._wish = wish or self._wish
            return
        word, _space, named = wish.partition(" ")
        if word == "host":
            self._wanted.host(OpenRoom(named))
        elif word == "join":
            self._wanted.join(Join(named))
        elif wish:
            self.window.go(JoinBy(wish))

    def _stopped(self, problem: str | None) -> None:
        self._over = True
        if problem and not self._quitting:
            self.window.show_stopped(problem)
        else:
            self.root.quit()

    # --- what the window has done outside of it (window.Outside) -----------------------------------------------------
    def do(self, command: Command) -> None:
        self._behind.do(command)
        self._title.show(self.window.state, self._room())

    def aside(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """`work` on another thread, then `then` with its result here. What `work` raises is a mistake, and logged."""

        def done(future: Future[T]) -> None:
            self._pump.put(Deed(lambda: then(future.result())))

        self._workers.submit(work).add_done_callback(done)

    def close_asked(self) -> None:
        """The person closes the window."""
        alone = all(room.here <= 1 for room in self.window.state.hosted_here())
        match self._kept.now.on_close:
            case "background" if self.window.state.hosted_here():
                self.hide()
            case "ask" if not alone and self.window.place != Closing():
                self.window.go(Closing())
            case _:
                self.quit()

    def quit(self) -> None:
        """The window goes now; the program when every room was left politely, or after some seconds."""
        if self._quitting:
            return
        self._quitting = True
        self._keep_place()
        self._mailbox.skip_entries()
        self.window.close()
        self.root.withdraw()
        self._behind.do(Quit())
        self.root.after(0 if self._over else _LEAVE_SECONDS * 1000, self.root.quit)

    def hide(self) -> None:
        """The window goes, the program stays. Starting lanchat again shows it."""
        self._keep_place()
        self.root.withdraw()
        self._doors.hidden(True)

    def _keep_place(self) -> None:
        if self.root.winfo_viewable():  # else it is nowhere
            self._kept.change(geometry=session.geometry_of(self.root))

    def show(self) -> None:
        self._doors.hidden(False)
        self.root.deiconify()
        self.root.lift()
        (self.root.focus_lastfor() or self.root).focus_force()

    def no_notices(self) -> str:
        """Why nothing can be told outside of the window, in words, as far as is known; "": it can."""
        return self._notifier.problem()

    def rebuilt(self) -> None:
        """Everything in the window is new, perhaps in another language."""
        self._show_menu_bar()

    def looked_at(self) -> None:
        """Another place is in the middle, or the keyboard came to the window, or left it."""
        focused = self._focused()
        self._marked = self._marked and not focused
        room_id = self._room() if focused else None
        if room_id is not None:
            self._notifier.seen(room_id)
        else:
            self.window.state.read(None)
        self._title.show(self.window.state, self._room())

    def _appears(self, shown: bool, event: tk.Event[tk.Misc]) -> None:
        """The window comes or goes. While it is shown, so is its list of rooms; hidden, the network may rest."""
        if event.widget is self.root and not self._quitting:
            self._behind.do(Browse(on=shown))

    def ended(self) -> None:
        """After the main loop: nothing of this is left."""
        self._behind.join(_LEAVE_SECONDS)
        self._endings.restore()
        self._workers.shutdown()
        self._pump.close()
        self._doors.close()
        self._chime.close()
        if self.window.state.started:
            self._kept.save()
        self._garbage.close()
        self.root.destroy()

    # --- being noticed -----------------------------------------------------------------------------------------------
    def _notify(self, event: Event) -> None:
        """Before the window takes it in: afterwards nothing is new."""
        looks = self._focused() and self._room() is not None
        notice = notification_for(event, self.window.state, self._kept.now, looks)
        if notice is None:
            return
        self._notifier.tell(notice.key, notice.title, notice.body, notice.count)
        if not self._marked:
            self._marked = True
            taskbar.ask_for_a_look(self.root)
        if self._kept.now.sounds:
            self._chime.play()

    def _focused(self) -> bool:
        return self.root.focus_displayof() is not None

    def _room(self) -> RoomId | None:
        """The room in the middle."""
        place = self.window.place
        return place.room_id if isinstance(place, InRoom) else None

    def _notice_clicked(self, key: str) -> None:
        """On another thread."""

        def open_it() -> None:
            self.show()
            if key:
                self.window.go(InRoom(RoomId(key)))

        self._pump.put(Deed(open_it))

    # --- what macOS asks of the program ------------------------------------------------------------------------------
    def _requests(self) -> SystemRequests:
        def go(place: Place) -> Callable[[], None]:
            def going() -> None:
                self._called()
                if not self._quitting and self.window.opened:
                    self.window.go(place)

            return going

        return SystemRequests(
            show=self._called, quit=self.quit, settings=go(SettingsAt()), about=go(AboutLanchat()), keys=go(AllKeys()),
            link=lambda link: self._called(" ".join(link.split())),
        )  # fmt: skip

    def _show_menu_bar(self) -> None:
        if sys.platform == "darwin":
            from lanchat.desktop.window_chrome import show_menu_bar

            show_menu_bar(self.root, self.window, self.close_asked)

    # --- the rest ----------------------------------------------------------------------------------------------------
    def _dark_at_first(self, dark: bool | None) -> None:
        self._kept.change(system_dark=bool(dark))

    def _theme_told(self, dark: bool | None) -> None:
        """On another thread."""
        self._pump.put(Deed(lambda: self.window.system_is_dark(bool(dark))))

    def _save_now_and_then(self) -> None:
        """What was chosen goes to the disk a little later."""
        if not self._quitting:
            self._save()
            self.root.after(_SAVE_MS, self._save_now_and_then)

    def _save(self) -> None:
        if self._kept.dirty:
            self.aside(self._kept.save, lambda problem: self.window.say(problem) if problem else None)

    def _failed(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> Any:
        """A mistake of ours in a callback: it is logged, and the window goes on."""
        log.error("a callback of the window failed", exc_info=(kind, error, trace))
        self.window.say(_("Something went wrong inside lanchat. Nothing is lost; it goes on."))
