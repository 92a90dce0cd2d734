"""The link by which a tablet is paired, as a QR code: for pages, and for terminals."""

from __future__ import annotations

import io

import segno

from stage.control.keys.tablets import TabletRole

_CORRECTION = "m"
"""A screen at an angle, behind a scratched glass: 15 % of the code may be unreadable (ISO/IEC 18004)."""


def pairing_link(page_url: str, digits: str) -> str:
    """The address that opens the pairing page with a code filled in.

    What follows # never leaves the browser: no server, no log and no other page learns of it.
    """
    return f"{page_url}/pair#{digits}"


def qr_svg(link: str) -> str:
    """The link as an SVG picture, dark on transparent: it wants a light ground."""
    drawn = io.BytesIO()
    segno.make_qr(link, error=_CORRECTION).save(drawn, kind="svg", xmldecl=False, nl=False, omitsize=True, border=2)
    return drawn.getvalue().decode()


def qr_text(link: str) -> str:
    """The link as lines of block characters for a terminal with light letters on a dark ground."""
    lines = io.StringIO()
    segno.make_qr(link, error=_CORRECTION).terminal(lines, border=2, compact=True)
    return lines.getvalue().rstrip("\n")


def invitation(page_url: str, digits: str, role: TabletRole, lasts_s: float) -> str:
    """The lines that a terminal shows: the QR code, and what to type where no camera is at hand."""
    link = pairing_link(page_url, digits)
    return (
        f"{qr_text(link)}\n"
        f"pair a tablet as {role}: scan this, or open {page_url}/pair and type {digits[:4]} {digits[4:]}\n"
        f"it holds for one tablet and {lasts_s / 60.0:.0f} minutes; `stage control pair` makes another"
    )
