"""Recipes: typed, frozen settings of one training run; `files` reads them from TOML."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from portrait_studio.errors import OptionError
from trainer.recipes.samples import AugmentConfig, DamageMix, FaceJitter, HoleMix, PromptConfig

OPTIMISERS = ("sgd", "adam", "adamw", "adadelta")
SCHEDULES = ("constant", "cosine", "polynomial")
ADVERSARIAL_KINDS = ("log", "hinge")


@dataclass(frozen=True)
class DataConfig:
    """Which photos are seen, and how often.

    Attributes:
        sets: share of each packed set in the samples, by name; sets that are not packed are an error.
        size: side of the training window in pixels.
        batch: samples per step, of all processes together.
        accumulate: parts in which a process takes its share of them, one after the other, to save memory.
        rare_label_threshold: photos with labels that occur in less than this share of the labelled photos are
            repeated more often (repeat factor sampling, Gupta et al. 2019); 0 = off.
        exact_weight: how many times as often exactly labelled photos are drawn as the others of their set.
        exact_only: leave out photos whose label maps hold sets of labels or nothing.
        face_window: cut windows around the face (face task).
        face_in_photo: instead, the photo as for completion with a hole in its face, of which the network sees
            the 64 pixels around the centre of the face label (face task; Wu et al., section III.C).
        face_hole: smallest and largest side of the holes in either, in pixels.
    """

    sets: dict[str, float]
    size: int = 256
    batch: int = 8
    accumulate: int = 1
    rare_label_threshold: float = 0.0
    exact_weight: float = 1.0
    exact_only: bool = False
    face_window: bool = False
    face_in_photo: bool = False
    face_hole: tuple[int, int] = (20, 44)

    def __post_init__(self) -> None:
        """Refuse sizes that the networks cannot halve five times, and shares that choose nothing."""
        if self.size < 32 or self.size % 32:
            raise OptionError(f"data: `size` must be a multiple of 32, and {self.size} is not.")
        if self.batch < 1 or self.accumulate < 1:
            raise OptionError("data: `batch` and `accumulate` must be at least 1.")
        if self.face_window and self.face_in_photo:
            raise OptionError("data: choose one of `face_window` and `face_in_photo`.")
        if len(self.face_hole) != 2 or not 1 <= self.face_hole[0] <= self.face_hole[1]:
            raise OptionError("data: `face_hole` must name a smallest and a largest side, such as [20, 44].")
        if min(self.sets.values(), default=0.0) < 0 or sum(self.sets.values()) <= 0:
            raise OptionError("data: the shares of `sets` must not be negative, and one must be above zero.")


@dataclass(frozen=True)
class OptimiserConfig:
    """How weights move.

    Attributes:
        name: "sgd" (momentum 0.9), "adam" (betas 0.5, 0.999), "adamw", or "adadelta" (rho 0.9; Zeiler 2012).
        rate: learning rate.
        encoder_factor: factor on the rate of the ImageNet encoder.
        weight_decay: decoupled for adamw.
        schedule: "constant", "cosine" or "polynomial" (power 0.9), over all steps.
        warmup: steps of linear warm-up.
        clip: largest norm of the gradient, 0 = none.
    """

    name: str = "adamw"
    rate: float = 1e-3
    encoder_factor: float = 1.0
    weight_decay: float = 0.0
    schedule: str = "constant"
    warmup: int = 0
    clip: float = 0.0

    def __post_init__(self) -> None:
        """Refuse unknown names, and a rate that learns nothing, or backwards."""
        for kind, value, known in (
            ("optimiser", self.name, OPTIMISERS),
            ("schedule", self.schedule, SCHEDULES),
        ):
            if value not in known:
                raise OptionError(f"There is no {kind} {value!r}; choose one of: {', '.join(known)}.")
        if self.rate <= 0:
            raise OptionError("optimiser: `rate` must be above zero.")


@dataclass(frozen=True)
class LossConfig:
    """Weights of the losses; each task reads its own.

    Attributes:
        alpha: extra weight of hole pixels in the parsing loss (eq. 2).
        label_balance: power of the inverse label frequency that weights the parsing loss, 0 = none.
        lovasz: weight of the Lovasz-softmax loss of the refined map, which stands for the mean IoU
            (Berman et al. 2018).
        heatmap: weight of the heatmap loss.
        dice: weight of the Dice loss (segmentation, damage).
        focal: power by which pixels that are answered well weigh less (damage); 0 = plain cross entropy.
        pixel: weight of the L1 loss (ours).
        squared: weight of the squared difference inside the hole, a mean over the whole window of colours
            in [0, 1] (Iizuka et al. 2017, eq. 2).
        perceptual: weight of eq. 3; needs a VGG file.
        adversarial: weight of each discriminator (eq. 4).
        attention: weight of the maps of where damage is (repair: Liu et al. 2019, eq. 6; the next two too).
        scales: weight of the pictures of all sizes (eq. 8), from the second stage on.
        semantic: weight of what a face parser says of the result (eq. 9), from the second stage on.
        global_discriminator: whether there is one for the whole window (completion).
        local_discriminator: whether there is one for half its side around the hole (not for extrapolation).
        whole_output: losses and discriminators see the network's own picture everywhere, as in the paper,
            instead of the composite, which keeps the known pixels.
        whole_window: the perceptual loss sees the whole window, instead of half its side around the hole.
        predicted_structure: share of the batches whose parsing maps come from the frozen parser, where there
            is one.
        known: weight of the L1 loss outside the hole, by that inside (face completion; the next five too).
        features: extra weight of eyes, brows and lips in the L1 loss, as `alpha` in the parsing loss.
        parts: weight of the cross entropy of the face part map.
        landmarks: weight of the landmarks' likelihood.
        perceptual_share: share of a batch's samples that the perceptual loss sees.
        perceptual_side: side in pixels of the window, around a pixel of the hole, that it sees of them.
    """

    alpha: float = 9.0
    label_balance: float = 0.0
    lovasz: float = 0.0
    heatmap: float = 1.0
    dice: float = 0.5
    focal: float = 0.0
    pixel: float = 0.0
    squared: float = 0.0
    perceptual: float = 0.0
    adversarial: float = 0.0
    attention: float = 0.0
    scales: float = 0.0
    semantic: float = 0.0
    global_discriminator: bool = True
    local_discriminator: bool = True
    whole_output: bool = False
    whole_window: bool = False
    predicted_structure: float = 0.5
    known: float = 0.1
    features: float = 0.0
    parts: float = 0.0
    landmarks: float = 0.0
    perceptual_share: float = 1.0
    perceptual_side: int = 80


@dataclass(frozen=True)
class AdversarialConfig:
    """How network and discriminators play against each other; the weight is `LossConfig.adversarial`.

    Discriminators move without weight decay. A run may have three phases (Iizuka et al. 2017, algorithm 1):
    the network alone until `start`, the discriminators alone for `alone` steps, then both.

    Attributes:
        architecture: of the discriminators, by name in the network registry.
        kind: "log" (eq. 4) or "hinge" (Lim and Ye 2017).
        hole_only: judge each patch by its share of hole pixels, since known pixels are real in both pictures.
        feature_matching: weight of the L1 distance between the discriminator's features of output and truth
            (Wang et al. 2018), for each discriminator.
        gradient_penalty: gamma of R1 (Mescheder et al. 2018), 0 = none.
        penalty_every: steps between penalties; they weigh as much more (Karras et al. 2020).
        rate: learning rate of the discriminators, 0 = the network's.
        optimiser: of the discriminators, named as in `OptimiserConfig`.
        start: step from which there are discriminators at all.
        alone: steps from there on in which they move alone; the network rests, its statistics too.
        ramp: steps over which their weight then grows from zero.
        first: discriminators move first in each step, and the network meets them as they are then; else all
            move together.
        other_masks: the truth is judged with the masks of other samples of the batch, so that a local
            window of it lies anywhere.
        augment: change colours and place of what is judged, and cut a square out, so that few photos last
            longer (Zhao et al. 2020; face generator).
    """

    architecture: str = "dcgan-discriminator"
    kind: str = "log"
    hole_only: bool = False
    feature_matching: float = 0.0
    gradient_penalty: float = 0.0
    penalty_every: int = 16
    rate: float = 0.0
    optimiser: str = "adam"
    start: int = 0
    alone: int = 0
    ramp: int = 0
    first: bool = False
    other_masks: bool = False
    augment: bool = False

    def __post_init__(self) -> None:
        """Refuse unknown kinds and figures below zero."""
        if self.kind not in ADVERSARIAL_KINDS:
            known = ", ".join(ADVERSARIAL_KINDS)
            raise OptionError(f"There is no adversarial loss {self.kind!r}; choose one of: {known}.")
        if self.optimiser not in OPTIMISERS:
            known = ", ".join(OPTIMISERS)
            raise OptionError(f"There is no optimiser {self.optimiser!r}; choose one of: {known}.")
        steps = (self.start, self.alone, self.ramp)
        if min(self.feature_matching, self.gradient_penalty, self.rate, *steps) < 0:
            raise OptionError(
                "adversarial: weights, `rate`, `start`, `alone` and `ramp` must not be negative."
            )
        if self.penalty_every < 1:
            raise OptionError("adversarial: `penalty_every` must be at least 1.")

    def rests(self, step: int) -> bool:
        """Whether the network rests at a step (from 0), while the discriminators learn to know it."""
        return self.start <= step < self.start + self.alone

    def strength(self, step: int) -> float:
        """Factor on the adversarial weights at a step (from 0), in [0, 1]; 0 = the network meets none yet."""
        met = self.start + self.alone
        if step < met:
            return 0.0
        return min(1.0, (step - met + 1) / self.ramp) if self.ramp else 1.0


@dataclass(frozen=True)
class RunConfig:
    """How the run goes.

    Attributes:
        steps: optimiser steps in all.
        epochs: instead of steps, how often as many photos are drawn as there are; 0 = steps count.
        seed: start of all chance; sample k of step s depends on (seed, s, k) alone.
        ema: decay of the averaged weights that are released.
        checkpoint_minutes: time between checkpoints.
        sheet_steps: steps between sample sheets.
        log_steps: steps between log lines.
        validate_steps: steps between losses of the averaged network on photos that validate; 0 = never.
        validate_batches: how many batches those are, always the same ones.
        freeze_costly: leave depthwise kernels whose gradient is slow on CPUs as ImageNet trained them.
        freeze_stages: first stages of the ImageNet encoder that are not trained, 0 to 6.
        threads: of torch and OpenCV, 0 = their own choice.
    """

    steps: int = 1000
    epochs: float = 0.0
    seed: int = 0
    ema: float = 0.999
    checkpoint_minutes: float = 5.0
    sheet_steps: int = 500
    log_steps: int = 20
    validate_steps: int = 0
    validate_batches: int = 4
    freeze_costly: bool = False
    freeze_stages: int = 0
    threads: int = 0

    def __post_init__(self) -> None:
        """Refuse counts that cannot be counted to."""
        if min(self.steps, self.sheet_steps, self.log_steps, self.validate_batches) < 1:
            raise OptionError(
                "run: `steps`, `sheet_steps`, `log_steps` and `validate_batches` must be at least 1."
            )
        if min(self.seed, self.threads, self.epochs, self.validate_steps) < 0:
            raise OptionError("run: `seed`, `threads`, `epochs` and `validate_steps` must not be negative.")
        if not 0 <= self.freeze_stages <= 6:
            raise OptionError("run: `freeze_stages` must lie between 0 and 6.")
        if not 0 <= self.ema < 1:
            raise OptionError("run: `ema` must be at least 0 and below 1.")


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what a run does, apart from where its files lie.

    Attributes:
        name: of the recipe.
        task: which kind of training, see `tasks.table`.
        architecture: name in the network registry.
        network: settings of that architecture.
        discriminator: settings of the discriminators.
        data: see `DataConfig`; the same for the other sections.
        face: how far aligned windows of faces stray (face completion).
        damage: what is drawn over windows (damage).
    """

    name: str
    task: str
    architecture: str
    data: DataConfig
    network: dict[str, Any] = field(default_factory=dict)
    discriminator: dict[str, Any] = field(default_factory=dict)
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    holes: HoleMix = field(default_factory=HoleMix)
    prompts: PromptConfig = field(default_factory=PromptConfig)
    optimiser: OptimiserConfig = field(default_factory=OptimiserConfig)
    loss: LossConfig = field(default_factory=LossConfig)
    adversarial: AdversarialConfig = field(default_factory=AdversarialConfig)
    face: FaceJitter = field(default_factory=FaceJitter)
    damage: DamageMix = field(default_factory=DamageMix)
    run: RunConfig = field(default_factory=RunConfig)
