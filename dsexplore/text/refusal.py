"""Refusals in one sentence: where, what was found, what is allowed."""

from __future__ import annotations

from collections.abc import Sequence

from dsexplore.text.plain import in_escapes

_LONGEST = 60
# No name is longer, so a longer one is no mistyped name either.
_LONGEST_NAME = 100


def shown(found: object) -> str:
    """A found value fit for printing: one line, no control characters, not too long."""
    try:
        # Cut first: a file may hold a megabyte of text, or of digits.
        text = repr(found[: 2 * _LONGEST]) if isinstance(found, str) else str(found)
    except ValueError:  # Python writes no integer of more than 4,300 digits; a file may hold one
        return "a number of thousands of digits"
    text = in_escapes(text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


class ScenarioError(ValueError):
    """A refused file, table, key, type or value; nothing was loaded or changed."""

    def __init__(self, where: str, found: str, allowed: str, file: str = "") -> None:
        self.where = where
        self.found = found
        self.allowed = allowed
        self.file = file
        super().__init__(str(self))

    def __str__(self) -> str:
        """One line: `file: where: found …; allowed: …`."""
        parts = [shown_path(self.file), self.where, self.sentence()]
        return ": ".join(part for part in parts if part)

    def in_file(self, file: str) -> ScenarioError:
        """The same refusal with its file, unless it already names one."""
        return ScenarioError(self.where, self.found, self.allowed, self.file or file)

    def sentence(self) -> str:
        """The refusal without its place, for a row of the field itself."""
        return f"found {self.found}; allowed: {self.allowed}"


def shown_path(path: str) -> str:
    """A path fit for printing on one line."""
    return in_escapes(path)


def unknown(kind: str, name: str, known: Sequence[str], where: str = "") -> ScenarioError:
    """The refusal of a name of a kind (field, key) that is none of those known."""
    return ScenarioError(where, f"unknown {kind} {shown(name)}", nearest(name, known))


def nearest(name: str, known: Sequence[str]) -> str:
    """The known names that a mistyped one may have meant, for the end of an error."""
    import difflib  # noqa: PLC0415 - only a mistake pays for it

    is_name = len(name) <= _LONGEST_NAME
    # The beginning of a name is the likeliest mistake of all: b200 for b200-180gb-sxm.
    begun = [each for each in known if name and each.lower().startswith(name.lower())]
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5) if is_name else []
    close = [*dict.fromkeys((*begun, *close))][:3]
    if close:
        return f"{', '.join(close)}, or another of {len(known)} names"
    return f"{', '.join(known[:3])}, … ({len(known)} names)" if len(known) > 3 else ", ".join(known)
