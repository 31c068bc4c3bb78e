"""The way to a kernel: an answer that comes while something is sent is not missed."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty

import pytest
import zmq
import zmq.asyncio
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.session import Session

from cohortiv.report.channel import WatchfulChannel, WatchfulClient
from cohortiv.report.kernel import private_kernel

SESSION = Session(key=b"key")


@contextmanager
def joined(
    folder: Path, kind: type[AsyncZMQSocketChannel]
) -> Iterator[tuple[AsyncZMQSocketChannel, zmq.Socket[bytes]]]:
    """A channel, and the other end of its socket."""
    address = f"ipc://{folder / 's'}"
    with zmq.Context() as far, zmq.asyncio.Context() as near:
        kernel, client = far.socket(zmq.DEALER), near.socket(zmq.DEALER)
        kernel.bind(address)
        client.connect(address)
        try:
            yield kind(client, SESSION), kernel
        finally:
            kernel.close(linger=0)
            client.close(linger=0)


async def answered_while_sending(channel: AsyncZMQSocketChannel, kernel: "zmq.Socket[bytes]") -> str:
    """Type of the message that arrives between the start of a wait and something sent, where it is found in time."""
    channel.send(SESSION.msg("kernel_info_request"))
    kernel.recv_multipart()
    waiting = asyncio.create_task(channel.get_msg())
    await asyncio.sleep(0.1)
    SESSION.send(kernel, "execute_reply")
    time.sleep(0.2)  # noqa: ASYNC251 - the loop must not run before the channel sends
    channel.send(SESSION.msg("comm_msg"))
    message = await asyncio.wait_for(waiting, timeout=3.0)
    return str(message["msg_type"])


def test_an_answer_that_comes_while_something_is_sent_is_found(tmp_path: Path) -> None:
    """As a cell with an output widget does it."""
    with joined(tmp_path, WatchfulChannel) as (channel, kernel):
        assert asyncio.run(answered_while_sending(channel, kernel)) == "execute_reply"


def test_the_channel_of_the_library_misses_it(tmp_path: Path) -> None:
    """The control: once this fails, the library needs no help any more."""
    with joined(tmp_path, AsyncZMQSocketChannel) as (channel, kernel), pytest.raises(TimeoutError):
        asyncio.run(answered_while_sending(channel, kernel))


def test_every_notebook_is_run_through_it() -> None:
    """The manager of a run makes clients of this kind, on the shell channel."""
    with private_kernel() as manager:
        client = manager().client()
    assert isinstance(client, WatchfulClient)
    assert client.shell_channel_class is WatchfulChannel


def test_a_wait_ends_when_its_time_is_over(tmp_path: Path) -> None:
    """No message is no message."""
    with joined(tmp_path, WatchfulChannel) as (channel, _), pytest.raises(Empty):
        asyncio.run(channel.get_msg(timeout=0.1))
