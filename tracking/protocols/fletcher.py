"""Fletcher-16 modulo 256, the checksum of OpenTrackIO 1.0.1, and the forms that older senders used.

Fletcher, "An Arithmetic Checksum for Serial Transmissions", IEEE Transactions on Communications COM-30 (1982).
"""

from __future__ import annotations

_BLOCK = 256
_EVERY_SECOND_BYTE = int.from_bytes(b"\x00\xff" * (_BLOCK // 2), "big")
_ALL_OF_16_BITS = 0xFFFF
_SQUARE_OF_255 = 255 * 255
_HALVINGS = tuple((half, 16 * half, (1 << (16 * half)) - 1) for half in (64, 32, 16, 8, 4, 2, 1))


def fletcher16(message: bytes) -> int:
    """The checksum: second sum in the high byte, first sum in the low one.

    The first sum adds all bytes; the second adds each byte times its distance from the end, where the last byte counts
    once. Both are modulo 256, so weights repeat every 256 bytes. Therefore the message's blocks are added to one
    another from its end, in wide integers of 16-bit lanes, with the bytes at even and odd distance kept apart. That
    leaves 128 lanes, which are halved seven times: folding the upper half down adds half the width times its sum to the
    weighted sum. A number modulo 0xFFFF is the sum of its 16-bit lanes as long as that is below 0xFFFF. Here it is at
    most 128 lanes of two bytes each, 65280.
    """
    even = odd = 0
    for end in range(len(message), 0, -_BLOCK):
        block = int.from_bytes(message[max(0, end - _BLOCK) : end], "big")
        even = even + (block & _EVERY_SECOND_BYTE) & _EVERY_SECOND_BYTE
        odd = odd + (block >> 8 & _EVERY_SECOND_BYTE) & _EVERY_SECOND_BYTE
    lanes = even + odd
    first = lanes % _ALL_OF_16_BITS
    weighted = 0
    for half, shift, mask in _HALVINGS:
        upper = lanes >> shift
        weighted += half * (upper % _ALL_OF_16_BITS)
        lanes = (lanes & mask) + upper
    second = 2 * weighted + first + odd % _ALL_OF_16_BITS
    return (second & 0xFF) << 8 | first & 0xFF


def older_form(message: bytes, found: int) -> str | None:
    """Which older form of the checksum `found` is, in words; None if it is not one of them.

    Version 1.0.0 added modulo 255, and early drafts stored the first sum in the high byte. Both sums modulo 255 follow
    from one remainder, because 256 to the power j is 1 + 255 j modulo 255 squared.
    """
    current = fletcher16(message)
    total = sum(message)
    first = total % 255
    second = ((int.from_bytes(message, "big") - total) % _SQUARE_OF_255 // 255 + total) % 255
    forms = {
        _swapped(current): "modulo 256 with its two bytes exchanged",
        second << 8 | first: "modulo 255 (OpenTrackIO 1.0.0)",
        first << 8 | second: "modulo 255 with its two bytes exchanged",
    }
    return None if found == current else forms.get(found)


def _swapped(checksum: int) -> int:
    return (checksum & 0xFF) << 8 | checksum >> 8
