"""Copies files into the library's folder: each appears there whole, and none takes the place of another."""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from render.images.picture_hashes import depth_beside
from render.images.pictures import probe
from render.images.signatures import format_of
from render.media.examine_apart import examine_apart
from render.media.faults import MediaError
from render.models.faults import RefusedModelError
from render.models.named_files import check_alone
from render.worlds.model.record import is_model_path
from render.worlds.model.spaces import MODEL_ENDINGS
from render.worlds.shared.file_names import WORLD_ENDING, depth_names, is_depth, is_mask, is_world_file, mask_name
from render.worlds.shared.formats import ENDINGS, FILM
from stage.assets.examined import refusal_of
from stage.assets.folder_names import described, is_listed
from stage.config.world_reader import fault_of_name
from stage.loading.world_files import read_world_file
from stage.run.whole_files import copy_whole, move_whole
from stage.show.frame.inputs import Cause
from stage.words.sentences import sentence
from tracking.records import ConfigError
from tracking.sources.ordinary_files import open_ordinary

_ENDINGS = (*ENDINGS, *FILM.endings, *MODEL_ENDINGS)
_TELLING_BYTES = 4096
"""So many bytes of a file tell its format."""


class UnaddableError(ConfigError):
    """A file would be no world, for a `cause` that has a sentence in every language."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(sentence(cause.code, cause.values))
        self.cause = cause


def check_addable(file: Path) -> None:
    """Raises ConfigError, with the cure, for a file that would be no world in the library."""
    if file.is_dir():
        raise ConfigError(f"{file}: found a folder, expected a file; copy numbered frames into the library by hand")
    check_name(file)
    if is_world_file(file.name):
        read_world_file(file)
    elif file.name.lower().endswith(FILM.endings):
        _check_film(file)
    elif is_model_path(file.name):
        _check_scene(file)
    else:
        probe(file)


def is_no_picture(file: Path) -> bool:
    """Whether a file that is called a picture begins as none does. Raises OSError."""
    if is_world_file(file.name) or file.name.lower().endswith((*FILM.endings, *MODEL_ENDINGS)):
        return False
    with open_ordinary(file) as opened:
        return format_of(opened.read(_TELLING_BYTES)) is None


def _check_film(file: Path) -> None:
    try:
        examine_apart(file)
    except MediaError as error:
        raise UnaddableError(Cause(code=error.code, values={"file": str(file), **error.values})) from error


def _check_scene(file: Path) -> None:
    try:
        check_alone(file)
    except RefusedModelError as error:
        raise UnaddableError(refusal_of(str(file), error)) from error


def check_name(file: Path) -> None:
    """Raises ConfigError, with the cure, for a file that would be no world by its name alone."""
    if is_depth(file.name):
        raise ConfigError(f"{file}: found a depth map, expected a picture: its depth map beside it comes along")
    if is_mask(file.name):
        raise ConfigError(f"{file}: found a mask, expected a picture: its mask beside it comes along")
    is_world = is_world_file(file.name)
    fault = fault_of_name(f"{file.name.removesuffix(WORLD_ENDING)}{ENDINGS[0]}" if is_world else file.name)
    if fault is not None or not is_listed(file.name):
        endings = ", ".join(_ENDINGS)
        wanted = f"found {file.name!r}, expected the name of a picture, a film or a 3D scene ({endings})"
        found = wanted if fault is None else fault.text
        raise ConfigError(f"{file}: {found}; rename it first")
    cause = described(file.name).cause
    if cause is not None:
        raise UnaddableError(cause)


def add_to_library(file: Path, folder: Path) -> Path:
    """Copies a file, and a picture's mask and depth map, into the library's folder. Returns where it is.

    A name that is taken gets a number: `street (2).png`. A file that is in the folder already stays where it is.
    Raises ConfigError for what cannot be copied.
    """
    try:
        if file.resolve().parent == folder.resolve():
            return folder / file.name
        folder.mkdir(exist_ok=True)
        return _placed(file, folder, _copy)
    except OSError as error:
        raise ConfigError(f"{folder}: {file.name} cannot be copied there: {_cure(error)}") from error


def move_into_library(file: Path, folder: Path) -> Path:
    """Moves a finished file of the same disk into the library's folder. Returns where it is.

    A name that is taken gets a number. Raises ConfigError for what cannot be moved.
    """
    try:
        return _placed(file, folder, move_whole)
    except OSError as error:
        raise ConfigError(f"{folder}: {file.name} cannot be moved there: {_cure(error)}") from error


def _placed(file: Path, folder: Path, put: Callable[[Path, Path], None]) -> Path:
    """Puts a file where no other and no mask or depth map of another is, by `put`.

    That raises FileExistsError where one is.
    """
    for name in _names(file.name):
        if any(os.path.lexists(folder / taken) for taken in (name, mask_name(name), *depth_names(name))):
            continue
        try:
            put(file, folder / name)
        except FileExistsError:
            continue
        return folder / name
    raise AssertionError("numbers do not end")


def _copy(file: Path, place: Path) -> None:
    """Copies a file with its mask and depth map, which come first: the picture is listed once it is there."""
    mask = file.with_name(mask_name(file.name))
    if not is_world_file(file.name) and mask.is_file():
        copy_whole(mask, place.with_name(mask_name(place.name)))
    depth = None if is_world_file(file.name) else depth_beside(file)
    if depth is not None and depth.is_file():
        copy_whole(depth, place.with_name(depth_names(place.name)[depth_names(file.name).index(depth.name)]))
    copy_whole(file, place)


def _names(name: str) -> Iterator[str]:
    ending = WORLD_ENDING if is_world_file(name) else Path(name).suffix
    stem = name.removesuffix(ending)
    yield name
    for number in itertools.count(2):
        yield f"{stem} ({number}){ending}"


def _cure(error: OSError) -> str:
    found = error.strerror or str(error)
    cures = {
        errno.ENOENT: "the folder is away; plug its disk in, or make it",
        errno.ENOTDIR: "the folder is away; plug its disk in, or make it",
        errno.ENOSPC: "make room there",
        errno.EROFS: "its disk is locked against writing",
        errno.EACCES: "give this user the right to write there",
    }
    cure = cures.get(error.errno or 0)
    return f"{found}; {cure}" if cure else found
