"""What the file of the cues changes in their list. Pure."""

from __future__ import annotations

from stage.show.cues.cue_list import CueList
from stage.show.frame.inputs import CuesRead


def take_over_file(cues: CueList, read: CuesRead) -> None:
    """The list is as its file has it, where somebody has changed that by hand, or this show has not seen it yet.

    A text by hand that was taken over before may be older than the list by now, and is not taken over again.
    """
    if read.by_hand and cues.taken and read.digest == cues.taken:
        return
    cues.note_change()
    if not read.by_hand and read.edition <= cues.edition:
        cues.taken = "" if read.edition == cues.edition else cues.taken
        return
    cues.taken = read.digest if read.by_hand else ""
    cues.edition = max(cues.edition, read.edition)
    if list(read.cues) != cues.cues:
        cues.cues = list(read.cues)
        cues.version += 1
