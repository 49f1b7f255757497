import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from portrait_studio.errors import OptionError
from portrait_studio.networks.building import build_network
from portrait_studio.networks.conventions import LABEL_COUNT
from portrait_studio.networks.face import FACE_WINDOW
from portrait_studio.networks.registry import ARCHITECTURES
from portrait_studio.networks.released import count_macs
from trainer.data.holes import sample_hole
from trainer.recipes.config import AdversarialConfig, Recipe
from trainer.recipes.files import RECIPES, load_recipe, recipe_from_dict, recipe_names

MINIMAL = """
name = "own"
task = "parsing"
architecture = "parsing"
[data]
sets = { lip = 1.0 }
"""


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "own.toml"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize("name", recipe_names())
def test_shipped_recipe_loads_and_builds_its_network(name: str) -> None:
    recipe = load_recipe(name)
    assert recipe.name == name
    assert ARCHITECTURES[recipe.architecture].task == recipe.task
    with torch.device("meta"):
        network = build_network(recipe.architecture, recipe.network)
        build_network(recipe.adversarial.architecture, recipe.discriminator)
    assert sum(p.numel() for p in network.parameters()) > 0


@pytest.mark.parametrize("name", recipe_names())
def test_recipe_survives_a_state_file(name: str) -> None:
    recipe = load_recipe(name)
    assert recipe_from_dict(dataclasses.asdict(recipe)) == recipe


def test_paper_recipes_state_the_papers_figures() -> None:
    parsing, completion, face = (load_recipe(f"paper-{task}") for task in ("parsing", "completion", "face"))
    assert (parsing.optimiser.name, parsing.optimiser.rate, parsing.loss.alpha) == ("sgd", 1e-4, 9)
    assert parsing.architecture == "paper-parsing"
    assert (parsing.network["fill"], parsing.network["dilations"]) == ("mean", [6, 12, 18, 24])
    for recipe, perceptual in ((completion, 100), (face, 10)):
        assert (recipe.optimiser.name, recipe.optimiser.rate, recipe.data.batch) == ("adam", 2e-4, 1)
        assert (recipe.loss.perceptual, recipe.loss.adversarial) == (perceptual, 1)
        assert (recipe.network["width"], recipe.network["parsing_input"]) == (64, "index")
        assert recipe.loss.whole_output
        assert (recipe.adversarial.kind, recipe.adversarial.architecture) == ("log", "dcgan-discriminator")
        assert recipe.discriminator == {"width": 64}
    assert completion.data.size == 256
    assert completion.loss.local_discriminator
    assert completion.loss.global_discriminator
    assert [r.run.epochs for r in (parsing, completion, face)] == [10, 200, 100]
    assert face.data.face_hole == (32, 32)
    for recipe in (parsing, completion, face):
        assert recipe.run.ema == 0
        assert recipe.data.sets == {"atr": 1.0}
        assert recipe.optimiser.schedule == "constant"
    for recipe in (parsing, completion):
        # Rectangles alone, whose edges `holes` draws from 64 to 128 pixels.
        holes = recipe.holes
        assert (holes.rectangle, holes.strokes, holes.silhouette) == (1, 0, 0)
        assert (holes.edge_band, holes.none) == (0, 0)


@pytest.mark.parametrize(("side", "rows", "place"), [("down", 64, "bottom"), ("up", 32, "top")])
def test_extrapolation_recipes_are_those_of_section_5a(side: str, rows: int, place: str) -> None:
    parsing, completion = (load_recipe(f"extrapolate-{side}-{task}") for task in ("parsing", "completion"))
    assert completion.network["dropout"] > 0
    assert not completion.loss.local_discriminator
    assert completion.loss.global_discriminator
    for recipe in (parsing, completion):
        hole = sample_hole(np.ones((256, 256), bool), [], np.random.default_rng(0), recipe.holes)
        whole = np.zeros((256, 256), bool)
        whole[256 - rows :] = True
        assert np.array_equal(hole > 0, whole if place == "bottom" else whole[::-1])


def test_recipes_of_one_network_agree_on_it() -> None:
    compact = load_recipe("compact-completion").network
    for name in ("extrapolate-down-completion", "extrapolate-up-completion", "horse-completion"):
        assert {**load_recipe(name).network, "dropout": 0} == {**compact, "dropout": 0}


def shipped(name: str) -> torch.nn.Module:
    recipe = load_recipe(name)
    return build_network(recipe.architecture, recipe.network).eval()


def test_compact_networks_together_stay_under_10_gmac() -> None:
    # All are fully convolutional: 256x256 costs 16 times what 64x64 costs.
    image, mask = torch.zeros(1, 3, 64, 64), torch.zeros(1, 1, 64, 64)
    parsing = torch.zeros(1, LABEL_COUNT, 64, 64)
    macs = 16 * count_macs(shipped("compact-parsing"), image, mask)
    macs += 16 * count_macs(shipped("compact-completion"), image, parsing, mask)
    macs += (FACE_WINDOW // 64) ** 2 * count_macs(shipped("compact-face"), image, parsing, mask)
    # The attention of the completion network at 1/8: queries times keys, and weights times values.
    macs += 2 * (32 * 32) ** 2 * load_recipe("compact-completion").network["attention"]
    assert 1e9 < macs < 10e9


def test_all_parts_of_the_compact_completion_train_the_same_network() -> None:
    first = load_recipe("compact-completion")
    for name in ("compact-completion-sharp", "compact-completion-adversarial"):
        second = load_recipe(name)
        assert (first.architecture, first.network) == (second.architecture, second.network)


def test_row_g_of_table_one_differs_in_the_map_alone() -> None:
    plain, full = load_recipe("compact-completion-plain"), load_recipe("compact-completion")
    assert plain.network == {**full.network, "use_parsing": False}


def test_discriminators_start_late_and_grow() -> None:
    late = AdversarialConfig(start=10, ramp=4)
    assert [late.strength(step) for step in (0, 9, 10, 11, 12, 13, 14, 99)] == [
        0,
        0,
        0.25,
        0.5,
        0.75,
        1,
        1,
        1,
    ]
    assert AdversarialConfig().strength(0) == 1


def test_defaults_fill_what_a_recipe_leaves_out(tmp_path: Path) -> None:
    recipe = load_recipe(written(tmp_path, MINIMAL))
    assert recipe == Recipe("own", "parsing", "parsing", recipe.data)
    assert recipe.data.sets == {"lip": 1.0}


def test_whole_numbers_serve_as_fractions(tmp_path: Path) -> None:
    recipe = load_recipe(written(tmp_path, MINIMAL.replace("1.0", "1") + "[optimiser]\nrate = 1\n"))
    assert recipe.optimiser.rate == 1.0
    assert isinstance(recipe.optimiser.rate, float)
    assert isinstance(recipe.data.sets["lip"], float)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (MINIMAL + "siez = 64\n", r"own\.data: unknown key 'siez'; did you mean 'size'\?"),
        (MINIMAL + "[optimizer]\n", r"own: unknown key 'optimizer'; did you mean 'optimiser'\?"),
        (MINIMAL + "[loss]\nzzz = 1\n", r"own\.loss: unknown key 'zzz'; it knows: adversarial, alpha, "),
        (MINIMAL + 'size = "64"\n', r"own\.data\.size: '64' is not of type int"),
        (MINIMAL + "batch = 1.5\n", r"own\.data\.batch: 1\.5 is not of type int"),
        (MINIMAL + "batch = true\n", r"own\.data\.batch: True is not of type int"),
        (MINIMAL + "[loss]\nalpha = true\n", r"own\.loss\.alpha: True is not of type float"),
        (MINIMAL + "exact_only = 1\n", r"own\.data\.exact_only: 1 is not of type bool"),
        (MINIMAL + "[run]\nsteps = []\n", r"own\.run\.steps: \[\] is not of type int"),
        (MINIMAL.replace("1.0", '"much"'), r"own\.data\.sets\.lip: 'much' is not of type float"),
        ('run = 3\nname = "own"\n', r"the key 'task' is missing"),
        (MINIMAL.replace('name = "own"', "run = 3"), r"the key 'name' is missing"),
        (MINIMAL.replace("[data]", "[loss]\n[data]").replace("sets", "#"), r"own\.data: the key 'sets' is"),
        ('name = "own"\ntask = "a"\narchitecture = "b"\ndata = {}\n', r"own\.data: the key 'sets' is"),
        (MINIMAL.replace('"own"', '"own"\nrun = 3'), r"own\.run: 3 is not of type RunConfig"),
        (MINIMAL + "size = 100\n", r"`size` must be a multiple of 32, and 100 is not"),
        (MINIMAL + "size = 0\n", r"`size` must be a multiple of 32, and 0 is not"),
        (MINIMAL + "face_hole = [9, 3]\n", r"`face_hole` must name a smallest and a largest side"),
        (MINIMAL + '[holes]\nband_side = "left"\n', r"`band_side` must be one of any, bottom, top, and"),
        (MINIMAL + "batch = 0\n", r"`batch` and `accumulate` must be at least 1"),
        (MINIMAL.replace("1.0", "0"), r"the shares of `sets` must not be negative, and one"),
        (MINIMAL.replace("1.0", "2, b = -1"), r"the shares of `sets` must not be negative, and one"),
        (MINIMAL.replace("lip = 1.0", ""), r"the shares of `sets` must not be negative, and one"),
        (MINIMAL + "[optimiser]\nrate = 0\n", r"`rate` must be above zero"),
        (
            MINIMAL + '[adversarial]\nkind = "wgan"\n',
            r"no adversarial loss 'wgan'; choose one of: log,",
        ),
        (MINIMAL + "[adversarial]\nramp = -1\n", r"`alone` and `ramp` must not be negative"),
        (MINIMAL + "[adversarial]\npenalty_every = 0\n", r"`penalty_every` must be at least 1"),
        (
            MINIMAL + "[run]\nsheet_steps = 0\n",
            r"`sheet_steps`, `log_steps` and `validate_batches` must be at least 1",
        ),
        (
            MINIMAL + "[run]\nseed = -1\n",
            r"`seed`, `threads`, `epochs` and `validate_steps` must not be negative",
        ),
        (MINIMAL + "[run]\nfreeze_stages = 7\n", r"`freeze_stages` must lie between 0 and 6"),
        (MINIMAL + '[optimiser]\nname = "lion"\n', r"no optimiser 'lion'; choose one of: sgd, adam, adamw"),
        (MINIMAL + '[optimiser]\nschedule = "step"\n', r"no schedule 'step'; choose one of: constant, "),
        (MINIMAL + "[run]\nema = 1.0\n", r"`ema` must be at least 0 and below 1"),
        (MINIMAL + "[holes]\nnone = -1\n", r"hole kinds must not be negative"),
        ("name = ", r"The recipe .*own\.toml cannot be read: "),
        ("\udcff", r"The recipe .*own\.toml cannot be read: "),
    ],
)
def test_wrong_recipes_say_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(OptionError, match=message):
        load_recipe(str(path))


def test_unknown_recipe_names_the_known_ones() -> None:
    with pytest.raises(OptionError, match=r"no recipe 'compact'; choose one of: .*tiny-segmentation"):
        load_recipe("compact")


def test_missing_file_is_an_unknown_recipe(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="There is no recipe"):
        load_recipe(str(tmp_path / "none.toml"))


def test_every_recipe_is_listed() -> None:
    assert set(recipe_names()) == {path.stem for path in RECIPES.iterdir() if path.suffix == ".toml"}
    assert {"tiny-parsing", "tiny-completion", "tiny-face"} <= set(recipe_names())


def test_a_recipe_may_be_like_another_one(tmp_path: Path) -> None:
    text = 'name = "own"\nlike = "tiny-parsing"\n[run]\nsteps = 7\n[data]\nsets = { lip = 1.0 }\n'
    own, model = load_recipe(written(tmp_path, text)), load_recipe("tiny-parsing")
    assert (own.run.steps, own.data.sets, own.name) == (7, {"lip": 1.0}, "own")
    assert own == dataclasses.replace(
        model,
        name="own",
        run=dataclasses.replace(model.run, steps=7),
        data=dataclasses.replace(model.data, sets={"lip": 1.0}),
    )


def test_a_recipe_that_is_like_none_or_like_itself_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="no recipe 'nowhere'"):
        load_recipe(written(tmp_path, MINIMAL.replace("task", 'like = "nowhere"\ntask')))
    path = tmp_path / "own.toml"
    with pytest.raises(OptionError, match="is like itself"):
        load_recipe(written(tmp_path, MINIMAL.replace("task", f'like = "{path}"\ntask')))
