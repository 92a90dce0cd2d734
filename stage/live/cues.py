"""Everything of cues that is outside the fold: their file, which is written after changes, and read when others do."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from stage.assets.messages import CueNews
from stage.control.cue_writer import CueJob, CueWriter, CueWritten
from stage.run.show_folder import CUES
from stage.show.cues.cue_list import CueList
from stage.show.frame.inputs import Condition, CuesRead, FrameInputs, Observation
from stage.show.frame.outcome import Outcome
from tracking.records import Scalar


class LiveCues:
    """The edge of the cues of a running show, whose folder is `show`. `stack` closes it. The loop opens no file here.

    Nothing is written before the loader has told what the file holds: whatever a dead core left is done then.
    """

    def __init__(self, show: Path, cues: CueList, stack: ExitStack) -> None:
        self._cues = cues
        self._file = show / CUES
        self._writer = CueWriter(self._file)
        stack.callback(self._writer.close)
        self._heard: deque[CueNews] = deque()
        self._newest: CueNews | None = None
        self._handed = -1
        self._failed = self._aside = ""

    def hear(self, news: CueNews) -> None:
        """Takes what the loader tells of the file."""
        self._heard.append(news)

    def reports(self) -> Iterator[Observation]:
        """Before a step: what is new of the file."""
        for result in self._writer.results():
            self._note(result)
        while self._heard:
            news = self._heard.popleft()
            is_first, self._newest = self._newest is None, news
            if is_first:
                self._handed = self._cues.edition if _is_like(news, self._cues) else -1
            if news.stamp and not news.fault:
                is_known = not news.by_hand and news.edition <= self._cues.edition
                cues = () if is_known else news.cues
                yield CuesRead(cues=cues, edition=news.edition, by_hand=news.by_hand, digest=news.digest)

    def keep(self, _inputs: FrameInputs, _outcome: Outcome) -> None:
        """After a step: has the list written where a client has changed it."""
        news, cues = self._newest, self._cues
        if news is None or cues.edition == self._handed:
            return
        self._handed = cues.edition
        if cues.edition:
            over = () if news.fault else news.stamp
            self._writer.put(CueJob(cues=tuple(cues.cues), edition=cues.edition, over=over))

    def missing(self) -> Mapping[str, Condition]:
        """What cannot be read or written, and what was set aside."""
        found: dict[str, Condition] = {}
        file = str(self._file)
        if self._newest is not None and self._newest.fault:
            fault = self._newest.fault
            values: dict[str, Scalar] = {**fault.values, "file": file, "why": fault.code}
            found["cues read"] = Condition(code="cues_unreadable", severity="warning", values=values)
        if self._failed:
            values = {"file": file, "found": self._failed}
            found["cues written"] = Condition(code="cues_not_written", severity="warning", values=values)
        if self._aside:
            values = {"file": file, "aside": self._aside}
            found["cues set aside"] = Condition(code="cues_set_aside", severity="warning", values=values, lasts=True)
        return found

    def _note(self, result: CueWritten) -> None:
        self._failed = result.found
        self._aside = result.aside or self._aside


def _is_like(news: CueNews, cues: CueList) -> bool:
    """Whether the list needs no writing when the file is first heard of: it is the same, newer, or to be taken over."""
    if news.fault:
        return True
    if not news.stamp:
        return not cues.cues
    if news.by_hand:
        return news.digest != cues.taken or list(news.cues) == cues.cues
    return news.edition >= cues.edition
