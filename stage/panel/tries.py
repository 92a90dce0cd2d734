"""How often something may be guessed: a few times a minute, by whoever guesses."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from http import HTTPStatus

from stage.panel.refusals import Refused

TRIES_A_MINUTE = 5
_MINUTE_S = 60.0
_MOST_GUESSERS = 512


class Tries:
    """The tries of the last minute, by guesser; of many, those are forgotten that tried longest ago.

    `reason` is why too many are refused. `clock_s` is a monotonic clock.
    """

    def __init__(self, reason: str, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._reason = reason
        self._clock_s = clock_s
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()

    def count(self, guesser: str) -> None:
        """Counts a try. Raises Refused, with the seconds to wait, where there were too many."""
        now_s = self._clock_s()
        tries = self._tries.setdefault(guesser, deque(maxlen=TRIES_A_MINUTE))
        self._tries.move_to_end(guesser)
        if len(self._tries) > _MOST_GUESSERS:
            self._tries.popitem(last=False)
        if len(tries) == TRIES_A_MINUTE and now_s - tries[0] < _MINUTE_S:
            wait_s = max(1, round(tries[0] + _MINUTE_S - now_s))
            headers = {"Retry-After": str(wait_s)}
            raise Refused("busy", self._reason, status=HTTPStatus.TOO_MANY_REQUESTS, headers=headers, seconds=wait_s)
        tries.append(now_s)
