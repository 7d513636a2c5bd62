"""Values as the server takes them.

A job may report anything: numpy's numbers, paths, ``nan``, texts that are too long.
None of it may break the job, so all is made plain JSON here.
"""

import json
import math
from datetime import datetime, timezone
from typing import Any, Dict, Optional

MOST_TEXT = 4000  # characters of a message
MOST_NAME = 200  # characters of a name
MOST_BYTES = 500_000  # of a result, metadata or details as JSON
_DEEPEST = 50


def text(value: Any, most: int = MOST_TEXT) -> str:
    """A text of at most so many characters, which is UTF-8 without NUL."""
    if not isinstance(value, str):
        try:
            value = str(value)
        except Exception as err:
            value = "a %s that has no text: %s" % (type(value).__name__, type(err).__name__)
    value = value.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    return value if len(value) <= most else value[: most - 1] + "…"


def name(value: Any, otherwise: str = "unnamed") -> str:
    """A name of a step, task or worker, which is not blank."""
    got = text(value, MOST_NAME).strip()
    return got or otherwise


def percent(value: Any) -> Optional[float]:
    """A number from 0 to 100; None for what is none."""
    try:
        number = float(value)
    except Exception:
        return None
    if math.isnan(number):
        return None
    return min(100.0, max(0.0, number))


def plain(value: Any, depth: int = 0) -> Any:
    """A copy of a value that JSON can hold. What it cannot hold becomes text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return text(value, MOST_BYTES)
    if isinstance(value, int):
        return int(value) if -(2**63) < value < 2**64 else str(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if depth >= _DEEPEST:
        return "…"
    if isinstance(value, dict):
        return {text(k, MOST_NAME): plain(v, depth + 1) for k, v in list(value.items())}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(v, depth + 1) for v in list(value)]
    return _foreign(value, depth)


def _foreign(value: Any, depth: int) -> Any:
    """What another library made: its number or list if it has one, else its text."""
    if isinstance(value, datetime):
        return value.isoformat()
    for ask in ("item", "tolist"):  # numpy, torch, pandas
        try:
            got = getattr(value, ask)()
        except Exception:
            continue
        if type(got) is not type(value):
            return plain(got, depth + 1)
    return text(value)


def document(value: Any) -> Any:
    """A plain copy of a result, metadata or details, cut down if the server would
    not take it."""
    got = plain(value)
    size = len(json.dumps(got))
    if size <= MOST_BYTES:
        return got
    return {"left_out": "%d bytes of JSON are more than the %d that a task can hold" % (size, MOST_BYTES)}


def mapping(value: Any) -> Dict[str, Any]:
    """A document that is an object: of metrics and metadata."""
    if not isinstance(value, dict):
        try:
            value = dict(value)
        except Exception:
            value = {"value": value}
    got = document(value)
    return dict(list(got.items())[:MOST_NAME])


def now() -> str:
    """This moment, as the wire has it."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
