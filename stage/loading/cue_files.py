"""The file of a show's cues."""

from __future__ import annotations

from pathlib import Path

from stage.config.cue_reader import OF_CUES, CueText, read_cues
from stage.config.findings import Findings
from stage.loading.texts import text_of


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
