"""Lost 0, doubled 0, whatever is killed; and each planted bug is found."""

import json
import os
import shutil
import tempfile
import time

import pytest

import kill
from support import oracle
from support.platform import ROOT, Platform
from support.scenario import Scenario

SHORT = os.environ.get("MOSAIC_FAULTS") == "short"
BUG = os.environ.get("BUG", "")
OUT = ROOT / "build" / "test"


@pytest.fixture
def stack(request):
    """A platform without services, in a folder of its own; its logs are kept if the test fails."""
    platform = Platform(tempfile.mkdtemp(prefix="mosaic-faults-"),
                        os.environ.get("MOSAIC_BIN", ROOT / "build" / "faults" / "bin"))
    try:
        platform.up()
        yield platform
    finally:
        if getattr(request.node, "failed", False):
            kept = OUT / f"faults-{request.node.name}-logs"
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(platform.state / "log", kept)
        platform.wipe()


def run(stack, faults, events, parts, capsys, seed=1, **settings):
    """(test, the oracle's verdict) of one run."""
    def say(text):
        with capsys.disabled():
            print(text, flush=True)

    scenario = Scenario(seed, events)
    test = kill.KillTest(stack, scenario, say, seed, **settings)
    say(f"\n{len(scenario.main)} events, {len(scenario.organisations)} organisations, all made up")
    try:
        test.begin()
        faults(test, 1 / parts)
        test.finish()
    finally:
        test.end()
    say(f"{time.monotonic() - test.began:6.1f} s  all of it is handled; asking the oracle")
    verdict = oracle.check(stack)
    say(f"{time.monotonic() - test.began:6.1f} s  {len(test.hits)} faults have hit; "
        f"{sum(verdict.problems.checked.values())} checks: {verdict.problems}")
    return test, verdict


def write_report(test, verdict):
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "faults.json").write_text(json.dumps({
        "events": len(test.scenario.main),
        "seconds": round(time.monotonic() - test.began, 1),
        "faults": [{"fault": fault, "seen": how} for fault, how in test.hits],
        "records": {topic: {"on_topic": raw, "counted": kept}
                    for topic, (raw, kept) in verdict.counts.items()},
        "dead_letters": verdict.dead_letters,
        "checked": dict(verdict.problems.checked),
        "oracle_seconds": verdict.seconds,
        "problems": {kind: len(details) for kind, details in verdict.problems.found.items()},
    }, indent=2) + "\n")


def test_nothing_is_lost_or_doubled_whatever_is_killed(stack, capsys):
    faults, events, parts = (kill.shorter, 12_000, 14) if SHORT else (kill.everything, 50_000, 28)
    test, verdict = run(stack, faults, events, parts, capsys)
    write_report(test, verdict)
    assert not verdict.problems, f"\n{verdict.problems}"


@pytest.mark.parametrize("bug", sorted(kill.BUGS) if BUG == "all" else [BUG])
def test_a_planted_bug_is_found(stack, capsys, bug):
    _, verdict = run(stack, kill.BUGS[bug], 8_000, 8, capsys, seed=2, MOSAIC_BUG=bug,
                     **kill.BUG_SETTINGS)
    assert verdict.problems, f"nobody noticed {bug}"


# What was not asked for is no test at all, rather than one that is skipped.
if BUG:
    del test_nothing_is_lost_or_doubled_whatever_is_killed
else:
    del test_a_planted_bug_is_found
