"""The text of files that people write: bounded, and UTF-8."""

from __future__ import annotations

from pathlib import Path

from stage.config.file_faults import file_fault
from stage.config.findings import Findings
from tracking.sources.ordinary_files import read_ordinary, without_mark
from tracking.system_faults import said_by_system

MOST_BYTES = 1 << 20


def text_of(
    path: Path, findings: Findings, most_bytes: int = MOST_BYTES, what: str | None = "a configuration file"
) -> str | None:
    """The text of a TOML file of at most so many bytes; None where it cannot be read, with the reason in `findings`.

    `what` is called for where a path may be wrong.
    """
    try:
        content = read_ordinary(path, most_bytes)
    except OSError as error:
        found = f"cannot be read: {error.strerror}; give the path of {what}"
        findings.report("", found if what else file_fault("file_unreadable", found=said_by_system(error)))
        return None
    except ValueError:
        findings.report("", file_fault("file_bytes", most=most_bytes))
        return None
    try:
        return without_mark(content).decode().replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        if b"\0" in content:
            findings.report("", file_fault("file_no_text"))
            return None
        findings.report("", file_fault("file_not_utf8", byte=error.start, found=f"{error.object[error.start]:#04x}"))
    except ValueError:
        findings.report("", file_fault("file_wide_text"))
    return None
