"""Brings what runs by itself from frame to frame: clock, weather, dissolves, and what is due of the cues.

Frames that were skipped leave no trace: what was due in one of them happens as of that frame.
"""

from __future__ import annotations

from render.worlds.weather.record import advance_weather
from stage.show.air.changes import advance_air, catch_up
from stage.show.air.scenes import move_on
from stage.show.commands.cue_lookout import look_ahead, lookout_of, read_ahead
from stage.show.commands.cue_playing import begin_due, follow, next_event
from stage.show.commands.kinds import Hands
from stage.show.plates.clocks import FilmTime, bring_on
from stage.show.plates.jumps import jumps_of
from stage.show.plates.timecode import follow_timecode
from stage.show.sky.clock import begin_time
from stage.show.state import ShowState

MOST_FOLLOWING = 4
"""So many cues follow on in one frame, and the others in the next ones: hundreds of them would hold the walls up."""


class Passing:
    """Changes the state of one show, which is what `hands` work on. `timecode` is the tracker that gives it, if any."""

    def __init__(self, hands: Hands, state: ShowState, timecode: str = "") -> None:
        self._hands = hands
        self._state = state
        self._timecode = timecode
        self._lookout: tuple[int, ...] = ()
        self._has_read = False

    def pass_to(self, frame: int, until: int) -> None:
        """Before all else in a frame: what has passed from `frame` on until this one."""
        while (due := next_event(self._hands, frame)) is not None and due < until:
            self._move(frame, due)
            self.play_on(due)
            frame = due
        self._move(frame, until)

    def play_on(self, frame: int) -> None:
        """After all else in a frame: moves what is on air, and plays the cues that follow on."""
        controls, air = self._hands.controls, self._hands.air
        advance_air(air, controls, frame, controls.rate)
        for _ in range(MOST_FOLLOWING):
            if not follow(self._hands, frame):
                break
            advance_air(air, controls, frame, controls.rate)
        self._play_films(frame)
        lookout = lookout_of(self._hands)
        if lookout != self._lookout:
            self._lookout, self._has_read = lookout, False
            look_ahead(self._hands)
        elif not self._has_read:
            self._has_read = True
            read_ahead(self._hands)

    def _play_films(self, frame: int) -> None:
        """Brings films and scenes on, as they were set and sent in this frame."""
        controls, plates, state = self._hands.controls, self._hands.plates, self._state
        if self._timecode:
            follow_timecode(plates, state.trackers[self._timecode], frame, controls.rate)
        values = controls.state.values
        time = FilmTime(frame, controls.rate, state.take, values.world.freeze_time, jumps_of(controls.called))
        controls.called.clear()
        bring_on(plates, self._hands.air, values.plate, time)
        move_on(state.models, values.model, frame, frozen=values.world.freeze_time)

    def _move(self, frame: int, until: int) -> None:
        """Brings everything on to a frame before which nothing of a cue was due."""
        controls = self._hands.controls
        controls.move_to(until)
        begin_time(controls, until - frame)
        self._let_fall(until - frame)
        catch_up(self._hands.air, controls, until, controls.rate)
        begin_due(self._hands, until)

    def _let_fall(self, passed: int) -> None:
        """Lets rain, snow and dust fall on for the frames that have passed; frozen time holds them."""
        values, rate = self._state.controls.values, self._hands.controls.rate
        if not values.world.freeze_time:
            elapsed_s = passed * rate.denominator / rate.numerator
            advance_weather(self._state.weather, values.weather, elapsed_s)
