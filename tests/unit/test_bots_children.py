"""Processes that the demo starts come up, say so, and are gone afterwards."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agent_tui.config import load as config_of
from bots.children import ChildFailed, Program, children, ready_line
from bots.demo_home import DemoHome
from hub.crm_settings import BuiltinCrmSettings
from hub.settings import LabPbxSettings, load
from pbx.lab.client import ControlClient, ControlGone
from sip.account import MediaEncryption


async def test_an_exchange_comes_up_and_is_gone_afterwards(tmp_path: Path) -> None:
    control = tmp_path / "control"
    lab = Program("exchange", ("pbx.lab", "--control", str(control), "--queue", "support:7", "--with-parent"))
    async with children([lab], os.environ, tmp_path) as (line,):
        assert ready_line(line)["port"] > 0
        client = await ControlClient.connect(control)
        (row,) = await client.ask("queues")
        assert (row["name"], row["service_level_seconds"]) == ("support", 7)
        await client.close()
    with pytest.raises(ControlGone):
        await ControlClient.connect(control)
    assert not control.exists()


async def test_one_that_does_not_start_is_named_with_its_last_words(tmp_path: Path) -> None:
    good = Program("exchange", ("pbx.lab", "--control", str(tmp_path / "one"), "--with-parent"))
    bad = Program("second", ("pbx.lab", "--bad-option"))
    with pytest.raises(ChildFailed, match=r"second did not start[\s\S]*--control"):
        async with children([good, bad], os.environ, tmp_path):
            pytest.fail("the second one did start")
    with pytest.raises(ControlGone):
        await ControlClient.connect(tmp_path / "one")


def test_the_demos_settings_are_a_hub_on_the_lab(tmp_path: Path) -> None:
    home = DemoHome.make(tmp_path)
    home.write_config("127.0.0.1:5999", "silence", {})
    settings = load(home.hub_settings)
    assert settings.pbx == LabPbxSettings(kind="lab", socket=home.lab_socket)
    assert isinstance(settings.crm, BuiltinCrmSettings)
    assert settings.crm.customers is not None
    assert settings.crm.customers.is_file()
    config = config_of(home.config)
    assert (config.sip.domain, config.hub.settings) == ("127.0.0.1:5999", home.hub_settings)
    assert config.sip.media_encryption is MediaEncryption.REQUIRED
    env = home.environment({"PATH": "/bin", "XDG_DATA_HOME": "/home/somebody"})
    assert env["PATH"] == "/bin"
    assert all(env[name].startswith(str(tmp_path)) for name in env if name != "PATH")


@pytest.mark.parametrize(("surroundings", "language"), [({}, "en"), ({"LANG": "he_IL.UTF-8"}, "he")])
def test_the_demo_speaks_the_language_of_who_tries_it(
    tmp_path: Path, surroundings: dict[str, str], language: str
) -> None:
    home = DemoHome.make(tmp_path)
    home.write_config("127.0.0.1:5999", "silence", surroundings)
    assert config_of(home.config).desk.language == language
