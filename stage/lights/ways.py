"""The way out: opened, and after a failure tried again with pauses; what stands in its way is told once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from stage.lights.artnet_out import ARTNET_FRAMING, ArtnetOut
from stage.lights.packets import Framing, Packets, Which
from stage.lights.sacn_out import SacnOut, sacn_framing
from stage.lights.sender import WireSettings
from stage.lights.serial_out import WIDGET_FRAMING, SerialOut
from stage.show.frame.lights import LightsLink
from tracking.sources.opening import reason_code
from tracking.system_faults import said_by_system

UP = "up"
LOOKED_NS = 500_000_000
_FIRST_PAUSE_NS, _LONGEST_PAUSE_NS = 250_000_000, 2_000_000_000


class Output(Protocol):
    """A way to send universes. All but `close` raise OSError where it cannot be used any more.

    It counts up the sequences of what it sends. `hears` says that something may come back.
    """

    hears: bool

    @property
    def nodes(self) -> tuple[str, ...]: ...

    @property
    def dropped(self) -> int: ...

    def send(self, packets: Packets, which: Which) -> None: ...

    def end(self, packets: Packets, which: Which) -> None: ...

    def tend(self, now_ns: int, universes: Iterable[int]) -> None: ...

    def receive(self, now_ns: int) -> None: ...

    def close(self) -> None: ...


class Way:
    """An output at `place`, which `open_output` opens. Times are host monotonic nanoseconds.

    `state` is `UP`, or the code of what stands in its way; it is told with `tell` when it changes. `framing` says how
    packets are made for it.
    """

    def __init__(
        self, place: str, framing: Framing, open_output: Callable[[], Output], tell: Callable[[LightsLink], object]
    ) -> None:
        self.place = place
        self.framing = framing
        self.state = ""
        self.hears = False
        """Whether something may come back, which is to be received."""
        self._detail = ""
        self._open_output = open_output
        self._tell = tell
        self._output: Output | None = None
        self._again_ns = self._looked_ns = 0
        self._pause_ns = _FIRST_PAUSE_NS
        self._dropped = 0

    @property
    def nodes(self) -> tuple[str, ...]:
        """The receivers that are sent to one by one."""
        return () if self._output is None else self._output.nodes

    @property
    def dropped(self) -> int:
        """Packets for which there was no room."""
        return self._dropped + (0 if self._output is None else self._output.dropped)

    @property
    def report(self) -> LightsLink:
        """How it stands."""
        return LightsLink(place=self.place, state=self.state, detail=self._detail)

    def tend(self, now_ns: int, universes: Iterable[int]) -> None:
        """Opens what is not open, once its pause is over; twice a second looks whether what is open still works."""
        if self._output is None and now_ns >= self._again_ns:
            self._open(now_ns)
        if self._output is not None and now_ns - self._looked_ns >= LOOKED_NS:
            self._looked_ns = now_ns
            if self._try(lambda output: output.tend(now_ns, universes), now_ns):
                self._pause_ns = _FIRST_PAUSE_NS

    def send(self, packets: Packets, which: Which, now_ns: int) -> bool:
        """Whether these packets were sent."""
        output = self._output
        if output is None:
            return False
        try:
            output.send(packets, which)
        except OSError as error:
            self._lose(error, now_ns)
            return False
        return True

    def end(self, packets: Packets, which: Which, now_ns: int) -> None:
        """Says that these streams have ended."""
        self._try(lambda output: output.end(packets, which), now_ns)

    def receive(self, now_ns: int) -> None:
        """Reads what has come in."""
        self._try(lambda output: output.receive(now_ns), now_ns)

    def close(self) -> None:
        """Leaves the way."""
        if self._output is not None:
            self._dropped += self._output.dropped
            self._output.close()
            self._output = None

    def _try(self, work: Callable[[Output], None], now_ns: int) -> bool:
        if self._output is None:
            return False
        try:
            work(self._output)
        except OSError as error:
            self._lose(error, now_ns)
            return False
        return True

    def _open(self, now_ns: int) -> None:
        try:
            self._output = self._open_output()
        except OSError as error:
            self._fail(error, now_ns)
            return
        self.hears = self._output.hears
        self._looked_ns = 0
        self._change(UP, "")

    def _lose(self, error: OSError, now_ns: int) -> None:
        self.close()
        self._fail(error, now_ns)

    def _fail(self, error: OSError, now_ns: int) -> None:
        self._again_ns = now_ns + self._pause_ns
        self._pause_ns = min(2 * self._pause_ns, _LONGEST_PAUSE_NS)
        self._change(reason_code(error), said_by_system(error))

    def _change(self, state: str, detail: str) -> None:
        if state != self.state:
            self.state, self._detail = state, detail
            self._tell(self.report)


def open_way(settings: WireSettings, cid: bytes, tell: Callable[[LightsLink], object]) -> Way:
    """The way that the settings name. It is opened when it is first looked after."""
    opened: dict[str, tuple[Framing, Callable[[], Output]]] = {
        "sacn": (sacn_framing(settings, cid), lambda: SacnOut(settings, cid)),
        "artnet": (ARTNET_FRAMING, lambda: ArtnetOut(settings)),
    }
    framing, open_output = opened.get(settings.out, (WIDGET_FRAMING, lambda: SerialOut(settings)))
    return Way(settings.place, framing, open_output, tell)
