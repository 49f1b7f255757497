"""Content Credentials, read again by the library of their authors."""

from __future__ import annotations

import datetime
import io
import json
from pathlib import Path
from typing import Any

import c2pa
import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from portrait_studio.errors import OptionError
from portrait_studio.imaging.content_credentials import Credentials, holds_credentials
from portrait_studio.imaging.photo import Photo
from portrait_studio.imaging.reading import read_photo
from portrait_studio.imaging.writing import ExportOptions, write_photo
from portrait_studio.imaging.xmp import PARTLY_GENERATED


def certificate(name: str, key: Any, issuer: str, issuer_key: Any, *, is_root: bool) -> x509.Certificate:
    def named(text: str) -> x509.Name:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Test"),
                x509.NameAttribute(NameOID.COMMON_NAME, text),
            ]
        )

    now = datetime.datetime.now(datetime.UTC)
    others = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    usage = dict.fromkeys((*others, "encipher_only", "decipher_only"), False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=not is_root, key_cert_sign=is_root, crl_sign=is_root, **usage),
            critical=True,
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )
    if not is_root:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(purpose, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


@pytest.fixture(scope="module")
def credentials(tmp_path_factory: pytest.TempPathFactory) -> Credentials:
    folder = tmp_path_factory.mktemp("credentials")
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = certificate("Root", root_key, "Root", root_key, is_root=True)
    leaf = certificate("A photographer", key, "Root", root_key, is_root=False)
    pem = serialization.Encoding.PEM
    (folder / "chain.pem").write_bytes(leaf.public_bytes(pem) + root.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return Credentials(folder / "chain.pem", folder / "key.pem")


@pytest.fixture
def source(tmp_path: Path) -> Photo:
    pixels = np.random.default_rng(0).integers(0, 255, (80, 120, 3)).astype(np.uint8)
    write_photo(Photo(pixels), tmp_path / "source.png")
    return read_photo(tmp_path / "source.png")


def manifest_of(path: Path, kind: str) -> tuple[dict[str, Any], str]:
    reader = c2pa.Reader(f"image/{kind}", io.BytesIO(path.read_bytes()))
    store = json.loads(reader.json())
    return store["manifests"][store["active_manifest"]], str(reader.get_validation_state())


@pytest.mark.parametrize("kind", ["jpeg", "png", "tiff", "webp", "avif"])
def test_each_format_says_what_was_done_and_by_whom(
    source: Photo, credentials: Credentials, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"a.{kind}"
    written = write_photo(source, path, ExportOptions(credentials=credentials), made=["Filled 7 pixels."])
    manifest, state = manifest_of(path, kind)
    assert state == "Valid"
    assert manifest["signature_info"]["common_name"] == "A photographer"
    (ingredient,) = manifest["ingredients"]
    assert (ingredient["title"], ingredient["relationship"]) == ("source.png", "parentOf")
    (actions,) = (each["data"]["actions"] for each in manifest["assertions"] if "actions" in each["label"])
    assert [each["action"] for each in actions] == ["c2pa.opened", "c2pa.edited"]
    assert actions[1]["description"] == "Filled 7 pixels."
    assert actions[1]["digitalSourceType"] == PARTLY_GENERATED
    # A small picture of the source would show what was removed.
    assert "thumbnail" not in json.dumps(manifest)
    assert holds_credentials(path.read_bytes())
    again = read_photo(path).pixels
    assert again.shape == source.pixels.shape
    assert np.array_equal(again, source.pixels) or not written.is_lossless


def test_credentials_of_the_source_stay_as_those_of_the_ingredient(
    source: Photo, credentials: Credentials, tmp_path: Path
) -> None:
    options = ExportOptions(credentials=credentials)
    write_photo(source, tmp_path / "first.png", options, made=["First."])
    write_photo(read_photo(tmp_path / "first.png"), tmp_path / "second.jpg", options, made=["Second."])
    manifest, state = manifest_of(tmp_path / "second.jpg", "jpeg")
    assert state == "Valid"
    assert manifest["ingredients"][0]["active_manifest"]


def test_a_picture_without_a_file_is_an_ingredient_by_name(credentials: Credentials, tmp_path: Path) -> None:
    photo = Photo(np.full((64, 64, 3), 90, np.uint8))
    write_photo(photo, tmp_path / "a.png", ExportOptions(credentials=credentials), made=["Filled."])
    manifest, state = manifest_of(tmp_path / "a.png", "png")
    assert state == "Valid"
    assert manifest["ingredients"][0]["title"] == "picture"


def test_what_is_no_key_is_refused_and_nothing_is_written(
    source: Photo, credentials: Credentials, tmp_path: Path
) -> None:
    wrong = Credentials(credentials.chain, credentials.chain)
    with pytest.raises(OptionError, match="no certificate and key to sign with"):
        write_photo(source, tmp_path / "a.png", ExportOptions(credentials=wrong), made=["Filled."])
    assert not (tmp_path / "a.png").exists()
