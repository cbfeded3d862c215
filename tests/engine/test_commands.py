"""Commands and Events are small values: made by the thousand, compared, and written to logs."""

from __future__ import annotations

import pytest

from lanchat.engine.commands import Command, Join, OpenRoom


@pytest.mark.parametrize("command", [OpenRoom("Kitchen", passphrase="moth"), Join("ABCDE", passphrase="moth")])
def test_a_log_does_not_learn_a_passphrase(command: Command) -> None:
    assert "moth" not in repr(command)
    assert repr(command).startswith(type(command).__name__)
