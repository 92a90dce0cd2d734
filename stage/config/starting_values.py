"""Where the values of a show start: the declared defaults, overridden by the configuration. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from calibration.cameras import OWN_LENS, Camera, CameraStart
from calibration.walls import WallStart
from render.plan.cards import CardValues
from render.worlds.configured import World
from render.worlds.kinds import Layer
from render.worlds.shared.values import LayerValues, WorldLook
from stage.config.lights import StageLight, group_keys
from stage.config.records import StageConfig, TimeSection
from stage.values.lights import LightGroupValues, LightStart, LightValues
from stage.values.parameters import Refusal
from stage.values.rigging import FIXED_OVERSCAN_DEG, CameraValues, TrackerValues, WallValues
from stage.values.sky import PlaceValues, TimeValues
from stage.values.stage_wide import ACTIVE_WORLD, OuterValues, ShowValues, WorldValues, folder_of
from stage.values.tree import ParameterTree, put_value
from tracking.settable import ROUND_TURNS, Value, Values
from tracking.settings import TrackerStart


def starting_values(config: StageConfig) -> ShowValues:
    """Every value of a show with this configuration, before anyone has set one."""
    worlds, lights, eye_m = config.all_worlds(), config.all_lights(), config.stage.outer_eye_m
    layers = [layer for world in worlds for layer in world.layers]
    return ShowValues(
        light={light.key or "": _light(light) for light in lights},
        lights_group={key: LightGroupValues() for key in dict.fromkeys(group_keys(lights).values())},
        world=WorldValues(active=config.first_world().name),
        place=msgspec.convert(_configured(config.place, PlaceValues), PlaceValues),
        time=_time(config.time),
        outer=OuterValues(x_m=eye_m[0], y_m=eye_m[1], z_m=eye_m[2]),
        worlds={world.key or "": _look(world) for world in worlds},
        layer={layer.key or "": _layer_values(layer) for layer in layers},
        plate={layer.key or "": played for layer in layers if (played := layer.plate_values()) is not None},
        model={layer.key or "": stands for layer in layers if (stands := layer.model_values()) is not None},
        wall={wall.name: msgspec.convert(_configured(wall, WallStart), WallValues) for wall in config.walls},
        camera={camera.name: _camera(camera, order) for order, camera in enumerate(config.cameras, start=1)},
        card={card.name: msgspec.convert(_configured(card, CardValues), CardValues) for card in config.all_cards()},
        tracker={one.name: msgspec.convert(_configured(one, TrackerStart), TrackerValues) for one in config.trackers},
    )


def world_groups(world: World) -> Iterator[tuple[str, Values]]:
    """The groups of values that a world brings and takes with it, by their place in the tree. Its keys are known."""
    yield f"/worlds/{world.key}", _look(world)
    for layer in world.layers:
        yield f"/layer/{layer.key}", _layer_values(layer)
        played = layer.plate_values()
        if played is not None:
            yield f"/layer/{layer.key}", played
        stands = layer.model_values()
        if stands is not None:
            yield f"/layer/{layer.key}", stands


def tree_of(config: StageConfig) -> ParameterTree:
    """Every parameter of a show with this configuration."""
    tree = ParameterTree(starting_values(config))
    tree.offer(ACTIVE_WORLD, (world.name for world in config.all_worlds()))
    for camera in config.cameras:
        tree.offer(f"/camera/{camera.name}/lens", (OWN_LENS, *camera.lenses))
    return tree


def fit_lights(values: ShowValues, config: StageConfig) -> tuple[str, ...]:
    """Has values of another version or configuration hold just the lights and groups of this one.

    Returns the folders of those that are gone.
    """
    start, gone = starting_values(config), list[str]()
    for family in ("light", "lights_group"):
        wanted, present = getattr(start, family), getattr(values, family)
        if present.keys() != wanted.keys():
            gone += (f"{folder_of(family)}/{key}/" for key in present if key not in wanted)
            setattr(values, family, {key: present.get(key, group) for key, group in wanted.items()})
    return tuple(gone)


def restore_values(values: ShowValues, tree: ParameterTree, restored: Mapping[str, Value]) -> None:
    """Applies saved values; those that the tree refuses are ignored."""
    for path, value in restored.items():
        checked = tree.check(path, value)
        if not isinstance(checked, Refusal):
            put_value(values, path, checked)


def _time(section: TimeSection) -> TimeValues:
    """Midnight has one number."""
    values = msgspec.convert(_configured(section, TimeValues), TimeValues)
    return msgspec.structs.replace(values, hour=values.hour % ROUND_TURNS["clock"])


def _camera(camera: Camera, order: int) -> CameraValues:
    """A camera without a tracker is driven by hand; the first camera of the configuration has the highest priority."""
    values = msgspec.convert(_configured(camera, CameraStart), CameraValues)
    return msgspec.structs.replace(
        values,
        source="tracker" if camera.tracker else "manual",
        overscan_mode=camera.margin_mode(),
        overscan_deg=FIXED_OVERSCAN_DEG if camera.overscan_deg is None else camera.overscan_deg,
        priority=float(order),
        lens=camera.first_lens(),
    )


def placement_of(light: StageLight) -> dict[str, float]:
    """Where a light stands, where it points to, and how it is patched, by the names of its values."""
    places = dict(zip(("x_m", "y_m", "z_m"), light.position_m, strict=True))
    aims = dict(zip(("aim_x_m", "aim_y_m", "aim_z_m"), light.aim_m, strict=True))
    return {**places, **aims, "universe": float(light.universe), "address": float(light.address)}


def _light(light: StageLight) -> LightValues:
    values = msgspec.convert(_configured(light, LightStart), LightValues)
    return msgspec.structs.replace(values, **placement_of(light))


def _look(world: World) -> WorldLook:
    return msgspec.convert(_configured(world, WorldLook), WorldLook)


def _layer_values(layer: Layer) -> LayerValues:
    return layer.values()


def _configured(table: Values, start: type[Values]) -> dict[str, object]:
    """The values that a table of the configuration sets."""
    return {name: getattr(table, name) for name in start.__struct_fields__}
