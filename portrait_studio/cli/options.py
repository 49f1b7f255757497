"""The parser of the command line: one command a function, mistakes as the program's own errors."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from portrait_studio.errors import MaskError, OptionError
from portrait_studio.hardware import DEVICES, Hardware
from portrait_studio.locations import models_dir
from portrait_studio.number_option import whole_number
from portrait_studio.terminal import say

if TYPE_CHECKING:
    from portrait_studio.editing.fills import FillWishes
    from portrait_studio.engine.interface import Engine
    from portrait_studio.imaging.geometry import Extent
    from portrait_studio.imaging.source_marks import SourceMarks
    from portrait_studio.imaging.writing import ExportOptions

MOST_SEED: Final = 2**63 - 1


def unknown_sentence(argument: str, parser: argparse.ArgumentParser) -> str:
    """What to say about an argument that a command does not know."""
    name = argument.partition("=")[0]
    known = [option for action in parser._actions for option in action.option_strings]
    close = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {close[0]}?" if close else f"see {parser.prog} --help."
    return f"There is no option {name}; {hint}" if name.startswith("-") else f"What is {argument} for? {hint}"


class CommandParser(argparse.ArgumentParser):
    """Reports mistakes as the program's own errors, and speaks as the commands do."""

    def _print_message(self, message: str, file: object = None) -> None:
        """Say what --help and --version ask for."""
        for line in message.splitlines():
            say(line)

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing the usage and exiting."""
        raise OptionError(f"{message[:1].upper()}{message[1:].rstrip('.')}; see {self.prog} --help.")


def add_command(
    commands: Any, name: str, run_command: Callable[[argparse.Namespace], int], summary: str
) -> argparse.ArgumentParser:
    """Add a command.

    Args:
        commands: all of them.
        name: of this one.
        run_command: does it, and returns the exit code.
        summary: what it does, in a few words.
    """
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=summary, description=f"{summary.capitalize()}.", allow_abbrev=False
    )
    parser.set_defaults(run=run_command, command_parser=parser)
    return parser


def add_page(parser: argparse.ArgumentParser) -> None:
    """Add which picture of a TIFF file is meant; see `reading.read_photo`."""
    parser.add_argument(
        "--page",
        metavar="N",
        type=whole_number("--page", 1, 200),
        help="which picture of a TIFF file that holds several (the first that is no preview)",
    )


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add the file to write and its quality."""
    parser.add_argument("-o", "--output", metavar="OUT", type=Path, required=True, help="file to write")
    add_quality(parser)


def add_quality(parser: argparse.ArgumentParser) -> None:
    """Add how results are written; see `export_options`."""
    parser.add_argument(
        "--quality",
        metavar="N",
        type=whole_number("--quality", 1, 100),
        help="1-100 for lossy formats (the source's own)",
    )
    parser.add_argument(
        "--no-source-type",
        action="store_true",
        help="leave out the line of the metadata that says that a trained network made some of the pixels",
    )

    parser.add_argument(
        "--credentials",
        nargs=2,
        metavar=("CHAIN.pem", "KEY.pem"),
        type=Path,
        help="sign results as Content Credentials (C2PA; ES256) with this certificate and key",
    )


def export_options(options: argparse.Namespace) -> ExportOptions:
    """How results are written, as `add_quality` has asked.

    Raises:
        OptionError: they are to be signed and cannot be.
    """
    from portrait_studio.imaging.content_credentials import Credentials, check_credentials
    from portrait_studio.imaging.writing import ExportOptions

    credentials = None if options.credentials is None else Credentials(*options.credentials)
    if credentials is not None:
        check_credentials(credentials)
    return ExportOptions(
        quality=options.quality,
        says_generated=not options.no_source_type,
        credentials=credentials,
    )


def add_method(parser: argparse.ArgumentParser) -> None:
    """Add what fills, what it is meant to do, and the start of its random numbers."""
    parser.add_argument(
        "--intent",
        choices=("auto", "body", "background", "surface"),
        default="auto",
        help="recover the body behind, remove to the background, or make only the surface anew (letters, "
        "stains, scratches); auto guesses from what is there (auto)",
    )
    parser.add_argument(
        "--method",
        choices=("default", "network", "patches", "general", "search"),
        default="default",
        help="what fills: the network and the photo's own patches (default), only one of them, a network "
        "that knows nothing of people (general), or the network with a face that is searched for (search: "
        "slow and blurred; --seed 0 is the face that fits best)",
    )
    parser.add_argument(
        "--seed",
        metavar="N",
        type=whole_number("--seed", 0, MOST_SEED),
        default=0,
        help="another number, another fill (0)",
    )
    add_device(parser)


def add_device(parser: argparse.ArgumentParser) -> None:
    """Add the device; see `engine_of`."""
    parser.add_argument("--device", choices=DEVICES, default="auto", help="(auto)")


def add_references(parser: argparse.ArgumentParser) -> None:
    """Add other photos to borrow from; see `read_references`."""
    parser.add_argument(
        "--reference",
        dest="references",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="another photo of the same person or place, to borrow from what it shows; may be repeated",
    )


def add_sources(parser: argparse.ArgumentParser, *, of_folders: bool = False) -> None:
    """Add from where may be copied, as one mask or a folder of masks each; see `source_marks`."""
    metavar = "DIR" if of_folders else "MASK.png"
    named = "masks, named like the photos, " if of_folders else ""
    parser.add_argument(
        "--no-copy",
        metavar=metavar,
        type=Path,
        help=f"{named}white where nothing of the photo is copied from",
    )
    parser.add_argument(
        "--copy-from",
        metavar=metavar,
        type=Path,
        help=f"{named}white where is copied from, and nowhere else, as far as that shows what is missing",
    )


def source_marks(no_copy: Path | None, copy_from: Path | None, extent: Extent) -> SourceMarks | None:
    """From where may be copied, as `add_sources` has asked; None = from anywhere.

    Args:
        no_copy: mask of what is not copied; None = there is none.
        copy_from: mask of what is copied; None = there is none.
        extent: size of the photo.

    Raises:
        ImageFileError: a mask cannot be read.
        MaskError: it has another size than the photo, or the two mark nothing.
    """
    from portrait_studio.imaging.mask_file import read_mask
    from portrait_studio.imaging.source_marks import marks_of

    given = {"--no-copy": no_copy, "--copy-from": copy_from}
    masks = {name: None if path is None else read_mask(path, extent) for name, path in given.items()}
    for name, mask in masks.items():
        if mask is not None and not mask.any():
            raise MaskError(f"The mask of {name} is empty: paint white what is meant, or leave it out.")
    return marks_of(masks["--no-copy"], masks["--copy-from"])


def add_extras(parser: argparse.ArgumentParser) -> None:
    """Add what is written beside the result of one fill."""
    parser.add_argument(
        "--stages", metavar="DIR", type=Path, help="also write a picture of every stage there"
    )
    parser.add_argument(
        "--layers",
        metavar="FILE.ora",
        type=Path,
        help="also write original and fill as layers, which GIMP and Krita open (OpenRaster)",
    )
    parser.add_argument(
        "--record", metavar="RECORD.json", type=Path, help="also write how to repeat it; see replay"
    )


def fill_wishes(options: argparse.Namespace, *, keep_stages: bool = False) -> FillWishes:
    """What is wanted of a fill, as `add_method` and `add_references` have asked.

    Args:
        options: what was given.
        keep_stages: whether the result shall hold a picture of each stage.

    Raises:
        ImageFileError: a reference cannot be read.
    """
    from portrait_studio.editing.fills import FillWishes
    from portrait_studio.editing.references import read_references
    from portrait_studio.engine.intent import Intent
    from portrait_studio.engine.request import CompletionOptions, Method

    how = CompletionOptions(Method(options.method), options.seed, keep_stages, looks_inside=True)
    return FillWishes(how, Intent(options.intent), references=read_references(options.references))


def engine_of(options: argparse.Namespace) -> Engine:
    """The engine over the released weights, on the device that `add_device` has asked for.

    It is made at the first request: what cannot be asked is refused before torch is imported.
    """
    return lazy_engine(Hardware(options.device))


def lazy_engine(hardware: Hardware) -> Engine:
    """The engine over the released weights, made at the first request.

    Args:
        hardware: what it runs on.
    """
    from portrait_studio.worker.lazy_engine import LazyEngine

    engine = LazyEngine(_build_engine)
    engine.prefer(hardware)
    return engine


def _build_engine() -> Engine:
    from portrait_studio.engine.pipeline import Pipeline

    return Pipeline(models_dir())
