"""The core process: opens everything a running stage needs, serves the loop, and closes in order."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import ExitStack, nullcontext
from functools import partial
from pathlib import Path
from types import FrameType

import msgspec

from render.outputs.opened import Outputs, open_outputs
from render.plan.warm_up import warm_up_plans
from render.renderer import Renderer
from stage.assets.kept_world import KeptWorld
from stage.assets.worlds import load_world
from stage.config.starting_values import tree_of
from stage.control.server import ControlServer
from stage.control.sockets import BoundPorts
from stage.live.clock import HostClock, Pacer
from stage.live.gather import LiveGather
from stage.live.leave import CheckpointKeeper, LiveLeave, TakeKeeper
from stage.live.loop import FrameLoop
from stage.live.picture import Picture
from stage.live.previews import Previews
from stage.live.recovery import first_frame_of, first_state
from stage.live.timing import LoopTimes, summary_of
from stage.live.view import LiveView
from stage.loading.files import LoadedConfig, load_config
from stage.loading.geometry import load_geometry
from stage.run import realtime
from stage.run.checkpoint import Checkpoint
from stage.run.events import ReadyEvent, print_event
from stage.run.options import CoreOptions
from stage.run.terminal import print_notice
from stage.show.frame.inputs import FrameInputs
from stage.show.show import Show
from stage.show.state import encode_state
from stage.takes.header import header_for
from stage.takes.link import RecorderLink
from stage.takes.messages import Gap
from stage.takes.pipes import CorePipes
from stage.takes.records import TakePart
from tracking.records import ConfigError
from tracking.sources.opening import Sources, open_sources

COLLECT_IN_SLACK_NS = 2_000_000
CLOSE_TAKE_S = 0.45
AWAIT_RECORDER_S = 3.0


class Core:
    """A running stage with everything that it opened. `stack` closes all of it, the last opened first."""

    def __init__(self, options: CoreOptions, stack: ExitStack) -> None:
        """Raises ConfigError for what cannot be opened."""
        self._options = options
        self._clock = HostClock()
        self._loaded = load_config(Path(options.config))
        positions, self._calibration = load_geometry(self._loaded)
        self._sources = _open_sources(self._loaded, stack)
        self._control = _open_control(options, self._loaded, stack)
        self._outputs = _open_outputs(options, self._loaded, stack)
        with self._loaded.naming_places():
            self._renderer = Renderer(
                self._outputs.context, self._loaded.config.walls, positions, self._loaded.config.stage.name
            )
        self._assets = load_world(self._loaded, self._renderer, KeptWorld(Path(options.runtime)))
        self._checkpoint = Checkpoint(options.checkpoint())
        stack.callback(self._checkpoint.close)
        first = first_state(self._loaded.config, options, self._checkpoint)
        self._show = Show(self._loaded.config, self._calibration, first)
        self._recorder = self._open_recorder(stack)
        self._previews = Previews(options.pictures(), self._renderer)
        stack.callback(self._previews.close)
        self._times = LoopTimes()
        self._stopping = False

    def serve(self) -> int:
        """Runs the loop until its time is over or a signal stops it. Returns the exit code."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        self._draw_once()
        self._recorder.wait_for_recorder(AWAIT_RECORDER_S)
        if self._options.realtime:
            realtime.take_priority()
        begun_ns = self._clock.now_ns()
        first = first_frame_of(self._show.state, begun_ns, self._show.rate)
        pacer = Pacer(self._clock, self._show.rate, first_frame=first)
        loop = self._new_loop(pacer)
        self._begin_take(first)
        print_event(ReadyEvent(control=self._control.endpoint, panel=None, pid=os.getpid()))
        realtime.settle_memory()
        self._run(loop, pacer, first)
        realtime.release_memory()
        seconds = (self._clock.now_ns() - begun_ns) * 1e-9
        take = self._finish_take()
        packets = {name: tracker.state.accepted for name, tracker in self._show.trackers.items()}
        print_event(summary_of(self._times, seconds=seconds, packets=packets, take=take))
        return 0

    def _draw_once(self) -> None:
        """Draws the first frame and every tool once: drivers build shaders at the first draw, for many slots."""
        state = self._show.state
        warm_up = Show(self._show.config, self._calibration, state)
        inputs = FrameInputs(
            epoch=state.epoch, frame=state.frame + 1, present_ns=state.present_ns, observations=self._assets
        )
        plan = warm_up.step(inputs).plan
        if not self._options.recover:  # there is no time then, and the driver has kept what the dead core built
            for variant in warm_up_plans(plan, most_cards=len(self._show.config.cards)):
                self._renderer.draw(variant)
        self._renderer.draw(plan)
        self._renderer.finish()

    def _run(self, loop: FrameLoop, pacer: Pacer, first: int) -> None:
        seconds = self._options.seconds
        end = None if seconds is None else first + round(seconds * self._show.rate)
        while not self._stopping and not self._outputs.closed and (end is None or pacer.upcoming < end):
            loop.step()
            if pacer.slack_ns() > COLLECT_IN_SLACK_NS:
                realtime.collect_young()

    def _stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signature of a signal handler
        self._stopping = True

    def _new_loop(self, pacer: Pacer) -> FrameLoop:
        epoch = max(self._show.state.epoch + 1, self._options.epoch)
        gather = LiveGather(epoch, self._sources, self._control, self._recorder)
        for asset in self._assets:
            gather.observe(asset)
        leave = LiveLeave(
            keepers=(
                TakeKeeper(self._show, self._recorder).keep,
                CheckpointKeeper(self._show, self._checkpoint).keep,
            ),
            publishers=(partial(self._control.publish, view=LiveView(self._show, self._times)),),
        )
        return FrameLoop(
            show=self._show,
            clock=self._clock,
            pacer=pacer,
            gather=gather,
            picture=Picture(self._renderer, self._outputs, self._previews, gather.observe),
            leave=leave,
            times=self._times,
        )

    def _begin_take(self, first: int) -> None:
        """Starts a take that begins with the first frame, or continues the take of a dead core."""
        take = self._show.state.take
        if take.recording:
            gap = Gap(cause="core_died") if take.part > 1 else None
            part = TakePart(name=take.name, part=take.part)
            self._recorder.open(part, take.count, first - 1, encode_state(self._show.state), gap)

    def _finish_take(self) -> str | None:
        """Closes a running take. Returns the path of the newest take of this run."""
        take = self._show.state.take
        paths = [report.path for report in self._recorder.finish(CLOSE_TAKE_S) if report.count == take.count]
        return next((path for path in reversed(paths) if path), take.path) or None

    def _open_recorder(self, stack: ExitStack) -> RecorderLink:
        recorder = RecorderLink(
            CorePipes(self._options.to_recorder(), self._options.from_recorder()),
            header=header_for(self._loaded, self._calibration, self._assets, self._renderer.name),
            rate=self._show.rate,
            clock_ns=self._clock.now_ns,
        )
        stack.callback(recorder.release)
        return recorder


def _open_sources(loaded: LoadedConfig, stack: ExitStack) -> Sources:
    with loaded.naming_places():
        sources = open_sources(loaded.config.trackers)
    stack.callback(sources.close)
    return sources


def _open_outputs(options: CoreOptions, loaded: LoadedConfig, stack: ExitStack) -> Outputs:
    config = loaded.config
    with loaded.naming_places():
        outputs = open_outputs(config.outputs, config.walls, headless=options.headless, title=config.stage.name)
    stack.callback(outputs.close)
    return outputs


def _open_control(options: CoreOptions, loaded: LoadedConfig, stack: ExitStack) -> ControlServer:
    """Binds the control ports; a core that follows a dead one binds the same ones, for the sake of its clients."""
    kept = options.ports_file()
    endpoint = options.control or loaded.config.control.endpoint
    if options.lan is not None:
        endpoint = f"tcp://{options.lan}:{endpoint.rpartition(':')[2]}"
    again = msgspec.json.decode(kept.read_bytes(), type=BoundPorts) if options.recover and kept.is_file() else None
    with loaded.naming_places() if endpoint == loaded.config.control.endpoint else nullcontext():
        control = ControlServer(
            endpoint,
            tree_of(loaded.config),
            state_directory=Path(options.state),
            stage=loaded.config.stage.name,
            lan=options.lan is not None,
            again=again,
        )
    stack.callback(control.close)
    kept.write_bytes(msgspec.json.encode(control.bound))
    return control


def main() -> None:
    """Runs the core process; its only argument is `CoreOptions` as JSON."""
    realtime.die_with_parent()
    options = msgspec.json.decode(sys.argv[1], type=CoreOptions)
    try:
        with ExitStack() as stack:
            code = Core(options, stack).serve()
    except ConfigError as error:
        print_notice("\n".join(error.findings))
        code = 2
    sys.exit(code)


if __name__ == "__main__":
    main()
