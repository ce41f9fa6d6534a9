"""SVG: the few shapes of a plot, as text that any browser, office suite or converter reads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from dsexplore.text.plain import Printable, clean

# Strokes of lines, and marks of points, by the place of a series.
DASHES = ("", "8 4", "2 3", "10 3 2 3", "4 4", "14 5")
_MARKS = ("circle", "square", "triangle", "diamond", "cross", "plus")
# Fills of bars, told apart without colour: the name of a pattern, or a shade.
FILLS = ("#444", "url(#lean)", "#ccc", "url(#cross)", "url(#flat)", "url(#dots)", "#fff", "#888")
_PATTERNS = (
    ("lean", '<path d="M0 8 8 0" stroke="#000" stroke-width="1.2"/>'),
    ("cross", '<path d="M0 8 8 0M0 0 8 8" stroke="#000" stroke-width="0.8"/>'),
    ("flat", '<path d="M0 4H8" stroke="#000" stroke-width="1.2"/>'),
    ("dots", '<circle cx="4" cy="4" r="1.4"/>'),
)

Point = tuple[float, float]


class Drawing:
    """Shapes on a white page of so many pixels."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._shapes: list[str] = []

    def line(self, points: Sequence[Point], dash: str = "", width: float = 1.5) -> None:
        """A line through some points."""
        at = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._shapes.append(
            f'<polyline points="{at}" fill="none" stroke="#000" stroke-width="{width}"{dashed}/>'
        )

    def band(self, points: Sequence[Point]) -> None:
        """A light area within some points."""
        at = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._shapes.append(f'<polygon points="{at}" fill="#000" fill-opacity="0.1"/>')

    def box(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        """A rectangle from its upper left corner."""
        size = f'width="{max(width, 0):.1f}" height="{max(height, 0):.1f}"'
        self._shapes.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" {size} fill="{fill}" stroke="#000" stroke-width="0.7"/>'
        )

    def shade(self, x: float, y: float, width: float, height: float, share: float) -> None:
        """A rectangle from white at 0 to nearly black at 1; crossed out where it is nan."""
        size = f'width="{width:.2f}" height="{height:.2f}"'
        grey = (
            "url(#cross)"
            if math.isnan(share)
            else f"#{round(247 - 217 * share):02x}" + 2 * f"{round(247 - 217 * share):02x}"
        )
        self._shapes.append(f'<rect x="{x:.2f}" y="{y:.2f}" {size} fill="{grey}"/>')

    def mark(self, at: Point, place: int) -> None:
        """The mark of a series' point."""
        x, y = at
        kind = _MARKS[place % len(_MARKS)]
        paths = {
            "square": f"M{x - 3:.1f} {y - 3:.1f}h6v6h-6z",
            "triangle": f"M{x:.1f} {y - 4:.1f}l4 7h-8z",
            "diamond": f"M{x:.1f} {y - 4.5:.1f}l4.5 4.5-4.5 4.5-4.5-4.5z",
            "cross": f"M{x - 3.5:.1f} {y - 3.5:.1f}l7 7m0-7l-7 7",
            "plus": f"M{x - 4:.1f} {y:.1f}h8m-4-4v8",
        }
        if kind == "circle":
            self._shapes.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/>')
        else:
            self._shapes.append(f'<path d="{paths[kind]}" stroke="#000" fill="#fff"/>')

    def text(self, at: Point, words: str, *, size: int = 13, anchor: str = "start") -> None:
        """Words, with the anchor of their line at a point."""
        x, y = at
        self._shapes.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor={quoteattr(anchor)}>'
            f"{escape(clean(words))}</text>"
        )

    def letters(self, at: Point, words: str, width: float, *, is_bold: bool = False) -> None:
        """Words in letters of one width, which take so many pixels from a point."""
        x, y = at
        weight = ' font-weight="bold"' if is_bold else ""
        self._shapes.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" font-family="monospace"{weight}'
            f' textLength="{width:.1f}" lengthAdjust="spacingAndGlyphs">'
            f"{escape(clean(words))}</text>"
        )

    def dot(self, at: Point) -> None:
        """A small dot."""
        self._shapes.append(f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="1.5"/>')

    def svg(self, title: str) -> Printable:
        """The whole file; the title is read out by a screen reader."""
        patterns = "".join(
            f'<pattern id="{name}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<rect width="8" height="8" fill="#fff"/>{shapes}</pattern>'
            for name, shapes in _PATTERNS
        )
        size = f'width="{self.width}" height="{self.height}"'
        box = f'viewBox="0 0 {self.width} {self.height}"'
        return Printable(
            "\n".join(
                [
                    f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box}'
                    ' font-family="sans-serif" role="img">',
                    f"<title>{escape(clean(title))}</title>",
                    f"<defs>{patterns}</defs>",
                    '<rect width="100%" height="100%" fill="#fff"/>',
                    *self._shapes,
                    "</svg>\n",
                ]
            )
        )


def together(pictures: Sequence[Printable]) -> Printable:
    """Several pictures in one file, one below another."""
    if len(pictures) == 1:
        return pictures[0]
    width, heights = _size(pictures[0], "width"), [_size(each, "height") for each in pictures]
    found = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{sum(heights)}">']
    for place, each in enumerate(pictures):
        # A picture within another stands at its own height.
        found.append(each.replace("<svg ", f'<svg y="{sum(heights[:place])}" ', 1).rstrip())
    return Printable("\n".join([*found, "</svg>\n"]))


def _size(picture: str, edge: str) -> int:
    """The pixels of an edge of a picture."""
    return int(picture.split(f'{edge}="', 1)[1].split('"', 1)[0])
