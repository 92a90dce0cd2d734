"""By which number receivers know this stage as a source of E1.31: the same one for all its runs."""

from __future__ import annotations

import uuid
from contextlib import suppress
from pathlib import Path

from stage.run.whole_files import put_whole

FILE = "lights-source"


def component_id(folder: Path) -> bytes:
    """The component identifier (E1.31-2018, 5.6) that is kept in `folder`, made there at first; 16 bytes.

    Where it can be neither read nor kept, it is a new one.
    """
    path = folder / FILE
    with suppress(OSError, ValueError):
        return uuid.UUID(path.read_text(encoding="ascii").strip()).bytes
    made = uuid.uuid4()
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        put_whole(path, str(made).encode())
    return made.bytes
