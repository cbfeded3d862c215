"""Client: replicates one Room's Log, and brings my entries into it.

A state machine without sockets, disk, clock or thread. Every call takes frames or answers and `now` (monotonic
seconds); what is to be done comes out of `actions()`, to be taken after every call.

1. The replica is one unbroken range. Whatever does not continue it means: disconnect, and resume from what is on disk.
2. An entry counts only after its chain head fits (checked here) and its signature is right (checked by the driver).
3. An entry leaves the Outbox only when it comes back in the Log, or the Host says that it never will.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import assert_never

from lanchat.core import client_actions as act
from lanchat.core import frames
from lanchat.core.attention import Attention, Sharing
from lanchat.core.file_sources import ClientFiles
from lanchat.core.frames import Frame, FromHost, Misbehaved, encode
from lanchat.core.heirs import ClientSuccession
from lanchat.core.keepalive import Keepalive
from lanchat.core.model import Availability, Card, Entry, EntryId, Head, LogEnd, LogEntry, MemberKey, RoomId
from lanchat.core.paging import Paging
from lanchat.core.posting import Posting
from lanchat.core.replica import HaveReport, Replica
from lanchat.core.roster import MissingCards, Roster


class Client:
    def __init__(
        self,
        room_id: RoomId,
        end: LogEnd | None,
        outbox: Sequence[Entry],
        me: MemberKey,
        known: Iterable[MemberKey] = (),
        without_cards: Iterable[MemberKey] = (),
        missing: bool = False,
        at_host: bool = False,
        marks: Sequence[frames.LogMark] = (),
        keeps: Entry | None = None,
        carried: Sequence[Entry] = (),
        kept: bool = False,
        random: Callable[[], float] = lambda: 0.5,
    ) -> None:
        """`end` and `outbox` (oldest first) as they are on disk, no end when there is no replica yet; `known`: whose
        cards are there; `without_cards`: who wrote here, and has none; `missing`: what was before the replica was lost.
        `marks`, `keeps`: see Replica; `carried`, `kept`, `random`: see Posting.

        `at_host`: this is the host's own person, whose replica is the Log itself: every entry is on this disk already,
        so the Host is told what the person has read (`read`) instead.
        """
        self.me = me
        self.roster = Roster(room_id)
        self.attention = Attention(room_id, me)
        self.files = ClientFiles()
        self.succession = ClientSuccession()
        self._room_id = room_id
        self._replica = Replica(room_id, end, marks, keeps)
        self._report = HaveReport(self._replica, at_host)
        self._posting = Posting(outbox, carried, me, kept, random)
        self._missing_cards = MissingCards(known, without_cards)
        self._paging = Paging(self._replica, missing)
        self._actions: list[act.Action] = []
        self._keepalive: Keepalive | None = None  # while connected
        self._welcome: frames.Welcome | None = None  # while in the room
        self._resume_due = False
        self._new_card: Card | None = None  # to be told

    def actions(self) -> list[act.Action]:
        """What is to be done now, in order. Take it after every call."""
        taken, self._actions = self._actions, []
        return taken

    @property
    def live(self) -> bool:
        """The Host welcomed us."""
        return self._welcome is not None

    @property
    def epoch(self) -> int:
        """Of the room, as far as it is known here; 0: nothing is."""
        return self._replica.epoch

    # --- the connection ----------------------------------------------------------------------------------------------
    def connected(self, now: float) -> None:
        """A connection is up and its Host let us in."""
        self._keepalive = Keepalive(now)
        self._resume_due = True
        self._resume(now)

    def disconnected(self) -> None:
        """The connection is gone."""
        self._keepalive = self._welcome = None
        self.attention.disconnected()
        self.files.disconnected()
        self.succession.disconnected()
        self._resume_due = False
        self._paging.disconnected()
        self._report.disconnected()
        self._posting.close()
        self._missing_cards.unanswered()
        self.roster.forget()

    def _resume(self, now: float) -> None:
        """Send what we have. Only what is on disk counts, so this waits for the answer to the last Apply."""
        if self._resume_due and self._replica.settled:
            self._resume_due = False
            self._send(self._replica.resume(), now)

    def _disconnect(self, why: act.Disconnect) -> None:
        self._actions.append(why)
        self.disconnected()

    # --- frames ------------------------------------------------------------------------------------------------------
    def received(self, frame: FromHost, now: float) -> None:
        """A frame from the Host. Raises Misbehaved: close the connection, then say `disconnected`."""
        if self._keepalive is None:  # this connection was given up a moment ago
            return
        self._keepalive.heard = now
        match frame:
            case frames.Ping():
                self._send(frames.Pong(), now)
            case frames.Pong():
                pass
            case frames.Welcome():
                self._welcomed(frame, now)
            case frames.Refused(code, retry_ms):
                self._disconnect(act.Disconnect(code, refused=True, retry_ms=retry_ms))
            case frames.Bye(closed):
                self._disconnect(act.Disconnect("closed" if closed else "bye"))
            case frames.Hello() | frames.Pake() | frames.Entered():
                raise Misbehaved("we are in already")
            case _:
                if self._welcome is None:
                    raise Misbehaved("not before welcome")
                self._in_room(frame, self._welcome, now)

    def _in_room(self, frame: frames.InRoom, welcome: frames.Welcome, now: float) -> None:
        match frame:
            case frames.Entries():
                self._entries(frame, welcome, now)
            case frames.Page():
                self._actions.append(self._paging.answered(frame))
            case frames.Earlier(before, limit):
                self._actions.append(self._paging.give(before, limit))
            case frames.Known(entry_ids, seqs):
                if settled := self._posting.known(entry_ids, seqs, self._replica.last, now):
                    self._actions.append(act.Settle(settled))
            case frames.Rejected(entry_id, code):
                if (refused := self._posting.rejected(EntryId(entry_id), code)) is not None:
                    self._actions.append(refused)
            case frames.SlowDown(retry_ms, code):
                asked, seconds = self._posting.slow_down(retry_ms, now)
                if code and asked:
                    self._actions.append(act.Held(code, seconds))
            case frames.Delivered(seq, base):
                self._actions.append(act.OwnDelivered(seq, base))
            case frames.Present():
                self._missing_cards.introduced(frame.joined)
                if (change := self.roster.hear(frame)) is not None:
                    self._actions.append(change)
            case frames.Cards(cards):
                if wanted := self._missing_cards.answered(cards):
                    self._actions.append(act.CardsCame(self._room_id, wanted))
                self._ask_who(now)
            case frames.Typists() | frames.SeenBy() | frames.OwnRead():
                self._actions += self.attention.hear(frame, max(welcome.last, self._replica.last), self.roster, now)
            case frames.Sources(root, sources, host):
                self._actions.append(act.SourcesFound(root, tuple(sources), host or ""))
            case frames.Wanted(roots):
                self._actions.append(act.FilesWanted(tuple(roots)))
            case frames.PassesGiven() | frames.GuestCodesGiven() | frames.Heirs() | frames.Moved():
                self._actions.append(self.succession.hear(frame))
            case _:
                assert_never(frame)
        self._post_due(now)

    def _welcomed(self, frame: frames.Welcome, now: float) -> None:
        if self._welcome is not None or self._resume_due:
            raise Misbehaved("welcome at the wrong time")
        held = not self._replica.new
        anew = self._replica.welcomed(frame)
        self._welcome = frame
        self._missing_cards.introduced([frame.host])
        self._posting.open(frame.limits, now)
        if isinstance(anew, act.NewReplica) and held:
            self._paging.lost()
        elif isinstance(anew, act.Rebase):
            self._posting.gives_way()
            self.attention.cut(frame.base)
        if anew is not None:
            self._actions.append(anew)
        self._actions.append(act.Welcomed(frame.host, frame.limits, frame.last - frame.base, frame.keeps))
        self._tell_card(now)
        self.tell_succession(now)
        self._tell_attention(now)
        self._ask_who(now)
        self._tell_have(now)
        self._post_due(now)
        self._fetch_page(now)

    # --- the replica -------------------------------------------------------------------------------------------------
    def _entries(self, frame: frames.Entries, welcome: frames.Welcome, now: float) -> None:
        run = self._replica.follow(frame, welcome.host.key)
        if run is None:
            self._disconnect(act.Disconnect("gap"))
        else:
            self._take(run, frame.first <= welcome.last, now)

    def handed_over(self, run: tuple[LogEntry, ...], now: float) -> None:
        """The same from a host in this process: the entries as they are in its Log. After the Welcome."""
        if self._keepalive is None or self._welcome is None:  # this connection was given up a moment ago
            return
        self._keepalive.heard = now
        if self._replica.goes_on(run):
            self._take(run, run[0].seq <= self._welcome.last, now)
        else:
            self._disconnect(act.Disconnect("gap"))

    def _take(self, run: tuple[LogEntry, ...], backlog: bool, now: float) -> None:
        self._actions.append(act.Apply(run, self._posting.took(run, now), backlog))
        self._actions += self.attention.wrote(run, now)
        self._missing_cards.meet(run)
        self._ask_who(now)

    def applied(self, last: int, now: float) -> None:
        """The answer to Apply and NewReplica: the replica on disk goes up to `last`."""
        self._replica.on_disk = last
        self._resume(now)
        self._tell_have(now)
        self._post_due(now)
        self._fetch_page(now)

    def rebased(self, end: LogEnd, carried: Sequence[Entry], now: float) -> None:
        """The answer to Rebase: the range of the replica on disk now, and all that waits to be carried, in order."""
        self._replica.begins(end.base, end.base_head)
        self._posting.carry(carried)
        self.applied(end.last, now)

    def _fetch_page(self, now: float) -> None:
        """Ask for the next page of what was lost here, or is wanted by the person."""
        match self._paging.due() if self._welcome is not None else None:
            case act.Prepend() as nothing:
                self._actions.append(nothing)
            case frames.Earlier() as question:
                self._send(question, now)

    def fetch_earlier(self, now: float) -> bool:
        """The person wants a page of what comes before the replica: it is one Prepend that is not `recovered`, also
        where several are wanted before it comes. False: nobody is there to be asked."""
        if self._welcome is None:
            return False
        self._paging.want()
        self._fetch_page(now)
        return True

    def prepended(self, base: int, base_head: Head, missing: bool, now: float) -> None:
        """The answer to a Prepend with a run: where the replica begins on disk, and whether more was lost before."""
        self._paging.prepended(base, base_head, missing)
        self._fetch_page(now)
        self.tell_succession(now)

    def read_before(self, before: int, run: Sequence[LogEntry], base_head: Head, now: float) -> None:
        """The answer to ReadBefore."""
        page = self._paging.given(before, run, base_head)
        if self._welcome is not None:
            self._send(page, now)

    # --- my entries --------------------------------------------------------------------------------------------------
    def post(self, entry: Entry, now: float) -> None:
        """A new entry of mine, signed, in the Outbox on disk already."""
        self._posting.write(entry)
        self.attention.sent()
        self._post_due(now)

    def _post_due(self, now: float) -> None:
        """Send the posts that are due. Not before the replica is on disk: after a crash a new replica could begin after
        my entry, which would then be missing here."""
        if self._welcome is not None and self._replica.on_disk >= self._replica.base:
            for post in self._posting.due(now, self._replica.on_disk >= self._welcome.last):
                self._send(post, now)

    # --- what others may know of me ----------------------------------------------------------------------------------
    def read(self, seq: int, seen: int, now: float) -> None:
        """The entries up to `seq` were read, which at the host is delivered, for their authors; those up to `seen` by
        the person."""
        self._report.read = max(self._report.read, seq)
        self.attention.read(seen)
        self._tell_have(now)
        self._tell_attention(now)

    def unread(self, seq: int, now: float) -> None:
        """The person marked the entries from `seq` on as unread."""
        self.attention.unread(seq)
        self._tell_attention(now)

    def tell_files(self, now: float) -> None:
        """`files` has something to say."""
        self._tell_attention(now)

    def typing(self, now: float) -> None:
        """The person is writing."""
        if self._welcome is not None and (frame := self.attention.typing(len(self.roster), now)) is not None:
            self._send(frame, now)

    def attend(self, sharing: Sharing, availability: Availability, now: float) -> None:
        """What the person lets others know, and whether they are here."""
        self.attention.sharing, self.attention.availability = sharing, availability
        self._actions += self.attention.news(now)
        self._tell_have(now)
        self._tell_attention(now)

    def _tell_attention(self, now: float) -> None:
        if self._welcome is not None:
            for frame in (*self.attention.due(len(self.roster), self._replica.last, now), *self.files.due(now)):
                self._send(frame, now)

    def tell_succession(self, now: float) -> None:
        """Say what is to be said of who keeps the room open next. Who may, fetches all of the past first."""
        if not self.live:
            return
        if self.succession.port:
            self._paging.want_all()
            self._fetch_page(now)
        for news in self.succession.due(self._replica.base_on_disk == 0):
            self._send(news, now)

    # --- cards -------------------------------------------------------------------------------------------------------
    def renamed(self, card: Card, now: float) -> None:
        """I have a new card. One made before the welcome is told after it: the connection began with the old one."""
        self._new_card = card
        self._tell_card(now)

    def _tell_card(self, now: float) -> None:
        if self._new_card is not None and self.live:
            self._send(frames.Rename(self._new_card), now)
            self._new_card = None

    def _ask_who(self, now: float) -> None:
        if (question := self._missing_cards.question()) is not None:
            self._send(question, now)

    # --- time --------------------------------------------------------------------------------------------------------
    @property
    def busy(self) -> bool:
        """Something waits for a tick. Otherwise ticks are only about keepalive, and may come seldom."""
        if self._welcome is None:
            return False
        attention = self.attention.waiting(len(self.roster), self._replica.last)
        report = self._report.waiting(self.attention.sharing.read)
        return self._posting.waiting or attention or self.files.waiting or report

    def tick(self, now: float) -> None:
        """To be called about every 0.1 s while `busy`, and at least every second."""
        if self._keepalive is None:
            return
        self._keepalive.look(now)
        if self._keepalive.gone(self.live, now):
            self._disconnect(act.Disconnect("gone"))
            return
        if self._keepalive.ask(len(self.roster), now):
            self._send(frames.Ping(), now)
        self._tell_have(now)
        self._tell_attention(now)
        self._actions += self.attention.news(now)
        self._post_due(now)

    def check(self, now: float) -> None:
        """Our network or the room's address has changed: the host must answer soon, or the connection is given up."""
        if self._keepalive is not None:
            self._keepalive.check(now)
            self.tick(now)

    def _tell_have(self, now: float) -> None:
        """Tell how far the replica on disk goes."""
        if self._welcome is not None:
            for frame in self._report.due(self.attention.sharing.read, len(self.roster), now):
                self._send(frame, now)

    def _send(self, frame: Frame, now: float) -> None:
        if self._keepalive is not None:
            self._keepalive.said = now
        self._actions.append(act.Send(encode(frame)))
