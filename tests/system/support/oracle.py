"""The whole of the evidence against what the upstream events must lead to."""

import dataclasses
import multiprocessing
import time

from . import contract, oracle_eligibility, oracle_intake, oracle_kpi, oracle_tracking
from .evidence import Evidence, Problems
from .platform import OUTPUTS

# Two halves of about the same work; each reads what it needs in a process of its own.
KPI_TOPICS = ("kpi", "kpi-revisions")
HALVES = (
    ((oracle_intake.check, oracle_eligibility.check, oracle_tracking.check),
     tuple(topic for topic in OUTPUTS if topic not in KPI_TOPICS)),
    ((oracle_kpi.check,), KPI_TOPICS),
)


@dataclasses.dataclass
class Verdict:
    problems: Problems  # empty if nothing is lost, doubled, out of order or not as the contract says
    counts: dict        # topic -> (records on it, those a consumer counts)
    dead_letters: dict  # queue -> records
    seconds: dict       # part of the oracle -> how long it took


def check(platform):
    with multiprocessing.get_context("fork").Pool(len(HALVES)) as pool:
        one, other = pool.starmap(_check_half, [(platform.fresh(), *half) for half in HALVES])
    one.problems.take(other.problems)
    one.counts.update(other.counts)
    one.seconds.update(other.seconds)
    return one


def _check_half(platform, parts, topics):
    evidence, problems, seconds = Evidence(platform), Problems(), {}
    for part in parts:
        began = time.monotonic()
        part(evidence, problems)
        seconds[part.__module__.rsplit("_")[-1]] = round(time.monotonic() - began, 1)
    began = time.monotonic()
    _check_contract(evidence, topics, problems)
    seconds[f"schemas of {len(topics)} topics"] = round(time.monotonic() - began, 1)
    counts = {topic: (len(evidence.raw(topic)), len(evidence.kept(topic))) for topic in topics}
    letters = {} if topics is KPI_TOPICS else {
        name: len(records) for name, records in evidence.dead_letters.items() if records}
    platform.close()
    return Verdict(problems, counts, letters, seconds)


def _check_contract(evidence, topics, problems):
    records = [r for topic in topics for r in evidence.raw(topic) if r.value is not None]
    for record, fault in contract.faults(records):
        problems.add("events that break their schema", f"{record.topic} {record.id}: {fault}")
    problems.checked["events against their schema"] += len(records)
