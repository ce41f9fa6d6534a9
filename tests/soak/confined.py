"""The explorer where it may write nothing but what lies below its working folder."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Audit events of changes, and how many of their first arguments are paths.
_ONE = ("os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod", "os.chown")
_TWO = ("os.rename", "os.link", "os.symlink")
_CHANGES = {**dict.fromkeys(_ONE, 1), **dict.fromkeys(_TWO, 2)}
_HOME = os.path.realpath(Path.cwd())


def _check(event: str, words: tuple[object, ...]) -> None:
    if event == "open":
        flags = words[2]
        changed = words[:1] if isinstance(flags, int) and flags & _WRITES else ()
    else:
        changed = words[: _CHANGES.get(event, 0)]
    for path in changed:
        if isinstance(path, str | bytes) and not _is_allowed(os.fsdecode(path)):
            raise PermissionError(errno.EACCES, "outside the working folder", path)


def _is_allowed(path: str) -> bool:
    return os.path.realpath(path).startswith((_HOME + os.sep, "/dev/"))


if __name__ == "__main__":
    sys.addaudithook(_check)
    from dsexplore.cli import main

    main(sys.argv[1:])
