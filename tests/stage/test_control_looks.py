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


def in_force(client, name):
    """Whether the status says within its next few that this look is in force."""
    return any(client.status()["look"] == name for _ in range(8))


def test_the_status_says_which_look_is_in_force_whoever_has_set_it(small):
    with small.running(), Client(small.server.endpoint, timeout_s=30.0) as client:
        assert client.status()["look"] == ""
        client.set(TINT, 0.5)
        client.look_save("dusk")
        client.look_save("its twin")
        assert client.status()["look"] == "its twin"
        client.look_recall("DUSK")
        assert client.status()["look"] == "dusk"
        client.set(TINT, -0.5)
        assert client.status()["look"] == ""
        client.look_import("tint alone", {TINT: -0.25})
        client.set(TINT, -0.25, fade_s=60.0)
        assert in_force(client, "tint alone")
        client.look_recall("dusk", fade_s=60.0)
        assert client.status()["look"] == "dusk"
        client.look_rename("dusk", "late")
        assert in_force(client, "late") or in_force(client, "its twin")
        client.look_import("sea", BEACH)
        client.look_recall("sea")
        assert not in_force(client, "sea")


def test_what_a_client_can_undo_is_listed_with_what_it_did(small):
    with (
        small.running(),
        Client(small.server.endpoint, timeout_s=30.0) as client,
        Client(small.server.endpoint) as other,
    ):
        other.set("/grade/saturation", 0.5)
        assert client.changes() == {"undo": [], "redo": []}
        client.set(TINT, 0.5)
        client.look_save("dusk")
        client.batch({TINT: 0.25, "/grade/saturation": 1.5, "/outer/saturation": 0.5, "/outer/exposure_stops": 1.0})
        client.look_recall("dusk")
        newest, batch, first = client.changes()["undo"]
        assert (newest["names"], newest["count"] > 1) == ("dusk", True)
        assert (batch["names"], batch["count"], len(batch["values"])) == ("", 4, 4)
        assert first["values"] == [{"path": TINT, "before": 0.0, "after": 0.5}]
        client.undo()
        listed = client.changes()
        assert ([one["names"] for one in listed["redo"]], len(listed["undo"])) == (["dusk"], 2)
        for step in range(12):
            client.set(TINT, step / 20.0)
        assert [one["values"][0]["after"] for one in client.changes()["undo"]] == [
            (11 - step) / 20.0 for step in range(10)
        ]


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
