"""Fixtures of others: what GDTF and the Open Fixture Library say of a fixture arrives, and hostile files do not."""

import copy
import json
import os
import random
import zipfile
from pathlib import Path

import pytest

from stage.fixture_files.assumptions import FixtureError
from stage.fixture_files.reading import read_fixture_file
from tests.stage.fixture_texts import BAR, PAR, gdtf, library


@pytest.fixture
def read(tmp_path):
    """Reads a fixture's file with this content."""

    def read_content(content, name="fixture.gdtf"):
        path = tmp_path / name
        path.write_bytes(content)
        return read_fixture_file(path)

    return read_content


def channels(mode):
    return {
        (one.offset, one.fine): (one.attribute, one.emitter, one.cell, round(one.default, 3)) for one in mode.channels
    }


def test_gdtf_gives_emitters_with_colour_and_spectrum(read):
    profile = read(gdtf())
    red, white = profile.emitters
    assert (profile.name, profile.maker) == ("Par of the tests", "OpenStage")
    assert (red.name, red.xy, red.luminance) == ("Deep red", (0.7, 0.29), 20.0)
    assert red.spectrum == ((620.0, 0.1), (630.0, 1.0), (640.0, 0.5))
    assert (white.name, white.xy, white.spectrum) == ("warm white", None, ())


def test_gdtf_pixels_are_cells_at_their_own_offsets(read):
    (mode,) = read(gdtf()).modes
    assert (mode.name, mode.slots, mode.cells) == ("Two pixels", 7, 2)
    assert channels(mode) == {
        (1, 2): ("intensity", "", 0, 0.0),
        (3, None): ("strobe", "", 0, 1.0),
        (4, None): ("emitter", "Deep red", 0, 0.0),
        (5, None): ("emitter", "warm white", 0, 0.0),
        (6, None): ("emitter", "Deep red", 1, 0.0),
        (7, None): ("emitter", "warm white", 1, 0.0),
    }


def test_gdtf_pixel_has_the_channels_of_all_that_is_in_it(read):
    inside = '<Geometry Name="Pixel"><Beam Name="Lens"/></Geometry>'
    described = PAR.replace('<Geometry Name="Pixel"/>', inside).replace(
        'Offset="2" Geometry="Pixel"', 'Offset="2" Geometry="Lens"'
    )
    (mode,) = read(gdtf(described)).modes
    assert channels(mode) == channels(read(gdtf()).modes[0])


def test_gdtf_mode_of_more_than_a_universe_is_left_out_and_noted(read):
    mode = PAR[PAR.index("<DMXMode ") : PAR.index("</DMXModes>")]
    larger = mode.replace("Two pixels", "Large").replace('Offset="2" Geometry="Pixel"', 'Offset="508" Geometry="Pixel"')
    profile = read(gdtf(PAR.replace("</DMXModes>", larger + "</DMXModes>")))
    assert [one.name for one in profile.modes] == ["Two pixels"]
    assert any("Large is left out: it needs 513 slots" in note for note in profile.notes)


def test_gdtf_virtual_channels_are_not_read_whatever_numbers_they_have(read):
    virtual = '<DMXChannel Geometry="Body" Offset="None"><LogicalChannel Attribute="Dimmer">'
    virtual += '<ChannelFunction DMXFrom="0/1000000000"/></LogicalChannel></DMXChannel>'
    profile = read(gdtf(PAR.replace("<DMXChannels>", "<DMXChannels>" + virtual)))
    assert channels(profile.modes[0]) == channels(read(gdtf()).modes[0])


def test_gdtf_channel_that_is_no_light_stays_at_its_default_and_is_noted(read):
    described = PAR.replace('Attribute="Shutter1"', 'Attribute="Gobo1"').replace('Default="0/1"', 'Default="51/1"', 1)
    profile = read(gdtf(described))
    assert channels(profile.modes[0])[3, None] == ("fixed", "", 0, 0.2)
    assert any("Gobo1" in note for note in profile.notes)


def test_a_shutter_that_is_never_said_to_be_open_is_told(read):
    pulse = {"capability": {"type": "ShutterStrobe", "shutterEffect": "Strobe", "speedStart": "1Hz", "speedEnd": "9Hz"}}
    level = {"capability": {"type": "Intensity"}}
    flashing = {
        "name": "Flash",
        "availableChannels": {"Level": level, "Pulse": pulse},
        "modes": [{"name": "2", "channels": ["Level", "Pulse"]}],
    }
    told = ("Pulse stays at its default: no level is told at which it is open, so it may flash",)
    assert read(json.dumps(flashing).encode(), "flash.json").notes == told
    assert "Shutter1 stays at its default" in read(gdtf(PAR.replace('Name="Open"', 'Name="Fast"'))).notes[0]
    assert read(gdtf()).notes == ()


def test_library_gives_pixels_fine_channels_and_an_open_shutter(read):
    profile = read(library(), "bar.json")
    assert [emitter.name for emitter in profile.emitters] == ["red", "warm white"]
    by_pixel, whole = profile.modes
    assert (by_pixel.slots, by_pixel.cells, whole.slots, whole.cells) == (13, 3, 3, 1)
    found = channels(by_pixel)
    assert found[1, 2] == ("intensity", "", 0, 0.0)
    assert found[3, None] == ("strobe", "", 0, round(10 / 255, 3))
    assert [found[5 + 3 * pixel, None] for pixel in range(3)] == [("emitter", "red", pixel, 0.0) for pixel in range(3)]
    assert found[9, 10] == ("emitter", "warm white", 1, 0.0)
    assert channels(whole)[2, None] == ("fixed", "", 0, 0.5)
    assert channels(whole)[3, None] == ("emitter", "red", 0, 0.0)
    assert profile.temperature_k == (2700.0, 6500.0)


def test_library_matrix_by_channel_puts_all_pixels_of_one_colour_together(read):
    table = copy.deepcopy(BAR)
    table["modes"][0]["channels"][4]["channelOrder"] = "perChannel"
    mode = read(library(table), "bar.json").modes[0]
    assert [one.offset for one in mode.channels if one.emitter == "red"] == [5, 6, 7]


def test_real_files_of_makers_are_understood():
    folder = os.environ.get("OPENSTAGE_DATA")
    if folder is None:
        pytest.skip("OPENSTAGE_DATA is not set: the files from the field are not here")
    lighting = Path(folder) / "content" / "lighting"
    par = read_fixture_file(next(lighting.glob("*.gdtf")))
    assert [one.attribute for one in par.modes[0].channels] == ["intensity", *["emitter"] * 4]
    assert [emitter.xy is not None for emitter in par.emitters] == [True] * 4
    panel = read_fixture_file(lighting / "ofl" / "arri_skypanel-s60c.json")
    assert panel.temperature_k == (2800.0, 10000.0)
    whites = next(mode for mode in panel.modes if mode.name.startswith("P07"))
    assert [(one.attribute, one.fine) for one in whites.channels[:3]] == [
        ("intensity", 2),
        ("temperature", 4),
        ("tint", 6),
    ]
    levels = [level for level, value in whites.channels[2].points if value == 0.0]
    assert min(levels) <= whites.channels[2].default <= max(levels)


ENTITIES = '<!DOCTYPE GDTF [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE GDTF [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
CROWDED = PAR.replace("<DMXChannels>", "<DMXChannels>" + '<DMXChannel Offset="1" Geometry="Pixel"/>' * 900).replace(
    '<Geometry Name="Body">', '<Geometry Name="Body">' + '<GeometryReference Geometry="Pixel"/>' * 40
)
REFERRED = (
    '<Geometry Name="Body">'
    + '<GeometryReference Geometry="Many"/>' * 1000
    + '</Geometry><Geometry Name="Many">'
    + "<Geometry/>" * 1000
    + "</Geometry>"
)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "zip"),
        (b"PK\x03\x04 and no more", "zip"),
        (bytes(100), "zip"),
        (gdtf()[:400], "zip"),
        (gdtf(packing=zipfile.ZIP_LZMA), "packed by method 14"),
        (gdtf(packing=zipfile.ZIP_BZIP2), "packed by method 12"),
        (gdtf(PAR.replace(HEAD, HEAD + ENTITIES)), "entities"),
        (gdtf(PAR.replace(HEAD, HEAD + OUTSIDE)), "entities"),
        (gdtf(PAR, **{"../../etc/cron.d/x": "boo"}), "leads out of the archive"),
        (gdtf(PAR, **{"/etc/passwd": "boo"}), "leads out of the archive"),
        (gdtf(PAR, **{"..\\..\\x": "boo"}), "leads out of the archive"),
        (gdtf(" " * (17 << 20)), "larger than 16 MiB"),
        (gdtf("<a>" * 80 + "</a>" * 80), "deep"),
        (gdtf("<GDTF>" + "<a/>" * 200_001 + "</GDTF>"), "elements"),
        (gdtf(PAR.replace("<Geometries>", "<Geometries>" + REFERRED)), "in all modes and pixels"),
        (gdtf(PAR.replace("<DMXModes>", "<DMXModes>" + "<DMXMode/>" * 300)), "found 301 modes"),
        (gdtf(PAR.replace("<DMXChannels>", "<DMXChannels>" + "<DMXChannel/>" * 9000)), "found 9004 channels"),
        (gdtf(PAR.replace("<LogicalChannel", "<ChannelFunction/>" * 9000 + "<LogicalChannel")), "functions of"),
        (gdtf(PAR.replace("<Emitters>", "<Emitters>" + "<Emitter/>" * 20)), "found 21 emitters"),
        (gdtf(CROWDED), "channels in all modes and pixels"),
        (gdtf("<GDTF"), "is not XML"),
        (gdtf("<GDTF/>"), "no FixtureType"),
        (gdtf(b"\xff\xfe<\0G\0"), "UTF-8"),
        (gdtf(PAR.replace('Offset="1,2"', 'Offset="2000000000"')), "numbers up to 512"),
        (gdtf(PAR.replace('DMXBreak="1"', 'DMXBreak="2000000000"', 1)), "numbers up to 16"),
        (gdtf(PAR.replace('Color="0.7,0.29,20"', 'Color="nan,nan,nan"').replace("1.0", "inf")), "finite"),
        (gdtf(PAR.replace("DMXMode ", "Other ").replace("/DMXMode>", "/Other>")), "no mode with channels"),
        (gdtf(PAR.replace('DMXOffset="4"', 'DMXOffset="60000"')), "needs 60001 slots"),
        (gdtf(PAR.replace('DMXOffset="4"', 'DMXOffset="33000000"')), "numbers up to 65536"),
    ],
    ids=str,
)
def test_hostile_gdtf_is_refused_with_its_place(read, content, says):
    with pytest.raises(FixtureError, match=says):
        read(content)


RED = {"capability": {"type": "ColorIntensity", "color": "Red"}}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"modes": []}, "modes"),
        ({"modes": 3}, "modes"),
        ({"modes": [{"name": "x", "channels": ["Master"] * 513}]}, "512"),
        ({"modes": [{"name": "x", "channels": [[]]}]}, r"channels\[0\]"),
        ({"availableChannels": []}, "availableChannels"),
        ({"availableChannels": {"Master": {"capability": 1}}}, "Master"),
        ({"matrix": {"pixelCount": [10**9, 10**9, 10**9]}}, "pixels"),
        ({"name": "x" * 1000}, "name"),
        ({"templateChannels": {f"{one} $pixelKey": RED for one in range(513)}}, "at most 512"),
        (
            {"modes": [{"name": f"{mode}", "channels": [f"{mode} {one}" for one in range(512)]} for mode in range(17)]},
            "8192",
        ),
    ],
    ids=str,
)
def test_bad_library_file_is_refused_with_its_place(read, change, says):
    with pytest.raises(FixtureError, match=says):
        read(library(BAR | change), "bar.json")


def test_long_comment_of_a_library_file_is_not_searched_for_ever(read):
    ranges = [{"dmxRange": [0, 9], "type": "Generic", "comment": "1" + " " * 100_000 + "x"}]
    table = BAR | {"availableChannels": {"Green magenta": {"capabilities": ranges}}}
    assert read(library(table), "bar.json").modes


@pytest.mark.parametrize("content", [b"[1]", b"{", b"\xff", b"[" * 100_000, b'{"modes": NaN}'])
def test_json_that_is_no_fixture_is_refused(read, content):
    with pytest.raises(FixtureError):
        read(content, "bar.json")


def test_damaged_file_is_read_or_refused_and_nothing_else(read):
    dice = random.Random(7)
    for good, name in ((PAR.encode(), "fixture.gdtf"), (library(), "bar.json")):
        for _ in range(150):
            bad = bytearray(good)
            for _ in range(dice.randrange(1, 6)):
                bad[dice.randrange(len(bad))] = dice.randrange(32, 127)
            content = gdtf(bytes(bad)) if name.endswith("gdtf") else bytes(bad)
            try:
                profile = read(content, name)
            except FixtureError as error:
                assert str(error)
            else:
                assert profile.modes


def test_archive_with_any_byte_changed_is_read_or_refused_and_nothing_else(read):
    dice = random.Random(3)
    good = gdtf()
    directory = good.index(b"PK\x01\x02")
    for at in [*range(directory, len(good)), *(dice.randrange(directory) for _ in range(60))]:
        bad = bytearray(good)
        bad[at] ^= dice.randrange(1, 256)
        try:
            assert read(bytes(bad)).modes
        except FixtureError as error:
            assert str(error)
