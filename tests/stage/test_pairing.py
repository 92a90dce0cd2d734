"""Pairing over HTTP: from a code to a cookie, what the tablet may do with it, and what ends when it is revoked."""

import json
import stat

import pytest
from paired_tablet import PairedTablet
from running_stage import PATIENCE_S, wait_for
from web_peer import opened
from web_stage import JSON, own_address, web_stage
from websockets.exceptions import ConnectionClosed, InvalidStatus

from stage.control.keys.tablets import FILE, TabletFile
from stage.panel import presence
from stage.panel.access_log import FILE as LOG

EXPOSURE = "/grade/exposure_stops"
BLACKOUT = "/output/blackout"


@pytest.fixture
def tablet(web):
    web.panel._crew.codes._tries._tries.clear()
    made = PairedTablet(web, address=own_address() or "127.0.0.1")
    yield made
    web.post("/api/v1/tablets", id=made.id, revoke=True)


def logged(folder):
    return [json.loads(line) for line in (folder / "keys" / LOG).read_text().splitlines()]


def test_who_comes_without_anything_is_this_machine_or_a_viewer(web):
    here = web.get("/api/v1/me")
    assert here == {
        "person": "",
        "role": "admin",
        "tablet": None,
        "paired": False,
        "here": True,
        "language": None,
        "locked": False,
        "lost": None,
    }
    if own_address() is not None:
        there = web.get("/api/v1/me", address=(own_address(), web.address[1]))
        assert (there["role"], there["here"]) == ("viewer", False)


def test_a_code_comes_with_its_link_and_a_drawing_of_it(web):
    status, found = web.post("/api/v1/pair/code", role="operator")
    assert status == 200
    assert found["url"] == f"{web.panel.page_url()}/pair#{found['code']}"
    assert (len(found["code"]), found["role"]) == (8, "operator")
    assert 170 < found["expires_s"] <= 180
    assert found["qr_svg"].startswith("<svg ")
    assert "style=" not in found["qr_svg"]


def test_the_link_of_an_operators_tablet_leads_where_that_tablet_came_to(web, tablet):
    web.post("/api/v1/tablets", id=tablet.id, role="operator")
    assert tablet.post("/api/v1/pair/code")[1]["url"].startswith(f"http://{tablet.host}:{web.address[1]}/pair#")


def test_beside_an_address_of_the_network_the_page_is_served_on_loopback(tmp_path):
    if own_address() is None:
        pytest.skip("this machine has no address beyond loopback")
    with web_stage(tmp_path, f"{own_address()}:0") as web:
        assert web.panel.here != web.panel.url
        here = web.panel.here.removeprefix("http://").partition(":")
        assert web.get("/api/v1/me", address=(here[0], int(here[2])))["role"] == "admin"
        assert web.get("/api/v1/me", address=(own_address(), web.address[1]))["role"] == "viewer"
        assert web.panel.invitation().count("\n") > 10


def test_a_paired_tablet_is_a_person_with_a_role(web, tablet):
    status, me = tablet.get("/api/v1/me")
    assert status == 200
    assert (me["person"], me["role"], me["tablet"], me["paired"]) == ("Wei's iPad", "director", tablet.id, True)
    assert tablet.command(type="hello")[1]["role"] == "director"
    assert tablet.command(type="set", path=EXPOSURE, value=-1.0)[0] == 200
    status, error = tablet.command(type="save", name="startup")
    assert (status, error["reason"]) == (403, "command_needs_role")
    given = next(one for one in reversed(web.stage.carried) if one.request.path == EXPOSURE)
    assert (given.person, given.owner) == ("Wei's iPad", f"tablet:{tablet.id}")
    assert given.origin == ("this machine" if tablet.host.startswith("127.") else tablet.host)


def test_its_cookie_is_for_this_server_and_no_script(web, tablet):
    words = tablet.set_cookie.split("; ")
    assert words[0].partition("=")[0] == f"openstage-{web.address[1]}"
    assert {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=31536000"} <= set(words)


def test_a_tablet_is_one_client_over_all_of_its_pages(tablet):
    tablet.command(type="set", path=EXPOSURE, value=-2.0)
    tablet.command(type="set", path=EXPOSURE, value=-1.0)
    with tablet.opened() as peer:
        peer.send(type="undo", id=1)
        assert peer.receive()["type"] == "ok"
    assert tablet.get(f"/api/v1/values{EXPOSURE}")[1]["value"] == -2.0


def test_two_tablets_are_two_people_to_undo_and_to_leases(web, tablet):
    other = PairedTablet(web, "operator", "board")
    tablet.command(type="set", path=EXPOSURE, value=-3.0)
    other.command(type="set", path="/grade/tint", value=0.25)
    assert other.command(type="undo")[0] == 200
    assert tablet.get(f"/api/v1/values{EXPOSURE}")[1]["value"] == -3.0
    with tablet.opened() as peer:
        peer.send(type="lease", id=1, paths=[EXPOSURE], action="take")
        assert peer.receive()["type"] == "ok", peer
        status, error = other.command(type="set", path=EXPOSURE, value=0.0)
        assert (status, error["code"]) == (503, "busy")
        assert "Wei's iPad" in error["detail"]
        peer.send(type="lease", id=2, paths=[EXPOSURE], action="drop")
        peer.receive()
    web.post("/api/v1/tablets", id=other.id, revoke=True)


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({"code": "0000"}, 400, "code_malformed"),
        ({"code": 12345678}, 400, "not_a_request"),
        ({}, 400, "not_a_request"),
        ({"code": "12345678", "role": "admin"}, 400, "not_a_request"),
        ({"code": "12345678", "name": ["x"]}, 400, "not_a_request"),
    ],
)
def test_bodies_that_pair_nobody_are_refused(web, body, status, reason):
    found, error = web.post("/api/v1/pair", **body)
    assert (found, error["reason"]) == (status, reason)
    assert error["detail"]


def test_a_code_is_for_one_tablet_and_the_second_is_told(web, tablet, web_folder):
    web.panel._crew.codes._tries._tries.clear()
    code = web.post("/api/v1/pair/code", role="viewer")[1]["code"]
    assert web.post("/api/v1/pair", code=code)[0] == 200
    status, error = web.post("/api/v1/pair", code=code)
    assert (status, error["reason"]) == (403, "code_used")
    assert logged(web_folder)[-1]["code"] == "code_used"
    assert code not in (web_folder / "keys" / LOG).read_text()


def test_no_tablet_can_be_admin_and_no_director_can_make_a_code(web, tablet):
    assert web.post("/api/v1/pair/code", role="admin")[0] == 400
    for path in ("/api/v1/pair/code", "/api/v1/tablets"):
        status, error = tablet.post(path)
        assert (status, error["reason"]) == (403, "needs_role")
    assert tablet.get("/api/v1/tablets")[0] == 403
    assert web.post("/api/v1/tablets", id=tablet.id, role="admin")[0] == 400


def test_an_operators_tablet_looks_after_the_others(web, tablet):
    board = PairedTablet(web, "operator", "board")
    status, found = board.get("/api/v1/tablets")
    assert status == 200
    (shown,) = [one for one in found["tablets"] if one["id"] == tablet.id]
    assert (shown["name"], shown["role"], shown["connected"], shown["revoked"]) == (
        *("Wei's iPad", "director", False, False),
    )
    with tablet.opened() as peer:
        peer.send(type="hello", id=1)
        peer.receive()
        shown = next(one for one in board.get("/api/v1/tablets")[1]["tablets"] if one["id"] == tablet.id)
        assert (shown["connected"], shown["seen_s"]) == (True, 0.0)
    renamed = board.post("/api/v1/tablets", id=tablet.id, rename='<b>"Ü"</b>', role="viewer")[1]["tablet"]
    assert (renamed["name"], renamed["role"]) == ('<b>"Ü"</b>', "viewer")
    assert tablet.command(type="hello")[1]["role"] == "viewer"
    assert board.post("/api/v1/tablets", id=board.id, revoke=True)[0] == 200
    assert board.get("/api/v1/tablets")[0] == 401


def test_a_revoked_tablets_sockets_end_at_once_and_it_is_told_why(web, tablet, web_folder):
    with tablet.opened() as peer:
        peer.send(type="hello", id=1)
        peer.receive()
        assert web.post("/api/v1/tablets", id=tablet.id, revoke=True)[0] == 200
        with pytest.raises(ConnectionClosed) as closed:
            peer.receive()
        assert closed.value.rcvd.code == presence.REVOKED
    with pytest.raises(InvalidStatus) as refused, tablet.opened():
        pass
    assert refused.value.response.status_code == 401
    status, error = tablet.command(type="set", path=EXPOSURE, value=1.0)
    assert (status, error["reason"], error["values"]) == (401, "tablet_revoked", {"name": "Wei's iPad"})
    status, headers, me = web.ask("GET", "/api/v1/me", headers=tablet.headers, address=tablet.there)
    assert (status, me["role"], me["lost"]) == (200, "viewer", "tablet_revoked")
    assert "Max-Age=0" in headers["Set-Cookie"]
    assert {"tablet_was_revoked", "tablet_revoked"} <= {one["code"] for one in logged(web_folder)}


def test_a_tablet_that_another_process_revokes_is_ended_too(web, tablet, web_folder):
    with tablet.opened() as peer:
        peer.send(type="hello", id=1)
        peer.receive()
        TabletFile(web_folder / "keys").change(tablet.id, revoked=True)
        with pytest.raises(ConnectionClosed):
            peer.connection.recv(timeout=PATIENCE_S)


@pytest.mark.parametrize("cookie", ["x", "A" * 43, "a" * 4000, "%00", '"', "é"])
def test_forged_cookies_are_refused_even_on_this_machine(web, web_folder, cookie):
    headers = {"Cookie": f"openstage-{web.address[1]}={cookie}"}
    for method, path in (("GET", "/api/v1/values"), ("GET", "/preview/state.json"), ("GET", "/metrics")):
        status, _, error = web.ask(method, path, headers=headers)
        assert status == 401, path
    status, error = web.command(headers, type="set", path=BLACKOUT, value=True)
    assert (status, error["reason"]) == (401, "tablet_unknown")
    with pytest.raises(InvalidStatus), opened(web, additional_headers=headers):
        pass
    assert web.get(f"/api/v1/values{BLACKOUT}")["value"] is False
    assert web.ask("GET", "/api/v1/me", headers=headers)[2]["role"] == "viewer"


def test_a_cookie_of_another_server_of_this_machine_is_none_of_ours(web):
    assert web.ask("GET", "/api/v1/values", headers={"Cookie": "openstage-1=x; other=y; ;;=;"})[0] == 200


def test_a_tablet_is_known_after_a_restart_of_the_server(tmp_path):
    with web_stage(tmp_path) as web:
        tablet = PairedTablet(web)
        port = web.address[1]
    assert stat.S_IMODE((tmp_path / "keys" / FILE).stat().st_mode) == 0o600
    with web_stage(tmp_path, f"127.0.0.1:{port}") as web:
        tablet.web = web
        assert tablet.command(type="hello")[1]["role"] == "director"


def test_an_address_that_guesses_is_held_back_and_the_user_is_told(web, web_folder, capfd):
    web.panel._crew.codes._tries._tries.clear()
    web.panel._crew.log._told_s.clear()
    right = web.post("/api/v1/pair/code", role="director")[1]["code"]
    wrong = f"{(int(right) + 1) % 10**8:08}"
    answers = [web.post("/api/v1/pair", code=wrong)[0] for _ in range(5)]
    status, headers, error = web.ask("POST", "/api/v1/pair", json.dumps({"code": right}), JSON)
    assert (answers, status, error["reason"]) == ([403] * 5, 429, "pairing_too_often")
    assert 1 <= int(headers["Retry-After"]) <= 60
    assert "this machine: this code is not the stage's" in capfd.readouterr().err
    assert [one["code"] for one in logged(web_folder)[-6:]] == ["code_wrong"] * 5 + ["pairing_too_often"]
    web.panel._crew.codes._tries._tries.clear()
    wait_for(lambda: web.post("/api/v1/pair", code=right)[0] == 200)
