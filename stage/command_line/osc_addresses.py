"""`stage control describe --osc`: the addresses of OSC, as a list or as a layout for a program."""

from __future__ import annotations

import csv
import importlib
import json
import sys
from typing import Any, Literal

from stage.command_line.connected import print_out
from stage.control.tables import plain_table

OscForm = Literal["list", "layout", "touchosc"]


def print_osc(parameters: list[dict[str, Any]], form: OscForm, title: str, *, as_json: bool) -> None:
    """Prints the addresses of the parameters that a stage has described, and of the commands."""
    # Loaded for this alone: it brings the fold's commands with it, which no other command needs.
    layouts = importlib.import_module("stage.osc.layouts")
    declared = importlib.import_module("stage.osc.follower").parameters_of(parameters)
    if form == "layout":
        print(json.dumps(layouts.open_stage_control(declared, title), indent=1))
    elif form == "touchosc":
        csv.writer(sys.stdout, lineterminator="\n").writerows(layouts.touchosc_list(declared))
    elif as_json:
        names = ("address", "types", "takes", "help")
        print_out([dict(zip(names, row, strict=True)) for row in layouts.address_rows(declared)])
    else:
        table = plain_table(*("address", "types", "values", "help"))
        for row in layouts.address_rows(declared):
            table.add_row(*row)
        print_out(table)
