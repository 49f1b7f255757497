"""The command line: remove, parse, demo; without a command, the window.

Heavy modules are imported where they are used, so that `--help` and mistyped options answer at once.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from portrait_studio import __version__
from portrait_studio.errors import Cancelled, ExportError, OptionError, PortraitStudioError
from portrait_studio.locations import models_dir, resources_dir

if TYPE_CHECKING:
    from portrait_studio.engine.progress import Progress, Stage
    from portrait_studio.engine.request import CompletionResult

PROGRAM = "portrait-studio"
COMMANDS = ("remove", "parse", "demo")
EXIT_ERROR = 2
EXIT_CANCELLED = 130

OpenWindow = Callable[[Path | None], int]
"""Shows the window, with a photo in it if one is given, and returns the exit code."""


def run(arguments: Sequence[str], open_window: OpenWindow) -> int:
    """Do what the command line says.

    Args:
        arguments: without the program's name.
        open_window: called when no command is given.

    Returns:
        The exit code: 0, 2 after an error (one sentence on stderr), 130 after Ctrl+C.
    """
    try:
        return _dispatch(list(arguments), open_window)
    except PortraitStudioError as error:
        sys.stderr.write(f"{PROGRAM}: {error}\n")
        return EXIT_ERROR
    except (KeyboardInterrupt, Cancelled):
        sys.stderr.write(f"{PROGRAM}: cancelled; nothing was written.\n")
        return EXIT_CANCELLED


def _dispatch(arguments: list[str], open_window: OpenWindow) -> int:
    if not arguments or (arguments[0] not in COMMANDS and not arguments[0].startswith("-")):
        return open_window(_photo_to_open(arguments))
    parser = _build_parser()
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        raise OptionError(_unknown_sentence(unknown[0], options.command_parser))
    command: Callable[[argparse.Namespace], int] = options.run
    return command(options)


def _photo_to_open(arguments: list[str]) -> Path | None:
    if not arguments:
        return None
    path = Path(arguments[0])
    if not path.exists():
        close = difflib.get_close_matches(arguments[0], COMMANDS, 1)
        hint = f"did you mean {close[0]}?" if close else "check the name and the folder."
        raise OptionError(f"There is no photo and no command {arguments[0]}; {hint}")
    if len(arguments) > 1:
        raise OptionError(f"The window opens one photo at a time; leave out {arguments[1]}.")
    return path


def _unknown_sentence(argument: str, parser: argparse.ArgumentParser) -> str:
    name = argument.partition("=")[0]
    known = [option for action in parser._actions for option in action.option_strings]
    close = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {close[0]}?" if close else f"see {parser.prog} --help."
    return f"There is no option {name}; {hint}" if name.startswith("-") else f"What is {argument} for? {hint}"


class _Parser(argparse.ArgumentParser):
    """Reports mistakes as the program's own errors."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing the usage and exiting."""
        raise OptionError(f"{message[:1].upper()}{message[1:].rstrip('.')}; see {self.prog} --help.")


def _build_parser() -> _Parser:
    parser = _Parser(
        prog=PROGRAM,
        description="Remove things from photographs of people and recover the body behind them, offline.",
        epilog=f"Without a command the window opens: {PROGRAM} [PHOTO].",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=_Parser)
    remove = _add_command(commands, "remove", _remove, "fill what a mask covers")
    remove.add_argument("photo", metavar="PHOTO", type=Path, help="the photo; it is not changed")
    remove.add_argument("--mask", metavar="MASK.png", type=Path, required=True, help="white where to fill")
    _add_fill_options(remove)
    parse = _add_command(commands, "parse", _parse, "write the parsing map of a photo")
    parse.add_argument("photo", metavar="PHOTO", type=Path, help="the photo; it is not changed")
    parse.add_argument("--mask", metavar="MASK.png", type=Path, help="white where something hides the body")
    parse.add_argument(
        "-o", "--output", metavar="MAP.png", type=Path, required=True, help="indexed PNG to write"
    )
    parse.add_argument(
        "--overlay", metavar="OVERLAY.png", type=Path, help="also write the map over the photo"
    )
    _add_device(parse)
    demo = _add_command(commands, "demo", _demo, "fill the demo photo that comes with the program")
    _add_fill_options(demo)
    return parser


def _add_command(
    commands: Any, name: str, run_command: Callable[[argparse.Namespace], int], summary: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=summary, description=f"{summary.capitalize()}.", allow_abbrev=False
    )
    parser.set_defaults(run=run_command, command_parser=parser)
    return parser


def _add_fill_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", metavar="OUT", type=Path, required=True, help="file to write")
    parser.add_argument(
        "--method",
        choices=("default", "network", "patches"),
        default="default",
        help="what fills: the network and the photo's own patches (default), or only one of them",
    )
    parser.add_argument(
        "--stages", metavar="DIR", type=Path, help="also write a picture of every stage there"
    )
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="another number, another fill (0)")
    parser.add_argument("--quality", metavar="N", type=int, help="1-100 for JPEG and WebP (the source's own)")
    _add_device(parser)


def _add_device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto", help="(auto)")


def _remove(options: argparse.Namespace) -> int:
    _fill(options, options.photo, options.mask)
    return 0


def _demo(options: argparse.Namespace) -> int:
    folder = resources_dir() / "demo"
    _fill(options, folder / "photo.png", folder / "mask.png")
    sys.stdout.write(f"Open the window with: {PROGRAM} {folder / 'photo.png'}\n")
    return 0


def _fill(options: argparse.Namespace, photo_path: Path, mask_path: Path) -> None:
    from portrait_studio.document.document import Document
    from portrait_studio.imaging.mask_file import read_mask
    from portrait_studio.imaging.masks import check_mask
    from portrait_studio.imaging.reading import read_photo
    from portrait_studio.imaging.writing import ExportOptions, format_of

    export = ExportOptions(quality=options.quality)
    _check_output(options.output, photo_path, mask_path)
    format_of(options.output)
    photo = read_photo(photo_path)
    mask = read_mask(mask_path, photo.extent)
    check_mask(mask, photo.extent)

    from portrait_studio.engine.pipeline import Engine
    from portrait_studio.engine.request import CompletionOptions, CompletionRequest, Method

    how = CompletionOptions(
        Method(options.method), options.seed, options.device, keep_stages=options.stages is not None
    )
    with _progress_bar() as progress:
        result = Engine(models_dir()).complete(CompletionRequest(photo.pixels, mask, how), progress)
    if options.stages is not None:
        from portrait_studio.stage_files import write_stages

        write_stages(result, options.stages)
    document = Document(photo)
    document.apply_fills(result.regions)
    report = document.export(options.output, export)
    _write_notices(*photo.notices, *result.notices, *report.written.notices)
    sys.stdout.write(_summary(result, options.output))
    sys.stdout.write(
        f"{report.changed_outside} pixels changed outside the mask (grown by {how.grow_px} pixels to blend)\n"
    )


def _parse(options: argparse.Namespace) -> int:
    from portrait_studio.imaging.mask_file import read_mask
    from portrait_studio.imaging.reading import read_photo

    targets = [options.output, *([] if options.overlay is None else [options.overlay])]
    for target in targets:
        _check_output(target, options.photo, options.mask)
        if target.suffix.lower() != ".png":
            raise ExportError(f"{target.name} must end in .png, since a map is written as PNG.")
    photo = read_photo(options.photo)
    mask = None if options.mask is None else read_mask(options.mask, photo.extent)

    from portrait_studio.engine.pipeline import Engine
    from portrait_studio.engine.progress import Stage
    from portrait_studio.stage_files import enlarge_labels, write_overlay, write_parsing_map

    with _progress_bar({Stage.PARSE: 1.0}) as progress:
        structure = Engine(models_dir()).parse(photo.pixels, mask, options.device, progress)
    labels = enlarge_labels(structure.labels, photo.extent)
    write_parsing_map(labels, options.output)
    if options.overlay is not None:
        write_overlay(photo.pixels, labels, options.overlay)
    _write_notices(*photo.notices)
    sys.stdout.write("".join(f"Wrote {target}\n" for target in targets))
    return 0


def _check_output(output: Path, *sources: Path | None) -> None:
    """Find out before the work what would spoil its end."""
    if not output.parent.is_dir():
        raise ExportError(f"There is no folder {output.parent}; create it or choose another one.")
    if any(source is not None and output.resolve() == source.resolve() for source in sources):
        raise ExportError(f"{output} would be overwritten by the result; choose another name for the output.")


@contextmanager
def _progress_bar(shares: dict[Stage, float] | None = None) -> Iterator[Progress]:
    """A bar on stderr that names the running stage; nothing where stderr is no terminal.

    Args:
        shares: expected relative duration of each stage; None = those of a fill.
    """
    from tqdm import tqdm

    from portrait_studio.engine.progress import Progress

    with tqdm(total=100.0, bar_format="{desc:<12}{percentage:3.0f}%|{bar}| {elapsed}", disable=None) as bar:

        def listen(stage: Stage, share: float) -> None:
            bar.set_description_str(stage.value, refresh=False)
            bar.update(100.0 * share - bar.n)

        yield Progress(listener=listen, shares=shares)


def _write_notices(*notices: str) -> None:
    for notice in notices:
        sys.stderr.write(f"{PROGRAM}: {notice}\n")


def _summary(result: CompletionResult, output: Path) -> str:
    seconds = ", ".join(f"{stage} {spent:.1f} s" for stage, spent in result.seconds.items())
    weights = ", ".join(f"{name} {digest[:12]}" for name, digest in result.weights.items())
    holes = len(result.regions)
    return (
        f"Wrote {output}\n"
        f"{holes} {'hole' if holes == 1 else 'holes'} on {result.device}: {seconds}\n"
        f"Weights: {weights}\n"
    )
