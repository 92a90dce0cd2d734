"""How long a touch takes to a frame and to a picture, in a real browser on a clock that page and stage share."""

import statistics

import pytest
from live_demo import demo_on
from PIL import Image
from running_stage import free_udp_port, running, sending
from tablets import looked_after
from touch_times import p95, touch_times

SMALL = """
[stage]
name = "Small"
frame_rate_hz = 60
[[walls]]
name = "main"
resolution_px = [128, 40]
shape = { kind = "arc", radius_m = 4.0, sweep_deg = 120.0, height_m = 2.6 }
[[trackers]]
name = "t"
protocol = "freed"
source = "udp://127.0.0.1:PORT"
camera_id = 1
[[cameras]]
name = "A"
tracker = "t"
focal_length_mm = 35.0
resolution_px = [1280, 720]
[panel]
bind = "127.0.0.1:0"
[world]
kind = "panorama"
file = "grey.png"
"""
MOST_FRAMES = (2, 4)
MOST_PICTURE_MS = 150.0
PATIENTLY = (30, 1500.0)


def measured(folder, browser, text, port, touches):
    Image.new("RGB", (64, 32), (90, 90, 90)).save(folder / "grey.png")
    tracker = sending("freed", f"udp://127.0.0.1:{port}", "--motion", "orbit", "--id", "1", "--loop")
    with running(folder, text, "--panel", "--headless", "--realtime") as stage, tracker:
        return touched(browser, stage, touches)


def touched(browser, stage, touches):
    stage.client.set("/camera/A/source", "manual")
    with looked_after(browser, stage) as make:
        made = make()
        page = made.open("/")
        made.is_live_with("[data-parameter='/grade/exposure_stops'] .read")
        found = touch_times(page, stage, touches)
    print(found)
    return found


def test_a_touch_is_in_a_frame_and_in_a_picture_soon(browser, demo):
    """In short, and patiently: the machine may be busy."""
    found = touched(browser, demo, 4)
    assert len(found.frames) >= 4
    assert 1 <= statistics.median(found.frames) <= PATIENTLY[0]
    assert 0.0 < statistics.median(found.picture_ms) <= PATIENTLY[1]


@pytest.mark.soak
def test_a_touch_is_in_the_second_frame_and_in_a_picture_within_150_ms(tmp_path, browser):
    port = free_udp_port()
    found = measured(tmp_path, browser, SMALL.replace("PORT", str(port)), port, 80)
    assert found.slot_share <= 1 / 3
    assert statistics.median(found.frames) <= MOST_FRAMES[0]
    assert p95(found.frames) <= MOST_FRAMES[1]
    assert statistics.median(found.picture_ms) <= MOST_PICTURE_MS


@pytest.mark.soak
def test_touches_of_the_demo_are_told(tmp_path, browser):
    port = free_udp_port()
    text = demo_on(port).replace("frame_rate_hz = 10", "frame_rate_hz = 30")
    found = measured(tmp_path, browser, text, port, 40)
    assert min(found.picture_ms) > 0.0
