"""The lights process: `python -m stage.lights.service --runtime FOLDER --state FOLDER`. It outlives the core.

It reads the run's own copy of the configuration, with the profiles of the fixtures.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
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
from stage.run.events import AliveEvent, print_event
from stage.run.options import REFUSED
from stage.run.realtime import die_with_parent
from stage.run.terminal import print_notice
from tracking.records import ConfigError

NAME = "lights"
ALIVE_EVERY_S = 1.0


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


def _profile(config: StageConfig, light: StageLight, mode: Mode) -> FixtureProfile:
    """A light's kind of fixture, with the emitters that were measured of it in place of those of the same name."""
    profile = config.profiles.get(light.fixture) or FixtureProfile(name=light.fixture, modes=(mode,))
    measured = {emitter.name: emitter for emitter in light.emitters}
    emitters = tuple(measured.get(emitter.name, emitter) for emitter in profile.emitters)
    return msgspec.structs.replace(profile, emitters=emitters)


def _run_configuration(runtime: Path) -> StageConfig:
    loaded = load_run_copy(runtime)
    if loaded is None:
        raise ConfigError(f"{runtime}: found no copy of the configuration, expected the run's own")
    return loaded.config


def main(words: list[str] | None = None) -> int:
    """Sends until SIGTERM or SIGINT; then the streams end."""
    die_with_parent()
    parser = argparse.ArgumentParser(prog="stage.lights.service", description="Sends to a running stage's lights.")
    parser.add_argument("--runtime", required=True, type=Path, metavar="FOLDER", help="the run's folder")
    parser.add_argument("--state", required=True, type=Path, metavar="FOLDER", help="what outlives a run")
    given = parser.parse_args(words)
    ended: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: ended.append(number))
    try:
        config = _run_configuration(given.runtime)
        rig, settings = rig_of_stage(config), settings_of(config)
    except ConfigError as error:
        print_notice(str(error))
        return REFUSED
    alive_s = 0.0

    def is_over() -> bool:
        nonlocal alive_s
        if time.monotonic() >= alive_s:
            alive_s = time.monotonic() + ALIVE_EVERY_S
            print_event(AliveEvent(name=NAME))
        return bool(ended)

    serve_lights(rig, settings, Places.of_run(given.runtime, given.state), is_over)
    return 0


if __name__ == "__main__":
    sys.exit(main())
