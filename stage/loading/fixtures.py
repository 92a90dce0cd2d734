"""Reads the profiles of the fixtures that lights name: shipped ones by name, others from files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from stage.config.findings import Finding, Findings
from stage.config.light_rules import broken_patch_rules
from stage.config.reader import tables_of
from stage.config.records import StageConfig
from stage.config.table_reader import TableReader
from stage.fixture_files.assumptions import FixtureError
from stage.fixture_files.reading import FIXTURE_SUFFIXES, read_fixture_file
from stage.fixtures.records import FixtureProfile
from stage.fixtures.rules import broken_profile_rules
from stage.loading.texts import text_of

FIXTURES = Path(__file__).resolve().parents[2] / "hw_configs" / "fixtures"
TABLES = ".toml"
FILES = (TABLES, *FIXTURE_SUFFIXES)
"""How the files of fixtures end."""


def read_fixtures(config: StageConfig, path_of: Callable[[str], Path], findings: Findings) -> StageConfig:
    """The configuration with the profiles of its lights' fixtures; faults, also of the patch, are in `findings`."""
    profiles: dict[str, FixtureProfile] = {}
    for index, light in enumerate(config.lights):
        where, name = f"lights[{index}].fixture", light.fixture
        if name in profiles or findings.is_unreliable(where):
            continue
        profile = _profile(name, where, path_of, findings)
        if profile is not None:
            profiles[name] = profile
    config = msgspec.structs.replace(config, profiles=profiles) if profiles else config
    findings.report_conclusions(broken_patch_rules(config))
    return config


def shipped_fixtures() -> list[str]:
    """The names of the shipped profiles."""
    return sorted(file.stem for file in FIXTURES.glob(f"*{TABLES}"))


def read_fixture(path: Path) -> FixtureProfile:
    """The profile in a file. Raises ConfigError with all findings."""
    findings = Findings(str(path))
    profile = read_profile(path, findings)
    findings.refuse()
    assert profile is not None
    return profile


def read_profile(path: Path, findings: Findings) -> FixtureProfile | None:
    """The profile in a file, with its faults in `findings`, under the file's own keys; None where it has any."""
    if path.suffix.lower() in FIXTURE_SUFFIXES:
        try:
            return read_fixture_file(path)
        except FixtureError as error:
            findings.report(error.place, error.text)
            return None
    text = text_of(path, findings)
    tables = None if text is None else tables_of(text, findings)
    if tables is None:
        return None
    profile = TableReader("", FixtureProfile, findings).read(tables)
    assert isinstance(profile, FixtureProfile)
    findings.report_conclusions(Finding(where, text) for where, text in broken_profile_rules(profile))
    return None if findings.lines() else profile


def _profile(name: str, where: str, path_of: Callable[[str], Path], findings: Findings) -> FixtureProfile | None:
    """The profile that a light names; None with a finding where there is none."""
    is_file = name.lower().endswith(FILES)
    path = path_of(name) if is_file else FIXTURES / f"{name}{TABLES}"
    if not is_file and name not in shipped_fixtures():
        wanted = f"expected one of {', '.join(shipped_fixtures())}, or a file ending in {', '.join(FILES)}"
        findings.report(where, f"found {name!r}, {wanted}")
        return None
    own = Findings(name)
    profile = read_profile(path, own)
    lines = own.lines()
    if lines:
        more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
        findings.report(where, f"{lines[0]}{more}")
    return profile
