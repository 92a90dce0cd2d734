"""SECURITY.md promises limits in numbers: they are the program's."""

from __future__ import annotations

from pathlib import Path

import pytest

from stage.control import calls, connections, sockets, streams
from stage.control.exchange import _BYTES_A_DRAIN
from stage.control.keeper import _MOST_WAITING_JOBS
from stage.control.server import MESSAGES_A_DRAIN
from stage.live.gather import COMMANDS_PER_SLOT, MOST_COMMANDS
from stage.show.commands import answered
from stage.show.frame.inputs import BYTES_PER_SOURCE, DATAGRAMS_PER_SOURCE
from stage.show.frame.reading import OSC_MESSAGES_PER_SOURCE
from stage.show.frame.requests import MOST_ITEMS
from stage.show.report.take import NAME_LENGTH_MAX
from stage.takes.records import MESSAGE_BYTES_MAX
from tracking.datagrams import MAX_CHUNKS, MAX_DATAGRAM_BYTES
from tracking.protocols.osc_packet import DEEPEST_BUNDLE, MOST_ARGUMENTS, MOST_MESSAGES
from tracking.sources.serial_line import MAX_CHUNK_BYTES

KIB, MIB = 1024, 1024 * 1024
ROWS = dict(
    (cell.strip() for cell in line.strip("|").split("|"))
    for line in (Path(__file__).parents[1] / "SECURITY.md").read_text().partition("## Limits")[2].splitlines()
    if line.startswith("| ")
)


@pytest.mark.parametrize(
    ("row", "figures"),
    [
        (
            "UDP datagram",
            (f"{MAX_DATAGRAM_BYTES:,} bytes", f"{DATAGRAMS_PER_SOURCE}", f"{BYTES_PER_SOURCE // KIB} KiB"),
        ),
        (
            "OSC",
            (
                f"{MOST_MESSAGES} messages in a datagram",
                f"{MOST_ARGUMENTS} arguments",
                f"{DEEPEST_BUNDLE} levels",
                f"{OSC_MESSAGES_PER_SOURCE} messages of plain values",
            ),
        ),
        ("serial line", (f"{MAX_CHUNKS:,} pieces", f"{MAX_CHUNK_BYTES} bytes")),
        (
            "control message",
            (
                f"{sockets.MAX_MESSAGE_BYTES // KIB} KiB",
                f"{MESSAGES_A_DRAIN:,} messages",
                f"{COMMANDS_PER_SLOT} commands",
                f"{MOST_COMMANDS:,} in a frame",
                f"{calls.MOST_COMMANDS_WAITING_OF_ONE:,} of one client",
                f"{calls.MOST_COMMANDS_WAITING:,} in all",
                f"{_BYTES_A_DRAIN // KIB} KiB",
            ),
        ),
        (
            "control connections",
            (f"{connections.MOST_CONNECTIONS} a port", f"{connections.MOST_GROWTH_BYTES // MIB} MiB"),
        ),
        ("subscription", (f"{sockets.MAX_SUBSCRIPTION_BYTES} bytes", f"{streams.MOST_WAITING} messages")),
        (
            "requests that look at the show, save or load",
            (f"{calls.MOST_WAITING_OF_ONE} waiting", f"{calls.MOST_WAITING} in all", f"{_MOST_WAITING_JOBS} file jobs"),
        ),
        ("values in a batch", (f"{MOST_ITEMS:,}",)),
        ("remembered answers", (f"last {answered.ANSWERS_OF_ONE}", f"{answered.MOST_CLIENTS} clients")),
        ("name of a take", (f"{NAME_LENGTH_MAX} characters",)),
        ("record in a take", (f"{MESSAGE_BYTES_MAX // MIB} MiB",)),
    ],
)
def test_the_limits_that_are_promised_are_the_programs(row, figures):
    assert [figure for figure in figures if figure not in ROWS[row]] == []
