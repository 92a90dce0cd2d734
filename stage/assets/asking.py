"""What the core has asked of the loader, and whether there is something new to ask for."""

from __future__ import annotations

import os
from collections.abc import Iterable

from stage.assets.messages import Wanted, WantedPicture
from stage.assets.pipes import AssetPipes


class Asking:
    """Tells the loader of wishes: all of them, whenever they have changed or the loader is another one.

    Pictures in `again` are to be tried again although they have failed. Those that are `listed` are to be examined.
    """

    def __init__(self, pipes: AssetPipes) -> None:
        self._pipes = pipes
        self._session = f"{os.getpid()}-{os.urandom(4).hex()}"
        self._asked: tuple[WantedPicture, ...] | None = None
        self._again: tuple[WantedPicture, ...] = ()
        self.listed: tuple[WantedPicture, ...] = ()

    def anew(self) -> None:
        """The loader knows of nothing, or has to do again what it did."""
        self._asked = None

    def try_again(self, pictures: tuple[WantedPicture, ...]) -> None:
        """These have failed, and somebody asks for them."""
        self._again, self._asked = pictures, None

    def examine(self, listed: tuple[WantedPicture, ...]) -> None:
        """Of these is to be said what they are."""
        if listed != self.listed:
            self.listed, self._asked = listed, None

    def ask(self, wishes: tuple[WantedPicture, ...], there: Iterable[WantedPicture]) -> bool:
        """Whether there was something new to ask for, and the loader has it. Of `there` it keeps its copies."""
        if wishes == self._asked:
            return False
        kept = tuple(picture for picture in there if picture.version)
        wanted = Wanted(session=self._session, pictures=wishes, again=self._again, there=kept, examine=self.listed)
        if not self._pipes.ask(wanted):
            return False
        self._asked, self._again = wishes, ()
        return True
