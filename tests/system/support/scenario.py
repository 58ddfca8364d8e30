"""A made-up but lifelike stream of upstream events, the same for the same seed and size.

It avoids only what has no single right outcome, because the order between partitions decides it: facts
and memberships that matter to a project do not change after it was applied for, whoever is granted
money is a member before, and budgets are set before the first application."""

import dataclasses
import datetime
import random

from .events import Event, inn, pic, upstream

CATEGORIES = ("company", "research", "education", "certification", "laboratory", "it",
              "manufacturer", "public", "other")
LAST_DAY = "2026-01-15"  # of business: whoever waits then has waited too long


def day(year, number):
    """The number-th day of a year, as text; numbers beyond the year are the days after it."""
    return (datetime.date(year, 1, 1) + datetime.timedelta(days=number)).isoformat()


@dataclasses.dataclass
class Organisation:
    id: str
    joined: str = None  # when it applied for membership; None: never
    at: float = 0.0     # where in the stream it has done so
    open_ended: bool = True


class Scenario:
    """`first`: to be handled before anything else. `main`: the load, in order of sending.
    `last`: to be sent when all of that is done."""

    def __init__(self, seed=1, events=50_000, name="s"):
        self.random = random.Random(seed)
        self.name = name
        self.wanted = events
        self.counter = 0
        self.timed = []  # (position, counter, Event); a story's positions only grow
        self.organisations = []
        self.first = self._budgets()
        self._stories()
        self._repeats()
        self.timed.sort(key=lambda t: t[:2])
        self.main = [event for _, _, event in self.timed]
        self.last = [self._event("business-day.started", day=LAST_DAY)]

    # --- making events -----------------------------------------------------------------------

    def _id(self, what="e"):
        self.counter += 1
        return f"{self.name}-{what}-{self.counter}"

    def _event(self, kind, **data):
        how = {k: data.pop(k) for k in ("key", "value", "id", "source") if k in data}
        how.setdefault("id", self._id())
        return upstream(kind, **how, **data)

    def _send(self, at, kind, **data):
        event = self._event(kind, **data)
        self.timed.append((at, self.counter, event))
        return event

    def _chance(self, part):
        return self.random.random() < part

    # --- the stream --------------------------------------------------------------------------

    def _budgets(self):
        # Far too little for all, so that most lines end in waiting.
        amounts = {"joint-project": 40_000_000_00, "export-grant": 900_000_000_00}
        scale = max(1, self.wanted) / 50_000
        return [self._event("budget.set", programme=programme, year=year, currency=currency,
                            amount=int(amounts[programme] * scale), known_on="2022-12-01")
                for programme, currency in (("joint-project", "EUR"), ("export-grant", "RUB"))
                for year in (2023, 2024)]

    def _stories(self):
        while len(self.timed) < self.wanted * 0.98:
            at = len(self.timed) / self.wanted
            for _ in range(20):
                self._organisation(at + self.random.random() * 0.02)
            for _ in range(12):
                self._project(at + 0.02 + self.random.random() * 0.03)
            for _ in range(8):
                self._export_grant(at + 0.05 + self.random.random() * 0.02)
            for _ in range(4):
                self._report(at + 0.05)
            for _ in range(2):
                self._bad(at + self.random.random() * 0.05)

    def _organisation(self, at):
        number = len(self.organisations) + self.random.randrange(9) * 100_000
        make, base = self.random.choice(((inn, 770_000_000), (pic, 900_000_000)))
        org = Organisation(make(base + number), at=at)
        self.organisations.append(org)
        facts = dict(organisation=org.id, name=f"Organisation {number} «Ω»", known_on="2022-01-01",
                     category=self.random.choice(CATEGORIES), country="RU",
                     registered_on=day(2010, self.random.randrange(3000)),
                     staff=self.random.randrange(500))
        self._send(at + (0.01 if self._chance(0.1) else 0), "organisation.described", **facts)
        if self._chance(0.05):
            self._send(at + 0.015, "organisation.described", **{**facts, "name": "Renamed"})
        if self._chance(0.06):
            return  # never a member: whoever waits for it waits for nothing
        late = self._chance(0.12)  # too late for most projects that name it
        org.joined = day(2023 if late else 2022, self.random.randrange(365))
        membership = self._id("member")
        self._send(at + 0.005, "application.submitted", application=membership,
                   organisation=org.id, measure="membership", submitted_on=org.joined)
        if self._chance(0.03):
            self._send(at + 0.02, "application.submitted", application=self._id("again"),
                       organisation=org.id, measure="membership", submitted_on=day(2024, 1))
        elif self._chance(0.05):
            org.open_ended = False
            self._send(at + 0.06, "membership.ended", organisation=org.id, ended_on=day(2025, 200),
                       reason="made up")
        if self._chance(0.03):
            self._send(at + 0.03, "appeal.lodged", appeal=self._id("appeal"), grounds="made up",
                       application=membership, organisation=org.id, lodged_on=day(2024, 5))

    def _pick(self, count):
        """Organisations of the recent past; some of them may yet have to apply."""
        recent = self.organisations[-3000:]
        return self.random.sample(recent, min(count, len(recent)))

    def _plan(self, project, orgs, coordinator):
        rows = [{"organisation": o.id, "role": "participant"} for o in orgs]
        rows[orgs.index(coordinator)]["role"] = "coordinator"
        if self._chance(0.05):
            rows.append({"organisation": orgs[-1].id, "role": "third-party"})
        for row in rows:
            if self._chance(0.9):
                row["grant"] = self.random.randrange(1, 900_000_00)
                row["cost"] = row["grant"] + self.random.randrange(300_000_00)
        start = day(2023, self.random.randrange(100, 500))
        return {"project": project, "title": f"Project {project} \"née\"", "start_on": start,
                "end_on": day(2025, self.random.randrange(365)), "partners": rows,
                "cost": sum(row.get("cost", 0) for row in rows)}

    def _project(self, at):
        if len(self.organisations) < 40:
            return
        horizon = self._chance(0.35)
        count = self.random.choice((1, 3, 8, 15)) if horizon else self.random.choice(
            (1, 2, 2, 3, 3, 4, 5, 6))
        orgs = self._pick(count)
        coordinator = orgs[0]
        project, application = self._id("project"), self._id("joint")
        submitted = day(2023, self.random.randrange(600))
        form = dict(application=application, organisation=coordinator.id, submitted_on=submitted,
                    measure="horizon-project" if horizon else "joint-project", currency="EUR",
                    plan=self._plan(project, orgs, coordinator))
        if not horizon and self._chance(0.7):
            form["amount"] = self.random.randrange(1, 2_000_000_00)
        self._changes(at, project, orgs, coordinator)
        self._send(at + 0.01, "application.submitted", **form)
        if self._chance(0.12):
            again = {**form, "amended_on": day(2025, 10)}
            if self._chance(0.8):
                again["plan"] = self._plan(project, orgs[:1] + self._pick(2), coordinator)
            self._send(at + 0.025, "application.amended", **again)
        if self._chance(0.06):
            self._send(at + 0.04, "application.withdrawn", application=application,
                       organisation=coordinator.id, withdrawn_on=day(2025, 20))

    def _changes(self, at, project, orgs, coordinator):
        """What is asked for while the project lives, some of it too early, too late or impossible."""
        when = self.random.randrange(300)
        for step in range(self.random.choice((0, 0, 1, 2, 4, 7))):
            early = self._chance(0.3)
            moment = at + (0.002 if early else 0.02) + step * 0.0005
            about = dict(project=project, requested_on=day(2024, when + step))
            kind = self.random.choice(("join", "join", "leave", "dates", "coordinator", "milestone",
                                       "milestone", "finish", "stop"))
            if kind == "join":
                partner = {"organisation": self._pick(1)[0].id, "role": self.random.choice(
                    ("partner", "participant", "third-party", "coordinator"))}
                self._send(moment, "project.partner-join-requested", partner=partner, **about)
            elif kind == "leave":
                self._send(moment, "project.partner-leave-requested", **about,
                           organisation=self.random.choice(orgs).id)
            elif kind == "dates":
                self._send(moment, "project.dates-change-requested", **about,
                           start_on=day(2023, self.random.randrange(500)), end_on=day(2026, when))
            elif kind == "coordinator":
                self._send(moment, "project.coordinator-change-requested", **about,
                           organisation=self.random.choice(orgs).id)
            elif kind == "milestone":
                self._send(moment, "project.milestone-reached", **about,
                           milestone=f"milestone {self.random.randrange(4)}")
            elif kind == "finish" and step > 2:
                self._send(moment, "project.finish-requested", **about)
            elif kind == "stop" and step > 3:
                self._send(moment, "project.stop-requested", reason="made up", **about)

    def _export_grant(self, at):
        past = [o for o in self.organisations[-3000:] if o.at < at - 0.04]
        if not past:
            return
        org = self.random.choice(past)
        proceeds = self.random.randrange(1, 300_000_000_00)
        year_before = self.random.randrange(1, 1_000_000_000_00)
        form = dict(application=self._id("export"), organisation=org.id, measure="export-grant",
                    submitted_on=day(2023, self.random.randrange(600)), currency="RUB",
                    export={"contract_proceeds": proceeds, "contract_closed_on": day(2022, 100),
                            "exports_last_year": int(year_before * self.random.uniform(0.5, 1.6)),
                            "exports_year_before": year_before,
                            "taxes_last_year": self.random.randrange(0, 40_000_000_00)})
        if self._chance(0.3):
            form["export"]["first_contract_on"] = day(2021, self.random.randrange(900))
        if self._chance(0.5):
            form["amount"] = self.random.randrange(1, proceeds + 1)
        self._send(at, "application.submitted", **form)
        if self._chance(0.08):
            self._send(at + 0.02, "application.withdrawn", application=form["application"],
                       organisation=org.id, withdrawn_on=day(2025, 30))

    def _report(self, at):
        org = self.random.choice(self.organisations)
        self._send(at, "report.submitted", organisation=org.id, currency="RUB",
                   period=f"2024-Q{self.random.randrange(1, 5)}", submitted_on=day(2025, 15),
                   jobs=self.random.randrange(1000), revenue=self.random.randrange(10**12),
                   exports=self.random.randrange(10**10), taxes=self.random.randrange(10**9))

    def _bad(self, at):
        """What strangers send by mistake: refused with reasons, or no event at all."""
        org = inn(self.random.randrange(100_000_000, 999_999_999))
        good = dict(organisation=org, name="N", category="it", known_on="2022-01-01")
        wrong = self.random.randrange(9)
        if wrong == 0:
            self._send(at, "organisation.described", **{**good, "known_on": "2022-02-30"})
        elif wrong == 1:
            broken = org[:-1] + str((int(org[-1]) + 1) % 10)
            self._send(at, "organisation.described", **{**good, "organisation": broken})
        elif wrong == 2:
            self._send(at, "organisation.described", **good, key="inn:7707083893")
        elif wrong == 3:
            self._send(at, "application.submitted", application=self._id("bad"), organisation=org,
                       measure="joint-project", submitted_on="2023-01-01")
        elif wrong == 4:
            self._send(at, "project.partner-join-requested", project=self._id("nowhere"),
                       requested_on="2024-01-01",
                       partner={"organisation": "pic:NA", "role": "host", "grant": -1})
        elif wrong == 5:
            self._send(at, "organisation.merged", organisation=org)
        elif wrong == 6:
            self._send(at, "application.withdrawn", application=self._id("unknown"),
                       organisation=org, withdrawn_on="2024-01-01")
        elif wrong == 7:
            self._send(at, "membership.ended", organisation=org, key=org,
                       value=b'{"organisation":"' + org.encode() + b'","ended_on":"2024')
        else:
            none = Event("mosaic.upstream.organisations.v1", org.encode(), b"not an event", ())
            self.timed.append((at, self.counter, none))

    def _repeats(self):
        """Some senders send twice, the same under the same name."""
        for at, _, event in self.random.sample(self.timed, int(self.wanted * 0.02)):
            self.counter += 1
            self.timed.append((at + self.random.random() * 0.05, self.counter, event))
