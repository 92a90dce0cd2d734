"""What a state still says of lights that its stage has not got, as states from before there were any do. Pure."""

from __future__ import annotations

from stage.show.values.controls import ControlState
from stage.show.values.delayed import without


def forget_lights(controls: ControlState, folders: tuple[str, ...]) -> None:
    """Forgets what was on its way to values below these folders, and who set them."""
    if not folders:
        return
    controls.fades = {path: fade for path, fade in controls.fades.items() if not path.startswith(folders)}
    waiting = (path for one in controls.delayed for path in one.values)
    controls.delayed = without(controls.delayed, {path for path in waiting if path.startswith(folders)})
    controls.changed = [path for path in controls.changed if not path.startswith(folders)]
    for marks in (controls.marks.at, controls.marks.by):
        for path in [path for path in marks if path.startswith(folders)]:
            del marks[path]
    controls.marks.note_change()
