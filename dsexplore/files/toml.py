"""TOML files: read within bounds, written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import tempfile
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from dsexplore.text.format import format_value
from dsexplore.text.refusal import ScenarioError, shown, shown_path

LARGEST_FILE = 1 << 20
# The shipped files are all smaller; a few larger ones would fill the memory.
_REMEMBERED_FILE = 1 << 16

_SCENARIO = "a scenario file in TOML"


class FileInTheWayError(ScenarioError):
    """A file exists already, and nobody allowed replacing it."""


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file. Raises ScenarioError with the file and the problem."""
    try:
        return parse_toml(read_bytes(path, _SCENARIO))
    except ScenarioError as error:
        raise error.in_file(str(path)) from None


def parse_toml(content: bytes) -> dict[str, Any]:
    """The tables of TOML text, the caller's own to change. Raises ScenarioError."""
    tables = _remembered(content) if len(content) <= _REMEMBERED_FILE else _parsed(content)
    return {key: _copied(value) for key, value in tables.items()}


@lru_cache(maxsize=128)
def _remembered(content: bytes) -> dict[str, Any]:
    """Scenarios name the same few presets over and over: each text is parsed once."""
    return _parsed(content)


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ScenarioError("", f"bytes that are not UTF-8 at {error.start}", _SCENARIO) from None
    if has_long_key(text):
        raise ScenarioError("", f"a key of more than {LONGEST_KEY} parts", _SCENARIO)
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ScenarioError("", "values nested too deep", _SCENARIO) from None
    except tomllib.TOMLDecodeError as error:
        # Cut later than other found values: the line number stands at the end.
        raise ScenarioError("", f"no TOML ({shown_path(str(error))[:200]})", _SCENARIO) from None
    except ValueError:  # Python reads no integer of more than 4,300 digits
        raise ScenarioError("", "a number of thousands of digits", _SCENARIO) from None


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value


def read_bytes(path: Path, wanted: str) -> bytes:
    """The content of a regular file of bounded size; `wanted` is the kind of file expected.

    Raises ScenarioError without the file's name.
    """
    try:
        # Not blocking: a pipe without a writer must not hold the program.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        raise ScenarioError("", _trouble(error), "a readable file") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            kind = "a directory" if stat.S_ISDIR(status.st_mode) else "not a regular file"
            raise ScenarioError("", kind, wanted)
        if status.st_size > LARGEST_FILE:
            found = f"{format_value(status.st_size, 'byte', 3)}"
            raise ScenarioError("", found, f"at most {LARGEST_FILE:,} bytes")
        # Only now: Python makes no file object of a directory.
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise ScenarioError("", _trouble(error), "a readable file") from None
    finally:
        os.close(descriptor)


def _trouble(error: OSError | ValueError) -> str:
    if isinstance(error, OSError) and error.errno == errno.ENOENT:
        return "no such file"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    return shown(str(error))[1:-1]


def write_atomically(path: Path, text: str, *, overwrite: bool) -> None:
    """Write a file whole: to a temporary file beside it, flushed to disk, then renamed over it.

    Raises ScenarioError if it exists and `overwrite` is false, or if it cannot be written.
    """
    try:
        target = Path(os.path.realpath(path))
        if os.path.lexists(target) and not target.is_file():
            raise ScenarioError("", "no regular file", "a new name", str(path))
        temporary = _write_beside(target, text)
        try:
            if overwrite:
                temporary.replace(target)
            else:
                _name_if_free(temporary, target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _flush_directory(target.parent)
    except FileExistsError:
        raise FileInTheWayError("", "a file of that name", "a new name", str(path)) from None
    except ScenarioError:
        raise
    except (OSError, ValueError) as error:
        raise ScenarioError("", _trouble(error), "a writable place", str(path)) from None


def _write_beside(target: Path, text: str) -> Path:
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_mode_of(target))
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _name_if_free(temporary: Path, target: Path) -> None:
    try:
        # A link fails where a rename would replace a file created in between.
        os.link(temporary, target)
        temporary.unlink()
    except FileExistsError:
        raise
    except OSError:  # a disk without hard links, or a broken one, as the rename will show
        if os.path.lexists(target):
            raise FileExistsError from None
        temporary.rename(target)


def _mode_of(target: Path) -> int:
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _flush_directory(directory: Path) -> None:
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


# No table of a scenario is deeper than three. The parser of the standard library remembers every
# beginning of a dotted key: one of 100,000 parts, in a file of 200 kB, would exhaust the memory.
LONGEST_KEY = 16

_STRING = r"""(?: "(?:[^"\\\n]|\\.)*+" | '[^'\n]*+' )"""

_PART = rf"(?: (?<![\w-])[\w-]++ | {_STRING} )"

_TOKENS = re.compile(
    rf"""
      \"{{3}} (?:[^\\]|\\.)*? \"{{3,5}}     # strings of many lines, and comments, are passed over
    | '{{3}} .*? '{{3,5}}
    | \#[^\n]*+
    | (?P<unclosed> \"{{3}} | '{{3}} )
    | (?P<key> {_PART} (?: [ \t]*+ \. [ \t]*+ {_PART} ){{{LONGEST_KEY}}} )
    | {_STRING}
    | (?P<stray> ["'] )
    """,
    re.DOTALL | re.VERBOSE,
)


def has_long_key(text: str) -> bool:
    """Whether a key of TOML text has more parts than any scenario's; linear in its length."""
    for token in _TOKENS.finditer(text):
        if token.lastgroup == "key":
            return True
        if token.lastgroup:
            return False  # a string without an end: the parser stops here too
    return False
