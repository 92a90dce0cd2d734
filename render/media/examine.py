"""Says what a film or a folder of numbered frames is, what is odd about it, and what it costs here to decode.

It may be killed by what it examines: run it in a process that may die.
"""

from __future__ import annotations

import time
from math import gcd
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from render.media.colour_tags import colour_facts
from render.media.examine_sequence import examine_sequence
from render.media.examined import MOST_FRAME_BYTES, ExaminedMedia, MediaFinding, damage_of, finding
from render.media.faults import MediaError
from render.media.film import Film
from render.media.film_reader import FilmReader
from render.media.pixel_formats import plane_format
from render.media.reader import identity_now
from render.media.sequence import is_numbered
from render.media.small_frames import small_jpeg
from render.media.timeline import timeline_of
from render.worlds.shared.media import MediaFacts, frame_bytes

if TYPE_CHECKING:
    from fractions import Fraction

_TIMED_FRAMES = 12
_TIMED_S = 0.5
_LONG_GOP_S = 1.0


def examine_media(path: Path, rate: Fraction | None = None) -> ExaminedMedia:
    """Examines a film, or a folder of numbered frames, which play at `rate`, else at what its name says, else at 24.

    Raises MediaError with what keeps it from being played, ConfigError where PyAV is not installed.
    """
    return examine_sequence(path, rate) if is_numbered(path) else examine_film(path)


def examine_film(path: Path) -> ExaminedMedia:
    """Examines a film file: opens it, looks through its index or its packets, and decodes some frames.

    Raises MediaError with what keeps it from being played.
    """
    film = Film(path, threads=1)
    try:
        timeline = timeline_of(film)
        facts, notes = _facts(film, timeline.frames, timeline.rate)
        facts = msgspec.structs.replace(facts, all_key_frames=timeline.all_key_frames, is_constant=timeline.is_constant)
        notes += timeline.findings
    finally:
        film.close()
    if frame_bytes(facts) > MOST_FRAME_BYTES:
        raise MediaError("media_frame_too_large", mib=frame_bytes(facts) >> 20, most_mib=MOST_FRAME_BYTES >> 20)
    facts, more, small = _tried(path, facts)
    return ExaminedMedia(facts=facts, identity=identity_now(path), notes=(*notes, *more), thumbnail=small)


def _facts(film: Film, frames: int, rate: Fraction) -> tuple[MediaFacts, tuple[MediaFinding, ...]]:
    """What the first frame and the film's own words say."""
    first, stream = film.first, film.stream
    found = plane_format(first.format)
    colours, notes = colour_facts(first, found, is_picture=False)
    columns, rows = film.orientation.of_pair((first.width, first.height))
    aspect = _pixel_aspect(film)
    facts = MediaFacts(
        codec=film.codec,
        columns=columns,
        rows=rows,
        frames=frames,
        rate=(rate.numerator, rate.denominator),
        planes=found.kind,
        bits=found.bits,
        chroma=film.orientation.of_pair(found.chroma),
        has_alpha=found.has_alpha,
        matrix=colours.matrix,
        full_range=colours.full_range,
        colour_space=colours.colour_space,
        tagged=colours.tagged,
        start=str(stream.metadata.get("timecode") or film.container.metadata.get("timecode") or "")[:16],
        pixel_aspect=aspect,
    )
    if not colours.tagged:
        taken = f"{colours.colour_space}, {colours.matrix}" if found.kind == "ycbcr" else colours.colour_space
        notes.append(finding("media_colours_assumed", taken=taken, range="full" if colours.full_range else "video"))
    if first.interlaced_frame:
        notes.append(finding("media_interlaced"))
    if film.orientation != (False, False, False):
        notes.append(finding("media_turned", columns=columns, rows=rows))
    if stream.metadata.get("alpha_mode") == "1" and not found.has_alpha:
        notes.append(finding("media_alpha_unread"))
    if film.is_askew:
        notes.append(finding("media_askew"))
    if aspect != (1, 1):
        notes.append(finding("media_anamorphic", across=aspect[0], down=aspect[1]))
    if film.pictures > 1:
        notes.append(finding("media_other_pictures", count=film.pictures))
    return facts, tuple(notes)


def _pixel_aspect(film: Film) -> tuple[int, int]:
    """Width and height of a pixel as shown. What no camera has (more than four to one) is taken for a mistake."""
    said = film.stream.sample_aspect_ratio or film.stream.codec_context.sample_aspect_ratio
    if not said or not 1 <= 4 * said <= 16:
        return (1, 1)
    pair = film.orientation.of_pair((said.numerator, said.denominator))
    return (pair[0] // gcd(*pair), pair[1] // gcd(*pair))


def _tried(path: Path, facts: MediaFacts) -> tuple[MediaFacts, list[MediaFinding], bytes]:
    """Reads the first frames, the middle and the last one: what they cost, and where the film really ends."""
    reader, notes = FilmReader(path, facts, threads=1), []
    try:
        into = memoryview(bytearray(frame_bytes(facts)))
        reader.read(0, into)
        decode_ms = _cost_ms(reader, facts, into)
        last = _last_frame(reader, facts)
        if last < facts.frames - 1:
            notes.append(finding("media_cut_off", said=facts.frames, found=last + 1))
        small = b""
        try:
            began_s = time.process_time()
            small = small_jpeg(reader.frame(last // 2), facts.pixel_aspect)
            seek_s = time.process_time() - began_s
            if not facts.all_key_frames and seek_s > _LONG_GOP_S / 2:
                notes.append(finding("media_long_group", seek_ms=round(1000 * seek_s)))
        except MediaError:
            notes.append(finding("media_frame_damaged", frame=last // 2))
        else:
            notes += damage_of(reader.frame, last + 1) if facts.all_key_frames else []
    finally:
        reader.close()
    return msgspec.structs.replace(facts, frames=last + 1, decode_ms=decode_ms), notes, small


def _cost_ms(reader: FilmReader, facts: MediaFacts, into: memoryview) -> float:
    """Processor time of a frame with its levels, in the mean of some."""
    began_s, read = time.process_time(), 0
    for number in range(1, min(facts.frames, _TIMED_FRAMES + 1)):
        try:
            reader.read(number, into)
        except MediaError:
            break
        read += 1
        if time.process_time() - began_s > _TIMED_S:
            break
    return round(1000.0 * (time.process_time() - began_s) / max(read, 1), 2)


def _last_frame(reader: FilmReader, facts: MediaFacts) -> int:
    """The last frame that can be had; it is searched for where the film ends before it says."""
    least, most = 0, facts.frames - 1
    if _is_there(reader, most):
        return most
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (middle, most) if _is_there(reader, middle) else (least, middle)
    return least


def _is_there(reader: FilmReader, number: int) -> bool:
    try:
        reader.frame(number)
    except MediaError as error:
        if error.code == "media_replaced":
            raise
        return False
    return True
