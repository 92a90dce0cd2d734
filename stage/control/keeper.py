"""Saved values: a small thread that reads and writes them, so that the loop never opens a file."""

from __future__ import annotations

import os
import queue
import tempfile
import threading
from collections import deque
from collections.abc import Mapping
from pathlib import Path

import msgspec

from stage.show.frame.inputs import Value
from stage.values.parameters import ErrorCode, ParameterTree, Refusal, Role
from tracking.records import Evolving

STARTUP = "startup"
MAX_FILE_BYTES = 1 << 20
_WAITING_JOBS = 16
_PATIENCE_S = 0.5


class SavedValues(Evolving):
    """A file of saved values. On the stage it holds only what differs from the defaults."""

    values: dict[str, Value]
    stage: str = ""
    version: int = 1


class KeeperJob(Evolving):
    """Write `values` under `name`, or read them when `values` is None; `client`, `id` and `role` say for whom."""

    client: str
    id: str | int
    role: Role
    name: str
    values: dict[str, Value] | None = None


class KeeperResult(Evolving):
    """How a job ended: the values written or read, or an error with its reason."""

    job: KeeperJob
    values: dict[str, Value] = msgspec.field(default_factory=dict)
    error: ErrorCode | None = None
    detail: str = ""


def write_values(file: Path, saved: SavedValues) -> None:
    """Replace `file` whole or not at all, durably. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    encoded = msgspec.json.format(msgspec.json.encode(saved), indent=1)
    descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(encoded + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(file)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_directory(file.parent)


def read_values(file: Path) -> SavedValues:
    """The saved values in `file`. Raises OSError, or ValueError when it holds something else."""
    with file.open("rb") as stream:
        encoded = stream.read(MAX_FILE_BYTES + 1)
    if len(encoded) > MAX_FILE_BYTES:
        raise ValueError(f"longer than {MAX_FILE_BYTES} bytes")
    return msgspec.json.decode(encoded, type=SavedValues)


def fitting(tree: ParameterTree, values: Mapping[str, Value]) -> tuple[dict[str, Value], tuple[str, ...]]:
    """The values that fit the tree, and a line for each one that does not."""
    kept: dict[str, Value] = {}
    findings: list[str] = []
    for path, value in values.items():
        checked = tree.check(path, value)
        if isinstance(checked, Refusal):
            findings.append(f"{checked.detail}; skipped")
        else:
            kept[path] = checked
    return kept, tuple(findings)


def restore(
    state_directory: Path, tree: ParameterTree, name: str = STARTUP
) -> tuple[dict[str, Value], tuple[str, ...]]:
    """What was saved for the next start, and what could not be used of it.

    A missing file is no finding. A broken one is set aside as `NAME.json.broken`, so that saving works again.
    """
    file = state_directory / f"{name}.json"
    try:
        saved = read_values(file)
    except FileNotFoundError:
        return {}, ()
    except OSError as error:
        return {}, (f"{file}: cannot be read ({error.strerror}); starting with the defaults",)
    except ValueError as error:
        return {}, (f"{file}: {error}; starting with the defaults{_set_aside(file)}",)
    values, findings = fitting(tree, saved.values)
    return values, tuple(f"{file}: {finding}" for finding in findings)


class Keeper:
    """The thread, its bounded inbox and its results."""

    def __init__(self, directory: Path, stage: str) -> None:
        self._directory = directory
        self._stage = stage
        self._jobs: queue.Queue[KeeperJob | None] = queue.Queue(_WAITING_JOBS)
        self._results: deque[KeeperResult] = deque()
        self._thread = threading.Thread(target=self._work, name="saved values", daemon=True)
        self._thread.start()

    def ask(self, job: KeeperJob) -> bool:
        """Queue a job; False when too many wait already."""
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            return False
        return True

    def results(self) -> list[KeeperResult]:
        """What has been finished since the last call."""
        return [self._results.popleft() for _ in range(len(self._results))]

    def close(self) -> None:
        """Finish what is queued and end; a disk that hangs is waited for half a second at most."""
        try:
            self._jobs.put(None, timeout=_PATIENCE_S)
        except queue.Full:
            return
        self._thread.join(_PATIENCE_S)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._results.append(self._do(job))

    def _do(self, job: KeeperJob) -> KeeperResult:
        file = self._directory / f"{job.name}.json"
        try:
            if job.values is None:
                return KeeperResult(job=job, values=read_values(file).values)
            saved = SavedValues(stage=self._stage, values=job.values)
            write_values(file, saved)
            if job.name != STARTUP:
                write_values(self._directory / f"{STARTUP}.json", saved)
        except FileNotFoundError:
            return KeeperResult(job=job, error="unknown_path", detail=f"nothing is saved under {job.name!r}")
        except (OSError, ValueError) as error:
            return KeeperResult(job=job, error="conflict", detail=f"{file}: {error}")
        return KeeperResult(job=job, values=job.values)


def _set_aside(file: Path) -> str:
    broken = file.with_name(f"{file.name}.broken")
    try:
        file.replace(broken)
    except OSError as error:
        return f"; it could not be set aside ({error.strerror})"
    return f"; it is kept as {broken.name}"


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
