/* load_boxed: boxed expressions (DMN 1.5, 7.3.4 and 10.2) to nodes of the tree that FEEL text becomes too. */
#include "common/dmn/load_boxed.h"

#include <stdarg.h>
#include <stdio.h>

struct boxed boxed_inside(struct boxed b, const char *format, ...)
{
    char part[200];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(part, sizeof part, format, args);
    va_end(args);
    b.place = arena_fmt(b.loader->arena, "%.*s, %s", STR_ARG(b.place), part);
    b.result = NULL;
    return b;
}

struct node *boxed_null(struct loader *l)
{
    struct node *n = node_new(l->arena, NODE_CONST, 0);
    n->value = NULL_VALUE;
    n->type = &type_null;
    return n;
}

struct node *boxed_fault(struct boxed b, const struct xml_node *n, const char *sentence)
{
    finding_add(b.loader->findings, load_severity(b.loader), "xml", b.place, n->line, "%s",
                sentence);
    return boxed_null(b.loader);
}

/* As boxed_fault, of what no lenience forgives. */
static void boxed_limit(struct boxed b, const struct xml_node *n, const char *sentence)
{
    load_limit(b.loader, b.place, n->line, sentence);
}

size_t boxed_count(struct boxed b, const struct xml_node *n, const char *part)
{
    size_t count = xml_count(n, part);
    if (count > LOAD_PARTS_MAX)
        boxed_limit(b, n, "it has more than 1,000 parts of one kind");
    return count > LOAD_PARTS_MAX ? 0 : count;
}

struct node *boxed_items(struct boxed b, enum node_kind kind, size_t count)
{
    struct node *n = node_new(b.loader->arena, kind, 0);
    n->items = arena_array(b.loader->arena, count, sizeof(*n->items));
    n->count = count;
    return n;
}

static struct str content_of(const struct xml_node *n)
{
    const struct xml_node *text = xml_is(n, "text") ? n : xml_child(n, "text");
    return text != NULL ? text->text : STR("");
}

static bool is_blank(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] != ' ' && s.ptr[i] != '\n' && s.ptr[i] != '\t' && s.ptr[i] != '\r')
            return false;
    return true;
}

struct text *boxed_text_of(struct boxed b, const struct xml_node *n)
{
    const struct xml_node *text = xml_child(n, "text");
    struct text *t = arena_alloc(b.loader->arena, sizeof *t);
    *t = (struct text){content_of(n), b.place, text != NULL ? text->line : n->line};
    return t;
}

/* FEEL is the language unless something else is said, on the expression or for the whole model. */
static bool is_feel(struct boxed b, const struct xml_node *n)
{
    struct str language = xml_attribute(n, "expressionLanguage");
    if (language.len == 0)
        language = xml_attribute(b.unit->document.root, "expressionLanguage");
    for (size_t i = 0; i + 4 <= language.len; i++) {
        struct str four = {language.ptr + i, 4};
        if (str_eq(four, STR("FEEL")) || str_eq(four, STR("feel")))
            return true;
    }
    return language.len == 0;
}

/* Whether a text can be parsed at all; else a finding says why not. */
static bool is_usable(struct boxed b, const struct xml_node *n, const struct text *text)
{
    if (!is_feel(b, n))
        (void)boxed_fault(b, n, "the expression is in another language than FEEL");
    else if (xml_child(n, "importedValues") != NULL)
        (void)boxed_fault(b, n, "imported values are not supported; write the expression here");
    else if (text->text.len > LOAD_TEXT_MAX)
        boxed_limit(b, n, "the expression is longer than 256 KiB");
    else
        return load_may_go_on(b.loader, b.place, text->line);
    return false;
}

struct node *boxed_text(struct boxed b, const struct xml_node *n)
{
    struct loader *l = b.loader;
    struct text *text = boxed_text_of(b, n);
    if (!is_usable(b, n, text))
        return boxed_null(l);
    if (is_blank(text->text)) {
        finding_add(l->findings, FINDING_WARNING, "empty", b.place, text->line,
                    "the expression is empty; it gives null");
        return boxed_null(l);
    }
    struct marks mark = load_mark(l);
    struct node *node = b.iterated ? parse_iteration(l->arena, &l->names, text, l->findings)
                                   : parse_expression(l->arena, &l->names, text, l->findings);
    return load_failed_since(l, mark) || node == NULL ? boxed_null(l) : node;
}

struct node *boxed_tests(struct boxed b, const struct xml_node *n)
{
    struct loader *l = b.loader;
    struct text *text = boxed_text_of(b, n);
    if (!is_usable(b, n, text))
        return NULL;
    if (is_blank(text->text)) /* as some modelling tools write "-" */
        return node_new(l->arena, NODE_TESTS, 0);
    struct marks mark = load_mark(l);
    struct node *node = parse_tests(l->arena, &l->names, text, l->findings);
    return load_failed_since(l, mark) ? NULL : node;
}

struct node *boxed_coerce(struct boxed b, struct node *n, struct str ref, uint32_t line)
{
    struct marks mark = load_mark(b.loader);
    const struct type *t = load_typeref(b.unit, ref, b.place, line);
    (void)load_failed_since(b.loader, mark);
    if (t == NULL || load_is_free(t))
        return n;
    struct node *to = boxed_items(b, NODE_COERCE, 1);
    to->items[0] = n;
    to->type = t;
    to->text = n->text;
    return to;
}

struct node *boxed_child(struct boxed b, const struct xml_node *n, const char *part)
{
    const struct xml_node *in = xml_child(n, part);
    const struct xml_node *xml = in != NULL ? boxed_expression_in(in) : NULL;
    struct boxed inside = boxed_inside(b, "'%s'", part);
    if (xml == NULL)
        return boxed_fault(inside, n, "the expression is missing");
    return boxed_coerce(inside, boxed_node(inside, xml), xml_attribute(in, "typeRef"), in->line);
}

/* The makers by the element's name; literalExpression's is boxed_text. */
static const struct {
    const char *name;
    struct node *(*make)(struct boxed b, const struct xml_node *n);
} makers[] = {
    {"literalExpression", boxed_text},
    {"decisionTable", boxed_table},
    {"context", boxed_context},
    {"invocation", boxed_invocation},
    {"relation", boxed_relation},
    {"list", boxed_list},
    {"functionDefinition", boxed_function},
    {"conditional", boxed_conditional},
    {"filter", boxed_filter},
    {"for", boxed_for},
    {"some", boxed_quantified},
    {"every", boxed_quantified},
};

bool boxed_is_expression(const struct xml_node *n)
{
    for (size_t i = 0; i < COUNT(makers); i++)
        if (xml_is(n, makers[i].name))
            return true;
    return false;
}

const struct xml_node *boxed_expression_in(const struct xml_node *n)
{
    for (const struct xml_node *c = n->first; c != NULL; c = c->next)
        if (boxed_is_expression(c))
            return c;
    return NULL;
}

struct node *boxed_node(struct boxed b, const struct xml_node *n)
{
    struct str ref = xml_attribute(n, "typeRef");
    size_t i = 0;
    while (i < COUNT(makers) && !xml_is(n, makers[i].name))
        i++;
    if (i == COUNT(makers))
        return boxed_fault(b, n, "this is no expression");
    struct node *made = makers[i].make(b, n);
    if (makers[i].make == boxed_function)
        return made; /* has seen to its type itself */
    return boxed_coerce(b, made, ref, n->line);
}
