"""A field's spec: type, unit, range, choices and help, as every other part of the program reads it.

What is typed or stated is read by it, or refused. `declare.py` is how a panel declares a field.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from dsexplore.scenario import layer_pattern
from dsexplore.scenario.layers_per_stage import BALANCED, EXAMPLE, as_text
from dsexplore.text.format import format_exact, format_value
from dsexplore.text.quantities import UnitError, is_count_noun, parse_quantity, plural
from dsexplore.text.refusal import ScenarioError, shown

# stages: layers per stage of a pipeline, a list in one spelling; layers: kinds of layer in order.
Kind = Literal["integer", "number", "boolean", "choice", "name", "stages", "layers"]

# Kinds whose values are lists, written as one text.
LISTS = ("stages", "layers")

Value = int | float | bool | str | None

Nudge = Literal["one", "power of two", "two digits", "step"]

# What a field is to the run whose GPU-hours were measured. premise: they hold under its value
# alone; detail: a fact about one premise, such as an accelerator's peak, and a convention while
# that premise is as in the run; extent: hours grow with it; hours, rate of hours, later hours: the
# measured hours themselves, of the whole run, per extent, or of a later stage; RL hours, RL size:
# those of RL, and what they grow with; SFT hours, SFT size: those of fine-tuning; convention: a
# way of counting them, or nothing to do with them.
Role = Literal[
    "premise",
    "detail",
    "extent",
    "hours",
    "rate of hours",
    "later hours",
    "RL hours",
    "RL size",
    "SFT hours",
    "SFT size",
    "convention",
]

UNKNOWN = "unknown"


class _AboveZero(tuple[Value, ...]):
    """Any number above 0, among the words under which a field applies."""

    __slots__ = ()

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int | float) and value > 0


ABOVE_ZERO = _AboveZero(("above 0",))

LARGEST = 1e40

_TELLING = 100
# Of what is counted: so many that each of them is a value one may choose.
_FEW = 10
# Digits of a number that a reader takes in.
_DIGITS = 5

_NAME = re.compile(r"[\w.+-][\w .+-]{0,59}")


# Not frozen, though nothing changes one: a start makes hundreds, and that is six times slower.
@dataclass(slots=True, eq=False)
class FieldSpec:
    """One field, as read by every other part of the program."""

    name: str
    table: str
    label: str
    help: str
    kind: Kind
    unit: str
    section: str
    minimum: float | None
    above: float | None
    maximum: float | None
    choices: tuple[str, ...]
    may_be_unknown: bool
    nudge: Nudge
    step: float
    applies: tuple[str, tuple[Value, ...]] | None
    # The field whose change brings a change of this one along: an accelerator its data sheet.
    comes_with: str = ""
    # Whether it stays as it is where its panel is taken from a preset that does not state it.
    stays: bool = False
    # The smallest value beside none at all; 0 where none is allowed, or nothing lies between.
    least: float = 0
    # Of a name: the kind of presets that it stands for; a preset's name brings its figures along.
    picks: str = ""
    role: Role = "convention"
    # Of a detail: the field it is a fact about, or the table whose premises it is about.
    detail_of: str = ""
    # What it is where nobody states it, or how that follows from the fields before it.
    default: Value = None
    default_from: Callable[[Mapping[str, Value]], Value] | None = None
    # Of a default that nobody published: what it was taken from.
    assumed: str = ""
    # A second choice that must use it, as `applies` is the first.
    also_applies: tuple[str, tuple[Value, ...]] | None = None

    @property
    def path(self) -> str:
        """Table and key, as in an error."""
        return f"{self.table}.{self.name}"

    @property
    def is_numeric(self) -> bool:
        """Whether arithmetic and distributions make sense for it."""
        return self.kind in ("integer", "number")

    def applies_where(self, value_of: Callable[[str], object]) -> bool:
        """Whether the choices in force use the field; `value_of` gives a field's value by name."""
        return self.ruled_out_by(value_of) is None

    def ruled_out_by(
        self, value_of: Callable[[str], object]
    ) -> tuple[str, tuple[Value, ...]] | None:
        """The choice that makes no use of it, and the words under which it applies; None: it does.

        `value_of` gives a field's value by name.
        """
        for choice in (self.applies, self.also_applies):
            if choice is not None and value_of(choice[0]) not in choice[1]:
                return choice
        return None

    def contains(self, number: float) -> bool:
        """Whether a number lies in the range."""
        return (
            (self.minimum is None or number >= self.minimum)
            and (self.above is None or number > self.above)
            and (self.maximum is None or number <= self.maximum)
            and not self._is_too_little(number)
        )

    def _is_too_little(self, number: float) -> bool:
        """Whether it is more than none, and less than there is of it in the world."""
        return 0 < number < self.least

    def range_hint(self) -> str:
        """The range or choices in a few characters, for the screen."""
        words = {
            "boolean": "yes, no",
            "choice": ", ".join(self.choices),
            "name": "Enter: a list" if self.picks else "a name",
            "stages": f"{BALANCED}, or a list",
            "layers": f"{layer_pattern.UNIFORM}, or a pattern",
        }
        if self.kind in words:
            return words[self.kind]
        # A bound that only keeps out nonsense is no hint.
        is_open = bool(self.minimum) and not 1 <= (self.minimum or 0) <= _TELLING
        lowest = self._text(0) if is_open else self._lowest()
        if self.maximum is not None and self.maximum <= _TELLING:
            return f"{lowest} … {self._text(self.maximum)}"
        return f"{'>' if is_open else '≥'} {lowest}"

    @property
    def has_two_ends(self) -> bool:
        """Whether its hint names all there is: words, a few whole numbers, or 0 to 1.

        Any other upper end only keeps out nonsense, and a percentage's goes without saying.
        """
        if not self.is_numeric or self.maximum is None:
            return not self.is_numeric
        return (
            self.maximum <= _FEW if self.kind == "integer" else self.maximum <= 1 and not self.unit
        )

    def allowed(self) -> str:
        """The allowed values, as the second half of a refusal."""
        words = {
            "boolean": "true or false",
            "choice": ", ".join(self.choices),
            "name": "a short name of letters, digits, '.', '-' and '_'",
            "stages": f"{BALANCED}, or the layers of each stage, such as {EXAMPLE}",
            "layers": layer_pattern.ALLOWED,
        }
        if self.kind in words:
            return words[self.kind]
        noun = "a whole number" if self.kind == "integer" else "a number"
        if self.unit == "fraction":
            noun = "a share"
        elif self.unit:
            noun += f" of {plural(self.unit)}" if is_count_noun(self.unit) else f" in {self.unit}"
        low = f"from {self._text(self.least) if self.least else self._lowest()}"
        high = f" to {self._text(self.maximum)}" if self.maximum is not None else " on"
        none = "0, or " if self.least else ""
        unknown = f', or "{UNKNOWN}"' if self.may_be_unknown else ""
        return f"{none}{noun} {low}{high}{unknown}"

    def accept(self, raw: object) -> Value:
        """The value meant by a raw one, if the field can hold it. Raises ScenarioError."""
        value = self.read(raw)
        if isinstance(value, str):
            fits = self.kind != "name" or bool(_NAME.fullmatch(value))
        else:
            fits = value is None or not self.is_numeric or self.contains(value)
        if not fits:
            raise self.refuse(shown(value))
        return value

    def default_among(self, others: Mapping[str, Value]) -> Value:
        """What it is where nobody states it, beside the values of the fields before it."""
        return self.default_from(others) if self.default_from else self.default

    def read(self, raw: object) -> Value:
        """The typed value meant by a raw one from TOML, `--set` or a row.

        Text is read with its units. Raises ScenarioError; `accept` asks for the range as well.
        """
        if self.kind == "boolean":
            return self._read_boolean(raw)
        if self.kind in ("choice", "name"):
            return self._read_word(raw)
        if self.kind in LISTS:
            return self._read_list(raw)
        if raw is None or (isinstance(raw, str) and raw.strip().lower() == UNKNOWN):
            if self.may_be_unknown:
                return None
            raise self.refuse(UNKNOWN)
        if isinstance(raw, bool) or not isinstance(raw, int | float | str):
            raise self.refuse(shown(raw))
        number = self._parse(raw) if isinstance(raw, str) else raw
        return self._as_kind(number, raw)

    def refuse(self, found: str) -> ScenarioError:
        """The refusal of `found` (already fit to print) in this field."""
        return ScenarioError(self.path, found, self.allowed())

    def _read_boolean(self, raw: object) -> bool:
        if isinstance(raw, bool):
            return raw
        words = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
        if isinstance(raw, str) and raw.strip().lower() in words:
            return words[raw.strip().lower()]
        raise self.refuse(shown(raw))

    def _read_word(self, raw: object) -> str:
        if isinstance(raw, str) and not isinstance(raw, bool):
            word = raw.strip()
            if self.kind == "choice" and word.lower() in self.choices:
                return word.lower()
            if self.kind == "name":
                return word
        raise self.refuse(shown(raw))

    def _read_list(self, raw: object) -> str:
        text = as_text(raw) if self.kind == "stages" else layer_pattern.as_pattern(raw)
        if text is None:
            raise self.refuse(shown(raw))
        return text

    def _parse(self, text: str) -> int | float:
        try:
            return parse_quantity(text, self.unit)
        except UnitError as error:
            reason = str(error).partition(" (for example")[0]
            # For no number at all, the allowed values say enough.
            hint = "" if " is not a" in reason else f" ({reason})"
            raise ScenarioError(self.path, shown(text), f"{self.allowed()}{hint}") from None

    def _as_kind(self, number: float, raw: object) -> int | float:
        if isinstance(number, float) and not math.isfinite(number):
            raise self.refuse(shown(raw))
        if abs(number) > LARGEST:
            raise self.refuse(f"{shown(raw)}, larger than anything in the world")
        if self._is_too_little(number):
            raise self.refuse(shown(raw))
        if self.kind == "number":
            return float(number)
        if number != int(number):
            raise self.refuse(shown(raw))
        return int(number)

    def _lowest(self) -> str:
        if self.above is not None:
            return self._text(self.above + 1)
        return self._text(self.minimum or 0)

    def _text(self, bound: float | None) -> str:
        if bound is None:
            return ""
        return (format_exact if bound % 1 else format_value)(bound, self.unit)


def shown_text(spec: FieldSpec, value: Value, unlike: str = "") -> str:
    """A field's value for reading: of a long number, the digits that say something.

    Whole numbers keep theirs. A number that would then read like another one, `unlike` which it is
    to be told from, keeps them all.
    """
    exact = value_text(spec, value)
    if spec.kind != "number" or value is None or isinstance(value, bool | str):
        return exact
    digits = "".join(filter(str.isdigit, exact.partition("e")[0])).strip("0")
    text = format_value(value, spec.unit) if len(digits) > _DIGITS else exact
    return exact if text == unlike else text


def value_text(spec: FieldSpec, value: Value) -> str:
    """A field's value as a person would type it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return format_exact(value, spec.unit)
    return "unknown" if value is None else value
