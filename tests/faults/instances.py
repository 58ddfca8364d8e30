"""Instances of the services as children of the test, so that how each of them ends is known."""

import os
import shlex
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

SETTINGS = {
    # A paused or killed member is found out as soon as the broker allows.
    "MOSAIC_KAFKA_PROPERTY_SESSION_TIMEOUT_MS": "6000",
    "MOSAIC_KAFKA_PROPERTY_HEARTBEAT_INTERVAL_MS": "1500",
}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Instance:
    """One process of one service; `number` tells it from others of the same service."""

    def __init__(self, platform, service, number):
        self.platform, self.service, self.number = platform, service, number
        self.name = f"{service}/{number}"
        self.log_file = platform.state / "log" / f"{service}-{number}.log"
        self.process = None

    def start(self, **settings):
        lines = self.platform.stack("env", self.service).splitlines()
        env = dict(shlex.split(line)[1].split("=", 1) for line in lines)
        self.port = free_port()
        env.update(SETTINGS, MOSAIC_HTTP_PORT=str(self.port), MOSAIC_INSTANCE=str(self.number),
                   **{k: str(v) for k, v in settings.items()})
        self.log_from = self.log_file.stat().st_size if self.log_file.exists() else 0
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(
                [str(self.platform.programs / self.service)], env={**os.environ, **env},
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        return self

    @property
    def runs(self):
        return self.process is not None and self.process.poll() is None

    def log(self):
        """What the present process has logged."""
        with open(self.log_file, "rb") as log:
            log.seek(self.log_from)
            return log.read().decode(errors="replace")

    def signal(self, number):
        self.process.send_signal(number)

    def wait_exit(self, seconds):
        """The exit code, negative for a signal; None: it still runs."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def is_asleep(self):
        """Stopped by SIGSTOP."""
        with open(f"/proc/{self.process.pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] == "T"

    def is_ready(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False

    def wait_ready(self, seconds=60):
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            if not self.runs:
                raise AssertionError(f"{self.name} ended with {self.process.returncode} while "
                                     f"starting:\n{self.log()[-2000:]}")
            if time.monotonic() > deadline:
                raise AssertionError(f"{self.name} is not ready:\n{self.log()[-2000:]}")
            time.sleep(0.05)

    def end(self):
        """For cleaning up: whatever it is doing, it is gone afterwards."""
        if self.runs:
            self.signal(signal.SIGKILL)
            self.process.wait()
