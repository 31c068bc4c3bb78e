"""The process in which a notebook runs: fresh, private, the same every time."""

import os
import re
import shutil
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Type

from cohortiv.report.channel import WatchfulClient
from cohortiv.report.nursery import Nursery

#: What signs requests to venues, see README.
_VENUE_KEY = re.compile(r"COHORTIV_\w+_(KEY|SECRET|PASSPHRASE)")
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
_PROGRAM = (sys.executable, "-m", "ipykernel_launcher")
_ROOM, _ALIVE = "cohortiv-", "alive.lock"
_SOCKET_PATH_LIMIT = 100  # bytes; the system's own is 104 to 108


class ForkingProvisioner(LocalProvisioner):
    """Has a kernel forked by a nursery, where the base would start a program."""

    nursery: Nursery

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:  # noqa: ANN401 - as in the base
        """Start the kernel; of the command only its arguments count."""
        kernel = self.nursery.fork(
            arguments=cmd[len(_PROGRAM) :], environment=kwargs["env"], folder=str(kwargs.get("cwd") or Path.cwd())
        )
        self.process = kernel  # type: ignore[assignment]  # the base only uses what both kinds have
        self.pid = self.pgid = kernel.pid
        return self.connection_info


class PrivateKernelManager(AsyncKernelManager):
    """Starts this interpreter's kernel; its sockets are files in a folder that nobody else can enter, or encrypted."""

    room: Path
    nursery: Nursery | None = None
    client_factory = Type(WatchfulClient)

    @property
    def kernel_spec(self) -> KernelSpec:
        """Kernel of this interpreter, whatever kernel of that name the user has installed."""
        return KernelSpec(
            argv=[*_PROGRAM, "-f", "{connection_file}"],
            display_name="cohortiv",
            language="python",
            metadata={"supported_encryption": ["curve"]},
        )

    async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]  # noqa: ANN401 - as in the base
        """Start the kernel with our settings and without the user's IPython profile and history."""
        self.connection_file = str(self.room / "kernel.json")
        if os.name == "posix" and len(os.fsencode(self.room / "k-5")) < _SOCKET_PATH_LIMIT:
            self.transport, self.ip = "ipc", str(self.room / "k")
        else:
            self.transport_encryption = "required"
        options["env"] = {**kernel_environment(), "IPYTHONDIR": str(self.room / "ipython")}
        if self.nursery is not None:
            self.kernel_id = self.kernel_id or str(uuid.uuid4())
            self.provisioner = ForkingProvisioner(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)
            self.provisioner.nursery = self.nursery
        await super().start_kernel(**options)


def kernel_environment() -> dict[str, str]:
    """Environment variables of every kernel: ours over those of this process, without keys of venues.

    No notebook asks a venue: positions are fetched and kept before it runs.
    """
    return {name: value for name, value in os.environ.items() if not _VENUE_KEY.fullmatch(name)} | SETTINGS


@contextmanager
def private_kernel(nursery: Nursery | None = None) -> Iterator[type[PrivateKernelManager]]:
    """Give a kernel manager class for one run, and a folder of mode 0700 that is gone afterwards.

    Parameters
    ----------
    nursery : Nursery, optional
        What forks the kernel; without one it is started as a program.

    Yields
    ------
    type
        The class; its `room` is the folder.
    """
    with tempfile.TemporaryDirectory(prefix=_ROOM, ignore_cleanup_errors=True) as folder:
        room = Path(folder)
        with FileLock(room / _ALIVE):
            _sweep(room)
            yield type("OneRunKernelManager", (PrivateKernelManager,), {"room": room, "nursery": nursery})


def _sweep(room: Path) -> None:
    """Clear the rooms that killed runs of this user left beside ours: whoever is alive holds the lock of its own."""
    for alive in room.parent.glob(f"{_ROOM}*/{_ALIVE}"):
        with suppress(Timeout, OSError):
            if alive.parent != room and alive.parent.stat().st_uid == room.stat().st_uid:
                with FileLock(alive, timeout=0):
                    shutil.rmtree(alive.parent, ignore_errors=True)
