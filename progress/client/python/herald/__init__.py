"""Reports the progress of long work to a Herald server, watches it and commands it.

    import herald

    with herald.task("Import customers", steps=["Download", "Load"]) as t:
        with t.step("Download"):
            fetch()
        with t.step("Load") as s:
            for n, row in enumerate(rows):
                load(row)
                s.progress(100 * n / len(rows))
                t.check()              # waits while paused, raises herald.Cancelled
        if t.approval("Go live?"):     # waits for people
            switch()
        t.result({"rows": len(rows)})

    for row in herald.tqdm(rows):      # in place of tqdm
        load(row)

Reporting never breaks, slows or holds up the work: what is said waits in memory and
is sent by a daemon thread, again and again while the server is away. What is left
when the process ends is kept in a folder, and sent by the next one or by
``python -m herald sync``.

The server is that of ``HERALD_URL`` (http://127.0.0.1:8080 if it is not set, nothing
is reported if it is ``off``), with the token of ``HERALD_TOKEN``.
"""

from ._version import VERSION as __version__
from .approval import Decision
from .bar import tqdm, trange
from .client import Client
from .errors import Away, Cancelled, HeraldError, Problem, Rejected
from .step import Step, Substep
from .task import Task, current, task
from .wiring import connect
from .workflow import Workflow, workflow

__all__ = [
    "Away", "Cancelled", "Client", "Decision", "HeraldError", "Problem", "Rejected", "Step", "Substep", "Task",
    "Workflow", "__version__", "connect", "current", "task", "tqdm", "trange", "workflow",
]  # fmt: skip
