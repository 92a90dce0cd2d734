"""What a film or a folder of numbered frames is, for people: codec, time, colours, and what it costs here."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from render.media.examine_apart import examine_apart
from render.media.faults import MediaError, pyav
from render.worlds.shared.formats import FILM
from render.worlds.shared.media import MediaFacts, frame_bytes
from stage.control.world_views import WorldFinding, finding_of
from stage.show.air.remark import Remark
from stage.words.sentences import sentence
from tracking.records import Record

_MIB = 1 << 20
_CHROMA = {(1, 1): "4:4:4", (2, 1): "4:2:2", (2, 2): "4:2:0", (4, 1): "4:1:1", (1, 2): "4:4:0", (4, 4): "4:1:0"}


class FilmReport(Record):
    """What a film is. `rate` is exact, in frames a second; `start` the time code of its first frame, "" for none.

    `range`, `matrix` and `colour_space` are what was taken: what its tags say where it is `tagged`. `decode_ms` is the
    processor time of a frame here, `frames_per_s` what one processor decodes, `upload_mib_per_s` what goes to the GPU.
    """

    codec: str
    rate: str
    frames: int
    duration_s: float
    start: str
    planes: str
    bits: int
    chroma: str
    has_alpha: bool
    colour_space: str
    matrix: str
    range: str
    tagged: bool
    pixel_aspect: tuple[int, int]
    all_key_frames: bool
    constant_rate: bool
    decode_ms: float
    frames_per_s: float
    upload_mib_per_s: float
    frame_mib: float
    identity: str

    def text(self) -> str:
        """In a few lines, for a terminal."""
        taken = "as it is tagged" if self.tagged else "taken, it is not tagged"
        codes = f"{self.colour_space}, {self.matrix}, {self.range} range"
        colours = codes if self.planes == "ycbcr" else self.colour_space
        keys = "every frame is a key frame" if self.all_key_frames else "not every frame is a key frame"
        constant = "constant" if self.constant_rate else "variable"
        start = f", from {self.start}" if self.start else ""
        form = f"{self.chroma}, {self.bits} bits{', alpha' if self.has_alpha else ''}"
        return (
            f"  {self.codec}, {form}; {colours} ({taken})\n"
            f"  {self.rate} frames a second ({constant}), {self.frames} frames, {self.duration_s:g} s{start}; {keys}\n"
            f"  here: {self.decode_ms:g} ms of a processor a frame ({self.frames_per_s:g} frames a second), "
            f"{self.upload_mib_per_s:g} MiB a second to the GPU"
        )


def is_film_path(path: Path) -> bool:
    """Whether a path is examined as a film: a folder, or a file that is named as one."""
    return path.is_dir() or path.name.lower().endswith(FILM.endings)


def film_file(path: Path) -> tuple[MediaFacts | None, FilmReport | None, tuple[WorldFinding, ...], str]:
    """Facts, report and findings of a film; or none of them and why it cannot be played. Raises ConfigError."""
    pyav()
    try:
        found = examine_apart(path)
    except MediaError as error:
        return None, None, (), sentence(error.code, {"file": str(path), **error.values})
    findings = (finding_of(Remark(one.code, {"file": path.name, **one.values})) for one in found.notes)
    return found.facts, _report(found.facts, found.identity), tuple(findings), ""


def _report(facts: MediaFacts, identity: str) -> FilmReport:
    rate = Fraction(*facts.rate)
    frame_mib = frame_bytes(facts) / _MIB
    return FilmReport(
        codec=facts.codec,
        rate=str(rate),
        frames=facts.frames,
        duration_s=round(float(facts.frames / rate), 3),
        start=facts.start,
        planes=facts.planes,
        bits=facts.bits,
        chroma=_CHROMA.get(facts.chroma, f"{facts.chroma[0]} x {facts.chroma[1]}")
        if facts.planes == "ycbcr"
        else facts.planes,
        has_alpha=facts.has_alpha,
        colour_space=facts.colour_space,
        matrix=facts.matrix,
        range="full" if facts.full_range else "video",
        tagged=facts.tagged,
        pixel_aspect=facts.pixel_aspect,
        all_key_frames=facts.all_key_frames,
        constant_rate=facts.is_constant,
        decode_ms=facts.decode_ms,
        frames_per_s=round(1000.0 / max(facts.decode_ms, 0.01), 1),
        upload_mib_per_s=round(frame_mib * float(rate), 1),
        frame_mib=round(frame_mib, 2),
        identity=identity,
    )
