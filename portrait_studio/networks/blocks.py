"""Building blocks that several networks share."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from portrait_studio.errors import OptionError


def norm_layer(kind: str, channels: int) -> nn.Module:
    """Normalisation by name: "batch" (the paper's) or "none".

    Raises:
        OptionError: there is no such normalisation.
    """
    if kind == "batch":
        return nn.BatchNorm2d(channels)
    if kind == "none":
        return nn.Identity()
    raise OptionError(f"There is no normalisation {kind!r}; choose one of: batch, none.")


def zero_weights(layer: nn.Conv2d) -> None:
    """Let a layer start as zero, so that training starts from what its output is added to."""
    with torch.no_grad():
        for value in layer.parameters():
            value.zero_()


def coordinates_like(x: Tensor) -> Tensor:
    """X and y of each pixel of a window in [-1, 1]: (N, 2, H, W) for x (N, C, H, W)."""
    ys, xs = (torch.linspace(-1, 1, side, dtype=x.dtype, device=x.device) for side in x.shape[-2:])
    return torch.stack(torch.meshgrid(xs, ys, indexing="xy")).expand(len(x), -1, -1, -1)


class ConvNormRelu(nn.Sequential):
    """Convolution, normalisation, ReLU: (N, inputs, H, W) -> (N, outputs, H / stride, W / stride)."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int = 1, dilation: int = 1, norm: str = "batch"
    ) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, dilation * (kernel // 2), dilation),
            norm_layer(norm, outputs),
            nn.ReLU(inplace=True),
        )


def down_layers(inputs: int, width: int) -> list[nn.Module]:
    """First layers of G and F: 7x7, then two stride-2; (N, inputs, H, W) -> (N, 4 width, H/4, W/4)."""
    return [
        ConvNormRelu(inputs, width, 7),
        ConvNormRelu(width, 2 * width, 3, 2),
        ConvNormRelu(2 * width, 4 * width, 3, 2),
    ]


def up_layers(width: int) -> list[nn.Module]:
    """Two stride-2 deconvolutions of the paper's G and F; (N, 4 width, h, w) -> (N, width, 4 h, 4 w)."""
    return [
        nn.ConvTranspose2d(4 * width, 2 * width, 3, 2, 1, 1),
        nn.BatchNorm2d(2 * width),
        nn.ReLU(inplace=True),
        nn.ConvTranspose2d(2 * width, width, 3, 2, 1, 1),
        nn.BatchNorm2d(width),
        nn.ReLU(inplace=True),
    ]


def twice_as_large(inputs: int, outputs: int) -> list[nn.Module]:
    """Deconvolution of 4 x 4, batch normalisation and ReLU: (N, inputs, h, w) -> (N, outputs, 2 h, 2 w)."""
    return [
        nn.ConvTranspose2d(inputs, outputs, 4, 2, 1),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    ]


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions with a residual connection (He et al. 2016), the first one possibly dilated.

    Between them stands a ReLU, leaky where `slope` is above zero.
    """

    def __init__(self, channels: int, dilation: int = 1, norm: str = "batch", slope: float = 0.0) -> None:
        super().__init__()
        self.slope = slope
        self.first = nn.Conv2d(channels, channels, 3, 1, dilation, dilation)
        self.first_norm = norm_layer(norm, channels)
        self.second = nn.Conv2d(channels, channels, 3, 1, 1)
        self.second_norm = norm_layer(norm, channels)
        if norm == "none":
            # Without normalisation a stack of residual blocks must start close to the identity.
            with torch.no_grad():
                self.second.weight.mul_(0.2)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C, H, W)."""
        y = functional.leaky_relu(self.first_norm(self.first(x)), self.slope)
        out: Tensor = x + self.second_norm(self.second(y))
        return out


class GatedResidualBlock(nn.Module):
    """A residual block whose answer is multiplied by a learned mask (gated convolution, Yu et al. 2019)."""

    def __init__(self, channels: int, dilation: int = 1, norm: str = "batch") -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, 2 * channels, 3, 1, dilation, dilation)
        self.first_norm = norm_layer(norm, channels)
        self.second = nn.Conv2d(channels, 2 * channels, 3, 1, 1)
        self.second_norm = norm_layer(norm, channels)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C, H, W)."""
        y, gate = self.first(x).chunk(2, 1)
        y = functional.relu(self.first_norm(y)) * torch.sigmoid(gate)
        y, gate = self.second(y).chunk(2, 1)
        out: Tensor = x + self.second_norm(y) * torch.sigmoid(gate)
        return out


class FourierBlock(nn.Module):
    """Convolves the spectrum, so that every position sees the whole picture (Suvorov et al. 2022).

    The answer is added to the input and starts at zero.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        inner = channels // 2
        self.reduce = nn.Conv2d(channels, inner, 1)
        self.spectrum = nn.Conv2d(2 * inner, 2 * inner, 1)
        self.project = nn.Conv2d(inner, channels, 1)
        zero_weights(self.project)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C, H, W); H and W may be any."""
        y = functional.relu(self.reduce(x))
        # Fourier transforms know no half precision.
        with torch.autocast(x.device.type, enabled=False):
            waves = torch.fft.rfft2(y.float(), norm="ortho")
            mixed = functional.relu(self.spectrum(torch.cat([waves.real, waves.imag], 1).contiguous()))
            real, imaginary = mixed.chunk(2, 1)
            size = (y.shape[-2], y.shape[-1])
            z = torch.fft.irfft2(torch.complex(real.contiguous(), imaginary.contiguous()), size, norm="ortho")
        out: Tensor = x + self.project(y + z.to(y))
        return out


def residual_block(channels: int, dilation: int = 1, norm: str = "batch", gated: bool = False) -> nn.Module:
    """A plain or a gated residual block."""
    kind = GatedResidualBlock if gated else ResidualBlock
    return kind(channels, dilation, norm)


class GlobalAttention(nn.Module):
    """Every position looks at every other one (Zhang et al. 2019), scaled by a factor that starts at zero."""

    def __init__(self, channels: int, inner: int) -> None:
        super().__init__()
        self.query_key_value = nn.Conv2d(channels, 3 * inner, 1)
        self.project = nn.Conv2d(inner, channels, 1)
        self.scale = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C, H, W); cost grows with (H W)^2."""
        height, width = x.shape[-2:]
        query, key, value = self.query_key_value(x).flatten(2).transpose(1, 2).chunk(3, dim=-1)
        mixed = functional.scaled_dot_product_attention(query, key, value)
        mixed = mixed.transpose(1, 2).reshape(len(x), -1, height, width)
        out: Tensor = x + self.scale * self.project(mixed)
        return out


class NonLocalBlock(nn.Module):
    """Every position looks at every other one: embedded Gaussian (Wang et al. 2018, eq. 2 and 4).

    The answer is added to the input. With pooled keys every position looks at cells of several pixels:
    between 128 x 128 positions there would be 268 million pairs.
    """

    def __init__(self, channels: int, inner: int, pool: int = 1) -> None:
        super().__init__()
        self.pool = pool
        self.query = nn.Conv2d(channels, inner, 1)
        self.key_value = nn.Conv2d(channels, 2 * inner, 1)
        self.project = nn.Conv2d(inner, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C, H, W); H and W multiples of `pool`."""
        query = self.query(x).flatten(2).transpose(1, 2)
        pooled = functional.max_pool2d(self.key_value(x), self.pool)
        key, value = pooled.flatten(2).transpose(1, 2).chunk(2, dim=-1)
        mixed = functional.scaled_dot_product_attention(query, key, value, scale=1.0)
        out: Tensor = x + self.project(mixed.transpose(1, 2).reshape(len(x), -1, *x.shape[-2:]))
        return out


class ConvLstmCell(nn.Module):
    """A long short-term memory whose gates are convolutions (Shi et al. 2015)."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.gates = nn.Conv2d(inputs + hidden, 4 * hidden, 3, 1, 1)

    def forward(self, x: Tensor, state: tuple[Tensor, Tensor] | None) -> tuple[Tensor, Tensor]:
        """Output and memory, each (N, hidden, H, W), from (N, inputs, H, W) and those before, if any."""
        if state is None:
            empty = x.new_zeros(len(x), self.gates.out_channels // 4, *x.shape[-2:])
            state = (empty, empty)
        output, memory = state
        enter, forget, leave, news = self.gates(torch.cat([x, output], 1)).chunk(4, 1)
        memory = torch.sigmoid(forget) * memory + torch.sigmoid(enter) * torch.tanh(news)
        return torch.sigmoid(leave) * torch.tanh(memory), memory
