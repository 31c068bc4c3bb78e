"""A file that is written whole or not at all, whoever else writes it at the same time."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

#: Rights of a file that anybody may read, before the user's mask; and of one that is its owner's alone.
SHARED: Final = 0o666
PRIVATE: Final = 0o600


def write_whole(target: Path, content: bytes, *, rights: int = SHARED) -> None:
    """Put a file in the place of an old one, in one step; a failure leaves the old one and nothing else.

    Parameters
    ----------
    target : Path
        Its folder is made where there is none.
    content : bytes
    rights : int, optional
        `SHARED` or `PRIVATE`. Default the first.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}.new")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, rights), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(target)
    except OSError:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise
