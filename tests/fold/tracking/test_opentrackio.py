"""OpenTrackIO 1.0.1: the reference sender's real datagrams, the published samples and schema, segments, checksums."""

import json
import math
import os
from pathlib import Path

import cbor2
import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import hostile
from tests.fold.tracking.datagrams import datagram
from tracking.protocols.decoder_memory import StaticBlock
from tracking.protocols.decoders import Decoder, new_memory
from tracking.protocols.fletcher import fletcher16
from tracking.protocols.opentrackio import decode_opentrackio
from tracking.protocols.opentrackio_encode import OpenTrackIOSource, encode_opentrackio, payload_of
from tracking.protocols.opentrackio_packets import read_segment, write_segments
from tracking.records import PacketError, Rejection, TrackerSample
from tracking.rotation import quat_from_pan_tilt_roll, quat_multiply, quat_rotate
from tracking.settings import TrackerConfig

SENDER = "192.0.2.5:51000"
STATIC = StaticBlock(
    sensor_mm=(36.0, 24.0),
    resolution_px=(3840.0, 2160.0),
    camera="Maker Model20",
    lens="Maker 35",
    tracker="Maker T",
    nominal_focal_length_mm=35.0,
)
SOURCE = OpenTrackIOSource(
    source_number=7, rate=(30000, 1001), slate="A101", recording=True, static=STATIC, transform="Crane"
)


@pytest.fixture(scope="module")
def real():
    folder = os.environ.get("OPENSTAGE_DATA")
    if not folder:
        pytest.skip("OPENSTAGE_DATA names no folder of recordings")
    return Path(folder) / "opentrackio"


def decoder(siblings=frozenset(), camera_id=None):
    chosen = TrackerConfig(name="a", protocol="opentrackio", source="udp://239.135.1.7:55555", camera_id=camera_id)
    return Decoder(chosen, new_memory(chosen), sibling_ids=siblings)


def json_packet(payload, sequence=1):
    (packet,) = write_segments(msgspec.json.encode(payload), "json", sequence, 30000)
    return packet


def transform(*, x=0.0, y=0.0, z=0.0, pan=0.0, tilt=0.0, roll=0.0):
    return {"translation": {"x": x, "y": y, "z": z}, "rotation": {"pan": pan, "tilt": tilt, "roll": roll}}


def pointed_numbers(value):
    """The same value with every whole number written as a float, as some writers do."""
    if isinstance(value, dict):
        return {name: pointed_numbers(part) for name, part in value.items()}
    if isinstance(value, list):
        return [pointed_numbers(part) for part in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


finite = st.floats(-1000.0, 1000.0)
samples = st.builds(
    TrackerSample,
    position_m=st.tuples(finite, finite, finite),
    rotation=st.builds(quat_from_pan_tilt_roll, st.floats(-180.0, 180.0), st.floats(-89.0, 89.0), finite),
    device_ns=st.none() | st.integers(0, 1 << 62),
    sequence=st.none() | st.integers(0, 0xFFFFFFFF),
    zoom_raw=st.none() | st.integers(0, 0xFFFFFF).map(float) | st.floats(0.0, 1.0),
    focus_raw=st.none() | st.floats(0.0, 1.0),
    focal_length_mm=st.none() | st.floats(1.0, 1000.0),
    focus_distance_m=st.none() | st.floats(0.1, 1000.0),
    entrance_pupil_m=st.none() | st.floats(-0.5, 0.5),
    f_stop=st.none() | st.floats(0.7, 64.0),
    projection_x_mm=st.floats(-5.0, 5.0),
    projection_y_mm=st.floats(-5.0, 5.0),
    timecode=st.sampled_from([None, "11:44:11:01", "23:59:59;29"]),
    status=st.sampled_from([None, "Optical Good"]),
)


@pytest.mark.data
class TestRealDatagrams:
    def test_headers_and_checksums_are_those_of_the_manifest(self, real):
        manifest = json.loads((real / "packets" / "manifest.json").read_text())
        assert len(manifest) == 22
        for entry in manifest:
            packet = (real / "packets" / entry["file"]).read_bytes()
            segment = read_segment(packet)
            assert (segment.encoding, segment.sequence, segment.offset) == tuple(
                entry[key] for key in ("encoding", "seq", "offset")
            )
            assert (segment.last, len(segment.payload)) == (bool(entry["last"]), entry["length"])
            old = packet[:14] + bytes.fromhex(entry["for_reference_mod255"]) + packet[16:]
            refusal = read_segment(old)
            assert refusal.cause == "checksum"
            assert "modulo 255" in refusal.detail

    def test_every_message_gives_its_sample(self, real):
        manifest = json.loads((real / "packets" / "manifest.json").read_text())
        decoders = {}
        for entry in manifest:
            packet = (real / "packets" / entry["file"]).read_bytes()
            name = entry["file"].rsplit("_", 1)[0]
            chosen = decoders.setdefault(name, decoder(camera_id=entry["source"]))
            readings = chosen.feed(datagram(packet, SENDER, 0))
            if not entry["last"]:
                assert readings == ()
                continue
            (sample,) = readings
            assert sample.position_m == pytest.approx((1.1, 4.0, 3.15), abs=0.2)
            assert sample.rate_hz == 24000 / 1001
            assert sample.device_ns // 1_000_000_000 in range(1795175051, 1795175053)
            assert (sample.focal_length_mm, sample.entrance_pupil_m, sample.f_stop) == (24.305, 0.123, 4.0)
            assert sample.timecode.startswith("11:44:")
            assert sample.status == "Optical Good"
            assert 0.0 < sample.zoom_raw < 1.0

    def test_published_samples_decode_and_compose(self, real):
        found = {path.stem: decode_opentrackio(path.read_bytes(), "json") for path in (real / "samples").glob("*.json")}
        assert len(found) == 4
        step = quat_from_pan_tilt_roll(180.0, 90.0, 45.0)
        for name, sample in found.items():
            if name.startswith("recommended"):
                assert sample.position_m == (1.0, 2.0, 3.0)
                assert sample.rotation == step
            else:
                third = quat_multiply(step, step)
                second, last = quat_rotate(step, (1.0, 2.0, 3.0)), quat_rotate(third, (1.0, 2.0, 3.0))
                expected = tuple(1.0 * n + a + b for n, a, b in zip((1, 2, 3), second, last, strict=True))
                assert sample.position_m == pytest.approx(expected, abs=1e-9)
                assert sample.rotation == pytest.approx(quat_multiply(third, step), abs=1e-9)
                assert (sample.zoom_raw, sample.focus_raw, sample.iris_raw) == (3000.0, 1000.0, 2000.0)

    def test_what_is_sent_is_valid_against_the_published_schema(self, real):
        schema = json.loads((real / "schema.json").read_text())
        validator = jsonschema.Draft202012Validator(schema)

        @settings(max_examples=30, database=None)
        @given(sample=samples, with_static=st.booleans())
        def check(sample, with_static):
            payload = payload_of(sample, SOURCE, 9, with_static=with_static)
            validator.validate(payload)
            bare = OpenTrackIOSource()
            validator.validate(payload_of(sample, bare, 9))

        check()


class TestRoundTrip:
    @given(sample=samples, encoding=st.sampled_from(["json", "cbor"]), size=st.integers(90, 1456))
    @hostile()
    def test_sample_comes_back_however_it_is_cut(self, sample, encoding, size):
        packets = encode_opentrackio(sample, SOURCE, 65530, encoding=encoding, with_static=True, max_payload=size)
        assert max(map(len, packets)) <= size + 16
        chosen = TrackerConfig(name="a", protocol="opentrackio", source="udp://127.0.0.1:1", camera_id=7)
        memory = new_memory(chosen)
        receiver = Decoder(chosen, memory)
        readings = [reading for packet in packets for reading in receiver.feed(datagram(packet, SENDER, 0))]
        (again,) = readings
        assert again.position_m == sample.position_m
        likeness = sum(p * q for p, q in zip(again.rotation, sample.rotation, strict=True))
        assert abs(likeness) == pytest.approx(1.0, abs=1e-9)
        for field in ("device_ns", "zoom_raw", "focus_raw", "focal_length_mm", "focus_distance_m"):
            assert getattr(again, field) == getattr(sample, field)
        for field in ("entrance_pupil_m", "f_stop", "projection_x_mm", "projection_y_mm", "timecode", "status"):
            assert getattr(again, field) == getattr(sample, field)
        assert memory.static == STATIC
        assert (memory.slate, memory.recording) == ("A101", True)
        assert again.sequence == (65530 if sample.sequence is None else sample.sequence)

    @given(sample=samples, encoding=st.sampled_from(["json", "cbor"]))
    def test_whole_numbers_may_be_written_with_a_point(self, sample, encoding):
        payload = payload_of(sample, SOURCE, 9)
        pointed = pointed_numbers(payload)
        assert pointed["sourceNumber"] == 7
        assert isinstance(pointed["sourceNumber"], float)
        as_bytes = msgspec.json.encode if encoding == "json" else cbor2.dumps
        stamp = pointed["timing"].get("sampleTimestamp")
        assert stamp is None or isinstance(stamp["seconds"], float)
        assert decode_opentrackio(as_bytes(pointed), encoding) == decode_opentrackio(as_bytes(payload), encoding)

    @given(st.floats(0.0, 1e6).filter(lambda value: not value.is_integer()))
    def test_a_time_stamp_with_a_fraction_is_left_out(self, value):
        stamp = {"seconds": value, "nanoseconds": 0}
        payload = msgspec.json.encode({"transforms": [transform()], "timing": {"sampleTimestamp": stamp}})
        sample = decode_opentrackio(payload, "json")
        assert (sample.position_m, sample.device_ns) == ((0.0, 0.0, 0.0), None)

    def test_source_numbers_run_from_1_to_200(self):
        for number in (0, 201):
            with pytest.raises(ValueError, match="1 to 200"):
                OpenTrackIOSource(source_number=number)


class TestRefusals:
    def cause(self, packet, **chosen):
        (reading,) = decoder(**chosen).feed(datagram(packet, SENDER, 0))
        assert isinstance(reading, Rejection)
        return reading.cause

    def test_cause_names_what_is_wrong(self):
        good = json_packet({"transforms": [transform()]})
        assert self.cause(good[:15]) == "length"
        assert self.cause(good[:-1]) == "length"
        assert self.cause(b"FreeD" + good[5:]) == "type"
        assert self.cause(good[:-1] + b"?") == "checksum"
        assert self.cause(json_packet({"timing": {}})) == "decode"
        assert self.cause(json_packet({"transforms": [{"translation": {"x": "far"}}]})) == "decode"
        assert self.cause(json_packet({"transforms": [transform(x=2e6)]})) == "decode"
        (unknown,) = write_segments(b"{}", "json", 1, 100)
        vendor = unknown[:5] + b"\x80" + unknown[6:14]
        assert self.cause(vendor + fletcher16(vendor + b"{}").to_bytes(2, "big") + b"{}") == "type"

    def test_values_that_are_not_finite_are_refused(self):
        (packet,) = write_segments(cbor2.dumps({"transforms": [transform(x=math.nan)]}), "cbor", 1, 1000)
        assert self.cause(packet) == "not_finite"
        (packet,) = write_segments(cbor2.dumps({"transforms": [transform(pan=math.inf)]}), "cbor", 1, 1000)
        assert self.cause(packet) == "not_finite"
        (packet,) = write_segments(json.dumps({"transforms": [transform(x=math.nan)]}).encode(), "json", 1, 1000)
        assert self.cause(packet) == "not_finite"

    def test_lens_values_that_are_not_finite_are_ignored(self):
        lens = {"pinholeFocalLength": math.nan, "entrancePupilOffset": 1e9, "rawEncoders": {"zoom": math.inf}}
        (packet,) = write_segments(cbor2.dumps({"transforms": [transform()], "lens": lens}), "cbor", 1, 1000)
        (sample,) = decoder().feed(datagram(packet, SENDER, 0))
        assert (sample.focal_length_mm, sample.entrance_pupil_m, sample.zoom_raw) == (None, None, None)

    def test_foreign_sources_are_refused_and_siblings_skipped(self):
        packets = {
            number: json_packet({"sourceNumber": number, "transforms": [transform()]}) for number in (0, 3, 4, 5, 201)
        }
        for number in (0, 5, 201):
            assert self.cause(packets[number], camera_id=3) == "id"
        for number in (0, 201):
            assert self.cause(packets[number]) == "id"
        assert decoder(camera_id=3, siblings=frozenset({4})).feed(datagram(packets[4], SENDER, 0)) == ()
        assert isinstance(decoder(camera_id=3).feed(datagram(packets[3], SENDER, 0))[0], TrackerSample)
        assert isinstance(decoder().feed(datagram(packets[5], SENDER, 0))[0], TrackerSample)

    @pytest.mark.parametrize("tag", [2, 4, 28, 30, 35, 99999])
    def test_tagged_cbor_values_are_not_interpreted_and_refused_in_the_transforms(self, tag):
        tagged = cbor2.CBORTag(tag, [1, 2])
        (packet,) = write_segments(cbor2.dumps({"transforms": [transform(pan=tagged)]}), "cbor", 1, 1000)
        assert self.cause(packet) == "decode"
        (packet,) = write_segments(cbor2.dumps({"transforms": tagged}), "cbor", 1, 1000)
        assert self.cause(packet) == "decode"

    @pytest.mark.parametrize(
        "payload",
        [b'{"a":' + b"[" * 30000, b"\x81" * 3000, b"\x9b" + b"\xff" * 8, b"\xbf" * 50, b'"\xff"', b"", b"null"],
    )
    @pytest.mark.parametrize("encoding", ["json", "cbor"])
    def test_deep_endless_and_empty_payloads_are_refused(self, payload, encoding):
        (packet,) = write_segments(payload, encoding, 1, 32000)
        assert self.cause(packet) == "decode"

    @pytest.mark.parametrize("digits", [19, 20, 40, 400, 5000, 30000])
    @pytest.mark.parametrize(
        "before", ['{"sourceNumber":', '{"transforms":[{"translation":{"x":', '{"lens":{"fStop":', "{"]
    )
    def test_numbers_of_any_length_are_survived(self, digits, before):
        payload = (before + ('"' if before == "{" else "")).encode() + b"7" * digits
        for end in (b"}", b"}}", b"}}]}"):
            (packet,) = write_segments(payload + end, "json", 1, 32000)
            assert self.cause(packet) == "decode"
        (packet,) = write_segments(cbor2.dumps({"sourceNumber": 7**digits}), "cbor", 1, 32000)
        assert self.cause(packet) == "decode"

    def test_decoding_a_single_payload_raises_with_a_cause(self):
        with pytest.raises(PacketError) as caught:
            decode_opentrackio(b"{}", "json")
        assert caught.value.cause == "decode"
