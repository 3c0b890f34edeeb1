"""A child that notices when its parent is gone, also when the parent was killed and could say nothing."""

from __future__ import annotations

import os
import signal
import threading
import time

LOOK_SECONDS = 0.5
LAST_RESORT_SECONDS = 15.0
VARIABLE = "ROCHDALE_PARENT"
"""Set to the parent's pid by `serve` for the processes it starts."""


def end_with_parent() -> None:
    """End this process by SIGTERM soon after its parent has gone, and by force if that does not help.

    Does nothing where `serve` is not the parent (another server runs us). The pid of the parent is read
    before the thread starts; a process whose parent went even before that is ended as well.
    """
    if VARIABLE not in os.environ:
        return
    parent = os.getppid()
    threading.Thread(target=_watch, args=(parent,), daemon=True, name="parent watch").start()


def _watch(parent: int) -> None:
    while os.getppid() == parent and parent != 1:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(LAST_RESORT_SECONDS)
    os._exit(1)
