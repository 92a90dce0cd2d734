"""What the page of a verification says in words: how the film was exposed, what was held, and what was missed."""

from __future__ import annotations

import html

from stage.verify.report import CameraFigures


def held_note(figures: CameraFigures) -> str:
    """Where this camera's view was held, in words."""
    found = []
    if figures.still is not None:
        of = f"of {figures.still.poses} still poses (left out there)"
        found += [f"{wall} in {count} {of}" for wall, count in figures.still.held_walls.items()]
    for motion, runs in figures.by_motion.items():
        of = f"of {runs.predict.frames} frames of {motion}"
        found += [f"{wall} in {count} {of}" for wall, count in runs.predict.held.items()]
    reasons = dict.fromkeys(figures.still.held if figures.still is not None else ())
    told = "; ".join((*found, *list(reasons)[:3]))
    return f"<p>Walls on which this camera's view was held: {html.escape(told)}.</p>" if found else ""


def misses_note(figures: CameraFigures) -> str:
    """What the ticks in the plot are."""
    found = [
        f"{motion} {run} {one.inner_misses.frames} of {one.inner_misses.of} frames (worst "
        f"{one.inner_misses.worst_px:.0f} px, first at {one.misses[0].time_s:.2f} s)"
        for motion, runs in figures.by_motion.items()
        for run, one in (("hold", runs.hold), ("predict", runs.predict))
        if one.misses
    ]
    told = f"Ticks below the upper edge: frames that miss the inner picture. {html.escape('; '.join(found))}."
    return f'<p class="note">{told if found else "No frame misses the inner picture."}</p>'


def shutter_note(figures: CameraFigures) -> str:
    """How the film was exposed, in words."""
    shutter = figures.motion.shutter if figures.motion is not None else None
    if shutter is None or shutter.sub_frames == 1:
        return '<p class="note">Each film frame of a motion is the instant at which a wall frame\'s light leaves.</p>'
    return (
        f'<p class="note">Each film frame of a motion is an exposure of {shutter.exposure_ms:.1f} ms around the moment '
        f"at which a wall frame's light leaves: the mean of {shutter.sub_frames} sub-frames, against the mean of what "
        "the world would have shown in them. The inner picture is missed where any of them misses it.</p>"
    )
