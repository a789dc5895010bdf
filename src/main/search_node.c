/* `lianfang search --node URL`: the same question over the API of a running node. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "fmt/json.h"
#include "main/search_priv.h"

enum { ANSWER_MOST = 64 << 20, WAIT = 20, TRIES = 5 };

struct node {
    const struct search_options *o;
    CURL *curl;
    struct curl_slist *headers;
    struct lf_arena a; /* of one answer */
};

static size_t take(char *bytes, size_t size, size_t n, void *ctx)
{
    struct lf_buf *b = ctx;

    lf_buf_put(b, (lf_view){ bytes, size * n });
    return b->over ? 0 : size * n;
}

static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return *(bool *)ctx && search_interrupted();
}

/* LF_AWAY: nobody answers, or (when `stops`) Ctrl-C was pressed. */
static enum lf_code call(struct node *n, const char *method, const char *path, lf_view body, bool stops,
                         const struct lf_json **out, struct lf_err *e)
{
    char why[CURL_ERROR_SIZE] = "";
    struct lf_buf answer;
    enum lf_code rc = LF_OK;
    long status = 0;
    lf_view text;
    CURLcode got;

    lf_arena_reset(&n->a);
    *out = NULL;
    lf_buf_init(&answer, ANSWER_MOST);
    curl_easy_reset(n->curl);
    curl_easy_setopt(n->curl, CURLOPT_URL, lf_arena_printf(&n->a, "%s%s", n->o->node, path).ptr);
    curl_easy_setopt(n->curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(n->curl, CURLOPT_HTTPHEADER, n->headers);
    curl_easy_setopt(n->curl, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(n->curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(n->curl, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(n->curl, CURLOPT_TIMEOUT, (long)WAIT + 30);
    curl_easy_setopt(n->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(n->curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(n->curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(n->curl, CURLOPT_XFERINFODATA, &stops);
    if (n->o->ca)
        curl_easy_setopt(n->curl, CURLOPT_CAINFO, n->o->ca);
    if (body.len) {
        curl_easy_setopt(n->curl, CURLOPT_POSTFIELDS, body.ptr);
        curl_easy_setopt(n->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
    }
    got = curl_easy_perform(n->curl);
    curl_easy_getinfo(n->curl, CURLINFO_RESPONSE_CODE, &status);
    text = lf_arena_copy(&n->a, lf_buf_view(&answer));
    lf_buf_clear(&answer);
    if (got != CURLE_OK)
        return lf_err_set(e, LF_AWAY, "%s: %s", n->o->node, why[0] ? why : curl_easy_strerror(got));
    if (text.len)
        rc = lf_json_parse(&n->a, text, &(struct lf_json_limits){ .bytes = ANSWER_MOST, .depth = 512 }, out,
                           e);
    if (status >= 400) {
        lf_view detail = rc == LF_OK ? lf_json_str(*out, "detail") : LF_V("");

        return lf_err_set(e,
                          status == 400   ? LF_BAD_INPUT
                          : status == 401 ? LF_UNAUTHENTIC
                                          : LF_IO,
                          "%s: %ld %.*s%s", n->o->node, status, LF_FMT(detail),
                          status == 401 ? "; put a token in the environment, LIANFANG_TOKEN" : "");
    }
    return rc;
}

static lf_view question(struct lf_arena *a, const struct search_options *o)
{
    char text[LF_TIME_TEXT];
    struct lf_json_w w;
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, LF_QUERY_TEXT * 8);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "query", o->query);
    if (o->from != INT64_MIN)
        lf_json_put_str(&w, "from", lf_time_micro(o->from, text));
    if (o->to != INT64_MAX)
        lf_json_put_str(&w, "to", lf_time_micro(o->to, text));
    lf_json_put_int(&w, "limit", o->limit && o->limit < 10000 ? (int64_t)o->limit : 10000);
    lf_json_put_bool(&w, "oldest_first", o->reverse);
    lf_json_close(&w);
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static void show_hit(const struct search_options *o, const struct lf_json *v, bool fields)
{
    struct lf_query_hit h = { .sender = lf_json_str(v, "sender"),
                              .host = lf_json_str(v, "host"),
                              .raw = lf_json_str(v, "raw") };
    int64_t position = 0;
    struct lf_buf event;

    (void)lf_json_int(v, "position", &position);
    h.position = (uint64_t)position;
    (void)!lf_time_parse(lf_json_str(v, "time"), &h.happened, NULL);
    (void)!lf_time_parse(lf_json_str(v, "recorded"), &h.recorded, NULL);
    lf_buf_init(&event, ANSWER_MOST);
    lf_json_write(&event, lf_json_get(v, LF_V("event")));
    h.event = lf_buf_view(&event);
    search_put_hit(o, &h, fields);
    lf_buf_clear(&event);
}

static void show_table(struct lf_arena *a, const struct search_options *o, const struct lf_json *v)
{
    const struct lf_json *columns = lf_json_get(v, LF_V("columns")), *rows = lf_json_get(v, LF_V("rows"));
    struct lf_query_table t = { .ncolumns = lf_json_items(columns), .nrows = lf_json_items(rows) };
    lf_view *names = LF_NEW(a, lf_view, t.ncolumns + 1), note = lf_json_str(v, "note");
    struct lf_query_cell *cells = LF_NEW(a, struct lf_query_cell, t.ncolumns * t.nrows + 1);
    int64_t left_out = 0;

    for (size_t c = 0; c < t.ncolumns; c++)
        names[c] = lf_json_text(lf_json_item(columns, c));
    for (size_t i = 0; i < t.nrows; i++)
        for (size_t c = 0; c < t.ncolumns; c++) {
            const struct lf_json *row = lf_json_item(rows, i);
            const struct lf_json *cell = c < lf_json_members(row) ? lf_json_member(row, c) : NULL;

            if (lf_json_kind(cell) != LF_JSON_NULL)
                cells[i * t.ncolumns + c] =
                    (struct lf_query_cell){ .text = lf_json_text(cell),
                                            .number = lf_json_kind(cell) == LF_JSON_NUMBER };
        }
    t.columns = names;
    t.cells = cells;
    search_put_table(o, &t);
    if (note.len)
        fprintf(stderr, "lianfang search: %.*s\n", LF_FMT(note));
    if (lf_json_int(v, "rows_left_out", &left_out) && left_out)
        fprintf(stderr, "lianfang search: %lld more rows are left out\n", (long long)left_out);
}

static int complain(const struct lf_err *e)
{
    fprintf(stderr, "lianfang search: %s\n", e->text);
    return 2;
}

/* Asks for news until the end.  0 found, 1 not, 2 failed. */
static int follow(struct node *n, const char *id, bool fields)
{
    uint64_t after = 0, found = 0;
    unsigned failed = 0;

    for (;;) {
        const struct lf_json *v, *hits, *progress;
        struct lf_err e = { 0 };
        int64_t next = 0, matched = 0, damaged = 0;
        enum lf_code rc;
        lf_view state;
        char path[200];

        snprintf(path, sizeof path, "/api/v1/searches/%s?after=%llu&wait=%d", id, (unsigned long long)after,
                 WAIT);
        rc = call(n, "GET", path, (lf_view){ NULL, 0 }, true, &v, &e);
        if (search_interrupted()) {
            snprintf(path, sizeof path, "/api/v1/searches/%s", id);
            if (call(n, "DELETE", path, (lf_view){ NULL, 0 }, false, &v, &e) == LF_OK) {
                snprintf(path, sizeof path, "/api/v1/searches/%s?after=%llu", id, (unsigned long long)after);
                rc = call(n, "GET", path, (lf_view){ NULL, 0 }, false, &v, &e);
            }
        }
        if (rc == LF_AWAY && !search_interrupted() && ++failed < TRIES)
            continue;
        if (rc != LF_OK)
            return complain(&e);
        failed = 0;
        hits = lf_json_get(v, LF_V("hits"));
        for (size_t i = 0; i < lf_json_items(hits); i++)
            show_hit(n->o, lf_json_item(hits, i), fields);
        fflush(stdout);
        found += lf_json_items(hits);
        if (lf_json_int(v, "next", &next))
            after = (uint64_t)next;
        state = lf_json_str(v, "state");
        if (lf_view_is(state, "running") || (lf_json_items(hits) && !search_interrupted()))
            continue;
        progress = lf_json_get(v, LF_V("progress"));
        (void)lf_json_int(progress, "matched", &matched);
        (void)lf_json_int(progress, "damaged", &damaged);
        if (lf_json_get(v, LF_V("table"))) {
            show_table(&n->a, n->o, lf_json_get(v, LF_V("table")));
            found = lf_json_items(lf_json_get(lf_json_get(v, LF_V("table")), LF_V("rows")))
                        ? (uint64_t)matched
                        : 0;
        }
        if (damaged)
            fprintf(stderr,
                    "lianfang search: %lld places of the archive could not be read; the answer may be "
                    "incomplete\n",
                    (long long)damaged);
        if (lf_json_bool(v, "limited", false) && !(n->o->limit && found >= n->o->limit))
            fputs("lianfang search: a limit of the node was reached; narrow the query or the time\n", stderr);
        if (lf_view_is(state, "cancelled"))
            fputs("lianfang search: interrupted: this is PARTIAL\n", stderr);
        if (lf_view_is(state, "failed")) {
            fprintf(stderr, "lianfang search: %.*s\n", LF_FMT(lf_json_str(v, "error")));
            return 2;
        }
        return found ? 0 : 1;
    }
}

int search_node(const struct search_options *o, bool fields)
{
    const char *token = getenv("LIANFANG_TOKEN");
    struct node n = { .o = o, .curl = curl_easy_init() };
    const struct lf_json *v;
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    int status;

    if (!n.curl)
        LF_BUG("curl_easy_init");
    n.headers = curl_slist_append(NULL, "Content-Type: application/json");
    if (token)
        n.headers = curl_slist_append(n.headers, lf_arena_printf(&a, "Authorization: Bearer %s", token).ptr);
    if (call(&n, "POST", "/api/v1/searches", question(&a, o), true, &v, &e) == LF_OK)
        status = follow(&n, lf_arena_cstr(&a, lf_json_str(v, "id")), fields);
    else
        status = complain(&e);
    curl_slist_free_all(n.headers);
    curl_easy_cleanup(n.curl);
    lf_arena_clear(&n.a);
    lf_arena_clear(&a);
    return status;
}
