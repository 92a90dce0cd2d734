"""The one record that travels from the socket, through takes, to the decoder."""

import msgspec

from tests.fold.tracking.datagrams import datagram
from tracking.datagrams import Datagram

FIELDS = {"source": "udp://127.0.0.1:40000", "sender": "192.0.2.1:40000", "received_ns": 5, "payload": b"\xd1\x01"}


def test_a_datagram_is_encoded_as_a_map_in_the_order_of_existing_takes():
    encoded = msgspec.msgpack.encode(datagram(b"\xd1\x01", received_ns=5))
    assert encoded == msgspec.msgpack.encode(FIELDS)
    assert msgspec.msgpack.decode(encoded, type=Datagram) == datagram(b"\xd1\x01", received_ns=5)


def test_a_datagram_of_a_later_version_is_read_without_its_new_fields():
    encoded = msgspec.msgpack.encode(FIELDS | {"interface": "eth0"})
    assert msgspec.msgpack.decode(encoded, type=Datagram) == datagram(b"\xd1\x01", received_ns=5)
