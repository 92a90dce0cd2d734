"""Every shipped tracker preset makes a tracker, and the user's own keys stand above it."""

import tomllib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fold.tracking.datagrams import datagram
from tracking.protocols.decoders import Decoder, new_memory
from tracking.records import TrackerSample
from tracking.settings import TrackerConfig, apply_preset

FILES = sorted((Path(__file__).parents[3] / "hw_configs" / "trackers").glob("*.toml"))
OWN = {"name": "a", "source": "udp://127.0.0.1:40000", "camera_id": 3}
keys = st.sampled_from("abcd")
tables = st.recursive(st.integers(), lambda inner: st.dictionaries(keys, inner, max_size=4), max_leaves=8).filter(
    lambda table: isinstance(table, dict)
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_preset_makes_a_tracker_that_decodes(path):
    chosen = msgspec.convert(apply_preset(OWN, tomllib.loads(path.read_text())), TrackerConfig)
    readings = Decoder(chosen, new_memory(chosen)).feed(datagram(b"no packet at all", "s", 0))
    assert len(readings) == 1
    assert not isinstance(readings[0], TrackerSample)
    assert path.read_text().startswith("# "), "a preset says whose it is and what was verified"


def test_presets_cover_the_promised_makers():
    names = {path.stem for path in FILES}
    assert names >= {"generic", "panasonic", "sony", "mosys", "stype", "ncam", "vizrt", "zcam", "opentrackio"}
    assert names >= {"vrchat", "vmc", "openvr-osc", "zigsim", "pose"}


@given(own=tables, preset=tables)
def test_the_users_keys_override_the_presets(own, preset):
    merged = apply_preset(own, preset)
    assert merged.keys() == own.keys() | preset.keys()
    for key, value in own.items():
        if not isinstance(value, dict):
            assert merged[key] == value
        elif isinstance(preset.get(key), dict):
            assert merged[key] == apply_preset(value, preset[key])
    assert all(merged[key] == preset[key] for key in preset.keys() - own.keys())


def test_one_key_of_a_nested_table_leaves_the_others():
    merged = apply_preset({"dialect": {"zoom_mm": [10.0, 20.0]}}, {"dialect": {"zoom_range": [1, 2]}, "rate_hz": 50})
    assert merged == {"dialect": {"zoom_range": [1, 2], "zoom_mm": [10.0, 20.0]}, "rate_hz": 50}
