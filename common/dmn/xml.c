/* xml: libxml2's events to our tree. */
#include "common/dmn/xml.h"

#include "common/core/buf.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)1 << 16)

struct reader {
    struct arena *arena;
    struct findings *findings;
    struct xml_document *document;
    xmlParserCtxtPtr parser;
    struct xml_node *open;           /* the element we are in */
    struct buf text;                 /* of that element so far; heap */
    size_t depth, skipping;          /* depth at which something foreign began; 0: none */
    int declared[XML_DEPTH_MAX + 1]; /* namespaces, by each open element */
    int declared_count;              /* by all of them */
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
    int line = r->parser != NULL && r->parser->input != NULL ? r->parser->input->line : 0;
    return line > 0 ? (uint32_t)line : 0;
}

/* The first fault ends the reading. */
static void refuse(struct reader *r, const char *code, const char *sentence)
{
    if (r->failed)
        return;
    r->failed = true;
    finding_add(r->findings, FINDING_ERROR, code, r->document->file, line_of(r), "%s", sentence);
    xmlStopParser(r->parser);
}

static struct str dup_chars(struct arena *a, const xmlChar *from, const xmlChar *to)
{
    return arena_dup(a, (struct str){(const char *)from, (size_t)(to - from)});
}

static struct str dup_name(struct arena *a, const xmlChar *name)
{
    return arena_dup(a, str_of((const char *)name));
}

static void keep_prefix(struct reader *r, const xmlChar *prefix, const xmlChar *uri)
{
    struct xml_document *d = r->document;
    struct str p = str_of((const char *)prefix);
    if (d->prefix_count == XML_PREFIXES_MAX || xml_prefix_uri(d, p).ptr != NULL)
        return;
    d->prefixes[d->prefix_count++] =
        (struct xml_prefix){arena_dup(r->arena, p), dup_name(r->arena, uri)};
}

/* libxml2 hands five pointers for each: local name, prefix, namespace, value, end of the value. */
static void keep_attributes(struct reader *r, struct xml_node *n, int count, const xmlChar **five)
{
    n->attributes = arena_array(r->arena, (size_t)count, sizeof *n->attributes);
    for (int i = 0; i < count; i++, five += 5)
        if (five[1] == NULL)
            n->attributes[n->attribute_count++] =
                (struct xml_attribute){dup_name(r->arena, five[0]),
                                       dup_chars(r->arena, five[3], five[4])};
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

static bool is_root_refused(struct reader *r, struct str name, struct str uri)
{
    if (r->open != NULL || r->document->root != NULL)
        return false;
    if (!xml_is_dmn(uri)) {
        refuse(r, "xml",
               "this is no DMN model of version 1.1 to 1.6: the root element is not in one of "
               "their namespaces");
        return true;
    }
    if (!str_eq(name, STR("definitions"))) {
        refuse(r, "xml", "a DMN model begins with the element 'definitions'; this one does not");
        return true;
    }
    return false;
}

/* Counts what must stay within limits; false: the reading has ended. */
static bool within_limits(struct reader *r, int namespaces)
{
    r->depth++;
    r->elements++;
    if (r->depth > XML_DEPTH_MAX) {
        refuse(r, "limit", "the model is nested more than 200 elements deep");
        return false;
    }
    if (r->elements > XML_ELEMENTS_MAX) {
        refuse(r, "limit", "the model has more than 400,000 elements");
        return false;
    }
    r->declared[r->depth] = namespaces;
    r->declared_count += namespaces;
    if (r->declared_count > XML_PREFIXES_MAX) { /* each is looked through for every element */
        refuse(r, "limit", "more than 256 namespaces are declared at the same place");
        return false;
    }
    return true;
}

static void open_node(struct reader *r, const xmlChar *local, int attributes, const xmlChar **five)
{
    struct xml_node *n = arena_alloc(r->arena, sizeof *n);
    n->name = dup_name(r->arena, local);
    n->line = line_of(r);
    keep_attributes(r, n, attributes, five);
    if (r->open != NULL)
        append(r->open, n);
    else
        r->document->root = n;
    r->open = n;
    buf_reset(&r->text);
}

/* NOLINTNEXTLINE(readability-function-size): libxml2 says which parameters */
static void on_start(void *context, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri,
                     int namespaces, const xmlChar **declared, int attributes, int defaulted,
                     const xmlChar **five)
{
    struct reader *r = context;
    struct str name = str_of((const char *)local), ns = str_of((const char *)uri);
    (void)prefix;
    (void)defaulted;
    if (r->failed || !within_limits(r, namespaces))
        return;
    for (int i = 0; i < namespaces; i++)
        if (declared[2 * i] != NULL && declared[2 * i + 1] != NULL)
            keep_prefix(r, declared[2 * i], declared[2 * i + 1]);
    if (r->skipping > 0 || is_root_refused(r, name, ns))
        return;
    if (!xml_is_dmn(ns) || str_eq(name, STR("extensionElements")))
        r->skipping = r->depth;
    else
        open_node(r, local, attributes, five);
}

static void on_end(void *context, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
    struct reader *r = context;
    (void)local;
    (void)prefix;
    (void)uri;
    if (r->failed)
        return;
    r->declared_count -= r->declared[r->depth];
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

static void on_text(void *context, const xmlChar *text, int len)
{
    struct reader *r = context;
    if (!r->failed && r->skipping == 0 && r->open != NULL && len > 0)
        buf_add(&r->text, text, (size_t)len);
}

/* Comes before anything of the document type is read, so that no entity is ever defined. */
static void on_doctype(void *context, const xmlChar *name, const xmlChar *external,
                       const xmlChar *system)
{
    (void)name;
    (void)external;
    (void)system;
    refuse(context, "xml", "the file has a DOCTYPE; a model needs none, and none is read");
}

static void on_error(void *context, xmlErrorPtr error)
{
    struct reader *r = context;
    if (r->failed || error->level != XML_ERR_FATAL)
        return;
    struct str said = str_of(error->message);
    while (said.len > 0 && (said.ptr[said.len - 1] == '\n' || said.ptr[said.len - 1] == ' '))
        said.len--;
    r->failed = true;
    finding_add(r->findings, FINDING_ERROR, "xml", r->document->file,
                error->line > 0 ? (uint32_t)error->line : 0, "this is not well-formed XML: %.*s",
                STR_ARG(said));
}

static void parse_chunks(struct reader *r, struct str xml)
{
    for (size_t at = 4; at < xml.len && !r->failed; at += CHUNK_BYTES) {
        size_t len = xml.len - at < CHUNK_BYTES ? xml.len - at : CHUNK_BYTES;
        (void)xmlParseChunk(r->parser, xml.ptr + at, (int)len, 0);
    }
    if (!r->failed)
        (void)xmlParseChunk(r->parser, NULL, 0, 1);
    if (!r->failed && r->parser->wellFormed == 0)
        refuse(r, "xml", "this is not well-formed XML");
    if (!r->failed && r->document->root == NULL)
        refuse(r, "xml", "the file holds no model");
}

static bool parse(struct reader *r, struct str xml)
{
    xmlSAXHandler handler = {
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .cdataBlock = on_text,
        .ignorableWhitespace = on_text,
        .internalSubset = on_doctype,
        .serror = on_error,
    };
    /* The first four bytes may hold a byte order mark. */
    r->parser = xmlCreatePushParserCtxt(&handler, r, xml.ptr, 4, NULL);
    if (r->parser == NULL)
        abort(); /* out of memory, as in an arena */
    /* It is UTF-8, whatever it says of itself. */
    (void)xmlCtxtUseOptions(r->parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
    parse_chunks(r, xml);
    xmlFreeParserCtxt(r->parser);
    return !r->failed;
}

/* The start tag at `at`, up to its end; *ret_count: how many attributes it has. */
static size_t skip_tag(struct str xml, size_t at, size_t *ret_count)
{
    char quote = '\0';
    *ret_count = 0;
    for (; at < xml.len && (quote != '\0' || xml.ptr[at] != '>'); at++) {
        char c = xml.ptr[at];
        if (quote == '\0' && c == '=')
            ++*ret_count;
        if (quote == '\0' && (c == '"' || c == '\''))
            quote = c;
        else if (c == quote)
            quote = '\0';
    }
    return at;
}

static size_t skip_to(struct str xml, size_t at, struct str end)
{
    const char *found = memmem(xml.ptr + at, xml.len - at, end.ptr, end.len);
    return found != NULL ? (size_t)(found - xml.ptr) + end.len : xml.len;
}

/* libxml2 compares each attribute with every other, so that one tag of a million of them would hold us for minutes. */
static bool tags_are_small(struct str xml)
{
    size_t at = 0, count = 0;
    while ((at = skip_to(xml, at, STR("<"))) < xml.len) {
        struct str rest = str_skip(xml, at);
        if (str_starts(rest, STR("!--")))
            at = skip_to(xml, at + 3, STR("-->"));
        else if (str_starts(rest, STR("![CDATA[")))
            at = skip_to(xml, at, STR("]]>"));
        else if (str_starts(rest, STR("?")))
            at = skip_to(xml, at, STR("?>"));
        else
            at = skip_tag(xml, at, &count);
        if (count > XML_ATTRIBUTES_MAX)
            return false;
    }
    return true;
}

/* What can be said of the text before it is read; NULL: nothing against it. */
static const char *complaint(struct str xml, const char **ret_code)
{
    *ret_code = "limit";
    if (xml.len > XML_BYTES_MAX)
        return "the file is larger than 16 MiB; no model is";
    if (!tags_are_small(xml))
        return "an element has more than 256 attributes";
    *ret_code = "xml";
    if (xml.len < 4)
        return "the file holds no model";
    return str_is_utf8(xml) ? NULL : "the file is not in UTF-8; save it in this encoding";
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
