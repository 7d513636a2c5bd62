"""What people ask of the worker, as the answers to its reports say."""

import asyncio
import time
from typing import Any, Callable, Dict

from . import notice
from .errors import Cancelled

_STOPS = {
    "cancel": "the task was cancelled",
    "fail": "the task has failed by a decision",
    "restart": "the task was restarted; this run of it is over",
    "retry": "the task is tried again by another attempt; this one is over",
}
_LOOK = 0.05  # seconds between looks of a job that is paused


class Control:
    """Hears the answers to one task's reports. It has no lock: it is written by one
    thread, and one value at a time."""

    def __init__(self, task: str, joined: Callable[[], bool]) -> None:
        self._task = task
        self._joined = joined
        self._accepted = False  # the server took something of ours
        self.stop = ""  # why the job should stop
        self.paused = False
        self.done = False  # the job itself has ended the task
        self.status = "pending"

    def hear(self, answer: Dict[str, Any], taken: bool) -> None:
        """Takes an answer."""
        self.status = str(answer.get("status") or self.status)
        said = answer.get("control") or ""
        self._accepted = self._accepted or taken
        if self.done:
            return
        if self._joined() and not self._accepted and self.status in ("completed", "failed"):
            notice.once("ended", "task %s is %s already: what is reported on it is refused, until it is restarted" % (self._task, self.status))
            return
        if said in _STOPS:
            self.stop = said
        self.paused = said == "pause" or (self.paused and self.status == "paused")

    @property
    def now(self) -> str:
        """What is asked: "" for nothing, pause, or why the job should stop."""
        return self.stop or ("pause" if self.paused else "")

    def look(self) -> None:
        """Raises if the job should stop."""
        if self.stop and not self.done:
            raise Cancelled(_STOPS[self.stop], self.stop)

    def check(self) -> None:
        """Raises if the job should stop, and waits while it is paused."""
        self.look()
        while self.paused and not self.done:
            time.sleep(_LOOK)
            self.look()

    async def check_async(self) -> None:
        """The same, for coroutines."""
        self.look()
        while self.paused and not self.done:
            await asyncio.sleep(_LOOK)
            self.look()
