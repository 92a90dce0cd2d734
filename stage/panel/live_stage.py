"""The stage as the web process knows it: a copy of its values that misses no change, and its newest status."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from typing import Any

import msgpack
import zmq.asyncio

from stage.control.mirror import Mirror
from stage.control.requests import DescribeRequest, SnapshotRequest
from stage.panel.callers import HERE, Caller, Callers
from stage.panel.refusals import Refused
from tracking.settable import Value

OLD_NS = 2_000_000_000
"""After this the status says nothing any more: the show is gone or hangs."""
FIRST_S = 1.5
"""How long is waited for the first values of a stage that is starting."""
CATCHES_UP_S = 0.25
"""How long is waited for a change that was answered already to come with the stream."""
ITSELF = Caller("", "", "viewer", HERE)


class Subscription:
    """What one watcher has not been sent yet: all values or those that changed, and the newest status.

    It is bounded by the tree: a watcher that reads slowly gets the newest of each value, and no other.
    """

    def __init__(self) -> None:
        self.streams: set[str] = set()
        self.whole = False
        self.changed: dict[str, Value] = {}
        self.has_status = False
        self.came = asyncio.Event()

    def subscribe(self, streams: set[str]) -> None:
        """Begins with everything as it is now."""
        self.streams |= streams
        self.whole = self.whole or "state" in streams
        self.has_status = self.has_status or "telemetry" in streams
        self.came.set()

    def unsubscribe(self, streams: set[str]) -> None:
        """Ends streams, and forgets what has not been sent of them."""
        self.streams -= streams
        self.whole = self.whole and "state" in self.streams
        self.has_status = self.has_status and "telemetry" in self.streams
        self.changed = self.changed if "state" in self.streams else {}


class LiveStage:
    """Follows a stage's streams after the Clone pattern. All methods but `newest` belong to the event loop's thread."""

    def __init__(self, callers: Callers) -> None:
        self._callers = callers
        self._mirror = Mirror("")
        self._frame = -1
        self._status: dict[str, Any] | None = None
        self._status_ns = 0
        self._load: dict[str, dict[str, int]] = {}
        self._parameters: tuple[tuple[int, int], tuple[dict[str, Any], ...]] | None = None
        self._describing = asyncio.Lock()
        self._news = asyncio.Condition()
        self._subscriptions: set[Subscription] = set()
        self.rejected = 0

    @property
    def values(self) -> Mapping[str, Value]:
        """Every present value; empty before the first snapshot."""
        return self._mirror.values

    @property
    def moment(self) -> dict[str, int]:
        """What the values belong to: frame, epoch, sequence number and version of the tree."""
        epoch, seq, tree = self._mirror.moment
        return {"frame": self._frame, "epoch": epoch, "seq": seq, "tree": tree}

    def newest(self) -> dict[str, Any] | None:
        """The newest status as plain values, or None where none came lately. May be called from any thread."""
        status, received_ns = self._status, self._status_ns
        return status if time.monotonic_ns() - received_ns < OLD_NS else None

    def load(self) -> Mapping[str, Mapping[str, int]]:
        """`waiting` and `counts` of the newest telemetry."""
        return self._load

    def open(self) -> Subscription:
        """A subscription to nothing yet."""
        subscription = Subscription()
        self._subscriptions.add(subscription)
        return subscription

    def end(self, subscription: Subscription) -> None:
        """Ends a subscription."""
        self._subscriptions.discard(subscription)

    async def settled(self) -> Mapping[str, Value]:
        """The values with every change that was answered so far. Raises Refused where the stage has sent none."""
        deadline_s = CATCHES_UP_S if self._mirror.moment[0] >= 0 else FIRST_S
        try:
            async with asyncio.timeout(deadline_s), self._news:
                await self._news.wait_for(self._has_caught_up)
        except TimeoutError:
            if self._mirror.moment[0] < 0:
                raise Refused("no_answer", "stage_silent") from None
        return self.values

    async def informed(self) -> dict[str, Any] | None:
        """The newest status, one that is newer than every command answered so far; None where none came lately."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CATCHES_UP_S), self._news:
                await self._news.wait_for(lambda: self._status_ns >= self._callers.answered_ns)
        return self.newest()

    async def parameters(self) -> tuple[dict[str, Any], ...]:
        """The declaration of every parameter; asked for once for each version of the tree. Raises Refused."""
        async with self._describing:
            epoch, _, tree = self._mirror.moment
            if self._parameters is None or self._parameters[0] != (epoch, tree):
                answer = await self._callers.ask(ITSELF, DescribeRequest(id=""))
                self._parameters = (answer["epoch"], answer["tree"]), tuple(answer["parameters"])
            return self._parameters[1]

    async def follow(self, streams: zmq.asyncio.Socket) -> None:
        """Follows the streams until it is cancelled."""
        while True:
            parts = await streams.recv_multipart()
            try:
                message = msgpack.unpackb(parts[-1])
                if message["type"] == "telemetry":
                    await self._keep_status(message)
                elif message["type"] == "state":
                    await self._keep_values(message)
            except (ValueError, TypeError, LookupError, msgpack.UnpackException):
                self.rejected += 1
            except Refused:
                continue  # no snapshot came: the next update asks again

    def _has_caught_up(self) -> bool:
        epoch, seq, _ = self._mirror.moment
        return epoch >= 0 and (epoch, seq) >= self._callers.newest

    async def _keep_status(self, message: dict[str, Any]) -> None:
        self._load = {key: message.get(key, {}) for key in ("waiting", "counts")}
        self._status, self._status_ns = message["status"], time.monotonic_ns()
        for one in self._subscriptions:
            if "telemetry" in one.streams:
                one.has_status = True
                one.came.set()
        async with self._news:
            self._news.notify_all()

    async def _keep_values(self, message: dict[str, Any]) -> None:
        whole = not self._mirror.follows(message)
        if whole:
            message = await self._callers.ask(ITSELF, SnapshotRequest(id=""))
        changes = self._mirror.changes_of(message)
        self._frame = max(self._frame, message["frame"]) if not whole else message["frame"]
        for one in self._subscriptions:
            if "state" in one.streams and (whole or changes):
                one.whole = one.whole or whole
                one.changed |= {} if one.whole else {change.path: change.value for change in changes}
                one.came.set()
        async with self._news:
            self._news.notify_all()
