"""Says what a folder of numbered frames is. It may be killed by what it examines."""

from __future__ import annotations

import time
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import msgspec

from render.assets.thumbnail import thumbnail
from render.media.colour_tags import ColourFacts, colour_facts
from render.media.examined import MOST_FRAME_BYTES, ExaminedMedia, MediaFinding, damage_of, finding
from render.media.faults import MediaError
from render.media.picture_frames import CodedFrames, exr_header_of, exr_light
from render.media.pixel_formats import plane_format
from render.media.planes import orientation_of
from render.media.reader import identity_now
from render.media.sequence import NumberedFrames, numbered_frames, said_rate
from render.media.sequence_reader import SequenceReader
from render.media.small_frames import small_jpeg
from render.worlds.shared.media import MediaFacts, frame_bytes

_DEFAULT_RATE = Fraction(24)
_TIMED_FRAMES = 6
_THUMBNAIL_ROWS = 512


def examine_sequence(folder: Path, rate: Fraction | None = None) -> ExaminedMedia:
    """Examines a folder of numbered frames, which play at `rate`, or at what its name says, or at 24.

    Raises MediaError with what keeps it from being played.
    """
    found = numbered_frames(folder)
    notes: list[MediaFinding] = []
    taken = rate or said_rate(folder)
    if taken is None:
        taken = _DEFAULT_RATE
    if taken is _DEFAULT_RATE and found.frames > 1:
        notes.append(finding("media_rate_assumed", rate=int(taken)))
    if found.missing:
        notes.append(finding("media_numbers_missing", count=found.missing, first=found.first_missing()))
    if found.others:
        notes.append(finding("media_other_files", count=found.others))
    facts, more = _facts(found, taken)
    if frame_bytes(facts) > MOST_FRAME_BYTES:
        raise MediaError("media_frame_too_large", mib=frame_bytes(facts) >> 20, most_mib=MOST_FRAME_BYTES >> 20)
    cost_ms, damage = _tried(folder, facts)
    facts = msgspec.structs.replace(facts, decode_ms=cost_ms)
    try:
        small = _thumbnail(found)
    except MediaError:
        small = b""
        damage = [finding("media_frame_damaged", frame=found.frames // 2)]
    notes += damage
    return ExaminedMedia(facts=facts, identity=identity_now(folder), notes=(*notes, *more), thumbnail=small)


def _facts(found: NumberedFrames, rate: Fraction) -> tuple[MediaFacts, list[MediaFinding]]:
    """What the first file says."""
    number, path, _ = found.newest(0)
    if found.kind == "exr":
        columns, rows = exr_header_of(path, number).size
        exr_light(path, number)
        colours = ColourFacts(matrix="bt709", full_range=True, colour_space="linear", tagged=True)
        notes: list[MediaFinding] = []
        facts = MediaFacts(codec="exr", columns=columns, rows=rows, frames=found.frames, rate=(1, 1), planes="light")
        facts = msgspec.structs.replace(facts, bits=16, has_alpha=True)
    else:
        picture = CodedFrames(found.kind).decode(path, number)
        form = plane_format(picture.format)
        colours, notes = colour_facts(picture, form, is_picture=True)
        orientation = orientation_of(picture)[0]
        columns, rows = orientation.of_pair((picture.width, picture.height))
        facts = MediaFacts(
            codec=found.kind,
            columns=columns,
            rows=rows,
            frames=found.frames,
            rate=(1, 1),
            planes=form.kind,
            bits=form.bits,
            chroma=orientation.of_pair(form.chroma),
            has_alpha=form.has_alpha,
        )
    return msgspec.structs.replace(
        facts,
        rate=(rate.numerator, rate.denominator),
        all_key_frames=True,
        is_constant=found.missing == 0,
        matrix=colours.matrix,
        full_range=colours.full_range,
        colour_space=colours.colour_space,
        tagged=colours.tagged,
    ), notes


def _tried(folder: Path, facts: MediaFacts) -> tuple[float, list[MediaFinding]]:
    """Processor time of a frame with its levels, in the mean of some, in ms; and a frame that cannot be decoded."""
    reader = SequenceReader(folder, facts)
    into = memoryview(bytearray(frame_bytes(facts)))
    reader.read(0, into)
    began_s, count = time.process_time(), min(facts.frames, _TIMED_FRAMES)
    for frame in range(count):
        with suppress(MediaError):
            reader.read(frame, into)
    cost_ms = round(1000.0 * (time.process_time() - began_s) / count, 2)
    damage = damage_of(lambda frame: reader.read(frame, into), facts.frames)
    reader.close()
    return cost_ms, damage


def _thumbnail(found: NumberedFrames) -> bytes:
    number, path, _ = found.newest(found.frames // 2)
    if found.kind != "exr":
        return small_jpeg(CodedFrames(found.kind).decode(path, number), (1, 1))
    light = exr_light(path, number)
    return thumbnail(light[:: max(1, len(light) // _THUMBNAIL_ROWS), :: max(1, len(light) // _THUMBNAIL_ROWS), :3])
