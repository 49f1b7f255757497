"""Batch normalisation over the samples of all processes, on every kind of device."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from trainer.distributed.processes import processes, shared_mean_with_gradient


class SyncedBatchNorm(nn.BatchNorm2d):
    """Like `nn.BatchNorm2d` with the same names, but the batch is that of all processes together.

    torch's own is for GPUs only, and a run must give the same on CPUs. Every process must hold equally many
    samples of the same size.
    """

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C, H, W)."""
        if not self.training:
            return super().forward(x)
        # Single precision and two passes, since the difference of two large numbers would lose the variance.
        with torch.autocast(x.device.type, enabled=False):
            values = x.float()
            mean = shared_mean_with_gradient(values.mean((0, 2, 3)))
            centred = values - mean[:, None, None]
            variance = shared_mean_with_gradient(centred.square().mean((0, 2, 3)))
            self._remember(mean.detach(), variance.detach(), x.numel() // x.shape[1] * processes().count)
            scale = torch.rsqrt(variance + self.eps) * self.weight
            return (centred * scale[:, None, None] + self.bias[:, None, None]).to(x.dtype)

    def _remember(self, mean: Tensor, variance: Tensor, count: int) -> None:
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        assert self.momentum is not None
        self.num_batches_tracked.add_(1)
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance * (count / max(1, count - 1)), self.momentum)


def sync_batch_norms(module: nn.Module) -> None:
    """Replace the batch normalisations inside a module by synced ones that share their parameters."""
    for name, child in module.named_children():
        if isinstance(child, nn.BatchNorm2d) and not isinstance(child, SyncedBatchNorm):
            synced = SyncedBatchNorm(child.num_features, child.eps, child.momentum)
            synced.weight, synced.bias = child.weight, child.bias
            synced.running_mean, synced.running_var = child.running_mean, child.running_var
            synced.num_batches_tracked = child.num_batches_tracked
            synced.train(child.training)
            setattr(module, name, synced)
        else:
            sync_batch_norms(child)
