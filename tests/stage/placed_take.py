"""A take of placed layers, recorded in virtual time: a flat picture that its facts placed and that comes nearer, a part of a
sphere, ground, and coordinates on a plane.

`python tests/stage/placed_take.py FOLDER` writes `placed_layers.mcap`, which `tests/takes` keeps a copy of.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from recorded_stage import Tape, packet, present_ns

from render.worlds.shared.facts import PictureFacts, SpherePart
from stage.config.reader import parse_config
from stage.loading.files import LoadedConfig, read_preset
from stage.loading.geometry import load_geometry
from stage.show.frame.inputs import AssetReady, FrameInputs
from stage.show.frame.requests import Command, SetRequest
from stage.show.show import Show
from stage.show.state import new_state
from stage.takes.header import header_for
from tests.building import camera, stage_text, tracker
from tests.fold.show.air_stage import ACTIVE, SHA256, layer, world

NAME = "placed_layers"
FRAMES = range(200, 260)
SNAPSHOT = 238
ASKED: dict[int, tuple[str, object, float]] = {
    205: ("/layer/valley/distance_m", 6.0, 0.3),
    212: ("/layer/valley/roll_deg", -3.0, 0.2),
    225: (ACTIVE, "office", 0.2),
    235: ("/layer/office/ground_m", 1.6, 0.1),
    236: ("/layer/office/radius_m", 20.0, 0.2),
    240: ("/layer/office/horizon", 0.4, 0.0),
    248: (ACTIVE, "pattern", 0.0),
}
"""What is asked for in a frame, and the seconds of its fade."""
FACTS = {
    "valley": PictureFacts(columns=1920, rows=1080, horizon=0.38, roll_deg=5.0),
    "office": PictureFacts(columns=2000, rows=500, part=SpherePart(span_deg=200.0, turn_deg=20.0, horizon=0.6)),
}
TOML = stage_text(
    tracker("a", rate_hz=60),
    camera("A", tracker="a", focal_length_mm=35.0),
    world("valley"),
    world("office"),
    world("pattern", layer("coordinates", projection="flat", distance_m=8.0, turn_deg=10.0)),
)


def ready() -> tuple[AssetReady, ...]:
    """Both pictures, with what was measured of them."""
    return tuple(AssetReady(file=f"{name}.exr", sha256=SHA256[name], facts=facts) for name, facts in FACTS.items())


def inputs_of(frame: int) -> FrameInputs:
    """Packets of the camera, the requests, and before the first frame the pictures."""
    asked = ASKED.get(frame)
    commands: tuple[Command, ...] = ()
    if asked is not None:
        request = SetRequest(id=f"c{frame}", path=asked[0], value=asked[1], fade_s=asked[2])
        commands = (Command(sender="desk", role="director", order=frame, request=request),)
    return FrameInputs(
        epoch=1,
        frame=frame,
        present_ns=present_ns(frame),
        datagrams=(packet(frame, 1),),
        commands=commands,
        observations=ready() if frame == FRAMES.start - 1 else (),
    )


def record_placed(directory: Path) -> Path:
    """Records the take into a folder, with a snapshot while ground and radius fade."""
    loaded = LoadedConfig(parse_config(TOML, f"{NAME}.toml", read_preset), TOML, Path("/"))
    calibration = load_geometry(loaded)[1]
    show, tape = Show(loaded.config, calibration, new_state(loaded.config)), Tape(directory, NAME)
    show.step(inputs_of(FRAMES.start - 1))
    tape.open(show, made_with=header_for(loaded, calibration, list(ready()), "no renderer")())
    for frame in FRAMES:
        inputs = inputs_of(frame)
        tape.put(inputs, show.step(inputs))
        if frame == SNAPSHOT:
            tape.snapshot(show)
    return tape.close()


if __name__ == "__main__":
    print(record_placed(Path(sys.argv[1])))
