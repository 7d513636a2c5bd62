"""What may go wrong, as exceptions.

A :class:`Problem` is what the server said of a request that it refuses. An
:class:`Away` means that nothing was decided: the same request may be sent again.
"""

from typing import TYPE_CHECKING, Any, Dict, List, Optional

if TYPE_CHECKING:
    from .approval import Decision


class HeraldError(Exception):
    """The base of all errors of this package but :class:`Cancelled`."""


class Problem(HeraldError):
    """A refusal, as the server's problem document has it.

    ``status`` is that of HTTP, ``code`` one word (invalid, unauthorized,
    forbidden, not_found, conflict, superseded, too_large, limited, unavailable,
    internal), ``detail`` what is wrong this time, for people, ``errors`` the
    fields at fault. ``state`` says where the task stands, beside a refused report
    or heartbeat; ``after`` how many seconds the server asks to wait, 0 if it does
    not; under ``request_id`` the server's log says more.
    """

    def __init__(
        self,
        status: int,
        code: str = "",
        title: str = "",
        detail: str = "",
        errors: Optional[List[Dict[str, str]]] = None,
        request_id: str = "",
        state: Optional[Dict[str, Any]] = None,
        after: float = 0.0,
    ) -> None:
        super().__init__(detail or title or "the server refused this with status %d" % status)
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.errors = errors or []
        self.request_id = request_id
        self.state = state
        self.after = after

    @property
    def retry(self) -> bool:
        """Whether the same request may be taken later."""
        return self.status in (408, 429, 502, 503, 504)


class Away(HeraldError):
    """The server cannot be reached, or cannot do it now. Nothing was decided: the
    same request may be sent again later. ``problem`` is what the server itself
    said, if it did; ``dialed`` whether it could be connected to at all."""

    def __init__(self, why: str, problem: Optional[Problem] = None, dialed: bool = True) -> None:
        super().__init__(why)
        self.problem = problem
        self.dialed = dialed

    @property
    def after(self) -> float:
        """How many seconds to wait at least, 0 if the server did not say."""
        return self.problem.after if self.problem else 0.0


class Cancelled(BaseException):
    """The task is cancelled, has failed by a decision, or is another worker's now:
    the job should stop.

    Like ``KeyboardInterrupt`` it is no ``Exception``, so that a job that goes on
    after every error does not go on after this. ``control`` is what the server
    said: cancel, fail, restart or retry.
    """

    def __init__(self, say: str = "the task was cancelled", control: str = "cancel") -> None:
        super().__init__(say)
        self.control = control


class Rejected(HeraldError):
    """A step that needs an approval was entered, and did not get it."""

    def __init__(self, say: str, decision: "Decision") -> None:
        super().__init__(say)
        self.decision = decision
