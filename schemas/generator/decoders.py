"""events.c, first half: the tables that common/core/decode.c reads, and enumerations by name."""
from generator.header import type_constant
from generator.text import c_string, wrap

KINDS = {"str": "DECODE_STR", "date": "DECODE_DATE", "time": "DECODE_TIME", "int": "DECODE_INT", "bool": "DECODE_BOOL",
         "enum": "DECODE_ENUM", "object": "DECODE_OBJECT", "array": "DECODE_ARRAY"}


def pattern_text(name, dfa, text):
    cells = wrap([str(n) for row in dfa.next for n in row])
    return (f"/* {text.replace('*/', '* /')} */\n"
            f"static const uint8_t {name}_CLASSES[256] = {{\n{wrap([str(c) for c in dfa.classes])}\n}};\n"
            f"static const uint8_t {name}_NEXT[] = {{\n{cells}\n}};\n"
            f"static const uint8_t {name}_ACCEPTS[] = {{\n{wrap([str(a) for a in dfa.accepts])}\n}};\n"
            f"static const struct decode_pattern {name} = {{\n"
            f"    {name}_CLASSES, {name}_NEXT, {name}_ACCEPTS, {dfa.width},\n}};\n")


def enum_text(enum):
    name, upper = enum.name, enum.name.upper()
    texts = "".join(f"    {{{c_string(v)}, {len(v)}}},\n" for v in enum.values)
    return (f"static const struct str TEXTS_{upper}[] = {{\n{texts}}};\n"
            f"static const struct decode_enum ENUM_{upper} = {{TEXTS_{upper}, {len(enum.values)}}};\n"
            f"static_assert(sizeof(enum ev_{name}) == sizeof(unsigned), \"decode.c stores enums as unsigned\");\n\n"
            f"struct str ev_{name}_text(enum ev_{name} value)\n{{\n"
            f"    assert((unsigned)value < {len(enum.values)});\n    return TEXTS_{upper}[value];\n}}\n\n"
            f"bool ev_{name}_parse(struct str text, enum ev_{name} *ret)\n{{\n"
            f"    unsigned value;\n    if (!decode_enum_parse(&ENUM_{upper}, text, &value))\n        return false;\n"
            f"    *ret = (enum ev_{name})value;\n    return true;\n}}\n")


def field_row(struct, field):
    parts = [f".name = {c_string(field.name)}", f".name_len = {len(field.name)}", f".kind = {KINDS[field.kind]}"]
    if field.required:
        parts.append(".required = true")
    parts.append(f".offset = offsetof({struct}, {field.c_name})")
    if field.kind == "array":
        parts.append(f".mark = offsetof({struct}, {field.c_name}_count)")
    elif not field.required and field.kind != "str":
        parts.append(f".mark = offsetof({struct}, has_{field.c_name})")
    if field.kind in ("str", "int", "array"):
        parts += [f".min = INT64_C({field.min})", f".max = INT64_C({field.max})"]
    if field.pattern:
        parts += [f".pattern = &{field.pattern}", f".example = {c_string(field.example)}"]
    if field.enum:
        parts.append(f".enums = &ENUM_{field.enum.name.upper()}")
    if field.object:
        parts.append(f".object = &OBJECT_{field.object.name.upper()}")
    return "    {\n" + wrap(parts, "        ") + "\n    },\n"


def object_text(built):
    upper, struct = built.name.upper(), f"struct ev_{built.name}"
    rows = "".join(field_row(struct, f) for f in built.fields)
    return (f"static const struct decode_field FIELDS_{upper}[] = {{\n{rows}}};\n"
            f"static const struct decode_object OBJECT_{upper} = {{\n"
            f"    FIELDS_{upper}, COUNT(FIELDS_{upper}), sizeof({struct}),\n}};\n")


def decoder_text(event):
    return (f"bool ev_{event.name}_decode(struct arena *a, struct str json, struct ev_{event.name} *ret,\n"
            f"    struct faults *faults)\n{{\n"
            f"    return decode_event(a, json, &OBJECT_{event.name.upper()}, ret, faults);\n}}\n")


def dispatch_text(model):
    texts = "".join(f"    [{type_constant(e)}] = {{{c_string(e.type)}, {len(e.type)}}},\n" for e in model.events)
    objects = "".join(f"    [{type_constant(e)}] = &OBJECT_{e.name.upper()},\n" for e in model.events)
    return (f"static const struct str TYPE_TEXTS[EV_TYPE_COUNT] = {{\n{texts}}};\n"
            f"static const struct decode_object *const TYPE_OBJECTS[EV_TYPE_COUNT] = {{\n{objects}}};\n\n"
            "enum ev_type ev_type_of(struct str type)\n{\n"
            "    for (unsigned i = 1; i < EV_TYPE_COUNT; i++)\n"
            "        if (str_eq(type, TYPE_TEXTS[i]))\n            return (enum ev_type)i;\n"
            "    return EV_UNKNOWN;\n}\n\n"
            "struct str ev_type_text(enum ev_type type)\n{\n"
            "    assert((unsigned)type < EV_TYPE_COUNT);\n    return TYPE_TEXTS[type];\n}\n\n"
            "bool ev_decode(enum ev_type type, struct arena *a, struct str json, union ev_any *ret,\n"
            "    struct faults *faults)\n{\n"
            "    assert((unsigned)type < EV_TYPE_COUNT && type != EV_UNKNOWN);\n"
            "    return decode_event(a, json, TYPE_OBJECTS[type], ret, faults);\n}\n")


def decoders(model):
    out = [pattern_text(name, dfa, text) for text, (name, dfa) in model.patterns.items()]
    out += [enum_text(e) for e in model.enums.values()]
    out += [object_text(o) for o in model.objects.values()]
    out += [object_text(e) + "\n" + decoder_text(e) for e in model.events]
    out.append(dispatch_text(model))
    return "\n".join(out)
