"""A Ray cluster, local or remote, for the work on batches and for Daft.

The driver reads the inputs and writes the results; text travels through Ray's object store, and so
do the files that the work reads. So the nodes need the package, and no folder in common.
"""

from __future__ import annotations

import functools
import logging
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from korean_rlhf.engine.columns import daft
from korean_rlhf.engine.shipping import Contents, contents, unpack
from korean_rlhf.errors import BadInput, KoreanRLHFError, MissingExtra

SECONDS_TO_CONNECT = 10.0
_ray: Any = None
"""The module, while a cluster is connected."""


@contextmanager
def connected(address: str) -> Iterator[None]:
    """Connect to the Ray cluster at `address`, "" to start one here that ends with the block.

    Raises:
        MissingExtra: Ray is not installed.
        BadInput: there is no cluster at the address.
    """
    global _ray
    _ray = _start(address)
    try:
        daft().set_runner_ray(noop_if_initialized=True)
        yield
    finally:
        _ray.shutdown()
        _ray = None


def is_connected() -> bool:
    """Whether the work goes to a Ray cluster."""
    return _ray is not None


def _start(address: str) -> Any:
    # Read by Ray while it is imported and started: no telemetry, no web page of its own.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_DISABLE_DASHBOARD", "1")
    try:
        import ray
    except ImportError:
        raise MissingExtra("--engine ray", "ray") from None
    _require_reachable(address)
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.WARNING}
    try:
        if address:
            ray.init(address, **quiet)
        else:
            ray.init("local", include_dashboard=False, **quiet)
    except (ConnectionError, ValueError, RuntimeError) as problem:
        raise _no_cluster(address, problem) from None
    return ray


def _require_reachable(address: str) -> None:
    """Refuse an address HOST:PORT where nobody listens; Ray itself would ask it for minutes."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or "/" in host:
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS_TO_CONNECT).close()
    except OSError as problem:
        raise _no_cluster(address, problem) from None


def _no_cluster(address: str, problem: Exception) -> BadInput:
    said = str(problem).partition("\n")[0]
    return BadInput(
        f"There is no Ray cluster at {address or 'this machine'} ({said}). Start one with: "
        "ray start --head, or leave --ray-address away."
    )


class RayWorkers:
    """Applies a function to batches in tasks of the cluster; a task is tried again when it dies."""

    def __init__(
        self,
        function: Callable[[pa.RecordBatch], pa.RecordBatch],
        number: int,
        reads: Sequence[Path] = (),
    ) -> None:
        cores = int(_ray.cluster_resources().get("CPU", 1))
        self.window = min(number, 2 * cores) if number else 2 * cores
        self._function, self._files = _ray.put(function), _ray.put(contents(reads))
        self._apply = _ray.remote(_apply)

    def submit(self, batch: pa.RecordBatch) -> Callable[[], pa.RecordBatch]:
        """Start one task."""
        return functools.partial(_result, self._apply.remote(self._function, batch, self._files))


def _apply(
    function: Callable[[pa.RecordBatch], pa.RecordBatch], batch: pa.RecordBatch, files: Contents
) -> Any:
    unpack(files)
    return function(batch)


def _result(reference: Any) -> pa.RecordBatch:
    """Return what a task made, or raise what it raised."""
    try:
        return _ray.get(reference)
    except _ray.exceptions.RayTaskError as problem:
        raise problem.cause from None
    except _ray.exceptions.RayError as problem:
        said = str(problem).partition("\n")[0]
        raise KoreanRLHFError(
            f"A task on the Ray cluster died ({said}). Run the same command again: it goes on "
            "where it was."
        ) from None
