"""The page of a verification: one self-contained HTML file that shows every figure at a glance."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np

from stage.verify.errors import Errors, Registration
from stage.verify.maps import Maps
from stage.verify.plots import Line, distribution, map_picture, over_time, scale_picture
from stage.verify.report import CameraFigures, Limit, VerifyReport
from stage.verify.run import Evidence
from stage.verify.stills import StillRun
from stage.verify.tally import RUNS, MotionTally

_STYLE = """
:root{color-scheme:light;font:15px/1.45 system-ui,sans-serif;color:#1c1c24;background:#fff}
body{max-width:960px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin-bottom:.2rem}h2{margin-top:2.2rem;border-bottom:1px solid #ddd}h3{margin:1.4rem 0 .3rem}
.verdict{display:inline-block;padding:.15rem .7rem;border-radius:1rem;color:#fff;font-weight:600}
.good{background:#2a7f4f}.bad{background:#b3263c}.none{background:#6b6b7b}
.cards{display:flex;flex-wrap:wrap;gap:.8rem;margin:.8rem 0}
.card{flex:1 1 8.2rem;border:1px solid #ddd;border-radius:.5rem;padding:.5rem .8rem}
.card b{display:block;font-size:1.3rem;font-variant-numeric:tabular-nums}.card span{color:#5b5b6b;font-size:.85rem}
td:last-child{white-space:nowrap}
table{border-collapse:collapse;margin:.4rem 0;font-variant-numeric:tabular-nums}
td,th{padding:.2rem .7rem;text-align:right;border-bottom:1px solid #eee}td:first-child,th:first-child{text-align:left}
svg{width:100%;font-size:12px;fill:#44444f}.grid{stroke:#e4e4ea;stroke-width:1}
.maps{display:flex;flex-wrap:wrap;gap:1rem;align-items:flex-end}figure{margin:0}
.maps img{image-rendering:pixelated;border:1px solid #ccc;display:block;width:460px;max-width:100%;
max-height:30rem;object-fit:contain}
figcaption,.note{color:#5b5b6b;font-size:.85rem}
.scale img{width:200px;height:12px;border:0;display:inline-block;vertical-align:middle;image-rendering:auto}
"""


def write_page(name: str, evidence: Evidence) -> str:
    """The HTML of the page for the configuration file `name`."""
    report = evidence.report
    parts = [_head(name, report), _limits(report.limits)]
    for camera, figures in report.cameras.items():
        measured = evidence.stills.get(camera), evidence.motions.get(camera, {}), evidence.full_frames.get(camera)
        parts.append(_camera(camera, figures, *measured))
    parts.append(_settings(report))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Verification of {html.escape(name)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f"{''.join(parts)}</body></html>\n"
    )


def _head(name: str, report: VerifyReport) -> str:
    if not report.limits:
        verdict = '<span class="verdict none">no limits set</span>'
    elif report.ok:
        verdict = '<span class="verdict good">all limits kept</span>'
    else:
        verdict = '<span class="verdict bad">limits broken</span>'
    return (
        f"<h1>Verification of {html.escape(name)} {verdict}</h1>"
        '<p class="note">The distance in film pixels between what the film camera sees on the walls and what it would '
        "see if it stood in the world. Camera, lens and truth are computed independently of the walls' pictures.</p>"
    )


def _limits(limits: tuple[Limit, ...]) -> str:
    if not limits:
        return ""
    rows = [
        (
            limit.name,
            f"{limit.limit:g}",
            html.escape(limit.finding.removeprefix("found ")),
            limit.camera,
            f'<span class="verdict {"good" if limit.ok else "bad"}">{"kept" if limit.ok else "broken"}</span>',
        )
        for limit in limits
    ]
    return _table(("limit", "at most", "found", "worst camera", ""), rows)


def _camera(
    name: str,
    figures: CameraFigures,
    still: StillRun | None,
    motions: dict[str, dict[str, MotionTally]],
    full_frames: Maps | None,
) -> str:
    parts = [f"<h2>Camera {html.escape(name)}</h2>", _cards(figures)]
    rows: list[tuple[str, str, Registration]] = [("still poses", "", figures.still)] if figures.still else []
    for motion, found in figures.by_motion.items():
        rows += [(motion, "hold", found.hold), (motion, "predict", found.predict)]
    parts += [_registrations(rows), _held_note(figures)]
    spread: dict[str, Errors] = {}
    if motions:
        pooled = {run: MotionTally() for run in RUNS}
        for tallies in motions.values():
            for run in RUNS:
                pooled[run].add(tallies[run])
        lines = [
            Line(run, tally.times_s, tally.medians_px, [miss.time_s for miss in tally.misses])
            for run, tally in pooled.items()
        ]
        parts += ["<h3>Error over time</h3>", _shutter_note(figures), over_time(lines), _misses_note(figures)]
        if len(motions) > 1:
            parts.append(f'<p class="note">One after the other: {html.escape(", ".join(motions))}.</p>')
        spread |= {run: tally.grid for run, tally in pooled.items()}
    if still is not None:
        spread["still"] = still.errors
    if spread:
        parts += ["<h3>Distribution of the errors</h3>", distribution(spread)]
    parts.append(_maps(still.maps, "still poses") if still is not None else _moving_maps(full_frames))
    return "".join(parts)


def _held_note(figures: CameraFigures) -> str:
    """Where and how often this camera's view was held."""
    counts = []
    if figures.still is not None:
        of = f"of {figures.still.poses} still poses (left out there)"
        counts += [f"{wall} in {count} {of}" for wall, count in figures.still.held_walls.items()]
    for motion, runs in figures.by_motion.items():
        of = f"of {runs.predict.frames} frames of {motion}"
        counts += [f"{wall} in {count} {of}" for wall, count in runs.predict.held.items()]
    reasons = dict.fromkeys(figures.still.held if figures.still is not None else ())
    text = "; ".join((*counts, *list(reasons)[:3]))
    return f"<p>Walls on which this camera's view was held: {html.escape(text)}.</p>" if counts else ""


def _misses_note(figures: CameraFigures) -> str:
    """What the ticks in the plot mean."""
    counts = [
        f"{motion} {run} {one.inner_misses.frames} of {one.inner_misses.of} frames (worst "
        f"{one.inner_misses.worst_px:.0f} px, first at {one.misses[0].time_s:.2f} s)"
        for motion, runs in figures.by_motion.items()
        for run, one in (("hold", runs.hold), ("predict", runs.predict))
        if one.misses
    ]
    text = f"Ticks below the upper edge: frames that miss the inner picture. {html.escape('; '.join(counts))}."
    return f'<p class="note">{text if counts else "No frame misses the inner picture."}</p>'


def _shutter_note(figures: CameraFigures) -> str:
    """How the film was exposed."""
    shutter = figures.motion.shutter if figures.motion is not None else None
    if shutter is None or shutter.sub_frames == 1:
        return '<p class="note">Each film frame of a motion is the instant at which a wall frame\'s light leaves.</p>'
    return (
        f'<p class="note">Each film frame of a motion is an exposure of {shutter.exposure_ms:.1f} ms around the moment '
        f"at which a wall frame's light leaves: the mean of {shutter.sub_frames} sub-frames, compared with the mean of "
        "what the world would have shown in them. A frame misses the inner picture if any sub-frame does.</p>"
    )


def _cards(figures: CameraFigures) -> str:
    cards = []
    if figures.still is not None:
        still = figures.still
        cards.append(
            (f"{still.median_px:.4f} px", f"standing, median (p99 {still.p99_px:.4f})")
            if still.pixels_compared
            else ("none", "standing: nothing measured")
        )
    if figures.motion is not None and not figures.motion.predict.pixels_compared:
        cards.append(("none", "moving: nothing measured"))
    elif figures.motion is not None:
        predict, hold = figures.motion.predict, figures.motion.hold
        cards.append((f"{predict.median_px:.2f} px", f"moving, predicted, median (p99 {predict.p99_px:.1f})"))
        cards.append((f"{hold.median_px:.2f} px", f"moving, held, median (p99 {hold.p99_px:.1f})"))
        if figures.motion.predict_over_hold > 0.0:
            cards.append((f"1 / {1.0 / figures.motion.predict_over_hold:.1f}", "predicted over held"))
    misses = figures.inner_misses
    cards.append(
        (f"{misses.frames} / {misses.of}", f"frames that miss the inner picture (worst {misses.worst_px:.0f} px)")
    )
    cards.append((f"{figures.inner_area_ratio:.2f} x", "inner picture's area over the frame's"))
    return (
        '<div class="cards">'
        + "".join(f'<div class="card"><b>{b}</b><span>{t}</span></div>' for b, t in cards)
        + "</div>"
    )


def _compared(registration: Registration) -> str:
    share = 100.0 * registration.pixels_compared / max(1, registration.pixels_on_wall)
    covered = 100.0 * registration.pixels_covered / max(1, registration.pixels_on_wall)
    return f"{share:.2f} %" + (f"; covered by others {covered:.2f} %" if registration.pixels_covered else "")


def _registrations(rows: list[tuple[str, str, Registration]]) -> str:
    cells = [
        (
            html.escape(name),
            kind,
            *(
                (f"{found.median_px:.4f}", f"{found.p95_px:.4f}", f"{found.p99_px:.4f}", f"{found.max_px:.3f}")
                if found.pixels_compared
                else ("nothing measured", "", "", "")
            ),
            f"{found.pixels_on_wall:,}",
            _compared(found),
        )
        for name, kind, found in rows
    ]
    return _table(("", "", "median px", "p95", "p99", "worst", "film pixels on a wall", "compared"), cells)


def _moving_maps(maps: Maps | None) -> str:
    if maps is None:
        return '<p class="note">No heat map: there were neither still poses nor motions of this camera.</p>'
    if maps.empty:
        return '<p class="note">No heat map: no still poses, and no frame of a motion was compared whole.</p>'
    return _maps(maps, "moving, predicted, every 60th frame")


def _maps(maps: Maps, what: str) -> str:
    known = np.concatenate([cells.means().ravel() for cells in (maps.film, *maps.walls.values())])
    known = known[np.isfinite(known) & (known > 0.0)]
    low, high = (float(np.quantile(known, share)) for share in (0.02, 0.98)) if known.size else (1e-4, 1e-2)
    high = max(high, low * 2.0)
    figures = [
        ("over the film frame", maps.film),
        *((f"over wall {name}", cells) for name, cells in maps.walls.items()),
    ]
    drawn = "".join(
        f'<figure><img alt="" src="{map_picture(cells.means(), low, high)}"><figcaption>{html.escape(title)}, '
        f"{100.0 * float((cells.counts > 0).mean()):.0f} % measured</figcaption></figure>"
        for title, cells in figures
    )
    return (
        f'<h3>Where the errors are: {what}</h3><p class="note scale">mean error {low:.1g} px '
        f'<img alt="" src="{scale_picture()}"> {high:.1g} px; grey: nothing compared there</p>'
        f'<div class="maps">{drawn}</div>'
    )


def _settings(report: VerifyReport) -> str:
    rows = [
        (
            html.escape(name),
            timing.protocol,
            f"{timing.rate_hz:g} Hz",
            f"{timing.frame_rate_hz:.2f} Hz",
            f"{timing.delay_ms:.1f} ms",
            f"{timing.jitter_ms:g} ms {timing.jitter}" if timing.jitter_ms else "none",
            f"{100 * timing.loss:g} %",
            f"{timing.wall_latency_ms:.1f} ms",
            f"{timing.sample_to_light_ms:.1f} ms",
        )
        for name, timing in report.timing.items()
    ]
    heads = ("tracker", "protocol", "rate", "frames", "delay", "jitter", "loss", "wall latency", "sample to light")
    findings = "".join(f"<li>{html.escape(line)}</li>" for line in report.findings[:20])
    return (
        "<h2>Settings</h2>"
        + (_table(heads, rows) if rows else "")
        + (f"<p>Parked, left out: {html.escape(', '.join(report.parked))}.</p>" if report.parked else "")
        + f'<p class="note">Seed {report.settings.seed}. The first {report.warm_up_s:g} s of each motion are left out. '
        f"Drawn by {html.escape(report.renderer)}.</p>"
        + (f"<p>In the motion files:</p><ul>{findings}</ul>" if findings else "")
    )


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{cell}</th>" for cell in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"
