"""What the tests of the stage share: the relay program, and one running relay per test."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent / "relay"))

import harness  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def program():
    harness.build()


@pytest.fixture
def relay(tmp_path):
    running = harness.Relay(tmp_path)
    try:
        yield running
    finally:
        running.close()
