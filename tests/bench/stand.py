"""The platform under measurement: a stack of its own, services started as processes of this program, the
load driver, and how far each stage has come."""

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import pathlib
import urllib.error
import urllib.request

import kafka
from kafka.admin import KafkaAdminClient, NewTopic

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "system"))
sys.path.insert(0, str(pathlib.Path(__file__).parent))

from support.platform import SERVICES, STAGES, Platform, schema_of, topic_name  # noqa: E402

import measure  # noqa: E402

SAMPLE_S = 0.02


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Stand:
    def __init__(self, state):
        self.platform = Platform(state, os.environ.get("MOSAIC_BIN"))
        self.driver = self.platform.programs.parent / "tests" / "bench" / "load"
        self.state = pathlib.Path(state)
        self.settings = {}  # of services started from now on, beside the stack's
        self.running = {}  # service -> (Popen, port)
        self.ready_s = {}
        self._consumer = None

    def up(self):
        """With a broker as it is in the long run: one with both of Java's compilers, which the drains and the warm-up
        give time to work."""
        os.environ["MOSAIC_KAFKA_JIT"] = "full"
        self.platform.stack("wipe", check=False)
        self.platform.up()

    def wipe(self):
        self.stop()
        if self._consumer is not None:
            self._consumer.close()
        self.platform.wipe()

    # --- services ----------------------------------------------------------------------------

    def start(self, *services):
        """Starts them at the same time and waits for all; self.ready_s has how long each took."""
        for name in services:
            lines = self.platform.stack("env", name).splitlines()
            env = dict(shlex.split(line)[1].split("=", 1) for line in lines if line.startswith("export "))
            port = free_port()
            env = dict(os.environ, **env, **self.settings, MOSAIC_HTTP_PORT=str(port), MOSAIC_LOG_LEVEL="warn")
            with open(self.state / "log" / f"bench-{name}.log", "ab") as log:
                began = time.monotonic()
                process = subprocess.Popen([self.platform.programs / name], env=env, stdin=subprocess.DEVNULL,
                                           stdout=log, stderr=log)
            self.running[name] = (process, port)
            self.ready_s[name] = began
        waiting = set(services)
        while waiting:
            for name in list(waiting):
                if self._ready(name):
                    self.ready_s[name] = time.monotonic() - self.ready_s[name]
                    waiting.discard(name)
            time.sleep(0.003)

    def _ready(self, name):
        process, port = self.running[name]
        if process.poll() is not None:
            raise RuntimeError(f"{name} ended with {process.returncode}; see {self.state}/log/bench-{name}.log")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def stop(self, *services):
        services = services or tuple(self.running)
        for name in services:
            self.running[name][0].send_signal(signal.SIGTERM)
        for name in services:
            if self.running.pop(name)[0].wait(60) != 0:
                raise RuntimeError(f"{name} did not stop cleanly; see {self.state}/log/bench-{name}.log")

    def pid(self, name):
        return self.running[name][0].pid

    def memory_mb(self, field="VmRSS"):
        return {name: round(measure.memory_kb(self.pid(name), field) / 1024, 1) for name in self.running}

    def cpu(self):
        """CPU seconds so far of every part."""
        used = {name: measure.cpu_seconds(self.pid(name)) for name in self.running}
        used["postgres"] = measure.family_cpu_seconds(self.platform.pid("postgres"))
        used["kafka"] = measure.cpu_seconds(self.platform.pid("kafka"))
        return used

    def span(self):
        """A moment, to be compared with a later one by `since`."""
        return time.monotonic(), measure.busy_seconds(), self.cpu()

    def since(self, span):
        """CPU seconds of every part since then, and how many cores all else (this program and the load driver,
        but also strangers) kept busy meanwhile."""
        began, busy, cpu = span
        used = {part: seconds - cpu.get(part, 0.0) for part, seconds in self.cpu().items()}
        others = measure.busy_seconds() - busy - sum(used.values())
        return used, round(others / (time.monotonic() - began), 2)

    # --- load --------------------------------------------------------------------------------

    def load(self, command, **options):
        words = [str(self.driver), command, "--brokers", self.platform.brokers]
        for name, value in options.items():
            words += ["--" + name.replace("_", "-"), str(value)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{shlex.join(words)}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def make_topic(self, name, partitions=6):
        admin = KafkaAdminClient(bootstrap_servers=self.platform.brokers)
        admin.create_topics([NewTopic(name, partitions, 1)])
        admin.close()

    # --- progress ----------------------------------------------------------------------------

    def ends(self, topics):
        """How many records all partitions of each topic hold."""
        if self._consumer is None:
            self._consumer = kafka.KafkaConsumer(bootstrap_servers=self.platform.brokers, group_id=None,
                                                 enable_auto_commit=False)
        partitions = [kafka.TopicPartition(t, p) for t in topics for p in self._consumer.partitions_for_topic(t)]
        ends = dict.fromkeys(topics, 0)
        for place, end in self._consumer.end_offsets(partitions).items():
            ends[place.topic] += end
        return ends

    def handled(self, service, stage):
        rows = self.platform.sql(f"select coalesce(sum(next), 0)::bigint from {schema_of(service)}.position "
                                 "where stage = %s", (stage,))
        return int(rows[0][0])

    def unsent(self, service):
        return self.platform.sql(f"select count(*) from {schema_of(service)}.outbox")[0][0]

    def inputs(self, service, stage):
        return sum(self.ends([topic_name(t) for t in STAGES[service, stage]]).values())

    def stages_of(self, *services):
        return [key for key in STAGES if key[0] in services]

    def drain(self, *services, seconds=900):
        """Starts services, waits until their stages have handled all there is, stops them. What each stage did
        is measured from its first step to its last."""
        stages = self.stages_of(*services)
        before = {key: self.handled(*key) for key in stages}
        span = self.span()
        self.start(*services)
        watch = {key: Progress(before[key]) for key in stages}
        calm, deadline = 0, time.monotonic() + seconds
        while calm < 3:
            time.sleep(SAMPLE_S)
            moved = [watch[key].sample(self.handled(*key)) for key in stages]
            if not any(moved):
                calm = calm + 1 if self._caught_up(stages, watch) else 0
            else:
                calm = 0
            if time.monotonic() > deadline:
                raise TimeoutError(f"not drained within {seconds} s: {self.platform.lag()}")
        used, others = self.since(span)
        peak = self.memory_mb("VmHWM")
        self.stop(*services)
        return {"stages": {f"{s}/{t}": watch[s, t].result() for s, t in stages}, "cpu_s": used,
                "other_cores": others, "peak_mb": peak,
                "seconds": max(w.last for w in watch.values()) - min(w.first for w in watch.values())}

    def _caught_up(self, stages, watch):
        return all(watch[key].count >= self.inputs(*key) for key in stages) and \
            not any(self.unsent(service) for service in {s for s, _ in stages})


class Progress:
    """How a stage moves on, sampled."""

    def __init__(self, count):
        self.start = self.count = count
        self.first = self.last = time.monotonic()
        self.first_count = count
        self.moves = []  # (when, count)

    def sample(self, count):
        if count == self.count:
            return False
        now = time.monotonic()
        if not self.moves:
            self.first, self.first_count = now, count
        self.moves.append((now, count))
        self.last, self.count = now, count
        return True

    def _steady(self):
        """Events per second in the second half, without the last twentieth: a stage's second thread joins its
        group a second after the first, and at the end one of them may have more left than the other."""
        events = self.count - self.start
        part = [(t, n) for t, n in self.moves if 0.5 * events <= n - self.start <= 0.95 * events]
        span = part[-1][0] - part[0][0] if part else 0
        return round((part[-1][1] - part[0][1]) / span) if span > 0.1 else None

    def result(self):
        events = self.count - self.start
        span = self.last - self.first
        rate = (self.count - self.first_count) / span if span > 0.1 else None
        return {"events": events, "seconds": round(span, 3), "events_per_s": round(rate) if rate else None,
                "steady_per_s": self._steady()}
