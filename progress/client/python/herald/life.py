"""What happens to reporters when the process forks or ends."""

import atexit
import os
import sys
import threading
import time
from typing import Any, Callable, Dict, List

from . import notice
from .caller import Caller
from .settings import spool_folder
from .sync import sync

PATIENCE = 5.0  # seconds in which everything is sent when the process ends
AWAY = 1.5  # of them, while the server does not answer


class _Life:
    """The reporters of this process."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.lock = threading.RLock()
        self.live = {}  # type: Dict[int, Any]
        self.endings = {}  # type: Dict[int, Callable[[], None]]
        self.synced = {}  # type: Dict[str, threading.Thread]
        self.unsynced = []  # type: List[Caller]  # no thread could be started
        self.hooked = False
        self.over = False


_life = _Life()


def begin(reporter: Any) -> None:
    """Notes a reporter that has to be closed when the process ends."""
    with _life.lock:
        _life.live[id(reporter)] = reporter
        if _life.hooked:
            return
        _life.hooked = True
    util = sys.modules.get("multiprocessing.util")
    if util is not None:  # its children end without atexit
        util.Finalize(None, end, exitpriority=100)  # type: ignore[attr-defined]


def forget(reporter: Any) -> None:
    """Lets go of a reporter that has nothing left to send."""
    with _life.lock:
        _life.live.pop(id(reporter), None)


def at_end(key: Any, do: Callable[[], None]) -> None:
    """Has something done before everything is closed: of a task that is still open."""
    with _life.lock:
        _life.endings[id(key)] = do


def not_at_end(key: Any) -> None:
    """Takes that back."""
    with _life.lock:
        _life.endings.pop(id(key), None)


def answered(caller: Caller) -> None:
    """Is told that a server answers: what earlier processes have left for it is sent,
    once, from a thread of its own."""
    if caller.url in _life.synced or _life.over:
        return
    with _life.lock:
        if caller.url in _life.synced:
            return
        thread = threading.Thread(target=_sync, args=(caller,), name="herald-sync", daemon=True)
        _life.synced[caller.url] = thread
    try:
        thread.start()
    except RuntimeError:
        _life.unsynced.append(caller)  # the interpreter ends: the end does it


def _sync(caller: Caller, limit: float = float("inf")) -> None:
    try:
        sync(caller, spool_folder(caller.url), limit=limit)
    except Exception as err:
        notice.once("spool", "what earlier runs have left could not be sent: %s" % err)


def end() -> None:
    """Sends what waits, within a few seconds, and keeps what is left."""
    with _life.lock:
        endings, _life.endings = list(_life.endings.values()), {}
    for do in endings:
        notice.harmless(do)()
    until = time.monotonic() + PATIENCE
    for reporter in _reporters():
        reporter.hurry(1)  # all at once
    for reporter in _reporters():
        rest = max(0.0, until - time.monotonic())
        reporter.close(rest, min(AWAY, rest))
        forget(reporter)
    for caller in _life.unsynced:
        _sync(caller, until - time.monotonic())
    for thread in list(_life.synced.values()):
        if thread.is_alive():
            thread.join(max(0.0, until - time.monotonic()))


def _reporters() -> List[Any]:
    with _life.lock:
        return list(_life.live.values())


def _at_exit() -> None:
    if _life.pid == os.getpid():
        end()
        _life.over = True


def _before_fork() -> None:
    _life.lock.acquire()


def _in_parent() -> None:
    _life.lock.release()


def _in_child() -> None:
    """What waits is the parent's to send; the child's reporters begin anew."""
    _life.pid = os.getpid()
    _life.lock = threading.RLock()
    reporters, _life.live = list(_life.live.values()), {}
    _life.endings, _life.unsynced, _life.hooked = {}, [], False
    _life.synced = {url: threading.Thread() for url in _life.synced}
    notice.renew()
    for reporter in reporters:
        reporter.after_fork()


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_in_parent, after_in_child=_in_child)
