"""The reports of one task that wait, in order.

Percents that wait are merged, the newest wins. Everything else is kept and sent.
It is bounded: beyond, the oldest percents are let go first, then the newest of
what remains, but never the end of the task.
"""

import json
from typing import Any, Dict, Iterable, List, Optional, Set

MOST_REPORTS = 50_000
MOST_SIZE = 64 << 20  # bytes, as far as they are counted
_MOST_STEPS = 20_000  # whose percents are merged
_MOST_METRICS = 200  # in a merged report
_ALL = ("progress", "message", "metrics")  # what a tick says of the whole task
_MOVES = frozenset(("step", "step_progress", "at", "worker") + _ALL)
_ENDS = ("completed", "failed", "cancelled")

Report = Dict[str, Any]


class Entry:
    """A report that waits, with those that were merged into it."""

    __slots__ = ("report", "first", "tick", "size", "seq", "run", "attempt", "tries", "bare")

    def __init__(self, report: Report, first: int = 0, run: int = 0, attempt: int = 0) -> None:
        self.report = report
        self.first = first  # number of the oldest report in it
        self.tick = False  # newer ones may be merged into it
        self.size = 0
        self.seq = 0
        self.run = run
        self.attempt = attempt
        self.tries = 0  # that ended in a defect of the server
        self.bare = False  # it was stripped of what the server refused

    @property
    def ends(self) -> bool:
        """Whether the task ends with it."""
        return self.report.get("status") in _ENDS

    def line(self, task: str, worker: str, lease: str) -> Report:
        """The report as the wire has it."""
        out = dict(self.report, task_id=task, worker=worker, seq=self.seq)
        if lease:
            out["lease"] = lease
        if self.run:
            out["run"], out["attempt"] = self.run, self.attempt
        return out


class Backlog:
    """What waits, and what was numbered and perhaps has reached the server. Its
    owner lets one thread at a time use it."""

    def __init__(self) -> None:
        self._waiting = {}  # type: Dict[int, Entry]  # by their place, in order
        self._place = 0
        self._known = set()  # type: Set[Any]  # steps that began
        self._run = {}  # type: Dict[Any, int]  # places of the ticks at the end, by step
        self._whole = 0  # the place of the one of them that speaks of the whole task
        self._size = 0
        self.sending = []  # type: List[Entry]
        self.seq = 0  # the newest number that was given
        self.dropped = 0  # for want of room

    def __len__(self) -> int:
        return len(self._waiting) + len(self.sending)

    def add(self, report: Report, number: int, run: int = 0, attempt: int = 0) -> None:
        """Puts a report at the end."""
        e = Entry(report, number, run, attempt)
        step = report.get("step")
        e.tick = step in self._known and _MOVES.issuperset(report)
        if not e.tick and len(self._known) < _MOST_STEPS:
            self._known.add(step)  # the first word of a step may begin it, and keeps its place
        if e.tick:
            self._merge(e, step)
        else:
            self._run.clear()
            self._whole = 0
        self._place += 1
        e.size = _size(e.report)
        self._waiting[self._place] = e
        self._size += e.size
        if e.tick:
            self._run[step] = self._place
            if any(k in e.report for k in _ALL):
                self._whole = self._place
        if len(self) > MOST_REPORTS or self._size > MOST_SIZE:
            self._shrink()

    def _merge(self, e: Entry, step: Any) -> None:
        """Takes what waits already into a newer tick. Among the ticks at the end no
        more than one speaks of the whole task, so that their order does not matter."""
        place = self._run.get(step, 0)
        if place in self._waiting:
            old = self._out(place)
            e.first = min(e.first, old.first)
            if "step_progress" in old.report:
                e.report.setdefault("step_progress", old.report["step_progress"])
            _take_over(e.report, old.report)
        if self._whole in self._waiting and any(k in e.report for k in _ALL):
            old = self._waiting[self._whole]
            _take_over(e.report, old.report)
            if "step_progress" not in old.report:
                e.first = min(e.first, old.first)
                self._out(self._whole)

    def _out(self, place: int) -> Entry:
        e = self._waiting.pop(place)
        self._size -= e.size
        return e

    def _shrink(self) -> None:
        """Makes room: a tenth of the oldest percents, else the newest report that
        does not end the task."""
        percents = [p for p, e in self._waiting.items() if _MOVES.issuperset(e.report)]
        gone = percents[: max(1, len(percents) // 10)]
        if not gone:
            gone = [p for p in reversed(list(self._waiting)) if not self._waiting[p].ends][:1]
        for place in gone:
            self._out(place)
        self.dropped += len(gone)

    def take(self, most: int, run: int, attempt: int) -> List[Entry]:
        """Numbers what is to be sent next. It stays until it is settled: what may
        have reached the server is sent again as it was."""
        if not self.sending:
            for place in list(self._waiting)[:most]:
                e = self._out(place)
                if not e.run:
                    e.run, e.attempt = run, attempt
                self._number(e)
                self.sending.append(e)
            if not self._waiting:
                self._run.clear()
        return self.sending[:most]

    def _number(self, e: Entry) -> None:
        if not e.seq:
            self.seq += 1
            e.seq = self.seq
        self.seq = max(self.seq, e.seq)

    def settle(self, done: Iterable[Entry], overtaken: bool) -> None:
        """Lets go of reports that were answered. Those that were not, although later
        ones were taken, would count as seen already, so they are numbered anew."""
        gone = set(map(id, done))
        self.sending = [e for e in self.sending if id(e) not in gone]
        for e in self.sending:
            if overtaken:
                e.seq = 0
                self._number(e)

    def unfence(self) -> None:
        """Lets the reports go to whichever run there is."""
        for e in self.sending + list(self._waiting.values()):
            e.run = e.attempt = 0

    def all(self) -> List[Entry]:
        """The reports that wait, each with its number."""
        every = self.sending + list(self._waiting.values())
        for e in every:
            self._number(e)
        return every

    def restore(self, entries: List[Entry]) -> None:
        """Takes reports that were numbered before, out of a file."""
        for e in entries:
            self._place += 1
            self._waiting[self._place] = e
            self.seq = max(self.seq, e.seq)

    def clear(self) -> None:
        """Forgets all."""
        self._waiting.clear()
        self._run.clear()
        self.sending = []
        self._size = 0

    def oldest(self) -> Optional[int]:
        """The number of the oldest report that waits."""
        return min((e.first for e in self.sending + list(self._waiting.values())), default=None)


def _take_over(newer: Report, older: Report) -> None:
    """Moves what an older tick says of the whole task, and no newer one, into a
    newer tick."""
    for key in ("progress", "message"):
        if key in older:
            newer.setdefault(key, older.pop(key))
    if "metrics" in older:
        both = {**older.pop("metrics"), **newer.get("metrics", {})}  # type: Dict[str, Any]
        newer["metrics"] = dict(list(both.items())[-_MOST_METRICS:])


def _size(report: Report) -> int:
    """About how many bytes a report takes."""
    if _MOVES.issuperset(report) and "metrics" not in report:
        return 200 + len(report.get("message", ""))
    return 200 + len(json.dumps(report))
