"""`demo`: an option that cannot be used is refused with words that say what would do."""

import pytest

from controlroom.cli import main


@pytest.mark.parametrize("size", ["1x", "x", "1920", "wide", "-5x10", "0x0", "1x2x3"])
def test_a_size_that_is_none_is_told_what_one_looks_like(
    capsys: pytest.CaptureFixture[str], size: str
) -> None:
    with pytest.raises(SystemExit):
        main(["demo", f"--size={size}"])
    assert "such as 1920x1080" in capsys.readouterr().err
