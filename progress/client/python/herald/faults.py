"""Exceptions as a task shows them."""

import asyncio
import os
import traceback
from typing import Any, Dict, List, Optional

from .errors import Cancelled
from .plain import text

_FRAMES = 12  # the innermost of a traceback
_OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep
_CANCELS = (KeyboardInterrupt, GeneratorExit, asyncio.CancelledError, Cancelled)


def well(err: Optional[BaseException]) -> bool:
    """Whether work ends well: by itself, or by leaving the program with code 0."""
    return err is None or isinstance(err, SystemExit) and err.code in (None, 0)


def cancels(err: BaseException) -> bool:
    """Whether an exception says that the job was told to stop, not that it failed."""
    return isinstance(err, _CANCELS)


def fault_of(err: BaseException) -> Dict[str, Any]:
    """Type, message and a short traceback of an exception, and of its cause."""
    details = {"traceback": _trace(err)}  # type: Dict[str, Any]
    cause = err.__cause__ or (None if err.__suppress_context__ else err.__context__)
    if cause is not None:
        details["cause"] = "%s: %s" % (_kind(cause), text(cause, 1000))
    return {"type": _kind(err), "message": _message(err), "details": details}


def _message(err: BaseException) -> str:
    if isinstance(err, SystemExit) and isinstance(err.code, int):
        return "exit status %d" % err.code
    return text(err) or _kind(err)


def _kind(err: BaseException) -> str:
    kind = type(err)
    return kind.__qualname__ if kind.__module__ in ("builtins", "__main__") else kind.__module__ + "." + kind.__qualname__


def _trace(err: BaseException) -> List[str]:
    """Where it came from, the innermost last, without our own frames."""
    frames = [f for f in traceback.extract_tb(err.__traceback__) if not os.path.abspath(f.filename).startswith(_OURS)]
    return [text("%s:%s in %s: %s" % (f.filename, f.lineno, f.name, f.line or ""), 500) for f in frames[-_FRAMES:]]
