/* http: requests from libmicrohttpd to routes, and its descriptor in the libuv loop. */
#include "common/io/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define CONNECTIONS_MAX 64u
#define IDLE_TIMEOUT_S 15u
#define CONNECTION_BYTES ((size_t)16 * 1024)

struct http {
    struct MHD_Daemon *daemon;
    const struct http_route *routes;
    void *context;
    uint16_t port;
    uv_poll_t poll;
    uv_timer_t timer;
    int open_handles;
};

/* One request while its body arrives. */
struct pending {
    struct buf body;
    bool too_large;
};

const char *http_query(const struct http_request *request, const char *name)
{
    const char *value = NULL;
    size_t len = 0;
    enum MHD_Result found =
        MHD_lookup_connection_value_n(request->connection, MHD_GET_ARGUMENT_KIND, name,
                                      strlen(name), &value, &len);
    return found == MHD_NO ? NULL : value != NULL ? value : "";
}

static const char *title_of(unsigned status)
{
    static const struct {
        unsigned status;
        const char *title;
    } titles[] = {
        {400, "Bad Request"},       {404, "Not Found"},           {405, "Method Not Allowed"},
        {409, "Conflict"},          {413, "Content Too Large"},   {415, "Unsupported Media Type"},
        {429, "Too Many Requests"}, {503, "Service Unavailable"},
    };
    for (size_t i = 0; i < COUNT(titles); i++)
        if (titles[i].status == status)
            return titles[i].title;
    return "Error";
}

void http_problem(struct http_response *response, unsigned status, const char *detail)
{
    response->status = status;
    response->content_type = "application/problem+json";
    buf_reset(&response->body);
    buf_str(&response->body, STR("{\"type\":\"about:blank\",\"title\":"));
    buf_json_str(&response->body, str_of(title_of(status)));
    buf_str(&response->body, STR(",\"status\":"));
    buf_i64(&response->body, status);
    buf_str(&response->body, STR(",\"detail\":"));
    buf_json_str(&response->body, str_of(detail));
    buf_str(&response->body, STR("}\n"));
}

static bool path_fits(const struct http_route *route, struct str path)
{
    struct str wanted = str_of(route->path);
    return str_ends(wanted, STR("/")) ? str_starts(path, wanted) : str_eq(path, wanted);
}

/* The methods a path knows go to `allowed`, for a 405. */
static const struct http_route *find_route(const struct http_route *routes,
                                           const struct http_request *request, struct buf *allowed)
{
    for (const struct http_route *route = routes; route->path != NULL; route++) {
        if (!path_fits(route, request->path))
            continue;
        if (strcmp(route->method, request->method) == 0)
            return route;
        if (allowed->len > 0)
            buf_str(allowed, STR(", "));
        buf_str(allowed, str_of(route->method));
    }
    return NULL;
}

static enum MHD_Result queue(struct MHD_Connection *connection, struct http_response *response,
                             struct buf *allowed)
{
    struct str body = buf_view(&response->body);
    struct MHD_Response *answer =
        MHD_create_response_from_buffer(body.len, (void *)(uintptr_t)body.ptr,
                                        MHD_RESPMEM_MUST_COPY);
    if (answer == NULL)
        return MHD_NO;
    (void)MHD_add_response_header(answer, MHD_HTTP_HEADER_CONTENT_TYPE, response->content_type);
    (void)MHD_add_response_header(answer, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (allowed->len > 0) {
        buf_char(allowed, '\0');
        (void)MHD_add_response_header(answer, MHD_HTTP_HEADER_ALLOW, allowed->ptr);
    }
    enum MHD_Result queued = MHD_queue_response(connection, response->status, answer);
    MHD_destroy_response(answer);
    return queued;
}

static enum MHD_Result answer_request(struct http *http, struct MHD_Connection *connection,
                                      const char *url, const char *method,
                                      const struct pending *pending)
{
    struct http_request request = {
        .method = strcmp(method, "HEAD") == 0 ? "GET" : method,
        .path = str_of(url),
        .body = buf_view(&pending->body),
        .connection = connection,
    };
    struct http_response response = {.status = 200, .content_type = "text/plain; charset=utf-8"};
    struct buf allowed = {0};
    const struct http_route *route = find_route(http->routes, &request, &allowed);
    if (pending->too_large)
        http_problem(&response, 413, "The body is larger than 1 MiB.");
    else if (route != NULL)
        route->handle(http->context, &request, &response);
    else if (allowed.len > 0)
        http_problem(&response, 405, "The path is known, but not with this method.");
    else
        http_problem(&response, 404, "There is nothing at this path.");
    if (response.status != 405)
        buf_reset(&allowed);
    enum MHD_Result queued = queue(connection, &response, &allowed);
    buf_done(&response.body);
    buf_done(&allowed);
    return queued;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **request_context)
{
    (void)version;
    struct pending *pending = *request_context;
    if (pending == NULL) { /* the head has come; the body follows in further calls */
        pending = calloc(1, sizeof *pending);
        *request_context = pending;
        return pending != NULL ? MHD_YES : MHD_NO;
    }
    if (*upload_size == 0)
        return answer_request(context, connection, url, method, pending);
    if (pending->body.len + *upload_size > HTTP_BODY_MAX_BYTES)
        pending->too_large = true;
    else
        buf_add(&pending->body, upload, *upload_size);
    *upload_size = 0;
    return MHD_YES;
}

static void on_completed(void *context, struct MHD_Connection *connection, void **request_context,
                         enum MHD_RequestTerminationCode code)
{
    (void)context;
    (void)connection;
    (void)code;
    struct pending *pending = *request_context;
    if (pending != NULL)
        buf_done(&pending->body);
    free(pending);
    *request_context = NULL;
}

static void run(struct http *http);

static void on_timer(uv_timer_t *timer)
{
    run(timer->data);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    run(poll->data);
}

static void run(struct http *http)
{
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    (void)MHD_run(http->daemon);
    if (MHD_get_timeout(http->daemon, &wait_ms) == MHD_YES)
        (void)uv_timer_start(&http->timer, on_timer, wait_ms, 0);
    else
        (void)uv_timer_stop(&http->timer);
}

static bool parse_address(const char *address, uint16_t port, struct sockaddr_storage *ret)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)ret;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret;
    memset(ret, 0, sizeof *ret);
    if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        return true;
    }
    if (inet_pton(AF_INET6, address, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
        return true;
    }
    return false;
}

bool http_is_address(const char *address)
{
    struct sockaddr_storage ignored;
    return parse_address(address, 0, &ignored);
}

static void on_mhd_log(void *context, const char *format, va_list args)
{
    (void)context; /* broken requests of strangers are no matter for our log */
    (void)format;
    (void)args;
}

static struct MHD_Daemon *start_daemon(struct http *http, struct sockaddr_storage *at)
{
    unsigned flags = MHD_USE_EPOLL | MHD_USE_ERROR_LOG |
                     (at->ss_family == AF_INET6 ? (unsigned)MHD_USE_IPv6 : 0u);
    return MHD_start_daemon(flags, 0, NULL, NULL, on_request, http,        /* */
                            MHD_OPTION_EXTERNAL_LOGGER, on_mhd_log, NULL,  /* must come first */
                            MHD_OPTION_SOCK_ADDR, (struct sockaddr *)at,   /* */
                            MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX,  /* */
                            MHD_OPTION_CONNECTION_TIMEOUT, IDLE_TIMEOUT_S, /* */
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES, /* */
                            MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_END);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct http *http = handle->data;
    if (--http->open_handles > 0)
        return;
    MHD_stop_daemon(http->daemon);
    free(http);
}

static void watch(struct http *http, uv_loop_t *loop)
{
    const union MHD_DaemonInfo *epoll = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    http->poll.data = http->timer.data = http;
    http->open_handles = 2;
    (void)uv_timer_init(loop, &http->timer);
    if (uv_poll_init(loop, &http->poll, epoll->epoll_fd) != 0)
        abort(); /* a descriptor that was made a moment ago */
    (void)uv_poll_start(&http->poll, UV_READABLE, on_readable);
}

bool http_open(struct uv_loop_s *loop, const char *address, uint16_t port,
               const struct http_route *routes, void *context, struct http **ret, struct err *err)
{
    struct sockaddr_storage at;
    if (!parse_address(address, port, &at))
        return err_set(err, ERR_FATAL, "\"%s\" is not an IP address to listen on", address);
    struct http *http = calloc(1, sizeof *http);
    if (http == NULL)
        abort();
    http->routes = routes;
    http->context = context;
    errno = 0;
    http->daemon = start_daemon(http, &at);
    if (http->daemon == NULL) {
        int why = errno;
        free(http);
        if (why == EADDRINUSE)
            return err_set(err, ERR_FATAL, "port %u of %s is taken by another program",
                           (unsigned)port, address);
        return err_set(err, ERR_FATAL, "cannot listen on port %u of %s: %s", (unsigned)port,
                       address, strerror(why));
    }
    http->port = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    watch(http, loop);
    run(http);
    *ret = http;
    return true;
}

uint16_t http_port(const struct http *http)
{
    return http->port;
}

void http_close(struct http *http)
{
    if (http == NULL)
        return;
    uv_close((uv_handle_t *)&http->poll, on_handle_closed);
    uv_close((uv_handle_t *)&http->timer, on_handle_closed);
}
