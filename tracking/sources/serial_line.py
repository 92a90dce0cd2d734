"""A serial line as a tracker source: one reader thread with a bounded queue. It survives an unplugged device."""

from __future__ import annotations

import contextlib
import errno
import os
import termios
import threading
import time
from collections import deque
from pathlib import Path

import serial
from serial.tools import list_ports

from tracking.datagrams import MAX_CHUNKS, Budget, Datagram, Drop
from tracking.endpoints import SerialEndpoint
from tracking.records import JOB_FAILURES

MAX_CHUNK_BYTES = 512
RETRY_S = 0.5
_READ_TIMEOUT_S = 0.1
_PSEUDO_TERMINAL_MAJORS = range(136, 144)
_FAILURES: tuple[type[Exception], ...] = (termios.error, *JOB_FAILURES)
_PARITIES = {"none": serial.PARITY_NONE, "odd": serial.PARITY_ODD, "even": serial.PARITY_EVEN}


class SerialReceiver:
    """One serial device read by a daemon thread; each chunk is stamped when it is read.

    `greeting` is written each time the device opens (FreeD's "start stream"). A device that disappears is counted, and
    opening it is retried every `RETRY_S` until it is back. A device that cannot be opened at first is retried in the
    same way; `failure` is why it is not open now.
    """

    def __init__(self, source: str, endpoint: SerialEndpoint, greeting: bytes = b"") -> None:
        self.source = source
        self._endpoint = endpoint
        self._greeting = greeting
        self._chunks: deque[Datagram] = deque()
        self._overflows = self._reported_overflows = 0
        self._losses = self._reported_losses = 0
        self._connected = False
        self._stop = threading.Event()
        self._line: serial.Serial | None = None
        self.failure: OSError | None = None
        self._try_to_open()
        self._thread = threading.Thread(target=self._read_until_closed, name=f"serial {endpoint.device}", daemon=True)
        self._thread.start()

    def drain(self, budget: Budget, datagrams: list[Datagram], drops: list[Drop]) -> None:
        """Append what was read since the last call, oldest first, within `budget`. The rest waits."""
        most = min(budget.datagrams, budget.bytes // MAX_CHUNK_BYTES, len(self._chunks))
        datagrams.extend(self._chunks.popleft() for _ in range(most))
        overflows, losses = self._overflows, self._losses
        if overflows > self._reported_overflows:
            drops.append(Drop(source=self.source, count=overflows - self._reported_overflows, cause="overflow"))
            self._reported_overflows = overflows
        if losses > self._reported_losses or not (self._connected or self.failure):
            drops.append(Drop(source=self.source, count=losses - self._reported_losses, cause="disconnected"))
            self._reported_losses = losses

    def close(self) -> None:
        """Stop the thread and close the device."""
        self._stop.set()
        self._thread.join(timeout=2.0)
        if self._line is not None:
            self._line.close()

    def _read_until_closed(self) -> None:
        while not self._stop.is_set():
            line = self._line
            if line is None:
                if not self._stop.wait(RETRY_S):
                    self._try_to_open()
                continue
            try:
                self._read_chunk(line)
            except _FAILURES:
                # pyserial raises TypeError if the device's descriptor closes during a read.
                self._losses += 1
                self._connected = False
                self._lose(line)

    def _read_chunk(self, line: serial.Serial) -> None:
        content = line.read(1)
        if not content:
            return
        content += line.read(min(line.in_waiting, MAX_CHUNK_BYTES - 1))
        if len(self._chunks) >= MAX_CHUNKS:
            self._overflows += 1
            return
        self._chunks.append(Datagram(source=self.source, sender="", received_ns=time.monotonic_ns(), payload=content))

    def _lose(self, line: serial.Serial) -> None:
        self._line = None
        with contextlib.suppress(*_FAILURES):
            line.close()

    def _try_to_open(self) -> None:
        """Opens the device if it is there. Before it was open once, `failure` keeps the reason why it is not."""
        try:
            self._line = open_line(self._endpoint, self._greeting)
        except _FAILURES as error:
            if not self._losses:
                self.failure = error if isinstance(error, OSError) else OSError(errno.EIO, str(error))
            return
        self._connected, self.failure = True, None


def open_line(endpoint: SerialEndpoint, greeting: bytes = b"") -> serial.Serial:
    """The device, opened for exclusive use, with `greeting` written to it. Raises OSError."""
    parity = serial.PARITY_NONE if _is_pseudo_terminal(endpoint.device) else _PARITIES[endpoint.parity]
    try:
        line = serial.Serial(
            endpoint.device,
            baudrate=endpoint.baud,
            parity=parity,
            timeout=_READ_TIMEOUT_S,
            write_timeout=1.0,
            exclusive=True,
        )
    except (ValueError, termios.error) as error:
        what = f"the device refuses {endpoint.baud} baud, parity {endpoint.parity}"
        raise OSError(errno.EINVAL, what) from error
    _prefer_low_latency(line)
    if greeting:
        line.write(greeting)
    return line


def open_failure(endpoint: SerialEndpoint, error: OSError) -> str:
    """Why a device could not be opened, and what to do, in one line."""
    device = endpoint.device
    if error.errno == errno.ENOENT:
        found = ", ".join(sorted(port.device for port in list_ports.comports())) or "none"
        return f"serial device {device} is not there; plug it in or correct the name (found: {found})"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"no permission for {device}; join its group (`sudo usermod -aG dialout $USER`) and log in again"
    if error.errno in (errno.EBUSY, errno.EAGAIN, errno.EWOULDBLOCK):
        return f"{device} is in use by another program; close it"
    return f"{device} cannot be opened ({error}); check that it is a serial device"


def _is_pseudo_terminal(device: str) -> bool:
    """Linux's pseudo-terminals (majors 136 to 143) have no parity and refuse a second request for it."""
    return os.major(Path(device).stat().st_rdev) in _PSEUDO_TERMINAL_MAJORS


def _prefer_low_latency(line: serial.Serial) -> None:
    """USB converters hold bytes back for up to 16 ms by default. Not every device has the setting."""
    try:
        line.set_low_latency_mode(True)
    except (OSError, ValueError, RuntimeError):
        return
