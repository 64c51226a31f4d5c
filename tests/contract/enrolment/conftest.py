"""A centre that serves https, and an agent of it who has a password."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub import commands
from hub.__main__ import main as hub_main
from tests.contract.enrolment.served import PASSWORD, Centre, serving
from tests.pbx.certificates import CertificateFiles, make_certificates


@pytest.fixture
def files(tmp_path: Path) -> CertificateFiles:
    directory = tmp_path / "centre"
    directory.mkdir()
    return make_certificates(directory)


@pytest.fixture
def centre(files: CertificateFiles) -> Iterator[Centre]:
    with serving(files) as made:
        yield made


@pytest.fixture
def authority(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], centre: Centre, own_process: None
) -> str:
    """What the administrator's command printed when it gave Yael a password."""
    monkeypatch.setattr(commands, "getpass", lambda _prompt: PASSWORD)
    assert hub_main(["agent", "password", "yael", "--config", str(centre.settings)]) == 0
    return capsys.readouterr().out.strip()
