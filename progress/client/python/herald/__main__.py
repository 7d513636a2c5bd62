"""The command: ``python -m herald sync`` and ``python -m herald version``."""

import sys
from typing import List

from . import notice
from ._version import VERSION
from .client import Client

_USAGE = """usage: python -m herald sync      send what earlier programs have left on this machine
       python -m herald version   print the version

HERALD_URL and HERALD_TOKEN say where the server is, HERALD_SPOOL where things were left."""


def main(args: List[str]) -> int:
    """Runs the command; returns its exit code."""
    if args == ["version"]:
        print("herald for Python " + VERSION)
        return 0
    if args in (["-h"], ["--help"], ["help"]):
        print(_USAGE)
        return 0
    if args != ["sync"]:
        print(_USAGE, file=sys.stderr)
        return 2
    return _sync()


def _sync() -> int:
    try:
        got = Client().sync()
    except (ValueError, OSError) as err:
        notice.once("sync", str(err))
        return 2
    for n, err in enumerate(got.errors):
        notice.once("sync %d" % n, str(err))
    print("sent %d, left %d" % (got.sent, got.left))
    return 1 if got.left or got.errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
