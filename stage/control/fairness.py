"""What waits is handed out fairly: one of each client in turn, so that a flood delays only its own client.

Who asks once in a while comes before those who always have something waiting, for half of what is handed out.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")

SESSIONS_OF_ONE = 8
"""So many sessions of one connection count as clients of their own; more would be shares that it gives itself."""
ALWAYS = 4
"""So many of a client are taken however many of others wait, until these too are too many in all."""


class FairQueue(Generic[Item]):
    """Items by client, which is a session, else a connection: in order for each, and one of each in turn.

    At most `most` wait in all and `most_of_one` of one client and of one connection. Who has few waiting is taken while
    others have filled the queue. Every item that was taken is handed out.
    """

    def __init__(self, most: int, most_of_one: int) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._waiting: dict[str, deque[tuple[str, Item]]] = {}
        self._turn: deque[str] = deque()
        self._fresh: deque[str] = deque()
        self._of_connection: Counter[str] = Counter()
        self._sessions: dict[str, Counter[str]] = {}
        self._number = 0

    def __len__(self) -> int:
        return self._number

    def add(self, connection: str, session: str, item: Item) -> bool:
        """Takes an item; False where too many wait."""
        client = self._client(connection, session)
        waiting = self._waiting.get(client)
        number = max(0 if waiting is None else len(waiting), self._of_connection[connection])
        room = self._most - self._number
        if number >= min(self._most_of_one, max(ALWAYS, room)) or room <= -self._most // ALWAYS:
            self._forget_if_idle(connection, client)
            return False
        if waiting is None:
            waiting = self._waiting[client] = deque()
            self._fresh.append(client)
        waiting.append((connection, item))
        self._of_connection[connection] += 1
        self._sessions.setdefault(connection, Counter())[client] += 1
        self._number += 1
        return True

    def due(self, number: int) -> Iterator[Item]:
        """At most so many items, one of each client in turn. Half of them are for clients that had nothing waiting."""
        number = min(number, self._number)
        fresh = (number + 1) // 2
        for place in range(number):
            takes_fresh = bool(self._fresh) and (place < fresh or not self._turn)
            client = (self._fresh if takes_fresh else self._turn).popleft()
            waiting = self._waiting[client]
            connection, item = waiting.popleft()
            if waiting:
                self._turn.append(client)
            else:
                del self._waiting[client]
            self._note_out(connection, client)
            yield item

    def _client(self, connection: str, session: str) -> str:
        known = self._sessions.get(connection)
        if not session or (known is not None and session not in known and len(known) >= SESSIONS_OF_ONE):
            return connection
        return session

    def _note_out(self, connection: str, client: str) -> None:
        self._number -= 1
        self._of_connection[connection] -= 1
        self._sessions[connection][client] -= 1
        self._forget_if_idle(connection, client)

    def _forget_if_idle(self, connection: str, client: str) -> None:
        sessions = self._sessions.get(connection)
        if sessions is not None and not sessions[client]:
            del sessions[client]
        if not self._of_connection[connection]:
            del self._of_connection[connection]
            self._sessions.pop(connection, None)
