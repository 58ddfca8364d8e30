/* ast: the tree of an expression, made by the parser (or by the model reader, for boxed expressions), completed by the
 * resolver, read by the evaluator. In the model's arena; never changed after load, so threads share it. */
#ifndef MOSAIC_DMN_AST_H
#define MOSAIC_DMN_AST_H

#include "common/dmn/function.h"
#include "common/dmn/type.h"

enum node_kind {
    NODE_CONST,    /* .value */
    NODE_NAME,     /* .name */
    NODE_QUESTION, /* `?`: the value a unary test is about */
    NODE_LIST,     /* .items */
    NODE_CONTEXT,  /* .context */
    NODE_RANGE,    /* .range */
    NODE_NEGATE,   /* .items[0] */
    NODE_BINARY,   /* .op, .items[0], .items[1] */
    NODE_BETWEEN,  /* .items: value, low, high */
    NODE_IN,       /* .items[0] the value, .items[1] a NODE_TESTS */
    NODE_IF,       /* .items: condition, then, else (else may be NULL in boxed ones: null) */
    NODE_FOR,      /* .loop */
    NODE_SOME,     /* .loop */
    NODE_EVERY,    /* .loop */
    NODE_FUNCTION, /* .function */
    NODE_CALL,     /* .call */
    NODE_PATH,     /* .path */
    NODE_FILTER, /* .items: list, predicate; evaluated in a frame whose slot 0 is the element, `item` */
    NODE_INSTANCE_OF, /* .instance */
    NODE_TESTS, /* .tests: unary tests, comma separated; true if one holds (none: "-", always true) */
    /* .op and .items[0]: `< 5` against `?`. OP_EQ where it was a plain expression: true if equal to `?`, if `?` lies in
     * that range or list, or if the expression is true itself (7.3.3, 10.3.2.8). */
    NODE_TEST,
    NODE_COERCE, /* .items[0] coerced to .type: an expression with a typeRef */
    NODE_TABLE,  /* .table: common/dmn/table.h */
};

enum op {
    OP_OR,
    OP_AND,
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_ADD,
    OP_SUB,
    OP_MUL,
    OP_DIV,
    OP_EXP
};

/* Where the resolver found a name. */
enum place {
    PLACE_NOT,   /* nowhere: an error at load */
    PLACE_LOCAL, /* frame `up` levels out, slot `index` */
    PLACE_GLOBAL, /* element `index` of the model: an input, a decision, a knowledge model, a service */
    PLACE_BUILTIN, /* .builtin */
    /* In a filter whose elements' type is not known: an entry of the element if it has one, else `otherwise`. */
    PLACE_ITEM,
};

struct name_node {
    struct str text; /* blanks made single */
    enum place place;
    uint32_t up, index;
    const struct builtin *builtin;
    const struct node
        *otherwise; /* of PLACE_ITEM; NULL: null. The element is in slot 0 of frame `up`. */
};

struct context_entry {
    struct str name; /* ptr NULL: the boxed context's result cell, always the last */
    struct node *value;
};

/* Opens a frame with one slot for each entry, filled in order: an entry sees those before it. */
struct context_node {
    struct context_entry *entries;
    size_t count;
};

struct range_node {          /* both constant: folded to a NODE_CONST */
    struct node *low, *high; /* NULL: unbounded */
    bool low_closed, high_closed;
    enum range_form form;
};

struct iterator { /* opens a frame of its own with slot 0, in NODE_FOR slot 1 is `partial` */
    struct str name;
    struct node *in;      /* a list (or a range constant, or an expression that gives one) */
    struct node *in_high; /* `for i in 1..n`: from in to in_high; else NULL */
};

struct loop_node {
    struct iterator *iterators;
    size_t count;
    struct node *body; /* what is returned, or satisfied */
    bool uses_partial; /* by the resolver */
};

struct function_node { /* opens a frame with the parameters */
    struct parameter *parameters;
    struct str *type_names; /* as written, for the resolver; empty: none */
    size_t count;
    struct node *body;
    bool external; /* Java or PMML: gives null when called */
};

struct call_node {
    struct node *callee;
    struct str *names; /* NULL: positional */
    struct node **arguments;
    size_t count;
};

struct path_node {
    struct node *object;
    struct str member;
};

struct instance_node {
    struct node *value;
    struct type_syntax *of; /* as written; node.type after the resolver */
};

/* A type as written in an expression: list<number>, context<a: string>, function<number> -> string, name. */
struct type_syntax {
    struct str
        name; /* "list", "context", "range", "function", or a type's name (may contain a dot) */
    struct str *fields;
    struct type_syntax **parts; /* of list and range one; of function the parameters */
    size_t count;
    struct type_syntax *result;
    const struct type *resolved;
};

struct tests_node {
    struct node **tests;
    size_t count; /* 0: "-" */
    bool negated; /* not(...) */
};

struct table; /* common/dmn/table.h */

struct node {
    enum node_kind kind;
    enum op op;
    uint32_t at; /* offset in its text, for messages */
    /* By the resolver: a function is written in it, whose closure may keep the frames; it speaks of `?`. */
    bool has_function, has_question;
    const struct type
        *type; /* by the resolver: what it gives, as far as known; never NULL after it */
    const struct text *text; /* the text it was written in, for messages; may be NULL */
    union {
        struct value value;
        struct name_node name;
        struct {
            struct node **items;
            size_t count;
        };
        struct context_node context;
        struct range_node range;
        struct loop_node loop;
        struct function_node function;
        struct call_node call;
        struct path_node path;
        struct instance_node instance;
        struct tests_node tests;
        struct table *table;
    };
};

/* One text of the model (a literal expression, a cell) and where it stands, for people. */
struct text {
    struct str text;
    struct str place; /* "decision 'Discount', rule 3, input 'Age'" */
    uint32_t line;    /* in the XML file; 0 if not known */
};

struct node *node_new(struct arena *a, enum node_kind kind, uint32_t at);
void node_write(struct buf *b, const struct node *n); /* back as FEEL, for messages and tests */

#endif
