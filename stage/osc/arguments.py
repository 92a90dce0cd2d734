"""OSC arguments as the values that a parameter takes, and values as OSC arguments. Pure."""

from __future__ import annotations

import struct

from pythonosc.parsing import osc_types

from stage.values.parameters import Parameter, Refusal
from tracking.protocols.osc_packet import Argument
from tracking.settable import Value

_SHORT_DIGITS, _ALL_DIGITS = 7, 9
_LONGEST_TEXT = 1024


def value_for(parameter: Parameter, argument: Argument) -> Value | Refusal:
    """An argument as the parameter keeps it, or why it is refused.

    A switch takes 0 and 1 too, which is all that most desks can send. A number never counts as text.
    """
    if parameter.kind == "boolean" and not isinstance(argument, bool) and argument in (0, 1):
        return parameter.check(bool(argument))
    if parameter.kind == "float" and isinstance(argument, int | float) and not isinstance(argument, bool):
        return parameter.check(as_meant(float(argument)))
    return parameter.check("nothing" if argument is None else argument)


def as_meant(number: float) -> float:
    """The shortest decimal number that 32 bits keep alike: a desk that shows -1.3 sends -1.2999999523.

    Numbers that came with more than 32 bits stay as they are.
    """
    if not _is_short(number):
        return number
    for digits in range(_SHORT_DIGITS, _ALL_DIGITS):
        near = float(f"{number:.{digits}g}")
        if struct.pack(">f", near) == struct.pack(">f", number):
            return near
    return number


def is_pressed(arguments: tuple[Argument, ...]) -> bool:
    """Whether a message to a command is meant: buttons also send 0 when they are let go."""
    return not arguments or not isinstance(arguments[0], bool | int | float) or abs(arguments[0]) > 0.0


def encoded(address: str, *values: Value) -> bytes:
    """An OSC message: numbers as 32-bit floats, switches as 0 and 1, since few programs read anything else."""
    tags = "".join("i" if isinstance(value, bool) else "f" if isinstance(value, float) else "s" for value in values)
    parts = [osc_types.write_string(address), osc_types.write_string(f",{tags}")]
    for value in values:
        if isinstance(value, bool):
            parts.append(osc_types.write_int(int(value)))
        elif isinstance(value, float):
            parts.append(osc_types.write_float(value))
        else:
            parts.append(osc_types.write_string(value[:_LONGEST_TEXT]))
    return b"".join(parts)


def looks_alike(one: Value, other: Value) -> bool:
    """Whether two values are the same to a program that keeps 32 bits of a number."""
    if isinstance(one, float) and isinstance(other, float) and _fits(one) and _fits(other):
        return _shortened(one) == _shortened(other)
    return one == other


def _is_short(number: float) -> bool:
    return _fits(number) and _shortened(number) == number


def _shortened(number: float) -> float:
    """What 32 bits keep of a number."""
    (short,) = struct.unpack(">f", struct.pack(">f", number))
    return float(short)


def _fits(number: float) -> bool:
    return abs(number) < 3.0e38
