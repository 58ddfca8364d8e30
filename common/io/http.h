/* http: a small server inside the process loop: libmicrohttpd without a thread, its epoll descriptor and
 * its timeouts watched by libuv. Handlers run on the loop and must not block. */
#ifndef MOSAIC_IO_HTTP_H
#define MOSAIC_IO_HTTP_H

#include "common/core/buf.h"
#include "common/core/err.h"

struct uv_loop_s;
struct http;

#define HTTP_BODY_MAX_BYTES ((size_t)1024 * 1024)

struct http_request {
    const char *method; /* HEAD arrives as GET */
    struct str path;    /* "/readyz" */
    struct str body;
    void *connection; /* for http_query() */
};

struct http_response {
    unsigned status;          /* 200 at first */
    const char *content_type; /* static; "text/plain; charset=utf-8" at first */
    struct buf body;
};

struct http_route {
    const char *method;
    const char *path; /* exact, or a prefix if it ends in '/'; NULL ends a table */
    void (*handle)(void *context, const struct http_request *request,
                   struct http_response *response);
};

/* The value of a query parameter: NULL if it is not there, "" if it has none. */
const char *http_query(const struct http_request *request, const char *name);
/* Makes the response an RFC 9457 problem; `detail` is a sentence. */
void http_problem(struct http_response *response, unsigned status, const char *detail);

bool http_is_address(const char *address); /* an IP address, which is all http_open() takes */
/* Listens. `routes` and `context` are borrowed. port 0: a free one, told by http_port(). */
MUST_CHECK bool http_open(struct uv_loop_s *loop, const char *address, uint16_t port,
                          const struct http_route *routes, void *context, struct http **ret,
                          struct err *err);
uint16_t http_port(const struct http *http);
/* Stops; the memory goes when the loop has run its closing callbacks. NULL is allowed. */
void http_close(struct http *http);

#endif
