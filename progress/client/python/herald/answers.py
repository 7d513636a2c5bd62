"""What the server's answers mean."""

import json
from email.utils import parsedate_to_datetime
from datetime import datetime, timezone
from typing import Any, Dict, Mapping, Optional

from .errors import Away, HeraldError, Problem

_LONGEST = 300.0  # seconds: no server is obeyed in a longer wait
_FOREIGN = "something that is not Herald answered with status %d; is the URL right, and is Herald running there?"


class Answer:
    """An answer, read to its end."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def kind(self) -> str:
        """The type of the body, without its parameters."""
        return (self.headers.get("Content-Type") or "").split(";")[0].strip().lower()

    def json(self) -> Any:
        """The body of a good answer. What is none of Herald's decides nothing."""
        if self.status == 204:
            return None
        if self.kind() != "application/json":
            raise Away(_FOREIGN % self.status)
        try:
            return json.loads(self.body)
        except ValueError:
            raise Away("the answer cannot be read") from None


def refusal(answer: Answer) -> HeraldError:
    """The error of an answer that is none of the good ones. What did not come from
    a Herald server, such as the page of a proxy, decides nothing."""
    doc = _object(answer) if answer.kind() == "application/problem+json" else None
    if not doc or not doc.get("code"):
        return Away(_FOREIGN % answer.status)
    errors = doc.get("errors")
    problem = Problem(
        answer.status,
        str(doc["code"]),
        str(doc.get("title") or ""),
        str(doc.get("detail") or ""),
        [e for e in errors if isinstance(e, dict)] if isinstance(errors, list) else [],
        answer.headers.get("X-Request-Id") or "",
        _state(doc),
        retry_after(answer.headers.get("Retry-After") or ""),
    )
    return Away(str(problem), problem) if problem.retry else problem


def _object(answer: Answer) -> Optional[Dict[str, Any]]:
    try:
        doc = json.loads(answer.body)
    except ValueError:
        return None
    return doc if isinstance(doc, dict) else None


def _state(doc: Dict[str, Any]) -> Optional[Dict[str, Any]]:
    if not doc.get("task_id"):
        return None
    state = {k: doc.get(k) for k in ("task_id", "version", "control", "step", "run", "attempt")}
    state["status"] = doc.get("task_status")
    return state


def retry_after(value: str) -> float:
    """Seconds to wait, from seconds or a date; 0 if there is neither."""
    try:
        return min(max(0.0, float(int(value))), _LONGEST)
    except ValueError:
        pass
    try:
        at = parsedate_to_datetime(value)
        return min(max(0.0, (at - datetime.now(timezone.utc)).total_seconds()), _LONGEST)
    except (ValueError, TypeError, IndexError):
        return 0.0
