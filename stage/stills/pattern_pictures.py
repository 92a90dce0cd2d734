"""Wall patterns as picture files, drawn as a running stage draws them."""

from __future__ import annotations

from pathlib import Path

from render.gpu.context import create_headless_context
from render.images.coded import write_png
from render.plan.frame import GREY_LEVEL, FramePlan, GradePlan, OuterPlan, Pattern, WallPlan
from render.renderer import Renderer
from render.worlds.coordinates.record import CoordinatesPlan
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from stage.loading.files import LoadedConfig
from stage.loading.geometry import load_geometry
from tracking.records import ConfigError


def draw_patterns(
    loaded: LoadedConfig,
    walls: tuple[str, ...],
    patterns: tuple[Pattern, ...],
    out: Path,
    *,
    frame: int = 0,
    grey_level: float = GREY_LEVEL,
) -> tuple[Path, ...]:
    """Writes `wall-NAME-PATTERN.png` into `out` for every wall and pattern, as sent to the wall in slot `frame`.

    `grey_level` is the code value of the pattern `grey`, 1.0 the highest. Raises ConfigError if it cannot draw or write
    them.
    """
    positions, _ = load_geometry(loaded)
    files: list[Path] = []
    context = create_headless_context()
    try:
        out.mkdir(parents=True, exist_ok=True)
        renderer = Renderer(context, loaded.config.walls, positions, loaded.config.stage.name, loaded.config.outputs)
        for pattern in patterns:
            renderer.draw(_plan(walls, pattern, frame, grey_level))
            for wall in walls:
                files.append(out / f"wall-{wall}-{pattern}.png")
                write_png(files[-1], renderer.read_wall(wall))
    except OSError as error:
        raise ConfigError(f"--out: {out} cannot be written to: {error.strerror}; give another folder") from error
    finally:
        context.release()
    return tuple(files)


def _plan(walls: tuple[str, ...], pattern: Pattern, frame: int, grey_level: float) -> FramePlan:
    """A plan that shows a pattern on every wall."""
    return FramePlan(
        epoch=0,
        frame=frame,
        present_ns=0,
        air=AirPlan(world=WorldPlan(key="none", layers=(LayerPlan(light=CoordinatesPlan()),))),
        outer=OuterPlan(eye_m=(0.0, 0.0, 0.0), face_px=16),
        inners=(),
        walls=tuple(
            WallPlan(name=wall, light_ns=0, inners=(), pattern=pattern, grey_level=grey_level) for wall in walls
        ),
        grade=GradePlan(),
        blackout=False,
    )
