"""Examines what a stage needs of its site: configuration, ports, sources, serial lines, disk."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from serial.tools import list_ports

from stage.config.records import StageConfig
from stage.doctor.configuration import Examination, examine_stage
from stage.doctor.graphics import Monitor, connected_monitors
from stage.doctor.outputs import examine_outputs, has_windows
from stage.doctor.records import Finding, failure, good, system_text, warning
from stage.loading.files import LoadedConfig
from stage.words.sentences import counted
from tracking.records import ConfigError
from tracking.sources.opening import open_sources
from tracking.sources.udp import RECEIVE_BUFFER_BYTES

DEFAULT_TCP_PORTS = {"control": 7700, "state": 7701, "telemetry": 7702, "panel": 7780, "OSCQuery": 7791}
DEFAULT_UDP_PORTS = {"OSC": 7790}
_MOST_SHOWN = 3
_TEST_BYTES = 64 * 1024 * 1024
_ENOUGH_BYTES = 20_000_000_000
_TOO_FEW_BYTES = 1_000_000_000
_SLOW_BYTES_PER_S = 20_000_000.0


def examine_site(
    config_file: Path | None, takes: Path, monitors: Callable[[], tuple[Monitor, ...]] = connected_monitors
) -> Iterator[Finding]:
    """All findings around the machine, and on what a configuration names if there is one.

    `monitors` gives those that are connected; it is called only for a configuration with windows.
    """
    config = None
    if config_file is not None:
        examination = examine_stage(config_file)
        yield _configuration(config_file, examination)
        if examination.loaded is not None and not examination.errors:
            config = examination.loaded.config
            yield _sources(examination.loaded)
            yield from examine_outputs(config, monitors() if has_windows(config) else ())
    yield _ports(config)
    yield _receive_buffer()
    yield from _serial_lines()
    yield from _disk(takes)


def _configuration(file: Path, examination: Examination) -> Finding:
    """Whether a configuration can be run, with the first of its errors or warnings."""
    findings = examination.errors or examination.warnings
    if not findings:
        return good("configuration", str(file))
    more = f"; and {len(findings) - _MOST_SHOWN} more" if len(findings) > _MOST_SHOWN else ""
    judged = failure if examination.errors else warning
    return judged(
        "configuration", "; ".join(findings[:_MOST_SHOWN]) + more, f"correct it; `stage check {file}` lists everything"
    )


def _sources(loaded: LoadedConfig) -> Finding:
    trackers = loaded.config.trackers
    try:
        with loaded.naming_places():
            open_sources(trackers).close()
    except ConfigError as error:
        return failure("tracker sources", "; ".join(error.findings), "free or correct them")
    return good("tracker sources", f"{counted(len(trackers), 'tracker')} can be opened" if trackers else "no trackers")


def _ports(config: StageConfig | None) -> Finding:
    tcp = DEFAULT_TCP_PORTS if config is None else _configured_ports(config)
    taken = [f"{name} {port}/tcp" for name, port in tcp.items() if not _free(port, socket.SOCK_STREAM)]
    taken += [f"{name} {port}/udp" for name, port in DEFAULT_UDP_PORTS.items() if not _free(port, socket.SOCK_DGRAM)]
    if taken:
        return warning(
            "ports", f"in use: {', '.join(taken)}", "end what uses them (`ss -lnp` lists it), or choose others"
        )
    return good("ports", "free: " + ", ".join(f"{name} {port}" for name, port in {**tcp, **DEFAULT_UDP_PORTS}.items()))


def _configured_ports(config: StageConfig) -> dict[str, int]:
    control = _port_of(config.control.endpoint)
    ports = {"panel": _port_of(config.panel.bind), "control": control}
    if control:
        ports |= {"state": control + 1, "telemetry": control + 2}
    return {name: port for name, port in ports.items() if 0 < port < 65536}


def _port_of(address: str) -> int:
    text = address.rpartition(":")[2]
    return int(text) if text.isascii() and text.isdigit() else 0


def _free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as trying:
        if kind == socket.SOCK_STREAM:
            trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trying.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _receive_buffer() -> Finding:
    text = system_text("/proc/sys/net/core/rmem_max")
    if not text.isdigit():
        return good("receive buffer", "this machine does not say")
    if int(text) >= RECEIVE_BUFFER_BYTES:
        return good("receive buffer", f"up to {int(text) >> 10} KiB")
    cure = f"packets may be lost during a pause; sudo sysctl -w net.core.rmem_max={RECEIVE_BUFFER_BYTES}"
    return warning("receive buffer", f"at most {int(text) >> 10} KiB", cure)


def _serial_lines() -> Iterator[Finding]:
    devices = sorted(port.device for port in list_ports.comports())
    refused = [device for device in devices if not os.access(device, os.R_OK | os.W_OK)]
    if refused:
        cure = "sudo usermod -aG dialout $USER, then log in again"
        yield warning("serial lines", f"no permission for {', '.join(refused)}", cure)
    else:
        yield good("serial lines", ", ".join(devices) or "none found")


def _disk(takes: Path) -> Iterator[Finding]:
    try:
        space = shutil.disk_usage(takes).free
        speed = write_speed(takes)
    except OSError as error:
        yield failure(
            "disk for takes", f"{takes}: {error.strerror}", "choose a folder that you may write to, with --takes"
        )
        return
    found = f"{space / 1e9:.1f} GB free in {takes.absolute()}"
    if space < _TOO_FEW_BYTES:
        yield failure(
            "disk for takes", found, "no take would start; free some space or choose another folder with --takes"
        )
    elif space < _ENOUGH_BYTES:
        yield warning("disk for takes", found, "free some space before a long day")
    else:
        yield good("disk for takes", found)
    rate = f"{speed / 1e6:.0f} MB/s written to the disk"
    if speed < _SLOW_BYTES_PER_S:
        yield warning("disk speed", rate, "the recorder may fall behind; use a local disk")
    else:
        yield good("disk speed", rate)


def write_speed(folder: Path, size: int = _TEST_BYTES) -> float:
    """Bytes per second that reach the disk, fsync included. Leaves no file behind. Raises OSError."""
    block = os.urandom(1 << 20)
    with tempfile.TemporaryFile(dir=folder) as file:
        began = time.perf_counter()
        for _ in range(max(1, size // len(block))):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
        return file.tell() / (time.perf_counter() - began)
