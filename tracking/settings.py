"""One tracker's settings: its table in a configuration, and the preset beneath it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from tracking.dialects import FreeDDialect, OscMap
from tracking.records import Name, Placement, PositiveFloat
from tracking.settable import Values, number

Protocol = Literal["freed", "opentrackio", "osc"]
Predictor = Literal["line", "learned", "hold"]


class TrackerStart(Values):
    """The values that start as the configuration says."""

    delay_ms: Annotated[float, number(0.0, 10_000.0, "ms", "Sample to arrival, for packets without a time stamp.")] = (
        0.0
    )


class TrackerConfig(TrackerStart, forbid_unknown_fields=True):
    """One tracker: which protocol, from where, and how its frame is placed in the stage.

    `source` is a URL: `udp://127.0.0.1:40000`, `udp://239.135.1.1:55555?interface=192.0.2.10` or
    `serial:///dev/ttyUSB0?baud=38400&parity=odd`. Several trackers may share one. `camera_id` selects a body on a
    shared source (FreeD camera id, OpenTrackIO source number, the number in an OSC address). `rate_hz` is the
    tracker's own rate. `delay_ms` is the time from sample to arrival, for protocols without time stamps. `preset` names
    a file in `hw_configs/trackers`. `dialect` is used for FreeD and `map` for OSC. `predictor` says how the motion is
    predicted. `predictor_weights` names the file of weights that "learned" starts from, beside the configuration
    (default: the shipped one, fitted to hand-held motion).
    """

    name: Name
    protocol: Protocol
    source: str
    preset: str | None = None
    camera_id: Annotated[int, msgspec.Meta(ge=0, le=255)] | None = None
    rate_hz: Annotated[float, msgspec.Meta(ge=1.0, le=1000.0)] | None = None
    predictor: Predictor = "line"
    predictor_weights: str | None = None
    stage_from_tracker: Placement = Placement()
    max_speed_m_s: PositiveFloat = 5.0
    max_turn_deg_s: PositiveFloat = 400.0
    dialect: FreeDDialect = FreeDDialect()
    map: OscMap = OscMap()

    def __post_init__(self) -> None:
        if self.source.startswith("serial:") and self.protocol != "freed":
            raise ValueError(f"protocol is {self.protocol}; expected freed, the only protocol on a serial line")
        if self.protocol == "opentrackio" and self.camera_id is not None and not 1 <= self.camera_id <= 200:
            raise ValueError(f"camera_id is {self.camera_id}; expected an OpenTrackIO source number, 1 to 200")
        if self.predictor_weights is not None and self.predictor != "learned":
            raise ValueError(
                f'predictor_weights is given with "{self.predictor}"; expected predictor = "learned" beside it'
            )


def apply_preset(tracker_table: dict[str, Any], preset_table: dict[str, Any]) -> dict[str, Any]:
    """A tracker's table, completed by the preset's keys that the user did not give. Neither argument is changed.

    Nested tables are merged in the same way. Lists and single values come whole from the user if given.
    """
    merged = dict(preset_table)
    for key, value in tracker_table.items():
        below = merged.get(key)
        merged[key] = apply_preset(value, below) if isinstance(value, dict) and isinstance(below, dict) else value
    return merged
