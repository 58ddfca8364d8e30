"""The figures as a table, and beside the goals."""

# The peer that the goals name: Go (franz-go, pgx), the same work of one stage, measured elsewhere.
PEER_EVENTS_PER_S = 52_000
PEER_CPU_US = 37
PEER_MB = 342
# A stage with made-up work (one row, one counter, one event out), on the same machine as the peer.
PROTOTYPE_EVENTS_PER_S = 43_000


def goals(f):
    """[goal, figure, met] of what was asked for."""
    register, slow, alone = f["stages"]["register, memberships"], f["latency"][0], f["latency_alone"][0]["register"]
    cpu = sum(register["cpu_us_per_event"][part] for part in ("service", "postgres"))
    per_stage = {s: slow[s]["p50_ms"] for s in ("register", "assess", "contribute", "aggregate") if s in slow}
    rate = register["steady_per_s"] or register["events_per_s"] or 0
    rows = [
        (f"one stage with intake's work, all threads there: {PEER_EVENTS_PER_S} events/s as the Go peer", rate,
         rate >= PEER_EVENTS_PER_S),
        (f"with less CPU than its {PEER_CPU_US} us an event, service and PostgreSQL", round(cpu, 1), cpu < PEER_CPU_US),
        (f"and a tenth of its {PEER_MB} MB", register["peak_mb"], register["peak_mb"] <= PEER_MB / 10),
    ]
    for name, chain in f["chain"].items():
        rows.append((f"whole chain, {name}: 5000 applications/s", chain["applications_per_s"],
                     chain["applications_per_s"] >= 5000))
    rows.append(("one stage alone: p50 of 2 ms at 500/s", alone["p50_ms"], alone["p50_ms"] <= 2))
    rows.append(("each stage of the chain: p50 of 2 ms at 500/s", per_stage, max(per_stage.values()) <= 2))
    rows.append(("chain p99 under 100 ms at 500/s", slow["chain"]["p99_ms"], slow["chain"]["p99_ms"] < 100))
    idle, loaded = max(f["idle_mb"].values()), max(max(c["peak_mb"].values()) for c in f["chain"].values())
    rows.append(("15 MB resident idle per service", idle, idle <= 15))
    rows.append(("64 MB loaded", loaded, loaded <= 64))
    ready = max(f["ready_s"].values())
    rows.append(("ready within 1 s", ready, ready <= 1))
    return [{"goal": goal, "figure": figure, "met": met} for goal, figure, met in rows]


def _row(*cells):
    first, *rest = cells
    return f"{first:<30}" + "".join(f"{'' if c is None else c:>12}" for c in rest)


def _stages(f):
    yield _row("one service at a time", "events", "events/s", "steady/s", "us service", "us postgres", "us kafka",
               "peak MB", "other cores")
    for name, s in f["stages"].items():
        cpu = s.get("cpu_us_per_event", {})
        yield _row(name, s["events"], s["events_per_s"] or "-", s["steady_per_s"] or "-", cpu.get("service"),
                   cpu.get("postgres"), cpu.get("kafka"), s["peak_mb"], s["other_cores"])


def _chains(f):
    for name, c in f["chain"].items():
        yield f"whole chain, {name}: {c['applications']} applications in {c['seconds']} s, " \
              f"{c['applications_per_s']} a second ({c['what']})"
        yield "  CPU us an application: " + ", ".join(f"{p} {v}" for p, v in c["cpu_us_per_application"].items())
        yield "  peak MB: " + ", ".join(f"{p} {v}" for p, v in c["peak_mb"].items()) + \
            f"; other cores {c['other_cores']}"


def _latency(f):
    yield _row("latency, ms", "p50", "p90", "p99", "max")
    for run in f["latency"] + f["latency_alone"]:
        alone = "" if run in f["latency"] else " alone"
        for name in ("register",) if alone else ("chain", "register", "assess", "contribute", "aggregate"):
            if name in run:
                s = run[name]
                yield _row(f"{run['rate']}/s {name}{alone}", s["p50_ms"], s["p90_ms"], s["p99_ms"], s["max_ms"])
        yield "  CPU us an application: " + ", ".join(
            f"{p} {v}" for p, v in run["cpu_us_per_application"].items()) + f"; other cores {run['other_cores']}"
        if run["missing"]:
            yield f"  {run['missing']} of {run['events']} were not counted in time"
    yield "register and assess are exact by event, contribute and aggregate the n-th of a category sent and counted"


def _beside_bare(f):
    """Machines differ, and one from day to day; what a stage's own work costs differs less."""
    bare = f["stages"]["bare stage"]
    rate = bare["steady_per_s"] or bare["events_per_s"]
    if rate:
        yield f"the bare stage of this project here and now: {rate} events/s; a prototype of one, where the goals come " \
              f"from: {PROTOTYPE_EVENTS_PER_S}"
    for name, s in f["stages"].items():
        if s is not bare and rate and s["steady_per_s"]:
            yield f"  {name}: {s['steady_per_s'] / rate:.2f} of it"


def table(f):
    m, raw = f["machine"], f["raw"]
    lines = [
        "The load is made up." + (" A quick run: a smoke check, its figures mean little." if f["quick"] else ""),
        f"{m['cores']} cores ({m['processor']}), {m['memory_mb']} MB; PostgreSQL {f['postgres']['server_version']}, "
        f"fsync {f['postgres']['fsync']}, synchronous_commit {f['postgres']['synchronous_commit']}; "
        f"load average before {m['load_before']:.2f}",
        "",
        f"raw limits: produce {raw['produce_per_s']}/s, consume {raw['consume_per_s']}/s "
        f"({raw['bytes_per_event']} bytes an event); COPY of intake's rows "
        f"{raw['copy']['batches_of_1000_rows_per_s']} rows/s in transactions of 1,000, "
        f"{raw['copy']['one_transaction_rows_per_s']} in one",
        "", *_stages(f), "", *_beside_bare(f), "", *_chains(f), "", *_latency(f), "",
        "start to ready, s: " + ", ".join(f"{n} {s}" for n, s in f["ready_s"].items()),
        "resident MB idle:  " + ", ".join(f"{n} {s}" for n, s in f["idle_mb"].items()),
        "resident MB after: " + ", ".join(f"{n} {s}" for n, s in f["loaded_mb"].items()),
        "events/s: from a stage's first step to its last; steady/s: in its second half, when all its threads are there",
        "the chain runs with one thread a stage; alone means one service with nothing beside it, one thread, MOSAIC_GATHER_MS=0",
        "other cores: how many cores all else kept busy meanwhile, this program and the load driver included",
        "", "goals:",
        *(f"  {'met    ' if g['met'] else 'NOT met'}  {g['goal']}: {g['figure']}" for g in f["goals"]),
    ]
    return "\n".join(lines)
