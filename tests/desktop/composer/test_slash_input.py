"""Commands that are entered in the composer."""

from __future__ import annotations

from lanchat.core.model import PrivateThread
from lanchat.desktop.view_context import AllKeys, SearchAll
from lanchat.engine.commands import Command, Remove, Say
from tests.desktop.composer.author import Author
from tests.desktop.model.telling import BEN, KITCHEN


def test_what_ana_does_is_sent_as_such(ana: Author) -> None:
    ana.types("/me waves")
    ana.keys("Return")
    assert ana.said == ["/me waves"]
    assert ana.written == ""


def test_the_list_of_commands_opens_with_a_slash(ana: Author) -> None:
    ana.types("/")
    assert any(line.startswith("/me TEXT") for line in ana.offered) or "/me TEXT" in ana.offered
    assert not any("/remove" in line or "/quit" in line for line in ana.offered)
    ana.types("nic")
    ana.keys("Return")
    assert ana.written == "/nick "
    ana.types("Anna")
    assert ana.offered == []
    ana.keys("Return")
    assert ana.written == ""
    assert ana.said == []
    assert any(getattr(command, "nick", "") == "Anna" for command in ana.stage.commands)


def test_a_path_is_said_and_two_slashes_begin_with_one(ana: Author) -> None:
    for text in ("/usr/bin/x", "//nick"):
        ana.types(text)
        ana.keys("Return")
    assert ana.said == ["/usr/bin/x", "/nick"]


def test_an_unknown_one_is_sent_only_after_asking(ana: Author) -> None:
    ana.types("/shrug at it")
    ana.keys("Return")
    assert ana.said == []
    assert ana.notice == "There is no /shrug."
    assert ana.written == "/shrug at it"
    ana.presses("Send as a message")
    assert ana.said == ["/shrug at it"]
    assert ana.written == ""
    assert ana.notice == ""


def test_the_bar_goes_when_the_line_is_mended(ana: Author) -> None:
    ana.types("/mee")
    ana.keys("Return")
    assert ana.notice
    ana.keys("BackSpace")
    assert ana.notice == ""
    ana.types("/x")
    ana.keys("Return")
    assert ana.said == ["/me/x"], "no command any more"


def test_enter_once_more_leads_to_the_question_and_does_not_answer_it(ana: Author) -> None:
    ana.types("/shrug")
    ana.keys("Return", "Return")
    assert ana.said == []
    ana.keys("Return")
    assert ana.said == ["/shrug"]


def test_the_commands_are_one_press_away(ana: Author) -> None:
    ana.types("/shrug")
    ana.keys("Return")
    ana.presses("Commands")
    assert ana.stage.places[-1] == AllKeys(commands=True)


def test_a_missing_name_is_asked_for_and_the_line_stays(ana: Author) -> None:
    ana.types("/nick")
    ana.keys("Return")
    assert ana.notice == "Say which: /nick NAME"
    assert ana.written == "/nick"


def test_search_and_help_lead_to_their_pages(ana: Author) -> None:
    for line in ("/search kettle", "/help"):
        ana.types(line)
        ana.keys("Return")
    assert ana.stage.places[-2:] == [SearchAll("kettle"), AllKeys(commands=True)]
    assert ana.written == ""


def test_mute_and_once_more(ana: Author) -> None:
    for muted in (True, False):
        ana.types("/mute")
        ana.keys("Return")
        assert ana.stage.context.kept.now.room(KITCHEN).muted == muted


def test_who_does_not_host_sends_nobody_away(ana: Author) -> None:
    ana.types("/remove Ben")
    ana.keys("Return")
    assert ana.notice == "Only the one on whose computer this room is open can do that."
    sent: list[Command] = [one for one in ana.stage.commands if isinstance(one, Remove | Say)]
    assert sent == []


def test_in_a_private_thread_nothing_is_offered_that_is_about_a_room(ana: Author) -> None:
    ana.stand_up()
    thread = PrivateThread(KITCHEN, BEN)
    ana.stage.context.state.thread(thread)
    ana.sit_down(thread.thread_id)
    ana.types("/")
    assert any(line.startswith("/me") for line in ana.offered)
    assert not any(line.startswith(("/topic", "/pin", "/msg", "/remove")) for line in ana.offered)
    ana.types("topic Breaks")
    ana.keys("Return")
    assert ana.notice == "/topic is for a room, and this is between two of you."
    assert ana.written == "/topic Breaks"


def test_the_topic_is_told_and_only_the_host_says_it(ana: Author) -> None:
    ana.types("/topic")
    ana.keys("Return")
    assert ana.stage.said[-1] == "The room has no topic."
    ana.types("/topic Breaks")
    ana.keys("Return")
    assert ana.notice == "Only who founded this room can do that."
