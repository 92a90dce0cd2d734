"""A stage of several worlds for the tests of what is on air: three panoramas and one of raw light."""

from __future__ import annotations

from collections.abc import Mapping

from stage.show.frame.inputs import AssetFailed, AssetReady, Cause
from stage.show.frame.outcome import AirReport
from stage.show.show import Show
from tests.building import Stage, camera, stage, step, table

SHA256 = {"valley": "a1" * 32, "office": "b2" * 32, "street": "c3" * 32}
ACTIVE = "/world/active"


def world(name: str, *layers: str, **keys: object) -> str:
    """A world with its layers' tables; without any, one panorama of the world's name."""
    return table("[[worlds]]", name=name, **keys) + "".join(layers or (layer(file=f"{name}.exr"),))


def layer(kind: str = "panorama", **keys: object) -> str:
    """One layer of the world before it."""
    return table("[[worlds.layers]]", kind=kind, **keys)


def stage_of_worlds(*pieces: str, **stage_keys: object) -> Stage:
    """The three panoramas `valley`, `office` and `street`, then `pattern`, which is raw."""
    worlds = (world("valley"), world("office"), world("street"), world("pattern", layer("coordinates")))
    return stage(camera(), *pieces, *worlds, **stage_keys)


def ready(*names: str) -> list[AssetReady]:
    """The pictures of these worlds are on the GPU."""
    return [AssetReady(file=f"{name}.exr", sha256=SHA256[name]) for name in names]


def failed(name: str) -> AssetFailed:
    """The picture of this world cannot be read."""
    return AssetFailed(file=f"{name}.exr", cause=Cause(code="cannot_open", values={"found": "it is empty"}))


def everything_ready(built: Stage) -> Show:
    """A show whose frame 0 has every picture on the GPU."""
    show = built.show()
    step(show, 0, observations=ready(*SHA256))
    return show


def air_at(show: Show, frame: int, asked: Mapping[str, object] | None = None, **given: object) -> AirReport:
    """What is on air in a frame."""
    air = step(show, frame, *([] if asked is None else [asked]), **given).air
    assert air is not None
    return air
