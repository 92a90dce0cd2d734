"""`stage control` as a person and as a script meet it."""

from __future__ import annotations

import json

import pytest
from small_stage import SmallStage

from stage.cli import main
from stage.command_line.live_status import print_live
from stage.control.client import Client
from stage.control.status_tables import status_tables
from tests.fold.small_show import TREE

EXPOSURE = "/grade/exposure_stops"


@pytest.fixture
def running(tmp_path, monkeypatch):
    with SmallStage(tmp_path / "state").running() as stage:
        monkeypatch.setenv("OPENSTAGE_CONTROL", stage.server.endpoint)
        yield stage


@pytest.fixture
def control(running, capsys):
    def call(*words):
        try:
            main(["control", *words])
            code = 0
        except SystemExit as left:
            code = left.code or 0
        output = capsys.readouterr()
        return code, output.out, output.err

    return call


def test_set_prints_the_acknowledgement_and_nothing_else(control):
    code, out, err = control("set", EXPOSURE, "-1.5", "--json")
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert list(answer) == ["ok", "frame", "path", "value", "epoch", "seq"]
    assert (answer["ok"], answer["path"], answer["value"], answer["epoch"]) == (True, EXPOSURE, -1.5, 7)


@pytest.mark.parametrize(
    ("path", "word", "value"),
    [
        ("/output/blackout", "on", True),
        ("/output/blackout", "false", False),
        ("/wall/main/pattern", "grid", "grid"),
        ("/time/hour", "6", 6.0),
    ],
)
def test_words_become_what_the_parameter_takes(control, path, word, value):
    assert json.loads(control("set", path, word, "--json")[1])["value"] == value
    assert json.loads(control("get", path, "--json")[1]) == {"path": path, "value": value}


def test_a_person_reads_values_with_units(control):
    assert "frame" in control("set", EXPOSURE, "2", "--fade-s", "0.01")[1]
    assert "frame" in control("set", "/time/hour", "3", "--fade-s", "0.01", "--way", "backward")[1]
    assert control("get", "/wall/main/latency_ms")[1] == "16 ms\n"
    assert "-12 to 12 stops" in control("describe", EXPOSURE)[1]
    assert "/sky/haze" in control("snapshot")[1]


def test_describe_says_how_a_value_fades_and_what_a_change_may_spoil(control):
    described = " ".join(control("describe", EXPOSURE)[1].split())
    assert "fades: stops; look: grade" in described
    described = " ".join(control("describe", "/wall/main/latency_ms")[1].split())
    assert "spoil" in described
    (declared,) = json.loads(control("describe", EXPOSURE, "--json")[1])
    assert (declared["fade"], declared["look"]) == ("stops", "grade")
    assert (declared["seen"], declared["guarded"]) == (True, False)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("get", "/nothing"), "unknown_path"),
        (("set", EXPOSURE, "bright"), "wrong_type"),
        (("set", EXPOSURE, "nan"), "out_of_range"),
        (("set", "/grade", "1"), "unknown_path"),
        (("describe", "/nothing"), "unknown_path"),
        (("load", "nothing"), "unknown_path"),
    ],
)
def test_a_refusal_exits_one_with_its_reason(control, words, error):
    code, out, err = control(*words)
    assert (code, out) == (1, "")
    assert err.startswith(f"{error}: ")
    code, out, err = control(*words, "--json")
    assert (code, json.loads(out)["ok"], json.loads(out)["error"], err) == (1, False, error, "")


def test_no_stage_there_exits_two_in_one_line(control):
    code, out, err = control("get", EXPOSURE, "--endpoint", "tcp://127.0.0.1:9")
    assert (code, out) == (2, "")
    assert err == "nothing answers at tcp://127.0.0.1:9: is `stage run` running?\n"


def test_status_shows_trackers_and_what_is_wrong(control):
    found = json.loads(control("status", "--json")[1])
    assert found["trackers"]["freed-a"]["rejected"]["checksum"] == 2
    shown = control("status")[1]
    assert "freed-a" in shown
    assert "its last pose is held" in shown


def test_a_watched_status_is_printed_again_each_second(running, capsys):
    slept = []
    with Client(running.server.endpoint) as stage:
        clock = iter([0.0, 0.0, 1.0, 2.0, 2.5])
        watched = {"watched_s": 2.5, "as_json": True, "now_s": lambda: next(clock), "sleep": slept.append}
        print_live(stage.status, status_tables, **watched)
    frames = [json.loads(line)["frame"] for line in capsys.readouterr().out.splitlines()]
    assert slept == [1.0, 1.0, 0.5]
    assert len(frames) == 4
    assert frames == sorted(frames)


def test_a_status_can_be_watched_for_some_time(control):
    code, out, _ = control("status", "--watch", "--seconds", "0.05")
    assert (code, out.count("its last pose is held")) == (0, 2)


def test_what_is_in_force_is_not_saved_for_the_next_start(control, running, tmp_path):
    control("set", "/output/freeze", "on")
    control("set", "/wall/main/pattern", "grid")
    control("set", "/grade/tint", "0.5")
    assert control("save", "startup")[0] == 0
    assert json.loads((tmp_path / "state" / "startup.json").read_text())["values"] == {"/grade/tint": 0.5}
    found = json.loads(control("status", "--json")[1])["in_force"]
    assert [(one["path"], one["value"], one["normal"]) for one in found] == [
        ("/output/freeze", True, False),
        ("/wall/main/pattern", "grid", "off"),
    ]


def test_a_file_here_keeps_every_value_and_brings_it_back(control, running, tmp_path):
    file = str(tmp_path / "look.json")
    control("set", EXPOSURE, "2")
    assert json.loads(control("save", file, "--json")[1])["count"] == len(TREE)
    control("set", EXPOSURE, "0")
    assert control("load", file)[0] == 0
    assert running.values[EXPOSURE] == 2.0


def test_values_of_a_file_here_that_no_longer_fit_are_reported_and_skipped(control, running, tmp_path):
    file = tmp_path / "look.json"
    values = {EXPOSURE: 2.0, "/camera/gone/feather_px": 3.0, "/grade/tint": 7.0, "/output/freeze": "yes"}
    file.write_text(json.dumps({"values": values}))
    code, out, _ = control("load", str(file), "--json")
    answer = json.loads(out)
    assert (code, answer["ok"]) == (0, True)
    assert [part in answer["detail"] for part in ("/camera/gone/feather_px", "/grade/tint", "/output/freeze")] == [
        True
    ] * 3
    assert running.values[EXPOSURE] == 2.0
    assert running.values["/grade/tint"] == 0.0
    code, out, err = control("load", str(file))
    assert code == 0
    assert "no parameter '/camera/gone/feather_px'" in err


def test_a_bare_name_is_kept_by_the_stage(control, tmp_path):
    control("set", EXPOSURE, "2")
    assert control("save", "startup")[1] == "1 value saved as startup\n"
    assert (tmp_path / "state" / "startup.json").exists()
    assert control("load", "startup")[0] == 0


@pytest.mark.parametrize("content", [None, "{", '{"values": 3}'])
def test_a_file_that_cannot_be_loaded_exits_two(control, tmp_path, content):
    file = tmp_path / "look.json"
    if content is not None:
        file.write_text(content)
    code, _, err = control("load", str(file))
    assert code == 2
    assert err.startswith(str(file))


def test_watch_prints_a_line_a_change(control):
    lines = control("watch", "/grade", "--seconds", "0.1", "--json")[1].splitlines()
    assert {json.loads(line)["path"] for line in lines} == {one.path for one in TREE.under("/grade")}


def test_takes_and_heading(control):
    assert json.loads(control("take", "start", "--name", "t", "--json")[1])["ok"]
    assert json.loads(control("take", "stop", "--json")[1])["ok"]
    assert json.loads(control("heading", "freed-a", "--pan-deg", "-45", "--json")[1])["ok"]


def test_the_wires_schema_is_printed_without_a_stage(control):
    assert "$defs" in json.loads(control("describe", "--schema")[1])


def test_undo_takes_back_what_the_last_command_of_this_user_changed(control):
    control("set", EXPOSURE, "2")
    control("set", EXPOSURE, "3")
    code, out, _ = control("undo")
    assert (code, out.splitlines()[0]) == (0, f"{EXPOSURE} 2, it was 3")
    listed = control("undo", "--list")[1].splitlines()
    assert listed[-1].startswith("redo: /grade/exposure_stops 2 to 3")
    assert len(json.loads(control("undo", "--list", "--json")[1])["undo"]) == len(listed) - 1
    assert json.loads(control("undo", "--json")[1])["before"] == {EXPOSURE: 2.0}
    assert control("redo", "--fade-s", "0")[0] == 0
    assert control("get", EXPOSURE)[1] == "2 stops\n"
    assert control("undo", "--forget")[0] == 0
    code, _, err = control("undo")
    assert (code, "nothing that you could undo" in err) == (1, True)


def test_what_another_client_has_set_is_not_undone_and_a_person_reads_who_set_it(control, running):
    control("set", EXPOSURE, "2")
    with Client(running.server.endpoint, name="Ben") as other:
        other.set(EXPOSURE, 1.0)
    code, _, err = control("undo")
    assert (code, "Ben has set /grade/exposure_stops to 1.0" in err) == (1, True)
    seq = json.loads(control("set", EXPOSURE, "0", "--json")[1])["seq"]
    assert control("set", EXPOSURE, "5", "--if-seq", str(seq - 1))[0] == 1
    assert control("set", EXPOSURE, "5", "--if-seq", str(seq))[0] == 0


def test_while_a_take_records_the_terminal_is_told_what_is_kept_from_it(control):
    control("set", "/output/freeze", "on")
    code, _, err = control("take", "start", "--name", "one")
    assert (code, "/output/freeze is on, normally off" in err) == (0, True)
    for words in (("heading", "freed-a", "--by-deg", "5"), ("load", "startup"), ("set", "/wall/main/latency_ms", "5")):
        code, _, err = control(*words)
        assert (code, "recording: " in err) == (1, True), words
    assert control("heading", "freed-a", "--by-deg", "5", "--force")[0] == 0
    assert "the take began with this: /output/freeze is on" in control("status")[1]
