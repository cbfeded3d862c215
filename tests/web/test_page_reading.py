"""The talk on a phone's screen: where it is scrolled to, for keys and screen readers, on screens of all sizes."""

from __future__ import annotations

from typing import Any

import pytest
from engine.people import People, Person
from lan.lanlab import Lab

from tests.web.browser import Tab
from tests.web.page_steps import enters, invites, is_asked, says, says_name, somebody

pytestmark = pytest.mark.long  # a browser of its own and a lab of network namespaces


def test_who_enters_a_room_without_talk_reads_so(network: Lab, people: People, tab: Tab) -> None:
    host = somebody(network, people, "Bea")
    host.hosts("Hall")
    enters(tab, invites(host))
    said = "getComputedStyle(document.getElementById('log'), '::before').content"
    tab.until(f"{said} === '\"Nothing has been said here yet.\"'")
    says(tab, "Hello")
    tab.until(f"{said} === '\"\"'")


def test_words_are_bold_and_addresses_lead_somewhere(ana: Person, tab: Tab) -> None:
    ana.says("**Now** see https://a.example/plan, `or` not")
    enters(tab, invites(ana))
    tab.sees("Now see https://a.example/plan, or not", "#log")
    assert tab.js("document.querySelector('#log b').innerText") == "Now"
    assert tab.js("document.querySelector('#log code').innerText") == "or"
    leads = tab.js("(({ href, target, rel }) => [href, target, rel])(document.querySelector('#log a'))")
    assert leads == ["https://a.example/plan", "_blank", "noopener noreferrer"]


def test_who_reads_above_stays_there_and_is_told_how_many_are_new(ana: Person, tab: Tab) -> None:
    ana.says(*(f"Line {number}" for number in range(30)))
    enters(tab, invites(ana))
    tab.sees("Line 29", "#log")
    says(tab, "I read above")
    tab.sees("✓", "#log .mine")
    tab.until(AT_END)
    assert not tab.js("document.getElementById('jump').checkVisibility()")
    tab.js("document.getElementById('log').scrollTop = 300")
    tab.until("document.getElementById('jump').checkVisibility()")
    assert tab.js("document.documentElement.scrollHeight <= innerHeight"), "the talk scrolls, not the page"
    ana.says("While away 1", "While away 2")
    tab.sees("2", "#jump-count")
    tab.sees("While away 2", "#log")
    assert tab.js("document.getElementById('log').scrollTop") == 300
    assert tab.js("document.title") == "(2) Kitchen"
    assert tab.js("document.querySelector('.new + .message .words').innerText") == "While away 1"
    tab.taps("#jump")
    tab.until(AT_END)
    tab.until("document.title === 'Kitchen' && !document.getElementById('jump').checkVisibility()")
    says(tab, "Here again")
    tab.until("!document.querySelector('.new')")


AT_END = "(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight < 2)(log)"

#: Of a long talk, drawn without a host: the page's own modules, and what they need of a client.
LONG_TALK = """(async () => {
  const { LogView, Talk, bytesOf } = await import('/main.js');
  document.getElementById('entrance').hidden = !(document.getElementById('room').hidden = false);
  const key = (number) => Uint8Array.from({ length: 32 }, () => number);
  const talk = new Talk();
  talk.meet([[key(1), 'Ana', 1, key(0), bytesOf('')]], true);
  const row = (seq, kind = 'text', target = null) => ({
    seq, id: Uint8Array.from([seq >> 8, seq & 255]), author: key(1), deviceId: key(1), counter: seq, kind, target,
    body: bytesOf(`Line ${seq}`), sentAt: 1, receivedAt: 1, isErased: false });
  const room = { talk, delivered: 0, missedFirst: '', kept: {}, comingTo: 0 };
  const client = { talk, room, myKey: 'ff', title: 'Kitchen', read() {} };
  const view = new LogView(client, {});
  const log = document.getElementById('log');
  const lines = () => [...log.querySelectorAll('.words')].map((node) => node.innerText);
  const place = (text) => [...log.querySelectorAll('.words')].find((node) => node.innerText === text)
    .getBoundingClientRect().top;
  const frame = () => new Promise((is) => requestAnimationFrame(() => requestAnimationFrame(is)));
  const back = async (times) => {
    for (let time = 0; time < times; time += 1) {
      log.scrollTop = 0;
      await frame();
    }
  };
  view.draw(talk.add(Array.from({ length: 2000 }, (_, place) => row(place + 1))));
  const atOnce = lines().length;
  view.draw(talk.add([row(2001)]));
  while (lines().length < 80) await frame();
  const atEnd = lines();
  await back(1);
  const middle = lines()[Math.floor(lines().length / 2)];
  const before = [place(middle), lines().length];
  log.scrollTop = 1;
  await frame();
  const shown = [...log.querySelectorAll('.message')];
  view.draw(talk.add([row(2002), row(2003, '+edit', row(1999).id)]));
  const after = [place(middle), lines().length];
  const gone = shown.filter((node) => !node.isConnected).length;
  await back(40);
  const all = lines();
  const top = log.firstElementChild.innerText;
  log.scrollTop = log.scrollHeight;
  await frame();
  view.draw(talk.add([row(2004)]));
  return { atOnce, atEnd, before, after, gone, all, top, again: lines() };
})()"""


def test_a_long_talk_is_drawn_in_order_and_its_place_is_kept(ana: Person, tab: Tab) -> None:
    is_asked(tab, invites(ana))
    drawn = tab.js(LONG_TALK)
    assert drawn["atOnce"] == 50, "what is in sight first, and no frame is long"
    assert (len(drawn["atEnd"]), drawn["atEnd"][0], drawn["atEnd"][-1]) == (80, "Line 1922", "Line 2001")
    assert drawn["before"][1] == 120, "earlier ones come when they are wanted"
    assert drawn["after"][1] > drawn["before"][1]
    assert drawn["gone"] == 0, "a finger may be on any of them"
    everything = [f"Line {2003 if number == 1999 else number}" for number in range(1003, 2003)]
    assert drawn["all"] == everything
    assert drawn["top"] == "Earlier messages are not on this phone."
    assert (len(drawn["again"]), drawn["again"][-1]) == (80, "Line 2004"), "and they go when nobody reads them"


def test_a_long_talk_which_is_laid_out_otherwise_looks_as_a_short_one(ana: Person, tab: Tab) -> None:
    is_asked(tab, invites(ana))
    tab.js(LONG_TALK)
    tab.until("log.querySelectorAll('.message').length === 80 && log.classList.contains('long')")
    tab.js("log.querySelectorAll('.message')[9].before(Object.assign(document.createElement('p'), {className: 'new'}))")
    high = tab.js("log.scrollHeight")
    assert tab.js("log.classList.remove('long'), log.scrollHeight") == high


def test_earlier_messages_come_above_what_is_read(ana: Person, tab: Tab) -> None:
    is_asked(tab, invites(ana))
    tab.js(LONG_TALK)
    tab.until("log.querySelectorAll('.message').length === 80")
    tab.js("window.line = log.querySelector('.message'), log.scrollTop = 200")
    tab.js("window.top200 = line.getBoundingClientRect().top")
    tab.until("log.querySelectorAll('.message').length === 120")
    assert abs(tab.js("line.getBoundingClientRect().top - top200")) < 2


# --- without eyes, or without a finger -------------------------------------------------------------------------------
def test_everything_is_done_with_keys_alone(ana: Person, tab: Tab) -> None:
    is_asked(tab, invites(ana))
    tab.until("document.activeElement.id === 'name'")
    tab.types("Mia")
    tab.presses("Enter", 13, "\r")
    tab.sees("Connected")
    ana.says("Soup or salad?")
    tab.sees("Soup or salad?", "#log")
    for _press in range(20):
        if tab.js("document.activeElement.className") == "more":
            break
        tab.presses("Tab", 9)
    tab.presses("ArrowDown", 40)
    tab.presses("ArrowDown", 40)
    assert "Soup or salad?" in tab.js("document.activeElement.closest('.message').innerText")
    tab.presses("Enter", 13, "\r")
    assert tab.js("document.activeElement.innerText") == "Reply"
    tab.presses("Escape", 27)
    assert tab.js("document.activeElement.className") == "more"
    tab.presses("Enter", 13, "\r")
    tab.presses("Enter", 13, "\r")
    tab.until("document.activeElement.id === 'text'")
    tab.types("Soup")
    tab.presses("Tab", 9)
    tab.presses("Enter", 13, "\r")
    ana.sees("Soup")
    assert ana.message("Soup").reply_to == ana.message("Soup or salad?").message_id


def test_what_a_screen_reader_says_of_the_page(ana: Person, tab: Tab) -> None:
    is_asked(tab, invites(ana))
    assert [name for role, name in spoken(tab) if role == "main"] == [""]
    assert ("textbox", "Your name") in spoken(tab)
    says_name(tab, "Mia")
    tab.sees("Connected")
    tab.taps(".bubble", "Lunch at half past twelve?")
    tab.sees("Reply")
    said = spoken(tab)
    assert [role for role, _name in said if role in ("main", "log", "heading")] == ["main", "heading", "log"]
    for part in (("log", "Conversation"), ("textbox", "Message"), ("button", "Send"), ("button", "Who is here"),
                 ("button", "Answer or react to Ana"), ("button", "React with 👍")):  # fmt: skip
        assert part in said
    assert not [role for role, name in said if role in ("button", "textbox", "link") and not name]


def test_what_comes_is_told_by_itself_and_the_tab_key_goes_the_way_that_is_read(ana: Person, tab: Tab) -> None:
    enters(tab, invites(ana))
    tab.sees("Lunch at half past twelve?", "#log")
    nodes = tab.call("Accessibility.getFullAXTree")["nodes"]
    told = {
        node["role"]["value"]: one["value"]["value"]
        for node in nodes if not node["ignored"]
        for one in node["properties"] if one["name"] == "live"
    }  # fmt: skip
    assert told == {"log": "polite", "status": "polite"}
    tab.taps("#text")
    tab.types("Yes")
    tab.until("attach.checkVisibility()")  # which comes when somebody is in
    tab.js("title.tabIndex = -1, title.focus()")
    order = []
    for _press in range(6):
        tab.presses("Tab", 9)
        order.append(tab.js("document.activeElement.id || document.activeElement.className"))
    assert order == ["people-button", "log", "more", "attach", "text", "send"]


def spoken(tab: Tab) -> list[tuple[str, str]]:
    """Role and name of what is not hidden, in reading order."""
    nodes = {node["nodeId"]: node for node in tab.call("Accessibility.getFullAXTree")["nodes"]}
    found: list[tuple[str, str]] = []

    def read(node: dict[str, Any]) -> None:
        if not node["ignored"]:
            found.append((str(node["role"]["value"]), str(node.get("name", {}).get("value", ""))))
        for child in node.get("childIds", ()):
            read(nodes[child])

    read(next(node for node in nodes.values() if "parentId" not in node))
    return found


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_too_small_for_a_finger_nor_wider_than_the_screen(ana: Person, tab: Tab, width: int) -> None:
    tab.screen(width, 800)
    ana.says("x" * 300, "مرحبا بالجميع", "👩🏽‍❤️‍💋‍👨🏻🎉", "http://example.org/" + "a" * 200)
    is_asked(tab, invites(ana))
    assert small_or_wide(tab) == []
    says_name(tab, "M" * 32)
    tab.sees("Connected")
    tab.taps(".bubble", "مرحبا بالجميع")
    tab.taps("button", "React with 👍")
    tab.sees("👍 1", ".reactions")
    tab.taps(".bubble", "مرحبا بالجميع")
    tab.taps("#people-button")
    tab.sees("Guests")
    assert small_or_wide(tab) == []


def small_or_wide(tab: Tab) -> list[str]:
    """What a finger cannot meet, and what reaches out of the screen."""
    return list(tab.js("""(() => {
      const shown = [...document.querySelectorAll('body *')].filter((one) => one.checkVisibility());
      const finger = (one) => {
        const { width, height } = one.getBoundingClientRect();
        const around = getComputedStyle(one, '::after');
        return around.content === 'none' ? [width, height] : [parseFloat(around.width), parseFloat(around.height)];
      };
      const small = shown.filter((one) => one.matches('button, input, textarea') && Math.min(...finger(one)) < 43.9);
      const wide = shown.filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5);
      const { scrollWidth, scrollHeight } = document.documentElement;
      const tall = scrollHeight > innerHeight && !room.hidden;
      const scrolls = scrollWidth > innerWidth || tall ? ['the page scrolls'] : [];
      return [...small, ...wide].map((one) => one.outerHTML.slice(0, 100)).concat(scrolls);
    })()"""))


def test_nothing_moves_for_who_asked_for_that(ana: Person, tab: Tab) -> None:
    moves = "getComputedStyle([...document.querySelectorAll('.message.fresh')].at(-1)).animationName"
    enters(tab, invites(ana))
    ana.says("One")
    tab.sees("One", "#log")
    assert tab.js(moves) == "come"
    tab.prefers(reduced_motion="reduce")
    ana.says("Two")
    tab.sees("Two", "#log")
    assert tab.js(moves) == "none"
