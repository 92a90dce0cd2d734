"""Seals: which value of a frame's inputs was changed after it was recorded. Pure.

CRC-32 over everything finds any change of up to 32 bits in a row; a CRC-16 (CCITT) of every value names it.
"""

from __future__ import annotations

import binascii

import msgspec

from stage.takes.compare import Leaf, leaves, tree_of
from stage.takes.records import UNDECODABLE, InputSeal

_LEAF_BYTES = 2


def seal_of(inputs: bytes) -> InputSeal:
    """The seal of encoded inputs. Raises one of `UNDECODABLE` where they are no encoded record."""
    checks = (_check(leaf) for _, leaf in leaves(tree_of(inputs)))
    return InputSeal(whole=binascii.crc32(inputs), leaves=b"".join(checks))


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
