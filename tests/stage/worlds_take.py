"""A take of three changes of world, recorded in virtual time: a cut, a dissolve, and a dissolve that is turned back.

`python tests/stage/worlds_take.py FOLDER` writes `three_worlds.mcap`, which `tests/takes` keeps a copy of.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from recorded_stage import Tape, packet, present_ns

from calibration.records import Calibration
from stage.config.reader import parse_config
from stage.loading.files import LoadedConfig, read_preset
from stage.loading.geometry import load_geometry
from stage.show.frame.inputs import AssetReady, FrameInputs, WorldListed
from stage.show.frame.requests import Command, SetRequest
from stage.show.show import Show
from stage.show.state import new_state
from stage.takes.header import header_for
from tests.building import camera, stage_text, tracker
from tests.fold.show.air_stage import ACTIVE, layer, ready, world

NAME = "three_worlds"
FRAMES = range(300, 420)
ASKED = {
    310: ("office", 0.0),
    320: ("valley", 0.5),
    355: ("office", 1.0),
    385: ("valley", 1.0),
}
"""The world that is asked for in a frame, and the seconds of its dissolve."""
CHANGES = [
    (310, "valley", "office", 0.0, False),
    (320, "office", "valley", 0.5, False),
    (355, "valley", "office", 1.0, True),
]
"""Frame, from, to, seconds, turned back."""
TOML = stage_text(
    tracker("a", rate_hz=60),
    camera("A", tracker="a", focal_length_mm=35.0),
    world("valley", layer(file="valley.exr"), layer(file="street.exr", opacity=0.25), turn_deg=30.0),
    world("office", exposure_stops=-1.0),
)


@cache
def loaded_stage() -> tuple[LoadedConfig, Calibration]:
    loaded = LoadedConfig(parse_config(TOML, "three_worlds.toml", read_preset), TOML, Path("/"))
    return loaded, load_geometry(loaded)[1]


def new_show() -> Show:
    loaded, calibration = loaded_stage()
    return Show(loaded.config, calibration, new_state(loaded.config))


def inputs_of(frame: int) -> FrameInputs:
    """Packets of the camera, the requests, and before the first frame the pictures; later one more world."""
    asked = ASKED.get(frame)
    request = None if asked is None else SetRequest(id=f"c{frame}", path=ACTIVE, value=asked[0], fade_s=asked[1])
    commands = () if request is None else (Command(sender="desk", role="director", order=frame, request=request),)
    pictures: tuple[AssetReady, ...] = tuple(ready("valley", "office", "street")) if frame == FRAMES.start - 1 else ()
    later = new_world() if frame == 400 else ()
    return FrameInputs(
        epoch=1,
        frame=frame,
        present_ns=present_ns(frame),
        datagrams=(packet(frame, 1),),
        commands=commands,
        observations=(*pictures, *later),
    )


def new_world() -> tuple[WorldListed]:
    """A world that comes while the take runs."""
    (office,) = (one for one in loaded_stage()[0].config.worlds if one.name == "office")
    return (WorldListed(world=type(office)(name="Küche", layers=office.layers)),)


def record_worlds(directory: Path) -> Path:
    """Records the take into a folder, with a snapshot in the middle of its last dissolve."""
    loaded, calibration = loaded_stage()
    assets = [AssetReady(file=one.file, sha256=one.sha256) for one in ready("valley", "office", "street")]
    show, tape = new_show(), Tape(directory, NAME)
    show.step(inputs_of(FRAMES.start - 1))
    tape.open(show, made_with=header_for(loaded, calibration, assets, "no renderer")())
    for frame in FRAMES:
        inputs = inputs_of(frame)
        tape.put(inputs, show.step(inputs))
        if frame == 370:
            tape.snapshot(show)
    return tape.close()


if __name__ == "__main__":
    print(record_worlds(Path(sys.argv[1])))
