"""Which task, step or bar surrounds a piece of code.

It follows threads of execution (``contextvars``), coroutines included. Code in a
thread that a job started is in no such context: there the one task that is open in
this process surrounds it, if there is just one.
"""

import weakref
from contextvars import ContextVar
from typing import Any, Callable, List, Optional


class _Place:
    """A node that is open here, and what is around it. Bars are held weakly: one that
    nobody closes ends when nobody has it any more."""

    __slots__ = ("node", "outer")

    def __init__(self, node: Callable[[], Optional[Any]], outer: "Optional[_Place]") -> None:
        self.node = node
        self.outer = outer


_here = ContextVar("herald", default=None)  # type: ContextVar[Optional[_Place]]
_open = []  # type: List[Any]  # the tasks that are open by with


def _live(place: Optional[_Place]) -> Optional[_Place]:
    """The innermost place whose node is still open."""
    while place is not None:
        node = place.node()
        if node is not None and node.open:
            return place
        place = place.outer
    return None


def inner() -> Optional[Any]:
    """The innermost task, step or bar that is open here."""
    place = _live(_here.get())
    if place is not None:
        return place.node()
    everywhere = list(_open)
    return everywhere[0] if len(everywhere) == 1 and everywhere[0].open else None


def enter(node: Any, weak: bool = False) -> None:
    """Makes a node, which is open, the innermost."""
    ref = weakref.ref(node) if weak else (lambda: node)  # type: Callable[[], Optional[Any]]
    _here.set(_Place(ref, _live(_here.get())))


def leave(node: Any) -> None:
    """Makes what was around a node the innermost again, if the node is that."""
    place = _here.get()
    if place is not None and place.node() is node:
        _here.set(_live(place.outer))


def opened(task: Any) -> None:
    """Notes that a task is open."""
    _open.append(task)


def closed(task: Any) -> None:
    """Notes that it is not any more."""
    if task in _open:
        _open.remove(task)
