/* brokers: one address after the other. */
#include "common/core/brokers.h"

static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static bool is_one_of(char c, const char *characters)
{
    for (; *characters != '\0'; characters++)
        if (c == *characters)
            return true;
    return false;
}

static struct str without_protocol(struct str address)
{
    static const char *const known[] = {"plaintext://", "ssl://", "sasl_plaintext://",
                                        "sasl_ssl://"};
    for (size_t i = 0; i < COUNT(known); i++)
        if (str_starts_in_any_case(address, str_of(known[i])))
            return str_skip(address, str_of(known[i]).len);
    return address;
}

/* Length of the part in front of the port; brackets are part of it. */
static size_t host_length(struct str address)
{
    size_t i = 0;
    char end = address.len > 0 && address.ptr[0] == '[' ? ']' : ':';
    while (i < address.len && address.ptr[i] != end)
        i++;
    return end == ']' && i < address.len ? i + 1 : i;
}

static bool all_are(struct str s, const char *others)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_one_of(s.ptr[i], LETTERS) && !is_one_of(s.ptr[i], others))
            return false;
    return s.len > 0;
}

static bool is_host(struct str host)
{
    if (host.len < 2 || host.ptr[0] != '[')
        return all_are(host, "0123456789.-_");
    return host.ptr[host.len - 1] == ']' &&
           all_are((struct str){host.ptr + 1, host.len - 2}, "0123456789.:%");
}

static bool is_address(struct str address)
{
    uint64_t port;
    struct str rest = without_protocol(address);
    size_t host = host_length(rest);
    if (!is_host((struct str){rest.ptr, host}))
        return false;
    if (host == rest.len)
        return true;
    return rest.ptr[host] == ':' && str_to_u64(str_skip(rest, host + 1), &port) && port >= 1 &&
           port <= 65535;
}

bool brokers_check(struct str list, struct err *err)
{
    size_t count = 0, length;
    for (struct str rest = list; rest.len > 0; rest = str_skip(rest, length)) {
        for (length = 0; length < rest.len && !is_one_of(rest.ptr[length], ", ");)
            length++;
        struct str address = {rest.ptr, length};
        if (length > 0 && !is_address(address))
            return err_set(err, ERR_FATAL,
                           "\"%.*s\" is not host:port with a port from 1 to 65535 (an IPv6 address "
                           "stands in brackets)",
                           (int)(address.len > 100 ? 100 : address.len), address.ptr);
        count += length > 0;
        length += length < rest.len; /* what stands between */
    }
    return count > 0 || err_set(err, ERR_FATAL, "\"%.*s\" names no broker",
                                (int)(list.len > 100 ? 100 : list.len), list.ptr);
}
