"""How coarsely the low tier follows what moves slowly: the sun over a scene, and what walks outside of cameras' views.

Each step is a function of the plan alone, so equal plans give equal pictures, whatever was drawn before.
"""

from __future__ import annotations

import math

import msgspec
from msgspec import UNSET

from render.worlds.model.record import ModelPlan
from render.worlds.on_air import LayerPlan, WorldPlan
from render.worlds.sky.plan import SkyPlan
from render.worlds.sky.record import SkyLight
from tracking.records import Vec3

_SUN_STEP = 1.0 / 128.0
"""Radians: half a degree, the width of the sun, by which it goes on in two minutes."""
_DRIFT_STEP_M = 120.0
_OUTER_STEPS_A_STOP = 32.0
"""2 % of light: outside of cameras' views a sky's exposure, which adapts, lights scenes in steps of that."""
_OUTER_STEP_US = 400_000
"""Outside of cameras' views a scene goes on five times in two seconds; its pictures do so in turn."""
_TURNS = 6


def stepped_world(world: WorldPlan, *, is_outside: bool = False) -> WorldPlan:
    """The world whose skies light scenes, in steps of their sun, moon and clouds; outside of cameras' views also of
    their exposure.
    """
    layers = (_stepped_layer(layer, is_outside=is_outside) for layer in world.layers)
    return msgspec.structs.replace(world, layers=tuple(layers))


def _stepped_layer(layer: LayerPlan, *, is_outside: bool) -> LayerPlan:
    if not isinstance(layer.light, SkyLight):
        return layer
    stops, light = layer.exposure_stops, msgspec.structs.replace(layer.light, sky=stepped_sky(layer.light.sky))
    if is_outside:
        stops = round(stops * _OUTER_STEPS_A_STOP) / _OUTER_STEPS_A_STOP
    return msgspec.structs.replace(layer, light=light, exposure_stops=stops)


def stepped_sky(sky: SkyPlan) -> SkyPlan:
    """The same sky with everything that goes on by itself in steps; stars do not turn, since they light nothing."""
    across, ahead = sky.clouds.drift_m
    drift_m = (_DRIFT_STEP_M * round(across / _DRIFT_STEP_M), _DRIFT_STEP_M * round(ahead / _DRIFT_STEP_M))
    return msgspec.structs.replace(
        sky,
        sun=_stepped(sky.sun),
        moon=_stepped(sky.moon),
        moon_lit_by=_stepped(sky.moon_lit_by),
        stars_from_stage=(0.0, 0.0, 0.0, 1.0),
        clouds=msgspec.structs.replace(sky.clouds, drift_m=drift_m),
    )


def _stepped(way: Vec3) -> Vec3:
    """A direction in steps of its elevation and of its turn: one that only rises takes one step for each of its own."""
    elevation = round(math.asin(min(max(way[2], -1.0), 1.0)) / _SUN_STEP) * _SUN_STEP
    level = max(math.cos(elevation), 0.0)
    across = _SUN_STEP / max(level, _SUN_STEP)
    turn = round(math.atan2(way[0], way[1]) / across) * across
    return (level * math.sin(turn), level * math.cos(turn), math.sin(elevation))


def stepped_outside(light: ModelPlan, number: int) -> ModelPlan:
    """A scene in steps of its time, for the outer picture of this number; one that stands is left as it is."""
    if light.crowd is UNSET and not light.time_us:
        return light
    begin = number % _TURNS * _OUTER_STEP_US // _TURNS
    time_us = (light.time_us + begin) // _OUTER_STEP_US * _OUTER_STEP_US - begin
    return msgspec.structs.replace(light, time_us=max(0, time_us))
