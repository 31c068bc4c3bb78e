"""The way to a kernel: a client that misses no answer while it sends."""

from queue import Empty
from time import monotonic
from typing import Any, Final

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from traitlets import Type

#: How long one look for a message lasts before the next [s].
LOOK_SECONDS: Final = 1.0


class WatchfulChannel(AsyncZMQSocketChannel):
    """Looks again and again for a message, where the base sleeps until it is woken.

    A message that comes in while another is sent wakes nobody: sending takes the one signal that ZeroMQ gives for both.
    A cell with an output widget sends while it is waited for, and the wait for its answer then never ended.

    References
    ----------
    https://github.com/jupyter/nbclient/issues/312
    """

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:  # type: ignore[override]  # noqa: ASYNC109 - as in the base
        """Give the next message.

        Parameters
        ----------
        timeout : float, optional
            Longest wait [s]; by default any.

        Raises
        ------
        Empty
            If none came in time.
        """
        until = None if timeout is None else monotonic() + timeout
        while True:
            left = LOOK_SECONDS if until is None else min(LOOK_SECONDS, max(0.0, until - monotonic()))
            try:
                return await super().get_msg(left)
            except Empty:
                if until is not None and monotonic() >= until:
                    raise


class WatchfulClient(AsyncKernelClient):
    """A client of a kernel whose answers come by a `WatchfulChannel`."""

    shell_channel_class = Type(WatchfulChannel)
