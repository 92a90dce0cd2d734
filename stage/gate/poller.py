"""What the gate waits for: descriptors, and for each what is to be called."""

from __future__ import annotations

import selectors
from collections.abc import Callable

Call = Callable[[int], None]
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class Poller:
    """Calls whoever watches a descriptor with the events that have come."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def watch(self, descriptor: int, events: int, call: Call) -> None:
        """Watches a descriptor from now on, or for other events. For none it is forgotten."""
        known = descriptor in self._selector.get_map()
        if not events:
            self.forget(descriptor)
        elif known:
            self._selector.modify(descriptor, events, call)
        else:
            self._selector.register(descriptor, events, call)

    def forget(self, descriptor: int) -> None:
        """Watches a descriptor no longer. To be called before it is closed."""
        if descriptor in self._selector.get_map():
            self._selector.unregister(descriptor)

    def wait(self, seconds: float) -> list[tuple[selectors.SelectorKey, int]]:
        """Waits for events, at most so long. They are for `pass_on`."""
        return self._selector.select(seconds)

    def pass_on(self, found: list[tuple[selectors.SelectorKey, int]]) -> None:
        """Calls those whose events have come."""
        for key, events in found:
            if self._selector.get_map().get(key.fileobj) is key:  # nobody has closed or changed it meanwhile
                key.data(events)

    def close(self) -> None:
        """Forgets everything."""
        self._selector.close()


def look_anyway(_events: int) -> None:
    """What to call for a descriptor of which only the waking counts: whoever is woken looks what there is."""
