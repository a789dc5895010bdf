/* What the front says: answers of other workers, and its own. */
#include <microhttpd.h>

#include "fmt/json.h"
#include "fmt/taxii1.h"
#include "isac/national.h"
#include "proc/front_priv.h"

static const struct {
    const char *name, *value;
} always[] = {
    { "Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
                                 "script-src 'self'; connect-src 'self'; "
                                 "base-uri 'none'; frame-ancestors 'none'" },
    { "X-Content-Type-Options", "nosniff" },
    { "X-Frame-Options", "DENY" },
    { "Referrer-Policy", "same-origin" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
    { "Cache-Control", "no-store" },
};

static void add_common(struct conn *c, struct MHD_Response *r)
{
    const char *host = MHD_lookup_connection_value(c->mhd, MHD_HEADER_KIND, "Host");

    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        if (!MHD_get_response_header(r, always[i].name))
            (void)MHD_add_response_header(r, always[i].name, always[i].value);
    /* A developer's localhost must not be bound to https for a year. */
    if (c->door->kind == LF_DOOR_PUBLIC && !(host && strncmp(host, "localhost", 9) == 0))
        (void)MHD_add_response_header(r, "Strict-Transport-Security", "max-age=31536000");
}

static enum MHD_Result queue(struct conn *c, int status, struct MHD_Response *r)
{
    enum MHD_Result done;

    if (!r)
        return MHD_NO;
    add_common(c, r);
    done = front_queue(c->mhd, (unsigned)status, r);
    MHD_destroy_response(r);
    front_set_state(c, ST_ANSWERING);
    return done;
}

/* An answer of the front's own.  TAXII's clients are owed TAXII's error message
 * and media type, others problem+json (RFC 9457). */
static enum MHD_Result say_problem(struct conn *c, int status, const char *detail, bool taxii)
{
    struct MHD_Response *r;
    struct lf_json_w w;
    struct lf_buf b;

    c->door->f->refused++;
    lf_buf_init(&b, 4096);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    if (taxii) {
        char number[16];

        (void)snprintf(number, sizeof number, "%d", status);
        lf_json_put_cstr(&w, "title", lf_http_reason(status));
        lf_json_put_cstr(&w, "description", detail);
        lf_json_put_cstr(&w, "http_status", number);
    } else {
        lf_json_put_cstr(&w, "type", "about:blank");
        lf_json_put_cstr(&w, "title", lf_http_reason(status));
        lf_json_put_int(&w, "status", status);
        lf_json_put_cstr(&w, "detail", detail);
    }
    lf_json_close(&w);
    r = MHD_create_response_from_buffer(b.len, b.ptr, MHD_RESPMEM_MUST_COPY);
    lf_buf_clear(&b);
    if (r) {
        (void)MHD_add_response_header(
            r, "Content-Type", taxii ? "application/taxii+json;version=2.1" : "application/problem+json");
        if (status == 503 || status == 429)
            (void)MHD_add_response_header(r, "Retry-After", "2");
    }
    return queue(c, status, r);
}

static bool is_taxii(const struct conn *c)
{
    return c->url && c->url_len >= 7 && memcmp(c->url, "/taxii2", 7) == 0;
}

enum MHD_Result front_problem(struct conn *c, int status, const char *detail)
{
    return say_problem(c, status, detail, is_taxii(c));
}

/* A request line that did not fit was not read: what is that long is a TAXII filter, as the forms of the
 * console are posted; and between nodes there is nothing else. */
enum MHD_Result front_refuse(struct conn *c, int status, const char *detail)
{
    return say_problem(c, status, detail,
                       is_taxii(c) || c->door->kind == LF_DOOR_PEER || status == MHD_HTTP_URI_TOO_LONG);
}

/* A message of the national exchange (TAXII 1.1) has its own word for it; which message it answers nobody
 * has read. */
enum MHD_Result front_too_big(struct conn *c)
{
    static const char services[] = "/taxii1/";
    struct MHD_Response *r;
    struct lf_buf b;
    uint32_t id;

    if (!c->url || c->url_len < strlen(services) || memcmp(c->url, services, strlen(services)) != 0)
        return front_problem(c, 413, "the body is larger than this address takes");
    c->door->f->refused++;
    lf_random(&c->door->f->w->env, &id, sizeof id);
    lf_buf_init(&b, 4096);
    lf_taxii1_status(&b, lf_arena_printf(&c->door->f->arena, "%u", id), LF_V("0"), "FAILURE",
                     LF_V(LF_NATIONAL_SAYS_SIZE), LF_V(""), LF_V("the message is larger than 14 MiB"));
    r = MHD_create_response_from_buffer(b.len, b.ptr, MHD_RESPMEM_MUST_COPY);
    lf_buf_clear(&b);
    if (r) {
        (void)MHD_add_response_header(r, "Content-Type", "application/xml");
        (void)MHD_add_response_header(r, "X-TAXII-Content-Type", LF_TAXII1_CONTENT);
        (void)MHD_add_response_header(r, "X-TAXII-Protocol", LF_TAXII1_PROTOCOL);
        (void)MHD_add_response_header(r, "X-TAXII-Services", LF_TAXII1_SERVICES);
    }
    return queue(c, 200, r);
}

enum MHD_Result front_send(struct conn *c)
{
    struct MHD_Response *r;
    struct lf_http_response answer;
    union {
        const char *in;
        char *out;
    } body;

    if (lf_http_unpack_response((lf_view){ c->packed, c->npacked }, &answer, NULL) != LF_OK)
        LF_BUG("a checked answer failed its second reading");
    body.in = answer.body.ptr;
    c->more = answer.more; /* also where it is refused: whoever makes it is told */
    if (c->more && c->old)
        return front_problem(c, MHD_HTTP_HTTP_VERSION_NOT_SUPPORTED,
                             "an answer of this size goes in pieces, whose end HTTP/1.0 cannot tell from a "
                             "break; ask by HTTP/1.1 (a proxy before this node, too)");
    c->left = answer.body;

    /* The packed message lives until the request is completed: no copy. */
    r = answer.more ? MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE, front_next_bytes, c, NULL)
                    : MHD_create_response_from_buffer(answer.body.len, body.out, MHD_RESPMEM_PERSISTENT);
    for (size_t i = 0; r && i < answer.nheaders; i++) {
        const struct lf_http_header *h = &answer.headers[i];

        if (lf_view_eq_nocase(h->name, LF_V("Content-Length")) ||
            lf_view_eq_nocase(h->name, LF_V("Transfer-Encoding")) ||
            lf_view_eq_nocase(h->name, LF_V("Connection")))
            continue; /* the protocol is ours */
        (void)MHD_add_response_header(r, lf_arena_cstr(&c->door->f->arena, h->name),
                                      lf_arena_cstr(&c->door->f->arena, h->value));
    }
    lf_arena_reset(&c->door->f->arena);
    return queue(c, answer.status, r);
}
