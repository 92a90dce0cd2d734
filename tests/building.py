"""Builds a test's stage from parts: configuration, calibration, show, requests, packets, frame inputs.

No file, port, thread or clock. A test states only what it depends on; everything else has a default here:

    STAGE = stage(wall(), tracker("t"), camera("A", tracker="t"))
    show = STAGE.show()
    outcome = step(show, 0, {"/camera/A/parked": True}, datagrams=[freed(0, pan_deg=3.0)])
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from calibration.lens_records import Lens
from calibration.rasters.positions import wall_positions, wall_surface
from calibration.records import Calibration
from render.plan.frame import FramePlan
from render.plan.inner import InnerPlan
from stage.config.reader import parse_config
from stage.config.records import StageConfig
from stage.show.frame.inputs import AssetReady, FrameInputs, Observation, Presented
from stage.show.frame.outcome import Outcome, encode_plan, encode_report
from stage.show.frame.requests import (
    BatchRequest,
    Command,
    NudgeRequest,
    Request,
    SetRequest,
    TakeRequest,
    Target,
)
from stage.show.show import Show
from stage.show.state import ShowState, new_state
from stage.values.parameters import Value
from stage.values.tree import value_at
from tracking.datagrams import Datagram
from tracking.dialects import FreeDDialect
from tracking.protocols.freed import encode_freed
from tracking.records import ConfigError, TrackerSample
from tracking.rotation import quat_from_pan_tilt_roll
from tracking.settable import Role

RATE_HZ = 60
PERIOD_NS = 16_666_667
START_NS = 5_000_000_000
"""When the slot of frame 0 begins, host monotonic."""
TRANSIT_NS = 3_000_000
"""How long before its frame's slot a packet arrives."""
SOURCE = "udp://127.0.0.1:40000"
SENDER = "127.0.0.1:50000"
UNNAMED = 0
"""The id of a request that `inputs_at` numbers."""
READY_SHA256 = "ab" * 32

ARC = {"kind": "arc", "radius_m": 4.0, "sweep_deg": 120.0, "height_m": 2.6}
SIDE = {"kind": "plane", "lower_left_m": (-4, -2, 0), "lower_right_m": (-4, 0, 0), "upper_left_m": (-4, -2, 2)}
FLAT = {"kind": "plane", "lower_left_m": (-3, 4, 0), "lower_right_m": (3, 4, 0), "upper_left_m": (-3, 4, 3)}
PANORAMA = '[world]\nkind = "panorama"\nfile = "x.png"\n'


# The configuration, as pieces of TOML.


def toml(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(toml, value)) + "]"
    return repr(value)


def _key(name: str) -> str:
    return name if name.replace("_", "a").isalnum() else json.dumps(name)


def table(heading: str, **keys: object) -> str:
    """A table under its heading, `[stage]` or `[[walls]]`."""
    return f"{heading}\n" + "".join(f"{key} = {toml(value)}\n" for key, value in keys.items())


def wall(name: str = "main", **keys: object) -> str:
    """A small arc in front of the stage, unless the keys say otherwise."""
    return table("[[walls]]", **{"name": name, "resolution_px": (64, 20), "latency_ms": 16.0, "shape": ARC, **keys})


def side_wall(**keys: object) -> str:
    """A small plane to the left, without latency."""
    return wall("side", **{"resolution_px": (32, 32), "latency_ms": 0.0, "shape": SIDE, **keys})


def tracker(name: str = "t", **keys: object) -> str:
    """A FreeD tracker on `SOURCE` with camera id 1 and 60 packets a second; a key of None is left out."""
    defaults = {"name": name, "protocol": "freed", "source": SOURCE, "camera_id": 1, "rate_hz": RATE_HZ}
    return table("[[trackers]]", **{key: value for key, value in {**defaults, **keys}.items() if value is not None})


def camera(name: str = "A", **keys: object) -> str:
    """A camera that is driven by hand, unless a tracker is named."""
    return table("[[cameras]]", name=name, **keys)


def card(name: str, **keys: object) -> str:
    """A light card, flag or window."""
    return table("[[cards]]", name=name, **keys)


def light(name: str = "lamp", **keys: object) -> str:
    """A stage light in front of the wall that points back at the actors."""
    defaults = {
        "name": name,
        "fixture": "generic_rgbw_16bit",
        "universe": 1,
        "address": 1,
        "position_m": (1.0, 2.0, 3.0),
        "aim_m": (0.0, 0.0, 1.5),
    }
    return table("[[lights]]", **{**defaults, **keys})


def stage_text(*pieces: str, **stage_keys: object) -> str:
    """The whole configuration; without a wall among the pieces it has the default one."""
    walls = "" if any("[[walls]]" in piece for piece in pieces) else wall()
    return table("[stage]", **{"frame_rate_hz": RATE_HZ, **stage_keys}) + walls + "".join(pieces)


def no_presets(name: str) -> dict[str, Any]:
    """Reads tracker presets for configurations that name none."""
    raise ConfigError(f"found {name!r}, expected no preset")


def parsed(text: str) -> StageConfig:
    """The configuration that the text says. Raises ConfigError."""
    return parse_config(text, "test", no_presets)


# The running stage.


class Stage(NamedTuple):
    """A configuration with its calibration."""

    config: StageConfig
    calibration: Calibration

    def show(self, state: ShowState | None = None, restored: Mapping[str, Value] | None = None) -> Show:
        """A show that begins anew, with saved values over the configuration's, or resumes from a snapshot."""
        return Show(self.config, self.calibration, state or new_state(self.config, restored))


def stage(*pieces: str, lenses: Mapping[str, object] | None = None, **stage_keys: object) -> Stage:
    """A stage of these pieces. `lenses` are lens files' contents, by camera, or by file for one that is changed to."""
    config = parsed(stage_text(*pieces, **stage_keys))
    surfaces = tuple(wall_surface(one, wall_positions(one, None)) for one in config.walls)
    read = {name: msgspec.convert(lens, Lens) for name, lens in (lenses or {}).items()}
    files = {name: lens for name, lens in read.items() if name.endswith(".json")}
    return Stage(config, Calibration(surfaces=surfaces, lenses=read, lens_files=files))


# What comes in.


def set_to(path: str, value: Value, fade_s: float = 0.0, **given: Any) -> SetRequest:
    """Sets one value; `given` are further fields of the request."""
    return SetRequest(id=UNNAMED, path=path, value=value, fade_s=fade_s, **given)


def batch(values: Mapping[str, Value], fade_s: float = 0.0) -> BatchRequest:
    """Sets several values together."""
    items = tuple(Target(path=path, value=value, fade_s=fade_s) for path, value in values.items())
    return BatchRequest(id=UNNAMED, items=items)


def start_take(name: str = "") -> TakeRequest:
    """Starts a take."""
    return TakeRequest(id=UNNAMED, action="start", name=name)


def stop_take() -> TakeRequest:
    """Stops the take."""
    return TakeRequest(id=UNNAMED, action="stop")


def set_heading(name: str, pan_deg: float = 0.0, **given: Any) -> NudgeRequest:
    """Sets the heading of a tracker's body; `given` are further fields of the request."""
    return NudgeRequest(id=UNNAMED, tracker=name, pan_deg=pan_deg, **given)


def command(
    request: Request, *, request_id: str | int, sender: str = "test", role: Role = "admin", **who: str
) -> Command:
    """A request that reached the show. `who` are its owner and person, and the session that it names."""
    named = {"session": who.pop("session")} if "session" in who else {}
    return Command(
        sender=sender, role=role, order=0, request=msgspec.structs.replace(request, id=request_id, **named), **who
    )


def slot_ns(frame: int) -> int:
    """When a frame's slot begins and its inputs are gathered."""
    return START_NS + frame * PERIOD_NS


def inputs_at(
    frame: int,
    *asked: Command | Request | Mapping[str, Value],
    datagrams: Sequence[Datagram] = (),
    observations: Sequence[Observation] = (),
) -> FrameInputs:
    """One frame's inputs. Plain requests, and values by path, come from one administrator under ids of their own."""
    commands = []
    for index, one in enumerate(asked):
        request = batch(one) if isinstance(one, Mapping) else one
        commands.append(one if isinstance(one, Command) else command(request, request_id=f"{frame}-{index}"))
    return FrameInputs(
        epoch=1,
        frame=frame,
        present_ns=slot_ns(frame + 1),
        datagrams=tuple(datagrams),
        commands=tuple(commands),
        observations=tuple(observations),
    )


def sample(pan_deg: float = 0.0, tilt_deg: float = 0.0, **fields: Any) -> TrackerSample:
    """A pose 1.5 m above the stage's origin, with encoders at zero."""
    rotation = quat_from_pan_tilt_roll(pan_deg, tilt_deg, 0.0)
    defaults = {"position_m": (0.0, 0.0, 1.5), "rotation": rotation, "zoom_raw": 0.0, "focus_raw": 0.0}
    return TrackerSample(**{**defaults, **fields})


def datagram(payload: bytes, frame: int, source: str = SOURCE, offset_ns: int = 0) -> Datagram:
    """A packet that arrives `TRANSIT_NS` before its frame's slot, or `offset_ns` later than that."""
    received_ns = slot_ns(frame) - TRANSIT_NS + offset_ns
    return Datagram(source=source, sender=SENDER, received_ns=received_ns, payload=payload)


def freed(frame: int, pan_deg: float = 0.0, tilt_deg: float = 0.0, *, camera_id: int = 1, **fields: Any) -> Datagram:
    """The FreeD packet of one frame; see `sample`."""
    return datagram(encode_freed(sample(pan_deg, tilt_deg, **fields), camera_id, FreeDDialect()), frame)


def ready(sha256: str = READY_SHA256) -> AssetReady:
    """The panorama's picture is on the GPU."""
    return AssetReady(file="x.png", sha256=sha256)


def presented(frame: int, share: float = 0.3, *, missed: bool = False) -> Presented:
    """A frame that took this share of a period to draw and present."""
    return Presented(frame=frame, stepped_ns=0, drawn_ns=1, presented_ns=round(share * PERIOD_NS), missed=missed)


# What comes out.


def step(
    show: Show,
    frame: int,
    *asked: Command | Request | Mapping[str, Value],
    datagrams: Sequence[Datagram] = (),
    observations: Sequence[Observation] = (),
) -> Outcome:
    """Steps one frame in which nothing may be refused."""
    outcome = show.step(inputs_at(frame, *asked, datagrams=datagrams, observations=observations))
    refused = [answer.refusal for answer in outcome.answers if answer.refusal is not None]
    assert not refused, refused
    return outcome


def view_of(plan: FramePlan, camera_name: str = "A", wall_index: int = 0) -> InnerPlan:
    """A camera's view on one wall."""
    shown = (plan.inners[index] for index in plan.walls[wall_index].inners)
    return next(view for view in shown if view.camera == camera_name)


def digest(outcome: Outcome) -> str:
    """A digest of plan and report: equal where everything that left the step is equal."""
    return hashlib.blake2b(encode_plan(outcome.plan) + encode_report(outcome), digest_size=16).hexdigest()


def value_of(show: Show, path: str) -> Value:
    """The value in force at a path."""
    return value_at(show.state.controls.values, path)


def codes(outcome: Outcome) -> list[str]:
    """The codes of this frame's findings."""
    return [finding.code for finding in outcome.health]
