"""Looks and cues from the page: kept, compared, changed, taken from files; and a control for whatever may be asked."""

from __future__ import annotations

import json

import pytest
from running_stage import wait_for
from tablets import PHONE, TABLET
from test_board import VIEWS
from touching import Finger

from stage.control.client import ControlError
from stage.control.edge_commands import EDGE_COMMANDS
from stage.panel.page_files import FOLDER
from stage.show.commands.table import COMMANDS, name_of

OPEN = "(name) => import('/page/scripts/director/view.js').then(({ sheet }) => { sheet.value = name; })"
SHOWN = "[...document.querySelectorAll('[data-request]')].map((one) => one.dataset.request)"
NAME = 'Night "x" <b>שלום</b>'
LOOK = '[values]\n"/grade/tint" = 0.125\n'
CUES = '[[cues]]\nnumber = 40\nname = "From a file"\nvalues = { "/grade/tint" = 0.5 }\nfade_s = 3\n'
BY_ITSELF = {
    "hello",
    "describe",
    "lights",
    "worlds list",
    "look list",
    "cue list",
    "undo list",
    "lease",
    "set",
    "batch",
}
"""What pages ask without a key of that name: what they show, and what a finger on a value sends."""
UNSEEN_HERE = {"light", "worlds fix", "acknowledge"}
"""Keys of stages with lights, with faulty pictures, with findings of health: read off the scripts."""
ONCE_THERE = {"worlds": "[data-request='worlds save']"}
"""What a view shows once the stage has answered it."""
NEVER = {"get", "snapshot", "status", "undo forget"}
"""What comes to a page as a stream; and what it asks when it has changed something for its own view alone."""


@pytest.fixture
def page(tablet):
    made = tablet(TABLET)
    made.open("/")
    made.is_live_with("[data-parameter='/grade/exposure_stops'] .read")
    return made.page


def show(page, name):
    page.evaluate(OPEN, name)
    page.wait_for_selector("dialog[open]")


def file_of(name, text):
    return [{"name": name, "mimeType": "application/toml", "buffer": text.encode()}]


def test_whatever_may_be_asked_of_the_stage_has_its_control(tablet, demo):
    """Read off both tables of requests: one that is added without a control fails here."""
    director, board = tablet(TABLET), tablet(TABLET)
    sent: set[str] = set()

    def heard(frame):
        asked = json.loads(frame)
        sent.add(" ".join(filter(None, (asked["type"], asked.get("action", "")))))

    for made in (director, board):
        made.page.on("websocket", lambda socket: socket.on("framesent", lambda text: "type" in text and heard(text)))
    demo.client.look_save("Ours")
    director.open("/")
    director.is_live_with("[data-world]")
    found = set(director.page.evaluate(SHOWN))
    for name in ("looks", "look Ours", "cues", "cue 14", "new_cue", "undo", "menu", "lights"):
        show(director.page, name)
        director.page.wait_for_timeout(300)
        found |= set(director.page.evaluate(SHOWN))
    demo.client.look_delete("Ours")
    board.open("/operator")
    for view in VIEWS:
        board.page.evaluate(f"location.hash = '#{view}'")
        board.page.wait_for_selector(ONCE_THERE.get(view, f".view.{view} > *"))
        found |= set(board.page.evaluate(SHOWN))
    found |= {"cue resume"} if "cue hold" in found else set()  # one key, by what is in force
    whole = {request.partition(" ")[0] for request in found if " " not in request}
    wanted = {
        " ".join(filter(None, (name_of(one.request), getattr(one, "action", ""))))
        for one in (*EDGE_COMMANDS, *COMMANDS)
    }
    without = {one for one in wanted if one not in found and one.partition(" ")[0] not in whole}
    assert without - BY_ITSELF - UNSEEN_HERE - NEVER - sent == set()
    scripts = "".join(path.read_text(encoding="utf-8") for path in (FOLDER / "scripts").rglob("*.js"))
    assert [one for one in UNSEEN_HERE if f'data-request="{one}"' not in scripts] == []
    assert NEVER & (found | sent) == set()
    assert {"look diff", "look import", "cue add", "cue edit", "cue delete", "worlds save"} <= found


def test_a_look_is_kept_compared_renamed_and_deleted_by_touch(page, demo):
    finger = Finger(page)
    show(page, "looks")
    page.fill("dialog .sheet-form input", NAME)
    finger.tap("[data-request='look save']")
    page.wait_for_selector(f".look-row:has-text('{NAME}')")
    assert page.locator(".look-row b b").count() == 0
    demo.client.set("/grade/tint", 0.25)
    finger.tap(f".look-row:has-text('{NAME}') .key-wide")
    page.wait_for_selector("[data-request='look diff'] .changes li:has-text('Tint')")
    finger.hold("[data-request='look update']")
    page.wait_for_selector("[data-request='look diff'] .changes li:has-text('Tint')", state="detached")
    page.fill("dialog .sheet-form input", "Evening")
    finger.tap("[data-request='look rename']")
    page.wait_for_selector(".look-row:has-text('Evening')")
    finger.tap(".look-row:has-text('Evening') .key-wide")
    finger.tap("[data-request='look delete']")
    page.wait_for_timeout(100)
    assert "Evening" in {one["name"] for one in demo.client.looks()}
    finger.hold("[data-request='look delete']")
    wait_for(lambda: "Evening" not in {one["name"] for one in demo.client.looks()})
    demo.client.set("/grade/tint", 0.0)


def test_looks_of_takes_are_a_page_of_their_own_and_each_look_opens_as_itself(page, demo):
    finger = Finger(page)
    take = demo.client.take_start("Pages").value
    demo.client.take_stop()
    demo.client.look_save("Ours", only=["grade"])
    show(page, "looks")
    page.wait_for_selector(".look-row:has-text('Ours')")
    finger.tap("[data-request='look list'] [role=radio]:has-text('Of takes')")
    page.wait_for_selector(f".look-row:has-text('{take}')")
    assert page.locator(".look-row:has-text('Ours')").count() == 0
    finger.tap(f".look-row:has-text('{take}') .key-wide")
    page.wait_for_selector(f"dialog h3:has-text('{take}')")
    page.wait_for_selector("[data-request='look diff']")
    finger.tap("dialog button:has-text('Looks')")
    page.wait_for_selector(f".look-row:has-text('{take}')")
    finger.tap("[data-request='look list'] [role=radio]:has-text('Of the show')")
    for name in ("Ours", "Dusk"):
        finger.tap(f".look-row:has-text('{name}') .key-wide")
        page.wait_for_selector(f"dialog h3:has-text('{name}')")
        assert page.locator("[data-request='look rename']").count() == (name == "Ours"), "a shipped one keeps its name"
        finger.tap(".look-parts .part-keys button >> nth=0")
        page.wait_for_selector(".look-parts [aria-pressed=false]")
        finger.tap("dialog button:has-text('Looks')")
    page.wait_for_selector(f".look-row:has-text('{take}')", state="detached")
    demo.client.look_delete("Ours")


def test_a_look_of_a_file_is_taken_over_and_a_wrong_one_says_why(tablet, demo):
    made = tablet(TABLET)
    page = made.open("/")
    made.is_live_with("[data-parameter='/grade/exposure_stops'] .read")
    show(page, "looks")
    page.set_input_files(".from-file input", files=file_of("storm.toml", LOOK.replace("values", "valeus")))
    page.wait_for_selector(".toast:has-text('storm.toml: valeus')")
    made.errors.clear()  # a browser notes every answer that refuses something
    page.set_input_files(".from-file input", files=file_of("storm.toml", LOOK))
    page.wait_for_selector(".read-file:has-text('storm')")
    Finger(page).tap(".read-file .key-wide >> nth=0")
    page.wait_for_selector(".look-row:has-text('storm')")
    changes = demo.client.look_diff("storm")["changes"]
    assert [(one["path"], one["look"]) for one in changes] == [("/grade/tint", 0.125)]
    demo.client.look_delete("storm")


def test_cues_are_inserted_changed_and_deleted_by_touch(tablet, demo):
    made = tablet(PHONE)
    page = made.open("/")
    made.is_live_with("[data-parameter='/grade/exposure_stops'] .read")
    finger = Finger(page)

    def cue(number):
        return next((one for one in demo.client.cues()["cues"] if one["number"] == number), None)

    show(page, "cue 1")
    assert made.faults() == []
    finger.tap("button:has-text('Insert after')")
    page.wait_for_selector(".new-cue")
    page.select_option(".new-cue select", "Dusk")
    finger.tap("[data-request='cue add']")
    page.wait_for_selector("h3:has-text('2 Dusk')")
    page.wait_for_selector("text=What it would change")  # it comes above the keys, and moves them
    finger.tap(".seconds:has-text('Fade') .key-wide >> nth=1")
    finger.tap("[role=radio]:has-text('Softly')")
    finger.tap("[aria-label='The next follows by itself'] [role=radio]:has-text('on')")
    page.fill("[aria-label='Waits first, s']", "1.5")
    page.keyboard.press("Enter")
    page.fill("[aria-label=Name]", NAME)
    page.keyboard.press("Enter")
    wait_for(lambda: (cue(2) or {}).get("name") == NAME)
    found = cue(2)
    assert {name: found[name] for name in ("fade_s", "delay_s", "curve", "follow_on")} == {
        "fade_s": 4.0,
        "delay_s": 1.5,
        "curve": "ease",
        "follow_on": True,
    }
    page.fill("[aria-label=Number]", "1,5")
    page.keyboard.press("Enter")
    page.wait_for_selector("h3:has-text('1.5')")
    page.wait_for_selector("text=What it would change")
    finger.hold("[data-request='cue delete']")
    page.wait_for_selector(".rows .row")
    assert cue(1.5) is None


def test_a_cue_of_values_and_cues_of_a_file(page, demo):
    finger = Finger(page)
    show(page, "new_cue")
    page.fill("input[type=search]", "grade/tint")
    finger.tap(".offered button")
    page.wait_for_selector(".cue-values .row:has-text('Tint')")
    page.fill("input[type=search]", "grade/saturation")
    finger.tap(".offered button")
    page.wait_for_selector(".cue-values .row:has-text('Saturation')")
    finger.tap("[aria-label='Leave out /grade/tint']")
    wait_for(lambda: [one["path"] for one in demo.client.cue_show(15)["changes"]] == ["/grade/saturation"])
    show(page, "cues")
    page.set_input_files(".from-file input", files=file_of("evening.toml", CUES))
    page.wait_for_selector(".read-file:has-text('40')")
    finger.tap(".read-file .key-wide >> nth=0")
    page.wait_for_selector(".rows .row:has-text('From a file')")
    demo.client.cue_delete(15, 40)
    with pytest.raises(ControlError):
        demo.client.cue_show(40)
