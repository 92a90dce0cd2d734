"""Walls on which films are planned frame by frame, drawn as far as an edge has uploaded them."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing, contextmanager

import msgspec
from plates_core import PATIENCE_S

from render.assets.plate_textures import PlateTextures
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.plate.record import PlatePart, PlatePlan
from stage.plates.edge import PlatesEdge
from stage.show.frame.outcome import FilmAhead
from tests.building import stage, step

OUTCOME = step(stage().show(), 0)
PLAN = OUTCOME.plan


class Walls:
    """An edge whose plans are drawn: films are by name, and frames are planned by number."""

    def __init__(self, context, folder, films, mib=64.0):
        self.stack = ExitStack()
        self.textures = PlateTextures(context, mib)
        self.films = {one.media: one for one in films}
        self.woken = []
        self.edge = PlatesEdge(
            folder, self.textures, self.films.get, self.stack, wake=lambda: self.woken.append(time.monotonic())
        )
        self.number = self.lost = 0
        self.news = []

    def draw(self, frames, left_ns=10**9, ahead=()):
        """A frame of the show in which these frames are planned, as one set. Returns what was drawn of them."""
        self.number += 1
        parts = tuple(PlatePart(media=media, frame=frame) for media, frame in frames.items())
        world = WorldPlan(key="w", layers=(LayerPlan(light=PlatePlan(parts=parts)),))
        plan = msgspec.structs.replace(PLAN, frame=self.number, air=AirPlan(world=world))
        self.edge.follow(msgspec.structs.replace(OUTCOME, plan=plan, plates_ahead=ahead))
        self.textures.next_plan()
        self.textures.together(tuple(frames.items()))
        self.edge.hurry()
        self.edge.note_drawn(plan, self.lost)
        drawn = dict(self.textures.shown())
        self.edge.upload_in_slack(lambda: left_ns)
        self.news += self.edge.reports()
        return drawn

    def until(self, frames, left_ns=10**9, ahead=()):
        """Draws until exactly these frames are drawn. Films stand there, unless something is ahead."""
        ahead = ahead or tuple(FilmAhead(media=media, file=media, frames=(one,)) for media, one in frames.items())
        end_s = time.monotonic() + PATIENCE_S
        while self.draw(frames, left_ns, ahead) != frames:
            assert time.monotonic() < end_s
            time.sleep(0.002)

    def until_seen(self, shown, frames):
        """Draws until that is observed."""
        end_s = time.monotonic() + PATIENCE_S
        while not any(shown in getattr(one, "shown", ()) for one in self.news):
            assert time.monotonic() < end_s
            self.draw(frames)
            time.sleep(0.002)

    @property
    def late(self):
        return self.edge.lateness.counts

    def close(self):
        """Nothing is shown any more."""
        self.stack.close()


@contextmanager
def walls_in(context, folder):
    """Opens walls for films, and closes them all at the end."""
    with ExitStack() as stack:
        yield lambda *films, mib=64.0: stack.enter_context(closing(Walls(context, folder, films, mib)))
