"""The English words of the page, by key: `str.format` templates over the values that come with them.

A key begins with `page.`; what follows says where the words stand.
"""

from __future__ import annotations

PAGE = {
    "page.language": "English",
    "page.then": ", then ",
    "page.on": "on",
    "page.off": "off",
    "page.director": "Director",
    "page.operator": "Operator",
    "page.viewer": "Viewer",
    "page.admin": "Administrator",
    "page.live": "Live",
    "page.stale": "Nothing heard for {seconds:.0f} s",
    "page.offline": "Not connected",
    "page.undo": "Undo",
    "page.go": "GO",
    "page.back": "Back",
    "page.hold": "Hold",
    "page.resume": "Resume",
    "page.freeze": "Freeze",
    "page.black": "Black",
    "page.longer": "Longer",
    "page.close": "Close",
}
