"""What does not change while a stage runs, for pages: its walls, cameras, trackers and plan; and what is in takes."""

from __future__ import annotations

import asyncio
import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from calibration.cameras import Camera
from calibration.forms import WallForm, direction_of
from calibration.rasters.forms import wall_form
from calibration.walls import Wall
from stage.config.records import StageConfig
from stage.config.survey.plan import StagePlan, plan_of
from stage.control.light_views import configured_lights
from stage.loading.files import LoadedConfig, load_config
from stage.loading.geometry import load_geometry
from stage.panel.refusals import Refused, json_answer
from tracking.records import ConfigError, Vec3

if TYPE_CHECKING:
    from stage.takes.listing import TakesListing


class StageFacts:
    """Answers `/api/v1/stage` of a run's configuration, and `/api/v1/takes` of its folder of takes.

    The walls are measured when somebody first asks, on a thread. `shape` is that of the configuration as it was at the
    start, None where it could not be read.
    """

    def __init__(self, config: Path | None, takes: Path | None) -> None:
        self._config = config
        self._takes_folder = takes
        self._facts: dict[str, Any] | None = None
        self.shape = self._shape()
        self._one_at_a_time = threading.Lock()

    def routes(self) -> list[BaseRoute]:
        """The addresses that are answered here."""
        return [
            Route("/api/v1/stage", self._stage, methods=["GET"]),
            Route("/api/v1/takes", self._takes, methods=["GET"]),
        ]

    async def _stage(self, request: Request) -> Response:  # noqa: ARG002 - the signature of an endpoint
        return json_answer(await asyncio.to_thread(self._measured))

    async def _takes(self, request: Request) -> Response:  # noqa: ARG002
        return json_answer(await asyncio.to_thread(self._listed))

    def _shape(self) -> dict[str, Any] | None:
        try:
            return shape_of(self._read().config)
        except (ConfigError, Refused):
            return None

    def _read(self) -> LoadedConfig:
        if self._config is None:
            raise Refused("no_answer", "stage_silent")
        return load_config(self._config, world_may_be_absent=True)

    def _measured(self) -> dict[str, Any]:
        with self._one_at_a_time:
            if self._facts is None:
                try:
                    self._facts = facts_of(self._read())
                except ConfigError:
                    raise Refused("no_answer", "stage_silent") from None
            return self._facts

    def _listed(self) -> object:
        with self._one_at_a_time:
            if self._listing is None:
                raise Refused("no_answer", "stage_silent")
            return self._listing.read()

    @cached_property
    def _listing(self) -> TakesListing | None:
        from stage.takes.listing import TakesListing  # noqa: PLC0415 - what reads takes is loaded for the first question

        return None if self._takes_folder is None else TakesListing(self._takes_folder)


def shape_of(config: StageConfig) -> dict[str, Any]:
    """What a page keeps its places by until it is told more.

    The sizes in px of the first camera's picture, None for none, and of the walls; that camera's frame lines; and
    whether there are lights.
    """
    camera = config.cameras[0] if config.cameras else None
    return {
        "film": camera.resolution_px if camera else None,
        "lines": camera.frame_lines if camera else (),
        "walls": [wall.resolution_px for wall in config.walls],
        "lights": bool(config.lights),
    }


def facts_of(loaded: LoadedConfig) -> dict[str, Any]:
    """The fields of `/api/v1/stage`. Raises ConfigError where a mesh or lens cannot be read."""
    config = loaded.config
    positions, _ = load_geometry(loaded)
    forms = tuple(wall_form(wall.name, positions[wall.name]) for wall in config.walls)
    cameras = {camera.tracker: camera.name for camera in reversed(config.cameras)}
    return {
        "name": config.stage.name,
        "rate_hz": float(config.stage.rate()),
        "latency_budget_ms": config.stage.latency_budget_ms,
        "walls": [_wall(wall, form) for wall, form in zip(config.walls, forms, strict=True)],
        "cameras": [_camera(camera) for camera in config.cameras],
        "trackers": [
            {
                "name": tracker.name,
                "protocol": tracker.protocol,
                "source": tracker.source,
                "rate_hz": tracker.rate_hz,
                "camera": cameras.get(tracker.name),
            }
            for tracker in config.trackers
        ],
        "cards": [card.name for card in config.all_cards()],
        "lights": configured_lights(config),
        "plan": _plan(config, plan_of(config, forms)),
    }


def _wall(wall: Wall, form: WallForm) -> dict[str, Any]:
    return {
        "name": wall.name,
        "resolution_px": wall.resolution_px,
        "latency_ms": wall.latency_ms,
        "size_m": (form.width_m, form.height_m),
        "pitch_mm": (form.across_m * 1000.0, form.up_m * 1000.0),
        "faces": direction_of(form.facing),
        "peak_nits": wall.signal.peak_nits,
        "outline": outline_of(form),
    }


def outline_of(form: WallForm) -> list[dict[str, Vec3]]:
    """Points along a wall's columns, from the left one on: where each begins below and ends above."""
    return [
        {"lower_m": lower, "upper_m": upper} for lower, upper in zip(form.lower_edge_m, form.upper_edge_m, strict=False)
    ]


def _camera(camera: Camera) -> dict[str, Any]:
    return {
        "name": camera.name,
        "tracker": camera.tracker,
        "sensor_mm": camera.sensor_mm,
        "resolution_px": camera.resolution_px,
        "frame_lines": camera.frame_lines,
        "lenses": camera.lenses,
    }


def _plan(config: StageConfig, plan: StagePlan) -> dict[str, Any]:
    """What the outlines of the walls leave out: where each shines to, cameras at zero, origins, the outer eye."""
    return {
        "walls": [
            {"name": form.name, "centre_m": form.centre_m, "facing": form.facing, "upward": form.upward}
            for form in plan.walls
        ],
        "cameras": plan.cameras,
        "origins": plan.origins,
        "outer_eye_m": plan.outer_eye_m,
        "outer_follows": config.stage.outer == "follow",
    }
