/* The file of a transfer, read strictly: whoever carries it may have written it. */
#include "fmt/stix.h"
#include "isac/transfer.h"

static const char *const parts[LF_TRANSFER_PARTS] = { "up", "inbox", "members" };

static enum lf_code line_of(struct lf_arena *a, lf_view line, size_t nth, const struct lf_json **out,
                            struct lf_err *e)
{
    const struct lf_json_limits limits = { .bytes = LF_STIX_OBJECT_BYTES + 1024, .depth = 130 };
    struct lf_err why = { 0 };

    if (lf_json_parse(a, line, &limits, out, &why) != LF_OK)
        return lf_err_set(e, LF_BAD_INPUT, "transfer: line %zu: %s", nth, why.text);
    if (lf_json_kind(*out) != LF_JSON_OBJECT)
        return lf_err_set(e, LF_BAD_INPUT, "transfer: line %zu is no JSON object", nth);
    return LF_OK;
}

/* Absent or empty: -1. */
static enum lf_code time_of(const struct lf_json *v, const char *key, lf_time *out, struct lf_err *e)
{
    lf_view text = lf_json_str(v, key);
    struct lf_err why = { 0 };

    *out = -1;
    if (text.len && (lf_time_parse(text, out, &why) != LF_OK || *out < 0))
        return lf_err_set(e, LF_BAD_INPUT, "transfer: \"%s\" is no time", key);
    return LF_OK;
}

static enum lf_code read_head(const struct lf_json *v, struct lf_transfer *x, int64_t *count,
                              struct lf_err *e)
{
    const struct lf_json *receipt = lf_json_get(v, LF_V("receipt"));
    lf_view type;
    int64_t version = 0;

    if (!lf_view_is(lf_json_str(v, "lianfang"), "transfer"))
        return lf_err_set(e, LF_BAD_INPUT, "transfer: this is no file of a transfer");
    if (!lf_json_int(v, "version", &version) || version != 1)
        return lf_err_set(e, LF_BAD_INPUT, "transfer: its version is not 1; update this node");
    x->from = lf_json_str(v, "from");
    x->to = lf_json_str(v, "to");
    if (!lf_stix_id_ok(x->from, &type) || !lf_view_is(type, "identity") || !lf_stix_id_ok(x->to, &type) ||
        !lf_view_is(type, "identity"))
        return lf_err_set(e, LF_BAD_INPUT, "transfer: \"from\" and \"to\" are nodes, identity--<uuid>");
    if (!lf_json_int(v, "number", &x->number) || x->number < 1)
        return lf_err_set(e, LF_BAD_INPUT, "transfer: \"number\" is a whole number from 1");
    if (!lf_json_int(v, "objects", count) || *count < 0 || *count > LF_TRANSFER_OBJECTS)
        return lf_err_set(e, LF_BAD_INPUT, "transfer: a file has at most %d objects", LF_TRANSFER_OBJECTS);
    LF_TRY(time_of(v, "made", &x->made, e));
    for (int p = LF_TRANSFER_INBOX; p < LF_TRANSFER_PARTS; p++) {
        LF_TRY(time_of(lf_json_get(v, LF_V("after")), parts[p], &x->after[p], e));
        LF_TRY(time_of(lf_json_get(v, LF_V("last")), parts[p], &x->last[p], e));
        LF_TRY(time_of(lf_json_get(v, LF_V("have")), parts[p], &x->have[p], e));
    }
    x->more = lf_json_bool(v, "more", false);
    x->receipt_sha = LF_V("");
    if (receipt) {
        x->receipt_sha = lf_view_some(lf_json_str(receipt, "sha256"));
        x->refused = lf_json_get(receipt, LF_V("refused"));
        if (!lf_json_int(receipt, "number", &x->receipt) || x->receipt < 1 ||
            (x->refused &&
             (lf_json_kind(x->refused) != LF_JSON_ARRAY || lf_json_items(x->refused) > LF_TRANSFER_REFUSED)))
            return lf_err_set(e, LF_BAD_INPUT, "transfer: the receipt names no file");
    }
    return LF_OK;
}

static enum lf_code read_object(const struct lf_json *v, size_t nth, const struct lf_transfer *x,
                                struct lf_transfer_object *o, struct lf_err *e)
{
    lf_view in = lf_json_str(v, "in");
    int p = 0;

    while (p < LF_TRANSFER_PARTS && !lf_view_is(in, parts[p]))
        p++;
    o->object = lf_json_get(v, LF_V("object"));
    if (p == LF_TRANSFER_PARTS || lf_json_kind(o->object) != LF_JSON_OBJECT)
        return lf_err_set(e, LF_BAD_INPUT,
                          "transfer: line %zu is no object of \"up\", \"inbox\" or \"members\"", nth);
    o->in = (enum lf_transfer_part)p;
    LF_TRY(time_of(v, "added", &o->added, e));
    if (p != LF_TRANSFER_UP && (o->added <= x->after[p] || o->added > x->last[p]))
        return lf_err_set(e, LF_BAD_INPUT, "transfer: line %zu lies outside what the head says", nth);
    return LF_OK;
}

enum lf_code lf_transfer_read(struct lf_arena *a, lf_view text, struct lf_transfer *out, struct lf_err *e)
{
    struct lf_transfer x = { 0 };
    const struct lf_json *v;
    lf_view rest, line, raw;
    int64_t count = 0;
    size_t nth = 1, end;

    if (text.len > LF_TRANSFER_BYTES)
        return lf_err_set(e, LF_TOO_BIG, "transfer: a file has at most %d bytes", LF_TRANSFER_BYTES);
    if (!lf_view_is_utf8(text))
        return lf_err_set(e, LF_BAD_INPUT, "transfer: the file is not UTF-8");
    while (text.len && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r'))
        text.len--;
    for (end = text.len; end && text.ptr[end - 1] != '\n'; end--)
        ;
    if (!end)
        return lf_err_set(e, LF_BAD_INPUT, "transfer: the file has no signature in a line of its own");
    x.signed_bytes = lf_view_first(text, end);
    rest = x.signed_bytes;
    (void)lf_view_split(&rest, '\n', &line);
    LF_TRY(line_of(a, line, nth++, &v, e));
    LF_TRY(read_head(v, &x, &count, e));
    x.objects = LF_NEW(a, struct lf_transfer_object, (size_t)count + 1);
    while (x.nobjects < (size_t)count && rest.len && lf_view_split(&rest, '\n', &line)) {
        LF_TRY(line_of(a, line, nth, &v, e));
        LF_TRY(read_object(v, nth++, &x, &x.objects[x.nobjects++], e));
    }
    if (rest.len || x.nobjects != (size_t)count)
        return lf_err_set(e, LF_BAD_INPUT, "transfer: the head says %lld objects, and there are others",
                          (long long)count);
    LF_TRY(line_of(a, lf_view_from(text, end), nth, &v, e));
    if (lf_unbase64(a, lf_json_str(v, "signature"), &raw, NULL) != LF_OK || raw.len != LF_SIGNATURE)
        return lf_err_set(e, LF_BAD_INPUT,
                          "transfer: the last line is no signature; the file may be cut off");
    memcpy(x.signature, raw.ptr, LF_SIGNATURE);
    *out = x;
    return LF_OK;
}
