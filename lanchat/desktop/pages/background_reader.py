"""BackgroundReader: what a page asks of the disk, answered on another thread. Tk thread.

One question is answered at a time; of those asked meanwhile only the last, so that no answer is late by more than one.
"""

from __future__ import annotations

import tkinter as tk
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Generic, TypeVar

from lanchat.desktop.view_context import ViewContext
from lanchat.storage.errors import StorageProblem
from lanchat.storage.reader import Reader

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class BackgroundReader(ABC, Generic[Question, Answer]):
    def __init__(self, view: tk.Misc, context: ViewContext, tell: Callable[[Answer], None]) -> None:
        """`tell` is called with each answer, while `view` exists."""
        self.busy = False
        self._view = view
        self._context = context
        self._tell = tell
        self._next: Question | None = None

    @abstractmethod
    def read(self, reader: Reader, question: Question) -> Answer:
        """On another thread: what is on the disk."""

    @abstractmethod
    def failed(self, question: Question, problem: str) -> Answer:
        """On another thread: the answer where the disk cannot be read; `problem`: why, in words."""

    def ask(self, question: Question) -> None:
        """Answer this, instead of what still waits for an answer."""
        if self.busy:
            self._next = question
            return
        self.busy = True
        self._context.program.run_in_background(partial(self._answer, question), self._done)

    def _answer(self, question: Question) -> Answer:
        try:
            with closing(Reader.open(self._context.kept.folder)) as reader:
                return self.read(reader, question)
        except StorageProblem as problem:
            return self.failed(question, str(problem))

    def _done(self, answer: Answer) -> None:
        self.busy = False
        if not self._view.winfo_exists():
            return
        waiting, self._next = self._next, None
        if waiting is None:
            self._tell(answer)
        else:
            self.ask(waiting)
