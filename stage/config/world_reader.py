"""Turns the text of a world's file into a `World`, or into findings on it. Pure.

Such a file has the form of one `[[worlds]]` table of a configuration, and names pictures of its own folder.
"""

from __future__ import annotations

from collections.abc import Iterator

from render.worlds.configured import World, broken_world_rules
from render.worlds.shared.file_names import LONGEST_FILE_NAME_BYTES, is_mask, is_world_file
from render.worlds.shared.keys import is_shown
from stage.config.file_faults import FileFault, file_fault
from stage.config.findings import Finding, Findings
from stage.config.reader import tables_of
from stage.config.table_reader import TableReader
from stage.config.wording import world_rule

_HIDDEN = "."
_SEPARATORS = ("/", "\\", "\0")


def read_world(text: str, findings: Findings, name: str) -> World | None:
    """The world that a text describes, with its faults in `findings`; None where there are any.

    `name` is what it is called where the text gives it no name of its own. Files keep their names.
    """
    tables = tables_of(text, findings)
    if tables is None:
        return None
    world = TableReader("", World, findings).read({"name": name, **tables})
    assert isinstance(world, World)
    findings.report_conclusions(_broken_names(world))
    findings.report_conclusions(_broken_rules(world))
    return None if findings.lines() else world


def fault_of_name(file: str) -> FileFault | None:
    """What keeps a name from being that of a picture beside the file of a world; None if nothing does."""
    if any(separator in file for separator in _SEPARATORS):
        return file_fault("world_picture_path", found=repr(file))
    if not file or file.startswith(_HIDDEN) or not is_shown(file):
        return file_fault("world_picture_hidden", found=repr(file))
    if len(file.encode(errors="surrogateescape")) > LONGEST_FILE_NAME_BYTES:
        return file_fault("world_picture_long", length=len(file), most=LONGEST_FILE_NAME_BYTES)
    if is_world_file(file):
        return file_fault("world_picture_world", found=repr(file))
    if is_mask(file):
        return file_fault("world_picture_mask", found=repr(file))
    return None


def _broken_names(world: World) -> Iterator[Finding]:
    for index, layer in enumerate(world.layers):
        for key, file in layer.named_files():
            fault = fault_of_name(file)
            if fault is not None:
                yield Finding(f"layers[{index}].{key}", fault.text, fault=fault)


def _broken_rules(world: World) -> Iterator[Finding]:
    for _, rule in broken_world_rules((world,)):
        fault = FileFault(rule.code, dict(rule.values))
        yield Finding(rule.key, world_rule(rule), (f"{rule.key.rpartition('.')[0]}.kind",), fault)
