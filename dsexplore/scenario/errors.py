"""What is refused, in one sentence: where, what was found, what is allowed."""

from __future__ import annotations

_LONGEST = 60


def shown(found: object) -> str:
    """A found value as it may be printed: one line, no control characters, not too long."""
    text = repr(found) if isinstance(found, str) else str(found)
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


class ScenarioError(ValueError):
    """A file, table, key, type or value that is refused; nothing was loaded or changed."""

    def __init__(self, where: str, found: str, allowed: str, file: str = "") -> None:
        self.where = where
        self.found = found
        self.allowed = allowed
        self.file = file
        super().__init__(str(self))

    def __str__(self) -> str:
        """One line: `file: where: found …; allowed: …`."""
        places = [shown_path(self.file)] if self.file else []
        places += [self.where] if self.where else []
        return f"{': '.join(places)}: found {self.found}; allowed: {self.allowed}"

    def in_file(self, file: str) -> ScenarioError:
        """The same refusal with the file it was met in, unless it already names one."""
        return ScenarioError(self.where, self.found, self.allowed, self.file or file)

    def sentence(self) -> str:
        """Without the place, for a row that is itself the place."""
        return f"found {self.found}; allowed: {self.allowed}"


def shown_path(path: str) -> str:
    """A path as it may be printed on one line."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in path)
