"""What eligibility must have decided: verdicts from what intake accepted, money from the verdicts in
the order of the log."""

import calendar
import collections
import datetime

from .records import by_key

WAIT_DAYS = 30
PROJECTS = ("joint-project", "horizon-project")



class Organisation:
    def __init__(self):
        self.facts = None
        self.known_on = None
        self.periods = []   # [joined_on, left_on or None]
        self.decided = False
        self.waiting = []   # memberships applied for before it was described

    def standing(self, day):
        """member, undecided or no"""
        for joined, left in self.periods:
            if joined <= day and (left is None or left >= day):
                return "member"
        return "no" if self.decided else "undecided"


class Assess:
    """Verdicts as they stand when everything has been handled, whatever the order between keys."""

    def __init__(self, evidence):
        self.organisations = collections.defaultdict(Organisation)
        self.forms = {}         # application -> the form as it stands, projects and grants
        self.withdrawn = set()
        self.memberships = {}   # application -> approved or refused
        for records in by_key(evidence.kept("organisations")).values():
            for record in records:
                self._take(record.type.removeprefix("mosaic.").removesuffix(".v1"), record.data)
        days = [r.data["day"] for r in evidence.kept("reference")
                if r.type == "mosaic.business-day.started.v1"]
        self.last_day = max(days, default=None)

    def _take(self, kind, data):
        org = self.organisations[data["organisation"]]
        if kind == "organisation.described":
            org.facts = data
            for form in org.waiting:
                self._join(org, form)
            org.waiting = []
        elif kind == "membership.ended":
            for period in org.periods:
                if period[1] is None and period[0] <= data["ended_on"]:
                    period[1] = data["ended_on"]
        elif kind == "application.submitted" and data["measure"] == "membership":
            if org.facts is None:
                org.waiting.append(data)
            else:
                self._join(org, data)
        elif kind in ("application.submitted", "application.amended"):
            self.forms[data["application"]] = data
        elif kind == "application.withdrawn":
            self.withdrawn.add(data["application"])

    def _join(self, org, form):
        free = all(left is not None and left <= form["submitted_on"] for _, left in org.periods)
        org.decided = True
        self.memberships[form["application"]] = "approved" if free else "refused"
        if free:
            org.periods.append([form["submitted_on"], None])

    def verdict(self, application):
        """(verdict, amount); None: it still waits."""
        form = self.forms[application]
        if application in self.withdrawn:
            return "withdrawn", None
        if form["measure"] == "export-grant":
            return self._export(form)
        standings = [self.organisations[o].standing(form["submitted_on"])
                     for o in {p["organisation"] for p in form["plan"]["partners"]}]
        if form["measure"] == "joint-project" and not 2 <= len(standings) <= 5:
            return "refused", None
        if "undecided" in standings and not self._waited_too_long(form):
            return None
        if set(standings) != {"member"}:
            return "refused", None
        return "eligible", self._asked(form)

    def _waited_too_long(self, form):
        if self.last_day is None:
            return False
        submitted = datetime.date.fromisoformat(form["submitted_on"])
        last = submitted + datetime.timedelta(days=WAIT_DAYS)
        return last.isoformat() < self.last_day

    @staticmethod
    def _asked(form):
        if form["measure"] == "joint-project" and "amount" in form:
            return form["amount"]
        grants = [p["grant"] for p in form["plan"]["partners"] if "grant" in p]
        return sum(grants) if grants else None

    def _export(self, form):
        day, export = form["submitted_on"], form["export"]
        if day < "2020-03-31":
            return "refused", None
        if self.organisations[form["organisation"]].standing(day) != "member":
            return "refused", None
        if form.get("currency") != "RUB":
            return "refused", None
        percent, cap = 10, export["taxes_last_year"] // 2
        if day < "2021-03-01":
            if not _finished_lately(day, export):
                return "refused", None
        else:
            cap = min(cap, 10_000_000_00)
            grew = export["exports_last_year"] * 100 > export["exports_year_before"] * 120
            is_new = export.get("first_contract_on", "") >= f"{int(day[:4]) - 1}-01-01"
            percent = 20 if grew or is_new else 10
        part = export["contract_proceeds"] * percent // 100
        amount = min(form.get("amount", part), part, cap)
        return ("eligible", amount) if amount > 0 else ("refused", None)


def _finished_lately(day, export):
    date = datetime.date.fromisoformat(day)
    last = calendar.monthrange(date.year - 2, date.month)[1]
    oldest = date.replace(year=date.year - 2, day=min(date.day, last)).isoformat()
    return (export.get("contract_finished", False) and export["contract_proceeds"] >= 6_000_000_00
            and oldest <= export["contract_closed_on"] <= day)


class Award:
    def __init__(self):
        self.state, self.granted, self.assessed, self.budget = "new", 0, None, None
        self.capped = False


class Budget:
    def __init__(self, amount, currency):
        self.amount, self.currency, self.given, self.line = amount, currency, 0, []

    @property
    def free(self):
        return max(0, self.amount - self.given)


class Allocate:
    """Money, first come, first served, in the order of mosaic.assessments."""

    def __init__(self, evidence):
        self.decisions = collections.defaultdict(list)  # application -> [(outcome, amount)]
        self.awards = collections.defaultdict(Award)
        self.yearly = collections.Counter()
        self.budgets = collections.defaultdict(lambda: Budget(0, None))
        for record in evidence.kept("reference"):
            if record.type == "mosaic.budget.set.v1":
                data = record.data
                self.budgets[data["programme"], data["year"]] = Budget(data["amount"],
                                                                       data["currency"])
        for record in evidence.kept("assessments"):
            self._take(record.data)

    def _take(self, event):
        award = self.awards[event["application"]]
        paid = event["measure"] in ("joint-project", "export-grant")
        budget = self.budgets[event["measure"], int(event["submitted_on"][:4])] if paid else None
        before, waited_for = award.budget, award.assessed and award.assessed.get("amount", 0)
        if before not in (None, budget):
            self._give_up(award)
            award.state = "new"
        award.budget, award.assessed = budget, event
        getattr(self, "_" + event["verdict"])(award, waited_for)
        for touched in {id(b): b for b in (before, budget) if b is not None}.values():
            self._serve(touched)

    def _tell(self, award, outcome, amount):
        award.state = outcome
        self.decisions[award.assessed["application"]].append((outcome, amount))

    def _refused(self, award, _):
        self._give_up(award)
        self._tell(award, "refused", None)

    def _withdrawn(self, award, _):
        back = self._give_up(award)
        self._tell(award, "released", back)

    def _eligible(self, award, waited_for):
        amount = award.assessed.get("amount")
        if award.budget is None or not amount:
            self._give_up(award)
            award.granted = amount or 0
            self._tell(award, "approved", amount)
        elif self._hopeless(award):
            self._give_up(award)
            self._tell(award, "refused", None)
        elif award.state == "approved":
            self._again(award)
        elif award.state == "waitlisted" and amount <= waited_for:
            self._tell(award, "waitlisted", None)
        else:
            if award.state == "waitlisted":
                award.budget.line.remove(award)
            self._claim(award)

    def _hopeless(self, award):
        budget = award.budget
        other = budget.currency is not None and budget.currency != award.assessed.get("currency")
        return other or self._cap_left(award) == 0

    def _claim(self, award):
        budget, wanted = award.budget, self._wanted(award)
        if budget.currency is not None and not budget.line and wanted <= budget.free:
            self._give(award, wanted)
            self._tell(award, "approved", wanted)
        else:
            budget.line.append(award)
            self._tell(award, "waitlisted", None)

    def _again(self, award):
        budget, before, wanted = award.budget, award.granted, self._wanted(award)
        if wanted <= before or (not budget.line and wanted - before <= budget.free):
            self._take_back(award)
            self._give(award, wanted)
        self._tell(award, "approved", award.granted)

    def _serve(self, budget):
        while budget.line and budget.free > 0:
            award = budget.line[0]
            if self._hopeless(award):
                self._refused(award, None)
                continue
            wanted = self._wanted(award)
            if wanted > budget.free:
                return
            budget.line.pop(0)
            self._give(award, wanted)
            self._tell(award, "approved", wanted)

    # --- the purse ---------------------------------------------------------------------------

    def _year_key(self, award):
        event = award.assessed
        return event["organisation"], event["measure"], event["submitted_on"][:4]

    def _cap_left(self, award):
        cap = award.assessed.get("yearly_cap")
        if cap is None:
            return 2**63
        own = award.granted if award.capped else 0
        return max(0, cap - (self.yearly[self._year_key(award)] - own))

    def _wanted(self, award):
        return min(award.assessed["amount"], self._cap_left(award))

    def _give(self, award, amount):
        award.budget.given += amount
        award.granted, award.capped = amount, "yearly_cap" in award.assessed
        if award.capped:
            self.yearly[self._year_key(award)] += amount

    def _take_back(self, award):
        award.budget.given -= award.granted
        if award.capped:
            self.yearly[self._year_key(award)] -= award.granted
        award.granted, award.capped = 0, False

    def _give_up(self, award):
        back = award.granted
        if award.state == "waitlisted":
            award.budget.line.remove(award)
        elif award.state == "approved" and award.budget is not None:
            self._take_back(award)
        award.granted = 0
        return back


def check(evidence, problems):
    assess = Assess(evidence)
    _check_participants(evidence, assess, problems)
    _check_assessments(evidence, assess, problems)
    allocate = Allocate(evidence)
    _check_decisions(evidence, assess, allocate, problems)
    _check_tables(evidence.platform, assess, allocate, problems)


def _check_participants(evidence, assess, problems):
    found = by_key(evidence.kept("participants"))
    wanted = {name: org for name, org in assess.organisations.items() if org.periods}
    problems.same("participants", "organisations", sorted(found), sorted(wanted))
    for name in found.keys() & wanted.keys():
        org, records = wanted[name], found[name]
        _check_revisions("order of participants", name, records, problems)
        periods = [{"joined_on": joined, **({"left_on": left} if left else {})}
                   for joined, left in org.periods]
        last = records[-1].data
        problems.same("participants", name, (last["name"], last["category"], last["periods"]),
                      (org.facts["name"], org.facts["category"], periods))


def _check_revisions(kind, name, records, problems):
    problems.same(kind, name, [r.data["revision"] for r in records],
                  list(range(1, len(records) + 1)))


def _by_application(records):
    grouped = collections.defaultdict(list)
    for record in records:
        grouped[record.data["application"]].append(record)
    return grouped


def _check_assessments(evidence, assess, problems):
    found = _by_application(evidence.kept("assessments"))
    wanted = {name: assess.verdict(name) for name in assess.forms}
    told = {name for name, verdict in wanted.items() if verdict is not None}
    # One that waits anew after an amendment keeps the verdicts it had.
    problems.same("assessments", "applications", sorted(told - found.keys()), [])
    problems.same("assessments", "applications from nowhere", sorted(found.keys() - wanted.keys()),
                  [])
    for name, records in found.items():
        _check_revisions("order of assessments", name, records, problems)
        if wanted.get(name) is None:
            continue
        last = records[-1].data
        amount = last.get("amount") if last["verdict"] == "eligible" else None
        problems.same("assessments", name, (last["verdict"], amount), wanted[name])


def _check_decisions(evidence, assess, allocate, problems):
    found = _by_application(evidence.kept("decisions"))
    wanted = {name: [(outcome, None)] for name, outcome in assess.memberships.items()}
    wanted.update(allocate.decisions)
    for name in found.keys() | wanted.keys():
        records = found.get(name, [])
        _check_revisions("order of decisions", name, records, problems)
        got = [(r.data["outcome"], r.data.get("amount")) for r in records]
        problems.same("decisions", name, got, wanted.get(name, []))


def _check_tables(platform, assess, allocate, problems):
    rows = {name for name, in platform.sql("select application from eligibility.application")}
    waiting = {form["application"] for o in assess.organisations.values() for form in o.waiting}
    problems.same("eligibility.application", "applications", rows,
                  waiting | assess.forms.keys() | assess.memberships.keys())
    rows = {(m, y): (given, waiting) for m, y, given, waiting in platform.sql(
        "select measure, year, given, waiting from eligibility.budget")}
    problems.same("eligibility.budget", "given, and waiting in line", rows,
                  {key: (b.given, len(b.line)) for key, b in allocate.budgets.items()})
    rows = {name: (state, granted) for name, state, granted in platform.sql(
        "select application, state, granted from eligibility.award")}
    problems.same("eligibility.award", "awards", rows,
                  {name: (a.state, a.granted) for name, a in allocate.awards.items()})
