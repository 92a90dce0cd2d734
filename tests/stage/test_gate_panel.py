"""The gate inside: it rests where nothing comes; at its private endpoints, who knows the run's secret speaks for others, and the streams are there for the run."""

from __future__ import annotations

import contextlib
import time

import msgpack
import pytest
import zmq
from running_gate import SECRET, RunningGate
from running_stage import wait_for
from small_stage import SmallStage, ask, connected, first_commands, send, step_until

from stage.gate.link import CoreEnd, Drained
from stage.gate.local import panel_endpoint, streams_endpoint
from stage.gate.ports import open_ports

EXPOSURE = "/grade/exposure_stops"
FLOOD = 10_000


@pytest.fixture
def small(tmp_path):
    stage = SmallStage(tmp_path)
    yield stage
    stage.server.close()


@contextlib.contextmanager
def private(endpoint, kind, **options):
    with zmq.Context() as context, context.socket(kind) as peer:
        peer.setsockopt(zmq.LINGER, 0)
        for name, value in options.items():
            peer.setsockopt(getattr(zmq, name), value)
        peer.connect(endpoint)
        yield peer


def pass_on(panel, body, **header):
    fields = {"secret": SECRET, "route": "tablet:7", "owner": "tablet:7", "person": "Ada", "role": "director"}
    panel.send_multipart([msgpack.packb({**fields, "origin": "10.0.0.7", **header}), msgpack.packb(body)])


def answer(small, panel):
    route, body = step_until(small, lambda: panel.poll(0) and panel.recv_multipart())
    return route, msgpack.unpackb(body)


def test_the_panel_speaks_for_others_who_have_their_own_names_and_roles(small):
    with private(panel_endpoint(small.server.runtime), zmq.DEALER, IDENTITY=b"panel") as panel:
        pass_on(panel, {"type": "hello", "id": "1"})
        route, hello = answer(small, panel)
        assert (route, hello["role"]) == (b"tablet:7", "director")
        pass_on(panel, {"type": "set", "id": "2", "path": EXPOSURE, "value": 1.0})
        (command,) = first_commands(small)
        assert (command.owner, command.person, command.origin) == ("tablet:7", "Ada", "10.0.0.7")
        assert (command.role, command.sender) == ("director", f"panel:{b'panel'.hex()}:tablet:7")
        assert answer(small, panel)[1]["value"] == 1.0
        pass_on(panel, {"type": "save", "id": "3"}, route="another", role="viewer")
        route, refused = answer(small, panel)
        assert (route, refused["code"]) == (b"another", "forbidden")


def rested(gate):
    """Whether it did no more for half a second, however long that took, than to look around four times a second."""
    before, begun_s = gate.rounds, time.monotonic()
    time.sleep(0.5)
    return gate.rounds - before <= 2 + 4 * (time.monotonic() - begun_s)


def test_a_gate_to_which_nothing_comes_rests(tmp_path):
    ports = open_ports("127.0.0.1", 0)
    gate = RunningGate(ports)
    with zmq.Context() as context:
        core = CoreEnd(context, gate.runtime)
        wait_for(lambda: core.send((Drained(messages=0, size=0),)), what="a gate that hears its core")
        wait_for(lambda: rested(gate), what="a gate that rests")
        context.destroy(linger=0)
    gate.close()
    ports.close()


@pytest.mark.parametrize(
    "header",
    [{"secret": "guessed"}, {"secret": ""}, {"role": "god"}, {"route": "x" * 65}, {"owner": "x" * 300}, {"route": 7}],
)
def test_a_header_that_is_wrong_is_refused_and_reported(small, header):
    with private(panel_endpoint(small.server.runtime), zmq.DEALER) as panel, connected(small) as good:
        pass_on(panel, {"type": "set", "id": "1", "path": EXPOSURE, "value": 1.0}, **header)
        for parts in ([b"x"], [b"x", b"y", b"z"], [b"\xc1", b""]):
            panel.send_multipart(parts)
        found = step_until(small, lambda: [one for one in small.server.reports() if hasattr(one, "severity")])
        assert (found[0].code, found[0].values["why"]) == ("key_refused", "not_the_panel")
        assert ask(small, good, type="get", id="1", path=EXPOSURE)["value"] == 0.0


def test_a_flood_of_the_panel_does_not_starve_a_client(small):
    with (
        private(panel_endpoint(small.server.runtime), zmq.DEALER, SNDHWM=20000) as panel,
        connected(small) as quiet,
    ):
        ask(small, quiet, type="hello", id="there")
        for number in range(FLOOD):
            pass_on(panel, {"type": "set", "id": number, "path": EXPOSURE, "value": 1.0})
        send(quiet, type="set", id="mine", path="/grade/tint", value=1.0)
        step_until(small, lambda: quiet.poll(0))
        assert small.server._order < 0.8 * FLOOD


def test_both_streams_are_published_for_processes_of_the_run(small):
    with private(streams_endpoint(small.server.runtime), zmq.SUB, SUBSCRIBE=b"") as streams:
        found = set()
        while found != {b"state", b"telemetry"}:
            topic, body = step_until(small, lambda: streams.poll(0) and streams.recv_multipart())
            assert msgpack.unpackb(body)["epoch"] == 7
            found.add(topic)
