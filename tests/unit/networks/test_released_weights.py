import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from portrait_studio.errors import WeightsError
from portrait_studio.locations import MANIFEST
from portrait_studio.networks.building import build_network
from portrait_studio.networks.conventions import CONVENTIONS_VERSION
from portrait_studio.networks.face import FaceConfig, FaceNetwork
from portrait_studio.networks.manifest import ReleasedFile, read_manifest
from portrait_studio.networks.released import load_network, save_network

RECORD = {"steps": 12, "sets": ["a", "b"], "start": "random"}

Header = dict[str, str]
State = dict[str, torch.Tensor]


def random_face(width: int = 2) -> FaceNetwork:
    torch.manual_seed(4)
    network = FaceNetwork(FaceConfig(width, 1))
    nn.init.normal_(network.leave.weight)
    return network


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder with a released face network."""
    save_network(tmp_path / "face.safetensors", "face", random_face(), RECORD)
    return tmp_path


def rewrite(models: Path, change: Callable[[Header, State], None], *, sign: bool = True) -> None:
    """Change header and tensors of the released file, and the manifest with it unless told otherwise."""
    path = models / "face.safetensors"
    with safe_open(path, framework="pt") as file:
        header = dict(file.metadata())
        state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    change(header, state)
    save_file(state, path, header)
    if sign:
        sign_again(models)


def sign_again(models: Path) -> None:
    """Let the manifest name the file as it is now."""
    manifest = json.loads((models / MANIFEST).read_text())
    data = (models / "face.safetensors").read_bytes()
    manifest["networks"]["face"]["sha256"] = hashlib.sha256(data).hexdigest()
    (models / MANIFEST).write_text(json.dumps(manifest))


def refusal(models: Path, task: str = "face") -> str:
    with pytest.raises(WeightsError) as caught:
        load_network(task, models)
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith(".")
    assert str(models) in message
    return message


def test_round_trip_rounds_to_half_precision_only(models: Path) -> None:
    original = random_face()
    loaded = load_network("face", models)
    for name, value in original.state_dict().items():
        restored = loaded.module.state_dict()[name]
        expected = value.half().float() if value.is_floating_point() else value
        assert restored.dtype == value.dtype
        assert torch.equal(restored, expected), name


def test_loaded_network_is_described_and_ready(models: Path) -> None:
    loaded = load_network("face", models)
    assert (loaded.name, loaded.architecture) == ("face", "face")
    assert loaded.config == FaceConfig(2, 1)
    assert loaded.metadata == RECORD
    assert loaded.sha256 == hashlib.sha256((models / "face.safetensors").read_bytes()).hexdigest()
    assert not loaded.module.training
    assert not any(p.requires_grad for p in loaded.module.parameters())
    assert {p.dtype for p in loaded.module.parameters()} == {torch.float32}


def test_file_is_in_half_precision(models: Path) -> None:
    with safe_open(models / "face.safetensors", framework="pt") as file:
        kinds = {file.get_tensor(name).dtype for name in file.keys()}  # noqa: SIM118
    assert kinds == {torch.float16, torch.int64}


def test_values_beyond_half_precision_survive(tmp_path: Path) -> None:
    network = random_face()
    state = network.state_dict()
    variance = next(name for name in state if name.endswith("running_var"))
    state[variance].fill_(1e6)
    save_network(tmp_path / "face.safetensors", "face", network, {})
    restored = load_network("face", tmp_path).module.state_dict()[variance]
    assert torch.equal(restored, state[variance])


def test_manifest_names_file_hash_and_size(models: Path) -> None:
    entry = read_manifest(models)["face"]
    data = (models / "face.safetensors").read_bytes()
    assert entry == ReleasedFile("face.safetensors", hashlib.sha256(data).hexdigest(), len(data), "face")
    assert sorted(path.name for path in models.iterdir()) == ["face.safetensors", MANIFEST]


def test_manifest_keeps_other_networks_and_replaces_its_own(models: Path) -> None:
    before = read_manifest(models)["face"]
    painter = build_network("compact-completion", {"widths": [2, 2, 2], "dilations": [1], "attention": 0})
    save_network(models / "completion.safetensors", "compact-completion", painter, {})
    assert read_manifest(models)["face"] == before
    digest = save_network(models / "face.safetensors", "face", random_face(3), {})
    networks = read_manifest(models)
    assert list(networks) == ["completion", "face"]
    assert networks["face"].sha256 == digest != before.sha256


def test_missing_folder_and_missing_task(models: Path) -> None:
    assert "manifest.json does not exist" in refusal(models / "none")
    assert "There are no weights for parsing" in refusal(models, "parsing")


def test_missing_file(models: Path) -> None:
    (models / "face.safetensors").unlink()
    assert "is missing or cannot be read" in refusal(models)


def test_one_flipped_bit_is_noticed(models: Path) -> None:
    path = models / "face.safetensors"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    assert "is damaged (its checksum differs)" in refusal(models)


def test_half_a_file_is_noticed(models: Path) -> None:
    path = models / "face.safetensors"
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    assert "is damaged (its checksum differs)" in refusal(models)
    # Even where somebody signed the rest.
    sign_again(models)
    assert "is damaged" in refusal(models)


@pytest.mark.parametrize("content", [b"", b"\x00" * 64, b"\xff" * 8, b"not weights at all, but text"])
def test_signed_rubbish_is_refused(models: Path, content: bytes) -> None:
    (models / "face.safetensors").write_bytes(content)
    sign_again(models)
    assert "is damaged" in refusal(models)


@pytest.mark.parametrize("version", [str(CONVENTIONS_VERSION + 1), "", None])
def test_other_conventions_are_refused(models: Path, version: str | None) -> None:
    def change(header: Header, _: State) -> None:
        del header["conventions"]
        if version is not None:
            header["conventions"] = version

    rewrite(models, change)
    assert "another version of the program. Update" in refusal(models)


def test_a_network_for_another_task_is_refused(models: Path) -> None:
    manifest = json.loads((models / MANIFEST).read_text())
    manifest["networks"]["parsing"] = manifest["networks"]["face"]
    (models / MANIFEST).write_text(json.dumps(manifest))
    assert "for another task than parsing" in refusal(models, "parsing")


def add_tensor(_: Header, state: State) -> None:
    state["extra"] = torch.zeros(1)


def lose_tensor(_: Header, state: State) -> None:
    del state["leave.bias"]


def reshape_tensor(_: Header, state: State) -> None:
    state["leave.bias"] = torch.zeros(7)


def name_unknown_architecture(header: Header, _: State) -> None:
    header["architecture"] = "os.system"


def add_setting(header: Header, _: State) -> None:
    header["config"] = json.dumps({"width": 2, "blocks": 1, "depth": 3})


def break_config(header: Header, _: State) -> None:
    header["config"] = "{"


def lose_config(header: Header, _: State) -> None:
    del header["config"]


def misuse_config(header: Header, _: State) -> None:
    header["config"] = json.dumps({"width": "2"})


def break_record(header: Header, _: State) -> None:
    header["record"] = "{"


@pytest.mark.parametrize(
    "change",
    [
        add_tensor,
        lose_tensor,
        reshape_tensor,
        name_unknown_architecture,
        add_setting,
        break_config,
        lose_config,
        misuse_config,
        break_record,
    ],
)
def test_what_does_not_fit_is_refused(models: Path, change: Callable[[Header, State], None]) -> None:
    rewrite(models, change)
    assert "does not fit this version of the program. Update" in refusal(models)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '"text"', "{}", '{"networks": []}', '{"networks": null}', '{"networks": {"face": "x"}}'],
)
def test_a_damaged_manifest_is_refused(models: Path, text: str) -> None:
    (models / MANIFEST).write_text(text)
    assert "The list of weights" in refusal(models)


class Trap:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self._path,)


def test_a_pickle_under_the_weights_name_is_not_run(models: Path) -> None:
    caught = models / "caught"
    torch.save({"leave.bias": Trap(caught)}, models / "face.safetensors")
    sign_again(models)
    assert "is damaged" in refusal(models)
    assert not caught.exists()


def test_a_failed_write_leaves_the_old_file(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (models / "face.safetensors").read_bytes()

    def full(_: Path, __: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        save_network(models / "face.safetensors", "face", random_face(3), {})
    assert (models / "face.safetensors").read_bytes() == before
    assert load_network("face", models).metadata == RECORD
