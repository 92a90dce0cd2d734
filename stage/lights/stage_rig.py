"""The lights of a stage as the wire needs them, from the run's own copy of its configuration."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from stage.config.lights import StageLight
from stage.config.records import StageConfig
from stage.fixtures.records import FixtureProfile, Mode
from stage.lights.mixing.mixer import LightsMixer
from stage.lights.mixing.records import MixedLight
from stage.lights.rounds import Places, serve_lights
from stage.lights.sender import settings_of
from stage.lights.wire import Rig
from stage.loading.run_copy import load_run_copy
from tracking.records import ConfigError


def rig_of_stage(config: StageConfig) -> Rig:
    """The lights of a configuration whose profiles were read. Raises ConfigError for a mode that there is not."""
    lights = config.all_lights()
    modes = [config.mode_of(light) for light in lights]
    mixed = [
        MixedLight(_profile(config, light, mode), mode.name, light.curve, light.least_level)
        for light, mode in zip(lights, modes, strict=True)
    ]
    return Rig(
        mixer=LightsMixer(mixed),
        latencies_ns=tuple(round(light.latency_ms * 1e6) for light in lights),
        cells=tuple(mode.cells for mode in modes),
        slots=tuple(mode.slots for mode in modes),
        rate=config.stage.rate(),
    )


def made_ready(runtime: Path, state: Path) -> Callable[[Callable[[], bool]], None]:
    """All that sending needs is loaded: what is called to serve until its argument says that the run is over.

    Raises ConfigError.
    """
    loaded = load_run_copy(runtime)
    if loaded is None:
        raise ConfigError(f"{runtime}: found no copy of the configuration, expected the run's own")
    rig, settings = rig_of_stage(loaded.config), settings_of(loaded.config)
    return partial(serve_lights, rig, settings, Places.of_run(runtime, state))


def _profile(config: StageConfig, light: StageLight, mode: Mode) -> FixtureProfile:
    """A light's kind of fixture, with the emitters that were measured of it in place of those of the same name."""
    profile = config.profiles.get(light.fixture) or FixtureProfile(name=light.fixture, modes=(mode,))
    measured = {emitter.name: emitter for emitter in light.emitters}
    emitters = tuple(measured.get(emitter.name, emitter) for emitter in profile.emitters)
    return msgspec.structs.replace(profile, emitters=emitters)
