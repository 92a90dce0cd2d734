"""Waits for the GPU, in one context for another or on the processor."""

from __future__ import annotations

from collections.abc import Callable

from OpenGL import GL

_TIMEOUT_IGNORED = 0xFFFFFFFFFFFFFFFF
"""GL_TIMEOUT_IGNORED as an unsigned number. The constant of PyOpenGL is -1, which drivers refuse."""
_A_SECOND_NS = 1_000_000_000
_PIECE_NS = 16_000_000

Meanwhile = Callable[[], object]
"""What is done while the GPU draws. It must be short."""


class Fence:
    """Makes the commands of another context wait for what the current one has drawn."""

    def __init__(self) -> None:
        self._sync = GL.glFenceSync(GL.GL_SYNC_GPU_COMMANDS_COMPLETE, 0)
        GL.glFlush()

    def wait(self) -> None:
        """Call it in the other context: its later commands run after the fence."""
        GL.glWaitSync(self._sync, 0, _TIMEOUT_IGNORED)

    def wait_here(self, meanwhile: Meanwhile | None = None) -> None:
        """Waits in this thread until everything before the fence is drawn, and releases it.

        `meanwhile` is called about 60 times a second if that takes longer.

        Other threads run on meanwhile. In glFinish as moderngl calls it they stand still, and one that writes a file
        needs a frame for every call into the system.
        """
        piece_ns = _A_SECOND_NS if meanwhile is None else _PIECE_NS
        while GL.glClientWaitSync(self._sync, GL.GL_SYNC_FLUSH_COMMANDS_BIT, piece_ns) == GL.GL_TIMEOUT_EXPIRED:
            if meanwhile is not None:
                meanwhile()
        self.release()

    def release(self) -> None:
        """Call it in any of the contexts that share textures."""
        GL.glDeleteSync(self._sync)

    def passed(self, within_ns: int = 0) -> bool:
        """Whether everything before the fence is drawn, or will be within so long, which is waited for at most."""
        return bool(GL.glClientWaitSync(self._sync, 0, within_ns) != GL.GL_TIMEOUT_EXPIRED)


class Finishing:
    """Waits until everything drawn in a context is done, and counts how often.

    What was drawn before the newest time is done: nobody need ask the driver for it, which takes longest where code
    and data are cold.
    """

    def __init__(self) -> None:
        self.count = 0

    def wait(self, meanwhile: Meanwhile | None = None) -> None:
        """`meanwhile` is called now and then."""
        Fence().wait_here(meanwhile)
        self.count += 1


def is_done_within(timeout_ns: int) -> bool:
    """Whether everything drawn so far in the current context is done in so long, which is waited for at most."""
    fence = Fence()
    done = fence.passed(timeout_ns)
    fence.release()
    return done


def begin_drawing() -> None:
    """Has the driver begin with what it was given: software then draws that while it is given more."""
    GL.glFlush()
