"""The English words of adding and placing pictures, by key: as in `english_page`."""

from __future__ import annotations

PLACING = {
    "page.add_picture": "Add a picture",
    "page.sending": "Sending {share:.0%}",
    "page.reading_picture": "Being read",
    "page.not_sent": "The file did not arrive: the connection ended. Send it again",
    "page.picture_added": "{world} is in the library",
    "page.place": "Place",
    "page.place_of": "Place {world}",
    "page.place_by_touch": "On air: drag it on the wall",
    "page.not_on_air": "Not on air",
    "page.no_picture_here": "This world has no picture to place.",
    "page.picture": "Picture",
    "page.eye_height": "Eye height",
    "page.put_on_air": "Put on air",
    "page.dissolve_in": "Dissolve, {time}",
    "page.fix": "Fix ({count})",
    "page.nothing_to_fix": "Nothing to fix",
    "page.flip": "Flip",
    "page.place_in_numbers": "Place in numbers",
    "page.guide_refused": "No guide on the wall while a take records",
}
