"""Looks over real sockets: lists, comparisons, what is refused with words, and pages."""

from __future__ import annotations

import json

import pytest
from small_stage import SmallStage, ask, connected

from stage.cli import main
from stage.control.client import Client, ControlError
from stage.control.look_views import LOOKS_A_REPLY
from stage.show.looks.shelf import MOST_LOOKS, KeptLook
from stage.values.looks import packed

TINT = "/grade/tint"
BEACH = {"/world/active": "beach", "/layer/beach/tint": 0.5, TINT: 0.25}


@pytest.fixture
def small(tmp_path):
    stage = SmallStage(tmp_path)
    yield stage
    stage.server.close()


def test_a_look_is_saved_compared_recalled_and_deleted(small):
    with small.running(), Client(small.server.endpoint, timeout_s=30.0) as client:
        client.set(TINT, 0.5)
        saved = client.look_save("dusk", ["grade"])
        client.set(TINT, -0.5)
        assert client.look_diff("dusk")["changes"] == [{"path": TINT, "look": 0.5, "present": -0.5}]
        recalled = client.look_recall("DUSK")
        assert (recalled.name, recalled.count) == ("dusk", saved.count)
        assert client.get(TINT) == 0.5
        assert client.look_diff("dusk")["changes"] == []
        client.look_rename("dusk", "late")
        client.look_update("late", ["light"])
        (look,) = client.looks()
        assert (look["name"], look["parts"], look["world_state"]) == ("late", ["light", "grade"], "")
        client.look_delete("late")
        assert client.looks() == []


def test_what_is_missing_or_refused_is_named_in_words(small):
    with small.running(), Client(small.server.endpoint, timeout_s=30.0) as client:
        client.look_import("sea", BEACH)
        (look,) = client.looks()
        assert (look["world"], look["world_state"]) == ("beach", "missing")
        compared = client.look_diff("sea")
        assert (compared["absent"], [one["path"] for one in compared["changes"]]) == (
            ["/world/active", "/layer/beach"],
            [TINT],
        )
        small.show.state.looks.looks["sea"] = KeptLook(look=packed({**BEACH, "/camera/A/parked": True}))
        answer = client.look_recall("sea")
        assert (answer.count, answer.absent) == (1, ("/world/active", "/layer/beach"))
        assert answer.refused["/camera/A/parked"] == {
            "code": "forbidden",
            "reason": "not_in_looks",
            "detail": "/camera/A/parked is not part of any look: set it by itself",
        }
        with pytest.raises(ControlError, match="there is a look 'sea' already"):
            client.look_import("Sea", {TINT: 0.0})
        client.look_import("Sea", {TINT: 0.0}, replace=True)
        with pytest.raises(ControlError, match="not part of any look") as refused:
            client.look_import("placed", {"/camera/A/parked": True})
        assert (refused.value.code, refused.value.values) == ("forbidden", {"path": "/camera/A/parked"})


def test_a_long_list_and_a_long_comparison_come_in_pages(small):
    look = packed({f"/card/key{number}/opacity": 0.5 for number in range(300)})
    small.show.state.looks.looks = {f"look {number}": KeptLook(look=look) for number in range(MOST_LOOKS)}
    with connected(small) as peer:
        reply = ask(small, peer, type="look", id="1")
        assert (len(reply["looks"]), reply["total"]) == (LOOKS_A_REPLY, MOST_LOOKS)
        reply = ask(small, peer, type="look", id="2", first=LOOKS_A_REPLY)
        assert reply["looks"][0]["name"] == f"look {LOOKS_A_REPLY}"
    with small.running(), Client(small.server.endpoint, timeout_s=30.0) as client:
        assert len(client.looks()) == MOST_LOOKS
        assert len(client.look_diff("look 1")["absent"]) == 64


def test_a_terminal_keeps_and_recalls_looks(small, tmp_path, capsys):
    file = tmp_path / "storm.toml"
    file.write_text(f'name = "Storm"\n[values]\n"{TINT}" = 0.5\n"/card/rim/opacity" = 1\n')
    with small.running():

        def said(*words: str, code: int = 0) -> str:
            with pytest.raises(SystemExit) as left:
                main(["control", "look", *words, "--endpoint", small.server.endpoint])
            assert (left.value.code or 0) == code
            return capsys.readouterr().out

        assert "Storm: imported, 2 values" in said("import", str(file))
        assert "/grade/tint" in said("diff", "storm")
        assert "/card/rim: this stage has not got it; passed over" in said("recall", "storm", "--fade-s", "0.1")
        assert json.loads(said("save", "mine", "--only", "grade,time", "--json"))["name"] == "mine"
        assert [one["name"] for one in json.loads(said("list", "--json"))] == ["Storm", "mine"]
        assert "light, grade" in said("list")
        said("update", "mine")
        said("rename", "mine", "ours")
        said("delete", "ours")
        assert json.loads(said("recall", "ours", "--json", code=1))["error"] == "unknown_path"
        said("save", "x", "--only", "lights", code=2)
