"""Authorities and certificates for tests, made with openssl."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority of a test, below a folder of its own."""

    folder: Path
    name: str

    @property
    def path(self) -> Path:
        return self.folder / f"{self.name}.pem"

    def issue(self, name: str, subject_names: str) -> tuple[Path, Path]:
        """Certificate and key for `DNS:…` or `IP:…` names."""
        chain, key, request = (self.folder / f"{name}.{end}" for end in ("pem", "key", "csr"))
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={subject_names}\n", "ascii")
        openssl("req", *NEW_KEY, "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        signer = ("-CA", self.path, "-CAkey", self.folder / f"{self.name}.key", "-CAcreateserial")
        openssl(
            *("x509", "-req", "-in", request, *signer, "-days", "90"),
            *("-extfile", extensions, "-out", chain),
        )
        return chain, key


NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def openssl(*words: str | Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: apt-get install openssl")
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


def authority(folder: Path, name: str) -> Authority:
    made = Authority(folder, name)
    openssl(
        *("req", "-x509", *NEW_KEY, "-days", "90", "-subj", f"/CN={name}"),
        *("-keyout", folder / f"{name}.key", "-out", made.path),
    )
    return made
