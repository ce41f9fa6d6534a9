"""Names that presets had before: files and habits that use them open what they are called today."""

from __future__ import annotations

# By kind and older name.
TODAY: dict[str, dict[str, str]] = {"scenarios": {"deepseek-r1-disclosed": "deepseek-r1"}}
