"""The stage with next to no work in it: the relay of the integration tests, which writes one row and one counter an
event and hands it on. What a real stage reaches beside it in the same run is what its work costs."""

import os
import subprocess
import time

from stand import SAMPLE_S, Progress

SERVICE, STAGE = "relay", "first"
TOPICS = {"relay.in.v1": 6, "relay.middle.v1": 6, "relay.in.v1.relay.dlq": 1}


def _start(stand, settings):
    env = dict(os.environ, **settings, RELAY_STAGES=STAGE, MOSAIC_LOG_LEVEL="warn")
    for role in ("", "MIGRATE_"):
        env[f"MOSAIC_{role}DATABASE"] = env["MOSAIC_ADMIN_DATABASE"]
    env["MOSAIC_DATABASE_PASSWORD_FILE"] = env["MOSAIC_MIGRATE_PASSWORD_FILE"] = \
        env["MOSAIC_ADMIN_DATABASE_PASSWORD_FILE"]
    program = stand.platform.programs.parent / "tests" / "integration" / "relay" / "relay"
    with open(stand.state / "log" / "bench-relay.log", "ab") as log:
        process = subprocess.Popen([program], env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    stand.running[SERVICE] = (process, None)


def drain(stand, count, seconds=300):
    """One row of the table of stages."""
    settings = stand.platform.env()
    for name, partitions in TOPICS.items():
        stand.make_topic(name, partitions)
    stand.platform.sql("create schema relay")
    stand.load("raw-produce", topic="relay.in.v1", kind="join", count=count, span=count)
    span = stand.span()
    watch, deadline = Progress(0), time.monotonic() + seconds
    _start(stand, settings)
    while watch.count < count or _unsent(stand):
        if stand.running[SERVICE][0].poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the relay has not handled all; see {stand.state}/log/bench-relay.log")
        time.sleep(SAMPLE_S)
        watch.sample(_handled(stand))
    used, others = stand.since(span)
    peak = stand.memory_mb("VmHWM")[SERVICE]
    stand.stop(SERVICE)
    return {"what": "one row and one counter an event, handed on", **watch.result(), "peak_mb": peak,
            "other_cores": others, "cpu_us_per_event": {
                part: round(used[key] * 1e6 / count, 1)
                for part, key in (("service", SERVICE), ("postgres", "postgres"), ("kafka", "kafka"))}}


def _handled(stand):
    there = stand.platform.sql("select to_regclass('relay.position') is not null")[0][0]
    return int(stand.platform.sql("select coalesce(sum(next), 0)::bigint from relay.position")[0][0]) if there else 0


def _unsent(stand):
    return stand.platform.sql("select count(*) from relay.outbox")[0][0]
