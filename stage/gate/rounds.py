"""The gate's loop: clients on one side, the core on the other, one round after the other on one thread."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import zmq

from stage.config.addresses import is_loopback
from stage.gate.authentication import Authentication
from stage.gate.doors import Door
from stage.gate.frames import encode_message
from stage.gate.keys import KeyFolder
from stage.gate.link import STREAMS, Drained, FromCore, GateEnd, Published, Stream, ToClient
from stage.gate.local import PANEL, LocalEnds
from stage.gate.peer import Peer
from stage.gate.poller import READ, Poller, look_anyway
from stage.gate.ports import PORT_NAMES, PortName
from stage.gate.shared import Shared
from stage.gate.turned import TurnedAway
from stage.gate.turns import Turns
from stage.gate.who import HERE, Who
from stage.run.pipes import Context

TICK_S = 0.25
_HELD_S = 0.004
_LOOKS_FOR_CORE_S = 0.02
_ANSWERS_A_ROUND = 256

Keyless = Callable[[str], Who | None]


class Gate:
    """The gate of the run in the folder `runtime`, on sockets that listen. Raises zmq.ZMQError where it cannot be.

    `keyless` says who a client without a key is; the others' keys are in the folder `keys`. `secret` lets the run's
    panel speak for others; `tell` takes lines for people.
    """

    def __init__(
        self,
        runtime: str,
        listening: Mapping[PortName, Sequence[socket.socket]],
        keyless: Keyless,
        *,
        secret: str,
        keys: Path,
        tell: Callable[[str], object],
    ) -> None:
        self._context: Context = zmq.Context(io_threads=1)
        self._poller = Poller()
        self._link = GateEnd(self._context, runtime, self._poller)
        self._turns = Turns(self._link.send)
        self._authentication = Authentication(self._context, KeyFolder(keys))
        self._shared = Shared(runtime, self._poller, self._turns, keyless, self._authentication)
        self._local = LocalEnds(self._context, runtime, secret, self._turns)
        self._turned = TurnedAway(self._link.send, tell)
        run = secrets.token_hex(4)
        self._doors = {
            name: Door(_stream_of(name), listening[name], self._shared, self._turn_away, run) for name in PORT_NAMES
        }
        for descriptor in (self._local.descriptor, self._authentication.descriptor):
            self._poller.watch(descriptor, READ, look_anyway)
        self._tick_s = 0.0
        self._again = False

    def round(self) -> None:
        """Waits until something happens, a tick at most, and does what there is to do."""
        held = any(peer.is_held for peer in self._peers())
        rest_s = TICK_S if self._link.core_is_there else _LOOKS_FOR_CORE_S
        found = self._poller.wait(0.0 if self._again else _HELD_S if held else rest_s)
        now_s = self._shared.clock.look()
        if self._link.look():
            self._core_changed()
        self._authentication.answer()
        self._poller.pass_on(found)
        for record in self._link.received(_ANSWERS_A_ROUND):
            self._obey(record)
        for _ in range(self._local.receive(core_is_there=self._link.core_is_there)):
            self._turned.note("not_the_panel", HERE)
        self._again = self._link.has_more
        for peer in self._peers():
            if peer.is_held:
                self._again |= peer.go_on()
        self._again |= self._turns.hand_over() > 0 and held
        if now_s >= self._tick_s:
            self._tick_s = now_s + TICK_S
            for peer in self._peers():
                peer.check()
        for door in self._doors.values():
            door.sweep()
        self._turned.report(now_s)

    def close(self) -> None:
        """Closes every connection; the ports stay open for whoever else holds them."""
        for door in self._doors.values():
            door.shut()
        self._link.close()
        self._poller.close()
        self._context.destroy(linger=0)

    def _peers(self) -> list[Peer]:
        return [peer for door in self._doors.values() for peer in door.peers.values()]

    def _core_changed(self) -> None:
        """Without a core nobody is let in: clients wait outside for the next one, and nothing they said is kept."""
        self._turns.forget()
        for door in self._doors.values():
            if self._link.core_is_there:
                door.open()
            else:
                door.shut()

    def _obey(self, record: FromCore) -> None:
        match record:
            case Drained(messages=messages, size=size):
                self._turns.drained(messages, size)
            case ToClient():
                self._reply(record)
            case Published(stream=stream, body=body):
                self._publish(stream, body)

    def _reply(self, reply: ToClient) -> None:
        if reply.connection.startswith(f"{PANEL}:"):
            self._local.reply(reply.connection, reply.body)
            return
        kind, _, name = reply.connection.partition("-")
        peer = self._doors["control"].peers.get(name)
        if peer is not None:
            peer.reply(reply.body, reply.route, enveloped=kind == "req")

    def _publish(self, stream: Stream, body: bytes) -> None:
        self._local.publish(stream, body)
        parts = (stream.encode(), body)
        encoded = encode_message(parts)
        for peer in self._doors[stream].peers.values():
            if peer.subscribed:
                peer.publish(parts, encoded)

    def _turn_away(self, cause: str, peer: Peer | None, address: str) -> None:
        origin = HERE if is_loopback(address) else address
        self._turned.note(cause, origin, "" if peer is None else peer.refused)


def _stream_of(name: PortName) -> Stream | None:
    return next((stream for stream in STREAMS if stream == name), None)
