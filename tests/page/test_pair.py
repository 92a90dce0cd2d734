"""The pairing page and the panic page in a real browser: by touch, by a link, in both languages, without scripts."""

import json
import os
import re
from http.client import HTTPConnection

import pytest
from web_stage import web_stage

SIZES = {"tablet": (1194, 834), "upright": (834, 1194), "phone": (390, 844)}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A stage without pictures, which pairing does not need: it takes the demo's place for all tablets here."""
    with web_stage(tmp_path_factory.mktemp("web")) as web:
        web.ready = {"panel": web.panel.url}
        yield web


def ask(stage, method, path, **fields):
    connection = HTTPConnection(stage.ready["panel"].removeprefix("http://").rstrip("/"), timeout=5.0)
    connection.request(method, path, json.dumps(fields), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    found = json.loads(answer.read())
    connection.close()
    assert answer.status == 200, found
    return found


def test_digits_by_touch_let_a_tablet_in_and_revoking_puts_it_out(tablet, demo):
    made = tablet()
    page = made.open("/pair")
    code = ask(demo, "POST", "/api/v1/pair/code", role="director")["code"]
    assert page.locator(".submit").is_disabled()
    for digit in code:
        page.tap(f".keypad button:text-is('{digit}')")
    page.fill(".called input", "<b>Wei's</b> לוח")
    page.tap(".submit")
    page.wait_for_url(re.compile(r"/$"))
    page.wait_for_selector("body[data-role='director']")
    (cookie,) = [one for one in made.context.cookies() if one["httpOnly"]]
    assert cookie["sameSite"] == "Strict"
    assert page.evaluate("document.cookie") == "openstage-language=en"
    one = next(found for found in ask(demo, "GET", "/api/v1/tablets")["tablets"] if found["role"] == "director")
    assert (one["name"], one["connected"]) == ("<b>Wei's</b> לוח", True)
    ask(demo, "POST", "/api/v1/tablets", id=one["id"], revoke=True)
    page.wait_for_selector("body:not([data-role='director'])")
    made.errors.clear()  # the browser reports the socket that was refused


def test_a_link_fills_the_code_in_and_leaves_none_in_the_address(tablet, demo):
    made = tablet()
    code = ask(demo, "POST", "/api/v1/pair/code", role="operator")["code"]
    page = made.open(f"/pair#{code}")
    assert page.locator(".code input").input_value() == code
    assert page.evaluate("location.hash") == ""
    page.tap(".submit")
    page.wait_for_url(re.compile("/operator$"))
    made.errors.clear()  # this stage has no plan for the board


def test_a_tablet_is_locked_with_a_pin_and_opened_again(tablet, demo):
    made = tablet(SIZES["upright"])
    code = ask(demo, "POST", "/api/v1/pair/code", role="operator")["code"]
    page = made.open(f"/pair#{code}")
    page.tap(".submit")
    page.wait_for_url(re.compile("/operator$"))
    page.wait_for_selector("body[data-role='operator']")
    page.tap(".status .tool[aria-label='More'], header .tool[aria-label='More']")
    page.tap(".settings button:has-text('Lock with a PIN')")
    for digit in "2580":
        page.tap(f".pin .keypad button:text-is('{digit}')")
    page.tap(".pin .submit")
    page.wait_for_selector(".pin-lock")
    page.wait_for_selector(".sheet", state="detached")
    made.shot("pin-lock-upright")
    for _ in range(3):
        page.keyboard.press("Escape")
    page.wait_for_selector(".pin-lock[open]")
    for digit in "1111":
        page.tap(f".pin-lock .keypad button:text-is('{digit}')")
    page.tap(".pin-lock .submit")
    page.wait_for_selector(".pin-lock .why:not(:empty)")
    assert "19 more tries" in page.inner_text(".pin-lock .why")
    for digit in "2580":
        page.tap(f".pin-lock .keypad button:text-is('{digit}')")
    page.tap(".pin-lock .submit")
    page.wait_for_selector(".pin-lock", state="detached")
    assert page.locator("dialog").count() == 0
    made.errors.clear()  # the browser reports the PIN that was refused; this stage has no plan for the board


def test_a_wrong_code_is_told_in_words_and_can_be_typed_by_keyboard(tablet, demo):
    made = tablet()
    page = made.open("/pair")
    page.fill(".code input", "0000 0000")
    page.tap(".submit")
    page.wait_for_selector(".why:not(:empty)")
    assert "not the stage's" in page.inner_text(".why")
    assert page.locator(".code input").input_value() == ""
    made.errors.clear()  # the browser reports the answer 403


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", SIZES)
def test_it_fits_every_size_and_axe_finds_nothing_serious(tablet, size, language):
    made = tablet(SIZES[size])
    page = made.open("/pair", language)
    page.fill(".code input", "40718")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = page.evaluate(
        "[...document.querySelectorAll('button, input, a')].map((one) => one.getBoundingClientRect())"
        ".filter((box) => box.width < 56 || box.height < 56).length"
    )
    assert small == 0
    assert language == "zh" or made.faults() == []
    made.shot(f"pair-{size}-{language}")


@pytest.mark.parametrize("size", SIZES)
def test_the_panic_page_works_without_scripts(browser, demo, size):
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, java_script_enabled=False, has_touch=True, locale="en-GB"
    )
    page = context.new_page()
    page.goto(demo.ready["panel"].rstrip("/") + "/panic")
    page.tap("button:text-is('Make the walls black')")
    page.wait_for_selector("text=The walls are black.")
    assert demo.get("/api/v1/values/output/blackout")["value"] is True
    if os.environ.get("OPENSTAGE_SHOTS"):
        page.screenshot(path=f"{os.environ['OPENSTAGE_SHOTS']}/panic-{size}.png")
    for language in ("en", "zh"):
        page.context.add_cookies([{"name": "openstage-language", "value": language, "url": page.url}])
        page.reload()
        assert page.locator("a").last.bounding_box()["width"] >= 56, language
    page.context.clear_cookies()
    page.reload()
    page.tap("button:text-is('Show the picture again')")
    page.wait_for_selector("text=The walls show the picture.")
    assert demo.get("/api/v1/values/output/blackout")["value"] is False
    context.close()
