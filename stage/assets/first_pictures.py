"""The pictures that are there before the first frame of a running stage, with their progress on a terminal."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from stage.assets.library import Library
from stage.assets.messages import Note, WantedPicture
from stage.assets.worlds import check_colour_spaces
from stage.config.findings import Findings
from stage.config.wording import about_named_file
from stage.loading.files import LoadedConfig, is_absent
from stage.run.terminal import print_notice
from stage.show.frame.inputs import AssetFailed, Condition
from stage.words.sentences import sentence

LOADER_STARTS_S = 20.0
_LOOKS_EVERY_S = 0.1


def wanted_pictures(loaded: LoadedConfig) -> dict[str, WantedPicture]:
    """Every picture that the configuration's worlds need, by the key that names its file."""
    needed = loaded.config.world.picture()
    if needed is None:
        return {}
    path = str(loaded.path_of(needed.file))
    return {"world.file": WantedPicture(file=needed.file, path=path, colour_space=needed.colour_space or "")}


def load_first(library: Library, loaded: LoadedConfig, pictures: dict[str, WantedPicture], *, recovers: bool) -> None:
    """Loads `pictures` before the first frame.

    A core that `recovers` takes what the run has kept, and waits for nothing. Else a file that is absent is left out,
    and so is everything where there is no loader. Raises ConfigError, by key, for files that cannot be shown.
    """
    if recovers:
        for picture in pictures.values():
            library.load_kept(picture)
        library.forget_all_but_ready()
        return
    findings = Findings(loaded.file)
    check_colour_spaces(loaded, findings)
    findings.refuse()
    for key, picture in pictures.items():
        failure = _loaded(library, picture)
        if failure is not None and failure.code != "asset_absent":
            _report(findings, key, picture, failure)
    findings.refuse()


def _loaded(library: Library, picture: WantedPicture) -> AssetFailed | None:
    """Waits for a picture as long as the loader makes progress. Returns why it cannot be shown."""
    console = Console(stderr=True)
    until_s, share = time.monotonic() + LOADER_STARTS_S, 0.0
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"Reading {Path(picture.file).name}", total=1.0)
        while not library.is_settled(picture) and time.monotonic() < until_s:
            library.wait_for(picture, _LOOKS_EVERY_S)
            if library.share_of(picture) > share:
                until_s, share = time.monotonic() + LOADER_STARTS_S, library.share_of(picture)
                progress.update(task, completed=share)
    return library.failures().get(picture)


def _report(findings: Findings, key: str, picture: WantedPicture, failure: AssetFailed) -> None:
    found = reason_of(failure)
    findings.report(key, about_named_file(f"{picture.path}: {found}", picture.path, picture.file))


def reason_of(failure: AssetFailed) -> str:
    """Why a picture is not there, as a sentence."""
    return sentence(failure.code, {"file": failure.file, **failure.values})


def missing_pictures(library: Library) -> dict[str, Condition]:
    """A condition for each wanted picture that is not there."""
    return {
        f"{picture.file} {picture.colour_space}": Condition(
            code="world_missing", values={"file": picture.file, "found": reason_of(failure)}
        )
        for picture, failure in library.failures().items()
    }


def copies_shown(pictures: Iterable[WantedPicture], library: Library) -> list[Condition]:
    """What health says of pictures that are shown although their files are gone."""
    shown = {(ready.file, ready.colour_space) for ready in library.ready}
    return [
        Condition(code="world_from_copy", severity="warning", values={"file": picture.file})
        for picture in pictures
        if (picture.file, picture.colour_space) in shown and is_absent(Path(picture.path))
    ]


def tell(note: Note) -> None:
    """A line for the user."""
    print_notice(sentence(note.code, note.values))
