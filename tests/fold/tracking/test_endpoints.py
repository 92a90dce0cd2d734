"""Where trackers are heard, as text, and the one record that travels from the socket through takes to the decoder."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import hostile
from tests.fold.tracking.datagrams import datagram
from tracking.datagrams import Datagram
from tracking.endpoints import SerialEndpoint, UdpEndpoint, parse_endpoint


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("udp://127.0.0.1:40000", UdpEndpoint(host="127.0.0.1", port=40000)),
        ("udp://localhost:40000", UdpEndpoint(host="127.0.0.1", port=40000)),
        ("udp://:40000", UdpEndpoint(host="0.0.0.0", port=40000)),
        (
            "udp://239.135.1.1:55555?interface=192.0.2.10",
            UdpEndpoint(host="239.135.1.1", port=55555, interface="192.0.2.10"),
        ),
        ("serial:///dev/ttyUSB0", SerialEndpoint(device="/dev/ttyUSB0")),
        (
            "serial:///dev/ttyS1?baud=115200&parity=none",
            SerialEndpoint(device="/dev/ttyS1", baud=115200, parity="none"),
        ),
    ],
)
def test_addresses_are_read_as_written(url, endpoint):
    assert parse_endpoint(url) == endpoint


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("tcp://127.0.0.1:1", "expected an address like"),
        ("udp://127.0.0.1", "without a port"),
        ("udp://127.0.0.1:70000", "port from 0 to 65535"),
        ("udp://tracker.example:1", "IPv4"),
        ("udp://[::1]:1", "IPv4"),
        ("udp://127.0.0.1:1?interface=192.0.2.1", "not a multicast group"),
        ("udp://239.1.1.1:1?interfaces=192.0.2.1", "did you mean 'interface'"),
        ("serial://dev/ttyUSB0", "three slashes"),
        ("serial:///dev/ttyUSB0?baud=fast", "whole number"),
        ("serial:///dev/ttyUSB0?parity=odds", "one of none, odd, even"),
        ("serial:///dev/ttyUSB0?baud=9600&baud=9600", "twice"),
        ("udp://127.0.0.1:1#x", "expected an address like"),
        ("udp://[:1", "expected one like"),
    ],
)
def test_wrong_addresses_are_refused_with_what_was_expected(url, message):
    with pytest.raises(ValueError, match=message):
        parse_endpoint(url)


@given(st.one_of(st.text(max_size=600), st.text(max_size=40).map(lambda tail: f"udp://{tail}")))
@hostile()
def test_any_text_gives_an_endpoint_or_one_reason(text):
    reason = ""
    try:
        assert isinstance(parse_endpoint(text), UdpEndpoint | SerialEndpoint)
    except ValueError as error:
        reason = str(error)
    assert "\n" not in reason


@given(st.ip_addresses(v=4), st.integers(0, 65535))
def test_every_address_and_port_comes_back(address, port):
    endpoint = parse_endpoint(f"udp://{address}:{port}")
    assert endpoint == UdpEndpoint(host=str(address), port=port)
    assert endpoint.multicast == address.is_multicast


FIELDS = {"source": "udp://127.0.0.1:40000", "sender": "192.0.2.1:40000", "received_ns": 5, "payload": b"\xd1\x01"}


def test_a_datagram_is_encoded_as_a_map_in_the_order_of_existing_takes():
    encoded = msgspec.msgpack.encode(datagram(b"\xd1\x01", received_ns=5))
    assert encoded == msgspec.msgpack.encode(FIELDS)
    assert msgspec.msgpack.decode(encoded, type=Datagram) == datagram(b"\xd1\x01", received_ns=5)


def test_a_datagram_of_a_later_version_is_read_without_its_new_fields():
    encoded = msgspec.msgpack.encode(FIELDS | {"interface": "eth0"})
    assert msgspec.msgpack.decode(encoded, type=Datagram) == datagram(b"\xd1\x01", received_ns=5)
