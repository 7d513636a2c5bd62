"""What a bar reports.

A bar in a task is a step of it. A bar in a step or in another bar is a part of that
step: the first bar in a step gives its percent, and one in another bar moves it by a
fraction. A bar in no task makes one of its own, with itself as the only step, once it
has been there for a while: tasks for the shortest of loops would help nobody.
"""

import os
import sys
import threading
import time
from typing import Any, Dict, List, Optional

from . import faults, life, plain
from .notice import harmless
from .step import Step, Substep
from .task import Task, task

LEAST = 0.5  # seconds that a bar without a task is there before it makes one
_GRACE = 0.3  # seconds until a bar that was left in the middle is over
_MOST_SAME = 100  # steps of one name that bars make in a task


class Track:
    """The reporting side of one bar."""

    def __init__(self, name: str, around: Optional[Any]) -> None:
        self._name = name
        self._around = around
        self._lock = threading.Lock()
        self._born = time.monotonic()
        self._pid = os.getpid()
        self._begun = self._ended = False
        self._own = None  # type: Optional[Task]
        self.step = None  # type: Optional[Step]
        self._part = None  # type: Optional[Substep]
        self._leads = False
        self._parts = {}  # type: Dict[str, Substep]  # of bars in this one
        self._at = 0.0  # how much of it is done, 0..1
        self._each = 0.0  # what one iteration is of it
        self._left = 0.0
        self._wait = {}  # type: Dict[str, Any]  # what was said before it began

    @property
    def task(self) -> Optional[Task]:
        """The task that it reports on, once it does."""
        return self._own or (self.step.task if self.step else None)

    @harmless
    def ready(self) -> None:
        """Begins, if it is time to."""
        if self._begun or (self._around is None and time.monotonic() - self._born < LEAST):
            return
        with self._lock:
            if self._begun:
                return
            self._begin()
            self._begun = True
        if self._wait and self.step:
            self.step.tell(**self._wait)

    def _begin(self) -> None:
        around = self._around
        if around is None:
            around = self._own = task(self._name or _program()).start()
        if isinstance(around, Task):
            name = self._name or "Progress"
            if around.times(name) < _MOST_SAME:
                self.step, self._leads = Step(around, around.fresh(name)), True
                self.step.tell(step_status="running")
            return
        if isinstance(around, Step):
            self.step, self._leads = around, around.lead()
            self._part = self._open(around, {})
        elif isinstance(around, Substep):
            self.step = around.outer
        elif isinstance(around, Track):
            around.ready()
            self.step = around.step
            if self.step:
                self._open(self.step, around._parts)

    def _open(self, step: Step, known: Dict[str, Substep]) -> Optional[Substep]:
        """Begins a part of a step, unless it is under way, or has no name."""
        if not self._name or self._name in known:
            return None
        part = known[self._name] = Substep(step, self._name)
        part.begin()
        return part

    @harmless
    def moved(self, n: float, total: Optional[float]) -> None:
        """Says how far the bar is."""
        self.ready()
        if total:
            self._at, self._each = min(1.0, max(0.0, n / total)), 1.0 / total
        if not self._begun or self.step is None:
            return
        if not total:
            self.step.tell(metrics={self._name or "count": plain.plain(n)})
        elif self._leads:
            self.step.tell(step_progress=100.0 * self._at)
        elif isinstance(self._around, Track):
            self._around.within(self._at)

    def within(self, fraction: float) -> None:
        """Is told how far a bar in this one's present iteration is."""
        if self.step and self._leads and self._each:
            self.step.tell(step_progress=100.0 * min(1.0, self._at + fraction * self._each))

    @harmless
    def said(self, **what: Any) -> None:
        """Gives a message or metrics."""
        if not self._begun:
            self._wait.update(what)
            return
        if self.step:
            self.step.tell(**what)

    @harmless
    def fell(self, err: BaseException) -> None:
        """Says that an exception ends the bar."""
        self._ended = True
        if faults.well(err):
            return self._own.complete() if self._own else None
        if self._own:
            self._own.cancel(err) if faults.cancels(err) else self._own.fail(err)
        elif self._begun and self._leads and self.step and isinstance(self._around, Task) and not faults.cancels(err):
            self.step.fail(err)

    @harmless
    def end(self, n: float, total: Optional[float], whole: bool = True) -> None:
        """Says that the bar is over. One that was left in the middle, by ``break`` or by
        an exception that nobody can tell from it, is over a moment later: the end of the
        task or of the process may come first, and says more."""
        if self._ended or os.getpid() != self._pid:
            return
        self._ended = True
        if not self._begun and self._around is None:
            return
        self.moved(n, total)
        if self._own and total and n < total:
            self._own.message("stopped after %s of %s" % (n, total))
        if whole:
            self._close()
            return
        if self._own:
            life.at_end(self._own, self._close_at_exit)
        self._left = time.monotonic()
        _leaving.append(self)

    def over(self) -> bool:
        """Ends a bar that was left in the middle a moment ago, if it is time to."""
        if time.monotonic() - self._left < _GRACE:
            return False
        self._close()
        return True

    @harmless
    def _close(self) -> None:
        for part in self._parts.values():
            part.done()
        if self._part:
            self._part.done()
        if self._leads and self.step and not isinstance(self._around, Step):
            self.step.complete()
        if self._own:
            self._own.complete()

    def _close_at_exit(self) -> None:
        err = getattr(sys, "last_value", None)
        if self._own and isinstance(err, Exception):
            self._own.fail(err)
        self._close()


_leaving = []  # type: List[Track]  # bars that were left in the middle


def look() -> None:
    """Ends the bars that were left in the middle a moment ago."""
    for one in list(_leaving):
        if one.over():
            _leaving.remove(one)


def _program() -> str:
    """What the program is called."""
    name = os.path.basename(sys.argv[0]) if sys.argv and sys.argv[0] not in ("", "-c", "-m") else ""
    return name or "Python"
