"""Fixtures of the system tests: a whole platform on a real Kafka and a real PostgreSQL.

MOSAIC_STATE: the folder of a stack that runs already and is left running; without it one is started
in a folder of its own and removed at the end. MOSAIC_BIN: the programs to test."""

import itertools
import os
import pathlib
import sys
import tempfile
import uuid
import warnings

import pytest

# kafka-python reads its protocol files in a way that Python means to give up.
warnings.filterwarnings("ignore", category=DeprecationWarning, module="kafka|importlib")

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from support.platform import Platform  # noqa: E402


@pytest.fixture(scope="session")
def platform():
    given = os.environ.get("MOSAIC_STATE")
    state = given or tempfile.mkdtemp(prefix="mosaic-system-")
    running = Platform(state, os.environ.get("MOSAIC_BIN"))
    try:
        running.up()
        running.start_services()
        yield running
    finally:
        if given:
            running.close()
        else:
            running.wipe()


@pytest.fixture
def unique():
    """unique("project") -> names that no other test and no earlier run on the same stack has used."""
    run, counter = uuid.uuid4().hex[:8], itertools.count(1)
    return lambda what="x": f"{what}-{run}-{next(counter)}"


_numbers = itertools.count(uuid.uuid4().int % 800_000_000)


@pytest.fixture
def fresh_inn():
    """fresh_inn() -> the made-up tax number of an organisation that is new to the platform."""
    from support.events import inn
    return lambda: inn(next(_numbers) % 900_000_000 + 100_000_000)
