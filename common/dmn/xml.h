/* xml: the text of a model file as a tree of its DMN elements. Nothing is fetched, no entity is expanded, a DOCTYPE is
 * refused, and so is anything but UTF-8; what belongs to other namespaces (diagrams, extensions) is left out. The tree
 * and its texts live in the arena; expat's memory is freed before xml_read returns; nothing is written to stderr. */
#ifndef MOSAIC_DMN_XML_H
#define MOSAIC_DMN_XML_H

#include "common/dmn/finding.h"

#define XML_BYTES_MAX ((size_t)16 << 20)
#define XML_DEPTH_MAX 200
#define XML_ELEMENTS_MAX ((size_t)400000)
#define XML_ATTRIBUTES_MAX 256 /* of one element */
#define XML_PREFIXES_MAX 256   /* in scope at one place */

struct xml_attribute { /* only those without a prefix */
    struct str name, value;
};

struct xml_node {
    struct str name; /* local */
    struct str text; /* of an element without children; else empty */
    struct xml_attribute *attributes;
    size_t attribute_count;
    struct xml_node *parent, *first, *last, *next; /* first and last child, next sibling */
    uint32_t line;
};

struct xml_prefix { /* as declared anywhere in the file: DMN 1.1 writes types as QNames */
    struct str prefix, uri;
};

struct xml_document {
    struct str file;
    struct xml_node *root; /* definitions */
    struct xml_prefix *prefixes;
    size_t prefix_count;
};

/* False: a finding says why not. `file` names the text in findings. */
bool xml_read(struct arena *a, struct str file, struct str xml, struct findings *findings,
              struct xml_document *ret);

bool xml_is(const struct xml_node *n, const char *name);
struct str xml_attribute(const struct xml_node *n, const char *name); /* STR_NONE: not there */
const struct xml_node *xml_child(const struct xml_node *n, const char *name); /* the first; NULL */
/* The next sibling of the same name; NULL. */
const struct xml_node *xml_again(const struct xml_node *n);
size_t xml_count(const struct xml_node *n, const char *name); /* children of that name */
struct str xml_prefix_uri(const struct xml_document *d, struct str prefix); /* STR_NONE: unknown */
/* Whether it is the namespace of one of the versions of DMN that are read. */
bool xml_is_dmn(struct str uri);

#endif
