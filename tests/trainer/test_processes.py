"""Two processes on CPUs, started as torchrun starts them."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from portrait_studio.errors import OptionError
from tests.helpers.tiny_packs import write_figures
from trainer.__main__ import main
from trainer.data.batches import BatchSource
from trainer.distributed.processes import Processes, any_of, joined, processes, shared_mean, shared_means
from trainer.distributed.synced_norm import SyncedBatchNorm, sync_batch_norms
from trainer.recipes.config import DataConfig, Recipe
from trainer.training.run_state import load_state

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def together(count: int, *arguments: str) -> list[subprocess.CompletedProcess[str]]:
    """Run Python in `count` processes that know of each other, and wait for all."""
    shared = {
        **os.environ,
        **{"OMP_NUM_THREADS": "1", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())},
        **{"WORLD_SIZE": str(count), "PYTHONPATH": str(ROOT), "GLOO_SOCKET_IFNAME": "lo"},
    }
    running = [
        subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**shared, "RANK": str(rank), "LOCAL_RANK": str(rank)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(count)
    ]
    done = []
    for process in running:
        out, error = process.communicate(timeout=300)
        done.append(subprocess.CompletedProcess(process.args, process.returncode, out, error))
    return done


def curve(run: Path) -> list[dict[str, float]]:
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    return [{key: value for key, value in line.items() if key != "images_per_s"} for line in lines]


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_figures(tmp_path_factory.mktemp("packs"), 4)


@pytest.mark.parametrize("recipe", ["tiny-parsing", "tiny-completion"])
def test_two_processes_learn_what_one_does_with_twice_the_batch(
    packs: Path, tmp_path: Path, recipe: str
) -> None:
    command = ["train", recipe, "--data", str(packs), "--device", "cpu", "--precision", "float32"]
    command += ["--steps", "3"]
    assert main([*command, "--run", str(tmp_path / "one")]) == 0
    first, second = together(2, "-m", "trainer", *command, "--run", str(tmp_path / "two"))
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert f"{recipe}: step 0 of 3 on 2 x CPU (float32)" in first.stderr
    # Only the first process talks and writes.
    assert "step" not in second.stderr
    one, two = curve(tmp_path / "one"), curve(tmp_path / "two")
    assert len(one) == len(two) == 3
    for mine, theirs in zip(one, two, strict=True):
        assert mine == pytest.approx(theirs, rel=2e-3, abs=2e-4)
    shared = load_state(tmp_path / "two")
    assert shared.step == 3
    assert shared.record["device"] == "2 x CPU (float32)"


NORMS = """
import torch
from torch import nn
from trainer.distributed.processes import joined, shared_mean
from trainer.distributed.synced_norm import sync_batch_norms
torch.manual_seed(0)
x = torch.randn(4, 3, 5, 5) * 3 + 7
goal = torch.randn(4, 3, 5, 5)
plain = nn.Sequential(nn.Conv2d(3, 3, 1), nn.BatchNorm2d(3))
synced = nn.Sequential(nn.Conv2d(3, 3, 1), nn.BatchNorm2d(3))
synced.load_state_dict(plain.state_dict())
with joined("cpu") as me:
    sync_batch_norms(synced)
    mine = slice(2 * me.rank, 2 * me.rank + 2)
    (plain(x) - goal).square().mean().backward()
    (synced(x[mine]) - goal[mine]).square().mean().backward()
    for a, b in zip(plain.parameters(), synced.parameters()):
        torch.testing.assert_close(shared_mean(b.grad), a.grad, rtol=1e-4, atol=1e-5)
    for a, b in zip(plain.buffers(), synced.buffers()):
        torch.testing.assert_close(a, b)
    torch.testing.assert_close(plain.eval()(x[mine]), synced.eval()(x[mine]))
"""


def test_synced_normalisation_is_that_of_the_whole_batch() -> None:
    for done in together(2, "-c", NORMS):
        assert done.returncode == 0, done.stderr


def test_synced_normalisation_alone_is_the_plain_one() -> None:
    torch.manual_seed(0)
    plain, synced = (nn.Sequential(nn.Sequential(nn.BatchNorm2d(2)), nn.ReLU()) for _ in range(2))
    parameter = synced[0][0].weight
    sync_batch_norms(synced)
    assert isinstance(synced[0][0], SyncedBatchNorm)
    assert synced[0][0].weight is parameter
    x = torch.randn(3, 2, 4, 4) * 2 + 5
    torch.testing.assert_close(synced(x), plain(x))
    assert plain.state_dict().keys() == synced.state_dict().keys()
    for name, value in plain.state_dict().items():
        torch.testing.assert_close(synced.state_dict()[name], value)
    assert synced(x.bfloat16()).dtype == torch.bfloat16


STOPS = """
import os, signal, sys
from trainer.training import loop
from trainer.__main__ import main
step = loop.train_step
def signalled(run, batches):
    if run.step == 1 and os.environ["RANK"] == "1":
        os.kill(os.getpid(), signal.SIGTERM)
    return step(run, batches)
loop.train_step = signalled
sys.exit(main(sys.argv[1:]))
"""


def test_a_signal_to_one_process_stops_all_at_the_same_step(packs: Path, tmp_path: Path) -> None:
    command = ["train", "tiny-completion", "--data", str(packs), "--run", str(tmp_path), "--device", "cpu"]
    done = together(2, "-c", STOPS, *command, "--precision", "float32")
    assert [process.returncode for process in done] == [0, 0], done[0].stderr
    assert load_state(tmp_path).step == 2


POISON = STOPS.replace("os.kill(os.getpid(), signal.SIGTERM)", "batches[0].image.fill_(float('nan'))")


def test_all_processes_stop_where_one_has_no_number(packs: Path, tmp_path: Path) -> None:
    command = ["train", "tiny-completion", "--data", str(packs), "--run", str(tmp_path), "--device", "cpu"]
    done = together(2, "-c", POISON, *command, "--precision", "float32")
    assert [process.returncode for process in done] == [2, 2]
    assert all("The loss of step 1 is not a number" in process.stderr for process in done)
    assert [path.name for path in tmp_path.glob("failed*")] == ["failed_batch_1.pt"]


def test_one_process_shares_with_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with joined("cpu") as alone:
        assert alone == processes() == Processes(0, 1)
    assert alone.leads
    assert not Processes(1, 2).leads
    value = torch.tensor([1.0, 2.0], requires_grad=True)
    assert torch.equal(shared_mean(value), value)
    assert not shared_mean(value).requires_grad
    assert shared_means({"a": 2.0}, torch.device("cpu")) == {"a": 2.0}
    assert any_of(True, torch.device("cpu"))
    assert not any_of(False, torch.device("cpu"))


def test_parts_of_a_batch_make_up_the_whole(packs: Path) -> None:
    recipe = Recipe("own", "parsing", "parsing", DataConfig({"clothing-co-parsing": 1.0}, 64, 4))
    source = BatchSource(packs, recipe)
    whole = source.batch(3)
    parts = [source.batch(3, part, 2) for part in range(2)]
    assert torch.equal(torch.cat([part.image for part in parts]), whole.image)
    assert torch.equal(torch.cat([part.mask for part in parts]), whole.mask)
    assert parts[0].keys + parts[1].keys == whole.keys


def test_a_batch_that_cannot_be_shared_is_refused(
    packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train", "tiny-completion", "--data", str(packs), "--run", str(tmp_path / "run")]
    assert main([*command, "--device", "cpu", "--precision", "float32", "--accumulate", "3"]) == 2
    assert "A batch of 2 cannot be split into 3 equal parts" in capsys.readouterr().err
    with pytest.raises(OptionError, match="`batch` and `accumulate` must be at least 1"):
        DataConfig({"a": 1.0}, accumulate=0)
