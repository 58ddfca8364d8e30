#!/usr/bin/env python3
"""The contract against tools that are not ours: a JSON Schema validator, AsyncAPI's parser, Python's re.

Prints what fails and closes with "N passed, N failed".
"""
import json
import random
import re
import subprocess
import sys
from pathlib import Path

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

ROOT = Path(__file__).resolve().parents[2]
EVENTS = ROOT / "schemas" / "events"
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "schemas"))
from generator.model import Model  # noqa: E402
from generator.pattern import Dfa  # noqa: E402

passed = failed = 0


def check(name, ok, why=""):
    global passed, failed
    if ok:
        passed += 1
    else:
        failed += 1
        print(f"failed: {name}: {why}")


def load(path):
    return json.loads(path.read_text())


def events():
    return sorted(EVENTS.glob("*.v*.json"))


def check_examples():
    documents = [load(p) for p in EVENTS.glob("*.json")]
    registry = Registry().with_resources((d["$id"], Resource.from_contents(d)) for d in documents)
    for path in events():
        schema, name = load(path), path.name.removesuffix(".json")
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema, registry=registry, format_checker=FormatChecker(["date", "date-time"]))
        folder = EVENTS / "examples" / name
        valid, invalid = sorted(folder.glob("valid-*.json")), sorted(folder.glob("invalid-*.json"))
        check(name, len(valid) >= 1 and len(invalid) >= 2, "needs one valid and two invalid examples at least")
        for example in valid:
            errors = [f"/{'/'.join(map(str, e.path))}: {e.message}" for e in validator.iter_errors(load(example))]
            check(example.relative_to(EVENTS), not errors, "; ".join(errors))
        for example in invalid:
            check_invalid(example, validator)


def check_invalid(example, validator):
    """The validator must complain wherever our decoder does, according to the file beside the example."""
    data = load(example)
    found = {("/" + "/".join(map(str, e.path))).rstrip("/") for e in validator.iter_errors(data)}
    expected = [line.split(" ") for line in example.with_suffix(".faults").read_text().splitlines()]
    for code, pointer in expected:
        place = pointer.rpartition("/")[0] if code == "missing" else pointer
        check(f"{example.relative_to(EVENTS)} {pointer}", place in found, f"is valid there for the other validator; it sees {sorted(found)}")


def check_asyncapi():
    done = subprocess.run(["node", ROOT / "tests/contract/asyncapi.mjs", ROOT / "schemas/asyncapi.json", ROOT / "build/contract"],
                          capture_output=True, text=True, check=False)
    print(done.stdout.strip())
    check("asyncapi.json", done.returncode == 0, done.stderr.strip() or "AsyncAPI's parser refuses it")


def check_messages():
    """Every event type is a message of that name, carried by some topic, and nothing else is."""
    document = load(ROOT / "schemas" / "asyncapi.json")
    messages = {n: m for n, m in document["components"]["messages"].items() if n != "dead-letter"}
    carried = {n for c in document["channels"].values() for n in c["messages"]}
    check("messages", set(messages) | {"dead-letter"} == carried, f"not on any topic or unknown: {set(messages) ^ carried}")
    expected = {p.name.removesuffix(".json") for p in events()}
    check("messages", {m["name"].removeprefix("mosaic.") for m in messages.values()} == expected, "differ from the files in events/")
    for name, message in messages.items():
        check(name, message["payload"]["$ref"] == f"events/{message['name'].removeprefix('mosaic.')}.json", "payload of another type")


def texts_like(pattern, example, random_source):
    """The example with a few characters changed, doubled or left out, and plain noise."""
    alphabet = sorted(set(example + pattern + "azAZ059.:-_ \n"))
    for _ in range(3000):
        text = list(example)
        for _ in range(random_source.randint(0, 3)):
            at = random_source.randint(0, len(text))
            text[at:at + random_source.randint(0, 1)] = random_source.choices(alphabet, k=random_source.choice([0, 1, 1, 2, 30]))
        yield "".join(text)


def check_patterns():
    """Our machines for the patterns against Python's re, on texts near what they take."""
    examples = {f.pattern: f.example for o in [*MODEL.objects.values(), *MODEL.events] for f in o.fields if f.pattern}
    source = random.Random(1)
    for pattern, (name, dfa) in MODEL.patterns.items():
        check(pattern, matches(dfa, examples[name]), "does not take its own example")
        wrong = [t for t in texts_like(pattern, examples[name], source)
                 if matches(dfa, t) != bool(re.fullmatch(pattern[1:-1], t))]
        check(pattern, not wrong, f"our machine and re differ about {wrong[:3]}")


def matches(dfa, text):
    state = 1
    for byte in text.encode():
        state = dfa.next[state][dfa.classes[byte]]
    return bool(dfa.accepts[state])


def check_generator_refuses():
    """What the generator cannot turn into C must stop it, not be left unchecked."""
    for pattern in ("a", "^[^a]$", "^a.b$", "^a\\d$", "^(?:a)$", "^a{200}{200}$", "^é$"):
        try:
            Dfa(pattern)
            check(f"pattern {pattern}", False, "is taken")
        except ValueError:
            check(f"pattern {pattern}", True)


MODEL = Model(EVENTS)
check_examples()
check_asyncapi()
check_messages()
check_patterns()
check_generator_refuses()
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
