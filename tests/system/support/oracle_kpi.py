"""What the KPIs must be: the sums are worked out from the last state of every participant, project,
application and refused event, and the formulas applied to them a second time."""

import collections
import datetime
import decimal

from .records import by_key

SUMS = {
    "participants": {"joined": "joined", "left": "left"},
    "projects": {"started": "started", "cooperative_started": "cooperative_started",
                 "participations": "participations", "coordinators": "coordinators",
                 "cost": "cost", "granted": "granted"},
    "support": {"applied": "applied", "approved": "approved", "asked": "asked",
                "granted": "granted"},
    "rejections": {"rejected": "rejected"},
}
KPI_FAMILY = {"participants": "participants", "projects": "projects", "support": "support",
              "intake": "rejections"}
STOCKS = {"participants.number": ("joined", "left"),
          "projects.active": ("active_in", "active_out"),
          "projects.cooperative_active": ("cooperative_in", "cooperative_out")}


def next_month(month):
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04}-{number % 12 + 1:02}"


def months_of(period):
    return (f"{period}-01", f"{period}-12") if len(period) == 4 else (period, period)


class Sums:
    """(family, category, currency) -> part -> month -> sum"""

    def __init__(self):
        self.series = collections.defaultdict(lambda: collections.defaultdict(collections.Counter))

    def add(self, family, category, currency, month, part, value=1):
        for c in (category, "all"):
            self.series[family, c, currency][part][month] += value

    def rows(self):
        """(series text, month, part) -> value, without zeros."""
        return {(":".join(filter(None, key)), month, part): value
                for key, parts in self.series.items() for part, months in parts.items()
                for month, value in months.items() if value}


def _last(evidence, topic, name):
    """The state with the highest revision of each entity."""
    last = {}
    for record in evidence.kept(topic):
        known = last.get(record.data[name])
        if known is None or record.data["revision"] > known["revision"]:
            last[record.data[name]] = record.data
    return last.values()


def sums_of(evidence):
    sums = Sums()
    for state in _last(evidence, "participants", "organisation"):
        for period in state["periods"]:
            joined = period["joined_on"]
            sums.add("participants", state["category"], None, joined[:7], "joined")
            if "left_on" in period:
                left = max(joined, period["left_on"])
                sums.add("participants", state["category"], None, left[:7], "left")
    for state in _last(evidence, "projects", "project"):
        _add_project(sums, state)
    for state in _last(evidence, "decisions", "application"):
        _add_decision(sums, state)
    for record in evidence.kept("rejections"):
        month = record.data["received_at"][:7]
        codes = {reason["code"] for reason in record.data["reasons"]}
        for category in codes | {"all"}:
            sums.series["rejections", category, None]["rejected"][month] += 1
    return sums


def _add_project(sums, state):
    def add(month, part, value=1, currency=None):
        sums.add("projects", state["category"], currency, month, part, value)

    def add_active(kind):
        if first <= last:
            add(first, f"{kind}_in")
            add(next_month(last), f"{kind}_out")

    partners = state["partners"]
    first, last = state["start_on"][:7], state.get("closed_on", state["end_on"])[:7]
    add(first, "started")
    add_active("active")
    if len({p["organisation"] for p in partners if "left_on" not in p}) > 1:
        add(first, "cooperative_started")
        add_active("cooperative")
    add(first, "participations", len(partners))
    add(first, "coordinators", sum(p["role"] == "coordinator" for p in partners))
    if "currency" in state:
        for part, field in (("cost", "cost"), ("granted", "grant")):
            add(first, part, sum(p.get(field, 0) for p in partners), state["currency"])


def _add_decision(sums, state):
    category, currency = state["category"], state.get("currency")
    submitted, decided = state["submitted_on"][:7], state["decided_on"][:7]
    sums.add("support", category, None, submitted, "applied")
    if state["outcome"] == "approved":
        sums.add("support", category, None, decided, "approved")
    if currency and "amount_asked" in state:
        sums.add("support", category, currency, submitted, "asked", state["amount_asked"])
    if currency and "amount" in state and state["outcome"] == "approved":
        sums.add("support", category, currency, decided, "granted", state["amount"])


def _total(months, until=None, since=None):
    return sum(v for m, v in months.items()
               if (until is None or m <= until) and (since is None or m >= since))


def value_of(sums, kpi, category, currency, period):
    """The value a cell must have, as text; None: it is not defined."""
    area, name = kpi.split(".")
    family = KPI_FAMILY[area]
    parts = sums.series.get((family, category, currency), {})
    first, last = months_of(period)
    if kpi == "participants.growth":
        return _growth(parts, first, last)
    if kpi in STOCKS:
        plus, minus = STOCKS[kpi]
        until = first if minus.endswith("out") else last
        return str(_total(parts.get(plus, {}), last) - _total(parts.get(minus, {}), until))
    part = "rejected" if family == "rejections" else SUMS[family][name]
    return str(_total(parts.get(part, {}), last, first))


def _growth(parts, first, last):
    before = [datetime.date(int(first[:4]), int(first[5:]), 1) - datetime.timedelta(days=1)]
    before = before[0].isoformat()[:7]
    joined, left = parts.get("joined", {}), parts.get("left", {})
    old = _total(joined, before) - _total(left, before)
    if old <= 0:
        return None
    change = decimal.Decimal(_total(joined, last) - _total(left, last) - old)
    with decimal.localcontext() as context:
        context.prec = 60
        text = str((change / old).quantize(decimal.Decimal("0.000001"), decimal.ROUND_HALF_EVEN))
    return text.replace("-0.000000", "0.000000")


def _wanted_cells(sums):
    """Cells that must be there: every sum that is not zero, by month and by year."""
    for (family, category, currency), parts in sums.series.items():
        for kpi_area, kpi_family in KPI_FAMILY.items():
            if kpi_family != family:
                continue
            for name, part in SUMS[family].items():
                for month, value in parts.get(part, {}).items():
                    if value:
                        for period in (month, month[:4]):
                            yield ":".join(filter(None, (f"{kpi_area}.{name}", category, currency,
                                                         period)))


def check(evidence, problems):
    sums = sums_of(evidence)
    latest = {}
    for cell, records in by_key(evidence.kept("kpi-revisions")).items():
        problems.same("revisions of a cell", cell, [r.data["revision"] for r in records],
                      list(range(1, len(records) + 1)))
        latest[cell] = records[-1].data
    for cell, data in latest.items():
        wanted = value_of(sums, data["kpi"], data["category"], data.get("currency"),
                          data["period"])
        problems.same("KPI cells", cell, data.get("value"), wanted)
    missing = sorted(set(_wanted_cells(sums)) - latest.keys())
    problems.same("KPI cells", "cells that are missing", missing, [])
    compacted = {cell: records[-1].data
                 for cell, records in by_key(evidence.kept("kpi")).items()}
    problems.same("mosaic.kpi", "the latest of every cell", compacted, latest)
    stored = evidence.platform.sql(
        "select series, month, part, value, level from kpi_aggregator.part_sum order by month")
    rows = {(series, month.isoformat()[:7], part): value
            for series, month, part, value, _ in stored if value}
    problems.same("kpi_aggregator.part_sum", "rows", rows, sums.rows())
    so_far = collections.Counter()
    for series, month, part, value, level in stored:
        so_far[series, part] += value
        is_money = series.count(":") == 2
        problems.same("kpi_aggregator.part_sum", f"level of {series} {part} {month}", level,
                      None if is_money else so_far[series, part])
