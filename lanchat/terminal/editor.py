"""Editor: the line being written, at the bottom of a terminal, while the conversation goes on above it.

With `above`, the only user of prompt_toolkit. Its application runs on a thread of the Editor's own, from `start` to
`stop`, without a pause between lines: so nothing printed can fall into a gap. The other methods are the main thread's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TextIO, cast

from prompt_toolkit import PromptSession
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.renderer import CPR_Support
from prompt_toolkit.styles import Style
from prompt_toolkit.validation import ValidationError, Validator

from lanchat.terminal.console import LeaveAsked, Typed
from lanchat.terminal.output import LinesAbove
from lanchat.terminal.own_messages import LineBelow

_MENU_LINES = 6


class Editor:
    def __init__(
        self, tell: Callable[[Typed | LeaveAsked], None], check: Callable[[str], str] = lambda text: ""
    ) -> None:
        """`check` says what keeps a text from being accepted, "" for nothing. It is called on the Editor's thread."""
        self._tell = tell
        self._below = LineBelow()
        self._words = _Words()
        self._running = threading.Event()
        self._session: PromptSession[None] = PromptSession(
            message=self._message,
            rprompt=lambda: [("class:mark", self._below.mark)],
            completer=self._words,
            complete_while_typing=Condition(self._may_complete),
            reserve_space_for_menu=_MENU_LINES,
            validator=_Check(check),
            validate_while_typing=False,
            history=InMemoryHistory(),
            key_bindings=_keys(),
            prompt_continuation="  ",
            style=Style([("prompt", "bold"), ("mark waiting", "ansibrightblack")]),
            erase_when_done=True,
        )
        self._session.default_buffer.accept_handler = self._accept
        # Told where the cursor was before something else was printed, prompt_toolkit would scroll that much too far.
        self._session.app.renderer.cpr_support = CPR_Support.NOT_SUPPORTED
        self._flush_output = self._session.app.output.flush
        self._session.app.output.flush = self._flush  # type: ignore[method-assign]
        self._above = LinesAbove(self._session.app)
        self._thread = threading.Thread(target=self._edit, name="editor")

    @property
    def stream(self) -> TextIO:
        """What is written here appears above the line."""
        return cast(TextIO, self._above)

    def start(self) -> None:
        self._thread.start()
        self._running.wait()

    def stop(self) -> None:
        """Take the line away and give the terminal back. What was written above it before is shown first."""
        loop = self._session.app.loop
        if loop is not None:
            with suppress(RuntimeError):  # it ended by itself just now
                loop.call_soon_threadsafe(self._end)
        self._thread.join()
        self._above.show()

    def show(self, below: LineBelow) -> None:
        if below != self._below:
            self._below = below
            self._session.app.invalidate()

    def offer(self, words: Iterable[str]) -> None:
        """What Tab completes: whole words, beginning with @ or /."""
        self._words.offered = tuple(sorted(words, key=str.casefold))

    def go_on(self, lines: int) -> None:
        pass  # nobody types too fast

    def left_over(self, taken: int) -> int:
        return 0

    def _edit(self) -> None:
        try:
            self._session.prompt(pre_run=self._running.set, handle_sigint=False)
        except (EOFError, KeyboardInterrupt):  # Ctrl+D, Ctrl+C
            self._tell(LeaveAsked())
        finally:
            self._running.set()

    def _flush(self) -> None:
        """Where the terminal was closed, what goes there is lost, and the line ends as by Ctrl+D."""
        try:
            self._flush_output()
        except (OSError, ValueError):
            app = self._session.app
            if app.future is not None and not app.is_done:
                app.exit(exception=EOFError)

    def _end(self) -> None:
        app = self._session.app
        self._above.show()
        if app.is_running and not app.is_done:
            app.exit()

    def _accept(self, buffer: Buffer) -> bool:
        self._tell(Typed(buffer.text))
        return False  # do not keep the text in the line

    def _message(self) -> StyleAndTextTuples:
        lines: StyleAndTextTuples = [("class:waiting", f"  … {line}\n") for line in self._below.waiting]
        return [*lines, ("class:prompt", "\u203a ")]

    def _may_complete(self) -> bool:
        return bool(_word_before(self._session.default_buffer.document))


class _Words(Completer):
    """Completes the word before the cursor, when it begins with a sign for it."""

    def __init__(self) -> None:
        self.offered: tuple[str, ...] = ()

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        typed = _word_before(document)
        for word in self.offered if typed else ():
            if word.casefold().startswith(typed.casefold()):
                yield Completion(word + " ", -len(typed), display=word)


class _Check(Validator):
    def __init__(self, check: Callable[[str], str]) -> None:
        self._check = check

    def validate(self, document: Document) -> None:
        if problem := self._check(document.text):
            raise ValidationError(document.cursor_position, problem)


def _word_before(document: Document) -> str:
    """The beginning of an @name anywhere, or of a /command at the start of the text; else ""."""
    before = document.text_before_cursor
    if before.startswith("/"):
        return before if " " not in before else ""
    word = before[max(before.rfind(" "), before.rfind("\n")) + 1 :]
    return word if word.startswith("@") else ""


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("escape", "enter")
    def _break_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return keys
