"""The languages that people are spoken to in: every sentence and word of each, by code."""

from __future__ import annotations

from collections.abc import Mapping

from stage.words.chinese import CHINESE
from stage.words.chinese_board import BOARD as CHINESE_BOARD
from stage.words.chinese_director import DIRECTOR as CHINESE_DIRECTOR
from stage.words.chinese_films import FILMS as CHINESE_FILMS
from stage.words.chinese_help import HELP as CHINESE_HELP
from stage.words.chinese_lists import LISTS as CHINESE_LISTS
from stage.words.chinese_log import LOG as CHINESE_LOG
from stage.words.chinese_page import PAGE as CHINESE_PAGE
from stage.words.english import ENGLISH as SENTENCES
from stage.words.english_board import BOARD as ENGLISH_BOARD
from stage.words.english_director import DIRECTOR as ENGLISH_DIRECTOR
from stage.words.english_films import FILMS as ENGLISH_FILMS
from stage.words.english_lists import LISTS as ENGLISH_LISTS
from stage.words.english_log import LOG as ENGLISH_LOG
from stage.words.english_page import PAGE as ENGLISH_PAGE

ENGLISH: Mapping[str, str] = {
    **SENTENCES,
    **ENGLISH_PAGE,
    **ENGLISH_DIRECTOR,
    **ENGLISH_BOARD,
    **ENGLISH_LOG,
    **ENGLISH_FILMS,
    **ENGLISH_LISTS,
}
"""What is spoken where no language is named."""
LANGUAGES: Mapping[str, Mapping[str, str]] = {
    "en": ENGLISH,
    "zh": {
        **CHINESE,
        **CHINESE_PAGE,
        **CHINESE_DIRECTOR,
        **CHINESE_BOARD,
        **CHINESE_LOG,
        **CHINESE_FILMS,
        **CHINESE_LISTS,
    },
}
"""By the code that HTML and browsers have for a language."""
HELP: Mapping[str, Mapping[str, str]] = {"zh": CHINESE_HELP}
"""What each value is for, by path, in the languages that its declaration is not written in."""
