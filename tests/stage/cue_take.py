"""A take of a scripted show of 20 cues on the valley's stage, recorded in virtual time: GO after GO, with a hold, a step
back, cues that are called alone, and a value that is touched by hand.

`python tests/stage/cue_take.py FOLDER` writes `twenty_cues.mcap`, which `tests/takes` keeps a copy of.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from recorded_stage import Tape, packet, present_ns

from stage.config.reader import parse_config
from stage.loading.demo import VALLEY
from stage.loading.files import LoadedConfig, read_preset
from stage.loading.geometry import load_geometry
from stage.loading.show_files import LOOKS, read_cue_file, read_look_file
from stage.show.air.state import pictures_of
from stage.show.frame.inputs import AssetReady, CuesRead, FrameInputs, LookFile, LooksListed, Observation
from stage.show.frame.requests import Command, CueRequest, SetRequest, ShowRequest
from stage.show.show import Show
from stage.show.state import new_state
from stage.takes.header import header_for
from stage.values.looks import packed
from tests.fold.show.air_stage import SHA256

NAME = "twenty_cues"
CUES = VALLEY.parent / "cues" / "demo.toml"
FRAMES = range(100, 900)
SNAPSHOTS = (210, 428, 880)
"""While a fade is held; while a stroke of lightning waits for the next; while the last fade waits to follow on."""
ASKED: dict[int, ShowRequest] = {
    **{frame: CueRequest(id=f"go {frame}", action="go") for frame in range(105, 345, 40)},
    200: CueRequest(id="hold", action="hold"),
    220: CueRequest(id="resume", action="resume"),
    222: SetRequest(id="hand", path="/sky/haze", value=0.3, fade_s=0.2),
    340: CueRequest(id="back", action="back"),
    **{frame: CueRequest(id=f"go {frame}", action="go") for frame in range(345, 800, 40)},
    800: CueRequest(id="goto", action="goto", number=12),
    820: CueRequest(id="on", action="goto", number="15"),
    825: CueRequest(id="last", action="go"),
}
"""What is asked for in a frame."""


def looks() -> LooksListed:
    """The shipped looks."""
    read = {path.name: read_look_file(path) for path in sorted(LOOKS.glob("*.toml"))}
    return LooksListed(
        kind="shipped",
        files=tuple(LookFile(file=file, name=look.name, look=packed(look.values)) for file, look in read.items()),
    )


def before(land: AssetReady) -> tuple[Observation, ...]:
    """What is there before the first frame."""
    return (land, looks(), CuesRead(cues=read_cue_file(CUES).cues))


def inputs_of(frame: int, observations: tuple[Observation, ...] = ()) -> FrameInputs:
    """Packets of the camera, and the request of the frame."""
    asked = ASKED.get(frame)
    commands = () if asked is None else (Command(sender="desk", role="director", order=frame, request=asked),)
    return FrameInputs(
        epoch=1,
        frame=frame,
        present_ns=present_ns(frame),
        datagrams=(packet(frame, 1),),
        commands=commands,
        observations=observations,
    )


def record_cues(directory: Path) -> Path:
    """Records the take into a folder."""
    text = VALLEY.read_text(encoding="utf-8")
    loaded = LoadedConfig(parse_config(text, f"{NAME}.toml", read_preset), text, Path("/"))
    calibration = load_geometry(loaded)[1]
    (needed,) = {picture.file for world in loaded.config.worlds for picture in pictures_of(world)}
    land = AssetReady(file=needed, sha256=SHA256["valley"])
    show, tape = Show(loaded.config, calibration, new_state(loaded.config)), Tape(directory, NAME)
    show.step(inputs_of(FRAMES.start - 1, before(land)))
    tape.open(show, made_with=header_for(loaded, calibration, [land], "no renderer")())
    for frame in FRAMES:
        inputs = inputs_of(frame)
        outcome = show.step(inputs)
        assert all(answer.refusal is None for answer in outcome.answers), outcome.answers
        assert not any(answer.look.refused or answer.look.absent for answer in outcome.answers if answer.look)
        tape.put(inputs, outcome)
        if frame in SNAPSHOTS:
            tape.snapshot(show)
    return tape.close()


if __name__ == "__main__":
    print(record_cues(Path(sys.argv[1])))
