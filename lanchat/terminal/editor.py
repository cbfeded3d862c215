"""The line editor at the bottom of a terminal, while the conversation is printed above it.

The only user of prompt_toolkit. Its application runs on a thread of its own, from `start` to `stop`, without a pause
between lines, so that nothing is printed while no prompt is drawn. The other methods belong to the main thread.

`StdoutProxy` prints above the line. prompt_toolkit's own (`patch_stdout`) leaves raw mode for the moment of each print:
a key typed then is echoed into the text, and lost if it is Ctrl+D or Alt+Enter; in a busy room that happens often.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, TextIO, cast

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.renderer import CPR_Support
from prompt_toolkit.styles import Style
from prompt_toolkit.validation import ValidationError, Validator

from lanchat.core.mentions import is_begun
from lanchat.terminal.console import LeaveRequested, Typed
from lanchat.terminal.own_messages import SendStatus
from lanchat.terminal.stdin_reader import InputSource

_MENU_LINES = 6
_BATCH_SECONDS = 0.02  # what comes within this is drawn together: a busy room must not make the line flicker


class Editor(InputSource):
    def __init__(
        self, post: Callable[[Typed | LeaveRequested], None], check: Callable[[str], str] = lambda text: "",
        on_typing: Callable[[str], None] = lambda text: None,
    ) -> None:  # fmt: skip
        """`check`: why a text cannot be accepted; "" when it can. `on_typing`: gets what stands in the line whenever
        that has changed. Both are called on the editor's thread."""
        self._post = post
        self._typists = ""
        self._status = SendStatus()
        self._words = _Words()
        self._running = threading.Event()
        keys = KeyBindings()
        keys.add("escape", "enter")(lambda event: event.current_buffer.insert_text("\n"))
        self._session: PromptSession[None] = PromptSession(
            message=self._message,
            rprompt=self._at_right,
            completer=self._words,
            complete_while_typing=Condition(lambda: bool(_word_before(self._session.default_buffer.document))),
            reserve_space_for_menu=_MENU_LINES,
            validator=_Check(check),
            validate_while_typing=False,
            history=InMemoryHistory(),
            key_bindings=keys,
            prompt_continuation="  ",
            style=Style([("prompt", "bold"), ("mark waiting", "ansibrightblack")]),
            erase_when_done=True,
        )
        self._session.default_buffer.on_text_changed += lambda buffer: on_typing(buffer.text)
        self._session.default_buffer.accept_handler = self._accept
        # With a cursor position from before something was printed, prompt_toolkit would scroll too far.
        self._session.app.renderer.cpr_support = CPR_Support.NOT_SUPPORTED
        self._flush_output = self._session.app.output.flush
        self._session.app.output.flush = self._flush  # type: ignore[method-assign]
        self._proxy = StdoutProxy(self._session.app)
        self._thread = threading.Thread(target=self._edit, name="editor")

    @property
    def stream(self) -> TextIO:
        """Lines written here appear above the edited line."""
        return cast(TextIO, self._proxy)

    def start(self) -> None:
        self._thread.start()
        self._running.wait()

    def stop(self) -> None:
        """Print what waits, remove the line, and restore the terminal."""
        loop = self._session.app.loop
        if loop is not None:
            with suppress(RuntimeError):  # it has just ended by itself
                loop.call_soon_threadsafe(self._end)
        self._thread.join()
        self._proxy.show()

    def show(self, status: SendStatus) -> None:
        if status != self._status:
            self._status = status
            self._session.app.invalidate()

    def ring(self) -> None:
        output, loop = self._session.app.output, self._session.app.loop
        if loop is not None:
            with suppress(RuntimeError):  # it has just ended
                loop.call_soon_threadsafe(output.bell)

    def show_typists(self, words: str) -> None:
        """Show at the right who else is writing; "": nobody."""
        if words != self._typists:
            self._typists = words
            self._session.app.invalidate()

    def set_completions(self, words: Iterable[str]) -> None:
        self._words.words = tuple(sorted(words, key=str.casefold))

    def _edit(self) -> None:
        try:
            self._session.prompt(pre_run=self._running.set, handle_sigint=False)
        except (EOFError, KeyboardInterrupt):  # Ctrl+D, Ctrl+C
            self._post(LeaveRequested())
        finally:
            self._running.set()

    def _flush(self) -> None:
        """On a closed terminal the output is lost, and the editor ends as by Ctrl+D."""
        try:
            self._flush_output()
        except (OSError, ValueError):
            app = self._session.app
            if app.future is not None and not app.is_done:
                app.exit(exception=EOFError)

    def _end(self) -> None:
        app = self._session.app
        self._proxy.show()
        if app.is_running and not app.is_done:
            app.exit()

    def _accept(self, buffer: Buffer) -> bool:
        self._post(Typed(buffer.text))
        return False  # clear the line

    def _message(self) -> StyleAndTextTuples:
        lines: StyleAndTextTuples = [("class:waiting", f"  … {line}\n") for line in self._status.waiting]
        lines += [("class:waiting", f"  ⇅ {line}\n") for line in self._status.files]
        return [*lines, ("class:prompt", "\u203a ")]

    def _at_right(self) -> StyleAndTextTuples:
        mark = f" {self._status.mark}" if self._typists else self._status.mark
        return [("class:waiting", self._typists), ("class:mark", mark)]


class _Words(Completer):
    """Completes the @name or /command before the cursor."""

    def __init__(self) -> None:
        self.words: tuple[str, ...] = ()

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        typed = _word_before(document)
        for word in self.words if typed else ():
            if word[0] == typed[0] and is_begun(word[1:], typed[1:]):
                yield Completion(word + " ", -len(typed), display=word)


class _Check(Validator):
    def __init__(self, check: Callable[[str], str]) -> None:
        self._check = check

    def validate(self, document: Document) -> None:
        if problem := self._check(document.text):
            raise ValidationError(document.cursor_position, problem)


def _word_before(document: Document) -> str:
    """The @name before the cursor, or the /command at the start of the text; else ""."""
    before = document.text_before_cursor
    if before.startswith("/"):
        return before if " " not in before else ""
    word = before[max(before.rfind(" "), before.rfind("\n")) + 1 :]
    return word if word.startswith("@") else ""


class StdoutProxy(io.TextIOBase):
    def __init__(self, app: Application[Any]) -> None:
        self._app = app
        self._lock = threading.RLock()
        self._pending = ""
        self._due = False
        self._shown_at = 0.0  # time of the application's loop

    def write(self, text: str) -> int:
        """Print whole lines soon; an unfinished one waits for its end. Any thread."""
        with self._lock:
            self._pending += text
            if "\n" in text and not self._due:
                self._due = True
                if self._app.loop is None:
                    self.show()
                else:
                    with suppress(RuntimeError):  # it is just ending; `Editor.stop` shows what is left
                        self._app.loop.call_soon_threadsafe(self._show_soon)
        return len(text)

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._app.output.fileno()

    def _show_soon(self) -> None:
        loop = self._app.loop
        wait = self._shown_at + _BATCH_SECONDS - loop.time() if loop else 0.0
        if loop and wait > 0:
            loop.call_later(wait, self.show)
        else:
            self.show()

    def show(self) -> None:
        """Print what waits, now. On the application's thread, or while it does not run."""
        app = self._app
        with self._lock:
            whole, line_end, self._pending = self._pending.rpartition("\n")
            self._due = False
            if not line_end:
                return
            drawn = app.is_running and not app.is_done
            if drawn:
                app.renderer.erase()
            app.output.write_raw(whole + line_end)
            app.output.flush()
            if drawn:
                app.invalidate()
            if app.loop:
                self._shown_at = app.loop.time()
