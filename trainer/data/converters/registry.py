"""Which data sets can be prepared: what each is, where it comes from, and what reads it."""

from __future__ import annotations

from typing import Final

from portrait_studio.errors import DataSetError
from trainer.data.converters import (
    atr,
    backgrounds,
    celeba,
    clothing_co_parsing,
    faces,
    fashionista,
    horse_cow,
    horses,
    lip_single_person,
    photos,
    silhouette_sets,
    viton,
)
from trainer.data.converters.source import POSES_NAME, DataSet

_RESEARCH: Final = "research only"
_POSES_ELSEWHERE: Final = f"from {POSES_NAME} in SRC or --poses, since the set has none"
_POSES_BESIDE: Final = f"from {POSES_NAME} beside the photos"

_SETS: Final = (
    DataSet(
        atr.NAME,
        "street photos with 18 labels (Liang et al. 2015), the paper's first set",
        atr.convert,
        needs=(atr.IMAGES, " | ".join(atr.MAPS)),
        roots=(".", "humanparsing", "ICCV15_fashion_dataset(ATR)/humanparsing"),
        labels="ATR's 18",
        poses=_POSES_ELSEWHERE,
        licence=_RESEARCH,
        download="humanparsing.zip, linked from github.com/lemondan/HumanParsing-Dataset",
        photos=17_706,
        optional=(POSES_NAME,),
    ),
    DataSet(
        lip_single_person.NAME,
        "people in everyday photos with labels and joints (Gong et al. 2017), the paper's second set",
        lip_single_person.convert,
        needs=tuple(
            " | ".join(places(split))
            for places in (
                lip_single_person.image_places,
                lip_single_person.map_places,
                lip_single_person.pose_places,
            )
            for split in ("train", "val")
        ),
        labels="LIP's 20, mapped to the 18; its own split",
        poses="the set's own 16 joints",
        licence="non-commercial research only",
        download="TrainVal_images.zip, TrainVal_parsing_annotations.zip and TrainVal_pose_annotations.zip "
        'of "Single Person" from sysu-hcp.net/lip',
        photos=40_462,
    ),
    DataSet(
        clothing_co_parsing.NAME,
        "full-body street photos, half of them with 59 classes (Yang et al. 2014)",
        clothing_co_parsing.convert,
        needs=("photos", "annotations/pixel-level", "label_list.mat", "silhouettes.zip"),
        labels="59 classes, mapped to the 18 with the help of the pose; silhouettes for the other photos",
        poses=_POSES_BESIDE,
        licence="Apache-2.0",
        download="github.com/bearpaw/clothing-co-parsing, and poses and silhouettes made by other models",
    ),
    DataSet(
        fashionista.NAME,
        "full-body street photos of bloggers (Yamaguchi et al. 2012)",
        fashionista.convert,
        needs=("photos", "labels"),
        labels="8 coarse values, each a set of the 18 labels",
        poses=_POSES_BESIDE,
        licence=_RESEARCH,
        download="the Fashionista photos with label maps of eight values",
    ),
    DataSet(
        silhouette_sets.FASHION550K,
        "full bodies indoors and outdoors (Inoue et al. 2017), without labels",
        silhouette_sets.convert_fashion550k,
        needs=("photos", "silhouettes.zip"),
        labels="silhouettes",
        poses=_POSES_BESIDE,
        licence=_RESEARCH,
        download="photos of Fashion550K, and poses and silhouettes made by other models",
    ),
    DataSet(
        silhouette_sets.LIP,
        "people in everyday photos (Gong et al. 2017), without the labels of LIP",
        silhouette_sets.convert_lip,
        needs=("photos", "silhouettes.zip"),
        labels="silhouettes",
        poses=_POSES_BESIDE,
        licence="non-commercial research only",
        download="photos of LIP, and poses and silhouettes made by other models",
    ),
    DataSet(
        viton.NAME,
        "three-quarter bodies on grey (Han et al. 2018), in the layout of CP-VTON",
        viton.convert,
        needs=(
            f"{viton.IMAGES} | train/{viton.IMAGES}",
            " | ".join((*viton.PARSES, f"train/{viton.PARSES[0]}")),
            " | ".join((*viton.POSES, f"train/{viton.POSES[0]}")),
        ),
        roots=(".", "viton_resize", "data"),
        labels="LIP's 20, made by a model; the neck is left open",
        poses="OpenPose's 18 points beside the photos",
        licence="no clear licence: research only",
        download="viton_resize.tar.gz, linked from github.com/sergeywong/cp-vton",
    ),
    DataSet(
        viton.HD_NAME,
        "three-quarter bodies in high resolution (Choi et al. 2021)",
        viton.convert_hd,
        needs=(
            f"{viton.IMAGES} | train/{viton.IMAGES}",
            " | ".join((*viton.PARSES, *(f"train/{name}" for name in viton.PARSES))),
            " | ".join((*viton.POSES, *(f"train/{name}" for name in viton.POSES))),
        ),
        labels="LIP's 20 with a neck, made by a model",
        poses="OpenPose's 25 points beside the photos",
        licence="CC BY-NC 4.0",
        download="zalando-hd-resized.zip, linked from github.com/shadow2496/VITON-HD",
        photos=13_679,
    ),
    DataSet(
        celeba.NAME,
        "faces of celebrities, aligned and cropped (Liu et al. 2015), for the face networks",
        celeba.convert,
        needs=(" | ".join(celeba.IMAGES), " | ".join(celeba.LANDMARKS)),
        labels="none",
        poses="none; five landmarks",
        licence="non-commercial research only",
        download="img_align_celeba.zip and list_landmarks_align_celeba.txt from "
        "mmlab.ie.cuhk.edu.hk/projects/CelebA.html",
        photos=202_599,
    ),
    DataSet(
        celeba.MASK_NAME,
        "CelebA-HQ with masks of 19 parts (Lee et al. 2020), for the face networks",
        celeba.convert_masked,
        needs=(celeba.HQ_IMAGES, celeba.HQ_MASKS, celeba.HQ_ORIGINS),
        roots=(".", "CelebAMask-HQ"),
        labels="19 parts, mapped to the 18",
        poses="none",
        licence="non-commercial research only",
        download="CelebAMask-HQ.zip, linked from github.com/switchablenorms/CelebAMask-HQ",
        photos=30_000,
    ),
    DataSet(
        faces.PORTRAITS,
        "official portraits, head and shoulders",
        faces.convert_portraits,
        needs=("landmarks.npz",),
        labels="the lower face, where there is a mesh",
        poses="none; five landmarks",
        licence="public domain, as works of the US government",
        download="portraits as *.jpg with landmarks.npz (names, five, MediaPipe's mesh)",
    ),
    DataSet(
        faces.CELEBAHQ,
        "part of CelebA-HQ with masks of the hair",
        faces.convert_celebahq,
        needs=("landmarks.npz",),
        labels="hair, where there is a mask; face and background, where there is a mesh",
        poses="none; five landmarks",
        licence="non-commercial research only",
        download="CelebA-HQ photos as *.jpg with landmarks.npz (names, five, MediaPipe's mesh)",
        optional=("hair",),
    ),
    DataSet(
        faces.UTKFACE,
        "aligned faces of all ages (Zhang et al. 2017)",
        faces.convert_utkface,
        needs=("landmarks.npz",),
        labels="the lower face, where there is a mesh",
        poses="none; five landmarks",
        licence="non-commercial research only",
        download="UTKFace photos as *.jpg with landmarks.npz (names, five, MediaPipe's mesh)",
    ),
    DataSet(
        horse_cow.NAME,
        "horses and cows with part labels (Wang and Yuille 2015), the paper's experiment with animals",
        horse_cow.convert,
        needs=(" | ".join(horse_cow.IMAGES), " | ".join(horse_cow.PARTS)),
        labels="parts of PASCAL-Part, each as one of the 18",
        poses="Animal-Pose, where it knows the animal",
        licence="research only; the photos are Flickr's",
        download="VOCtrainval_03-May-2010.tar from host.robots.ox.ac.uk/pascal/VOC/voc2010, trainval.tar.gz "
        "of PASCAL-Part, and keypoints.json of Animal-Pose",
        optional=(horse_cow.KEYPOINTS_NAME,),
    ),
    DataSet(
        horses.NAME,
        "Weizmann horses with silhouettes (Borenstein and Ullman 2004)",
        horses.convert,
        needs=("photos", "masks"),
        labels="silhouettes",
        poses="none",
        licence=_RESEARCH,
        download="the Weizmann Horse Database (rgb as photos, figure_ground as masks)",
    ),
    DataSet(
        backgrounds.NAME,
        "scenes without people: *.jpg in SRC",
        backgrounds.convert,
        needs=(),
        labels="background everywhere",
        poses="none",
        licence="that of your photos",
        download="any photos without people",
    ),
    DataSet(
        photos.NAME,
        "any folder of photos, with subfolders",
        photos.convert,
        needs=(),
        labels="none; portrait-trainer relabel predicts them",
        poses=f"from {POSES_NAME} in SRC or --poses",
        licence="that of your photos",
        download="photos of your own",
        optional=(POSES_NAME,),
    ),
)

DATA_SETS: Final[dict[str, DataSet]] = {entry.name: entry for entry in _SETS}


def data_set(name: str) -> DataSet:
    """The set of that name; DataSetError naming the known sets when there is none."""
    if name not in DATA_SETS:
        raise DataSetError(f'Unknown data set "{name}"; known are {", ".join(sorted(DATA_SETS))}.')
    return DATA_SETS[name]
