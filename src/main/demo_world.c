#include "main/demo_world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "proc/config.h"
#include "sys/env.h"
#include "sys/file.h"
#include "sys/net.h"

/* demo/lookup.cgi, embedded at build. */
extern const char demo_lookup_cgi[];
extern const size_t demo_lookup_cgi_len;

static const struct lf_demo_node plan[LF_DEMO_NODES] = {
    { .id = "nation", .name = "國家聯防中心", .tier = "nation", .parent = -1, .member = -1 },
    { .id = "sector-water", .name = "水資源領域", .tier = "sector", .parent = 0, .member = -1 },
    { .id = "sector-telecom", .name = "通訊傳播領域", .tier = "sector", .parent = 0, .member = -1 },
    { .id = "provider-1", .name = "東區自來水", .tier = "provider", .parent = 1, .member = 0 },
    { .id = "provider-2", .name = "西區自來水", .tier = "provider", .parent = 1, .member = 1 },
    { .id = "provider-3", .name = "北區電信", .tier = "provider", .parent = 2, .member = 2 },
    { .id = "provider-4", .name = "南區電信", .tier = "provider", .parent = 2, .member = 3 },
};

static lf_time wall(void)
{
    struct lf_env env;

    lf_env_real(&env, NULL);
    return lf_now(&env);
}

static const char *path_of(struct lf_demo *d, const char *fmt, const char *a)
{
    lf_view rest = lf_arena_printf(&d->a, fmt, a);

    return lf_arena_printf(&d->a, "%s/%.*s", d->dir, LF_FMT(rest)).ptr;
}

static enum lf_code write_file(struct lf_demo *d, const char *name, lf_view text, struct lf_err *e)
{
    return lf_file_write(path_of(d, "%s", name), text, 0644, e);
}

/* A port that is free for UDP and TCP now.  Between here and the server's own bind
 * somebody could take it; the server then says so and the demonstration stops. */
static enum lf_code free_port(unsigned *port, struct lf_err *e)
{
    struct lf_addr bound;
    int udp, tcp;

    LF_TRY(lf_net_listen_both(LF_V("127.0.0.1:0"), &udp, &tcp, &bound, e));
    *port = lf_addr_port(&bound);
    close(udp);
    close(tcp);
    return LF_OK;
}

enum lf_code lf_demo_open(struct lf_demo *d, struct lf_err *e)
{
    static char self[PATH_MAX]; /* not state: the same for the life of the process */
    const char *tmp = getenv("TMPDIR");
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

    *d = (struct lf_demo){ 0 };
    self[n > 0 ? n : 0] = '\0';
    d->self = lf_arena_cstr(&d->a, lf_view_of(self));
    snprintf(d->dir, sizeof d->dir, "%s/lianfang-demo-XXXXXX", tmp && tmp[0] ? tmp : "/tmp");
    if (!mkdtemp(d->dir))
        return lf_err_set(e, LF_IO, "temporary directory %s: %s", d->dir, strerror(errno));
    /* BIND and the nodes drop root: they must be able to walk in. */
    if (chmod(d->dir, 0755) != 0)
        return lf_err_set(e, LF_IO, "%s: %s", d->dir, strerror(errno));
    memcpy(d->nodes, plan, sizeof plan);
    for (int i = 0; i < LF_DEMO_MEMBERS; i++) {
        uint8_t raw[32];
        struct lf_env env;

        d->resolvers[i].bind = i % 2 == 1;
        LF_TRY(free_port(&d->resolvers[i].port, e));
        lf_env_real(&env, NULL);
        lf_random(&env, raw, sizeof raw);
        snprintf(d->resolvers[i].tsig, sizeof d->resolvers[i].tsig, "%.*s",
                 LF_FMT(lf_base64(&d->a, raw, sizeof raw)));
    }
    LF_TRY(free_port(&d->authority_port, e));
    return free_port(&d->web_port, e);
}

void lf_demo_close(struct lf_demo *d)
{
    struct lf_process all[LF_DEMO_NODES + LF_DEMO_MEMBERS + 3];
    size_t n = 0;
    struct lf_err e;

    if (!d->dir[0])
        return;
    all[n++] = d->web;
    all[n++] = d->cgi;
    for (int i = 0; i < LF_DEMO_MEMBERS; i++)
        all[n++] = d->resolvers[i].process;
    all[n++] = d->authority;
    for (int i = 0; i < LF_DEMO_NODES; i++) {
        lf_client_close(&d->nodes[i].client);
        all[n++] = d->nodes[i].process;
    }
    lf_process_stop_all(all, n, 5000);
    if (!getenv("LF_DEMO_KEEP") && lf_file_remove_tree(d->dir, &e) != LF_OK)
        fprintf(stderr, "lianfang demo: %s\n", e.text);
    lf_arena_clear(&d->a);
    d->dir[0] = '\0';
}

/* ---- nodes ------------------------------------------------------------------- */

static enum lf_code node_settings(struct lf_demo *d, struct lf_demo_node *n, struct lf_err *e)
{
    struct lf_buf b;
    enum lf_code rc;

    LF_TRY(lf_file_make_dir(path_of(d, "%s", n->id), e));
    if (chmod(path_of(d, "%s", n->id), 0755) != 0)
        return lf_err_set(e, LF_IO, "%s: %s", n->id, strerror(errno));
    lf_buf_init(&b, 65536);
    lf_buf_printf(&b,
                  "[node]\nname = %s\ntier = %s\ndata = data\n"
                  "[http]\nlisten = 127.0.0.1:0\npeer = 127.0.0.1:0\n"
                  "[intake]\nsyslog_udp = 127.0.0.1:0\nsyslog_tcp = 127.0.0.1:0\nsyslog_tls = "
                  "127.0.0.1:0\nkeep_mb = 16\n"
                  "[dns]\nlisten = 127.0.0.1:0\n",
                  n->name, n->tier);
    if (n->member >= 0) {
        const struct lf_demo_resolver *r = &d->resolvers[n->member];

        lf_buf_printf(&b, "[secondary resolver]\naddress = 127.0.0.1:%u\n", r->port);
        if (r->bind)
            lf_buf_printf(&b, "tsig = resolver-%d\n[tsig resolver-%d]\nsecret = %s\n", n->member, n->member,
                          r->tsig);
        lf_buf_printf(&b, "[follow resolver]\npath = ../resolver-%d/query.log\nformat = %s\n", n->member,
                      r->bind ? "bind" : "unbound");
    }
    if (n->member == 0)
        LF_PUT(&b, "[follow website]\npath = ../web/access.log\nformat = nginx\n");
    rc = write_file(d, lf_arena_printf(&d->a, "%s/lianfang.ini", n->id).ptr, lf_buf_view(&b), e);
    lf_buf_clear(&b);
    return rc;
}

static enum lf_code make_dir(struct lf_demo *d, const char *name, struct lf_err *e)
{
    const char *path = path_of(d, "%s", name);

    /* Servers that drop root write their logs and sockets in it. */
    if (mkdir(path, 0777) != 0 || chmod(path, 0777) != 0)
        return lf_err_set(e, LF_IO, "%s: %s", path, strerror(errno));
    return LF_OK;
}

enum lf_code lf_demo_start_nodes(struct lf_demo *d, struct lf_err *e)
{
    LF_TRY(make_dir(d, "web", e));
    for (int i = 0; i < LF_DEMO_MEMBERS; i++)
        LF_TRY(make_dir(d, lf_arena_printf(&d->a, "resolver-%d", i).ptr, e));
    for (int i = 0; i < LF_DEMO_NODES; i++) {
        struct lf_demo_node *n = &d->nodes[i];
        const char *argv[] = { d->self, "serve", "-c", NULL, "--json", "--stop-with-stdin", NULL };

        LF_TRY(node_settings(d, n, e));
        argv[3] = path_of(d, "%s/lianfang.ini", n->id);
        LF_TRY(
            lf_process_start(&n->process, n->id, argv, path_of(d, "%s/node.log", n->id), LF_PROCESS_TALK, e));
    }
    for (int i = 0; i < LF_DEMO_NODES; i++) {
        struct lf_demo_node *n = &d->nodes[i];
        const struct lf_json *v;
        lf_view line = { 0 }, host;

        if (lf_process_line(&n->process, &d->a, 20000, &line, e) != LF_OK)
            return lf_err_at(e, "%s (its log: %s)", n->id, path_of(d, "%s/node.log", n->id));
        LF_TRY(lf_json_parse(&d->a, line, NULL, &v, e));
        n->syslog_udp = lf_json_str(v, "syslog_udp");
        n->dns = lf_json_str(v, "dns");
        n->peer = lf_json_str(v, "peer");
        lf_address_split(n->dns, &host, &n->dns_port);
        LF_TRY(lf_client_open(&n->client, path_of(d, "%s/data", n->id), e));
    }
    return LF_OK;
}

/* ---- resolvers ------------------------------------------------------------------- */

static const char *user_option(void)
{
    /* unbound drops to a user that may not exist; started by root it keeps root
     * here, on loopback, for the half minute of the demonstration. */
    return "username: \"\"";
}

static enum lf_code start_authority(struct lf_demo *d, struct lf_err *e)
{
    const char *argv[] = { "unbound", "-d", "-c", path_of(d, "%s", "authority/unbound.conf"), NULL };

    LF_TRY(make_dir(d, "authority", e));
    LF_TRY(write_file(d, "authority/test.zone",
                      LF_V("$TTL 1\n@ IN SOA ns.test. demo.test. 1 3600 600 86400 1\n@ IN NS ns.test.\n"
                           "ns IN A 127.0.0.1\nwww.benign IN A 192.0.2.80\n* IN A 192.0.2.66\n"),
                      e));
    LF_TRY(write_file(
        d, "authority/unbound.conf",
        lf_arena_printf(&d->a,
                        "server:\n interface: 127.0.0.1\n port: %u\n do-daemonize: no\n chroot: \"\"\n %s\n"
                        " local-zone: \"test.\" nodefault\n directory: \"%s/authority\"\n pidfile: \"\"\n "
                        "use-syslog: no\n num-threads: 1\n"
                        " do-ip6: no\n module-config: \"iterator\"\n access-control: 127.0.0.0/8 allow\n"
                        "remote-control:\n control-enable: no\n"
                        "auth-zone:\n name: \"test\"\n zonefile: \"%s/authority/test.zone\"\n"
                        " for-downstream: yes\n for-upstream: no\n",
                        d->authority_port, user_option(), d->dir, d->dir),
        e));
    return lf_process_start(&d->authority, "authority", argv, path_of(d, "%s", "authority/log"), 0, e);
}

/* Everything that is not in its policy zone is asked of the demonstration's own
 * authority, so that no query can leave this machine. */
static enum lf_code start_unbound(struct lf_demo *d, int i, struct lf_err *e)
{
    struct lf_demo_resolver *r = &d->resolvers[i];
    const char *conf = path_of(d, "resolver-%s/unbound.conf", lf_arena_printf(&d->a, "%d", i).ptr);
    const char *argv[] = { "unbound", "-d", "-c", conf, NULL };
    const struct lf_demo_node *n = &d->nodes[3 + i];

    LF_TRY(lf_file_write(
        conf,
        lf_arena_printf(
            &d->a,
            "server:\n interface: 127.0.0.1\n port: %u\n do-daemonize: no\n chroot: \"\"\n %s\n"
            " local-zone: \"test.\" nodefault\n directory: \"%s/resolver-%d\"\n pidfile: \"\"\n use-syslog: "
            "no\n"
            " logfile: \"%s/resolver-%d/query.log\"\n log-queries: yes\n num-threads: 1\n do-ip6: no\n"
            " do-not-query-localhost: no\n module-config: \"respip iterator\"\n"
            " access-control: 127.0.0.0/8 allow\n"
            "remote-control:\n control-enable: no\n"
            "forward-zone:\n name: \".\"\n forward-addr: 127.0.0.1@%u\n"
            "rpz:\n name: \"rpz.lianfang\"\n primary: 127.0.0.1@%u\n allow-notify: 127.0.0.1\n",
            r->port, user_option(), d->dir, i, d->dir, i, d->authority_port, n->dns_port),
        0644, e));
    return lf_process_start(&r->process, "unbound", argv,
                            path_of(d, "resolver-%s/log", lf_arena_printf(&d->a, "%d", i).ptr), 0, e);
}

static enum lf_code start_bind(struct lf_demo *d, int i, struct lf_err *e)
{
    struct lf_demo_resolver *r = &d->resolvers[i];
    const char *conf = path_of(d, "resolver-%s/named.conf", lf_arena_printf(&d->a, "%d", i).ptr);
    const char *argv[] = { "named", "-f", "-n", "1", "-c", conf, NULL };
    const struct lf_demo_node *n = &d->nodes[3 + i];

    LF_TRY(lf_file_write(
        conf,
        lf_arena_printf(
            &d->a,
            "key \"resolver-%d\" { algorithm hmac-sha256; secret \"%s\"; };\n"
            "options {\n directory \"%s/resolver-%d\";\n pid-file none;\n session-keyfile none;\n"
            " listen-on port %u { 127.0.0.1; };\n listen-on-v6 { none; };\n recursion yes;\n"
            " allow-query { 127.0.0.0/8; };\n forward only;\n forwarders { 127.0.0.1 port %u; };\n"
            " dnssec-validation no;\n empty-zones-enable no;\n qname-minimization off;\n"
            " notify no;\n serial-query-rate 1000;\n"
            " response-policy { zone \"rpz.lianfang\"; } min-update-interval 0 qname-wait-recurse no;\n};\n"
            "controls { };\nserver 127.0.0.1 { edns yes; };\n"
            "logging {\n channel q { file \"%s/resolver-%d/query.log\"; print-time iso8601; severity info; "
            "};\n"
            " category queries { q; };\n};\n"
            "zone \"rpz.lianfang\" {\n type secondary;\n"
            " primaries { 127.0.0.1 port %u key \"resolver-%d\"; };\n"
            " allow-notify { 127.0.0.1; };\n allow-query { none; };\n file \"rpz.db\";\n"
            " min-refresh-time 1;\n min-retry-time 1;\n};\n",
            i, r->tsig, d->dir, i, r->port, d->authority_port, d->dir, i, n->dns_port, i),
        0644, e));
    return lf_process_start(&r->process, "named", argv,
                            path_of(d, "resolver-%s/log", lf_arena_printf(&d->a, "%d", i).ptr), 0, e);
}

/* ---- asking a resolver ---------------------------------------------------------- */

static size_t question(uint8_t *out, uint16_t id, const char *name)
{
    static const uint8_t head[] = { 1, 0, 0, 1, 0, 0, 0, 0, 0, 0 }; /* RD, one question */
    lf_view rest = lf_view_of(name), label;
    size_t n = 0;

    out[n++] = (uint8_t)(id >> 8);
    out[n++] = (uint8_t)id;
    memcpy(out + n, head, sizeof head);
    n += sizeof head;
    while (lf_view_split(&rest, '.', &label)) {
        out[n++] = (uint8_t)label.len;
        memcpy(out + n, label.ptr, label.len);
        n += label.len;
    }
    out[n++] = 0;
    out[n++] = 0;
    out[n++] = 1; /* A */
    out[n++] = 0;
    out[n++] = 1; /* IN */
    return n;
}

enum said { NOTHING, ADDRESS, NO_SUCH_NAME, OTHER };

static enum said read_answer(const uint8_t *m, size_t n)
{
    unsigned rcode = n >= 12 ? m[3] & 15u : 99, answers = n >= 12 ? m[6] * 256u + m[7] : 0;

    if (rcode == 3)
        return NO_SUCH_NAME;
    return rcode == 0 && answers ? ADDRESS : OTHER;
}

/* One question over UDP, at most `limit` ms. */
static enum said ask(unsigned port, const char *name, int limit)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    uint8_t q[300], m[4096];
    enum said said = NOTHING;
    size_t n = question(q, (uint16_t)(wall() & 0xffff), name);

    if (fd < 0)
        return NOTHING;
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0 && send(fd, q, n, 0) == (ssize_t)n) {
        struct pollfd p = { fd, POLLIN, 0 };

        if (poll(&p, 1, limit) == 1) {
            ssize_t got = recv(fd, m, sizeof m, 0);
            if (got >= 12 && m[0] == q[0] && m[1] == q[1])
                said = read_answer(m, (size_t)got);
        } else {
            poll(NULL, 0, 1);
        }
    }
    close(fd);
    return said;
}

static enum lf_code wait_for(unsigned port, const char *name, enum said want, int limit, const char *who,
                             struct lf_err *e)
{
    lf_time until = wall() + limit * LF_MSEC;
    enum said said = NOTHING;

    while (wall() < until) {
        said = ask(port, name, 500);
        if (said == want)
            return LF_OK;
        poll(NULL, 0, 20);
    }
    return lf_err_set(e, LF_AWAY, "%s on port %u did not answer for %s as it must within %d ms", who, port,
                      name, limit);
}

enum lf_code lf_demo_start_resolvers(struct lf_demo *d, struct lf_err *e)
{
    LF_TRY(start_authority(d, e));
    LF_TRY(wait_for(d->authority_port, "www.benign.test", ADDRESS, 10000, "the authority", e));
    for (int i = 0; i < LF_DEMO_MEMBERS; i++)
        LF_TRY(d->resolvers[i].bind ? start_bind(d, i, e) : start_unbound(d, i, e));
    for (int i = 0; i < LF_DEMO_MEMBERS; i++) {
        const char *who =
            lf_arena_printf(&d->a, "resolver %d (%s)", i + 1, d->resolvers[i].bind ? "BIND" : "unbound").ptr;

        LF_TRY(wait_for(d->resolvers[i].port, "www.benign.test", ADDRESS, 15000, who, e));
    }
    return LF_OK;
}

/* ---- the web site --------------------------------------------------------------- */

enum lf_code lf_demo_start_web(struct lf_demo *d, struct lf_err *e)
{
    const char *app = path_of(d, "%s", "web/lookup.cgi"), *sock = path_of(d, "%s", "web/cgi.sock");
    const char *cgi[] = { "fcgiwrap", "-c", "1", "-s", lf_arena_printf(&d->a, "unix:%s", sock).ptr, NULL };
    const char *conf = path_of(d, "%s", "web/nginx.conf");
    const char *web[] = { "nginx", "-c",          conf, "-e", path_of(d, "%s", "web/error.log"),
                          "-g",    "daemon off;", NULL };
    struct passwd *www = getpwnam("www-data");
    lf_time until = wall() + 10 * LF_SECOND;
    int status = 0;

    LF_TRY(lf_file_write(app, (lf_view){ demo_lookup_cgi, demo_lookup_cgi_len }, 0755, e));
    LF_TRY(lf_process_start(&d->cgi, "fcgiwrap", cgi, path_of(d, "%s", "web/cgi.log"), 0, e));
    LF_TRY(lf_file_write(
        conf,
        lf_arena_printf(
            &d->a,
            "%sworker_processes 1;\npid %s/web/nginx.pid;\nevents { worker_connections 64; }\n"
            "http {\n access_log %s/web/access.log combined;\n"
            " client_body_temp_path %s/web/t1;\n proxy_temp_path %s/web/t2;\n"
            " fastcgi_temp_path %s/web/t3;\n uwsgi_temp_path %s/web/t4;\n scgi_temp_path %s/web/t5;\n"
            " server {\n  listen 127.0.0.1:%u;\n"
            "  location / { return 200 \"ok\\n\"; }\n"
            "  location /lookup {\n   fastcgi_pass unix:%s;\n"
            "   fastcgi_param SCRIPT_FILENAME %s;\n   fastcgi_param QUERY_STRING $query_string;\n"
            "   fastcgi_param REQUEST_METHOD $request_method;\n"
            "   fastcgi_param RESOLVER_PORT %u;\n   fastcgi_param PATH /usr/bin:/bin;\n  }\n }\n}\n",
            /* nginx's workers must reach the socket and the log */
            geteuid() == 0 ? (www ? "user root root;\n" : "user root root;\n") : "", d->dir, d->dir, d->dir,
            d->dir, d->dir, d->dir, d->dir, d->web_port, sock, app, d->resolvers[0].port),
        0644, e));
    LF_TRY(lf_process_start(&d->web, "nginx", web, path_of(d, "%s", "web/nginx.log"), 0, e));
    while (wall() < until) {
        /* An ordinary visitor comes first: the application must work before it is
         * attacked, and what is timed is the attack, not its tools' first start. */
        if (lf_demo_get(d, LF_V("/lookup?host=www.benign.test"), &status, e) == LF_OK && status == 200)
            return LF_OK;
        poll(NULL, 0, 20);
    }
    return lf_err_set(e, LF_AWAY, "the web site did not answer within 10 s (its log: %s/web/error.log)",
                      d->dir);
}

enum lf_code lf_demo_get(struct lf_demo *d, lf_view path, int *status, struct lf_err *e)
{
    struct lf_addr to;
    struct lf_err ignored;
    char buf[4096];
    size_t have = 0;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    lf_view q = lf_arena_printf(
        &d->a, "GET %.*s HTTP/1.0\r\nHost: site.test\r\nUser-Agent: demo-attacker\r\n\r\n", LF_FMT(path));
    uint64_t code = 0;

    (void)ignored;
    LF_TRY(lf_addr_parse(lf_arena_printf(&d->a, "127.0.0.1:%u", d->web_port), &to, e));
    if (fd < 0 || connect(fd, (struct sockaddr *)&to.ss, to.len) != 0 ||
        send(fd, q.ptr, q.len, MSG_NOSIGNAL) < 0) {
        if (fd >= 0)
            close(fd);
        return lf_err_set(e, LF_AWAY, "the web site does not answer: %s", strerror(errno));
    }
    while (have < sizeof buf) {
        struct pollfd p = { fd, POLLIN, 0 };
        ssize_t n;

        if (poll(&p, 1, 10000) != 1)
            break;
        n = recv(fd, buf + have, sizeof buf - have, 0);
        if (n <= 0)
            break;
        have += (size_t)n;
    }
    close(fd);
    if (have < 12 || !lf_view_u64((lf_view){ buf + 9, 3 }, &code))
        return lf_err_set(e, LF_AWAY, "the web site gave no HTTP answer");
    *status = (int)code;
    return LF_OK;
}

enum lf_code lf_demo_forge(const struct lf_demo_node *n, lf_view line, struct lf_err *e)
{
    struct lf_addr to;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ssize_t sent = -1;

    LF_TRY(lf_addr_parse(n->syslog_udp, &to, e));
    if (fd >= 0) {
        sent = sendto(fd, line.ptr, line.len, 0, (struct sockaddr *)&to.ss, to.len);
        close(fd);
    }
    if (sent != (ssize_t)line.len)
        return lf_err_set(e, LF_IO, "send a forged line: %s", strerror(errno));
    return LF_OK;
}

/* ---- the prober --------------------------------------------------------------- */

static void probe(int out, const unsigned *ports, const char *bad, const char *benign, int limit, bool watch)
{
    struct lf_demo_proof proof = { 0 };
    lf_time until = wall() + limit * LF_MSEC;
    int left = LF_DEMO_MEMBERS;

    for (int i = 0; i < LF_DEMO_MEMBERS; i++)
        proof.answered_before[i] = ask(ports[i], bad, 2000) == ADDRESS;
    if (write(out, "r", 1) != 1)
        _exit(1);
    while (left && wall() < until) {
        for (int i = 0; i < LF_DEMO_MEMBERS; i++) {
            if (proof.blocked_at[i] || ask(ports[i], bad, 1000) != NO_SUCH_NAME)
                continue;
            proof.blocked_at[i] = wall();
            left -= !watch;
        }
        poll(NULL, 0, 2);
    }
    for (int i = 0; i < LF_DEMO_MEMBERS; i++)
        proof.benign_ok[i] = ask(ports[i], benign, 2000) == ADDRESS;
    _exit(write(out, &proof, sizeof proof) == (ssize_t)sizeof proof ? 0 : 1);
}

enum lf_code lf_demo_probe_start(struct lf_demo *d, struct lf_demo_probe *p, const char *bad,
                                 const char *benign, int limit, bool watch, struct lf_err *e)
{
    unsigned ports[LF_DEMO_MEMBERS];
    int fds[2];

    for (int i = 0; i < LF_DEMO_MEMBERS; i++)
        ports[i] = d->resolvers[i].port;
    if (pipe2(fds, O_CLOEXEC) != 0)
        return lf_err_set(e, LF_IO, "pipe: %s", strerror(errno));
    p->pid = fork();
    if (p->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGINT, SIG_DFL);
        signal(SIGTERM, SIG_DFL);
        close(fds[0]);
        probe(fds[1], ports, bad, benign, limit, watch);
    }
    close(fds[1]);
    if (p->pid < 0) {
        close(fds[0]);
        return lf_err_set(e, LF_IO, "fork: %s", strerror(errno));
    }
    p->out = fds[0];
    return LF_OK;
}

enum lf_code lf_demo_probe_ready(struct lf_demo_probe *p, struct lf_err *e)
{
    char c;

    if (read(p->out, &c, 1) != 1)
        return lf_err_set(e, LF_AWAY, "the prober ended early");
    return LF_OK;
}

enum lf_code lf_demo_probe_result(struct lf_demo_probe *p, struct lf_demo_proof *out, struct lf_err *e)
{
    struct lf_demo_proof got = { 0 };
    size_t have = 0;

    while (have < sizeof got) {
        ssize_t n = read(p->out, (char *)&got + have, sizeof got - have);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        have += (size_t)n;
    }
    close(p->out);
    waitpid(p->pid, NULL, 0);
    if (have != sizeof got)
        return lf_err_set(e, LF_AWAY, "the prober ended early");
    *out = got;
    return LF_OK;
}
