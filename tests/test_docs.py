"""The documents say what is true: their commands run, their tables are the program's, their links lead somewhere."""

import re
import sys
from concurrent.futures import Future, ThreadPoolExecutor

import msgspec
import pytest
from document_reader import BLOCK, PROGRAM, Reader, blocks
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

LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)#\s]*)(?:#(?P<anchor>[^)\s]+))?\)")
FORBIDDEN = re.compile(
    r"/work\b|/root\b|/home/\w|pypi\.org|files\.pythonhosted|github\.com|localhost:\d|issues? #?\d|shared/(design|reference|data)",
    re.IGNORECASE,
)
SIDE_BY_SIDE = 3
MANY_USE = ("check", "lights", "replay", "run", "show", "still", "take", "verify", "world")


@pytest.fixture(scope="module")
def taken_ports():
    return set()


@pytest.fixture
def reader(tmp_path, taken_ports):
    return Reader(tmp_path, taken_ports)


@pytest.fixture(scope="module")
def begun(request, tmp_path_factory, taken_ports):
    """The chosen shell blocks, each under way in a folder of its own: they mostly wait, and do so side by side.

    Those of the README start the program itself, all others one that is loaded.
    """
    name = test_documented_commands_do_what_they_say.__name__
    items = [item.callspec for item in request.session.items if item.originalname == name]
    texts = {item.params["text"]: item.id for item in items}
    with (
        warm_program(tmp_path_factory.mktemp("warm"), ROOT, MANY_USE) as warm,
        ThreadPoolExecutor(SIDE_BY_SIDE) as pool,
    ):
        readers = {
            text: Reader(tmp_path_factory.mktemp("reader"), taken_ports, PROGRAM if "README" in name else warm)
            for text, name in texts.items()
        }
        under_way: dict[str, Future] = {text: pool.submit(reader.shell, text) for text, reader in readers.items()}
        yield under_way
        pool.shutdown(cancel_futures=True)


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


@pytest.mark.parametrize("text", blocks("python", ""))
def test_documented_programs_run(text, reader):
    done = reader.do([sys.executable, "-c", reader.translated(text)])
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
