/* A feed's questions: what is asked, with which headers and credentials; and when again. */
#include "fmt/taxii1.h"
#include "fmt/uri.h"
#include "isac/feed_priv.h"

enum { PAGE = 500 /* objects of a page of TAXII */ };

/* ---- questions ---- */

/* Whether a main document as it was says that nothing is new: that of a CSAF provider names its indexes
 * alone, and a page of TAXII is another each time. */
bool feed_tells_of_news(const struct feed_slot *s)
{
    return s->want == WANT_MAIN && !lf_view_is(s->feed.format, "taxii") && !feed_taxii1(s->feed.format) &&
           !lf_view_is(s->feed.format, "csaf-provider");
}

static void header(struct lf_http_request *q, const char *name, lf_view value)
{
    if (q->nheaders < LF_HTTP_HEADERS)
        q->headers[q->nheaders++] = (struct lf_http_header){ lf_view_of(name), value };
}

void feed_ask(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, lf_view url)
{
    uint64_t r;

    if (!f->last_call) {
        lf_random(t->env, &r, sizeof r);
        f->last_call = r >> 16;
    }
    s->call = FEED_CALLS | ++f->last_call;
    s->began = 0;
    s->url = lf_arena_copy(&s->a, url);
    s->phase = ASKING;
}

lf_view feed_collection_url(struct feed_slot *s)
{
    lf_view url = s->service.len ? s->service : s->feed.url;

    if (lf_view_ends(url, LF_V("/objects/")))
        url.len -= strlen("objects/");
    return lf_view_ends(url, LF_V("/")) ? url : lf_arena_printf(&s->a, "%.*s/", LF_FMT(url));
}

/* What is asked first. */
lf_view feed_main_url(struct feed_slot *s)
{
    const struct lf_feed *f = &s->feed;
    lf_view url = f->url, after, next, out;
    struct lf_buf b;
    size_t bar;

    if (lf_view_is(f->format, "misp-feed") && !lf_view_ends(url, LF_V(".json")))
        return lf_arena_printf(&s->a, "%.*s%smanifest.json", LF_FMT(url),
                               lf_view_ends(url, LF_V("/")) ? "" : "/");
    if (lf_view_is(f->format, "misp-server"))
        return lf_arena_printf(&s->a, "%.*s%sevents/index", LF_FMT(url),
                               lf_view_ends(url, LF_V("/")) ? "" : "/");
    if (feed_taxii1(f->format))
        return s->service.len ? s->service : url;
    if (feed_pushes(f->format))
        return lf_arena_printf(&s->a, "%.*s/events/filterEventIdsForPush", LF_FMT(feed_folder(s)));
    if (!lf_view_is(f->format, "taxii"))
        return url;
    bar = lf_view_find_byte(f->position, '|');
    after = lf_view_first(f->position, bar);
    next = bar == SIZE_MAX ? LF_V("") : lf_view_from(f->position, bar + 1);
    if (s->want == WANT_INDEX)
        return url;
    lf_buf_init(&b, LF_FEED_URL + 4096);
    lf_buf_put(&b, feed_collection_url(s));
    lf_buf_printf(&b, "objects/?limit=%d", PAGE);
    if (after.len) {
        LF_PUT(&b, "&added_after=");
        lf_uri_encode(&b, after);
    }
    if (next.len) {
        LF_PUT(&b, "&next=");
        lf_uri_encode(&b, next);
    }
    out = lf_arena_copy(&s->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

/* Whether a URL's server is the feed's own: its host and port, or, where the feed's address is a domain's
 * service (SRV), any of the domain by the same scheme. */
static bool at_home(struct lf_task *t, const struct lf_feed *f, lf_view base)
{
    lf_view raw, origin = lf_uri_origin(t->a, f->url, &raw, &raw), domain = lf_call_domain(origin), host;

    if (lf_view_eq(base, origin))
        return true;
    host = lf_call_host(base);
    if (!domain.len || host.len < domain.len || !lf_view_ends(host, domain) ||
        lf_view_starts(base, LF_V("https")) != lf_view_starts(origin, LF_V("https")))
        return false;
    return host.len == domain.len || host.ptr[host.len - domain.len - 1] == '.';
}

enum lf_code feed_call(struct lf_task *t, struct feed_slot *s, struct lf_call *c, struct lf_err *e)
{
    const struct lf_feed *f = &s->feed;
    bool taxii1 = feed_taxii1(f->format), home;
    bool misp = !taxii1 && (lf_view_is(f->format, "misp-server") || feed_pushes(f->format));
    lf_view path, query, raw;
    struct lf_http_request *q = &c->request;

    *c = (struct lf_call){ .id = s->call,
                           .base = lf_uri_origin(t->a, s->url, &raw, &query),
                           .timeout_ms = (uint32_t)f->patience * 1000,
                           .stranger = true,
                           .most = (uint32_t)f->most };
    if (!c->base.len)
        return lf_err_set(e, LF_BAD_INPUT, "\"%.*s\" is no address of http or https",
                          LF_FMT(lf_view_first(s->url, 200)));
    LF_TRY(lf_uri_decode_path(t->a, raw, &path, e));
    home = at_home(t, f, c->base);
    c->private = f->private && home;
    if (home && f->pin.len && lf_view_starts(c->base, LF_V("https://"))) {
        c->has_pin = true;
        LF_TRY(lf_unhex(f->pin, c->pin, sizeof c->pin, e));
    }
    q->method = LF_V("GET");
    q->path = path;
    q->query = query;
    if (lf_view_is(f->format, "taxii"))
        header(q, "Accept", LF_V("application/taxii+json;version=2.1"));
    else
        header(q, "Accept", misp ? LF_V("application/json") : taxii1 ? LF_V("application/xml") : LF_V("*/*"));
    if (taxii1) {
        c->client_cert = home && lf_view_starts(c->base, LF_V("https://"));
        q->method = LF_V("POST");
        header(q, "Content-Type", LF_V("application/xml"));
        header(q, "X-TAXII-Content-Type", LF_V(LF_TAXII1_CONTENT));
        header(q, "X-TAXII-Accept", LF_V(LF_TAXII1_CONTENT));
        header(q, "X-TAXII-Protocol", LF_V(LF_TAXII1_PROTOCOL));
        header(q, "X-TAXII-Services", LF_V(LF_TAXII1_SERVICES));
        LF_TRY(feed_taxii1_body(t, s, &q->body, e));
    } else if (feed_pushes(f->format)) {
        q->method = LF_V("POST");
        header(q, "Content-Type", LF_V("application/json"));
        if (s->want == WANT_MAIN)
            q->body = feed_push_question(t, s);
        else
            LF_TRY(feed_push_body(t, s, &q->body, e));
    } else if (misp && s->want == WANT_MAIN) {
        q->method = LF_V("POST");
        q->body = LF_V("{\"minimal\":1,\"published\":1}");
        header(q, "Content-Type", LF_V("application/json"));
    } else if (feed_tells_of_news(s) && !s->by_hand) {
        if (f->etag.len)
            header(q, "If-None-Match", f->etag);
        if (f->modified.len)
            header(q, "If-Modified-Since", f->modified);
    }
    if (home && f->locked)
        return lf_err_set(
            e, LF_UNACCEPTED,
            "its secret was sealed with another secrets.key than this node has; put that one back, "
            "or enter the secret again");
    if (home && lf_view_starts(c->base, LF_V("https://"))) {
        lf_view pair = lf_arena_printf(t->a, "%.*s:%.*s", LF_FMT(f->login), LF_FMT(f->secret));

        if (f->auth == LF_FEED_BASIC)
            header(q, "Authorization",
                   lf_arena_printf(t->a, "Basic %.*s", LF_FMT(lf_base64(t->a, pair.ptr, pair.len))));
        else if (f->auth == LF_FEED_BEARER)
            header(q, "Authorization", lf_arena_printf(t->a, "Bearer %.*s", LF_FMT(f->secret)));
        else if (f->auth == LF_FEED_KEY)
            header(q, "Authorization", f->secret);
    }
    s->began = lf_tick(t->env);
    return LF_OK;
}

static bool digits(lf_view v, size_t at, size_t n, int *out)
{
    uint64_t u;

    if (!lf_view_u64(lf_view_first(lf_view_from(v, at), n), &u))
        return false;
    *out = (int)u;
    return true;
}

/* Seconds, or a date as RFC 9110 (5.6.7) has it: "Sun, 06 Nov 1994 08:49:37 GMT"; at most a day. */
lf_time feed_retry_after(struct lf_task *t, const struct lf_http_response *p)
{
    static const lf_view months = LF_VIEW("JanFebMarAprMayJunJulAugSepOctNovDec");
    lf_view v = lf_http_answer_get(p, "retry-after");
    struct lf_civil c = { 0 };
    size_t month;
    lf_time wait;
    uint64_t n;

    if (!v.len)
        return 0;
    if (lf_view_u64(v, &n))
        return n > 86400 ? LF_DAY : (lf_time)n * LF_SECOND;
    if (v.len != 29 || !digits(v, 5, 2, &c.day) || !digits(v, 12, 4, &c.year) || !digits(v, 17, 2, &c.hour) ||
        !digits(v, 20, 2, &c.minute) || !digits(v, 23, 2, &c.second))
        return 0;
    month = lf_view_find(months, lf_view_first(lf_view_from(v, 8), 3));
    if (month == SIZE_MAX || month % 3 || c.day < 1 || c.day > 31 || c.year < 1970 || c.year > 2199 ||
        c.hour > 23 || c.minute > 59 || c.second > 59)
        return 0;
    c.month = (int)(month / 3) + 1;
    wait = lf_time_of(&c) - lf_now(t->env);
    return wait < 0 ? 0 : wait > LF_DAY ? LF_DAY : wait;
}
