"""The errors of the data folder, with a text for the person: what happened, what is safe, what to do.

Every sqlite3.Error and OSError in this package is turned into one of these by this module only. Errors that only a
mistake in lanchat can cause (wrong SQL, a broken constraint) are raised unchanged.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lanchat.core.sizes import size_words
from lanchat.core.translate import _


class StorageProblem(Exception):
    """Something went wrong with the data folder. `str()` is for the person; it names no member, text or key."""

    folder: Path | None = None  #: the data folder, where the text should name it (see `naming`)

    @property
    def words(self) -> str:
        raise NotImplementedError

    def __str__(self) -> str:
        if self.folder is None:
            return self.words
        return f"{self.words} " + _("Data folder: {folder}").format(folder=self.folder)


class DiskFull(StorageProblem):
    @property
    def words(self) -> str:
        return _(
            "The disk is full. Everything up to now is safe, and nothing new can be kept before there is some space."
        )


class ReadOnly(StorageProblem):
    @property
    def words(self) -> str:
        return _(
            "The data folder cannot be written to. What is in it is safe, and nothing new can be kept. "
            "Allow writing there, or choose another folder with --data-dir."
        )


class NoAccess(StorageProblem):
    @property
    def words(self) -> str:
        return _(
            "The data folder cannot be opened. Nothing in it was changed. "
            "Check who owns it and its permissions, or choose another folder with --data-dir."
        )


class Removed(StorageProblem):
    @property
    def words(self) -> str:
        return _(
            "lanchat's database was removed or replaced while lanchat runs. Nothing new can be kept. When lanchat ends "
            "it writes what it still has to lanchat.db.rescued-1. End it, put lanchat.db back or give that file its "
            "name, then start lanchat again."
        )


class Locked(StorageProblem):
    @property
    def words(self) -> str:
        return _(
            "Another program holds lanchat's database. Everything up to now is safe. "
            "Close that program (a database browser, a backup), then try again."
        )


class Corrupt(StorageProblem):
    @property
    def words(self) -> str:
        return _(
            "The database is damaged. What was confirmed before is on the disk as far as it can still be read. "
            "Start lanchat again: it sets the damaged file aside and goes on with all that is sound."
        )


class TooNew(StorageProblem):
    @property
    def words(self) -> str:
        return _(
            "The data folder was written by a newer lanchat. Nothing in it was changed. "
            "Use the newer version, or choose another folder with --data-dir."
        )


class InUse(StorageProblem):
    @property
    def words(self) -> str:
        return _(
            "Another lanchat is using this data folder. Nothing was changed. "
            "Use the one that runs, or give this one a folder of its own with --data-dir."
        )


class DiskFailed(StorageProblem):
    @property
    def words(self) -> str:
        return _(
            "The disk did not read or write as asked. Everything confirmed up to now was written. "
            "Check the disk and its connection, and copy what matters to another one."
        )


class NoFileLeft(StorageProblem):
    @property
    def words(self) -> str:
        return _(
            "The system lets lanchat open no more files at the moment. Everything confirmed up to now was written. "
            "Close other programs, or allow lanchat more open files, then try again."
        )


class WriteFailed(DiskFailed):
    """SQLite has one code for a failing disk, a quota and a limit on the size of files."""

    @property
    def words(self) -> str:
        return _(
            "The disk took no more. Everything confirmed up to now was written. "
            "See whether you may store more there (a quota, a limit on the size of files), and check the disk."
        )


class FileThere(StorageProblem):
    @property
    def words(self) -> str:
        return _(
            "There is a file of that name already. It was not touched, and nothing was written. "
            "Choose another name."
        )


class FileNotWritten(StorageProblem):
    @property
    def words(self) -> str:
        return _(
            "The file could not be written. Nothing is left of it, and the history is safe. "
            "Choose a folder you may write to, on a disk with room."
        )


class NoSpace(StorageProblem):
    """Before anything of a file was written: it would not fit on the disk."""

    def __init__(self, needed: int = 0, free: int = 0) -> None:
        super().__init__()
        self.needed, self.free = needed, free  #: bytes

    @property
    def words(self) -> str:
        return _("There is not enough space on the disk: {needed} needed, {free} free.").format(
            needed=size_words(self.needed), free=size_words(self.free)
        )


class ChangedSinceOffered(StorageProblem):
    @property
    def words(self) -> str:
        return _("The file was changed since it was offered. Offer it again to send it as it is now.")


class FileGone(StorageProblem):
    @property
    def words(self) -> str:
        return _("The file is no longer where it was: it was moved, renamed or deleted.")


class FileNotRead(StorageProblem):
    @property
    def words(self) -> str:
        return _("The file could not be read. Check its permissions, and the disk it is on.")


class FileNotKept(StorageProblem):
    @property
    def words(self) -> str:
        return _(
            "The file could not be written to its folder. What came of it is kept. "
            "Choose a folder for received files that you may write to, then try again."
        )


class NotOpened(StorageProblem):
    @property
    def words(self) -> str:
        return _("What was received cannot be decrypted: its sender did not encrypt it correctly.")


class CannotOffer(StorageProblem):
    """`str()` says why these files or folders cannot be sent."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self._reason = reason

    @property
    def words(self) -> str:
        return self._reason


class Gap(Exception):
    """A run does not fit the replica. Nothing was written; reconnect and resume."""


_BY_SQLITE_CODE: dict[int, type[StorageProblem]] = {
    sqlite3.SQLITE_FULL: DiskFull,
    sqlite3.SQLITE_READONLY: ReadOnly,
    sqlite3.SQLITE_CANTOPEN: NoAccess,
    sqlite3.SQLITE_PERM: NoAccess,
    sqlite3.SQLITE_AUTH: NoAccess,
    sqlite3.SQLITE_BUSY: Locked,
    sqlite3.SQLITE_LOCKED: Locked,
    sqlite3.SQLITE_PROTOCOL: Locked,
    sqlite3.SQLITE_CORRUPT: Corrupt,
    sqlite3.SQLITE_NOTADB: Corrupt,
    sqlite3.SQLITE_IOERR: DiskFailed,
}
_BY_ERRNO: dict[int, type[StorageProblem]] = {
    errno.ENOSPC: DiskFull,
    errno.EDQUOT: DiskFull,
    errno.EROFS: ReadOnly,
    errno.EACCES: NoAccess,
    errno.EPERM: NoAccess,
    errno.ENOTDIR: NoAccess,
    errno.EEXIST: NoAccess,
    errno.ENOENT: NoAccess,
    errno.ENAMETOOLONG: NoAccess,
    errno.EISDIR: NoAccess,
    errno.ELOOP: NoAccess,
    errno.EFBIG: DiskFull,
    errno.EMFILE: NoFileLeft,
    errno.ENFILE: NoFileLeft,
}


def problem_of(error: sqlite3.Error | OSError | UnicodeDecodeError) -> StorageProblem | None:
    """The StorageProblem for `error`; None when it is a mistake in lanchat."""
    if isinstance(error, OSError):
        return _BY_ERRNO.get(error.errno or 0, DiskFailed)()
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:  # raised by Python's module itself, for text that is not UTF-8
        return Corrupt() if isinstance(error, sqlite3.OperationalError | UnicodeDecodeError) else None
    if code == sqlite3.SQLITE_IOERR_SHMSIZE:  # the disk is too full for the -shm file
        return DiskFull()
    if code == sqlite3.SQLITE_IOERR_WRITE:
        return WriteFailed()
    kind = _BY_SQLITE_CODE.get(code & 0xFF)
    return kind() if kind else None


@contextmanager
def in_plain_words() -> Iterator[None]:
    """Turns what the disk or SQLite report inside into a StorageProblem."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        problem = problem_of(error)
        if problem is None:
            raise
        raise problem from error


@contextmanager
def naming(folder: Path) -> Iterator[None]:
    """A StorageProblem raised inside names the data folder: it keeps lanchat from starting, or ends it."""
    try:
        yield
    except StorageProblem as problem:
        problem.folder = folder.absolute()
        raise


@contextmanager
def reading_chunks() -> Iterator[None]:
    """Turns an OSError inside into a StorageProblem about a file that is offered or was received."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileGone from error
    except OSError as error:
        raise (NoFileLeft if error.errno in (errno.EMFILE, errno.ENFILE) else FileNotRead) from error


@contextmanager
def writing_chunks() -> Iterator[None]:
    """The same about a file that is being received. What was written of it before stays."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileGone from error
    except OSError as error:
        problem = _BY_ERRNO.get(error.errno or 0)
        raise (problem if problem in (DiskFull, NoFileLeft) else FileNotKept) from error


@contextmanager
def writing_a_file() -> Iterator[None]:
    """Turns an OSError inside into a StorageProblem about a file that the person chose, outside the data folder."""
    try:
        yield
    except FileExistsError as error:
        raise FileThere from error
    except OSError as error:
        raise FileNotWritten from error
