"""Check values: whether a frame is what was recorded, and which value of its inputs was changed since. Pure.

A digest over a frame's plan and outcome is what live, replay and stand-ins compare. The seal of its inputs finds any
change of up to 32 bits in a row by a CRC-32 over everything; a CRC-16 (CCITT) of every value names the value.
"""

from __future__ import annotations

import binascii
import hashlib

import msgspec

from stage.takes.compare import Leaf, leaves, tree_of
from stage.takes.records import InputSeal, TakeSnapshot
from tracking.records import UNDECODABLE

DIGEST_BYTES = 16
_LEAF_BYTES = 2


def digest_of(*encoded: bytes) -> bytes:
    """BLAKE2b (RFC 7693), 16 bytes long, of encoded records, one after the other: of a frame, plan and then report."""
    digest = hashlib.blake2b(digest_size=DIGEST_BYTES)
    for part in encoded:
        digest.update(part)
    return digest.digest()


def seal_of(inputs: bytes) -> InputSeal:
    """The seal of encoded inputs. Raises one of `UNDECODABLE` where they are not an encoded record."""
    checks = (_check(leaf) for _, leaf in leaves(tree_of(inputs)))
    return InputSeal(whole=binascii.crc32(inputs), leaves=b"".join(checks))


def seal_of_state(snapshot: TakeSnapshot) -> bytes:
    """The seal of a snapshot: over its glue and the digests of its pieces; before format 5, over its state."""
    if not snapshot.glue:
        return digest_of(snapshot.state)
    return digest_of(*snapshot.glue, *(digest for part in snapshot.parts for digest in part.pieces))


def broken_seal(seal: InputSeal, inputs: bytes) -> tuple[str, Leaf] | None:
    """Path and present value of the first changed input, or None where the inputs are as they were recorded."""
    if binascii.crc32(inputs) == seal.whole:
        return None
    try:
        found = list(leaves(tree_of(inputs), "inputs"))
        for index, (path, leaf) in enumerate(found):
            if seal.leaves[index * _LEAF_BYTES : (index + 1) * _LEAF_BYTES] != _check(leaf):
                return path, leaf
    except (*UNDECODABLE, TypeError, ValueError):
        return "inputs", "unreadable"
    return "inputs", f"{len(found)} values, recorded were {len(seal.leaves) // _LEAF_BYTES}"


def _check(leaf: Leaf) -> bytes:
    return binascii.crc_hqx(msgspec.msgpack.encode(leaf), 0xFFFF).to_bytes(_LEAF_BYTES, "big")
