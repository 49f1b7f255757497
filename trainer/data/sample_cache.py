"""Decoded samples that are kept for their next turn, up to a number of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict

from trainer.data.sample import Sample


class SampleCache:
    """The samples that were used last, by position; threads may share it, other processes get it empty."""

    def __init__(self, limit_bytes: int) -> None:
        """Keep at most so many bytes; 0 keeps nothing."""
        self.limit_bytes = limit_bytes
        self._bytes = 0
        self._samples: OrderedDict[int, Sample] = OrderedDict()
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[type[SampleCache], tuple[int]]:
        """Travel to another process without the samples."""
        return SampleCache, (self.limit_bytes,)

    def get(self, index: int) -> Sample | None:
        """The sample at a position, if it is kept."""
        with self._lock:
            if index not in self._samples:
                return None
            self._samples.move_to_end(index)
            return self._samples[index]

    def put(self, index: int, sample: Sample) -> None:
        """Keep a sample, and give up those that were used longest ago."""
        size = _bytes_of(sample)
        with self._lock:
            if index in self._samples or size > self.limit_bytes:
                return
            self._samples[index] = sample
            self._bytes += size
            while self._bytes > self.limit_bytes:
                self._bytes -= _bytes_of(self._samples.popitem(last=False)[1])


def _bytes_of(sample: Sample) -> int:
    return sample.image.nbytes + sample.labels.nbytes + sample.keypoints.nbytes
