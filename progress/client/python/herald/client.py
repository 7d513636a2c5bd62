"""Talks to a server: reads, commands, claims and watches. Each method is one call
or a few; what a job reports while it works goes through :func:`herald.task`."""

from typing import Any, Dict, Iterator, List, Optional, Union
from urllib.parse import quote

from . import approval, plain
from .approval import Decision
from .caller import TIMEOUT, Caller, Query, encode
from .errors import Problem
from .ids import new_key, new_task_id
from .settings import check_url, spool_folder, token_of, url_of
from .sync import Synced, sync
from .watching import Frame, Watcher

Json = Dict[str, Any]

_MEANT = {"retry": ("failed",), "skip": ("failed", "running", "paused", "approval")}  # statuses of the step that a verb means


class Client:
    """A client of one server. Any number of threads may use it.

    ``url`` and ``token`` are those of ``HERALD_URL`` and ``HERALD_TOKEN`` by default,
    and http://127.0.0.1:8080 without a token otherwise. ``timeout`` is that of one
    call that does not wait, in seconds. A ``ValueError`` says what is wrong with them,
    without the token. Its methods raise :class:`Problem` for what the server refuses
    and :class:`Away` when it cannot be reached; tasks are dicts as the API has them.
    """

    def __init__(self, url: Optional[str] = None, token: Optional[str] = None, timeout: float = TIMEOUT) -> None:
        self._caller = Caller(check_url(url_of(url)), token_of(token), timeout)

    def __repr__(self) -> str:
        return "herald.Client(%r)" % self.url

    @property
    def url(self) -> str:
        """The server's address, without a slash at its end."""
        return self._caller.url

    @property
    def caller(self) -> Caller:
        """What makes the requests."""
        return self._caller

    def close(self) -> None:
        """Closes the connections that are kept; the client can be used on."""
        self._caller.close()

    # Reading.

    def task(self, id: str) -> Json:
        """A whole task, and in ``offers`` what the caller may do with it."""
        return self._get(_path(id))

    def progress(self, id: str) -> Json:
        """Where a task stands."""
        return self._get(_path(id) + "/progress")

    def tasks(self, *, labels: Optional[Dict[str, str]] = None, limit: int = 100, **filters: Any) -> Iterator[Json]:
        """The tasks that the caller may see, the newest first, read a page of ``limit``
        at a time. Filters: status (one or a list), kind, owner, q (words of the title),
        created_from, created_to, updated_from, updated_to."""
        status = filters.pop("status", None)
        query = [("status", s) for s in ([status] if isinstance(status, str) else status or [])]
        query += [("label", "%s:%s" % pair) for pair in (labels or {}).items()]
        query += [(k, v) for k, v in filters.items()] + [("limit", limit)]
        return self._pages("/api/tasks", query, "tasks", "cursor")

    def events(self, id: str, since: int = 0) -> Iterator[Json]:
        """A task's milestones after the one of that number, in order."""
        return self._pages(_path(id) + "/events", [("since", since), ("limit", 1000)], "events", "since")

    def logs(self, id: str, step: str = "", level: str = "", since: int = 0, tail: int = 0) -> Iterator[Json]:
        """A task's output: the lines after the one of that number, or the newest so many
        (``tail``, up to 10,000). ``level`` may name several, with commas."""
        query = [("step", step), ("level", level)]  # type: List[Any]
        if tail:
            return iter(self._get(_path(id) + "/logs", query + [("tail", tail)])["logs"])
        return self._pages(_path(id) + "/logs", query + [("since", since)], "logs", "since")

    def watch(self, id: str, since: Optional[int] = None, *, logs: bool = False, worker: str = "") -> Iterator[Frame]:
        """The frames of a task as they come: first a snapshot, or with ``since`` the
        milestones after the one of that number. A break is mended by itself: each
        milestone comes once and in order. It ends after the terminal frame. ``logs`` adds
        lines that are written from now on, ``worker`` the controls of that worker."""
        return Watcher(self._caller, id, since, logs, worker).frames()

    def me(self) -> Json:
        """Who the token stands for."""
        return self._get("/api/me")

    # Working.

    def create(self, title: str, *, id: Optional[str] = None, **draft: Any) -> Json:
        """Makes a task. ``draft`` is what else it has: kind, owner, labels, metadata,
        inputs, complexity, steps, parent, callback_url, callback_events, controls."""
        id = id or new_task_id()
        return self._post("/api/tasks", dict(draft, id=id, title=title), "create-" + id)

    def report(self, id: str, **report: Any) -> Json:
        """Gives one report, and returns what the worker is told."""
        return self._post(_path(id) + "/progress", report)

    def log(self, id: str, *lines: Union[str, Json]) -> Json:
        """Appends lines of output: texts, or objects with line, level, step and at."""
        return self._post(_path(id) + "/logs", [{"line": x} if isinstance(x, str) else x for x in lines], new_key())

    def heartbeat(self, id: str, worker: str = "", lease: str = "", run: int = 0, attempt: int = 0) -> Json:
        """Says that the worker is alive, and returns what it is told."""
        return self._post(_path(id) + "/heartbeat", _said(worker=worker, lease=lease, run=run, attempt=attempt))

    def claim(self, kinds: List[str], worker: str, wait: int = 0) -> Optional[Json]:
        """Takes a pending task of one of the kinds, and waits for one up to so many
        seconds (60 at most). None if there was none. The task's ``lease`` is a secret, to
        report with: ``herald.task(claim=…)`` does."""
        body = encode(_said(kinds=kinds, worker=worker, wait_seconds=wait))
        return self._caller.call("POST", "/api/tasks/claim", body=body, wait=wait, again=False).json()  # type: ignore[no-any-return]

    def ask(self, id: str, step: int, prompt: str, **wishes: Any) -> Json:
        """Asks for an approval of a step. Wishes: effects, options, approvers, escalate (a
        list of {after, tell, by}), quorum, expires_in, default, on_reject, risk,
        self_approval."""
        return self._post(_step(id, step) + "/approval", approval.gate(prompt, wishes))

    def wait_approval(self, id: str, step: int, timeout: Optional[float] = None, worker: str = "", run: int = 0, attempt: int = 0) -> Decision:
        """Waits for the decision about a step that has asked. ``TimeoutError`` after so
        many seconds; a server that is away is waited for."""
        return approval.wait(self._caller, _step(id, step) + "/approval", _said(worker=worker, run=run, attempt=attempt), timeout)

    def sync(self, folder: Optional[str] = None, patience: float = 60.0) -> Synced:
        """Sends what earlier processes have left on this machine for this server."""
        return sync(self._caller, spool_folder(self.url) if folder is None else folder, patience)

    # Commands. A state that does not admit one is a Problem with status 409.

    def cancel(self, id: str, reason: str = "") -> Json:
        """Ends a task."""
        return self._command(_path(id), "cancel", reason=reason)

    def pause(self, id: str, reason: str = "") -> Json:
        """Holds a task's work."""
        return self._command(_path(id), "pause", reason=reason)

    def resume(self, id: str, reason: str = "") -> Json:
        """Lets a task's work go on."""
        return self._command(_path(id), "resume", reason=reason)

    def restart(self, id: str, reason: str = "", inputs: Any = None) -> Json:
        """Begins a new run, with other inputs if there are any."""
        return self._command(_path(id), "restart", reason=reason, inputs=inputs)

    def approve(self, id: str, step: int = 0, reason: str = "", option: str = "", digest: str = "") -> Json:
        """Lets a step go on that waits for a decision; 0 means the one that waits."""
        return self._decide("approve", id, step, reason=reason, option=option, digest=digest)

    def reject(self, id: str, step: int = 0, reason: str = "", digest: str = "") -> Json:
        """Refuses a step that waits; 0 means the one that waits."""
        return self._decide("reject", id, step, reason=reason, digest=digest)

    def retry(self, id: str, step: int = 0, reason: str = "", inputs: Any = None) -> Json:
        """Tries a failed step again, with other inputs if there are any."""
        return self._decide("retry", id, step, reason=reason, inputs=inputs)

    def skip(self, id: str, step: int = 0, reason: str = "") -> Json:
        """Goes on without a step."""
        return self._decide("skip", id, step, reason=reason)

    def _decide(self, verb: str, id: str, step: int, **wish: Any) -> Json:
        return self._command(_step(id, step or self._meant(id, verb)), verb, **wish)

    def _meant(self, id: str, verb: str) -> int:
        """The step that a verb means when none is named."""
        task = self.task(id)
        for want in _MEANT.get(verb, ("approval",)):
            for s in task["steps"]:
                if s["status"] == want:
                    return int(s["order"])
        raise Problem(409, "conflict", detail="no step is there to %s: the task is %s" % (verb, task["status"]))

    def _command(self, path: str, verb: str, **wish: Any) -> Json:
        return self._post(path + "/" + verb, _said(**wish), new_key())

    def _get(self, path: str, query: Query = ()) -> Json:
        return self._caller.get(path, query)  # type: ignore[no-any-return]

    def _post(self, path: str, body: Any, key: str = "") -> Json:
        return self._caller.post(path, plain.plain(body), key)  # type: ignore[no-any-return]

    def _pages(self, path: str, query: Query, what: str, cursor: str) -> Iterator[Json]:
        while True:
            page = self._get(path, query)
            yield from page[what]
            if not page.get("next"):
                return
            query = [(k, v) for k, v in query if k != cursor] + [(cursor, page["next"])]


def _said(**fields: Any) -> Json:
    """The fields that say something."""
    return {k: v for k, v in fields.items() if v not in (None, "", 0)}


def _path(id: str) -> str:
    return "/api/tasks/" + quote(id, safe="")


def _step(id: str, step: int) -> str:
    return "%s/steps/%d" % (_path(id), step)
