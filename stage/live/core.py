"""The core process: opens everything a running stage needs, serves the loop, and closes in order."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import FrameType

import msgspec

from calibration.rasters.meshes import Mesh
from render.assets.pieces import PictureKey
from render.plan.frame import assets_of
from stage.assets.first_pictures import Wishes, copies_shown, load_first, reserve_others, tell
from stage.assets.folder_listing import FolderListing
from stage.assets.folder_worlds import worlds_of_values
from stage.assets.library import Library
from stage.assets.pipes import AssetPipes
from stage.live.clock import HostClock, Pacer
from stage.live.drawing_priority import DrawingPriority
from stage.live.figures import LoopTimes, RunFigures, summary_of
from stage.live.films import open_films
from stage.live.gather import LiveGather, Reports
from stage.live.keeping import Keeping, PacketCount, note_acknowledgements
from stage.live.leave import CheckpointKeeper, LiveLeave, TakeKeeper
from stage.live.lights_edge import LightsEdge
from stage.live.loop import FrameLoop
from stage.live.missing import Changes, SupervisorReports, TakesFolder, missing_sources
from stage.live.opening import (
    missing_outputs,
    open_configuration,
    open_control,
    open_recorder,
    open_renderer,
    open_stage_outputs,
    open_tracker_sources,
)
from stage.live.picture import Picture
from stage.live.previews import Previews, film_cameras, lenses_on
from stage.live.recovery import FIRST_TAKE, first_frame_of, first_state
from stage.live.show_files import ShowFiles
from stage.live.view import LiveView
from stage.loading.geometry import load_geometry
from stage.run import realtime
from stage.run.encoded_state import EncodedState
from stage.run.events import ReadyEvent, print_event
from stage.run.options import REFUSED, REOPENS, CoreOptions
from stage.run.terminal import notice_after, print_notice
from stage.show.frame.inputs import Condition, FrameInputs, LibraryListed, Observation
from stage.show.frame.outcome import Outcome
from stage.show.frame.requests import TakeRequest
from stage.show.show import Show
from stage.show.state import ShowState, state_in_parts
from stage.takes.header import header_for
from stage.takes.messages import Gap
from stage.takes.records import TakePart
from tracking.records import ConfigError, Scalar

COLLECT_IN_SLACK_NS = 2_000_000
CLOSE_TAKE_S = 0.45
AWAIT_RECORDER_S = 3.0
AWAIT_RECORDER_AGAIN_S = 0.5
SLOW_START_S = 3.0
SLOW_START = "building shaders for this graphics driver: a minute or two the first time, then it keeps them"


class Core:
    """A running stage with everything that it opened. `stack` closes all of it, the last opened first."""

    def __init__(self, options: CoreOptions, stack: ExitStack) -> None:
        """Raises ConfigError for what cannot be opened."""
        self._options = options
        self._take_is_wanted = options.record
        self._clock = HostClock()
        self._loaded = open_configuration(options)
        asset_pipes = AssetPipes(options.to_loader(), options.from_loader())
        stack.callback(asset_pipes.release)
        meshes: dict[str, Mesh] = {}
        positions, self._calibration = load_geometry(self._loaded, meshes)
        self._sources = open_tracker_sources(options, self._loaded, stack)
        self._control = open_control(options, self._loaded, stack)
        self._outputs = open_stage_outputs(options, self._loaded, stack)
        self._renderer = open_renderer(self._loaded, self._outputs, positions)
        self._keeping = Keeping(options, self._clock.now_ns(), stack)
        self._lights = LightsEdge(self._loaded.config, Path(options.runtime), stack)
        self._takes = TakesFolder(Path(options.takes), wanted=options.record)
        stack.callback(self._takes.close)
        self._show = Show(self._loaded.config, self._calibration, self._first_state())
        self._wishes = Wishes(self._loaded)
        self._folder = FolderListing(self._loaded)
        self._files = ShowFiles(options, self._show, self._folder, stack)
        self._library = self._open_library(asset_pipes, stack)
        self._films = open_films(self._loaded, options, self._show, self._renderer, stack, positions=positions)
        drawn_by = self._renderer.name, self._renderer.scenes.tier
        header = header_for(self._loaded, self._calibration, self._library.ready, *drawn_by)
        self._recorder = open_recorder(options, self._loaded, self._library.ready, header, stack)
        film = film_cameras(self._renderer, self._loaded.config.cameras, self._calibration, meshes)
        self._previews = Previews(options.pictures(), self._renderer, film, lenses_on(self._show), self._files.looker)
        stack.callback(self._previews.close)
        kept_by = self._keeping.checkpoint, self._keep_elsewhere, self._keeping.journal.has_all
        self._checkpoints = CheckpointKeeper(self._show, *kept_by)
        self._times = LoopTimes(self._keeping.figures.before)
        self._packets = PacketCount(self._show, self._keeping.figures.before)
        self._stopping = self._reopens = False

    def serve(self) -> int:
        """Runs the loop until its time is over or a signal stops it. Returns the exit code."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        self._draw_once()
        self._recorder.wait_for_recorder(AWAIT_RECORDER_AGAIN_S if self._options.recover else AWAIT_RECORDER_S)
        has_priority = self._options.realtime and realtime.take_priority()
        begun_ns = self._clock.now_ns()
        self._keeping.begin(begun_ns)
        first = first_frame_of(self._show.state, begun_ns, self._show.rate)
        pacer = Pacer(self._clock, self._show.rate, first_frame=first)
        before = self._keeping.figures.before
        if before is not None:
            served = max(0, self._keeping.heartbeats - before.heartbeats)
            self._times.core_was_away(first - before.last_frame - 1, served)
        loop = self._new_loop(pacer, DrawingPriority(pacer.period_ns) if has_priority else None)
        self._begin_take(first)
        print_event(ReadyEvent(control=self._control.endpoint, panel=None, pid=os.getpid()))
        realtime.settle_memory()
        self._run(loop, pacer, first)
        if self._reopens:
            return REOPENS
        seconds = (self._clock.now_ns() - self._keeping.began_ns) * 1e-9
        take = self._finish_take()
        print_event(summary_of(self._times, seconds=seconds, packets=self._packets.so_far(), take=take))
        return 0

    def _first_state(self) -> ShowState:
        """The state to start from; a take is begun only if it can be written."""
        options, checkpoint = self._options, self._keeping.checkpoint
        wanted = msgspec.structs.replace(options, record=options.record and self._takes.usable)
        state = first_state(
            self._loaded.config,
            wanted,
            checkpoint,
            self._clock.now_ns(),
            partial(worlds_of_values, self._loaded),
        )
        self._redone = self._keeping.journal.redone(state, doubted=options.start == "values")
        if options.recover and checkpoint is not None:
            checkpoint.write(state_in_parts(state))  # the next core knows of this one, however soon it dies
        return state

    def _draw_once(self) -> None:
        """Draws the first frame and every tool once: drivers build shaders at the first draw, for many slots."""
        state = self._show.state
        warm_up = Show(self._show.config, self._calibration, state)
        inputs = FrameInputs(
            epoch=state.epoch,
            frame=state.frame + 1,
            present_ns=state.present_ns,
            observations=tuple(self._library.ready),
        )
        plan = msgspec.structs.replace(warm_up.step(inputs).plan, blackout=False)
        if not self._options.recover:  # there is no time then, and the driver has kept what the dead core built
            layers = (layer for world in self._show.config.all_worlds() for layer in world.layers)
            self._renderer.warm_up(plan, (layer.light({}) for layer in layers), notice_after(SLOW_START_S, SLOW_START))
        self._renderer.draw(plan)
        self._renderer.finish()
        if not self._options.recover:
            self._previews.warm_up(plan)

    def _run(self, loop: FrameLoop, pacer: Pacer, first: int) -> None:
        end = None if self._options.seconds is None else first + round(self._options.seconds * self._show.rate)
        while not self._stopping and not self._outputs.closed and (end is None or pacer.upcoming < end):
            self._films.note_drawn(loop.step().plan, self._times.lost)
            self._keeping.presented()
            self._checkpoints.write_waiting()
            if self._outputs.try_again(self._clock.now_ns() * 1e-9):
                self._stopping = self._reopens = True
            self._films.upload_in_slack(pacer.slack_ns)
            self._library.upload_in_slack(pacer.slack_ns)
            if pacer.slack_ns() > COLLECT_IN_SLACK_NS:
                realtime.collect_young()

    def _stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signature of a signal handler
        self._stopping = True

    def _new_loop(self, pacer: Pacer, priority: DrawingPriority | None) -> FrameLoop:
        epoch = max(self._show.state.epoch + 1, self._options.epoch)
        gather = LiveGather(epoch, self._sources, self._control, self._recorder, self._reporters(), redone=self._redone)
        for condition in self._from_copies:
            gather.observe(condition)
        open_to = self._options.open_to_network()
        if open_to:
            values: dict[str, Scalar] = {"address": open_to}
            gather.observe(Condition(code="open_to_network", severity="note", values=values, lasts=True))
        view = LiveView(self._show, self._times, open_to, self._files.pictures, lambda: self._lights.status)
        leave = LiveLeave(
            keepers=(
                partial(self._keeping.journal.keep, calls=self._control.refused_calls),
                TakeKeeper(self._show, self._recorder).keep,
                self._checkpoints.keep,
                note_acknowledgements,
                self._note_shown,
                self._files.keep,
                partial(self._begin_wanted_take, gather),
            ),
            publishers=(self._lights.send, partial(self._control.publish, view=view), lambda _: self._films.hurry()),
        )
        return FrameLoop(
            show=self._show,
            clock=self._clock,
            pacer=pacer,
            gather=gather,
            picture=Picture(self._renderer, self._outputs, self._previews, gather.observe, priority),
            leave=leave,
            times=self._times,
        )

    def _reporters(self) -> tuple[Reports, ...]:
        """Everyone who reports what is missing around the stage."""
        present: tuple[Callable[[], Mapping[str, Condition]], ...] = (
            partial(missing_sources, self._sources),
            partial(missing_outputs, self._outputs),
            self._takes.missing,
            self._keeping.missing,
            self._files.missing,
            self._films.conditions,
        )
        return (
            *(Changes(conditions).reports for conditions in present),
            self._world_reports,
            self._lights.reports,
            self._films.reports,
            self._files.reports,
            SupervisorReports(sys.stdin.fileno()).reports,
        )

    def _world_reports(self) -> Iterator[Observation]:
        """What is new of the worlds' pictures, after the library has heard what the last frame wants and shows."""
        air = self._show.state.air
        wanted = self._wishes.of(air)
        self._library.want(wanted, self._wishes.urgent)
        self._library.examine(self._wishes.listed(air))
        self._library.try_again(self._wishes.asked_again(air))
        reports = tuple(self._library.reports())
        listed = tuple(self._folder.reports(air))
        for file in (file for one in listed if isinstance(one, LibraryListed) for file in one.files if file.was):
            self._library.rename(file.was, file.file, str(self._loaded.path_of(file.file)))
        return iter((*reports, *listed))

    def _note_shown(self, _inputs: FrameInputs, outcome: Outcome) -> None:
        self._library.use(frozenset(PictureKey(*asset) for asset in assets_of(outcome.plan)))
        self._films.follow(outcome)

    def _keep_elsewhere(self, encoded: EncodedState, commanded: bool) -> None:
        self._keeping.keep(encoded, entries=self._show.state.entries, soon=commanded)
        self._keeping.keep_figures(self._show.state.frame, self._figures)

    def _figures(self) -> RunFigures:
        served = self._keeping.began_ns, self._keeping.heartbeats, self._show.state.frame
        return self._times.figures(*served, self._packets.so_far())

    def _begin_wanted_take(self, gather: LiveGather, _inputs: FrameInputs, _outcome: Outcome) -> None:
        """Starts the take of `--record` once the takes' folder is there."""
        if self._take_is_wanted and not self._show.state.take.count and self._takes.usable:
            self._take_is_wanted = False
            gather.request(TakeRequest(id="first take", action="start", name=FIRST_TAKE))

    def _begin_take(self, first: int) -> None:
        """Starts a take that begins with the first frame, or continues the take of a dead core."""
        take = self._show.state.take
        if take.recording:
            gap = Gap(cause="core_died") if take.part > 1 else None
            part = TakePart(name=take.name, part=take.part, slate=take.slate)
            self._recorder.open(part, take.count, first - 1, state_in_parts(self._show.state), gap)

    def _finish_take(self) -> str | None:
        """Closes a running take. Returns the path of the newest take of this run."""
        take = self._show.state.take
        paths = [report.path for report in self._recorder.finish(CLOSE_TAKE_S) if report.count == take.count]
        return next((path for path in reversed(paths) if path), take.path) or None

    def _open_library(self, pipes: AssetPipes, stack: ExitStack) -> Library:
        """The pictures of the worlds. What the first frame needs of them is on the GPU, or absent."""
        library = Library(
            pipes, self._renderer.textures, self._options.worlds(), note=tell, hear_folder=self._files.hear
        )
        stack.callback(library.close)
        air = self._show.state.air
        first, wanted = self._wishes.shown(air), self._wishes.of(air)
        library.want(wanted, self._wishes.urgent)
        load_first(library, self._loaded, first, recovers=self._options.recover)
        if not self._options.recover:
            reserve_others(library, (picture for picture in wanted if picture not in first))
        textures = self._renderer.textures
        textures.make_beside()
        stack.callback(textures.close)
        self._from_copies = copies_shown(first, library)
        return library


def main() -> None:
    """Runs the core process; its only argument is `CoreOptions` as JSON."""
    realtime.die_with_parent()
    realtime.return_large_memory()
    realtime.put_off_collecting()
    options = msgspec.json.decode(sys.argv[1], type=CoreOptions)
    try:
        with ExitStack() as stack:
            code = Core(options, stack).serve()
    except ConfigError as error:
        print_notice("\n".join(error.findings))
        code = REFUSED
    sys.exit(code)


if __name__ == "__main__":
    main()
