"""A task, as the job sees it."""

import functools
import inspect
import os
from types import TracebackType
from typing import Any, Callable, Dict, Optional, Sequence, Type, TypeVar, Union, cast

from . import approval, faults, life, plain, scope
from .approval import Decision
from .control import Control
from .errors import Away
from .ids import new_task_id
from .notice import harmless
from .step import Step, plan_of
from .wiring import Wire, wire

F = TypeVar("F", bound=Callable[..., Any])

_OBEYS = ("pause", "resume")


class Task:
    """A task that this job reports on. Made by :func:`task`.

    It is a context manager, also for ``async with``: completed when the ``with`` ends,
    failed when an exception ends it, cancelled by ``KeyboardInterrupt``,
    :class:`Cancelled` and the cancelling of a coroutine; the exception
    goes on. It is a decorator too: each call of the function is a task of its own.

    What it is told waits in memory and is sent by a thread. Its methods never raise
    and never wait, but for :meth:`check`, :meth:`approval` and :meth:`flush`.
    """

    def __init__(self, title: str, options: Dict[str, Any]) -> None:
        self.title = plain.name(title)
        self.open = False
        self._options = options
        claim = options.get("claim") or {}
        self.id = str(claim.get("task_id") or options.get("id") or new_task_id())
        self._wire = None  # type: Optional[Wire]
        self._pid = 0
        self._names = {}  # type: Dict[str, int]
        self._gates = set()  # type: ignore[var-annotated]
        self._fallen = ("", None)  # type: Any  # the step that failed last, and why
        self._control = Control(self.id, lambda: self._wire is not None and self._wire.joined)

    def __repr__(self) -> str:
        return "herald.Task(%r, id=%r)" % (self.title, self.id)

    # Its life.

    @harmless
    def start(self) -> "Task":
        """Says that the work begins. ``with`` does it by itself."""
        if self.open:
            return self
        self.open, self._pid = True, os.getpid()
        draft = None if self._options.get("claim") else self._draft()
        self._wire = wire(self._options, self.id, draft, self._control.hear)
        self.tell({"status": "running"})
        life.at_end(self, self._left_open)
        return self

    def _draft(self) -> Dict[str, Any]:
        """What the task is created with."""
        o = self._options
        steps = [plan_of(s) for s in o.get("steps") or ()]
        self._gates = {s["name"] for s in steps if "approval" in s}
        draft = {k: plain.plain(o[k]) for k in ("kind", "owner", "parent", "complexity", "callback_url", "callback_events", "stall_after") if o.get(k) is not None}
        draft.update({k: plain.document(o[k]) for k in ("labels", "metadata", "inputs") if o.get(k) is not None})
        if "labels" in draft:
            draft["labels"] = {k: plain.text(v, plain.MOST_NAME) for k, v in draft["labels"].items()}
        draft.update(title=self.title, controls=list(o.get("controls", _OBEYS)))
        return dict(draft, steps=steps) if steps else draft

    @harmless
    def complete(self, result: Any = None) -> None:
        """Says that the work is done."""
        self._end({"status": "completed"} if result is None else {"status": "completed", "result": plain.document(result)})

    @harmless
    def fail(self, err: Any) -> None:
        """Says that the work has failed, with an exception or a text."""
        error = faults.fault_of(err) if isinstance(err, BaseException) else {"message": plain.text(err)}
        report = {"status": "failed", "error": error}
        step, why = self._fallen
        if step and why is err:
            report.update(step=step, step_status="failed")
        self._end(report)

    @harmless
    def cancel(self, err: Any = None) -> None:
        """Says that the work was given up."""
        report = {"status": "cancelled"}  # type: Dict[str, Any]
        if isinstance(err, BaseException):
            report["error"] = {"type": type(err).__name__, "message": plain.text(err) or type(err).__name__}
        elif err:
            report["error"] = {"message": plain.text(err)}
        self._end({} if self._control.stop else report)

    def _end(self, report: Dict[str, Any]) -> None:
        if not self.open or os.getpid() != self._pid:
            return  # of a forked child: its parent ends the task
        self._control.done = True
        if report:
            self.tell(report)
        self.open = False
        life.not_at_end(self)
        if self._wire:
            self._wire.end()

    def _left_open(self) -> None:
        """The process ends, and nobody has said how the work went."""
        import sys

        err = getattr(sys, "last_value", None)
        if isinstance(err, Exception):
            self.fail(err)
        else:
            self.cancel("the program ended before the work was done")

    def __enter__(self) -> "Task":
        self.start()
        scope.enter(self)
        scope.opened(self)
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], err: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        scope.leave(self)
        scope.closed(self)
        if err is None or faults.well(err):
            self.complete()
        elif faults.cancels(err):
            self.cancel(err)
        else:
            self.fail(err)

    async def __aenter__(self) -> "Task":
        return self.__enter__()

    async def __aexit__(self, kind: Optional[Type[BaseException]], err: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.__exit__(kind, err, trace)

    def __call__(self, work: F) -> F:
        """Makes each call of a function a task: plain ones, coroutines and generators."""
        return cast(F, _wrapped(self._again, work))

    def _again(self) -> "Task":
        return Task(self.title, self._options)

    # What it says.

    @harmless
    def progress(self, percent: float, message: Optional[str] = None) -> None:
        """Says how far the whole work is, 0 to 100. Without it that follows from the steps."""
        number = plain.percent(percent)
        if number is not None:
            self.tell({"progress": number} if message is None else {"progress": number, "message": plain.text(message)})

    @harmless
    def message(self, text: str) -> None:
        """Says in words what is done just now."""
        self.tell({"message": plain.text(text)})

    @harmless
    def metrics(self, **numbers: Any) -> None:
        """Shows numbers beside the task."""
        self.tell({"metrics": plain.mapping(numbers)})

    @harmless
    def metadata(self, **values: Any) -> None:
        """Keeps facts with the task."""
        self.tell({"metadata": plain.mapping(values)})

    @harmless
    def result(self, value: Any) -> None:
        """Keeps what came of the work."""
        self.tell({"result": plain.document(value)})

    @harmless
    def log(self, line: str, level: str = "info", step: str = "") -> None:
        """Appends output: one line or several."""
        if not self._wire:
            return
        inner = scope.inner()
        if not step and isinstance(inner, Step) and inner.task is self:
            step = inner.name
        more = {"level": plain.text(level, plain.MOST_NAME), "step": step} if step else {"level": plain.text(level, plain.MOST_NAME)}
        self._wire.log([dict(more, line=part) for part in plain.text(line, 1 << 20).splitlines() or [""]])

    def step(self, name: str) -> Step:
        """A step of the task; one that the plan does not have is appended."""
        return Step(self, name)

    @harmless
    def tell(self, report: Dict[str, Any]) -> None:
        """Gives a report; its values are plain."""
        if self._wire and self.open:
            self._wire.report(report)

    # What it hears.

    @property
    def control(self) -> str:
        """What is asked of the job: "" for nothing, "pause", or why it should stop:
        cancel, fail, restart, retry."""
        return self._control.now

    def check(self) -> None:
        """Raises :class:`Cancelled` if the job should stop, and waits while it is paused."""
        self._control.check()

    async def check_async(self) -> None:
        """The same, for coroutines."""
        await self._control.check_async()

    def approval(self, prompt: str, *, step: str = "", timeout: Optional[float] = None, **wishes: Any) -> Decision:
        """Asks people, waits for the decision, however long the server is away, and
        returns it: true if approved. It stands in the step around it, else in a step of
        its own, named by ``step`` or the prompt. Wishes: effects, options, approvers,
        escalate (a list of {after, tell, by}, after in seconds), quorum, expires_in
        (seconds), default, on_reject, risk, self_approval.

        ``TimeoutError`` after so many seconds, :class:`Cancelled` when the job should
        stop, :class:`Problem` when the server refuses the question."""
        gate = approval.gate(plain.text(prompt), plain.mapping(wishes))
        inner = scope.inner()
        if not step and isinstance(inner, Step) and inner.task is self:
            return self.decide(inner.name, gate, timeout)
        own = Step(self, step or prompt)
        own.name = self.fresh(own.name)
        got = self.decide(own.name, gate, timeout)
        if got:
            own.complete()
        return got

    async def approval_async(self, prompt: str, *, step: str = "", timeout: Optional[float] = None, **wishes: Any) -> Decision:
        """The same, for coroutines."""
        import asyncio
        import contextvars

        ask = functools.partial(self.approval, prompt, step=step, timeout=timeout, **wishes)
        return await asyncio.get_running_loop().run_in_executor(None, contextvars.copy_context().run, ask)

    def decide(self, step: str, gate: Optional[Dict[str, Any]], timeout: Optional[float] = None) -> Decision:
        """Waits for the decision about a step, which asks with that gate, or with the one
        that it was declared with."""
        if not self._wire:
            raise Away("nothing is reported, so nobody can approve")
        self.tell({"step": step, "step_status": "running"})
        return self._wire.decide(step, gate, timeout, self._control.look)

    def flush(self, timeout: Optional[float] = None) -> bool:
        """Waits until the server has answered everything that was given before. False
        when the time was up before."""
        return self._wire is None or self._wire.flush(timeout)

    # What its steps need.

    def fresh(self, name: str) -> str:
        """A name for a step that no step had: a step that has ended does not begin again."""
        n = self._names[name] = self._names.get(name, 0) + 1
        return name if n == 1 else plain.text("%s (%d)" % (name[:180], n), plain.MOST_NAME)

    def times(self, name: str) -> int:
        """How many steps of that name there were."""
        return self._names.get(name, 0)

    def gated(self, step: str) -> bool:
        """Whether the plan has an approval before a step."""
        return step in self._gates

    def blame(self, step: str, err: Any) -> None:
        """Notes that a step has failed, and why."""
        self._fallen = (step, err)


def task(
    title: str,
    *,
    kind: Optional[str] = None,
    steps: Optional[Sequence[Union[str, Dict[str, Any]]]] = None,
    id: Optional[str] = None,
    **more: Any,
) -> Task:
    """A task to report on: ``with herald.task("Import") as t:``, or a decorator.

    ``steps`` is its plan: names, or objects {name, weight, substeps, approval,
    allow_failure}. ``id`` names it for ever; one that exists is joined. More: owner,
    labels, metadata, inputs, complexity, parent, callback_url; ``callback_events``, what
    else is sent there than the start and the end (["progress", "approval.*"]);
    ``stall_after``, the seconds without a word after which the task says so (0: never); ``controls``, the verbs
    that the job obeys (pause and resume, which :meth:`Task.check` does; give [] for a
    job that never calls it); ``claim``, what :meth:`Client.claim` returned; ``client``
    instead of the default one.
    """
    known = {"owner", "labels", "metadata", "inputs", "complexity", "parent", "callback_url", "callback_events", "controls", "stall_after", "claim", "client", "beat"}
    if set(more) - known:
        raise TypeError("a task has no %s" % ", ".join(sorted(set(more) - known)))
    return Task(title, dict(more, kind=kind, steps=steps, id=id))


def _wrapped(make: Callable[[], Task], work: Callable[..., Any]) -> Callable[..., Any]:
    """A function each of whose calls is a task."""
    if inspect.iscoroutinefunction(work):

        @functools.wraps(work)
        async def waiting(*args: Any, **kwargs: Any) -> Any:
            async with make():
                return await work(*args, **kwargs)

        return waiting
    if inspect.isgeneratorfunction(work):

        @functools.wraps(work)
        def yielding(*args: Any, **kwargs: Any) -> Any:
            with make():
                return (yield from work(*args, **kwargs))

        return yielding

    @functools.wraps(work)
    def calling(*args: Any, **kwargs: Any) -> Any:
        with make():
            return work(*args, **kwargs)

    return calling


def current() -> Optional[Task]:
    """The task that surrounds this code, None if there is none."""
    node = scope.inner()
    return node if node is None or isinstance(node, Task) else cast(Task, node.task)
