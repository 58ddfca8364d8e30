/* xml: expat's events to our tree. Expat is not told of namespaces, since a prefix that nobody declared would be an
 * error then; they are resolved here. */
#include "common/dmn/xml.h"

#include "common/core/buf.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

struct name {
    struct str prefix; /* empty: none */
    struct str local;
};

struct binding { /* of a prefix to a namespace; the default namespace has the empty one */
    struct str prefix;
    bool dmn;
};

struct reader {
    struct arena *arena;
    struct findings *findings;
    struct xml_document *document;
    XML_Parser parser;
    struct xml_node *open;                  /* the element we are in */
    struct buf text;                        /* of that element so far; heap */
    size_t depth, skipping;                 /* depth at which something foreign began; 0: none */
    struct binding scope[XML_PREFIXES_MAX]; /* of all open elements, the innermost last */
    size_t scope_count;
    size_t scope_before[XML_DEPTH_MAX + 1]; /* their number outside of each open element */
    size_t elements;
    bool failed;
};

/* The years of the versions' schemas: 1.1 to 1.6. The older ones are named with http, the later with https. */
bool xml_is_dmn(struct str uri)
{
    static const char *const tails[] = {"20151101/dmn.xsd", "20180521/MODEL/", "20191111/MODEL/",
                                        "20211108/MODEL/",  "20230324/MODEL/", "20240513/MODEL/"};
    struct str begin = STR("://www.omg.org/spec/DMN/");
    if (str_starts(uri, STR("https")))
        uri = str_skip(uri, 5);
    else if (str_starts(uri, STR("http")))
        uri = str_skip(uri, 4);
    if (!str_starts(uri, begin))
        return false;
    uri = str_skip(uri, begin.len);
    for (size_t i = 0; i < COUNT(tails); i++)
        if (str_eq(uri, str_of(tails[i])))
            return true;
    return false;
}

static uint32_t line_of(const struct reader *r)
{
    return (uint32_t)XML_GetCurrentLineNumber(r->parser);
}

/* The first fault ends the reading. */
static void refuse(struct reader *r, const char *code, const char *sentence)
{
    if (r->failed)
        return;
    r->failed = true;
    finding_add(r->findings, FINDING_ERROR, code, r->document->file, line_of(r), "%s", sentence);
    (void)XML_StopParser(r->parser, XML_FALSE);
}

/* A colon at the begin or end of a name is part of it. */
static struct name split(const char *text)
{
    struct str all = str_of(text);
    const char *colon = strchr(text, ':');
    size_t before = colon != NULL ? (size_t)(colon - text) : 0;
    if (before == 0 || before + 1 == all.len)
        return (struct name){STR(""), all};
    return (struct name){{text, before}, str_skip(all, before + 1)};
}

static bool is_default_declaration(struct name n)
{
    return n.prefix.len == 0 && str_eq(n.local, STR("xmlns"));
}

/* Whether an attribute declares a namespace. What the recommendation "Namespaces in XML" forbids (a prefix for no
 * namespace, another meaning for xml or xmlns) declares nothing. */
static bool is_declaration(struct name n, struct str uri)
{
    if (str_eq(uri, STR("http://www.w3.org/XML/1998/namespace")) ||
        str_eq(uri, STR("http://www.w3.org/2000/xmlns/")))
        return false;
    if (is_default_declaration(n))
        return true;
    return str_eq(n.prefix, STR("xmlns")) && uri.len > 0 && !str_eq(n.local, STR("xml")) &&
           !str_eq(n.local, STR("xmlns"));
}

static void keep_prefix(struct reader *r, struct str prefix, struct str uri)
{
    struct xml_document *d = r->document;
    if (d->prefix_count < XML_PREFIXES_MAX && xml_prefix_uri(d, prefix).ptr == NULL)
        d->prefixes[d->prefix_count++] = (struct xml_prefix){prefix, arena_dup(r->arena, uri)};
}

/* The namespaces that an element declares. `pairs`, here and below: names and values of its attributes, then NULL. */
static void declare(struct reader *r, const char **pairs)
{
    r->scope_before[r->depth] = r->scope_count;
    for (; *pairs != NULL; pairs += 2) {
        struct name n = split(pairs[0]);
        struct str uri = str_of(pairs[1]);
        if (!is_declaration(n, uri))
            continue;
        if (r->scope_count == XML_PREFIXES_MAX) { /* each is looked through for every element */
            refuse(r, "limit", "more than 256 namespaces are declared at the same place");
            return;
        }
        struct binding *b = &r->scope[r->scope_count++];
        *b = (struct binding){STR(""), xml_is_dmn(uri)};
        if (is_default_declaration(n))
            continue;
        b->prefix = arena_dup(r->arena, n.local);
        keep_prefix(r, b->prefix, uri);
    }
}

static bool is_dmn_prefix(const struct reader *r, struct str prefix)
{
    for (size_t i = r->scope_count; i-- > 0;)
        if (str_eq(r->scope[i].prefix, prefix))
            return r->scope[i].dmn;
    return false;
}

static void keep_attributes(struct reader *r, struct xml_node *n, size_t count, const char **pairs)
{
    n->attributes = arena_array(r->arena, count, sizeof *n->attributes);
    for (; *pairs != NULL; pairs += 2) {
        struct name name = split(pairs[0]);
        if (name.prefix.len == 0 && !is_default_declaration(name))
            n->attributes[n->attribute_count++] =
                (struct xml_attribute){arena_dup(r->arena, name.local),
                                       arena_dup(r->arena, str_of(pairs[1]))};
    }
}

static void append(struct xml_node *parent, struct xml_node *child)
{
    child->parent = parent;
    if (parent->last != NULL)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
}

static bool is_root_refused(struct reader *r, struct str local, bool dmn)
{
    if (r->open != NULL || r->document->root != NULL)
        return false;
    if (!dmn) {
        refuse(r, "xml",
               "this is no DMN model of version 1.1 to 1.6: the root element is not in one of "
               "their namespaces");
        return true;
    }
    if (!str_eq(local, STR("definitions"))) {
        refuse(r, "xml", "a DMN model begins with the element 'definitions'; this one does not");
        return true;
    }
    return false;
}

static size_t attribute_count(const struct reader *r)
{
    return (size_t)XML_GetSpecifiedAttributeCount(r->parser) / 2;
}

/* Counts what must stay within limits. */
static void count_element(struct reader *r)
{
    r->depth++;
    r->elements++;
    if (attribute_count(r) > XML_ATTRIBUTES_MAX)
        refuse(r, "limit", "an element has more than 256 attributes");
    else if (r->depth > XML_DEPTH_MAX)
        refuse(r, "limit", "the model is nested more than 200 elements deep");
    else if (r->elements > XML_ELEMENTS_MAX)
        refuse(r, "limit", "the model has more than 400,000 elements");
}

static void open_node(struct reader *r, struct str local, const char **pairs)
{
    struct xml_node *n = arena_alloc(r->arena, sizeof *n);
    n->name = arena_dup(r->arena, local);
    n->line = line_of(r);
    keep_attributes(r, n, attribute_count(r), pairs);
    if (r->open != NULL)
        append(r->open, n);
    else
        r->document->root = n;
    r->open = n;
    buf_reset(&r->text);
}

static void on_start(void *context, const char *element, const char **pairs)
{
    struct reader *r = context;
    struct name name = split(element);
    if (!r->failed)
        count_element(r);
    if (!r->failed)
        declare(r, pairs);
    if (r->failed || r->skipping > 0)
        return;
    bool dmn = is_dmn_prefix(r, name.prefix);
    if (is_root_refused(r, name.local, dmn))
        return;
    if (!dmn || str_eq(name.local, STR("extensionElements")))
        r->skipping = r->depth;
    else
        open_node(r, name.local, pairs);
}

static void on_end(void *context, const char *element)
{
    struct reader *r = context;
    (void)element;
    if (r->failed)
        return;
    r->scope_count = r->scope_before[r->depth];
    size_t depth = r->depth--;
    if (r->skipping > 0) {
        if (r->skipping == depth)
            r->skipping = 0;
        return;
    }
    if (r->open->first == NULL)
        r->open->text = arena_dup(r->arena, buf_view(&r->text));
    r->open = r->open->parent;
    buf_reset(&r->text);
}

static void on_text(void *context, const char *text, int len)
{
    struct reader *r = context;
    if (!r->failed && r->skipping == 0 && r->open != NULL)
        buf_add(&r->text, text, (size_t)len);
}

/* Expat itself takes any version. */
static void on_declaration(void *context, const char *version, const char *encoding, int standalone)
{
    (void)encoding;
    (void)standalone;
    if (!str_starts(str_of(version), STR("1.")))
        refuse(context, "xml", "this is not well-formed XML: its version is not 1.0");
}

/* Comes before anything of the document type is read, so that no entity is ever defined. */
static void on_doctype(void *context, const char *name, const char *system, const char *public,
                       int has_subset)
{
    (void)name;
    (void)system;
    (void)public;
    (void)has_subset;
    refuse(context, "xml", "the file has a DOCTYPE; a model needs none, and none is read");
}

static bool parse(struct reader *r, struct str xml)
{
    r->parser = XML_ParserCreate("UTF-8"); /* whatever it says of itself */
    if (r->parser == NULL)
        abort(); /* out of memory, as in an arena */
    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, on_start, on_end);
    XML_SetCharacterDataHandler(r->parser, on_text);
    XML_SetXmlDeclHandler(r->parser, on_declaration);
    XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
    /* In one piece: a tag or comment cut in many pieces would be read from its begin with each. */
    bool ok = XML_Parse(r->parser, xml.ptr, (int)xml.len, XML_TRUE) == XML_STATUS_OK;
    enum XML_Error error = XML_GetErrorCode(r->parser);
    if (!ok && error == XML_ERROR_NO_MEMORY)
        abort();
    if (!ok && !r->failed)
        finding_add(r->findings, FINDING_ERROR, "xml", r->document->file, line_of(r),
                    "this is not well-formed XML: %s", XML_ErrorString(error));
    XML_ParserFree(r->parser);
    return ok && !r->failed;
}

/* What can be said of the text before it is read; NULL: nothing against it. */
static const char *complaint(struct str xml, const char **ret_code)
{
    *ret_code = "limit";
    if (xml.len > XML_BYTES_MAX)
        return "the file is larger than 16 MiB; no model is";
    *ret_code = "xml";
    if (xml.len == 0)
        return "the file holds no model";
    /* UTF-16 of plain letters is UTF-8 too, full of zeros; expat would know it by them, and read it. */
    bool zeros = memchr(xml.ptr, '\0', xml.len < 2 ? xml.len : 2) != NULL;
    if (zeros || !str_is_utf8(xml))
        return "the file is not in UTF-8; save it in this encoding";
    return NULL;
}

bool xml_read(struct arena *a, struct str file, struct str xml, struct findings *findings,
              struct xml_document *ret)
{
    const char *code, *against = complaint(xml, &code);
    *ret = (struct xml_document){.file = file};
    if (against != NULL) {
        finding_add(findings, FINDING_ERROR, code, file, 0, "%s", against);
        return false;
    }
    ret->prefixes = arena_array(a, XML_PREFIXES_MAX, sizeof *ret->prefixes);
    struct reader r = {.arena = a, .findings = findings, .document = ret};
    bool ok = parse(&r, xml);
    buf_done(&r.text);
    return ok;
}
