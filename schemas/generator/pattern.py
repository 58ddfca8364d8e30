"""Turns the regular expressions of the schemas into tables for a matcher without backtracking.

Understood: ^...$ around the whole, literals, [classes] without negation, (groups), |, ?, {n}, {m,n},
* and +. Anything else is refused, so that a pattern never means less in C than it says in the schema.
"""

SPECIAL = set("()[]{}|?*+.^$\\")


class Parser:
    """Recursive descent into nested tuples: ("set", bytes), ("seq", [...]), ("alt", [...]), ("rep", x, m, n)."""

    def __init__(self, text):
        if not (text.startswith("^") and text.endswith("$")):
            raise ValueError(f"pattern {text!r}: must stand between ^ and $")
        self.whole, self.text, self.at = text, text[1:-1], 0

    def fail(self, why):
        raise ValueError(f"pattern {self.whole!r}: {why} at {self.at + 1}")

    def peek(self):
        return self.text[self.at] if self.at < len(self.text) else ""

    def take(self):
        c = self.peek()
        if not c:
            self.fail("ends too early")
        if ord(c) > 126:
            self.fail("only ASCII is understood")
        self.at += 1
        return c

    def parse(self):
        node = self.alternatives()
        if self.peek():
            self.fail("unexpected " + self.peek())
        return node

    def alternatives(self):
        options = [self.sequence()]
        while self.peek() == "|":
            self.take()
            options.append(self.sequence())
        return options[0] if len(options) == 1 else ("alt", options)

    def sequence(self):
        items = []
        while self.peek() not in ("", "|", ")"):
            items.append(self.repeated(self.atom()))
        return ("seq", items)

    def atom(self):
        c = self.take()
        if c == "(":
            node = self.alternatives()
            if self.take() != ")":
                self.fail("group is not closed")
            return node
        if c == "[":
            return ("set", self.char_class())
        if c == "\\":
            return ("set", self.escaped())
        if c in SPECIAL:
            self.fail(f"{c} is not understood")
        return ("set", frozenset(c.encode()))

    def escaped(self):
        c = self.take()
        if c not in SPECIAL:
            self.fail(f"\\{c} is not understood")
        return frozenset(c.encode())

    def char_class(self):
        members = set()
        while self.peek() != "]":
            c = self.take()
            if c in "^\\[":
                self.fail(f"{c} in a class is not understood")
            if self.peek() == "-" and self.text[self.at + 1] != "]":
                self.take()
                members.update(range(ord(c), ord(self.take()) + 1))
            else:
                members.add(ord(c))
        self.take()
        return frozenset(members)

    def repeated(self, node):
        c = self.peek()
        if c == "?":
            self.take()
            return ("rep", node, 0, 1)
        if c in "*+" and c:
            self.take()
            return ("rep", node, 0 if c == "*" else 1, None)
        if c != "{":
            return node
        end = self.text.index("}", self.at)
        low, comma, high = self.text[self.at + 1:end].partition(",")
        self.at = end + 1
        return ("rep", node, int(low), (int(high) if high else None) if comma else int(low))


class Nfa:
    """Thompson's construction; `steps` holds (set, target) per state, `free` the moves without input."""

    def __init__(self, node):
        self.steps, self.free = [], []
        self.start, self.end = self.build(node)

    def state(self):
        self.steps.append([])
        self.free.append([])
        return len(self.steps) - 1

    def build(self, node):
        first, last = self.state(), self.state()
        if node[0] == "set":
            self.steps[first].append((node[1], last))
        elif node[0] == "seq":
            self.chain(first, last, node[1])
        elif node[0] == "alt":
            for option in node[1]:
                self.chain(first, last, [option])
        else:
            self.repeat(first, last, *node[1:])
        return first, last

    def chain(self, first, last, nodes):
        at = first
        for node in nodes:
            a, b = self.build(node)
            self.free[at].append(a)
            at = b
        self.free[at].append(last)

    def repeat(self, first, last, node, low, high):
        at = first
        for i in range(max(low, high if high is not None else low + 1)):
            a, b = self.build(node)
            self.free[at].append(a)
            if i >= low:
                self.free[at].append(last)
            at = b
        if high is None:
            self.free[at].append(a)
        self.free[at].append(last)

    def closure(self, states):
        found, todo = set(states), list(states)
        while todo:
            for target in self.free[todo.pop()]:
                if target not in found:
                    found.add(target)
                    todo.append(target)
        return frozenset(found)


class Dfa:
    """State 0 refuses for good and state 1 is the start; `classes` folds the 256 bytes into few columns."""

    def __init__(self, text):
        nfa = Nfa(Parser(text).parse())
        start = nfa.closure([nfa.start])
        order, rows = {frozenset(): 0, start: 1}, [[0] * 256]
        queue = [start]
        for states in queue:
            row = []
            for byte in range(256):
                moved = [t for s in states for members, t in nfa.steps[s] if byte in members]
                target = nfa.closure(moved) if moved else frozenset()
                if target not in order:
                    order[target] = len(order)
                    queue.append(target)
                row.append(order[target])
            rows.append(row)
        if len(rows) > 255:
            raise ValueError(f"pattern {text!r}: needs {len(rows)} states, at most 255 are supported")
        columns = {}
        self.classes = [columns.setdefault(tuple(r[b] for r in rows), len(columns)) for b in range(256)]
        self.width = len(columns)
        self.next = [[column[s] for column in columns] for s in range(len(rows))]
        self.accepts = [int(nfa.end in states) for states in order]
