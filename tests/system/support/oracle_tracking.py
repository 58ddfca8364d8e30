"""What project-tracking must have made of decisions and requested changes.

The two come from different topics, so several orders are right. Which one it was is read from the
published revisions; whether all of them follow from it, and nothing is missing, is worked out here."""

import collections

from .records import by_key

REQUESTS = {
    "mosaic.project.partner-join-requested.v1": "partner-join",
    "mosaic.project.partner-leave-requested.v1": "partner-leave",
    "mosaic.project.dates-change-requested.v1": "dates-change",
    "mosaic.project.coordinator-change-requested.v1": "coordinator-change",
    "mosaic.project.milestone-reached.v1": "milestone",
    "mosaic.project.finish-requested.v1": "finish",
    "mosaic.project.stop-requested.v1": "stop",
}


class Refused(Exception):
    """The change cannot be made; the reason's code."""


class Unchanged(Exception):
    """A decision that has no effect on the project."""


class Project:
    """The state machine, written down a second time from the README."""

    def __init__(self):
        self.state, self.now, self.plan = "awaited", None, None
        self.decision_revision, self.milestones = 0, set()

    def apply(self, kind, data):
        """The next full state; or Refused, or Unchanged."""
        if kind == "decision":
            return self._decide(data)
        if self.state == "finished":
            raise Refused("project_finished")
        if self.state in ("stopped", "suspended"):
            raise Refused("project_stopped")
        change = getattr(self, "_" + kind.replace("-", "_"))(data)
        return self._publish(change, data["requested_on"])

    def is_unmoved_by(self, d):
        """Whether a decision has no effect on the project as it stands."""
        own = self.now is not None and self.now["application"] == d["application"]
        if d["outcome"] != "approved" or "plan" not in d:
            return self.state != "active" or not own
        return (self.state == "active" and own and d["revision"] > self.decision_revision
                and d["plan"] == self.plan and d.get("amount") == self.now.get("grant"))

    def _publish(self, change, on, **more):
        self.now.update(more, revision=self.now.get("revision", 0) + 1, change=change,
                        changed_on=on)
        return {k: v for k, v in self.now.items() if v is not None}

    # --- decisions ---------------------------------------------------------------------------

    def _decide(self, d):
        own = self.now is not None and self.now["application"] == d["application"]
        old = own and d["revision"] <= self.decision_revision
        if d["outcome"] != "approved" or "plan" not in d:
            return self._lose(d, own, old)
        if self.state in ("active", "finished", "stopped") and not own:
            raise Refused("other_application")
        if old:
            raise Refused("old_decision")
        if self.state == "finished":
            raise Refused("project_finished")
        if self.state == "stopped":
            raise Refused("project_stopped")
        if self.state == "active" and d["plan"] == self.plan:
            return self._new_amount(d)
        change = "revised" if self.state == "active" else "opened"
        return self._follow(d, change)

    def _lose(self, d, own, old):
        if self.state != "active" or not own:
            raise Unchanged
        if old:
            raise Refused("old_decision")
        self.decision_revision, self.state = d["revision"], "suspended"
        return self._publish("stopped", d["decided_on"], state="stopped",
                             closed_on=d["decided_on"])

    def _new_amount(self, d):
        self.decision_revision = d["revision"]
        if d.get("amount") == self.now.get("grant"):
            raise Unchanged
        return self._publish("revised", d["decided_on"], grant=d.get("amount"))

    def _follow(self, d, change):
        plan = d["plan"]
        self._merge(plan, d["decided_on"])
        self.plan, self.decision_revision, self.state = plan, d["revision"], "active"
        return self._publish(
            change, d["decided_on"], project=plan["project"], application=d["application"],
            measure=d["measure"], category=d["category"], state="active", title=plan["title"],
            coordinator=d["organisation"], start_on=plan["start_on"], end_on=plan["end_on"],
            closed_on=None, currency=d.get("currency"), grant=d.get("amount"),
            cost=plan.get("cost"))

    def _merge(self, plan, on):
        opening = self.now is None
        if opening:
            self.now = {"partners": [], "start_on": plan["start_on"]}
        free = collections.defaultdict(list)
        for row in self.now["partners"]:
            if "left_on" not in row:
                free[row["organisation"]].append(row)
        places = [free[p["organisation"]].pop(0) if free[p["organisation"]] else None
                  for p in plan["partners"]]
        for rows in free.values():
            for row in rows:
                row["left_on"] = max(on, row["joined_on"])
        self._move_start(plan["start_on"])
        for partner, row in zip(plan["partners"], places):
            if row is None:
                row = {"joined_on": plan["start_on"] if opening else max(on, plan["start_on"])}
                self.now["partners"].append(row)
            for field in ("grant", "cost"):
                row.pop(field, None)
            row.update(partner)

    def _move_start(self, start_on):
        for row in self._current():
            if row["joined_on"] == self.now["start_on"] or row["joined_on"] < start_on:
                row["joined_on"] = start_on
        self.now["start_on"] = start_on

    # --- requests ----------------------------------------------------------------------------

    def _current(self, organisation=None):
        return [row for row in self.now["partners"] if "left_on" not in row
                and organisation in (None, row["organisation"])]

    def _partner_join(self, data):
        partner = data["partner"]
        if partner["role"] == "coordinator":
            raise Refused("second_coordinator")
        if any(r["role"] == partner["role"] for r in self._current(partner["organisation"])):
            raise Refused("already_partner")
        joined = max(data["requested_on"], self.now["start_on"])
        self.now["partners"].append({**partner, "joined_on": joined})
        return "partner-joined"

    def _partner_leave(self, data):
        rows = self._current(data["organisation"])
        if not rows:
            raise Refused("not_a_partner")
        if len(rows) == len(self._current()):
            raise Refused("last_partner")
        if data["organisation"] == self.now["coordinator"]:
            raise Refused("coordinator_stays")
        for row in rows:
            row["left_on"] = max(data["requested_on"], row["joined_on"])
        return "partner-left"

    def _dates_change(self, data):
        if (data["start_on"], data["end_on"]) == (self.now["start_on"], self.now["end_on"]):
            raise Refused("same_dates")
        self._move_start(data["start_on"])
        self.now["end_on"] = data["end_on"]
        return "dates-changed"

    def _coordinator_change(self, data):
        rows = self._current(data["organisation"])
        if not rows:
            raise Refused("not_a_partner")
        if data["organisation"] == self.now["coordinator"]:
            raise Refused("already_coordinator")
        for row in self._current(self.now["coordinator"]):
            if row["role"] == "coordinator":
                row["role"] = "participant"
        rows[0]["role"] = "coordinator"
        self.now["coordinator"] = data["organisation"]
        return "coordinator-changed"

    def _milestone(self, data):
        if data["milestone"] in self.milestones:
            raise Refused("milestone_known")
        self.milestones.add(data["milestone"])
        return "milestone-reached"

    def _finish(self, data):
        if data["requested_on"] < self.now["start_on"]:
            raise Refused("not_started")
        self.state = "finished"
        self.now.update(state="finished", closed_on=data["requested_on"])
        return "finished"

    def _stop(self, data):
        self.state = "stopped"
        self.now.update(state="stopped", closed_on=data["requested_on"])
        return "stopped"


def _inputs(evidence):
    """project -> ([decisions], [changes]), each in its own order, with their places. A decision also
    concerns the projects that earlier decisions on its application have named."""
    inputs = collections.defaultdict(lambda: ([], []))
    named = collections.defaultdict(dict)
    for record in evidence.kept("decisions"):
        projects = named[record.data["application"]]
        if "plan" in record.data:
            projects[record.data["plan"]["project"]] = True
        for project in projects:
            inputs[project][0].append((_place(record), record))
    for record in evidence.kept("project-changes"):
        inputs[record.data["project"]][1].append((_place(record), record))
    return inputs


def _place(record):
    return record.topic, record.partition, record.offset


def _refusals(platform):
    """project -> {(topic, partition, offset): (revision, code)}"""
    refused = collections.defaultdict(dict)
    for project, topic, partition, offset, revision, code in platform.sql(
            'select project, topic, partition, "offset", revision, code '
            "from project_tracking.refused_change"):
        refused[project][topic, partition, offset] = (revision, code)
    return refused


class Replay:
    """Follows one project's revisions and hands out its inputs in the order that explains them."""

    def __init__(self, inputs, revisions, refused, problems):
        self.decisions, self.changes = (collections.deque(x) for x in inputs)
        self.revisions, self.refused, self.problems = revisions, dict(refused), problems
        self.project = Project()

    def run(self, name):
        for revision in self.revisions:
            self._settled_here(name)
            if not self._until(name, revision):
                return
        self._settled_here(name)
        self._rest(name)

    def _settled_here(self, name):
        """Steps over what was refused at the revision that the project now stands at, and over decisions
        that have no effect on it now: they may have had none only here."""
        now = (self.project.now or {}).get("revision", 0)
        for queue in (self.decisions, self.changes):
            while queue:
                place, record = queue[0]
                refused = self.refused.get(place, (None,))[0] == now
                silent = (queue is self.decisions and place not in self.refused
                          and self.project.is_unmoved_by(record.data))
                if not refused and not silent:
                    break
                self._step(name, *queue.popleft())

    def _cause(self, revision):
        """The queue whose inputs come up to the one that made this revision."""
        wanted = (revision.header("ce_originsource"), revision.header("ce_originid"))
        change = revision.data["change"]
        decided = change in ("opened", "revised") or (
            change == "stopped" and not any(_origin(r) == wanted for _, r in self.changes))
        return self.decisions if decided else self.changes, wanted

    def _until(self, name, revision):
        queue, wanted = self._cause(revision)
        while queue:
            place, record = queue.popleft()
            got = self._step(name, place, record)
            if got is None:
                continue
            if queue is self.changes and _origin(record) != wanted:
                self.problems.add("projects", f"{name}: {record.id} made a revision that is missing")
                return False
            return self.problems.same("projects", f"{name} revision {revision.data['revision']}",
                                      revision.data, got)
        self.problems.add("projects", f"{name}: revision {revision.data['revision']} "
                          "comes from nothing")
        return False

    def _step(self, name, place, record):
        """The state this input makes, None if it makes none; refusals are ticked off."""
        kind = REQUESTS.get(record.type, "decision")
        if kind != "decision" and self.project.state == "awaited":
            self.problems.add("projects", f"{name}: a change was made before it was open")
            return None
        try:
            return self.project.apply(kind, record.data)
        except Unchanged:
            return None
        except Refused as reason:
            got = self.refused.pop(place, (None, None))
            self.problems.same("refused changes", f"{name} {place}", got[1], str(reason))
            return None

    def _rest(self, name):
        """What made no revision any more: refusals, decisions without effect, changes that wait."""
        waiting = self.project.state == "awaited"
        for queue in (self.decisions, () if waiting else self.changes):
            for place, record in queue:
                got = self._step(name, place, record)
                if got is not None:
                    self.problems.add("projects", f"{name}: {record.id} should have made "
                                      f"revision {got['revision']}")
        self.waiting = [place for place, _ in self.changes] if waiting else []
        for place in self.refused:
            self.problems.add("refused changes", f"{name} {place} was refused without need")


def _origin(record):
    return record.header("ce_originsource"), record.header("ce_originid")


def check(evidence, problems):
    inputs, refused = _inputs(evidence), _refusals(evidence.platform)
    revisions = by_key(evidence.kept("projects"))
    waiting = set()
    for name in inputs.keys() | revisions.keys():
        found = revisions.get(name, [])
        problems.same("order of revisions", name, [r.data["revision"] for r in found],
                      list(range(1, len(found) + 1)))
        replay = Replay(inputs.get(name, ((), ())), found, refused.get(name, {}), problems)
        replay.run(name)
        waiting |= {(name, *place) for place in getattr(replay, "waiting", ())}
    kept = set(evidence.platform.sql(
        'select project, topic, partition, "offset" from project_tracking.early_change'))
    problems.same("waiting changes", "those whose project never opened", kept, waiting)
    _check_table(evidence, revisions, problems)


def _check_table(evidence, revisions, problems):
    stored = dict(evidence.platform.sql(
        "select project, data from project_tracking.project where data is not null"))
    problems.same("project_tracking.project", "the last published state", stored,
                  {name: found[-1].data for name, found in revisions.items()})
