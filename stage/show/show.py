"""The show: a fold over frame inputs. It touches no clock, file, socket, GL, thread or randomness.

`Show.step` says what happens in a frame; the same inputs from the same state give the same outcomes, live or replayed.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import chain

import msgspec

from calibration.records import Calibration
from render.plan.frame import FramePlan
from render.worlds.plate.lens import part_lens
from render.worlds.weather.record import weather_plan
from stage.config.records import StageConfig
from stage.config.starting_values import fit_lights, tree_of
from stage.show.air.changes import Others, air_plan, air_report
from stage.show.air.films import note_media, take_newer_films
from stage.show.air.library import Shelf, forget_files, list_files, tend_library
from stage.show.air.listing import dismiss_gone, follow_worlds, list_world, on_walls, withdraw_world
from stage.show.air.placement import front_wall, place_known, place_layers
from stage.show.air.scenes import model_plans
from stage.show.air.sight import sight_of
from stage.show.air.state import note_asset
from stage.show.camera.mounts import TrackerMount
from stage.show.camera.rig import trackers_by_source, trackers_of
from stage.show.commands.answering import Answering
from stage.show.commands.desk import desk_of
from stage.show.commands.kinds import Hands
from stage.show.commands.redo import redo
from stage.show.cues.cue_list import take_over_file
from stage.show.cues.play import cue_faults
from stage.show.frame.inputs import (
    AssetExamined,
    AssetFailed,
    AssetGone,
    AssetProgress,
    AssetReady,
    Condition,
    CuesRead,
    Dropped,
    FrameInputs,
    FrameTime,
    LibraryFolder,
    LibraryGone,
    LibraryListed,
    LooksGone,
    LooksListed,
    Observation,
    Presented,
    Redone,
    TakeReport,
    WorldGone,
    WorldListed,
)
from stage.show.frame.lights import LightReached, LightsLink, LightsPlan
from stage.show.frame.outcome import Finding, Outcome, TrackerReport
from stage.show.frame.plates import MediaFailed, MediaReady, PlatesShown
from stage.show.frame.reading import readable
from stage.show.lights.following import note_reached
from stage.show.lights.planner import LightPlanner
from stage.show.lights.state import condition_of, forget_lights
from stage.show.looks.capture import keep_look_of_take
from stage.show.looks.files import forget_looks, list_looks, look_faults
from stage.show.passing import Passing
from stage.show.plan.planner import Planner
from stage.show.plan.scene import Scene, frozen_worlds
from stage.show.plan.tile_governor import note_presented
from stage.show.plates.ahead import films_ahead
from stage.show.plates.faults import note_shown, plate_faults
from stage.show.plates.planned import plate_plans
from stage.show.report.conditions import note_condition
from stage.show.report.health import Signs, find_faults, findings_of
from stage.show.report.in_force import started_faults
from stage.show.report.ledger import Ledger
from stage.show.report.losses import note_loss
from stage.show.report.pace import forget_pace, note_pace
from stage.show.report.steadiness import steadied
from stage.show.report.take import note_frame, note_report, shot_warnings
from stage.show.report.trackers import account_of, report_trackers
from stage.show.sky.planned import ShotSkies
from stage.show.state import ShowState, decode_state, encode_state
from stage.show.values.controls import Controls
from tracking.datagrams import Datagram


class Show:
    """One running show over its own copy of `state`."""

    def __init__(self, config: StageConfig, calibration: Calibration, state: ShowState) -> None:
        self.config = config
        self.tree = tree_of(config)
        self.rate: Fraction = config.stage.rate()
        self._period_ns = round(1_000_000_000 / self.rate)
        self._state = decode_state(encode_state(state))
        follow_worlds(self.tree, config, self._state.air)
        forget_lights(self._state.controls, fit_lights(self._state.controls.values, config))
        self._controls = Controls(self.tree, self._state.controls, self.rate)
        self.trackers = trackers_of(config, calibration, self._state.trackers)
        self.sight = sight_of(config, calibration.surfaces)
        self.mounts = {tracker.name: TrackerMount(tracker) for tracker in config.trackers}
        self._by_source = trackers_by_source(config, self.trackers)
        self._readers = {
            source: tuple(tracker for tracker in config.trackers if tracker.source == source)
            for source in self._by_source
        }
        self._hands = Hands(
            self._controls,
            self._state.take,
            self.trackers,
            self.mounts,
            self._state.health,
            self._state.conditions,
            self._state.air,
            self._state.pictures,
            self.sight,
            self._state.leases,
            self._state.looks,
            self._state.cues,
            self._state.play,
            lights=self._state.lights,
            lamps=config.all_lights(),
            desk=self._state.desk,
            plates=self._state.plates,
        )
        self._passing = Passing(self._hands, self._state, config.stage.timecode or "")
        self._film_lenses = {file: part_lens(lens) for file, lens in calibration.film_lenses.items()}
        self._ledger = Ledger(float(self.rate))
        self._anchor_m = config.stage.outer_eye_m
        self._shots = ShotSkies()
        self._front = front_wall(calibration.surfaces, self._anchor_m)
        self._planner = Planner(config, calibration, self.trackers)
        self._lights = LightPlanner(config)
        self.desk = desk_of(config, self._state.desk)

    @property
    def state(self) -> ShowState:
        """The running state, to read from between steps; only `step` changes it."""
        return self._state

    def snapshot(self) -> ShowState:
        """A copy of the state that shares nothing with the running show."""
        return decode_state(encode_state(self._state))

    def step(self, inputs: FrameInputs) -> Outcome:
        """Steps one frame from its inputs. Returns its plan, and what each edge needs of the rest."""
        state = self._state
        self._begin(inputs)
        for observation in inputs.observations:
            self._observe(observation)
        self._read(inputs.datagrams)
        self._redo(inputs.redone)
        self.desk.follow(self._hands, inputs.datagrams, frame=state.frame, now_ns=state.now_ns)
        answering = Answering(self._hands, state.answers, state.frame, self.rate, state.entries)
        answering.carry_out(inputs.commands)
        state.entries = answering.entries
        keep_look_of_take(state.looks, state.take, self._controls, state.air)
        self._controls.advance(state.frame)
        self._passing.play_on(state.frame)
        self._tend_library()
        place_known(state.air, self._controls, self._front)
        dismiss_gone(state.air, self._controls, frozen_worlds(self._state.pictures))
        scene, lights = self._scene()
        plan, estimates = self._planner.plan(scene)
        trackers = report_trackers(self.trackers, estimates, state.now_ns)
        if state.take.asked_frame == state.frame:
            state.take.warnings = shot_warnings(state.controls, self.tree, trackers, state.air)
        health = self._health(plan, trackers)
        account = account_of(plan, trackers, self.trackers, state.controls.values)
        if account is not None:
            self._ledger.open(state.ledger, account)
        return Outcome(
            frame=state.frame,
            plan=plan,
            answers=tuple(answering.answers),
            health=health,
            trackers=trackers,
            air=air_report(state.air, state.controls.values, state.frame, self.rate),
            entered=tuple(answering.entered),
            lights=lights,
            plates_ahead=films_ahead(state.plates, state.air, state.controls.values.plate, (state.frame, self.rate)),
        )

    def _begin(self, inputs: FrameInputs) -> None:
        """Moves the state on to this frame, with what runs by itself."""
        state = self._state
        if inputs.epoch != state.epoch:
            forget_pace(state.pace)
            state.air.assets.clear()  # another process draws: its GPU has what it reports, and nothing else
            state.air.newer.clear()
        before = state.frame if state.frame >= 0 else inputs.frame
        state.epoch, state.frame, state.present_ns = inputs.epoch, inputs.frame, inputs.present_ns
        state.now_ns = inputs.present_ns - self._period_ns
        self._controls.begin(inputs.frame)
        self._passing.pass_to(before, inputs.frame)
        note_frame(state.take, inputs.frame)

    def _observe(self, observation: Observation) -> None:
        state = self._state
        match observation:
            case Presented(missed=missed):
                state.missed += missed
                note_pace(state.pace, observation, float(self.rate))
                self._ledger.close(state.ledger, observation)
                note_presented(state.pictures.reprojection.governor, observation, self._period_ns)
            case AssetReady() | AssetExamined() | AssetProgress() | AssetGone() | AssetFailed():
                note_asset(state.air, observation)
                if isinstance(observation, AssetReady | AssetExamined):
                    place_layers(state.air, self._controls, observation, self._front)
            case WorldListed(world=world):
                self._note(list_world(state.air, self._controls, world, frozen_worlds(self._state.pictures)))
            case WorldGone(key=key):
                self._note(withdraw_world(state.air, self._controls, key))
            case LibraryListed():
                list_files(self._shelf(), observation)
            case LibraryGone():
                for condition in forget_files(self._shelf(), observation):
                    self._note(condition)
            case LibraryFolder():
                state.air.library.note_folder(observation)
            case LooksListed():
                list_looks(state.looks, observation)
            case LooksGone():
                forget_looks(state.looks, observation)
            case CuesRead():
                take_over_file(state.cues, observation)
            case TakeReport():
                note_report(state.take, observation)
            case Dropped():
                note_loss(state.losses, observation, state.frame)
            case Condition() | LightsLink():
                self._note(condition_of(observation))
            case MediaReady() | MediaFailed():
                note_media(state.air, observation, on_walls(state.air, frozen_worlds(state.pictures)))
            case PlatesShown():
                note_shown(state.plates, observation)
            case LightReached():
                note_reached(state.lights, observation)
                self._ledger.note_followed(state.ledger, state.frame - observation.frame)

    def _note(self, condition: Condition | None) -> None:
        if condition is not None:
            note_condition(self._state.conditions, condition)

    def _shelf(self) -> Shelf:
        air = self._state.air
        return Shelf(air, self._controls, on_walls(air, frozen_worlds(self._state.pictures)), self._state.frame)

    def _tend_library(self) -> None:
        library, shelf = self._state.air.library, self._shelf()
        recording, follow = self._state.take.recording, self.config.library.follow
        take_newer_films(shelf.air, shelf.walls, recording=recording, follow=follow)
        if library.leaving or library.fresh or library.newer:
            tend_library(shelf, recording=recording, follow=follow)

    def _redo(self, redone: tuple[Redone, ...]) -> None:
        """What the journal has and this state had not."""
        if redone:
            self._note(redo(self._hands, self._state.answers, redone, self._state.frame))
            self._state.entries = max(self._state.entries, redone[-1].number)

    def _read(self, datagrams: tuple[Datagram, ...]) -> None:
        """Feeds the trackers, within the budget of work for each source."""
        kept, dropped = readable(datagrams, self._readers)
        for loss in dropped:
            note_loss(self._state.losses, loss, self._state.frame)
        for datagram in kept:
            for tracker in self._by_source.get(datagram.source, ()):
                tracker.feed(datagram)

    def _scene(self) -> tuple[Scene, LightsPlan | msgspec.UnsetType]:
        """What the frame's picture is planned from, and what the lights give in it."""
        state, values = self._state, self._state.controls.values
        time = FrameTime(state.epoch, state.frame, state.now_ns, state.present_ns)
        films = plate_plans(state.plates, state.air, values.plate, (state.frame, self.rate), self._film_lenses)
        models = model_plans(state.models, state.air, values, (state.frame, self.rate))
        air = air_plan(
            state.air, values, state.frame, self.rate, self._anchor_m, others=Others(self._shots, {**films, **models})
        )
        lights = self._lights.plan(state.lights, values, air, time)
        scene = Scene(
            time=time,
            values=values,
            cameras=state.cameras,
            pictures=state.pictures,
            air=air,
            weather=weather_plan(values.weather, state.weather),
            probes=lights.probes,
        )
        return scene, lights.plan

    def _health(self, plan: FramePlan, trackers: tuple[TrackerReport, ...]) -> tuple[Finding, ...]:
        state = self._state
        signs = Signs(
            trackers=trackers,
            heard=state.trackers,
            now_ns=state.now_ns,
            plan=plan,
            margins={name: camera.overscan.margin for name, camera in state.cameras.items()},
            ledger=state.ledger,
            losses=state.losses,
            take=state.take,
            pace=state.pace,
            conditions=state.conditions,
            air=state.air,
        )
        started = started_faults(state.health.started_with, self.tree, state.controls.values)
        shown = chain(self._lights.faults(), self.desk.faults(), look_faults(state.looks), cue_faults(state.play))
        films = plate_faults(state.plates, state.air, state.frame, self.rate)
        faults = chain(started, find_faults(self.config, signs, state.frame), shown, films)
        steady = steadied(state.health.shown, faults, state.frame, float(self.rate))
        return findings_of(state.health, steady, state.frame)
