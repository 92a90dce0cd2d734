"""The skies that layers were shot under, as files give them: read at the start, kept by a run, refused with reasons."""

import pytest

from stage.config.findings import Findings
from stage.loading.files import load_config
from stage.loading.run_copy import load_run_copy, make_run_copy
from stage.loading.world_files import read_world_file, world_in
from stage.words.languages import LANGUAGES
from stage.words.sentences import sentence
from tests.building import stage_text
from tests.fold.show.air_stage import layer, world
from tracking.records import ConfigError

LOOK = 'name = "Hazy"\n[values]\n"/sky/haze" = 0.4\n"/time/hour" = 7\n"/grade/exposure_stops" = 1.0\n'
VALUES = {"/sky/haze": 0.4, "/time/hour": 7.0}


def written(folder, shot_sky):
    """A configuration of one layer that was shot under this sky."""
    (folder / "hazy.toml").write_text(LOOK)
    (folder / "a.exr").write_bytes(b"")
    keys = {"follow_hour": True, "shot_hour": 9.0, "shot_sky": shot_sky}
    path = folder / "stage.toml"
    path.write_text(stage_text(world("Street", layer(file="a.exr", **keys))))
    return path


def shot_sky(loaded):
    return loaded.config.worlds[0].layers[0].shot_sky


def test_a_look_is_read_for_what_it_says_of_the_sky(tmp_path):
    assert shot_sky(load_config(written(tmp_path, "hazy.toml"))) == VALUES


def test_values_may_stand_in_the_table_itself(tmp_path):
    assert shot_sky(load_config(written(tmp_path, {"/sky/haze": 1}))) == {"/sky/haze": 1.0}


def test_a_shipped_look_is_called_by_its_name(tmp_path):
    assert shot_sky(load_config(written(tmp_path, "dusk")))["/sky/sun/source"] == "manual"


def test_a_run_keeps_the_sky_when_the_look_has_gone(tmp_path):
    loaded = load_config(written(tmp_path, "hazy.toml"))
    (tmp_path / "run").mkdir()
    make_run_copy(loaded, tmp_path / "run")
    (tmp_path / "hazy.toml").unlink()
    again = load_run_copy(tmp_path / "run")
    assert again.config == loaded.config


@pytest.mark.parametrize(
    ("given", "finding"),
    [
        ("none.toml", "cannot be read: No such file or directory"),
        ("dawm", "found 'dawm', expected a look's file that ends in .toml, or one of"),
        ("../dusk", "found '../dusk', expected a look's file that ends in .toml"),
        ({"/sky/haze": 2.0}, "/sky/haze is 2"),
        ({"/sky/hase": 0.5}, "/sky/hase"),
        ({"/grade/tint": 0.5}, "found '/grade/tint', expected values below /sky/, or /time/hour"),
        ({"/sky/haze": "thick"}, "/sky/haze"),
        (5.0, "found 5.0, expected text or"),
    ],
)
def test_what_is_no_sky_is_refused_with_its_place(tmp_path, given, finding):
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, given))
    (line,) = caught.value.findings
    assert line.startswith(f"{tmp_path / 'stage.toml'}: worlds[0].layers[0].shot_sky: ")
    assert finding in line


def test_a_worlds_file_names_a_look_beside_it_and_no_other(tmp_path):
    written(tmp_path, "hazy.toml")
    path = tmp_path / "street.world.toml"
    text = '[[layers]]\nkind = "panorama"\nfile = "a.exr"\nfollow_hour = true\nshot_sky = "{}"\n'
    path.write_text(text.format("hazy.toml"))
    assert read_world_file(path).layers[0].shot_sky == VALUES
    chinese = {"dawm": "以下之一：", "../hazy.toml": "应为同一文件夹中预设的名称", "none.toml": "无法读取："}
    for given, said in chinese.items():
        path.write_text(text.format(given))
        findings = Findings(path.name)
        assert world_in(path, findings) is None
        fault = findings.first()
        assert fault is not None
        line = sentence(fault.code, fault.values, LANGUAGES["zh"])
        assert line.startswith("layers[0].shot_sky")
        assert said in line
    path.write_text(text.format("../hazy.toml"))
    with pytest.raises(ConfigError, match="expected the name of a look: a file of the same folder"):
        read_world_file(path)
