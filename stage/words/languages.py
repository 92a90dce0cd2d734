"""The languages that people are spoken to in: every sentence and word of each, by code."""

from __future__ import annotations

from collections.abc import Mapping

from stage.words.chinese import CHINESE
from stage.words.chinese_page import PAGE as CHINESE_PAGE
from stage.words.english import ENGLISH
from stage.words.english_page import PAGE as ENGLISH_PAGE

LANGUAGES: Mapping[str, Mapping[str, str]] = {
    "en": {**ENGLISH, **ENGLISH_PAGE},
    "zh": {**ENGLISH, **CHINESE, **CHINESE_PAGE},
}
"""By the code that HTML and browsers have for a language. English is what is spoken where none is named."""
