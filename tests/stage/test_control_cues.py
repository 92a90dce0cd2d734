"""Cues over the wire: what clients ask, what they are answered, and how that is printed."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from small_stage import SmallStage, ask, connected

from stage.control.client import Client, ControlError
from stage.control.cue_tables import cue_lines, cue_outcome, cue_tables, shown_cue_tables
from stage.control.cue_views import CUES_A_REPLY
from stage.values.cues import MOST_CUES

EXPOSURE, TINT = "/grade/exposure_stops", "/grade/tint"


@pytest.fixture
def stage(tmp_path):
    with SmallStage(tmp_path).running() as small, Client(small.server.endpoint) as client:
        yield client


def printed(parts) -> str:
    console = Console(width=80, file=io.StringIO(), record=True)
    for part in parts:
        console.print(part)
    return console.export_text()


def test_a_client_adds_plays_holds_and_takes_back_cues(stage):
    added = stage.cue_add([{"values": {EXPOSURE: 2.0}, "fade_s": 5.0}, {"number": "1.5", "look": "gone"}])
    assert (added.number, added.count, added.absent) == (1.5, 2, ("look gone",))
    assert stage.cue_add([{"values": {TINT: 0.5}}], after=1).number == 1.1
    played = stage.cue_go()
    assert (played.number, played.count) == (1.0, 1)
    held = stage.cue_hold()
    status = stage.status()["cues"]
    assert (status["pointer"], status["next"], status["held"], status["goes"]) == (1.0, 1.1, True, 1)
    (run,) = status["running"]
    assert (run["number"], run["state"]) == (1.0, "held")
    assert 0.0 <= run["share"] < 1.0
    assert stage.get(EXPOSURE) == pytest.approx(2.0 * run["share"])
    assert stage.cue_resume().frame > held.frame
    assert stage.cue_back().number == 1.0
    assert stage.cue_goto("1.1").number == 1.1
    assert stage.get(TINT) == 0.5
    with pytest.raises(ControlError, match="look 'gone', which is not there"):
        stage.cue_go()
    assert stage.cue_edit("1.5", values={TINT: 0.25}, fade_s=0.0).number == 1.5
    assert stage.cue_renumber(1.5, 9).number == 9.0
    assert stage.cue_delete(1, to=2).count == 2
    assert [one["number"] for one in stage.cues()["cues"]] == [9.0]


def test_the_next_cue_is_shown_before_it_is_played(stage):
    stage.cue_add(
        [{"values": {EXPOSURE: 2.0, TINT: 0.0}, "fade_s": 5.0}, {"values": {TINT: 0.5, "/layer/x/tint": 0.1}}]
    )
    found = stage.cue_show()
    assert found["changes"] == [
        {"path": EXPOSURE, "cue": 2.0, "present": 0.0},
        {"path": TINT, "cue": 0.0, "present": 0.0},
    ]
    stage.cue_go()
    assert stage.cue_show(1)["changes"][0]["present"] == 2.0  # the target of its fade
    found = stage.cue_show()
    assert (found["cue"]["number"], found["absent"]) == (2.0, ["/layer/x"])
    assert "0.5" in printed(shown_cue_tables(found))
    with pytest.raises(ControlError, match="there is no cue 7, of 2; near it: 2"):
        stage.cue_show(7)


def test_a_full_list_comes_in_pages(stage):
    for first in range(0, MOST_CUES, 100):
        stage.cue_add([{"number": number + 1, "look": "dusk"} for number in range(first, first + 100)])
    found = stage.cues()
    assert [one["number"] for one in found["cues"]] == [float(number + 1) for number in range(MOST_CUES)]
    assert CUES_A_REPLY < MOST_CUES
    with pytest.raises(ControlError, match="there may be 500 cues"):
        stage.cue_add([{"number": 1.5, "look": "dusk"}])


def test_cues_are_printed_for_people(stage):
    assert printed(cue_tables(**stage.cues())) == ""
    stage.cue_add(
        [
            {"number": 1, "name": "dawn\x1b[2J", "look": "dawn", "only": ["sky", "light"], "curve": "ease"},
            {"number": 1.1, "values": {EXPOSURE: 2.0}, "fade_s": 60.0, "delay_s": 0.5, "follow_on": True},
            {"number": 2, "values": {TINT: 0.5, "/world/active": "nowhere"}, "way": "forward"},
        ][1:]
    )
    with pytest.raises(ControlError, match="is printable and one line"):
        stage.cue_add([{"number": 1, "name": "dawn\x1b[2J", "look": "dawn"}])
    with pytest.raises(ControlError, match=r"/grade has .*tint"):
        stage.cue_add([{"number": 1, "values": {"/grade/tnit": 0.5}}])
    stage.cue_add([{"number": 1, "name": "first light", "look": "dawn", "only": ["sky", "light"], "curve": "ease"}])
    stage.cue_goto(1.1)
    text = printed(cue_tables(**stage.cues()))
    for words in ("first light: look dawn", "plays", "1.1", "60", "follow-on", "next", "world nowhere"):
        assert words in text
    assert "ease, its look" in text
    assert "1.1 was played, next is 2" in printed(cue_lines(stage.status()["cues"]))
    assert "cue 1.1 plays" in "\n".join(cue_outcome(stage.cue_goto("1.100"), "plays"))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"action": "jump"}, "bad_message"),
        ({"action": "goto", "number": float("nan")}, "bad_message"),
        ({"action": "goto", "number": True}, "bad_message"),
        ({"action": "goto", "number": "9" * 17}, "bad_message"),
        ({"action": "goto", "number": 10**15}, "bad_message"),
        ({"action": "goto", "number": -1.5}, "bad_message"),
        ({"action": "goto", "number": [1]}, "bad_message"),
        ({"action": "goto"}, "bad_message"),
        ({"action": "show", "number": "x"}, "bad_message"),
        ({"action": "add"}, "bad_message"),
        ({"action": "add", "cues": [{}]}, "bad_message"),
        ({"action": "add", "cues": [{"look": "x", "colour": 1}]}, "bad_message"),
        ({"action": "add", "cues": [{"look": "x" * 65}]}, "bad_message"),
        ({"action": "add", "cues": [{"values": {EXPOSURE: [1.0]}}]}, "bad_message"),
        ({"action": "add", "cues": [{"values": {EXPOSURE: float("nan")}}]}, "out_of_range"),
        ({"action": "add", "cues": [{"values": {EXPOSURE: 99.0}}]}, "out_of_range"),
        ({"action": "add", "cues": [{"values": {"/a" * 99 + "/tint": 1.0}}]}, "bad_message"),
        ({"action": "add", "cues": [{"values": {"/nothing": 1.0}}]}, "unknown_path"),
        ({"action": "add", "cues": [{"values": {"/wall/main/latency_ms": 1.0}}]}, "forbidden"),
        ({"action": "add", "cues": [{"look": "x", "fade_s": -1.0}]}, "bad_message"),
        ({"action": "add", "cues": [{"look": "x", "fade_s": float("inf")}]}, "bad_message"),
        ({"action": "add", "cues": [{"look": "x"}] * 501}, "bad_message"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_with_its_reason(tmp_path, fields, code):
    small = SmallStage(tmp_path)
    with connected(small) as peer:
        reply = ask(small, peer, type="cue", id="1", **fields)
    small.server.close()
    assert (reply["type"], reply["code"]) == ("error", code), reply
    assert reply["detail"]
    assert small.show.state.cues.cues == []
