"""The Chinese sentences (Simplified), by code: as in `english`, which says what a template and its values are."""

from __future__ import annotations

CHINESE: dict[str, str] = {}
