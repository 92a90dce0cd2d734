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
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import msgpack
import msgspec
import zmq

from stage.control.cue_client import CueCalls
from stage.control.history_client import Answer, UndoCalls, answer_of, read_log
from stage.control.light_client import LightCalls
from stage.control.line import Line, NoAnswerError, connect
from stage.control.look_client import LookCalls
from stage.control.mirror import Change, Mirror
from stage.gate.keys import client_key
from stage.gate.limits import MAX_MESSAGE_BYTES
from stage.values.desk import DeskMap
from tracking.records import Scalar
from tracking.settable import Value, Way

DEFAULT_ENDPOINT = "tcp://127.0.0.1:7700"
TAKE_BEGINS_S = 3.0
"""How much longer the start of a take may take to be answered than anything else."""
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


class Client(LookCalls, CueCalls, UndoCalls, LightCalls):
    """A connection to one stage, for use from one thread.

    Every call waits at most `timeout_s` until its message is sent, and as long again for the answer, then raises
    ControlError("no_answer"). No message is kept for a stage that is not there, so no command takes effect minutes
    late.

    With `retry_s` a request that got no answer is sent again, over a new connection, for so many seconds. It is safe to
    do that: the stage carries out a command of one `session` and id once, and repeats its answer. A session is made for
    each client, unless one is given that was kept; what it did can be undone. `name` is what people are told of it.

    From another machine a stage is reached with the key in `key_file`, which `stage control keys add` wrote there.
    `server_key` is the stage's own public key where it is another one than that file says. Raises OSError or ValueError
    for a file that cannot be read or holds no key.
    """

    def __init__(
        self,
        endpoint: str = DEFAULT_ENDPOINT,
        *,
        timeout_s: float = 2.0,
        retry_s: float = 0.0,
        session: str = "",
        name: str = "",
        key_file: str | Path | None = None,
        server_key: str = "",
    ) -> None:
        self.endpoint = endpoint
        self.timeout_s = timeout_s
        self.retry_s = retry_s
        self.session = session or uuid.uuid4().hex
        self._who = {"session": self.session, **({"client": name} if name else {})}
        self._key = None if key_file is None else client_key(Path(key_file), server_key)
        self._context = zmq.Context()
        try:
            self._line = Line(self._context, endpoint, timeout_s, self._key)
        except NoAnswerError as error:
            self.close()
            raise ControlError("no_answer", str(error)) from None

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

    def set(
        self,
        path: str,
        value: Value,
        fade_s: float = 0.0,
        *,
        way: Way = "shorter",
        force: bool = False,
        if_seq: int | None = None,
    ) -> Answer:
        """Sets one parameter, at once or over `fade_s` seconds from its present value.

        `way` is which way round an hour or an angle goes; nothing else takes any but "shorter". With `force` an
        operator sets it also where that could spoil the take that records, or while another client moves it. With
        `if_seq` it is set only if it has not changed after that set of changes.
        """
        given = _given(way=way, force=force, if_seq=if_seq)
        return answer_of(self._request("set", path=path, value=value, fade_s=float(fade_s), **given))

    def batch(
        self,
        values: Mapping[str, Value],
        fade_s: float = 0.0,
        *,
        way: Way = "shorter",
        force: bool = False,
        if_seq: int | None = None,
    ) -> Answer:
        """Sets several parameters in one frame: all of them, or none and the first reason. The rest is as in `set`."""
        given = {"fade_s": float(fade_s), **_given(way=way, force=force)}
        items = [{"path": path, "value": value, **given} for path, value in values.items()]
        return answer_of(self._request("batch", items=items, **_given(if_seq=if_seq)))

    def lease(self, *paths: str, action: Literal["take", "renew", "drop"] = "take", force: bool = False) -> Answer:
        """Takes values for this session alone while it moves them, for 1.5 s from their last use; all that is set under
        one lease is undone together. Raises ControlError("busy") while another client holds one of them.
        """
        return answer_of(self._request("lease", action=action, paths=list(paths), **_given(force=force)))

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
        return answer_of(self._request("worlds", action="fix", name=name, code=code))

    def world_save(self, name: str) -> dict[str, Any]:
        """Saves the values of a world in its file in the library; returns once it is on disk, `count` values."""
        return self._request("worlds", FILE_IS_WRITTEN_S, action="save", name=name)

    def world_make(self, name: str, files: Sequence[str]) -> dict[str, Any]:
        """Makes a world of one to four pictures of the library, the farthest first; returns once it is on disk."""
        made = {"action": "make", "name": name, "files": list(files)}
        return self._exchanged("worlds", made, FILE_IS_WRITTEN_S, retry_s=0.0)

    def log(self, last: int = 64, **asked: object) -> list[dict[str, Any]]:
        """The last lines of the log, the newest last: `since` so many seconds after 1970, of a `person`, a `path`."""
        return read_log(lambda **page: self._request("log", FILE_IS_WRITTEN_S, **asked, **page), last)

    def save(self, name: str = "startup") -> dict[str, Any]:
        """Saves the present values on the stage under `name`; its next start restores "startup"."""
        return self._request("save", name=name)

    def load(self, name: str = "startup", *, force: bool = False) -> Answer:
        """Puts values that are saved on the stage in force, all in one frame; `force` does so while a take records."""
        return answer_of(self._request("load", name=name, **_given(force=force)))

    def take_start(self, name: str = "") -> Answer:
        """Starts recording, and returns once the take's first chunk is on disk.

        `value` is the take's name, `frame` the first frame that it records, `warnings` say what could spoil it. Raises
        ControlError where there is no such take: the recorder cannot begin it, or does not do so within two seconds.
        """
        return answer_of(self._request("take", TAKE_BEGINS_S, action="start", name=name))

    def take_stop(self) -> Answer:
        """Stops recording; `value` is the take's name."""
        return answer_of(self._request("take", action="stop"))

    def heading(
        self, tracker: str, pan_deg: float = 0.0, *, by_deg: float | None = None, force: bool = False
    ) -> Answer:
        """Sets heading here: the tracked body points to `pan_deg` from now on, or turns by `by_deg`."""
        turned: dict[str, Any] = {"pan_deg": float(pan_deg)} if by_deg is None else {"by_deg": float(by_deg)}
        return answer_of(self._request("nudge", tracker=tracker, **turned, **_given(force=force)))

    def map_desk(self, rows: Sequence[DeskMap]) -> Answer:
        """Gives a lighting desk parameters to move from now on."""
        return answer_of(self._request("desk", maps=msgspec.to_builtins(rows)))

    def acknowledge(self, code: str) -> Answer:
        """Acknowledges the findings of one code in health, such as "core_restarted"."""
        return answer_of(self._request("acknowledge", code=code))

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
        connect(socket, f"{self.endpoint.rpartition(':')[0]}:{port}", self._key)
        return socket

    def _request(self, kind: str, longer_s: float = 0.0, **fields: object) -> dict[str, Any]:
        """Sends a request and returns its reply, which may take `longer_s` longer than others."""
        return self._exchanged(kind, fields, longer_s, retry_s=self.retry_s)

    def _exchanged(self, kind: str, fields: Mapping[str, object], longer_s: float, *, retry_s: float) -> dict[str, Any]:
        """The reply to a request, which is sent again under its id while nothing answers and `retry_s` lasts."""
        request_id = uuid.uuid4().hex
        body = msgpack.packb({"type": kind, "id": request_id, **self._who, **fields})
        if len(body) > MAX_MESSAGE_BYTES:
            raise ControlError("bad_message", f"found {len(body)} bytes, expected at most {MAX_MESSAGE_BYTES}")
        until_s = time.monotonic() + retry_s
        while True:
            try:
                reply = self._line.ask(body, request_id, self.timeout_s + longer_s)
                break
            except NoAnswerError as error:
                self._line.renew()
                if time.monotonic() >= until_s:
                    raise ControlError("no_answer", str(error)) from None
        if reply["type"] == "error":
            raise ControlError(reply["code"], reply["detail"], reply.get("reason", ""), reply.get("values"))
        return reply


def _given(*, way: Way = "shorter", force: bool = False, if_seq: int | None = None) -> dict[str, Any]:
    """The fields that a request has only where they are not as usual."""
    given: dict[str, Any] = {} if way == "shorter" else {"way": way}
    if force:
        given["force"] = True
    return given if if_seq is None else {**given, "if_seq": if_seq}
