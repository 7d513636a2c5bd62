"""Names that this process gives."""

import os
import time

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"  # sorts as the numbers do


def _spell(number: int, length: int) -> str:
    """The low 5*length bits of a number, the most significant first."""
    return "".join(_CROCKFORD[number >> 5 * i & 31] for i in reversed(range(length)))


def new_task_id() -> str:
    """A short id for a task, which sorts by its time."""
    return _spell(int(time.time() * 1000), 10) + _spell(int.from_bytes(os.urandom(5), "big"), 8)


def new_key() -> str:
    """A name that nobody has had, for an ``Idempotency-Key``."""
    return _spell(int.from_bytes(os.urandom(16), "big"), 26)


def new_worker() -> str:
    """A worker's name that nobody has had."""
    return "python-" + new_key()
