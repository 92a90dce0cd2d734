"""SECURITY.md promises limits in numbers: they are the program's."""

from __future__ import annotations

from pathlib import Path

import pytest

from render.media.examined import MOST_FRAME_BYTES
from render.media.sequence import MOST_FILES
from render.media.timeline import MOST_FRAMES
from render.models.limits import MODEL_LIMITS
from stage.control import calls
from stage.control.exchange import BYTES_A_DRAIN
from stage.control.keeper import _MOST_WAITING_JOBS
from stage.control.server import MESSAGES_A_DRAIN
from stage.fixture_files import gdtf_text, reading
from stage.gate import keys, limits
from stage.gate.peer import ENOUGH_UNREAD_BYTES
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

KIB, MIB, GIB = 1024, 1024**2, 1024**3
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
                f"{limits.MAX_MESSAGE_BYTES // KIB} KiB",
                f"{MESSAGES_A_DRAIN:,} messages",
                f"{COMMANDS_PER_SLOT} commands",
                f"{MOST_COMMANDS:,} in a frame",
                f"{calls.MOST_COMMANDS_WAITING_OF_ONE:,} of one client",
                f"{calls.MOST_COMMANDS_WAITING:,} in all",
                f"{BYTES_A_DRAIN // KIB} KiB",
            ),
        ),
        (
            "control connections",
            (
                f"{limits.MOST_CONNECTIONS} a port",
                f"{limits.MOST_OF_ONE_ADDRESS} of one address",
                f"{limits.HANDSHAKE_S:.0f} s",
            ),
        ),
        ("control messages of many parts", (f"{limits.MOST_PARTS} parts", f"{limits.MAX_MESSAGE_BYTES // KIB} KiB")),
        (
            "what a control client sends",
            (
                f"{limits.BYTES_A_SECOND // MIB} MiB",
                f"{limits.COMMANDS_A_SECOND} heartbeats",
                f"{limits.MOST_ON_THE_WAY} messages",
                f"{limits.FIRST_ONES_ON_THE_WAY} clients",
            ),
        ),
        (
            "what a control client leaves unread",
            (
                f"{ENOUGH_UNREAD_BYTES // KIB} KiB",
                f"{limits.MOST_REPLY_BYTES // MIB} MiB it is closed",
                f"{limits.MOST_REPLY_BYTES_IN_ALL // MIB} MiB in all",
                f"{limits.STALLED_S:.0f} s",
            ),
        ),
        (
            "subscription",
            (
                f"{limits.MAX_SUBSCRIPTION_BYTES} bytes",
                f"{limits.MOST_SUBSCRIPTIONS} of one",
                f"{limits.MOST_PUBLICATIONS} messages",
            ),
        ),
        ("keys", (f"{keys.MOST_KEYS};", f"{limits.MOST_UNFINISHED_CURVE_BYTES // MIB} MiB")),
        (
            "requests that look at the show, save or load",
            (f"{calls.MOST_WAITING_OF_ONE} waiting", f"{calls.MOST_WAITING} in all", f"{_MOST_WAITING_JOBS} file jobs"),
        ),
        ("values in a batch", (f"{MOST_ITEMS:,}",)),
        ("remembered answers", (f"last {answered.ANSWERS_OF_ONE}", f"{answered.MOST_CLIENTS} clients")),
        (
            "film, folder of numbered frames",
            (f"{MOST_FRAMES:,} frames", f"{MOST_FRAME_BYTES // GIB} GiB a frame", f"{MOST_FILES:,} files"),
        ),
        (
            "3D scene",
            (
                f"{MODEL_LIMITS.file_bytes // GIB} GiB of files",
                f"{MODEL_LIMITS.decoded_bytes // GIB} GiB of arrays",
                f"{MODEL_LIMITS.json_bytes // MIB} MiB of JSON",
                f"{MODEL_LIMITS.nodes:,} nodes, {MODEL_LIMITS.depth} deep",
                f"{MODEL_LIMITS.triangles:,} triangles",
                f"{MODEL_LIMITS.materials:,} materials",
                f"{MODEL_LIMITS.pictures:,} pictures of {MODEL_LIMITS.picture_pixels:,} pixels",
            ),
        ),
        (
            "fixture file of another program",
            (
                f"{reading.MOST_BYTES // MIB} MiB, its",
                f"description {gdtf_text.MOST_DESCRIPTION_BYTES // MIB} MiB",
                f"{gdtf_text.MOST_MODES} modes",
                f"{gdtf_text.MOST_CHANNELS:,} channels",
            ),
        ),
        ("name of a take", (f"{NAME_LENGTH_MAX} characters",)),
        ("record in a take", (f"{MESSAGE_BYTES_MAX // MIB} MiB",)),
    ],
)
def test_the_limits_that_are_promised_are_the_programs(row, figures):
    assert [figure for figure in figures if figure not in ROWS[row]] == []
