"""project-tracking as seen from outside: applications and requested changes go in upstream, the life of
each project is read from mosaic.projects, what was refused or waits from its tables."""

import pytest

from support.events import upstream
from support.records import by_key

PROJECTS = "mosaic.projects.v1"


class Cluster:
    """Members of the cluster and what they send, for one test."""

    def __init__(self, platform, unique, fresh_inn):
        self.platform, self.unique = platform, unique
        self.a, self.b, self.c, self.d = (fresh_inn() for _ in range(4))
        self.project = unique("project")
        self.application = unique("application")
        for organisation in (self.a, self.b, self.c, self.d):
            self.send("organisation.described", organisation=organisation, name="Made up",
                      category="research", country="RU", registered_on="2015-01-01",
                      known_on="2023-01-01")
            self.send("application.submitted", application=unique("membership"),
                      organisation=organisation, measure="membership", submitted_on="2023-01-10")
        self.settle()

    def send(self, kind, **data):
        self.platform.publish(upstream(kind, self.unique("event"), **data))

    def settle(self):
        self.platform.wait_caught_up()

    def plan(self, *partners, **other):
        rows = [{"organisation": o, "role": r, "grant": 1000, "cost": 2000} for o, r in partners]
        plan = {"project": self.project, "title": "Wind in cities", "start_on": "2023-03-01",
                "end_on": "2025-02-28", "partners": rows, "cost": 2000 * len(rows)}
        plan.update(other)
        return plan

    def apply(self, plan=None, kind="application.submitted", **other):
        plan = plan or self.plan((self.a, "coordinator"), (self.b, "participant"))
        data = {"application": self.application, "organisation": self.a,
                "measure": "horizon-project", "submitted_on": "2023-02-01", "currency": "EUR",
                "amount": sum(p["grant"] for p in plan["partners"]), "plan": plan}
        data.update(other)
        self.send(kind, **data)

    def ask(self, kind, on="2023-06-01", **data):
        self.send(f"project.{kind}", project=self.project, requested_on=on, **data)

    def join(self, organisation, on="2023-06-01", role="partner"):
        self.ask("partner-join-requested", on, partner={"organisation": organisation, "role": role})

    def leave(self, organisation, on="2023-07-01"):
        self.ask("partner-leave-requested", on, organisation=organisation)

    def life(self, project=None):
        """The project's revisions, after the documented skipping."""
        found = by_key(self.platform.outputs(PROJECTS)).get(project or self.project, [])
        states = [record.data for record in found]
        assert [s["revision"] for s in states] == list(range(1, len(states) + 1))
        return states

    def refusals(self):
        return self.platform.sql(
            "select change, code from project_tracking.refused_change where project = %s "
            'order by topic, "offset"', (self.project,))

    def waiting(self):
        return self.platform.sql("select count(*) from project_tracking.early_change "
                                 "where project = %s", (self.project,))[0][0]


@pytest.fixture
def cluster(platform, unique, fresh_inn):
    return Cluster(platform, unique, fresh_inn)


def changes(states):
    return [s["change"] for s in states]


def current(state):
    return sorted(p["organisation"] for p in state["partners"] if "left_on" not in p)


def test_a_decision_opens_the_project_with_its_partners(cluster):
    cluster.apply(cluster.plan((cluster.a, "coordinator"), (cluster.b, "participant"),
                               (cluster.b, "third-party")))
    cluster.settle()
    state, = cluster.life()
    assert state["change"] == "opened" and state["state"] == "active"
    assert state["application"] == cluster.application and state["coordinator"] == cluster.a
    assert state["category"] == "research" and state["measure"] == "horizon-project"
    assert state["currency"] == "EUR" and state["grant"] == 3000 and state["cost"] == 6000
    assert [(p["organisation"], p["role"], p["joined_on"]) for p in state["partners"]] == [
        (cluster.a, "coordinator", "2023-03-01"), (cluster.b, "participant", "2023-03-01"),
        (cluster.b, "third-party", "2023-03-01")]


def test_every_change_is_a_revision_with_the_full_state(cluster):
    cluster.apply()
    cluster.settle()
    cluster.join(cluster.c)
    cluster.ask("dates-change-requested", start_on="2023-03-01", end_on="2026-02-28")
    cluster.ask("coordinator-change-requested", organisation=cluster.b)
    cluster.leave(cluster.a)
    cluster.ask("milestone-reached", milestone="prototype")
    cluster.ask("finish-requested", on="2026-02-28")
    cluster.settle()
    life = cluster.life()
    assert changes(life) == ["opened", "partner-joined", "dates-changed", "coordinator-changed",
                             "partner-left", "milestone-reached", "finished"]
    end = life[-1]
    assert end["state"] == "finished" and end["closed_on"] == "2026-02-28"
    assert end["coordinator"] == cluster.b and end["end_on"] == "2026-02-28"
    assert current(end) == sorted([cluster.b, cluster.c])
    assert [p.get("left_on") for p in end["partners"]] == ["2023-07-01", None, None]
    assert cluster.refusals() == []


def test_changes_that_come_early_wait_and_keep_their_order(cluster):
    cluster.join(cluster.c)
    cluster.ask("coordinator-change-requested", organisation=cluster.c)
    cluster.leave(cluster.a)
    cluster.settle()
    assert cluster.life() == [] and cluster.waiting() == 3
    cluster.apply()
    cluster.settle()
    life = cluster.life()
    assert changes(life) == ["opened", "partner-joined", "coordinator-changed", "partner-left"]
    assert current(life[-1]) == sorted([cluster.b, cluster.c])
    assert cluster.waiting() == 0 and cluster.refusals() == []


def test_what_cannot_be_done_is_kept_with_its_reason(cluster):
    cluster.apply()
    cluster.settle()
    cluster.leave(cluster.a)
    cluster.leave(cluster.c)
    cluster.join(cluster.b, role="participant")
    cluster.join(cluster.c, role="coordinator")
    cluster.ask("coordinator-change-requested", organisation=cluster.c)
    cluster.ask("coordinator-change-requested", organisation=cluster.a)
    cluster.ask("finish-requested", on="2023-02-28")
    cluster.ask("dates-change-requested", start_on="2023-03-01", end_on="2025-02-28")
    cluster.ask("milestone-reached", milestone="m")
    cluster.ask("milestone-reached", milestone="m")
    cluster.leave(cluster.b)
    cluster.leave(cluster.a)
    cluster.settle()
    assert cluster.refusals() == [
        ("partner-leave", "coordinator_stays"), ("partner-leave", "not_a_partner"),
        ("partner-join", "already_partner"), ("partner-join", "second_coordinator"),
        ("coordinator-change", "not_a_partner"), ("coordinator-change", "already_coordinator"),
        ("finish", "not_started"), ("dates-change", "same_dates"), ("milestone", "milestone_known"),
        ("partner-leave", "last_partner")]
    assert changes(cluster.life()) == ["opened", "milestone-reached", "partner-left"]


def test_late_changes_on_a_closed_project_are_refused(cluster):
    cluster.apply()
    cluster.settle()
    cluster.ask("stop-requested", on="2024-01-01", reason="no staff")
    cluster.join(cluster.c)
    cluster.ask("finish-requested", on="2025-02-28")
    cluster.settle()
    life = cluster.life()
    assert changes(life) == ["opened", "stopped"] and life[-1]["closed_on"] == "2024-01-01"
    assert cluster.refusals() == [("partner-join", "project_stopped"), ("finish", "project_stopped")]


def test_an_amended_plan_revises_the_project(cluster):
    cluster.apply()
    cluster.settle()
    cluster.apply(cluster.plan((cluster.a, "coordinator"), (cluster.d, "partner"), title="Sun"),
                  kind="application.amended", amended_on="2023-05-01")
    cluster.settle()
    life = cluster.life()
    assert changes(life) == ["opened", "revised"]
    assert life[-1]["title"] == "Sun" and current(life[-1]) == sorted([cluster.a, cluster.d])
    left = next(p for p in life[-1]["partners"] if p["organisation"] == cluster.b)
    assert left["left_on"] == life[-1]["changed_on"]


def test_a_withdrawn_application_stops_its_project(cluster):
    cluster.apply()
    cluster.settle()
    cluster.send("application.withdrawn", application=cluster.application, organisation=cluster.a,
                 withdrawn_on="2023-09-01")
    cluster.settle()
    life = cluster.life()
    assert changes(life) == ["opened", "stopped"]
    assert life[-1]["state"] == "stopped" and life[-1]["closed_on"] == "2023-09-01"


def test_each_revision_says_which_upstream_event_caused_it(cluster):
    cluster.join(cluster.c)
    cluster.apply()
    cluster.settle()
    records = by_key(cluster.platform.outputs(PROJECTS))[cluster.project]
    assert len({r.header("ce_originid") for r in records}) == 2
    sources = {r.source.rsplit("/", 1)[0] for r in records}
    assert all(s.startswith("project-tracking/follow/mosaic.") for s in sources)


def test_revisions_stand_in_order_while_decisions_and_changes_race(cluster):
    """Many projects at once, whose changes come from one topic while revised decisions come from another."""
    names = [cluster.unique("race") for _ in range(60)]
    for round_ in range(4):
        for name in names:
            cluster.project, cluster.application = name, f"application-{name}"
            if round_ == 0:
                cluster.apply()
            else:
                cluster.apply(cluster.plan((cluster.a, "coordinator"), (cluster.b, "participant"),
                                           title=f"Round {round_}"),
                              kind="application.amended", amended_on=f"2023-05-0{round_}")
            cluster.ask("milestone-reached", milestone=f"m{round_}")
    cluster.settle()
    lives = by_key(cluster.platform.outputs(PROJECTS))
    for name in names:
        states = [r.data for r in lives[name]]
        assert [s["revision"] for s in states] == list(range(1, len(states) + 1))
        assert changes(states).count("milestone-reached") == 4
        assert states[-1]["title"] == "Round 3"
