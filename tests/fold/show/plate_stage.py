"""A stage of films for the tests of the fold, and what edges report of them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from render.worlds.plate.record import PlatePart, PlatePlan
from render.worlds.shared.media import MediaFacts
from stage.show.frame.inputs import AssetReady
from stage.show.frame.outcome import Outcome
from stage.show.frame.plates import MediaReady
from stage.show.show import Show
from tests.building import RATE_HZ, READY_SHA256, Stage, camera, datagram, sample, stage, step, table, toml, tracker
from tracking.datagrams import Datagram
from tracking.protocols.opentrackio_encode import OpenTrackIOSource, encode_opentrackio

CODE_SOURCE = "udp://127.0.0.1:55555"
FILM = "ab" * 32
POSITION, PLAY, SPEED = "/layer/street/position_s", "/layer/street/play", "/layer/street/speed"
FACTS = MediaFacts(codec="prores", columns=1920, rows=1080, frames=250, rate=(25, 1), start="10:00:00:00")


def film_stage(*, rig: Sequence[str] = (), hz: float = RATE_HZ, **keys: object) -> Stage:
    """A street with a film, or the films of a `rig`, beside a valley with a picture; `keys` are those of its layer. The
    walls have `hz` slots a second.
    """
    given = {"kind": "plate", "key": "street", **({} if rig else {"file": "street.mov"}), **keys}
    plates = [{"file": file, "turn_deg": 60.0 * number} for number, file in enumerate(rig)]
    street = table("[[worlds]]", name="street") + table("[[worlds.layers]]", **given)
    street += f"plates = {toml(plates)}\n" if rig else ""
    valley = table("[[worlds]]", name="valley") + table(
        "[[worlds.layers]]", kind="panorama", key="valley", file="valley.exr"
    )
    code = tracker("code", protocol="opentrackio", source=CODE_SOURCE, camera_id=None)
    return stage(street, valley, code, camera("A", tracker="code"), timecode="code", frame_rate_hz=hz)


def known(file: str = "street.mov", identity: str = FILM, version: str = "", **facts: object) -> MediaReady:
    """A film was examined."""
    return MediaReady(file=file, identity=identity, facts=msgspec.structs.replace(FACTS, **facts), version=version)


def valley() -> AssetReady:
    """The picture of the other world is on the GPU."""
    return AssetReady(file="valley.exr", sha256=READY_SHA256)


def playing(built: Stage, *films: MediaReady) -> Show:
    """A show in which the films are known in frame 0."""
    show = built.show()
    step(show, 0, observations=[*(films or (known(),)), valley()])
    return show


def plan_of(outcome: Outcome) -> PlatePlan:
    """What the layer on air shows of its films."""
    light = outcome.plan.air.world.layers[0].light
    assert isinstance(light, PlatePlan)
    return light


def parts_of(outcome: Outcome) -> tuple[PlatePart, ...]:
    return plan_of(outcome).parts


def frame_of(outcome: Outcome) -> int:
    """The frame of the first film."""
    return parts_of(outcome)[0].frame


def code_at(frame: int, label: str, rate: tuple[int, int]) -> Datagram:
    """A packet with this time code."""
    source = OpenTrackIOSource(rate=(60, 1))
    (packet,) = encode_opentrackio(sample(timecode=label, timecode_rate=rate), source, frame & 0xFFFF)
    return datagram(packet, frame, source=CODE_SOURCE)
