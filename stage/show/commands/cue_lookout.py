"""Looks ahead in the list: the next cues' worlds are loaded before, and what the next one lacks is said. Pure."""

from __future__ import annotations

from stage.show.air.state import key_named
from stage.show.commands.kinds import Hands
from stage.show.commands.set_values import call_world
from stage.show.cues.cue_list import cues_after
from stage.show.cues.cue_values import lacks_of, world_of
from stage.show.looks.recall import fit_look
from stage.show.plates.jumps import calls_of
from stage.values.stage_wide import ACTIVE_WORLD

CUES_AHEAD = 2
"""The worlds of so many next cues are kept loaded."""


def lookout_of(hands: Hands) -> tuple[int, ...]:
    """All that the view ahead depends on: where it is the same as before, there is nothing to look for."""
    return (hands.cues.version, hands.play.pointer, hands.looks.version, hands.controls.tree.version)


def look_ahead(hands: Hands) -> None:
    """Notes which worlds the next cues put on air, and what the next one names that is not there.

    A world of the library stands ready from now on, so that its pictures are loaded before anybody waits for them.
    """
    cues = cues_after(hands.cues.cues, hands.play.pointer, CUES_AHEAD)
    worlds = hands.controls.tree[ACTIVE_WORLD].choices
    hands.plates.calls = calls_of(cues[0].values) if cues else {}
    lacks = lacks_of(cues[0], hands.looks, worlds) if cues else []
    if lacks != hands.play.lacks:
        hands.play.note_change()
        hands.play.lacks = lacks
    names = dict.fromkeys(world_of(cue, hands.looks) for cue in cues)
    # The former ones may go for these, and these not for each other.
    hands.air.ahead = [key for name in names if name and (key := key_named(hands.air, name)) is not None]
    for name in names:
        if name and name in worlds and key_named(hands.air, name) is None:
            call_world(hands, name)
            key = key_named(hands.air, name)
            hands.air.ahead += [] if key is None else [key]


def read_ahead(hands: Hands) -> None:
    """Finds what the next cue's look is on this stage, in a frame before GO asks for it: it is a third of a GO's work.

    It leaves no trace in the state.
    """
    for cue in cues_after(hands.cues.cues, hands.play.pointer, 1):
        if cue.look and not cue.only:
            fit_look(hands.looks, hands.controls.tree, cue.look)
