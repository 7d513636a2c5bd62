"""A step of a task, and the parts of a step."""

from types import TracebackType
from typing import TYPE_CHECKING, Any, Dict, Optional, Type

from . import faults, plain, scope
from .errors import Rejected
from .notice import harmless

if TYPE_CHECKING:
    from .task import Task


class Step:
    """A step. It begins with ``with``, or with its first report; it is completed when
    the ``with`` ends, and failed when an exception ends it. Its methods never raise,
    and never wait."""

    def __init__(self, task: "Task", name: str) -> None:
        self.task = task
        self.name = plain.name(name)
        self.open = False
        self._led = False  # a bar gives its percent

    def __repr__(self) -> str:
        return "herald.Step(%r)" % self.name

    def __enter__(self) -> "Step":
        self.name = self.task.fresh(self.name)
        self.open = True
        self.tell(step_status="running")
        if self.task.gated(self.name):
            decision = self.task.decide(self.name, None)
            if not decision:
                raise Rejected("step %s was not approved: %s" % (self.name, decision.say()), decision)
        scope.enter(self)
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], err: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        scope.leave(self)
        if err is None or faults.well(err):
            self.complete()
        elif not faults.cancels(err):
            self.fail(err)
        self.open = False  # after its last word

    async def __aenter__(self) -> "Step":
        return self.__enter__()

    async def __aexit__(self, kind: Optional[Type[BaseException]], err: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.__exit__(kind, err, trace)

    @harmless
    def progress(self, percent: float, message: Optional[str] = None) -> None:
        """Says how far the step is, 0 to 100."""
        number = plain.percent(percent)
        if number is not None:
            self.tell(step_progress=number, **({} if message is None else {"message": plain.text(message)}))

    @harmless
    def message(self, text: str) -> None:
        """Says in words what is done just now."""
        self.tell(message=plain.text(text))

    @harmless
    def metrics(self, **numbers: Any) -> None:
        """Shows numbers beside the task."""
        self.tell(metrics=plain.mapping(numbers))

    def log(self, line: str, level: str = "info") -> None:
        """Appends output, under this step."""
        self.task.log(line, level, self.name)

    @harmless
    def complete(self) -> None:
        """Says that the step is done."""
        self.tell(step_status="completed")

    @harmless
    def skip(self) -> None:
        """Says that the step is left out."""
        self.tell(step_status="skipped")

    @harmless
    def fail(self, err: Any) -> None:
        """Says that the step has failed, with an exception or a text. The task goes on,
        until it says otherwise."""
        error = faults.fault_of(err) if isinstance(err, BaseException) else {"message": plain.text(err)}
        self.task.blame(self.name, err)
        self.tell(step_status="failed", status="running", error=error)

    def step(self, name: str) -> "Substep":
        """A part of this step."""
        return Substep(self, name)

    substep = step

    def tell(self, **report: Any) -> None:
        """Gives a report on this step; its values are plain."""
        self.task.tell(dict(report, step=self.name))

    def lead(self) -> bool:
        """Whether the one who asks gives the step's percent: the first does."""
        led, self._led = self._led, True
        return not led


class Substep:
    """A part of a step: it is under way, or done."""

    def __init__(self, step: Step, name: str) -> None:
        self.outer = step
        self.name = plain.name(name)
        self.task = step.task
        self.open = False

    def __enter__(self) -> "Substep":
        self.open = True
        scope.enter(self)
        self.begin()
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], err: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        scope.leave(self)
        self.open = False
        if faults.well(err):
            self.done()

    async def __aenter__(self) -> "Substep":
        return self.__enter__()

    async def __aexit__(self, kind: Optional[Type[BaseException]], err: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.__exit__(kind, err, trace)

    @harmless
    def begin(self) -> None:
        """Says that it is under way."""
        self.tell(substep=self.name)

    @harmless
    def done(self) -> None:
        """Says that it is done."""
        self.tell(substep=self.name, substep_done=True)

    def message(self, text: str) -> None:
        """Says in words what is done just now."""
        self.outer.message(text)

    def log(self, line: str, level: str = "info") -> None:
        """Appends output, under the step."""
        self.outer.log(line, level)

    def tell(self, **report: Any) -> None:
        """Gives a report on the step; its values are plain."""
        self.outer.tell(**report)

    def lead(self) -> bool:
        """A part gives no percent."""
        return False


def plan_of(step: Any) -> Dict[str, Any]:
    """A step of a plan, from a name or an object."""
    if not isinstance(step, dict):
        return {"name": plain.name(step)}
    got = plain.mapping(step)
    got["name"] = plain.name(got.get("name"))
    if isinstance(got.get("approval"), str):
        got["approval"] = {"prompt": got["approval"]}
    elif got.get("approval") is True:
        got["approval"] = {}
    return got
