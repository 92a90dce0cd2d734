"""From sample to light in a verification: protocols, rates, delays and latencies, set in the configuration."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from stage.config.records import StageConfig
from stage.verify.packets import Journey
from stage.verify.report import Timing
from stage.verify.settings import VerifySettings
from tracking.dialects import FreeDDialect, OscMap
from tracking.records import ConfigError
from tracking.settings import TrackerConfig
from tracking.sources.schedule import Disturbance

SLOTS_TO_LIGHT = 2.0
"""Frame periods from arrival to the middle of the frame's display, without wall latency.

A packet that is not held up arrives in the middle of a slot; its frame is drawn during the next slot and shown during
the one after."""


class PlayedStage(NamedTuple):
    """The configuration with everything that a verification sets, and how each used tracker sends, by its name."""

    config: StageConfig
    journeys: dict[str, Journey]
    timing: dict[str, Timing]


def played_stage(config: StageConfig, settings: VerifySettings) -> PlayedStage:
    """Sets protocol, rate and delays as on a stage where they were measured.

    The configuration holds the true delays: a verification judges the show, not how well a delay was measured. Raises
    ConfigError for a total latency that is too short for this frame rate.
    """
    period_ms = 1000.0 / float(config.stage.rate())
    used = {camera.tracker for camera in config.cameras if camera.tracker is not None and not camera.parked}
    trackers, journeys, timing = [], {}, {}
    shift_ms = 0.0
    for index, tracker in enumerate(config.trackers):
        if tracker.name not in used:
            trackers.append(tracker)
            continue
        delay_ms, shift_ms = _delays(tracker, config.walls[0].latency_ms, period_ms, settings)
        rate_hz = settings.rate_hz or tracker.rate_hz or float(config.stage.rate())
        sender = _with_protocol(tracker, index, settings)
        trackers.append(msgspec.structs.replace(sender, rate_hz=rate_hz, delay_ms=delay_ms))
        journeys[tracker.name] = Journey(
            rate_hz=rate_hz,
            phase_ns=round(((-0.5 * period_ms - delay_ms) % period_ms) * 1e6),
            disturbance=Disturbance(
                seed=settings.seed + index,
                delay_ms=delay_ms,
                jitter_ms=settings.jitter_ms,
                jitter=settings.jitter,
                loss=settings.loss,
            ),
        )
        timing[tracker.name] = _timing(config, settings, trackers[-1], rate_hz, shift_ms)
    walls = tuple(
        msgspec.structs.replace(wall, latency_ms=max(0.0, wall.latency_ms + shift_ms)) for wall in config.walls
    )
    played = msgspec.structs.replace(config, trackers=tuple(trackers), walls=walls)
    return PlayedStage(played, journeys, timing)


def _delays(tracker: TrackerConfig, wall_ms: float, period_ms: float, settings: VerifySettings) -> tuple[float, float]:
    """The tracker's delay, and the change of every wall's latency that gives the total of the settings, both in ms."""
    delay_ms = tracker.delay_ms if settings.delay_ms is None else settings.delay_ms
    if settings.latency_ms is None:
        return delay_ms, 0.0
    room_ms = settings.latency_ms - SLOTS_TO_LIGHT * period_ms
    if settings.delay_ms is None:
        delay_ms = max(0.0, room_ms - wall_ms)
    if room_ms - delay_ms < -1e-9:
        least_ms = SLOTS_TO_LIGHT * period_ms + delay_ms
        raise ConfigError(
            f"--latency-ms: found {settings.latency_ms:g}, expected at least {least_ms:.1f}: two frame periods"
            + (f" and the delay of {delay_ms:g} ms" if delay_ms else "")
        )
    return delay_ms, room_ms - delay_ms - wall_ms


def _with_protocol(tracker: TrackerConfig, index: int, settings: VerifySettings) -> TrackerConfig:
    """The tracker in the protocol of the settings: as configured where it already is, else in its plain form."""
    if settings.protocol in {None, tracker.protocol}:
        return tracker
    return msgspec.structs.replace(
        tracker,
        protocol=settings.protocol,
        source=f"udp://127.0.0.1:{40_000 + index}",
        preset=None,
        camera_id=index % 200 + 1,
        dialect=FreeDDialect(),
        map=OscMap(),
    )


def _timing(
    config: StageConfig, settings: VerifySettings, tracker: TrackerConfig, rate_hz: float, shift_ms: float
) -> Timing:
    wall_ms = max(0.0, config.walls[0].latency_ms + shift_ms)
    frame_rate_hz = float(config.stage.rate())
    return Timing(
        protocol=tracker.protocol,
        rate_hz=rate_hz,
        frame_rate_hz=frame_rate_hz,
        delay_ms=tracker.delay_ms,
        jitter_ms=settings.jitter_ms,
        jitter=settings.jitter,
        loss=settings.loss,
        wall_latency_ms=wall_ms,
        sample_to_light_ms=tracker.delay_ms + SLOTS_TO_LIGHT * 1000.0 / frame_rate_hz + wall_ms,
    )
