"""A setting that makes no sense ends a service at once, with a sentence and exit code 2; one that nothing
reads is warned about."""

import json
import os
import re
import subprocess

import harness
import pytest

# What would change how the service under test begins.
NEEDED = {"MOSAIC_KAFKA_BROKERS", "MOSAIC_DATABASE", "MOSAIC_DATABASE_PASSWORD", "MOSAIC_DATABASE_PASSWORD_FILE",
          "MOSAIC_MIGRATE_DATABASE", "MOSAIC_MIGRATE_PASSWORD", "MOSAIC_MIGRATE_PASSWORD_FILE", "MOSAIC_LOG_LEVEL",
          "MOSAIC_HTTP_ADDRESS", "MOSAIC_HTTP_PORT", "MOSAIC_CRASH_AT", "MOSAIC_PAUSE_AT"}


def environment(settings):
    env = {k: v for k, v in os.environ.items() if not k.startswith("MOSAIC_")}
    return {**env, "MOSAIC_KAFKA_BROKERS": "127.0.0.1:1", "MOSAIC_DATABASE": "host=127.0.0.1 port=1", **settings}


def start(**settings):
    return subprocess.run([harness.PROGRAM], env=environment(settings), capture_output=True, text=True, timeout=10,
                          stdin=subprocess.DEVNULL, check=False)


def warned_about(**settings):
    """The variables a starting service warns about, each with what may have been meant."""
    service = subprocess.Popen([harness.PROGRAM], env=environment(settings), text=True, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    found = {}
    try:
        for line in map(json.loads, service.stderr):
            if "variable" in line:
                assert line["level"] == "warn"
                found[line["variable"]] = line["nearest_setting"]
            if line["message"] == "listening":
                return found
    finally:
        service.kill()
        service.communicate()
    raise AssertionError("it ended by itself")


@pytest.mark.parametrize("name,value,sentence", [
    ("MOSAIC_KAFKA_BROKERS", "kafka:70000", '"kafka:70000" is not host:port with a port from 1 to 65535'),
    ("MOSAIC_KAFKA_BROKERS", "kafka:9092,:9092", '":9092" is not host:port'),
    ("MOSAIC_HTTP_ADDRESS", "foo", '"foo" is not an IP address'),
    ("MOSAIC_HTTP_ADDRESS", "127.0.0.1:80", '"127.0.0.1:80" is not an IP address'),
    ("MOSAIC_HTTP_PORT", "65536", '"65536" is not a whole number from 0 to 65535'),
    ("MOSAIC_DATABASE", "hots=db", 'invalid connection option "hots"'),
])
def test_a_bad_setting_is_refused(name, value, sentence):
    done = start(**{name: value})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"relay: {name}: ") and sentence in done.stderr and done.stderr.count("\n") == 1


def test_a_misspelt_setting_is_warned_about():
    misspelt = {"MOSAIC_TREADS": "MOSAIC_THREADS", "MOSAIC_GATHERING_MS": "MOSAIC_GATHER_MS",
                "MOSAIC_DATABASE_PASSWORDFILE": "MOSAIC_DATABASE_PASSWORD_FILE", "MOSAIC_batch_max": "MOSAIC_BATCH_MAX",
                "MOSAIC_SOMETHING_ELSE": ""}
    assert warned_about(**dict.fromkeys(misspelt, "1"), MOSAIC_THREADZ="") == misspelt


def test_what_tools_tests_and_containers_know_is_not_warned_about():
    text = "".join(path.read_text() for folder in ("deploy", "tests/faults", "tests/stack", "tests/system", "tools")
                   for path in (harness.ROOT / folder).rglob("*") if path.suffix in (".sh", ".sql", ".yaml", ".py"))
    known = {name for name in re.findall(r"MOSAIC_[A-Z_]*[A-Z]", text) if "KAFKA_PROPERTY" not in name}
    known |= {name for name in os.environ if name.startswith("MOSAIC_")} | {"MOSAIC_PROJECT_TRACKING_URL"}
    assert len(known) > 20
    kubernetes = {"MOSAIC_X_SERVICE_HOST": "10.0.0.1", "MOSAIC_X_SERVICE_PORT": "80",
                  "MOSAIC_X_PORT": "tcp://10.0.0.1:80", "MOSAIC_X_PORT_80_TCP_PROTO": "tcp"}
    assert warned_about(**dict.fromkeys(known - NEEDED, "1"), **kubernetes) == {}
