"""Collects what is wrong with one configuration: each fault once, and nothing that only follows from another. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from stage.config.file_faults import FileFault, file_fault
from stage.config.wording import with_file_name
from tracking.records import ConfigError

MOST_FINDINGS = 50
LONGEST_SAID = 400
MOST_UNRELIABLE = 200
"""Keys that are known to be wrong: every further finding is compared with all of them."""


class Finding(NamedTuple):
    """One fault: `where` is its key, `about` the other keys that it was concluded from.

    `fault` is its code with values, where its text may be said on a page.
    """

    where: str
    text: str
    about: tuple[str, ...] = ()
    fault: FileFault | None = None


class FindingsError(ConfigError):
    """A text cannot be used: a line for each finding, and the `fault` that is listed first."""

    def __init__(self, lines: tuple[str, ...], fault: FileFault) -> None:
        super().__init__(*lines)
        self.fault = fault


class Findings:
    """The findings on one configuration. This is the only place that puts the file's name before them."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._reported: list[Finding] = []
        self._unreliable: list[str] = []
        self._more = 0
        self._sections: list[str] = []

    def arrange(self, sections: Iterable[str]) -> None:
        """Sets the order in which findings are listed: that of the sections in the file."""
        self._sections = list(sections)

    @property
    def is_full(self) -> bool:
        """Whether further findings are only counted, so that their words do not matter."""
        return len(self._reported) >= MOST_FINDINGS

    def for_warnings(self) -> Findings:
        """An empty collection for the same file, arranged alike."""
        return Findings(self._file)

    def report(self, where: str, found: str | FileFault) -> None:
        """Adds a finding on `where`, unless something about that key is already known to be wrong."""
        if self.is_unreliable(where):
            return
        self._add(Finding(where, found) if isinstance(found, str) else Finding(where, found.text, fault=found))
        self.mark_unreliable(where)

    def report_conclusions(self, findings: Iterable[Finding]) -> None:
        """Adds findings that are independent of each other, except those that follow from earlier findings."""
        kept = [finding for finding in findings if not self.is_unreliable(finding.where, *finding.about)]
        for finding in kept:
            self._add(finding)
            self.mark_unreliable(finding.where)

    def mark_unreliable(self, where: str) -> None:
        """Marks a key whose value must not be judged, because its fault is reported elsewhere."""
        if where and len(self._unreliable) < MOST_UNRELIABLE:
            self._unreliable.append(where)

    def is_unreliable(self, *places: str) -> bool:
        """Whether one of these keys, something inside it, or a table around it is known to be wrong."""
        return any(_within(place, wrong) or _within(wrong, place) for place in places for wrong in self._unreliable)

    def lines(self) -> tuple[str, ...]:
        """All findings as `file: path.to.key: found, expected`, ordered by section and row."""
        lines = [f"{one.where}: {one.text}" if one.where else one.text for one in self.ordered()]
        if self._more:
            lines.append(f"and {self._more} more: correct these first")
        return with_file_name(self._file, lines)

    def refuse(self) -> None:
        """Raises FindingsError with all findings, if there are any."""
        first = self.first()
        if first is not None:
            raise FindingsError(self.lines(), first)

    def first(self) -> FileFault | None:
        """The finding that is listed first, with its place and how many there are, as a cause; None without any."""
        if not self._reported:
            return None
        first, count = self.ordered()[0], len(self._reported) + self._more
        fault = first.fault or file_fault("file_said", said=first.text[:LONGEST_SAID])
        code = "file_broken" if not first.where else "file_broken_first" if count > 1 else "file_broken_at"
        return FileFault(code, {**fault.values, "at": first.where, "count": count, "cause": fault.code})

    def ordered(self) -> list[Finding]:
        """The findings, but for those above the most, ordered by section and row."""
        sections = list(dict.fromkeys([*self._sections, *(_row(finding)[0] for finding in self._reported)]))
        return sorted(self._reported, key=lambda finding: (sections.index(_row(finding)[0]), _row(finding)[1]))

    def _add(self, finding: Finding) -> None:
        if not self.is_full:
            self._reported.append(finding)
        else:
            self._more += 1


def _row(finding: Finding) -> tuple[str, int]:
    """The section of a finding and its row there; findings on a section as a whole come first."""
    section, _, index = finding.where.partition(".")[0].rstrip("]").partition("[")
    return section, int(index) if index.isdecimal() else -1


def _within(place: str, outer: str) -> bool:
    return place == outer or (place.startswith(outer) and place[len(outer)] in ".[")
