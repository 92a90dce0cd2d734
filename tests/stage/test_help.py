"""Every command's help fits a narrow terminal and ends with an example that the command itself accepts."""

import shlex

import pytest

from stage.cli import main
from tests.document_tables import ROOT, leaf_commands

COLUMNS = 100
GROUPS = ("", "control", "control take", "take", "bench", "calibrate")
LEAVES = leaf_commands()


@pytest.fixture
def help_of(capsys, monkeypatch):
    """The lines of a command's help on a terminal of 100 columns."""
    monkeypatch.setenv("COLUMNS", str(COLUMNS))

    def call(words):
        with pytest.raises(SystemExit):
            main([*words.split(), "--help"])
        return capsys.readouterr().out.splitlines()

    return call


@pytest.mark.parametrize("words", [*GROUPS, *LEAVES])
def test_help_fits_its_columns_and_has_an_example_on_one_line(help_of, words):
    lines = [line.rstrip() for line in help_of(words)]
    assert max(len(line) for line in lines) <= COLUMNS
    (example,) = [line for line in lines if line.startswith(" Example: ")]
    assert example.startswith(f" Example: stage {words}".rstrip())
    assert lines[lines.index(example) + 1] == ""
    usage = next(line for line in lines if "Usage:" in line)
    assert usage.startswith(f" Usage: stage {words}".rstrip())


def test_without_a_command_the_help_is_shown(capsys):
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    assert "Usage: stage" in capsys.readouterr().out


@pytest.mark.parametrize("words", LEAVES)
def test_the_example_of_a_command_is_one_that_it_accepts(words):
    (text,) = [line for line in LEAVES[words].help.splitlines() if line.strip().startswith("Example: ")]
    example = shlex.split(text.strip().removeprefix("Example: stage "))[len(words.split()) :]
    assert LEAVES[words].make_context(words, list(example)).params
    for word in example:
        assert not word.startswith("hw_configs/") or (ROOT / word).is_file(), word
