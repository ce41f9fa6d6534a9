"""YAML, by PyYAML of the extra `yaml`: nothing else here reads it, and nothing is run by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dsexplore.text.refusal import ScenarioError, shown

_WANTED = "a run's settings in YAML"
# PyYAML reads a megabyte in five seconds, and a few anchors can stand for more than a memory holds.
_LONGEST = 1 << 18
_MOST_VALUES = 500_000


def parse_yaml(text: str) -> Mapping[str, object]:
    """The tables of YAML text. Raises ScenarioError, and says how to get PyYAML where it lacks."""
    try:
        import yaml  # noqa: PLC0415 - an extra
    except ImportError:
        how = "pip install 'dsexplore[yaml]', or the run's settings as JSON"
        raise ScenarioError("", "YAML, and no PyYAML to read it", how) from None
    if len(text) > _LONGEST:
        raise ScenarioError("", f"{len(text):,} characters", f"{_WANTED}, at most {_LONGEST:,}")
    try:
        loader = _loader(yaml.SafeLoader)(text)
        node = loader.get_single_node()
        _refuse_unbounded(node)
        found = loader.construct_document(node) if node is not None else None
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ScenarioError(
            "", f"no YAML: {error.problem or error.context}{line}", _WANTED
        ) from None
    except ScenarioError:  # a ValueError too
        raise
    except (yaml.YAMLError, ValueError) as error:
        raise ScenarioError("", f"no YAML ({shown(str(error))})", _WANTED) from None
    except RecursionError:
        raise ScenarioError("", "values nested too deep", _WANTED) from None
    if not isinstance(found, Mapping):
        raise ScenarioError("", "YAML that is no table", _WANTED)
    return {str(key): value for key, value in found.items()}


def _refuse_unbounded(node: Any) -> None:
    """Refuse anchors that together stand for too many values, as one within itself does."""
    left = [node]
    for _ in range(_MOST_VALUES):
        if not left:
            return
        value = left.pop().value if left[-1] is not None else None
        if isinstance(value, list):
            for inner in value:
                left += inner if isinstance(inner, tuple) else [inner]
    raise ScenarioError("", "more values than a run has", f"{_WANTED}, at most {_MOST_VALUES:,}")


def _loader(safe: type) -> Any:
    """The safe loader, which takes tags of Python's objects for mere tables and words."""
    loader: type = type("Loader", (safe,), {})

    def plain(made: object, _suffix: str, node: object) -> object:
        kind = type(node).__name__
        if kind == "MappingNode":
            return made.construct_mapping(node, deep=True)  # type: ignore[attr-defined]  # a loader
        if kind == "SequenceNode":
            return made.construct_sequence(node, deep=True)  # type: ignore[attr-defined]  # a loader
        return made.construct_scalar(node)  # type: ignore[attr-defined]  # a loader

    loader.add_multi_constructor("tag:yaml.org,2002:python/", plain)  # type: ignore[attr-defined]  # a loader
    loader.add_multi_constructor("!", plain)  # type: ignore[attr-defined]  # a loader
    return loader
