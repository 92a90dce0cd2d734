"""The description in a GDTF file, bounded and examined before anything believes it (DIN SPEC 15800).

A file from the net may be a zip bomb, may name files outside, may nest or expand entities, or give offsets for which a
reader would reserve gigabytes. All of that is refused here; only `description.xml` is ever read, and nothing is
unpacked.
"""

from __future__ import annotations

import io
import itertools
import zipfile
from xml.etree import ElementTree as ET
from xml.parsers import expat

from stage.fixture_files.assumptions import FixtureError
from stage.fixtures import records
from tracking.records import JOB_FAILURES

DESCRIPTION = "description.xml"
MOST_DESCRIPTION_BYTES = 16 << 20
MOST_FILES = 4096
MOST_ELEMENTS = 200_000
MOST_DEPTH = 64
MOST_ATTRIBUTE = 20_000
MOST_BREAKS = 16
MOST_MODES = 256
MOST_CHANNELS = 8192
MOST_FUNCTIONS = 16_384
"""Channels of all modes, and functions of all channels: a reader takes a tenth of a millisecond for each."""
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_FAILURES: tuple[type[Exception], ...] = (zipfile.BadZipFile, *JOB_FAILURES)
"""An archive with wrong numbers fails in many ways."""
_BOUNDED = {"Offset": records.MOST_CHANNELS, "DMXOffset": 1 << 16, "DMXBreak": MOST_BREAKS}
"""Attributes that a reader takes for the length of a list, and the largest number that each may have."""


def description_of(content: bytes) -> str:
    """The text of `description.xml`. Raises FixtureError."""
    try:
        text = _described(content)
    except FixtureError:
        raise
    except _FAILURES as error:
        raise FixtureError("", f"is not a GDTF archive (zip): {error}; fetch the file again") from error
    if len(text) > MOST_DESCRIPTION_BYTES:
        raise FixtureError(DESCRIPTION, f"is larger than {MOST_DESCRIPTION_BYTES >> 20} MiB, expected less")
    return _decoded(text)


def _described(content: bytes) -> bytes:
    """As much of the description as there may be, and a byte more."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        if len(names) > MOST_FILES:
            raise FixtureError("", f"found {len(names)} files in it, expected at most {MOST_FILES}")
        for name in names:
            if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name:
                raise FixtureError(name[:80], "leads out of the archive, expected a path inside: do not use it")
        if names.count(DESCRIPTION) != 1:
            raise FixtureError(DESCRIPTION, f"found {names.count(DESCRIPTION)} times, expected once")
        packed = archive.getinfo(DESCRIPTION).compress_type
        if packed not in _PACKINGS:  # others reserve as much memory as the file says
            raise FixtureError(DESCRIPTION, f"is packed by method {packed}, expected stored or deflated (0 or 8)")
        with archive.open(DESCRIPTION) as described:
            return described.read(MOST_DESCRIPTION_BYTES + 1)


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8-sig").rstrip("\0")
    except UnicodeDecodeError as error:
        raise FixtureError(DESCRIPTION, f"is not UTF-8 text at byte {error.start}, expected UTF-8") from error


def examined(text: str) -> ET.Element:
    """The root element of a description that is safe to read on, without what nobody asks for. Raises FixtureError."""
    _examine(text)
    try:
        root = ET.fromstring(text)  # noqa: S314 - examined above: it declares no type and no entities
    except ET.ParseError as error:
        raise FixtureError(DESCRIPTION, f"is not XML: {error}; fetch the file again") from error
    for element in root.iter():
        for name, most in _BOUNDED.items():
            if name in element.attrib:
                _check_numbers(element, name, most)
    _check_amounts(root)
    _leave_out_sets(root)
    return root


def _check_amounts(root: ET.Element) -> None:
    """A file of some kilobytes must not keep its reader busy for more than a second or two."""
    for name, most, what in (
        ("DMXMode", MOST_MODES, "modes"),
        ("DMXChannel", MOST_CHANNELS, "channels"),
        ("LogicalChannel", MOST_CHANNELS, "logical channels"),
        ("ChannelFunction", MOST_FUNCTIONS, "functions of channels"),
        ("Emitter", records.MOST_EMITTERS, "emitters"),
    ):
        found = sum(1 for _ in root.iter(name))
        if found > most:
            raise FixtureError(DESCRIPTION, f"found {found} {what}, expected at most {most}")


def _leave_out_sets(root: ET.Element) -> None:
    """Names for ranges of levels, of which there are thousands: only the first that is called open is asked for."""
    for function in root.iter("ChannelFunction"):
        is_open = (one for one in function.iterfind("ChannelSet") if "open" in one.get("Name", "").casefold())
        function[:] = list(itertools.islice(is_open, 1))


def _examine(text: str) -> None:
    """Goes through the text once, counting, and stops at the first thing that no honest file has."""
    parser = expat.ParserCreate("utf-8")
    depth = count = 0

    def fault(found: str) -> FixtureError:
        return FixtureError(f"{DESCRIPTION}: row {parser.CurrentLineNumber}", found)

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > MOST_DEPTH:
            raise fault(f"found elements {depth} deep, expected at most {MOST_DEPTH}")
        if count > MOST_ELEMENTS:
            raise fault(f"found more than {MOST_ELEMENTS} elements, expected fewer")
        if any(len(value) > MOST_ATTRIBUTE for value in attributes.values()):
            raise fault(f"found an attribute of {name[:40]} with more than {MOST_ATTRIBUTE} characters")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def declares(*_: object) -> int:
        raise fault("declares a document type or entities, expected none: do not use this file")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = declares
    parser.EntityDeclHandler = declares
    parser.ExternalEntityRefHandler = declares
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        raise FixtureError(
            f"{DESCRIPTION}: row {error.lineno}", f"is not XML: {expat.ErrorString(error.code)}"
        ) from error


def _check_numbers(element: ET.Element, name: str, most: int) -> None:
    """The numbers of an attribute are small; `None`, `Overwrite` and nothing are words of the format."""
    found = element.attrib[name]
    if found in ("", "None", "Overwrite"):
        return
    numbers = found.replace(".", ",").split(",")
    if len(numbers) > 4 or not all(
        one.isascii() and one.isdigit() and len(one) < 10 and int(one) <= most for one in numbers
    ):
        raise FixtureError(f"{DESCRIPTION}: {element.tag}", f"{name} is {found[:40]!r}, expected numbers up to {most}")
