"""An OSC program over real UDP, for tests of a running stage."""

from __future__ import annotations

import socket
import time

from pythonosc.osc_message_builder import OscMessageBuilder
from running_stage import wait_for

from tracking.protocols.osc_packet import read_packet


class Desk:
    """An OSC program: it sends from one socket, and hears what comes back at another."""

    def __init__(self, port: int, hears: int | None = None, address: str = "127.0.0.1") -> None:
        self.port = port
        self._out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._out.bind((address, 0))
        self._in = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        if hears is not None:
            self._in.bind(("127.0.0.1", hears))
        self.heard: list[tuple[str, object]] = []

    def send(self, address: str, *arguments: object) -> None:
        self.send_bytes(message(address, *arguments).dgram)

    def send_bytes(self, packet: bytes) -> None:
        self._out.sendto(packet, ("127.0.0.1", self.port))

    def listen(self, seconds: float = 0.0) -> list[tuple[str, object]]:
        """What has come since the last call, and within so many seconds."""
        until_s, came = time.monotonic() + seconds, len(self.heard)
        while True:
            self._in.settimeout(max(0.001, until_s - time.monotonic()))
            try:
                packet = self._in.recv(65536)
            except TimeoutError:
                return self.heard[came:]
            self.heard += [
                (one.address, one.arguments[0] if len(one.arguments) == 1 else one.arguments)
                for one in read_packet(packet)
            ]

    def until(self, address: str, value: object) -> None:
        """Waits until the newest value of an address is this one."""

        def is_told() -> bool:
            self.listen(0.02)
            return dict(self.heard).get(address) == value

        wait_for(is_told, what=f"{address} {value}")

    def close(self) -> None:
        self._out.close()
        self._in.close()


def message(address: str, *arguments: object):
    builder = OscMessageBuilder(address)
    for argument in arguments:
        builder.add_arg(argument)
    return builder.build()
