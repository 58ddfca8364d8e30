"""A setting that makes no sense ends a service at once, with a sentence and exit code 2."""

import os
import subprocess

import harness
import pytest


def start(seconds=10, **settings):
    env = {k: v for k, v in os.environ.items() if not k.startswith("MOSAIC_")}
    env.update({"MOSAIC_KAFKA_BROKERS": "127.0.0.1:1", "MOSAIC_DATABASE": "host=127.0.0.1 port=1", **settings})
    return subprocess.run([harness.PROGRAM], env=env, capture_output=True, text=True, timeout=seconds,
                          stdin=subprocess.DEVNULL, check=False)


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
