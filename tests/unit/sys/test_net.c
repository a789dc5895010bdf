#include "sys/net.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lf_test.h"

static const struct {
    const char *name, *in, *out; /* out NULL: refused */
    unsigned port;
} addresses[] = {
    { "IPv4", "127.0.0.1:514", "127.0.0.1:514", 514 },
    { "IPv6", "[::1]:53", "[::1]:53", 53 },
    { "all", "*:80", "[::]:80", 80 },
    { "IPv4 inside IPv6", "[::ffff:192.0.2.1]:1", "192.0.2.1:1", 1 },
    { "Unix", "unix:/run/x.sock", "unix:/run/x.sock", 0 },
    { "no port", "127.0.0.1", NULL, 0 },
    { "port past the end", "127.0.0.1:65536", NULL, 0 },
    { "empty port", "127.0.0.1:", NULL, 0 },
    { "negative port", "127.0.0.1:-1", NULL, 0 },
    { "a name", "localhost:80", NULL, 0 },
    { "bare IPv6", "::1:80", NULL, 0 },
    { "empty", "", NULL, 0 },
    { "empty Unix path", "unix:", NULL, 0 },
    { "Unix path too long",
      "unix:/"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaa"
      "aaaaaaaaaaaaaa",
      NULL, 0 },
};

static void addresses_are_read_and_written_alike(void)
{
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        struct lf_addr a;
        struct lf_err e;
        char text[LF_ADDR_TEXT];
        enum lf_code rc = lf_addr_parse(lf_view_of(addresses[i].in), &a, &e);

        CHECK((rc == LF_OK) == (addresses[i].out != NULL), "%s", addresses[i].name);
        if (rc != LF_OK || !addresses[i].out)
            continue;
        CHECK_VIEW(lf_addr_text(&a, text), lf_view_of(addresses[i].out));
        CHECK(lf_addr_port(&a) == addresses[i].port, "%s", addresses[i].name);
    }
}

static void what_is_not_on_the_internet_is_no_public_address(void)
{
    static const char *const not_public[] = {
        "0.0.0.0:1",
        "10.1.2.3:1",
        "100.64.0.1:1",
        "127.0.0.1:1",
        "127.255.255.254:1",
        "169.254.169.254:1",
        "172.16.0.1:1",
        "172.31.255.255:1",
        "192.0.0.8:1",
        "192.0.2.1:1",
        "192.168.1.1:1",
        "198.18.0.1:1",
        "198.51.100.1:1",
        "203.0.113.1:1",
        "224.0.0.1:1",
        "240.0.0.1:1",
        "255.255.255.255:1",
        "[::]:1",
        "[::1]:1",
        "[fe80::1]:1",
        "[fc00::1]:1",
        "[fd12::1]:1",
        "[ff02::1]:1",
        "[2001:db8::1]:1",
        "[2001::1]:1",
        "[2002:7f00:1::]:1",
        "[2002:c0a8:101::]:1",
        "[64:ff9b::127.0.0.1]:1",
        "[::ffff:10.0.0.1]:1",
        "[3fff::1]:1",
        "[::127.0.0.1]:1",
    };
    static const char *const are[] = { "8.8.8.8:1",          "100.63.255.255:1",    "100.128.0.1:1",
                                       "172.32.0.1:1",       "192.0.1.1:1",         "198.17.0.1:1",
                                       "223.255.255.1:1",    "[2001:4860::8888]:1", "[2606:4700::1]:1",
                                       "[::ffff:8.8.8.8]:1", "[64:ff9b::8.8.8.8]:1" };
    struct lf_addr a;
    struct lf_err e;

    for (size_t i = 0; i < sizeof not_public / sizeof *not_public; i++) {
        CHECK_OK(lf_addr_parse(lf_view_of(not_public[i]), &a, &e), &e);
        CHECK(!lf_addr_public(&a), "%s", not_public[i]);
    }
    for (size_t i = 0; i < sizeof are / sizeof *are; i++) {
        CHECK_OK(lf_addr_parse(lf_view_of(are[i]), &a, &e), &e);
        CHECK(lf_addr_public(&a), "%s", are[i]);
    }
}

static void a_taken_address_is_a_conflict_that_names_it(void)
{
    struct lf_addr bound;
    struct lf_err e;
    char text[LF_ADDR_TEXT];
    int fd = -1, second = -1;

    CHECK_OK(lf_net_listen(LF_NET_TCP, LF_V("127.0.0.1:0"), &fd, &bound, &e), &e);
    CHECK(lf_addr_port(&bound) != 0, "no port");
    CHECK_CODE(lf_net_listen(LF_NET_TCP, lf_addr_text(&bound, text), &second, NULL, &e), LF_CONFLICT);
    CHECK(strstr(e.text, text), "%s", e.text);
    close(fd);
}

static void udp_and_tcp_get_the_same_free_port(void)
{
    struct lf_addr bound, mine = { .len = sizeof mine.ss };
    struct lf_err e;
    int udp = -1, tcp = -1;

    CHECK_OK(lf_net_listen_both(LF_V("127.0.0.1:0"), &udp, &tcp, &bound, &e), &e);
    CHECK(getsockname(udp, (struct sockaddr *)&mine.ss, &mine.len) == 0 &&
              lf_addr_port(&mine) == lf_addr_port(&bound),
          "ports differ");
    close(udp);
    close(tcp);
}

static void a_connection_is_accepted_with_its_address(void)
{
    struct lf_addr bound, from;
    struct lf_err e;
    char host[LF_ADDR_TEXT];
    int listener = -1, client = -1, server = -1;

    CHECK_OK(lf_net_listen(LF_NET_TCP, LF_V("127.0.0.1:0"), &listener, &bound, &e), &e);
    CHECK_OK(lf_net_accept(listener, &server, &from, &e), &e);
    CHECK(server == -1, "somebody was there");
    CHECK_OK(lf_net_connect(LF_NET_TCP, &bound, &client, &e), &e);
    for (int i = 0; i < 1000 && server < 0; i++) {
        CHECK_OK(lf_net_accept(listener, &server, &from, &e), &e);
        usleep(100);
    }
    CHECK(server >= 0, "not accepted");
    CHECK_OK(lf_net_connected(client, &e), &e);
    CHECK_VIEW(lf_addr_host(&from, host), LF_V("127.0.0.1"));
    close(server);
    close(client);
    close(listener);
}

static void a_dead_unix_socket_is_replaced_and_a_live_one_is_not(void)
{
    char dir[] = "/tmp/lf_net_XXXXXX", text[64];
    struct stat st;
    struct lf_err e;
    int fd = -1, second = -1;

    CHECK(mkdtemp(dir), "mkdtemp");
    snprintf(text, sizeof text, "unix:%s/s", dir);
    CHECK_OK(lf_net_listen(LF_NET_TCP, lf_view_of(text), &fd, NULL, &e), &e);
    CHECK(stat(text + 5, &st) == 0 && (st.st_mode & 0777) == 0600, "mode %o", (unsigned)st.st_mode);
    CHECK_CODE(lf_net_listen(LF_NET_TCP, lf_view_of(text), &second, NULL, &e), LF_CONFLICT);
    close(fd); /* the file stays, as after a crash */
    CHECK_OK(lf_net_listen(LF_NET_TCP, lf_view_of(text), &second, NULL, &e), &e);
    close(second);
    unlink(text + 5);
    rmdir(dir);
}

int main(void)
{
    RUN(addresses_are_read_and_written_alike);
    RUN(what_is_not_on_the_internet_is_no_public_address);
    RUN(a_taken_address_is_a_conflict_that_names_it);
    RUN(udp_and_tcp_get_the_same_free_port);
    RUN(a_connection_is_accepted_with_its_address);
    RUN(a_dead_unix_socket_is_replaced_and_a_live_one_is_not);
    DONE();
}
