"""The documents say what is true: their commands run, their tables are the program's, their links lead somewhere."""

import re
import shutil
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor

import msgspec
import pytest
from document_reader import Reader, running_stage
from document_tables import DOCUMENTS, MARKED, ROOT, leaf_commands, renewed

from stage.cli import COMMANDS
from stage.config.desk_reader import read_desk_maps
from stage.config.findings import Findings
from stage.config.reader import parse_config
from stage.config.records import StageConfig
from stage.loading.files import read_preset
from tests.building import stage_text
from tests.configuration_tables import CONFIG_RECORDS, fields_of, kept_meanings
from tests.warm_program import warm_program

BLOCK = re.compile(
    r"^(?P<indent> *)```(?P<language>\w+)(?P<how>[^\n]*)\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL
)
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)#\s]*)(?:#(?P<anchor>[^)\s]+))?\)")
FORBIDDEN = re.compile(
    r"/work\b|/root\b|/home/\w|pypi\.org|files\.pythonhosted|github\.com|localhost:\d|issues? #?\d|shared/(design|reference|data)",
    re.IGNORECASE,
)
SIDE_BY_SIDE = 3


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


@pytest.fixture(scope="module")
def lights_reader(tmp_path_factory, taken_ports, warm):
    """A reader who has the stage with three lights running."""
    with running_stage(tmp_path_factory.mktemp("lights"), taken_ports, "sim_lights", warm) as reader:
        yield reader


@pytest.mark.gl
@pytest.mark.parametrize("text", blocks("sh", "lights"))
def test_documented_commands_work_on_stage_lights(text, lights_reader):
    done = lights_reader.shell(text)
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


@pytest.mark.parametrize("text", blocks("toml", "part"))
def test_documented_parts_of_configurations_are_good(text):
    parse_config(stage_text() + text, "document", read_preset)


@pytest.mark.parametrize("text", blocks("toml", "desk"))
def test_documented_mappings_of_desks_are_good(text):
    findings = Findings("document")
    assert read_desk_maps(text, findings)
    findings.refuse()


def test_every_block_has_a_language_that_is_known():
    shell, toml = (
        {"sh", "sh live", "sh library", "sh day", "sh lights", "sh report"},
        {"toml", "toml part", "toml desk"},
    )
    known = {*shell, *toml, "python", "python live", "console", "text"}
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
    of_other_files = {"profiles", "desk_maps"}
    assert {field.name for field in msgspec.structs.fields(StageConfig)} - of_other_files <= CONFIG_RECORDS.keys()


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
