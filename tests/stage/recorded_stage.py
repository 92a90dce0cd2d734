"""A real show with two trackers, fed with made packets and commands, and takes of it by the real recorder desk."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path

import msgspec

from calibration.records import Calibration
from stage.config.reader import parse_config
from stage.config.records import StageConfig
from stage.loading.files import LoadedConfig, read_preset
from stage.loading.geometry import load_geometry
from stage.run.disk import DiskLimits
from stage.show.frame.inputs import FrameInputs, TakeReport
from stage.show.frame.outcome import Outcome, encode_plan, encode_report
from stage.show.frame.requests import Command, SetRequest
from stage.show.show import Show
from stage.show.state import ShowState, new_state, state_in_parts
from stage.takes.desk import Desk
from stage.takes.header import header_for
from stage.takes.messages import AddFrame, AddSnapshot, BeginPart, EndTake, Parcel, RecorderReport, ToRecorder
from stage.takes.records import TakeHeader, TakePart
from stage.takes.seals import digest_of
from stage.takes.state_parts import HeldPieces
from tracking.datagrams import Datagram
from tracking.dialects import FreeDDialect
from tracking.protocols.freed import encode_freed
from tracking.records import TrackerSample
from tracking.rotation import quat_from_pan_tilt_roll

NO_LIMITS = DiskLimits(begin_bytes=0, low_bytes=0, stop_bytes=0)
RATE = Fraction(60)
SNAPSHOT_FRAMES = 300
TOML = """
[stage]
name = "Recorded"
frame_rate_hz = 60

[[walls]]
name = "main"
resolution_px = [64, 32]
latency_ms = 16.0

[walls.shape]
kind = "plane"
lower_left_m = [-3.0, 4.0, 0.0]
lower_right_m = [3.0, 4.0, 0.0]
upper_left_m = [-3.0, 4.0, 3.0]

[[trackers]]
name = "a"
protocol = "freed"
source = "udp://127.0.0.1:40000"
camera_id = 1
rate_hz = 60

[[trackers]]
name = "b"
protocol = "freed"
source = "udp://127.0.0.1:40000"
camera_id = 2
rate_hz = 60

[[cameras]]
name = "A"
tracker = "a"
focal_length_mm = 35.0

[[cameras]]
name = "B"
tracker = "b"
focal_length_mm = 50.0

[world]
kind = "coordinates"
"""


@cache
def loaded_stage() -> tuple[LoadedConfig, Calibration]:
    loaded = LoadedConfig(parse_config(TOML, "recorded.toml", read_preset), TOML, Path("/"))
    return loaded, load_geometry(loaded)[1]


@cache
def header() -> TakeHeader:
    loaded, calibration = loaded_stage()
    return header_for(loaded, calibration, (), "no renderer", "low")()


def first_state(config: StageConfig) -> ShowState:
    return new_state(config)


def new_show() -> Show:
    loaded, calibration = loaded_stage()
    return Show(loaded.config, calibration, first_state(loaded.config))


def present_ns(frame: int) -> int:
    return 1_000_000_000_000 + int(frame * 1_000_000_000 / RATE)


def packet(frame: int, camera_id: int) -> Datagram:
    """A camera that swings to and fro, packet of one frame."""
    angle = frame / 40.0 + camera_id
    sample = TrackerSample(
        position_m=(math.sin(angle), 0.2 * camera_id, 1.5),
        rotation=quat_from_pan_tilt_roll(10.0 * math.sin(angle), 2.0, 0.0),
        zoom_raw=1000.0,
        focus_raw=2000.0,
    )
    return Datagram(
        source="udp://127.0.0.1:40000",
        sender="127.0.0.1:50000",
        received_ns=present_ns(frame) - 20_000_000,
        payload=encode_freed(sample, camera_id, FreeDDialect()),
    )


def inputs_of(frame: int, commands_every: int = 5) -> FrameInputs:
    """Packets of both trackers, and a command every `commands_every` frames."""
    commands: tuple[Command, ...] = ()
    if frame % commands_every == 0:
        request = SetRequest(id=f"c{frame}", path="/grade/exposure_stops", value=(frame % 50) / 10.0, fade_s=0.1)
        commands = (Command(sender="desk", role="operator", order=frame, request=request),)
    return FrameInputs(
        epoch=1,
        frame=frame,
        present_ns=present_ns(frame),
        datagrams=(packet(frame, 1), packet(frame, 2)),
        commands=commands,
    )


class Tape:
    """Writes a take through the recorder's desk, as the core's messages would."""

    def __init__(self, directory: Path, name: str = "take", limits: DiskLimits = NO_LIMITS) -> None:
        self.messages: list[RecorderReport] = []
        self.now_ns = 0
        self.desk = Desk(directory, self.messages.append, limits, instance="desk", clock_ns=lambda: self.now_ns)
        self._name = name
        self._opening = 0

    @property
    def reports(self) -> list[TakeReport]:
        return [message.report for message in self.messages]

    def open(self, show: Show, part: int = 1, made_with: TakeHeader | None = None) -> None:
        self._opening += 1
        self._held = HeldPieces()
        snapshot, pieces = self._held.snapshot(show.state.frame, state_in_parts(show.state))
        begins = TakePart(name=self._name, part=part)
        self._send(BeginPart(header=made_with or header(), part=begins, snapshot=snapshot, pieces=pieces))

    def put(self, inputs: FrameInputs, outcome: Outcome) -> None:
        plan, report = encode_plan(outcome.plan), encode_report(outcome)
        body = AddFrame(
            frame=inputs.frame,
            present_ns=inputs.present_ns,
            inputs=msgspec.msgpack.encode(inputs),
            plan=plan,
            report=report,
            digest=digest_of(plan, report),
        )
        self._send(body)
        self.now_ns += 16_666_667
        self.desk.tick()

    def snapshot(self, show: Show) -> None:
        snapshot, pieces = self._held.snapshot(show.state.frame, state_in_parts(show.state))
        self._send(AddSnapshot(snapshot=snapshot, pieces=pieces))

    def close(self) -> Path:
        self._send(EndTake())
        return Path(self.messages[-1].report.path)

    def _send(self, body: ToRecorder) -> None:
        self.desk.receive(Parcel(session="s", opening=self._opening, position=0, body=body), 1)


def played(show: Show, frames: range) -> Iterator[tuple[FrameInputs, Outcome]]:
    for frame in frames:
        inputs = inputs_of(frame)
        yield inputs, show.step(inputs)


def record(directory: Path, frames: range, *, warm_up: int = 30, snapshot_every: int = SNAPSHOT_FRAMES) -> Path:
    """A closed take of `frames`, begun in a show that already ran for `warm_up` frames."""
    show = new_show()
    for _ in played(show, range(frames.start - warm_up, frames.start)):
        pass
    tape = Tape(directory)
    tape.open(show)
    for inputs, outcome in played(show, frames):
        tape.put(inputs, outcome)
        if inputs.frame % snapshot_every == 0:
            tape.snapshot(show)
    return tape.close()
