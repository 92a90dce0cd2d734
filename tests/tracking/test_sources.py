import contextlib
import os
import select
import socket
import time

import pytest

from tracking.datagrams import USUAL_BUDGET, Budget
from tracking.records import ConfigError
from tracking.settings import TrackerConfig
from tracking.sources.opening import open_sources

LOOPBACK = "udp://127.0.0.1:0"
GROUP = "udp://239.135.1.7:0?interface=127.0.0.1"


def tracker(name, source, **keys):
    return TrackerConfig(name=name, protocol="freed", source=source, **keys)


@contextlib.contextmanager
def opened(*trackers):
    sources = open_sources(trackers)
    try:
        yield sources
    finally:
        sources.close()


@pytest.fixture
def sender():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
        sending.bind(("127.0.0.1", 0))
        sending.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        yield sending


def gathered(sources, count, budget=USUAL_BUDGET):
    """Drain until `count` datagrams have arrived or two seconds have passed."""
    datagrams, drops = [], []
    deadline = time.monotonic() + 2.0
    while len(datagrams) < count and time.monotonic() < deadline:
        came, lost = sources.drain(budget)
        datagrams += came
        drops += lost
        select.select([], [], [], 0.002)
    return datagrams, drops


def await_kernel_stamps(sources, sender):
    """The kernel starts to stamp on arrival shortly after the first socket of the machine requests it."""
    for _ in range(200):
        sender.sendto(b"warm", ("127.0.0.1", sources.port_of(LOOPBACK)))
        select.select([], [], [], 0.01)
        read_ns = time.monotonic_ns()
        if all(a.received_ns < read_ns - 2_000_000 for a in sources.drain()[0]):
            return
    pytest.fail("the kernel never stamped a datagram on arrival")


def test_datagrams_arrive_whole_in_order_and_stamped_before_they_were_read(sender):
    with opened(tracker("a", LOOPBACK)) as sources:
        await_kernel_stamps(sources, sender)
        before = time.monotonic_ns()
        for i in range(20):
            sender.sendto(bytes([i]) * 29, ("127.0.0.1", sources.port_of(LOOPBACK)))
        sent = time.monotonic_ns()
        select.select([], [], [], 0.05)
        datagrams, drops = gathered(sources, 20)
    assert [a.payload for a in datagrams] == [bytes([i]) * 29 for i in range(20)]
    assert {a.source for a in datagrams} == {LOOPBACK}
    assert drops == []
    stamps = [a.received_ns for a in datagrams]
    assert stamps == sorted(stamps)
    assert before - 1_000_000 <= stamps[0]
    assert stamps[-1] <= sent + 20_000_000


def test_the_sender_is_named_by_address_and_port(sender):
    with opened(tracker("a", LOOPBACK)) as sources:
        sender.sendto(b"x", ("127.0.0.1", sources.port_of(LOOPBACK)))
        datagrams, _ = gathered(sources, 1)
    address, port = sender.getsockname()
    assert datagrams[0].sender == f"{address}:{port}"


def test_trackers_with_one_address_share_a_socket_and_others_keep_the_order_of_the_configuration(sender):
    other = "udp://127.0.0.1:0?"
    with opened(tracker("a", LOOPBACK), tracker("b", other), tracker("c", LOOPBACK)) as sources:
        sender.sendto(b"second", ("127.0.0.1", sources.port_of(other)))
        sender.sendto(b"first", ("127.0.0.1", sources.port_of(LOOPBACK)))
        select.select([], [], [], 0.05)
        datagrams, _ = sources.drain()
    assert [a.payload for a in datagrams] == [b"first", b"second"]


def test_multicast_is_received_on_the_named_interface_by_two_listeners(sender):
    with opened(tracker("a", GROUP)) as first:
        shared = GROUP.replace(":0?", f":{first.port_of(GROUP)}?")
        with opened(tracker("a", shared)) as second:
            sender.sendto(b"pose", ("239.135.1.7", first.port_of(GROUP)))
            for sources in (first, second):
                assert [a.payload for a in gathered(sources, 1)[0]] == [b"pose"]


def test_a_group_receives_nothing_from_another_group_on_its_port(sender):
    with opened(tracker("a", GROUP)) as first:
        port = first.port_of(GROUP)
        with opened(tracker("b", f"udp://239.135.1.8:{port}?interface=127.0.0.1")) as second:
            sender.sendto(b"for 8", ("239.135.1.8", port))
            sender.sendto(b"for 7", ("239.135.1.7", port))
            assert [a.payload for a in gathered(first, 1)[0]] == [b"for 7"]
            assert [a.payload for a in gathered(second, 1)[0]] == [b"for 8"]


def test_a_flood_keeps_the_newest_within_the_budget_and_counts_the_rest(sender):
    with opened(tracker("a", LOOPBACK)) as sources:
        for i in range(60):
            sender.sendto(i.to_bytes(2, "big"), ("127.0.0.1", sources.port_of(LOOPBACK)))
        select.select([], [], [], 0.05)
        datagrams, drops = sources.drain(Budget(datagrams=16, bytes=1 << 20))
    assert [int.from_bytes(a.payload, "big") for a in datagrams] == list(range(16, 32))
    assert [(d.source, d.count, d.cause) for d in drops] == [(LOOPBACK, 16, "over_budget")]


def test_a_flood_of_long_datagrams_keeps_the_newest_that_fit_into_the_bytes(sender):
    with opened(tracker("a", LOOPBACK)) as sources:
        for i in range(30):
            sender.sendto(i.to_bytes(2, "big") + bytes(998), ("127.0.0.1", sources.port_of(LOOPBACK)))
        select.select([], [], [], 0.05)
        datagrams, drops = sources.drain(Budget(datagrams=64, bytes=10_999))
    assert [int.from_bytes(a.payload[:2], "big") for a in datagrams] == list(range(20, 30))
    assert [(d.count, d.cause) for d in drops] == [(20, "over_bytes")]


def test_longer_datagrams_than_any_tracker_sends_are_dropped_and_counted(sender):
    with opened(tracker("a", LOOPBACK)) as sources:
        sender.sendto(bytes(20_000), ("127.0.0.1", sources.port_of(LOOPBACK)))
        sender.sendto(b"good", ("127.0.0.1", sources.port_of(LOOPBACK)))
        datagrams, drops = gathered(sources, 1)
    assert [a.payload for a in datagrams] == [b"good"]
    assert [(d.count, d.cause) for d in drops] == [(1, "too_long")]


def test_datagrams_that_the_kernel_dropped_are_counted(sender):
    with opened(tracker("a", LOOPBACK)) as sources:
        target = ("127.0.0.1", sources.port_of(LOOPBACK))
        for _ in range(6000):
            sender.sendto(bytes(1000), target)
        # The count of lost datagrams comes with the next datagram that fits.
        drops = []
        for _ in range(40):
            drops += sources.drain()[1]
        sender.sendto(b"after", target)
        drops += gathered(sources, 1)[1]
    assert sum(d.count for d in drops if d.cause == "kernel") > 0


def test_an_empty_source_drains_to_nothing_at_once():
    with opened(tracker("a", LOOPBACK)) as sources:
        assert sources.drain() == ([], [])


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("udp://192.0.2.77:0", "no interface of this machine has the address 192.0.2.77"),
        ("udp://239.1.1.1:0?interface=192.0.2.77", "interface"),
        ("udp://239.1.1.1:0?interface=nosuch0", "interface"),
        ("serial:///dev/no-such-device", "is not there; plug it in"),
        ("serial:///etc/hostname", "cannot be opened"),
        ("udp://127.0.0.1", "without a port"),
    ],
)
def test_sources_that_cannot_be_opened_are_reported_in_one_line(source, message):
    with pytest.raises(ConfigError, match=message) as refusal:
        open_sources([tracker("crane", source)])
    assert len(refusal.value.findings) == 1
    assert str(refusal.value).startswith("trackers.crane.source: ")
    assert "\n" not in str(refusal.value)


def test_a_port_in_use_is_reported_with_its_cure_and_every_other_finding():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", 0))
        taken = f"udp://127.0.0.1:{holder.getsockname()[1]}"
        with pytest.raises(ConfigError) as refusal:
            open_sources([tracker("a", LOOPBACK), tracker("b", taken), tracker("c", "serial:///dev/absent")])
    assert len(refusal.value.findings) == 2
    assert "trackers.b.source: port" in refusal.value.findings[0]
    assert "is in use by another program" in refusal.value.findings[0]


@pytest.fixture
def line(tmp_path):
    """A pseudo-terminal behind a stable name, as a device that can vanish and come back."""
    pty = PluggableLine(tmp_path / "ttyTracker")
    pty.plug()
    yield pty
    pty.unplug()


class PluggableLine:
    def __init__(self, name):
        self.name = name
        self.master = None

    @property
    def source(self):
        return f"serial://{self.name}?baud=38400&parity=odd"

    def plug(self):
        self.master, slave = os.openpty()
        self.name.symlink_to(os.ttyname(slave))
        os.set_blocking(self.master, False)
        self._slave = slave

    def unplug(self):
        if self.master is not None:
            os.close(self.master)
            os.close(self._slave)
            self.name.unlink()
            self.master = None

    def received(self, count):
        content = b""
        deadline = time.monotonic() + 3.0
        while len(content) < count and time.monotonic() < deadline:
            if select.select([self.master], [], [], 0.05)[0]:
                content += os.read(self.master, 100)
        return content


def test_a_serial_tracker_is_asked_to_stream_and_its_bytes_arrive(line):
    with opened(tracker("a", line.source, camera_id=1)) as sources:
        assert line.received(4) == bytes.fromhex("d001016e")
        before = time.monotonic_ns()
        os.write(line.master, bytes(range(29)))
        datagrams, drops = [], []
        while sum(len(a.payload) for a in datagrams) < 29 and time.monotonic_ns() < before + 2 * 10**9:
            came, lost = sources.drain()
            datagrams += came
            drops += lost
    assert b"".join(a.payload for a in datagrams) == bytes(range(29))
    assert drops == []
    assert {(a.source, a.sender) for a in datagrams} == {(line.source, "")}
    assert all(before <= a.received_ns <= time.monotonic_ns() for a in datagrams)


def test_every_tracker_of_a_serial_line_is_asked_to_stream_again_after_unplugging(line):
    started = [bytes.fromhex("d001016e"), bytes.fromhex("d002016d")]
    trackers = [tracker(name, line.source, camera_id=camera_id) for name, camera_id in (("a", 1), ("b", 2), ("c", 2))]
    with opened(*trackers, tracker("d", LOOPBACK, camera_id=9)):
        assert line.received(8) == b"".join(started)
        line.unplug()
        line.plug()
        assert line.received(8) == b"".join(started)
        assert not select.select([line.master], [], [], 0.05)[0]


def test_a_broadcast_starts_all_streams_if_one_tracker_accepts_any_camera(line):
    with opened(tracker("a", line.source, camera_id=1), tracker("b", line.source)):
        assert line.received(4) == bytes.fromhex("d0ff0170")
        assert not select.select([line.master], [], [], 0.05)[0]


def test_a_line_is_reported_disconnected_until_it_is_back(line):
    with opened(tracker("a", line.source)) as sources:
        line.received(4)
        line.unplug()
        reported = []
        for _ in range(100):
            select.select([], [], [], 0.005)
            reported += sources.drain()[1]
        assert {drop.cause for drop in reported} == {"disconnected"}
        assert [drop.count for drop in reported] == [1] + [0] * (len(reported) - 1)
        assert len(reported) > 50
        line.plug()
        line.received(4)
        select.select([], [], [], 0.05)  # the greeting is out just before the line counts as connected
        sources.drain()
        assert sources.drain()[1] == []


def test_an_unplugged_serial_tracker_is_counted_and_read_again_when_it_is_back(line):
    with opened(tracker("a", line.source)) as sources:
        assert line.received(4)[:2] == bytes.fromhex("d0ff")
        line.unplug()
        drops = []
        deadline = time.monotonic() + 3.0
        while not drops and time.monotonic() < deadline:
            drops += sources.drain()[1]
            select.select([], [], [], 0.01)
        assert [(d.count, d.cause) for d in drops] == [(1, "disconnected")]
        line.plug()
        assert line.received(4)[:2] == bytes.fromhex("d0ff")
        os.write(line.master, b"again")
        datagrams, _ = gathered(sources, 1)
        assert b"".join(a.payload for a in datagrams)[:1] == b"a"


def test_a_pseudo_terminal_can_be_opened_again_and_again(line):
    for _ in range(3):
        with opened(tracker("a", line.source)):
            assert line.received(4)[:2] == bytes.fromhex("d0ff")


def test_a_serial_flood_is_bounded_and_counted(line):
    with opened(tracker("a", line.source)) as sources:
        line.received(4)
        deadline = time.monotonic() + 0.3
        written = 0
        while time.monotonic() < deadline:
            with contextlib.suppress(BlockingIOError):
                written += os.write(line.master, bytes(4000))
        datagrams, _ = sources.drain()
    assert written > 4000
    assert 0 < len(datagrams) <= 256
    assert all(len(a.payload) <= 512 for a in datagrams)


def test_a_device_that_another_program_holds_is_refused(line):
    with opened(tracker("a", line.source)), pytest.raises(ConfigError, match="in use by another program"):
        open_sources([tracker("b", line.source + "&")])
