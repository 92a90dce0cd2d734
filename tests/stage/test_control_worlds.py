"""Worlds over real sockets: what there is, what is on air, and how clients learn that worlds have come and gone."""

from __future__ import annotations

import json

import msgpack
import pytest
import zmq
from PIL import Image
from small_stage import SmallStage, ask, connected, step_until

from render.worlds.configured import World
from render.worlds.model.record import ModelLayer
from render.worlds.panorama.record import PanoramaLayer
from render.worlds.shared.facts import PictureFacts
from render.worlds.sky.record import SkyLayer
from stage.cli import main
from stage.control.client import Client
from stage.control.mirror import Mirror
from stage.show.frame.inputs import AssetExamined, AssetFailed, AssetProgress, AssetReady, Cause, WorldGone, WorldListed
from stage.words.sentences import sentence

OFFICE = World(
    name="Büro",
    key="office",
    layers=(PanoramaLayer(name="desk", key="desk", file="desk.exr"),),
    source="a scan of the third floor",
    ai_made=False,
    licence="ours",
)


@pytest.fixture
def small(tmp_path):
    stage = SmallStage(tmp_path)
    yield stage
    stage.server.close()


def test_every_world_is_listed_with_how_it_stands(small):
    small.observing(WorldListed(world=OFFICE))
    with connected(small) as peer:

        def office():
            (first, second) = ask(small, peer, type="worlds", id="1")["worlds"]
            assert (first["name"], first["kind"], first["state"], first["on_air"]) == (
                "world",
                "coordinates",
                "ready",
                True,
            )
            return second

        declared = {"source": "a scan of the third floor", "ai_made": False, "licence": "ours"}
        found = office()
        assert {name: found[name] for name in declared} == declared
        assert (found["name"], found["key"], found["kind"], found["state"]) == (
            "Büro",
            "office",
            "panorama",
            "unloaded",
        )
        assert (found["thumbnail"], found["findings"], found["reason"]) == (None, [], "")
        small.observing(AssetProgress(file="desk.exr", share=0.25))
        assert (office()["state"], office()["progress"]) == ("loading", 0.25)
        mended = Cause(code="picture_mended", values={"samples": 3, "file": "desk.exr"})
        small.observing(AssetReady(file="desk.exr", sha256="ab" * 32, gpu_bytes=3 << 20, notes=(mended,)))
        found = office()
        assert (found["state"], found["progress"], found["gpu_mib"]) == ("ready", 1.0, 3.0)
        assert "3 bad samples in desk.exr" in found["findings"][0]["text"]
        small.observing(AssetProgress(file="desk.exr", share=0.5))
        assert (office()["state"], office()["progress"]) == ("newer", 0.5)


def test_what_a_picture_is_stands_in_its_tile_before_it_is_on_the_gpu(small):
    small.observing(WorldListed(world=OFFICE))
    facts = PictureFacts(columns=20000, rows=10000, horizon=0.5, roll_deg=4.0)
    small.observing(AssetExamined(file="desk.exr", facts=facts, thumbnail="/run/desk.jpg"))
    with connected(small) as peer:
        found = ask(small, peer, type="worlds", id="1")["worlds"][-1]
    assert (found["state"], found["thumbnail"]) == ("unloaded", "/run/desk.jpg")
    tilted = {one["code"]: one for one in found["findings"]}["horizon_tilted"]
    assert tilted["text"] == sentence("horizon_tilted", tilted["values"]) == "its horizon is tilted by 4 degrees"
    assert tilted["fix"] == {"/layer/desk/roll_deg": -4.0}


def test_what_needs_no_file_has_a_picture_from_the_first(small):
    for name, layer in (("sky", SkyLayer()), ("street", ModelLayer(scene="street"))):
        small.observing(WorldListed(world=World(name=name, key=name, layers=(layer,))))
    with connected(small) as peer:
        sky, street = ask(small, peer, type="worlds", id="1")["worlds"][-2:]
    for found in (sky, street):
        with Image.open(found["thumbnail"]) as picture:
            assert picture.size == (256, 144)
    assert sky["thumbnail"] != street["thumbnail"]


def test_a_world_that_cannot_be_read_says_why(small):
    small.observing(WorldListed(world=OFFICE))
    small.observing(AssetFailed(file="desk.exr", cause=Cause(code="asset_refused", values={"found": "it is empty"})))
    with connected(small) as peer:
        found = ask(small, peer, type="worlds", id="1")["worlds"][1]
        assert (found["state"], found["reason"]) == ("failed", "desk.exr: it is empty")
        assert sentence(**found["cause"]) == found["reason"]
        health = ask(small, peer, type="status", id="2")["status"]["health"]
        assert "world Büro cannot be shown: desk.exr: it is empty" in health


def test_a_world_that_must_be_read_first_is_acknowledged_as_loading(small):
    small.observing(WorldListed(world=OFFICE))
    with connected(small) as peer:
        answer = ask(small, peer, type="set", id="1", path="/world/active", value="Büro", fade_s=1.0)
        assert (answer["value"], answer["detail"]) == ("Büro", "loading")
        world = ask(small, peer, type="status", id="2")["status"]["world"]
        assert (world["target"], world["on_air"], world["coming"], world["share"]) == ("Büro", "world", "", 0.0)
        small.observing(AssetReady(file="desk.exr", sha256="ab" * 32))
        cut_at = small.frame
        world = ask(small, peer, type="status", id="3")["status"]["world"]
        assert (world["on_air"], world["since_frame"]) == ("Büro", cut_at)  # from raw light it is a cut


def test_values_come_and_go_with_their_world_and_the_trees_version_says_so(small):
    with connected(small) as peer:
        before = ask(small, peer, type="describe", id="1")
        assert ask(small, peer, type="get", id="2", path="/layer/desk/opacity")["code"] == "unknown_path"
        small.observing(WorldListed(world=OFFICE))
        during = ask(small, peer, type="describe", id="3")
        new = {one["path"] for one in during["parameters"]} - {one["path"] for one in before["parameters"]}
        assert {"/layer/desk/opacity", "/worlds/office/turn_deg"} <= new
        assert during["tree"] > before["tree"]
        (active,) = ask(small, peer, type="describe", id="4", path="/world/active")["parameters"]
        assert active["choices"] == ["world", "Büro"]
        snapshot = ask(small, peer, type="snapshot", id="5")
        assert new <= snapshot["values"].keys()
        assert snapshot["tree"] == during["tree"]
        small.observing(WorldGone(key="office"))
        after = ask(small, peer, type="describe", id="6")
        assert [one["path"] for one in after["parameters"]] == [one["path"] for one in before["parameters"]]
        assert after["tree"] > during["tree"]


def test_a_subscriber_to_the_state_has_the_values_of_a_world_that_comes_and_learns_that_it_goes(small):
    with connected(small, zmq.SUB, "state", SUBSCRIBE=b"state") as updates:

        def newest():
            return msgpack.unpackb(step_until(small, lambda: updates.poll(0) and updates.recv_multipart())[-1])

        tree = newest()["tree"]
        small.observing(WorldListed(world=OFFICE))
        while (update := newest())["tree"] == tree:
            assert update["values"] == {}
        assert update["values"]["/layer/desk/opacity"] == 1.0
        mirror = Mirror("/layer")
        mirror.changes_of({**update, "values": small.values})
        gone_at = small.observing(WorldGone(key="office")).frame
        while (update := newest())["frame"] != gone_at:
            assert mirror.follows(update)
        assert update["values"] == {}
        assert not mirror.follows(update)
        mirror.changes_of({**update, "values": small.values})
        assert mirror.follows(update)


def test_values_of_a_world_are_saved_and_loaded(small):
    small.observing(WorldListed(world=OFFICE))
    with connected(small) as peer:
        ask(small, peer, type="set", id="1", path="/layer/desk/opacity", value=0.5)
        assert ask(small, peer, type="save", id="2", name="look")["count"] == 1
        ask(small, peer, type="set", id="3", path="/layer/desk/opacity", value=0.1)
        assert ask(small, peer, type="load", id="4", name="look")["detail"] == ""
        assert small.values["/layer/desk/opacity"] == 0.5


def test_a_person_reads_the_worlds_in_a_table_of_80_columns(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    stage = SmallStage(tmp_path)
    stage.observing(WorldListed(world=OFFICE))
    with stage.running():
        with Client(stage.server.endpoint) as client:
            assert [one["key"] for one in client.worlds()] == ["world", "office"]
        printed = {}
        for words in ((), ("--json",), ("--watch", "--seconds", "0.3")):
            with pytest.raises(SystemExit) as ended:
                main(["control", "worlds", "--endpoint", stage.server.endpoint, *words])
            assert not ended.value.code
            printed[words] = capsys.readouterr().out
    lines = printed[()].splitlines()
    assert max(map(len, lines)) <= 80
    assert any("Büro" in line and "unloaded" in line for line in lines)
    assert any("a scan of the third floor, not AI-made, ours" in line for line in lines)
    assert [one["name"] for one in json.loads(printed["--json",])] == ["world", "Büro"]
    assert printed["--watch", "--seconds", "0.3"].count("coordinates") == 2
