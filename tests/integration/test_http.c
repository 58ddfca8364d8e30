/* http, metrics and log: what goes over a real socket, on a free port of the loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "common/io/http.h"
#include "common/io/log.h"
#include "common/io/metrics.h"

static void hello(void *context, const struct http_request *request, struct http_response *response)
{
    assert_ptr_equal(context, &hello);
    buf_fmt(&response->body, "hello %s",
            http_query(request, "name") != NULL ? http_query(request, "name") : "nobody");
}

static void echo(void *context, const struct http_request *request, struct http_response *response)
{
    (void)context;
    response->status = 202;
    buf_fmt(&response->body, "%.*s:%zu", STR_ARG(request->path), request->body.len);
}

static const struct http_route ROUTES[] = {
    {"GET", "/hello", hello},
    {"POST", "/echo/", echo},
    {NULL, NULL, NULL},
};

/* A loop with the server on it, run by a thread of its own. */
static struct server {
    uv_loop_t loop;
    uv_async_t stop;
    struct http *http;
    uint16_t port;
    pthread_t thread;
} server;

static void on_stop(uv_async_t *stop)
{
    http_close(server.http);
    uv_close((uv_handle_t *)stop, NULL);
}

static void *run_loop(void *unused)
{
    (void)uv_run(&server.loop, UV_RUN_DEFAULT);
    return unused;
}

static int start_server(void **state)
{
    struct err err = {0};
    (void)state;
    memset(&server, 0, sizeof server);
    assert_int_equal(uv_loop_init(&server.loop), 0);
    assert_int_equal(uv_async_init(&server.loop, &server.stop, on_stop), 0);
    if (!http_open(&server.loop, "127.0.0.1", 0, ROUTES, (void *)(uintptr_t)&hello, &server.http,
                   &err))
        fail_msg("%s", err.text);
    server.port = http_port(server.http);
    return pthread_create(&server.thread, NULL, run_loop, NULL);
}

static int stop_server(void **state)
{
    (void)state;
    (void)uv_async_send(&server.stop);
    (void)pthread_join(server.thread, NULL);
    return uv_loop_close(&server.loop);
}

static int connect_to_server(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons(server.port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

/* The whole answer to one request, as text. */
static const char *ask(const char *head, const char *body, size_t body_len)
{
    static char answer[65536];
    char request[1000];
    size_t len = 0;
    int fd = connect_to_server();
    int head_len =
        snprintf(request, sizeof request,
                 "%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n", head,
                 body_len);
    assert_int_equal(write(fd, request, (size_t)head_len), head_len);
    for (size_t sent = 0; sent < body_len;) {
        ssize_t n = write(fd, body + sent, body_len - sent);
        if (n <= 0)
            break;
        sent += (size_t)n;
    }
    for (;;) {
        ssize_t n = read(fd, answer + len, sizeof answer - 1 - len);
        if (n <= 0)
            break;
        len += (size_t)n;
    }
    answer[len] = '\0';
    (void)close(fd);
    return answer;
}

static void must_contain(const char *answer, const char *part)
{
    if (strstr(answer, part) == NULL)
        fail_msg("no \"%s\" in: %s", part, answer);
}

static void test_a_route_answers_with_its_query(void **state)
{
    (void)state;
    must_contain(ask("GET /hello?name=world", "", 0), "200 OK");
    must_contain(ask("GET /hello?name=world", "", 0), "hello world");
    must_contain(ask("GET /hello?name", "", 0), "\r\n\r\nhello ");
    must_contain(ask("GET /hello", "", 0), "hello nobody");
}

static void test_head_answers_like_get_without_the_body(void **state)
{
    (void)state;
    const char *answer = ask("HEAD /hello", "", 0);
    must_contain(answer, "200 OK");
    must_contain(answer, "Content-Length: 12");
    assert_null(strstr(answer, "nobody"));
}

static void test_bodies_arrive_whole_and_too_large_ones_are_refused(void **state)
{
    static char body[HTTP_BODY_MAX_BYTES + 1];
    (void)state;
    must_contain(ask("POST /echo/some/where", body, 300000), "/echo/some/where:300000");
    must_contain(ask("POST /echo/", body, HTTP_BODY_MAX_BYTES), "202 Accepted");
    must_contain(ask("POST /echo/", body, HTTP_BODY_MAX_BYTES + 1), "413 ");
}

static void test_what_is_not_there_is_a_problem_in_json(void **state)
{
    (void)state;
    const char *answer = ask("GET /nothing", "", 0);
    must_contain(answer, "404 Not Found");
    must_contain(answer, "application/problem+json");
    must_contain(answer, "\"status\":404");
    answer = ask("DELETE /hello", "", 0);
    must_contain(answer, "405 Method Not Allowed");
    must_contain(answer, "Allow: GET");
    must_contain(answer, "\"title\":\"Method Not Allowed\"");
}

static void test_a_silent_client_does_not_hold_up_the_others(void **state)
{
    (void)state;
    int silent[10];
    for (size_t i = 0; i < COUNT(silent); i++) {
        silent[i] = connect_to_server();
        assert_int_equal(write(silent[i], "GET /he", 7), 7);
    }
    for (int i = 0; i < 50; i++)
        must_contain(ask("GET /hello", "", 0), "200 OK");
    for (size_t i = 0; i < COUNT(silent); i++)
        (void)close(silent[i]);
}

static void test_a_taken_port_and_a_wrong_address_are_sentences(void **state)
{
    struct err err = {0};
    struct http *http = NULL;
    uv_loop_t loop;
    char sentence[100];
    (void)state;
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_false(http_open(&loop, "127.0.0.1", server.port, ROUTES, NULL, &http, &err));
    (void)snprintf(sentence, sizeof sentence, "port %u of 127.0.0.1 is taken by another program",
                   (unsigned)server.port);
    assert_string_equal(err.text, sentence);
    assert_false(http_open(&loop, "localhost", 0, ROUTES, NULL, &http, &err));
    assert_string_equal(err.text, "\"localhost\" is not an IP address to listen on");
    assert_null(http);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void test_metrics_of_one_name_stand_under_one_head(void **state)
{
    static struct metric a = {.name = "t_total", .help = "Things.", .labels = "part=\"1\""};
    static struct metric b = {.name = "t_ready", .help = "Ready.", .kind = METRIC_GAUGE};
    static struct metric c = {.name = "t_total", .help = "Things.", .labels = "part=\"2\""};
    struct buf out = {0};
    (void)state;
    metrics_register(&a);
    metrics_register(&b);
    metrics_register(&c);
    atomic_fetch_add(&a.value, 3);
    atomic_store(&b.value, -1);
    metrics_write(&out);
    assert_true(
        str_eq(buf_view(&out), STR("# HELP t_total Things.\n# TYPE t_total counter\n"
                                   "t_total{part=\"1\"} 3\nt_total{part=\"2\"} 0\n"
                                   "# HELP t_ready Ready.\n# TYPE t_ready gauge\nt_ready -1\n")));
    buf_done(&out);
}

static void test_a_log_line_is_one_json_object(void **state)
{
    char line[1000];
    int pipe_ends[2], kept = dup(STDERR_FILENO);
    (void)state;
    assert_int_equal(pipe(pipe_ends), 0);
    log_init("intake", LOG_WARN);
    assert_true(dup2(pipe_ends[1], STDERR_FILENO) >= 0);
    log_line(LOG_INFO, "x", "not written", LOG_END);
    log_line(LOG_WARN, "register", "it \"waits\"", LOG_S("why", "\xff\n"), LOG_I("attempt", -3),
             LOG_V("none", STR_NONE), LOG_END);
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    (void)close(kept);
    (void)close(pipe_ends[1]);
    ssize_t len = read(pipe_ends[0], line, sizeof line - 1);
    (void)close(pipe_ends[0]);
    assert_true(len > 0);
    line[len] = '\0';
    assert_memory_equal(line, "{\"time\":\"2", 10);
    must_contain(line, "Z\",\"level\":\"warn\",\"service\":\"intake\",\"part\":\"register\","
                       "\"message\":\"it \\\"waits\\\"\","
                       "\"why\":\"?\\n\",\"attempt\":-3,\"none\":\"\"}\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_route_answers_with_its_query),
        cmocka_unit_test(test_head_answers_like_get_without_the_body),
        cmocka_unit_test(test_bodies_arrive_whole_and_too_large_ones_are_refused),
        cmocka_unit_test(test_what_is_not_there_is_a_problem_in_json),
        cmocka_unit_test(test_a_silent_client_does_not_hold_up_the_others),
        cmocka_unit_test(test_a_taken_port_and_a_wrong_address_are_sentences),
        cmocka_unit_test(test_metrics_of_one_name_stand_under_one_head),
        cmocka_unit_test(test_a_log_line_is_one_json_object),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
