"""Address lists and layouts for OSC programs, made from the parameters that a stage declares. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from stage.osc.mapping import COMMANDS, REFRESH, parameter_types
from stage.values.parameters import Parameter

_WIDTH_PX, _HEIGHT_PX, _GAP_PX = 300, 60, 8
_ROWS = 12
_DECIMALS = 5
_SCRIPT_MARKS = ("@{", "#{", "JS{", "VAR{", "OSC{", "IMPORT{")
"""What Open Stage Control would run as a script: no name of a world may bring one along."""
_CSV = ("address", "control", "type", "minimum", "maximum", "values")


def address_rows(parameters: Iterable[Parameter]) -> Iterator[tuple[str, str, str, str]]:
    """Address, OSC types, what is allowed, and what it means, a row for each parameter and command."""
    for one in parameters:
        yield one.path, f"{parameter_types(one)} [f]", _allowed(one), one.help
    for command in COMMANDS:
        yield command.address, "", command.takes, command.help
    yield REFRESH, "", "", "Sends every value to osc.feedback once more."


def open_stage_control(parameters: Iterable[Parameter], title: str) -> dict[str, Any]:
    """A session of Open Stage Control 1: a tab for each family of values, and one with the commands."""
    tabs = [
        _tab(family, [_widget(one) for one in members])
        for family, members in groupby(parameters, key=lambda one: one.path.split("/")[1])
    ]
    buttons = [
        _button(address, mode="tap")
        for address in (*(one.address for one in COMMANDS if _is_button(one.takes)), REFRESH)
    ]
    root = {"type": "root", "id": "root", "label": title, "tabs": [_tab("commands", buttons), *tabs], "widgets": []}
    return {"createdWith": "Open Stage Control", "version": "1.25.0", "type": "session", "content": root}


def touchosc_list(parameters: Iterable[Parameter]) -> Iterator[tuple[str, ...]]:
    """Rows for setting controls up in TouchOSC: address, kind of control, type of its argument, range, choices."""
    yield _CSV
    for one in parameters:
        control = {"float": "FADER", "boolean": "BUTTON toggle"}.get(one.kind, "RADIO" if one.choices else "TEXT")
        low, high = ("0", "1") if one.kind == "boolean" else (_number(one.minimum), _number(one.maximum))
        yield one.path, control, _touch_type(one), low, high, "|".join(one.choices)
    for command in COMMANDS:
        yield command.address, "BUTTON momentary", "string" if command.takes else "none", "", "", command.takes
    yield REFRESH, "BUTTON momentary", "none", "", "", ""


def _allowed(one: Parameter) -> str:
    if one.kind == "boolean":
        return "0 or 1"
    if one.kind == "float":
        return f"{_number(one.minimum)} to {_number(one.maximum)} {one.unit}".rstrip()
    return ", ".join(one.choices) or "text"


def _number(bound: float | None) -> str:
    return "" if bound is None else f"{bound:g}"


def _touch_type(one: Parameter) -> str:
    return {"float": "float", "boolean": "integer"}.get(one.kind, "string")


def _is_button(takes: str) -> bool:
    """Whether a command can be given without an argument."""
    return not takes or takes.startswith("[")


def _tab(name: str, widgets: list[dict[str, Any]]) -> dict[str, Any]:
    for place, widget in enumerate(widgets):
        column, row = divmod(place, _ROWS)
        widget["left"] = _GAP_PX + column * (_WIDTH_PX + _GAP_PX)
        widget["top"] = _GAP_PX + row * (_HEIGHT_PX + _GAP_PX)
    return {"type": "tab", "id": f"tab {name}", "label": name, "scroll": True, "widgets": widgets, "tabs": []}


def _widget(one: Parameter) -> dict[str, Any]:
    if one.kind == "boolean":
        return _button(one.path, mode="toggle")
    shared = _placed(one.path)
    if one.kind == "float":
        bounds = {"min": one.minimum or 0.0, "max": 1.0 if one.maximum is None else one.maximum}
        return shared | {"type": "fader", "horizontal": True, "range": bounds, "decimals": _DECIMALS}
    if one.choices:
        choices = [choice for choice in one.choices if not any(mark in choice for mark in _SCRIPT_MARKS)]
        return shared | {"type": "dropdown", "values": choices}
    return shared | {"type": "input"}


def _button(address: str, *, mode: str) -> dict[str, Any]:
    return _placed(address) | {"type": "button", "mode": mode, "on": 1, "off": 0, "typeTags": "i"}


def _placed(address: str) -> dict[str, Any]:
    label = address.split("/", 2)[-1] or address
    return {"id": address, "label": label, "address": address, "width": _WIDTH_PX, "height": _HEIGHT_PX}
