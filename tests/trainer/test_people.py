"""Counting people: what is right and wrong, and the command over photos that lie in a folder."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from portrait_studio.engine.detection import Detection
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.networks.catalog import list_weights
from portrait_studio.networks.coco import PERSON
from portrait_studio.networks.detection import DetectionConfig
from portrait_studio.networks.released import load_network
from tests.helpers.tiny_darknet import layer_shapes, write_darknet
from trainer.__main__ import main
from trainer.data.split import split_of
from trainer.evaluation.people import ALL, PeopleTally, Verdict, judge
from trainer.evaluation.targets import AIM, FLOOR, MISSED, people_targets
from trainer.protocols.people import PeopleCase
from trainer.release.import_darknet import import_darknet

SMALL = DetectionConfig((2, 2, 2, 2, 2, 2, 2), 2, 2)


def case(**changes: tuple[Bounds, ...]) -> PeopleCase:
    people = (Bounds(100, 50, 200, 350), Bounds(300, 100, 340, 200), Bounds(360, 100, 380, 130))
    boxes = {"people": people, "hidden": (Bounds(0, 100, 20, 300),), "unclear": (Bounds(400, 0, 500, 100),)}
    return PeopleCase("set/photo", np.zeros((400, 500, 3), np.uint8), **(boxes | changes))


def told(*boxes: tuple[int, int, int, int]) -> list[Detection]:
    return [Detection(Bounds(*box), PERSON, 0.9 - 0.1 * number) for number, box in enumerate(boxes)]


def test_who_has_a_box_is_found_once_and_a_second_box_is_false() -> None:
    verdict = judge(case(), told((105, 60, 195, 340), (110, 60, 205, 345)), 1.0)
    assert verdict.people == (True, False), "somebody smaller than 40 pixels is not asked for"
    assert (verdict.boxes, verdict.false) == (2, 1)
    assert judge(case(), told((105, 60, 195, 340), (305, 105, 335, 195)), 1.0).main


def test_the_hidden_are_counted_apart_and_unclear_places_are_not_judged() -> None:
    verdict = judge(case(), told((0, 110, 20, 300), (410, 10, 460, 90), (250, 250, 290, 390)), 1.0)
    assert verdict.people == (False, False)
    assert verdict.hidden == (True,)
    assert (verdict.boxes, verdict.false) == (2, 1)
    assert not verdict.main


def test_a_box_takes_whom_it_agrees_with_best_of_those_who_are_free() -> None:
    beside = (Bounds(100, 50, 200, 350), Bounds(140, 50, 240, 350))
    verdict = judge(case(people=beside), told((120, 50, 222, 350), (118, 50, 220, 350)), 1.0)
    assert verdict.people == (True, True)
    assert verdict.false == 0


def test_photos_without_anybody_told_are_judged_too() -> None:
    verdict = judge(case(), [], 1.0)
    assert (verdict.people, verdict.boxes, verdict.false, verdict.main) == ((False, False), 0, 0, False)


def test_rows_are_of_people_not_of_photos() -> None:
    tally = PeopleTally(
        [
            Verdict("a", (True, True, True), (), 4, 1, True, 1.0),
            Verdict("b", (False,), (True, False), 0, 0, False, 3.0),
        ]
    )
    everybody, first, second = tally.rows()
    assert (everybody.group, everybody.photos, everybody.people, everybody.found) == (ALL, 2, 4, 0.75)
    assert (everybody.false, everybody.main, everybody.seconds) == (0.25, 0.5, 2.0)
    assert (first.hidden_found, second.hidden_found) == (None, 0.5)
    assert [one.verdict for one in people_targets(tally.rows())] == [MISSED, MISSED]
    good = PeopleTally([Verdict("a", (True,) * 20, (), 40, 1, True, 1.0)]).rows()
    assert [one.verdict for one in people_targets(good)] == [FLOOR, AIM]


def counted() -> Iterator[dict[str, list[list[int]]]]:
    path = Path(__file__).parents[2] / "trainer" / "protocols" / "people.json"
    yield from json.loads(path.read_text("utf-8"))


def test_the_list_is_of_validation_photos_and_its_boxes_lie_in_them() -> None:
    names = [entry["id"] for entry in counted()]
    assert len(names) == len(set(names)) >= 40
    for entry in counted():
        assert split_of(str(entry["id"])) == "val"
        width, height = entry["size"]
        assert entry["people"]
        for left, top, right, bottom in [*entry["people"], *entry["hidden"], *entry["unclear"]]:
            assert 0 <= left < right <= width  # type: ignore[operator]
            assert 0 <= top < bottom <= height  # type: ignore[operator]
        assert all(box[3] - box[1] >= 40 for box in entry["people"])


@pytest.fixture
def models(tmp_path: Path) -> Path:
    source = write_darknet(tmp_path / "yolov3-tiny.weights", SMALL, sees_nothing=True)
    import_darknet(source, tmp_path / "models", SMALL)
    return tmp_path / "models"


def test_an_imported_network_is_released_with_its_card_and_licence(models: Path) -> None:
    released = load_network("detection", models)
    assert released.config == SMALL
    assert released.metadata["sets"] == ["coco"]
    assert released.folds.keys() == {
        name for name, layer in released.module.named_modules() if type(layer).__name__ == "BatchNorm2d"
    }
    assert len(released.folds) == sum(normalised for *_, normalised in layer_shapes(SMALL))
    card = (models / "detection.md").read_text("utf-8")
    assert released.sha256 in card
    assert "0. Darknet is public domain." in card
    assert "coco | COCO (Lin et al. 2014)" in card
    again = import_darknet(models.parent / "yolov3-tiny.weights", models, SMALL)
    assert load_network("detection", models).metadata["measured_as"] == [released.sha256]
    assert again.weights == models / "detection.safetensors"


def test_a_source_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write_darknet(tmp_path / "detection.safetensors", SMALL)
    before = source.read_bytes()
    assert main(["import-darknet", str(source), str(tmp_path)]) == 2
    assert source.read_bytes() == before
    assert capsys.readouterr().err.count("\n") == 1


def test_people_are_measured_where_the_photos_are(
    models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["evaluate", "--protocol", "people", "--data", str(tmp_path), "--weights", str(models)]
    assert main(command) == 2
    assert "holds none of the photos whose people were counted" in capsys.readouterr().err
    entry = next(each for each in counted() if str(each["id"]).startswith("lip/"))
    photo = tmp_path / "lip" / "photos" / f"{str(entry['id']).partition('/')[2]}.webp"
    photo.parent.mkdir(parents=True)
    width, height = entry["size"]
    Image.new("RGB", (width, height), "grey").save(photo)  # type: ignore[arg-type]
    report = tmp_path / "report.json"
    assert main([*command, "--json", str(report)]) == 0
    assert "People found" in capsys.readouterr().out
    assert main(["card", "detection", str(models), "--metrics", str(report)]) == 0
    assert "**People found**" in (models / "detection.md").read_text("utf-8")
    (info,) = list_weights(models)
    assert info.metrics == "0.0% of people found, 1 cases of lip"
    Image.new("RGB", (30, 30)).save(photo)
    assert main(command) == 2
    assert "its people were counted at another size" in capsys.readouterr().err
