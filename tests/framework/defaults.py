"""The defaults of transformers' configuration classes, as the file that ships with the importer."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import dsexplore.library.config_json as importer

FOLDER = Path(importer.__file__).parent
FILE = FOLDER / "class_defaults.json"


def write_defaults() -> None:
    """Write the defaults of every importable type, of the keys that the adapters read."""
    from transformers import __version__
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    read = names_in_adapters()
    classes: dict[str, Any] = {}
    text_parts: dict[str, str] = {}
    for name in sorted(CONFIG_MAPPING.keys()):
        try:
            made = CONFIG_MAPPING[name]
        except (ImportError, AttributeError):
            continue
        text = getattr(made, "sub_configs", {}).get("text_config")
        if text is not None:
            inner = getattr(text, "model_type", "") or _type_within(made)
            if inner in importer.FAMILIES:
                text_parts[name] = inner
        if name in importer.FAMILIES:
            classes[name] = _class_of(made, read)
    document = {"transformers": __version__, "text_parts": text_parts, "classes": classes}
    FILE.write_text(_compact(document), encoding="utf-8")


def _type_within(made: Any) -> str:
    try:
        return str(made().get_text_config().model_type)
    except Exception:
        return ""


def _class_of(made: Any, read: set[str]) -> dict[str, Any]:
    names = {alias: key for alias, key in (made.attribute_map or {}).items() if key in read}
    defaults = {}
    for field in dataclasses.fields(made):
        key = names.get(field.name, field.name)
        value = _default(field)
        if key in read and _is_plain(value) and not key.endswith("_config"):
            defaults[key] = value
    return {"names": names, "defaults": defaults}


def _default(field: dataclasses.Field[Any]) -> object:
    if field.default is not dataclasses.MISSING:
        return field.default
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return dataclasses.MISSING


def _is_plain(value: object) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_plain(one) for one in value)
    return value is None or isinstance(value, bool | int | str | float)


def names_in_adapters() -> set[str]:
    """Every word in quotes in the importer's modules: a key is read only by its name."""
    # Of unknown.py, keys that say nothing of a shape.
    files = (path for path in FOLDER.glob("*.py") if path.stem != "unknown")
    modules = (path.read_text(encoding="utf-8") for path in files)
    return {word for text in modules for word in re.findall(r'"([A-Za-z_]\w*)"', text)}


def _compact(document: dict[str, Any]) -> str:
    """JSON with a line for each class."""
    classes = ",\n".join(
        f"  {json.dumps(name)}: {json.dumps(about)}" for name, about in document["classes"].items()
    )
    parts = json.dumps(document["text_parts"])
    version = json.dumps(document["transformers"])
    head = f'{{\n "transformers": {version},\n "text_parts": {parts},\n "classes": {{\n'
    return f"{head}{classes}\n }}\n}}\n"
