"""Where this host keeps what is not in the checkout: the data root."""

from __future__ import annotations

import os
from pathlib import Path


def data_root() -> Path:
    """Return the data root: `ROCHDALE_HOME`, else `/var/lib/rochdale` as root, else the user's own data folder."""
    given = os.environ.get("ROCHDALE_HOME", "")
    if given:
        return Path(given).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/rochdale")
    shares = os.environ.get("XDG_DATA_HOME", "") or "~/.local/share"
    return (Path(shares) / "rochdale").expanduser().absolute()
