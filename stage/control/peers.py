"""Who sent a request: the ROUTER's identity, in a form that travels through the show and back."""

from __future__ import annotations

import zmq

from stage.config.addresses import is_loopback
from stage.values.parameters import ROLES, Role


class Peer:
    """A client as its messages name it; `name` is how commands carry it through the show and back.

    A REQ socket wants its empty delimiter back, so the name keeps which kind it is.
    """

    def __init__(self, identity: bytes, *, delimited: bool) -> None:
        self.envelope = [identity, b""] if delimited else [identity]
        self.name = ("req-" if delimited else "zmq-") + identity.hex()


def peer_named(name: str) -> Peer | None:
    """The peer of a command's client name; None for the clients of other edges."""
    kind, _, identity = name.partition("-")
    if kind not in {"req", "zmq"}:
        return None
    try:
        return Peer(bytes.fromhex(identity), delimited=kind == "req")
    except ValueError:
        return None


def role_of(frame: zmq.Frame) -> Role:
    """Peers on this machine are admins; those beyond it, whom nothing has authenticated, operators."""
    try:
        return "admin" if is_loopback(str(frame.get("Peer-Address"))) else "operator"
    except (zmq.ZMQError, ValueError):
        return "operator"


def lower_role(held: Role, asked: Role | None) -> Role:
    """The lesser of what a connection has and what a request asks to be."""
    return held if asked is None or ROLES.index(asked) > ROLES.index(held) else asked
