"""OSC beside a running stage, over real UDP: values, commands, bundles, feedback without an echo, and strangers."""

from __future__ import annotations

import itertools
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgpack
import pytest
from osc_desk import Desk, message
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from running_stage import ROOT, RunningStage, command_here, configuration, free_udp_port, running, wait_for

from stage.osc.mapping import COMMANDS

TINT, EXPOSURE, BLACKOUT, LATENCY = "/grade/tint", "/grade/exposure_stops", "/output/blackout", "/wall/main/latency_ms"
pytestmark = pytest.mark.gl


class Mirrored(NamedTuple):
    stage: RunningStage
    desk: Desk
    other: Desk
    values: Iterator[float]
    """Values of the saturation that no test has set."""


@pytest.fixture(scope="module")
def mirrored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirrored]:
    """A stage with OSC, the desk that gets the feedback, and another one."""
    port, hears = free_udp_port(), free_udp_port()
    section = (
        f'[osc]\nbind = "127.0.0.1:{port}"\nallow = ["127.0.0.1", "127.0.0.2/31"]\nfeedback = "127.0.0.1:{hears}"\n'
    )
    desk, other = Desk(port, hears), Desk(port, address="127.0.0.2")
    with running(tmp_path_factory.mktemp("osc"), configuration(rate="60", more=section)) as stage:
        desk.until(TINT, 0.0)
        yield Mirrored(stage, desk, other, (round(0.5 + step * 0.001, 3) for step in itertools.count(1)))
        assert stage.end()[0] == 0
    desk.close()
    other.close()


def until_value(stage: RunningStage, path: str, value: object) -> None:
    wait_for(lambda: stage.client.get(path) == value, what=f"{path} {value}")


def until_heard(mirrored: Mirrored) -> None:
    """Waits until the other desk is heard again, which has sent too much: not one packet by chance, but one after the
    other, each with a value that nobody has set before.
    """
    in_a_row = 0

    def is_heard() -> bool:
        nonlocal in_a_row
        value = next(mirrored.values)
        mirrored.other.send("/grade/saturation", value)
        came = wait_for_a_moment(lambda: mirrored.stage.client.get("/grade/saturation") == value)
        in_a_row = in_a_row + 1 if came else 0
        return in_a_row == 3

    wait_for(is_heard)


def wait_for_a_moment(found: Callable[[], bool], seconds: float = 0.5) -> bool:
    """Whether the answer becomes true soon."""
    until_s = time.monotonic() + seconds
    while not found():
        if time.monotonic() > until_s:
            return False
        time.sleep(0.01)
    return True


def test_values_are_set_by_their_paths_and_told_to_the_desk(mirrored: Mirrored) -> None:
    mirrored.other.send(TINT, 0.5)
    until_value(mirrored.stage, TINT, 0.5)
    mirrored.desk.until(TINT, 0.5)
    mirrored.other.send(BLACKOUT, 1)
    until_value(mirrored.stage, BLACKOUT, value=True)
    mirrored.desk.until(BLACKOUT, 1)
    mirrored.stage.client.set(BLACKOUT, value=False)
    mirrored.desk.until(BLACKOUT, 0)
    mirrored.other.send(TINT, 0.0, 10.0)
    wait_for(lambda: 0.0 < dict(mirrored.desk.listen(0.02)).get(TINT, 0.0) < 0.5, what="a fade on its way")
    mirrored.other.send(TINT, 0.0)
    mirrored.desk.until(TINT, 0.0)


def test_a_bundle_takes_effect_in_one_frame(mirrored: Mirrored) -> None:
    with mirrored.stage.client.subscriber("state") as updates:
        mirrored.stage.client.set(EXPOSURE, 0.1)
        bundle, inner = OscBundleBuilder(IMMEDIATELY), OscBundleBuilder(IMMEDIATELY)
        bundle.add_content(message(EXPOSURE, -1.3))
        inner.add_content(message("/grade/saturation", 0.5))
        bundle.add_content(inner.build())
        mirrored.other.send_bytes(bundle.build().dgram)
        mirrored.desk.until("/grade/saturation", 0.5)
        sets = []
        while updates.poll(100):
            sets.append(set(msgpack.unpackb(updates.recv_multipart()[-1])["values"]))
        both = {EXPOSURE, "/grade/saturation"}
        assert any(both <= one for one in sets), "beside whatever else may fade"
    assert mirrored.stage.client.get(EXPOSURE) == -1.3


def test_who_moves_a_fader_hears_no_echo_and_the_last_word_where_it_was_refused(mirrored: Mirrored) -> None:
    stage, desk = mirrored.stage, mirrored.desk
    desk.listen(0.1)
    begun_s = time.monotonic()
    for step in range(40):
        desk.send(EXPOSURE, step * 0.05)
        time.sleep(0.005)  # two hundred a second, as a fader sends
    until_value(stage, EXPOSURE, 1.95)
    assert EXPOSURE not in dict(desk.listen(0.5)), f"sent over {time.monotonic() - begun_s:.2f} s"
    desk.send(EXPOSURE, 99.0)
    desk.until("/error", ("out_of_range", "/grade/exposure_stops is 99.0, expected -12 to 12 stops", EXPOSURE))
    stage.client.set(EXPOSURE, 0.25)
    desk.until(EXPOSURE, 0.25)


def test_takes_are_started_and_stopped_and_a_released_button_does_nothing(mirrored: Mirrored) -> None:
    stage = mirrored.stage
    mirrored.other.send("/take/start", "Sc 1/2")
    stage.until_status(lambda status: status["take"]["state"] == "recording")
    mirrored.other.send("/take/stop", 0.0)
    mirrored.other.send(TINT, 0.75)
    until_value(stage, TINT, 0.75)
    assert stage.client.status()["take"]["state"] == "recording"
    mirrored.other.send("/take/stop", 1.0)
    stage.until_status(lambda status: status["take"]["state"] == "idle")


def test_each_sender_takes_back_what_it_has_changed_itself(mirrored: Mirrored) -> None:
    stage = mirrored.stage
    stage.client.set(TINT, 0.0)
    mirrored.other.send(TINT, 0.875)
    until_value(stage, TINT, 0.875)
    mirrored.desk.send("/grade/saturation", 0.875)
    until_value(stage, "/grade/saturation", 0.875)
    mirrored.other.send("/undo")
    until_value(stage, TINT, 0.0)
    assert stage.client.get("/grade/saturation") == 0.875


def test_the_role_limits_what_osc_may_do(mirrored: Mirrored) -> None:
    mirrored.other.send(LATENCY, 33.0)
    mirrored.desk.until("/error", ("forbidden", f"{LATENCY} needs role operator, you are director", LATENCY))
    assert mirrored.stage.client.get(LATENCY) == 16.0


def test_a_refresh_tells_everything_once_more(mirrored: Mirrored) -> None:
    mirrored.desk.listen(0.1)
    mirrored.other.send("/refresh")
    before = len(mirrored.desk.heard)
    paths = set(mirrored.stage.client.snapshot()["values"])
    wait_for(lambda: mirrored.desk.listen(0.02) is not None and paths <= dict(mirrored.desk.heard[before:]).keys())


def test_strangers_garbage_and_floods_change_nothing(mirrored: Mirrored) -> None:
    stranger = Desk(mirrored.desk.port, address="127.0.0.9")
    stranger.send(BLACKOUT, 1)
    for packet in (b"", b"/", b"#bundle\0" * 9, bytes(9000), b"/a\0\0,[[[[\0\0\0", b"\xff" * 64, deep_bundle(40)):
        mirrored.other.send_bytes(packet)
    for _ in range(3000):
        mirrored.other.send("/grade/tint", 0.1)
    mirrored.stage.client.set(TINT, -0.5)
    flooded = Desk(mirrored.desk.port, address="127.0.0.3")

    def is_served() -> bool:
        flooded.send(EXPOSURE, 0.5)
        return mirrored.stage.client.get(EXPOSURE) == 0.5

    wait_for(is_served)
    until_heard(mirrored)
    assert mirrored.stage.client.get(BLACKOUT) is False
    wait_for(lambda: "not in osc.allow" in mirrored.stage.stderr, seconds=20.0)
    for desk in (stranger, flooded):
        desk.close()


FLOOD = """
import socket, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flood:
    flood.bind(("127.0.0.2", 0))
    while True:
        flood.sendto(bytes.fromhex(sys.argv[2]), ("127.0.0.1", int(sys.argv[1])))
"""


def test_a_flood_of_one_sender_takes_nothing_from_a_fader_of_another(mirrored: Mirrored) -> None:
    packet = message(TINT, 0.1).dgram.hex()
    fader = Desk(mirrored.desk.port, address="127.0.0.3")
    with subprocess.Popen([sys.executable, "-c", FLOOD, str(mirrored.desk.port), packet]) as flood:
        wait_for(lambda: mirrored.stage.client.get(TINT) == 0.1)
        number = mirrored.stage.client.log(1)[-1]["number"]
        for step in range(100):
            fader.send(EXPOSURE, step * 0.01)
            time.sleep(0.005)
        until_value(mirrored.stage, EXPOSURE, 0.99)
        flood.kill()
    until_heard(mirrored)
    fader.close()
    lines = mirrored.stage.client.log(5000, path=EXPOSURE)
    assert len([one for one in lines if one["number"] > number and one["owner"] == "osc:127.0.0.3"]) == 100


def deep_bundle(levels: int) -> bytes:
    packet = message("/output/blackout", 1).dgram
    for _ in range(levels):
        packet = b"#bundle\0" + bytes(8) + len(packet).to_bytes(4, "big") + packet
    return packet


def test_osc_outlives_its_own_death_and_those_of_core_and_gate(mirrored: Mirrored) -> None:
    stage = mirrored.stage

    def is_served(tint: float) -> bool:
        mirrored.other.send(TINT, tint)
        return stage.ask(lambda: stage.client.get(TINT)) == tint

    stage.client.set(TINT, 0.0)
    stage.kill_core()
    stage.event("ready")
    wait_for(lambda: is_served(0.625))
    os.kill(stage.helper("stage.osc.service"), signal.SIGKILL)
    wait_for(lambda: is_served(-0.125))
    os.kill(stage.helper("stage.gate.gate"), signal.SIGKILL)
    wait_for(lambda: is_served(-0.25))
    mirrored.desk.until(TINT, -0.25)


def test_a_take_that_is_pressed_while_the_core_dies_is_begun_once_and_so_is_one_between_two_cores(
    mirrored: Mirrored,
) -> None:
    stage = mirrored.stage
    before = stage.client.log(1)[-1]["number"]
    for name in ("in its hands", "between"):
        core = stage.helper("stage.live.core")
        if name == "between":
            os.kill(core, signal.SIGKILL)
        else:
            os.kill(core, signal.SIGSTOP)
        mirrored.other.send("/take/start", name)
        if name != "between":
            time.sleep(0.3)  # the gate has handed it over, and keeps nothing
            os.kill(core, signal.SIGKILL)
        stage.event("ready")
        stage.until_status(lambda status, name=name: take_of(status) == ("recording", name))
        mirrored.other.send("/take/stop", 1.0)
        stage.until_status(lambda status: status["take"]["state"] == "idle")
    since = [one for one in stage.client.log(5000) if one["number"] > before and one["request"] == "take"]
    assert [(one["action"], one["name"], one["code"]) for one in since] == [
        ("start", "in its hands", ""),
        ("stop", "", ""),
        ("start", "between", ""),
        ("stop", "", ""),
    ]


def take_of(status: dict[str, Any]) -> tuple[str, str]:
    return status["take"]["state"], status["take"]["name"]


def described(stage: RunningStage, *words: str) -> str:
    done = command_here("control", "describe", "--endpoint", stage.ready["control"], *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_addresses_and_layouts_name_every_parameter_with_its_range(mirrored: Mirrored) -> None:
    stage = mirrored.stage
    parameters = {one["path"]: one for one in stage.client.describe()}
    rows = {row["address"]: row for row in json.loads(described(stage, "--osc", "--json"))}
    assert rows.keys() == parameters.keys() | {command.address for command in COMMANDS} | {"/refresh"}
    assert rows[EXPOSURE]["takes"] == "-12 to 12 stops"
    assert "-12 to 12 stops" in described(stage, "/grade", "--osc")
    session = json.loads(described(stage, "--osc", "layout"))
    widgets = {one["address"]: one for tab in session["content"]["tabs"] for one in tab["widgets"]}
    assert (session["type"], widgets.keys() >= parameters.keys()) == ("session", True)
    assert widgets[EXPOSURE]["range"] == {"min": -12.0, "max": 12.0}
    assert (widgets[BLACKOUT]["type"], widgets[BLACKOUT]["on"]) == ("button", 1)
    lines = described(stage, "--osc", "touchosc").splitlines()
    assert f"{EXPOSURE},FADER,float,-12,12," in lines
    for path in ("/grade/tint", "/output/blackout", "/wall/main/pattern"):
        assert any(line.startswith(f"{path},") for line in lines)


BUTTON = re.compile(r"^\| [^|]+ \| (Send [^|]+?) \| `([^`]+)` \| (?:`([^`]*)`)? *\|$", re.MULTILINE)
"""A row of the documents' table of buttons: action, path, value."""


def as_companion_sends(action: str, value: str) -> list[object]:
    """The arguments that Companion's generic OSC module makes of a button's value: of several, by how each is written."""
    match action:
        case "Send message without arguments":
            return []
        case "Send integer":
            return [int(value)]
        case "Send float":
            return [float(value)]
        case "Send string":
            return [value]
    assert action == "Send message with multiple arguments"
    return [float(word) if "." in word else int(word) if word.isdecimal() else word for word in shlex.split(value)]


def test_the_documented_buttons_of_a_stream_deck_are_carried_out(mirrored: Mirrored) -> None:
    stage, buttons = mirrored.stage, BUTTON.findall((ROOT / "docs" / "control-api.md").read_text())
    assert len(buttons) >= 10
    stage.client.cue_add([{"number": 1, "values": {"/grade/saturation": 0.25}}])
    mirrored.desk.listen(0.1)
    before = len(mirrored.desk.heard)
    for action, path, value in buttons:
        mirrored.other.send(path, *as_companion_sends(action, value))
        if path == "/cue/go":
            mirrored.desk.until("/grade/saturation", 0.25)
        if path == "/take/start":
            stage.until_status(lambda status: status["take"]["state"] == "recording")
        elif path == "/grade/exposure_stops":
            mirrored.desk.until(path, -0.5)
        elif path.startswith("/") and value and not path.startswith("/look"):
            typed = as_companion_sends(action, value)[0]
            mirrored.desk.until(path, float(typed) if action == "Send float" else typed)
    stage.until_status(lambda status: status["take"]["state"] == "idle")
    assert "/error" not in dict(mirrored.desk.heard[before:])
