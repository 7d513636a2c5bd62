"""Decisions of people that a job waits for."""

import time
from typing import Any, Callable, Dict, Optional

from .backoff import Backoff
from .caller import Caller
from .errors import Away, Problem

_WAIT = 20  # seconds of one request that waits
FIELDS = ("effects", "options", "approvers", "escalate", "quorum", "expires_in", "default", "on_reject", "risk", "self_approval")


class Decision:
    """What was decided. It is true if it was approved.

    ``status`` is approved, rejected, expired or void; ``control`` what the worker
    does now: proceed, skip, fail or cancel (restart or retry when that has
    overtaken the question). ``by``, ``via``, ``reason`` and ``option`` are of whoever
    decided; ``raw`` is the answer as it came.
    """

    def __init__(self, raw: Dict[str, Any]) -> None:
        self.raw = raw
        self.status = str(raw.get("status") or "")
        self.control = str(raw.get("control") or "")
        self.by = str(raw.get("decided_by") or "")
        self.via = str(raw.get("via") or "")
        self.reason = str(raw.get("reason") or "")
        self.option = str(raw.get("option") or "")

    @property
    def approved(self) -> bool:
        """Whether the step may go on."""
        return self.control == "proceed"

    def __bool__(self) -> bool:
        return self.approved

    def __repr__(self) -> str:
        return "Decision(%s)" % self.say()

    def say(self) -> str:
        """The decision in words."""
        return (self.status or "no decision") + (" by " + self.by if self.by else "") + (": " + self.reason if self.reason else "")


def wait(
    caller: Caller, path: str, query: Dict[str, Any], timeout: Optional[float] = None, look: Callable[[], None] = lambda: None
) -> Decision:
    """Waits for the decision about a step, however long the server is away: nobody
    else can say yes. ``path`` is that of the approval; ``look`` is called now and
    then, and may raise. ``TimeoutError`` after so many seconds."""
    until = None if timeout is None else time.monotonic() + timeout
    pace = Backoff()
    while True:
        look()
        rest = _WAIT if until is None else int(min(_WAIT, max(0.0, until - time.monotonic())))
        try:
            got = Decision(caller.get(path, list(dict(query, wait_seconds=rest).items()), wait=rest))
        except Away as away:
            nap(pace.next(away.after), until)
            continue
        if got.control and got.control != "wait":
            return got
        if rest < 1:
            nap(0.2, until)


def patiently(call: Callable[[], Any], timeout: Optional[float] = None, look: Callable[[], None] = lambda: None) -> Any:
    """Makes a call, again and again while the server is away."""
    until = None if timeout is None else time.monotonic() + timeout
    pace = Backoff()
    while True:
        look()
        try:
            return call()
        except Away as away:
            nap(pace.next(away.after), until)


def nap(seconds: float, until: Optional[float]) -> None:
    """Sleeps, but not past a moment."""
    if until is not None:
        rest = until - time.monotonic()
        if rest <= 0:
            raise TimeoutError("there is no decision yet")
        seconds = min(seconds, rest)
    time.sleep(seconds)


def gate(prompt: str, wishes: Dict[str, Any]) -> Dict[str, Any]:
    """The body that asks for an approval."""
    unknown = set(wishes) - set(FIELDS)
    if unknown:
        raise TypeError("an approval has no %s" % ", ".join(sorted(unknown)))
    return dict({k: v for k, v in wishes.items() if v is not None}, prompt=prompt)


def order_of(task: Dict[str, Any], step: str) -> Dict[str, Any]:
    """The step of that name in a task as the server has it."""
    for s in task.get("steps") or []:
        if s.get("name") == step:
            return dict(s)
    raise Problem(404, "not_found", detail="the server does not know step %r, which needs an approval" % step)
