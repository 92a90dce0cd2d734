"""What the wire makes lights give is told beside what they are to give: in lists, and in the status."""

from __future__ import annotations

import io

import msgspec
from rich.console import Console

from stage.control.light_tables import light_tables
from stage.control.status_tables import status_tables
from stage.lights.link import WireStatus
from stage.live.lights_view import light_statuses, wire_view
from tests.building import camera, inputs_at, light, stage

WIRE = WireStatus(
    life=1,
    place="192.0.2.10",
    out="sacn",
    state="up",
    rate_hz=44.0,
    universes=(1,),
    given=(0.45, 0.41, 0.25, 0.3127, 0.329, 0.5),
    clipped=(0,),
)


def printed(tables: object) -> str:
    text = io.StringIO()
    console = Console(file=text, width=200)
    for one in tables:
        console.print(one)
    return text.getvalue()


def test_a_light_that_falls_short_is_told_with_what_it_gives() -> None:
    show = stage(camera("A"), light("key"), light("fill", address=30)).show()
    outcome = show.step(inputs_at(0))
    found, _ = light_statuses(show, outcome.lights, (0, 64), WIRE)
    assert [one.given for one in found] == [(0.45, 0.41, 0.25), (0.3127, 0.329, 0.5)]
    assert [one.clipped for one in found] == [True, False]
    words = printed(light_tables(msgspec.to_builtins(found)))
    assert "25%, x 0.450 y 0.410, falls short" in words
    assert words.count("falls short") == 1


def test_nothing_is_told_of_what_is_not_sent() -> None:
    show = stage(camera("A"), light("key")).show()
    outcome = show.step(inputs_at(0))
    found, _ = light_statuses(show, outcome.lights, (0, 64))
    assert (found[0].given, found[0].clipped) == (None, False)


def test_the_status_names_the_wire_and_the_lights_that_fall_short() -> None:
    show = stage(camera("A"), light("key"), light("fill", address=30)).show()
    view = msgspec.to_builtins(wire_view(show, WIRE))
    status = {"frame": 1, "rate_hz": 60.0, "trackers": {}, "health": [], "lights": view}
    words = printed(status_tables(status))
    assert "lights: sacn at 192.0.2.10 up, universes 1, 44 Hz" in words
    assert "lights that cannot give what they should: key" in words
