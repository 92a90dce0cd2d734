"""Pictures that are only listed, and films: each is examined once, when the decoder has nothing to load."""

from __future__ import annotations

from stage.assets.messages import Examined, ExaminedFilm, LoadFailed, Seen, SeenFile, WantedPicture
from stage.show.frame.inputs import Cause

LOOK_EVERY_S = 1.0


class _Ended:
    """What is known of something that was examined: the file found then, and by the last look after it.

    Where it is not known which file that was, it is the one of the first look.
    """

    def __init__(self, examined: SeenFile | None, *, is_known: bool = True) -> None:
        self.examined = self.seen = examined
        self.is_known = is_known
        self.look_at_s = 0.0


class Examinations:
    """What is to be examined, and what came of it in this run of the core.

    A film is looked at again every second. Once another file has stood still between two looks, it is examined anew:
    whoever exports a film again, or plugs a disk in, need not ask for it.
    """

    def __init__(self) -> None:
        self._asked: tuple[WantedPicture, ...] = ()
        self._ended: dict[WantedPicture, _Ended] = {}

    def take(self, pictures: tuple[WantedPicture, ...], *, is_new_core: bool) -> None:
        """The core's wishes take the place of the earlier ones."""
        self._asked = pictures
        known = {} if is_new_core else self._ended
        self._ended = {picture: known[picture] for picture in pictures if picture in known}

    def following(self) -> WantedPicture | None:
        """What is to be examined next."""
        return next((picture for picture in self._asked if picture not in self._ended), None)

    def due(self, now_s: float) -> WantedPicture | None:
        """The film that is to be looked at again now: it may be another one, or be there at last."""
        for picture in self._asked:
            ended = self._ended.get(picture)
            if picture.is_film and ended is not None and now_s >= ended.look_at_s:
                ended.look_at_s = now_s + LOOK_EVERY_S
                return picture
        return None

    def note_seen(self, answer: Seen) -> None:
        """What a look found. A file that is gone changes nothing: what was read of it holds until another is there."""
        ended = self._ended.get(answer.picture)
        if ended is None:
            return
        if not ended.is_known:
            ended.examined, ended.is_known = answer.seen, True
        if answer.seen is not None and answer.seen == ended.seen and answer.seen != ended.examined:
            del self._ended[answer.picture]
        ended.seen = answer.seen

    def end(self, answer: Examined | ExaminedFilm | LoadFailed) -> bool:
        """Something was examined, or cannot be. Returns whether anybody still asks for it."""
        self._ended[answer.picture] = _Ended(None if isinstance(answer, Examined) else answer.seen)
        return answer.picture in self._asked

    def note_death(self, picture: WantedPicture) -> LoadFailed:
        """A decoder died of it: it is not tried again before somebody wants to see it, a film before it changes."""
        failed = LoadFailed(picture=picture, cause=Cause(code="asset_kills_decoder", values={"file": picture.file}))
        self._ended[picture] = _Ended(None, is_known=False)
        return failed
