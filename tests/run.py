#!/usr/bin/env python3
"""Runs the test suites and closes with one line that counts all of them:  N passed, N failed, N skipped.

    tests/run.py [SUITE...] [-- words for pytest]        all suites, or those named

unit, asan      the pure modules (cmocka), as released and under the address and undefined-behaviour sanitizers
contract        the schemas against tools that are not ours
deploy          the files for containers, read without an engine
fuzz            every decoder under libFuzzer, briefly
stack           the local stack: killed, interrupted, twice at once
demo            `make demo` with the carried file and with made-up ones, against counts of its own
integration, system
                real Kafka and PostgreSQL, with stacks in folders of their own, .mosaic-test-NAME, which are
                removed afterwards; what an interrupted run left there is stopped first
faults          whatever can be killed, killed; a short run here, the whole of it as `make faults`
A skipped test fails the run: nothing passes by being skipped."""

import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parents[1]
OUT = ROOT / "build" / "test"
PYTHON = ROOT / "build" / "venv" / "bin" / "python"
STACK = ROOT / "deploy" / "local" / "stack.sh"
SUITES = ("unit", "asan", "contract", "deploy", "fuzz", "stack", "demo", "integration", "system", "faults")


class Tally:
    def __init__(self, passed=0, failed=0, skipped=0):
        self.passed, self.failed, self.skipped = passed, failed, skipped

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def one_of(ok):
    return Tally(1, 0) if ok else Tally(0, 1)


def make(*words):
    command = ["make", "--no-print-directory", "-s", f"-j{os.cpu_count()}", *words]
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode != 0:
        print(f"{' '.join(command)} failed")
    return done.returncode == 0


# --- suites without a stack --------------------------------------------------------------------------


def run_cmocka(program, env=None):
    """One program of tests; it prints a line per test. One that dies counts as a failed test."""
    done = subprocess.run([program], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          errors="replace", check=False)
    text = done.stdout + done.stderr
    tally = Tally(
        len(re.findall(r"^\[ +OK +\]", text, re.M)),
        len(set(re.findall(r"^\[ +(?:FAILED|ERROR) +\] (\w+)$", text, re.M))),
        len(set(re.findall(r"^\[ +SKIPPED +\] (\w+)$", text, re.M))),
    )
    if (done.returncode != 0 and tally.failed == 0) or tally.passed + tally.failed == 0:
        tally.failed += 1
    if tally.failed or tally.skipped:
        print(text)
    print(f"  {program.name}: {tally}", flush=True)
    return tally


def programs_of(folder, mode):
    """The test programs of tests/<folder>, as built in this mode."""
    sources = sorted((ROOT / "tests" / folder).glob("test_*.c"))
    return [ROOT / "build" / mode / "tests" / folder / source.stem for source in sources]


def unit(mode):
    if not make(f"MODE={mode}", "unit-programs"):
        return Tally(0, 1)
    tally = Tally()
    for program in programs_of("unit", mode):
        tally.add(run_cmocka(program))
    return tally


def script(path, *words):
    """A suite that is a program of its own: its closing line counts if it has one, else its exit code."""
    if not path.exists():
        print(f"{path.relative_to(ROOT)} is missing")
        return Tally(0, 1)
    process = subprocess.Popen([path, *words], cwd=ROOT, stdin=subprocess.DEVNULL, text=True, errors="replace",
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    found = None
    for line in process.stdout:
        print("  " + line, end="", flush=True)
        found = re.search(r"(\d+) passed, (\d+) failed(?:, (\d+) skipped)?", line) or found
    ok = process.wait() == 0
    tally = Tally(*(int(n or 0) for n in found.groups())) if found else one_of(ok)
    if not ok and tally.failed == 0:
        tally.failed = 1
    return tally


# --- suites with a stack -----------------------------------------------------------------------------


def stack(state, *words, env=None):
    return subprocess.run([STACK, *words], env=dict(os.environ, MOSAIC_STATE=str(state), **(env or {})),
                          stdin=subprocess.DEVNULL, check=False).returncode == 0


def read_junit(path):
    """What pytest counted; an error in a fixture is a failure, an expected failure is a skip."""
    tally = Tally()
    for case in xml.parse(path).getroot().iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            tally.failed += 1
        elif case.find("skipped") is not None:
            tally.skipped += 1
        else:
            tally.passed += 1
    return tally


def exports(state):
    """What stack.sh tells tools and tests about a running stack."""
    text = subprocess.run([STACK, "env"], env=dict(os.environ, MOSAIC_STATE=str(state)), check=True,
                          capture_output=True, text=True).stdout
    return dict(shlex.split(line)[1].split("=", 1) for line in text.splitlines())


def pytest(name, folder, words, env):
    report = OUT / f"{name}.xml"
    report.unlink(missing_ok=True)
    command = [PYTHON, "-m", "pytest", "-q", "-ra", "--tb=short", "--disable-warnings", "--show-capture=no",
               "--color=no", "-p", "no:cacheprovider", f"--junitxml={report}", str(folder), *words]
    done = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False)
    tally = read_junit(report) if report.exists() else Tally(0, 1)
    if words and done.returncode == 5:  # none of those that the words choose is here
        return Tally()
    if done.returncode != 0 and tally.failed == 0:
        tally.failed = 1
    return tally


def own_stack(name, mode, words):
    """Tests that start and stop stacks themselves."""
    if not make(f"MODE={mode}", "all"):
        return Tally(0, 1)
    env = dict(os.environ, MOSAIC_BIN=str(ROOT / "build" / mode / "bin"), PYTHONDONTWRITEBYTECODE="1")
    return pytest(name, ROOT / "tests" / name, words, env)


def with_stack(name, run_tests):
    """Calls run_tests(environment) beside a fresh stack. The tests find the stack by what `stack.sh env` says;
    MOSAIC_BIN names the programs."""
    if not make("all", "test-programs"):
        return Tally(0, 1)
    state = ROOT / f".mosaic-test-{name}"
    programs = {"MOSAIC_BIN": str(ROOT / "build" / "release" / "bin")}
    stack(state, "wipe")
    try:
        if not stack(state, "up", env=programs):
            return Tally(0, 1)
        env = dict(os.environ, **exports(state), **programs, PYTHONDONTWRITEBYTECODE="1")
        env["MOSAIC_TEST_DATABASE"] = env["MOSAIC_ADMIN_DATABASE"]
        tally = run_tests(env)
        if tally.failed:
            keep_logs(name, state)
        return tally
    finally:
        stack(state, "wipe")


def integration(words):
    """C programs and Python files, all on one stack; none of them minds the others."""
    def run_tests(env):
        tally = Tally()
        for program in programs_of("integration", "release"):
            tally.add(run_cmocka(program, env))
        tally.add(pytest("integration", ROOT / "tests" / "integration", words, env))
        return tally

    return with_stack("integration", run_tests)


def system(words):
    """Each file on a platform of its own: its figures are those of its own events only."""
    tally = Tally()
    for file in sorted((ROOT / "tests" / "system").glob("test_*.py")):
        name = file.stem.replace("test_", "system-").replace("_", "-")
        print(f"--- {file.name}", flush=True)
        tally.add(with_stack(name, lambda env: pytest(name, file, words, env)))
    return tally


def keep_logs(name, state):
    kept = OUT / f"{name}-logs"
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(state / "log", kept)
    print(f"the logs of the failed run are kept in {kept.relative_to(ROOT)}")


def run(suite, words):
    tests = ROOT / "tests"
    if suite in ("unit", "asan"):
        return unit("release" if suite == "unit" else "asan")
    if suite == "contract":
        return script(tests / "contract" / "run.sh")
    if suite == "deploy":
        return pytest(suite, tests / "deploy", words, dict(os.environ, PYTHONDONTWRITEBYTECODE="1"))
    if suite == "fuzz":
        return script(tests / "fuzz" / "run.sh")
    if suite in ("stack", "demo"):
        return own_stack(suite, "release", words)
    if suite == "integration":
        return integration(words)
    if suite == "system":
        return system(words)
    if suite == "faults":
        return own_stack(suite, "faults", words)
    raise SystemExit(f"there is no suite '{suite}'; there are: {', '.join(SUITES)}")


def main():
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    words = sys.argv[1:]
    suites, words = (words[: words.index("--")], words[words.index("--") + 1:]) if "--" in words else (words, [])
    OUT.mkdir(parents=True, exist_ok=True)
    total, lines = Tally(), []
    for suite in suites or SUITES:
        print(f"\n=== {suite}", flush=True)
        started = time.monotonic()
        tally = run(suite, words)
        total.add(tally)
        lines.append(f"{suite:<12} {tally}  ({time.monotonic() - started:.0f} s)")
    print("\n" + "\n".join(lines) + f"\n\n{total}")
    return 1 if total.failed or total.skipped or total.passed == 0 else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted")
