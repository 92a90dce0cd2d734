"""The files of a show's looks and cues. Looks that are shipped are called by their names."""

from __future__ import annotations

from pathlib import Path

from stage.config.cue_reader import OF_CUES, CueText, read_cues
from stage.config.findings import Findings
from stage.config.look_reader import read_look
from stage.config.records import StageConfig
from stage.config.starting_values import tree_of
from stage.config.wording import suggestion
from stage.loading.texts import text_of
from stage.run.terminal import print_notice
from stage.values.looks import Look, fitted
from stage.values.parameters import Refusal
from stage.values.tree import ParameterTree
from stage.words.sentences import refusal_line
from tracking.records import ConfigError, Record
from tracking.settable import Value

LOOKS = Path(__file__).resolve().parents[2] / "hw_configs" / "looks"
ENDING = ".toml"
MOST_BYTES = 64 << 10


class StageLook(Record):
    """A look as a stage takes it: its values, checked, and a line for each path of something the stage has not got."""

    values: dict[str, Value]
    warnings: tuple[str, ...] = ()


def shipped_looks() -> tuple[str, ...]:
    """The names of the shipped looks."""
    return tuple(sorted(file.stem for file in LOOKS.glob(f"*{ENDING}")))


def look_file(given: str) -> Path:
    """The file that a path names, or the shipped look of that name. Raises ConfigError for an unknown name."""
    if given.endswith(ENDING) or "/" in given:
        return Path(given)
    known = shipped_looks()
    if given not in known:
        meant = suggestion(given, known)
        raise ConfigError(
            f"--look: found {given!r}, expected a file that ends in {ENDING}, or one of {', '.join(known)}{meant}"
        )
    return LOOKS / f"{given}{ENDING}"


def called_look(given: str | None, config: StageConfig) -> dict[str, Value]:
    """The values of the look that `--look` names, on this stage; none without it.

    Prints what of it the stage has not got. Raises ConfigError.
    """
    if given is None:
        return {}
    look = stage_look(look_file(given), tree_of(config))
    for warning in look.warnings:
        print_notice(warning)
    return look.values


def read_look_file(path: Path) -> Look:
    """The look in a file, called as the file is unless it says otherwise.

    Raises ConfigError with all findings, each `FILE: key: found, expected`.
    """
    findings = Findings(str(path))
    look = look_in(path, findings)
    findings.refuse()
    assert look is not None
    return look


def look_in(path: Path, findings: Findings) -> Look | None:
    """The look in a file, with its faults in `findings`; None where there are any."""
    text = text_of(path, findings, MOST_BYTES, None)
    return None if text is None else read_look(text, findings, path.stem)


def stage_look(path: Path, tree: ParameterTree) -> StageLook:
    """The look in a file as the stage with this tree takes it. Raises ConfigError for values that no look may hold."""
    found = fitted(read_look_file(path).values, tree)
    findings = Findings(str(path))
    for place, refusal in found.refused.items():
        nearer = tree.find(place) if refusal.code == "unknown_path" and not findings.is_full else refusal
        findings.report(
            place, refusal_line(nearer if isinstance(nearer, Refusal) else refusal).removeprefix(f"{place} ")
        )
    findings.refuse()
    warnings = tuple(f"{path}: {place}: this stage has no such {what_of(place)}; passed over" for place in found.absent)
    return StageLook(values=dict(found.values), warnings=warnings)


def what_of(path: str) -> str:
    """What a path is of, in a word."""
    family = path.split("/")[1]
    return "world" if family in ("world", "worlds") else family


def read_cue_file(path: Path) -> CueText:
    """The cues in a file. Raises ConfigError with all findings, each `FILE: cues[N].key: found, expected`."""
    findings = Findings(str(path))
    read = cues_in(path, findings)
    findings.refuse()
    assert read is not None
    return read


def cues_in(path: Path, findings: Findings) -> CueText | None:
    """The cues in a file, with its faults in `findings`; None where there are any."""
    text = text_of(path, findings, OF_CUES.characters, None)
    return None if text is None else read_cues(text, findings)
