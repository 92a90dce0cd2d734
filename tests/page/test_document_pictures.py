"""The pictures of the pages in the documents: a director's tablet while a take rolls, the preview, the board of three walls."""

import json
import shutil
from http.client import HTTPConnection
from pathlib import Path

import pytest
from running_stage import free_udp_port, running, sending, wait_for
from tablets import PHONE, TABLET, looked_after

from stage.loading.demo import LOOK, demo_text

CONFIGS = Path(__file__).parents[2] / "hw_configs"
PANEL = '\n[panel]\nbind = "127.0.0.1:0"\n'
PREVIEW = (1080, 950)
PICTURES = ("alley", "courtyard", "office")


@pytest.mark.soak
def test_a_director_while_a_take_rolls(browser, tmp_path):
    library = tmp_path / "library"
    library.mkdir()
    for name in PICTURES:
        shutil.copy(CONFIGS / "worlds" / f"{name}.jpg", library / f"{name.capitalize()}.jpg")
    port = free_udp_port()
    text = f'{demo_text(port)}\n[library]\nfolder = "{library}"\n{PANEL}'
    for before, after in (
        ('"Demo"', '"Stage 4"'),
        ("running = true", "running = false"),
        ("= 60\nouter", "= 20\nouter"),
    ):
        text = text.replace(before, after)
    tracker = sending("freed", f"udp://127.0.0.1:{port}", "--motion", "orbit", "--id", "1", "--loop")
    with running(tmp_path, text, "--panel", "--headless", "--realtime", "--look", LOOK) as stage, tracker:
        stage.client.cue_add([{"number": 1, "name": "Morning", "look": "dawn", "fade_s": 0.5}])
        stage.client.batch({"/time/hour": 16.5, "/sky/clouds/coverage": 0.35})
        with looked_after(browser, stage) as make:
            made = make(TABLET)
            made.open("/")
            made.is_live_with("[data-parameter='/grade/exposure_stops'] .read")
            wait_for(lambda: sum(one["thumbnail"] is not None for one in stage.client.worlds()) >= len(PICTURES))
            stage.client.take_start("12A take 3")
            made.page.wait_for_timeout(9000)
            stage.client.set("/grade/temperature_k", 5250, fade_s=60)
            made.page.wait_for_selector("body[data-recording=on] .take .rec-word")
            made.page.wait_for_timeout(3000)
            wait_for(lambda: looks_ahead(stage), what="a view along the street")
            made.shot("document-director")
            made.page.goto(f"{made.origin}/pair")  # which asks for no pictures
            made = make(PREVIEW)
            made.page.goto(f"{made.origin}/preview")
            made.page.wait_for_timeout(5000)
            wait_for(lambda: looks_ahead(stage), what="a view along the street")
            made.shot("document-preview")


def looks_ahead(stage):
    """Whether the camera, which the orbit pans to and fro, will look along the street in a picture's time."""
    (x_m, *_), (pan_deg, *_) = (stage.client.status()["cameras"]["A"][name] for name in ("position_m", "rotation_deg"))
    return x_m > 0.0 and -2.0 < pan_deg < 2.0


@pytest.mark.soak
def test_the_board_of_three_walls(browser, tmp_path):
    url = f"udp://127.0.0.1:{free_udp_port()}"
    text = (CONFIGS / "sim_three_walls.toml").read_text(encoding="utf-8") + PANEL
    for before, after in (
        ("udp://127.0.0.1:40000", url),
        ("worlds/", f"{CONFIGS}/worlds/"),
        ("Simulated three walls", "Studio 2"),
        ('"60000/1001"', '"30"'),
        ("59.94", "60"),
        ("focal_length_mm", "inner_px = [320, 180]\nfocal_length_mm"),
    ):
        text = text.replace(before, after)
    one = sending("freed", url, "--motion", "orbit", "--id", "1", "--loop")
    other = sending("freed", url, "--motion", "orbit", "--id", "2", "--at", "0.8 -1.0 1.2", "--loop")
    with running(tmp_path, text, "--panel", "--headless") as stage, one, other, looked_after(browser, stage) as make:
        for name in ("Lin", "Wei"):
            paired(make(PHONE), name)
        made = make(TABLET)
        made.open("/operator")
        stage.client.take_start("12A take 1")
        made.page.wait_for_timeout(6000)
        stage.client.take_stop()
        stage.client.take_start("12A take 2")
        made.page.wait_for_timeout(35_000)
        assert made.page.locator(".tablets .mark.good").count() == 2
        made.shot("document-board")


def paired(made, name):
    """A tablet that joins with a code, and stays on a page that asks for no pictures."""
    connection = HTTPConnection(made.origin.removeprefix("http://"), timeout=10)
    connection.request("POST", "/api/v1/pair/code", '{"role": "director"}', {"Content-Type": "application/json"})
    code = json.loads(connection.getresponse().read())["code"]
    connection.close()
    made.open("/pair")
    made.page.fill(".code input", code)
    made.page.fill(".called input", name)
    made.page.tap(".submit")
    made.page.wait_for_selector("body[data-role='director']")
    made.page.goto(f"{made.origin}/pair")
