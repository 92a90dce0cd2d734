"""The files of a running show beside its worlds and takes: its looks and its cues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from stage.assets.folder_listing import FolderListing
from stage.assets.messages import AnyNews, CueNews
from stage.live.cues import LiveCues
from stage.live.looks import LiveLooks
from stage.run.options import CoreOptions
from stage.run.preview_pictures import Looker
from stage.show.frame.inputs import Condition, FrameInputs, Observation
from stage.show.frame.outcome import Outcome
from stage.show.show import Show


class ShowFiles:
    """What reads and writes them, off the loop. `stack` closes it; `folder` hears of the library."""

    def __init__(self, options: CoreOptions, show: Show, folder: FolderListing, stack: ExitStack) -> None:
        self._looks = LiveLooks(options, show, folder, stack)
        self._cues = LiveCues(Path(options.show), show.state.cues, stack)

    @property
    def looker(self) -> Looker:
        """Who looks at the wall for the small pictures of looks."""
        return self._looks.looker

    @property
    def pictures(self) -> Mapping[str, str]:
        """The paths of the small pictures of looks, by the places of their files."""
        return self._looks.pictures

    def hear(self, news: AnyNews) -> None:
        """Takes what the loader tells of the show's folders and files."""
        if isinstance(news, CueNews):
            self._cues.hear(news)
        else:
            self._looks.hear(news)

    def reports(self) -> Iterator[Observation]:
        """Before a step: what is new of the files."""
        yield from self._looks.reports()
        yield from self._cues.reports()

    def keep(self, inputs: FrameInputs, outcome: Outcome) -> None:
        """After a step: has written what is new."""
        self._looks.keep(inputs, outcome)
        self._cues.keep(inputs, outcome)

    def missing(self) -> Mapping[str, Condition]:
        """What cannot be read or written."""
        return {**self._looks.missing(), **self._cues.missing()}
