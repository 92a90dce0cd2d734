"""What the director's page looks like: every view at every size, for eyes, readers and thumbs."""

import pytest
from running_stage import wait_for
from tablets import PHONE, SIZES, TABLET, UPRIGHT

SMALLEST_PX = 55.5
SMALLEST_PHONE = (375, 812)
FIRST_PAINT_MS = 1000
SHEETS = (
    "menu",
    "tint",
    "clouds",
    "sun",
    "hour",
    "cues",
    "lens",
    "take",
    "fade",
    "looks",
    "look Dusk",
    "cue 14",
    "new_cue",
    "undo",
    "lights",
)
TOO_SMALL = """(least) => [...document.querySelectorAll('button, [role=slider], input, select, summary, a')].filter((one) => {
    if (one.closest('.sun-drawing') || one.closest('.card-shape') || !one.checkVisibility()) return false;
    const box = one.getBoundingClientRect();
    return box.width > 0 && (box.width < least || box.height < least) && !(one.matches('input') && one.closest('.typed'));
  }).map((one) => `${one.className} ${one.textContent.slice(0, 30)} ${JSON.stringify(one.getBoundingClientRect())}`)"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT_NAMES = """[...document.querySelectorAll('dialog .fader .name')].filter((one) =>
  one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent)"""
BESIDE_TRANSPORT = """(() => {
  const { top, bottom } = document.querySelector('.transport').getBoundingClientRect();
  const found = [1, innerWidth - 2].map((x) => document.elementFromPoint(x, (top + bottom) / 2));
  return found.map((one) => one.closest('.transport') !== null);
})()"""
ABOVE_TRANSPORT = """(parts) => parts.filter((one) =>
  document.querySelector(one).getBoundingClientRect().bottom > document.querySelector('.transport').getBoundingClientRect().top + 1)"""
LOW_SCREENS = ((1366, 700), (1280, 720), (1024, 700), (834, 1194), (768, 1024))
TALL_WALL = """async () => {
  const { facts } = await import('/page/scripts/link/facts.js');
  facts.value = { ...facts.value, walls: facts.value.walls.map((wall) => ({ ...wall, resolution_px: [256, 1024] })) };
}"""
SHOW = "(name) => import('/page/scripts/director/view.js').then(({ view }) => { view.value = name; })"
SIDE_BY_SIDE = """async () => {
  const { leftToRight } = await import('/page/scripts/director/wall_geometry.js');
  const wall = (name, ...columns) => ({ name, outline: columns.map(([x, y, low, high]) => ({ lower_m: [x, y, low], upper_m: [x, y, high] })) });
  const walls = [
    wall('ceiling', [-2, 0, 4, 4.1], [2, 0, 4, 4.1]), wall('front', [-2, 4, 0, 3], [2, 4, 0, 3]),
    wall('right', [3, 3, 0, 3], [3, -1, 0, 3]), wall('left', [-3, -1, 0, 3], [-3, 3, 0, 3]),
  ];
  return leftToRight(walls, [0, 0, 1.5]).map((one) => one.name);
}"""
LABELS = """async (films) => {
  const { frameLabel } = await import('/page/scripts/director/time_code.js');
  return films.map(([start, rate_hz, frame]) => frameLabel({ start, rate_hz }, frame));
}"""
NTSC = 30000 / 1001
FILMS = {
    ("10:00:00:00", 25, 130): "10:00:05:05",
    ("01:00:59;28", NTSC, 2): "01:01:00;02",
    ("01:09:59;29", NTSC, 1): "01:10:00;00",
    ("00:00:00;00", NTSC, 17982): "00:10:00;00",
    ("23:59:59:24", 25, 1): "00:00:00:00",
    ("", 25, 130): "00:05",
}
"""Time codes of SMPTE ST 12-1 that leave numbers out, and none."""
OPEN = "(name) => import('/page/scripts/director/view.js').then(({ sheet }) => { sheet.value = name; })"


def opened(tablet, size, language="en"):
    made = tablet(size)
    made.open("/", language)
    made.is_live_with("[data-parameter='/grade/exposure_stops'] .read")
    made.page.wait_for_selector(".film canvas.drawn", state="attached")
    made.page.wait_for_selector(".wall canvas.drawn")
    return made


def judge(made):
    assert made.page.evaluate(OVERFLOW) <= 0
    assert made.page.evaluate(TOO_SMALL, SMALLEST_PX) == []
    assert made.faults() == []


@pytest.mark.parametrize("size", SIZES)
def test_the_page_holds_on_every_size(tablet, size):
    made = opened(tablet, SIZES[size])
    judge(made)
    made.shot(f"director-{size}")


def test_nothing_overflows_at_other_widths(tablet):
    made = opened(tablet, (375, 800))
    for width in (375, 768, 1024, 1366):
        made.page.set_viewport_size({"width": width, "height": 800})
        assert made.page.evaluate(OVERFLOW) <= 0, width
        assert made.page.evaluate(TOO_SMALL, SMALLEST_PX) == [], width
        made.page.evaluate("scrollTo(0, 0)")
        assert width > 900 or made.page.evaluate(BESIDE_TRANSPORT) == [True, True], width
    assert made.page.evaluate(SIDE_BY_SIDE) == ["left", "front", "right", "ceiling"]
    assert made.page.evaluate(LABELS, [list(film) for film in FILMS]) == list(FILMS.values())


def test_on_low_screens_nothing_lies_under_the_transport(tablet):
    made = opened(tablet, TABLET)
    for width, height in LOW_SCREENS:
        made.page.set_viewport_size({"width": width, "height": height})
        made.page.wait_for_timeout(100)
        hidden = made.page.evaluate(ABOVE_TRANSPORT, [".film", ".walls", ".looks", ".worlds", ".dial", ".hands"])
        assert hidden == [], (width, height)
        assert made.page.evaluate(OVERFLOW) <= 0, (width, height)


def test_a_wall_that_is_taller_than_wide_leaves_the_film_its_room(tablet):
    made = opened(tablet, TABLET)
    made.page.evaluate(TALL_WALL)
    for name, (width, height) in SIZES.items():
        made.page.set_viewport_size({"width": width, "height": height})
        for view in ("page", "cards"):
            made.page.evaluate(SHOW, view)
            made.page.wait_for_timeout(300)
            made.shot(f"tall-wall-{name}-{view}")
            film, wall = (made.page.locator(one).first.bounding_box() for one in (".film", ".wall"))
            assert wall["height"] == pytest.approx(4.0 * wall["width"], rel=0.03), (name, view)
            assert 0.15 * height < wall["height"] < 0.62 * height, (name, view)
            assert view == "cards" or film["width"] > 0.38 * width, name
            assert made.page.evaluate(OVERFLOW) <= 0, (name, view)


def test_chinese_and_dark_and_the_phones_other_end(tablet):
    made = opened(tablet, TABLET, "zh")
    assert made.page.inner_text(".transport [data-request=undo]") == "撤销"
    assert made.page.evaluate("document.documentElement.lang") == "zh-Hans"
    made.shot("director-tablet-zh")
    made.page.evaluate("document.documentElement.dataset.light = 'dark'")
    judge(made)
    made.shot("director-tablet-dark")
    phone = opened(tablet, PHONE)
    phone.page.evaluate("scrollTo(0, 9999)")
    phone.shot("director-phone-scrolled")


def test_cards_on_a_phone_are_for_keyboards_too(tablet):
    made = opened(tablet, SMALLEST_PHONE)
    made.page.evaluate("import('/page/scripts/director/view.js').then(({ view }) => { view.value = 'cards'; })")
    made.page.wait_for_selector(".card-list")
    judge(made)


def test_cards_and_the_film_alone(tablet):
    made = opened(tablet, TABLET)
    made.page.tap(".pill")
    made.page.wait_for_selector(".card-row")
    judge(made)
    made.page.wait_for_selector(".film canvas.drawn", state="attached")
    made.shot("cards-tablet")
    made.page.tap(".card-list .status .key-wide")
    made.page.tap(".film-picture")
    made.page.wait_for_selector(".film-view .film.cropped canvas.drawn", state="attached")
    box = made.page.locator(".film").bounding_box()
    assert box["width"] / box["height"] == pytest.approx(9 / 16, rel=0.01)
    made.shot("film-tablet")
    made.page.keyboard.press("Escape")
    made.page.wait_for_selector(".director-page.view-page .shelf", state="attached")


@pytest.mark.parametrize("size", [TABLET, SMALLEST_PHONE])
def test_sheets_hold_and_close(tablet, size):
    made = opened(tablet, size)
    for name in SHEETS:
        made.page.evaluate(OPEN, name)
        made.page.wait_for_selector("dialog[open]")
        assert made.page.evaluate(TOO_SMALL, SMALLEST_PX) == [], name
        assert made.page.evaluate(OVERFLOW) <= 0, name
        assert made.page.evaluate(CUT_NAMES) == [], name
        if size != TABLET or name in ("menu", "sun", "looks"):
            assert made.faults() == [], name
        if name in ("menu", "sun", "cues", "looks", "cue 14"):
            made.shot(f"sheet-{name.replace(' ', '-')}-{size[0]}")
        made.page.keyboard.press("Escape")
        made.page.wait_for_selector("dialog[open]", state="detached")


def test_every_parameter_of_a_director_has_its_control(tablet, demo):
    made = opened(tablet, TABLET)
    page = made.page
    collect = "[...document.querySelectorAll('[data-parameter]')].flatMap((one) => one.dataset.parameter.split(' '))"
    found = set(page.evaluate(collect))
    page.evaluate(OPEN, "values")
    page.wait_for_selector(".group-head")
    page.evaluate("document.querySelectorAll('.group-head').forEach((one) => one.click())")
    wanted = {one["path"] for one in demo.client.describe() if one["role"] == "director"}
    wait_for(lambda: wanted <= found | set(page.evaluate(collect)))
    page.evaluate("document.querySelectorAll('.group-head').forEach((one, index) => index > 1 && one.click())")
    made.shot("sheet-values")


def test_the_sun_on_the_plan_covers_no_name_of_a_wall(tablet, demo):
    demo.client.batch({"/sky/sun/source": "manual", "/sky/sun/azimuth_deg": 0.0, "/sky/sun/elevation_deg": 11.0})
    made = tablet(TABLET)
    made.open("/operator")
    made.page.wait_for_selector(".plan-sun text:has-text('11')")
    sun, name = (made.page.locator(one).bounding_box() for one in (".plan-sun", ".drawing .wall .name"))
    left, right = sorted((sun, name), key=lambda box: box["x"])
    assert left["x"] + left["width"] <= right["x"]
    demo.client.set("/sky/sun/source", "clock")


def test_the_first_paint_comes_within_a_second(tablet):
    made = tablet(UPRIGHT)
    made.open("/")
    paints = made.page.evaluate("performance.getEntriesByType('paint').map((one) => [one.name, one.startTime])")
    print(f"first paint: {dict(paints)}")
    assert dict(paints)["first-contentful-paint"] <= FIRST_PAINT_MS
