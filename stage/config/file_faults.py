"""What is wrong with a file that people write, as codes with values: alike in terminals, health and pages. Pure."""

from __future__ import annotations

from typing import NamedTuple

from stage.config.toml_faults import TOML_FAULTS
from tracking.records import Scalar
from tracking.system_faults import in_english

FILE_FAULTS = {
    "file_broken": "{cause}",
    "file_broken_at": "{at}: {cause}",
    "file_broken_first": "{at}: {cause} (first of {count})",
    "file_said": "{said}",
    "file_unreadable": "cannot be read: {found}",
    "file_bytes": "found more than {most} bytes, expected a TOML file of at most {most} bytes",
    "file_not_utf8": "is not UTF-8 text: byte {byte} is {found}; save the file again with the encoding UTF-8",
    "file_no_text": "found bytes that are no text, expected a text file (TOML, in UTF-8)",
    "file_wide_text": "is not UTF-8 text but UTF-16: save the file again with the encoding UTF-8",
    "file_characters": "found {found} characters, expected a TOML file of at most {most}",
    "file_lines": "found {found} lines, expected a TOML file of at most {most}",
    "file_key_parts": "found a key of more than {most} parts in line {line}, expected at most {most}",
    "file_not_toml": "not valid TOML: {parser}",
    "file_not_toml_at_end": "not valid TOML: {parser} (at end of document)",
    "file_not_toml_in_line": "not valid TOML in line {line}, column {column}: {parser}",
    "file_decimal_comma": (
        "not valid TOML in line {line}, column {column}: {parser}; is {written} a decimal comma? Write {meant}"
    ),
    "file_nested_too_deep": "not valid TOML: found tables or lists nested too deep, expected at most {most} levels",
    "file_too_many_digits": (
        "not valid TOML: found a number of more than {found} digits, expected one of at most {most}"
    ),
    "file_rows": "found {found} [[{section}]], expected at most {most}",
    "file_key_long": "found the key {found} of {length} characters, expected {most} at most",
    "file_keys": "found {found} keys and more, expected at most {most} keys and {most_values} values",
    "file_values": "found {found} values and more, expected at most {most} keys and {most_values} values",
    "file_depth": "found tables or lists nested more than {most} deep, expected at most {most} levels",
    "file_value": "found {found}, expected {stage}",
    "file_value_meant": "found {found}, expected {stage}: {hint}",
    "file_value_missing": "missing, expected {stage}",
    "file_key_unknown": "unknown key",
    "file_key_misspelt": "unknown key; did you mean {near!r}?",
    "file_key_unknown_beside": "unknown key, expected {stage}",
    "file_key_misspelt_beside": "unknown key; did you mean {near!r}?, expected {stage}",
    "file_key_of_kind": "unknown key, which only {kinds} has",
    "file_table_for_value": 'found a table, expected a value: write its path in quotes, as "/time/hour" = 18.5',
    "file_number_long": "found a number of {bits} bits, expected at most {most}",
    "look_values_many": "found {found} values, expected at most {most}",
    "look_name_not_text": "its name is not UTF-8 text, expected a name that can be written: rename the file",
    "file_link_nowhere": "is a link that leads nowhere, expected a file: copy the file here",
    "file_link_out": "is a link that leads out of the folder, expected a file: copy the file here",
    "file_not_ordinary": "is a pipe or device, expected an ordinary file",
    "cues_one_table": "found one table, expected a list: write [[cues]] before each cue",
    "cue_number_twice": "found {found} again, expected a number of its own",
    "cues_large": "found {found} bytes of values, expected at most {most}: make looks of them",
    "cue_values_beside_look": "found beside a look, expected one of them",
    "cue_only_without_look": "found without a look, expected it beside one",
    "world_picture_path": "found {found}, expected the name of a picture in the same folder, without a path",
    "world_picture_hidden": (
        "found {found}, expected the name of a picture in the same folder: printable, and no dot first"
    ),
    "world_picture_long": "found a name of {length} characters, expected at most {most} bytes",
    "world_picture_world": (
        "found {found}, the file of a world, expected a picture: a world is made of pictures, not of worlds"
    ),
    "world_picture_mask": "found {found}, expected the picture that it is the mask of: the mask is found by its name",
    "world_picture_unreadable": "found {found}, expected a readable file: {said}",
    "world_picture_outside": "found {found}, a link out of the folder, expected a file: copy it there",
    "world_picture_not_ordinary": (
        "found {found}, a folder, pipe or device and not an ordinary file, expected a picture"
    ),
    "shot_sky_path": "found {found}, expected values below /sky/, or /time/hour",
    "shot_sky_no_look": "found {found}, expected a look's file that ends in {ending}, or one of {looks}",
    "shot_sky_look_misspelt": (
        "found {found}, expected a look's file that ends in {ending}, or one of {looks}; did you mean {near!r}?"
    ),
    "shot_sky_elsewhere": "found {found}, expected the name of a look: a file of the same folder, or a shipped one",
    "meant_in_metres": "written in metres? {meant:g}",
    "meant_in_centimetres": "written in centimetres? {meant:g}",
    "meant_in_millimetres": "written in millimetres? {meant:g}",
    "meant_in_micrometres": "written in micrometres? {meant:g}",
    "meant_in_inches": "written in inches? {meant:g}",
    "meant_in_microseconds": "written in microseconds? {meant:g}",
    "meant_zoom_row": "a row is [raw value, focal length in mm]",
    "wanted_number": "a number",
    "wanted_number_between": "a number from {least} to {most}",
    "wanted_number_between_origin": "a number from {least} to {most}: measure from an origin on the stage",
    "wanted_text_date": "text: a date, as 2026-03-20",
    "wanted_number_above_to": "a number above {least}, at most {most}",
    "wanted_number_above": "a number above {least}",
    "wanted_number_least": "a number of at least {least}",
    "wanted_whole": "a whole number",
    "wanted_whole_between": "a whole number from {least} to {most}",
    "wanted_whole_above_to": "a whole number above {least}, at most {most}",
    "wanted_whole_above": "a whole number above {least}",
    "wanted_whole_least": "a whole number of at least {least}",
    "wanted_finite": "a finite number",
    "wanted_switch": "true or false",
    "wanted_name": "1 to 64 letters, digits, _ or -",
    "wanted_path": "text that begins with /",
    "wanted_text": "text",
    "wanted_short_text": "text of at most {most} characters",
    "wanted_printable": "1 to {most} printable characters",
    "wanted_one_line": "one line of printable characters",
    "wanted_list": "a list",
    "wanted_list_of": "a list of {count}",
    "wanted_list_between": "a list of {least} to {most}",
    "wanted_table": "a table",
    "wanted_text_or_table": "text or a table",
    "wanted_choice": "one of {choices}",
    "wanted_choice_near": "one of {choices}; did you mean {near!r}?",
    "wanted_value": "a number, true, false or text",
    "wanted_look_keys": "name and [values]",
    "wanted_look_values": '[values] with lines such as "/time/hour" = 18.5',
    "wanted_cue_tables": "tables that begin with [[cues]]",
    "wanted_cue_number": "a number from 0.001 to 9999.999, as 1.1",
    "wanted_look_or_values": 'the name of a look, or [cues.values] with lines such as "/time/hour" = 18.5',
    **TOML_FAULTS,
}
"""By code. A value named `stage` is the code of what was expected, `hint` of what was meant, `cause` of the fault at a
place, `parser` of what the parser said.
"""


class FileFault(NamedTuple):
    """A fault, or what was expected: a code of the table above with the values that its sentence speaks of."""

    code: str
    values: dict[str, Scalar]

    @property
    def text(self) -> str:
        """The sentence."""
        codes = [name for name in ("parser", "hint", "stage") if name in self.values]
        values = in_english(self.values)
        inner = {name: FILE_FAULTS[str(self.values[name])].format_map(values) for name in codes}
        return FILE_FAULTS[self.code].format_map(values | inner)


def file_fault(code: str, wanted: FileFault | str = "", **values: Scalar) -> FileFault:
    """A fault with its values, and with what was `wanted` there instead."""
    if isinstance(wanted, FileFault):
        return FileFault(code, {**wanted.values, **values, "stage": wanted.code})
    return FileFault(code, {**values, "stage": wanted} if wanted else values)
