"""Puts pictures of one width one above the other: `stack_pictures.py OUT IN...` makes the README's picture."""

from __future__ import annotations

import sys

from PIL import Image

GAP_PX = 8


def main() -> None:
    out, *files = sys.argv[1:]
    pictures = [Image.open(file).convert("RGB") for file in files]
    width = max(picture.width for picture in pictures)
    stack = Image.new("RGB", (width, sum(picture.height + GAP_PX for picture in pictures) - GAP_PX), "white")
    top = 0
    for picture in pictures:
        stack.paste(picture, (0, top))
        top += picture.height + GAP_PX
    stack.save(out, quality=88)


if __name__ == "__main__":
    main()
