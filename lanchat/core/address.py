"""Where a room is, in the forms that a person can type, say or paste. Pure.

An address only leads to a host; a room code and a link also name the host's key, so that the first meeting is checked.
"""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Iterable
from typing import NewType, TypeAlias

from msgspec import Struct

from lanchat.core.model import RoomId
from lanchat.core.translate import _

FINGERPRINT_BYTES = 16  # of a SHA-256: a second key with the same ones takes 2^128 tries
CODE_FINGERPRINT_BYTES = 4  # that fit into a room code: enough to notice a wrong host
LINK_ADDRESSES = 8

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = {"O": "0", "I": "1", "L": "1"}
_CODE_LENGTH = 13  # 65 bits: 32 of address, 32 of fingerprint, one of parity
_ROOM_ID = re.compile(r"[a-z2-7]{16}")
_SCHEME = "lanchat://"
_QUOTES = "\"'`\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb"
_LINK = re.compile(rf"{_SCHEME}[^\s<>{_QUOTES}]+", re.IGNORECASE)
_AROUND = f" <>(),;!?.\u2026{_QUOTES}"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*\.?")


Numeric = NewType("Numeric", str)
"""A numeric address, for which no name has to be looked up. Made by `numeric`."""


class NotAnAddress(ValueError):
    """What was typed names no place. The text says in plain words what is wrong with it."""


class RoomIdTarget(Struct, frozen=True):
    room_id: RoomId


class AddressTarget(Struct, frozen=True):
    host: str  #: numeric, or a host name
    port: int | None = None


class CodeTarget(Struct, frozen=True):
    """Ask `ipv4` on the well-known port; the fingerprint of the host there must begin with `fingerprint`."""

    ipv4: Numeric
    fingerprint: bytes  #: its first 4 bytes


class LinkTarget(Struct, frozen=True):
    addresses: tuple[Numeric, ...]
    port: int
    room_id: RoomId
    fingerprint: bytes


Target: TypeAlias = RoomIdTarget | AddressTarget | CodeTarget | LinkTarget


def parse_where(text: str) -> Target:
    """The place that a person typed or pasted, also in brackets, quotes or a sentence.

    Raises NotAnAddress.
    """
    text = text.strip()
    try:
        return _parse(text)
    except NotAnAddress:
        bare = _bare(text)
        if bare == text:
            raise
        return _parse(bare)


def where_problem(text: str) -> str:
    """Why `text` is no place, in words for the person; "" when it is one."""
    try:
        parse_where(text)
    except NotAnAddress as problem:
        return str(problem)
    return ""


def surely_a_place(wanted: str) -> bool:
    """Whether `wanted` is hardly a title: a title may look like a host name, or like a code without digits."""
    try:
        target = parse_where(wanted)
    except NotAnAddress:
        return False
    match target:
        case RoomIdTarget() | LinkTarget():
            return True
        case AddressTarget(host, port):
            return port is not None or ":" in host or host == "localhost" or host.replace(".", "").isdecimal()
        case CodeTarget():
            return any(character in "0123456789-" for character in wanted)


def _bare(text: str) -> str:
    """`text` without what was copied along with it: "<link>", 'link', link."""
    link = _LINK.search(text)
    return (link[0] if link else text).strip(_AROUND)


def _parse(text: str) -> Target:
    if text.lower().startswith(_SCHEME):
        return _parse_link(text[len(_SCHEME) :])
    if _ROOM_ID.fullmatch(text.lower()):
        return RoomIdTarget(RoomId(text.lower()))
    code = _parse_code(text)
    return code or _parse_address(text)


def room_code(ipv4: str, fingerprint: bytes) -> str:
    """The code to say aloud: 13 characters, like K7F3Q-2MXA9-DTB."""
    packed = ipaddress.IPv4Address(ipv4).packed + fingerprint[:CODE_FINGERPRINT_BYTES]
    bits = int.from_bytes(packed, "big")
    bits = bits << 1 | bits.bit_count() & 1
    letters = "".join(_CROCKFORD[bits >> 5 * place & 31] for place in reversed(range(_CODE_LENGTH)))
    return f"{letters[:5]}-{letters[5:10]}-{letters[10:]}"


def room_link(addresses: Iterable[str], port: int, room_id: RoomId, fingerprint: bytes) -> str:
    """The link to paste: lanchat://address[,address…]:port/room id#fingerprint. No address: "".

    Addresses that mean something only on this machine's own link (a %scope) are left out.
    """
    useful = [address for address in addresses if "%" not in address][:LINK_ADDRESSES]
    if not useful:
        return ""
    hosts = ",".join(f"[{address}]" if ":" in address else address for address in useful)
    return f"{_SCHEME}{hosts}:{port}/{room_id}#{fingerprint_text(fingerprint)}"


def fingerprint_text(fingerprint: bytes) -> str:
    """A fingerprint as it stands in links and records: 22 characters."""
    return base64.urlsafe_b64encode(fingerprint).decode().rstrip("=")


def parse_fingerprint(text: str) -> bytes:
    """The opposite of `fingerprint_text`. Raises NotAnAddress."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{22}", text, re.ASCII):
        raise NotAnAddress(_("The part after # is not a key fingerprint."))
    made = base64.urlsafe_b64decode(text + "==")
    if fingerprint_text(made) != text:
        raise NotAnAddress(_("The part after # is not a key fingerprint."))
    return made


def numeric(text: str) -> Numeric | None:
    """The address, if it is one; IPv6 link-local ones may have a %scope."""
    try:
        return Numeric(str(_ip_address(text)))
    except ValueError:
        return None


def is_link_local(address: str) -> bool:
    """Whether it is an IPv6 address that means something on one link only, and nothing without its %scope."""
    return ":" in address and _ip_address(address).is_link_local


def address_of_socket(name: tuple[str, int] | tuple[str, int, int, int]) -> Numeric:
    """The address in what a socket is called, with the %scope where that is needed."""
    address = name[0].partition("%")[0]
    return Numeric(f"{address}%{name[3]}" if len(name) == 4 and is_link_local(address) else address)


def can_be_beside(address: Numeric, host: Numeric) -> bool:
    """Whether a host at `host` can see a member at `address`: else it would have us knock at a group of computers, at
    nobody's address, or at our own computer's programs."""
    there = _ip_address(address)
    if there.is_multicast or there.is_unspecified or (there.version == 4 and there.is_reserved):
        return False
    return _ip_address(host).is_loopback or not there.is_loopback


def neighbourhood(address: str) -> str:
    """What counts as one machine: an IPv4 address, or an IPv6 /64, since one machine can use every address in it.

    A link-local address counts by itself, since all machines of a network share the /64 of these.
    """
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv4Address) or parsed.is_link_local:
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.IPv6Network((parsed, 64), strict=False))


def _parse_code(text: str) -> CodeTarget | None:
    letters = [_READ_AS.get(letter, letter) for letter in text.upper() if letter not in "- "]
    if len(letters) != _CODE_LENGTH or any(letter not in _CROCKFORD for letter in letters):
        return None
    bits = 0
    for letter in letters:
        bits = bits << 5 | _CROCKFORD.index(letter)
    if (bits >> 1).bit_count() & 1 != bits & 1:
        raise NotAnAddress(_("That room code has a typing mistake in it."))
    packed = (bits >> 1).to_bytes(8, "big")
    return CodeTarget(Numeric(str(ipaddress.IPv4Address(packed[:4]))), packed[4:])


def _parse_link(rest: str) -> LinkTarget:
    place, slash, tail = rest.partition("/")
    room_id, hash_, fingerprint = tail.partition("#")
    if not slash or not hash_ or not _ROOM_ID.fullmatch(room_id):
        raise NotAnAddress(_("That link is not complete: it should be lanchat://address:port/room#fingerprint."))
    hosts, _colon, port = place.rpartition(":")
    addresses = tuple(_numeric(host.strip("[]")) for host in hosts.split(","))
    if len(addresses) > LINK_ADDRESSES:
        raise NotAnAddress(_("That link names more than {most} addresses.").format(most=LINK_ADDRESSES))
    return LinkTarget(addresses, _port(port), RoomId(room_id), parse_fingerprint(fingerprint))


def _parse_address(text: str) -> AddressTarget:
    bracketed = re.fullmatch(r"\[([^\]]+)\](?::(.*))?", text, re.DOTALL)
    if bracketed:
        return AddressTarget(_numeric(bracketed[1]), _port(bracketed[2]) if bracketed[2] is not None else None)
    if text.count(":") > 1:
        return AddressTarget(_numeric(text))
    host, colon, port = text.partition(":")
    if re.fullmatch(r"[0-9.]+", host, re.ASCII):
        host = _numeric(host)
    elif not _NAME.fullmatch(host) or not (colon or "." in host or host == "localhost"):
        raise NotAnAddress(_("That is no room code, no address and no link."))
    return AddressTarget(host, _port(port) if colon else None)


def _ip_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The address; ::ffff:10.0.0.5 as 10.0.0.5, to which no IPv6 socket connects on Windows. Raises ValueError."""
    address = ipaddress.ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


def _numeric(text: str) -> Numeric:
    try:
        address = _ip_address(text)
    except ValueError:
        raise NotAnAddress(_("That is not an address: it should look like 192.168.1.42.")) from None
    if not text.isascii() or address.is_multicast or (address.version == 4 and address.is_unspecified):
        raise NotAnAddress(_("That address belongs to no single machine."))
    return Numeric(str(address))


def _port(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text, re.ASCII) or not 1 <= int(text) <= 65535:
        raise NotAnAddress(_("A port is a number from 1 to 65535."))
    return int(text)
