"""Sends what a job reports, from a daemon thread, and never holds the job up.

Percents that wait are merged, everything else is kept, bounded, and sent again
until it is answered. A server that is away is tried again with growing waits; what
is left when the process ends goes to the spool folder.
"""

import os
import threading
import time
from typing import Callable, Optional, Protocol

from . import notice
from .backoff import Backoff
from .caller import Caller
from .errors import Away, HeraldError, Problem

BEAT = 3.0  # seconds between heartbeats of an idle worker: it hears of commands by their answers
_LINGER = 0.03  # seconds in which more may come before it is sent
_GAP = 0.2  # seconds between requests, unless there is much to send or somebody waits
_MUCH = 500
_UNKNOWN = 0.3  # seconds in which a server that was never there may appear when the process ends
_BAD_TOKEN = 30.0  # seconds: a token that is no longer good seldom becomes good again


class Way(Protocol):
    """What carries reports to the server: a task's link, or a workflow's."""

    given: int
    caller: Caller

    def left(self) -> int: ...
    def through(self, mark: int) -> bool: ...
    def send(self) -> bool: ...
    def beat(self) -> None: ...
    def after_fork(self) -> None: ...


class Reporter:
    """A thread that sends what waits on a way. ``keep`` spools what is left and
    returns where; ``beats`` says whether heartbeats are sent when idle."""

    def __init__(self, way: Way, keep: Callable[[], str], beats: bool = True, beat: float = BEAT) -> None:
        self.way = way
        self._keep = keep
        self._beats, self._every = beats, beat
        self._begin()

    def _begin(self) -> None:
        self._cond = threading.Condition(threading.RLock())
        self._thread = None  # type: Optional[threading.Thread]
        self._last = time.monotonic()  # contact
        self._asleep = False
        self._hurried = 0  # how many wait for all to be sent
        self._soon = False  # a try at once is wanted
        self._stop = False
        self.idle = False  # the task has ended: no heartbeats
        self.away = None  # type: Optional[HeraldError]  # why it is, while it is
        self.tries = 0
        self._answered = False  # the server has been there

    def after_fork(self) -> None:
        """Makes this the reporter of a forked child, whose thread begins with its
        first report."""
        idle = self.idle
        self._begin()
        self.idle = idle
        self.way.after_fork()

    def given(self) -> None:
        """Is told that something waits."""
        if self._thread is None:
            self._start()
        elif self._asleep:
            with self._cond:
                self._cond.notify_all()

    def _start(self) -> None:
        from . import life

        with self._cond:
            if self._thread is not None or self._stop:
                return
            thread = threading.Thread(target=self._talk, name="herald", daemon=True)
            try:
                thread.start()
                self._thread = thread
            except RuntimeError:
                pass  # the interpreter ends: close sends it
        life.begin(self)

    def hurry(self, by: int) -> None:
        """Counts who waits for all to be sent, and has it tried at once."""
        with self._cond:
            self._hurried += by
            self._soon = by > 0
            self._cond.notify_all()

    def flush(self, timeout: Optional[float] = None) -> bool:
        """Waits until everything that was given before is answered. False when the
        time was up before."""
        mark = self.way.given
        until = None if timeout is None else time.monotonic() + timeout
        self.hurry(1)
        try:
            while not self.way.through(mark):
                rest = 0.2 if until is None else min(0.2, until - time.monotonic())
                if rest <= 0:
                    return False
                with self._cond:
                    self._cond.wait(rest)
            return True
        finally:
            self.hurry(-1)

    def close(self, patience: float, away: float) -> int:
        """Sends what waits, for so many seconds, and for fewer while the server is
        away: one more try if it was away before. Then it stops, and keeps what is left.
        It returns how much that is."""
        began, tries = time.monotonic(), self.tries
        away = 0.0 if self.away else away if self._answered else min(away, _UNKNOWN)
        self.hurry(1)
        try:
            while self.way.left() and not self._stop:
                past = time.monotonic() - began
                if past > patience or (past > away and self.away and self.tries > tries):
                    break
                self._wait_or_work(min(0.05, patience))
        except KeyboardInterrupt:
            pass  # in a hurry: what is left is kept
        with self._cond:
            self._stop = True
            self._cond.notify_all()
        return self._put()

    def _wait_or_work(self, seconds: float) -> None:
        """Lets the thread work; where no thread can be, does its work."""
        if self._thread is not None and self._thread.is_alive():
            with self._cond:
                self._cond.wait(seconds)
            return
        if self._turn(Backoff()) > 0:
            time.sleep(seconds)

    def _put(self) -> int:
        left = self.way.left()
        if not left:
            return 0
        try:
            self._keep()
        except Exception as err:
            notice.once("lost", "%d reports and lines could not be sent, nor kept: %s" % (left, err))
        return left

    def _talk(self) -> None:
        """The thread. It ends when the task has ended and all is sent."""
        pid, pace = os.getpid(), Backoff()
        while os.getpid() == pid and not self._stop:
            wait = self._turn(pace)
            with self._cond:
                self._cond.notify_all()  # who waits in flush looks
                if self._over():
                    return
                if self._soon:
                    pace.reset()
                elif wait > 0:
                    self._sleep(wait)
                elif not self._hurried and self.way.left() < _MUCH:
                    self._cond.wait(_GAP)
                self._soon = False

    def _over(self) -> bool:
        """Whether the thread has nothing more to do. The caller holds the condition."""
        if not self.idle or self.way.left():
            return False
        thread, self._thread = self._thread, None
        if self.way.left():  # it came just now, and thinks that there is a thread
            self._thread = thread
            return False
        from . import life

        life.forget(self)
        return True

    def _sleep(self, wait: float) -> None:
        """Waits: after a failure for so long, else until something comes. The caller
        holds the condition."""
        if self.away:
            self._cond.wait(wait)
            return
        self._asleep = True
        if not self.way.left():
            self._cond.wait(wait)
        self._asleep = False
        if not self._hurried and not self._stop:
            self._cond.wait(_LINGER)

    def _turn(self, pace: Backoff) -> float:
        """Makes one request if there is something to say. It returns how long to wait
        before the next."""
        try:
            sent = self.way.send()
            if not sent and self._due() <= 0:
                self._last = time.monotonic()
                self.way.beat()
                sent = True
        except (Away, Problem) as err:
            return self._gone(err, pace)
        except Exception as err:
            notice.once("defect", "reports are held up: %s: %s" % (type(err).__name__, err))
            return 5.0
        if not sent:
            return max(0.01, self._due())
        self._came(pace)
        return 0.0

    def _due(self) -> float:
        """How long the next heartbeat can wait."""
        if self.idle or not self._beats:
            return 3600.0
        return self._last + self._every - time.monotonic()

    def _came(self, pace: Backoff) -> None:
        from . import life

        self.tries += 1
        self._last = time.monotonic()
        self.away = None
        self._answered = True
        pace.reset()
        life.answered(self.way.caller)

    def _gone(self, err: HeraldError, pace: Backoff) -> float:
        """Notes that the same has to be sent again, and says so once."""
        self.tries += 1
        self.away = err
        if isinstance(err, Problem) and err.status == 401:
            notice.once("away", "the server does not take the token (%s); the work goes on, and reports wait" % err)
            return pace.next(max(err.after, _BAD_TOKEN))
        if not (isinstance(err, Away) and err.problem and err.problem.status == 429):
            notice.once("away", "%s; the work goes on, and reports wait" % err)
        return pace.next(float(getattr(err, "after", 0.0)))
