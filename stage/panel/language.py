"""Which language a browser is answered in: the one that its user chose on the page, else the one that it prefers."""

from __future__ import annotations

from starlette.requests import Request

from stage.words.languages import LANGUAGES

LANGUAGE_COOKIE = "openstage-language"
_MOST_NAMED = 16


def chosen_language(request: Request) -> str | None:
    """The language that was chosen on the page; None where none was."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in LANGUAGES else None


def language_of(request: Request) -> str:
    """The language to answer in; the first that browser and stage have in common (RFC 9110, section 12.5.4)."""
    wanted = [_named(part) for part in request.headers.get("accept-language", "").split(",")[:_MOST_NAMED]]
    known = (name for _, name in sorted(wanted, key=lambda one: -one[0]) if name in LANGUAGES)
    return chosen_language(request) or next(known, "en")


def _named(part: str) -> tuple[float, str]:
    """How much a language is wanted, and its code without the country."""
    name, _, weight = part.strip().partition(";")
    try:
        wanted = float(weight.partition("=")[2] or 1.0)
    except ValueError:
        wanted = 0.0
    return (wanted if wanted == wanted else 0.0), name.strip().lower().partition("-")[0]  # noqa: PLR0124 - NaN
