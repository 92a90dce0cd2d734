"""Who a client is, as far as its connection says."""

from __future__ import annotations

from typing import NamedTuple

from tracking.settable import Role

HERE = "this machine"


class Who(NamedTuple):
    """The owner of a connection ("" without a key), the name of that, what it may do, and where it comes from."""

    owner: str
    person: str
    role: Role
    origin: str


def local_client() -> Who:
    """A client on this machine: whoever can run a program here controls the stage."""
    return Who(owner="", person="", role="admin", origin=HERE)


def unknown_client(address: str) -> Who:
    """A client from beyond this machine, whom nothing has authenticated."""
    return Who(owner="", person="", role="operator", origin=address)
