"""The lines of output of one task that wait.

It is bounded: half of the bounds for its beginning, half for its end; what is
left out between is said by a line.
"""

from collections import deque
from typing import Any, Deque, Dict, List, Optional

from .ids import new_key

MOST_LINES = 100_000
MOST_BYTES = 32 << 20
_LINES, _BYTES = 1_000, 1 << 20  # of one request
_LONGEST = 16 << 10  # bytes of a line

Line = Dict[str, Any]


class Parcel:
    """The lines of one request. Under its key they count once."""

    def __init__(self, lines: List[Line], key: str = "", first: int = 0) -> None:
        self.key = key or new_key()
        self.lines = lines
        self.first = first
        self.tries = 0  # that ended in a defect of the server


class _Shelf:
    """A row of lines with their numbers."""

    def __init__(self) -> None:
        self.lines = deque()  # type: Deque[Any]
        self.size = 0

    def fits(self, more: int) -> bool:
        return len(self.lines) < MOST_LINES // 2 and self.size + more < MOST_BYTES // 2

    def put(self, number: int, line: Line) -> None:
        self.lines.append((number, line))
        self.size += len(line["line"])

    def pop(self) -> Any:
        number, line = self.lines.popleft()
        self.size -= len(line["line"])
        return number, line


class Output:
    """Lines that wait. Its owner lets one thread at a time use it."""

    def __init__(self) -> None:
        self._head, self._tail = _Shelf(), _Shelf()
        self._omitted = 0
        self.sending = []  # type: List[Parcel]

    def __len__(self) -> int:
        return len(self._head.lines) + len(self._tail.lines) + sum(len(p.lines) for p in self.sending)

    def add(self, line: Line, number: int) -> None:
        """Puts a line at the end, in pieces if it is long."""
        for piece in pieces(line["line"]):
            one = dict(line, line=piece)
            if not self._tail.lines and not self._omitted and self._head.fits(len(piece)):
                self._head.put(number, one)
                continue
            self._tail.put(number, one)
            while not self._tail.fits(0):
                self._tail.pop()
                self._omitted += 1

    def take(self) -> Optional[Parcel]:
        """What is to be sent next. It stays until it is settled."""
        if not self.sending:
            self._pack()
        return self.sending[0] if self.sending else None

    def _pack(self) -> None:
        self._turn()
        lines, first, size = [], 0, 0  # type: List[Line], int, int
        while self._head.lines and len(lines) < _LINES and size < _BYTES:
            number, line = self._head.pop()
            first = first or number
            size += len(line["line"])
            lines.append(line)
        if lines:
            self.sending.append(Parcel(lines, first=first))

    def _turn(self) -> None:
        """Makes the end the beginning when that is used up."""
        if self._head.lines:
            return
        if self._omitted:
            number, at = self._tail.lines[0]
            say = "… %d lines are left out here: the server was away for too long …" % self._omitted
            self._head.put(number, {"at": at["at"], "level": "warn", "line": say})
            self._omitted = 0
            return
        self._head, self._tail = self._tail, _Shelf()

    def settle(self, parcel: Parcel) -> None:
        """Lets go of a parcel."""
        self.sending = [p for p in self.sending if p is not parcel]

    def split(self, parcel: Parcel) -> None:
        """Halves a parcel that was refused as a whole, so that only the line at fault
        is lost."""
        half = len(parcel.lines) // 2
        halves = [Parcel(part, first=parcel.first) for part in (parcel.lines[:half], parcel.lines[half:])]
        at = self.sending.index(parcel)
        self.sending[at : at + 1] = halves

    def all(self) -> List[Parcel]:
        """Everything, in parcels."""
        while len(self) > sum(len(p.lines) for p in self.sending):
            self._pack()
        return self.sending

    def clear(self) -> None:
        """Forgets all."""
        self.__init__()  # type: ignore[misc]

    def oldest(self) -> Optional[int]:
        """The number of the oldest line that waits."""
        firsts = [p.first for p in self.sending]
        firsts += [s.lines[0][0] for s in (self._head, self._tail) if s.lines]
        return min(firsts, default=None)


def pieces(line: str) -> List[str]:
    """A line in such pieces as the server takes, cut between characters."""
    if len(line) * 4 <= _LONGEST:
        return [line]
    raw, out = line.encode("utf-8", "replace"), []  # type: bytes, List[str]
    while len(raw) > _LONGEST:
        cut = _LONGEST
        while raw[cut] & 0xC0 == 0x80:
            cut -= 1
        out.append(raw[:cut].decode())
        raw = raw[cut:]
    return out + [raw.decode()]
