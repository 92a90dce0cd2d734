"""What a running stage gathers for a frame: bounded, in order, nothing forgotten; and when commands are expected."""

from fractions import Fraction

from stage.live.clock import ManualClock, Pacer
from stage.live.gather import COMMANDS_PER_SLOT, EXPECTED_SLOTS, LiveGather
from stage.show.frame.inputs import BYTES_PER_SOURCE, DATAGRAMS_PER_SOURCE, AssetReady, TakeReport
from stage.show.frame.requests import Command, SetRequest
from tracking.datagrams import Budget, Datagram, Drop
from tracking.sources.opening import Sources

RATE = Fraction(60)
SOURCE = "udp://127.0.0.1:40000"


class Receiver:
    """A source whose arrivals and drops are lists."""

    source = SOURCE

    def __init__(self):
        self.arrivals: list[Datagram] = []
        self.drops: list[Drop] = []
        self.budgets: list[Budget] = []

    def drain(self, budget, arrivals, drops):
        self.budgets.append(budget)
        arrivals.extend(self.arrivals[: budget.datagrams])
        drops.extend(self.drops)
        self.arrivals, self.drops = self.arrivals[budget.datagrams :], []

    def close(self):
        pass


class Desk:
    """Where commands and reports wait to be drained."""

    def __init__(self):
        self.commands: list[Command] = []
        self.read_ahead_times = 0
        self.waiting: list[TakeReport] = []

    def read_ahead(self):
        self.read_ahead_times += 1

    def drain(self, budget):
        due, self.commands = self.commands[:budget], self.commands[budget:]
        return tuple(due)

    def reports(self):
        due, self.waiting = tuple(self.waiting), []
        return due


def test_gathering_is_bounded_ordered_and_forgets_nothing():
    receiver, desk = Receiver(), Desk()
    gather = LiveGather(4, Sources((receiver,)), desk, desk)
    receiver.arrivals = [
        Datagram(source=SOURCE, sender="x", received_ns=number, payload=bytes((number % 256,)))
        for number in range(1200)
    ]
    receiver.drops = [Drop(source=SOURCE, count=3, cause="kernel")]
    desk.commands = [command(number) for number in range(200)]
    desk.waiting = [TakeReport(name="t", state="recording")]
    gather.observe(AssetReady(file="f", sha256="s"))
    pacer = Pacer(ManualClock(), RATE)
    frames = [gather.inputs(pacer.next_slot()) for _ in range(3)]
    assert [len(frame.datagrams) for frame in frames] == [
        DATAGRAMS_PER_SOURCE,
        DATAGRAMS_PER_SOURCE,
        1200 - 2 * DATAGRAMS_PER_SOURCE,
    ]
    assert [len(frame.commands) for frame in frames] == [COMMANDS_PER_SLOT, 200 - COMMANDS_PER_SLOT, 0]
    assert [datagram.received_ns for frame in frames for datagram in frame.datagrams] == list(range(1200))
    assert [type(observation).__name__ for observation in frames[0].observations] == [
        "AssetReady",
        "TakeReport",
        "Dropped",
    ]
    assert frames[1].observations == ()
    assert set(receiver.budgets) == {Budget(datagrams=DATAGRAMS_PER_SOURCE, bytes=BYTES_PER_SOURCE)}
    assert {frame.epoch for frame in frames} == {4}


def test_commands_are_expected_for_some_slots_after_one_has_come():
    desk = Desk()
    gather = LiveGather(4, Sources(()), desk, desk)
    pacer = Pacer(ManualClock(), RATE)
    expected = []
    for number in range(30):
        expected.append(gather.expects_commands)
        desk.commands = [command(number)] if number in (3, 8) else []
        gather.inputs(pacer.next_slot())
    assert expected == [3 < number <= 8 + EXPECTED_SLOTS for number in range(30)]
    gather.read_ahead()
    assert desk.read_ahead_times == 1


def command(number):
    return Command(sender="c", role="admin", order=number, request=SetRequest(id=str(number), path="/p", value=1.0))
