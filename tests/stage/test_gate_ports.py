"""The ports of the control API: opened by the launcher, all three or none, on loopback unless the user says otherwise."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest
from small_stage import three_free_ports

from stage.config.addresses import parse_endpoint
from stage.gate.ports import open_ports
from tracking.records import ConfigError


def test_a_port_in_use_is_reported_with_its_cure():
    with closing(open_ports("127.0.0.1", 0)) as opened:
        with pytest.raises(ConfigError, match=r"control.endpoint: port \d+ on 127.0.0.1 is in use.*0 picks"):
            open_ports("127.0.0.1", opened.bound.control)
        assert len(set(opened.bound.by_name.values())) == 3


def test_the_two_ports_above_are_taken_as_well_or_nothing_is():
    port = three_free_ports()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + 2))
        taken.listen()
        with pytest.raises(ConfigError, match=f"port {port + 2} "):
            open_ports("127.0.0.1", port)
    with closing(open_ports("127.0.0.1", port)) as opened:
        assert opened.bound.by_name == {"control": port, "state": port + 1, "telemetry": port + 2}


def test_ports_that_a_killed_run_still_holds_are_waited_for():
    first = open_ports("127.0.0.1", three_free_ports())
    with pytest.raises(ConfigError):
        open_ports("127.0.0.1", first.bound.control)
    first.close()
    with closing(open_ports("127.0.0.1", first.bound.control, patience_s=3.0)) as again:
        assert again.bound.control == first.bound.control


def test_beyond_this_machine_the_loopback_address_is_open_too():
    with closing(open_ports("127.0.0.2", 0)) as opened:
        assert len(opened.descriptors()) == 3
    with closing(open_ports("0.0.0.0", 0)) as opened:
        socket.create_connection(("127.0.0.1", opened.bound.control), 1.0).close()


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("tcp://0.0.0.0:0", "--insecure-lan"),
        ("tcp://*:0", "stage control keys add"),
        ("tcp://192.0.2.1:0", "--insecure-lan"),
        ("udp://127.0.0.1:7700", "expected tcp://"),
        ("tcp://127.0.0.1", "expected tcp://"),
        ("tcp://127.0.0.1:70000", "expected tcp://"),
        ("tcp://some.host:7700", "is not an IP address"),
    ],
)
def test_a_wrong_endpoint_is_refused(endpoint, expected):
    with pytest.raises(ConfigError, match=expected) as refused:
        parse_endpoint(endpoint, lan=False)
    assert str(refused.value).startswith("control.endpoint: ")


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(ConfigError, match="not an address of this machine"):
        open_ports("192.0.2.1", 0)
