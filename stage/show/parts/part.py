"""What of the state is a part: it seldom changes, and its encoding is kept until somebody says that it did."""

from __future__ import annotations

from tracking.records import Evolving, Notebook

KEPT = "encoded"
"""The name under which a part carries its encoding. It is no field, so it is neither encoded nor compared."""


class Part(Notebook, dict=True):
    """A notebook that seldom changes: its encoding is kept until somebody says that it changed.

    **Whoever changes anything in it calls `note_change()`, after or before, in the same step.** One line suffices:

        shelf.looks[name] = look
        shelf.note_change()

    To say so without need costs one more encoding. To forget it loses the change from checkpoints: every test of
    the fold watches for that (`tests/fold/conftest.py`). A part may hold parts by name (`looks: dict[str, Look]`): of
    those only the ones that changed are encoded again. The part around them has to be told too.
    """

    def note_change(self) -> None:
        """What was encoded of this part is not what it is now."""
        self.__dict__.pop(KEPT, None)


class KeptRecord(Evolving, dict=True):
    """An immutable record of which the state may hold hundreds: it is encoded once for as long as it lives.

    It is for the values of a part's `dict`. One is replaced, never changed, and the part that holds it is told.
    """
