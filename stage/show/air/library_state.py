"""What the show knows of the files in the library's folder. Pure.

There may be thousands, and all of it is in each snapshot: only the worlds in `AirState.worlds` have values.
"""

from __future__ import annotations

import msgspec

from render.worlds.configured import World
from stage.show.frame.inputs import Cause, LibraryFolder
from stage.show.parts.part import Part
from tracking.records import Notebook
from tracking.settable import Value


class ListedFile(Notebook, array_like=True):
    """One file of the folder, and the name and key of its world; without a key it is a picture of other worlds.

    `version` is the newest content that is known, `seen` the one that worlds show or wait for, under the loader's name
    `shown`. Where they differ, the newer one `again` was asked for, or is `held` back because a take recorded
    meanwhile. `asked` is the frame in which the world was last asked for, or listed. `cause` is why it is no world.
    `world` is what the file describes, if it is neither picture nor film, and `coming` what it describes since while
    that is on the walls; `depth` is the depth map of a picture, "" where it has none; `gone` says that it is there no
    longer.
    """

    key: str
    name: str
    stem: str
    suffix: str
    version: str
    seen: str
    shown: str
    changed_s: int = 0
    asked: int = 0
    again: bool = False
    held: bool = False
    gone: bool = False
    cause: Cause | None = None
    world: World | None = None
    coming: World | None = None
    depth: str = ""


class Remembered(Notebook, array_like=True):
    """What a file's world had when it went, for when it comes back: its key, and the values that somebody had set."""

    key: str
    values: dict[str, Value] = msgspec.field(default_factory=dict)


class LibraryState(Part):
    """The folder's files by the names that a configuration would give them.

    `full` are those whose worlds stand among the stage's with their values, by the worlds' keys; the others are only
    offered by name. `fresh` wait to become so, `newer` have other content than what is on the walls, `leaving` are
    gone, but on the walls. `missing` is why the folder cannot be read, `left_out` how many files were too many,
    `refused` how many are no worlds, and `example` one of those.
    """

    files: dict[str, ListedFile] = msgspec.field(default_factory=dict)
    full: dict[str, str] = msgspec.field(default_factory=dict)
    fresh: list[str] = msgspec.field(default_factory=list)
    newer: list[str] = msgspec.field(default_factory=list)
    leaving: list[str] = msgspec.field(default_factory=list)
    remembered: dict[str, Remembered] = msgspec.field(default_factory=dict)
    missing: Cause | None = None
    left_out: int = 0
    refused: int = 0
    example: str = ""

    def note_folder(self, folder: LibraryFolder) -> None:
        """How the folder stands. One that is away takes no world with it: it may come back."""
        self.missing, self.left_out = folder.missing, folder.left_out
        self.note_change()
