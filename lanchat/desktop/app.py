"""App opens the parts of the desktop face, connects them, and closes them in order. Tk thread (the main thread).

The Engine opens on its own thread while the window is drawn. On quitting the window disappears at once; the program
ends when the Engine reports `Stopped`, or after _LEAVE_SECONDS.
"""

from __future__ import annotations

import logging
import sys
import tkinter as tk
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from msgspec import Struct

from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.desktop import last_session
from lanchat.desktop.bootstrap import StartOptions, TkGarbageCollector
from lanchat.desktop.engine_bridge import EngineBridge, EngineFactory, Pump
from lanchat.desktop.model.notifications import notification_for
from lanchat.desktop.model.room_keeping import parting
from lanchat.desktop.platform import desktop_integration
from lanchat.desktop.platform.file_drops import accept_drops
from lanchat.desktop.platform.idle_time import IdleWatch
from lanchat.desktop.platform.notifier import Notifier
from lanchat.desktop.platform.services import SystemRequests, handle_system_requests, open_services
from lanchat.desktop.platform.sound import Chime
from lanchat.desktop.platform.wakeup import ExitSignals
from lanchat.desktop.room_requests import RoomRequests
from lanchat.desktop.routes import import_conversation
from lanchat.desktop.view_context import AboutLanchat, AllKeys, Closing, InRoom, JoinBy, Place, Program, SettingsAt
from lanchat.desktop.widgets.tk_events import focused_widget
from lanchat.desktop.window import Window
from lanchat.desktop.window_chrome import TitleBar, bind_keys, show_menu_bar
from lanchat.engine.commands import Attend, Browse, ChangeProfile, Command, Join, MarkRead, MarkUnread, OpenRoom, Quit
from lanchat.engine.events import ConnectionChanged, Event, Rung, Started, Stopped
from lanchat.engine.mailbox import Mailbox
from lanchat.storage.languages import speak
from lanchat.storage.settings import PreferencesFile

log = logging.getLogger(__name__)

T = TypeVar("T")

_SAVE_MS = 2_000
_DROPS_MS = 700  # loading what takes drops needs 10 ms, which the first moment has not
_ROOMS_MS = 300  # nobody opens the first room sooner
_LEAVE_SECONDS = 10  # the Engine needs about a second to leave its rooms and the network


class TkCall(Struct, frozen=True):
    """A function that another thread wants called on the Tk thread."""

    function: Callable[[], None]


class App(Program):
    def __init__(self, root: tk.Tk, folder: Path, wish: str, make_engine: EngineFactory) -> None:
        """`wish`: what to show once the Engine has started, as in `events.Rung`."""
        self.root = root
        self.screen_scale = desktop_integration.set_scale(root)
        root.report_callback_exception = self._callback_failed
        self._wish = wish
        self.start = StartOptions()  #: set it before the main loop
        self._quitting = False
        self._engine_stopped = False
        self._attention_requested = False  # the taskbar marks the window
        self._kept = PreferencesFile(folder)
        speak(self._kept.now.language)
        self._mailbox = Mailbox[Event | TkCall](folder)
        self._pump = Pump[Event | TkCall](root, self._take, self._mailbox)
        self._engine = EngineBridge(folder, self._pump.put, make_engine)
        self._notifications, self._appearance = open_services(
            self._notification_clicked, lambda: self._pump.put(TkCall(self.quit)), self._system_theme_changed
        )
        self._notifier = Notifier(self._notifications, root.after)
        self._chime = Chime()
        self._workers = ThreadPoolExecutor(2, thread_name_prefix="lanchat-aside")
        self._title_bar = TitleBar(root)
        self._kept.change(system_dark=bool(self._appearance.dark()))
        self.window = Window(root, folder, self._kept, self)
        self._room_requests = RoomRequests(self.window)
        self._exit_signals = ExitSignals(root, self.quit)
        self._bind()
        self._garbage_collector = TkGarbageCollector(root)

    def _bind(self) -> None:
        root = self.root
        root.protocol("WM_DELETE_WINDOW", self.close_requested)
        for change in ("<FocusIn>", "<FocusOut>"):
            root.bind(change, lambda _event: root.after_idle(self.attention_changed), add="+")
        for change, shown in (("<Map>", True), ("<Unmap>", False)):
            root.bind(change, partial(self._mapped, shown), add="+")
        bind_keys(root, self.window, self.close_requested)
        handle_system_requests(root, self._system_requests())
        self.window_rebuilt()

    # --- events ------------------------------------------------------------------------------------------------------
    def _take(self, value: Event | TkCall) -> None:
        match value:
            case TkCall(function):
                function()
            case Stopped(problem):
                self._stopped(problem)
            case _ if self._quitting:
                pass
            case Rung(wish):
                self._show_window(wish)
            case event:
                self._notify(event)
                self.window.heard(event)
                self._room_requests.heard(event)
                if self.start.listen is not None:
                    self.start.listen(event)
                self._update_title()
                if isinstance(event, Started):
                    self._started()
                elif isinstance(event, ConnectionChanged):
                    self._save()  # at once: the list of open rooms must survive a crash

    def _started(self) -> None:
        self._save_periodically()
        self.root.after(_DROPS_MS, accept_drops, self.root, self.window.files_over, self.window.files_dropped)
        self.root.after(_ROOMS_MS, self.run_in_background, import_conversation, lambda _done: None)
        IdleWatch(self.root.after, lambda idle: self.do(Attend(idle=idle)))
        if self._kept.notice:
            self.window.say(self._kept.notice)
        if self.start.nick is not None:
            self.do(ChangeProfile(self.start.nick))
        if self.start.host is not None:
            self._room_requests.host(self.start.host)
        elif self.start.join is not None:
            self._room_requests.join(self.start.join)
        else:
            self._fulfil(self._wish)

    def _show_window(self, wish: str = "") -> None:
        """Another start of lanchat, or the system, asks for the window; `wish` as in `events.Rung`."""
        if not self._quitting:
            self.show()
            self._fulfil(wish)

    def _fulfil(self, wish: str) -> None:
        """Go where `wish` says, once the window has opened."""
        if not self.window.opened:
            self._wish = wish or self._wish
            return
        word, _space, name = wish.partition(" ")
        if word == "host":
            self._room_requests.host(OpenRoom(name))
        elif word == "join":
            self._room_requests.join(Join(name))
        elif wish:
            self.window.go(JoinBy(wish))

    def _stopped(self, problem: str | None) -> None:
        self._engine_stopped = True
        if problem and not self._quitting:
            self.window.show_stopped(problem)
        else:
            self.root.quit()

    # --- view_context.Program ----------------------------------------------------------------------------------------
    def do(self, command: Command) -> None:
        self._engine.do(command)
        if isinstance(command, MarkRead | MarkUnread):
            self._update_title()

    def run_in_background(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        def done(future: Future[T]) -> None:
            self._pump.put(TkCall(lambda: then(future.result())))

        self._workers.submit(work).add_done_callback(done)

    def hide(self) -> None:
        self._keep_geometry()
        self.root.withdraw()
        self._notifications.hidden(True)

    def quit(self) -> None:
        if self._quitting:
            return
        self._quitting = True
        self._keep_geometry()
        self._mailbox.skip_entries()
        self.window.close()
        self.root.withdraw()
        self._engine.do(Quit())
        self.root.after(0 if self._engine_stopped else _LEAVE_SECONDS * 1000, self.root.quit)

    def no_notices(self) -> str:
        return self._notifications.problem

    def window_rebuilt(self) -> None:
        if sys.platform == "darwin":
            show_menu_bar(self.root, self.window, self.close_requested)

    def attention_changed(self) -> None:
        focused = self._has_focus()
        self._attention_requested = self._attention_requested and not focused
        room_id = self.window.room_id if focused else None
        if room_id is not None:
            self._notifier.seen(room_id)
        else:
            self.window.state.read(None)
        self._update_title()

    # --- showing and closing the window ------------------------------------------------------------------------------
    def close_requested(self) -> None:
        """The person closes the window: hide it, ask, or quit, as they have set it."""
        alone = all(room.here <= 1 for room in self.window.state.hosted_here())
        match self._kept.now.on_close:
            case "background" if self.window.state.hosted_here():
                self.hide()
            case "ask" if not alone and self.window.place != Closing():
                self.window.go(Closing())
            case _:
                for room in self.window.state.hosted_here():
                    wanted = self._kept.now.room(room.room_id).heir
                    if (leave := parting(room.room_id, room.keeping.heirs, wanted)) is not None:
                        self.do(leave)
                self.quit()

    def show(self) -> None:
        self._notifications.hidden(False)
        self.root.deiconify()
        self.root.lift()
        (self.root.focus_lastfor() or self.root).focus_force()

    def close(self) -> None:
        """Release everything, after the main loop."""
        self._engine.join(_LEAVE_SECONDS)
        self._exit_signals.restore()
        self._workers.shutdown()
        self._pump.close()
        self._notifications.close()
        self._appearance.close()
        if self.window.state.started:
            self._kept.save()
        self._garbage_collector.close()
        self.root.destroy()

    def _mapped(self, shown: bool, event: tk.Event[tk.Misc]) -> None:
        """Rooms are looked for only while the window, and with it the list of rooms, is shown."""
        if event.widget is self.root and not self._quitting:
            self._engine.do(Browse(on=shown))

    def _keep_geometry(self) -> None:
        if self.root.winfo_viewable():  # a hidden window has no position
            self._kept.change(geometry=last_session.geometry_of(self.root))

    # --- notifications -----------------------------------------------------------------------------------------------
    def _notify(self, event: Event) -> None:
        """Call it before the window applies `event` to its State: only then can be told what is new."""
        reading = self._has_focus() and self.window.room_id is not None
        notification = notification_for(event, self.window.state, self._kept.now, reading)
        if notification is None:
            return
        self._notifier.tell(notification.key, notification.title, notification.body, notification.count)
        if not self._attention_requested:
            self._attention_requested = True
            desktop_integration.request_attention(self.root)
        if self._kept.now.sounds:
            self._chime.play()

    def _notification_clicked(self, key: str) -> None:
        """Called on a thread of the platform service; `key`: the RoomId, or "" for the window."""

        def open_it() -> None:
            self.show()
            if key:
                self.window.go(InRoom(RoomId(key)))

        self._pump.put(TkCall(open_it))

    def _has_focus(self) -> bool:
        return focused_widget(self.root) is not None

    def _update_title(self) -> None:
        self._title_bar.show(self.window.state, self._kept.now, self.window.room_id)

    # --- the system --------------------------------------------------------------------------------------------------
    def _system_requests(self) -> SystemRequests:
        def show(place: Place) -> None:
            self._show_window()
            if not self._quitting and self.window.opened:
                self.window.go(place)

        return SystemRequests(
            show=self._show_window, quit=self.quit, settings=lambda: show(SettingsAt()),
            about=lambda: show(AboutLanchat()), keys=lambda: show(AllKeys()),
            link=lambda link: self._show_window(" ".join(link.split())),
        )  # fmt: skip

    def _system_theme_changed(self, dark: bool | None) -> None:
        """Called on a thread of the platform service."""
        self._pump.put(TkCall(lambda: self.window.system_is_dark(bool(dark))))

    # --- preferences and errors --------------------------------------------------------------------------------------
    def _save_periodically(self) -> None:
        if not self._quitting:
            self._save()
            self.root.after(_SAVE_MS, self._save_periodically)

    def _save(self) -> None:
        if self._kept.dirty:
            self.run_in_background(self._kept.save, lambda problem: self.window.say(problem) if problem else None)

    def _callback_failed(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> Any:
        """A bug in a Tk callback is logged, and the window goes on."""
        log.error("a callback of the window failed", exc_info=(kind, error, trace))
        self.window.say(_("Something went wrong inside lanchat. Nothing is lost; it goes on."))
