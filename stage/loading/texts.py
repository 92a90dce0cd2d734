"""The text of files that people write: bounded, and UTF-8."""

from __future__ import annotations

from pathlib import Path

from stage.config.findings import Findings
from tracking.sources.ordinary_files import read_ordinary, without_mark

MOST_BYTES = 1 << 20


def text_of(
    path: Path, findings: Findings, most_bytes: int = MOST_BYTES, what: str = "a configuration file"
) -> str | None:
    """The text of a TOML file of at most so many bytes; None where it cannot be read, with the reason in `findings`."""
    try:
        content = read_ordinary(path, most_bytes)
    except OSError as error:
        findings.report("", f"cannot be read: {error.strerror}; give the path of {what}")
        return None
    except ValueError as error:
        findings.report("", f"{error}, expected a TOML file of at most {most_bytes} bytes")
        return None
    try:
        return without_mark(content).decode().replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        found = f"byte {error.start} is {error.object[error.start]:#04x}"
        findings.report("", f"is not UTF-8 text: {found}; save the file again with the encoding UTF-8")
    except ValueError as error:
        findings.report("", f"is not UTF-8 text: {error}")
    return None
