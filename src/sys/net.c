#include "sys/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024, BOTH_TRIES = 16 };

static enum lf_code bad_address(lf_view text, struct lf_err *e)
{
    return lf_err_set(e, LF_BAD_INPUT,
                      "address \"%.*s\" is not like 127.0.0.1:514, [::1]:514, *:514 or unix:/path",
                      LF_FMT(text));
}

enum lf_code lf_addr_parse(lf_view text, struct lf_addr *out, struct lf_err *e)
{
    struct lf_addr a = { 0 };
    char host[INET6_ADDRSTRLEN + 1];
    lf_view left = text;
    size_t colon = SIZE_MAX;
    uint64_t port;

    if (lf_view_starts(text, LF_V("unix:"))) {
        struct sockaddr_un *un = (struct sockaddr_un *)&a.ss;
        lf_view path = lf_view_from(text, 5);

        if (path.len == 0 || path.len >= sizeof un->sun_path || memchr(path.ptr, 0, path.len))
            return lf_err_set(e, LF_BAD_INPUT, "Unix socket path \"%.*s\" is empty or over %zu bytes",
                              LF_FMT(path), sizeof un->sun_path - 1);
        un->sun_family = AF_UNIX;
        memcpy(un->sun_path, path.ptr, path.len);
        a.len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path.len + 1);
        *out = a;
        return LF_OK;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == ':')
            colon = i;
    }
    if (colon == SIZE_MAX || !lf_view_u64(lf_view_from(text, colon + 1), &port) || port > 65535)
        return bad_address(text, e);
    left.len = colon;
    if (lf_view_is(left, "*"))
        left = LF_V("[::]");
    if (left.len >= 2 && left.ptr[0] == '[' && left.ptr[left.len - 1] == ']') {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&a.ss;

        left = (lf_view){ left.ptr + 1, left.len - 2 };
        if (left.len >= sizeof host)
            return bad_address(text, e);
        memcpy(host, left.ptr, left.len);
        host[left.len] = 0;
        if (inet_pton(AF_INET6, host, &in6->sin6_addr) != 1)
            return bad_address(text, e);
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons((uint16_t)port);
        a.len = sizeof *in6;
    } else {
        struct sockaddr_in *in = (struct sockaddr_in *)&a.ss;

        if (left.len == 0 || left.len >= sizeof host)
            return bad_address(text, e);
        memcpy(host, left.ptr, left.len);
        host[left.len] = 0;
        if (inet_pton(AF_INET, host, &in->sin_addr) != 1)
            return bad_address(text, e);
        in->sin_family = AF_INET;
        in->sin_port = htons((uint16_t)port);
        a.len = sizeof *in;
    }
    *out = a;
    return LF_OK;
}

lf_view lf_addr_host(const struct lf_addr *a, char out[LF_ADDR_TEXT])
{
    out[0] = 0;
    if (a->ss.ss_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)&a->ss)->sin_addr, out, LF_ADDR_TEXT);
    } else if (a->ss.ss_family == AF_INET6) {
        const struct in6_addr *in6 = &((const struct sockaddr_in6 *)&a->ss)->sin6_addr;

        if (IN6_IS_ADDR_V4MAPPED(in6))
            inet_ntop(AF_INET, in6->s6_addr + 12, out, LF_ADDR_TEXT);
        else
            inet_ntop(AF_INET6, in6, out, LF_ADDR_TEXT);
    }
    return lf_view_of(out);
}

static bool public4(uint32_t v)
{
    static const struct {
        uint32_t net;
        unsigned bits;
    } apart[] = {
        { 0x00000000, 8 },  { 0x0a000000, 8 },  { 0x64400000, 10 }, { 0x7f000000, 8 },  { 0xa9fe0000, 16 },
        { 0xac100000, 12 }, { 0xc0000000, 24 }, { 0xc0000200, 24 }, { 0xc0586300, 24 }, { 0xc0a80000, 16 },
        { 0xc6120000, 15 }, { 0xc6336400, 24 }, { 0xcb007100, 24 }, { 0xe0000000, 3 },
    };

    for (size_t i = 0; i < sizeof apart / sizeof *apart; i++)
        if ((v ^ apart[i].net) >> (32 - apart[i].bits) == 0)
            return false;
    return true;
}

static uint32_t word_at(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

bool lf_addr_public(const struct lf_addr *a)
{
    static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
    static const uint8_t nat64[12] = { 0, 0x64, 0xff, 0x9b };
    struct sockaddr_in6 six;
    struct sockaddr_in four;
    const uint8_t *p;
    uint32_t high;

    if (a->ss.ss_family == AF_INET) {
        memcpy(&four, &a->ss, sizeof four);
        return public4(ntohl(four.sin_addr.s_addr));
    }
    if (a->ss.ss_family != AF_INET6)
        return false;
    memcpy(&six, &a->ss, sizeof six);
    p = six.sin6_addr.s6_addr;
    if (memcmp(p, mapped, sizeof mapped) == 0 || memcmp(p, nat64, sizeof nat64) == 0)
        return public4(word_at(p + 12));
    high = word_at(p);
    if (high >> 16 == 0x2002) /* 6to4 */
        return public4(word_at(p + 2));
    /* 2000::/3, but for 2001::/23 (protocols, Teredo), 2001:db8::/32 and 3fff::/20 (documents). */
    return high >> 29 == 1 && high >> 9 != 0x20010000 >> 9 && high != 0x20010db8 &&
           high >> 12 != 0x3fff0000 >> 12;
}

unsigned lf_addr_port(const struct lf_addr *a)
{
    if (a->ss.ss_family == AF_INET)
        return ntohs(((const struct sockaddr_in *)&a->ss)->sin_port);
    if (a->ss.ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)&a->ss)->sin6_port);
    return 0;
}

lf_view lf_addr_text(const struct lf_addr *a, char out[LF_ADDR_TEXT])
{
    char host[LF_ADDR_TEXT];
    lf_view h;

    if (a->ss.ss_family == AF_UNIX) {
        snprintf(out, LF_ADDR_TEXT, "unix:%s", ((const struct sockaddr_un *)&a->ss)->sun_path);
        return lf_view_of(out);
    }
    h = lf_addr_host(a, host);
    snprintf(out, LF_ADDR_TEXT, memchr(h.ptr, ':', h.len) ? "[%s]:%u" : "%s:%u", host, lf_addr_port(a));
    return lf_view_of(out);
}

void lf_net_no_delay(int fd)
{
    int on = 1;

    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* A socket file whose owner is gone refuses connections; one that takes them is
 * another node's, and taking its place would cut it off silently. */
static bool dead_socket(const struct lf_addr *a)
{
    const char *path = ((const struct sockaddr_un *)&a->ss)->sun_path;
    struct stat st;
    bool dead;
    int fd;

    if (lstat(path, &st) != 0 || !S_ISSOCK(st.st_mode))
        return false;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    dead = connect(fd, (const struct sockaddr *)&a->ss, a->len) != 0 && errno == ECONNREFUSED;
    close(fd);
    return dead;
}

static enum lf_code why_not(lf_view address, int err, struct lf_err *e)
{
    switch (err) {
    case EADDRINUSE:
        return lf_err_set(e, LF_CONFLICT, "address %.*s is in use by another program", LF_FMT(address));
    case EACCES:
    case EPERM:
        return lf_err_set(e, LF_FORBIDDEN, "address %.*s: not allowed (ports below 1024 need a right)",
                          LF_FMT(address));
    case EADDRNOTAVAIL:
        return lf_err_set(e, LF_BAD_INPUT, "address %.*s does not belong to this machine", LF_FMT(address));
    default:
        return lf_err_set(e, LF_IO, "address %.*s: %s", LF_FMT(address), strerror(err));
    }
}

static enum lf_code listen_at(enum lf_net_kind kind, lf_view text, const struct lf_addr *a, int *out,
                              struct lf_addr *bound, struct lf_err *e)
{
    enum lf_code rc;
    int family = a->ss.ss_family, on = 1, off = 0, room = LF_NET_UDP_ROOM, fd;
    int type = kind == LF_NET_UDP ? SOCK_DGRAM : SOCK_STREAM;
    struct lf_addr is = *a;

    if (family == AF_UNIX && dead_socket(a))
        unlink(((const struct sockaddr_un *)&a->ss)->sun_path);
    fd = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return why_not(text, errno, e);
    if (family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (family != AF_UNIX && kind == LF_NET_TCP)
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    /* Whoever may, takes more than the system's usual limit: what finds no room here is lost. */
    if (kind == LF_NET_UDP && setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) != 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (family == AF_UNIX)
        (void)fchmod(fd, 0600); /* bind() makes the file with the socket's mode */
    if (bind(fd, (const struct sockaddr *)&a->ss, a->len) != 0 ||
        (kind == LF_NET_TCP && listen(fd, BACKLOG) != 0)) {
        rc = why_not(text, errno, e);
        goto fail;
    }
    if (family != AF_UNIX) {
        is.len = sizeof is.ss;
        if (getsockname(fd, (struct sockaddr *)&is.ss, &is.len) != 0) {
            rc = why_not(text, errno, e);
            goto fail;
        }
    }
    *out = fd;
    if (bound)
        *bound = is;
    return LF_OK;
fail:
    close(fd);
    return rc;
}

enum lf_code lf_net_listen(enum lf_net_kind kind, lf_view address, int *fd, struct lf_addr *bound,
                           struct lf_err *e)
{
    struct lf_addr a = { 0 };

    LF_TRY(lf_addr_parse(address, &a, e));
    return listen_at(kind, address, &a, fd, bound, e);
}

enum lf_code lf_net_listen_both(lf_view address, int *udp, int *tcp, struct lf_addr *bound, struct lf_err *e)
{
    struct lf_addr a = { 0 }, is = { 0 };
    int u = -1, t = -1;

    LF_TRY(lf_addr_parse(address, &a, e));
    if (a.ss.ss_family == AF_UNIX)
        return bad_address(address, e);
    /* A port that is free for UDP may be taken for TCP: try some more. */
    for (int i = 0;; i++) {
        enum lf_code rc;

        LF_TRY(listen_at(LF_NET_UDP, address, &a, &u, &is, e));
        rc = listen_at(LF_NET_TCP, address, &is, &t, NULL, e);
        if (rc == LF_OK)
            break;
        close(u);
        if (rc != LF_CONFLICT || lf_addr_port(&a) != 0 || i == BOTH_TRIES)
            return rc;
    }
    *udp = u;
    *tcp = t;
    if (bound)
        *bound = is;
    return LF_OK;
}

enum lf_code lf_net_accept(int listener, int *fd, struct lf_addr *from, struct lf_err *e)
{
    struct lf_addr a = { .len = sizeof a.ss };
    int got = accept4(listener, (struct sockaddr *)&a.ss, &a.len, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (got < 0) {
        /* accept(2) passes on errors of the network to the one who left. */
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM || errno == EBADF ||
            errno == EINVAL || errno == ENOTSOCK)
            return lf_err_set(e, LF_IO, "accept: %s", strerror(errno));
        *fd = -1;
        return LF_OK;
    }
    lf_net_no_delay(got);
    *fd = got;
    if (from)
        *from = a;
    return LF_OK;
}

enum lf_code lf_net_connect(enum lf_net_kind kind, const struct lf_addr *to, int *out, struct lf_err *e)
{
    char text[LF_ADDR_TEXT];
    int fd = socket(to->ss.ss_family,
                    (kind == LF_NET_UDP ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return lf_err_set(e, LF_IO, "socket: %s", strerror(errno));
    if (connect(fd, (const struct sockaddr *)&to->ss, to->len) != 0 && errno != EINPROGRESS) {
        enum lf_code rc =
            lf_err_set(e, LF_AWAY, "connect to %s: %s", lf_addr_text(to, text).ptr, strerror(errno));
        close(fd);
        return rc;
    }
    if (kind == LF_NET_TCP)
        lf_net_no_delay(fd);
    *out = fd;
    return LF_OK;
}

enum lf_code lf_net_connected(int fd, struct lf_err *e)
{
    int err = 0;
    socklen_t n = sizeof err;

    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &n) != 0)
        err = errno;
    return err ? lf_err_set(e, LF_AWAY, "connect: %s", strerror(err)) : LF_OK;
}
