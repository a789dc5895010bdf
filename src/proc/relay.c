/* Relay: the only worker that calls out.  Each CALL of the core becomes one curl
 * transfer; all of them share one multi handle driven by the worker's loop, which
 * keeps connections open and uses them again.
 *
 * Keys handed over: "tls.cert" and "tls.key" (PEM), shown to peers that ask. */
#include <curl/curl.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/crypto.h"
#include "base/map.h"
#include "fmt/json.h"
#include "http/call.h"
#include "proc/relay_srv.h"
#include "proc/worker.h"
#include "sys/net.h"

enum {
    CALLS = 4096,                /* at once */
    IDLE_CONNECTIONS = 64,       /* kept for the next call */
    HEADER_BYTES = 64 << 10,     /* of one answer */
    CONNECT_MS = 10000,          /* at most, within the call's own time */
    TIMEOUT_MOST_MS = 10 * 60000 /* of any call */
};

struct relay {
    struct lf_worker *w;
    CURLM *multi;
    struct lf_timer timer;
    struct lf_map jobs; /* id as 8 bytes → struct job */
    struct job *first;
    uint64_t njobs, done, failed;
    lf_view cert, key, resolver;
};

struct job {
    struct relay *relay;
    struct job *next, **at;
    CURL *easy;
    struct lf_arena a; /* URL, headers of both ways, the request's body */
    struct curl_slist *headers;
    struct lf_buf body;
    size_t header_bytes;
    struct lf_call_result result;
    uint64_t id;
    bool public_only, kept_out, mail;
    struct relay_srv *srv; /* of a call to a domain's service: in `a`, with the call as it came */
    lf_view call;
    size_t turn;    /* of srv->found */
    lf_view letter; /* what is yet to be sent of it */
    char reply[300];
    char why[CURL_ERROR_SIZE];
};

/* Results. */

static void tell(struct relay *r, const struct lf_call_result *result)
{
    struct lf_err e;
    struct lf_buf b;

    lf_buf_init(&b, LF_CALL_BODY + (200 << 10));
    lf_call_result_pack(&b, result);
    if (lf_buf_done(&b, &e) != LF_OK ||
        lf_worker_send(r->w, LF_WORKER_CORE, LF_MSG_CALL_RESULT, lf_buf_view(&b), &e) != LF_OK) {
        struct lf_call_result lost = { .id = result->id, .code = e.code, .why = lf_view_of(e.text) };

        if (result->code == LF_OK)
            tell(r, &lost);
        else
            lf_log_err(&r->w->log, LF_LOG_WARN, "LF1040", &e); /* the core is away and asks again */
    }
    lf_buf_clear(&b);
}

static void refuse(struct relay *r, uint64_t id, enum lf_code code, const char *why)
{
    struct lf_call_result result = { .id = id, .code = code, .why = lf_view_of(why) };

    r->failed++;
    tell(r, &result);
}

static void let_go(struct job *j)
{
    if (j->easy) {
        curl_multi_remove_handle(j->relay->multi, j->easy);
        curl_easy_cleanup(j->easy);
    }
    curl_slist_free_all(j->headers);
    j->easy = NULL;
    j->headers = NULL;
}

static void job_destroy(struct job *j)
{
    struct relay *r = j->relay;

    let_go(j);
    if (j->srv)
        relay_srv_stop(j->srv);
    if (j->at) {
        *j->at = j->next;
        if (j->next)
            j->next->at = j->at;
        r->njobs--;
    }
    (void)lf_map_del(&r->jobs, (lf_view){ (const char *)&j->id, sizeof j->id });
    lf_buf_clear(&j->body);
    lf_arena_clear(&j->a);
    free(j);
}

static enum lf_code code_of(CURLcode c)
{
    switch (c) {
    case CURLE_OK:
        return LF_OK;
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
        return LF_UNAUTHENTIC;
    case CURLE_WRITE_ERROR: /* only our own callbacks refuse */
    case CURLE_FILESIZE_EXCEEDED:
        return LF_TOO_BIG;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return LF_BAD_INPUT;
    default:
        return LF_AWAY;
    }
}

/* The server's reply to a message, taken or refused; false: it did not come to that. */
static bool mail_done(struct job *j, CURLcode c)
{
    uint64_t status = 0;

    (void)lf_view_u64(lf_view_first(lf_view_of(j->reply), 3), &status);
    if (c == CURLE_OK ? status < 200 || status > 399
                      : status < 400 || status > 599 ||
                            (c != CURLE_SEND_ERROR && c != CURLE_RECV_ERROR &&
                             c != CURLE_WEIRD_SERVER_REPLY && c != CURLE_UPLOAD_FAILED))
        return false;
    j->result.code = LF_OK;
    j->result.response.status = (int)status;
    j->result.response.body = lf_view_of(j->reply);
    return true;
}

static void job_end(struct job *j)
{
    if (j->result.code == LF_OK)
        j->relay->done++;
    else
        j->relay->failed++;
    tell(j->relay, &j->result);
    job_destroy(j);
}

static bool try_next(struct job *j);

static void job_done(struct job *j, CURLcode c)
{
    long status = 0;

    if (j->srv && (c == CURLE_COULDNT_CONNECT || c == CURLE_COULDNT_RESOLVE_HOST) && !j->kept_out &&
        try_next(j))
        return;

    j->result.code = code_of(c);
    if (j->mail && mail_done(j, c)) {
        /* the server's word */
    } else if (c == CURLE_OK) {
        curl_easy_getinfo(j->easy, CURLINFO_RESPONSE_CODE, &status);
        j->result.response.status = (int)status;
        j->result.response.body = lf_buf_view(&j->body);
        if (status < 200 || status > 599) {
            j->result.code = LF_AWAY;
            j->result.why = LF_V("the server's answer has no usable status");
        }
    } else if (j->kept_out) {
        j->result.code = LF_FORBIDDEN;
        j->result.why = LF_V("the server's address is not a public one, and this feed may not go to others");
    } else if (j->body.over || c == CURLE_FILESIZE_EXCEEDED) {
        j->result.code = LF_TOO_BIG;
        j->result.why = lf_arena_printf(&j->a, "the answer is larger than %zu bytes", j->body.max);
    } else if (c == CURLE_SSL_PINNEDPUBKEYNOTMATCH) {
        j->result.why = LF_V("the server's key is not the one that was pinned at enrolment");
    } else {
        j->result.why = lf_view_of(j->why[0] ? j->why : curl_easy_strerror(c));
    }
    job_end(j);
}

static void look_for_ends(struct relay *r)
{
    CURLMsg *m;
    int left;

    while ((m = curl_multi_info_read(r->multi, &left))) {
        struct job *j = NULL;
        CURLcode c = m->data.result; /* `m` does not outlive the handle's removal */

        if (m->msg == CURLMSG_DONE && curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &j) == CURLE_OK &&
            j)
            job_done(j, c);
    }
}

/* curl in our loop. */

struct socket {
    struct lf_watch watch;
    struct relay *relay;
};

static void act(struct relay *r, curl_socket_t fd, int what)
{
    int running;

    (void)curl_multi_socket_action(r->multi, fd, what, &running);
    look_for_ends(r);
}

static void socket_readable(void *ctx)
{
    struct socket *s = ctx;

    act(s->relay, s->watch.fd, CURL_CSELECT_IN);
}

static void socket_writable(void *ctx)
{
    struct socket *s = ctx;

    act(s->relay, s->watch.fd, CURL_CSELECT_OUT);
}

static int want_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *of_socket)
{
    struct relay *r = ctx;
    struct socket *s = of_socket;
    struct lf_err e;

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (s)
            lf_watch_stop(&s->watch);
        free(s);
        curl_multi_assign(r->multi, fd, NULL);
        return 0;
    }
    if (!s) {
        s = calloc(1, sizeof *s);
        LF_ASSERT(s);
        s->relay = r;
        s->watch =
            (struct lf_watch){ .fd = fd, .readable = socket_readable, .writable = socket_writable, .ctx = s };
        curl_multi_assign(r->multi, fd, s);
    }
    if (lf_watch_set(r->w->loop, &s->watch, what & CURL_POLL_IN, what & CURL_POLL_OUT, &e) != LF_OK)
        lf_log_err(&r->w->log, LF_LOG_ERROR, "LF1041", &e);
    return 0;
}

static void timer_fired(void *ctx)
{
    act(ctx, CURL_SOCKET_TIMEOUT, 0);
}

static int want_timer(CURLM *multi, long ms, void *ctx)
{
    struct relay *r = ctx;

    (void)multi;
    if (ms < 0)
        lf_timer_stop(r->w->loop, &r->timer);
    else
        lf_timer_in(r->w->loop, &r->timer, ms * LF_MSEC);
    return 0;
}

/* What the server says. */

static size_t take_body(char *bytes, size_t one, size_t n, void *ctx)
{
    struct job *j = ctx;

    lf_buf_put(&j->body, (lf_view){ bytes, n * one });
    return j->body.over ? 0 : n * one;
}

static bool plain(lf_view v)
{
    for (size_t i = 0; i < v.len; i++) {
        if ((uint8_t)v.ptr[i] < 0x20 || v.ptr[i] == 0x7f)
            return false;
    }
    return true;
}

static bool token(lf_view v)
{
    for (size_t i = 0; i < v.len; i++) {
        char c = v.ptr[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '-' &&
            c != '_')
            return false;
    }
    return v.len > 0;
}

static size_t take_header(char *bytes, size_t one, size_t n, void *ctx)
{
    struct job *j = ctx;
    struct lf_http_response *p = &j->result.response;
    lf_view line = lf_view_trim((lf_view){ bytes, n * one }), name, value;
    size_t colon;

    j->header_bytes += n * one;
    if (j->header_bytes > HEADER_BYTES)
        return 0;
    if (lf_view_starts(line, LF_V("HTTP/"))) {
        p->nheaders = 0; /* what came before was a 1xx */
        return n * one;
    }
    colon = lf_view_find_byte(line, ':');
    if (colon == SIZE_MAX || p->nheaders == LF_HTTP_HEADERS)
        return n * one;
    name = lf_view_trim(lf_view_first(line, colon));
    value = lf_view_trim(lf_view_from(line, colon + 1));
    /* What the core would refuse as hostile is not passed on. */
    if (token(name) && plain(value)) {
        p->headers[p->nheaders].name = lf_arena_copy(&j->a, name);
        p->headers[p->nheaders++].value = lf_arena_copy(&j->a, value);
    }
    return n * one;
}

/* A call. */

static void put_escaped(struct lf_buf *b, lf_view v, const char *keep)
{
    for (size_t i = 0; i < v.len; i++) {
        char c = v.ptr[i];

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            (c && strchr(keep, c)))
            lf_buf_byte(b, c);
        else
            lf_buf_printf(b, "%%%02X", (unsigned)(uint8_t)c);
    }
}

static char *url_of(struct job *j, const struct lf_call *c)
{
    struct lf_buf b;
    char *url;

    lf_buf_init(&b, LF_CALL_URL + 6 * LF_HTTP_URL + 16);
    lf_buf_put(&b, c->base);
    put_escaped(&b, c->request.path, "/-._~!$&'()*+,;=:@");
    if (c->request.query.len) {
        lf_buf_byte(&b, '?');
        put_escaped(&b, c->request.query, "/-._~!$&'()*+,;=:@?%[]"); /* it is escaped already */
    }
    url = lf_arena_cstr(&j->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return url;
}

static bool ours(lf_view name)
{
    static const char *const names[] = { "host",       "content-length", "connection", "transfer-encoding",
                                         "user-agent", "expect",         "te",         "upgrade" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (lf_view_eq_nocase(name, lf_view_of(names[i])))
            return true;
    }
    return false;
}

static void add_header(struct job *j, const char *line)
{
    struct curl_slist *more = curl_slist_append(j->headers, line);

    LF_ASSERT(more);
    j->headers = more;
}

static void set_headers(struct job *j, const struct lf_http_request *q)
{
    add_header(j, "Expect:"); /* no waiting for "100 Continue" */
    for (size_t i = 0; i < q->nheaders; i++) {
        lf_view name = q->headers[i].name, value = q->headers[i].value;

        if (!ours(name))
            add_header(j, lf_arena_printf(&j->a, value.len ? "%.*s: %.*s" : "%.*s;%.*s", (int)name.len,
                                          name.ptr, (int)value.len, value.ptr)
                              .ptr);
    }
}

static void set_tls(struct job *j, const struct lf_call *c)
{
    CURL *h = j->easy;

    curl_easy_setopt(h, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (c->has_pin) {
        lf_view b64 = lf_base64(&j->a, c->pin, LF_HTTP_PIN);

        lf_view pins = lf_arena_printf(&j->a, "sha256//%.*s", LF_FMT(b64));

        if (c->has_next)
            pins = lf_arena_printf(&j->a, "%.*s;sha256//%.*s", LF_FMT(pins),
                                   LF_FMT(lf_base64(&j->a, c->next, LF_HTTP_PIN)));
        /* The pin says more than any authority could: this key and no other. */
        curl_easy_setopt(h, CURLOPT_PINNEDPUBLICKEY, pins.ptr);
        curl_easy_setopt(h, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(h, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (c->client_cert) {
        struct curl_blob cert = { (void *)(uintptr_t)j->relay->cert.ptr, j->relay->cert.len,
                                  CURL_BLOB_NOCOPY };
        struct curl_blob key = { (void *)(uintptr_t)j->relay->key.ptr, j->relay->key.len, CURL_BLOB_NOCOPY };

        curl_easy_setopt(h, CURLOPT_SSLCERT_BLOB, &cert);
        curl_easy_setopt(h, CURLOPT_SSLCERTTYPE, "PEM");
        curl_easy_setopt(h, CURLOPT_SSLKEY_BLOB, &key);
        curl_easy_setopt(h, CURLOPT_SSLKEYTYPE, "PEM");
    }
}

/* Where a name led to: looked up once, and this very address is connected to. */
static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct job *j = ctx;
    struct lf_addr a = { .len = to->addrlen };

    (void)purpose;
    if (to->addrlen > sizeof a.ss)
        return CURL_SOCKET_BAD;
    memcpy(&a.ss, &to->addr, to->addrlen);
    if (j->public_only && !lf_addr_public(&a)) {
        j->kept_out = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, to->protocol);
}

static void set_stranger(struct job *j, const struct lf_call *c)
{
    if (!c->stranger)
        return;
    j->public_only = !c->private;
    curl_easy_setopt(j->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(j->easy, CURLOPT_OPENSOCKETDATA, j);
    /* A connection that is kept was made for whoever may go where it leads. */
    if (c->private)
        curl_easy_setopt(j->easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(j->easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(j->easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(j->easy, CURLOPT_LOW_SPEED_TIME, 60L);
    if (c->most) {
        j->body.max = c->most;
        curl_easy_setopt(j->easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)c->most);
    }
}

static size_t give_letter(char *to, size_t one, size_t n, void *ctx)
{
    struct job *j = ctx;
    size_t most = one * n < j->letter.len ? one * n : j->letter.len;

    memcpy(to, j->letter.ptr, most);
    j->letter = lf_view_from(j->letter, most);
    return most;
}

/* What the server says, line by line; the last but its farewell is kept. */
static size_t take_reply(char *bytes, size_t one, size_t n, void *ctx)
{
    struct job *j = ctx;
    lf_view line = lf_view_first(lf_view_trim((lf_view){ bytes, n * one }), sizeof j->reply - 1);

    if (lf_view_starts(line, LF_V("221")))
        return n * one;
    for (size_t i = 0; i < line.len; i++)
        j->reply[i] = line.ptr[i] >= 0x20 && line.ptr[i] < 0x7f ? line.ptr[i] : '?';
    j->reply[line.len] = '\0';
    return n * one;
}

static void set_mail(struct job *j, const struct lf_call *c)
{
    const struct lf_http_request *q = &c->request;
    lf_view login = lf_http_get(q, "login"), secret = lf_http_get(q, "secret");
    CURL *h = j->easy;
    long timeout = c->timeout_ms && c->timeout_ms < TIMEOUT_MOST_MS ? (long)c->timeout_ms : TIMEOUT_MOST_MS;

    j->mail = true;
    j->letter = lf_arena_copy(&j->a, q->body);
    curl_easy_setopt(h, CURLOPT_URL, lf_arena_cstr(&j->a, c->base));
    curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(h, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    curl_easy_setopt(h, CURLOPT_PROXY, "");
    curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, timeout);
    curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, timeout < CONNECT_MS ? timeout : (long)CONNECT_MS);
    curl_easy_setopt(h, CURLOPT_ERRORBUFFER, j->why);
    curl_easy_setopt(h, CURLOPT_PRIVATE, j);
    curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, take_reply);
    curl_easy_setopt(h, CURLOPT_HEADERDATA, j);
    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(h, CURLOPT_WRITEDATA, j);
    curl_easy_setopt(h, CURLOPT_MAIL_FROM, lf_arena_cstr(&j->a, lf_http_get(q, "from")));
    add_header(j, lf_arena_cstr(&j->a, lf_http_get(q, "to")));
    curl_easy_setopt(h, CURLOPT_MAIL_RCPT, j->headers);
    curl_easy_setopt(h, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(h, CURLOPT_READFUNCTION, give_letter);
    curl_easy_setopt(h, CURLOPT_READDATA, j);
    curl_easy_setopt(h, CURLOPT_INFILESIZE_LARGE, (curl_off_t)j->letter.len);
    if (login.len) {
        curl_easy_setopt(h, CURLOPT_USERNAME, lf_arena_cstr(&j->a, login));
        curl_easy_setopt(h, CURLOPT_PASSWORD, lf_arena_cstr(&j->a, secret));
    }
    set_tls(j, c);
}

static void set_all(struct job *j, const struct lf_call *c)
{
    const struct lf_http_request *q = &c->request;
    CURL *h = j->easy;
    long timeout = c->timeout_ms && c->timeout_ms < TIMEOUT_MOST_MS ? (long)c->timeout_ms : TIMEOUT_MOST_MS;

    curl_easy_setopt(h, CURLOPT_URL, url_of(j, c));
    curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(h, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(h, CURLOPT_PROXY, ""); /* never by the environment's word */
    curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(h, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, timeout);
    curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, timeout < CONNECT_MS ? timeout : (long)CONNECT_MS);
    curl_easy_setopt(h, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(h, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)LF_CALL_BODY);
    curl_easy_setopt(h, CURLOPT_USERAGENT, "lianfang/" LF_VERSION);
    curl_easy_setopt(h, CURLOPT_ERRORBUFFER, j->why);
    curl_easy_setopt(h, CURLOPT_PRIVATE, j);
    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(h, CURLOPT_WRITEDATA, j);
    curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(h, CURLOPT_HEADERDATA, j);
    if (lf_view_is(q->method, "HEAD")) {
        curl_easy_setopt(h, CURLOPT_NOBODY, 1L);
    } else if (q->body.len || lf_view_is(q->method, "POST") || lf_view_is(q->method, "PUT")) {
        curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body.len);
        curl_easy_setopt(h, CURLOPT_POSTFIELDS, lf_arena_cstr(&j->a, q->body));
        /* curl would call it a form. */
        if (!lf_http_get(q, "content-type").ptr)
            add_header(j, "Content-Type: application/octet-stream");
    }
    if (!lf_view_is(q->method, "HEAD"))
        curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, lf_arena_cstr(&j->a, q->method));
    set_headers(j, q);
    curl_easy_setopt(h, CURLOPT_HTTPHEADER, j->headers);
    set_tls(j, c);
    set_stranger(j, c);
}

static void launch(struct job *j, const struct lf_call *c)
{
    j->easy = curl_easy_init();
    LF_ASSERT(j->easy);
    if (lf_view_is(c->request.method, "MAIL"))
        set_mail(j, c);
    else
        set_all(j, c);
    if (curl_multi_add_handle(j->relay->multi, j->easy) != CURLM_OK) {
        j->result.code = LF_IO;
        j->result.why = LF_V("curl does not take the call");
        job_end(j);
    }
}

/* The next server of the domain; false: there is none.  Its certificate is checked by its own name.  Who can
 * forge the record could lead anywhere; so a name outside of the domain that a person wrote is none. */
static bool try_next(struct job *j)
{
    struct lf_dns_name domain;
    char name[LF_DNS_NAME_TEXT];
    struct lf_call c;
    struct lf_err e;
    size_t own;

    if (lf_call_unpack(j->call, &c, &e) != LF_OK ||
        lf_dns_name_parse(lf_call_domain(c.base), &domain, &e) != LF_OK)
        return false;
    while (j->turn < j->srv->nfound) {
        const struct lf_dns_srv *s = &j->srv->found[j->turn++];

        if (!lf_dns_name_under(&s->target, &domain, &own))
            continue;
        c.base = lf_arena_printf(&j->a, "%s://%.*s:%u",
                                 lf_view_starts(c.base, LF_V("https")) ? "https" : "http",
                                 LF_FMT(lf_dns_name_text(&s->target, name)), s->port);
        let_go(j);
        lf_buf_reset(&j->body);
        j->header_bytes = j->result.response.nheaders = 0;
        j->why[0] = '\0';
        launch(j, &c);
        return true;
    }
    return false;
}

static void domain_answered(void *ctx, const struct lf_err *why)
{
    struct job *j = ctx;
    struct relay_srv *q = j->srv;
    char name[LF_DNS_NAME_TEXT];

    if (why->code == LF_OK && !q->nfound) { /* RFC 2782: then it is the domain itself */
        struct lf_call c;
        struct lf_err e;
        bool is = lf_call_unpack(j->call, &c, &e) == LF_OK &&
                  lf_dns_name_parse(lf_call_domain(c.base), &q->found[0].target, &e) == LF_OK;

        q->found[0].port = is && lf_view_starts(c.base, LF_V("https")) ? 443 : 80;
        q->nfound = is;
    }
    if (why->code == LF_OK && try_next(j))
        return;
    j->result.code = LF_AWAY;
    j->result.why = why->code != LF_OK
                        ? lf_arena_copy(&j->a, lf_view_of(why->text))
                        : lf_arena_printf(&j->a, "the SRV records of %.*s name no server within its domain",
                                          LF_FMT(lf_dns_name_text(&q->name, name)));
    job_end(j);
}

static void ask_domain(struct job *j, lf_view payload, const struct lf_call *c)
{
    struct relay_srv *q = LF_NEW(&j->a, struct relay_srv, 1);
    lf_view domain = lf_call_domain(c->base);

    j->srv = q;
    j->call = lf_arena_copy(&j->a, payload);
    *q = (struct relay_srv){ .w = j->relay->w, .done = domain_answered, .ctx = j };
    relay_resolvers_find(j->relay->resolver, &q->resolvers);
    if (lf_dns_name_parse(lf_arena_printf(&j->a, LF_CALL_SERVICE "%.*s", LF_FMT(domain)), &q->name, NULL) !=
        LF_OK)
        q->resolvers.n = 0;
    relay_srv_ask(q);
}

static void call(struct relay *r, lf_view payload)
{
    struct lf_call c;
    struct lf_err e;
    struct job *j;

    if (lf_call_unpack(payload, &c, &e) != LF_OK) {
        lf_log_err(&r->w->log, LF_LOG_ERROR, "LF1042", &e);
        if (payload.len >= 8) {
            uint64_t id = 0;

            for (size_t i = 0; i < 8; i++)
                id = id << 8 | (uint8_t)payload.ptr[i];
            refuse(r, id, e.code, e.text);
        }
        return;
    }
    if (r->njobs >= CALLS) {
        refuse(r, c.id, LF_TOO_MANY, "too many calls are under way");
        return;
    }
    if (c.client_cert && (!r->cert.ptr || !r->key.ptr)) {
        refuse(r, c.id, LF_AWAY, "this node has no certificate to show");
        return;
    }
    j = calloc(1, sizeof *j);
    LF_ASSERT(j);
    j->relay = r;
    j->id = c.id;
    j->result.id = c.id;
    lf_arena_init(&j->a, 4096);
    lf_buf_init(&j->body, LF_CALL_BODY);
    j->next = r->first;
    if (j->next)
        j->next->at = &j->next;
    j->at = &r->first;
    r->first = j;
    r->njobs++;
    lf_map_set_ptr(&r->jobs, (lf_view){ (const char *)&j->id, sizeof j->id }, j);
    if (c.stranger && lf_call_domain(c.base).len)
        ask_domain(j, payload, &c);
    else
        launch(j, &c);
}

/* The worker. */

static void message(struct lf_worker *w, enum lf_worker_id from, unsigned type, lf_view payload)
{
    struct relay *r = w->state;

    (void)from;
    if (type == LF_MSG_CALL) {
        call(r, payload);
    } else if (type == LF_MSG_CALL_CANCEL) {
        uint64_t id = 0;
        struct job *j;

        for (size_t i = 0; i < 8; i++)
            id = id << 8 | (uint8_t)payload.ptr[i];
        j = lf_map_get_ptr(&r->jobs, (lf_view){ (const char *)&id, sizeof id });
        if (j)
            job_destroy(j);
    }
}

static void neighbour(struct lf_worker *w, enum lf_worker_id id, bool up)
{
    struct relay *r = w->state;

    /* A core started anew knows nothing of these and asks again. */
    if (id == LF_WORKER_CORE && !up) {
        for (struct job *j = r->first, *next; j; j = next) {
            next = j->next;
            job_destroy(j);
        }
    }
}

static void health(struct lf_worker *w, struct lf_json_w *json)
{
    struct relay *r = w->state;

    lf_json_put_int(json, "calls_open", (int64_t)r->njobs);
    lf_json_put_int(json, "calls_done", (int64_t)r->done);
    lf_json_put_int(json, "calls_failed", (int64_t)r->failed);
}

static enum lf_code start(struct lf_worker *w, struct lf_err *e)
{
    struct relay *r;
    const struct lf_json *boot = NULL;
    uint64_t seed;

    if (w->boot.len) /* tests give none */
        LF_TRY(lf_json_parse(&w->arena, w->boot, NULL, &boot, e));
    r = calloc(1, sizeof *r);
    LF_ASSERT(r);
    r->w = w;
    r->resolver = lf_view_some(lf_json_str(boot, "resolver"));
    r->cert = lf_worker_key(w, "tls.cert");
    r->key = lf_worker_key(w, "tls.key");
    r->timer = (struct lf_timer){ .fire = timer_fired, .ctx = r };
    lf_random(&w->env, &seed, sizeof seed);
    lf_map_init(&r->jobs, seed);
    /* Here, before the cage: libraries read their settings and load their parts. */
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !(r->multi = curl_multi_init()))
        return lf_err_set(e, LF_IO, "curl does not start");
    curl_multi_setopt(r->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
    curl_multi_setopt(r->multi, CURLMOPT_SOCKETDATA, r);
    curl_multi_setopt(r->multi, CURLMOPT_TIMERFUNCTION, want_timer);
    curl_multi_setopt(r->multi, CURLMOPT_TIMERDATA, r);
    curl_multi_setopt(r->multi, CURLMOPT_MAXCONNECTS, (long)IDLE_CONNECTIONS);
    w->state = r;
    return LF_OK;
}

const struct lf_worker_spec lf_relay_worker = {
    .name = "relay", .start = start, .message = message, .neighbour = neighbour, .health = health
};
