"""`stage world`: what a file is, and what keeps it from being shown."""

import json

import numpy as np
import OpenEXR
import pytest
from running_loader import a_png
from running_stage import command_here, configuration

from render.images.exr import write_exr
from tests.building import stage_text
from tests.made_pictures import sphere, with_sun

LAYER = '[[layers]]\nkind = "panorama"\nfile = "{}"\n'


def report(*words):
    result = command_here("world", *words, "--json")
    return result.returncode, json.loads(result.stdout)


def test_the_header_of_a_file_is_told(tmp_path):
    pixels = np.ones((64, 128, 3), np.float32)
    with OpenEXR.File({"type": OpenEXR.scanlineimage}, {"RGB": pixels, "depth.Z": pixels[..., 0].copy()}) as file:
        file.write(str(tmp_path / "p.exr"))
    code, found = report("info", str(tmp_path / "p.exr"))
    assert (code, found["kind"], found["columns"], found["rows"]) == (0, "exr", 128, 64)
    assert found["ignored"] == ["channel depth.Z"]
    assert found["bytes"] == (tmp_path / "p.exr").stat().st_size
    assert (found["cpu_mib"], found["gpu_mib"]) == (0.1, 0.1)


def test_a_file_that_cannot_be_shown_has_errors_and_one_that_is_odd_has_findings(tmp_path):
    cut = a_png(tmp_path / "cut.png")
    cut.write_bytes(cut.read_bytes()[:200])
    code, found = report("check", str(cut))
    assert (code, len(found["errors"])) == (1, 1)
    write_exr(tmp_path / "wide.exr", np.full((8, 32, 3), np.nan, np.float32))
    code, found = report("check", str(tmp_path / "wide.exr"))
    assert (code, [one["code"] for one in found["findings"]]) == (0, ["picture_mended"])
    assert command_here("world", "check", str(tmp_path / "none.exr")).returncode == 2


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("street.world.toml", LAYER.format("a.png"), "a world of 1 layer: panorama a.png"),
        (
            "street.world.toml",
            LAYER.format("b.png"),
            "layers[0].file: found 'b.png', which is not there, expected a file",
        ),
        ("street.world.toml", "x = 1", "street.world.toml: layers: missing, expected a list of 1 to 4"),
        ("stage.toml", "x = 1", "found a TOML file that is no world's, expected a picture, a film,"),
    ],
)
def test_the_file_of_a_world_is_read_and_its_files_are_looked_for(tmp_path, name, text, said):
    a_png(tmp_path / "a.png")
    (tmp_path / name).write_text(text)
    result = command_here("world", "check", str(tmp_path / name))
    assert said in result.stdout + result.stderr
    assert result.returncode == (0 if "a world of" in said else 1)


def test_a_sun_that_lacks_light_is_a_finding_with_its_height_and_stops(tmp_path):
    write_exr(tmp_path / "sun.exr", with_sun(0.2 * sphere(rows=64), 30.0, 14.0 / 2.0**5).astype(np.float32))
    code, found = report("check", str(tmp_path / "sun.exr"))
    (text,) = [one["text"] for one in found["findings"] if one["code"] == "sun_too_dark"]
    assert code == 0
    assert "5 stops less light than the real one" in text


@pytest.mark.parametrize(("gpu_mib", "codes"), [(16, ["asset_no_gpu_room"]), (64, [])])
def test_a_file_that_needs_more_than_the_stage_may_have_is_a_finding_with_the_figures(tmp_path, gpu_mib, codes):
    stage = tmp_path / "stage.toml"
    stage.write_text(configuration(more=f"[library]\ngpu_mib = {gpu_mib}\n"))
    code, found = report("check", str(a_png(tmp_path / "p.png", rows=1024)), "--config", str(stage))
    assert (code, [one["code"] for one in found["findings"]]) == (0, codes)


def added(tmp_path, *files):
    (tmp_path / "stage.toml").write_text(stage_text() + '\n[library]\nfolder = "library"\n')
    words = ["world", "add", *map(str, files), "--config", str(tmp_path / "stage.toml"), "--json"]
    result = command_here(*words)
    return result.returncode, json.loads(result.stdout)["added"] if result.returncode == 0 else result.stderr


def test_files_are_added_to_a_library_without_replacing_any(tmp_path):
    picture = a_png(tmp_path / "dusk.png")
    (tmp_path / "dusk.mask.png").write_bytes(picture.read_bytes())
    library = tmp_path / "library"
    assert added(tmp_path, picture) == (0, [str(library / "dusk.png")])
    assert added(tmp_path, picture, library / "dusk.png") == (
        0,
        [str(library / "dusk (2).png"), str(library / "dusk.png")],
    )
    names = ["dusk (2).mask.png", "dusk (2).png", "dusk.mask.png", "dusk.png"]
    assert sorted(path.name for path in library.iterdir()) == names
    assert (library / "dusk (2).png").read_bytes() == picture.read_bytes()


def test_files_go_to_the_worlds_of_the_show_where_the_stage_names_no_library(tmp_path):
    (tmp_path / "stage.toml").write_text(stage_text())
    picture = str(a_png(tmp_path / "dusk.png"))
    for words, show in (
        (("--config", str(tmp_path / "stage.toml")), "shows/default"),
        (("--config", str(tmp_path / "stage.toml"), "--show", str(tmp_path / "b")), "b"),
        (("--show", str(tmp_path / "c")), "c"),
    ):
        assert command_here("world", "add", picture, *words).returncode == 0
        assert (tmp_path / show / "worlds" / "dusk.png").exists()


def test_what_would_be_no_world_is_not_added_and_says_what_to_do(tmp_path):
    (tmp_path / "IMG.HEIC").write_bytes(b"\0\0\0\x18ftypheic")
    good = a_png(tmp_path / "good.png")
    hidden = a_png(tmp_path / "new.png").rename(tmp_path / ".hidden.png")
    for file, cure in (
        (tmp_path / "IMG.HEIC", "save it as"),
        (hidden, "rename it"),
        (tmp_path / "none.png", "No such"),
    ):
        code, said = added(tmp_path, good, file)
        assert (code, cure in said) == (2, True), said
    assert not (tmp_path / "library").exists()
    result = command_here("world", "add", str(good))
    assert (result.returncode, "--config: missing" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--codec", "dnxhr", "--size", "100x50"), "at least 256x120 for DNxHR"),
        (("--start", "25:00:00:00"), "expected hours:minutes:seconds:frames"),
        (("--start", "10:00:00:24"), "expected one below 24"),
    ],
)
def test_a_test_plate_that_cannot_be_is_refused_with_what_can(tmp_path, words, says):
    result = command_here("world", "make-test-plate", "--out", str(tmp_path / "plate.mov"), *words)
    assert (result.returncode, list(tmp_path.iterdir())) == (2, [])
    assert says in result.stderr
