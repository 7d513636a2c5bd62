"""Carries what waits about one task to the server.

Its errors mean that the same has to be sent again; what the server refuses for
good is dropped, and said.
"""

import json
import threading
from typing import Any, Callable, Dict, List, Optional, Tuple
from urllib.parse import quote

from .backlog import Backlog, Entry, Report
from .caller import Caller, encode
from .errors import Away, HeraldError, Problem
from .ids import new_worker
from .output import Output, Parcel
from .plain import now, text

_BATCH = 512  # reports of one request
_BODY = 4 << 20  # bytes of one request, beyond its first report
_TRIES = 20  # of what meets a defect of the server
_WORDS = {400: "invalid", 401: "unauthorized", 403: "forbidden", 404: "not_found", 409: "conflict", 413: "too_large", 429: "limited", 503: "unavailable"}

Hear = Callable[[Dict[str, Any], bool], None]
Verdict = Tuple[int, Dict[str, Any], Optional[HeraldError]]


class Link:
    """What waits about one task, and its way to the server.

    ``draft`` is what the task is created with first, whenever the server can be
    reached; None when it exists. ``hear`` is told each answer, and whether the
    report was taken. ``refused`` is told what was dropped, and why. ``held`` says
    which refusals keep what was refused, as another token may mend them.
    """

    def __init__(
        self, caller: Caller, task: str, draft: Optional[Dict[str, Any]] = None, worker: str = "", lease: str = "",
        hear: Hear = lambda answer, taken: None, refused: Callable[[HeraldError], None] = lambda err: None,
        held: Callable[[Problem], bool] = lambda p: p.status == 401,
    ) -> None:  # fmt: skip
        self.caller = caller
        self.task = task
        self.draft = draft
        self.worker = worker or new_worker()
        self.lease = lease
        self._hear, self._refused, self._held = hear, refused, held
        self._begin()
        self.made = draft is None
        self.joined = draft is None  # somebody else made the task
        self.run = self.attempt = 0

    def _begin(self) -> None:
        self.lock = threading.RLock()  # of all that waits
        self.reports, self.lines = Backlog(), Output()
        self.given = 0  # reports and lines so far
        self._most = _BATCH
        self._again = False  # the task was lost, and made again
        self._turn = False

    def report(self, report: Report) -> None:
        """Takes a report; its values are plain already."""
        report.setdefault("at", now())
        with self.lock:
            self.given += 1
            self.reports.add(report, self.given)

    def log(self, lines: List[Dict[str, Any]]) -> None:
        """Takes lines of output."""
        at = now()
        with self.lock:
            for line in lines:
                self.given += 1
                line.setdefault("at", at)
                self.lines.add(line, self.given)

    def left(self) -> int:
        """How many reports and lines wait, the task itself included."""
        with self.lock:
            return len(self.reports) + len(self.lines) + (0 if self.made else 1)

    def through(self, mark: int) -> bool:
        """Whether all that was given up to a mark is settled."""
        with self.lock:
            oldest = [n for n in (self.reports.oldest(), self.lines.oldest()) if n is not None]
            return self.made and (not oldest or min(oldest) > mark)

    def send(self) -> bool:
        """Makes one request, of reports and output in turn, after the task is made.
        False if nothing waits."""
        fresh = not self.made
        if fresh:
            self._create()
        with self.lock:
            self._turn = not self._turn
            parcel = self.lines.take() if not len(self.reports) or self._turn else None
            batch = [] if parcel else self.reports.take(self._most, self.run, self.attempt)
        if parcel:
            self._print(parcel)
        elif batch:
            self._tell(batch)
        return bool(parcel or batch or fresh)

    def beat(self) -> None:
        """Sends a heartbeat."""
        body = {"worker": self.worker, "lease": self.lease, "run": self.run, "attempt": self.attempt}
        try:
            self._heard(self.caller.post(self.path("heartbeat"), {k: v for k, v in body.items() if v}), True)
        except Problem as p:
            if self._held(p):
                raise
            if p.state:
                self._heard(p.state, False)
            elif not self._lost(p):
                self._refused(p)

    def path(self, what: str) -> str:
        """A path of the task."""
        return "/api/tasks/%s/%s" % (quote(self.task, safe=""), what)

    def after_fork(self) -> None:
        """Makes this the link of a forked child: what waited is the parent's to send,
        and the child is another worker."""
        self._begin()
        self.worker = new_worker()
        self.caller.after_fork()

    def _create(self) -> None:
        """Makes the task. One of that id that exists is the one; after another refusal
        the reports are refused."""
        key = "create-%s-%s%s" % (self.task, self.worker, "-again" if self._again else "")
        got = {}  # type: Dict[str, Any]
        try:
            got = self.caller.post("/api/tasks", dict(self.draft or {}, id=self.task), key)
        except Problem as p:
            if self._held(p) or p.status >= 500:
                raise
            self.joined = p.status == 409
            if not self.joined:
                self._refused(p)
        self.made = True
        self._know(got)

    def _know(self, answer: Dict[str, Any]) -> None:
        if answer.get("run") and not self.run:
            self.run, self.attempt = answer["run"], answer.get("attempt") or 1

    def _lost(self, p: HeraldError) -> bool:
        """Whether the server has forgotten a task that is made again, which happens
        once."""
        if not isinstance(p, Problem) or p.status != 404 or self.draft is None or self.joined or self._again:
            return False
        with self.lock:
            self.made, self._again = False, True
            self.run = self.attempt = 0
            self.reports.unfence()  # the new task begins with run 1
        return True

    def _heard(self, answer: Any, taken: bool) -> None:
        if not isinstance(answer, dict) or not answer.get("status"):
            raise Away("the answer says nothing of the task; is the URL that of a Herald server?")
        if taken:
            self._know(answer)
        self._hear(answer, taken)

    def _tell(self, batch: List[Entry]) -> None:
        lines = []  # type: List[bytes]
        for e in batch:
            lines.append(encode(e.line(self.task, self.worker, self.lease)))
            if len(lines) > 1 and sum(map(len, lines)) > _BODY:
                lines.pop()
                break
        batch = batch[: len(lines)]
        try:
            got = self.caller.call("POST", "/api/reports", body=b"\n".join(lines) + b"\n", kind="application/x-ndjson")
        except Problem as p:
            self._fewer(p, batch)
            return
        if got.kind() != "application/x-ndjson":
            raise Away("something that is not Herald answered; is the URL right, and is Herald running there?")
        verdicts = _verdicts(got.body, len(batch))
        self._settle(batch[: len(verdicts)], verdicts)
        if len(verdicts) < len(batch):
            raise Away("the answer breaks off after %d of %d reports" % (len(verdicts), len(batch)))

    def _fewer(self, p: Problem, batch: List[Entry]) -> None:
        """Is told that a request was refused as a whole: for who sent it, or for one
        report, which sending fewer finds."""
        if self._held(p) or p.status >= 500:
            raise p
        if p.status in (401, 403) or len(batch) == 1:
            self._refused(p)
            with self.lock:
                self.reports.settle(batch, False)
            return
        self._most = max(1, len(batch) // 2)

    def _settle(self, batch: List[Entry], verdicts: List[Verdict]) -> None:
        done, kept, overtaken = [], None, False  # type: List[Entry], Optional[HeraldError], bool
        for e, (code, answer, err) in zip(batch, verdicts):
            if not self._decided(e, code, err):
                kept = kept or err
                continue
            done.append(e)
            overtaken = overtaken or (kept is not None and code == 200)
        for code, answer, _ in verdicts:
            if answer.get("status"):
                self._heard(answer, code == 200)
        with self.lock:
            self.reports.settle(done, overtaken)
            if kept is None:
                self._most = min(_BATCH, 2 * self._most)
        if isinstance(kept, (Away, Problem)) and not _ours(kept):
            raise kept

    def _decided(self, e: Entry, code: int, err: Optional[HeraldError]) -> bool:
        """Whether a report needs not be sent again."""
        if err is None or code == 409:
            return True
        if not self.made or self._lost(err) or (isinstance(err, Problem) and self._held(err)) or code == 429 or code > 500:
            return False
        e.tries += 1
        if code == 500 and e.tries < _TRIES:
            return False
        self._refused(err)
        return not _stripped(e)

    def _print(self, parcel: Parcel) -> None:
        """Sends lines of output."""
        try:
            self.caller.post(self.path("logs"), parcel.lines, parcel.key)
        except Problem as p:
            parcel.tries += 1
            if self._held(p) or (p.status >= 500 and parcel.tries < _TRIES):
                raise
            if self._lost(p):
                return
            if len(parcel.lines) > 1 and p.status in (400, 413):
                with self.lock:
                    self.lines.split(parcel)
                return
            if p.status != 409:
                self._refused(p)
        with self.lock:
            self.lines.settle(parcel)


def _ours(err: HeraldError) -> bool:
    """Whether the next try is another one, and need not wait."""
    return isinstance(err, Problem) and err.status in (400, 404, 413)


def _stripped(e: Entry) -> bool:
    """Leaves of a refused report only that a step or the task began or ended, if it
    says so: that must not be lost for what it carries. True once."""
    bare = {k: e.report[k] for k in ("step", "step_status", "status", "at") if k in e.report}
    if e.bare or not ("step_status" in bare or "status" in bare):
        return False
    error = e.report.get("error")
    if error:
        bare["error"] = {"type": text(error.get("type", ""), 100), "message": text(error.get("message", ""), 1000)}
    e.report, e.bare = bare, True
    return True


def _verdicts(body: bytes, most: int) -> List[Verdict]:
    """What became of each report, as far as the answer goes."""
    out = []  # type: List[Verdict]
    for line in body.splitlines()[:most]:
        try:
            answer = json.loads(line)
            code = int(answer["code"])
        except (ValueError, KeyError, TypeError):
            break
        err = None  # type: Optional[HeraldError]
        if code != 200:
            err = Problem(code, _WORDS.get(code, "internal"), detail=answer.get("detail") or "")
            err = Away(str(err), err) if err.retry else err
        out.append((code, answer, err))
    return out
