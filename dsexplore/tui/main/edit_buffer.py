"""A line of text being typed: its cursor, its selection and its editing keys."""

from __future__ import annotations

from dataclasses import dataclass

# Characters of a text.
LONGEST = 200


@dataclass
class EditBuffer:
    """Text with a cursor and the other end of a selection; equal ends select nothing."""

    text: str
    cursor: int = 0
    anchor: int = 0

    @classmethod
    def over(cls, text: str) -> EditBuffer:
        """All of a text, selected: the next character replaces it."""
        return cls(text, len(text), 0)

    @property
    def selection(self) -> tuple[int, int]:
        """The selected range, in order."""
        return min(self.cursor, self.anchor), max(self.cursor, self.anchor)

    def insert(self, text: str) -> bool:
        """Replace the selection by printable text; returns whether all of that has room."""
        start, end = self.selection
        printable = "".join(c for c in text if c.isprintable())
        added = printable[: max(0, LONGEST - len(self.text) + end - start)]
        self.text = self.text[:start] + added + self.text[end:]
        self._to(start + len(added))
        return added == printable

    def press(self, key: str) -> bool:
        """Follow an editing key; returns whether it was one."""
        keep = key.startswith("shift+")
        motion = self._motion(key.removeprefix("shift+"), collapse=not keep)
        if motion is not None:
            self._to(motion, select=keep)
            return True
        match key:
            case "backspace":
                self._delete(-1)
            case "delete" | "ctrl+d":
                self._delete(1)
            case "ctrl+u":
                self._cut(0, self.cursor)
            case "ctrl+k":
                self._cut(self.cursor, len(self.text))
            case "ctrl+w" | "alt+backspace":
                self._cut(self._word_start(), self.cursor)
            case "ctrl+shift+a":
                self.cursor, self.anchor = len(self.text), 0
            case _:
                return False
        return True

    def _motion(self, key: str, *, collapse: bool) -> int | None:
        start, end = self.selection
        leave_selection = collapse and start != end
        length = len(self.text)
        targets = {
            "left": start if leave_selection else max(0, self.cursor - 1),
            "right": end if leave_selection else min(length, self.cursor + 1),
            "home": 0,
            "ctrl+a": 0,
            "end": length,
            "ctrl+e": length,
            "ctrl+left": self._word_start(),
            "ctrl+right": self._word_end(),
        }
        return targets.get(key)

    def _to(self, position: int, *, select: bool = False) -> None:
        self.cursor = position
        if not select:
            self.anchor = position

    def _delete(self, direction: int) -> None:
        start, end = self.selection
        if start == end:
            start, end = sorted((self.cursor, self.cursor + direction))
        self._cut(max(0, start), min(len(self.text), end))

    def _cut(self, start: int, end: int) -> None:
        self.text = self.text[:start] + self.text[end:]
        self._to(start)

    def _word_start(self) -> int:
        before = self.text[: self.cursor].rstrip()
        return before.rfind(" ") + 1

    def _word_end(self) -> int:
        after = self.text.find(" ", self.cursor + 1)
        return len(self.text) if after < 0 else after
