"""Files of what a process could not send before it ended.

A file is NDJSON: a header, then reports, then lines of output, in the form in
which ``herald run`` keeps them, so that ``herald sync`` sends them too. It holds
no token and no lease. Reports of workflows are files of another name.
"""

import json
import os
import stat
from typing import Any, Dict, Iterable, List, Optional, Tuple

from .ids import new_task_id

TASK_END, WORKFLOW_END = ".ndjson", ".workflow"
MOST_BYTES = 256 << 20  # of all files in a folder
_NEW = ".new-"

Record = Dict[str, Any]


class Full(OSError):
    """The folder holds as much as it may."""


def save(folder: str, lines: Iterable[bytes], end: str, name: str = "") -> str:
    """Writes a file, so that it is there as a whole or not at all, and stays there
    through a power cut. Only its owner may read it. It returns the file's name."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    body = b"\n".join(lines) + b"\n"
    if not name and _held(folder) + len(body) > MOST_BYTES:
        raise Full("the folder %s holds %d MiB already" % (folder, MOST_BYTES >> 20))
    name = name or new_task_id() + end
    draft = os.path.join(folder, _NEW + new_task_id())
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(fd, "wb") as f:
            f.write(body)
            f.flush()
            os.fsync(f.fileno())
        os.replace(draft, os.path.join(folder, name))
    except BaseException:
        _remove(draft)
        raise
    _settle(folder)
    return name


def names(folder: str) -> List[str]:
    """The files in a folder, the oldest first."""
    try:
        return sorted(n for n in os.listdir(folder) if n.endswith((TASK_END, WORKFLOW_END)))
    except FileNotFoundError:
        return []


def load(path: str) -> Tuple[Record, List[Record]]:
    """Reads a file: its header and what follows. A ``ValueError`` says that it
    cannot be read."""
    with open(path, "rb") as f:
        lines = [json.loads(line) for line in f if line.strip()]
    if not lines or not all(isinstance(line, dict) for line in lines):
        raise ValueError("it is empty, or no spool file")
    header = lines[0]
    if header.get("spool") != 1 and header.get("workflow_spool") != 1:
        raise ValueError("it is not a spool file of this version of Herald")
    return header, lines[1:]


def aside(folder: str, name: str) -> None:
    """Renames a file that cannot be read, so that somebody may look at it."""
    os.replace(os.path.join(folder, name), os.path.join(folder, name + ".damaged"))


def drop(folder: str, name: str) -> None:
    """Removes a file that is sent."""
    _remove(os.path.join(folder, name))
    _settle(folder)


def _held(folder: str) -> int:
    """The bytes of all files in a folder."""
    total = 0
    for entry in os.scandir(folder):
        try:
            info = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        total += info.st_size if stat.S_ISREG(info.st_mode) else 0
    return total


def _remove(path: str) -> None:
    try:
        os.remove(path)
    except FileNotFoundError:
        pass


def _settle(folder: str) -> None:
    """Has the names in a folder written to disk."""
    if os.name == "nt":
        return  # which has no such call
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


class Lock:
    """The lock of a folder, which ``herald sync`` takes too. It ends with the
    process in any case."""

    def __init__(self, folder: str) -> None:
        self._path = os.path.join(folder, ".lock")
        self._fd = None  # type: Optional[int]

    def take(self) -> bool:
        """Takes it if nobody has it."""
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(fd)
        except OSError:
            os.close(fd)
            return False
        self._fd = fd
        return True

    def leave(self) -> None:
        """Gives it back."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def _lock(fd: int) -> None:
    try:
        import fcntl
    except ImportError:
        import msvcrt

        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        return
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
