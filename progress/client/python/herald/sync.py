"""Sends what processes have left in a spool folder."""

import os
import time
from typing import List, NamedTuple, Optional

from . import shelf, spool
from .caller import Caller
from .errors import Away, HeraldError, Problem
from .flows import FlowLink
from .link import Link


class Synced(NamedTuple):
    """How many reports and lines were sent, how many are left, and the errors: what
    the server refuses is dropped and counted as sent."""

    sent: int
    left: int
    errors: List[Exception]


def sync(caller: Caller, folder: str, patience: float = 0.0, limit: float = float("inf")) -> Synced:
    """Sends what is in a folder, in order, and deletes what is sent. It may be
    killed, and run in several processes at once: each report counts once. Another
    who does the same just now is waited for as long as patience, in seconds; after
    ``limit`` seconds nothing more is begun.

    It stops at the first trouble that waiting or another token may mend; what is
    left stays in the folder.
    """
    if not folder or not spool.names(folder):
        return Synced(0, 0, [])
    lock = spool.Lock(folder)
    end = time.monotonic() + limit
    until = time.monotonic() + patience
    while not lock.take():
        if time.monotonic() >= until:
            return Synced(0, 0, [])
        time.sleep(0.05)
    try:
        return _all(caller, folder, end)
    finally:
        lock.leave()


def _all(caller: Caller, folder: str, end: float) -> Synced:
    sent, left = 0, 0
    errors = []  # type: List[Exception]
    stop = None  # type: Optional[Exception]
    for name in spool.names(folder):
        file = _File(caller, folder, name, errors)
        if not file.read():
            continue
        before = file.left()
        if stop is None:
            stop = file.resend(end)
            sent += before - file.left()
        left += file.left()
    return Synced(sent, left, errors + ([stop] if stop else []))


class _File:
    """One file, and what is to be done with it."""

    def __init__(self, caller: Caller, folder: str, name: str, errors: List[Exception]) -> None:
        self._caller, self._folder, self._name, self._errors = caller, folder, name, errors
        self._task = None  # type: Optional[Link]
        self._flow = None  # type: Optional[FlowLink]
        self._leased = False

    def read(self) -> bool:
        """Loads the file; one that cannot be read is set aside."""
        try:
            header, records = spool.load(os.path.join(self._folder, self._name))
            self._leased = bool(header.get("leased"))
            if header.get("spool"):
                self._task = shelf.link_of(self._caller, header, records, self._errors.append)
            else:
                self._flow = FlowLink(self._caller, self._errors.append)
                self._flow.restore(records)
            return True
        except FileNotFoundError:
            return False
        except (ValueError, KeyError, TypeError, AttributeError) as err:
            spool.aside(self._folder, self._name)
            self._errors.append(ValueError("%s cannot be read and was set aside: %s" % (self._name, err)))
            return False

    def left(self) -> int:
        """How many reports and lines it holds."""
        return (self._task or self._flow).left()  # type: ignore[union-attr]

    def resend(self, end: float) -> Optional[Exception]:
        """Sends what it holds. It returns why not all of it was sent."""
        before, stop = self.left(), None  # type: int, Optional[Exception]
        try:
            self._disown()
            while time.monotonic() < end and (self._task or self._flow).send():  # type: ignore[union-attr]
                pass
        except HeraldError as err:
            stop = err
        if not self.left():
            spool.drop(self._folder, self._name)
        elif self.left() < before:
            self._save()
        return stop

    def _save(self) -> None:
        if self._task:
            shelf.save(self._task, self._folder, self._name, self._leased)
        elif self._flow:
            self._flow.save(self._folder, self._name)

    def _disown(self) -> None:
        """Drops the reports of a worker whose claim has lapsed, if another has the task
        now: they come without the lease that would have them refused."""
        link = self._task
        if not link or not self._leased or not len(link.reports):
            return
        try:
            task = self._caller.get(link.path("").rstrip("/"))
        except Away:
            raise
        except Problem:
            return
        if task.get("worker") and task["worker"] != link.worker:
            link.reports.clear()
            say = "task %s is with another worker by now; what this one had left to report is dropped" % link.task
            self._errors.append(Problem(409, "superseded", detail=say))
