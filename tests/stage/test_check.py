"""`stage check`: it reports everything at once, in one form, and accepts whatever is documented."""

import json
import re
from fractions import Fraction

import msgspec
import numpy as np
import OpenEXR
import pytest
from running_stage import command_here

from render.images.exr import write_exr
from render.media.made_plate import PlateSettings, make_test_plate
from render.worlds.coordinates.record import CoordinatesLayer
from render.worlds.model.record import ModelLayer
from render.worlds.plate.record import PlateLayer
from stage.doctor.configuration import examine_stage
from tests.configuration_tables import CONFIG_RECORDS, fields_of, records_of
from tests.fold.config.stage_texts import GOOD
from tests.render.models.made_gltf import one_quad

REQUIRED = {
    "walls": {"name": "main", "resolution_px": [64, 32]},
    "arc": {"kind": "arc", "radius_m": 4.0, "sweep_deg": 120.0, "height_m": 2.6},
    "plane": {
        "kind": "plane",
        "lower_left_m": [-1.0, 3.0, 0.0],
        "lower_right_m": [1.0, 3.0, 0.0],
        "upper_left_m": [-1.0, 3.0, 2.0],
    },
    "mesh": {"kind": "mesh", "file": "wall.obj"},
    "regions": {"wall": "main"},
    "trackers": {"name": "t", "protocol": "freed", "source": "udp://:40000"},
    "cameras": {"name": "A"},
    "cards": {"name": "c"},
    "lights": {
        "name": "l",
        "fixture": "generic_dimmer",
        "universe": 1,
        "address": 1,
        "position_m": [0.0, 0.0, 3.0],
        "aim_m": [0.0, 0.0, 1.5],
    },
    "world": {"kind": "coordinates"},
    "worlds": {"name": "w"},
}
LISTS = ("walls", "outputs", "trackers", "cameras", "cards", "lights", "worlds")
ELSEWHERE = {"signal", "dialect", "map", "placement", "emitters", "plates"}
"""Tables that are whole values of another table's key."""
OPTIONAL = {"rules", "arguments", "crowd"}
"""Tables that are in no default, and have a test of their own."""
QUAD = "v -1 3 0\nv 1 3 0\nv 1 3 2\nv -1 3 2\nvt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\nf 1/1 2/2 3/3 4/4\n"


def toml_of(value):
    """A value as TOML, tables inline."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml_of(inner)}" for key, inner in value.items() if inner is not None) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml_of, value)) + "]"
    return json.dumps(value)


def written_out(name):
    """A record's required keys and every other one that has a default, as the documents show them."""
    fields = [field for record in records_of(CONFIG_RECORDS[name]) for field in msgspec.structs.fields(record)]
    defaults = {
        field.encode_name: msgspec.to_builtins(field.default if field.default is not msgspec.NODEFAULT else None)
        for field in fields
        if not field.required
    }
    return {**REQUIRED.get(name, {}), **{key: value for key, value in defaults.items() if value is not None}}


def whole_configuration(shape):
    """Every section with every documented key that has a default."""
    rows = {name: written_out(name) for name in CONFIG_RECORDS if name not in {*ELSEWHERE, *OPTIONAL}}
    rows["walls"]["shape"] = rows[shape]
    rows["outputs"]["regions"] = [rows["regions"]]
    of_some = {field.encode_name for kind in (PlateLayer, ModelLayer) for field in msgspec.structs.fields(kind)}
    of_pictures = {field.encode_name for field in msgspec.structs.fields(CoordinatesLayer)}
    rows["worlds"]["layers"] = [{k: v for k, v in rows["world"].items() if k not in of_some - of_pictures}]
    for nested in ("plane", "arc", "mesh", "regions", "world"):
        del rows[nested]
    lines = []
    for name, row in rows.items():
        lines.append(f"[[{name}]]" if name in LISTS else f"[{name}]")
        lines += [f"{key} = {toml_of(value)}" for key, value in row.items()]
    return "\n".join(lines)


def checked(folder, text):
    """What `check` finds in a configuration of this text."""
    (folder / "stage.toml").write_text(text)
    return examine_stage(folder / "stage.toml").errors


@pytest.mark.parametrize("shape", ["arc", "plane", "mesh"])
def test_every_documented_key_with_its_default_is_accepted(tmp_path, shape):
    (tmp_path / "wall.obj").write_text(QUAD)
    text = whole_configuration(shape)
    assert checked(tmp_path, text) == ()
    keys = {field.encode_name for record in CONFIG_RECORDS.values() for field in fields_of(record)}
    assert len([key for key in keys if re.search(rf"\b{key} = ", text)]) > 70


@pytest.mark.parametrize("lens", ["encoders", "zcam"])
def test_a_dialect_of_the_lens_names_no_file(tmp_path, lens):
    assert checked(tmp_path, GOOD.replace("camera_id = 1", f'camera_id = 1\ndialect = {{ lens = "{lens}" }}')) == ()


def test_a_map_of_every_documented_key_is_accepted(tmp_path):
    arguments = (
        '[{ index = 0, field = "x", unit = "m", sign = 1 }, { index = 1, field = "pan", unit = "deg", sign = -1 }]'
    )
    osc = f'map = {{ frame = "stage", rules = [{{ address = "/a/{{id}}", arguments = {arguments} }}] }}'
    text = GOOD.replace('"freed"', '"osc"').replace("camera_id = 1", f"camera_id = 1\n{osc}")
    assert checked(tmp_path, text) == ()


def test_keys_and_files_are_reported_at_once_and_in_one_form(tmp_path):
    (tmp_path / "over.obj").write_text(QUAD + "f 1/1 2/2 3/3\n")
    (tmp_path / "lens.json").write_text('{"nodes": [{"focal_length_mm": 0.1}]}')
    (tmp_path / "weights.json").write_text("{}")
    (tmp_path / "sky.png").write_bytes(b"GIF89a")
    text = (
        GOOD.replace("latency_ms = 16", "latency_ms = -16")
        .replace("camera_id = 1", 'predictor = "learned"\npredictor_weights = "weights.json"\ncamera_id = 1')
        .replace("focal_length_mm = 35", 'lens = "lens.json"')
        .replace('kind = "coordinates"', 'kind = "panorama"\nfile = "sky.png"\ncolour_space = "ACESgc"')
    )
    text += '[[walls]]\nname = "over"\nresolution_px = [40, 20]\nshape = { kind = "mesh", file = "over.obj" }\n'
    text += '[[walls]]\nname = "line"\nresolution_px = [40, 20]\n'
    text += (
        'shape = { kind = "plane", lower_left_m = [0, 2, 0], lower_right_m = [1, 2, 0], upper_left_m = [2, 2, 0] }\n'
    )
    text += '[[cameras]]\nname = "B"\nlens = "none.json"\n'
    found = checked(tmp_path, text)
    begin = re.escape(f"{tmp_path / 'stage.toml'}: ")
    assert all(re.match(rf"{begin}[\w.\[\]]+: found .*, expected ", line) for line in found), found
    assert [line.partition(": ")[2].partition(": ")[0] for line in found] == [
        "walls[0].latency_ms",
        "walls[1].shape.file",
        "walls[2].shape",
        "trackers[0].predictor_weights",
        "cameras[0].lens",
        "cameras[1].lens",
        "world.colour_space",
        "world.file",
    ]
    assert "in 'over.obj', line 10" in found[1]
    assert "nodes[0].focal_length_mm of 'lens.json'" in found[4]


def test_addresses_that_the_network_can_reach_are_reported_as_run_reports_them(tmp_path):
    text = GOOD + '[control]\nendpoint = "tcp://0.0.0.0:7700"\n[panel]\nbind = "192.0.2.1:7780"\n'
    control, panel = checked(tmp_path, text)
    assert ": control.endpoint: found 'tcp://0.0.0.0:7700'" in control
    assert ": panel.bind: found '192.0.2.1:7780'" in panel
    assert "stage control keys add" in control
    assert "--lan" in panel


def test_a_panorama_without_usable_channels_is_reported(tmp_path):
    depth = np.ones((8, 16), np.float32)
    with OpenEXR.File({"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}, {"Z": depth}) as file:
        file.write(str(tmp_path / "depth.exr"))
    text = GOOD.replace('kind = "coordinates"', 'kind = "panorama"\nfile = "depth.exr"')
    (found,) = checked(tmp_path, text)
    assert found.endswith("world.file: found channels Z in 'depth.exr', expected R, G, B or Y")
    write_exr(tmp_path / "depth.exr", np.ones((8, 16, 3), np.float32))
    assert checked(tmp_path, text) == ()


def test_a_mesh_in_survey_coordinates_or_of_no_size_is_reported(tmp_path):
    (tmp_path / "wall.obj").write_text(QUAD)
    for scale in (1e6, 1e-9):
        text = f'[[walls]]\nname = "w"\nresolution_px = [8, 8]\nshape = {{ kind = "mesh", file = "wall.obj", scale = {scale} }}\n'
        (found,) = checked(tmp_path, text)
        assert ": walls[0].shape: found " in found


def test_a_file_name_that_no_system_can_have_is_reported(tmp_path):
    for name in ("x" * 5000 + ".json", r"a\u0000b.json"):
        (found,) = checked(tmp_path, GOOD.replace("focal_length_mm = 35", f'lens = "{name}"'))
        assert ": cameras[0].lens: found " in found


def test_a_library_whose_folder_is_away_is_a_warning(tmp_path):
    path = tmp_path / "stage.toml"
    path.write_text(GOOD + '\n[library]\nfolder = "pictures"\n')
    (warning,) = [line for line in examine_stage(path).warnings if "library" in line]
    assert warning.startswith(f"{path}: library.folder: found 'pictures', which is not there, expected a folder")
    (tmp_path / "pictures").mkdir()
    assert not [line for line in examine_stage(path).warnings if "library" in line]


def test_check_prints_every_finding_on_a_line_of_its_own(tmp_path):
    config = tmp_path / "stage.toml"
    config.write_text(GOOD.replace("latency_ms = 16", "latency_ms = -16").replace("radius_m = 4", "radius_m = 0"))
    result = command_here("check", str(config))
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 2
    assert all(line.startswith(f"{config}: walls[0].") for line in result.stderr.splitlines())


def test_films_that_cannot_be_played_or_not_together_are_refused_in_words(tmp_path):
    for name, rate in (("a", 25), ("b", 24), ("cut", 25)):
        settings = PlateSettings(codec="mjpeg", columns=64, rows=36, rate=Fraction(rate), frames=3)
        make_test_plate(tmp_path / f"{name}.mov", settings)
    cut = tmp_path / "cut.mov"
    cut.write_bytes(cut.read_bytes()[:1000])
    path = tmp_path / "stage.toml"
    rig = 'kind = "plate"\nplates = [{ file = "a.mov" }, { file = "b.mov" }]\n'
    path.write_text(
        f'{GOOD.partition("[world]")[0]}[[worlds]]\nname = "w"\n[[worlds.layers]]\n{rig}[[worlds.layers]]\nkind = "plate"\nfile = "cut.mov"\n'
    )
    set_of_two, broken = examine_stage(path).errors
    assert set_of_two.endswith(
        "worlds[0].layers[0]: b.mov has 24 frames/s, a.mov of the same set 25: convert one of them"
    )
    assert "worlds[0].layers[1]: cut.mov is no film that can be read" in broken


def test_a_scene_that_cannot_be_read_is_refused_and_one_without_the_movement_that_is_named_is_warned_of(tmp_path):
    one_quad().glb(tmp_path / "square.glb")
    (tmp_path / "cut.glb").write_bytes((tmp_path / "square.glb").read_bytes()[:40])
    path = tmp_path / "stage.toml"
    path.write_text(f'{GOOD.partition("[world]")[0]}[world]\nkind = "model"\nfile = "square.glb"\nmovement = "run"\n')
    found = examine_stage(path)
    assert found.errors == ()
    assert f"{path}: world.movement: square.glb has no animation run, so it stands still; it has: -" in found.warnings
    path.write_text(path.read_text().replace("square", "cut"))
    (broken,) = examine_stage(path).errors
    assert broken.startswith(f"{path}: world.file: found 40 bytes in 'cut.glb', expected ")
