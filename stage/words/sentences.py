"""From a code with its values to a sentence. The fold and its records know codes alone."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from render.plan.frame import Hold
from stage.show.frame.outcome import Finding, Outcome
from stage.values.parameters import Refusal
from stage.words.languages import ENGLISH
from tracking.records import ConfigError, Scalar
from tracking.system_faults import SYSTEM

Sentences = Mapping[str, str]
"""Code to a `str.format` template over the code's values."""
CODES = ("parser", "hint", "stage", "cause", "why")
"""Values that are codes themselves, the innermost first."""


_ALIKE = {"needed": "role"}
"""Values that have the words of others."""


def sentence(code: str, values: Mapping[str, Scalar], sentences: Sentences = ENGLISH) -> str:
    """The sentence for `code`.

    A code that the table lacks, or values that its template does not fit (a take of another version may hold either),
    are shown as they are.
    """
    template = sentences.get(code)
    if template is not None:
        try:
            return template.format_map(_with_words(values, sentences)).rstrip()
        except (LookupError, ValueError, TypeError, AttributeError):
            pass
    return ", ".join([code, *(f"{name} {value}" for name, value in values.items())])


def counted(count: int, one: str) -> str:
    """A number of things: `one` in the plural, but for one of them."""
    return f"{count} {one}" if count == 1 else f"{count} {one}s"


def refusal_line(refusal: Refusal) -> str:
    """Why a request was refused."""
    return sentence(refusal.reason, refusal.values)


def health_lines(findings: Iterable[Finding]) -> tuple[str, ...]:
    """One line for each finding."""
    return tuple(sentence(finding.code, finding.values) for finding in findings)


def refuse_if_refused(outcome: Outcome, set_by_hand: Container[str] = ()) -> None:
    """Raises ConfigError where the program's own settings of a first frame were refused.

    Those paths that are `set_by_hand` are from the option `--set`, which is named.
    """
    for answer in outcome.answers:
        if answer.refusal is not None:
            line = refusal_line(answer.refusal)
            told = line if answer.path in line else f"{answer.path}: {line}"
            raise ConfigError(f"--set: {told}" if answer.path in set_by_hand else told)


def _with_words(values: Mapping[str, Scalar], sentences: Sentences) -> dict[str, Scalar]:
    """The values with a sentence in place of each one that is a code; several codes come parted by commas."""
    worded = {name: _worded(name, value, sentences) for name, value in values.items()}
    for name in CODES:
        if name in values:
            inner = {key: value for key, value in values.items() if key != name}
            codes = str(values[name]).split(",")
            if not all(code in sentences for code in codes):  # a text, with commas of its own
                codes = [str(values[name])]
            worded[name] = sentences["page.then"].join(sentence(code, inner, sentences) for code in codes)
    return worded


def _worded(name: str, value: Scalar, sentences: Sentences) -> Scalar:
    """A switch in words, what the system says, and one of few words such as a role or a unit."""
    if isinstance(value, bool):
        return sentences["page.on" if value else "page.off"]
    if not isinstance(value, str):
        return value
    return sentences.get(value if value.startswith(SYSTEM) else f"page.said.{_ALIKE.get(name, name)}.{value}", value)


def hold_line(holds: Iterable[Hold]) -> str:
    """Why a wall is held, every camera's reason in one line; "" where it is not."""
    return "; ".join(sentence(hold.reason, hold.values) for hold in holds)
