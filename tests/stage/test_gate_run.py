"""The gate of a whole run: restarted alone, on the same ports; keys are made while it runs; strangers need one."""

from __future__ import annotations

import os
import signal

import msgspec
import pytest
from running_gate import RunningGate
from running_stage import command_here, configuration, running, wait_for
from small_stage import GatedServer, SmallStage

from stage.control.client import Client, ControlError
from stage.control.value_places import ValuePlaces
from stage.gate.keys import KeyFolder
from stage.gate.ports import announced, open_ports


def test_a_killed_gate_is_restarted_alone_and_nobody_else_notices(tmp_path):
    with running(tmp_path, configuration()) as stage:
        before = stage.client.set("/grade/tint", 0.25)
        os.kill(stage.helper("stage.gate.gate"), signal.SIGKILL)
        assert stage.ask(lambda: stage.client.get("/grade/tint")) == 0.25
        after = stage.ask(lambda: stage.client.set("/grade/tint", 0.5))
        assert (after.epoch, after.seq) == (before.epoch, before.seq + 1)
        assert "the gate ended (signal 9): restarted" in stage.stderr
        made = command_here("control", "keys", "add", "desk", "--role", "viewer", "--out", str(tmp_path / "desk.key"),
                            "--state", str(tmp_path / "state"))  # fmt: skip
        assert made.returncode == 0, made.stderr
        with Client(stage.ready["control"], key_file=tmp_path / "desk.key") as client:
            assert wait_for(lambda: client.hello()["role"]) == "viewer"
        assert stage.end()[0] == 0


@pytest.fixture
def beyond(tmp_path):
    """Makes stages on an address of this machine that is not its loopback; whoever comes to it comes from there."""
    host = announced("tcp://*:0").removeprefix("tcp://").partition(":")[0]
    if host.startswith("127."):
        pytest.skip("this machine has no address but the loopback one")
    made = []

    def make(*, insecure):
        ports = open_ports(host, 0)
        gate = RunningGate(ports, insecure=insecure)
        server = GatedServer(ports, gate, values=ValuePlaces(show=tmp_path, stage=tmp_path / "stage"))
        stage = SmallStage(tmp_path, behind=server)
        made.append(stage)
        return stage

    yield make
    for stage in made:
        stage.server.close()


def test_beyond_this_machine_a_client_needs_a_key_and_here_none(beyond, tmp_path):
    stage = beyond(insecure=False)
    key = tmp_path / "a.key"
    made = KeyFolder(stage.server.keys).make("far-desk", "director")
    key.write_bytes(msgspec.json.encode(made))
    with stage.running():
        with Client(stage.server.endpoint, key_file=key) as client:
            assert client.hello()["role"] == "director"
        with Client(f"tcp://127.0.0.1:{stage.server.ports['control']}") as client:
            assert client.hello()["role"] == "admin"
        with Client(stage.server.endpoint, timeout_s=0.5) as client, pytest.raises(ControlError, match="without a key"):
            client.hello()


def test_on_an_insecure_network_anybody_is_an_operator(beyond):
    stage = beyond(insecure=True)
    with stage.running(), Client(stage.server.endpoint) as client:
        assert client.hello()["role"] == "operator"
