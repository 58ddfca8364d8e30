/* cases: from the kit's XML to values. */
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <limits.h>
#include <string.h>

#include "tools/tck/cases.h"

#define TEST_CASE_NS "http://www.omg.org/spec/DMN/20160719/testcase"
#define INSTANCE_NS "http://www.w3.org/2001/XMLSchema-instance"
#define VALUE_DEPTH_MAX 64

struct reader {
    struct arena *arena;
    const struct zones *zones;
    struct test_case *now; /* told what is broken */
};

static bool is_element(const xmlNode *n, const char *name)
{
    return n->type == XML_ELEMENT_NODE && n->ns != NULL &&
           strcmp((const char *)n->ns->href, TEST_CASE_NS) == 0 &&
           strcmp((const char *)n->name, name) == 0;
}

/* The first child element of that name at or after n. */
static xmlNode *find(xmlNode *n, const char *name)
{
    while (n != NULL && !is_element(n, name))
        n = n->next;
    return n;
}

static size_t count(xmlNode *parent, const char *name)
{
    size_t c = 0;
    for (xmlNode *n = find(parent->children, name); n != NULL; n = find(n->next, name))
        c++;
    return c;
}

static struct str copy_text(struct arena *a, xmlChar *s)
{
    if (s == NULL)
        return STR_NONE;
    struct str copy = arena_dup(a, str_of((const char *)s));
    xmlFree(s);
    return copy;
}

static struct str content_of(struct arena *a, xmlNode *n)
{
    return copy_text(a, xmlNodeGetContent(n));
}

static struct str attribute(struct arena *a, xmlNode *n, const char *name)
{
    return copy_text(a, xmlGetNoNsProp(n, (const xmlChar *)name));
}

static struct str instance_attribute(struct arena *a, xmlNode *n, const char *name)
{
    return copy_text(a, xmlGetNsProp(n, (const xmlChar *)name, (const xmlChar *)INSTANCE_NS));
}

static struct str trim(struct str s)
{
    while (s.len > 0 && strchr(" \t\r\n", s.ptr[0]) != NULL)
        s = str_skip(s, 1);
    while (s.len > 0 && strchr(" \t\r\n", s.ptr[s.len - 1]) != NULL)
        s.len--;
    return s;
}

static bool read_boolean(struct str s, struct value *ret)
{
    bool yes = str_eq(s, STR("true")) || str_eq(s, STR("1"));
    *ret = value_bool(yes);
    return yes || str_eq(s, STR("false")) || str_eq(s, STR("0"));
}

static bool read_number(struct str s, struct value *ret)
{
    struct number n;
    if (s.len > 0 && s.ptr[0] == '+')
        s = str_skip(s, 1);
    if (!number_parse(s, &n))
        return false;
    *ret = value_number(n);
    return true;
}

static bool read_date(struct str s, struct value *ret)
{
    int64_t day;
    if (!date_text(s, &day))
        return false;
    *ret = value_date(day);
    return true;
}

static bool read_moment(struct reader *r, struct str s, enum value_kind kind, struct value *ret)
{
    struct moment m;
    if (!(kind == VALUE_TIME ? time_text(s, r->zones, &m) : date_time_text(s, r->zones, &m)))
        return false;
    *ret = value_moment(r->arena, kind, m);
    return true;
}

static bool read_duration(struct str s, struct value *ret)
{
    int64_t months;
    nanos_t days;
    if (months_duration_text(s, &months)) {
        *ret = value_months(months);
        return true;
    }
    if (!days_duration_text(s, &days))
        return false;
    *ret = value_days(days);
    return true;
}

/* Of xsd's types those the kit uses; without a type it is a string. */
static bool read_typed(struct reader *r, struct str type, struct str s, struct value *ret)
{
    static const char *const numbers[] = {"decimal", "double", "float", "integer",
                                          "int",     "long",   "short"};
    const char *colon = type.len > 0 ? memchr(type.ptr, ':', type.len) : NULL;
    if (colon != NULL)
        type = str_skip(type, (size_t)(colon - type.ptr) + 1);
    *ret = value_string(s);
    if (type.len == 0 || str_eq(type, STR("string")))
        return true;
    s = trim(s);
    for (size_t i = 0; i < COUNT(numbers); i++)
        if (str_eq(type, str_of(numbers[i])))
            return read_number(s, ret);
    if (str_eq(type, STR("boolean")))
        return read_boolean(s, ret);
    if (str_eq(type, STR("date")))
        return read_date(s, ret);
    if (str_eq(type, STR("time")))
        return read_moment(r, s, VALUE_TIME, ret);
    if (str_eq(type, STR("dateTime")))
        return read_moment(r, s, VALUE_DATE_TIME, ret);
    return (str_eq(type, STR("duration")) || str_eq(type, STR("dayTimeDuration")) ||
            str_eq(type, STR("yearMonthDuration"))) &&
           read_duration(s, ret);
}

static bool is_nil(struct arena *a, xmlNode *n)
{
    struct str nil = trim(instance_attribute(a, n, "nil"));
    return str_eq(nil, STR("true")) || str_eq(nil, STR("1"));
}

static struct value read_simple(struct reader *r, xmlNode *n)
{
    struct str type = trim(instance_attribute(r->arena, n, "type"));
    struct str text = content_of(r->arena, n);
    struct value v = NULL_VALUE;
    if (is_nil(r->arena, n))
        return NULL_VALUE;
    if (!read_typed(r, type, text, &v)) {
        r->now->broken = arena_fmt(r->arena, "the value \"%.*s\" is not a %.*s this runner reads",
                                   STR_ARG(text), STR_ARG(type))
                             .ptr;
        return NULL_VALUE;
    }
    return v;
}

static struct value read_value(struct reader *r, xmlNode *parent, int depth);

static struct value read_components(struct reader *r, xmlNode *parent, int depth)
{
    size_t n = count(parent, "component"), i = 0;
    struct entry *entries = arena_array(r->arena, n, sizeof(*entries));
    for (xmlNode *c = find(parent->children, "component"); c != NULL;
         c = find(c->next, "component"))
        entries[i++] = (struct entry){attribute(r->arena, c, "name"), read_value(r, c, depth + 1)};
    return value_context(r->arena, entries, n);
}

static struct value read_items(struct reader *r, xmlNode *list, int depth)
{
    size_t n = count(list, "item"), i = 0;
    struct value *items = arena_array(r->arena, n, sizeof(*items));
    for (xmlNode *c = find(list->children, "item"); c != NULL; c = find(c->next, "item"))
        items[i++] = read_value(r, c, depth + 1);
    return value_list(r->arena, items, n);
}

/* What an inputNode, expected, component or item holds: a value, components or a list; nothing is null. */
static struct value read_value(struct reader *r, xmlNode *parent, int depth)
{
    if (depth > VALUE_DEPTH_MAX) {
        r->now->broken = "a value is nested too deeply";
        return NULL_VALUE;
    }
    xmlNode *value = find(parent->children, "value");
    xmlNode *list = find(parent->children, "list");
    if (is_nil(r->arena, parent))
        return NULL_VALUE;
    if (value != NULL)
        return read_simple(r, value);
    if (list != NULL)
        return is_nil(r->arena, list) ? NULL_VALUE : read_items(r, list, depth);
    if (find(parent->children, "component") != NULL)
        return read_components(r, parent, depth);
    return NULL_VALUE;
}

static void read_inputs(struct reader *r, xmlNode *n, struct test_case *c)
{
    c->inputs = arena_array(r->arena, count(n, "inputNode"), sizeof(*c->inputs));
    for (xmlNode *i = find(n->children, "inputNode"); i != NULL; i = find(i->next, "inputNode"))
        c->inputs[c->input_count++] =
            (struct test_input){attribute(r->arena, i, "name"), attribute(r->arena, i, "namespace"),
                                read_value(r, i, 0)};
}

static void read_results(struct reader *r, xmlNode *n, struct test_case *c)
{
    c->results = arena_array(r->arena, count(n, "resultNode"), sizeof(*c->results));
    for (xmlNode *i = find(n->children, "resultNode"); i != NULL; i = find(i->next, "resultNode")) {
        xmlNode *expected = find(i->children, "expected");
        c->results[c->result_count++] =
            (struct test_result){attribute(r->arena, i, "name"),
                                 expected != NULL ? read_value(r, expected, 0) : NULL_VALUE};
    }
    if (c->result_count == 0)
        c->broken = "it has no resultNode, so nothing would be tested";
}

static void read_case(struct reader *r, xmlNode *n, struct test_case *c)
{
    r->now = c;
    c->id = attribute(r->arena, n, "id");
    c->type = attribute(r->arena, n, "type");
    c->invocable = attribute(r->arena, n, "invocableName");
    if (c->type.len == 0)
        c->type = STR("decision");
    read_inputs(r, n, c);
    read_results(r, n, c);
}

static enum cases_status read_root(struct reader *r, xmlNode *root, struct test_file *ret)
{
    if (root == NULL || !is_element(root, "testCases"))
        return CASES_OTHER;
    xmlNode *model = find(root->children, "modelName");
    ret->model = model != NULL ? trim(content_of(r->arena, model)) : STR_NONE;
    ret->cases = arena_array(r->arena, count(root, "testCase"), sizeof(*ret->cases));
    ret->count = 0;
    for (xmlNode *n = find(root->children, "testCase"); n != NULL; n = find(n->next, "testCase"))
        read_case(r, n, &ret->cases[ret->count++]);
    return CASES_READ;
}

enum cases_status cases_read(struct arena *a, const struct zones *zones, struct str xml,
                             struct test_file *ret)
{
    struct reader r = {a, zones, NULL};
    if (xml.len > INT_MAX)
        return CASES_BROKEN;
    xmlDoc *doc = xmlReadMemory(xml.ptr, (int)xml.len, NULL, NULL,
                                XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (doc == NULL)
        return CASES_BROKEN;
    enum cases_status status = read_root(&r, xmlDocGetRootElement(doc), ret);
    xmlFreeDoc(doc);
    return status;
}
