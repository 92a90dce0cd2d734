"""A take of a stage with lights: what was sent is checked again, and sent again where an interface is named."""

import json
import subprocess
import sys
import time

import msgspec
import pytest
from test_lights_service import Ears

from stage.command_line.replay_lights import sent_check
from stage.show.frame.lights import LightsSent, SentUniverse
from stage.takes.reader import TakeReader
from stage.takes.refold import ShowFold
from stage.takes.replay import Replay, Span
from tests.stage.running_stage import RunningStage, configuration, wait_for

LIGHTS = """
[[lights]]
name = "Key"
fixture = "generic_rgbw_16bit"
universe = 3
address = 1
position_m = [-2.0, 0.0, 3.0]
aim_m = [0.0, 1.0, 1.5]
intensity = 0.8

[[lights]]
name = "Fill"
fixture = "generic_dimmer"
universe = 4
address = 10
position_m = [2.0, 0.0, 3.0]
aim_m = [0.0, 1.0, 1.5]
latency_ms = 20.0
intensity = 0.4

[dmx]
interface = "127.0.0.1"
multicast = false
nodes = ["127.0.0.1"]
"""


@pytest.fixture(scope="module")
def take(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lights")
    takes = folder / "recorded"
    stage = RunningStage(folder, configuration(rate="60", more=LIGHTS), "--headless", "--record", str(takes))
    try:
        stage.event("ready")
        stage.client.set("/light/key/intensity", 0.1, fade_s=0.6)
        stage.client.set("/light/key/temperature_k", 2700.0, fade_s=0.5)
        time.sleep(0.8)
        stage.client.set("/lights/master", 0.5)
        time.sleep(0.8)
        assert stage.end()[0] == 0
        yield next(takes.glob("*.mcap"))
    finally:
        stage.close()


def replayed(take, *words):
    done = subprocess.run(
        [sys.executable, "-m", "stage", "replay", str(take), "--json", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr


def test_what_was_sent_is_what_the_targets_of_the_take_are_mixed_to(take):
    code, report, stderr = replayed(take, "--verify")
    assert code == 0, (report, stderr)
    sent = report["sent"]
    assert sent["different"] == 0
    assert sent["equal"] > 20
    assert sent["equal"] + sent["settling"] + sent["other"] == sent["ticks"]


OTHERWISE = {
    "in a slot of the patch": (4, lambda _slots: bytes(9) + b"\x11", 10),
    "beyond the last slot of the patch": (4, lambda slots: slots.ljust(11, b"\0") + b"\x11", 12),
    "in a universe without lights": (9, lambda _slots: b"\x11", 1),
}


@pytest.mark.parametrize(("universe", "other", "slot"), OTHERWISE.values(), ids=OTHERWISE)
def test_a_slot_that_was_sent_otherwise_is_named(take, universe, other, slot):
    reader = TakeReader(take)
    check = sent_check(reader, exact=False)
    was_sent = {}

    def with_other(tick):
        was_sent.update((one.universe, one.slots) for one in tick.changed)
        sent = SentUniverse(universe, other(was_sent.get(universe, b"")))
        return msgspec.structs.replace(
            tick, digest="0", changed=(*(one for one in tick.changed if one.universe != universe), sent)
        )

    def changed(inputs, outcome):
        observations = tuple(
            msgspec.structs.replace(one, ticks=tuple(map(with_other, one.ticks)))
            if isinstance(one, LightsSent)
            else one
            for one in inputs.observations
        )
        check.see(msgspec.structs.replace(inputs, observations=observations), outcome)

    Replay(reader, ShowFold, span=Span(), compare=False, exact=False, see=changed).run()
    assert check.figures.different > 0
    first = check.figures.first_difference
    assert (first.universe, first.slot, first.recorded) == (universe, slot, 0x11)


def test_a_take_sends_its_lights_again_only_from_an_interface_that_is_named(take):
    ears = Ears()
    try:
        assert replayed(take)[0] == 0
        assert not ears.heard
        begun_s = time.monotonic()
        assert replayed(take, "--send-lights", "127.0.0.1")[0] == 0
        wait_for(lambda: sum(one.terminated for _, one in ears.of(4, begun_s)) >= 3, what="the streams' end")
        levels = [one.slots[9] for _, one in ears.of(4, begun_s) if not one.terminated]
        assert levels[-1] == 51
        assert 102 in levels
        code, _, stderr = replayed(take, "--send-lights", "no-such-interface")
        assert code == 2
        assert "--send-lights" in stderr
    finally:
        ears.close()
