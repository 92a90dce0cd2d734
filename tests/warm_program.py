"""The `stage` command without an interpreter's start: a process that has loaded it forks for each command.

Documents run some two hundred commands, and each would spend a third of a second on loading the same modules. A forked
command has its caller's arguments, folder, environment and standard streams, and its exit code is handed back.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import io
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

MOST_REQUEST_BYTES = 1 << 20
CALLER = """
import array, json, os, socket, sys
with socket.socket(socket.AF_UNIX) as peer:
    peer.connect(sys.argv[1])
    streams = array.array("i", (0, 1, 2)).tobytes()
    request = json.dumps([sys.argv[2:], os.getcwd(), dict(os.environ)]).encode()
    peer.sendmsg([len(request).to_bytes(4, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
    peer.sendall(request)
    sys.exit(int(peer.makefile().read() or 70))
"""
"""What a command is replaced by; 70 where the command ended without a code. Starts without `site`: in 10 ms."""


@contextlib.contextmanager
def warm_program(folder: Path, root: Path, loaded: tuple[str, ...] = ("control", "world")) -> Iterator[str]:
    """A shell command that takes the place of `python -m stage` while the block lasts; `loaded` are its commands that
    many will use."""
    place, caller = folder / "warm", folder / "caller.py"
    caller.write_text(CALLER)
    environment = {**os.environ, "PYTHONPATH": str(root), "OPENBLAS_NUM_THREADS": "1"}
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(place))
        server.listen()
        words = [sys.executable, "-P", str(Path(__file__)), str(server.fileno()), *loaded]
        process = subprocess.Popen(words, env=environment, pass_fds=[server.fileno()], stdin=subprocess.DEVNULL)
    try:
        yield f'"{sys.executable}" -I -S "{caller}" "{place}"'
    finally:
        process.kill()
        process.wait()


def serve(server: socket.socket) -> None:
    """Answers callers until the process is killed. Returns in each forked command, to be run by its own `main`."""
    while True:
        peer, _ = server.accept()
        if os.fork() == 0:
            server.close()
            _answer(peer)
            return
        peer.close()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                continue


def _answer(peer: socket.socket) -> None:
    """Forks the command and hands its exit code back; returns in the command."""
    length, streams, _, _ = socket.recv_fds(peer, 4, 3)
    request = peer.makefile("rb").read(min(int.from_bytes(length, "big"), MOST_REQUEST_BYTES))
    words, folder, environment = json.loads(request)
    command = os.fork()
    if command:
        for stream in streams:
            os.close(stream)
        peer.sendall(str(os.waitstatus_to_exitcode(os.waitpid(command, 0)[1])).encode())
        os._exit(0)
    peer.close()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["stage", *words]


def load(commands: Iterable[str]) -> Callable[[], object]:
    """Loads what these commands load, by printing their help: that starts no thread and opens nothing, so all of it may fork.

    What Typer reads off the signature of each command is read once: it is half of what a short command computes.
    """
    reading = importlib.import_module("typer.main")
    reading.get_params_from_function = functools.cache(reading.get_params_from_function)
    program: Callable[..., object] = importlib.import_module("stage.cli").main
    for command in commands:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
            program([command, "--help"])
    gc.freeze()  # a command that looked through all of it as it ends would copy each of its pages first
    return program


if __name__ == "__main__":
    main = load(sys.argv[2:])
    serve(socket.socket(fileno=int(sys.argv[1])))
    main()
