"""The status of a stage for people at a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from stage.control.cue_tables import cue_lines
from stage.control.tables import plain_table, printable

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


def status_tables(status: Mapping[str, Any]) -> Iterable[RenderableType]:
    """The stage at a glance: frame, take, what is in force, trackers, cameras, walls, what is wrong."""
    yield _pace(status)
    if status.get("world"):
        yield _world(status["world"])
    for film in status.get("films", ()):
        yield _film(film)
    if status.get("cues"):
        yield from cue_lines(status["cues"])
    for one in status.get("in_force") or ():
        yield Text(f"in force: {one['text']}", style="yellow")
    for one in (status.get("take") or {}).get("warnings") or ():
        yield Text(printable(f"the take began with this: {one['text']}"), style="yellow")
    for one in status.get("leases") or ():
        yield Text(printable(f"being moved: {one['path']}" + (f" by {one['who']}" if one["who"] else "")))
    if status["trackers"]:
        yield _trackers(status["trackers"])
    for name, one in status["trackers"].items():
        yield from _about(name, one)
    if status.get("cameras"):
        yield _poses(status["cameras"])
        yield _overscan(status["cameras"])
    if status.get("walls"):
        yield _walls(status["walls"])
    if status.get("latency"):
        yield _latency(status["latency"])
    if not status["health"]:
        yield Text("all is well", style="green")
    for line in status["health"]:
        yield Text(line, style="red")


def _pace(status: Mapping[str, Any]) -> Text:
    true_rate, rate = status.get("true_rate_hz", 0.0), status["rate_hz"]
    return Text(
        f"frame {status['frame']}, {true_rate:.1f} of {rate:g} frames a second, "
        f"{status.get('missed', 0)} missed{_take(status)}"
    )


def _world(world: Mapping[str, Any]) -> Text:
    """What is on air, what comes, and what was asked for and waits."""
    shown = [world["on_air"], *filter(None, (world["coming"],))]
    share = f", {world['share']:.0%}" if world["coming"] else ""
    waits = f"; {world['target']} waits" if world["target"] not in shown else ""
    return Text(printable(f"on air: {' to '.join(shown)}{share}, since frame {world['since_frame']}{waits}"))


def _film(film: Mapping[str, Any]) -> Text:
    """Where a film is, and what came late of it."""
    place = f"frame {film['frame']} ({film['position_s']:.3f} s) of {film['frames']}" if film["codec"] else "not known"
    late = "".join(f", {count} {cause}" for cause, count in film["late"].items())
    runs = "" if film["runs"] else ", stands"
    return Text(printable(f"film {film['layer']}, {film['file']}: {place}{runs}{late}"))


def _poses(cameras: Mapping[str, Mapping[str, Any]]) -> Table:
    """Where each camera's entrance pupil is in the stage."""
    table = plain_table("camera", "x m", "y m", "z m", "pan deg", "tilt deg", "roll deg", "")
    for name, one in cameras.items():
        pose = [_number(value, 3) for value in one.get("position_m") or (None,) * 3]
        pose += [_number(value, 2) for value in one.get("rotation_deg") or (None,) * 3]
        table.add_row(name, *pose, _camera_note(one))
    return table


def _camera_note(camera: Mapping[str, Any]) -> str:
    reprojection = camera.get("late_pose", "off")
    notes = ("parked" if camera.get("parked") else "", "" if reprojection == "off" else f"reprojection {reprojection}")
    return ", ".join(filter(None, notes))


def _walls(walls: Mapping[str, Mapping[str, Any]]) -> Table:
    table = plain_table("wall", "latency ms", "pattern", "")
    for name, one in walls.items():
        table.add_row(name, _number(one["latency_ms"]), one["pattern"], "held" if one["held"] else "")
    return table


def _trackers(trackers: Mapping[str, Mapping[str, Any]]) -> Table:
    table = plain_table("tracker", "state", "Hz", "age ms", "jitter ms", "accepted", "rejected")
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


def _overscan(cameras: Mapping[str, Mapping[str, Any]]) -> Table:
    """The overscan of each camera on each side, and how often it was too small."""
    sides = ("left", "right", "bottom", "top")
    table = plain_table("overscan", "left right bottom top deg", "judged", "missed", "lately", "worst deg")
    for name, one in cameras.items():
        margin = one["margin_deg"] or {}
        table.add_row(
            name,
            "  ".join(_number(margin.get(side)) for side in sides),
            str(one["judged"]),
            str(one["missed"]),
            _number(one["missed_lately"]),
            _number(one["worst_deg"], 2),
        )
    return table


def _latency(stages: Mapping[str, Mapping[str, Any]]) -> Table:
    table = plain_table("sample to light", "p50 ms", "p99 ms", "usual ms")
    for name, one in stages.items():
        table.add_row(
            name.replace("_", " "), _number(one["p50_ms"]), _number(one["p99_ms"]), _number(one.get("usual_ms"))
        )
    return table


def _about(name: str, one: Mapping[str, Any]) -> Iterable[RenderableType]:
    """Where the tracked body is, what the tracker reports, and what may be wrong with its settings."""
    if one["position_m"] is not None and one["rotation_deg"] is not None:
        position, rotation = _triple(one["position_m"], 3), _triple(one["rotation_deg"], 2)
        yield Text(f"{name} is at {position} m, pan tilt roll {rotation} deg")
    for reported in (_own_words(one), _lens(one.get("lens") or {}), _equipment(one.get("equipment") or {})):
        if reported:
            yield Text(printable(f"{name}: {reported}"))
    if one.get("hint"):
        yield Text(printable(f"{name}: {one['hint']}"), style="yellow")


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


def _take(status: Mapping[str, Any]) -> str:
    take = status.get("take") or {"state": "idle"}
    return "" if take["state"] == "idle" else f", take {take['name']} {take['state']}"


def _number(value: float | None, digits: int = 1) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _triple(values: Iterable[float], digits: int) -> str:
    return " ".join(f"{value:.{digits}f}" for value in values)
