"""What the supervisor tells its processes: one record, passed as JSON on their command line."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from tracking.records import Record

Start = Literal["fresh", "last_look", "saved_values", "defaults"]


class CoreOptions(Record):
    """How to run the core. Paths are absolute; `runtime` is the supervised run's own folder for sockets and state.

    `start` is "fresh", or what a core that follows a dead one begins with: the last look that it left behind, the
    saved values, or the defaults. `epoch` counts the starts. With `record` a take starts with the first frame; `takes`
    is where takes go. `lan` is the address of this machine on which clients beyond it are accepted.
    """

    config: str
    runtime: str
    takes: str
    state: str
    seconds: float | None = None
    headless: bool = False
    record: bool = False
    control: str | None = None
    lan: str | None = None
    start: Start = "fresh"
    epoch: int = 1
    realtime: bool = True

    @property
    def recover(self) -> bool:
        """Whether a core died before: its clients, its take and its place in time are to be gone on with."""
        return self.start != "fresh"

    def to_recorder(self) -> str:
        """Endpoint of what the core hands to the recorder."""
        return f"ipc://{self.runtime}/recorder"

    def from_recorder(self) -> str:
        """Endpoint of the recorder's reports."""
        return f"ipc://{self.runtime}/reports"

    def pictures(self) -> str:
        """Endpoint of the preview pictures."""
        return f"ipc://{self.runtime}/pictures"

    def last_look(self) -> Path:
        """The file that the state survives a killed core in."""
        return Path(self.runtime) / "last-look"

    def ports_file(self) -> Path:
        """Where the first core wrote which control ports it bound, for a restarted one to bind again."""
        return Path(self.runtime) / "control"
