#!/usr/bin/env python3
"""Measures the platform on a made-up load: events per second of each stage and of the whole chain, latency at a
fixed rate, CPU per event, memory and start-up, beside raw limits of the same broker and database in the same run.

    bench.py [--quick] [--scale N] [--seconds N] [--state DIR] [--out build/bench.json]

Writes the figures as JSON and prints them as a table. The load is made up (tests/bench/made_up.c)."""

import argparse
import fcntl
import json
import pathlib
import sys
import time

from stand import ROOT, SERVICES, Stand

import bare
import measure
import report

TOGETHER = {"MOSAIC_THREADS": "1"}
ALONE = {"MOSAIC_THREADS": "1", "MOSAIC_GATHER_MS": "0"}  # a machine of its own: it never waits
WARM_UP_S = 60

STAGE_NOTE = "the other stage of the same service works along"


def say(sentence):
    print(f"  {sentence}", file=sys.stderr, flush=True)


def start_up(stand):
    """The first start migrates; the second is measured, and what the idle services then hold."""
    stand.start(*SERVICES)
    stand.stop()
    ready = {}
    for name in SERVICES:
        stand.start(name)
        ready[name] = round(stand.ready_s[name], 3)
        stand.stop()
    stand.start(*SERVICES)
    time.sleep(5)
    idle = stand.memory_mb()
    stand.stop()
    return ready, idle


def raw_limits(stand, count):
    stand.make_topic("bench.raw")
    common = {"topic": "bench.raw", "kind": "join", "span": count}
    produced = stand.load("raw-produce", count=count, **common)
    consumed = stand.load("raw-consume", topic="bench.raw")
    return {"produce_per_s": round(count / produced["seconds"]),
            "consume_per_s": round(consumed["events"] / consumed["seconds"]),
            "bytes_per_event": round(consumed["bytes"] / consumed["events"])}


def raw_copy(stand):
    """COPY of the rows that intake has written, into tables of the same form, a transaction per 1,000 rows
    (as the stage commits) and all in one."""
    tables = [t for (t,) in stand.platform.sql(
        "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "where n.nspname = 'intake' and c.relkind = 'r' "
        "and c.relname not in ('position', 'outbox', 'seen', 'output_topic') "
        "and (select count(*) from pg_attribute a where a.attrelid = c.oid and attnum > 0) > 1")]
    total_rows, seconds = 0, {"batched": 0.0, "whole": 0.0}
    with stand.platform.connect() as db:
        for table in tables:
            with db.cursor().copy(f"copy intake.{table} to stdout") as copy:
                lines = [bytes(row) for row in copy]
            if len(lines) < 1000:
                continue
            total_rows += len(lines)
            for how, step in (("batched", 1000), ("whole", len(lines))):
                db.execute(f"create table public.bench_copy (like intake.{table} including all)")
                began = time.monotonic()
                for i in range(0, len(lines), step):
                    with db.transaction(), db.cursor().copy("copy public.bench_copy from stdin") as copy:
                        copy.write(b"".join(lines[i:i + step]))
                seconds[how] += time.monotonic() - began
                db.execute("drop table public.bench_copy")
    return {"rows": total_rows, "batches_of_1000_rows_per_s": round(total_rows / seconds["batched"]),
            "one_transaction_rows_per_s": round(total_rows / seconds["whole"])}


class Bench:
    def __init__(self, stand, scale, seconds, warm_up_s):
        self.stand, self.scale, self.seconds, self.warm_up_s = stand, scale, seconds, warm_up_s
        self.described = self.joined = self.supported = 0
        self.figures = {"stages": {}, "chain": {}, "latency": [], "latency_alone": []}

    # --- filling -----------------------------------------------------------------------------

    def describe(self, count):
        self.stand.load("produce", kind="described", **{"from": self.described}, count=count)
        self.described += count

    def join(self, count):
        self.stand.load("produce", kind="join", **{"from": self.joined}, count=count, span=2 * self.scale)
        self.joined += count

    def support(self, count):
        self.stand.load("produce", kind="support", **{"from": self.supported}, count=count, members=self.joined)
        self.supported += count

    # --- stages, one service at a time -------------------------------------------------------

    def bare(self):
        row = self.figures["stages"]["bare stage"] = bare.drain(self.stand, self.scale)
        say(f"bare stage: {row['events_per_s'] or 'too few to tell'} events/s")

    def note(self, name, drained, stage, what, note=None):
        """One row: a stage's rate, and the CPU of its whole service, PostgreSQL and broker by its events."""
        service = stage.split("/")[0]
        result = drained["stages"][stage]
        events = result["events"]
        row = {"what": what, **result, "peak_mb": drained["peak_mb"][service], "other_cores": drained["other_cores"]}
        if events:
            row["cpu_us_per_event"] = {part: round(drained["cpu_s"][key] * 1e6 / events, 1) for part, key in
                                       (("service", service), ("postgres", "postgres"), ("kafka", "kafka"))}
        if note:
            row["note"] = note
        self.figures["stages"][name] = row
        rate = result["events_per_s"]
        say(f"{name}: {rate if rate else 'too few to tell'} events/s")

    def one_by_one(self):
        n, stand = self.scale, self.stand
        stand.load("produce", kind="budget", **{"from": 2023}, count=4)
        self.describe(n)
        self.note("register, organisations", stand.drain("intake"), "intake/register", "organisation.described")
        self.note("assess, organisations", stand.drain("eligibility"), "eligibility/assess", "organisation.described")
        self.join(n)
        self.note("register, memberships", stand.drain("intake"), "intake/register",
                  "application.submitted, 300 bytes with headers")
        self.note("assess, memberships", stand.drain("eligibility"), "eligibility/assess",
                  "membership: decision.made and participant.changed each")
        stand.drain("project-tracking")
        drained = stand.drain("kpi-aggregator")
        self.note("contribute, memberships", drained, "kpi-aggregator/contribute",
                  "decision.made, participant.changed", STAGE_NOTE)
        self.note("aggregate, memberships", drained, "kpi-aggregator/aggregate", "contribution.changed",
                  STAGE_NOTE + "; each event is a sum over a batch")
        m = n // 2
        self.support(m)
        self.note("register, support", stand.drain("intake"), "intake/register",
                  "3 export grants to 2 Horizon projects of 3 partners")
        drained = stand.drain("eligibility")
        self.note("assess, support", drained, "eligibility/assess", "the same", STAGE_NOTE)
        self.note("allocate, support", drained, "eligibility/allocate", "application.assessed", STAGE_NOTE)
        self.note("follow, decisions", stand.drain("project-tracking"), "project-tracking/follow",
                  "decision.made, two fifths of them open a project of 3 partners")
        drained = stand.drain("kpi-aggregator")
        self.note("contribute, support", drained, "kpi-aggregator/contribute",
                  "decision.made, project.changed", STAGE_NOTE)
        stand.load("produce", kind="milestone", **{"from": 0}, count=m * 2 // 5)
        stand.drain("intake")
        self.note("follow, changes", stand.drain("project-tracking"), "project-tracking/follow",
                  "project.milestone-reached")
        stand.drain(*SERVICES)

    # --- the chain ---------------------------------------------------------------------------

    def chain(self, name, count, what):
        drained = self.stand.drain(*SERVICES)
        rate = round(count / drained["seconds"])
        self.figures["chain"][name] = {
            "what": what, "applications": count, "seconds": round(drained["seconds"], 3),
            "applications_per_s": rate, "peak_mb": drained["peak_mb"], "other_cores": drained["other_cores"],
            "events": {stage: r["events"] for stage, r in drained["stages"].items()},
            "cpu_us_per_application": {part: round(s * 1e6 / count, 1) for part, s in drained["cpu_s"].items()}}
        say(f"chain, {name}: {rate} applications/s")

    def chains(self):
        """Four services on a few cores: one thread a stage, as somebody who places them together would set it."""
        n = self.scale
        self.stand.settings = TOGETHER
        self.describe(n)
        self.stand.drain(*SERVICES)
        self.join(n)
        self.chain("memberships", n, "application in, decision, participant, KPIs out")
        self.support(n)
        self.chain("support", n, "3 export grants (budget) to 2 Horizon projects of 3 partners, all four services")

    # --- latency -----------------------------------------------------------------------------

    def tidy(self):
        """What autovacuum and the checkpointer owe after the drains is done now, not in the middle of a measurement."""
        self.stand.platform.sql("vacuum analyze")
        self.stand.platform.sql("checkpoint")

    def warm_up(self, rate, count):
        """Small requests at a rate are another load than draining: until the broker's compiler has seen enough of
        them it takes a third of a core for itself. Measured afterwards is a broker as it is in the long run."""
        self.stand.load("latency", kind="join", **{"from": self.joined}, count=count, warmup=0, rate=rate,
                        joined_on="2029-12-15")
        self.joined += count

    def at_rate(self, rate, warmup_s, **options):
        count, warmup = rate * self.seconds, rate * warmup_s
        span = self.stand.span()
        found = self.stand.load("latency", kind="join", **{"from": self.joined}, count=count, warmup=warmup,
                                rate=rate, **options)
        used, found["other_cores"] = self.stand.since(span)
        self.joined += count + warmup
        found["cpu_us_per_application"] = {
            part: round(seconds * 1e6 / (count + warmup), 1) for part, seconds in used.items()}
        return found

    def latency(self):
        runs = ((500, "2030-01-15"), (2000, "2030-02-15"))
        warmup_s = 3
        warm_up = runs[0][0] * self.warm_up_s
        at_rates = sum(rate * (self.seconds + warmup_s) for rate, _ in runs)
        self.describe(warm_up + 2 * at_rates)
        self.stand.drain(*SERVICES)
        self.tidy()
        self.stand.start(*SERVICES)
        self.warm_up(runs[0][0], warm_up)
        for rate, day in runs:
            found = self.at_rate(rate, warmup_s, joined_on=day)
            self.figures["latency"].append(found)
            say(f"latency at {rate}/s: p50 {found['chain']['p50_ms']} ms, p99 {found['chain']['p99_ms']} ms")
        self.figures["loaded_mb"] = self.stand.memory_mb()
        self.stand.stop()
        self.stand.settings = ALONE
        self.stand.start("intake")
        for rate, day in runs:
            found = self.at_rate(rate, warmup_s, joined_on=day, first_only=1)
            self.figures["latency_alone"].append(found)
            say(f"intake alone at {rate}/s: p50 {found['register']['p50_ms']} ms, p99 {found['register']['p99_ms']} ms")
        self.stand.stop()


def settings(stand):
    names = ("fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "server_version")
    rows = stand.platform.sql("select name, setting from pg_settings where name = any(%s)", (list(names),))
    return dict(rows)


def alone(state):
    """Two runs on one stack would wipe it for each other."""
    path = pathlib.Path(state + ".lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"bench: another run uses {state}; wait for it or take another --state")
    return lock


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a smoke check of a minute; its figures mean little")
    parser.add_argument("--scale", type=int, help="events a fill (100000, quick 5000)")
    parser.add_argument("--seconds", type=int, help="of each latency run (30, quick 4)")
    parser.add_argument("--state", default=str(ROOT / "build" / "bench-state"))
    parser.add_argument("--out", default=str(ROOT / "build" / "bench.json"))
    args = parser.parse_args()
    scale = args.scale or (5_000 if args.quick else 100_000)
    seconds = args.seconds or (4 if args.quick else 30)
    lock = alone(args.state)
    stand = Stand(args.state)
    try:
        stand.up()
        bench = Bench(stand, scale, seconds, 10 if args.quick else WARM_UP_S)
        figures = bench.figures
        figures.update(machine=measure.machine(), postgres=settings(stand), quick=args.quick, scale=scale,
                       load="made up; see tests/bench/made_up.c")
        figures["ready_s"], figures["idle_mb"] = start_up(stand)
        figures["raw"] = raw_limits(stand, scale)
        bench.bare()
        bench.one_by_one()
        figures["raw"]["copy"] = raw_copy(stand)
        bench.chains()
        bench.latency()
        figures["goals"] = report.goals(figures)
    finally:
        stand.wipe()
        lock.close()
    out = pathlib.Path(args.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(figures, indent=2) + "\n")
    print(report.table(figures))
    print(f"\nAll figures: {out}")


if __name__ == "__main__":
    main()
