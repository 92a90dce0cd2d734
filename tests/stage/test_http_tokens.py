"""Bearer tokens: made once, kept as hashes, known and revoked by their files."""

import json
import stat

import pytest

from stage.control.keys.tokens import MOST_TOKENS, TokenFolder


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "keys"


def test_a_token_is_known_by_its_hash_alone(folder):
    tokens = TokenFolder(folder)
    token = tokens.make("companion", "director")
    (file,) = folder.iterdir()
    assert token not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    found = TokenFolder(folder).holder(token)
    assert (found.name, found.role) == ("companion", "director")


@pytest.mark.parametrize("token", ["", "x", "x" * 10_000, "é", "\udc80"])
def test_what_is_no_token_has_no_holder(folder, token):
    tokens = TokenFolder(folder)
    tokens.make("a", "viewer")
    assert tokens.holder(token) is None
    assert tokens.holder(tokens.make("b", "viewer")[:-1]) is None


def test_what_is_changed_in_the_folder_is_known_at_once(folder):
    here, elsewhere = TokenFolder(folder), TokenFolder(folder)
    token = elsewhere.make("tablet", "operator")
    assert here.holder(token).role == "operator"
    file = folder / "tablet.http.json"
    file.write_text(file.read_text().replace("operator", "viewer"))
    assert here.holder(token).role == "viewer"
    assert elsewhere.revoke("tablet")
    assert here.holder(token).revoked
    assert not here.revoke("tablet")
    again = here.make("tablet", "director")
    assert elsewhere.holder(token) is None
    assert not elsewhere.holder(again).revoked
    file.unlink()
    assert elsewhere.holder(again) is None


def test_a_name_has_one_token(folder):
    tokens = TokenFolder(folder)
    tokens.make("desk", "viewer")
    with pytest.raises(FileExistsError):
        tokens.make("desk", "admin")


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a" * 65, "a\n", "ü"])
def test_names_that_are_no_file_names_are_refused(folder, name):
    with pytest.raises(ValueError, match="expected 1 to 64 letters"):
        TokenFolder(folder).make(name, "viewer")
    assert not folder.exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[" * 5000, b"\xff", b'{"name":"b","role":"viewer","sha256":"' + b"0" * 64 + b'"}', b"x" * 100_000],
)
def test_files_that_are_no_tokens_are_passed_over(folder, content):
    tokens = TokenFolder(folder)
    token = tokens.make("good", "viewer")
    (folder / "a.http.json").write_bytes(content)
    (folder / "c.http.json").mkdir()
    assert tokens.holder(token).name == "good"
    assert [one.name for one in tokens.holders()] == ["good"]


def test_a_folder_full_of_files_is_read_in_part(folder):
    tokens = TokenFolder(folder)
    tokens.make("zz", "viewer")
    for number in range(MOST_TOKENS):
        fields = {"name": f"a{number}", "role": "viewer", "sha256": "0" * 64}
        (folder / f"a{number}.http.json").write_text(json.dumps(fields))
    assert len(tokens.holders()) == MOST_TOKENS
