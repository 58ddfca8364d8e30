"""eligibility as seen from outside: applications, facts and budgets go in upstream; verdicts and decisions
are read from mosaic.assessments and mosaic.decisions, the money from its tables.

Every test has organisations and a budget year of its own, so that all may run on one platform."""

import random

import pytest

from support import contract
from support.events import upstream

ASSESSMENTS = "mosaic.assessments.v1"
DECISIONS = "mosaic.decisions.v1"
PARTICIPANTS = "mosaic.participants.v1"


class Cluster:
    def __init__(self, platform, unique, fresh_inn, year):
        self.platform, self.unique, self.inn, self.year = platform, unique, fresh_inn, year
        self.batch = None

    def send(self, kind, **data):
        event = upstream(kind, self.unique("event"), **data)
        if self.batch is None:
            self.platform.publish(event)
        else:
            self.batch.append(event)

    def settle(self):
        self.platform.wait_caught_up()

    def describe(self, org, **other):
        self.send("organisation.described", **{"organisation": org, "name": "Made up", "category": "it",
                                               "known_on": "2001-01-01", **other})

    def join(self, org, on="2001-01-10"):
        application = self.unique("membership")
        self.send("application.submitted", application=application, organisation=org,
                  measure="membership", submitted_on=on)
        return application

    def member(self):
        org = self.inn()
        self.describe(org)
        self.join(org)
        return org

    def day(self, month_and_day):
        return f"{self.year}-{month_and_day}"

    def project(self, *orgs, on="05-10", measure="joint-project", **other):
        application = other.pop("application", None) or self.unique("project")
        kind = "application.amended" if "amended_on" in other else "application.submitted"
        partners = [{"organisation": o, "role": "partner" if i else "coordinator", "grant": 1000}
                    for i, o in enumerate(orgs)]
        plan = {"project": application, "title": "Wind", "start_on": self.day("06-01"),
                "end_on": "2199-12-31", "partners": partners}
        self.send(kind, **{"application": application, "organisation": orgs[0], "measure": measure,
                           "submitted_on": self.day(on), "currency": "RUB", "plan": plan, **other})
        return application

    def grant(self, org, proceeds, on="05-10", **other):
        application = self.unique("grant")
        export = {"contract_proceeds": proceeds, "contract_closed_on": self.day("01-10"),
                  "exports_last_year": 100, "exports_year_before": 100,
                  "taxes_last_year": 10**12, **other.pop("export", {})}
        self.send("application.submitted", **{
            "application": application, "organisation": org, "measure": "export-grant",
            "submitted_on": self.day(on), "currency": "RUB", "export": export, **other})
        return application

    def withdraw(self, application, org, on="08-01"):
        self.send("application.withdrawn", application=application, organisation=org,
                  withdrawn_on=self.day(on))

    def budget(self, amount, programme="joint-project", currency="RUB", known_on="01-15"):
        self.send("budget.set", programme=programme, year=self.year, amount=amount,
                  currency=currency, known_on=self.day(known_on))

    def _of(self, topic, application):
        found = [r.data for r in self.platform.outputs(topic) if r.data["application"] == application]
        assert [d["revision"] for d in found] == list(range(1, len(found) + 1)), "order of revisions"
        return found

    def assessments(self, application):
        return self._of(ASSESSMENTS, application)

    def decisions(self, application):
        return self._of(DECISIONS, application)

    def outcomes(self, application):
        return [d["outcome"] for d in self.decisions(application)]

    def purse(self, programme="joint-project"):
        """(amount, given, overcommitted, waiting)"""
        return self.platform.sql(
            "select amount, given, overcommitted, waiting from eligibility.budget "
            "where measure = %s and year = %s", (programme, self.year))[0]


@pytest.fixture
def cluster(platform, unique, fresh_inn):
    """Its budget year is one that nothing on this platform has used yet."""
    used = {year for year, in platform.sql("select year from eligibility.budget")}
    year = random.choice([y for y in range(2030, 2190) if y not in used])
    return Cluster(platform, unique, fresh_inn, year)


def failed(data):
    return [f["rule"] for f in data["findings"] if not f["held"]]


def test_facts_after_the_application_wake_it(cluster):
    org = cluster.inn()
    application = cluster.join(org, "2021-02-01")
    cluster.settle()
    assert cluster.decisions(application) == []
    cluster.describe(org, category="laboratory", known_on="2021-03-05")
    cluster.settle()
    decision, = cluster.decisions(application)
    assert decision["outcome"] == "approved" and decision["cause"] == "facts"
    assert decision["decided_on"] == "2021-03-05" and decision["category"] == "laboratory"


def test_a_project_waits_for_a_partner_in_another_partition_and_is_approved_once(cluster):
    cluster.budget(10_000)
    applicant = cluster.member()
    partners = [cluster.inn() for _ in range(4)]
    application = cluster.project(applicant, *partners, amount=700)
    cluster.settle()
    assert cluster.assessments(application) == []
    for org in partners:
        cluster.describe(org)
        cluster.join(org)
    cluster.settle()
    verdict, = cluster.assessments(application)
    assert verdict["verdict"] == "eligible" and verdict["cause"] == "partner"
    assert verdict["amount"] == verdict["amount_asked"] == 700
    decision, = cluster.decisions(application)
    assert decision["outcome"] == "approved" and decision["amount"] == 700
    assert decision["plan"]["partners"][0]["organisation"] == applicant


def test_waiting_ends_with_the_business_day_and_names_who_is_missing(cluster):
    applicant, missing = cluster.member(), cluster.inn()
    application = cluster.project(applicant, missing, on="05-10")
    cluster.settle()
    cluster.send("business-day.started", day=cluster.day("06-09"))
    cluster.settle()
    assert cluster.assessments(application) == []
    cluster.send("business-day.started", day=cluster.day("06-10"))
    cluster.settle()
    verdict, = cluster.assessments(application)
    assert verdict["verdict"] == "refused" and verdict["cause"] == "expired"
    partners = next(f for f in verdict["findings"] if f["rule"] == "all_partners_participate")
    assert missing in partners["read"] and missing in partners["nearest"]
    cluster.describe(missing)
    cluster.join(missing)
    cluster.settle()
    assert len(cluster.assessments(application)) == 1
    assert cluster.outcomes(application) == ["refused"]


def test_a_second_membership_is_refused_until_the_first_has_ended(cluster):
    org = cluster.member()
    second = cluster.join(org, "2010-01-01")
    cluster.send("membership.ended", organisation=org, ended_on="2011-06-30")
    third = cluster.join(org, "2011-07-01")
    cluster.settle()
    assert cluster.outcomes(second) == ["refused"]
    assert failed(cluster.decisions(second)[0]) == ["not_a_participant_already"]
    assert cluster.outcomes(third) == ["approved"]
    states = [r.data for r in cluster.platform.outputs(PARTICIPANTS) if r.data["organisation"] == org]
    assert [s["revision"] for s in states] == [1, 2, 3]
    assert states[-1]["periods"] == [{"joined_on": "2001-01-10", "left_on": "2011-06-30"},
                                     {"joined_on": "2011-07-01"}]


def test_a_membership_ended_with_effect_before_the_project_turns_its_approval(cluster):
    cluster.budget(1000)
    a, b = cluster.member(), cluster.member()
    cluster.settle()
    application = cluster.project(a, b, amount=1000)
    cluster.settle()
    assert cluster.outcomes(application) == ["approved"]
    cluster.send("membership.ended", organisation=b, ended_on=cluster.day("05-09"))
    cluster.settle()
    assert [v["verdict"] for v in cluster.assessments(application)] == ["eligible", "refused"]
    assert cluster.outcomes(application) == ["approved", "refused"]
    assert cluster.purse() == (1000, 0, 0, 0)


def test_the_line_is_served_in_order_when_money_comes_back(cluster):
    a, b = cluster.member(), cluster.member()
    cluster.settle()
    cluster.budget(100)
    cluster.settle()
    first, second, third, fourth = (cluster.project(a, b, amount=n) for n in (100, 60, 50, 10))
    cluster.settle()
    assert [cluster.outcomes(p) for p in (first, second, third, fourth)] == [
        ["approved"], ["waitlisted"], ["waitlisted"], ["waitlisted"]]
    cluster.withdraw(first, a, on="08-01")
    cluster.settle()
    assert cluster.outcomes(first) == ["approved", "released"]
    assert cluster.decisions(first)[1]["amount"] == 100
    served = cluster.decisions(second)[1]
    assert served["outcome"] == "approved" and served["cause"] == "budget"
    assert served["decided_on"] == cluster.day("08-01") and served["plan"]["project"] == second
    assert cluster.outcomes(third) == cluster.outcomes(fourth) == ["waitlisted"]
    assert cluster.purse() == (100, 60, 0, 2)
    cluster.budget(120)
    cluster.settle()
    assert cluster.outcomes(third) == ["waitlisted", "approved"]
    assert cluster.outcomes(fourth) == ["waitlisted", "approved"]
    assert cluster.purse() == (120, 120, 0, 0)


def test_a_line_longer_than_what_is_read_at_once_is_served_whole(cluster):
    a, b = cluster.member(), cluster.member()
    cluster.settle()
    cluster.batch = []
    waiting = [cluster.project(a, b, amount=1) for _ in range(450)]
    cluster.platform.publish(cluster.batch)
    cluster.batch = None
    cluster.settle()
    assert cluster.purse() == (0, 0, 0, 450)
    cluster.budget(449)
    cluster.settle()
    assert cluster.purse() == (449, 449, 0, 1)
    assert cluster.outcomes(waiting[0]) == ["waitlisted", "approved"]
    assert cluster.outcomes(waiting[-1]) == ["waitlisted"]


def test_a_lowered_budget_keeps_its_promises_and_gives_nothing(cluster):
    a, b = cluster.member(), cluster.member()
    cluster.settle()
    cluster.budget(100)
    cluster.settle()
    first = cluster.project(a, b, amount=80)
    cluster.settle()
    cluster.budget(50)
    cluster.settle()
    second = cluster.project(a, b, amount=10)
    cluster.settle()
    assert cluster.outcomes(first) == ["approved"] and cluster.outcomes(second) == ["waitlisted"]
    assert cluster.purse() == (50, 80, 30, 1)


def test_an_export_grant_follows_the_ladder_and_the_yearly_cap(cluster):
    cluster.budget(10**12, "export-grant")
    org = cluster.member()
    cluster.settle()
    plain = cluster.grant(org, 60_000_000_00)
    grown = cluster.grant(org, 45_000_000_00, export={"exports_last_year": 121})
    more = cluster.grant(org, 1_000_000_00)
    foreign = cluster.grant(org, 1_000_000_00, currency="EUR")
    untaxed = cluster.grant(org, 1_000_000_00, export={"taxes_last_year": 0})
    cluster.settle()
    assert cluster.decisions(plain)[0]["amount"] == 6_000_000_00
    assert cluster.assessments(grown)[0]["amount"] == 9_000_000_00
    assert cluster.decisions(grown)[0]["amount"] == 4_000_000_00  # what the cap leaves
    assert "within_yearly_cap" in failed(cluster.decisions(grown)[0])
    assert cluster.outcomes(more) == ["refused"]
    assert "currency_is_rouble" in failed(cluster.decisions(foreign)[0])
    assert "amount_above_zero" in failed(cluster.decisions(untaxed)[0])
    assert cluster.purse("export-grant") == (10**12, 10_000_000_00, 0, 0)


def test_a_grant_needs_a_participant(cluster):
    org = cluster.inn()
    cluster.describe(org)
    application = cluster.grant(org, 1_000_000_00)
    cluster.settle()
    assert cluster.outcomes(application) == ["refused"]
    assert "applicant_participates" in failed(cluster.assessments(application)[0])


def test_amending_withdrawing_and_waiting_in_every_order(cluster):
    a, b, late = cluster.member(), cluster.member(), cluster.inn()
    cluster.settle()
    cluster.budget(100)
    cluster.settle()
    waits = cluster.project(a, late, amount=10)
    cluster.withdraw(waits, a)
    changed = cluster.project(a, b, amount=100)
    cluster.project(a, b, application=changed, amount=40, amended_on=cluster.day("05-20"))
    swapped = cluster.project(a, late, amount=10)
    cluster.project(a, b, application=swapped, amount=10, amended_on=cluster.day("05-20"))
    cluster.settle()
    assert cluster.outcomes(waits) == ["released"]
    assert cluster.decisions(waits)[0]["amount"] == 0
    assert cluster.outcomes(changed) == ["approved", "approved"]
    assert [d["amount"] for d in cluster.decisions(changed)] == [100, 40]
    assert cluster.outcomes(swapped) == ["approved"]
    assert cluster.purse() == (100, 50, 0, 0)


def test_a_horizon_project_needs_no_budget_and_may_name_a_partner_twice(cluster):
    a, b = cluster.member(), cluster.member()
    cluster.settle()
    application = cluster.project(a, b, b, b, b, b, b, measure="horizon-project", currency="EUR")
    cluster.settle()
    decision, = cluster.decisions(application)
    assert decision["outcome"] == "approved" and decision["amount"] == 7000


def test_every_decision_can_be_explained_from_the_database(cluster):
    cluster.budget(50)
    a, b = cluster.member(), cluster.member()
    cluster.settle()
    application = cluster.project(a, b, amount=60)
    cluster.settle()
    rows = cluster.platform.sql(
        "select d.outcome, d.cause, d.findings, d.rule_version, d.engine_version, d.input_topic, "
        "d.input_partition, d.input_offset, a.input_topic, a.input_partition, a.input_offset "
        "from eligibility.decision d join eligibility.assessment a "
        "on a.application = d.application and a.revision = d.assessed_revision "
        "where d.application = %s", (application,))
    (outcome, cause, findings, rules, engine, *places), = rows
    assert outcome == "waitlisted" and cause == "submitted" and rules and engine
    assert findings == cluster.decisions(application)[0]["findings"]
    assert next(f for f in findings if f["rule"] == "budget_covers")["nearest"] == "10 more free"
    verdict = [r for r in cluster.platform.read(places[0])
               if (r.partition, r.offset) == tuple(places[1:3])]
    assert verdict[0].data["application"] == application
    cause = [r for r in cluster.platform.read(places[3]) if (r.partition, r.offset) == tuple(places[4:])]
    assert cause[0].type == "mosaic.application.submitted.v1"


def test_two_instances_never_give_more_than_there_is(cluster):
    """Partners, budgets, amendments and withdrawals at once, over all partitions and two instances."""
    platform, dice = cluster.platform, random.Random(cluster.year)
    platform.service("start", "eligibility", instance=2)
    try:
        orgs, projects = [cluster.inn() for _ in range(40)], []
        for round_ in range(6):
            cluster.batch = []
            for _ in range(60):
                a, b = dice.sample(orgs, 2)
                projects.append((cluster.project(a, b, amount=dice.randrange(1, 50)), a, b))
            for org in orgs[round_ * 7:round_ * 7 + 7]:  # most partners join while they are waited for
                cluster.describe(org)
                cluster.join(org)
            for application, a, b in dice.sample(projects, 20):
                if dice.random() < 0.5:
                    cluster.withdraw(application, a)
                else:
                    cluster.project(a, b, application=application, amount=dice.randrange(1, 50),
                                    amended_on=cluster.day("06-01"))
            cluster.budget(dice.choice((0, 200, 900, 1500)))
            platform.publish(cluster.batch)
        cluster.batch = None
        cluster.settle()
        cluster.budget(1000)
        cluster.settle()
    finally:
        platform.service("stop", "eligibility", instance=2)
    names = {application for application, _, _ in projects}
    awards = {}
    for record in platform.outputs(DECISIONS):
        if record.data["application"] in names:
            data, before = record.data, awards.get(record.data["application"])
            assert data["revision"] == (before["revision"] + 1 if before else 1)
            awards[data["application"]] = data
    granted = sum(d["amount"] for d in awards.values() if d["outcome"] == "approved")
    amount, given, overcommitted, waiting = cluster.purse()
    assert given == granted and given <= amount + overcommitted
    assert waiting == sum(d["outcome"] == "waitlisted" for d in awards.values())
    assert awards.keys() == names
    head = platform.sql("select min(place) from eligibility.award where measure = 'joint-project' "
                        "and year = %s", (cluster.year,))[0][0]
    if head is not None:
        wanted, = platform.sql("select (assessed::json->>'amount')::bigint from eligibility.award "
                               "where measure = 'joint-project' and year = %s and place = %s",
                               (cluster.year, head))[0]
        assert wanted > max(0, amount - given), "whoever is first in line would have fitted"


def test_everything_eligibility_says_keeps_the_contract(platform):
    records = [r for topic in (ASSESSMENTS, DECISIONS, PARTICIPANTS) for r in platform.read(topic)]
    assert records and contract.faults(records) == []
