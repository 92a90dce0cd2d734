"""Pairing with a whole run: the terminal's code, `stage control pair` and `tablets`, and a web process that is killed."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal

import pytest
from running_stage import PATIENCE_S, configuration, running, wait_for

from stage.cli import main
from stage.control.keys.tablets import TabletFile


def ask(url, method, path, body=None, cookie=""):
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=PATIENCE_S)
    headers = {"Content-Type": "application/json", **({"Cookie": cookie} if cookie else {})}
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    found = json.loads(answer.read())
    connection.close()
    return answer.status, (answer.headers["Set-Cookie"] or "").partition(";")[0], found


@pytest.fixture
def control(tmp_path, capsys):
    def call(*words):
        try:
            main(["control", *words, "--state", str(tmp_path / "state")])
            code = 0
        except SystemExit as left:
            code = left.code or 0
        output = capsys.readouterr()
        return code, output.out, output.err

    return call


def test_tablets_come_by_the_terminals_codes_and_outlive_the_web_process(control, tmp_path):
    def called(*words):
        code, out, error = control(*words)
        assert code == 0, error
        return out

    more = '[panel]\nbind = "127.0.0.1:0"\n'
    with running(tmp_path, configuration(more=more), "--panel", "--lan", "*") as stage:
        url = stage.ready["panel"]
        printed = wait_for(lambda: re.search(r"open (\S+)/pair and type (\d{4}) (\d{4})", stage.stderr))
        assert printed[1] == url
        assert stage.stderr.count("█") > 100
        status, cookie, paired = ask(url, "POST", "/api/v1/pair", {"code": printed[2] + printed[3], "name": "first"})
        assert (status, paired["role"]) == (200, "director"), paired

        made = json.loads(called("pair", "--role", "operator", "--json"))
        assert made["url"] == f"{url}/pair#{made['code']}"
        assert ask(url, "POST", "/api/v1/pair", {"code": made["code"], "name": "board"})[2]["role"] == "operator"
        assert "as viewer" in called("pair", "--role", "viewer")

        os.kill(stage.helper("stage.panel.web"), signal.SIGKILL)
        assert wait_for(lambda: known(url, cookie))["person"] == "first"
        called("tablets", "rename", "first", 'Wei\'s "iPad"')
        assert known(url, cookie)["person"] == 'Wei\'s "iPad"'
        called("tablets", "revoke", paired["tablet"])
        assert known(url, cookie)["lost"] == "tablet_revoked"
        assert "board  operator\n" in called("tablets", "list")
        assert stage.stderr.count("pair a tablet as") == 1
        assert stage.end()[0] == 0


def known(url, cookie):
    try:
        return ask(url, "GET", "/api/v1/me", cookie=cookie)[2]
    except (OSError, http.client.HTTPException):
        return None


def test_tablets_are_looked_after_while_no_stage_runs(control, tmp_path):
    assert control("tablets", "list") == (0, "no tablet is paired\n", "")
    made, _ = TabletFile(tmp_path / "state" / "keys").pair("iPad", "director", "192.0.2.7")
    assert control("tablets", "rename", "iPad", "导演")[0] == 0
    assert control("tablets", "revoke", "导演")[:2] == (0, "导演 is revoked\n")
    (listed,) = json.loads(control("tablets", "list", "--json")[1])["tablets"]
    assert (listed["id"], listed["name"], listed["revoked"]) == (made.id, "导演", True)
    code, _, error = control("tablets", "unlock", "导演")
    assert code == 2
    assert "expected one of `stage control tablets list`" in error


def test_a_code_needs_a_stage_that_runs(control):
    code, _, error = control("pair")
    assert code == 2
    assert "start it, or name another with --state" in error
