"""What all readers of fixtures' files share: how a fault is told, and what is assumed where a file is silent."""

MOST_PLACES = 1 << 14
"""Channels of all modes, each as often as it is there: 32 universes of them."""
USUAL_LUMINANCE = {
    "red": 0.25,
    "green": 0.62,
    "blue": 0.07,
    "amber": 0.3,
    "yellow": 0.5,
    "lime": 0.8,
    "cyan": 0.45,
    "indigo": 0.03,
    "magenta": 0.2,
    "uv": 0.01,
}
"""What LEDs of a colour usually give beside a white one, where a file does not say."""


class FixtureError(ValueError):
    """A fixture's file cannot be used. As text: `place: what was found, what was expected`."""

    def __init__(self, place: str, text: str) -> None:
        super().__init__(f"{place}: {text}" if place else text)
        self.place = place
        self.text = text
