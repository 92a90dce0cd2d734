"""Walks the fold through everything that it refuses, holds or reports, and yields each code with its values."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator

import msgspec

from render.worlds.configured import MOST_WORLDS, World
from render.worlds.coordinates.record import CoordinatesLayer
from render.worlds.kinds import Layer
from render.worlds.model.crowd import CrowdKeys
from render.worlds.model.record import ModelLayer
from render.worlds.panorama.record import PanoramaLayer
from render.worlds.plate.record import PlateFilm, PlateLayer
from render.worlds.shared.facts import PictureFacts
from render.worlds.sky.record import SkyLayer
from stage.show.frame.inputs import Cause, Dropped, LibraryFolder, Presented, TakeReport, WorldGone, WorldListed
from stage.show.frame.outcome import Outcome, TrackerReport
from stage.show.frame.plates import PlateShown, PlatesShown
from stage.show.frame.requests import AcknowledgeRequest, SetRequest, WorldsRequest
from stage.show.report.tracker_health import silence_faults
from stage.show.show import Show
from stage.values.parameters import Parameter
from tests.building import (
    ARC,
    SOURCE,
    camera,
    command,
    freed,
    inputs_at,
    set_heading,
    set_to,
    slot_ns,
    stage,
    start_take,
    stop_take,
    tracker,
)
from tests.fold.show.air_stage import failed, ready, stage_of_worlds
from tests.fold.show.cue_faults import lacking_cues, refused_cues
from tests.fold.show.library_events import listing, unread
from tests.fold.show.look_faults import broken_looks, refused_looks
from tests.fold.show.people_refusals import walk_of_a_world_that_goes, walk_of_people
from tests.fold.show.plate_stage import FILM, code_at, film_stage, known
from tracking.records import REJECT_CAUSES, Rejection, Scalar
from tracking.tracker.state import new_tracker_state, note_refusal

Coded = tuple[str, dict[str, Scalar]]
MS = 1_000_000
FIXED = {"focal_length_mm": 35.0, "overscan": "fixed", "overscan_deg": 1.0}
PLAIN = stage(tracker("t"), camera("A", tracker="t", **FIXED))
BUDGETED = stage(tracker("t"), camera("A", tracker="t", **FIXED), latency_budget_ms=20.0)
FOLDING = stage(camera("A", lens="lens.json"), lenses={"A": {"nodes": [{"focal_length_mm": 50.0, "radial": [-6e-4]}]}})
NO_AREA_M = ((0.0, 0.0), (1.0, 0.0), (2.0, 0.0))
AREA_M = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0))


def codes_in(outcome: Outcome) -> Iterator[Coded]:
    """Every code of one frame, with its values."""
    yield from ((finding.code, finding.values) for finding in outcome.health)
    for answer in outcome.answers:
        if answer.refusal is not None:
            yield answer.refusal.reason, answer.refusal.values
        yield from ((warned.code, warned.values) for warned in answer.warnings or ())
    for wall in outcome.plan.walls:
        yield from ((hold.reason, hold.values) for hold in wall.holds)


def stepped(show: Show, frame: int, *asked, **given) -> Iterator[Coded]:
    """The codes of a frame in which anything may be refused."""
    return codes_in(show.step(inputs_at(frame, *asked, **given)))


def refusals() -> Iterator[Coded]:
    """Every way to be refused."""
    values = {
        "qqq": 1.0,
        "/grade/exposure": 1.0,
        "/camera/Zed/parked": True,
        "/camera/A/qqq": 1.0,
        "/output/blackout": 1.0,
        "/wall/main/pattern": "zebra",
        "/grade/tint": 7.0,
        "/place/date": "2026-02-30",
        "/layer/world/distance_m": 0.5,
    }
    show = PLAIN.show()
    yield from stepped(show, 0, *(set_to(path, value) for path, value in values.items()))
    no_way = SetRequest(id="way", path="/grade/tint", value=0.1, way="forward")
    yield from stepped(show, 1, set_to("/grade/tint", "blue"), set_to("/wall/main/pattern", 3.0), no_way)
    for request in (set_to("/output/blackout", value=True), start_take()):
        yield from stepped(show, 2, command(request, request_id=repr(request), role="viewer"))
    for request in (set_to("/grade/tint", 0.1), set_to("/grade/tint", 0.2)):
        yield from stepped(show, 3, command(request, request_id="twice"))
    yield from stepped(
        show,
        4,
        AcknowledgeRequest(id="ack", code="nothing"),
        stop_take(),
        start_take("two\nlines"),
        start_take(),
        start_take(),
        set_to("/world/guide", "floor"),
        set_heading("nobody"),
        set_heading("t"),
    )
    for frame, asked in (
        (5, (stop_take(),)),
        (6, (start_take(),)),
        (7, (stop_take(),)),
        (8, (start_take(),)),
        (200, ()),
    ):
        yield from stepped(show, frame, *asked)
    yield from stepped(FOLDING.show(), 0, set_heading("nobody"))
    text = Parameter(path="/slate", kind="text", default="", help="What the slate says.")
    for refusal in (text.check(3.0), text.check("x" * 300)):
        yield refusal.reason, refusal.values


def people() -> Iterator[Coded]:
    """What people are refused because of each other."""
    for outcome in (*walk_of_people(), *walk_of_a_world_that_goes()):
        yield from codes_in(outcome)


def unmended_worlds() -> Iterator[Coded]:
    """Every way in which a world is not mended."""
    show = stage_of_worlds().show()
    tilted = PictureFacts(columns=20000, rows=10000, horizon=0.5, roll_deg=5.0, mean_nits=40.0)
    pictures = [msgspec.structs.replace(one, facts=tilted) for one in ready("valley")]
    yield from stepped(show, 0, observations=pictures)
    for frame, (name, code) in enumerate((("nowhere", ""), ("street", ""), ("valley", "no_code")), start=1):
        yield from stepped(show, frame, WorldsRequest(id=f"fix {frame}", action="fix", name=name, code=code))
    yield from stepped(show, 4, start_take())
    yield from stepped(show, 5, WorldsRequest(id="fix", action="fix", name="valley"))


def holds() -> Iterator[Coded]:
    """Every view that cannot be."""
    for values in (
        {"y_m": 8.0, "pan_deg": 180.0},
        {"y_m": ARC["radius_m"], "z_m": 0.5 * ARC["height_m"]},
    ):
        manual = {f"/camera/A/manual/{name}": value for name, value in values.items()}
        yield from stepped(PLAIN.show(), 0, {"/camera/A/source": "manual", **manual})
    yield from stepped(PLAIN.show(), 0, {"/camera/A/focal_length_mm": 0.5})
    yield from stepped(FOLDING.show(), 0, {"/camera/A/focal_length_mm": 25.0})


def losses() -> Iterator[Coded]:
    """Every cause of a loss at the edges."""
    causes = (
        "over_budget",
        "over_bytes",
        "over_work",
        "too_long",
        "kernel",
        "socket",
        "overflow",
        "memory",
        "connections",
        "turned_connections",
        "turned_flood",
        "turned_frame_too_long",
        "turned_handshake",
        "turned_message_too_long",
        "turned_not_zeromq",
        "turned_slow",
        "turned_wrong_socket",
        "turned_no_key",
    )
    causes += ("the cable is hot", "", "disconnected")
    show = PLAIN.show()
    yield from stepped(show, 0, observations=[Dropped(source=SOURCE, count=1, cause=cause) for cause in causes])
    yield from stepped(show, 1)


def silences() -> Iterator[Coded]:
    """A tracker that is heard once, then late, then lost; and one whose packets are lost, or come at another rate."""
    show = PLAIN.show()
    yield from stepped(show, 0)
    yield from stepped(show, 1, datagrams=[freed(1)])
    for frame in range(2, 60):
        yield from stepped(show, frame)
    yield from heard_at(lambda frame, dice: dice.random() < 0.7)
    yield from heard_at(lambda frame, _dice: frame % 2 == 0)


def refused_packets() -> Iterator[Coded]:
    """A tracker of which only packets arrive that cannot be used, for every cause."""
    (configured,) = PLAIN.show().config.trackers
    never = TrackerReport(name=configured.name, state="never", horizon_ms=0.0, method="none")
    for cause in REJECT_CAUSES:
        heard = new_tracker_state(configured)
        note_refusal(heard, Rejection(cause=cause, detail="", found="3", expected="1"), slot_ns(0))
        yield from ((fault.code, fault.values) for fault in silence_faults(configured, never, heard, slot_ns(1)))


def worlds() -> Iterator[Coded]:
    """Worlds that cannot be read, that go while they are on air or waited for, and that break a rule."""
    show = stage_of_worlds().show()
    yield from stepped(show, 0, observations=[*ready("valley"), failed("office")])
    yield from stepped(show, 1, set_to("/world/active", "street"))
    yield from stepped(show, 2, observations=[WorldGone(key="valley"), WorldGone(key="street")])
    valley, office = (show.state.air.worlds[key] for key in ("valley", "office"))
    listed = [
        msgspec.structs.replace(valley, licence="CC0"),
        msgspec.structs.replace(office, key="other"),
        new_world("two\nlines"),
        new_world("other layer", PanoramaLayer(name="two\nlines", file="a.exr")),
        new_world("its layer", PanoramaLayer(key="valley", file="a.exr")),
        new_world("beside", CoordinatesLayer(), PanoramaLayer(file="a.exr")),
        new_world("no file", PanoramaLayer()),
        new_world("a text", PanoramaLayer(file="a.txt")),
        new_world("too near", PanoramaLayer(file="a.exr", distance_m=0.5)),
        new_world("of no width", PanoramaLayer(file="a.exr", width_m=2.0)),
        new_world("of two widths", PanoramaLayer(file="a.exr", distance_m=9.0, width_m=2.0, width_deg=20.0)),
        new_world("of no hour", PanoramaLayer(file="a.exr", follow_hour=True)),
        new_world("of every hour", SkyLayer(follow_hour=True, shot_hour=3.0)),
        new_world("depth alone", PanoramaLayer(depth="a.depth.exr")),
        new_world("a depth of text", PanoramaLayer(file="a.exr", depth="a.txt")),
        new_world("no scene", ModelLayer()),
        new_world("a picture", ModelLayer(file="a.png")),
        new_world("two scenes", ModelLayer(file="a.glb", scene="street")),
        new_world("nowhere", ModelLayer(scene="street", crowd=CrowdKeys(count=1, area_m=NO_AREA_M))),
        new_world("no place", ModelLayer(scene="people", crowd=CrowdKeys(count=1))),
        new_world("two places", ModelLayer(scene="people", crowd=CrowdKeys(count=1, area_m=AREA_M, area="a.glb"))),
        new_world("no mesh", ModelLayer(scene="people", crowd=CrowdKeys(count=1, area_node="Seats"))),
        new_world("no film", PlateLayer()),
        new_world("of two kinds", PlateLayer(file="a.mov", plates=(PlateFilm(file="b.mov"),))),
        new_world("of no kind", PlateLayer(file="a.pdf")),
        new_world("no lens", PlateLayer(plates=(PlateFilm(file="b.mov", lens="b.txt"),))),
        new_world("no time code", PlateLayer(file="a.mov", start_timecode="noon")),
        new_world("ends first", PlateLayer(file="a.mov", in_s=2.0, out_s=1.0)),
        *(new_world(str(number)) for number in range(MOST_WORLDS)),
    ]
    yield from stepped(show, 3, observations=[WorldListed(world=world) for world in listed])


def films() -> Iterator[Coded]:
    """Films of a set that do not go together, that come late, and that go with a time code that is not there."""
    set_of_two = film_stage(rig=("left.mov", "right.mov")).show()
    yield from stepped(set_of_two, 0, observations=[known("left.mov"), known("right.mov", rate=(24, 1))])
    show = film_stage(start="timecode").show()
    late = PlatesShown(frame=0, shown=(PlateShown(FILM, 1, 0, "disk"),))
    yield from stepped(show, 0, observations=[known(start=""), late])
    yield from stepped(show, 1, datagrams=[code_at(1, "10:00:00:00", (25, 1))])
    yield from stepped(show, 2, datagrams=[code_at(2, "10:00:00:01", (25, 1))])


def library() -> Iterator[Coded]:
    """A library's folder with files that are no worlds or too many, and one that is away."""
    show = stage_of_worlds().show()
    away = Cause(code="library_missing", values={"folder": "worlds", "why": "library_emptied"})
    yield from stepped(show, 0, observations=[*ready("valley"), listing(unread("a.png"))])
    yield from stepped(show, 1, observations=[LibraryFolder(left_out=3)])
    yield from stepped(show, 2, observations=[LibraryFolder(missing=away)])


def new_world(name: str, *layers: Layer) -> World:
    """A world of these layers, or of a panorama."""
    return World(name=name, layers=layers or (PanoramaLayer(file="a.exr"),))


def heard_at(heard) -> Iterator[Coded]:
    show, dice = PLAIN.show(), random.Random(3)
    for frame in range(400):
        packets = [freed(frame, 10.0 * math.sin(frame / 40.0))] if heard(frame, dice) else []
        yield from stepped(show, frame, datagrams=packets)


def whips() -> Iterator[Coded]:
    """A fixed margin that is too small for how the camera turns."""
    show = PLAIN.show()
    for frame in range(240):
        yield from stepped(show, frame, datagrams=[freed(frame, 20.0 * math.sin(frame / 6.0))])


def latencies() -> Iterator[Coded]:
    """Drawing that takes longer than before, and longer than the budget allows."""
    for built, frames, slow_from in ((BUDGETED, 200, 0), (PLAIN, 1100, 800), (BUDGETED, 1100, 800)):
        show = built.show()
        for frame in range(frames):
            draw_ms = 45 if frame >= slow_from else 3
            seen = [] if frame == 0 else [drawn_in(frame - 1, draw_ms)]
            yield from stepped(show, frame, datagrams=[freed(frame)], observations=seen)


def drawn_in(frame: int, draw_ms: int) -> Presented:
    """A frame of which drawing took this long."""
    gathered_ns = slot_ns(frame)
    drawn_ns = gathered_ns + draw_ms * MS
    return Presented(
        frame=frame,
        gathered_ns=gathered_ns,
        stepped_ns=gathered_ns,
        drawn_ns=drawn_ns,
        presented_ns=max(drawn_ns, slot_ns(frame + 1)),
    )


def take_faults() -> Iterator[Coded]:
    """What may happen to a take, reported without a cause."""
    for state in ("gap", "recorder_lost", "failed"):
        show = PLAIN.show()
        yield from stepped(show, 0, start_take("one"))
        yield from stepped(show, 1, observations=[TakeReport(name="one", state=state)])


def once_each(coded: Iterable[Coded]) -> list[Coded]:
    """The first occurrence of each code with each set of values' names and inner codes."""
    first: dict[tuple[object, ...], Coded] = {}
    for code, values in coded:
        key = (code, *values, values.get("why"), values.get("stage"), values.get("cause"))
        first.setdefault(key, (code, values))
    return list(first.values())


def walk() -> list[Coded]:
    """Everything but the take, once each."""
    parts = (
        refusals,
        unmended_worlds,
        holds,
        losses,
        silences,
        refused_packets,
        whips,
        latencies,
        worlds,
        films,
        library,
    )
    others = (refused_looks, broken_looks, refused_cues, lacking_cues, people)
    return once_each(coded for part in (*parts, *others) for coded in part())
