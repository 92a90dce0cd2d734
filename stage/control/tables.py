"""Tables for people at a terminal, made from what the client received."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from tracking.settable import Value

_WRAPPED = {"values", "help", "rejected"}
_LENS_WORDS = {
    "focal_length_mm": "{:.6g} mm",
    "f_stop": "f/{:.3g}",
    "focus_distance_m": "focus at {:.6g} m",
    "entrance_pupil_m": "pupil {:.6g} m",
    "projection_x_mm": "axis {:.4g} mm right",
    "projection_y_mm": "{:.4g} mm down",
    "zoom_raw": "encoders: zoom {:.9g}",
    "focus_raw": "focus {:.9g}",
    "iris_raw": "iris {:.9g}",
}
_STATE_STYLES = {"fresh": "green", "late": "yellow", "lost": "bold red", "never": "red"}


def shown(value: Value | None, unit: str = "") -> str:
    """A value as people write it: on and off, at most six digits, its unit."""
    if isinstance(value, bool):
        return "on" if value else "off"
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return f"{text} {unit}".rstrip()


def described(parameters: Iterable[Mapping[str, Any]]) -> Table:
    """One row a parameter: its values and default, who may set it, and what it means and allows."""
    table = _table("path", "values", "default", "role", "help")
    for one in parameters:
        default, notes = shown(one["default"], one.get("unit", "")), _notes(one)
        meaning = Text(one["help"]).append(f"\n{notes}" if notes else "", style="dim")
        table.add_row(one["path"], _values(one), default, one.get("role", ""), meaning)
    return table


def value_table(values: Mapping[str, Value], parameters: Iterable[Mapping[str, Any]]) -> Table:
    """Present values with units. Those that differ from their defaults are bold, with the default beside them."""
    table = _table("path", "value", "default")
    for one in parameters:
        value = values[one["path"]]
        text = shown(value, one.get("unit", ""))
        moved = value != one["default"]
        table.add_row(one["path"], Text(text, style="bold" if moved else ""), shown(one["default"]) if moved else "")
    return table


def status_tables(status: Mapping[str, Any]) -> Iterable[RenderableType]:
    """The stage at a glance: frame, trackers, what is wrong."""
    yield f"frame {status['frame']} at {status['rate_hz']:g} Hz, {status.get('missed', 0)} missed{_take(status)}"
    if status["trackers"]:
        yield _trackers(status["trackers"])
    for name, one in status["trackers"].items():
        yield from _about(name, one)
    if status.get("cameras"):
        yield _cameras(status["cameras"])
    if status.get("latency"):
        yield _latency(status["latency"])
    if not status["health"]:
        yield Text("all is well", style="green")
    for line in status["health"]:
        yield Text(line, style="red")


def _trackers(trackers: Mapping[str, Mapping[str, Any]]) -> Table:
    table = _table("tracker", "state", "Hz", "age ms", "jitter ms", "accepted", "rejected")
    for name, one in trackers.items():
        table.add_row(
            name,
            Text(one["state"], style=_STATE_STYLES.get(one["state"], "")),
            _number(one["rate_hz"]),
            _number(one["age_ms"]),
            _number(one["jitter_ms"], 2),
            str(one["accepted"]),
            ", ".join(f"{count} {cause}" for cause, count in one["rejected"].items() if count) or "-",
        )
    return table


def _cameras(cameras: Mapping[str, Mapping[str, Any]]) -> Table:
    sides = ("left", "right", "bottom", "top")
    margins = [f"{side} deg" for side in sides]
    table = _table("overscan", *margins, "judged", "missed", "lately", "worst deg", "reprojection")
    for name, one in cameras.items():
        table.add_row(
            name,
            *(_number((one["margin_deg"] or {}).get(side)) for side in sides),
            str(one["judged"]),
            str(one["missed"]),
            _number(one["missed_lately"]),
            _number(one["worst_deg"], 2),
            one["late_pose"],
        )
    return table


def _latency(stages: Mapping[str, Mapping[str, Any]]) -> Table:
    table = _table("latency", "p50 ms", "p99 ms", "usual ms")
    for name, one in stages.items():
        table.add_row(
            name.replace("_", " "), _number(one["p50_ms"]), _number(one["p99_ms"]), _number(one.get("usual_ms"))
        )
    return table


def _about(name: str, one: Mapping[str, Any]) -> Iterable[RenderableType]:
    """Where the tracked body is, what the tracker reports, and what may be wrong with its settings."""
    if one["position_m"] is not None and one["rotation_deg"] is not None:
        position, rotation = _triple(one["position_m"], 3), _triple(one["rotation_deg"], 2)
        yield f"{name} is at {position} m, pan tilt roll {rotation} deg"
    for reported in (_own_words(one), _lens(one.get("lens") or {}), _equipment(one.get("equipment") or {})):
        if reported:
            yield Text(_printable(f"{name}: {reported}"))
    if one.get("hint"):
        yield Text(_printable(f"{name}: {one['hint']}"), style="yellow")


def _own_words(one: Mapping[str, Any]) -> str:
    """Time code, device status, slate and recording, as far as the tracker reports them."""
    reported = [
        f"{word} {one[key]}"
        for key, word in (("timecode", "time code"), ("device_status", "status"), ("slate", "slate"))
        if one.get(key)
    ]
    if one.get("recording") is not None:
        reported.append("recording" if one["recording"] else "not recording")
    return ", ".join(reported)


def _lens(lens: Mapping[str, Any]) -> str:
    """What the tracker reports of the lens."""
    values = [words.format(lens[key]) for key, words in _LENS_WORDS.items() if lens.get(key) is not None]
    return "lens " + ", ".join(values) if values else ""


def _equipment(equipment: Mapping[str, Any]) -> str:
    """The equipment that the tracker says it is mounted on."""
    parts = [equipment[key] for key in ("camera", "lens", "tracker") if equipment.get(key)]
    for key, unit in (("sensor_mm", "mm"), ("resolution_px", "px")):
        if equipment.get(key):
            parts.append(" x ".join(f"{side:g}" for side in equipment[key]) + f" {unit}")
    return "on " + ", ".join(parts) if parts else ""


def _printable(text: str) -> str:
    """Text from the network for a terminal: control characters, which could move its cursor, become "?"."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column not in _WRAPPED)
    return table


def _notes(one: Mapping[str, Any]) -> str:
    """How a parameter fades, which look stores it, and what a change of it may spoil."""
    notes = (
        f"fades: {one['fade']}" if one.get("fade") else "",
        f"look: {one['look']}" if one.get("look") else "",
        "could spoil a recording take" if one.get("guarded") else "",
        "" if one.get("seen", True) else "not seen by a film camera",
    )
    return "; ".join(filter(None, notes))


def _values(one: Mapping[str, Any]) -> str:
    if one["kind"] == "float":
        return f"{one['minimum']:g} to {one['maximum']:g} {one.get('unit', '')}".rstrip()
    if one["kind"] == "boolean":
        return "on, off"
    return ", ".join(one.get("choices") or ["text"])


def _take(status: Mapping[str, Any]) -> str:
    take = status.get("take") or {"state": "idle"}
    return "" if take["state"] == "idle" else f", take {take['name']} {take['state']}"


def _number(value: float | None, digits: int = 1) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _triple(values: Iterable[float], digits: int) -> str:
    return " ".join(f"{value:.{digits}f}" for value in values)
