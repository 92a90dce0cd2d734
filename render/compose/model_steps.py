"""How coarsely the low tier follows what moves slowly: the sun over a scene, and what walks outside of cameras' views.

Each step is a function of the plan alone, so equal plans give equal pictures, whatever was drawn before.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import msgspec
from msgspec import UNSET

from render.worlds.model.record import ModelPlan
from render.worlds.on_air import LayerPlan, WorldPlan
from render.worlds.sky.daylight import sky_lux
from render.worlds.sky.plan import SkyPlan
from render.worlds.sky.record import SkyLight
from tracking.records import Vec3

_SUN_STEP = 1.0 / 128.0
"""Radians: half a degree, the width of the sun, by which it goes on in two minutes. Shadows go on in steps of that, and
so do the colours of the sky's light: how bright that is follows, so that a sunset is no staircase.
"""
_SHINE_STEP = _SUN_STEP / 32.0
_OUTER_SHINE_STEP = _SUN_STEP / 8.0
"""Radians by which a sun or moon goes on until what it gives changes: near the horizon, by a few hundredths."""
_NIGHT_RISE = -0.1
"""The sine of an elevation: a sun that is lower leaves scenes to the moon."""
_DRIFT_STEP_M = 120.0
_OUTER_STEPS_A_STOP = 32.0
"""2 % of light: outside of cameras' views a sky, whose exposure adapts, lights scenes in steps of that."""
_OUTER_STEP_US = 400_000
"""Outside of cameras' views a scene goes on five times in two seconds; its pictures do so in turn."""
_TURNS = 6


class SteppedWorld(NamedTuple):
    """A world as scenes are lit by it: by its skies all around, and by the sun or moon that shines there."""

    around: WorldPlan
    shining: WorldPlan


def stepped_worlds(world: WorldPlan) -> tuple[SteppedWorld, SteppedWorld]:
    """How a world lights scenes in cameras' views, and how outside: all around in steps of sun, moon and clouds, sun
    and moon in finer steps of their elevation; outside also in steps of the exposure.

    A sky that is a little too dark or bright for where its sun and moon are has that in its exposure.
    """
    layers = zip(*(_stepped_layers(layer) for layer in world.layers), strict=True) if world.layers else ((),) * 4
    worlds = [msgspec.structs.replace(world, layers=tuple(one)) for one in layers]
    return SteppedWorld(*worlds[:2]), SteppedWorld(*worlds[2:])


@lru_cache(maxsize=8)
def _stepped_layers(layer: LayerPlan) -> tuple[LayerPlan, LayerPlan, LayerPlan, LayerPlan]:
    """What is seen all around in views and what shines there, and the same outside."""
    if not isinstance(layer.light, SkyLight):
        return layer, layer, layer, layer
    sky = layer.light.sky
    around = stepped_sky(sky)
    shining, outside = (_finer(around, sky, step) for step in (_SHINE_STEP, _OUTER_SHINE_STEP))
    stops = layer.exposure_stops
    return (
        _with_sky(layer, around, stops + _brighter_stops(shining, around)),
        _with_sky(layer, shining, stops),
        _with_sky(layer, around, _in_steps(stops + _brighter_stops(outside, around))),
        _with_sky(layer, outside, _in_steps(stops)),
    )


def _finer(around: SkyPlan, sky: SkyPlan, step: float) -> SkyPlan:
    """The same with its sun, and by night its moon, in these steps of their ways."""
    if sky.sun[2] > _NIGHT_RISE:
        return msgspec.structs.replace(around, sun=stepped_way(sky.sun, step))
    return msgspec.structs.replace(around, sun=stepped_way(sky.sun, step), moon=stepped_way(sky.moon, step))


def _with_sky(layer: LayerPlan, sky: SkyPlan, exposure_stops: float) -> LayerPlan:
    return msgspec.structs.replace(layer, light=SkyLight(sky=sky), exposure_stops=exposure_stops)


def _in_steps(stops: float) -> float:
    return round(stops * _OUTER_STEPS_A_STOP) / _OUTER_STEPS_A_STOP


@lru_cache(maxsize=16)
def _brighter_stops(sky: SkyPlan, than: SkyPlan) -> float:
    return math.log2(sky_lux(sky) / sky_lux(than))


def stepped_sky(sky: SkyPlan) -> SkyPlan:
    """The same sky with everything that goes on by itself in steps; stars do not turn, since they light nothing."""
    across, ahead = sky.clouds.drift_m
    drift_m = (_DRIFT_STEP_M * round(across / _DRIFT_STEP_M), _DRIFT_STEP_M * round(ahead / _DRIFT_STEP_M))
    return msgspec.structs.replace(
        sky,
        sun=stepped_way(sky.sun),
        moon=stepped_way(sky.moon),
        moon_lit_by=stepped_way(sky.moon_lit_by),
        stars_from_stage=(0.0, 0.0, 0.0, 1.0),
        clouds=msgspec.structs.replace(sky.clouds, drift_m=drift_m),
    )


def stepped_way(way: Vec3, step: float = _SUN_STEP) -> Vec3:
    """A direction in steps of its elevation and of its turn: one that only rises takes one step for each of its own."""
    elevation = round(math.asin(min(max(way[2], -1.0), 1.0)) / step) * step
    level = max(math.cos(elevation), 0.0)
    across = step / max(level, step)
    turn = round(math.atan2(way[0], way[1]) / across) * across
    return (level * math.sin(turn), level * math.cos(turn), math.sin(elevation))


def stepped_outside(light: ModelPlan, number: int) -> ModelPlan:
    """A scene in steps of its time, for the outer picture of this number; one that stands is left as it is."""
    if light.crowd is UNSET and not light.time_us:
        return light
    begin = number % _TURNS * _OUTER_STEP_US // _TURNS
    time_us = (light.time_us + begin) // _OUTER_STEP_US * _OUTER_STEP_US - begin
    return msgspec.structs.replace(light, time_us=max(0, time_us))
