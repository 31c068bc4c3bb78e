"""Servers of Spark on 127.0.0.1, as a cluster would run them: one of Spark Connect, and a master with its worker."""

import os
import re
import subprocess
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import IO, Final

HOST: Final = "127.0.0.1"
#: For Java machines that live for seconds: the quick compiler only, and one collector.
SHORT_LIVED: Final = {"JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}
_QUIET: Final = {
    "spark.ui.enabled": "false",
    "spark.driver.host": HOST,
    "spark.driver.bindAddress": HOST,
    "spark.sql.shuffle.partitions": "1",
}


@contextmanager
def connect_server() -> Iterator[str]:
    """Run a server of Spark Connect with one thread; yields its address."""
    settings = _QUIET | {"spark.connect.grpc.binding.address": HOST, "spark.connect.grpc.binding.port": "0"}
    command = ["spark-submit", "--master", "local[1]"]
    command += [part for key, value in settings.items() for part in ("--conf", f"{key}={value}")]
    command += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"]
    with _running(command, until=rf"Connect server started at: {HOST}:(\d+)") as port:
        yield f"sc://{HOST}:{port}"


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Run a master and a worker with one core; yields the master's address.

    Parameters
    ----------
    folder : Path
        Where the worker keeps its files.
    """
    deploy, web = "org.apache.spark.deploy", ["--host", HOST, "--webui-port", "0"]
    master = ["spark-class", f"{deploy}.master.Master", "--port", "0", *web]
    with ExitStack() as stack:
        address = stack.enter_context(_running(master, until=rf"Starting Spark master at (spark://{HOST}:\d+)"))
        worker = ["spark-class", f"{deploy}.worker.Worker", *web, "--cores", "1", "--memory", "1g"]
        worker += ["--work-dir", str(folder), address]
        stack.enter_context(_running(worker, until="(Successfully registered) with master"))
        yield address


@contextmanager
def _running(command: Sequence[str], *, until: str) -> Iterator[str]:
    """Run a program of Spark's; yields what its log says first by the pattern."""
    found = find_spec("pyspark")
    assert found is not None
    assert found.origin is not None
    program = Path(found.origin).parent / "bin" / command[0]
    with subprocess.Popen(
        [program, *command[1:]],
        env=os.environ | SHORT_LIVED,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as run:
        assert run.stderr is not None
        rest = Thread(target=deque, args=(run.stderr, 0))  # a full pipe would stop it
        try:
            told = _first(run.stderr, until)
            rest.start()
            yield told
        finally:
            run.terminate()
            if rest.is_alive():
                rest.join()


def _first(log: IO[str], pattern: str) -> str:
    """What a pattern's group finds in a log; where the log ends before, its last lines are told."""
    last = deque[str](maxlen=20)
    for line in log:
        if match := re.search(pattern, line):
            return match[1]
        last.append(line)
    raise AssertionError("Spark ended before it was ready:\n" + "".join(last))
