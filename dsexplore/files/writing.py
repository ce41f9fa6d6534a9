"""The one way to write a file of the user's: whole or not at all, and over nobody's work.

The text goes to a temporary file beside the target, is flushed to the disk, and takes the name
while the target is locked. Where a new file under the old name would lose something, a hard link or
an owner, the old one is written over in place; the temporary file then stays until that is done.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from dsexplore.files.reading import read_descriptor, trouble
from dsexplore.text.refusal import ScenarioError

# For so long another program may hold the lock.
_PATIENCE = 1.0
_PAUSE = 0.02
_ELSEWHERE = "a new name"
_TAKEN = "a file of that name"


class FileInTheWayError(ScenarioError):
    """A file exists already, and nobody allowed replacing it, or not what it holds by now.

    `content` is what it holds; None where it cannot be read, or is gone, as `is_gone` says.
    """

    def __init__(
        self, found: str, file: str, content: bytes | None = None, *, is_gone: bool = False
    ) -> None:
        super().__init__("", found, _ELSEWHERE, file)
        self.content = content
        self.is_gone = is_gone


def write_atomically(
    path: Path, text: str, *, overwrite: bool, last_seen: bytes | None = None
) -> bytes:
    """Write a file whole or not at all; returns the bytes written.

    An existing file is replaced if `overwrite` says so; with `last_seen`, only as long as it still
    holds just that. Links stay links, permissions and owner stay. Raises ScenarioError, such as
    FileInTheWayError, and leaves the old file as it was.
    """
    try:
        content = text.encode("utf-8")
        target = Path(os.path.realpath(path))
        _check_kind(target, path)
        temporary = _write_beside(target, content)
        try:
            with _locked(target, path) as old:
                if old is None:
                    if last_seen is not None:
                        gone = "no file of that name any more"
                        raise FileInTheWayError(gone, str(path), is_gone=True)
                    name_if_free(temporary, target)
                else:
                    _check_allowed(old, path, overwrite=overwrite, last_seen=last_seen)
                    _check_writable(target, path)
                    _replace(temporary, target, old, content)
        finally:
            temporary.unlink(missing_ok=True)
        _flush_directory(target.parent)
    except FileExistsError:
        raise FileInTheWayError(_TAKEN, str(path)) from None
    except ScenarioError:
        raise
    except FileNotFoundError:
        raise ScenarioError("", "no such folder", "a folder that is there", str(path)) from None
    except (OSError, ValueError) as error:
        raise ScenarioError("", trouble(error), "a writable place", str(path)) from None
    return content


def check_new(path: Path, *, force: bool) -> None:
    """Refuse early what writing will refuse, with the way out that the command line has.

    Raises ScenarioError for a file that is there unless `force` allows replacing it, and for a
    folder or a device, which nothing allows.
    """
    _check_kind(Path(os.path.realpath(path)), path)
    if not force and os.path.lexists(path):
        raise ScenarioError("", _TAKEN, f"{_ELSEWHERE}, or --force", str(path))


def _check_kind(target: Path, path: Path) -> None:
    """Refuse a folder, a device and whatever else is no file."""
    if target.is_dir():
        raise ScenarioError("", "a folder", f"a file in it, or {_ELSEWHERE}", str(path))
    if os.path.lexists(target) and not target.is_file():
        raise ScenarioError("", "no regular file", _ELSEWHERE, str(path))


@contextlib.contextmanager
def _locked(target: Path, path: Path) -> Iterator[int | None]:
    """An open descriptor of the file under a name, locked; None where there is none.

    Whoever waited for the lock may hold a file replaced meanwhile: it then opens the new one.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            descriptor = _open(target)
        except FileNotFoundError:
            yield None
            return
        try:
            if _lock(descriptor) and _is_still(descriptor, target):
                yield descriptor
                return
        finally:
            os.close(descriptor)
        if time.monotonic() > until:
            allowed = f"another moment, or {_ELSEWHERE}"
            raise ScenarioError("", "a file that another program holds locked", allowed, str(path))
        time.sleep(_PAUSE)


def _open(target: Path) -> int:
    flags = os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    try:
        return os.open(target, os.O_RDONLY | flags)
    except PermissionError:  # it may still be written
        return os.open(target, os.O_WRONLY | flags)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a disk without locks
        return True
    return True


def _is_still(descriptor: int, target: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), target.stat())
    except FileNotFoundError:
        return False


def _check_writable(target: Path, path: Path) -> None:
    """Refuse to replace a file that may not be written, although its folder may.

    The superuser may write every file, but one without any permission to write is meant to stay.
    """
    may = target.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    if not may or not os.access(target, os.W_OK, effective_ids=True):
        allowed = f"{_ELSEWHERE}, or permission to write it"
        raise ScenarioError("", "a file that may not be written", allowed, str(path))


def _check_allowed(
    descriptor: int, path: Path, *, overwrite: bool, last_seen: bytes | None
) -> None:
    if overwrite and last_seen is None:
        return
    try:
        content = read_descriptor(descriptor, "")
    except ScenarioError as error:
        raise FileInTheWayError(f"{_TAKEN}, {error.found}", str(path)) from None
    if last_seen is None:
        raise FileInTheWayError(_TAKEN, str(path), content)
    if content != last_seen:
        raise FileInTheWayError("a file that has been changed since", str(path), content)


def _write_beside(target: Path, content: bytes) -> Path:
    import tempfile  # noqa: PLC0415 - reading needs none of it

    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_new_mode())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _replace(temporary: Path, target: Path, old: int, content: bytes) -> None:
    status = os.fstat(old)
    if status.st_nlink == 1 and _took_over(temporary, target, status):
        temporary.replace(target)
    else:
        _write_over(target, content)


def _took_over(temporary: Path, target: Path, status: os.stat_result) -> bool:
    """Give a file the owner, permissions and attributes of another; whether that was allowed."""
    own = temporary.stat()
    if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
        try:
            os.chown(temporary, status.st_uid, status.st_gid)
        except PermissionError:
            return False
    temporary.chmod(stat.S_IMODE(status.st_mode))
    with contextlib.suppress(OSError):
        for name in os.listxattr(target):
            with contextlib.suppress(OSError):
                os.setxattr(temporary, name, os.getxattr(target, name))
    return True


def _write_over(target: Path, content: bytes) -> None:
    """Write over a file's content in place, and put the old back if that fails."""
    before = target.read_bytes()
    descriptor = os.open(target, os.O_WRONLY | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        try:
            _fill(descriptor, content)
        except OSError:
            with contextlib.suppress(OSError):
                _fill(descriptor, before)
            raise
    finally:
        os.close(descriptor)


def _fill(descriptor: int, content: bytes) -> None:
    at = 0
    while at < len(content):
        at += os.pwrite(descriptor, content[at:], at)
    os.ftruncate(descriptor, len(content))
    os.fsync(descriptor)


def name_if_free(temporary: Path, target: Path) -> None:
    """Give a file its name. Raises FileExistsError where there is one of that name."""
    try:
        # A link fails where a rename would replace a file created in between.
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:  # a disk without hard links, or a broken one, as the rename will show
        if os.path.lexists(target):
            raise FileExistsError from None
        temporary.rename(target)


def _new_mode() -> int:
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
