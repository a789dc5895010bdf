/* HTTP senders: Elasticsearch _bulk, Splunk's HTTP Event Collector, JSON lines. */
#include "fmt/bulk.h"
#include "fmt/gzip.h"
#include "fmt/hec.h"
#include "fmt/json.h"
#include "proc/intake_priv.h"

/* What shippers check before they send: a version they know, not older than they are. */
#define ES_VERSION "8.17.0"

struct call {
    struct intake *in;
    const struct lf_http_request *rq;
    struct lf_http_response rs;
    struct lf_buf body;  /* of the answer */
    struct lf_buf plain; /* of the request, inflated */
    lf_view text;        /* the request's body in the clear */
    lf_view sender;
    struct intake_sender *counters;
    bool taken; /* records wait for the commit */
};

/* ---- answers ---- */

static void finish(struct call *c, int status, const char *type)
{
    c->rs.id = c->rq->id;
    c->rs.status = status;
    c->rs.body = lf_view_is(c->rq->method, "HEAD") ? (lf_view){ "", 0 } : lf_buf_view(&c->body);
    lf_http_add(&c->rs, "Content-Type", lf_view_of(type));
    intake_answer(c->in, &c->rs, c->taken);
}

static void problem(struct call *c, int status, const char *detail)
{
    struct lf_json_w w = lf_json_w(&c->body);

    lf_buf_reset(&c->body);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "type", "about:blank");
    lf_json_put_cstr(&w, "title", lf_http_reason(status));
    lf_json_put_int(&w, "status", status);
    lf_json_put_cstr(&w, "detail", detail);
    lf_json_close(&w);
    finish(c, status, "application/problem+json");
}

static void es_finish(struct call *c, int status)
{
    lf_http_add(&c->rs, "X-Elastic-Product", LF_V("Elasticsearch"));
    finish(c, status, "application/json");
}

static void es_error(struct call *c, int status, const char *type, const char *reason)
{
    struct lf_json_w w = lf_json_w(&c->body);

    lf_buf_reset(&c->body);
    lf_json_open(&w, '{');
    lf_json_begin(&w, "error", '{');
    lf_json_begin(&w, "root_cause", '[');
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "type", type);
    lf_json_put_cstr(&w, "reason", reason);
    lf_json_close(&w);
    lf_json_close(&w);
    lf_json_put_cstr(&w, "type", type);
    lf_json_put_cstr(&w, "reason", reason);
    lf_json_close(&w);
    lf_json_put_int(&w, "status", status);
    lf_json_close(&w);
    es_finish(c, status);
}

/* Splunk's codes; `event` from 0, -1 for none. */
static void hec(struct call *c, int status, int code, const char *text, int64_t event)
{
    struct lf_json_w w = lf_json_w(&c->body);

    lf_buf_reset(&c->body);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "text", text);
    lf_json_put_int(&w, "code", code);
    if (event >= 0)
        lf_json_put_int(&w, "invalid-event-number", event);
    lf_json_close(&w);
    finish(c, status, "application/json");
}

/* ---- who sends ---- */

/* The token in the Authorization header; false when there is none. */
static bool take_token(struct lf_arena *a, lf_view header, lf_view *token)
{
    static const struct {
        const char *scheme;
        bool pair; /* base64 of "id:token" */
    } schemes[] = { { "Bearer", false }, { "Splunk", false }, { "ApiKey", true }, { "Basic", true } };
    size_t blank = lf_view_find_byte(header, ' ');

    if (!header.ptr || blank == SIZE_MAX)
        return false;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        lf_view value = lf_view_trim(lf_view_from(header, blank)), pair;
        size_t colon;

        if (!lf_view_eq_nocase(lf_view_first(header, blank), lf_view_of(schemes[i].scheme)))
            continue;
        if (schemes[i].pair) {
            if (value.len > 4096 || lf_unbase64(a, value, &pair, NULL) != LF_OK)
                return false;
            colon = lf_view_find_byte(pair, ':');
            if (colon == SIZE_MAX)
                return false;
            value = lf_view_from(pair, colon + 1);
        }
        *token = value;
        return value.len > 0;
    }
    return false;
}

enum who { KNOWN, NO_TOKEN, BAD_TOKEN, NOT_YET };

static enum who who_sends(struct call *c)
{
    uint8_t hash[LF_SHA256];
    lf_view token;

    if (!c->in->tokens_known)
        return NOT_YET;
    if (!take_token(&c->in->task, lf_http_get(c->rq, "Authorization"), &token))
        return NO_TOKEN;
    lf_sha256(token, hash);
    for (size_t i = 0; i < c->in->ntokens; i++)
        if (memcmp(c->in->tokens[i].hash, hash, sizeof hash) == 0) {
            c->sender = c->in->tokens[i].name;
            c->counters = intake_sender(c->in, c->sender);
            if (c->counters != &c->in->others)
                c->counters->via = LF_VIA_HTTP;
            return KNOWN;
        }
    return BAD_TOKEN;
}

/* ---- what is sent ---- */

static enum lf_code take_body(struct call *c, struct lf_err *e)
{
    lf_view coding = lf_http_get(c->rq, "Content-Encoding");

    if (!coding.ptr || !coding.len || lf_view_eq_nocase(coding, LF_V("identity"))) {
        c->text = c->rq->body;
        return LF_OK;
    }
    if (!lf_view_eq_nocase(coding, LF_V("gzip")) && !lf_view_eq_nocase(coding, LF_V("deflate")))
        return lf_err_set(e, LF_UNACCEPTED, "Content-Encoding \"%.*s\" is not known here; send gzip or none",
                          LF_FMT(lf_view_first(coding, 40)));
    lf_buf_init(&c->plain, LF_INTAKE_INFLATED);
    LF_TRY(lf_gzip_inflate(c->rq->body, &c->plain, e));
    c->text = lf_buf_view(&c->plain);
    return LF_OK;
}

/* The record's position, 0 when the journal takes nothing now. */
static uint64_t keep(struct call *c, enum lf_format format, lf_view bytes)
{
    uint64_t at = intake_take_from(c->in, c->counters, c->sender, format, bytes);

    c->taken = c->taken || at;
    return at;
}

static const struct lf_json *object_of(struct call *c, lf_view text, struct lf_err *e)
{
    const struct lf_json *v;

    lf_arena_reset(&c->in->task);
    if (lf_json_parse(&c->in->task, text, LF_RECORD_JSON, &v, e) != LF_OK)
        return NULL;
    if (lf_json_kind(v) != LF_JSON_OBJECT) {
        lf_err_set(e, LF_BAD_INPUT, "json: the document is not an object");
        return NULL;
    }
    return v;
}

/* ---- Elasticsearch ---- */

static void es_item(struct lf_json_w *w, const char *op, lf_view index, lf_view id, int status,
                    uint64_t position, const char *error)
{
    char made[32];

    lf_json_open(w, '{');
    lf_json_begin(w, op, '{');
    lf_json_put_str(w, "_index", index);
    if (!id.len && position) {
        snprintf(made, sizeof made, "lf%016llx", (unsigned long long)position);
        id = lf_view_of(made);
    }
    if (id.len)
        lf_json_put_str(w, "_id", id);
    else
        lf_json_put_null(w, "_id");
    if (!error) {
        lf_json_put_int(w, "_version", 1);
        lf_json_put_cstr(w, "result", "created");
        lf_json_put_raw(w, "_shards", LF_V("{\"total\":1,\"successful\":1,\"failed\":0}"));
        lf_json_put_int(w, "_seq_no", (int64_t)position);
        lf_json_put_int(w, "_primary_term", 1);
    }
    lf_json_put_int(w, "status", status);
    if (error) {
        lf_json_begin(w, "error", '{');
        lf_json_put_cstr(w, "type",
                         status == 400   ? "document_parsing_exception"
                         : status == 429 ? "es_rejected_execution_exception"
                                         : "action_request_validation_exception");
        lf_json_put_cstr(w, "reason", error);
        lf_json_close(w);
    }
    lf_json_close(w);
    lf_json_close(w);
}

/* One action's line of the answer; true when it was taken whole. */
static bool es_one(struct call *c, struct lf_json_w *w, const struct lf_bulk_item *item, lf_view index)
{
    const char *word = lf_bulk_op_name(item->op);
    struct lf_err e;
    uint64_t at;
    bool good;

    if (item->op == LF_BULK_DELETE) {
        es_item(w, word, index, item->id, 405, 0, "delete: a log is only added to");
        return false;
    }
    if (!item->has_document) {
        es_item(w, word, index, item->id, 400, 0, "the document's line is missing");
        return false;
    }
    if (item->op == LF_BULK_UPDATE) {
        es_item(w, word, index, item->id, 405, 0, "update: a log is only added to; send create or index");
        return false;
    }
    good = item->document.len <= LF_RECORD_MOST && object_of(c, item->document, &e) != NULL;
    if (item->document.len > LF_RECORD_MOST)
        lf_err_set(&e, LF_TOO_BIG, "the document has %zu bytes, at most %d are taken", item->document.len,
                   LF_RECORD_MOST);
    /* A bad one is kept as it came, and counted, but its sender is told. */
    at = keep(c, LF_FORMAT_JSON, item->document);
    if (!at)
        es_item(w, word, index, item->id, 429, 0, "the event journal cannot be written; send again later");
    else
        es_item(w, word, index, item->id, good ? 201 : 400, good ? at : 0, good ? NULL : e.text);
    return good && at;
}

static void es_bulk(struct call *c)
{
    lf_view path = c->rq->path, default_index = { "", 0 };
    struct lf_bulk bulk = { .left = c->text };
    lf_time began = lf_tick(&c->in->w->env);
    struct lf_arena keep_alive = { 0 };
    struct lf_bulk_item item;
    struct lf_json_w w;
    struct lf_buf items;
    bool errors = false;
    enum lf_code rc;
    struct lf_err e;
    size_t n = 0;

    if (!lf_view_is(path, "/_bulk")) {
        default_index = lf_view_from(path, 1);
        default_index = lf_view_first(default_index, lf_view_find_byte(default_index, '/'));
    }
    lf_buf_init(&items, 40 << 20);
    w = lf_json_w(&items);
    lf_json_open(&w, '[');
    while ((rc = lf_bulk_take(&keep_alive, &bulk, &item, &e)) == LF_OK) {
        n++;
        errors = !es_one(c, &w, &item, item.index.ptr ? item.index : default_index) || errors;
        lf_arena_reset(&keep_alive);
    }
    lf_arena_clear(&keep_alive);
    lf_json_close(&w);
    if (rc != LF_NOT_FOUND || !n) {
        lf_buf_clear(&items);
        /* What came before a line that is none stays taken, as there. */
        if (rc != LF_NOT_FOUND)
            es_error(c, 400, "illegal_argument_exception", e.text);
        else
            es_error(c, 400, "parse_exception", "request body is required");
        return;
    }
    w = lf_json_w(&c->body);
    lf_json_open(&w, '{');
    lf_json_put_int(&w, "took", (lf_tick(&c->in->w->env) - began) / LF_MSEC);
    lf_json_put_bool(&w, "errors", errors);
    lf_json_put_raw(&w, "items", lf_buf_view(&items));
    lf_json_close(&w);
    if (items.over || c->body.over) {
        lf_buf_clear(&items);
        es_error(c, 413, "content_too_long_exception",
                 "too many documents for one answer; send smaller batches");
        return;
    }
    lf_buf_clear(&items);
    es_finish(c, 200);
}

/* What shippers look at and set up before they send.  Templates, policies and
 * pipelines mean nothing here and are agreed to. */
static void es_other(struct call *c)
{
    lf_view path = c->rq->path;
    bool look = lf_view_is(c->rq->method, "GET") || lf_view_is(c->rq->method, "HEAD");

    if (lf_view_is(path, "/") && look) {
        LF_PUT(&c->body,
               "{\"name\":\"lianfang\",\"cluster_name\":\"lianfang\",\"cluster_uuid\":"
               "\"bGlhbmZhbmctbm9kZS0wMA\","
               "\"version\":{\"number\":\"" ES_VERSION
               "\",\"build_flavor\":\"default\",\"build_type\":\"deb\","
               "\"build_hash\":\"0000000000000000000000000000000000000000\","
               "\"build_date\":\"2025-01-01T00:00:00.000000000Z\",\"build_snapshot\":false,"
               "\"lucene_version\":\"9.12.0\",\"minimum_wire_compatibility_version\":\"7.17.0\","
               "\"minimum_index_compatibility_version\":\"7.0.0\"},\"tagline\":\"You Know, for Search\"}");
    } else if (lf_view_is(path, "/_license") && look) {
        LF_PUT(&c->body,
               "{\"license\":{\"status\":\"active\",\"uid\":\"00000000-0000-0000-0000-000000000000\","
               "\"type\":\"basic\",\"issue_date\":\"2025-01-01T00:00:00.000Z\","
               "\"issue_date_in_millis\":1735689600000,\"issued_to\":\"lianfang\",\"issuer\":\"lianfang\","
               "\"start_date_in_millis\":-1}}");
    } else if (lf_view_is(path, "/_xpack") && look) {
        LF_PUT(&c->body, "{\"features\":{\"ilm\":{\"available\":true,\"enabled\":true},"
                         "\"security\":{\"available\":true,\"enabled\":true}}}");
    } else if (lf_view_starts(path, LF_V("/_cluster/health")) && look) {
        LF_PUT(&c->body, "{\"cluster_name\":\"lianfang\",\"status\":\"green\",\"timed_out\":false,"
                         "\"number_of_nodes\":1,\"number_of_data_nodes\":1,\"active_primary_shards\":1,"
                         "\"active_shards\":1,\"unassigned_shards\":0}");
    } else if (lf_view_starts(path, LF_V("/_nodes")) && look) {
        LF_PUT(&c->body,
               "{\"_nodes\":{\"total\":1,\"successful\":1,\"failed\":0},\"cluster_name\":\"lianfang\","
               "\"nodes\":{\"lianfang\":{\"name\":\"lianfang\",\"version\":\"" ES_VERSION "\"}}}");
    } else if (look && lf_view_starts(path, LF_V("/_"))) {
        LF_PUT(&c->body, "{}");
    } else if (lf_view_is(c->rq->method, "PUT") || lf_view_is(c->rq->method, "POST")) {
        LF_PUT(&c->body, "{\"acknowledged\":true}");
    } else {
        es_error(c, 404, "resource_not_found_exception", "not here: events are sent to /_bulk");
        return;
    }
    es_finish(c, 200);
}

/* ---- Splunk's HTTP Event Collector ---- */

static void hec_busy(struct call *c)
{
    lf_http_add(&c->rs, "Retry-After", LF_V("2"));
    hec(c, 503, 9, "Server is busy", -1);
}

static void hec_events(struct call *c)
{
    lf_view in = lf_view_trim(c->text);
    struct lf_hec_item item;

    if (!in.len) {
        hec(c, 400, 5, "No data", -1);
        return;
    }
    for (int64_t n = 0; lf_hec_take(&c->in->task, &in, LF_ARCHIVE_RECORD, &item); n++) {
        switch (item.kind) {
        case LF_HEC_TEXT:
        case LF_HEC_JSON:
            if (!keep(c, item.kind == LF_HEC_JSON ? LF_FORMAT_JSON : LF_FORMAT_AUTO, item.record)) {
                hec_busy(c);
                return;
            }
            break;
        case LF_HEC_TOO_BIG:
        case LF_HEC_BROKEN: /* kept as it came */
            (void)keep(c, LF_FORMAT_JSON, lf_view_first(item.source, LF_RECORD_MOST));
            hec(c, 400, 6, "Invalid data format", n);
            return;
        case LF_HEC_NO_EVENT:
        case LF_HEC_BLANK:
            (void)keep(c, LF_FORMAT_TEXT, lf_view_first(item.source, LF_RECORD_MOST));
            hec(c, 400, item.kind == LF_HEC_BLANK ? 13 : 12,
                item.kind == LF_HEC_BLANK ? "Event field cannot be blank" : "Event field is required", n);
            return;
        }
        lf_arena_reset(&c->in->task);
    }
    hec(c, 200, 0, "Success", -1);
}

/* What the address of the raw endpoint says of all lines: ?host=…&source=… */
static const struct lf_json *hec_about(struct call *c)
{
    static const char *const names[] = { "time", "host", "source", "sourcetype", "index" };
    const struct lf_json *values[sizeof names / sizeof names[0]];
    lf_view keys[sizeof names / sizeof names[0]];
    size_t n = 0;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        lf_view v = lf_http_field(&c->in->batch, c->rq->query, names[i], NULL);
        if (!v.len)
            continue;
        keys[n] = lf_view_of(names[i]);
        values[n++] = lf_json_new_string(&c->in->batch, v);
    }
    return n ? lf_json_new_object(&c->in->batch, n, keys, values) : NULL;
}

static void hec_raw(struct call *c)
{
    const struct lf_json *about = hec_about(c);
    lf_view in = c->text, line;
    struct lf_hec_item item;
    size_t n = 0;

    for (; lf_bulk_line(&in, &line); n++) {
        lf_hec_line(&c->in->task, about, line, LF_ARCHIVE_RECORD, &item);
        /* One that is too long with what was said of it is kept as it came. */
        if (item.kind == LF_HEC_JSON ? !keep(c, LF_FORMAT_JSON, item.record)
                                     : !keep(c, LF_FORMAT_AUTO, line)) {
            hec_busy(c);
            return;
        }
        lf_arena_reset(&c->in->task);
    }
    if (n)
        hec(c, 200, 0, "Success", -1);
    else
        hec(c, 400, 5, "No data", -1);
}

static void splunk(struct call *c, enum who who, enum lf_code body, const struct lf_err *e)
{
    lf_view tail = lf_view_from(c->rq->path, strlen("/services/collector"));

    if (lf_view_starts(tail, LF_V("/health"))) {
        if (c->in->stuck)
            hec(c, 503, 18, "HEC is unhealthy, queues are full", -1);
        else
            hec(c, 200, 17, "HEC is healthy", -1);
    } else if (who == NOT_YET || (who == KNOWN && intake_busy(c->in))) {
        hec_busy(c);
    } else if (who == NO_TOKEN) {
        lf_http_add(&c->rs, "WWW-Authenticate", LF_V("Splunk"));
        if (lf_http_get(c->rq, "Authorization").ptr)
            hec(c, 401, 3, "Invalid authorization", -1);
        else
            hec(c, 401, 2, "Token is required", -1);
    } else if (who == BAD_TOKEN) {
        hec(c, 403, 4, "Invalid token", -1);
    } else if (!lf_view_is(c->rq->method, "POST")) {
        lf_http_add(&c->rs, "Allow", LF_V("POST"));
        problem(c, 405, "events are sent with POST");
    } else if (body != LF_OK) {
        problem(c, body == LF_TOO_BIG ? 413 : body == LF_UNACCEPTED ? 415 : 400, e->text);
    } else if (lf_view_is(tail, "") || lf_view_is(tail, "/event") || lf_view_is(tail, "/event/1.0")) {
        hec_events(c);
    } else if (lf_view_is(tail, "/raw") || lf_view_is(tail, "/raw/1.0")) {
        hec_raw(c);
    } else if (lf_view_starts(tail, LF_V("/ack"))) {
        hec(c, 400, 14, "ACK is disabled", -1);
    } else {
        problem(c, 404, "the collector takes /event, /raw and /health");
    }
}

/* ---- JSON lines ---- */

/* A document of many events that was written over several lines. */
static bool one_document(struct call *c, lf_view *text)
{
    struct lf_envelope env;

    *text = lf_view_trim(c->text);
    if (!text->len || (text->ptr[0] != '{' && text->ptr[0] != '[') || !memchr(text->ptr, '\n', text->len))
        return false;
    lf_arena_reset(&c->in->task);
    return lf_envelope_open(lf_normaliser_pipelines(c->in->normaliser), &c->in->task, *text, &env);
}

static void json_lines(struct call *c)
{
    lf_view in = c->text, line;
    int64_t received = 0, malformed = 0;
    bool more, document = one_document(c, &line);
    uint64_t last = 0;
    struct lf_json_w w;

    for (more = document || lf_bulk_line(&in, &line); more; more = !document && lf_bulk_line(&in, &line)) {
        uint64_t had = c->counters->received, at = keep(c, LF_FORMAT_JSON, line);
        uint64_t made = c->counters->received - had; /* one, or the events of a document */

        if (!at) {
            lf_http_add(&c->rs, "Retry-After", LF_V("5"));
            problem(c, 503, "the event journal cannot be written; send again later");
            return;
        }
        if (made == 1)
            malformed += line.len > LF_RECORD_MOST || !object_of(c, line, NULL);
        last = at;
        received += (int64_t)made;
    }
    if (!received) {
        problem(c, 400, "the body holds no line; send one JSON object a line");
        return;
    }
    w = lf_json_w(&c->body);
    lf_json_open(&w, '{');
    lf_json_put_int(&w, "received", received);
    lf_json_put_int(&w, "malformed", malformed); /* kept as they came */
    lf_json_put_int(&w, "position", (int64_t)last);
    lf_json_close(&w);
    finish(c, 200, "application/json");
}

/* ---- the door ---- */

static void route(struct call *c)
{
    lf_view path = c->rq->path;
    bool events = lf_view_is(path, "/api/v1/events");
    enum who who = who_sends(c);
    struct lf_err e = { 0 };
    enum lf_code body = who == KNOWN ? take_body(c, &e) : LF_OK;

    if (lf_view_starts(path, LF_V("/services/collector"))) {
        splunk(c, who, body, &e);
        return;
    }
    if (who == NOT_YET || (who == KNOWN && intake_busy(c->in) && !lf_view_is(c->rq->method, "GET"))) {
        lf_http_add(&c->rs, "Retry-After", LF_V("2"));
        if (events)
            problem(c, 503, "the node is starting or busy; send again later");
        else
            es_error(c, 503, "unavailable", "the node is starting or busy; send again later");
        return;
    }
    if (who != KNOWN) {
        const char *why = "this address needs a sender's token: `lianfang user token` makes one";
        lf_http_add(&c->rs, "WWW-Authenticate", LF_V("Bearer realm=\"lianfang\""));
        if (events) {
            problem(c, 401, why);
        } else {
            lf_http_add(&c->rs, "WWW-Authenticate", LF_V("Basic realm=\"security\" charset=\"UTF-8\""));
            lf_http_add(&c->rs, "WWW-Authenticate", LF_V("ApiKey"));
            es_error(c, 401, "security_exception", why);
        }
        return;
    }
    if (body != LF_OK) {
        int status = body == LF_TOO_BIG ? 413 : body == LF_UNACCEPTED ? 415 : 400;
        if (events)
            problem(c, status, e.text);
        else
            es_error(c, status, "parse_exception", e.text);
        return;
    }
    if (events && lf_view_is(c->rq->method, "POST"))
        json_lines(c);
    else if (lf_view_ends(path, LF_V("/_bulk")) &&
             (lf_view_is(c->rq->method, "POST") || lf_view_is(c->rq->method, "PUT")))
        es_bulk(c);
    else
        es_other(c);
}

void intake_http(struct intake *in, const struct lf_http_request *r)
{
    struct call *c = LF_NEW(&in->batch, struct call, 1);

    c->in = in;
    c->rq = r;
    lf_arena_reset(&in->task);
    intake_clock(in);
    lf_buf_init(&c->body, 44 << 20);
    route(c);
    lf_buf_clear(&c->body);
    lf_buf_clear(&c->plain);
}
