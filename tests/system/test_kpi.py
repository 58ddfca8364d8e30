"""The KPIs: every published cell against a recomputation from the events that are counted, by the definitions
in the service's README and none of its code; revisions; and the way from a value back to its events."""

import collections
import datetime
import decimal
import json
import os
import subprocess

import pytest

from support.events import inn, upstream
from support.records import by_key
from support.scenario import Scenario

FLOWS = {
    "participants.joined", "participants.left", "projects.started", "projects.cooperative_started",
    "projects.participations", "projects.coordinators", "projects.cost", "projects.granted",
    "support.applied", "support.approved", "support.asked", "support.granted", "intake.rejected",
}
STOCKS = {"participants.number", "projects.active", "projects.cooperative_active"}
FAMILY = {"participants.number": "participants", "participants.growth": "participants",
          "projects.active": "projects", "projects.cooperative_active": "projects"}


# --- an independent recomputation --------------------------------------------------------------


def month(text):
    return text[:7]


def months_between(first, last):
    year, number = int(first[:4]), int(first[5:7])
    while (found := f"{year:04}-{number:02}") <= last:
        yield found
        year, number = (year, number + 1) if number < 12 else (year + 1, 1)


def month_before(text):
    year, number = int(text[:4]), int(text[5:7])
    return f"{year:04}-{number - 1:02}" if number > 1 else f"{year - 1:04}-12"


def month_after(text):
    year, number = int(text[:4]), int(text[5:7])
    return f"{year:04}-{number + 1:02}" if number < 12 else f"{year + 1:04}-01"


def dead_letters(platform, topic):
    """(partition, offset) of what the service could not take in."""
    return {(int(r.header("mosaic-dlq-partition")), int(r.header("mosaic-dlq-offset")))
            for r in platform.read(f"{topic}.kpi-aggregator.dlq")}


class Truth:
    """What the KPIs must be, from the latest state of every entity."""

    def __init__(self, platform):
        self.members = self.latest(platform, "mosaic.participants.v1", "organisation")
        self.applications = self.latest(platform, "mosaic.decisions.v1", "application")
        self.projects = self.latest(platform, "mosaic.projects.v1", "project")
        self.rejections = [r.data for r in platform.outputs("mosaic.rejections.v1")]
        self.flows = collections.Counter()  # (kpi, category, currency, month) -> sum
        self.spans = {}                     # (family, category) -> [first month, last month]
        self.stays = collections.defaultdict(list)  # (kpi, category) -> [(from month, to month or None)]
        for data in self.members:
            self.add_member(data)
        for data in self.applications:
            self.add_application(data)
        for data in self.projects:
            self.add_project(data)
        for data in self.rejections:
            self.add_rejection(data)

    @staticmethod
    def latest(platform, topic, key):
        states, dead = {}, dead_letters(platform, topic)
        for record in platform.outputs(topic):
            if (record.partition, record.offset) in dead:
                continue
            data = record.data
            if data["revision"] > states.get(data[key], {"revision": 0})["revision"]:
                states[data[key]] = data
        return list(states.values())

    def flow(self, kpi, category, when, value=1, currency=None):
        for each in (category, "all"):
            self.flows[kpi, each, currency, when] += value

    def span(self, family, category, *when):
        for each in (category, "all"):
            old = self.spans.get((family, each), (when[0], when[0]))
            self.spans[family, each] = (min(old[0], *when), max(old[1], *when))

    def stay(self, kpi, category, first, last):
        for each in (category, "all"):
            self.stays[kpi, each].append((first, last))

    def add_member(self, data):
        for period in data["periods"]:
            joined, left = month(period["joined_on"]), None
            self.flow("participants.joined", data["category"], joined)
            self.span("participants", data["category"], joined)
            if "left_on" in period:
                left = month(max(period["left_on"], period["joined_on"]))
                self.flow("participants.left", data["category"], left)
                self.span("participants", data["category"], left)
            # In at a month's end until the month before the one it leaves in.
            self.stay("participants.number", data["category"], joined,
                      month_before(left) if left else None)

    def add_application(self, data):
        category, currency = data["category"], data.get("currency")
        submitted, decided = month(data["submitted_on"]), month(data["decided_on"])
        self.flow("support.applied", category, submitted)
        if currency and "amount_asked" in data:
            self.flow("support.asked", category, submitted, data["amount_asked"], currency)
        if data["outcome"] == "approved":
            self.flow("support.approved", category, decided)
            if currency and "amount" in data:
                self.flow("support.granted", category, decided, data["amount"], currency)

    def add_project(self, data):
        category, start, partners = data["category"], month(data["start_on"]), data["partners"]
        end = month(data.get("closed_on") or data["end_on"])
        kinds = [""]
        if len({p["organisation"] for p in partners if "left_on" not in p}) > 1:
            kinds.append("cooperative_")
        for kind in kinds:
            self.flow(f"projects.{kind}started", category, start)
            self.stay(f"projects.{kind}active", category, start, end)
        self.span("projects", category, start, max(month_after(end), start))
        self.flow("projects.participations", category, start, len(partners))
        self.flow("projects.coordinators", category, start,
                  sum(p["role"] == "coordinator" for p in partners))
        if "currency" in data:
            for kpi, field in (("cost", "cost"), ("granted", "grant")):
                self.flow(f"projects.{kpi}", category, start,
                          sum(p.get(field, 0) for p in partners), data["currency"])

    def add_rejection(self, data):
        when = month(data["received_at"])
        for code in {r["code"] for r in data["reasons"]} | {"all"}:
            self.flows["intake.rejected", code, None, when] += 1

    def stock(self, kpi, category, first, last):
        """How many stays touch the months from first to last; one that ends before it begins is none."""
        return sum(a <= last and (b is None or b >= max(a, first)) for a, b in self.stays[kpi, category])

    def number(self, category, at):
        return self.stock("participants.number", category, at, at)

    def value(self, kpi, category, currency, period):
        """As text; None: not defined."""
        first, last = (period + "-01", period + "-12") if len(period) == 4 else (period, period)
        if kpi in FLOWS:
            return str(sum(self.flows[kpi, category, currency, m] for m in months_between(first, last)))
        if kpi == "participants.number":
            return str(self.number(category, last))
        if kpi in STOCKS:
            return str(self.stock(kpi, category, first, last))
        assert kpi == "participants.growth"
        base = self.number(category, month_before(first))
        if base == 0:
            return None
        with decimal.localcontext() as context:
            context.prec = 60
            exact = decimal.Decimal(self.number(category, last) - base) / base
            return f"{exact.quantize(decimal.Decimal('0.000001'), decimal.ROUND_HALF_EVEN) + 0:f}"

    def demanded(self):
        """(kpi, category, currency, period) of the cells that there must be."""
        cells = set()
        for (kpi, category, currency, when), value in self.flows.items():
            if value:
                cells.add((kpi, category, currency, when))
                cells.add((kpi, category, currency, when[:4]))
        for (family, category), (first, last) in self.spans.items():
            for kpi, its_family in FAMILY.items():
                if its_family == family and kpi in STOCKS:
                    for when in months_between(first, last):
                        cells.add((kpi, category, None, when))
                        cells.add((kpi, category, None, when[:4]))
        return {c for c in cells if self.value(*c) not in (None, "0") or c[0] in STOCKS}


# --- what was published ------------------------------------------------------------------------


def latest_cells(platform):
    """cell -> data, as a reader of the compacted topic has it at the end."""
    return {key: records[-1].data for key, records in by_key(platform.outputs("mosaic.kpi.v1")).items()}


def parts_of(data):
    return data["kpi"], data["category"], data.get("currency"), data["period"]


def name_of(kpi, category, currency, period):
    return ":".join(filter(None, (kpi, category, currency, period)))


@pytest.fixture(scope="module")
def counted(platform):
    """A load of every kind, handled to the end."""
    load = Scenario(seed=7, events=4000, name="kpi")
    platform.publish(load.first)
    platform.publish(load.main)
    platform.wait_caught_up(120)
    return platform


class Applicant:
    """An organisation of this test and what it sends."""

    def __init__(self, platform, unique, organisation, category):
        self.platform, self.unique, self.organisation = platform, unique, organisation
        self.send("organisation.described", name="Made up", category=category, country="RU",
                  registered_on="1985-01-01", known_on="1990-01-01")

    def send(self, kind, **data):
        self.platform.publish(upstream(kind, self.unique("event"), organisation=self.organisation, **data))

    def join(self, on):
        self.send("application.submitted", application=self.unique("member"), measure="membership",
                  submitted_on=on)


def test_every_cell_equals_an_independent_recomputation(counted):
    truth, cells = Truth(counted), latest_cells(counted)
    wrong = {}
    for cell, data in cells.items():
        assert cell == data["cell"] == name_of(*parts_of(data))
        want = truth.value(*parts_of(data))
        if data.get("value") != want:
            wrong[cell] = (data.get("value"), want)
    assert not wrong, f"{len(wrong)} of {len(cells)}, such as {list(wrong.items())[:5]}"
    missing = {name_of(*c) for c in truth.demanded()} - cells.keys()
    assert not missing, f"{len(missing)}, such as {sorted(missing)[:5]}"
    assert {d["kpi"] for d in cells.values()} == FLOWS | STOCKS | {"participants.growth"}


def test_units_granularities_and_versions_are_told_with_every_value(counted):
    for data in latest_cells(counted).values():
        money = "currency" in data
        ratio = data["kpi"] == "participants.growth"
        assert data["unit"] == ("minor" if money else "ratio" if ratio else "count")
        assert data["granularity"] == ("year" if len(data["period"]) == 4 else "month")
        assert data["formula_version"] == "1"


def test_every_change_of_a_value_is_one_revision_without_gaps(counted):
    latest = latest_cells(counted)
    history = by_key(counted.outputs("mosaic.kpi-revisions.v1"))
    assert history.keys() == latest.keys()
    for cell, records in history.items():
        values = [r.data.get("value") for r in records]
        assert [r.data["revision"] for r in records] == list(range(1, len(records) + 1)), cell
        assert all(a != b for a, b in zip(values, values[1:])), f"{cell} was told twice: {values}"
        assert records[-1].data == latest[cell]
    stored = {cell: (value, revision)
              for cell, value, revision in counted.sql("select cell, value, revision from kpi_aggregator.cell")}
    assert stored == {c: (d.get("value"), d["revision"]) for c, d in latest.items()}


def test_the_shares_behind_a_value_add_up_to_it(counted):
    """A hundred values of each KPI, the same ones in every run."""
    chosen = counted.sql("""
        select cell from (select cell, row_number() over (partition by split_part(cell, ':', 1) order by md5(cell)) as n
                            from kpi_aggregator.cell where cell not like 'participants.growth:%') c where n <= 100""")
    rows = counted.sql("""
        select c.cell, c.value, coalesce(sum(s.sign * s.value), 0)::text
          from kpi_aggregator.cell c left join lateral kpi_aggregator.kpi_shares(c.cell) s on true
         where c.cell = any(%s) group by c.cell, c.value""", ([cell for cell, in chosen],))
    assert len(rows) == len(chosen) > 500
    wrong = [row for row in rows if row[1] != row[2]]
    assert not wrong, f"{len(wrong)} of {len(rows)}, such as {wrong[:5]}"


def test_from_a_value_one_gets_to_the_records_and_to_the_upstream_events(counted):
    cell, data = max(((c, d) for c, d in latest_cells(counted).items()
                      if d["kpi"] == "support.granted" and d["granularity"] == "month"),
                     key=lambda item: int(item[1]["value"]))
    behind = counted.sql("select topic, partition, record_offset, source, id, origin_source, origin_id "
                         "from kpi_aggregator.kpi_events(%s)", (cell,))
    assert behind
    records = {(r.topic, r.partition, r.offset): r for r in counted.read("mosaic.decisions.v1")}
    sent = {(r.source, r.id) for topic in ("organisations", "reference")
            for r in counted.read(f"mosaic.upstream.{topic}.v1")}
    granted = {}
    for topic, partition, offset, source, id_, origin_source, origin_id in behind:
        record = records[topic, partition, offset]
        assert (record.source, record.id) == (source, id_)
        assert (origin_source, origin_id) in sent
        granted[record.data["application"]] = record.data
    total = sum(d["amount"] for d in granted.values() if d["outcome"] == "approved"
                and data["category"] in (d["category"], "all") and month(d["decided_on"]) == data["period"])
    assert str(total) == data["value"]


def ctl(platform, *words, want=0):
    done = subprocess.run([platform.programs / "mosaicctl", *words], env={**os.environ, **platform.env()}, text=True,
                          capture_output=True, timeout=120, check=False)
    assert done.returncode == want, done.stderr
    return done.stdout if want == 0 else done.stderr


def test_mosaicctl_shows_the_events_behind_a_value_and_they_add_up_to_what_it_shows(counted):
    shown = {d["cell"]: d for d in map(json.loads, ctl(counted, "kpi", "--json").splitlines())}
    chosen = counted.sql("select distinct on (split_part(cell, ':', 1), length(cell) % 2) cell "
                         "from kpi_aggregator.cell order by split_part(cell, ':', 1), length(cell) % 2, md5(cell)")
    topics = ("mosaic.participants.v1", "mosaic.decisions.v1", "mosaic.projects.v1", "mosaic.rejections.v1")
    records = {(r.topic, r.partition, r.offset): r for topic in topics for r in counted.read(topic)}
    assert {cell.split(":")[0] for cell, in chosen} == FLOWS | STOCKS | {"participants.growth"}
    for cell, in chosen:
        kpi, period = shown[cell]["kpi"], shown[cell]["period"]
        events = [json.loads(line) for line in ctl(counted, "kpi", "events", cell, "--json").splitlines()]
        value = shown[cell.replace(".growth", ".number")]["value"]
        assert sum(e["delta"] for e in events) == int(value), cell
        for e in events:
            record = records[e["topic"], e["partition"], e["offset"]]
            assert (record.source, record.id, record.header("ce_originid")) == (e["source"], e["id"], e["origin_id"])
            assert e["delta"] != 0 and (e["month"].startswith(period) or kpi not in FLOWS), cell
        table = ctl(counted, "kpi", "events", cell).splitlines()
        assert len(table) == len(events) + 2 and table[-1].startswith(f"{len(events)} event")
    assert "there is no value x" in ctl(counted, "kpi", "events", "x", want=1)


def changed_between(before, after):
    return {c for c in after if before.get(c, {}).get("revision") != after[c]["revision"]}


def test_a_late_member_changes_the_cells_it_touches_and_only_those(counted, unique, fresh_inn):
    Applicant(counted, unique, fresh_inn(), "laboratory").join("2022-06-15")
    counted.wait_caught_up()
    before = latest_cells(counted)
    Applicant(counted, unique, fresh_inn(), "laboratory").join("1995-11-20")
    counted.wait_caught_up()
    after = latest_cells(counted)
    changed = changed_between(before, after)
    assert {after[c]["category"] for c in changed} == {"laboratory", "all"}
    assert {after[c]["kpi"] for c in changed} <= {
        "participants.joined", "participants.number", "participants.growth",
        "support.applied", "support.approved"}
    for cell in changed:
        data = after[cell]
        assert data["period"] >= "1995-11" or data["period"] == "1995"
        if data["kpi"] in FLOWS:
            assert data["period"] in ("1995-11", "1995")
    numbers = {c for c, d in after.items() if d["kpi"] == "participants.number"
               and d["category"] in ("laboratory", "all")
               and (d["period"] >= "1995-11" or d["period"] == "1995")}
    assert numbers <= changed
    assert after["participants.number:laboratory:1995-11"]["value"] == "1"


def test_money_released_is_taken_back_from_its_month_and_the_events_stay_behind_it(counted, unique, fresh_inn):
    counted.publish(upstream("budget.set", unique("event"), programme="export-grant", year=2021, currency="RUB",
                             amount=10**14, known_on="2020-12-01"))
    applicant = Applicant(counted, unique, fresh_inn(), "certification")
    applicant.join("2016-01-01")
    counted.wait_caught_up()
    application = unique("export")
    applicant.send("application.submitted", application=application, measure="export-grant",
                   submitted_on="2021-06-03", currency="RUB", amount=50_000_000,
                   export={"contract_proceeds": 900_000_000_00, "contract_closed_on": "2021-01-15",
                           "contract_finished": True, "exports_last_year": 1000, "exports_year_before": 1000,
                           "taxes_last_year": 900_000_000_00})
    counted.wait_caught_up()
    cell = "support.granted:certification:RUB:2021-06"
    granted = latest_cells(counted).get(cell)
    assert granted is not None and int(granted["value"]) > 0
    applicant.send("application.withdrawn", application=application, withdrawn_on="2021-07-05")
    counted.wait_caught_up()
    after = latest_cells(counted)
    assert after[cell]["value"] == "0"
    assert after[cell]["revision"] == granted["revision"] + 1
    assert after["support.applied:certification:2021-06"]["value"] == "1"
    behind = counted.sql("select entity, revision from kpi_aggregator.kpi_events(%s)", (cell,))
    assert [entity for entity, _ in behind] == [f"application:{application}"] * len(behind)
    assert len(behind) >= 2
    events = [json.loads(line) for line in ctl(counted, "kpi", "events", cell, "--json").splitlines()]
    assert [(e["subject"], e["delta"]) for e in events] == [
        (f"application:{application}", int(granted["value"])), (f"application:{application}", -int(granted["value"]))]
    assert len({e["origin_id"] for e in events}) == 2 and {e["month"] for e in events} == {"2021-06"}


def test_a_refused_event_counts_under_each_of_its_reasons(counted, unique):
    before = latest_cells(counted)
    wrong = inn(123456789)[:-1] + ("1" if inn(123456789)[-1] == "0" else "0")
    counted.publish(upstream("organisation.described", unique("event"), organisation=wrong, name="",
                             category="bakery", known_on="2022-02-30"))
    counted.wait_caught_up()
    after, this_year = latest_cells(counted), str(datetime.datetime.now(datetime.timezone.utc).year)
    rejection = counted.outputs("mosaic.rejections.v1")
    codes = {r["code"] for r in max(rejection, key=lambda r: r.timestamp_ms).data["reasons"]}
    assert len(codes) > 1

    def count(cells, code):
        return int(cells.get(f"intake.rejected:{code}:{this_year}", {"value": "0"})["value"])
    for code in codes | {"all"}:
        assert count(after, code) == count(before, code) + 1


def test_what_cannot_be_counted_is_a_dead_letter_with_a_reason_and_counting_goes_on(counted, unique, fresh_inn):
    source = unique("urn:test")

    def send(value):
        headers = [("ce_specversion", b"1.0"), ("ce_id", b"%020d.000000" % send.number),
                   ("ce_sequence", b"%020d.000000" % send.number), ("ce_source", source.encode()),
                   ("ce_type", b"mosaic.participant.changed.v1"), ("content-type", b"application/json")]
        send.number += 1
        counted.producer.send("mosaic.participants.v1", key=b"inn:7707083893", value=value, headers=headers)
    send.number = 1
    good = {"organisation": fresh_inn(), "name": "N", "category": "public", "revision": 1,
            "periods": [{"joined_on": "1990-01-31"}]}
    send(b'{"organisation":')
    send(json.dumps({**good, "periods": [{"joined_on": "1990-02-30"}], "revision": 0}).encode())
    send(json.dumps(good).encode())
    counted.producer.flush()
    counted.wait_caught_up()
    letters = [r for r in counted.read("mosaic.participants.v1.kpi-aggregator.dlq")
               if r.source == source or source.encode() in b"".join(v or b"" for v in r.headers.values())]
    assert len(letters) == 2
    reasons = [b" ".join(v for v in r.headers.values() if v) for r in letters]
    assert any(b"/periods/0/joined_on" in text and b"/revision" in text for text in reasons), reasons
    cell = latest_cells(counted)["participants.joined:public:1990-01"]
    assert int(cell["value"]) >= 1
