"""Expected refusals: a stable code, data fields and a text kept apart.

A refusal is not a bug. It is defined beside the action that raises it, says what
happened, what was not changed and what to do, and becomes a page part or a problem
document in one place each (`shared.web`, `shared.api`).
"""

from __future__ import annotations

from typing import Any, ClassVar


class Refusal(Exception):
    """An expected no. Subclasses set `code`, `text` and, where it differs, `status`.

    `text` is a lazily translated sentence with named places, filled from the keyword
    arguments given when it is raised; the same arguments are its `data` for machines, so
    they may hold no personal data.
    """

    code: ClassVar[str]
    text: ClassVar[Any]
    status: ClassVar[int] = 409
    may_retry: ClassVar[bool] = False
    known: ClassVar[dict[str, type[Refusal]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        code = cls.__dict__.get("code")
        if code is None:
            return
        earlier = Refusal.known.get(code)
        if earlier is not None and (earlier.__module__, earlier.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"the refusal code {code!r} is taken by {earlier.__module__}.{earlier.__qualname__}")
        Refusal.known[code] = cls

    def __init__(self, **data: Any) -> None:
        self.data = data
        super().__init__(data)

    def __str__(self) -> str:
        return str(self.text).format(**self.data) if self.data else str(self.text)
