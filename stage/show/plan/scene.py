"""One frame while it is planned: what it is planned from, and what planning remembers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from render.plan.frame import FramePlan, OuterPlan
from render.plan.inner import InnerPlan
from render.plan.probes import ProbesPlan
from render.worlds.on_air import AirPlan
from render.worlds.weather.record import WeatherPlan
from stage.show.camera.rig import CameraState
from stage.show.frame.inputs import FrameTime
from stage.show.plan.reprojection import ReprojectionState
from stage.values.stage_wide import ShowValues
from tracking.records import Evolving, Notebook, Vec3


class PlacedCard(Evolving):
    """Where a card's angles are seen from, since they were last set or faded to `angles` (azimuth, elevation)."""

    eye_m: Vec3
    angles: tuple[float, float]


_CARDS = "/card/"
CARD_ANGLES = ("azimuth_deg", "elevation_deg")


def place_cards_anew(placed: dict[str, PlacedCard], paths: Iterable[str]) -> None:
    """Forgets where the cards are seen from whose angles somebody has set, be it to the same ones."""
    if placed:
        for path in [path for path in paths if path.startswith(_CARDS)]:
            name, _, angle = path.removeprefix(_CARDS).partition("/")
            if angle in CARD_ANGLES:
                placed.pop(name, None)


class PictureState(Notebook):
    """What planning remembers: frozen pictures, pictures that are looked into again, each wall's last possible view of
    each camera, and the places that cards on the walls were set from.
    """

    frozen: FramePlan | None = None
    frozen_outer: OuterPlan | None = None
    reprojection: ReprojectionState = msgspec.field(default_factory=ReprojectionState)
    last_possible: dict[str, dict[str, InnerPlan]] = msgspec.field(default_factory=dict)
    card_eyes: dict[str, PlacedCard] = msgspec.field(default_factory=dict)


def frozen_worlds(pictures: PictureState) -> tuple[str, ...]:
    """The keys of the worlds in frozen pictures."""
    frozen = () if pictures.frozen is None else (pictures.frozen.air, pictures.frozen.outer.air)
    outer = None if pictures.frozen_outer is None else pictures.frozen_outer.air
    return tuple(world.key for air in (*frozen, outer) if air is not None for world in air.worlds)


class Scene(NamedTuple):
    """What one frame is planned from: time, present values, cameras, what is on air, and planning's memory."""

    time: FrameTime
    values: ShowValues
    cameras: dict[str, CameraState]
    pictures: PictureState
    air: AirPlan
    weather: WeatherPlan | msgspec.UnsetType = msgspec.UNSET
    probes: ProbesPlan | msgspec.UnsetType = msgspec.UNSET
