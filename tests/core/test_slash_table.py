"""What is a command, what is a message, and what has to be asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.core.keeping import Rank, RoleChange
from lanchat.core.model import MemberKey
from lanchat.core.rights import Rights
from lanchat.core.slash_table import (
    IncompleteSlash,
    SlashCall,
    TypedMessage,
    UnknownSlash,
    action_of,
    as_line,
    numbered,
    offered,
    parse,
    slash_table,
)
from lanchat.core.standing import Standing


def test_a_command_has_its_argument() -> None:
    match parse("/nick  Ana Maria ", window=True):
        case SlashCall(command, argument):
            assert (command.name, argument) == ("nick", "Ana Maria")
        case other:
            pytest.fail(str(other))
    assert isinstance(parse("/Nick Ana", window=False), SlashCall), "a telephone begins with a capital letter"
    assert isinstance(parse("/me waves\nand smiles", window=True), SlashCall)


def test_without_the_argument_it_needs_it_says_so() -> None:
    match parse("/nick", window=True):
        case IncompleteSlash() as incomplete:
            assert incomplete.problem == "Say which: /nick NAME"
        case other:
            pytest.fail(str(other))


@pytest.mark.parametrize(
    "text",
    ["/usr/bin/x", "/usr/bin is full", "/2026-11-01", "/", "/ me", "/50 of them", "/r/python", "/me, too", "/*", "/?",
     "hello /nick Ana", " /nick Ana", "/help me", "/\u0e01\u0e34", "/foo\nbar", "// comment", "/-", "/a.out"],
)  # fmt: skip
def test_these_are_messages_without_asking(text: str) -> None:
    assert parse(text, window=True) == TypedMessage(text)


@pytest.mark.parametrize("text", ["/foo", "/foo bar", "/usr", "/NIK Ana", "/\u00fcber alles"])
def test_these_are_asked_about(text: str) -> None:
    assert parse(text, window=True) == UnknownSlash(text.split()[0], text)


def test_each_face_has_its_own() -> None:
    assert isinstance(parse("/quit", window=True), UnknownSlash)
    assert isinstance(parse("/quit", window=False), SlashCall)


def test_a_host_is_offered_more() -> None:
    ana, ben, li = (MemberKey(name * 32) for name in (b"a", b"b", b"l"))
    li_runs_it = Standing(ana, roles={li: RoleChange(li, Rank.CO_OWNER)})

    def names(me: MemberKey, keeper: MemberKey) -> set[str]:
        found = offered(window=False, rights=Rights(me, li_runs_it, keeper))
        return {command.name for command in found if command.right is not None}

    assert names(ben, keeper=ana) == set()
    assert names(ana, keeper=ben) == {"pin", "takeback", "keeper", "coowner"}
    assert names(ben, keeper=ben) == {"remove", "handover", "invite"}
    assert names(li, keeper=ben) == {"takeback"}
    assert names(li, keeper=li) == {"remove", "handover", "invite", "keeper"}
    assert names(li, keeper=ana) == set(), "what the owner keeps open nobody takes"
    assert len(offered(window=False, rights=None)) > len(offered(window=False, rights=Rights(ana, li_runs_it, ana)))


def test_two_slashes_begin_a_message_that_nobody_takes_for_an_action() -> None:
    assert parse("//nick Ana", window=True) == TypedMessage("/nick Ana")
    match parse("//me waves", window=True):
        case TypedMessage(text):
            assert not action_of(text)
            assert text.strip() == "/me waves"
        case other:
            pytest.fail(str(other))


def test_an_action() -> None:
    assert as_line("Ana", "/me waves") == "* Ana waves"
    assert as_line("Ana", "/meadow") == "Ana: /meadow"
    assert as_line("Ana", "/me  ") == "Ana: /me  "


def test_a_number() -> None:
    assert numbered("#3 yes") == (3, "yes")
    assert numbered("#12") == (12, "")
    assert numbered("3 apples") == (0, "3 apples")
    assert numbered("#3rd") == (0, "#3rd")


def test_every_command_has_one_name_and_says_what_it_does() -> None:
    names = [command.name for command in slash_table()]
    assert len(set(names)) == len(names)
    assert all(command.about and (command.in_window or command.in_terminal) for command in slash_table())


@given(st.text("/me nickhelp#1\n", max_size=20))
def test_whatever_is_typed_it_is_one_of_the_four(text: str) -> None:
    for window in (True, False):
        typed = parse(text, window=window)
        assert not isinstance(typed, TypedMessage) or typed.text.strip("/ ") == text.strip("/ ")
