"""Makes the survey of a stage from what was read of its files and of this machine's addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from calibration.rasters.forms import wall_form
from calibration.records import Calibration
from render.assets.decode import WorldPicture
from render.worlds.shared.records import PictureFile
from stage.config.records import StageConfig
from stage.config.survey.survey import PictureSurvey, Survey, WallSurvey
from stage.gate.ports import own_addresses
from stage.words.sentences import sentence


def make_survey(
    config: StageConfig,
    positions: Mapping[str, np.ndarray],
    calibration: Calibration,
    pictures: Iterable[tuple[str, PictureFile, WorldPicture]],
) -> Survey:
    """The survey of a stage, with those walls that have a surface.

    `positions` has their LEDs (rows, columns, xyz; metres in the stage), `pictures` the key of each layer whose picture
    could be read, its file and the picture; depth maps are left out.
    """
    surfaces = {surface.name: surface for surface in calibration.surfaces}
    return Survey(
        config=config,
        walls=tuple(
            WallSurvey(row=row, wall=wall, form=wall_form(wall.name, positions[wall.name]), surface=surfaces[wall.name])
            for row, wall in enumerate(config.walls)
            if wall.name in surfaces
        ),
        pupils_m={
            name: tuple(node.entrance_pupil_m for node in lens.nodes) for name, lens in calibration.lenses.items()
        },
        pictures=tuple(
            PictureSurvey(
                key=key,
                file=needed.file,
                size_px=(picture.pixels.shape[1], picture.pixels.shape[0]),
                notes=tuple(_notes(picture)),
            )
            for key, needed, picture in pictures
            if picture.facts.depth is None
        ),
        addresses=own_addresses(),
    )


def _notes(picture: WorldPicture) -> Iterator[str]:
    """Sentences on what differs from a panorama of the whole sphere; mended samples are reported while reading."""
    for finding in picture.findings:
        if finding.code != "picture_mended":
            yield sentence(finding.code, finding.values)
