"""The documents say what is true: their commands run, their tables are the program's, their links lead somewhere."""

import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from document_tables import DOCUMENTS, MARKED, ROOT, leaf_commands, renewed

from stage.cli import COMMANDS
from stage.config.reader import parse_config
from stage.config.records import StageConfig
from stage.control.client import Client, ControlError
from stage.loading.files import read_preset
from tests.configuration_tables import CONFIG_RECORDS, fields_of, kept_meanings
from tests.warm_program import warm_program

BLOCK = re.compile(
    r"^(?P<indent> *)```(?P<language>\w+)(?P<how>[^\n]*)\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL
)
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)#\s]*)(?:#(?P<anchor>[^)\s]+))?\)")
PORTS = (40000, 55555, 7700, 7780)
FORBIDDEN = re.compile(
    r"/work\b|/root\b|/home/\w|pypi\.org|files\.pythonhosted|github\.com|localhost:\d|issues? #?\d|shared/(design|reference|data)",
    re.IGNORECASE,
)
SLOWEST_BLOCK_S = 100
SIDE_BY_SIDE = 3
PROGRAM = f'"{sys.executable}" -m stage'
RESOLUTION = re.compile(r"^resolution_px = \[(\d+), (\d+)\]", re.MULTILINE)


def blocks(language: str, how: str) -> list:
    """Every fenced block of a kind, as test parameters named by document and line."""
    found = []
    for document in DOCUMENTS:
        text = document.read_text()
        for match in BLOCK.finditer(text):
            if (match["language"], match["how"].strip()) == (language, how):
                line = text[: match.start()].count("\n") + 1
                name = f"{document.name}:{line}"
                found.append(
                    pytest.param(re.sub(f"^{match['indent']}", "", match["text"], flags=re.MULTILINE), id=name)
                )
    return found


def quarter(resolution: re.Match) -> str:
    """Walls and film of a quarter of the width, and as much of the height: few pixels spare the processor."""
    width, height = (int(size) // 4 for size in resolution.groups())
    return f"resolution_px = [{width}, {height}]"


def three_free_ports(taken: set[int]) -> int:
    """The first of three free TCP ports in a row, which is a free UDP port too: what a stage and a tracker take.

    None of them is in `taken`; all are afterwards.
    """
    for _ in range(50):
        with socket.socket() as one, socket.socket() as two, socket.socket() as three, udp_socket() as tracker:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            try:
                two.bind(("127.0.0.1", port + 1))
                three.bind(("127.0.0.1", port + 2))
                tracker.bind(("127.0.0.1", port))
            except OSError:
                continue
            wanted = {port, port + 1, port + 2}
            if wanted.isdisjoint(taken):
                taken |= wanted
                return port
    raise AssertionError("no free ports")


def udp_socket() -> socket.socket:
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


class Reader:
    """Somebody who reads the documents: an empty folder with `./run` and `hw_configs`, and ports of their own."""

    def __init__(self, folder: Path, taken: set[int], program: str = PROGRAM) -> None:
        self.folder = folder
        self.ports = {port: three_free_ports(taken) for port in PORTS}
        shutil.copytree(ROOT / "hw_configs", folder / "hw_configs")
        for config in (folder / "hw_configs").glob("*.toml"):
            text = self.translated(config.read_text())
            if config.stem.startswith(("sim_", "verify_")):
                text = RESOLUTION.sub(quarter, text)
            control = f'\n[control]\nendpoint = "{self.control}"\n'
            panel = f'\n[panel]\nbind = "127.0.0.1:{self.ports[7780]}"\n'
            config.write_text(text + ("" if "[control]" in text else control) + ("" if "[panel]" in text else panel))
        run = folder / "run"
        run.write_text(f'#!/bin/sh\ncase "$1" in stage) shift ;; esac\nexec {program} "$@"\n')
        run.chmod(run.stat().st_mode | stat.S_IXUSR)
        python = folder / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        python.chmod(run.stat().st_mode)
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "XDG_STATE_HOME": str(folder / "state"),
            "OPENSTAGE_CONTROL": self.control,
        }

    @property
    def control(self) -> str:
        return f"tcp://127.0.0.1:{self.ports[7700]}"

    def translated(self, text: str) -> str:
        """Text with every documented port exchanged for a free one."""
        for documented, free in self.ports.items():
            text = re.sub(rf":{documented}\b", f":{free}", text)
        return text

    def do(self, command: list[str]) -> subprocess.CompletedProcess:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=SLOWEST_BLOCK_S,
            check=False,
        )

    def shell(self, text: str) -> subprocess.CompletedProcess:
        return self.do(["bash", "-eu", "-o", "pipefail", "-c", self.translated(text)])


@pytest.fixture(scope="module")
def taken_ports():
    return set()


@pytest.fixture
def reader(tmp_path, taken_ports):
    return Reader(tmp_path, taken_ports)


@pytest.fixture(scope="module")
def begun(request, tmp_path_factory, taken_ports):
    """The chosen shell blocks, each under way in a folder of its own: they mostly wait, and do so side by side."""
    name = test_documented_commands_do_what_they_say.__name__
    texts = [item.callspec.params["text"] for item in request.session.items if item.originalname == name]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        readers = {text: Reader(tmp_path_factory.mktemp("reader"), taken_ports) for text in texts}
        under_way: dict[str, Future] = {text: pool.submit(reader.shell, text) for text, reader in readers.items()}
        yield under_way
        pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    """The program for commands beside a running stage, loaded once: there are some two hundred of them."""
    with warm_program(tmp_path_factory.mktemp("warm"), ROOT) as program:
        yield program


@pytest.fixture(scope="module")
def live_reader(tmp_path_factory, taken_ports, warm):
    """A reader who has a stage of `sim_arc.toml` running, followed by its tracker."""
    with running_stage(tmp_path_factory.mktemp("live"), taken_ports, "sim_arc", warm) as reader:
        yield reader


@pytest.fixture
def library_reader(tmp_path, taken_ports, warm):
    """A reader who has a stage with a library running."""
    with running_stage(tmp_path, taken_ports, "sim_pictures", warm) as reader:
        yield reader


@contextmanager
def running_stage(folder: Path, taken: set[int], config: str, program: str) -> Iterator[Reader]:
    reader = Reader(folder, taken, program)
    stage = ["run", f"hw_configs/{config}.toml", "--headless", "--takes", "takes"]
    with_panel = config == "sim_arc"
    stage += [] if with_panel else ["--no-panel"]
    tracker = ["send", "--protocol", "freed", "--to", f"udp://127.0.0.1:{reader.ports[40000]}", "--loop"]
    running = []
    with (reader.folder / "log").open("w") as log:
        for words in (stage, tracker):
            command = [sys.executable, "-m", "stage", *words]
            running.append(subprocess.Popen(command, cwd=reader.folder, env=reader.environment, stdout=log, stderr=log))
        try:
            wait_for_tracker(reader, running[0])
            if with_panel:
                wait_for_panel(reader)
            yield reader
        finally:
            for process in reversed(running):
                process.terminate()
            for process in running:
                process.wait(10)


def wait_for_tracker(reader: Reader, stage: subprocess.Popen) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and stage.poll() is None:
        try:
            with Client(reader.control, timeout_s=0.5) as client:
                if client.status()["trackers"]["freed-a"]["state"] == "fresh":
                    return
        except ControlError:
            continue
    raise AssertionError((reader.folder / "log").read_text())


def wait_for_panel(reader: Reader) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(reader.translated("http://127.0.0.1:7780/api/v1/status"), timeout=5.0):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError((reader.folder / "log").read_text())


@pytest.mark.gl
@pytest.mark.parametrize("text", blocks("sh", ""))
def test_documented_commands_do_what_they_say(text, begun):
    done = begun[text].result()
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.gl
@pytest.mark.parametrize("text", blocks("sh", "report"))
def test_documented_examinations_end_with_a_finding_at_most(text, reader):
    done = reader.shell(text)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.gl
@pytest.mark.parametrize("text", blocks("sh", "live"))
def test_documented_commands_reach_a_running_stage(text, live_reader):
    if "curl" in text and shutil.which("curl") is None:
        pytest.skip("there is no curl here")
    done = live_reader.shell(text)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.gl
@pytest.mark.timeout(300)
def test_the_way_from_a_stick_to_the_wall_can_be_gone(library_reader):
    """The blocks are steps: each begins where the one before has ended. A person waits until a picture has been read."""
    for step in blocks("sh", "library"):
        (text,) = step.values
        asks_the_stage = all(line.startswith("./run stage control") for line in text.splitlines())
        deadline = time.monotonic() + (60.0 if asks_the_stage else 0.0)
        while (done := library_reader.shell(text)).returncode and time.monotonic() < deadline:
            time.sleep(0.1)
        assert done.returncode == 0, f"{step.id}\n{text}\n{done.stdout}{done.stderr}"


@pytest.fixture(scope="module")
def day_reader(tmp_path_factory, taken_ports, warm):
    """A reader who has the demo's stage running, with its sky."""
    with running_stage(tmp_path_factory.mktemp("day"), taken_ports, "sim_demo", warm) as reader:
        yield reader


@pytest.mark.gl
@pytest.mark.parametrize("text", blocks("sh", "day"))
def test_documented_commands_take_a_director_through_a_day(text, day_reader):
    done = day_reader.shell(text)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("text", blocks("python", ""))
def test_documented_programs_run(text, reader):
    done = reader.do([sys.executable, "-c", reader.translated(text)])
    assert done.returncode == 0, done.stderr


@pytest.mark.gl
@pytest.mark.parametrize("text", blocks("python", "live"))
def test_documented_clients_reach_a_running_stage(text, live_reader):
    done = live_reader.do([sys.executable, "-c", live_reader.translated(text)])
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("text", blocks("toml", ""))
def test_documented_configurations_are_good(text):
    parse_config(text, "document", read_preset)


def test_every_block_has_a_language_that_is_known():
    known = {"sh", "sh live", "sh library", "sh day", "sh report", "python", "python live", "toml", "console", "text"}
    for document in DOCUMENTS:
        text = document.read_text()
        used = {f"{match['language']}{match['how']}".strip() for match in BLOCK.finditer(text)}
        assert used <= known, f"{document.name}: {used - known}"
        assert text.count("```") == 2 * len(BLOCK.findall(text)), f"{document.name} has a fence without a language"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_tables_are_what_the_program_declares(document):
    text = document.read_text()
    assert renewed(text) == text, "run `python -m tests.document_tables`"


def test_every_configuration_key_is_explained():
    text = (ROOT / "docs" / "configuration.md").read_text()
    tables = {found["name"]: kept_meanings(found["body"]) for found in MARKED.finditer(text)}
    for name, record in CONFIG_RECORDS.items():
        keys = {field.encode_name for field in fields_of(record)}
        meanings = tables[f"config-{name}"]
        assert keys <= meanings.keys()
        assert all(meanings.values()), f"{name}: {[key for key, meaning in meanings.items() if not meaning]}"


def test_every_section_of_a_configuration_has_a_table():
    assert {field.name for field in msgspec.structs.fields(StageConfig)} <= CONFIG_RECORDS.keys()


def test_every_command_is_used_somewhere_in_the_guides():
    guides = "".join(path.read_text() for path in DOCUMENTS if path.name != "commands.md")
    missing = [words for words in (*COMMANDS, *leaf_commands()) if not re.search(rf"\b(stage|run) {words}\b", guides)]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    text = BLOCK.sub("", document.read_text())
    for link in LINK.finditer(text):
        target, anchor = link["target"], link["anchor"]
        if target.startswith(("http://", "https://")):
            continue
        path = (document.parent / target) if target else document
        assert path.exists(), f"{document.name}: {target}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\- ]", "", line).strip().lower().replace(" ", "-") for line in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_documents_stand_alone(document):
    assert not FORBIDDEN.findall(document.read_text())
    longest = max(map(len, (line for line in document.read_text().splitlines() if not line.startswith("|"))))
    assert longest <= 130, "wrap it"


def test_pictures_are_small_and_used():
    text = "".join(path.read_text() for path in DOCUMENTS)
    for picture in (ROOT / "docs" / "pictures").iterdir():
        assert picture.name in text
        assert picture.stat().st_size < 300_000
