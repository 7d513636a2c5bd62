"""Reports on workflows, by the server's workflow face."""

import uuid
from types import TracebackType
from typing import Any, Dict, Optional, Type

from . import faults, notice, plain
from .client import Client
from .flows import PROGRESS, STATE, FlowLink
from .notice import harmless
from .reporter import Reporter
from .settings import spool_folder
from .wiring import default_client, refused


class Workflow:
    """A workflow that this job reports on. Made by :func:`workflow`.

    As a context manager it is Completed when the ``with`` ends, Failed when an
    exception ends it, and Cancelled by ``KeyboardInterrupt`` and the like. Its methods
    never raise and never wait. What it says is sent in order, and again until it is
    answered; each has a key of its own, by which one that comes twice counts once.
    """

    def __init__(self, type: str, session: str, user: Optional[str], client: Optional[Client]) -> None:
        self.type, self.session_id, self.user_id = plain.name(type), plain.name(session), user
        self._result = None  # type: Any
        self._client = client or default_client()
        self._link = None  # type: Optional[FlowLink]
        if self._client is not None:
            self._link = FlowLink(self._client.caller, refused)
            self._reporter = Reporter(self._link, self._keep, beats=False)

    def __repr__(self) -> str:
        return "herald.Workflow(%r, %r)" % (self.type, self.session_id)

    @harmless
    def step(self, name: str, progress: float = 0, metadata: Optional[Dict[str, Any]] = None) -> None:
        """Says how far a step is, 0 to 100. ``metadata`` may hold
        ``estimated_time_remaining``, in seconds."""
        about = plain.mapping(metadata or {})
        if self.user_id is not None:
            about.setdefault("user_id", plain.text(self.user_id))
        self._put(PROGRESS, {
            "session_id": self.session_id, "workflow_type": self.type, "step": plain.name(name),
            "progress": plain.percent(progress) or 0, "metadata": about,
        })  # fmt: skip

    @harmless
    def state(self, state: str, result: Any = None) -> None:
        """Says how the whole stands: Pending, Running, Paused, Completed, Failed or
        Cancelled."""
        body = {"flow": self.type, "flow_run": self.session_id, "state": plain.name(state)}
        if self.user_id is not None:
            body["user_id"] = plain.text(self.user_id)
        if result is not None:
            body["result"] = plain.document(result)
        self._put(STATE, body)

    def result(self, value: Any) -> None:
        """Keeps what came of the work, for the end of the ``with``."""
        self._result = value

    def flush(self, timeout: Optional[float] = None) -> bool:
        """Waits until the server has answered everything that was given before. False
        when the time was up before."""
        return self._link is None or self._reporter.flush(timeout)

    def __enter__(self) -> "Workflow":
        self.state("Running")
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], err: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        if err is None or faults.well(err):
            self.state("Completed", self._result)
        elif faults.cancels(err):
            self.state("Cancelled", self._result)
        else:
            self.state("Failed", {"error": faults.fault_of(err)} if self._result is None else self._result)
        if self._link is not None:
            self._reporter.idle = True
            self._reporter.given()

    async def __aenter__(self) -> "Workflow":
        return self.__enter__()

    async def __aexit__(self, kind: Optional[Type[BaseException]], err: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.__exit__(kind, err, trace)

    def _put(self, path: str, body: Dict[str, Any]) -> None:
        if self._link is None:
            return
        self._link.put(path, body)
        self._reporter.given()
        if self._link.dropped:
            notice.once("full", "the server is away for too long: so far %d reports are dropped, the oldest percents first" % self._link.dropped)

    def _keep(self) -> str:
        assert self._link is not None and self._client is not None
        folder = spool_folder(self._client.url)
        if not folder:
            raise OSError("there is no folder for it: set HERALD_SPOOL")
        return self._link.save(folder)


def workflow(type: str, session_id: Optional[str] = None, user_id: Optional[str] = None, *, client: Optional[Client] = None) -> Workflow:
    """A workflow to report on: ``with herald.workflow("import", "s1") as w:``. Without
    a session it gets one of its own."""
    return Workflow(type, session_id or uuid.uuid4().hex, user_id, client)
