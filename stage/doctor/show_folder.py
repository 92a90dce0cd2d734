"""Examines a show's folder: what is in it, what of it cannot be read, and what does not fit a stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

from stage.assets.folder_worlds import stocked_shelf
from stage.config.findings import Findings
from stage.control.saved_values import fitting, read_values
from stage.loading.files import LoadedConfig
from stage.loading.show_files import LOOKS as LOOKS_SHIPPED
from stage.loading.show_files import read_cue_file, read_look_file, stage_look, what_of
from stage.run.show_folder import CUES, LOOKS, TAKES, VALUES, WORLDS
from stage.show.air.shelf import set_out
from stage.show.cues.cue_values import own_values
from stage.takes.names import OPEN_SUFFIX, SUFFIX
from stage.values.cues import as_text
from stage.values.looks import parameter_anywhere
from stage.values.rigging import is_rigged
from stage.values.tree import ParameterTree
from stage.words.sentences import refusal_line, sentence
from tracking.records import ConfigError, Record

PARTS = (LOOKS, CUES, VALUES, WORLDS, TAKES)
_UNKNOWN = "no stage has such a value: correct the path, or delete it"


class ShowContent(Record):
    """How much there is of each part of a show, and the size of all its files."""

    folder: str
    looks: int
    cues: int
    values: int
    worlds: int
    takes: int
    bytes: int


class ShowReport(Record):
    """What a check of a show found. `errors` are files that cannot be read, `warnings` what does not fit the stage."""

    content: ShowContent
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything can be read."""
        return not self.errors


def is_show(folder: Path) -> bool:
    """Whether a folder holds any part of a show."""
    return any((folder / part).exists() for part in PARTS)


def content_of(folder: Path) -> ShowContent:
    """How much there is in a show's folder. Raises OSError."""
    return ShowContent(
        folder=str(folder),
        looks=len(_files(folder / LOOKS, ".toml")),
        cues=_cue_count(folder / CUES),
        values=len(_files(folder / VALUES, ".json")),
        worlds=len(_files(folder / WORLDS, "")),
        takes=len(_files(folder / TAKES, SUFFIX)),
        bytes=sum(file.lstat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink()),
    )


def examine_show(folder: Path, loaded: LoadedConfig | None) -> ShowReport:
    """Reads every file of a show; with a stage's configuration it also says what does not fit there. Raises OSError."""
    errors: list[str] = []
    warnings: list[str] = []
    tree = None
    if loaded is not None:
        tree = _tree_with_worlds(loaded.with_library(folder / WORLDS), errors)
    for file in _files(folder / LOOKS, ".toml"):
        warnings += _tried(errors, partial(_look_warnings, file, tree))
    for file in _files(folder / VALUES, ".json"):
        warnings += _tried(errors, partial(_value_warnings, file, tree))
    warnings += _tried(errors, partial(_cue_warnings, folder, tree))
    left = (
        f"{file}: a take that was not closed: `stage take repair` saves what is whole"
        for file in _files(folder / TAKES, OPEN_SUFFIX)
    )
    return ShowReport(content=content_of(folder), errors=tuple(errors), warnings=(*warnings, *left))


def _tried(errors: list[str], examined: Callable[[], Iterator[str]]) -> list[str]:
    """What an examination warns of, until it comes upon an error."""
    warnings: list[str] = []
    try:
        warnings.extend(examined())
    except ConfigError as error:
        errors += error.findings
    return warnings


def _look_warnings(file: Path, tree: ParameterTree | None) -> Iterator[str]:
    if tree is None:
        _refuse_unknown(file, {path: path for path in read_look_file(file).values})
    else:
        yield from stage_look(file, tree).warnings


def _value_warnings(file: Path, tree: ParameterTree | None) -> Iterator[str]:
    try:
        values = read_values(file).values
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ConfigError(f"{file}: holds no saved values: {error}") from None
    if tree is None:
        yield from (f"{file}: {path}: {_UNKNOWN}" for path in values if parameter_anywhere(path) is None)
    else:
        _, findings = fitting(tree, {path: value for path, value in values.items() if not is_rigged(path)})
        yield from (f"{file}: {finding}" for finding in findings)
    yield from (f"{file}: {path} belongs to the stage itself; skipped" for path in values if is_rigged(path))


def _cue_warnings(folder: Path, tree: ParameterTree | None) -> Iterator[str]:
    """Cues whose look is neither the show's nor a shipped one, and what of their own values is not on this stage."""
    file = folder / CUES
    if not file.exists():
        return
    cues = read_cue_file(file).cues
    there = {*_look_names(_files(folder / LOOKS, ".toml")), *_look_names(LOOKS_SHIPPED.glob("*.toml"))}
    for cue in cues:
        place = f"{file}: cue {as_text(cue.number)}"
        if cue.look and cue.look not in there:
            yield f"{place}: found no look {cue.look!r}; it sets nothing until there is one"
        elif tree is not None and not cue.look:
            found = own_values(cue, tree)
            yield from (
                f"{place}: {path}: this stage has no such {what_of(path)}; passed over" for path in found.absent
            )
            refused = (why for why in found.refused.values() if why.code != "unknown_path")
            yield from (f"{place}: {refusal_line(why)}; passed over" for why in refused)
    _refuse_unknown(file, {f"cue {as_text(cue.number)}: {path}": path for cue in cues for path in cue.values})


def _refuse_unknown(file: Path, paths: Mapping[str, str]) -> None:
    """Raises ConfigError that names, by their places in the file, the paths which no stage has."""
    findings = Findings(str(file))
    for place, path in paths.items():
        if parameter_anywhere(path) is None:
            findings.report(place, _UNKNOWN)
    findings.refuse()


def _look_names(files: Iterable[Path]) -> Iterator[str]:
    for file in files:
        with suppress(ConfigError):
            yield read_look_file(file).name


def _cue_count(file: Path) -> int:
    with suppress(ConfigError):
        return len(read_cue_file(file).cues) if file.exists() else 0
    return 0


def _tree_with_worlds(loaded: LoadedConfig, errors: list[str]) -> ParameterTree:
    """The stage's values with those of the worlds in the library's folder; files that are no worlds are errors."""
    folder = loaded.library_folder()
    assert folder is not None
    shelf = stocked_shelf(loaded)
    for file, listed in shelf.air.library.files.items():
        if listed.cause is not None:
            errors.append(f"{folder}: {sentence(listed.cause.code, listed.cause.values)}")
        elif listed.key:
            set_out(shelf.air, shelf.controls, file, ())
    return shelf.controls.tree


def _files(folder: Path, ending: str) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(file for file in folder.iterdir() if file.name.endswith(ending) and not file.name.startswith("."))
