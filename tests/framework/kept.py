"""A published configuration, kept with its count: one more for the suite and docs/published.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dsexplore.library.config_json.unknown import of_shape
from tests.framework.models import made
from tests.library.config_json.test_published import FILE, PUBLISHED, total_of

# A list as long as the layers is kept as what it repeats, where that is no longer than this.
_LONGEST_PERIOD = 6


def keep(config: Path, model: str, figure: str, of: str, total: int | None) -> str:
    """Add a configuration with what the framework, or `total`, and its maker count.

    Returns what the import and the framework count. Raises ScenarioError for a type that does not
    import, KeyError for one that the framework does not have and no total is given for.
    """
    stated = json.loads(config.read_text(encoding="utf-8"))
    if total is None:
        changes = {key: value for key, value in stated.items() if key not in _NOT_OF_A_CLASS}
        _, total = made(stated["model_type"], changes)
    entry = {
        "models": [model],
        "shipped": False,
        "total": total,
        "published": [figure, of],
        "config": short(stated),
    }
    found = total_of(entry)
    lines = [json.dumps(each) for each in (*PUBLISHED, entry)]
    FILE.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    return f"{model}: {found:,.0f} as imported, {total:,} as counted, {figure} by its maker"


_NOT_OF_A_CLASS = frozenset({"architectures", "auto_map", "model_type", "quantization_config"})
_STATED = frozenset({"model_type", "max_position_embeddings"})


def short(value: Any) -> Any:
    """The keys of a configuration that may decide a shape; a list that repeats is written once."""
    if isinstance(value, dict):
        keys = {*of_shape(value), *(_STATED & value.keys())}
        return {key: short(each) for key, each in value.items() if key in keys}
    if isinstance(value, list) and len(value) > _LONGEST_PERIOD:
        for period in range(1, _LONGEST_PERIOD + 1):
            if all(each == value[place % period] for place, each in enumerate(value)):
                return {"repeat": value[:period], "entries": len(value)}
    return value
