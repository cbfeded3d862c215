"""RoomOpener: from the Command OpenRoom to a room that is open. Engine's loop."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from lanchat.core import limits
from lanchat.core.epoch import NoEpochLeft
from lanchat.core.model import RoomId
from lanchat.core.text import clean_line
from lanchat.core.translate import _
from lanchat.engine import commands, events
from lanchat.engine.host_role import HostRole, HostServices, KeeperOwner
from lanchat.engine.kept_room import HasOnlyPart, NotEntitled, OpeningPlan, no_epoch_left
from lanchat.network.listener import Listener, PortTaken
from lanchat.storage.errors import StorageProblem
from lanchat.storage.records import RoomRecord, now_ms
from lanchat.storage.store import Store
from lanchat.trust import passphrase


class RoomOpener:
    def __init__(self, services: HostServices, owner: KeeperOwner) -> None:
        self._services = services
        self._owner = owner
        self._person = services.person
        self._disk = services.disk
        self._known = services.known

    async def open(self, command: commands.OpenRoom, room_id: RoomId) -> tuple[HostRole, str | None] | None:
        """The open room, and its passphrase if one was just chosen. None: it is not open, and an Event said why.

        `room_id`: of the room of ours that is meant, or of a new one. In that room's turn: it is not open now.
        """
        title = clean_line(command.title, limits.TITLE_CHARACTERS)
        kept = self._known.hosted(room_id)
        problem = _why_not(command, title, kept)
        if not problem:
            try:
                record, phrase = await self._record(command, title, kept or _new(room_id, title))
                plan = OpeningPlan(renew=True)
                return await HostRole.open(record, self._services, self._owner, command, plan), phrase
            except NotEntitled:
                problem = not_entitled()
            except HasOnlyPart:
                problem = _has_only_part()
            except NoEpochLeft:
                problem = no_epoch_left()
            except (passphrase.UnfitPassphrase, StorageProblem) as unfit:
                problem = str(unfit)
            except PortTaken:
                problem = _("Another program uses port {port}. Choose another port, or leave the choice to lanchat.")
                problem = problem.format(port=command.port)
            except OSError as error:
                problem = _cannot_open(error)
        self._services.tell(events.NotHosting(title, problem))
        return None

    async def take_over(
        self, room_id: RoomId, plan: OpeningPlan, listener: Listener | None = None
    ) -> HostRole | str:
        """The open room of somebody else, as what is kept of it entitles us; or why that is not possible. `listener`:
        open already; it is closed where the room does not open."""
        record = self._known.get(room_id)
        try:
            if record is None:
                raise NotEntitled
            record = replace(record, last_used=now_ms())
            await self._known.keep(record)
            command = commands.OpenRoom(record.title, room_id=room_id)
            role, listener = await HostRole.open(record, self._services, self._owner, command, plan, listener), None
            return role
        except NotEntitled:
            return not_entitled()
        except HasOnlyPart:
            return _has_only_part()
        except NoEpochLeft:
            return no_epoch_left()
        except StorageProblem as problem:
            return str(problem)
        except OSError as error:
            return _cannot_open(error)
        finally:
            if listener is not None:
                await listener.close()

    async def _record(
        self, command: commands.OpenRoom, title: str, record: RoomRecord
    ) -> tuple[RoomRecord, str | None]:
        """The room to open, made of what there is of it; and its passphrase, if one was just chosen.

        A room that had a passphrase keeps it when none is given, so that it is not opened to everybody by mistake. With
        a new passphrase all members must show that they know it, and passes that were given before are void. """
        phrase = passphrase.generate() if command.make_passphrase else command.passphrase
        if phrase is not None:
            if not command.make_passphrase:
                passphrase.check_own(phrase)
            secret = await asyncio.to_thread(passphrase.derive, phrase, record.room_id)
            if record.secret != secret:
                if self._known.get(record.room_id):
                    await self._disk.run(Store.revoke_admissions, record.room_id)
                record = replace(record, secret=secret, passphrase=True, generation=record.generation + 1)
        if record.secret is not None and record.generation == 0:  # it has its passphrase from before there were passes
            record = replace(record, generation=1)
        keepers = command.keepers or record.keepers
        title, me = title or record.title, self._person.key
        record = replace(record, title=title, owner=me, keepers=keepers, last_used=now_ms())
        await self._known.keep(record)
        return record, phrase


def _why_not(command: commands.OpenRoom, title: str, kept: RoomRecord | None) -> str:
    if command.room_id and kept is None:
        return _("Only the person who hosted this room can open it again.")
    if not title and kept is None:
        return _("A room needs a title with at least one letter that can be seen.")
    return ""


def _cannot_open(error: OSError) -> str:
    return _("The room cannot be opened: {why}.").format(why=error.strerror)


def not_entitled() -> str:
    """Why a room of others cannot be opened here, in words."""
    return _("This computer was not given the right to keep this room open.")


def _has_only_part() -> str:
    return _(
        "This computer has only a part of this room, and only one that has all of it can open it: its host's, or "
        "that of a member who was in it longer. Ask one of them to open it; then earlier messages come here, too."
    )


def _new(room_id: RoomId, title: str) -> RoomRecord:
    return RoomRecord(room_id, title, hosted=True, joined_at=now_ms())
