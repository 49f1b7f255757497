import json
import math
import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import pytest
import torch
from torch import Tensor, nn

from portrait_studio.engine.devices import Compute
from portrait_studio.errors import DataSetError, OptionError, WeightsError
from portrait_studio.networks.building import build_network
from portrait_studio.networks.conventions import LABEL_COUNT
from portrait_studio.networks.released import load_network, save_network
from tests.helpers.tiny_packs import write_figures, write_tiny_models, write_tiny_vgg
from trainer.__main__ import main
from trainer.data.batch import Batch, RawBatch
from trainer.recipes.config import OptimiserConfig
from trainer.recipes.files import RECIPES, load_recipe
from trainer.tasks.encoder import begin_from_imagenet
from trainer.tasks.kind import Pretrained
from trainer.training import loop
from trainer.training.loop import rate_factor, train, train_step
from trainer.training.run import Run, make_optimiser
from trainer.training.run_state import STATE_FILE, Ema, load_state
from trainer.training.setup import start_run

CPU = Compute(torch.device("cpu"), torch.float32)
TINY = ["tiny-parsing", "tiny-completion", "tiny-adversarial", "tiny-face"]


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with packs/, models/ and vgg.safetensors."""
    folder = tmp_path_factory.mktemp("material")
    write_figures(folder / "packs", 4)
    write_tiny_models(folder / "models")
    write_tiny_vgg(folder / "vgg.safetensors")
    return folder


def command(material: Path, recipe: str, run: Path, *more: str) -> list[str]:
    """Arguments of a run in float32 on the CPU."""
    return [
        *("train", recipe, "--data", str(material / "packs"), "--run", str(run)),
        *("--init", str(material / "models"), "--device", "cpu", "--precision", "float32", *more),
    ]


def completion_run(material: Path, folder: Path, steps: int = 4) -> Run:
    """A run of the quickest recipe, with both discriminators, not yet started."""
    recipe = load_recipe("tiny-completion")
    recipe = replace(recipe, run=replace(recipe.run, steps=steps, sheet_steps=1000))
    return start_run(recipe, material / "packs", folder, CPU)


def differences(a: Any, b: Any, where: str = "") -> list[str]:
    """Paths at which two nested state dicts differ."""
    if isinstance(a, Tensor):
        return [] if isinstance(b, Tensor) and torch.equal(a, b) else [where]
    if isinstance(a, dict) and isinstance(b, dict):
        if a.keys() != b.keys():
            return [where]
        return [path for key in a for path in differences(a[key], b[key], f"{where}/{key}")]
    if isinstance(a, list | tuple) and isinstance(b, list | tuple) and len(a) == len(b):
        pairs = enumerate(zip(a, b, strict=True))
        return [path for i, (x, y) in pairs for path in differences(x, y, f"{where}/{i}")]
    return [] if a == b else [where]


def assert_same_state(first: Path, second: Path) -> None:
    a, b = load_state(first), load_state(second)
    assert a.step == b.step
    assert differences(a.modules, b.modules) == []
    assert differences(a.optimisers, b.optimisers) == []
    assert differences(a.ema, b.ema) == []


@pytest.mark.parametrize("recipe", TINY)
def test_a_resumed_run_has_the_weights_of_an_uninterrupted_one(
    material: Path, tmp_path: Path, recipe: str
) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert main(command(material, recipe, whole)) == 0
    assert main(command(material, recipe, parts, "--stop-after", "2")) == 0
    assert load_state(parts).step == 2
    assert main(command(material, recipe, parts, "--resume")) == 0
    assert_same_state(whole, parts)
    start = load_state(whole)
    assert start.step == 4
    fresh = start_run(
        start.recipe, material / "packs", tmp_path / "new", CPU, Pretrained(material / "models")
    )
    moved = differences(dict(fresh.task.network.state_dict()), start.modules["network"])
    assert len(moved) > len(start.modules["network"]) // 2
    check_run_log(whole, load_recipe(recipe).data.size)


def check_run_log(run: Path, size: int) -> None:
    """Log lines of every step, a sheet at the last one, and a record of what was done."""
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 2, 3, 4]
    assert all(math.isfinite(value) for line in lines for value in line.values())
    sheet = cv2.imread(str(run / "sheets" / "0000004.png"))
    assert sheet is not None
    assert sheet.shape[0] % size == 0
    record = load_state(run).record
    assert record["seconds"] > 0
    assert record["last"] == {k: v for k, v in lines[-1].items() if k not in ("step", "images_per_s")}
    assert record["device"] == "CPU (float32)"
    assert sorted(path.name for path in run.iterdir() if path.is_file()) == ["log.jsonl", STATE_FILE]


def test_two_resumed_halves_of_different_calls_share_the_record(material: Path, tmp_path: Path) -> None:
    run = completion_run(material, tmp_path)
    train(run, stop_after=1)
    seconds = load_state(tmp_path).record["seconds"]
    again = completion_run(material, tmp_path)
    again.resume()
    train(again)
    state = load_state(tmp_path)
    assert state.step == 4
    assert state.record["seconds"] > seconds
    assert state.record["start"] == "random"


def test_released_weights_and_parser_are_taken_over(material: Path, tmp_path: Path) -> None:
    recipe = load_recipe("tiny-completion")
    run = start_run(recipe, material / "packs", tmp_path, CPU, Pretrained(material / "models"))
    assert run.record["start"].startswith("released weights ")
    assert run.record["sets"] == ["clothing-co-parsing"]
    random = completion_run(material, tmp_path)
    assert differences(dict(run.task.network.state_dict()), dict(random.task.network.state_dict()))


def test_starting_weights_follow_the_seed(material: Path, tmp_path: Path) -> None:
    first, second = (completion_run(material, tmp_path / name) for name in "ab")
    assert not differences(dict(first.task.network.state_dict()), dict(second.task.network.state_dict()))


def test_sheets_and_checkpoints_do_not_disturb_the_numbers(material: Path, tmp_path: Path) -> None:
    plain = completion_run(material, tmp_path / "plain")
    train(plain)
    busy = completion_run(material, tmp_path / "busy")
    busy.recipe = replace(busy.recipe, run=replace(busy.recipe.run, sheet_steps=1, checkpoint_minutes=0.0))
    train(busy)
    assert_same_state(tmp_path / "plain", tmp_path / "busy")
    assert len(list((tmp_path / "busy" / "sheets").iterdir())) == 4


def test_validation_is_logged_and_does_not_disturb_the_numbers(material: Path, tmp_path: Path) -> None:
    plain = completion_run(material, tmp_path / "plain")
    train(plain)
    looking = completion_run(material, tmp_path / "looking")
    settings = replace(looking.recipe.run, validate_steps=2, validate_batches=3)
    looking.recipe = replace(looking.recipe, run=settings)
    looking.validation = looking.source
    train(looking)
    assert_same_state(tmp_path / "plain", tmp_path / "looking")
    lines = [json.loads(line) for line in (tmp_path / "looking" / "log.jsonl").read_text().splitlines()]
    looks = [line for line in lines if "val_pixel" in line]
    assert [line["step"] for line in looks] == [2, 4]
    # By hand: the mean over the same batches with the averaged weights.
    looking.task.network = looking.ema.network.eval()
    values = []
    with torch.no_grad():
        for number in range(3):
            batch = looking.source.batch(number)
            seen = looking.task.predict(batch, 4)
            values.append(looking.task.loss("network", batch, seen, 4).scalars["pixel"])
    assert looks[-1]["val_pixel"] == pytest.approx(sum(values) / 3)


def test_a_loss_that_is_no_number_stops_the_run_and_keeps_the_batch(
    material: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = completion_run(material, tmp_path)
    run.recipe = replace(run.recipe, run=replace(run.recipe.run, checkpoint_minutes=0.0))
    make, convert = run.source.batch, RawBatch.on
    bad = make(2).keys

    def poisoned(raw: RawBatch, device: torch.device) -> Batch:
        batch = convert(raw, device)
        return replace(batch, image=batch.image * float("nan")) if batch.keys == bad else batch

    monkeypatch.setattr(RawBatch, "on", poisoned)
    with pytest.raises(
        DataSetError, match=r"The loss of step 2 is not a number; the batch is saved in .*--rate"
    ):
        train(run)
    saved = torch.load(tmp_path / "failed_batch.pt", weights_only=True)
    assert saved["keys"] == make(2).keys
    assert torch.equal(saved["mask"], make(2).mask)
    # The state before the failure is there to go on from, and it is sound.
    state = load_state(tmp_path)
    assert state.step == 2
    assert all(bool(value.isfinite().all()) for value in state.modules["network"].values())
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_signal_ends_the_step_and_saves(
    material: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    run = completion_run(material, tmp_path / "stopped")
    handlers = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)

    def signalled(run: Run, batches: list[Batch]) -> dict[str, float]:
        if run.step == 1:
            os.kill(os.getpid(), number)
        return train_step(run, batches)

    monkeypatch.setattr(loop, "train_step", signalled)
    train(run)
    assert load_state(tmp_path / "stopped").step == 2
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == handlers
    monkeypatch.undo()
    again = completion_run(material, tmp_path / "stopped")
    again.resume()
    train(again)
    train(completion_run(material, tmp_path / "whole"))
    assert_same_state(tmp_path / "stopped", tmp_path / "whole")


def own_recipe(tmp_path: Path, name: str, *changes: tuple[str, str]) -> str:
    """A shipped recipe with some lines changed, as a file."""
    text = (RECIPES / f"{name}.toml").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "own.toml"
    path.write_text(text)
    return str(path)


def test_changed_options_hold_for_the_rest_of_a_run(material: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    name = own_recipe(tmp_path, "tiny-completion", ("adversarial = 1.0", ""))
    assert main(command(material, name, folder, "--stop-after", "1", "--size", "32")) == 0
    more = ("--resume", "--steps", "2", "--size", "96", "--batch", "1", "--rate", "1e-5", "--threads", "1")
    assert main(command(material, name, folder, *more)) == 0
    recipe = load_state(folder).recipe
    assert (recipe.run.steps, recipe.run.threads) == (2, 1)
    assert (recipe.data.size, recipe.data.batch, recipe.optimiser.rate) == (96, 1, 1e-5)
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    assert [line["rate"] for line in lines] == [2e-4, 1e-5]


def test_epochs_count_photos_and_steps_overrule_them(material: Path, tmp_path: Path) -> None:
    recipe = load_recipe("tiny-completion")
    recipe = replace(recipe, run=replace(recipe.run, epochs=2.5))
    run = start_run(recipe, material / "packs", tmp_path, CPU)
    # Two and a half times four photos, two a step.
    assert (len(run.source), run.recipe.run.steps) == (4, 5)
    name = own_recipe(tmp_path, "tiny-completion", ("\nsteps = 4", "\nepochs = 50.0"))
    assert main(command(material, name, tmp_path / "run", "--steps", "1")) == 0
    assert load_state(tmp_path / "run").recipe.run.steps == 1


def test_other_sets_may_be_named(material: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = command(material, "tiny-completion", tmp_path, "--sets", "clothing-co-parsing", "atr")
    assert "No packs of the set atr" in refusal(arguments, capsys)
    name = own_recipe(tmp_path, "tiny-completion", ("clothing-co-parsing = 1.0", "atr = 1.0"))
    own = ("--sets", "clothing-co-parsing", "--stop-after", "1")
    assert main(command(material, name, tmp_path / "run", *own)) == 0
    assert load_state(tmp_path / "run").recipe.data.sets == {"clothing-co-parsing": 1.0}


def test_a_finished_run_does_nothing_more(material: Path, tmp_path: Path) -> None:
    train(completion_run(material, tmp_path, steps=1))
    again = completion_run(material, tmp_path, steps=1)
    again.resume()
    train(again)
    assert load_state(tmp_path).step == 1


PERCEPTUAL = ("pixel = 1.0", "pixel = 1.0\nperceptual = 0.1")


def test_perceptual_loss_takes_part_when_its_file_is_given(material: Path, tmp_path: Path) -> None:
    recipe = own_recipe(tmp_path, "tiny-completion", PERCEPTUAL)
    more = ("--vgg", str(material / "vgg.safetensors"), "--stop-after", "1")
    assert main(command(material, recipe, tmp_path / "run", *more)) == 0
    assert load_state(tmp_path / "run").record["last"]["perceptual"] > 0


def refusal(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one sentence that a refused command prints."""
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    lines = captured.err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("portrait-trainer: ")
    assert lines[0].endswith(".")
    return lines[0]


def test_a_network_without_map_starts_from_one_that_reads_it(material: Path, tmp_path: Path) -> None:
    name = own_recipe(tmp_path, "tiny-completion", ("attention = 4", "attention = 4\nuse_parsing = false"))
    run = start_run(
        load_recipe(name), material / "packs", tmp_path / "run", CPU, Pretrained(material / "models")
    )
    plain = run.task.network.state_dict()
    reading = load_network("completion", material / "models").module.state_dict()
    assert plain["enter.weight"].shape[1] == reading["enter.weight"].shape[1] - LABEL_COUNT
    assert torch.equal(plain["enter.weight"], reading["enter.weight"][:, :-LABEL_COUNT])
    others = [name for name in reading if name != "enter.weight"]
    assert others
    assert all(torch.equal(plain[name], reading[name]) for name in others)


def test_a_network_without_map_cannot_start_from_another_architecture(material: Path, tmp_path: Path) -> None:
    name = own_recipe(tmp_path, "tiny-completion", ("attention = 4", "attention = 4\nuse_parsing = false"))
    other = build_network("paper-completion", {"width": 4})
    (tmp_path / "models").mkdir()
    save_network(tmp_path / "models" / "completion.safetensors", "paper-completion", other, {})
    with pytest.raises(WeightsError, match="another shape"):
        start_run(
            load_recipe(name), material / "packs", tmp_path / "run", CPU, Pretrained(tmp_path / "models")
        )


def test_an_existing_run_is_not_overwritten(
    material: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train(completion_run(material, tmp_path, steps=1))
    before = (tmp_path / STATE_FILE).read_bytes()
    capsys.readouterr()
    message = refusal(command(material, "tiny-completion", tmp_path), capsys)
    assert "already holds a run: add --resume to go on" in message
    assert (tmp_path / STATE_FILE).read_bytes() == before


def test_a_missing_run_cannot_go_on(
    material: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    message = refusal(command(material, "tiny-completion", tmp_path / "none", "--resume"), capsys)
    assert "There is no run in" in message
    assert "'train' without --resume starts one" in message
    assert not (tmp_path / "none").exists()


def test_a_run_needs_packs(material: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["train", "tiny-completion", "--data", str(tmp_path / "none"), "--run", str(tmp_path / "run")]
    message = refusal([*arguments, "--device", "cpu", "--precision", "float32"], capsys)
    assert "No packs of the set clothing-co-parsing" in message
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("more", [[], ["--vgg", "none.safetensors"]])
def test_a_perceptual_loss_needs_its_file(
    material: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    recipe = own_recipe(tmp_path, "tiny-completion", PERCEPTUAL)
    message = refusal(command(material, recipe, tmp_path / "run", *more), capsys)
    assert "give the VGG features with --vgg FILE" in message


def test_a_face_run_needs_a_completion_network(
    material: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["train", "tiny-face", "--data", str(material / "packs"), "--run", str(tmp_path / "run")]
    arguments += ["--device", "cpu", "--precision", "float32"]
    assert "name its weights with --init models" in refusal(arguments, capsys)
    missing = refusal([*arguments, "--init", str(tmp_path / "none")], capsys)
    assert "The weights are missing" in missing


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("tiny-completion", [("[4, 8, 12]", "[4, 8, 16]")], "weights have another shape than the recipe's"),
        ("tiny-completion", [("[4, 8, 12]", "[4, 8]")], "cannot be built from the settings"),
        (
            "tiny-completion",
            [("pixel = 1.0", ""), ("adversarial = 1.0", "")],
            "has no loss at its first",
        ),
        (
            "tiny-completion",
            [("pixel = 1.0", ""), ("[run]", "[adversarial]\nstart = 2\n[run]")],
            "has no loss at its first",
        ),
        (
            "tiny-completion",
            [("[run]", '[adversarial]\narchitecture = "unet"\n[run]')],
            "There is no discriminator 'unet'; choose one of: dcgan-discriminator, ",
        ),
        (
            "tiny-completion",
            [('"completion"', '"parsing"')],
            "'compact-completion' is none for the task parsing; choose one of: parsing, paper-parsing.",
        ),
        (
            "tiny-completion",
            [('"completion"', '"texture"')],
            "There is no task 'texture'; choose one of: parsing, completion, face",
        ),
        (
            "tiny-completion",
            [('"compact-completion"', '"gated"')],
            "'gated' is none for the task completion; choose one of: paper-completion, compact-",
        ),
        ("tiny-completion", [('"adam"', '"lion"')], "no optimiser 'lion'; choose one of: sgd, adam, adamw"),
        ("tiny-completion", [('"adam"', '"adam"\nschedule = "step"')], "no schedule 'step'; choose one of"),
        ("tiny-face", [("size = 128", "size = 32")], "The face stage needs a size of at least 64, not 32"),
    ],
)
def test_recipes_that_cannot_run_are_refused(
    material: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    changes: list[tuple[str, str]],
    message: str,
) -> None:
    recipe = own_recipe(tmp_path, name, *changes)
    assert message in refusal(command(material, recipe, tmp_path / "run"), capsys)
    assert not (tmp_path / "run").exists()


def test_unknown_recipe_and_wrong_option(
    material: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "There is no recipe 'tiny'" in refusal(command(material, "tiny", tmp_path / "run"), capsys)
    odd = refusal(command(material, "tiny-parsing", tmp_path / "run", "--size", "70"), capsys)
    assert "`size` must be a multiple of 32" in odd


def test_a_folder_that_takes_no_files_is_named(
    material: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    assert main(command(material, "tiny-completion", tmp_path / "file" / "run")) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("portrait-trainer: The run cannot be written to")
    assert error.endswith("make room or name another folder.")


def test_a_full_disk_keeps_the_last_state(
    material: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(completion_run(material, tmp_path, steps=1))
    run = completion_run(material, tmp_path, steps=2)
    run.resume()

    def full(content: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(DataSetError, match=r"cannot be written to .* \(No space left on device\)"):
        train(run)
    assert load_state(tmp_path).step == 1


class Trap:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self._path,)


@pytest.mark.parametrize("content", [b"", b"rubbish"])
def test_a_damaged_state_is_one_sentence(
    material: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    (tmp_path / STATE_FILE).write_bytes(content)
    message = refusal(command(material, "tiny-completion", tmp_path, "--resume"), capsys)
    assert "is damaged" in message
    assert message.endswith("start the run anew.")


def test_nothing_in_a_state_is_executed(tmp_path: Path) -> None:
    torch.save({"recipe": Trap(tmp_path / "caught")}, tmp_path / STATE_FILE)
    with pytest.raises(DataSetError, match="is damaged"):
        load_state(tmp_path)
    assert not (tmp_path / "caught").exists()


@pytest.mark.parametrize("content", [{}, [], {"recipe": {}}, {"recipe": {"name": "x"}, "step": 1}])
def test_a_state_of_another_version_is_refused(tmp_path: Path, content: object) -> None:
    torch.save(content, tmp_path / STATE_FILE)
    with pytest.raises(OptionError):
        load_state(tmp_path)


@pytest.mark.parametrize("part", ["modules", "optimisers", "ema"])
def test_a_state_that_lacks_a_part_does_not_resume(material: Path, tmp_path: Path, part: str) -> None:
    train(completion_run(material, tmp_path, steps=1))
    content = torch.load(tmp_path / STATE_FILE, weights_only=True)
    content[part] = {}
    torch.save(content, tmp_path / STATE_FILE)
    with pytest.raises(OptionError, match="does not fit this recipe; resume it at the size that it began"):
        completion_run(material, tmp_path).resume()


def test_schedules() -> None:
    constant = OptimiserConfig(warmup=4)
    assert [rate_factor(step, 10, constant) for step in range(6)] == [0.25, 0.5, 0.75, 1, 1, 1]
    cosine, polynomial = OptimiserConfig(schedule="cosine"), OptimiserConfig(schedule="polynomial")
    assert rate_factor(5, 10, cosine) == pytest.approx(0.5)
    assert rate_factor(5, 10, polynomial) == pytest.approx(0.5**0.9)
    for config in (cosine, polynomial):
        factors = [rate_factor(step, 10, config) for step in range(12)]
        assert factors[0] == 1
        assert factors == sorted(factors, reverse=True)
        assert factors[10] == factors[11] == pytest.approx(0)


def test_optimisers_by_name() -> None:
    parameters = [{"params": [nn.Parameter(torch.zeros(2))], "factor": 0.5}]
    sgd = make_optimiser(parameters, OptimiserConfig("sgd", 0.1, weight_decay=0.01))
    assert sgd.defaults["momentum"] == 0.9
    assert make_optimiser(parameters, OptimiserConfig("adam", 0.1)).defaults["betas"] == (0.5, 0.999)
    assert isinstance(make_optimiser(parameters, OptimiserConfig("adamw")), torch.optim.AdamW)
    assert sgd.param_groups[0]["factor"] == 0.5


def test_averaged_weights_follow_the_network() -> None:
    network = nn.BatchNorm1d(3)
    average = Ema(network, 0.9)
    with torch.no_grad():
        network.weight.fill_(2.0)
    network.num_batches_tracked += 5
    average.update(network, step=0)
    # Early steps count more: the first one takes nine tenths of the new value.
    torch.testing.assert_close(average.network.weight, torch.full((3,), 1.9))
    assert int(average.network.num_batches_tracked) == 5
    before = average.network.weight.clone()
    average.update(network, step=10**6)
    torch.testing.assert_close(average.network.weight, 0.9 * before + 0.1 * 2.0)
    assert not average.network.weight.requires_grad


def test_only_lite2_starts_from_imagenet() -> None:
    from portrait_studio.networks.parsing import ParsingConfig, ParsingNetwork

    with torch.device("meta"):
        assert not begin_from_imagenet(ParsingNetwork(ParsingConfig("resnet101", 12, 8, (1,))).encoder)
