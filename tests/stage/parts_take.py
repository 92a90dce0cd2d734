"""A take whose snapshots are in parts, recorded in virtual time: a library whose files change between two of them, and are
as they were between two others.

`python tests/stage/parts_take.py FOLDER` writes `snapshots_in_parts.mcap`, which `tests/takes` keeps a copy of.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec
from placed_take import inputs_of as placed_inputs_of
from placed_take import ready
from recorded_stage import Tape

from stage.config.reader import parse_config
from stage.loading.files import LoadedConfig, read_preset
from stage.loading.geometry import load_geometry
from stage.show.frame.inputs import FrameInputs, LibraryFile, LibraryListed
from stage.show.show import Show
from stage.show.state import new_state
from stage.takes.header import header_for
from tests.building import camera, stage_text, tracker
from tests.fold.show.air_stage import layer, world

NAME = "snapshots_in_parts"
FRAMES = range(200, 260)
SNAPSHOTS = (222, 228, 245)
FILES = {199: tuple(f"picture {number}" for number in range(40)), 230: ("one more",)}
"""The files of the library that come in a frame."""
TOML = stage_text(
    tracker("a", rate_hz=60),
    camera("A", tracker="a", focal_length_mm=35.0),
    world("valley"),
    world("office"),
    world("pattern", layer("coordinates", projection="flat", distance_m=8.0, turn_deg=10.0)),
)


def inputs_of(frame: int) -> FrameInputs:
    """The inputs of the take of placed layers, and files of the library."""
    inputs = placed_inputs_of(frame)
    files = tuple(
        LibraryFile(file=f"library/{stem}.png", stem=stem, suffix=".png", version="1") for stem in FILES.get(frame, ())
    )
    listed = (LibraryListed(files=files, first=frame < FRAMES.start),) if files else ()
    return msgspec.structs.replace(inputs, observations=(*inputs.observations, *listed))


def record_in_parts(directory: Path) -> Path:
    """Records the take into a folder."""
    loaded = LoadedConfig(parse_config(TOML, f"{NAME}.toml", read_preset), TOML, Path("/"))
    calibration = load_geometry(loaded)[1]
    show, tape = Show(loaded.config, calibration, new_state(loaded.config)), Tape(directory, NAME)
    show.step(inputs_of(FRAMES.start - 1))
    tape.open(show, made_with=header_for(loaded, calibration, list(ready()), "no renderer")())
    for frame in FRAMES:
        inputs = inputs_of(frame)
        tape.put(inputs, show.step(inputs))
        if frame in SNAPSHOTS:
            tape.snapshot(show)
    return tape.close()


if __name__ == "__main__":
    print(record_in_parts(Path(sys.argv[1])))
