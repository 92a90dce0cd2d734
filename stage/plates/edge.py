"""The core's end of films: asks the process for frames, uploads what has come, and says what was shown."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from render.assets.plate_textures import PlateTextures
from render.plan.frame import FramePlan
from render.worlds.plate.finest import WallReach
from stage.plates.causes import LateCause
from stage.plates.lateness import DrawnPlan, Lateness
from stage.plates.looked_at import LookedAt
from stage.plates.receiving import Receiving
from stage.plates.reception import Reception
from stage.plates.strain import Strain
from stage.plates.uploads import MOST_PIECES_A_FRAME, Uploads
from stage.plates.wanted import GPU_AHEAD, Coming, Lead, Shown, ShownLayers, coming_frames, frames_shown, gone_on
from stage.plates.wire import MOST_FILMS, Film
from stage.run.realtime import allowed_processors
from stage.show.frame.inputs import Condition, Observation
from stage.show.frame.outcome import FilmAhead, Outcome
from tracking.records import Scalar

PRESSING_NS = 1_500_000
"""So long pieces are uploaded in a frame for each film that is late or would be with its next frame, whatever time
there is: what stands on the wall is wrong until they are there. While a software renderer draws, the loop waits anyhow.
"""
SOUGHT_NS = 4_000_000
"""So long for one that was sent elsewhere, once its frame has been read: all of it goes up before the plan is drawn."""
RESTARTED = "plates_restarted"
HEAVY_NS = 500_000
"""So long for one that no decoder reads as fast as it plays, unless slots were lost lately: it is late whatever the
loop gives for it.
"""
_HEARS_EACH = 12
"""What has come is heard of in one slot of so many while enough lies in memory: to look is not free."""
_DRAWN = 3
"""Frames of a film that stand on the GPU besides those ahead: the last two that were drawn, and one on its way."""
_NOTHING = Coming()
Ahead = tuple[FilmAhead, ...]


class PlatesEdge:
    """Follows the plan of each frame without waiting. `film_of` says what is known of a film, None for nothing.

    `walls` are those that are drawn by ray. `wake` is called once a film is wanted: the process is started for that
    alone. Raises OSError where there cannot be a socket.
    """

    def __init__(
        self,
        runtime: Path,
        textures: PlateTextures,
        film_of: Callable[[str], Film | None],
        stack: ExitStack,
        wake: Callable[[], None] = lambda: None,
        *,
        walls: Sequence[WallReach] = (),
    ) -> None:
        self._textures = textures
        self._film_of = film_of
        self._wake: Callable[[], None] | None = wake
        self._receiving = Receiving(runtime, textures, stack)
        self._uploads = Uploads(textures, self._receiving, self)
        self._restarts = 0
        self._processors = allowed_processors()
        self._looked_at = LookedAt(walls)
        self._plan: FramePlan | None = None
        self._shows = ShownLayers()
        self._layers: tuple[Shown, ...] = ()
        self._ahead: Ahead = ()
        self._frames: dict[str, tuple[int, ...]] = {}
        self._coming: dict[str, Coming] = {}
        self._late: frozenset[str] = frozenset()
        self._late_at: int | None = None
        self._drawn: frozenset[tuple[str, int]] = frozenset()
        self._is_noted = self._is_settled = False
        self._expected: list[str] = []
        self._strain = Strain()
        self._spent_ns = self._unheard = 0
        self.lateness = Lateness()
        """What was late, and why."""

    def follow(self, outcome: Outcome) -> None:
        """Before a plan is drawn: asks for what it shows and what is ahead, and uploads some of what it lacks."""
        layers, ahead = self._shows.of(outcome.plan), outcome.plates_ahead
        if not layers and not ahead and not self._receiving.films:
            return
        self._plan = outcome.plan
        if (layers != self._layers or ahead != self._ahead) and not self._has_gone_on(layers, ahead):
            self._want(layers, ahead)
        is_late = bool(self._late_films())
        if is_late:  # else what has come is heard of after the frame, and what comes next is asked for then
            self._hear()
        if is_late or not self._receiving.films:  # after the last film nothing is done after the frame
            self._receiving.ask()
        self._spent_ns = self._uploads.for_a_while(self._lacking_ns()) if is_late else 0

    def hurry(self) -> None:
        """While a plan is drawn: uploads some of what presses."""
        spent_ns, self._spent_ns = self._spent_ns, 0
        if self._late_films():
            self._hear()
        if not self._is_settled:
            self._uploads.for_a_while(self._pressing_ns() - spent_ns)

    def note_drawn(self, plan: FramePlan, lost: int = 0) -> None:
        """The plan that was followed last has been drawn; so many slots have been late or skipped up to now."""
        now_s = time.monotonic()
        self._strain.note(lost, now_s)
        if self._strain.rest != self._receiving.rest:
            self._receiving.rest, self._is_settled = self._strain.rest, False
        if not self._frames or plan.blackout:
            return
        drawn = self._textures.shown()
        if self._is_noted and drawn == self._drawn and not self.lateness.sums_up(now_s):
            return
        is_late = bool(self._late_films())
        about = DrawnPlan(plan.frame, self._layers, self._textures, drawn, is_late)
        self.lateness.note_drawn(about, lambda media, frame: self._why_late(media, frame, now_s), now_s)
        self._note_in_time(now_s)
        self._make_room(drawn | self._drawn)
        self._drawn, self._is_noted, self._is_settled = drawn, not is_late, False

    def upload_in_slack(self, left_ns: Callable[[], int]) -> None:
        """After a frame: uploads piece by piece, as long as one fits into what is left before the next frame."""
        if not self._receiving.films:
            return
        self._unheard += 1
        looks = self._unheard >= _HEARS_EACH or bool(self._late_films()) or not self._receiving.has_enough
        if looks:
            self._hear()
        if self._is_settled:
            return
        left, presses = MOST_PIECES_A_FRAME, None
        while left > 0 and (has_any := self._uploads.has_any()):
            presses = self._pressing_ns() > HEAVY_NS if presses is None else presses
            fitting_ns = self._uploads.pace.fitting(left_ns(), presses=presses)
            done = self._uploads.pieces(fitting_ns, left) if fitting_ns or self._is_starved() else 0
            if not done:
                break
            left -= done
            presses = presses if self._uploads.is_under_way else None  # else all of one has arrived
        is_told = not (looks or self._receiving.is_to_ask) or self._receiving.ask()
        self._is_settled = is_told and not has_any

    def reports(self) -> list[Observation]:
        """What is new since the last call, for the next frame's inputs."""
        found: list[Observation] = [*self.lateness.reports()]
        came = self._receiving.came
        if came - 1 > self._restarts:
            self._restarts = came - 1
            values: dict[str, Scalar] = {"count": self._restarts}
            found.append(Condition(code=RESTARTED, severity="warning", values=values, lasts=True))
        return found

    def conditions(self) -> dict[str, Condition]:
        """What is wrong with films now, by what it is about."""
        found = self._receiving.conditions()
        if self._uploads.no_room and self._receiving.films:
            found["graphics memory"] = Condition(code="plate_no_gpu_room", values=self._uploads.no_room)
        return found

    def in_memory(self, media: str) -> tuple[int, ...]:
        """The frames of a film that lie in shared memory and are not on the GPU yet."""
        reception = self._receiving.films.get(media)
        return () if reception is None else tuple(reception.held)

    def soonest(self) -> tuple[str, int] | None:
        """The frame that is needed soonest of those that lie in memory."""
        found: tuple[int, str, int] | None = None
        for media, reception in self._receiving.films.items():
            held, coming = reception.held, self._coming.get(media, _NOTHING)
            later = 0 if media in self._frames else GPU_AHEAD
            for place, frame in enumerate(coming.frames[: coming.near] if held else ()):
                if frame in held:
                    if found is None or later + place < found[0]:
                        found = later + place, media, frame
                    break
            if found is None and reception.passed:
                late = next((frame for frame in reversed(reception.passed) if frame in held), None)
                found = None if late is None else (2 * GPU_AHEAD, media, late)
        return None if found is None else found[1:]

    def is_late(self, media: str) -> bool:
        """Whether a film has not all of what it shows now on the GPU."""
        return media in self._late_films()

    def _late_films(self) -> frozenset[str]:
        """The films that are late. They are looked for where frames have come or gone, or others are shown."""
        if self._late_at != self._textures.changes:
            self._late_at = self._textures.changes
            there, shown = self._textures, self._frames.items()
            self._late = frozenset([media for media, frames in shown for one in frames if (media, one) not in there])
        return self._late

    def _hear(self) -> None:
        """Takes what has come since the last look."""
        self._unheard = 0
        if self._receiving.hear() or self._receiving.has_back:
            self._is_settled = False
        if self._receiving.has_news:
            self._want(self._layers, self._ahead)

    def _has_gone_on(self, layers: tuple[Shown, ...], ahead: Ahead) -> bool:
        """Whether all films show what was to come, which is there, and enough of that is left: so it is taken over."""
        frames = frames_shown(layers)
        coming = gone_on(self._coming, frames, ahead)
        if coming is None or not all((media, one) in self._textures for media, (one, *_) in frames.items()):
            return False
        self._receiving.go_on(coming)
        self._layers, self._ahead, self._frames, self._coming = layers, ahead, frames, coming
        self._late_at, self._late = self._textures.changes, frozenset()
        self._is_noted = self._is_settled = False
        return True

    def _want(self, layers: tuple[Shown, ...], ahead: Ahead) -> None:
        """Takes over what is shown, and what is to come."""
        self._receiving.has_news = False
        self._is_noted = self._is_settled = False
        self._layers, self._ahead, self._late_at = layers, ahead, None
        self._frames = frames_shown(layers)
        known: dict[str, Film] = {}
        for media in (*self._frames, *[one.media for one in ahead]):
            if media not in known and len(known) < MOST_FILMS and (film := self._film_of(media)) is not None:
                known[media] = film
        self._receiving.take_films(known)
        facts = {media: film.facts for media, film in known.items()}
        if list(facts) != self._expected:
            self._expected = list(facts)
            self._textures.expect((one, GPU_AHEAD + _DRAWN) for one in facts.values())
        sent = self._sent()
        finest = {} if self._plan is None else self._looked_at.finest(self._plan, facts)
        self._coming = coming_frames(self._frames, ahead, facts, self._lead(), finest)
        self._receiving.want(self._coming, self._frames, sent)
        self._uploads.follow()
        if known and self._wake is not None:
            self._wake()
            self._wake = None

    def _sent(self) -> list[str]:
        """Films that are to show what was not ahead of them: somebody has sent them there."""
        found = []
        for media, reception in self._receiving.films.items():
            expected = self._coming.get(media, _NOTHING)
            frames = [one for one in self._frames.get(media, ()) if one not in expected.kept]
            if expected.frames and frames and not set(frames).issubset(expected.frames):
                reception.blame.begin("seek", time.monotonic())
                found.append(media)
        return found

    def _note_in_time(self, now_s: float) -> None:
        """Films that show what was planned are not to blame any more for what was before."""
        late = self._late_films()
        for layer in self._layers:
            are_there = not late or all(one in self._textures for one in layer)
            for reception in filter(None, (self._receiving.films.get(media) for media, _ in layer)):
                if are_there:
                    reception.blame.is_over()
                else:
                    reception.blame.expire(now_s)

    def _lead(self) -> Lead:
        """How long frames took lately: those of all films on the walls are uploaded one after the other."""
        films = self._receiving.films
        decode_s = [films[media].decode_s for media in self._frames if media in films]
        upload_s, longest_s = sum(map(self._uploads.took_s, self._frames)), max(decode_s, default=0.0)
        return Lead(longest_s + upload_s, upload_s, longest_s * max(1.0, len(decode_s) / self._processors))

    def _lacking_ns(self) -> int:
        """The time for films whose planned frame lies in memory and is not on the GPU: it can still be shown now."""
        lacking = [self._receiving.films[media] for media in self._frames if self._lacks(media)]
        return sum(SOUGHT_NS if one.blame.is_sought else PRESSING_NS for one in lacking if not one.is_too_heavy)

    def _lacks(self, media: str) -> bool:
        one, there = self._receiving.films.get(media), self._textures
        return one is not None and any((media, n) not in there and one.has(n) for n in self._frames[media])

    def _pressing_ns(self) -> int:
        """The time for films on the walls that have not all of what they show on the GPU, or lack what they show next
        though it lies in memory.
        """
        light = heavy = 0
        for media in self._frames:
            one = self._receiving.films.get(media)
            if one is not None and self._presses(media, one):
                light, heavy = light + (not one.is_too_heavy), heavy + one.is_too_heavy
        return PRESSING_NS * light if light else HEAVY_NS * (heavy > 0 and not self._strain.is_there)

    def _is_starved(self) -> bool:
        """Whether a film that is too heavy, which is not hurried while slots are lost, is to come on all the same."""
        heavy = self._strain.is_there and any(one.is_too_heavy for one in self._receiving.films.values())
        return heavy and self._uploads.pace.is_starved()

    def _presses(self, media: str, film: Reception) -> bool:
        if media in self._late_films():
            return True
        following = self._coming.get(media, _NOTHING).following
        return any((media, frame) not in self._textures and film.has(frame) for frame in following)

    def _why_late(self, media: str, frame: int, now_s: float) -> LateCause:
        reception = self._receiving.films.get(media)
        if reception is None:
            return "opening"
        if reception.has(frame):
            cause = reception.why_not_uploaded(has_room=not self._uploads.no_room)
        else:
            cause = reception.why_late(frame, self._receiving.decoder_trouble(now_s))
        return reception.blame.of(cause, now_s)

    def _make_room(self, drawn: frozenset[tuple[str, int]]) -> None:
        """Frees the storage of frames that were shown and do not come again, for those that do."""
        for media in self._receiving.films:
            kept = self._coming.get(media, _NOTHING).kept
            for number in self._textures.numbers(media):
                if number not in kept and (media, number) not in drawn:
                    self._textures.forget(media, number)
