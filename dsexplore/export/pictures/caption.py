"""What every picture says of itself: its title, the scenario's name, and its numbers' source."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field

from dsexplore.export.pictures.svg import Drawing
from dsexplore.text.plain import Printable

# Pixels of a plot, and pixels that a character of the source takes.
WIDTH = 960
_CHARACTER = 6.4


@dataclass(frozen=True, slots=True)
class Caption:
    """What a picture is of: its title, the scenario's name, and where its numbers are from."""

    title: str
    scenario: str
    source: str


@dataclass(slots=True)
class Captioned:
    """A drawing with its caption: the title above, the source below so many pixels."""

    caption: Caption
    height: int
    width: int = WIDTH
    drawing: Drawing = field(init=False)

    def __post_init__(self) -> None:
        lines = textwrap.wrap(self.caption.source, int(self.width / _CHARACTER))
        self.drawing = Drawing(self.width, self.height + 18 * len(lines) + 10)
        self.drawing.text((24, 30), self.caption.title, size=18)
        self.drawing.text((24, 52), self.caption.scenario, size=13)
        for place, line in enumerate(lines):
            self.drawing.text((24, self.height + 18 * place + 6), line, size=11)

    def svg(self) -> Printable:
        """The whole file."""
        return self.drawing.svg(f"{self.caption.title}: {self.caption.scenario}")
