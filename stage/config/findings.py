"""What is wrong with one configuration: each thing told once, and nothing that only follows from another. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tracking.records import ConfigError

MOST_FINDINGS = 50
_NAMED_ROW = re.compile(r"^(walls|trackers|cameras|cards)\.([A-Za-z0-9_-]+)(?=[.:])")
_FOUND = re.compile(r"^(?P<at>[^\s:]+: )?found (?P<found>.*?)(?P<expected>, expected .*)?$", re.DOTALL)


class Finding(NamedTuple):
    """One thing that is wrong: `where` is its key, `about` the other keys that it was concluded from."""

    where: str
    text: str
    about: tuple[str, ...] = ()


class Findings:
    """Collects the findings on one configuration; the one place that puts the file's name before them."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._told: list[Finding] = []
        self._doubted: list[str] = []
        self._more = 0
        self._sections: list[str] = []

    def arrange(self, sections: Iterable[str]) -> None:
        """Findings will be told in the order of these sections, which is that of the file."""
        self._sections = list(sections)

    def tell(self, where: str, text: str) -> None:
        """Notes that `where` is wrong, unless something about it is known to be wrong already."""
        if self.doubts(where):
            return
        self._note(Finding(where, text))
        self.doubt(where)

    def conclude(self, findings: Iterable[Finding]) -> None:
        """Notes findings that do not follow from each other, but may follow from what was told before."""
        kept = [finding for finding in findings if not self.doubts(finding.where, *finding.about)]
        for finding in kept:
            self._note(finding)
            self.doubt(finding.where)

    def doubt(self, where: str) -> None:
        """Marks a key whose value says nothing: something about it has been told elsewhere."""
        if where and len(self._told) <= MOST_FINDINGS:
            self._doubted.append(where)

    def doubts(self, *places: str) -> bool:
        """Whether one of these keys, something in it, or what it lies in is known to be wrong."""
        return any(_within(place, wrong) or _within(wrong, place) for place in places for wrong in self._doubted)

    def lines(self) -> tuple[str, ...]:
        """All findings, `file: path.to.key: found, expected`, row after row."""
        sections = list(dict.fromkeys([*self._sections, *(_row(finding)[0] for finding in self._told)]))
        told = sorted(self._told, key=lambda finding: (sections.index(_row(finding)[0]), _row(finding)[1]))
        lines = [f"{finding.where}: {finding.text}" if finding.where else finding.text for finding in told]
        if self._more:
            lines.append(f"and {self._more} more: mend these first")
        return named(self._file, lines)

    def refuse(self) -> None:
        """Raises ConfigError with all findings, if there are any."""
        if self._told:
            raise ConfigError(*self.lines())

    def _note(self, finding: Finding) -> None:
        if len(self._told) < MOST_FINDINGS:
            self._told.append(finding)
        else:
            self._more += 1


def named(file: str, lines: Iterable[str]) -> tuple[str, ...]:
    """Findings with the name of the file that they are about before each; "" names none."""
    begin = f"{file}: " if file else ""
    return tuple(line if line.startswith(begin) else begin + line for line in lines)


def placed(finding: str, places: Mapping[tuple[str, str], int]) -> str:
    """A finding on a row that it calls by name, `walls.main.shape`, with the row's place: `walls[0].shape`."""
    found = _NAMED_ROW.match(finding)
    index = places.get((found[1], found[2])) if found else None
    return finding if found is None or index is None else f"{found[1]}[{index}]{finding[found.end() :]}"


def about_file(finding: str, path: str, name: str) -> str:
    """What a reader said of the file at `path`, `path:line: key: found, expected`, as a finding on a key that names it.

    `name` is the file's name as the configuration has it: `found 3 at nodes[0].zoom_raw of 'lens.json', expected 4`.
    """
    line, _, rest = finding.removeprefix(path).removeprefix(":").partition(" ")
    number = line.rstrip(":")
    text = rest if number.isdigit() or not number else f"{line} {rest}"
    said = _FOUND.match(text)
    if said is None:
        return f"found {name!r}: {text}"
    at = f" at {said['at'][:-2]} of {name!r}" if said["at"] else f" in {name!r}"
    counted = f", line {number}" if number.isdigit() else ""
    return f"found {said['found']}{at}{counted}{said['expected'] or ''}"


def _row(finding: Finding) -> tuple[str, int]:
    """The section that a finding is about and the place of its row there; what is about the whole section is first."""
    section, _, index = finding.where.partition(".")[0].rstrip("]").partition("[")
    return section, int(index) if index.isdecimal() else -1


def _within(place: str, outer: str) -> bool:
    return place == outer or (place.startswith(outer) and place[len(outer)] in ".[")
