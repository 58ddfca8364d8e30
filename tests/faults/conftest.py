"""The kill test needs builds with -DMOSAIC_FAULTS; `make faults` makes them and names their folder.

MOSAIC_FAULTS=short takes a part of it, as `make test` does. `make faults BUG=skip_epoch` (delete_early,
ignore_sequence, or all) plants that bug instead and expects to find it."""

import pathlib
import sys
import warnings

import pytest

# kafka-python reads its protocol files in a way that Python means to give up.
warnings.filterwarnings("ignore", category=DeprecationWarning, module="kafka|importlib")

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "system"))

import support.platform  # noqa: E402,F401  (loads kafka-python while the filter holds)


@pytest.hookimpl(tryfirst=True, hookwrapper=True)
def pytest_runtest_makereport(item):
    outcome = yield
    item.failed = getattr(item, "failed", False) or outcome.get_result().failed
