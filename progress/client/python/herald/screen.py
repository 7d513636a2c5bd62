"""The terminal on which bars are shown: several, one below the other.

Where there is no terminal, there are no bars: output in files and logs is left alone.
"""

import os
import shutil
import threading
import weakref
from typing import Any, Optional

lock = threading.RLock()
_bars = weakref.WeakSet()  # type: weakref.WeakSet[Any]  # that are shown

_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")


def is_terminal(file: Any) -> bool:
    """Whether bars can be shown there."""
    try:
        return bool(file.isatty()) and os.environ.get("TERM") != "dumb"
    except Exception:
        return False


def width(file: Any, ncols: Optional[int]) -> int:
    """The characters of a line."""
    if ncols:
        return ncols
    return max(20, shutil.get_terminal_size((80, 24)).columns - 1)


def coloured(line: str, colour: Optional[str]) -> str:
    """A line in a colour, unless ``NO_COLOR`` is set."""
    if not colour or os.environ.get("NO_COLOR") or str(colour).lower() not in _COLOURS:
        return line
    return "\x1b[%dm%s\x1b[0m" % (30 + _COLOURS.index(str(colour).lower()), line)


def place(bar: Any, wanted: Optional[int]) -> int:
    """The line of a new bar: the wanted one, or the first that is free."""
    with lock:
        taken = {b.pos for b in _bars}
        pos = wanted if wanted is not None else next(i for i in range(len(taken) + 1) if i not in taken)
        _bars.add(bar)
        return pos


def leave(bar: Any) -> None:
    """Takes a bar off."""
    with lock:
        _bars.discard(bar)


def draw(file: Any, pos: int, line: str) -> None:
    """Writes a line at its place."""
    with lock:
        _put(file, "\n" * pos + "\r\x1b[K" + line + ("\x1b[%dA" % pos if pos else ""))


def finish(file: Any, pos: int, line: Optional[str]) -> None:
    """Leaves a bar's last line, or nothing of it."""
    with lock:
        draw(file, pos, line or "")
        if line is not None and pos == 0:
            _put(file, "\n")
        elif line is None and pos == 0:
            _put(file, "\r")


def write(text: str, file: Any, end: str) -> None:
    """Writes text above the bars."""
    with lock:
        shown = [b for b in _bars if b.shown]
        for b in shown:
            draw(b.fp, b.pos, "")
        _put(file, text + end)
        for b in shown:
            b.display()


def _put(file: Any, text: str) -> None:
    try:
        file.write(text)
        file.flush()
    except (OSError, ValueError, AttributeError):
        pass  # it is closed
    except UnicodeEncodeError:
        _put(file, text.encode("ascii", "replace").decode())


def after_fork() -> None:
    """Gives a forked child a lock of its own."""
    global lock
    lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=after_fork)
