"""The shape of a file of ours: its tables, and the words about fields beside them."""

from __future__ import annotations

from typing import Any

from dsexplore.scenario.fields import PANELS, known_field
from dsexplore.scenario.measured_run import MEASURED_RUN
from dsexplore.scenario.reading import LONGEST_WORDS
from dsexplore.text.refusal import ScenarioError, shown, unknown

# Words about single fields beside their values; overriding a field drops them.
ABOUT = ("sources", "notes", "unverified")

_TOP_LEVEL = (
    "schema",
    "title",
    "description",
    "written_for",
    "uncertainty",
    "correlations",
    MEASURED_RUN,
    *ABOUT,
    "quantities",
)

_NO_TABLES = ("schema", "title", "description", "unverified")

_WORDS = ("title", "description")

# A field has one source, or a few.
_MOST_SOURCES = 50


def check_shape(raw: dict[str, Any]) -> None:
    """Refuse a file whose tables cannot be merged. Raises ScenarioError."""
    if "schema" not in raw:
        raise ScenarioError("schema", "nothing", "schema = 1 as the first line")
    if type(raw["schema"]) is not int or raw["schema"] != 1:
        raise ScenarioError("schema", shown(raw["schema"]), "1")
    for key, value in raw.items():
        if key not in PANELS and key not in _TOP_LEVEL:
            known = [*PANELS, *_TOP_LEVEL]
            raise unknown("table or key", key, known)
        if key not in _NO_TABLES and not isinstance(value, dict):
            raise ScenarioError(key, shown(value), f"a table, [{key}]")


def check_words(raw: dict[str, Any]) -> None:
    """Refuse titles, descriptions and notes that are no words of a bearable length.

    For files that become no scenario of their own. Raises ScenarioError.
    """
    for key in _WORDS:
        _check_text(raw.get(key, ""), key)
    for field, note in raw.get("notes", {}).items():
        _check_text(note, f"notes.{known_field(field, 'notes').name}")


def sources_by_field(raw: dict[str, Any]) -> dict[str, str]:
    """`[sources]` by field: a citation names fields, or a table for all its stated fields."""
    sources: dict[str, list[str]] = {}
    for citation, names in raw.get("sources", {}).items():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ScenarioError(
                f"sources.{shown(citation)}", shown(names), "a list of field or table names"
            )
        for name in names:
            if name in PANELS:
                stated = [key for key in raw.get(name, {}) if key != "preset"]
            else:
                stated = [known_field(name, "sources").name]
            for field in stated:
                cited = sources.setdefault(field, [])
                cited.append(citation)
                if len(cited) > _MOST_SOURCES:
                    found = f"more than {_MOST_SOURCES} for {shown(field)}"
                    raise ScenarioError("sources", found, f"at most {_MOST_SOURCES} per field")
    return {field: "; ".join(cited) for field, cited in sources.items()}


def unverified_names(raw: dict[str, Any]) -> dict[str, bool]:
    """The names of `unverified` as keys, so they merge like the rest."""
    names = raw.get("unverified", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ScenarioError("unverified", shown(names), "a list of field names")
    return dict.fromkeys(names, True)


def _check_text(found: object, where: str) -> None:
    if not isinstance(found, str):
        raise ScenarioError(where, shown(found), "text in quotes")
    if len(found) > LONGEST_WORDS:
        raise ScenarioError(where, f"{len(found):,} characters", f"at most {LONGEST_WORDS:,}")
