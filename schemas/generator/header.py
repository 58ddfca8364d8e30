"""events.h: what the rest of the platform sees."""
from generator.text import NOTE

C_TYPES = {"str": "struct str ", "date": "int32_t ", "time": "int64_t ", "int": "int64_t ", "bool": "bool "}
HINTS = {"date": "days", "time": "microseconds"}
OPENING = """/* events: the platform's event types as C, one struct per type.
 * Decoded structs point into the arena they were decoded into; a writer borrows what it is given.
 *
 * An absent optional text has ptr NULL, an absent list has no items, any other absent optional
 * value has has_<name> false. A decoder reports every fault and returns true iff it found none; when
 * it returns false, *ret holds what was sound and zeroes elsewhere, good for reports only.
 * A writer makes compact JSON with the fields in the order of the schema and absent ones left out;
 * it trusts that what it is given is valid. */
"""


def member_lines(field):
    if field.kind == "array":
        return [f"struct ev_{field.object.name} *{field.c_name};", f"size_t {field.c_name}_count;"]
    lines = []
    if not field.required and field.kind != "str":
        lines.append(f"bool has_{field.c_name};")
    if field.kind == "enum":
        kind = f"enum ev_{field.enum.name} "
    elif field.kind == "object":
        kind = f"struct ev_{field.object.name} "
    else:
        kind = C_TYPES[field.kind]
    hint = HINTS.get(field.kind)
    lines.append(f"{kind}{field.c_name};" + (f" /* {hint} */" if hint else ""))
    return lines


def struct_text(built):
    comment = f"/* {built.description} */\n" if built.description else ""
    body = "".join(f"    {line}\n" for field in built.fields for line in member_lines(field))
    return f"{comment}struct ev_{built.name} {{\n{body}}};\n"


def enum_text(enum):
    first = f"    {enum.constants[0]},\n"
    body = first + "".join(f"    {constant},\n" for constant in enum.constants[1:])
    count = f"EV_{enum.name.upper()}_COUNT"  # left out where a value of the enum has that name
    define = "" if count in enum.constants else f"#define {count} {len(enum.values)}\n"
    return (f"/* {enum.description} */\nenum ev_{enum.name} {{\n{body}}};\n{define}"
            f"struct str ev_{enum.name}_text(enum ev_{enum.name} value);\n"
            f"bool ev_{enum.name}_parse(struct str text, enum ev_{enum.name} *ret);\n")


def type_constant(event):
    return f"EV_{event.name}".upper()


def event_functions(event):
    name = event.name
    return (f"bool ev_{name}_decode(struct arena *a, struct str json, struct ev_{name} *ret,\n"
            f"    struct faults *faults);\n"
            f"void ev_{name}_write(struct buf *b, const struct ev_{name} *event);\n")


def header(model):
    check_unique(model)
    out = [NOTE.format("schemas/events"), OPENING,
           "#ifndef MOSAIC_GEN_EVENTS_H\n#define MOSAIC_GEN_EVENTS_H\n",
           '#include "common/core/buf.h"\n#include "common/core/fault.h"\n']
    out += [enum_text(e) for e in model.enums.values()]
    out += [struct_text(o) for o in model.objects.values()]
    out += [struct_text(e) + event_functions(e) for e in model.events]
    constants = "".join(f"    {type_constant(e)},\n" for e in model.events)
    members = "".join(f"    struct ev_{e.name} {e.name};\n" for e in model.events)
    out.append("/* Every type, for those who take several. */\n"
               f"enum ev_type {{\n    EV_UNKNOWN,\n{constants}}};\n#define EV_TYPE_COUNT {len(model.events) + 1}\n")
    out.append(f"union ev_any {{\n{members}}};\n")
    out.append("enum ev_type ev_type_of(struct str type); /* EV_UNKNOWN: no such type */\n"
               "struct str ev_type_text(enum ev_type type); /* \"mosaic.application.submitted.v1\" */\n"
               "/* The decoder or writer of that type, which must not be EV_UNKNOWN. */\n"
               "bool ev_decode(enum ev_type type, struct arena *a, struct str json, union ev_any *ret,\n"
               "    struct faults *faults);\n"
               "void ev_write(enum ev_type type, struct buf *b, const union ev_any *event);\n")
    out.append("#endif\n")
    return "\n".join(out)


def check_unique(model):
    """C has one namespace for all enumeration constants, and one for struct names."""
    constants = [c for e in model.enums.values() for c in e.constants] + [type_constant(e) for e in model.events]
    names = [o.name for o in model.objects.values()] + [e.name for e in model.events] + ["any", "type"]
    for kind, found in (("constant", constants), ("struct", names)):
        twice = {n for n in found if found.count(n) > 1}
        if twice:
            raise ValueError(f"{kind} names used twice: {sorted(twice)}")
