"""Carries the reports of a workflow to the server, in order.

Each has a key: one whose answer was lost is sent again under the same, so that it
counts once, and who watches hears it once.
"""

import threading
import uuid
from typing import Any, Callable, Dict, Iterator, List, Tuple

from . import spool
from .answers import Answer, refusal, retry_after
from .caller import Caller, encode
from .errors import Away, HeraldError, Problem

MOST = 20_000  # calls that wait
_TRIES = 20  # of what meets a defect of the server

PROGRESS = "/api/workflows/progress"
STATE = "/api/workflows/callback/state"

Call = Dict[str, Any]


class FlowLink:
    """What waits about one workflow, and its way to the server. It has the methods
    of a task's link that a reporter uses."""

    def __init__(self, caller: Caller, refused: Callable[[HeraldError], None] = lambda err: None) -> None:
        self.caller = caller
        self._refused = refused
        self._begin()

    def after_fork(self) -> None:
        """Leaves what waited to the parent."""
        self._begin()
        self.caller.after_fork()

    def _begin(self) -> None:
        self.lock = threading.RLock()
        self._waiting = []  # type: List[Tuple[int, Call]]
        self._busy = 0  # the number of the call under way
        self._tries = 0
        self.given = 0
        self.dropped = 0

    def put(self, path: str, body: Dict[str, Any]) -> None:
        """Takes a call. All of them are sent, percents too: each is an event."""
        with self.lock:
            self.given += 1
            self._waiting.append((self.given, {"path": path, "body": body, "key": uuid.uuid4().hex}))
            if len(self._waiting) > MOST:
                self._shrink()

    def _shrink(self) -> None:
        """Lets go of the oldest percent that is not under way, else of the oldest call."""
        free = [i for i, (n, _) in enumerate(self._waiting) if n != self._busy]
        percents = [i for i in free if self._waiting[i][1]["path"] == PROGRESS]
        del self._waiting[(percents or free)[0]]
        self.dropped += 1

    def left(self) -> int:
        """How many calls wait."""
        with self.lock:
            return len(self._waiting)

    def through(self, mark: int) -> bool:
        """Whether all that was given up to a mark is settled."""
        with self.lock:
            return not self._waiting or self._waiting[0][0] > mark

    def send(self) -> bool:
        """Makes one call. False if none waits."""
        with self.lock:
            if not self._waiting:
                return False
            self._busy, call = self._waiting[0]
        try:
            _post(self.caller, call)
        except Problem as p:
            self._tries += 1
            if p.status == 401 or (p.status >= 500 and self._tries < _TRIES):
                raise
            self._refused(p)
        with self.lock:
            self._waiting = [w for w in self._waiting if w[0] != self._busy]
            self._busy = self._tries = 0
        return True

    def beat(self) -> None:
        """Workflows have no heartbeat."""

    def restore(self, calls: List[Call]) -> None:
        """Takes calls out of a file."""
        for call in calls:
            self.given += 1
            self._waiting.append((self.given, call))

    def lines(self) -> Iterator[bytes]:
        """The lines of a spool file."""
        yield encode({"workflow_spool": 1, "url": self.caller.url})
        for _, call in self._waiting:
            yield self.caller.masked(encode(call))

    def save(self, folder: str, name: str = "") -> str:
        """Keeps what was not sent."""
        with self.lock:
            return spool.save(folder, list(self.lines()), spool.WORKFLOW_END, name)


def _post(caller: Caller, call: Call) -> None:
    """Makes a call."""
    got = caller.call("POST", call["path"], body=encode(call["body"]), key=call["key"], judge=refusal_of).json()
    if not isinstance(got, dict) or got.get("success") is not True:
        raise Away("the answer is not that of a Herald server")


def refusal_of(answer: Answer) -> HeraldError:
    """The error of an answer of this face, which is {success: false, error: text}."""
    doc = None
    if answer.kind() == "application/json":
        try:
            doc = answer.json()
        except Away:
            pass
    if not isinstance(doc, dict) or doc.get("success") is not False:
        return refusal(answer)
    after = retry_after(answer.headers.get("Retry-After") or "")
    p = Problem(answer.status, detail=str(doc.get("error") or ""), after=after)
    return Away(str(p), p) if p.retry else p
