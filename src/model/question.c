#include "model/question.h"

#include "fmt/stix.h"
#include "fmt/stix_pattern.h"
#include "model/extension.h"
#include "model/question_priv.h"

static const char *const kinds[LF_QUESTION_KINDS] = { "stix", "sigma", "indicators" };
static const char *const reaches[LF_QUESTION_REACHES] = { "subtree", "nodes", "branches" };

const char *lf_question_kind_name(enum lf_question_kind k)
{
    return kinds[k];
}

bool lf_question_kind_parse(lf_view name, enum lf_question_kind *out)
{
    size_t at;

    if (!lf_view_among(name, kinds, LF_QUESTION_KINDS, &at))
        return false;
    *out = (enum lf_question_kind)at;
    return true;
}

const char *lf_question_reach_name(enum lf_question_reach r)
{
    return reaches[r];
}

/* ---- what a question must be ------------------------------------------------------- */

bool lf_question_node_ok(lf_view v)
{
    lf_view type;

    return lf_stix_id_ok(v, &type) && lf_view_is(type, "identity");
}

static enum lf_code check_pattern(struct lf_arena *a, lf_view text, struct lf_err *e)
{
    struct lf_stix_pattern p;
    struct lf_err why = { 0 };

    if (!lf_view_is_text(text, 1, LF_OBSERVABLE_PATTERN))
        return lf_err_set(e, LF_UNACCEPTED, "question: a STIX pattern is text of 1 to %d bytes",
                          LF_OBSERVABLE_PATTERN);
    if (lf_stix_pattern_parse(a, text, &p, &why) != LF_OK || !lf_stix_pattern_sound(&p, &why))
        return lf_err_set(e, LF_UNACCEPTED, "question: the STIX pattern: %s", why.text);
    return LF_OK;
}

static enum lf_code check_values(struct lf_arena *a, const struct lf_question *q, struct lf_err *e)
{
    if (q->nvalues < 1 || q->nvalues > LF_QUESTION_VALUES)
        return lf_err_set(e, LF_UNACCEPTED, "question: a list has 1 to %d indicators, not %zu",
                          LF_QUESTION_VALUES, q->nvalues);
    for (size_t i = 0; i < q->nvalues; i++) {
        enum lf_observable_kind kind;
        lf_view text;

        if (!lf_view_is_text(q->values[i], 1, LF_OBSERVABLE_BYTES) ||
            !lf_observable_guess(q->values[i], &kind) || !lf_observable_text(a, kind, q->values[i], &text) ||
            !lf_view_eq(text, q->values[i]))
            return lf_err_set(e, LF_UNACCEPTED,
                              "question: value %zu, \"%.*s\", is no address, network, name, sum, URL or mail "
                              "address in the form that is compared",
                              i + 1, LF_FMT(lf_view_first(q->values[i], 100)));
    }
    return LF_OK;
}

enum lf_code lf_question_check(struct lf_arena *a, const struct lf_question *q, struct lf_err *e)
{
    lf_view type;

    if (!lf_stix_id_ok(q->id, &type) || !lf_view_is(type, "question"))
        return lf_err_set(e, LF_UNACCEPTED, "question: the id is question--<uuid>");
    if (!lf_question_node_ok(q->asker))
        return lf_err_set(e, LF_UNACCEPTED, "question: created_by_ref is the node that asks");
    if (!lf_view_is_text(q->name, 1, LF_QUESTION_NAME))
        return lf_err_set(e, LF_UNACCEPTED, "question: a name is text of 1 to %d bytes", LF_QUESTION_NAME);
    if (!lf_view_is_text(q->why, 0, LF_QUESTION_WHY))
        return lf_err_set(e, LF_UNACCEPTED, "question: a description is text of at most %d bytes",
                          LF_QUESTION_WHY);
    if (q->from < 0 || q->until > LF_TIME_MAX || q->until <= q->from)
        return lf_err_set(e, LF_UNACCEPTED,
                          "question: \"until\" is a time after \"from\", neither before 1970");
    if (q->until - q->from > LF_QUESTION_SPAN)
        return lf_err_set(e, LF_UNACCEPTED, "question: it reaches over more than %d days",
                          (int)(LF_QUESTION_SPAN / LF_DAY));
    if (q->expires <= q->created || q->expires - q->created > LF_QUESTION_LIFE)
        return lf_err_set(e, LF_UNACCEPTED, "question: it expires after it was made and within %d days",
                          (int)(LF_QUESTION_LIFE / LF_DAY));
    if (q->most_bytes < 1 || q->most_seconds < 1 || q->most_seconds > LF_QUESTION_SECONDS)
        return lf_err_set(e, LF_UNACCEPTED, "question: \"most_bytes\" is from 1, \"most_seconds\" 1 to %d",
                          LF_QUESTION_SECONDS);
    if (q->nnodes > LF_QUESTION_NODES || (q->reach == LF_QUESTION_SUBTREE) != (q->nnodes == 0))
        return lf_err_set(e, LF_UNACCEPTED,
                          "question: an audience of \"nodes\" or \"branches\" names 1 to %d nodes, "
                          "\"subtree\" none",
                          LF_QUESTION_NODES);
    for (size_t i = 0; i < q->nnodes; i++)
        if (!lf_question_node_ok(q->nodes[i]))
            return lf_err_set(e, LF_UNACCEPTED, "question: the audience names nodes as identity--<uuid>");
    switch (q->kind) {
    case LF_QUESTION_STIX:
        return check_pattern(a, q->text, e);
    case LF_QUESTION_SIGMA:
        if (!lf_view_is_text(q->text, 1, LF_QUESTION_RULE))
            return lf_err_set(e, LF_UNACCEPTED, "question: a Sigma rule is text of 1 to %d bytes",
                              LF_QUESTION_RULE);
        return LF_OK; /* whether it loads is looked at where it is run, in a cage */
    default:
        return check_values(a, q, e);
    }
}

/* ---- signatures -------------------------------------------------------------------- */

static enum lf_code signed_bytes(struct lf_arena *a, const struct lf_json *tree, lf_view *out,
                                 struct lf_err *e)
{
    size_t n = lf_json_members(tree), kept = 0;
    lf_view *keys = LF_NEW(a, lf_view, n + 1);
    const struct lf_json **values = LF_NEW(a, const struct lf_json *, n + 1);
    struct lf_buf b;
    enum lf_code rc;

    for (size_t i = 0; i < n; i++)
        if (!lf_view_is(lf_json_key(tree, i), "signature")) {
            keys[kept] = lf_json_key(tree, i);
            values[kept++] = lf_json_member(tree, i);
        }
    lf_buf_init(&b, 2 * (size_t)LF_ANSWER_BYTES);
    rc = lf_json_canon(&b, lf_json_new_object(a, kept, keys, values), e);
    if (rc == LF_OK)
        rc = lf_buf_done(&b, e);
    if (rc == LF_OK)
        *out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return rc;
}

enum lf_code lf_question_sign(struct lf_arena *a, struct lf_buf *b, const uint8_t secret[LF_SIGN_SECRET],
                              lf_view *json, struct lf_err *e)
{
    const struct lf_json_limits limits = { .bytes = 2 * (size_t)LF_ANSWER_BYTES, .depth = 32 };
    uint8_t signature[LF_SIGNATURE];
    const struct lf_json *tree;
    lf_view bytes, unsigned_text;

    LF_TRY(lf_buf_done(b, e));
    unsigned_text = lf_arena_copy(a, lf_buf_view(b));
    LF_TRY(lf_json_parse(a, unsigned_text, &limits, &tree, e));
    LF_TRY(signed_bytes(a, tree, &bytes, e));
    lf_sign(secret, bytes, signature);
    LF_ASSERT(b->len && b->ptr[b->len - 1] == '}');
    b->len--;
    LF_PUT(b, ",\"signature\":\"");
    lf_buf_put(b, lf_base64url(a, signature, sizeof signature));
    LF_PUT(b, "\"}");
    LF_TRY(lf_buf_done(b, e));
    *json = lf_arena_copy(a, lf_buf_view(b));
    return LF_OK;
}

bool lf_question_signed(struct lf_arena *a, const struct lf_json *tree, const uint8_t key[LF_SIGN_PUBLIC])
{
    lf_view raw, bytes;
    struct lf_err e;

    return lf_unbase64(a, lf_json_str(tree, "signature"), &raw, &e) == LF_OK && raw.len == LF_SIGNATURE &&
           signed_bytes(a, tree, &bytes, &e) == LF_OK && lf_sign_ok(key, bytes, (const uint8_t *)raw.ptr);
}

/* ---- writing ------------------------------------------------------------------------ */

void lf_question_put_time(struct lf_json_w *w, const char *key, lf_time at)
{
    char text[LF_TIME_TEXT];

    lf_json_put_str(w, key, lf_time_milli(at, text));
}

void lf_question_begin(struct lf_json_w *w, const char *type, lf_view id, lf_view by, lf_time created,
                       lf_time modified)
{
    lf_json_open(w, '{');
    lf_json_put_cstr(w, "type", type);
    lf_json_put_cstr(w, "spec_version", "2.1");
    lf_json_put_str(w, "id", id);
    lf_json_put_str(w, "created_by_ref", by);
    lf_question_put_time(w, "created", created);
    lf_question_put_time(w, "modified", modified);
}

void lf_question_end(struct lf_json_w *w)
{
    lf_json_begin(w, "extensions", '{');
    lf_json_begin(w, LF_EXTENSION_ID, '{');
    lf_json_put_cstr(w, "extension_type", "new-sdo");
    lf_json_close(w);
    lf_json_close(w);
    lf_json_close(w);
}

static void put_list(struct lf_json_w *w, const char *key, const lf_view *v, size_t n)
{
    lf_json_begin(w, key, '[');
    for (size_t i = 0; i < n; i++)
        lf_json_put_str(w, NULL, v[i]);
    lf_json_close(w);
}

enum lf_code lf_question_write(struct lf_arena *a, const struct lf_question *q,
                               const uint8_t secret[LF_SIGN_SECRET], lf_view *json, struct lf_err *e)
{
    struct lf_json_w w;
    struct lf_buf b;
    enum lf_code rc;

    LF_TRY(lf_question_check(a, q, e));
    lf_buf_init(&b, LF_QUESTION_BYTES);
    w = lf_json_w(&b);
    lf_question_begin(&w, "question", q->id, q->asker, q->created, q->modified);
    if (q->withdrawn)
        lf_json_put_bool(&w, "revoked", true);
    lf_json_put_str(&w, "name", q->name);
    if (q->why.len)
        lf_json_put_str(&w, "description", q->why);
    lf_json_put_cstr(&w, "kind", kinds[q->kind]);
    if (q->kind == LF_QUESTION_INDICATORS)
        put_list(&w, "values", q->values, q->nvalues);
    else
        lf_json_put_str(&w, "text", q->text);
    lf_question_put_time(&w, "from", q->from);
    lf_question_put_time(&w, "until", q->until);
    lf_question_put_time(&w, "expires", q->expires);
    lf_json_put_int(&w, "most_bytes", q->most_bytes);
    lf_json_put_int(&w, "most_seconds", q->most_seconds);
    lf_json_begin(&w, "audience", '{');
    lf_json_put_cstr(&w, "reach", reaches[q->reach]);
    if (q->nnodes)
        put_list(&w, "nodes", q->nodes, q->nnodes);
    lf_json_close(&w);
    lf_question_end(&w);
    rc = b.over ? lf_err_set(e, LF_UNACCEPTED, "question: it is larger than %d bytes", LF_QUESTION_BYTES)
                : lf_question_sign(a, &b, secret, json, e);
    lf_buf_clear(&b);
    return rc;
}

enum lf_code lf_question_pass_on(struct lf_arena *a, const struct lf_question_way *w, lf_time at,
                                 const uint8_t secret[LF_SIGN_SECRET], lf_view *json, struct lf_err *e)
{
    struct lf_json_w out;
    struct lf_buf b;
    enum lf_code rc;

    lf_buf_init(&b, LF_QUESTION_OBJECT);
    out = lf_json_w(&b);
    lf_question_begin(&out, "question", w->id, w->by, w->question.created, at);
    if (w->question.withdrawn)
        lf_json_put_bool(&out, "revoked", true);
    put_list(&out, "path", w->path, w->npath);
    lf_json_put_str(&out, "asker_name", w->asker_name);
    lf_json_put_str(&out, "asker_tier", w->asker_tier);
    lf_json_put_str(&out, "asker_key", lf_base64url(a, w->asker_key, sizeof w->asker_key));
    lf_json_put(&out, "original", w->original);
    lf_question_end(&out);
    rc = lf_question_sign(a, &b, secret, json, e);
    lf_buf_clear(&b);
    return rc;
}

/* ---- reading ------------------------------------------------------------------------ */

enum lf_code lf_question_get_time(const struct lf_json *tree, const char *key, lf_time *out, struct lf_err *e)
{
    lf_view text = lf_json_str(tree, key);
    struct lf_err why = { 0 };

    if (lf_stix_time(text, out, &why) != LF_OK || *out < 0 || *out > LF_TIME_MAX)
        return lf_err_set(e, LF_UNACCEPTED, "question: \"%s\" is a time as 2026-11-21T00:00:00Z", key);
    return LF_OK;
}

enum lf_code lf_question_get_list(struct lf_arena *a, const struct lf_json *list, const char *key,
                                  size_t most, const lf_view **out, size_t *n, struct lf_err *e)
{
    lf_view *v;

    if (list && lf_json_kind(list) != LF_JSON_ARRAY)
        return lf_err_set(e, LF_UNACCEPTED, "question: \"%s\" is a list of texts", key);
    if (lf_json_items(list) > most)
        return lf_err_set(e, LF_UNACCEPTED, "question: \"%s\" has %zu entries, and %zu is the most", key,
                          lf_json_items(list), most);
    *n = lf_json_items(list);
    v = LF_NEW(a, lf_view, *n + 1);
    for (size_t i = 0; i < *n; i++) {
        if (lf_json_kind(lf_json_item(list, i)) != LF_JSON_STRING)
            return lf_err_set(e, LF_UNACCEPTED, "question: \"%s\" is a list of texts", key);
        v[i] = lf_json_text(lf_json_item(list, i));
    }
    *out = v;
    return LF_OK;
}

static enum lf_code read_header(const struct lf_json *tree, lf_view *id, lf_view *by, lf_time *created,
                                lf_time *modified, bool *withdrawn, struct lf_err *e)
{
    struct lf_stix s;

    LF_TRY(lf_stix_of(tree, &s, e));
    if (!lf_view_is(s.type, "question") || !lf_question_node_ok(s.created_by))
        return lf_err_set(e, LF_UNACCEPTED, "question: it is one, and created_by_ref is a node");
    *id = s.id;
    *by = s.created_by;
    *withdrawn = s.revoked;
    LF_TRY(lf_question_get_time(tree, "created", created, e));
    return lf_question_get_time(tree, "modified", modified, e);
}

static enum lf_code read_asked(struct lf_arena *a, const struct lf_json *tree, struct lf_question *q,
                               struct lf_err *e)
{
    const struct lf_json *audience = lf_json_get(tree, LF_V("audience"));
    lf_view reach = lf_json_str(audience, "reach");
    int r = 0;

    LF_TRY(read_header(tree, &q->id, &q->asker, &q->created, &q->modified, &q->withdrawn, e));
    q->name = lf_json_str(tree, "name");
    q->why = lf_view_some(lf_json_str(tree, "description"));
    q->text = lf_view_some(lf_json_str(tree, "text"));
    if (!lf_question_kind_parse(lf_json_str(tree, "kind"), &q->kind))
        return lf_err_set(e, LF_UNACCEPTED, "question: \"kind\" is stix, sigma or indicators");
    LF_TRY(lf_question_get_list(a, lf_json_get(tree, LF_V("values")), "values", LF_QUESTION_VALUES,
                                &q->values, &q->nvalues, e));
    LF_TRY(lf_question_get_time(tree, "from", &q->from, e));
    LF_TRY(lf_question_get_time(tree, "until", &q->until, e));
    LF_TRY(lf_question_get_time(tree, "expires", &q->expires, e));
    if (!lf_json_int(tree, "most_bytes", &q->most_bytes) ||
        !lf_json_int(tree, "most_seconds", &q->most_seconds))
        return lf_err_set(e, LF_UNACCEPTED,
                          "question: \"most_bytes\" and \"most_seconds\" are whole numbers");
    while (r < LF_QUESTION_REACHES && !lf_view_is(reach, reaches[r]))
        r++;
    if (r == LF_QUESTION_REACHES)
        return lf_err_set(e, LF_UNACCEPTED, "question: its audience reaches subtree, nodes or branches");
    q->reach = (enum lf_question_reach)r;
    LF_TRY(lf_question_get_list(a, lf_json_get(audience, LF_V("nodes")), "nodes", LF_QUESTION_NODES,
                                &q->nodes, &q->nnodes, e));
    return lf_question_check(a, q, e);
}

static enum lf_code read_path(struct lf_arena *a, struct lf_question_way *w, struct lf_err *e)
{
    const lf_view *path;
    lf_view key;

    LF_TRY(lf_question_get_list(a, lf_json_get(w->tree, LF_V("path")), "path", LF_QUESTION_PATH, &path,
                                &w->npath, e));
    if (w->npath < 2 || !lf_view_eq(path[0], w->question.asker) || !lf_view_eq(path[w->npath - 1], w->by))
        return lf_err_set(e, LF_UNACCEPTED, "question: \"path\" goes from who asked to who passed it on");
    for (size_t i = 0; i < w->npath; i++) {
        if (!lf_question_node_ok(path[i]))
            return lf_err_set(e, LF_UNACCEPTED, "question: \"path\" names nodes as identity--<uuid>");
        for (size_t k = 0; k < i; k++)
            if (lf_view_eq(path[i], path[k]))
                return lf_err_set(e, LF_UNACCEPTED, "question: \"path\" goes in a circle");
        w->path[i] = path[i];
    }
    w->asker_name = lf_json_str(w->tree, "asker_name");
    w->asker_tier = lf_json_str(w->tree, "asker_tier");
    if (!lf_view_is_text(w->asker_name, 1, LF_QUESTION_NAME) || !lf_view_is_text(w->asker_tier, 1, 32))
        return lf_err_set(e, LF_UNACCEPTED, "question: it is said who asked: name and tier");
    if (lf_unbase64(a, lf_json_str(w->tree, "asker_key"), &key, NULL) != LF_OK || key.len != LF_SIGN_PUBLIC)
        return lf_err_set(e, LF_UNACCEPTED, "question: \"asker_key\" is not %d bytes in base64",
                          LF_SIGN_PUBLIC);
    memcpy(w->asker_key, key.ptr, LF_SIGN_PUBLIC);
    return LF_OK;
}

enum lf_code lf_question_read(struct lf_arena *a, lf_view json, struct lf_question_way *out, struct lf_err *e)
{
    const struct lf_json_limits limits = { .bytes = LF_QUESTION_OBJECT, .depth = 16, .unique = true };
    struct lf_question_way w = { 0 };
    lf_time created, modified;
    struct lf_err why = { 0 };
    bool withdrawn;

    if (lf_json_parse(a, json, &limits, &w.tree, &why) != LF_OK)
        return lf_err_set(e, LF_UNACCEPTED, "question: %s", why.text);
    w.original = lf_json_get(w.tree, LF_V("original"));
    w.passed = w.original != NULL;
    if (w.passed) {
        LF_TRY(read_header(w.tree, &w.id, &w.by, &created, &modified, &withdrawn, e));
        LF_TRY(read_asked(a, w.original, &w.question, e));
        LF_TRY(read_path(a, &w, e));
        if (withdrawn != w.question.withdrawn)
            return lf_err_set(e, LF_UNACCEPTED, "question: only who asked withdraws it");
    } else {
        w.original = w.tree;
        LF_TRY(read_asked(a, w.tree, &w.question, e));
        w.id = w.question.id;
        w.by = w.path[0] = w.question.asker;
        w.npath = 1;
    }
    *out = w;
    return LF_OK;
}

bool lf_question_for(const struct lf_question *q, const lf_view *path, size_t npath, lf_view node)
{
    if (q->reach == LF_QUESTION_SUBTREE)
        return true;
    for (size_t i = 0; i < q->nnodes; i++) {
        if (lf_view_eq(q->nodes[i], node))
            return true;
        for (size_t k = 0; k < npath && q->reach == LF_QUESTION_BRANCHES; k++)
            if (lf_view_eq(q->nodes[i], path[k]))
                return true;
    }
    return false;
}
