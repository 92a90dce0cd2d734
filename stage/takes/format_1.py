"""Takes of format 1, as this version reads them: the same numbers under today's names.

Format 1 kept answers and health in the plan, values in one flat map, and sentences where there are codes now.
"""

from __future__ import annotations

from typing import Any

import msgspec

from stage.values.stage_wide import ShowValues
from stage.values.tree import ParameterTree, put_value

Table = dict[str, Any]
_ENCODER = msgspec.msgpack.Encoder()
_REPORTED = ("trackers", "acknowledgements", "health")
"""What the plan of format 1 held beyond the picture."""
_LENS = ("focal_length_mm", "entrance_pupil_m", "zoom_raw", "projection_offset_mm")


def state_of(encoded: bytes, starting: ShowValues) -> bytes:
    """An encoded state of format 1 as one of this version.

    `starting` are the values that a show of the take's configuration starts with. What a client was answered, and the
    words of an alarm, are left out: no number of a later plan depends on them. Raises msgspec.DecodeError, KeyError or
    TypeError where the bytes are no state.
    """
    old: Table = msgspec.msgpack.decode(encoded)
    controls = old["controls"]
    take = {**old.get("take", {}), "alarm": None, "recorder": None}
    new = {
        **{name: old[name] for name in ("trackers", "epoch", "frame", "present_ns")},
        **{name: old[name] for name in ("now_ns", "assets", "missed", "losses", "ledger") if name in old},
        "version": 2,
        "controls": {**controls, "values": _values(controls["values"], starting)},
        "cameras": {name: _camera(camera) for name, camera in old["cameras"].items()},
        "take": take,
        "pictures": _pictures(old),
    }
    return _ENCODER.encode(new)


def inputs_of(encoded: bytes) -> bytes:
    """Encoded inputs of format 1 as this version has them."""
    old: Table = msgspec.msgpack.decode(encoded)
    return _ENCODER.encode(
        {
            **old,
            "commands": [_command(command) for command in old.get("commands", ())],
            "observations": [_observation(one) for one in old.get("observations", ())],
        }
    )


def plan_of(encoded: bytes) -> bytes:
    """An encoded plan of format 1 without what was no picture, and with holds for walls that were held."""
    old: Table = msgspec.msgpack.decode(encoded)
    plan = {name: value for name, value in old.items() if name not in _REPORTED}
    return _ENCODER.encode(plan)


def _values(flat: Table, starting: ShowValues) -> ShowValues:
    tree = ParameterTree(starting)
    for path, value in flat.items():
        if path in tree:
            put_value(starting, path, value)
    return starting
