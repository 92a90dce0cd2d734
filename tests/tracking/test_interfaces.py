"""A source on a network interface that goes and comes back: in a network of the test's own, with real interfaces."""

import ctypes
import shutil
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tracking.settings import TrackerConfig
from tracking.sources import udp
from tracking.sources.interfaces import interface_request
from tracking.sources.opening import open_sources, reason_code

GROUP = "239.135.1.7"
ADDRESS = "192.0.2.10"
CLONE_NEWNET = 0x40000000


def ip(words):
    subprocess.run(["ip", *words.split()], check=True, capture_output=True)


def add_interface(name="card0"):
    """One end of a cable whose other end is plugged in too."""
    ip(f"link add {name} type veth peer name {name}x")
    ip(f"address add {ADDRESS}/24 dev {name}")
    ip(f"link set {name}x up")
    ip(f"link set {name} up multicast on")


@pytest.fixture
def network(monkeypatch):
    """A thread in a network namespace of its own; the threads and processes that it starts are in it too."""
    monkeypatch.setattr(udp, "LOOKS_EVERY_S", 0.05)
    with ThreadPoolExecutor(1) as thread:
        entered = thread.submit(lambda: ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET)).result()
        if entered != 0 or shutil.which("ip") is None:
            pytest.skip("needs `ip`, and the right to make a network namespace")
        try:
            thread.submit(ip, "link set lo up").result()
            thread.submit(add_interface).result()
        except subprocess.CalledProcessError:
            pytest.skip("needs a kernel with veth interfaces")
        yield lambda test, *arguments: thread.submit(test, *arguments).result()


class Stage:
    """One multicast or unicast source, drained as the loop does it."""

    def __init__(self, source):
        self.source = source
        self.sources = open_sources([TrackerConfig(name="crane", protocol="freed", source=source)])

    def why(self):
        return {source: reason_code(error) for source, error in self.sources.missing().items()}.get(self.source, "")

    def until(self, why):
        """Drains until the source is missing for this reason; "" means that it is not missing."""
        deadline = time.monotonic() + 10.0
        while self.why() != why:
            self.sources.drain()
            assert time.monotonic() < deadline, f"found {self.why()!r}, expected {why!r}"
            time.sleep(0.01)

    def hears(self, host):
        """Whether a packet that is sent now arrives."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
            if host == GROUP:
                sending.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, interface_request(GROUP, ADDRESS))
            sending.sendto(b"pose", (host, self.sources.port_of(self.source)))
        deadline = time.monotonic() + 0.05
        while time.monotonic() < deadline:
            if self.sources.drain()[0]:
                return True
            time.sleep(0.002)
        return False

    def close(self):
        self.sources.close()


def lose_and_find(source, host):
    """Removes the interface and adds one of the same name and address, then takes it down, then its address away."""
    stage = Stage(source)
    try:
        assert stage.hears(host)
        stage.until("")
        for _ in range(2):
            ip("link delete card0")
            stage.until("interface_absent" if host == GROUP and ADDRESS not in source else "address_absent")
            add_interface()
            stage.until("")
            assert stage.hears(host)
        for end in ("card0", "card0x"):  # switched off, and the cable pulled out at its other end
            ip(f"link set {end} down")
            stage.until("interface_down")
            ip(f"link set {end} up")
            stage.until("")
            assert stage.hears(host)
    finally:
        stage.close()


@pytest.mark.parametrize(
    ("source", "host"),
    [
        (f"udp://{GROUP}:0?interface=card0", GROUP),
        (f"udp://{GROUP}:0?interface={ADDRESS}", GROUP),
        (f"udp://{ADDRESS}:0", ADDRESS),
    ],
)
def test_a_source_whose_interface_went_says_so_and_is_received_again_once_it_is_back(network, source, host):
    network(lose_and_find, source, host)


def replace_often():
    stage = Stage(f"udp://{GROUP}:0?interface={ADDRESS}")
    try:
        for number in range(30):  # the kernel allows a socket 20 memberships
            ip(f"link delete card{number}")
            add_interface(f"card{number + 1}")
            deadline = time.monotonic() + 10.0
            while not stage.hears(GROUP):
                assert time.monotonic() < deadline, f"interface {number + 1} was never joined"
        stage.until("")
    finally:
        stage.close()


def test_an_address_that_moves_from_one_interface_to_the_next_takes_its_group_along(network):
    network(replace_often)
