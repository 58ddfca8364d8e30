"""What intake must have made of the upstream events, worked out from the events alone."""

import collections
import json

from .contract import is_valid, validator
from .evidence import UPSTREAM
from .events import topic_and_key
from .records import by_key

OUT = {"upstream.organisations": "organisations", "upstream.projects": "project-changes",
       "upstream.reference": "reference"}
DEAD, REFUSED, REPEATED, ACCEPTED = "dead", "refused", "repeated", "accepted"


def identifier_ok(text):
    """Whether an organisation's name passes the check of its scheme."""
    scheme, _, value = text.partition(":")
    if scheme == "pic":
        return len(value) == 9 and value.isdecimal()
    if scheme != "inn" or len(value) != 10 or not value.isdecimal():
        return False
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    return sum(w * int(d) for w, d in zip(weights, value)) % 11 % 10 == int(value[9])


def _no_repeated_keys(pairs):
    if len({k for k, _ in pairs}) != len(pairs):
        raise ValueError("repeated key")
    return dict(pairs)


def _decoded(value):
    try:
        return json.loads(value, object_pairs_hook=_no_repeated_keys)
    except (ValueError, RecursionError):
        return None


def _organisations_in(data):
    yield from (data[k] for k in ("organisation",) if k in data)
    yield from (data[k]["organisation"] for k in ("partner",) if k in data)
    yield from (p["organisation"] for p in data.get("plan", {}).get("partners", ()))


def _fields_agree(kind, data):
    if not all(identifier_ok(o) for o in _organisations_in(data)):
        return False
    if "end_on" in data and data["end_on"] < data["start_on"]:
        return False
    if kind not in ("application.submitted", "application.amended"):
        return True
    plan, measure = data.get("plan"), data["measure"]
    if (plan is not None) != (measure in ("joint-project", "horizon-project")):
        return False
    if ("export" in data) != (measure == "export-grant"):
        return False
    if plan and plan["end_on"] < plan["start_on"]:
        return False
    if plan and not any(p["organisation"] == data["organisation"] and p["role"] == "coordinator"
                        for p in plan["partners"]):
        return False
    return data.get("amended_on", data["submitted_on"]) >= data["submitted_on"]


class Intake:
    """Judges the upstream log, partition by partition in order."""

    def __init__(self, evidence):
        self.names = set()         # (source, id) of what was accepted
        self.applications = {}     # application -> (organisation, measure)
        self.verdicts = collections.Counter()
        self.accepted = collections.defaultdict(list)  # (output topic, key) -> [(record, data)]
        self.places = {REFUSED: set(), DEAD: set()}
        for topic in UPSTREAM:
            for record in evidence.raw(topic):
                verdict = self._judge(topic, record)
                self.verdicts[verdict] += 1
                if verdict in self.places:
                    self.places[verdict].add((record.topic, record.partition, record.offset))

    def _judge(self, topic, record):
        if not record.source or not record.id or not record.type or record.value is None:
            return DEAD
        data = _decoded(record.value)
        kind = record.type.removeprefix("mosaic.").removesuffix(".v1")
        if validator(record.type) is None or not isinstance(data, dict):
            return REFUSED
        if not is_valid(record.type, data):
            return REFUSED
        expected_topic, key = topic_and_key(kind, data)
        if expected_topic != record.topic or record.key != key.encode():
            return REFUSED
        if not _fields_agree(kind, data):
            return REFUSED
        if (record.source, record.id) in self.names:
            return REPEATED
        if not self._application_ok(kind, data):
            return REFUSED
        self.names.add((record.source, record.id))
        self.accepted[OUT[topic], key].append((record, data))
        return ACCEPTED

    def _application_ok(self, kind, data):
        known = self.applications.get(data.get("application"))
        if kind == "application.submitted":
            if known is None:
                self.applications[data["application"]] = (data["organisation"], data["measure"])
            return known is None
        if kind in ("application.amended", "application.withdrawn", "appeal.lodged"):
            return known is not None and known[0] == data["organisation"] and \
                data.get("measure", known[1]) == known[1]
        return True


def check(evidence, problems):
    """Compares topics and tables with what was worked out, and returns the latter."""
    intake = Intake(evidence)
    for topic in OUT.values():
        found = by_key(evidence.kept(topic))
        wanted = {key: events for (t, key), events in intake.accepted.items() if t == topic}
        for key in found.keys() | wanted.keys():
            got = [(r.header("ce_originsource"), r.header("ce_originid"), r.type, r.number, r.data)
                   for r in found.get(key, ())]
            want = [(r.source, r.id, r.type, n, data)
                    for n, (r, data) in enumerate(wanted.get(key, ()), 1)]
            problems.same(f"accepted events on {topic}", key, got, want)
    _check_refused(evidence, intake, problems)
    _check_tables(evidence.platform, intake, problems)
    return intake


def _check_refused(evidence, intake, problems):
    places = [(r.data["topic"], r.data["partition"], r.data["offset"])
              for r in evidence.kept("rejections")]
    problems.same("rejections", "each refused event once", sorted(places),
                  sorted(intake.places[REFUSED]))
    dead = [r for name, records in evidence.dead_letters.items() for r in records]
    problems.same("dead letters", "nothing but what is no event",
                  sorted({(r.topic, r.header("ce_originid") or "", r.value) for r in dead
                          if "upstream" not in r.topic}), [])
    found = {(r.topic, r.value) for r in dead}
    wanted = {(f"{t}.intake.dlq", b"not an event") for t, _, _ in intake.places[DEAD]}
    problems.same("dead letters", "all that is no event", found, wanted)


def _check_tables(platform, intake, problems):
    count, = platform.sql("select count(*) from intake.accepted")[0]
    problems.same("intake.accepted", "rows", count, len(intake.names))
    numbers = dict(platform.sql("select key, number from intake.subject where number > 0"))
    problems.same("intake.subject", "number of each key", numbers,
                  {key: len(events) for (_, key), events in intake.accepted.items()})
    rows = platform.sql("select application, organisation, measure from intake.application")
    problems.same("intake.application", "rows", {a: (o, m) for a, o, m in rows},
                  intake.applications)
