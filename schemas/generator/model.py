"""Reads schemas/events/*.json into a small model: enumerations, objects, fields, event types."""
import json
import re
from pathlib import Path

from generator.pattern import Dfa

DATE_PATTERN = "^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$"
INT_MAX = 2**53 - 1
C_WORDS = set("auto break case char const continue default do double else enum extern float for goto if inline int long "
              "register restrict return short signed sizeof static struct switch typedef union unsigned void volatile "
              "while bool true false".split())
# Keywords the generator acts on, and those that only tell people something. Any other is an error,
# so that nothing a schema demands is silently left unchecked.
KNOWN = {"type", "properties", "required", "enum", "format", "pattern", "minLength", "maxLength", "minimum", "maximum",
         "items", "minItems", "maxItems", "$ref", "title", "description", "examples", "$schema", "$id", "$defs"}


def c_name(text):
    name = re.sub(r"[^a-z0-9]", "_", text)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in C_WORDS:
        raise ValueError(f"{text!r} cannot be a name in C")
    return name


class Enum:
    def __init__(self, name, schema):
        self.name, self.values, self.description = c_name(name), schema["enum"], schema.get("description", "")
        self.constants = [f"EV_{self.name}_{c_name(v)}".upper() for v in self.values]


class Object:
    def __init__(self, name, schema, description):
        self.name, self.description, self.fields = c_name(name), description, []
        if len(schema["properties"]) > 64:
            raise ValueError(f"{name}: more than 64 properties")
        unknown = set(schema.get("required", [])) - set(schema["properties"])
        if unknown:
            raise ValueError(f"{name}: required but not described: {sorted(unknown)}")


class Field:
    """kind is one of str, date, time, int, bool, enum, object, array."""

    def __init__(self, name, schema, required):
        self.name, self.c_name, self.required = name, c_name(name), required
        self.description = schema.get("description", "")
        self.kind = self.enum = self.object = self.pattern = None
        self.example = str(schema.get("examples", [""])[0])
        self.min, self.max = 0, 0


class Model:
    def __init__(self, folder):
        folder = Path(folder)
        self.defs = json.loads((folder / "common.json").read_text())["$defs"]
        self.enums, self.objects, self.patterns, self.events = {}, {}, {}, []
        for name, schema in self.defs.items():
            if "enum" in schema:
                self.enums[name] = Enum(name, schema)
        for name, schema in self.defs.items():
            if schema.get("type") == "object":
                self.shared_object(name)
        for path in sorted(folder.glob("*.v*.json")):
            schema = json.loads(path.read_text())
            name, _, version = path.name.removesuffix(".json").rpartition(".")
            event = self.build_object(name, schema)
            event.type, event.title = f"mosaic.{name}.{version}", schema["title"]
            self.events.append(event)

    def shared_object(self, name):
        if name not in self.objects:
            built = self.build_object(name, self.defs[name])  # depth first: what it uses comes before it
            self.objects[name] = built
        return self.objects[name]

    def build_object(self, name, schema):
        check_known(name, schema)
        built = Object(name, schema, schema.get("description", ""))
        required = schema.get("required", [])
        for field_name, field_schema in schema["properties"].items():
            try:
                built.fields.append(self.build_field(field_name, field_schema, field_name in required))
            except (KeyError, ValueError) as e:
                raise ValueError(f"{name}.{field_name}: {e}") from e
        if not built.fields[0].required:
            raise ValueError(f"{name}: the first property must be a required one, so that commas are fixed")
        return built

    def build_field(self, name, schema, required):
        check_known(name, schema)
        ref = self.ref_name(schema)
        if ref:
            schema = {**self.defs[ref], **{k: v for k, v in schema.items() if k != "$ref"}}
        field = Field(name, schema, required)
        if ref in self.enums:
            field.kind, field.enum = "enum", self.enums[ref]
        elif schema["type"] == "object":
            field.kind, field.object = "object", self.shared_object(ref)
        elif schema["type"] == "array":
            field.kind, field.object = "array", self.shared_object(self.ref_name(schema["items"]))
            field.min, field.max = schema.get("minItems", 0), schema["maxItems"]
        elif schema["type"] == "integer":
            field.kind, field.min, field.max = "int", schema["minimum"], schema["maximum"]
            if not -INT_MAX <= field.min <= field.max <= INT_MAX:
                raise ValueError("bounds must lie within 2^53 - 1")
        elif schema["type"] == "boolean":
            field.kind = "bool"
        elif schema["type"] == "string":
            self.string_field(field, schema)
        else:
            raise ValueError(f"type {schema['type']!r} is not supported")
        return field

    def string_field(self, field, schema):
        if "enum" in schema:
            raise ValueError("an enumeration must stand in common.json")
        if schema.get("format") == "date":
            if schema.get("pattern") != DATE_PATTERN:
                raise ValueError(f"a date needs the pattern {DATE_PATTERN}, which is what date_parse() takes")
            field.kind = "date"
        elif schema.get("format") == "date-time":
            field.kind = "time"
        elif "format" in schema:
            raise ValueError(f"format {schema['format']!r} is not supported")
        else:
            field.kind = "str"
            field.min = schema.get("minLength", 0)
            field.max = schema.get("maxLength", 1000 if "pattern" in schema else None)
            if field.max is None:
                raise ValueError("a string needs maxLength or pattern")
            if "pattern" in schema:
                field.pattern = self.pattern(schema["pattern"])
                if not field.example:
                    raise ValueError("a pattern needs an example, for the message to whoever broke it")

    def pattern(self, text):
        if text not in self.patterns:
            self.patterns[text] = (f"PATTERN_{len(self.patterns)}", Dfa(text))
        return self.patterns[text][0]

    @staticmethod
    def ref_name(schema):
        ref = schema.get("$ref")
        if ref is None:
            return None
        file, _, name = ref.partition("#/$defs/")
        if file not in ("", "common.json") or not name:
            raise ValueError(f"$ref {ref!r}: only common.json#/$defs/<name> is supported")
        return name


def check_known(name, schema):
    unknown = set(schema) - KNOWN
    if unknown:
        raise ValueError(f"{name}: keywords not supported: {sorted(unknown)}")
