"""Requests to one server, over connections that are kept.

The token goes to the server's own host and nowhere else: it is in no error, no
repr and no file, and what is sent has it masked.
"""

import http.client
import json
import os
import socket
import ssl
import threading
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple
from urllib.parse import urlencode, urlsplit

from ._version import VERSION
from .answers import Answer, refusal
from .errors import Away, HeraldError
from .road import Road

TIMEOUT = 15.0  # seconds, of a call that does not wait
_MOST = 64 << 20  # bytes of an answer
_LEAST_TOKEN = 20  # characters: a shorter token might be part of anything
_REDIRECTS = 5
_IDLE = 4  # connections that are kept

Query = Sequence[Tuple[str, Any]]


class Caller:
    """Makes requests. Any number of threads may use it; a forked child opens
    connections of its own."""

    def __init__(self, url: str, token: str, timeout: float = TIMEOUT) -> None:
        self.url = url
        self.timeout = timeout
        self._token = token
        self._road = Road(url)
        self._lock = threading.Lock()
        self._idle = []  # type: List[http.client.HTTPConnection]
        self._pid = os.getpid()

    def __repr__(self) -> str:
        return "Caller(%r)" % self.url

    def get(self, path: str, query: Query = (), wait: float = 0.0) -> Any:
        """A call that reads. ``wait`` is how long the server may take over it."""
        return self.call("GET", path, query, wait=wait).json()

    def post(self, path: str, body: Any, key: str = "", wait: float = 0.0) -> Any:
        """A call that changes something; under one key it counts once."""
        return self.call("POST", path, body=encode(body), key=key, wait=wait).json()

    def call(
        self, method: str, path: str, query: Query = (), body: Optional[bytes] = None,
        kind: str = "application/json", key: str = "", wait: float = 0.0, again: bool = True,
        judge: Callable[[Answer], HeraldError] = refusal,
    ) -> Answer:  # fmt: skip
        """One call: its answer if it is a good one, else it raises what ``judge``
        makes of it. ``again`` lets it be sent twice when a kept connection turns out
        to be dead."""
        headers = self.dress()
        if body is not None:
            headers["Content-Type"] = kind
            body = self.masked(body)
        if key:
            headers["Idempotency-Key"] = key
        path = self._road.prefix + path + _search(query)
        for _ in range(_REDIRECTS):
            got = self._once(method, path, body, headers, self.timeout + wait, again)
            if got.status not in (301, 302, 303, 307, 308):
                break
            path = self._onward(method, got)
        if 200 <= got.status < 300:
            return got
        raise judge(got)

    def open(self, path: str, query: Query, headers: Dict[str, str], timeout: float) -> "Tuple[http.client.HTTPConnection, http.client.HTTPResponse]":
        """A GET whose answer is read by the caller, on a connection of its own."""
        conn = self._road.open(timeout)
        try:
            conn.request("GET", self._road.target(self._road.prefix + path + _search(query)), headers={**self.dress(), **headers})
            return conn, conn.getresponse()
        except Exception as err:
            conn.close()
            raise self.unreached(err) from None

    def dress(self) -> Dict[str, str]:
        """What each request has."""
        headers = {"User-Agent": "herald-python/" + VERSION, "Host": self._road.netloc}
        headers.update(self._road.headers())
        if self._token:
            headers["Authorization"] = "Bearer " + self._token
        return headers

    def masked(self, body: bytes) -> bytes:
        """What is sent or kept, without our token: the job may have printed it, and
        many read its output."""
        token = self._token.encode()
        if len(token) < _LEAST_TOKEN or token not in body:
            return body
        return body.replace(token, b"***")

    def close(self) -> None:
        """Closes the connections that are kept."""
        with self._lock:
            idle, self._idle = self._idle, []
        for conn in idle:
            conn.close()

    def __del__(self) -> None:
        if getattr(self, "_pid", 0) == os.getpid():
            self.close()

    def unreached(self, err: Exception) -> Away:
        """The error of a call that got no whole answer."""
        if isinstance(err, Away):
            return err
        why = "it does not answer in time" if isinstance(err, socket.timeout) else _text(err)
        dialed = not isinstance(err, (ConnectionRefusedError, socket.gaierror))
        return Away("%s cannot be reached: %s" % (self.url, why), dialed=dialed)

    def after_fork(self) -> None:
        """Leaves the parent's connections and locks to the parent."""
        self._lock = threading.Lock()
        self._idle = []
        self._pid = os.getpid()

    def _once(self, method: str, path: str, body: Optional[bytes], headers: Dict[str, str], timeout: float, again: bool) -> Answer:
        conn = self._take() if again else None
        kept = conn is not None
        if conn is None:
            conn = self._road.open(timeout)
        try:
            return self._exchange(conn, method, path, body, headers, timeout)
        except Exception as err:
            conn.close()
            if not kept or isinstance(err, (socket.timeout, Away)):
                raise self.unreached(err) from None
        except BaseException:
            conn.close()  # half of an answer may be on it
            raise
        self.close()  # what was kept is as old
        return self._once(method, path, body, headers, timeout, again)

    def _exchange(self, conn: http.client.HTTPConnection, method: str, path: str, body: Optional[bytes], headers: Dict[str, str], timeout: float) -> Answer:
        if conn.sock is not None:
            conn.sock.settimeout(timeout)
        conn.timeout = timeout
        conn.request(method, self._road.target(path), body=body, headers=headers)
        res = conn.getresponse()
        got = res.read(_MOST + 1)
        if len(got) > _MOST:
            raise Away("the answer is larger than %d bytes; ask for less at a time" % _MOST)
        if res.length:
            raise http.client.IncompleteRead(got)  # read(n) says nothing of it
        if res.will_close:
            conn.close()
        else:
            res.read()
            self._keep(conn)
        return Answer(res.status, res.headers, got)

    def _take(self) -> Optional[http.client.HTTPConnection]:
        if self._pid != os.getpid():
            self.after_fork()
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _keep(self, conn: http.client.HTTPConnection) -> None:
        with self._lock:
            if len(self._idle) < _IDLE:
                self._idle.append(conn)
                return
        conn.close()

    def _onward(self, method: str, got: Answer) -> str:
        """The path that a redirect names, on the same host."""
        to = urlsplit(got.headers.get("Location") or "")
        if to.scheme and (to.scheme, to.netloc) != (urlsplit(self.url).scheme, self._road.netloc):
            raise Away("%s sends us on to %s://%s; if you trust that server, give its URL" % (self.url, to.scheme, to.hostname))
        if not to.path.startswith("/") or (method != "GET" and got.status not in (307, 308)):
            raise Away("%s sends us on in a way that loses what was sent; give the right URL" % self.url)
        return to.path + ("?" + to.query if to.query else "")


def encode(body: Any) -> bytes:
    """A body as JSON."""
    try:
        return json.dumps(body, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError) as err:
        raise ValueError("this cannot be sent: %s" % err) from None


def _search(query: Query) -> str:
    """The query of a URL, without what says nothing."""
    said = [(k, v) for k, v in query if v is not None and v != ""]
    return "?" + urlencode(said) if said else ""


def _text(err: Exception) -> str:
    """Why a connection broke. Errors about headers would show them."""
    if isinstance(err, ssl.SSLError):
        return "TLS: %s" % (err.reason or type(err).__name__)
    if isinstance(err, OSError):
        return err.strerror or type(err).__name__
    return "the connection broke (%s)" % type(err).__name__
