"""`stage control keys`, and the Python client that comes with what it writes."""

from __future__ import annotations

import json
import stat

import pytest
from small_stage import SmallStage

from stage.cli import main
from stage.control.client import Client, ControlError
from stage.control.keys.tokens import TokenFolder
from stage.gate.keys import KeyFolder


@pytest.fixture
def running(tmp_path):
    with SmallStage(tmp_path / "state").running() as stage:
        yield stage


@pytest.fixture
def keys(running, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def call(*words):
        try:
            main(["control", "keys", *words, "--state", str(running.server.keys.parent)])
            code = 0
        except SystemExit as left:
            code = left.code or 0
        output = capsys.readouterr()
        return code, output.out, output.err

    return call


def test_a_key_is_made_used_listed_and_revoked(running, keys, tmp_path):
    code, out, _ = keys("add", "tablet-1", "--role", "director")
    assert code == 0
    assert KeyFolder(running.server.keys).server().public in out
    file = tmp_path / "tablet-1.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with Client(running.server.endpoint, key_file=file) as client:
        assert client.hello()["role"] == "director"
        with pytest.raises(ControlError, match="forbidden"):
            client.save()
        next(client.watch(seconds=5.0))
        assert "tablet-1  director  key\n" in keys("list")[1]
        assert keys("revoke", "tablet-1")[0] == 0
    with (
        Client(running.server.endpoint, key_file=file, timeout_s=0.5) as client,
        pytest.raises(ControlError, match=r"no_answer.*refuses the key of tablet-1"),
    ):
        client.hello()
    assert json.loads(keys("list", "--json")[1])["keys"] == [
        {"name": "tablet-1", "role": "director", "kind": "key", "revoked": True}
    ]
    assert keys("revoke", "tablet-1")[0] == 2


def test_a_token_is_printed_once_and_only_its_hash_is_kept(running, keys):
    assert "nobody has a key" in keys("list")[1]
    code, out, _ = keys("add", "companion", "--role", "operator", "--http")
    token = out.strip()
    assert code == 0
    assert TokenFolder(running.server.keys).holder(token).role == "operator"
    assert all(token not in file.read_text() for file in running.server.keys.iterdir())
    assert "companion  operator  token" in keys("list")[1]
    assert keys("revoke", "companion")[0] == 0
    assert TokenFolder(running.server.keys).holder(token).revoked
    assert "companion  operator  token  revoked" in keys("list")[1]


def test_what_cannot_be_made_is_refused_in_one_line(keys, tmp_path):
    assert keys("add", "a", "--role", "viewer", "--out", str(tmp_path / "k"))[0] == 0
    for words, expected in (
        (("add", "a", "--role", "viewer"), "is there already"),
        (("add", "b", "--role", "viewer", "--out", str(tmp_path / "k")), "is there already"),
        (("add", "../b", "--role", "viewer"), "expected 1 to 64"),
        (("add", "b", "--role", "viewer", "--out", str(tmp_path / "no" / "k")), "cannot be written"),
        (("revoke", "nobody"), "expected one of"),
    ):
        code, out, err = keys(*words)
        assert (code, out) == (2, "")
        assert expected in err
    (tmp_path / "broken").write_text("{}")
    with pytest.raises(ValueError, match="expected a key"):
        Client(key_file=tmp_path / "broken")
