import os
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import hostile
from tracking.protocols.guess import UNKNOWN, guess_protocol, guess_stream

FREED = bytes.fromhex("d1ff1015c3004e140f051f01104601daa000ee2008000008000000f013")


@pytest.fixture
def recordings():
    folder = os.environ.get("OPENSTAGE_DATA")
    if not folder:
        pytest.skip("OPENSTAGE_DATA does not name the folder of real recordings")
    return Path(folder)


def with_freed_sum(message):
    return message + bytes([(0x40 - sum(message)) & 0xFF])


@pytest.mark.parametrize(
    ("payload", "protocol", "sound"),
    [
        (FREED, "freed", True),
        (FREED[:-1] + b"\0", "freed", False),
        (bytes.fromhex("d001016e"), "freed", True),
        (b"OTrk\0\x01\0\x01\0\0\0\0\x80\x02\0\0{}", "opentrackio", True),
        (b"OTrk\0\x01\0\x01\0\0\0\0\x80\x09\0\0{}", "opentrackio", False),
        (b"/tracker/1/pose\0,f\0\0\0\0\0\0", "osc", True),
        (b"#bundle\0" + bytes(8), "osc", True),
        (with_freed_sum(b"\xf4\x00\x02\x00" + bytes(10)), "mosys-f4", True),
        (struct.pack("<I", 0x6755 | 4 << 16 | 1 << 31) + bytes(4), "psn", True),
        (struct.pack("<HH", 7, 8) + bytes(8), "natnet", True),
        (struct.pack("<IBBH", 9, 1, 0, 72) + bytes(72), "vicon", True),
        (bytes([0x0F]) + bytes(65) + bytes([0x0F]), "stype-hf", True),
        (b"hello there", "unknown", False),
        (b"", "unknown", False),
    ],
)
def test_protocols_are_recognised_by_their_marks(payload, protocol, sound):
    guess = guess_protocol(payload)
    assert (guess.protocol, guess.sound) == (protocol, sound)


@given(st.binary(max_size=120))
@hostile()
def test_any_bytes_get_an_answer(payload):
    assert guess_protocol(payload).protocol
    assert guess_stream(payload).protocol


@given(st.binary(max_size=60).filter(lambda b: 0xD1 not in b and 0xF4 not in b), st.binary(max_size=60))
@hostile()
def test_freed_is_found_anywhere_in_a_serial_line(before, after):
    assert guess_stream(before + FREED + after).protocol == "freed"
    assert guess_stream(before) == UNKNOWN


@pytest.mark.data
def test_real_natnet_packets_are_recognised(recordings):
    files = sorted((recordings / "natnet").glob("*.bin"))
    kinds = {file.stem: guess_protocol(file.read_bytes()) for file in files}
    assert len(kinds) == 9
    assert {guess.protocol for guess in kinds.values()} == {"natnet"}
    assert kinds["mocapframe_packet_v3"].kind == "frame"


@pytest.mark.data
def test_real_psn_packets_are_recognised(recordings):
    lines = (recordings / "psn" / "psn_v2_data_and_info.hex").read_text().split()
    assert [(g.protocol, g.kind) for g in map(guess_protocol, map(bytes.fromhex, lines))] == [
        ("psn", "data"),
        ("psn", "info"),
    ]


@pytest.mark.data
def test_real_opentrackio_packets_are_recognised_with_their_encoding(recordings):
    for file in sorted((recordings / "opentrackio" / "packets").glob("*.bin")):
        guess = guess_protocol(file.read_bytes())
        assert guess.protocol == "opentrackio"
        assert guess.sound
        assert guess.kind.lower() == file.name.split("_", maxsplit=1)[0]


@pytest.mark.data
def test_a_real_mosys_recording_is_recognised_by_packet_and_as_a_stream(recordings):
    content = (recordings / "mosys_f4" / "stage_take_first_500.f4").read_bytes()
    for start in range(0, len(content), 105):
        assert guess_protocol(content[start : start + 105]).protocol == "mosys-f4"
    assert guess_stream(content[37:400]).protocol == "mosys-f4"
