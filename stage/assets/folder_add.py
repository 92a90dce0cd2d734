"""Copies files into the library's folder: each appears there whole, and none takes the place of another."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from render.images.faults import RefusedFileError
from render.images.picture_hashes import depth_beside
from render.images.signatures import format_of
from render.media.faults import MediaError
from render.worlds.model.record import is_model_path
from render.worlds.model.spaces import MODEL_ENDINGS
from render.worlds.shared.file_names import WORLD_ENDING, depth_names, is_depth, is_mask, is_world_file, mask_name
from render.worlds.shared.formats import ENDINGS, FILM
from stage.assets.examined import refusal_of
from stage.assets.folder_faults import why_not_written
from stage.assets.folder_names import described, is_listed
from stage.config.findings import FindingsError
from stage.config.world_reader import fault_of_name
from stage.loading.world_files import read_world_file
from stage.run.whole_files import copy_whole, move_whole
from stage.show.frame.inputs import Cause
from stage.words.sentences import sentence
from tracking.records import ConfigError, Scalar
from tracking.sources.ordinary_files import open_ordinary

_ENDINGS = (*ENDINGS, *FILM.endings, *MODEL_ENDINGS)
_TELLING_BYTES = 4096
"""So many bytes of a file tell its format."""


class UnaddableError(ConfigError):
    """A file would be no world, for a `cause` that has a sentence in every language; in a terminal it may have `lines`
    that say more.
    """

    def __init__(self, cause: Cause, lines: tuple[str, ...] = ()) -> None:
        super().__init__(*(lines or (sentence(cause.code, cause.values),)))
        self.cause = cause


def check_addable(file: Path) -> None:
    """Raises UnaddableError, with the cure, for a file that would be no world in the library."""
    if file.is_dir():
        raise _unaddable("file_is_folder", file)
    check_name(file)
    try:
        _check_content(file)
    except FindingsError as error:
        values = {**error.fault.values, "why": error.fault.code}
        raise _unaddable("library_world_broken", file, error.findings, **values) from error
    except MediaError as error:
        raise _unaddable(error.code, file, **error.values) from error
    except RefusedFileError as error:
        raise UnaddableError(refusal_of(str(file), error)) from error


def _check_content(file: Path) -> None:
    """What reads pictures, films and scenes is loaded for the first file: few runs of the web process are given one."""
    from render.images.pictures import probe  # noqa: PLC0415
    from render.media.examine_apart import examine_apart  # noqa: PLC0415
    from render.models.named_files import check_alone  # noqa: PLC0415

    if is_world_file(file.name):
        read_world_file(file)
    elif file.name.lower().endswith(FILM.endings):
        examine_apart(file)
    elif is_model_path(file.name):
        check_alone(file)
    else:
        probe(file)


def _unaddable(code: str, file: Path, lines: tuple[str, ...] = (), /, **values: Scalar) -> UnaddableError:
    return UnaddableError(Cause(code=code, values={**values, "file": str(file)}), lines)


def is_no_picture(file: Path) -> bool:
    """Whether a file that is called a picture begins as none does. Raises OSError."""
    if is_world_file(file.name) or file.name.lower().endswith((*FILM.endings, *MODEL_ENDINGS)):
        return False
    with open_ordinary(file) as opened:
        return format_of(opened.read(_TELLING_BYTES)) is None


def check_name(file: Path) -> None:
    """Raises UnaddableError, with the cure, for a file that would be no world by its name alone."""
    if is_depth(file.name):
        raise _unaddable("file_is_depth", file)
    if is_mask(file.name):
        raise _unaddable("file_is_mask", file)
    is_world = is_world_file(file.name)
    fault = fault_of_name(f"{file.name.removesuffix(WORLD_ENDING)}{ENDINGS[0]}" if is_world else file.name)
    if fault is not None:
        raise _unaddable("file_named_badly", file, **{**fault.values, "why": fault.code})
    if not is_listed(file.name):
        raise _unaddable("file_ending", file, found=file.name, endings=", ".join(_ENDINGS))
    cause = described(file.name).cause
    if cause is not None:
        raise UnaddableError(cause)


def add_to_library(file: Path, folder: Path) -> Path:
    """Copies a file, and a picture's mask and depth map, into the library's folder. Returns where it is.

    A name that is taken gets a number: `street (2).png`. A file that is in the folder already stays where it is.
    Raises UnaddableError for what cannot be copied.
    """
    try:
        if file.resolve().parent == folder.resolve():
            return folder / file.name
        folder.mkdir(exist_ok=True)
        return _placed(file, folder, _copy)
    except OSError as error:
        raise _not_placed(file, folder, error) from error


def move_into_library(file: Path, folder: Path) -> Path:
    """Moves a finished file of the same disk into the library's folder. Returns where it is.

    A name that is taken gets a number. Raises UnaddableError for what cannot be moved.
    """
    try:
        return _placed(file, folder, move_whole)
    except OSError as error:
        raise _not_placed(file, folder, error) from error


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


def _not_placed(file: Path, folder: Path, error: OSError) -> UnaddableError:
    return UnaddableError(
        Cause(code="file_not_placed", values={"file": file.name, "folder": str(folder), **why_not_written(error)})
    )
