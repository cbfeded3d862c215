"""Limits: every bound on what comes from outside, with its reason."""

from __future__ import annotations

from typing import Annotated

import msgspec

PROTOCOL_VERSION = 1
ALPN = "lanchat/1"

#: The well-known port: UDP questions go to it, and a host listens on it for TCP when it is free.
#: Unassigned by IANA, below every system's ephemeral range.
PORT = 29747

#: A host listens on the first of these that is free, else on any port. Who has only an address tries these.
PORTS = (PORT, PORT + 1, PORT + 2)

FRAME_BEFORE_MEMBER = 4 * 1024  # hello and auth are under 1 KiB; who is no member gets no more of our memory
FRAME = 64 * 1024  # fits the longest text and a page of ordinary ones
TEXT_CHARACTERS = 4_000
TEXT_LINES = 200
NICK_CHARACTERS = 32
TITLE_CHARACTERS = 40
KIND_CHARACTERS = 16
TOPIC_CHARACTERS = 120  # one line over the conversation
REACTION_BYTES = 40  # UTF-8; the longest emoji, two people of different skin kissing, has 35
REACTIONS_MOST = 20  # different ones on one message: they are drawn as two rows of chips

MARKS_MOST = 64  # heads in one `resume`: 3 kB, enough for any Log
CARRIED = (500.0, 500)  # carried entries of one client, per second and at once
CARRIED_LONG = (20.0, 5_000)  # the same over a long time: nobody can tell a Log that gave way from a flood
CARRIED_IN_ALL = (50.0, 20_000)  # the same of all members: whoever has many keys floods no faster
RAISES = (1 / 60, 3)  # epochs that a host begins for members who show higher ones, per second and at once: each stays
HEIRS_MOST = 5  # in one `heirs`
HEIR_ENTRIES = 20_000  # before its replica that a client fetches to be an heir: some 4 MB for each member
HEIR_AFTER_SECONDS = 60.0  # in a room without a passphrase, before a member who was never here may keep it open
HEIRS_LOOK_SECONDS = 0.5  # between two looks of a host at all who may: those that come and go together are told at once

PAGE_ENTRIES = 200
PAGE_BYTES = 60_000  # of encoded rows, so that a page with its header fits one FRAME

UNAUTHENTICATED = 32  # connections not yet members, in all: each costs up to 0.3 MB of TLS buffers
UNAUTHENTICATED_PER_ADDRESS = 8
NEW_PER_ADDRESS_SHORT = (10, 10.0)  # connections, seconds
NEW_PER_ADDRESS_LONG = (60, 600.0)
HEARD_IN_A_CROWD = (10.0, 20)  # handshakes a second, at once, of addresses over their limit: members may share one
HANDSHAKE_SECONDS = 5.0  # TLS
ENTER_SECONDS = 10.0  # hello + auth
FRAME_SECONDS = 10.0  # from a frame's first byte to its last

IDLE_PING_SECONDS = 5.0  # a client that heard nothing, or said nothing, this long asks
IDLE_PING_MOST_SECONDS = 10.0  # in a large room, to spare the host: 1,000 members then cost it 100 pings a second
GONE_SECONDS = 15.0  # without a frame: either side gives up
CHECK_SECONDS = 3.0  # a client, when its network or the room's address changed: its connection may be dead
STALLED_BYTES = 1_000_000  # the most that is kept for a member that does not read
STALLED_SECONDS = 10.0  # without progress, then closed; it resumes from its cursor

DISK_RETRY_MS = 5_000  # a full or busy disk is tried again after this
RECONNECT_FIRST_SECONDS = 0.5
RECONNECT_MOST_SECONDS = 8.0

FRAMES = (100.0, 400)  # frames other than posts, per second and at once: an honest client sends about 10 a second
ASKED_AT_ONCE = 100  # keys in one `who`: the cards fit one FRAME
PRESENCE_SECONDS = 0.1  # who comes and goes within this is told at once: 1,000 joins cost frames, not a million frames
DEVICES = 8  # of one member at once: each costs as much as another member
MEMBERS = 50_000  # the most in any room: a client holds a card of each, half a KiB
TELL_SECONDS = 0.1  # between two `have` of a client, and two `delivered` of the host
IGNORED_POSTS = (50, 30.0)  # posts sent against a slow_down, seconds: then the member is removed

TYPING_MEMBERS = 50  # clients in larger rooms send no typing notice: it would cost too many frames
TYPING_SAID_SECONDS = 3.0  # between two `typing` of a client
TYPING_TOLD_SECONDS = 1.0  # between two `typists` of the host
TYPING_NAMED = 5  # keys in one `typists`
TYPING_SHOWN_SECONDS = 6.0  # after it was said last
SEEN_MEMBERS = 20  # clients in larger rooms do not send how far their person has read
SEEN_SECONDS = 0.5  # between two `seen` of the host
SEEN_KEPT = 200  # members whose `read` a host remembers while it runs: all of them fit one FRAME
READ_SECONDS = 1.0  # between two `read` of a client
OWN_READ_SECONDS = 5.0  # between two `own_read` of a client, for its person's other devices
OWN_READ_KEPT = 2_000  # members whose last-read line a host remembers while it runs: some 300 kB

HOLDING_MOST = 1_000  # roots in one `holding` or `wanted`: 34 kB; of what a client has, what it got last
WANTED_MOST = 8  # files that one client is asked for at once: it gives two side by side
HOLDING_KEPT = 50_000  # roots of all clients together that a host remembers: some 10 MB
HOLDING_SECONDS = 1.0  # between two `holding` of a client
FINDING_KEPT = 100  # roots for which a client asked that a host remembers, to tell it of new sources
SOURCES_MOST = 8  # in one `sources`: more side by side bring nothing

GUEST_PORTS = (PORT + 3, PORT + 4, PORT + 5)  # the page for phones is on the first of these that is free
GUESTS = 16  # phones in a room at once
GUESTS_PER_ADDRESS = 4  # a hotspot may share one among its phones
GUEST_KEYS = 100  # people who ever came in with one code: each leaves a card on the disk
GUEST_CODES = 16  # codes of one room with which somebody may come back: with their keys they fit one FRAME
GUEST_UNUSED_SECONDS = 30 * 86_400.0  # a code that nobody came in with for so long is dropped
GUEST_POSTS = (1.0, 5)  # entries of one phone, per second and at once: as fast as thumbs are
GUEST_CHARACTERS = 1_000
GUEST_ENTRIES = 50  # about how much of the past a phone gets
GUEST_FILE_BYTES = 10_000_000  # a photo: a browser holds all of it in memory
GUEST_FILES_HELD = 20  # files that one phone says it has: what it sends at the moment
GUEST_MANIFEST_BYTES = 8 * 1024  # 39 hashes, and a name
GUEST_CHUNKS_TAKEN = (40.0, 100)  # of files, 256 KiB each, of one phone, per second and at once: 10 MB/s
GUEST_CHUNKS_GIVEN = (16.0, 50)  # the other way: a chunk has five pieces, which must fit FRAMES with the talk
GUEST_CHUNKS_LONG = (1.0, 400)  # the same over a long time: twenty photos, then one every 20 s
GUEST_STALLED_SECONDS = 8.0  # without a piece of what a phone was asked for: it has its place no more
GUEST_REST_SECONDS = 20.0  # before such a phone is asked again, and one whose turn is over
GUEST_TURN_SECONDS = 60.0  # of all files from one phone; then others have the place, and it goes on later
GUEST_NONCE_SECONDS = 60.0  # a page that goes to the next host has opened there by then
GUEST_BOX_BYTES = 60_000  # of frames in one box of a guest's channel
GUEST_MESSAGE_BYTES = 70_000  # a message of a WebSocket: a box, with what the page adds to the first one
GUEST_INVITED_SECONDS = 30 * 60.0  # how long a code lets newcomers in, unless the person says otherwise
GUEST_CODES_SECONDS = 120.0  # since its host was last heard, an heir still uses a code of the host
GUEST_PORT_SECONDS = 60.0  # after the last code that nobody came in with has ended, the port is closed

PASSPHRASE_AT_ONCE = 2
PASSPHRASE_PER_ADDRESS = (5, 60.0)
PASSPHRASE_PER_ROOM = (30, 60.0)
PASSPHRASE_ALARM = 10
PASSPHRASE_ANSWER_SECONDS = 0.25  # every try is answered after this time, so that the time tells nothing


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a host allows its members; the host's settings, told to each client in `welcome`."""

    posts_per_second: Annotated[float, msgspec.Meta(ge=0.1, le=1e6)] = 5.0
    burst: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 20  # also the most posts under way at once
    text_characters: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = TEXT_CHARACTERS  # 4 bytes each must fit a FRAME
    text_lines: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = TEXT_LINES
    newcomer_entries: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 200  # about how much of the past comes at once
    members: Annotated[int, msgspec.Meta(ge=1, le=MEMBERS)] = 5_000  # measured to 1,000
