"""At home on the desktop: the entry, the icons, the file types, and photos as file managers name them."""

from __future__ import annotations

import os
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from portrait_studio import __version__, cli
from portrait_studio.cli import install_desktop
from portrait_studio.cli.install_desktop import ICON_SIDES, PROJECT_TYPE
from portrait_studio.document.project import SUFFIX


@pytest.fixture
def opened() -> list[Path | None]:
    return []


def run(opened: list[Path | None], *arguments: object) -> int:
    def open_window(photo: Path | None) -> int:
        opened.append(photo)
        return 0

    return cli.run([str(argument) for argument in arguments], open_window)


@pytest.fixture
def share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.setattr(install_desktop, "_program", lambda: Path('/opt/my "50 %" $tudio/portrait-studio'))
    return tmp_path / "share"


def entry_of(share: Path) -> dict[str, str]:
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(share / "applications" / "portrait-studio.desktop", "utf-8")
    return dict(parser["Desktop Entry"])


def checked_by(program: str, *arguments: object) -> None:
    """Let the desktop's own program judge a file."""
    if shutil.which(program) is None:
        if os.environ.get("CI"):
            pytest.fail(f"not installed: {program}")
        pytest.skip(f"not installed: {program}")
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "error" not in done.stdout + done.stderr


def test_the_entry_is_put_in_place_and_taken_away(share: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = share / "applications" / "other.desktop"
    other.parent.mkdir(parents=True)
    other.write_text("[Desktop Entry]\n")
    for _ in range(2):
        assert run([], "install-desktop") == 0
    assert str(share) in capsys.readouterr().out
    entry = entry_of(share)
    assert entry["Exec"] == r'"/opt/my \\"50 %%\\" \\$tudio/portrait-studio" %u'
    assert entry["TryExec"] == '/opt/my "50 %" $tudio/portrait-studio'
    types = set(entry["MimeType"].split(";"))
    assert {PROJECT_TYPE, "image/jpeg", "image/png", "image/tiff", "image/webp", "image/jp2"} <= types
    for side in ICON_SIDES:
        with Image.open(share / f"icons/hicolor/{side}x{side}/apps/portrait-studio.png") as icon:
            assert icon.size == (side, side)
            assert icon.getpixel((0, 0)) == (0, 0, 0, 0)
            assert icon.convert("RGBA").getpixel((side // 2, side // 3)) != (0, 0, 0, 0)

    assert run([], "install-desktop", "--remove") == 0
    left = [path for path in share.rglob("portrait*") if path.is_file()]
    assert left == []
    assert not list(share.rglob("*.metainfo.xml"))
    assert other.exists()


def test_what_is_put_in_place_is_valid(share: Path) -> None:
    assert run([], "install-desktop") == 0
    checked_by("desktop-file-validate", share / "applications" / "portrait-studio.desktop")
    (metainfo,) = (share / "metainfo").iterdir()
    checked_by("appstreamcli", "validate", "--no-net", metainfo)


def test_the_entry_of_a_package_starts_the_program_by_its_name(tmp_path: Path) -> None:
    assert run([], "install-desktop", "--to", tmp_path / "usr" / "share") == 0
    assert entry_of(tmp_path / "usr" / "share")["Exec"] == '"portrait-studio" %u'


def test_what_the_desktop_is_told_is_so(share: Path) -> None:
    assert run([], "install-desktop") == 0
    types = ElementTree.parse(share / "mime" / "packages" / "portrait-studio.xml").getroot()
    kind = types.find("{*}mime-type")
    assert kind is not None
    assert kind.get("type") == PROJECT_TYPE
    pattern = kind.find("{*}glob")
    assert pattern is not None
    assert pattern.get("pattern") == f"*{SUFFIX}"
    (path,) = (share / "metainfo").iterdir()
    metainfo = ElementTree.parse(path).getroot()
    release = metainfo.find("releases/release")
    assert release is not None
    assert release.get("version") == __version__


@pytest.mark.parametrize(
    "name", ["photo.png", "my photo #1 100%.png", "küste?.png", os.fsdecode(b"\xff.png")]
)
@pytest.mark.parametrize("host", ["", "localhost"])
def test_a_file_url_opens_the_file(tmp_path: Path, opened: list[Path | None], name: str, host: str) -> None:
    photo = tmp_path / name
    photo.touch()
    assert run(opened, photo.as_uri().replace("file://", f"file://{host}")) == 0
    assert opened == [tmp_path.resolve() / name]


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ("https://example.org/a.png", "is not on this machine"),
        ("file://other/a.png", "is not on this machine"),
        ("file:///nowhere/a.png", "There is no photo"),
    ],
)
def test_what_is_not_here_is_refused(
    opened: list[Path | None], capsys: pytest.CaptureFixture[str], named: str, sentence: str
) -> None:
    assert run(opened, named) == 2
    assert sentence in capsys.readouterr().err
    assert opened == []


def test_a_file_with_the_name_of_a_url_is_a_file(
    tmp_path: Path, opened: list[Path | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file:").mkdir()
    (tmp_path / "file:" / "a.png").touch()
    assert run(opened, "file:/a.png") == 0
    assert opened == [tmp_path.resolve() / "file:" / "a.png"]
