"""Datagrams made by hand, for decoders and trackers."""

from tracking.datagrams import Datagram

SENDER = "192.0.2.1:40000"


def datagram(payload: bytes, sender: str = SENDER, received_ns: int = 0) -> Datagram:
    return Datagram(source="udp://127.0.0.1:40000", sender=sender, received_ns=received_ns, payload=payload)
