"""Whatever comes from the network, a reader of DMX gives a packet within its bounds or refuses it with a cause."""

from hypothesis import given
from hypothesis import strategies as st

from stage.dmx.artnet import DmxPacket, PollReply, art_poll, art_poll_reply, art_sync
from stage.dmx.artnet_in import ArtDmx, read_artnet
from stage.dmx.sacn import DataPacket, discovery_packets, sync_packet
from stage.dmx.sacn_in import SacnData, read_sacn
from tests.examples import hostile
from tracking.records import REJECT_CAUSES, PacketError

CID = bytes(16)
SACN = (
    bytes(DataPacket(CID, "a", 1).write(0, bytes(512))),
    bytes(DataPacket(CID, "a", 1, slots=3).write(0, bytes(3))),
    sync_packet(CID, 1, 2),
    *discovery_packets(CID, "a", [1, 2, 3]),
)
ARTNET = (
    bytes(DmxPacket(1).write(0, bytes(512))),
    art_sync(),
    art_poll(),
    art_poll_reply(PollReply("1.2.3.4", outputs=(1, 2))),
)


@st.composite
def damaged(draw, packets):
    """A sound packet with some bytes changed, cut or grown; or any bytes."""
    packet = bytearray(draw(st.sampled_from(packets)))
    for at, value in draw(st.lists(st.tuples(st.integers(0, len(packet) - 1), st.integers(0, 255)), max_size=6)):
        packet[at] = value
    size = draw(st.one_of(st.just(len(packet)), st.integers(0, len(packet))))
    return bytes(packet[:size]) + draw(st.one_of(st.just(b""), st.binary(max_size=40)))


def _read(read, packet):
    try:
        return read(packet)
    except PacketError as error:
        assert error.cause in REJECT_CAUSES
        assert str(error)
        return None


@given(st.one_of(damaged(SACN), st.binary(max_size=1200)))
@hostile()
def test_sacn_is_read_or_refused(packet):
    read = _read(read_sacn, packet)
    if isinstance(read, SacnData):
        assert read.priority <= 200
        assert 1 <= read.universe <= 63_999
        assert len(read.slots) <= 512


@given(st.one_of(damaged(ARTNET), st.binary(max_size=1200)))
@hostile()
def test_art_net_is_read_or_refused(packet):
    read = _read(read_artnet, packet)
    if isinstance(read, ArtDmx):
        assert read.universe <= 0x7FFF
        assert 1 <= len(read.slots) <= 512
    if isinstance(read, PollReply):
        assert len(read.outputs) <= 4
