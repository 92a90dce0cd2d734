"""Films of a running stage whose files are replaced, spoilt and taken away, and whose decoder is killed."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from running_stage import RunningStage, children_of, configuration, running, wait_for

from tests.render.media.reading import made

pytestmark = pytest.mark.gl
WORLDS = """
[[worlds]]
name = "street"
[[worlds.layers]]
kind = "plate"
file = "street.mov"

[[worlds]]
name = "other"
[[worlds.layers]]
kind = "coordinates"
"""


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("films")
    return {
        "first": made(folder / "first.mov", "mjpeg", frames=50),
        "second": made(folder / "second.mov", "mjpeg", frames=20, first=500),
    }


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, films: dict[str, Path]) -> Iterator[RunningStage]:
    folder = tmp_path_factory.mktemp("stage")
    shutil.copy(films["first"], folder / "street.mov")
    toml = configuration(rate="30").replace('[world]\nkind = "coordinates"\n', WORLDS)
    with running(folder, toml, "--headless") as one:
        until_it_plays(one)
        yield one


def film_of(stage: RunningStage) -> dict[str, Any]:
    """The film on air, of which everything is known."""
    (film,) = stage.client.status()["films"]
    return dict(film)


def told(stage: RunningStage, *codes: str) -> bool:
    """Whether health has one of these codes."""
    return any(one["code"] in codes for one in stage.client.status()["health_codes"])


def state_of(stage: RunningStage) -> str:
    """How the street stands."""
    return str({one["name"]: one["state"] for one in stage.client.worlds()}["street"])


def until_it_plays(stage: RunningStage) -> None:
    """Waits until ten slots have gone by in which no frame was late."""

    def plays() -> bool:
        before = film_of(stage)
        if not before["codec"]:
            return False
        first = stage.client.status()["frame"]
        wait_for(lambda: stage.client.status()["frame"] >= first + 10)
        after = film_of(stage)
        return bool(before["late"] == after["late"] and before["frame"] != after["frame"])

    wait_for(plays, what="a film that plays")


def put(film: Path, stage: RunningStage) -> None:
    """Another file takes the place of the film, whole at once."""
    coming = stage.folder / ".street.mov"
    shutil.copy(film, coming)
    coming.replace(stage.folder / "street.mov")


def test_a_decoder_that_is_killed_is_started_again_and_the_film_plays_on(stage: RunningStage) -> None:
    for pid in [pid for pid, words in children_of(stage.process.pid).items() if "plates.service" in words]:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: told(stage, "plates_restarted"), what="the restart in health")
    until_it_plays(stage)
    assert stage.client.status()["world"]["on_air"] == "street"


@pytest.mark.parametrize("spoilt", ["taken away", "moved over", "truncated in place"])
def test_a_film_that_is_spoilt_is_held_counted_told_and_plays_by_itself_once_it_is_back(
    stage: RunningStage, films: dict[str, Path], spoilt: str
) -> None:
    path, before = stage.folder / "street.mov", film_of(stage)["late"].get("failed", 0)
    if spoilt == "taken away":
        path.unlink()
    elif spoilt == "moved over":
        put(Path(__file__), stage)
    else:
        os.truncate(path, path.stat().st_size // 2)
    wait_for(lambda: told(stage, "media_absent", "media_not_a_film", "media_replaced"), what="the reason in health")
    wait_for(lambda: film_of(stage)["late"].get("failed", 0) > before, what="a frame that was counted")
    status = stage.client.status()
    assert (status["world"]["on_air"], film_of(stage)["frames"]) == ("street", 50)
    put(films["first"], stage)
    until_it_plays(stage)
    wait_for(lambda: not told(stage, "media_absent", "media_not_a_film", "media_replaced"), what="the end of it")


def test_another_film_in_its_place_waits_and_plays_once_its_world_is_chosen_again(
    stage: RunningStage, films: dict[str, Path]
) -> None:
    for film, frames in (("second", 20), ("first", 50)):
        before = film_of(stage)["frames"]
        put(films[film], stage)
        wait_for(lambda: state_of(stage) == "newer", what="newer")
        wait_for(lambda: told(stage, "media_replaced"), what="the reason in health")
        assert film_of(stage)["frames"] == before
        stage.client.set("/world/active", "street")
        until_it_plays(stage)
        assert film_of(stage)["frames"] == frames
        assert not told(stage, "media_replaced")
