import contextlib
import fcntl
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import termios
import time
import tty
from pathlib import Path

import pytest

from tracking.protocols.freed import D1_LENGTH

ROOT = Path(__file__).resolve().parents[2]
LOOPBACK = "udp://127.0.0.1:0"
MAY_TAKE_PRIORITY = "import sys; from stage.run.realtime import take_priority; sys.exit(not take_priority())"


class Running:
    """A `stage` command in a process of its own, ended with the test."""

    def __init__(self, *words):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "stage", *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def first_line(self):
        return self.process.stderr.readline()

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)

    @contextlib.contextmanager
    def stopped(self):
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED)
        yield
        self.process.send_signal(signal.SIGCONT)

    def result(self):
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


@pytest.fixture
def run():
    started = []

    def start(*words):
        started.append(Running(*words))
        return started[-1]

    yield start
    for command in started:
        command.process.kill()
        command.process.communicate()


def send(run, *words):
    return run("send", "--json", *words).result()


@pytest.mark.parametrize("protocol", ["freed", "opentrackio", "osc"])
def test_what_send_plays_listen_describes(run, protocol):
    listener = run("listen", LOOPBACK, "--json")
    port = re.search(r"port (\d+)", listener.first_line())[1]
    code, out, _ = send(
        run, "--protocol", protocol, "--to", f"udp://127.0.0.1:{port}", "--rate-hz", "100", "--seconds", "0.5"
    )
    assert code == 0
    report = json.loads(out)
    assert report["sent"] == 50
    assert report["options"]["protocol"] == protocol
    select.select([], [], [], 0.1)
    listener.interrupt()
    code, out, err = listener.result()
    assert code == 0, err
    summary = json.loads(out)
    (stream,) = summary["streams"]
    assert (stream["protocol"], stream["samples"]) == (protocol, 50)
    assert stream["rate_hz"] == pytest.approx(100.0, rel=0.1)
    assert stream["position_m"][2] == pytest.approx(1.5, abs=1e-3)
    assert f'protocol = "{protocol}"' in summary["configuration"]


def test_the_same_seed_loses_the_same_packets_and_reports_what_was_sent(run):
    options = ("--protocol", "freed", "--to", "udp://127.0.0.1:9", "--rate-hz", "1000", "--seconds", "0.1")
    lossy = (*options, "--loss", "0.3", "--duplicate", "0.1", "--reorder", "0.1", "--jitter-ms", "1")
    first, second = (json.loads(send(run, *lossy)[1])["sent"] for _ in range(2))
    assert first == second
    assert 50 < first < 100


def test_a_motion_file_is_played_to_its_end_where_it_was_put(run, tmp_path):
    path = tmp_path / "motion.txt"
    path.write_text("\n".join(f"{10 + i / 100} {i / 100} 0 0 0 0 0 1" for i in range(21)))
    listener = run("listen", LOOPBACK, "--json")
    port = re.search(r"port (\d+)", listener.first_line())[1]
    code, out, _ = send(
        run, "--protocol", "osc", "--to", f"udp://127.0.0.1:{port}", "--motion", str(path), "--at", "1 2 3"
    )
    assert (code, json.loads(out)["sent"]) == (0, 13)
    select.select([], [], [], 0.1)
    listener.interrupt()
    (stream,) = json.loads(listener.result()[1])["streams"]
    assert stream["position_m"] == pytest.approx([1.1, 2.0, 3.0], abs=1e-5)


def wait_for_waiting(line, count):
    """Until so many bytes of a serial line wait for whoever reads it."""
    end_s = time.monotonic() + 60.0
    while (found := waiting(line)) != count and time.monotonic() < end_s:
        time.sleep(0.005)
    assert found == count


def waiting(line):
    return int.from_bytes(fcntl.ioctl(line, termios.FIONREAD, bytes(4)), sys.byteorder)


def test_freed_goes_down_a_serial_line_and_is_found_there(run):
    master, slave = os.openpty()
    tty.setraw(slave)
    name = os.ttyname(slave)
    try:
        code, out, err = send(run, "--protocol", "freed", "--to", f"serial://{name}", "--seconds", "0.2")
        assert code == 0, err
        assert json.loads(out)["sent"] == 12
        content = b""
        while len(content) < 12 * D1_LENGTH and select.select([master], [], [], 60.0)[0]:
            content += os.read(master, 4096)  # a line hands on what was written in its own time
        listener = run("listen", f"serial://{name}", "--json")
        listener.first_line()
        with listener.stopped():
            os.write(master, content)
            wait_for_waiting(slave, len(content))
        wait_for_waiting(slave, 0)
        select.select([], [], [], 0.1)
        listener.interrupt()
        code, out, err = listener.result()
        assert code == 0, err
        (stream,) = json.loads(out)["streams"]
        assert (stream["protocol"], stream["samples"]) == ("freed", 12)
    finally:
        os.close(master)
        os.close(slave)


def test_an_interrupted_send_ends_well_and_says_what_was_sent(run):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiving:
        receiving.bind(("127.0.0.1", 0))
        receiving.settimeout(60.0)
        to = f"udp://127.0.0.1:{receiving.getsockname()[1]}"
        sending = run("send", "--protocol", "freed", "--to", to, "--json")
        assert "sending to" in sending.first_line()
        receiving.recv(D1_LENGTH)
        sending.interrupt()
    code, out, _ = sending.result()
    assert code == 0
    assert json.loads(out)["sent"] > 0


def test_a_tracker_that_is_played_waits_for_no_other_work_where_that_can_be_had(run):
    may = subprocess.run([sys.executable, "-c", MAY_TAKE_PRIORITY], cwd=ROOT, check=False).returncode == 0
    sending = run("send", "--protocol", "freed", "--to", "udp://127.0.0.1:9")
    sending.first_line()
    until_s = time.monotonic() + 5.0
    while (has := os.sched_getscheduler(sending.process.pid) != os.SCHED_OTHER) != may and time.monotonic() < until_s:
        time.sleep(0.01)
    sending.interrupt()
    assert sending.result()[0] == 0
    assert has == may


def test_silence_is_a_finding_with_advice(run):
    code, out, err = run("listen", LOOPBACK, "--seconds", "0.1", "--json").result()
    assert code == 1
    assert json.loads(out)["streams"] == []
    assert "nothing arrived" in err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("send", "--protocol", "freed", "--to", "udp://127.0.0.1"), "--to: found"),
        (
            ("send", "--protocol", "freed", "--to", "serial:///dev/absent"),
            "--to: serial device /dev/absent is not there",
        ),
        (("send", "--protocol", "freed", "--to", "udp://127.0.0.1:9", "--motion", "absent.txt"), "absent.txt: motion:"),
        (("send", "--protocol", "freed", "--to", "udp://127.0.0.1:9", "--id", "300"), "--id: found 300"),
        (("send", "--protocol", "freed", "--to", "udp://127.0.0.1:9", "--at", "1 2"), "--at: found '1 2'"),
        (("send", "--protocol", "freed", "--to", "udp://127.0.0.1:9", "--at", "900 0 0"), "--motion: a pose does not"),
        (("send", "--protocol", "freed", "--to", "udp://127.0.0.1:9", "--jitter-ms", "nan"), "--jitter-ms"),
        (("send", "--protocol", "freed", "--to", "udp://127.0.0.1:9", "--delay-ms", "90000"), "options:"),
        (("send", "--protocol", "freed", "--to", "udp://127.0.0.1:9", "--preset", "nobody"), "'nobody'"),
        (("send", "--protocol", "semaphore", "--to", "udp://127.0.0.1:9"), "semaphore"),
        (("send", "--protocol", "freed", "--to", "udp://127.0.0.1:9", "--loss", "2"), "--loss"),
        (("listen", "udp://192.0.2.99:40000"), "URL: no interface of this machine"),
        (("listen", "nonsense"), "URL: found 'nonsense'"),
    ],
)
def test_wrong_use_is_refused_with_one_reason_and_no_traceback(run, words, expected):
    code, out, err = run(*words).result()
    assert code == 2
    assert expected in err
    assert "Traceback" not in err
    assert out == ""
