"""``moked agent --headless``: what is said wrongly is told with what would be right."""

from __future__ import annotations

import pytest

from agent_tui.headless.__main__ import main


@pytest.mark.parametrize("given", [("--answer-after", "soon"), ("--talk", "-1"), ("--talk", "86401")])
def test_seconds_that_are_none_say_which_are(
    capsys: pytest.CaptureFixture[str], given: tuple[str, str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--headless", *given])
    assert ended.value.code == 2
    assert f"{given[0]}: seconds from 0 to 86400 are needed" in capsys.readouterr().err
