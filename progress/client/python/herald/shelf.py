"""A task's link as a spool file, and back."""

from typing import Any, Callable, Dict, Iterator, List

from . import spool
from .backlog import Entry
from .caller import Caller, encode
from .errors import HeraldError, Problem
from .link import Link
from .output import Parcel


def lines_of(link: Link, leased: bool = False) -> Iterator[bytes]:
    """The lines of a file with what a link has not sent. Reports without a run get
    that which was heard of last: by the time they are sent there may be another."""
    run, attempt = link.run, link.attempt
    if not link.made:
        run = attempt = 1
    header = {
        "spool": 1, "url": link.caller.url, "task_id": link.task, "worker": link.worker, "leased": leased or bool(link.lease),
        "run": run, "attempt": attempt, "made": link.made, "draft": link.draft,
    }  # fmt: skip
    yield _line(link, {k: v for k, v in header.items() if v})
    for e in link.reports.all():
        if not e.run:
            e.run, e.attempt = run, attempt
        yield _line(link, {"report": e.line(link.task, link.worker, "")})
    for parcel in link.lines.all():
        yield _line(link, {"key": parcel.key, "lines": parcel.lines})


def _line(link: Link, value: Any) -> bytes:
    return link.caller.masked(encode(value))


def save(link: Link, folder: str, name: str = "", leased: bool = False) -> str:
    """Keeps what a link has not sent."""
    with link.lock:
        return spool.save(folder, list(lines_of(link, leased)), spool.TASK_END, name)


def link_of(caller: Caller, header: Dict[str, Any], records: List[Dict[str, Any]], refused: Callable[[HeraldError], None]) -> Link:
    """A link with what a file holds."""

    def held(p: Problem) -> bool:
        elsewhere = header.get("url") != caller.url and p.status == 404  # perhaps the task is on the other server
        return p.status in (401, 403) or elsewhere

    task, worker = str(header["task_id"]), str(header["worker"])
    link = Link(caller, task, header.get("draft"), worker, refused=refused, held=held)
    link.made = link.made or bool(header.get("made"))
    link.run, link.attempt = int(header.get("run") or 0), int(header.get("attempt") or 0)
    link.reports.restore([_entry(r["report"]) for r in records if r.get("report")])
    link.lines.sending = [Parcel(r["lines"], r.get("key", ""), 1) for r in records if r.get("lines")]
    return link


def _entry(report: Dict[str, Any]) -> Entry:
    kept = {k: v for k, v in report.items() if k not in ("task_id", "worker", "lease", "seq", "run", "attempt")}
    e = Entry(kept, 1, int(report.get("run") or 0), int(report.get("attempt") or 0))
    e.seq = int(report.get("seq") or 0)
    return e
