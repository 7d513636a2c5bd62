"""A stand-in for tqdm: a bar in the terminal, and the same in Herald.

``from herald import tqdm`` in place of ``from tqdm import tqdm``. The loop itself is
told nothing: it counts, and looks at the clock only every so many iterations.
"""

import os
import sys
import threading
import time
import weakref
from types import TracebackType
from typing import Any, Dict, Iterable, Iterator, Mapping, Optional, Type

from . import meter, plain, scope, screen
from .notice import harmless
from .track import Track, look

_all = weakref.WeakSet()  # type: weakref.WeakSet[tqdm]
_LOOK = 0.5  # seconds between looks at bars whose iterations are long


class tqdm:
    """A bar over an iterable, or over ``total`` updates. The parameters are tqdm's;
    those that make no sense here are taken and left alone. ``disable=True`` switches
    all off, reports included; ``disable=None`` only what is shown where there is no
    terminal, where nothing is shown anyway."""

    def __init__(
        self, iterable: Optional[Iterable[Any]] = None, desc: Optional[str] = None, total: Optional[float] = None,
        leave: Optional[bool] = True, file: Any = None, ncols: Optional[int] = None, mininterval: float = 0.1,
        maxinterval: float = 10.0, miniters: Optional[float] = None, ascii: Any = None, disable: Optional[bool] = False,
        unit: str = "it", unit_scale: Any = False, dynamic_ncols: bool = False, smoothing: float = 0.3,
        bar_format: Optional[str] = None, initial: float = 0, position: Optional[int] = None,
        postfix: Any = None, unit_divisor: float = 1000, **kwargs: Any,
    ) -> None:  # fmt: skip
        self.iterable = iterable
        self.desc = desc or ""
        self.total = _length(iterable) if total is None else total
        if self.total == float("inf"):
            self.total = None
        self.n = self.initial = initial
        self.leave, self.disable = leave, bool(disable)
        self.fp = sys.stderr if file is None else file
        self.mininterval, self.maxinterval, self.smoothing = mininterval or 0.0, maxinterval or 0.0, smoothing
        self.miniters, self.dynamic_miniters = miniters or 0, miniters is None
        self.ncols, self.dynamic_ncols, self.ascii = ncols, dynamic_ncols, bool(ascii)
        self.unit, self.unit_scale, self.unit_divisor, self.bar_format = unit, unit_scale, unit_divisor, bar_format
        self.postfix = None  # type: Optional[str]
        self.colour = kwargs.get("colour")
        self.start_t = self.last_print_t = time.monotonic()
        self.last_print_n = initial
        self.pos, self.shown, self.open = 0, False, not self.disable
        self._step = 1.0  # iterations until the clock is looked at
        self._due = 0.0  # the count at which it is
        self._begin(position, postfix)

    @harmless
    def _begin(self, position: Optional[int], postfix: Any) -> None:
        if self.disable:
            return
        around = scope.inner()
        name = plain.text(self.desc, plain.MOST_NAME).strip().rstrip(":").strip()
        self._track = Track(name, around._track if isinstance(around, tqdm) else around)
        scope.enter(self, weak=True)
        if screen.is_terminal(self.fp):
            self.pos, self.shown = screen.place(self, position), True
            self.display()
        if isinstance(postfix, dict):
            self.set_postfix(postfix, refresh=False)
        elif postfix:
            self.postfix = str(postfix)
        self._track.ready()
        _all.add(self)
        _look_after()

    def __iter__(self) -> Iterator[Any]:
        if self.iterable is None:
            raise TypeError("'NoneType' object is not iterable")
        if self.disable:
            yield from self.iterable
            return
        n, whole = self.n, False
        try:
            for item in self.iterable:
                yield item
                n += 1
                if n >= self._due:
                    self.n = n
                    self._pulse()
            whole = True
        finally:
            self.n = n
            self._close(whole)

    def update(self, n: Optional[float] = 1) -> Optional[bool]:
        """Adds to the count. True if something was shown or reported."""
        if self.disable:
            return None
        n = 1 if n is None else n
        self.n += n
        if n < 0:
            self.last_print_n += n
            self._due = 0
        return self._pulse() if self.n >= self._due else None

    @harmless
    def _pulse(self) -> Optional[bool]:
        """Looks at the clock. It shows and reports if it is time to, and sets when it is
        looked at next: about when it will be time again."""
        now = time.monotonic()
        past, done = now - self.last_print_t, self.n - self.last_print_n
        if not self.dynamic_miniters:
            self._step = self.miniters
        elif past > 0:
            rest = self.mininterval if past >= self.mininterval else self.mininterval - past
            self._step = max(1.0, min(2 * self._step, done / past * rest))
        else:
            self._step = 2 * self._step
        self._due = self.n + self._step
        if past < self.mininterval or not self.open:
            return None
        self.last_print_t, self.last_print_n = now, self.n
        self._track.moved(self.n, self.total)
        if self.shown:
            self.display()
        return True

    @harmless
    def refresh(self, *args: Any, **kwargs: Any) -> Optional[bool]:
        """Shows and reports how it stands."""
        if self.disable or not self.open:
            return None
        self.last_print_t, self.last_print_n = time.monotonic(), self.n
        self._track.moved(self.n, self.total)
        return self.display()

    @harmless
    def display(self, msg: Optional[str] = None, pos: Optional[int] = None) -> Optional[bool]:
        """Shows how it stands, in the terminal."""
        if not self.shown:
            return None
        line = str(self) if msg is None else msg
        screen.draw(self.fp, self.pos if pos is None else abs(pos), screen.coloured(line, self.colour))
        return True

    @harmless
    def clear(self, nolock: bool = False) -> None:
        """Takes it off the screen until it is shown again."""
        if self.shown:
            screen.draw(self.fp, self.pos, "")

    def close(self) -> None:
        """Ends it: shows the last state, or nothing of it, and reports it."""
        self._close(True)

    @harmless
    def _close(self, whole: bool) -> None:
        if not self.open:
            return
        scope.leave(self)
        self._track.end(self.n, self.total, whole)
        self.open = False
        self.disable = True
        _all.discard(self)
        if self.shown:
            line = screen.coloured(str(self), self.colour) if self.leave or (self.leave is None and self.pos == 0) else None
            screen.leave(self)
            screen.finish(self.fp, self.pos, line)
            self.shown = False

    def reset(self, total: Optional[float] = None) -> None:
        """Begins to count anew, to another total if there is one."""
        self.n = 0
        if total is not None:
            self.total = total
        if self.disable:
            return
        self.last_print_n, self._due = 0, 0
        self.start_t = self.last_print_t = time.monotonic()
        self.refresh()

    def unpause(self) -> None:
        """Leaves the time since the last count out of the pace."""
        now = time.monotonic()
        self.start_t += now - self.last_print_t
        self.last_print_t = now

    def set_description(self, desc: Optional[str] = None, refresh: bool = True) -> None:
        """Changes the text before the bar; in Herald it is the message."""
        self.set_description_str(desc + ": " if desc else "", refresh)

    def set_description_str(self, desc: Optional[str] = None, refresh: bool = True) -> None:
        """The same, without a colon."""
        self.desc = desc or ""
        self._say(refresh, message=plain.text(self.desc).strip().rstrip(":"))

    def set_postfix(self, ordered_dict: Optional[Mapping[str, Any]] = None, refresh: bool = True, **kwargs: Any) -> None:
        """Sets what stands behind the bar; in Herald the numbers are metrics."""
        values = dict(ordered_dict or {}, **dict(sorted(kwargs.items())))
        parts = ["%s=%s" % (k, meter.short(v) if _is_number(v) else str(v).strip()) for k, v in values.items()]
        self.postfix = ", ".join(parts)
        self._say(refresh, metrics=plain.mapping(values))

    def set_postfix_str(self, s: str = "", refresh: bool = True) -> None:
        """Sets the text behind the bar; in Herald it is the message."""
        self.postfix = str(s)
        self._say(refresh, message=plain.text(s))

    @harmless
    def _say(self, refresh: bool, **what: Any) -> None:
        if self.disable:
            return
        if any(what.values()):
            self._track.said(**what)
        if refresh:
            self.display()

    @property
    def format_dict(self) -> Dict[str, Any]:
        """How it stands."""
        elapsed = time.monotonic() - self.start_t
        return {
            "n": self.n, "total": self.total, "elapsed": elapsed, "ncols": self.ncols, "prefix": self.desc, "ascii": self.ascii,
            "unit": self.unit, "unit_scale": self.unit_scale, "rate": None, "bar_format": self.bar_format, "postfix": self.postfix,
            "unit_divisor": self.unit_divisor, "initial": self.initial, "colour": self.colour,
        }  # fmt: skip

    def __str__(self) -> str:
        width = screen.width(self.fp, self.ncols) if self.shown else self.ncols or 0
        return meter.meter(self.n, self.total, time.monotonic() - self.start_t, dict(self.format_dict, desc=self.desc), width)

    def __len__(self) -> int:
        if self.iterable is None:
            return int(self.total or 0)
        got = _length(self.iterable)
        return int(self.total or 0) if got is None else int(got)

    def __bool__(self) -> bool:
        if self.total is not None:
            return self.total > 0
        if self.iterable is None:
            raise TypeError("bool() undefined when iterable == total == None")
        return bool(self.iterable)

    def __contains__(self, item: Any) -> bool:
        return item in self.iterable  # type: ignore[operator]

    def __reversed__(self) -> Iterator[Any]:
        whole = self.iterable
        self.iterable = reversed(whole)  # type: ignore[call-overload]
        try:
            yield from self
        finally:
            self.iterable = whole

    def __enter__(self) -> "tqdm":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], err: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        if err is not None and not self.disable:
            self._track.fell(err)
        self.close()

    def __del__(self) -> None:
        try:
            self._close(False)
        except Exception:
            pass  # half of it is gone

    @classmethod
    def write(cls, s: str, file: Any = None, end: str = "\n", nolock: bool = False) -> None:
        """Prints above the bars."""
        screen.write(str(s), sys.stdout if file is None else file, end)

    @classmethod
    def get_lock(cls) -> Any:
        """The lock of the screen."""
        return screen.lock

    @classmethod
    def set_lock(cls, lock: Any) -> None:
        """Takes nothing: each process has its own lock."""

    format_sizeof = staticmethod(meter.sizeof)
    format_interval = staticmethod(meter.interval)
    format_num = staticmethod(meter.short)


def trange(*args: Any, **kwargs: Any) -> tqdm:
    """A bar over ``range(*args)``."""
    return tqdm(range(*args), **kwargs)


def _length(iterable: Optional[Iterable[Any]]) -> Optional[float]:
    """How many there are, None if that is not known."""
    shape = getattr(iterable, "shape", None)
    if shape:
        return int(shape[0])
    try:
        return len(iterable)  # type: ignore[arg-type]
    except Exception:
        hint = getattr(iterable, "__length_hint__", None)
        got = hint() if hint else None
        return got if isinstance(got, int) and got > 0 else None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_watch = {}  # type: Dict[int, threading.Thread]  # by process


def _look_after() -> None:
    """Starts the thread that looks at bars whose iterations are long."""
    pid = os.getpid()
    if pid in _watch:
        return
    _watch.clear()
    _watch[pid] = threading.Thread(target=_keep_looking, name="herald-bars", daemon=True)
    try:
        _watch[pid].start()
    except RuntimeError:
        pass  # the interpreter ends


def _keep_looking() -> None:
    while True:
        time.sleep(_LOOK)
        _look_at_all()
        look()


def _look_at_all() -> None:
    """Looks once. It is a function of its own so that no bar is held while it sleeps."""
    for bar in list(_all):
        if bar.maxinterval and time.monotonic() - bar.last_print_t > min(bar.maxinterval, 2.0):
            bar._due = 0  # the pace has fallen: look at the clock at the next count
        bar._track.ready()
