"""How the supervisor starts a core: one record, passed as JSON on its command line."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from tracking.records import Record
from tracking.settable import Value

KEYS = "keys"
"""The folder of keys and tokens in a state folder."""
WEB_FILE = "web"
"""The file in a run's folder that says where its web process is."""
Start = Literal["fresh", "resume", "rig", "checkpoint", "values"]

REFUSED = 2
"""The exit code of a process that finds it cannot do its work as things are outside."""
REOPENS = 3
"""The exit code of a core that has to be started again, since a display has come that it cannot open by itself."""


class BoundPorts(Record):
    """The ports of a run's control API, which its gate holds."""

    host: str
    control: int
    state: int
    telemetry: int

    @property
    def endpoint(self) -> str:
        """Where requests are received."""
        return f"tcp://{self.host}:{self.control}"

    @property
    def by_name(self) -> dict[str, int]:
        """The ports by the names that `hello` reports."""
        return {"control": self.control, "state": self.state, "telemetry": self.telemetry}


class CoreOptions(Record):
    """How to run the core. Paths are absolute; `runtime` is the run's own folder for sockets and state.

    `show` is the folder of the show. With `adopts_old_values` values that an earlier version kept in the folder `state`
    are the show's too.

    `start` is "fresh" for the first core of a run, or "resume" if it continues a run that did not end cleanly; if that
    was of another show, "rig": only what belongs to the stage itself is continued. A core that follows a dead one
    starts from its checkpoint, or with "values" only from the parameter values in it; then it also takes back the
    newest change until frame `suspect_frame` if `takes_back`. `exit` is how the dead core ended. `epoch` counts the
    starts. With `record` a take starts with the first frame; `takes` is the folder of takes. `ports` are those of the
    control API; with `insecure_lan` whoever reaches them from the network may control the stage without a key. With
    `strict` the first core refuses what is missing. With `keeps_assets` the files that takes name are kept beside them.
    Without `keeps_state` nothing is written to the folder `state` by itself: another run uses it. `look` has values
    that a run begins with, over those that were saved; a recovered core keeps what it has.
    """

    config: str
    runtime: str
    takes: str
    state: str
    show: str
    adopts_old_values: bool = False
    seconds: float | None = None
    headless: bool = False
    record: bool = False
    lan: str | None = None
    insecure_lan: bool = False
    ports: BoundPorts | None = None
    start: Start = "fresh"
    epoch: int = 1
    realtime: bool = True
    strict: bool = False
    keeps_state: bool = True
    keeps_assets: bool = True
    takes_back: bool = False
    suspect_frame: int | None = None
    exit: str = ""
    look: dict[str, Value] = msgspec.field(default_factory=dict)

    @property
    def recover(self) -> bool:
        """Whether this core follows one that died, and takes over its clients, its take and its place in time."""
        return self.start in ("checkpoint", "values")

    def open_to_network(self) -> str:
        """The address where anyone on the network may control the stage; "" where nobody may without a key."""
        return self.ports.host if self.insecure_lan and self.ports is not None else ""

    def to_recorder(self) -> str:
        """Endpoint of the frames that the core sends to the recorder."""
        return f"ipc://{self.runtime}/recorder"

    def from_recorder(self) -> str:
        """Endpoint of the recorder's reports."""
        return f"ipc://{self.runtime}/reports"

    def to_loader(self) -> str:
        """Endpoint of the core's wishes to the loader."""
        return f"ipc://{self.runtime}/wishes"

    def from_loader(self) -> str:
        """Endpoint of the loader's answers."""
        return f"ipc://{self.runtime}/answers"

    def worlds(self) -> Path:
        """The folder of the run's decoded pictures."""
        return Path(self.runtime) / "worlds"

    def pictures(self) -> Path:
        """The socket at which the page gets its pictures."""
        return Path(self.runtime) / "pictures"

    def checkpoint(self) -> Path:
        """The file in which the state survives a killed core."""
        return Path(self.runtime) / "checkpoint"

    def journal(self) -> Path:
        """The folder of the journal: with the state, or in the run's own folder where nothing is written there."""
        return Path(self.state if self.keeps_state else self.runtime) / "journal"

    def figures(self) -> Path:
        """The file in which the figures of the run so far survive a killed core."""
        return Path(self.runtime) / "figures"

    def ports_file(self) -> Path:
        """The file with the ports of the control API, for whoever runs beside the core."""
        return Path(self.runtime) / "control"

    def keys(self) -> Path:
        """The folder of the keys and tokens that are known."""
        return Path(self.state) / KEYS

    def panel_secret(self) -> Path:
        """The file with the secret by which the gate knows the panel: it may speak for others."""
        return Path(self.runtime) / "panel-secret"
