"""Everything a finished run has left on its topics, read once, for the oracle."""

import collections
import functools

from .platform import topic_name
from .records import without_repeats

UPSTREAM = ("upstream.organisations", "upstream.projects", "upstream.reference")


class Evidence:
    def __init__(self, platform):
        self.platform = platform
        self._raw, self._kept = {}, {}

    def raw(self, short):
        """Every record of mosaic.<short>.v1, per partition in order."""
        if short not in self._raw:
            self._raw[short] = self.platform.read(topic_name(short))
        return self._raw[short]

    def kept(self, short):
        """Its records after the documented skipping."""
        if short not in self._kept:
            self._kept[short] = without_repeats(self.raw(short))
        return self._kept[short]

    @functools.cached_property
    def dead_letters(self):
        """short name of the input topic and service -> records of its dead letter queue."""
        consumer = self.platform.consumer()
        try:
            names = sorted(t for t in consumer.topics() if t.endswith(".dlq"))
        finally:
            consumer.close()
        return {name: self.platform.read(name) for name in names}


class Problems:
    """What does not agree. Each kind is counted, and the first few of it are told."""

    def __init__(self, shown=5):
        self.shown = shown
        self.found = collections.OrderedDict()
        self.checked = collections.Counter()

    def add(self, kind, detail):
        self.found.setdefault(kind, []).append(detail)

    def same(self, kind, what, got, wanted):
        """True if both are equal; else a problem of that kind."""
        self.checked[kind] += 1
        if got == wanted:
            return True
        self.add(kind, f"{what}: got {_short(got)}, wanted {_short(wanted)}")
        return False

    def take(self, other):
        """Adds what another one has found."""
        for kind, details in other.found.items():
            self.found.setdefault(kind, []).extend(details)
        self.checked.update(other.checked)

    def __bool__(self):
        return bool(self.found)

    def __str__(self):
        lines = []
        for kind, details in self.found.items():
            lines.append(f"{kind}: {len(details)}")
            lines += [f"    {detail}" for detail in details[:self.shown]]
        return "\n".join(lines) or "nothing lost, nothing doubled"


def _short(value):
    text = repr(value)
    return text if len(text) <= 400 else text[:400] + " …"
