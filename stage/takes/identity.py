"""Which program ran on which machine: equal digests are promised where both are the same."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import msgspec

PACKAGES = ("stage", "render", "calibration", "tracking")
_ROOT = Path(__file__).resolve().parent.parent.parent


@cache
def build_digest() -> str:
    """SHA-256 (16 hexadecimal digits) over the program's own Python sources and the names of their interpreters.

    Read once: a program goes on with the sources that it has loaded.
    """
    digest = hashlib.sha256(
        f"{platform.python_implementation()} {platform.python_version()} {msgspec.__version__}".encode()
    )
    for path in _sources():
        digest.update(f"\n{path.relative_to(_ROOT)}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def machine_name() -> str:
    """Processor, system and C library: what the last bit of a sine depends on."""
    library = " ".join(platform.libc_ver())
    return f"{platform.machine()} | {_processor()} | {platform.system()} | {library}".strip()


def _sources() -> Iterable[Path]:
    return sorted(path for package in PACKAGES for path in (_ROOT / package).rglob("*.py"))


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
