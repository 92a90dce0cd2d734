"""The parameter tree: everything that may be set while the show runs, declared once.

The wire, the command line, fades, looks, documents and tests are all read off this declaration, so adding a
parameter is one line in one of the tables below or, for the on-wall tools, in `tool_parameters`. Paths are OSC-style;
`{name}` stands for a wall, camera, card or tracker.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from stage.config.records import StageConfig
from stage.show.frame.inputs import Value
from stage.show.plan.cards import card_defaults
from stage.values.kinds import ROLES, Parameter, Role, choice, look, operator_switch, setting, switch
from stage.values.path_hints import PathHints
from stage.values.tools import CAMERA_TOOLS, CARD, STAGE_TOOLS
from tracking.records import Record

ErrorCode = Literal[
    "bad_message", "unknown_path", "wrong_type", "out_of_range", "forbidden", "conflict", "busy", "no_answer"
]
MAX_TEXT = 256

__all__ = ["ROLES", "ErrorCode", "Parameter", "ParameterTree", "Refusal", "Role", "declare"]


class Refusal(Record):
    """Why a value was not accepted: an error code of the wire, and a sentence for a person."""

    code: ErrorCode
    detail: str


FIXED_OVERSCAN_DEG = 2.0

_STAGE = (
    switch("/output/blackout", "All walls black, at once."),
    switch("/output/freeze", "Every wall holds the picture it shows now."),
    switch("/world/freeze_time", "Everything that moves in the world stands still."),
    look("/grade/exposure_stops", "stops", (-12.0, 12.0), 0.0, "Brightness of the world; one stop doubles the light."),
    look("/grade/temperature_k", "K", (2000.0, 15000.0), 6500.0, "White point; 6500 leaves the picture as it is."),
    look("/grade/tint", "", (-1.0, 1.0), 0.0, "Green (-1) to magenta (+1)."),
    look("/time/hour", "h", (0.0, 24.0), 12.0, "Time of day of the world, local solar hours; 24 is midnight."),
    switch("/time/running", "The time of day runs; it stands unless told to."),
    look("/time/speed", "x", (0.0, 3600.0), 1.0, "How fast the time of day runs; 1 is real time."),
    look("/sky/haze", "", (0.0, 1.0), 0.0, "Haze in the air: 0 clear, 1 thick."),
    look("/light/key/intensity", "", (0.0, 1.0), 1.0, "Key light's level: 0 dark, 1 full."),
    look("/light/key/temperature_k", "K", (2000.0, 15000.0), 5600.0, "Key light's white point."),
)
_WALL = (
    choice("/wall/{name}/pattern", ("off", "grid", "bars", "ramp", "counter", "edge"), "Test picture on the wall."),
    setting("/wall/{name}/latency_ms", "ms", (0.0, 1000.0), 0.0, "Time from signal in to light out."),
)
_CAMERA = (
    choice(
        "/camera/{name}/source",
        ("tracker", "manual", "still", "orbit"),
        "What moves the camera: its tracker, the manual pose, nothing (holds the last pose), or a slow orbit.",
    ),
    setting("/camera/{name}/manual/x_m", "m", (-100.0, 100.0), 0.0, "Manual entrance pupil, to the right."),
    setting("/camera/{name}/manual/y_m", "m", (-100.0, 100.0), 0.0, "Manual entrance pupil, towards the front wall."),
    setting("/camera/{name}/manual/z_m", "m", (-100.0, 100.0), 1.5, "Manual entrance pupil, height."),
    setting("/camera/{name}/manual/pan_deg", "deg", (-360.0, 360.0), 0.0, "Manual pan; + turns left."),
    setting("/camera/{name}/manual/tilt_deg", "deg", (-90.0, 90.0), 0.0, "Manual tilt; + turns up."),
    setting("/camera/{name}/manual/roll_deg", "deg", (-360.0, 360.0), 0.0, "Manual roll; + clockwise from behind."),
    choice(
        "/camera/{name}/overscan_mode",
        ("fixed", "follow"),
        "What is drawn beyond the frame: a fixed margin, or one that follows what the tracker's prediction misses.",
    ),
    setting(
        "/camera/{name}/overscan_deg",
        "deg",
        (0.0, 60.0),
        FIXED_OVERSCAN_DEG,
        "The fixed margin, on each side; setting it fixes the margin.",
    ),
    setting("/camera/{name}/overscan_floor_deg", "deg", (0.0, 60.0), 0.3, "A margin that follows is never less."),
    setting("/camera/{name}/overscan_ceiling_deg", "deg", (0.0, 60.0), 20.0, "A margin that follows is never more."),
    setting("/camera/{name}/priority", "", (0.0, 1000.0), 1.0, "Where views meet, the smaller number lies on top."),
    operator_switch("/camera/{name}/parked", "The camera has no view on any wall."),
    setting("/camera/{name}/feather_px", "px", (0.0, 1000.0), 40.0, "Soft edge outside that, film pixels."),
    setting("/camera/{name}/focal_length_mm", "mm", (0.0, 5000.0), 0.0, "By hand; 0 takes the lens's own."),
)
_TRACKER = (
    setting("/tracker/{name}/delay_ms", "ms", (0.0, 1000.0), 0.0, "Sample to arrival, where no time stamp."),
    setting("/tracker/{name}/offset/x_m", "m", (-100.0, 100.0), 0.0, "Added to the position, to the right."),
    setting("/tracker/{name}/offset/y_m", "m", (-100.0, 100.0), 0.0, "Added to the position, to the front wall."),
    setting("/tracker/{name}/offset/z_m", "m", (-100.0, 100.0), 0.0, "Added to the position, upwards."),
    setting("/tracker/{name}/offset/pan_deg", "deg", (-360.0, 360.0), 0.0, "Turns the tracked body; + left."),
    setting("/tracker/{name}/offset/tilt_deg", "deg", (-180.0, 180.0), 0.0, "Turns the tracked body; + up."),
    setting("/tracker/{name}/offset/roll_deg", "deg", (-360.0, 360.0), 0.0, "Turns the tracked body; + clockwise."),
)


def _expand(templates: Iterable[Parameter], name: str, defaults: dict[str, Value]) -> Iterator[Parameter]:
    """The templates for one named thing; `defaults` (by the path's last part) come from the configuration."""
    for template in templates:
        default = defaults.get(template.path.rpartition("/")[2], template.default)
        maximum = template.maximum
        if maximum is not None:
            default = float(default)
            maximum = max(maximum, default)
        path = template.path.format(name=name)
        yield msgspec.structs.replace(template, path=path, default=default, maximum=maximum)


def declare(config: StageConfig) -> tuple[Parameter, ...]:
    """Every parameter of this stage, in the order in which people read them."""
    declared = [*_STAGE, *STAGE_TOOLS]
    for wall in config.walls:
        declared += _expand(_WALL, wall.name, {"latency_ms": wall.latency_ms})
    for order, camera in enumerate(config.cameras, start=1):
        declared += _expand(
            (*_CAMERA, *CAMERA_TOOLS),
            camera.name,
            {
                "source": "tracker" if camera.tracker else "manual",
                "overscan_mode": camera.margin_mode(),
                "overscan_deg": FIXED_OVERSCAN_DEG if camera.overscan_deg is None else camera.overscan_deg,
                "overscan_floor_deg": camera.overscan_floor_deg,
                "overscan_ceiling_deg": camera.overscan_ceiling_deg,
                "priority": float(order),
                "parked": camera.parked,
                "feather_px": camera.feather_px,
                "late_pose": camera.late_pose,
            },
        )
    for card in config.cards:
        declared += _expand(CARD, card.name, card_defaults(card))
    for tracker in config.trackers:
        declared += _expand(_TRACKER, tracker.name, {"delay_ms": tracker.delay_ms})
    return tuple(declared)


class ParameterTree:
    """The declared parameters by path. Raises ValueError when two share one."""

    def __init__(self, parameters: Iterable[Parameter]) -> None:
        self._by_path: dict[str, Parameter] = {}
        for parameter in parameters:
            if parameter.path in self._by_path:
                raise ValueError(f"{parameter.path} is declared twice")
            self._by_path[parameter.path] = parameter
        self._hints = PathHints(self._by_path)

    def __contains__(self, path: str) -> bool:
        return path in self._by_path

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self._by_path.values())

    def __len__(self) -> int:
        return len(self._by_path)

    def __getitem__(self, path: str) -> Parameter:
        return self._by_path[path]

    def find(self, path: str) -> Parameter | Refusal:
        """The parameter at `path`, or a refusal that suggests the nearest one."""
        found = self._by_path.get(path)
        return found if found is not None else Refusal(code="unknown_path", detail=self._unknown(path))

    def under(self, prefix: str) -> tuple[Parameter, ...]:
        """The parameter at `prefix`, or all below that folder; "" and "/" mean all."""
        if prefix in self._by_path:
            return (self._by_path[prefix],)
        folder = prefix.rstrip("/") + "/"
        return tuple(parameter for path, parameter in self._by_path.items() if path.startswith(folder))

    def check(self, path: str, value: object) -> Value | Refusal:
        """`value` as the parameter at `path` keeps it, or why it is refused.

        Whole numbers become floats. A boolean takes only true and false, never 0 or 1, and a float never a boolean:
        a client that mixes them up is told so instead of being guessed at.
        """
        parameter = self.find(path)
        if isinstance(parameter, Refusal):
            return parameter
        if parameter.kind == "float":
            return _check_number(parameter, value)
        if parameter.kind == "boolean":
            return value if isinstance(value, bool) else _wrong_type(parameter, value, "true or false")
        return _check_text(parameter, value)

    def _unknown(self, path: str) -> str:
        return f"no parameter {path[:MAX_TEXT]!r}{self._hints.of(path)}"


def _wrong_type(parameter: Parameter, value: object, expected: str) -> Refusal:
    return Refusal(code="wrong_type", detail=f"{parameter.path} takes {expected}, not {str(value)[:64]!r}")


def _check_number(parameter: Parameter, value: object) -> Value | Refusal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _wrong_type(parameter, value, "a number")
    low = -math.inf if parameter.minimum is None else parameter.minimum
    high = math.inf if parameter.maximum is None else parameter.maximum
    if low <= value <= high and abs(value) <= sys.float_info.max:
        return float(value) + 0.0  # turns -0.0 into 0.0, so that equal values have equal bytes
    bounds = f"{low:g} to {high:g} {parameter.unit}".rstrip()
    return Refusal(code="out_of_range", detail=f"{parameter.path} is {str(value)[:32]}, expected {bounds}")


def _check_text(parameter: Parameter, value: object) -> Value | Refusal:
    if not isinstance(value, str):
        return _wrong_type(parameter, value, "one of " + " ".join(parameter.choices) if parameter.choices else "text")
    if parameter.kind == "choice" and value not in parameter.choices:
        found = f"{parameter.path} is {value[:64]!r}, expected one of " + " ".join(parameter.choices)
        return Refusal(code="out_of_range", detail=found)
    if len(value) > MAX_TEXT:
        return Refusal(code="out_of_range", detail=f"{parameter.path} takes at most {MAX_TEXT} characters")
    return value
