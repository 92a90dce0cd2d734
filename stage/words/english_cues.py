"""The English sentences about cues, by code: `str.format` templates over their values."""

from __future__ import annotations

CUE_REFUSALS = {
    "no_cues": "there are no cues: add one, or put cues.toml into the show's folder",
    "no_cue_left": "the last cue has been played: go back, or go to one by its number",
    "no_cue": "there is no cue {number}, of {count}; near it: {near}",
    "no_go_to_take_back": "no GO is left to go back from",
    "cue_without_look": "cue {cue} names the look {look!r}, which is not there: make it, or go to another cue",
    "too_many_cues_wait": "too many values wait for the delays of their cues: wait, or go back",
    "not_in_cues": "{path} is the stage's own, or kept from a take that records, so no cue holds it",
    "not_a_cue_number": "no cue has the number {found}: expected 0.001 to 9999.999 with at most three decimals",
    "cue_number_missing": "a cue's number is missing",
    "cue_number_taken": "there is a cue {number} already: edit it, or give another number",
    "no_room_between_cues": "there is no number left after cue {number}: renumber the cues",
    "cue_name_not_one_line": "the name of cue {number} is printable and one line, not {found!r}",
    "cue_of_look_and_values": "cue {number} has a look and values of its own: give one of them",
    "cue_of_nothing": "cue {number} has neither a look nor a value: give it one of them",
    "cue_part_of_no_look": "cue {number} has parts of a look (only), and no look: leave them out",
    "no_cue_named": "no cue is named: give at least one",
    "too_many_cues": "there may be {most} cues: delete some first",
    "cues_too_large": "the values of all cues would take more than {most_mib} MiB: make looks of them",
}
"""Refusals of the fold."""

CUES = {
    **CUE_REFUSALS,
    "cue_look_missing": "cue {cue} is next, and its look {look!r} is not there: make it, or edit the cue",
    "cue_world_missing": "cue {cue} is next, and its world {world!r} is not there: add it, or edit the cue",
    "cues_unreadable": "{file} is not read anew, the cues stay as they were: {why}",
    "cues_not_written": "the cues cannot be written to {file}: {found}; it is tried again",
    "cues_set_aside": "{file} was changed by hand and by a client at once: what was written by hand is in {aside}",
}
