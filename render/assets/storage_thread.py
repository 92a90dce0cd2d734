"""Makes and frees the storage of pictures on a thread: a software renderer clears it, which takes many frames."""

from __future__ import annotations

import importlib
import os
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import moderngl

from render.assets.storage import HALVES, Storage, Texels, allocate, can_allocate, can_view, made
from render.gpu.shared_context import SharedContext, share_current

_NICENESS = 10
"""The threads that draw come first; storage is made even where they take all of the processor."""
_STARTS_S = 2.0
_ENDS_S = 0.5


class StorageThread:
    """Makes storage in a context that shares with the root, in the order in which it is asked for.

    What is drawn with keeps a reference to its memory in the root context, so that the loop would free it there. A
    second texture on the same memory, deleted last and on the thread, prevents that.
    """

    def __init__(self, shared: SharedContext, *, views: bool) -> None:
        self._shared = shared
        self._views = views
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._is_closing = False
        self._entered: bool | None = None
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="storage", daemon=True)
        self._thread.start()
        self._started.wait(_STARTS_S)

    @property
    def works(self) -> bool:
        """Whether the thread has its context."""
        return bool(self._entered)

    def make(self, rows: int, columns: int, texels: Texels = HALVES) -> Storage:
        storage = Storage(rows, columns, texels)
        self._jobs.put(partial(self._make, storage))
        return storage

    def free(self, storage: Storage) -> None:
        if storage.is_settled:
            storage.delete()
        self._jobs.put(partial(_delete, storage))

    def close(self) -> None:
        """Ends the thread and its context; what was still to be made fails."""
        self._is_closing = True
        self._jobs.put(None)
        self._thread.join(_ENDS_S)
        self._shared.release()

    def _run(self) -> None:
        self._entered = self._shared.enter()
        self._started.set()
        if not self._entered:
            return
        with suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
        while (job := self._jobs.get()) is not None:
            job()
        self._shared.leave()

    def _make(self, storage: Storage) -> None:
        if self._is_closing:
            storage.settle(0, "the stage ends")
            return
        result = made(storage, allocate, views=self._views)
        importlib.import_module("OpenGL.GL").glFinish()  # before that, no other context may use it
        storage.settle(*result)


def storage_thread(context: moderngl.Context) -> StorageThread | None:
    """A thread that makes storage for `context`, which is current; None where this driver or context allows none."""
    shared = share_current() if can_allocate(context) else None
    if shared is None:
        return None
    thread = StorageThread(shared, views=can_view(context))
    if thread.works:
        return thread
    thread.close()
    return None


def _delete(storage: Storage) -> None:
    storage.delete()
    storage.delete_view()
