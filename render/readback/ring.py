"""A ring of pictures on their way from the GPU to memory. Nobody ever waits for one: it is looked for frame by frame.

A picture is drawn in one frame, maybe in several steps, each begun once the one before is done; then it is copied into
a buffer; once that is done, it is read. So a GPU that is slow, or a software renderer that still draws, delivers later
and holds nothing up. Where frames are waited for, that tells what is done; else a fence does, from the first look on.
A software renderer waits where a pass reads what another still draws: hence the steps. What it has drawn is in memory
already, and is read without a buffer between.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Generic, NamedTuple, TypeVar

import moderngl

from render.gpu.context import Target, draws_in_software
from render.gpu.fence import Fence, Finishing, begin_drawing

SLOTS = 6
"""Pictures that can be under way at once."""

Label = TypeVar("Label")
Step = Callable[[Target], None]
"""What is still to be drawn into a picture's target."""


class Form(NamedTuple):
    """What a ring's pictures are made of: `kind` and `in_pairs` are those of targets."""

    kind: str
    in_pairs: bool = False

    @property
    def channels(self) -> int:
        """Numbers of a texel."""
        return 2 if self.in_pairs else 4

    @property
    def texel_bytes(self) -> int:
        """Bytes of a texel."""
        return self.channels * int(self.kind[1])

    def target(self, context: moderngl.Context, size: tuple[int, int]) -> Target:
        """Where such a picture is drawn."""
        return Target(context, size, self.kind, in_pairs=self.in_pairs)


LIGHT = Form("f4")
EXACT = Form("f1")
"""A picture for people who look, with a code for each pixel."""
PAIRS = Form("f1", in_pairs=True)
"""The same with the colours of video, half as many bytes: copying them is most of what it costs."""


class ReadPicture(Generic[Label]):
    """One place of the ring: a target, a buffer of its size, and the picture that is under way in them.

    `label` is what the picture was drawn as. Its place is free once it has come: it can be read until the next one is
    drawn.
    """

    label: Label

    def __init__(self, context: moderngl.Context, finishing: Finishing, *, buffered: bool) -> None:
        self._context = context
        self._finishing = finishing
        self._form = EXACT
        self._buffered = buffered
        self._target: Target | None = None
        self._buffer: moderngl.Buffer | None = None
        self._timer: moderngl.Query = context.query(time=True)
        self._fence: Fence | None = None
        self._finished = 0
        self._timed = self._copied = False
        self.is_free = True
        self._then: Step | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Its width and height."""
        assert self._target is not None
        return self._target.size

    @property
    def drawn_ns(self) -> int | None:
        """How long the GPU, or what stands in its place, drew the first step; None where that was not measured."""
        return int(self._timer.elapsed) if self._timed else None

    def write_to(self, memory: memoryview) -> None:
        """Writes its texels from the top row into memory of just that size."""
        if self._buffer is None:
            assert self._target is not None
            self._target.framebuffer.read_into(
                memory, components=self._form.channels, dtype=self._form.kind, alignment=1
            )
        else:
            self._buffer.read_into(memory)

    def pixels(self) -> bytearray:
        """A copy of it."""
        copy = bytearray(self._byte_count(self.size))
        self.write_to(memoryview(copy))
        return copy

    def fits(self, size: tuple[int, int], form: Form) -> bool:
        """Whether it need not be made anew for a picture of this size and form."""
        return self._target is not None and (self._target.size, self._form) == (size, form)

    @contextmanager
    def drawing(
        self, size: tuple[int, int], form: Form, label: Label, then: Step | None, *, timed: bool
    ) -> Iterator[Target]:
        """What is drawn into the target meanwhile is under way afterwards."""
        if self._target is None or not self.fits(size, form):
            self._form = form
            before, self._target = self._target, form.target(self._context, size)
            if before is not None:
                before.release()
            if self._buffer is not None:
                self._buffer.release()
            self._buffer = self._context.buffer(reserve=self._byte_count(size)) if self._buffered else None
        with self._timer if timed else nullcontext():
            yield self._target
        self._timed, self.label, self._then, self._copied, self.is_free = timed, label, then, False, False
        self._begin()

    def advance(self) -> bool:
        """Takes the next step where the last is done. Whether the picture can be read now."""
        if not self._is_done():
            return False
        then, self._then = self._then, None
        if self._copied or (then is None and self._buffer is None):
            return True
        assert self._target is not None
        if then is not None:
            then(self._target)
        else:
            self._target.framebuffer.read_into(
                self._buffer, components=self._form.channels, dtype=self._form.kind, alignment=1
            )
            self._copied = True
        self._begin()
        return self._copied and self._is_done()

    def _begin(self) -> None:
        """Has the driver begin with what it was given last."""
        self._finished = self._finishing.count
        begin_drawing()

    def _is_done(self) -> bool:
        """Whether it has done that."""
        if self._finishing.count == self._finished:
            self._fence = self._fence or Fence()
            if not self._fence.passed():
                return False
        if self._fence is not None:
            self._fence.release()
            self._fence = None
        return True

    def _byte_count(self, size: tuple[int, int]) -> int:
        return size[0] * size[1] * self._form.texel_bytes


class ReadBack(Generic[Label]):
    """The ring: what is drawn in `drawing` is among the pictures that `arrived` returns in a later frame.

    Its graphics memory is freed with the context.
    """

    def __init__(
        self,
        context: moderngl.Context,
        finishing: Finishing,
        slots: int = SLOTS,
        *,
        buffered: bool | None = None,
    ) -> None:
        """`finishing` is whoever waits for what is drawn in this context, if anybody does.

        `buffered`: whether pictures are copied into a buffer first; None where the driver's kind decides.
        """
        wanted = not draws_in_software(context) if buffered is None else buffered
        self._slots: list[ReadPicture[Label]] = [ReadPicture(context, finishing, buffered=wanted) for _ in range(slots)]
        self._under_way: deque[ReadPicture[Label]] = deque()

    @property
    def has_room(self) -> bool:
        """Whether another picture can be drawn now."""
        return len(self._under_way) < len(self._slots)

    @property
    def is_empty(self) -> bool:
        """Whether no picture is under way."""
        return not self._under_way

    @contextmanager
    def drawing(
        self,
        size: tuple[int, int],
        label: Label,
        then: Step | None = None,
        *,
        form: Form = EXACT,
        timed: bool = True,
    ) -> Iterator[Target]:
        """A target to draw a picture of this size into; there must be room. `then` is drawn once that is done.

        It is `timed` where that is worth its while: to ask for it is not free.
        """
        free = [slot for slot in self._slots if slot.is_free]
        slot = next((slot for slot in free if slot.fits(size, form)), free[0])
        with slot.drawing(size, form, label, then, timed=timed) as target:
            yield target
        self._under_way.append(slot)

    def arrived(self) -> ReadPicture[Label] | None:
        """The next picture that has come, in the order in which they were drawn; None where none has. Never waits."""
        if not self._under_way or not self._under_way[0].advance():
            return None
        come = self._under_way.popleft()
        come.is_free = True
        return come
