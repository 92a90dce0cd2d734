"""The gate process: `python -m stage.gate.gate`. It holds every port that strangers reach; the core has none."""

from __future__ import annotations

import argparse
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

from stage.config.addresses import is_loopback
from stage.gate.local import read_secret
from stage.gate.ports import PORT_NAMES, OpenPorts, PortName
from stage.gate.rounds import Gate, Keyless
from stage.gate.who import Who, local_client, unknown_client
from stage.run.events import AliveEvent, NoticeEvent, print_event
from stage.run.options import CoreOptions
from stage.run.realtime import die_with_parent, keep_loaded

NAME = "gate"
ALIVE_EVERY_S = 1.0


def gate_command(core: CoreOptions, ports: OpenPorts) -> list[str]:
    """The command of the gate of a run. It must inherit the descriptors of `ports`."""
    command = [sys.executable, "-m", "stage.gate.gate", "--runtime", core.runtime, *ports.words()]
    command += ["--secret", str(core.panel_secret()), "--keys", str(core.keys())]
    return [*command, "--insecure"] if core.insecure_lan else command


def keyless(*, insecure: bool) -> Keyless:
    """Who a client without a key is: an admin on this machine; beyond it nobody, or an operator if `insecure`."""

    def who(address: str) -> Who | None:
        if is_loopback(address):
            return local_client()
        return unknown_client(address) if insecure else None

    return who


class _Ended:
    """Becomes true with SIGTERM or SIGINT."""

    def __init__(self) -> None:
        self.is_set = False
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGINT, self._end)

    def _end(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signature of a signal handler
        self.is_set = True


def main() -> None:
    """Runs the gate until it is ended."""
    die_with_parent()
    keep_loaded()
    given = _arguments()
    ended = _Ended()
    listening: Mapping[PortName, Sequence[socket.socket]] = {
        name: [socket.socket(fileno=number) for number in getattr(given, name)] for name in PORT_NAMES
    }
    gate = Gate(
        given.runtime,
        listening,
        keyless(insecure=given.insecure),
        secret=read_secret(given.secret),
        keys=given.keys,
        tell=_tell,
    )
    alive_s = 0.0
    while not ended.is_set:
        if time.monotonic() >= alive_s:
            alive_s = time.monotonic() + ALIVE_EVERY_S
            print_event(AliveEvent(name=NAME))
        gate.round()
    gate.close()


def _tell(text: str) -> None:
    print_event(NoticeEvent(text=text))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="stage.gate.gate", description=__doc__)
    parser.add_argument("--runtime", required=True, help="the run's folder")
    parser.add_argument("--secret", required=True, type=Path, help="the file with the secret of the run's panel")
    parser.add_argument("--keys", required=True, type=Path, help="the folder of the keys that are known")
    parser.add_argument("--insecure", action="store_true", help="clients beyond this machine need no key")
    for name in PORT_NAMES:
        parser.add_argument(f"--{name}", type=int, action="append", required=True, help="a descriptor that listens")
    return parser.parse_args()


if __name__ == "__main__":
    main()
