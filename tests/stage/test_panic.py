"""The panic page: plain forms that work without scripts, for those who may, and only from this server's own page."""

import html
import re

import pytest
from paired_tablet import PairedTablet
from web_stage import own_address, web_stage

from stage.words.languages import LANGUAGES

BLACKOUT, FREEZE = "/output/blackout", "/output/freeze"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    with web_stage(tmp_path_factory.mktemp("web"), "0.0.0.0:0") as made:
        yield made


@pytest.fixture(autouse=True)
def picture(web):
    web.command(type="batch", items=[{"path": BLACKOUT, "value": False}, {"path": FREEZE, "value": False}])


def page_of(web, **options):
    status, headers, body = web.ask("GET", "/panic", **options)
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    return body.decode()


def forms_of(page):
    """The fields of each form, by the words on its key."""
    found = {}
    for form in re.findall(r"<form .*?</form>", page):
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
        found[html.unescape(re.search(r"<button[^>]*>(.*?)</button>", form)[1])] = fields
    return found


def press(web, fields, headers=None, **options):
    body = "&".join(f"{name}={value}" for name, value in fields.items())
    status, _, found = web.ask("POST", "/panic", body, {**FORM, **(headers or {})}, **options)
    return status, found.decode() if isinstance(found, bytes) else found


def own(web):
    return {"Origin": f"http://127.0.0.1:{web.address[1]}"}


def test_it_has_no_script_and_asks_for_nothing_else(web):
    page = page_of(web)
    assert "<script" not in page
    assert not re.search(r"(src|<link)", page)
    assert re.findall(r'href="([^"]*)"', page) == ["/panic"]
    policy = web.ask("GET", "/panic")[1]["Content-Security-Policy"]
    assert "script-src" not in policy
    assert "form-action 'self'" in policy


@pytest.mark.parametrize(("key", "path"), [("page.panic_black", BLACKOUT), ("page.panic_freeze", FREEZE)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_press_sets_it_and_the_next_takes_it_back(web, key, path, language):
    words, spoken = LANGUAGES[language], {"Accept-Language": f"xx, {language}-CN;q=0.9, en;q=0.8", **own(web)}
    keys = forms_of(page_of(web, headers=spoken))
    status, page = press(web, keys[words[key]], spoken)
    assert status == 200
    assert web.get(f"/api/v1/values{path}")["value"] is True
    state = "page.panic_is_black" if path == BLACKOUT else "page.panic_is_frozen"
    assert words[state] in html.unescape(page)
    back = words["page.panic_light" if path == BLACKOUT else "page.panic_move"]
    assert press(web, forms_of(page)[back], spoken)[0] == 200
    assert web.get(f"/api/v1/values{path}")["value"] is False


def test_the_chosen_language_counts_more_than_the_browsers(web):
    page = page_of(web, headers={"Cookie": "openstage-language=zh", "Accept-Language": "en"})
    assert LANGUAGES["zh"]["page.panic_black"] in page
    assert LANGUAGES["en"]["page.panic_black"] in page_of(web, headers={"Accept-Language": ";q=nan, *;q=x,,"})


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {}, {"Referer": "http://127.0.0.1/"}]
)
def test_a_press_from_elsewhere_is_refused(web, headers):
    status, _ = press(web, {"key": "black", "to": "on", "from": "0" * 32}, headers)
    assert status == 403
    assert web.get(f"/api/v1/values{BLACKOUT}")["value"] is False


def test_a_browser_that_names_no_origin_brings_what_its_page_gave_it(web):
    fields = forms_of(page_of(web))["Make the walls black"]
    assert press(web, fields)[0] == 200
    assert web.get(f"/api/v1/values{BLACKOUT}")["value"] is True


@pytest.mark.parametrize(
    "fields",
    [{}, {"key": "black"}, {"key": "black", "to": "2"}, {"key": "/etc", "to": "on"}, dict.fromkeys("abcdefgh", "x")],
)
def test_forms_that_are_none_of_its_own_are_refused(web, fields):
    assert press(web, fields, own(web))[0] == 400
    assert web.ask("POST", "/panic", "x" * 70_000, {**FORM, **own(web)})[0] == 413
    assert web.ask("POST", "/panic", "{}", {"Content-Type": "application/json", **own(web)})[0] == 415


def test_a_director_may_press_and_a_locked_tablet_and_a_viewer_may_not(web):
    tablet = PairedTablet(web, "director")
    headers = {**tablet.headers, **own(web)}
    fields = forms_of(page_of(web, headers=tablet.headers))["Make the walls black"]
    assert press(web, fields, headers)[0] == 200
    tablet.post("/api/v1/lock", pin="2580")
    status, page = press(web, {**fields, "to": "off"}, headers)
    assert status == 403
    assert "is locked" in page
    assert web.get(f"/api/v1/values{BLACKOUT}")["value"] is True
    watcher = PairedTablet(web, "viewer")
    assert forms_of(page_of(web, headers=watcher.headers)) == {}
    status, page = press(web, fields, {**watcher.headers, **own(web)})
    assert status == 403
    assert "needs" in page


def test_a_stranger_on_the_network_sees_the_state_and_no_keys(web):
    if own_address() is None:
        pytest.skip("this machine has no address beyond loopback")
    page = page_of(web, address=(own_address(), web.address[1]))
    assert forms_of(page) == {}
    assert "The walls show the picture." in page


def test_what_is_wrong_stands_there_in_words_as_text(web):
    page = page_of(web)
    (problem, *_) = web.get("/api/v1/status")["health"]
    assert html.escape(problem[:1].upper() + problem[1:]) in page
    assert "<bdi>Studio &lt;One&gt;</bdi>" in page


def test_where_the_stage_is_silent_the_page_says_so_and_a_press_is_tried(tmp_path, monkeypatch):
    monkeypatch.setattr("stage.panel.callers.ANSWER_S", 0.2)
    with web_stage(tmp_path, steps=False) as web:
        page = page_of(web)
        assert LANGUAGES["en"]["page.panic_silent"] in page
        status, page = press(web, forms_of(page)["Make the walls black"], own(web))
        assert status == 504
        assert "has not answered within 0.2 s" in page
