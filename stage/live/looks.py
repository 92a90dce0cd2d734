"""Everything of looks that is outside the fold: their files, what the loader tells of them, their small pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from stage.assets.folder_listing import FolderListing
from stage.assets.look_listing import LookListing
from stage.assets.messages import FolderNews, LookNews
from stage.control.look_files import LookFiles
from stage.control.look_writer import LookWriter
from stage.live.look_pictures import LookPictures
from stage.run.options import CoreOptions
from stage.run.show_folder import LOOKS
from stage.show.frame.inputs import Condition, FrameInputs, Observation
from stage.show.frame.outcome import Outcome
from stage.show.looks.file_names import place_of
from stage.show.show import Show


class LiveLooks:
    """The edges of the looks of a running show. `stack` closes them. Nothing here opens a file in the loop.

    `folder` hears what the loader tells of the library. `looker` looks at the wall when a look was taken.
    """

    def __init__(self, options: CoreOptions, show: Show, folder: FolderListing, stack: ExitStack) -> None:
        self._shelf = show.state.looks
        self._folder = folder
        place = Path(options.show) / LOOKS
        writer = LookWriter(place)
        stack.callback(writer.close)
        self._files = LookFiles(writer)
        self._listing = LookListing(place)
        largest = max(show.config.walls, key=lambda wall: wall.resolution_px[0] * wall.resolution_px[1])
        self.looker = LookPictures(place, largest.name)
        stack.callback(self.looker.close)
        self._seen = -1

    @property
    def pictures(self) -> Mapping[str, str]:
        """The paths of the small pictures that there are, by the places of the looks' files; it is kept up to date."""
        return self._listing.pictures

    def hear(self, news: FolderNews | LookNews) -> None:
        """Takes what the loader tells of its folders."""
        if isinstance(news, LookNews):
            self._listing.hear(news)
        else:
            self._folder.hear(news)

    def reports(self) -> Iterator[Observation]:
        """Before a step: what is new of the files."""
        yield from self._files.reports()
        yield from self._listing.reports(self._shelf)

    def keep(self, _inputs: FrameInputs, outcome: Outcome) -> None:
        """After a step: has written what is new, and makes pictures of the looks that were just taken."""
        self._files.follow(self._shelf)
        if self._shelf.version == self._seen:
            return
        self._seen = self._shelf.version
        for kind in ("show", "take"):
            for kept in self._shelf.of(kind).values():
                if kept.frame == outcome.frame:
                    self.looker.want(place_of(kind, kept.file), outcome.frame)

    def missing(self) -> Mapping[str, Condition]:
        """What cannot be written."""
        return self._files.missing()
