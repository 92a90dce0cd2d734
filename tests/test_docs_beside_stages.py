"""Documented commands and programs that want a running stage, beside one: no two of the stages run at a time."""

import shutil
import sys
import time

import pytest
from document_reader import Reader, blocks, running_stage
from document_tables import ROOT

from tests.warm_program import warm_program

pytestmark = pytest.mark.gl


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    """The program for commands beside a running stage, loaded once: there are some two hundred of them."""
    with warm_program(tmp_path_factory.mktemp("warm"), ROOT) as program:
        yield program


@pytest.fixture(scope="class")
def reader(request, tmp_path_factory, warm):
    """A reader who has the stage of the class running, followed by its tracker, until the class has been gone through."""
    with running_stage(tmp_path_factory.mktemp("stage"), set(), request.cls.STAGE, warm) as running:
        yield running


def do_what_it_says(reader: Reader, text: str) -> None:
    done = reader.shell(text)
    assert done.returncode == 0, done.stdout + done.stderr


class TestAStageThatFollowsItsTracker:
    STAGE = "sim_arc"

    @pytest.mark.parametrize("text", blocks("sh", "live"))
    def test_documented_commands_reach_a_running_stage(self, text, reader):
        if "curl" in text and shutil.which("curl") is None:
            pytest.skip("there is no curl here")
        do_what_it_says(reader, text)

    @pytest.mark.parametrize("text", blocks("python", "live"))
    def test_documented_clients_reach_a_running_stage(self, text, reader):
        done = reader.do([sys.executable, "-c", reader.translated(text)])
        assert done.returncode == 0, done.stderr


class TestAStageWithALibrary:
    STAGE = "sim_pictures"

    @pytest.mark.timeout(300)
    def test_the_way_from_a_stick_to_the_wall_can_be_gone(self, reader):
        """The blocks are steps: each begins where the one before has ended. A person waits until a picture has been read."""
        for step in blocks("sh", "library"):
            (text,) = step.values
            asks_the_stage = all(line.startswith("./run stage control") for line in text.splitlines())
            deadline = time.monotonic() + (60.0 if asks_the_stage else 0.0)
            while (done := reader.shell(text)).returncode and time.monotonic() < deadline:
                time.sleep(0.3)  # the stage has the processor meanwhile
            assert done.returncode == 0, f"{step.id}\n{text}\n{done.stdout}{done.stderr}"


class TestAStageWithASky:
    STAGE = "sim_valley"

    @pytest.mark.parametrize("text", blocks("sh", "day"))
    def test_documented_commands_take_a_director_through_a_day(self, text, reader):
        do_what_it_says(reader, text)


class TestAStageWithLights:
    STAGE = "sim_lights"

    @pytest.mark.parametrize("text", blocks("sh", "lights"))
    def test_documented_commands_work_on_stage_lights(self, text, reader):
        do_what_it_says(reader, text)
