"""events.c, second half: the writers. Fixed text is gathered, so that each value costs two calls."""
from generator.header import type_constant
from generator.text import c_string


class Body:
    """Statements of one writer; fixed text waits until something has to be written after it."""

    def __init__(self):
        self.lines, self.fixed = [], ""

    def flush(self, indent="    "):
        if len(self.fixed) == 1:
            self.lines.append(f"{indent}buf_char(b, {repr(self.fixed)});")
        elif self.fixed:
            self.lines.append(f"{indent}buf_add(b, {c_string(self.fixed)}, {len(self.fixed)});")
        self.fixed = ""

    def code(self, line, indent="    "):
        self.flush(indent)
        self.lines.append(indent + line)


def write_value(body, field, indent):
    value = f"v->{field.c_name}"
    if field.kind == "str":
        body.code(f"buf_json_str(b, {value});", indent)
    elif field.kind == "int":
        body.code(f"buf_i64(b, {value});", indent)
    elif field.kind == "bool":
        body.code(f"buf_str(b, {value} ? STR(\"true\") : STR(\"false\"));", indent)
    elif field.kind == "object":
        body.code(f"write_{field.object.name}(b, &{value});", indent)
    elif field.kind == "array":
        body.fixed += "["
        body.code(f"for (size_t i = 0; i < {value}_count; i++) {{", indent)
        body.lines += [f"{indent}    if (i > 0)", f"{indent}        buf_char(b, ',');",
                       f"{indent}    write_{field.object.name}(b, &{value}[i]);", f"{indent}}}"]
        body.fixed += "]"
    else:
        calls = {"date": "date_write(b, {0});", "time": "time_write(b, {0});"}
        call = calls.get(field.kind) or f"buf_str(b, ev_{field.enum.name}_text({{0}}));"
        body.fixed += '"'
        body.code(call.format(value), indent)
        body.fixed += '"'


def presence(field):
    if field.kind == "str":
        return f"v->{field.c_name}.ptr != NULL"
    if field.kind == "array":
        return f"v->{field.c_name}_count > 0"
    return f"v->has_{field.c_name}"


def writer_text(built, signature):
    body = Body()
    for i, field in enumerate(built.fields):
        key = ("{" if i == 0 else ",") + f'"{field.name}":'
        if field.required:
            body.fixed += key
            write_value(body, field, "    ")
            continue
        body.flush()
        body.lines.append(f"    if ({presence(field)}) {{")
        body.fixed = key
        write_value(body, field, "        ")
        body.flush("        ")
        body.lines.append("    }")
    body.fixed += "}"
    body.flush()
    return f"{signature}\n{{\n" + "\n".join(body.lines) + "\n}\n"


def dispatch_text(model):
    cases = "".join(f"    case {type_constant(e)}:\n        ev_{e.name}_write(b, &event->{e.name});\n        return;\n"
                    for e in model.events)
    return ("void ev_write(enum ev_type type, struct buf *b, const union ev_any *event)\n{\n"
            f"    switch (type) {{\n    case EV_UNKNOWN:\n        break;\n{cases}    }}\n"
            "    assert(type != EV_UNKNOWN);\n}\n")


def writers(model):
    out = [writer_text(o, f"static void write_{o.name}(struct buf *b, const struct ev_{o.name} *v)")
           for o in model.objects.values()]
    out += [writer_text(e, f"void ev_{e.name}_write(struct buf *b, const struct ev_{e.name} *v)") for e in model.events]
    out.append(dispatch_text(model))
    return "\n".join(out)
