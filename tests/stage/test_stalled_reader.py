"""Somebody runs a stage through a program that does not read, or stops the terminal: the stage goes on."""

import contextlib
import fcntl
import json
import os
import pty
import signal
import socket
import subprocess
import sys
import termios
import time

import pytest
from running_stage import ROOT, children_of, configuration, wait_for

from stage.control.client import Client, ControlError
from stage.run.terminal import notice_after
from stage.supervision.user_lines import Outlet

PIPE_BYTES = 4096
F_SETPIPE_SZ = 1031


def three_free_ports():
    """The first of three ports in a row that are free at the moment."""
    for port in range(20_000 + os.getpid() % 20_000, 60_000, 3):
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for number in range(3):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port + number))
            return port
    raise AssertionError("no free ports")


class FullPipe:
    """A pipe that takes not one byte more until it is read."""

    def __init__(self):
        self.reading, self.writing = os.pipe()
        fcntl.fcntl(self.writing, F_SETPIPE_SZ, PIPE_BYTES)
        os.write(self.writing, b"." * (PIPE_BYTES - 1) + b"\n")

    def read(self):
        """What is in it now."""
        os.set_blocking(self.reading, False)
        with contextlib.suppress(BlockingIOError):
            return os.read(self.reading, 1 << 20).lstrip(b".\n")
        return b""

    def close(self):
        os.close(self.reading)
        os.close(self.writing)


class StoppedTerminal:
    """A terminal that was stopped as Ctrl-S stops one."""

    def __init__(self):
        self.reading, self.writing = pty.openpty()
        termios.tcflow(self.writing, termios.TCOOFF)

    def close(self):
        os.close(self.reading)
        os.close(self.writing)


@contextlib.contextmanager
def stalled_stage(folder, output):
    """A stage whose standard output and error are `output`, a client of it, and its process."""
    config, port = folder / "stage.toml", three_free_ports()
    config.write_text(configuration())
    words = ["run", str(config), "--headless", "--no-panel", "--no-realtime", "--control", f"tcp://127.0.0.1:{port}"]
    words += ["--state", str(folder / "state"), "--takes", str(folder / "takes")]
    process = subprocess.Popen(
        [sys.executable, "-m", "stage", *words],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=output.writing,
        stderr=output.writing,
    )
    try:
        with Client(f"tcp://127.0.0.1:{port}", timeout_s=0.5) as client:
            yield client, process
    finally:
        process.kill()
        process.wait()


def is_served(client):
    with contextlib.suppress(ControlError):
        return client.status()["frame"] > 0
    return False


def core_of(process):
    return next((pid for pid, words in children_of(process.pid).items() if "live.core" in words), None)


@pytest.mark.parametrize("kind", [FullPipe, StoppedTerminal])
def test_a_reader_that_stalls_stops_neither_the_supervisor_nor_its_cores(tmp_path, kind):
    output = kind()
    with stalled_stage(tmp_path, output) as (client, process):
        wait_for(lambda: is_served(client), what="the first core")
        first = core_of(process)
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: core_of(process) not in (first, None) and is_served(client), what="the next core")
        begun_s = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30.0) == 0
        assert time.monotonic() - begun_s < 5.0
    output.close()


def test_who_reads_again_finds_the_first_line_and_the_last(tmp_path):
    output = FullPipe()
    with stalled_stage(tmp_path, output) as (client, process):
        wait_for(lambda: is_served(client), what="the first core")
        lines = b""
        while b"ready" not in lines or b"Ctrl-C" not in lines:
            lines += output.read()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30.0) == 0
        lines += output.read()
    events = [json.loads(line) for line in lines.splitlines() if line.startswith(b"{")]
    assert [event["event"] for event in events] == ["ready", "summary"]
    output.close()


def test_lines_that_nobody_reads_are_dropped_and_counted_but_not_the_first_and_the_newest():
    output = FullPipe()
    outlet = Outlet(output.writing, most=10)
    for number in range(100):
        outlet.put(f"line {number}")
    assert outlet.dropped == 89
    output.read()
    outlet.flush()
    assert output.read().decode().splitlines() == ["line 0", *(f"line {number}" for number in range(90, 100))]
    assert not outlet.waits
    assert os.get_blocking(output.writing), "other programs write there too"
    output.close()


def test_a_reader_that_left_is_not_waited_for():
    output = FullPipe()
    outlet = Outlet(output.writing)
    outlet.put("never read")
    os.close(output.reading)
    begun_s = time.monotonic()
    outlet.finish(begun_s + 10.0)
    assert time.monotonic() - begun_s < 5.0
    assert not outlet.waits
    os.close(output.writing)


def test_long_work_says_once_why_it_takes_so_long(capsys):
    brief, long = notice_after(60.0, "brief work"), notice_after(-1.0, "building shaders")
    for say in (brief, long, brief, long):
        say()
    assert capsys.readouterr().err == "building shaders\n"
