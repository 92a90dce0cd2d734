"""Save and load: jobs go to the keeper, loaded values come back as a command, and saves are answered when done.

A load takes effect in a frame like any other change, so it is in the take and is answered by the show.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from render.worlds.shared.records import DECIDED_BY_PICTURE
from stage.control.keeper import Keeper, KeeperJob, KeeperResult
from stage.control.log_reading import LogJob
from stage.control.replies import LogReply, Moment, Reply, SavedReply, error_reply
from stage.control.requests import LoadRequest, LogRequest, SaveRequest
from stage.control.saved_values import fitting
from stage.control.view import LibraryWorld
from stage.control.world_saving import WorldJob, WorldValues, refusal_of_making
from stage.gate.who import Who
from stage.show.frame.requests import BatchRequest, Target, WorldsRequest
from stage.values.lights import is_placement
from stage.values.parameters import Refusal
from stage.values.rigging import is_rigged
from stage.values.tree import ParameterTree
from tracking.settable import Role, Value

_MOST_NOTES = 64
_LONGEST_NOTE = 1000
_TOO_MANY_FILES = Refusal(code="busy", reason="files_waiting")


class LoadedBatch(NamedTuple):
    """Values that the keeper read, as the request that puts them in force, and who wanted them."""

    sender: str
    role: Role
    request: BatchRequest
    who: Who


class Saving:
    """The edge's side of the keeper. Used from the loop's thread alone."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._finished: deque[KeeperResult] = deque()
        self._notes: dict[tuple[str, str | int], str] = {}

    def save(
        self, sender: str, role: Role, request: SaveRequest, tree: ParameterTree, present: Mapping[str, Value]
    ) -> Refusal | None:
        """Submits the values that differ from their defaults; a refusal where too many jobs wait.

        What is in force for a moment (safe hands, patterns) is left out: nobody wants to start with it. Where only the
        placement of lights is asked for, the rest stays as it was saved.
        """
        changed = {
            one.path: present[one.path]
            for one in tree
            if present[one.path] != one.default and one.override != "momentary"
        }
        lights = request.only == "lights"
        if lights:
            changed = {path: value for path, value in changed.items() if is_placement(path)}
        job = KeeperJob(sender=sender, id=request.id, role=role, name=request.name, values=changed, lights=lights)
        return self._submit(job)

    def load(self, sender: str, role: Role, request: LoadRequest, who: Who) -> Refusal | None:
        """Submits the reading of a file; a refusal where too many jobs wait."""
        job = KeeperJob(sender=sender, id=request.id, role=role, name=request.name, asked=request, who=who)
        return self._submit(job)

    def save_world(
        self, sender: str, role: Role, request: WorldsRequest, found: LibraryWorld, present: Mapping[str, Value]
    ) -> Refusal | None:
        """Submits the present values of a world, for its file in the library; a refusal where too many jobs wait."""

        def values_at(prefix: str, *, without: tuple[str, ...] = ()) -> dict[str, Value]:
            folder = f"{prefix}/"
            own = {path[len(folder) :]: value for path, value in present.items() if path.startswith(folder)}
            return {name: value for name, value in own.items() if name not in without}

        look = values_at(f"/worlds/{found.key}")
        layers = tuple(
            values_at(f"/layer/{key}", without=DECIDED_BY_PICTURE if key in found.unplaced else ())
            for key in found.layer_keys
        )
        values = WorldValues(file=found.file, plain=found.plain, look=look, layers=layers)
        return self._submit(WorldJob(sender=sender, id=request.id, role=role, name=found.plain.name, saved=values))

    def make_world(self, sender: str, role: Role, request: WorldsRequest, taken: tuple[str, ...]) -> Refusal | None:
        """Submits a new world of several pictures of the library; a refusal where there can be none of that name."""
        refusal = refusal_of_making(request.name, request.files, taken)
        if refusal is not None:
            return refusal
        return self._submit(WorldJob(sender=sender, id=request.id, role=role, name=request.name, files=request.files))

    def loaded(self, tree: ParameterTree) -> Iterator[LoadedBatch]:
        """The loads that the keeper has finished. Each is to become a command with the id of its request."""
        for result in self._keeper.results():
            job = result.job
            if isinstance(job, KeeperJob) and job.values is None and result.refusal is None:
                yield self._batch(job, result.values, tree)
            else:
                self._finished.append(result)

    def finished(self, moment: Moment) -> Iterator[tuple[str, Reply]]:
        """Sender and reply for every save that is on disk, and for every job that failed."""
        while self._finished:
            result = self._finished.popleft()
            fields = moment.fields(result.job.id)
            if result.refusal is not None:
                yield result.job.sender, error_reply(fields, result.refusal)
            elif result.log is not None:
                yield result.job.sender, LogReply(**fields, lines=result.log.lines, before=result.log.before)
            elif not isinstance(result.job, LogJob):
                yield result.job.sender, SavedReply(**fields, name=result.job.name, count=result.count)

    def take_note(self, sender: str, request_id: str | int) -> str:
        """What could not be used of the values that this request loaded; "" if everything fitted. Known only once."""
        return self._notes.pop((sender, request_id), "")

    def close(self) -> None:
        """Finishes what is being saved."""
        self._keeper.close()

    def read_log(self, sender: str, request: LogRequest, journal: str) -> Refusal | None:
        """Submits the reading of the log; a refusal where too many jobs wait."""
        return self._submit(LogJob(sender=sender, id=request.id, folder=journal, request=request))

    def _submit(self, job: KeeperJob | WorldJob | LogJob) -> Refusal | None:
        return None if self._keeper.submit(job) else _TOO_MANY_FILES

    def _batch(self, job: KeeperJob, read: Mapping[str, Value], tree: ParameterTree) -> LoadedBatch:
        values, findings = fitting(tree, {path: value for path, value in read.items() if not is_rigged(path)})
        asked = job.asked or LoadRequest(id=job.id)
        items = tuple(
            Target(path=one.path, value=values.get(one.path, one.default), force=asked.force)
            for one in tree
            if not is_rigged(one.path)
        )
        if findings and len(self._notes) < _MOST_NOTES:
            self._notes[job.sender, job.id] = "; ".join(findings)[:_LONGEST_NOTE]
        batch = BatchRequest(id=job.id, session=asked.session, client=asked.client, items=items)
        return LoadedBatch(job.sender, job.role, batch, job.who)
