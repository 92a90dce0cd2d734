"""Pictures that are only listed: each is examined once, when the decoder has nothing to load."""

from __future__ import annotations

from stage.assets.messages import Examined, LoadFailed, WantedPicture
from stage.show.frame.inputs import Cause


class Examinations:
    """What is to be examined, and what came of it in this run of the core."""

    def __init__(self) -> None:
        self._asked: tuple[WantedPicture, ...] = ()
        self._ended: set[WantedPicture] = set()

    def take(self, pictures: tuple[WantedPicture, ...], *, is_new_core: bool) -> None:
        """The core's wishes take the place of the earlier ones."""
        self._asked = pictures
        self._ended = set() if is_new_core else self._ended.intersection(pictures)

    def following(self) -> WantedPicture | None:
        """What is to be examined next."""
        return next((picture for picture in self._asked if picture not in self._ended), None)

    def end(self, answer: Examined | LoadFailed) -> bool:
        """A picture was examined, or cannot be. Returns whether anybody still asks for it."""
        self._ended.add(answer.picture)
        return answer.picture in self._asked

    def note_death(self, picture: WantedPicture) -> LoadFailed:
        """A decoder died of it: it is not tried again before somebody wants to see it."""
        failed = LoadFailed(picture=picture, cause=Cause(code="asset_kills_decoder", values={"file": picture.file}))
        self._ended.add(picture)
        return failed
