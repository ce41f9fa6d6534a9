"""Preset file: values, sources and notes put into a preset's text, all else left as it is."""

from __future__ import annotations

import json
import re
from pathlib import Path

SOURCE = "Fitted to the measured runs that ship: presets/runs, `python -m tests.fit`"


class PresetFile:
    """The lines of a preset, a table at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.before = path.read_text()
        self.lines = self.before.rstrip("\n").split("\n")

    def put(self, table: str, field: str, value: str) -> None:
        """Put a value into a table, in place of the one that is there."""
        start, end = self._span(table)
        for number in range(start + 1, end):
            if re.match(rf'"?{re.escape(field)}"? = ', self.lines[number]):
                self.lines[number] = f"{field} = {value}"
                return
        last = max(n for n in range(start, end) if self.lines[n].strip())
        self.lines.insert(last + 1, f"{field} = {value}")

    def cite(self, fields: list[str]) -> None:
        """Let the fit be the source of these fields, and no other."""
        start, end = self._span("sources")
        kept = []
        for line in self.lines[start + 1 : end]:
            found = re.fullmatch(r"(\".*\") = (\[.*\])", line)
            if not found:
                kept.append(line)
                continue
            rest = [name for name in json.loads(found[2]) if name not in fields]
            if rest:
                kept.append(f"{found[1]} = {json.dumps(rest)}")
        while kept and not kept[-1].strip():
            kept.pop()
        kept.append(f'"{SOURCE}" = {json.dumps(fields)}')
        kept.append("")
        self.lines[start + 1 : end] = kept

    def save(self) -> bool:
        """Write the file if it has changed; whether it has."""
        text = "\n".join(self.lines).rstrip("\n") + "\n"
        if text == self.before:
            return False
        self.path.write_text(text)
        return True

    def _span(self, table: str) -> tuple[int, int]:
        """First and last line of a table; made at the end if there is none."""
        head = f"[{table}]"
        if head not in self.lines:
            self.lines += ["", head]
        start = self.lines.index(head)
        after = (n for n in range(start + 1, len(self.lines)) if self.lines[n].startswith("["))
        return start, next(after, len(self.lines))
