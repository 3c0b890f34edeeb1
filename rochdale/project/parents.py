"""A child that notices when its parent is gone, also when the parent was killed and could say nothing."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable

LOOK_SECONDS = 0.5
LAST_RESORT_SECONDS = 15.0
VARIABLE = "ROCHDALE_PARENT"
"""Set to the parent's pid by `serve` for the processes it starts."""


def end_with_parent(*, first: Callable[[], None] | None = None) -> None:
    """End this process by SIGTERM soon after its parent has gone, and by force if that does not help.

    `first` is done before that: what an ordinary exit of this process would not do. Does nothing
    where `serve` is not the parent (another server runs us).
    """
    if VARIABLE not in os.environ:
        return
    parent = os.getppid()
    threading.Thread(target=_watch, args=(parent, first), daemon=True, name="parent watch").start()


def _watch(parent: int, first: Callable[[], None] | None) -> None:
    while os.getppid() == parent and parent != 1:
        time.sleep(LOOK_SECONDS)
    if first is not None:
        first()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(LAST_RESORT_SECONDS)
    os._exit(1)
