"""A light's fixture is a shipped profile or a file beside the configuration; a restarted core reads the run's copy."""

import pytest

from stage.loading.files import load_config
from stage.loading.run_copy import load_run_copy, make_run_copy
from tests.building import stage_text
from tests.stage.fixture_texts import BAR, gdtf, library
from tracking.records import ConfigError


def with_light(folder, fixture, **keys):
    """A stage's configuration with one light."""
    rows = {"name": "Key", "fixture": fixture, "universe": 1, "address": 1, **keys}
    lines = [f"{key} = {value!r}" for key, value in rows.items()]
    text = "\n".join([stage_text(), "[[lights]]", *lines, "position_m = [0, 0, 3]", "aim_m = [0, 2, 1]", ""])
    (folder / "stage.toml").write_text(text)
    return folder / "stage.toml"


def test_a_light_takes_its_fixture_from_a_file_of_others_and_so_does_a_restarted_core(tmp_path):
    (tmp_path / "par.gdtf").write_bytes(gdtf())
    (tmp_path / "bar.JSON").write_bytes(library(BAR))
    for file, name in (("par.gdtf", "Par of the tests"), ("bar.JSON", "Bar of the tests")):
        loaded = load_config(with_light(tmp_path, file))
        assert loaded.config.profiles[file].name == name
    (tmp_path / "run").mkdir()
    make_run_copy(loaded, tmp_path / "run")
    (tmp_path / "bar.JSON").unlink()
    again = load_run_copy(tmp_path / "run")
    assert again is not None
    assert again.config.profiles == loaded.config.profiles


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("par.gdtf", b"no archive", "lights[0].fixture: par.gdtf: "),
        ("bar.json", b"[1]", "lights[0].fixture: bar.json: found a list, expected a fixture of the Open Fixture"),
        ("none.gdtf", None, "lights[0].fixture: none.gdtf: cannot be read: No such file"),
        ("lamp", None, "or a file ending in .toml, .gdtf, .json"),
    ],
)
def test_a_fixture_that_cannot_be_read_is_told_at_its_light(tmp_path, file, content, told):
    if content is not None:
        (tmp_path / file).write_bytes(content)
    with pytest.raises(ConfigError) as refused:
        load_config(with_light(tmp_path, file))
    assert told in "\n".join(refused.value.findings)
