"""What is said to whoever runs the job: few lines on stderr, each sort once.

They never break the job: where there is no stderr, nothing is said.
"""

import sys
import threading
from functools import wraps
from typing import Any, Callable, Set, TypeVar, cast

_lock = threading.Lock()
_said = set()  # type: Set[str]


def once(sort: str, line: str) -> None:
    """Says a line, unless one of its sort was said in this process."""
    with _lock:
        if sort in _said:
            return
        _said.add(sort)
    try:
        print("herald: " + " ".join(line.split()), file=sys.stderr, flush=True)
    except Exception:
        pass  # stderr is closed


def renew() -> None:
    """Gives a forked child a lock of its own; what was said stays said."""
    global _lock
    _lock = threading.Lock()


F = TypeVar("F", bound=Callable[..., Any])


def harmless(do: F) -> F:
    """Has an error of ours never reach the job that reports."""

    @wraps(do)
    def careful(*args: Any, **kwargs: Any) -> Any:
        try:
            return do(*args, **kwargs)
        except Exception as err:
            once("defect", "a report was left out: %s: %s" % (type(err).__name__, err))
            return None

    return cast(F, careful)
