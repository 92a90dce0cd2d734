"""The values of the whole stage, and the record of all values that a show reads. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec

from render.plan.cards import CardValues
from render.plan.frame import GradePlan, Guide, OuterLook
from render.worlds.shared.model_values import ModelValues
from render.worlds.shared.plate_values import PlateValues
from render.worlds.shared.values import LayerValues, WorldLook
from render.worlds.weather.record import WeatherValues
from stage.values.lights import LightGroupValues, LightsValues, LightValues
from stage.values.rigging import CameraValues, TrackerValues, WallValues
from stage.values.sky import PlaceValues, SkyValues, TimeValues
from tracking.records import Notebook
from tracking.settable import Values, choice, number, switch

ACTIVE_WORLD = "/world/active"
_FOLDERS: Mapping[str, str] = {"lights_group": "/lights/group", "plate": "/layer", "model": "/layer"}
"""Where the groups of a family stand, for those whose name is not their folder. Two may share one: a layer that is a
plate or a model has a group in two, and no name is in both.
"""


def folder_of(family: str) -> str:
    """The folder of a family's values: the path above its groups, or above its values where it has no groups."""
    return _FOLDERS.get(family, f"/{family}")


class OutputValues(Values):
    """The two emergency switches."""

    blackout: Annotated[bool, switch("Makes all walls black at once.", override="momentary")] = False
    freeze: Annotated[bool, switch("Every wall keeps the picture it shows now.", override="momentary")] = False


class WorldValues(Values):
    """What is on air."""

    active: Annotated[
        str,
        choice(
            "The world on air, by its name; with a fade, it dissolves. It waits where it must be read first.",
            role="director",
            look="world",
            fade="dissolve",
        ),
    ] = ""
    freeze_time: Annotated[bool, switch("Stops everything that moves in the world.", override="momentary")] = False
    guide: Annotated[
        Guide,
        choice(
            "Lines to place the world by: the eye's horizon with the stage's directions; the floor in metres too; or a "
            "scene's floor, with the stage's outline on it.",
            role="director",
            guarded=True,
            override="momentary",
        ),
    ] = "off"


class GradeValues(GradePlan):
    """The grade over everything, and how far it follows the light of the day."""

    adapt: Annotated[
        float,
        number(
            0.0,
            1.0,
            "",
            "How much of the day's change of light is taken back from what knows the hour; 1 makes night like noon.",
            look="grade",
        ),
    ] = 0.0

    def plan(self) -> GradePlan:
        """The grade in a frame's plan; what adapts is in the exposure of layers."""
        return GradePlan(**{name: getattr(self, name) for name in GradePlan.__struct_fields__})


class OuterValues(OuterLook):
    """The picture outside the cameras' views, and the eye that it is seen from: where the actors stand."""

    freeze: Annotated[
        bool,
        switch(
            "The picture outside the cameras' views keeps its eye and its world; cards still move.",
            override="momentary",
        ),
    ] = False
    x_m: Annotated[float, number(-100_000.0, 100_000.0, "m", "The outer eye: to the right.", guarded=False)] = 0.0
    y_m: Annotated[
        float, number(-100_000.0, 100_000.0, "m", "The outer eye: towards the front wall.", guarded=False)
    ] = 0.0
    z_m: Annotated[float, number(-100_000.0, 100_000.0, "m", "The outer eye: up.", guarded=False)] = 1.5


class ShowValues(Notebook):
    """Every value of a show, in the order in which lists show them.

    A value's path is its place in here: `/grade/exposure_stops`, `/camera/A/manual/x_m`; but for the families that
    have another folder (`folder_of`). The dictionaries hold groups by name; groups may come and go while the show runs.
    """

    output: OutputValues = OutputValues()
    world: WorldValues = WorldValues()
    grade: GradeValues = GradeValues()
    place: PlaceValues = PlaceValues()
    time: TimeValues = TimeValues()
    sky: SkyValues = SkyValues()
    weather: WeatherValues = WeatherValues()
    lights: LightsValues = LightsValues()
    light: dict[str, LightValues] = msgspec.field(default_factory=dict)
    lights_group: dict[str, LightGroupValues] = msgspec.field(default_factory=dict)
    outer: OuterValues = OuterValues()
    worlds: dict[str, WorldLook] = msgspec.field(default_factory=dict)
    layer: dict[str, LayerValues] = msgspec.field(default_factory=dict)
    plate: dict[str, PlateValues] = msgspec.field(default_factory=dict)
    model: dict[str, ModelValues] = msgspec.field(default_factory=dict)
    wall: dict[str, WallValues] = msgspec.field(default_factory=dict)
    camera: dict[str, CameraValues] = msgspec.field(default_factory=dict)
    card: dict[str, CardValues] = msgspec.field(default_factory=dict)
    tracker: dict[str, TrackerValues] = msgspec.field(default_factory=dict)
