"""Test plates for the tests of films, and which frame a reader really gives."""

from fractions import Fraction

from render.media.burnt_numbers import read_burnt_number
from render.media.examine import examine_media
from render.media.made_plate import PlateSettings, make_test_plate
from render.media.planes import FrameMemory
from render.media.reader import MediaReader


def made(path, codec="h264", *, rate=Fraction(25), frames=60, size=(160, 90), **more):
    settings = PlateSettings(codec=codec, columns=size[0], rows=size[1], rate=rate, frames=frames, **more)
    make_test_plate(path, settings)
    return path


class Numbers:
    """Reads frames of what was examined, and says the numbers that are burnt into them."""

    def __init__(self, path, facts=None):
        self.facts = facts or examine_media(path).facts
        self.memory = FrameMemory(self.facts)
        self.bytes = memoryview(bytearray(self.memory.bytes))
        self.reader = MediaReader(path, self.facts, threads=2)

    def planes(self, frame):
        self.reader.read(frame, self.bytes)
        return self.memory.planes(self.bytes)

    def of(self, frame):
        planes = self.planes(frame)
        return read_burnt_number(planes[0][0])
