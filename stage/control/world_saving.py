"""Writes the files of worlds in the library's folder: the values of a world, and worlds made of several pictures.

It is done on the keeper's thread. What cannot be done is a refusal with the cure.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from render.worlds.configured import LONGEST_NAME, World
from render.worlds.on_air import MOST_LAYERS
from render.worlds.panorama.record import PanoramaLayer
from render.worlds.shared.file_names import LONGEST_FILE_NAME_BYTES, WORLD_ENDING
from stage.assets.folder_faults import why_not_written
from stage.assets.folder_names import is_listed
from stage.config.findings import Findings, FindingsError
from stage.config.world_reader import fault_of_name, read_world
from stage.config.world_writer import count_of_values, with_values, world_file_text
from stage.loading.world_files import fault_of_place, name_of_world_file, read_world_file
from stage.run.whole_files import put_whole
from stage.values.parameters import Refusal
from tracking.records import Evolving, Scalar
from tracking.settable import Role, Value


class WorldValues(Evolving):
    """The present values of a world and of its layers, and the name of its file. A new file begins with `plain`."""

    file: str
    plain: World
    look: dict[str, Value]
    layers: tuple[dict[str, Value], ...]


class WorldJob(Evolving):
    """Save the values of a world, or with `files` make a new one of them. `sender`, `id` and `role` say for whom."""

    sender: str
    id: str | int
    role: Role
    name: str
    saved: WorldValues | None = None
    files: tuple[str, ...] = ()


def write_world(folder: Path, job: WorldJob) -> int | Refusal:
    """Does a job in the library's folder. Returns how many values, or pictures, the file has; or why it has none."""
    try:
        folder.stat()
        return _make(folder, job) if job.saved is None else _save(folder, job.saved)
    except FileExistsError:
        return Refusal(code="conflict", reason="world_name_taken", values={"world": job.name})
    except FindingsError as error:
        file = job.name if job.saved is None else job.saved.file
        values: dict[str, Scalar] = {**error.fault.values, "file": file, "why": error.fault.code}
        return Refusal(code="conflict", reason="world_file_broken", values=values)
    except OSError as error:
        return not_written(job.name, folder, error)


def not_written(name: str, folder: Path, error: OSError) -> Refusal:
    """Why a world's file could not be written, and what to do."""
    values: dict[str, Scalar] = {"world": name, "folder": str(folder), **why_not_written(error)}
    return Refusal(code="conflict", reason="world_not_written", values=values)


def _save(folder: Path, saved: WorldValues) -> int | Refusal:
    """Puts the present values into the world's file; what else stands there stays, but for comments."""
    if not is_listed(saved.file):
        return Refusal(code="conflict", reason="world_file_hidden", values={"file": saved.file})
    place = folder / saved.file
    is_new = not os.path.lexists(place)
    for file in _pictures(saved.plain) if is_new else ():
        if (fault := fault_of_name(file)) is not None:
            values: dict[str, Scalar] = {**fault.values, "why": fault.code}
            return Refusal(code="conflict", reason="not_a_library_name", values=values)
    before = saved.plain if is_new else read_world_file(place)
    try:
        world = with_values(before, saved.look, saved.layers)
    except ValueError:
        return Refusal(code="conflict", reason="world_file_changed", values={"file": saved.file})
    put_whole(place, _checked(saved.file, world), for_others=True)
    return count_of_values(world)


def _pictures(world: World) -> Iterator[str]:
    for layer in world.layers:
        yield from (file for _, file in layer.named_files())


def _make(folder: Path, job: WorldJob) -> int | Refusal:
    for file in job.files:
        fault = fault_of_name(file) or fault_of_place(folder / file)
        if fault is not None:
            values: dict[str, Scalar] = {**fault.values, "why": fault.code}
            return Refusal(code="conflict", reason="not_a_library_picture", values=values)
        if not (folder / file).exists():
            return Refusal(code="conflict", reason="library_picture_absent", values={"found": file})
    file = f"{name_of_world_file(job.name)}{WORLD_ENDING}"
    world = World(name=name_of_world_file(file), layers=tuple(PanoramaLayer(file=picture) for picture in job.files))
    put_whole(folder / file, _checked(file, world), new=True, for_others=True)
    return len(job.files)


def _checked(file: str, world: World) -> bytes:
    """The content of a world's file, which reads back as the same. Raises ConfigError where it would be refused."""
    name = name_of_world_file(file)
    text, findings = world_file_text(world, name), Findings(file)
    read_world(text, findings, name)
    findings.refuse()
    return text.encode()


def refusal_of_making(name: str, files: tuple[str, ...], taken: tuple[str, ...]) -> Refusal | None:
    """Why no world of this name can be made of so many files; `taken` are the names that there are."""
    if not name or not _can_name_a_file(name):
        return Refusal(code="bad_message", reason="not_a_world_name", values={"found": name})
    if not 1 <= len(files) <= MOST_LAYERS:
        return Refusal(
            code="bad_message", reason="not_so_many_pictures", values={"found": len(files), "most": MOST_LAYERS}
        )
    if any(_folded(one) == _folded(name) for one in taken):
        return Refusal(code="conflict", reason="world_name_taken", values={"world": name})
    return None


def _can_name_a_file(name: str) -> bool:
    """Whether a file of the library can have this name with an ending."""
    bytes_ = len(f"{name}{WORLD_ENDING}".encode(errors="surrogateescape"))
    fits = len(name) <= LONGEST_NAME and bytes_ <= LONGEST_FILE_NAME_BYTES
    return fits and fault_of_name(f"{name}.png") is None and is_listed(f"{name}{WORLD_ENDING}")


def _folded(name: str) -> str:
    return name_of_world_file(name).casefold()
