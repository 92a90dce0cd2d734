"""How findings are worded: values, suggestions, and where in which file a fault is. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from render.worlds.shared.records import BrokenRule
from stage.config.file_faults import FileFault, file_fault
from stage.config.toml_faults import said_by_parser

LONGEST_VALUE = 60
_NAMED_ROW = re.compile(r"^(walls|trackers|cameras|cards)\.([A-Za-z0-9_-]+)(?=[.:])")
_FOUND = re.compile(r"^(?P<at>[^\s:]+: )?found (?P<found>.*?)(?P<expected>, expected .*)?$", re.DOTALL)

_AT_LINE = re.compile(r"\(at line (\d{1,7}), column (\d{1,9})\)")
_AT_END = " (at end of document)"
_DECIMAL_COMMA = re.compile(r"=\s*([+-]?\d{1,9}),(\d{1,9})\b")
_SUFFIX = re.compile(r"(_mm?|_ms)$")
_OTHER_UNITS = {
    "_m": (("millimetres", 0.001), ("centimetres", 0.01), ("inches", 0.0254)),
    "_mm": (("metres", 1000.0), ("micrometres", 0.001)),
    "_ms": (("microseconds", 0.001),),
}
_LEAST_MEANT, _MOST_MEANT = 0.02, 1e9
"""Beyond these, guesses at lengths and times are such that nobody would believe them."""

WORLD_RULES = {
    "world_name_not_text": "found {found!r}, expected 1 to {most} printable characters",
    "world_name_again": "found {found!r} again, expected a name of its own",
    "world_key_again": "found {found!r} again, expected a key of its own",
    "layer_name_not_text": "expected at most {most} printable characters",
    "raw_layer_not_alone": "found {found!r} beside other layers, expected it alone in its world",
    "layer_value_in_gap": "found {found:g}, expected 0, or {least:g} to {most:g} {unit}",
    "layer_width_without_distance": "found without distance_m, expected that too, or width_deg for one at infinity",
    "layer_follows_without_hour": "found without shot_hour, expected that too: the hour at which its picture was shot",
    "layer_cannot_follow": "found on a layer of kind {kind}, expected it where light is baked into a picture",
    "depth_file_ending": "found {found!r}, expected the file of a depth map ({endings})",
    "depth_without_picture": "found on a layer of kind {kind}, expected it beside the file of a picture",
    "layer_width_twice": "found beside width_deg, expected one of the two",
    "panorama_lacks_file": "missing, expected the panorama's picture file",
    "panorama_file_ending": "found {found!r}, expected a file that ends in {endings}",
    "model_lacks_file": 'missing, expected the scene\'s glTF file, or scene = "street" for the built-in one',
    "crowd_lacks_area": "found a polygon without an area, expected three corners or more around one",
    "model_file_and_scene": "found a built-in scene beside a file, expected one of the two",
    "model_file_ending": "found {found!r}, expected a glTF 2.0 file that ends in {endings}",
    "plate_lacks_file": "missing, expected a film, a folder of numbered frames or a still, or [[...plates]] of a set",
    "plate_file_beside_set": "found beside [[...plates]], expected either: make it one more of the set",
    "plate_file_ending": "found {found!r}, expected a film ({endings}), a folder of numbered frames or a still",
    "plate_lens_ending": "found {found!r}, expected a lens file (.json)",
    "plate_no_timecode": "found {found!r}, expected a time code, as 10:00:00:00, or 10:00:00;00 for drop-frame",
    "plate_ends_first": "found {found:g}, expected more than in_s = {least:g}, or 0 for the film's own end",
}
"""What is wrong where a world breaks a rule, by the rule's code: in a configuration, and in health."""


def world_rule(rule: BrokenRule) -> str:
    """What a world or layer has that breaks a rule, and what was expected."""
    return WORLD_RULES[rule.code].format_map(rule.values)


def quoted(value: Any) -> str:
    """A value as a finding quotes it, cut to 60 characters."""
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 3]}..."


def near_names(name: str, known: tuple[str, ...]) -> list[str]:
    """The known name closest to a misspelt one, or an empty list."""
    return difflib.get_close_matches(name, known, n=1, cutoff=0.6)


def suggestion(name: str, known: tuple[str, ...]) -> str:
    """`; did you mean 'NAME'?` for a misspelt name, or ""."""
    return "".join(f"; did you mean {near!r}?" for near in near_names(name, known))


def unknown_key(name: str, known: tuple[str, ...], wanted: str = "") -> FileFault:
    """An unknown key, with the known one that is nearest, and the code of what was `wanted` in its place."""
    beside = "_beside" if wanted else ""
    for near in near_names(name, known):
        return file_fault(f"file_key_misspelt{beside}", wanted, near=near)
    return file_fault(f"file_key_unknown{beside}", wanted)


def unit_hint(key: str, value: Any, fits: Callable[[float], bool]) -> FileFault | None:
    """`written in millimetres? 0.11` if a number that is refused would be allowed in its key's unit, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > _MOST_MEANT:
        return None
    suffix = _SUFFIX.search(key)
    for unit, factor in _OTHER_UNITS[suffix[0]] if suffix else ():
        meant = float(f"{value * factor:.6g}")
        if abs(meant) >= _LEAST_MEANT and fits(meant):
            return file_fault(f"meant_in_{unit}", meant=meant)
    return file_fault("meant_zoom_row") if key == "zoom" else None


def fault_of_toml(text: str, error: str) -> FileFault:
    """Why a text is no TOML, by the parser's `error`: with its line, and the cure where that has a decimal comma."""
    at = _AT_LINE.search(error)
    if at is None:
        at_end = error.endswith(_AT_END)
        code = "file_not_toml_at_end" if at_end else "file_not_toml"
        return file_fault(code, "", **said_by_parser(error.removesuffix(_AT_END)))
    said, line, column = said_by_parser(error[: at.start()].rstrip()), int(at[1]), int(at[2])
    comma = _DECIMAL_COMMA.search(text.split("\n")[line - 1])
    if comma is None:
        return file_fault("file_not_toml_in_line", "", line=line, column=column, **said)
    written, meant = f"{comma[1]},{comma[2]}", f"{comma[1]}.{comma[2]}"
    return file_fault("file_decimal_comma", "", line=line, column=column, written=written, meant=meant, **said)


def with_file_name(file: str, lines: Iterable[str]) -> tuple[str, ...]:
    """Findings with the configuration's file name before each, where it is missing; "" adds nothing."""
    begin = f"{file}: " if file else ""
    return tuple(line if line.startswith(begin) else begin + line for line in lines)


def with_row_number(finding: str, places: Mapping[tuple[str, str], int]) -> str:
    """A finding on a row given by name, `walls.main.shape`, rewritten with the row's number: `walls[0].shape`."""
    row = _NAMED_ROW.match(finding)
    index = places.get((row[1], row[2])) if row else None
    return finding if row is None or index is None else f"{row[1]}[{index}]{finding[row.end() :]}"


def about_named_file(finding: str, path: str, name: str) -> str:
    """What a reader says of the file at `path`, reworded as a finding on the key that names the file.

    Readers say `path:line: key: found, expected`; `name` is the file's name in the configuration. The result is
    `found 3 at nodes[0].zoom_raw of 'lens.json', expected 4`.
    """
    line, _, rest = finding.removeprefix(path).removeprefix(":").partition(" ")
    number = line.rstrip(":")
    text = rest if number.isdigit() or not number else f"{line} {rest}"
    parts = _FOUND.match(text)
    if parts is None:
        return f"found {name!r}: {text}"
    at = f" at {parts['at'][:-2]} of {name!r}" if parts["at"] else f" in {name!r}"
    counted = f", line {number}" if number.isdigit() else ""
    return f"found {parts['found']}{at}{counted}{parts['expected'] or ''}"
