"""`stage lights test` and `identify`: what a lamp of a running stage does is put on for a moment, and put back."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from stage.command_line.connected import EndpointOption, connected
from stage.control.client import DEFAULT_ENDPOINT, Client
from stage.run.terminal import exit_on_signals
from tracking.records import ConfigError
from tracking.settable import Value

RENEW_S = 0.5
"""How often a lease is renewed, which ends by itself 1.5 s after its last use."""
BLINK_S = 0.5
_BY_HAND: dict[str, Value] = {"follow": "off", "maximum": 1.0, "intensity": 1.0}
_WHITE: dict[str, Value] = {"colour": "temperature", "temperature_k": 5600.0, "tint": 0.0}


def _rgb(red: float, green: float, blue: float) -> dict[str, Value]:
    return {"colour": "rgb", "red": red, "green": green, "blue": blue}


STEPS: dict[str, dict[str, Value]] = {
    "red": _rgb(1.0, 0.0, 0.0),
    "green": _rgb(0.0, 1.0, 0.0),
    "blue": _rgb(0.0, 0.0, 1.0),
    "white": {**_WHITE, "intensity": 0.5},
    "full": {**_WHITE, "intensity": 1.0},
    "off": {"intensity": 0.0},
}
_TOUCHED = tuple(dict.fromkeys([*_BY_HAND, *(name for step in STEPS.values() for name in step)]))


def step_through(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="The light's name, or its key.")] = "",
    *,
    all_lights: Annotated[bool, typer.Option("--all", help="Every light, one after the other.")] = False,
    step_s: Annotated[float, typer.Option("--step-s", min=0.1, max=60.0, help="Seconds of each step.")] = 1.0,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
) -> None:
    """Step a lamp through red, green, blue, white, full and off, then put back what was. Ctrl-C ends it early.

    Nobody else can move the lamp meanwhile. It changes nothing where a take records.

    Example: stage lights test key
    """
    if bool(name) == all_lights:
        raise ConfigError("lights test: expected the name of one light, or --all")
    with connected(endpoint, as_json=False) as stage:
        _say_what_is_dark(stage)
        for light in _chosen(stage, name):
            with _held(stage, light["key"]) as put:
                for step, values in STEPS.items():
                    print(f"{light['name']}: {step}", flush=True)
                    put({**_BY_HAND, **values})
                    _wait(stage, light["key"], step_s)


def identify(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The light's name, or its key.")],
    *,
    seconds: Annotated[float, typer.Option("--seconds", min=0.1, max=600.0, help="For so many seconds.")] = 6.0,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
) -> None:
    """Blink one lamp, once a second, to find it on the stage; then put back what was. Ctrl-C ends it early.

    Example: stage lights identify key
    """
    with connected(endpoint, as_json=False) as stage:
        _say_what_is_dark(stage)
        (light,) = _chosen(stage, name)
        with _held(stage, light["key"]) as put:
            print(f"{light['name']} blinks: universe {light['universe']}, address {light['address']}", flush=True)
            until_s, is_lit = time.monotonic() + seconds, True
            while (left_s := until_s - time.monotonic()) > 0.0:
                put({**_BY_HAND, **_WHITE, "intensity": 1.0 if is_lit else 0.0})
                is_lit = not is_lit
                _wait(stage, light["key"], min(BLINK_S, left_s))


def _chosen(stage: Client, name: str) -> list[dict[str, Any]]:
    """The lights that are meant: the one of this name or key, or all. Raises ConfigError."""
    lights = stage.lights()
    found = [one for one in lights if name in ("", one["name"], one["key"])]
    if not found:
        known = ", ".join(one["key"] for one in lights)
        raise ConfigError(f"found {name!r}, expected one of the lights: {known or 'the stage has none'}")
    return found


def _say_what_is_dark(stage: Client) -> None:
    """Says why a lamp may stay dark though it is tried."""
    if stage.get("/lights/blackout"):
        print("/lights/blackout is on: no lamp gives light", flush=True)
    elif float(stage.get("/lights/master")) < 1.0:
        print("/lights/master is below 1: lamps give less", flush=True)


def _paths(key: str) -> list[str]:
    return [f"/light/{key}/{name}" for name in _TOUCHED]


class _Lamp:
    """A light that this client alone moves."""

    def __init__(self, stage: Client, key: str) -> None:
        self._stage = stage
        self._key = key

    def __call__(self, values: Mapping[str, Value]) -> None:
        """Sets its values in one frame."""
        self._stage.batch({f"/light/{self._key}/{name}": value for name, value in values.items()})


@contextmanager
def _held(stage: Client, key: str) -> Iterator[_Lamp]:
    """Holds a light and puts back what it gave before, also where a signal ends it; all of it is one step of undo."""
    exit_on_signals()
    paths = _paths(key)
    stage.lease(*paths)
    present = stage.snapshot()["values"]  # once nobody else moves it any more
    try:
        yield _Lamp(stage, key)
    finally:
        stage.batch({path: present[path] for path in paths})
        stage.lease(*paths, action="drop")


def _wait(stage: Client, key: str, seconds: float) -> None:
    """Lets time pass, while nobody else may move the light."""
    until_s = time.monotonic() + seconds
    while (left_s := until_s - time.monotonic()) > 0.0:
        time.sleep(min(RENEW_S, left_s))
        stage.lease(*_paths(key), action="renew")
