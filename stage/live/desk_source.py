"""The socket at which a lighting desk is heard: its own senders and universes alone, before anybody decodes them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from stage.config.addresses import parse_network
from stage.config.records import StageConfig
from stage.dmx.universes import ARTNET_PORT, SACN_PORT, multicast_group
from stage.show.commands.desk import DESK_SOURCE
from tracking.datagrams import Budget, Datagram, Drop
from tracking.endpoints import UdpEndpoint
from tracking.sources.udp import UdpReceiver

MOST_GROUPS = 20
"""The kernel lets a socket join so many groups (net.ipv4.igmp_max_memberships)."""
MOST_DATAGRAMS = 128
"""The most of a frame: 64 universes at 44 Hz are 47 at 60 frames a second, 117 at 24."""
_SACN_UNIVERSE = slice(113, 115)
_ARTNET_UNIVERSE = slice(14, 16)
_MOST_SENDERS = 256
_LOOPBACK = "127.0.0.1"
_EVERYWHERE = "0.0.0.0"  # noqa: S104 - desks send to whichever address the stage has


def _is_ipv4(address: str) -> bool:
    return bool(address) and address[:1].isdigit()


class DeskReceiver:
    """Hears `universes` from senders of the networks `allowed`. Whatever else comes is dropped unread, and not counted
    as lost: it was not meant.

    sACN comes to the groups of the universes, joined on `interface`, and by unicast; Art-Net by unicast and broadcast.
    Other programs of this machine may hold the same port, as libraries that only send do: a socket on the very address
    gets what is sent there before one that is open to all.
    """

    source = DESK_SOURCE

    def __init__(
        self,
        protocol: Literal["sacn", "artnet"],
        universes: Iterable[int],
        allowed: Sequence[str],
        *,
        interface: str = "",
        port: int | None = None,
    ) -> None:
        wanted = tuple(dict.fromkeys(universes))
        self._is_sacn = protocol == "sacn"
        self._wanted = frozenset(one.to_bytes(2, "big" if self._is_sacn else "little") for one in wanted)
        self._networks = tuple(map(parse_network, allowed))
        self._known: dict[str, bool] = {}
        at = (SACN_PORT if self._is_sacn else ARTNET_PORT) if port is None else port
        groups = [UdpEndpoint(host=multicast_group(one), port=at, interface=interface) for one in wanted[:MOST_GROUPS]]
        everywhere = UdpReceiver(
            DESK_SOURCE, UdpEndpoint(host=_EVERYWHERE, port=at), tuple(groups) if self._is_sacn else (), shared=True
        )
        own = dict.fromkeys(filter(_is_ipv4, (interface, self._loopback())))
        narrow = [
            UdpReceiver(DESK_SOURCE, UdpEndpoint(host=one, port=everywhere.port or at), shared=True) for one in own
        ]
        self._receivers = (everywhere, *narrow)

    @property
    def failure(self) -> OSError | None:
        """Why nothing can be heard now; it is tried again."""
        return next((one.failure for one in self._receivers if one.failure is not None), None)

    @property
    def port(self) -> int:
        """The port in use; 0 while it is not open."""
        return self._receivers[0].port

    def drain(self, budget: Budget, datagrams: list[Datagram], drops: list[Drop]) -> None:
        """Appends what came of the wanted universes and senders since the last call, oldest first."""
        heard: list[Datagram] = []
        for receiver in self._receivers:
            receiver.drain(Budget(min(budget.datagrams, MOST_DATAGRAMS), budget.bytes), heard, drops)
        at = _SACN_UNIVERSE if self._is_sacn else _ARTNET_UNIVERSE
        datagrams += [one for one in heard if one.payload[at] in self._wanted and self._is_allowed(one.sender)]

    def close(self) -> None:
        """Closes the socket."""
        for receiver in self._receivers:
            receiver.close()

    def _loopback(self) -> str:
        """This machine's own address for itself, where senders here are allowed."""
        here = ipaddress.IPv4Address(_LOOPBACK)
        return _LOOPBACK if any(here in network for network in self._networks) else ""

    def _is_allowed(self, sender: str) -> bool:
        host = sender.rpartition(":")[0]
        known = self._known.get(host)
        if known is None:
            if len(self._known) >= _MOST_SENDERS:
                self._known.clear()
            address = ipaddress.IPv4Address(host)
            known = self._known[host] = any(address in network for network in self._networks)
        return known


def desk_receivers(config: StageConfig) -> Iterator[DeskReceiver]:
    """The socket of a configuration's desk, where it lists a sender and a universe. One in use is tried again."""
    dmx = config.dmx
    if dmx is None or not dmx.in_from:
        return
    universes = (*dmx.in_universes, *(row.universe for row in config.desk_maps))
    if universes:
        yield DeskReceiver(dmx.in_protocol, universes, dmx.in_from, interface=dmx.interface or "")
