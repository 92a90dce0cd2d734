"""Requests that the stage has not answered yet: which to send again, and of which to tell that nobody answered. Pure.

The core may have died with a request in its hands, and the gate keeps nothing that it gave away. The stage carries out
a request once, however often it is sent under its id; so a button that was pressed in that moment is not lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from stage.control.patience import AGAIN_S, ANSWER_S, LONG_ANSWER_S, takes_long
from stage.osc.mapping import address_of
from stage.show.commands.answered import ANSWERS_OF_ONE
from stage.show.frame.requests import BatchRequest, SetRequest, ShowRequest

MOST_PRESSES = 1024
MOST_PRESSES_OF_ONE = 64
"""A button that is pressed while so many others are not answered is refused: none is forgotten for it."""
_MOST_REPLACED = 1024


class Asked:
    """A request that is not answered, whose it is, and when it was sent first and last (monotonic seconds).

    `number` counts the requests of its sender. `patience_s` is how long its answer is waited for.
    """

    def __init__(self, request: ShowRequest, sender: str, number: int, now_s: float) -> None:
        self.request = request
        self.sender = sender
        self.number = number
        self.asked_s = self.sent_s = now_s
        self.patience_s = LONG_ANSWER_S if takes_long(request) else ANSWER_S

    @property
    def address(self) -> str:
        """The address that an error names."""
        return address_of(self.request)


class Unanswered:
    """What was asked of the stage. Times are monotonic seconds.

    Nothing is sent again that something newer has replaced: another value for a path, or a later press of the same
    kind, such as the stop of a take whose start was lost. A value that was replaced as a whole is kept for nothing but
    the error that may come.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, Asked] = {}
        self._replaced: dict[str, Asked] = {}
        self._newest: dict[str, str] = {}
        self._presses: Counter[str] = Counter()
        self._asking: dict[str, set[str]] = {}
        self._numbers: Counter[str] = Counter()

    def has_room(self, request: ShowRequest, sender: str) -> bool:
        """Whether one more request of a sender can be kept. A value always can: there are as many as parameters."""
        few = self._presses[sender] < MOST_PRESSES_OF_ONE and self._presses.total() < MOST_PRESSES
        return _is_value(request) or few

    def add(self, request: ShowRequest, sender: str, now_s: float) -> None:
        """Keeps a request that was sent under an id of its own."""
        request_id = str(request.id)
        self._numbers[sender] += 1
        self._waiting[request_id] = Asked(request, sender, self._numbers[sender], now_s)
        self._asking.setdefault(sender, set()).add(request_id)
        if not _is_value(request):
            self._presses[sender] += 1
        for key in _keys(request):
            before = self._newest.get(key)
            self._newest[key] = request_id
            if before is not None:
                self._replace(before)

    def pop(self, request_id: str) -> Asked | None:
        """The request that was answered; None where it is none of these."""
        asked = self._waiting.pop(request_id, None)
        if asked is None:
            return self._replaced.pop(request_id, None)
        self._forget(request_id, asked)
        return asked

    def overdue(self, now_s: float) -> list[Asked]:
        """Takes out those whose answer was waited for long enough."""
        late = [one for one, asked in self._waiting.items() if now_s - asked.asked_s >= asked.patience_s]
        return [asked for one in late if (asked := self.pop(one)) is not None]

    def due_again(self, now_s: float) -> Iterator[Asked]:
        """Those to be sent once more, in their order."""
        for request_id, asked in self._waiting.items():
            if now_s - asked.sent_s >= AGAIN_S and self._may_go_again(request_id, asked):
                asked.sent_s = now_s
                yield asked

    def _may_go_again(self, request_id: str, asked: Asked) -> bool:
        """Not once the stage may have forgotten that it answered: it would carry out the request a second time."""
        is_newest = self._is_newest_of(request_id, asked, all)
        return is_newest and self._numbers[asked.sender] - asked.number < ANSWERS_OF_ONE

    def _is_newest_of(self, request_id: str, asked: Asked, which: Callable[[Iterable[bool]], bool]) -> bool:
        """Whether nothing newer is about `any` or `all` of what a request is about."""
        return which(self._newest.get(key) == request_id for key in _keys(asked.request))

    def _replace(self, request_id: str) -> None:
        asked = self._waiting.get(request_id)
        if asked is None or not _is_value(asked.request) or self._is_newest_of(request_id, asked, any):
            return
        self._replaced[request_id] = self._waiting.pop(request_id)
        self._leave(request_id, asked.sender)
        if len(self._replaced) > _MOST_REPLACED:
            del self._replaced[next(iter(self._replaced))]

    def _forget(self, request_id: str, asked: Asked) -> None:
        for key in _keys(asked.request):
            if self._newest.get(key) == request_id:
                del self._newest[key]
        if not _is_value(asked.request):
            self._presses[asked.sender] -= 1
            if not self._presses[asked.sender]:
                del self._presses[asked.sender]
        self._leave(request_id, asked.sender)

    def _leave(self, request_id: str, sender: str) -> None:
        """Nothing is kept of senders of whom nothing waits: they can be made up without end."""
        self._asking[sender].discard(request_id)
        if not self._asking[sender]:
            del self._asking[sender], self._numbers[sender]


def _is_value(request: ShowRequest) -> bool:
    return isinstance(request, SetRequest | BatchRequest)


def _keys(request: ShowRequest) -> Iterator[str]:
    """What a request is about: the paths of its values, or its kind."""
    if isinstance(request, SetRequest):
        yield request.path
    elif isinstance(request, BatchRequest):
        yield from (item.path for item in request.items)
    else:
        yield str(request.__struct_config__.tag)
