"""The process in which a notebook runs: fresh, private, the same every time."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

SETTINGS = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "TZ": "UTC",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
}
_SOCKET_PATH_LIMIT = 100  # bytes; the system's own is 104 to 108


class PrivateKernelManager(AsyncKernelManager):
    """Starts this interpreter's kernel; where sockets can be files, in a folder that nobody else can enter."""

    room: Path

    @property
    def kernel_spec(self) -> KernelSpec:
        """Kernel of this interpreter, whatever kernel of that name the user has installed."""
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="cohortiv", language="python")

    async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]  # noqa: ANN401 - as in the base
        """Start the kernel with our settings and without the user's IPython profile and history."""
        self.connection_file = str(self.room / "kernel.json")
        if os.name == "posix" and len(os.fsencode(self.room / "k-5")) < _SOCKET_PATH_LIMIT:
            self.transport, self.ip = "ipc", str(self.room / "k")
        options["env"] = {**os.environ, **SETTINGS, "IPYTHONDIR": str(self.room / "ipython")}
        await super().start_kernel(**options)


@contextmanager
def private_kernel() -> Iterator[type[PrivateKernelManager]]:
    """Give a kernel manager class for one run, and a folder of mode 0700 that is gone afterwards.

    Yields
    ------
    type
        The class; its `room` is the folder.
    """
    with tempfile.TemporaryDirectory(prefix="cohortiv-", ignore_cleanup_errors=True) as folder:
        yield type("OneRunKernelManager", (PrivateKernelManager,), {"room": Path(folder)})
