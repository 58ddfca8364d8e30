/* xml_tree: finding one's way in the tree. */
#include "common/dmn/xml.h"

bool xml_is(const struct xml_node *n, const char *name)
{
    return str_eq(n->name, str_of(name));
}

struct str xml_attribute(const struct xml_node *n, const char *name)
{
    for (size_t i = 0; i < n->attribute_count; i++)
        if (str_eq(n->attributes[i].name, str_of(name)))
            return n->attributes[i].value;
    return STR_NONE;
}

static const struct xml_node *from(const struct xml_node *n, struct str name)
{
    while (n != NULL && !str_eq(n->name, name))
        n = n->next;
    return n;
}

const struct xml_node *xml_child(const struct xml_node *n, const char *name)
{
    return from(n->first, str_of(name));
}

const struct xml_node *xml_again(const struct xml_node *n)
{
    return from(n->next, n->name);
}

size_t xml_count(const struct xml_node *n, const char *name)
{
    size_t count = 0;
    for (const struct xml_node *c = xml_child(n, name); c != NULL; c = xml_again(c))
        count++;
    return count;
}

struct str xml_prefix_uri(const struct xml_document *d, struct str prefix)
{
    for (size_t i = 0; i < d->prefix_count; i++)
        if (str_eq(d->prefixes[i].prefix, prefix))
            return d->prefixes[i].uri;
    return STR_NONE;
}
