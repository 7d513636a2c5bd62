"""How long to wait before the next try: at random up to a bound that doubles."""

import random

_LEAST, _FIRST, _LAST = 0.01, 0.1, 5.0  # seconds


class Backoff:
    """The waits between tries, with full jitter."""

    def __init__(self) -> None:
        self._failed = 0

    def next(self, asked: float = 0.0) -> float:
        """The seconds to wait after another failure; not fewer than were asked for."""
        bound = min(_LAST, _FIRST * 2 ** min(self._failed, 16))
        self._failed += 1
        return asked + max(_LEAST, random.random() * bound)

    def reset(self) -> None:
        """Begins anew after a success."""
        self._failed = 0
