"""The gate of a run, on a thread of this process: the real one with its real sockets, and no process to wait for."""

from __future__ import annotations

import shutil
import tempfile
import threading
from pathlib import Path

from stage.gate.gate import keyless
from stage.gate.ports import OpenPorts
from stage.gate.rounds import Gate

SECRET = "known to the panel"


class RunningGate:
    """A gate for open ports, in a folder of its own, until it is closed. `rounds` counts those of its loop."""

    def __init__(self, ports: OpenPorts, *, insecure: bool = False, runtime: str = "") -> None:
        self._own = not runtime
        self.runtime = runtime or tempfile.mkdtemp(prefix="gate-")
        self.keys = Path(self.runtime) / "keys"
        self.told: list[str] = []
        self.gate = Gate(
            self.runtime,
            ports.sockets,
            keyless(insecure=insecure),
            secret=SECRET,
            keys=self.keys,
            tell=self.told.append,
        )
        self.rounds = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gate", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends it, as the end of its process would."""
        self._ended.set()
        self._thread.join(5.0)
        if self._own:
            shutil.rmtree(Path(self.runtime), ignore_errors=True)

    def _run(self) -> None:
        while not self._ended.is_set():
            self.gate.round()
            self.rounds += 1
        self.gate.close()
