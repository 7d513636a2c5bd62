"""Watches a task as it moves, over server-sent events."""

import http.client
import json
from typing import Any, Dict, Iterator, List, Optional, Tuple
from urllib.parse import quote

from .answers import Answer, refusal
from .approval import nap
from .backoff import Backoff
from .caller import Caller
from .errors import Away

_DEAD = 75.0  # seconds that a stream may be silent: a server pings every 20 s
_ENDS = ("task_complete", "task_failed", "task_cancelled")

Frame = Dict[str, Any]


class Watcher:
    """Reads the frames of one task. A break is mended by itself."""

    def __init__(self, caller: Caller, task: str, since: Optional[int], logs: bool, worker: str) -> None:
        self._caller = caller
        self._path = "/api/tasks/%s/events" % quote(task, safe="")
        self._query = [("logs", "1" if logs else ""), ("worker", worker)]
        self._since = since
        self._pace = Backoff()
        self._shown = False  # the newest milestone is of a snapshot
        self._ended = False  # the newest milestone ended the run
        self._over = False

    def frames(self) -> Iterator[Frame]:
        """The frames, until the terminal one."""
        while not self._over:
            asked = 0.0
            try:
                yield from self._stream()
            except Away as away:
                asked = away.after
            if not self._over:
                nap(self._pace.next(asked), None)

    def _stream(self) -> Iterator[Frame]:
        """One connection's frames."""
        since = self._since
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        query = self._query + ([("since", str(since))] if since is not None else [])
        conn, res = self._caller.open(self._path, query, headers, _DEAD)
        try:
            if res.status == 204:
                self._seen_all()
                return
            if res.status != 200 or not (res.headers.get("Content-Type") or "").startswith("text/event-stream"):
                raise refusal(Answer(res.status, res.headers, res.read(1 << 20)))
            for kind, data in events(res):
                frame = self._read(kind, data)
                if self._new(frame):
                    yield frame
        except (OSError, http.client.HTTPException) as err:
            raise self._caller.unreached(err) from None
        finally:
            conn.close()
            self._over = self._over or self._ended

    def _seen_all(self) -> None:
        """The server says that nothing comes after what we have. If that is from a
        snapshot, the end itself is missing."""
        if self._shown and self._since:
            self._since -= 1
            self._shown = False
            return
        self._over = True

    def _read(self, kind: str, data: str) -> Frame:
        try:
            frame = json.loads(data)
        except ValueError:
            raise Away("a frame cannot be read") from None
        if not isinstance(frame, dict):
            raise Away("a frame cannot be read")
        frame.setdefault("type", kind)
        self._pace.reset()
        return frame

    def _new(self, frame: Frame) -> bool:
        """Notes what the caller has then. False for a milestone that it has already."""
        kind, seq = frame["type"], int(frame.get("seq") or 0)
        if kind in ("progress", "log", "control"):
            return True
        if kind != "snapshot" and not self._shown and self._since is not None and seq <= self._since:
            return False
        self._shown = kind == "snapshot"
        self._since = max(seq, self._since or 0) if kind != "snapshot" else seq
        self._ended = kind in _ENDS  # unless more follows, as after a restart
        return True


def events(res: http.client.HTTPResponse) -> Iterator[Tuple[str, str]]:
    """The type and data of each event of a stream."""
    kind, data = "message", []  # type: str, List[str]
    while True:
        raw = res.readline()
        if not raw:
            return
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        if not line:
            if data:
                yield kind, "\n".join(data)
            kind, data = "message", []
            continue
        field, _, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if field == "event":
            kind = value
        elif field == "data":
            data.append(value)
