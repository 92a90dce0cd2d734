"""Waits for the GPU, in one context for another or on the processor."""

from __future__ import annotations

from OpenGL import GL

_TIMEOUT_IGNORED = 0xFFFFFFFFFFFFFFFF
"""GL_TIMEOUT_IGNORED as an unsigned number. The constant of PyOpenGL is -1, which drivers refuse."""
_A_SECOND_NS = 1_000_000_000


class Fence:
    """Makes the commands of another context wait for what the current one has drawn."""

    def __init__(self) -> None:
        self._sync = GL.glFenceSync(GL.GL_SYNC_GPU_COMMANDS_COMPLETE, 0)
        GL.glFlush()

    def wait(self) -> None:
        """Call it in the other context: its later commands run after the fence."""
        GL.glWaitSync(self._sync, 0, _TIMEOUT_IGNORED)

    def wait_here(self) -> None:
        """Waits in this thread until everything before the fence is drawn, and releases it.

        Other threads run on meanwhile. In glFinish as moderngl calls it they stand still, and one that writes a file
        needs a frame for every call into the system.
        """
        while GL.glClientWaitSync(self._sync, GL.GL_SYNC_FLUSH_COMMANDS_BIT, _A_SECOND_NS) == GL.GL_TIMEOUT_EXPIRED:
            continue
        self.release()

    def release(self) -> None:
        """Call it in any of the contexts that share textures."""
        GL.glDeleteSync(self._sync)
