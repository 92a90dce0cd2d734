"""The Python client of a running stage: plain ZeroMQ and msgpack, blocking, every call with a time limit.

with Client() as stage:
    stage.set("/grade/exposure_stops", -1.0, fade_s=2.0)
    print(stage.status()["health"])
"""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import msgpack
import msgspec
import zmq

from stage.control.cue_client import CueCalls
from stage.control.look_client import LookCalls
from stage.control.mirror import Change, Mirror
from stage.control.sockets import MAX_MESSAGE_BYTES
from tracking.records import Evolving, Scalar
from tracking.settable import Value, Way

DEFAULT_ENDPOINT = "tcp://127.0.0.1:7700"
TAKE_BEGINS_S = 3.0
"""How much longer the start of a take may take to be answered than anything else."""
LOG_LINES_A_REPLY = 256
FILE_IS_WRITTEN_S = 8.0
"""How much longer a file may take that is written into the library: it may be on a slow stick."""


class ControlError(Exception):
    """The stage refused, or did not answer (`code` "no_answer").

    `code` is one of the wire's and `detail` a sentence. `reason` and `values` are what the sentence was made from; they
    are empty where the stage did not answer.
    """

    def __init__(self, code: str, detail: str, reason: str = "", values: Mapping[str, Scalar] | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.reason = reason
        self.values = dict(values or {})


class Answer(Evolving):
    """A command took effect in `frame`; `value` is in force at `path` from then on (the target of a fade).

    `detail` is "loading" where a world must be read before it can be shown, or a note for people, such as saved values
    that no longer fit. `before` are the values that a mended world had, by path.
    """

    frame: int
    epoch: int
    seq: int
    path: str = ""
    value: Value | None = None
    detail: str = ""
    before: dict[str, Value] = msgspec.field(default_factory=dict)


class Client(LookCalls, CueCalls):
    """A connection to one stage, for use from one thread.

    Every call waits at most `timeout_s` until its message is sent, and as long again for the answer, then raises
    ControlError("no_answer"). No message is kept for a stage that is not there, so no command takes effect minutes
    late.
    """

    def __init__(self, endpoint: str = DEFAULT_ENDPOINT, *, timeout_s: float = 2.0) -> None:
        self.endpoint = endpoint
        self.timeout_s = timeout_s
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.setsockopt(zmq.IMMEDIATE, 1)
        self._socket.setsockopt(zmq.SNDTIMEO, int(timeout_s * 1000))
        self._socket.setsockopt(zmq.IDENTITY, uuid.uuid4().hex.encode())
        self._connect(self._socket, endpoint)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection; a message not yet sent is dropped."""
        self._context.destroy(linger=0)

    def hello(self) -> dict[str, Any]:
        """API version, epoch, the stage's name, this client's role, and the ports by name."""
        return self._request("hello")

    def get(self, path: str) -> Value:
        """The present value at `path`."""
        value: Value = self._request("get", path=path)["value"]
        return value

    def set(self, path: str, value: Value, fade_s: float = 0.0, *, way: Way = "shorter", force: bool = False) -> Answer:
        """Sets one parameter, at once or over `fade_s` seconds from its present value.

        `way` is which way round an hour or an angle goes; nothing else takes any but "shorter". With `force` it is also
        set where that could spoil the take that records.
        """
        given = _way(way) | ({"force": True} if force else {})
        return _answer(self._request("set", path=path, value=value, fade_s=float(fade_s), **given))

    def batch(self, values: Mapping[str, Value], fade_s: float = 0.0, *, way: Way = "shorter") -> Answer:
        """Sets several parameters in one frame: all of them, or none and the first reason. `way` as in `set`."""
        items = [{"path": path, "value": value, "fade_s": float(fade_s), **_way(way)} for path, value in values.items()]
        return _answer(self._request("batch", items=items))

    def describe(self, path: str = "") -> list[dict[str, Any]]:
        """The declaration of the parameter at `path`, or of every parameter below it: kind, unit, range, role, help."""
        parameters: list[dict[str, Any]] = self._request("describe", path=path)["parameters"]
        return parameters

    def snapshot(self) -> dict[str, Any]:
        """`values` by path, with the `frame`, `epoch` and `seq` that they belong to."""
        return self._request("snapshot")

    def status(self) -> dict[str, Any]:
        """Trackers, cameras, latency, take and health."""
        status: dict[str, Any] = self._request("status")["status"]
        return status

    def worlds(self) -> list[dict[str, Any]]:
        """Every world: its name, key and kind, whether it is ready, and what is declared of it."""
        worlds: dict[str, dict[str, Any]] = {}
        first = 0
        while True:
            reply = self._request("worlds", first=first)
            worlds |= {one["key"]: one for one in reply["worlds"]}
            first += len(reply["worlds"])
            if not reply["worlds"] or first >= reply.get("total", first):
                return list(worlds.values())

    def world_fix(self, name: str, code: str = "") -> Answer:
        """Mends what is found in a world, all or what has this code. `before` are the values that were in force."""
        return _answer(self._request("worlds", action="fix", name=name, code=code))

    def world_save(self, name: str) -> dict[str, Any]:
        """Saves the values of a world in its file in the library; returns once it is on disk, `count` values."""
        return self._request("worlds", FILE_IS_WRITTEN_S, action="save", name=name)

    def world_make(self, name: str, files: Sequence[str]) -> dict[str, Any]:
        """Makes a world of one to four pictures of the library, the farthest first; returns once it is on disk."""
        return self._request("worlds", FILE_IS_WRITTEN_S, action="make", name=name, files=list(files))

    def log(
        self, last: int = 64, *, since: float | None = None, person: str = "", path: str = ""
    ) -> list[dict[str, Any]]:
        """The last lines of the log, in the order of time: since a time (seconds since 1970), of a person or path."""
        asked: dict[str, object] = {"person": person, "path": path} | ({} if since is None else {"since": since})
        lines: list[dict[str, Any]] = []
        before: int | None = None
        while len(lines) < last:
            page = {"last": min(LOG_LINES_A_REPLY, last - len(lines))} | ({} if before is None else {"before": before})
            reply = self._request("log", FILE_IS_WRITTEN_S, **asked, **page)
            lines += reply["lines"]
            before = reply["before"]
            if before is None:
                break
        return lines[::-1]

    def save(self, name: str = "startup") -> dict[str, Any]:
        """Saves the present values on the stage under `name`; its next start restores "startup"."""
        return self._request("save", name=name)

    def load(self, name: str = "startup") -> Answer:
        """Puts values that are saved on the stage in force, all in one frame."""
        return _answer(self._request("load", name=name))

    def take_start(self, name: str = "") -> Answer:
        """Starts recording, and returns once the take's first chunk is on disk.

        `value` is the take's name, `frame` the first frame that it records. Raises ControlError where there is no such
        take: the recorder cannot begin it, or does not do so within two seconds.
        """
        return _answer(self._request("take", TAKE_BEGINS_S, action="start", name=name))

    def take_stop(self) -> Answer:
        """Stops recording; `value` is the take's name."""
        return _answer(self._request("take", action="stop"))

    def heading(self, tracker: str, pan_deg: float = 0.0) -> Answer:
        """Sets heading here: the tracked body points to `pan_deg` from now on."""
        return _answer(self._request("nudge", tracker=tracker, pan_deg=float(pan_deg)))

    def acknowledge(self, code: str) -> Answer:
        """Acknowledges the findings of one code in health, such as "core_restarted"."""
        return _answer(self._request("acknowledge", code=code))

    def watch(self, prefix: str = "", *, seconds: float | None = None, silence_s: float = 5.0) -> Iterator[Change]:
        """Every present value at or below `prefix`, then each change as it happens, for `seconds` or without end.

        It subscribes first and then takes a snapshot, and another one after a gap or a restart of the stage, so that
        it misses nothing. Raises ControlError("no_answer") after `silence_s` without a sign of life.
        """
        mirror = Mirror(prefix)
        with self.subscriber("state") as updates:
            end = math.inf if seconds is None else time.monotonic() + seconds
            yield from mirror.changes_of(self.snapshot())
            while (left_s := end - time.monotonic()) > 0.0:
                if updates.poll(int(min(silence_s, left_s) * 1000) + 1):
                    update = msgpack.unpackb(updates.recv_multipart()[-1])
                    yield from mirror.changes_of(update if mirror.follows(update) else self.snapshot())
                elif silence_s < left_s:
                    raise ControlError("no_answer", f"{self.endpoint} has been silent for {silence_s:g} s")

    def subscriber(self, stream: str) -> zmq.Socket[bytes]:
        """A SUB socket on the stage's "state" or "telemetry" stream. It is closed with the client."""
        port = self.hello()["ports"][stream]
        socket = self._context.socket(zmq.SUB)
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.SUBSCRIBE, stream.encode())
        self._connect(socket, f"{self.endpoint.rpartition(':')[0]}:{port}")
        return socket

    def _connect(self, socket: zmq.Socket[bytes], endpoint: str) -> None:
        socket.setsockopt(zmq.IPV6, int("[" in endpoint))
        try:
            socket.connect(endpoint)
        except zmq.ZMQError as error:
            self.close()
            raise ControlError("no_answer", f"found {endpoint!r}, expected tcp://ADDRESS:PORT: {error}") from None

    def _request(self, kind: str, longer_s: float = 0.0, **fields: object) -> dict[str, Any]:
        """Sends a request and returns its reply, which may take `longer_s` longer than others."""
        request_id = uuid.uuid4().hex
        body = msgpack.packb({"type": kind, "id": request_id, **fields})
        if len(body) > MAX_MESSAGE_BYTES:
            raise ControlError("bad_message", f"found {len(body)} bytes, expected at most {MAX_MESSAGE_BYTES}")
        try:
            self._socket.send(body)
        except zmq.Again:
            raise ControlError("no_answer", f"nothing answers at {self.endpoint}: is `stage run` running?") from None
        reply = self._await(request_id, self.timeout_s + longer_s)
        if reply["type"] == "error":
            raise ControlError(reply["code"], reply["detail"], reply.get("reason", ""), reply.get("values"))
        return reply

    def _await(self, request_id: str, wait_s: float) -> dict[str, Any]:
        """The reply to `request_id`. Late answers to requests that timed out are ignored."""
        deadline = time.monotonic() + wait_s
        while (left := deadline - time.monotonic()) > 0.0:
            if self._socket.poll(int(left * 1000) + 1):
                reply: dict[str, Any] = msgpack.unpackb(self._socket.recv())
                if reply["id"] == request_id:
                    return reply
        raise ControlError("no_answer", f"{self.endpoint} received the request but did not answer within {wait_s:g} s")


def _way(way: Way) -> dict[str, Any]:
    return {} if way == "shorter" else {"way": way}


def _answer(reply: dict[str, Any]) -> Answer:
    return Answer(
        frame=reply["frame"],
        epoch=reply["epoch"],
        seq=reply["seq"],
        path=reply["path"],
        value=reply["value"],
        detail=reply["detail"],
        before=reply.get("before", {}),
    )
