"""Batches ahead of their use: made by a thread, or by processes where a thread could not keep up with a GPU.

The order, and every number, is that of making them one after the other.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import closing
from functools import partial
from multiprocessing import forkserver
from multiprocessing.context import BaseContext
from typing import Any, TypeVar

import cv2
import torch
from torch.utils.data import DataLoader, Dataset

from portrait_studio.errors import DataSetError, PortraitStudioError
from trainer.data.batch import Batch, RawBatch
from trainer.data.batches import CACHE_BYTES, Share

_QUEUE = 4
_MOST_WORKERS = 12

_Item = TypeVar("_Item")


def default_workers(device: torch.device) -> int:
    """Loading processes that suit a device: none beside a CPU, which they would slow down.

    The training processes that `torchrun` started on this machine divide its cores.
    """
    if device.type == "cpu":
        return 0
    processes_here = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    return max(1, min(_MOST_WORKERS, (os.cpu_count() or 1) // processes_here - 1))


def loaded(
    share: Share, first: int, last: int, device: torch.device, workers: int = 0
) -> Generator[Batch, None, None]:
    """The parts [first, last) of a share in order, on a device.

    Args:
        share: makes the parts.
        first: number of the first part.
        last: number after that of the last part.
        device: where the batches are needed.
        workers: loading processes; 0 loads in a thread of this one.

    Raises:
        DataSetError: whatever making a part raises comes out here at that part's turn; or a loading process
            ended.
    """
    if workers:
        raws = _from_processes(share, first, last, workers, pinned=device.type == "cuda")
    else:
        raws = prefetched(share, first, last)
    with closing(raws):
        for raw in raws:
            yield raw.on(device)


class _Parts(Dataset[RawBatch | PortraitStudioError]):
    """The parts of a share for torch's loader; an error travels as an item, so that its sentence survives."""

    def __init__(self, share: Share) -> None:
        self._share = share

    def limit_cache(self, limit_bytes: int) -> None:
        """Keep fewer decoded photos, since each process keeps its own."""
        self._share.source.photos.cache.limit_bytes = limit_bytes

    def __getitem__(self, index: int) -> RawBatch | PortraitStudioError:
        try:
            return self._share(index)
        except PortraitStudioError as error:
            return error


def _from_processes(
    share: Share, first: int, last: int, workers: int, *, pinned: bool
) -> Generator[RawBatch, None, None]:
    loader: DataLoader[Any] = DataLoader(
        _Parts(share),
        batch_size=None,
        sampler=range(first, last),
        num_workers=workers,
        pin_memory=pinned,
        prefetch_factor=2,
        worker_init_fn=partial(_begin_worker, CACHE_BYTES // workers),
        multiprocessing_context=_context(),
    )
    try:
        for item in loader:
            if isinstance(item, PortraitStudioError):
                raise item
            yield item
    except RuntimeError as error:
        if "DataLoader worker" not in str(error):
            raise
        raise DataSetError(
            "A process that loads photos ended, perhaps for want of memory; resume with fewer of them "
            "(--workers)."
        ) from error


def _begin_worker(cache_bytes: int, _: int) -> None:
    """Leave signals to the training process, which stops its workers itself, and threads to other workers."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(0)
    worker = torch.utils.data.get_worker_info()
    assert worker is not None
    assert isinstance(worker.dataset, _Parts)
    worker.dataset.limit_cache(cache_bytes)


def _context() -> BaseContext:
    """Processes that are forked from a fresh server, since forking one with threads and a GPU may hang."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    # The server inherits the mask: a signal to the whole group must stop the training process alone, which
    # ends the step in hand and saves, and not what it loads from.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGINT))
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return context


def prefetched(make: Callable[[int], _Item], first: int, last: int) -> Generator[_Item, None, None]:
    """What `make` returns for [first, last), made by a thread ahead of use (OpenCV frees the interpreter).

    Raises:
        DataSetError: whatever `make` raises comes out here, at that item's turn.
    """
    ready: queue.Queue[_Item | BaseException] = queue.Queue(_QUEUE)
    stop = threading.Event()

    def put(item: _Item | BaseException) -> None:
        while not stop.is_set():
            try:
                ready.put(item, timeout=0.2)
                return
            except queue.Full:
                continue

    def fill() -> None:
        try:
            for index in range(first, last):
                if stop.is_set():
                    return
                put(make(index))
        except BaseException as error:
            put(error)

    worker = threading.Thread(target=fill, name="batches", daemon=True)
    worker.start()
    try:
        for _ in range(first, last):
            item = ready.get()
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        worker.join()
