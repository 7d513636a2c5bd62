"""Joins a task to the server: its link, its reporter and its spool."""

import os
import threading
from typing import Any, Callable, Dict, List, Optional, Tuple

from . import approval, notice, shelf
from .client import Client
from .errors import HeraldError, Problem
from .link import Hear, Link
from .reporter import BEAT, Reporter
from .settings import OFF, spool_folder

_lock = threading.Lock()
_default = []  # type: List[Client]
_made = {}  # type: Dict[Tuple[str, str], Client]


def connect(url: Optional[str] = None, token: Optional[str] = None) -> Client:
    """Makes a client the one that tasks, bars and workflows of this process report
    through from now on, in place of that of the environment."""
    client = Client(url, token)
    _default[:] = [client]
    return client


def default_client() -> Optional[Client]:
    """The client that nobody was told otherwise; None when ``HERALD_URL`` is off. What
    is wrong with the settings is said, and does not break the job."""
    if _default:
        return _default[0]
    key = (os.environ.get("HERALD_URL", ""), os.environ.get("HERALD_TOKEN", ""))
    if key[0].lower() == OFF:
        return None
    try:
        if key not in _made:
            _made[key] = Client()
        return _made[key]
    except ValueError as err:
        notice.once("settings", "nothing is reported: %s" % err)
        return None


def refused(err: HeraldError) -> None:
    """Says what the server did not take, each sort once."""
    notice.once("refused %s" % getattr(err, "status", ""), "a report was refused and dropped: %s" % err)


class Wire:
    """The way of one task."""

    def __init__(self, client: Client, link: Link, beat: float) -> None:
        self._client, self._link = client, link
        self._reporter = Reporter(link, self._keep, beat=beat)

    @property
    def joined(self) -> bool:
        """Whether somebody else made the task."""
        return self._link.joined

    def report(self, report: Dict[str, Any]) -> None:
        """Takes a report; its values are plain."""
        self._link.report(report)
        self._reporter.given()
        if self._link.reports.dropped:
            self._full()

    def _full(self) -> None:
        notice.once("full", "the server is away for too long: so far %d reports are dropped, the oldest percents first" % self._link.reports.dropped)

    def log(self, lines: List[Dict[str, Any]]) -> None:
        """Takes lines of output."""
        self._link.log(lines)
        self._reporter.given()

    def end(self) -> None:
        """Says that the task needs no heartbeats any more."""
        self._reporter.idle = True
        self._reporter.given()

    def flush(self, timeout: Optional[float]) -> bool:
        """Waits until all is answered."""
        return self._reporter.flush(timeout)

    def decide(self, step: str, gate: Optional[Dict[str, Any]], timeout: Optional[float], look: Callable[[], None]) -> approval.Decision:
        """Asks for an approval of a step, and waits for the decision."""
        while not self._reporter.flush(0.2):
            look()
        try:
            return self._decide(step, gate, timeout, look)
        except Problem as p:
            if p.status == 409:  # perhaps the task has ended: the answer to a heartbeat says why
                self._link.beat()
                look()
            raise

    def _decide(self, step: str, gate: Optional[Dict[str, Any]], timeout: Optional[float], look: Callable[[], None]) -> approval.Decision:
        link = self._link
        fence = {k: v for k, v in (("run", link.run), ("attempt", link.attempt), ("worker", link.worker)) if v}
        task = approval.patiently(lambda: self._client.task(link.task), timeout, look)
        path = link.path("steps/%d/approval" % approval.order_of(task, step)["order"])
        if gate is not None:
            fenced = dict(gate, **{k: v for k, v in fence.items() if k != "worker"})
            approval.patiently(lambda: self._client.caller.post(path, fenced), timeout, look)
        return approval.wait(self._client.caller, path, fence, timeout, look)

    def _keep(self) -> str:
        folder = spool_folder(self._client.url)
        if not folder:
            raise OSError("there is no folder for it: set HERALD_SPOOL")
        return shelf.save(self._link, folder)


def wire(options: Dict[str, Any], task: str, draft: Optional[Dict[str, Any]], hear: Hear) -> Optional[Wire]:
    """The way of a task; None when nothing is to be reported."""
    client = options.get("client") or default_client()
    if client is None:
        return None
    claim = options.get("claim") or {}
    link = Link(client.caller, task, draft, str(claim.get("worker") or ""), str(claim.get("lease") or ""), hear, refused)
    link.run, link.attempt = int(claim.get("run") or 0), int(claim.get("attempt") or 0)
    return Wire(client, link, float(options.get("beat") or BEAT))
