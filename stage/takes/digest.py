"""A plan's bytes and their digest: what live, replay and stand-ins compare."""

from __future__ import annotations

import hashlib

import msgspec

from render.plan.frame import FramePlan

DIGEST_BYTES = 16


def encode_plan(plan: FramePlan) -> bytes:
    """MessagePack map of the plan, fields in declared order: equal plans give equal bytes."""
    return msgspec.msgpack.encode(plan)


def digest_of(encoded: bytes) -> bytes:
    """BLAKE2b (RFC 7693) of encoded bytes, 16 bytes long."""
    return hashlib.blake2b(encoded, digest_size=DIGEST_BYTES).digest()
