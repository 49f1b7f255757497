"""What lies in the folder of a run: state, frozen networks, TensorBoard; and what kills do to them."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from portrait_studio.engine.devices import Compute
from portrait_studio.errors import DeviceError
from portrait_studio.networks.manifest import read_manifest
from portrait_studio.networks.released import save_network
from tests.helpers.tiny_packs import write_figures, write_tiny_models
from trainer.__main__ import main
from trainer.recipes.files import load_recipe
from trainer.tasks.frozen import FROZEN_FOLDER
from trainer.training.compiling import compiled
from trainer.training.loop import train
from trainer.training.run_state import STATE_FILE, load_state
from trainer.training.setup import start_run

ROOT = Path(__file__).resolve().parents[2]
CPU = Compute(torch.device("cpu"), torch.float32)


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with packs/ and models/."""
    folder = tmp_path_factory.mktemp("material")
    write_figures(folder / "packs", 4)
    write_tiny_models(folder / "models")
    return folder


def command(material: Path, recipe: str, run: Path, *more: str) -> list[str]:
    options = ("--data", str(material / "packs"), "--run", str(run), "--device", "cpu")
    return ["train", recipe, *options, "--precision", "float32", *more]


KILLED = """
import os, signal, sys, torch
from trainer.__main__ import main
save, count = torch.save, 0
def killed(content, path):
    global count
    count += 1
    if count == 2:
        save(content, path)
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
    save(content, path)
torch.save = killed
sys.exit(main(sys.argv[1:]))
"""


def test_a_kill_during_a_checkpoint_never_loses_the_one_before(material: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "own.toml"
    text = (ROOT / "trainer" / "recipes" / "tiny-completion.toml").read_text()
    recipe.write_text(text.replace("[run]", "[run]\ncheckpoint_minutes = 0.0"))
    run = tmp_path / "killed"
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *command(material, str(recipe), run)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=300,
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert load_state(run).step == 1
    assert main(command(material, str(recipe), run, "--resume")) == 0
    assert main(command(material, str(recipe), tmp_path / "whole")) == 0
    whole, resumed = load_state(tmp_path / "whole"), load_state(run)
    assert whole.step == resumed.step == 4
    for phase, state in whole.modules.items():
        for name, value in state.items():
            assert torch.equal(value, resumed.modules[phase][name]), (phase, name)


@pytest.mark.parametrize("recipe", ["tiny-completion", "tiny-face"])
def test_a_run_keeps_the_networks_that_it_began_with(material: Path, tmp_path: Path, recipe: str) -> None:
    models, whole, parts = tmp_path / "models", tmp_path / "whole", tmp_path / "parts"
    shutil.copytree(material / "models", models)
    init = ("--init", str(models))
    assert main(command(material, recipe, whole, *init)) == 0
    assert main(command(material, recipe, parts, *init, "--stop-after", "2")) == 0
    began = {task: entry.sha256 for task, entry in read_manifest(models).items()}
    used = {"tiny-completion": ["parsing"], "tiny-face": ["completion", "parsing"]}[recipe]
    assert load_state(parts).record["frozen"] == {task: began[task] for task in used}
    assert sorted(read_manifest(parts / FROZEN_FOLDER)) == used
    # Whatever becomes of the models folder, the run goes on with its own.
    shutil.rmtree(models)
    assert main(command(material, recipe, parts, "--resume")) == 0
    a, b = load_state(whole), load_state(parts)
    assert all(torch.equal(value, b.ema[name]) for name, value in a.ema.items())
    assert b.record["frozen"] == a.record["frozen"]


def refusal(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert main(arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line


def lose(run: Path) -> None:
    shutil.rmtree(run / FROZEN_FOLDER)


def swap(run: Path) -> None:
    """Another parser in the place of the one that the run keeps."""
    from portrait_studio.networks.released import load_network

    module = load_network("parsing", run / FROZEN_FOLDER).module
    with torch.no_grad():
        next(module.parameters()).add_(1)
    save_network(run / FROZEN_FOLDER / "parsing.safetensors", "parsing", module, {})


@pytest.mark.parametrize("harm", [lose, swap])
def test_a_run_without_its_networks_does_not_go_on(
    material: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], harm: Callable[[Path], None]
) -> None:
    run = tmp_path / "run"
    init = ("--init", str(material / "models"))
    assert main(command(material, "tiny-completion", run, *init, "--stop-after", "1")) == 0
    harm(run)
    message = refusal(command(material, "tiny-completion", run, "--resume"), capsys)
    assert "The parsing network that this run began with is not in" in message
    assert message.endswith("put it back, or start anew.")


def test_another_network_is_refused_on_the_way(
    material: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, models = tmp_path / "run", tmp_path / "models"
    shutil.copytree(material / "models", models)
    init = ("--init", str(models))
    assert main(command(material, "tiny-completion", run, *init, "--stop-after", "1")) == 0
    same = command(material, "tiny-completion", run, *init, "--resume", "--stop-after", "1")
    assert main(same) == 0
    shutil.copytree(run / FROZEN_FOLDER, models / FROZEN_FOLDER)
    swap(models)
    shutil.copytree(models / FROZEN_FOLDER, models, dirs_exist_ok=True)
    assert "began with another parsing network than that in" in refusal(same, capsys)


def test_an_older_run_says_that_it_does_not_know(
    material: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    init = ("--init", str(material / "models"))
    assert main(command(material, "tiny-completion", run, *init, "--stop-after", "1")) == 0
    content = torch.load(run / STATE_FILE, weights_only=True)
    del content["record"]["frozen"]
    torch.save(content, run / STATE_FILE)
    resume = command(material, "tiny-completion", run, "--resume", "--stop-after", "1")
    assert "name them again with --init." in refusal(resume, capsys)
    assert main([*resume, *init]) == 0


def test_sheets_and_scalars_reach_tensorboard(material: Path, tmp_path: Path) -> None:
    assert main(command(material, "tiny-completion", tmp_path)) == 0
    events = EventAccumulator(str(tmp_path / "tensorboard"), {"images": 0, "scalars": 0})
    events.Reload()
    assert [image.step for image in events.Images("sheet")] == [4]
    assert (events.Images("sheet")[0].width, events.Images("sheet")[0].height) == (4 * 64, 2 * 64)
    assert [scalar.step for scalar in events.Scalars("pixel")] == [1, 2, 3, 4]
    assert {"rate", "pixel", "d_global", "g_local"} <= set(events.Tags()["scalars"])


def test_parts_of_a_step_add_up_to_nearly_the_same(material: Path, tmp_path: Path) -> None:
    """Without normalisation over the batch, only means over holes of different sizes differ."""
    recipe = load_recipe("tiny-completion")
    recipe = replace(recipe, holes=replace(recipe.holes, rectangle=0, strokes=0, silhouette=0, none=0))
    states = []
    for accumulate in (1, 2):
        plan = replace(recipe, data=replace(recipe.data, accumulate=accumulate))
        run = start_run(plan, material / "packs", tmp_path / str(accumulate), CPU)
        train(run, stop_after=1)
        states.append(load_state(tmp_path / str(accumulate)))
    first, second = (state.record["last"] for state in states)
    assert first.keys() == second.keys()
    assert all(second[name] == pytest.approx(first[name], rel=0.2, abs=1e-3) for name in first)
    assert states[1].recipe.data.accumulate == 2


# The compiler warns of its own making.
@pytest.mark.filterwarnings("ignore")
def test_compiled_networks_learn_the_same_and_keep_their_names(
    material: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_as_it_is = torch.nn.Module.compile
    seen: list[torch.nn.Module] = []

    def eagerly(module: torch.nn.Module) -> None:
        seen.append(module)
        compile_as_it_is(module, backend="eager")

    monkeypatch.setattr(torch.nn.Module, "compile", eagerly)
    more = ("--stop-after", "1")
    assert main(command(material, "tiny-completion", tmp_path / "plain", *more)) == 0
    assert main(command(material, "tiny-completion", tmp_path / "quick", *more, "--compile")) == 0
    assert len(seen) == 3
    plain, quick = load_state(tmp_path / "plain"), load_state(tmp_path / "quick")
    for name, value in plain.ema.items():
        torch.testing.assert_close(quick.ema[name], value, msg=name)
    torch.compiler.reset()


def test_machines_that_cannot_compile_say_so() -> None:
    with (
        pytest.raises(
            DeviceError, match=r"cannot be compiled here \(InternalTorchDynamoError\); leave --com"
        ),
        compiled([]),
    ):
        raise torch._dynamo.exc.InternalTorchDynamoError("no compiler")


def test_a_frozen_copy_is_the_released_file_itself(material: Path, tmp_path: Path) -> None:
    init = ("--init", str(material / "models"), "--stop-after", "1")
    assert main(command(material, "tiny-completion", tmp_path, *init)) == 0
    copy = tmp_path / FROZEN_FOLDER / "parsing.safetensors"
    assert copy.read_bytes() == (material / "models" / "parsing.safetensors").read_bytes()
    with safe_open(copy, framework="pt") as file:
        assert file.metadata()["architecture"] == "parsing"
