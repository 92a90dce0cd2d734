"""The API over HTTP: what it answers, in whose name it asks, and that a retry is one."""

import json

import pytest
from running_stage import wait_for
from web_stage import JSON, own_address, web_stage

from stage.control.client import Client
from stage.control.view import FRAME_PARTS
from stage.panel.variables import VARIABLES, variables_of
from stage.words.languages import LANGUAGES

SESSION = "a tablet of the crew"
EXPOSURE = "/grade/exposure_stops"


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    with web_stage(tmp_path_factory.mktemp("web")) as made:
        yield made


def test_values_are_those_of_the_wire(web):
    with Client(web.stage.server.endpoint) as client:
        snapshot = client.snapshot()
        found = web.get("/api/v1/values")
        assert found["values"] == snapshot["values"]
        assert (found["epoch"], found["tree"]) == (snapshot["epoch"], snapshot["tree"])
        below = {path: value for path, value in snapshot["values"].items() if path.startswith("/grade/")}
        assert web.get("/api/v1/values/grade")["values"] == below
        assert web.get(f"/api/v1/values{EXPOSURE}")["value"] == client.get(EXPOSURE)
        parameters = web.get("/api/v1/describe")["parameters"]
        assert parameters == client.describe()
        assert web.get(f"/api/v1/describe{EXPOSURE}")["parameters"] == client.describe(EXPOSURE)
        assert web.get("/api/v1/status").keys() == client.status().keys()


@pytest.mark.parametrize("path", ["values/grade/exposure", "values/grad", "describe/grade/exposure"])
def test_a_path_that_is_none_is_named_with_the_nearest(web, path):
    status, _, error = web.ask("GET", f"/api/v1/{path}")
    assert (status, error["code"]) == (404, "unknown_path")
    assert error["detail"].startswith("no parameter '/grad")


def test_a_command_is_answered_as_on_the_wire_and_in_the_next_values(web):
    for number in range(20):
        value = round(-0.1 * number, 1)
        status, answer = web.command(type="set", path=EXPOSURE, value=value, id=f"set {number}")
        assert (status, answer["type"], answer["id"], answer["value"]) == (200, "ok", f"set {number}", value)
        assert web.get(f"/api/v1/values{EXPOSURE}")["value"] == value


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"type": "set", "path": EXPOSURE, "value": 99}, 422, "out_of_range"),
        ({"type": "set", "path": EXPOSURE, "value": "bright"}, 422, "wrong_type"),
        ({"type": "set", "path": EXPOSURE, "value": None}, 422, "wrong_type"),
        ({"type": "set", "path": "/nowhere", "value": 1}, 404, "unknown_path"),
        ({"type": "set", "path": EXPOSURE, "value": 1, "role": "viewer"}, 403, "forbidden"),
        ({"type": "take", "action": "stop"}, 409, "conflict"),
        ({"type": "set", "path": EXPOSURE}, 422, "wrong_type"),
        ({"type": "set", "path": EXPOSURE, "value": 1, "sudo": True}, 400, "bad_message"),
        ({"type": "format"}, 400, "bad_message"),
        ({"type": "get", "path": EXPOSURE, "id": 2**70}, 400, "bad_message"),
        ({"type": "get", "path": EXPOSURE, "id": "x" * 129}, 400, "bad_message"),
        ({"type": "get", "path": EXPOSURE, "session": "short"}, 400, "bad_message"),
        ({}, 400, "bad_message"),
    ],
)
def test_refusals_have_the_wires_code_and_a_status(web, fields, status, code):
    found, error = web.command(**fields)
    assert (found, error["type"], error["code"]) == (status, "error", code)
    assert error["id"] == ("" if fields.get("id") == 2**70 else fields.get("id", "")[:128])
    assert len(error["detail"]) > 10


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_nothing_that_changes_answers_to_another_method_than_post(web, method):
    before = web.get(f"/api/v1/values{EXPOSURE}")["value"]
    query = f"?type=set&path={EXPOSURE}&value={before + 1}"
    body = json.dumps({"type": "set", "path": EXPOSURE, "value": before + 1})
    status, headers, _ = web.ask(method, f"/api/v1/command{query}", body, JSON)
    assert (status, headers["Allow"]) == (405, "OPTIONS, POST" if method in ("GET", "HEAD") else headers["Allow"])
    assert web.get(f"/api/v1/values{EXPOSURE}")["value"] == before


def test_options_and_head_are_told_what_there_is(web):
    status, headers, body = web.ask("OPTIONS", "/api/v1/command")
    assert (status, headers["Allow"], body) == (204, "OPTIONS, POST", b"")
    assert "Access-Control-Allow-Origin" not in headers
    status, headers, body = web.ask("HEAD", "/api/v1/values")
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert int(headers["Content-Length"]) > 1000


def test_a_retry_with_id_and_session_is_one_command_over_any_connection(web):
    def moved():
        return [one for one in web.stage.carried if getattr(one.request, "id", "") == "turn 1"]

    command = {"type": "nudge", "tracker": "freed-a", "pan_deg": 12.0, "id": "turn 1", "session": SESSION}
    first = web.command(**command)
    assert [web.command(**command)[1]["frame"] for _ in range(3)] == [first[1]["frame"]] * 3
    assert {one.client for one in wait_for(moved)} == {SESSION}
    status, error = web.command(**{**command, "pan_deg": 13.0})
    assert (status, error["code"]) == (409, "conflict")


def test_an_id_without_a_session_means_something_within_its_connection_only(web):
    answers = [web.command(type="set", path="/grade/tint", value=value, id=1) for value in (0.25, 0.5)]
    assert [(status, answer["value"]) for status, answer in answers] == [(200, 0.25), (200, 0.5)]


def test_a_callers_name_and_role_go_with_its_requests(web):
    director = web.bearer("stream-deck", "director")
    assert web.command(director, type="set", path=EXPOSURE, value=0.5, id="deck 1")[0] == 200
    command = wait_for(
        lambda: next((one for one in web.stage.carried if str(one.request.id).endswith("'deck 1'")), None)
    )
    assert (command.owner, command.person, command.role) == ("token:stream-deck", "stream-deck", "director")
    assert command.origin == "this machine"
    status, error = web.command(director, type="save", name="x")
    assert (status, error["code"], error["values"]["needed"]) == (403, "forbidden", "operator")
    assert web.command(director, type="hello")[1]["role"] == "director"
    assert web.command(type="hello")[1]["role"] == "admin"
    assert web.command(director, type="hello", role="viewer")[1]["role"] == "viewer"
    assert web.command(director, type="hello", role="admin")[1]["role"] == "director"


@pytest.mark.parametrize("value", ["Bearer wrong", "Bearer ", "Basic YTpi", "Bearer \xe9", "x"])
def test_a_token_that_is_not_known_is_refused_whoever_brings_it(web, value):
    status, headers, error = web.ask("GET", "/api/v1/values", headers={"Authorization": value})
    assert (status, headers["WWW-Authenticate"], error["code"]) == (401, "Bearer", "forbidden")


def test_a_revoked_token_is_refused_at_once(web):
    headers = web.bearer("lost-tablet", "operator")
    assert web.command(headers, type="hello")[1]["role"] == "operator"
    web.tokens.revoke("lost-tablet")
    status, error = web.command(headers, type="hello")
    assert (status, error["reason"], error["values"]) == (401, "token_revoked", {"name": "lost-tablet"})


def test_beyond_this_machine_a_caller_without_a_token_only_looks(tmp_path):
    address = own_address()
    if address is None:
        pytest.skip("this machine has no address beyond loopback")
    with web_stage(tmp_path, "0.0.0.0:0") as web:
        there = (address, web.address[1])
        assert web.get("/api/v1/values", address=there)["values"]
        assert web.command(type="hello", address=there)[1]["role"] == "viewer"
        status, error = web.command(type="set", path=EXPOSURE, value=1.0, address=there)
        assert (status, error["code"]) == (403, "forbidden")
        assert (
            web.command(web.bearer("desk", "director"), type="set", path=EXPOSURE, value=1.0, address=there)[0] == 200
        )
        assert web.command(type="set", path=EXPOSURE, value=1.0)[0] == 200
        (name, port) = there
        assert web.ask("GET", "/", address=there, host=f"localhost:{port}")[0] == 403
        assert web.ask("GET", "/", address=there, host=name)[0] == 200


def test_variables_are_flat_and_say_what_buttons_need(web):
    found = web.get("/api/v1/variables")
    assert {one.name for one in VARIABLES} < found.keys()
    assert all(isinstance(value, str | int | float | bool) for value in found.values())
    assert (found["link"], found["take_state"], found["tracking_ok"]) == ("live", "idle", False)
    assert found["tracker_freed_a"] == "lost"
    assert found["alarm_count"] >= 1
    assert "freed-a" in found["alarm"]
    assert web.command(type="take", action="start", name="Sc 1")[0] == 200
    wait_for(lambda: web.get("/api/v1/variables")["take_state"] == "recording")
    assert web.get("/api/v1/variables")["take_name"] == "Sc 1"
    assert web.command(type="take", action="stop")[0] == 200
    wait_for(lambda: web.get("/api/v1/variables")["take_state"] == "idle")


@pytest.mark.parametrize(
    ("cues", "shown"),
    [
        ({"next": 1.1, "next_name": "dusk", "pointer": None}, ("1.1", "dusk", "")),
        ({"next": 12.0, "next_name": "", "pointer": 10.0}, ("12", "", "10")),
        ({"next": 1234.567, "pointer": 0.001}, ("1234.567", "", "0.001")),
        ({}, ("", "", "")),
    ],
)
def test_cues_are_numbered_as_people_write_them(web, cues, shown):
    found = variables_of({**web.get("/api/v1/status"), "cues": cues}, {})
    assert (found["cue_next"], found["cue_next_name"], found["cue_last"]) == shown


def test_a_silent_stage_has_one_variable_and_its_metrics_say_so(tmp_path):
    with web_stage(tmp_path, steps=False) as web:
        assert web.get("/api/v1/variables") == {"link": "stale"}
        assert b"openstage_up 0.0" in web.get("/metrics")
        status, _, error = web.ask("GET", "/api/v1/values")
        assert (status, error["code"], error["reason"]) == (504, "no_answer", "stage_silent")


def test_metrics_are_read_by_prometheus(web):
    web.ask("GET", "/nowhere")
    text = web.get("/metrics").decode()
    lines = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert float(lines["openstage_up"]) == 1.0
    assert float(lines["openstage_frames_total"]) > 0
    assert float(lines['openstage_tracker_state{state="lost",tracker="freed-a"}']) == 1.0
    assert float(lines['openstage_tracker_rejected_packets_total{cause="checksum",tracker="freed-a"}']) == 2.0
    assert float(lines['openstage_take_state{state="idle"}']) == 1.0
    for part in FRAME_PARTS:
        assert lines[f'openstage_frame_part_seconds_bucket{{le="+Inf",part="{part}"}}'] == "0.0", (
            "no frame was drawn here"
        )
    assert float(lines['openstage_queue_depth{queue="commands"}']) >= 0.0
    assert float(lines['openstage_web_refused_total{cause="no_such_page"}']) >= 1.0
    assert float(lines['openstage_web_asked_total{cause="asked"}']) >= 1.0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_words_come_whole_in_either_language_and_are_not_sent_again(web, language):
    status, headers, found = web.ask("GET", f"/api/v1/words/{language}")
    assert (status, found["language"]) == (200, language)
    assert found["words"].keys() == LANGUAGES["en"].keys()
    assert web.ask("GET", f"/api/v1/words/{language}", headers={"If-None-Match": headers["ETag"]})[0] == 304


def test_a_language_that_is_not_spoken_is_refused_with_those_that_are(web):
    status, _, error = web.ask("GET", "/api/v1/words/tlh")
    assert (status, error["code"]) == (404, "unknown_path")
    assert "en, zh" in error["detail"]
