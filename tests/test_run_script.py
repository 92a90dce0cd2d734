"""`./run` as people call it: from a folder of their own, through a link, with paths relative to that folder."""

import hashlib
import json
import os
import shutil
import subprocess

import pytest
from document_tables import ROOT

SCRIPT = ROOT / "run"
ROGUE = "raise SystemExit('a module of the caller was imported')\n"


@pytest.fixture(scope="module", autouse=True)
def _set_up():
    """The script would otherwise set up the environment that these tests run in."""
    wanted = hashlib.sha256((ROOT / "requirements.txt").read_bytes()).hexdigest()
    stamp = ROOT / ".venv" / "stamp"
    if not stamp.is_file() or stamp.read_text().strip() != wanted:
        pytest.fail("the virtual environment is not the one that ./run sets up: run './run stage --version' first")


@pytest.fixture
def folder(tmp_path):
    """A folder with a space in its name, a stage in `rel`, a link to the script, and modules named like ours."""
    folder = tmp_path / "my stage"
    shutil.copytree(ROOT / "hw_configs", folder / "rel")
    (folder / "stage").mkdir()
    for rogue in ("stage/__init__.py", "random.py", "render.py"):
        (folder / rogue).write_text(ROGUE)
    (folder / "link").symlink_to(SCRIPT)
    return folder


def call(folder, *words):
    ours = {"PYTHONPATH", "PYTHONSAFEPATH"}
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    environment["XDG_STATE_HOME"] = str(folder / "state")
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_a_relative_path_is_one_of_the_callers_folder(folder):
    done = call(folder, str(SCRIPT), "stage", "check", "rel/sim_arc.toml")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("rel/sim_arc.toml: good")


def test_a_file_of_the_checkout_is_not_mistaken_for_one_of_the_callers(folder):
    done = call(folder, str(SCRIPT), "stage", "check", "hw_configs/sim_arc.toml")
    assert done.returncode == 1
    assert "hw_configs/sim_arc.toml" in done.stderr


@pytest.mark.gl
def test_every_process_of_a_run_works_from_another_folder_through_a_link(folder):
    words = ("stage", "run", "rel/sim_arc.toml", "--headless", "--seconds", "0.5", "--record", "takes")
    done = call(folder, "./link", *words, "--control", "tcp://127.0.0.1:0")
    assert done.returncode == 0, done.stderr
    assert "imported" not in done.stderr
    ready, summary = (json.loads(line) for line in done.stdout.splitlines())
    assert ready["panel"] is not None
    assert summary["take"] == str(folder / "takes" / "take-001.mcap")
    assert (folder / "takes" / "take-001.mcap").is_file()
    assert not list((folder / "takes").glob("*.part"))


def test_what_is_neither_demo_nor_test_nor_stage_is_refused(folder):
    done = call(folder, "./link", "show")
    assert (done.returncode, done.stdout) == (2, "")
    assert "found 'show', expected one of: demo, test, stage COMMAND" in done.stderr
