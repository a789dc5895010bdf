/* Answers to questions, and what passes between the core and who reads the archive. */
#include "base/unpack.h"
#include "fmt/stix.h"
#include "model/question_priv.h"

static const char *const states[LF_ANSWER_STATES] = { "unanswered", "waiting",  "queued", "running",
                                                      "refused",    "answered", "partly", "expired",
                                                      "withdrawn",  "passed" };

const char *lf_answer_state_name(enum lf_answer_state s)
{
    return states[s];
}

bool lf_answer_state_parse(lf_view name, enum lf_answer_state *out)
{
    size_t at;

    if (!lf_view_among(name, states, LF_ANSWER_STATES, &at))
        return false;
    *out = (enum lf_answer_state)at;
    return true;
}

bool lf_answer_final(enum lf_answer_state s)
{
    return s >= LF_ANSWER_REFUSED;
}

/* ---- writing ------------------------------------------------------------------------ */

static void put_seen(struct lf_json_w *w, const struct lf_answer_seen *s)
{
    if (!s->told)
        return;
    lf_json_put_int(w, s->fewer ? "fewer_than" : "count", s->count);
    if (s->fewer || !s->count || !s->first)
        return;
    lf_question_put_time(w, "first_seen", s->first);
    lf_question_put_time(w, "last_seen", s->last);
}

void lf_answer_part_write(struct lf_json_w *w, const struct lf_answer_part *p)
{
    if (p->node.len)
        lf_json_put_str(w, "node", p->node);
    if (p->name.len)
        lf_json_put_str(w, "name", p->name);
    if (p->tier.len)
        lf_json_put_str(w, "tier", p->tier);
    lf_json_put_bool(w, "named", p->named);
    lf_json_put_cstr(w, "state", states[p->state]);
    if (p->reason.len)
        lf_json_put_str(w, "reason", p->reason);
    put_seen(w, &p->seen);
    if (p->nvalues) {
        lf_json_begin(w, "values", '[');
        for (size_t i = 0; i < p->nvalues; i++) {
            lf_json_open(w, '{');
            lf_json_put_str(w, "value", p->values[i].value);
            put_seen(w, &p->values[i].seen);
            lf_json_close(w);
        }
        lf_json_close(w);
    }
    lf_json_put_int(w, "bytes", p->bytes);
    lf_json_put_int(w, "events", p->events);
    lf_json_put_int(w, "milliseconds", p->milliseconds);
}

enum lf_code lf_answer_write(struct lf_arena *a, const struct lf_answer *x,
                             const uint8_t secret[LF_SIGN_SECRET], lf_view *json, struct lf_err *e)
{
    struct lf_json_w w;
    struct lf_buf b;
    enum lf_code rc;

    lf_buf_init(&b, LF_ANSWER_BYTES);
    w = lf_json_w(&b);
    lf_question_begin(&w, "question-answer", x->id, x->by, x->created, x->modified);
    lf_json_put_str(&w, "question_ref", x->question);
    lf_answer_part_write(&w, &x->own);
    lf_json_begin(&w, "members", '[');
    for (size_t i = 0; i < x->nmembers; i++) {
        lf_json_open(&w, '{');
        lf_answer_part_write(&w, &x->members[i]);
        lf_json_close(&w);
    }
    lf_json_close(&w);
    lf_question_end(&w);
    rc = lf_question_sign(a, &b, secret, json, e);
    lf_buf_clear(&b);
    return rc;
}

/* ---- reading ------------------------------------------------------------------------ */

enum { COUNT_MOST_BITS = 53 };

static enum lf_code get_count(const struct lf_json *v, const char *key, int64_t *out, struct lf_err *e)
{
    if (!lf_json_int(v, key, out) || *out < 0 || *out > (int64_t)1 << COUNT_MOST_BITS)
        return lf_err_set(e, LF_UNACCEPTED, "answer: \"%s\" is a whole number from 0", key);
    return LF_OK;
}

static enum lf_code read_seen(const struct lf_json *v, struct lf_answer_seen *s, struct lf_err *e)
{
    bool count = lf_json_get(v, LF_V("count")) != NULL;

    s->fewer = lf_json_get(v, LF_V("fewer_than")) != NULL;
    s->told = count || s->fewer;
    if (count && s->fewer)
        return lf_err_set(e, LF_UNACCEPTED, "answer: a count is exact or \"fewer_than\", not both");
    if (s->told)
        LF_TRY(get_count(v, s->fewer ? "fewer_than" : "count", &s->count, e));
    if (lf_json_get(v, LF_V("first_seen"))) {
        LF_TRY(lf_question_get_time(v, "first_seen", &s->first, e));
        LF_TRY(lf_question_get_time(v, "last_seen", &s->last, e));
        if (s->last < s->first)
            return lf_err_set(e, LF_UNACCEPTED, "answer: \"last_seen\" is not before \"first_seen\"");
    }
    return LF_OK;
}

enum lf_code lf_answer_part_read(struct lf_arena *a, const struct lf_json *v, struct lf_answer_part *p,
                                 struct lf_err *e)
{
    const struct lf_json *values = lf_json_get(v, LF_V("values"));
    struct lf_answer_value *x;

    p->node = lf_view_some(lf_json_str(v, "node"));
    p->name = lf_view_some(lf_json_str(v, "name"));
    p->tier = lf_view_some(lf_json_str(v, "tier"));
    p->reason = lf_view_some(lf_json_str(v, "reason"));
    p->named = lf_json_bool(v, "named", false);
    if ((p->node.len && !lf_question_node_ok(p->node)) || !lf_view_is_text(p->name, 0, LF_QUESTION_NAME) ||
        !lf_view_is_text(p->tier, 0, 32) || !lf_view_is_text(p->reason, 0, LF_QUESTION_WHY))
        return lf_err_set(e, LF_UNACCEPTED, "answer: a node, name, tier or reason is none or too long");
    if (!lf_answer_state_parse(lf_json_str(v, "state"), &p->state))
        return lf_err_set(e, LF_UNACCEPTED, "answer: it has no state that is known");
    LF_TRY(read_seen(v, &p->seen, e));
    LF_TRY(get_count(v, "bytes", &p->bytes, e));
    LF_TRY(get_count(v, "events", &p->events, e));
    LF_TRY(get_count(v, "milliseconds", &p->milliseconds, e));
    if (values && (lf_json_kind(values) != LF_JSON_ARRAY || lf_json_items(values) > LF_QUESTION_VALUES))
        return lf_err_set(e, LF_UNACCEPTED, "answer: \"values\" is a list of at most %d", LF_QUESTION_VALUES);
    p->nvalues = lf_json_items(values);
    p->values = x = LF_NEW(a, struct lf_answer_value, p->nvalues + 1);
    for (size_t i = 0; i < p->nvalues; i++) {
        x[i].value = lf_json_str(lf_json_item(values, i), "value");
        if (!lf_view_is_text(x[i].value, 1, LF_OBSERVABLE_BYTES))
            return lf_err_set(e, LF_UNACCEPTED, "answer: a value is text of 1 to %d bytes",
                              LF_OBSERVABLE_BYTES);
        LF_TRY(read_seen(lf_json_item(values, i), &x[i].seen, e));
    }
    return LF_OK;
}

enum lf_code lf_answer_read(struct lf_arena *a, lf_view json, struct lf_answer *out, struct lf_err *e)
{
    const struct lf_json_limits limits = { .bytes = LF_ANSWER_BYTES, .depth = 16, .unique = true };
    const struct lf_json *members;
    struct lf_answer x = { 0 };
    struct lf_err why = { 0 };
    struct lf_stix s;
    lf_view type;

    if (lf_json_parse(a, json, &limits, &x.tree, &why) != LF_OK)
        return lf_err_set(e, LF_UNACCEPTED, "answer: %s", why.text);
    LF_TRY(lf_stix_of(x.tree, &s, e));
    x.id = s.id;
    x.by = s.created_by;
    x.question = lf_json_str(x.tree, "question_ref");
    if (!lf_view_is(s.type, "question-answer") || !lf_question_node_ok(x.by) ||
        !lf_stix_id_ok(x.question, &type) || !lf_view_is(type, "question"))
        return lf_err_set(e, LF_UNACCEPTED, "answer: it says which node answers which question");
    LF_TRY(lf_question_get_time(x.tree, "created", &x.created, e));
    LF_TRY(lf_question_get_time(x.tree, "modified", &x.modified, e));
    LF_TRY(lf_answer_part_read(a, x.tree, &x.own, e));
    members = lf_json_get(x.tree, LF_V("members"));
    if (members && (lf_json_kind(members) != LF_JSON_ARRAY || lf_json_items(members) > LF_ANSWER_MEMBERS))
        return lf_err_set(e, LF_UNACCEPTED, "answer: \"members\" is a list of at most %d", LF_ANSWER_MEMBERS);
    x.nmembers = lf_json_items(members);
    x.members = LF_NEW(a, struct lf_answer_part, x.nmembers + 1);
    for (size_t i = 0; i < x.nmembers; i++)
        LF_TRY(lf_answer_part_read(a, lf_json_item(members, i), &x.members[i], e));
    *out = x;
    return LF_OK;
}

/* ---- between the core and who reads the archive ---- */

static void pack_values(struct lf_buf *b, const lf_view *v, size_t n)
{
    lf_buf_u32(b, (uint32_t)n);
    for (size_t i = 0; i < n; i++) {
        lf_buf_u16(b, (uint16_t)v[i].len);
        lf_buf_put(b, v[i]);
    }
}

static const lf_view *unpack_values(struct lf_arena *a, struct lf_unpack *u, size_t most, size_t *n)
{
    uint64_t count = lf_unpack_uint(u, 4);
    lf_view *v;

    if (count > most)
        lf_unpack_fail(u, "too many values");
    v = LF_NEW(a, lf_view, u->bad ? 1 : count + 1);
    for (uint64_t i = 0; !u->bad && i < count; i++)
        v[i] = lf_unpack_text(u, 2, 0, LF_OBSERVABLE_BYTES, "a value that is none or too long");
    *n = (size_t)count;
    return v;
}

void lf_question_order_pack(struct lf_buf *b, const struct lf_question_order *o)
{
    lf_buf_u64(b, o->number);
    lf_buf_byte(b, (char)o->kind);
    lf_buf_u64(b, (uint64_t)o->from);
    lf_buf_u64(b, (uint64_t)o->until);
    lf_buf_u64(b, o->most_bytes);
    lf_buf_u64(b, o->most_ms);
    lf_buf_u32(b, (uint32_t)o->text.len);
    lf_buf_put(b, o->text);
    pack_values(b, o->values, o->nvalues);
    pack_values(b, o->hidden, o->nhidden);
}

enum lf_code lf_question_order_unpack(struct lf_arena *a, lf_view in, struct lf_question_order *o,
                                      struct lf_err *e)
{
    struct lf_unpack u = lf_unpack_begin(in);
    struct lf_question_order x = { .number = lf_unpack_uint(&u, 8) };
    uint64_t kind = lf_unpack_uint(&u, 1);

    x.from = lf_unpack_time(&u);
    x.until = lf_unpack_time(&u);
    x.most_bytes = lf_unpack_count(&u);
    x.most_ms = lf_unpack_count(&u);
    x.text = lf_unpack_text(&u, 4, 0, LF_QUESTION_RULE, "a text that is none or too long");
    if (kind >= LF_QUESTION_KINDS)
        lf_unpack_fail(&u, "no kind of question");
    x.values = unpack_values(a, &u, LF_QUESTION_VALUES, &x.nvalues);
    x.hidden = unpack_values(a, &u, LF_QUESTION_HIDDEN, &x.nhidden);
    lf_unpack_end(&u);
    if (u.bad)
        return lf_err_set(e, LF_BAD_INPUT, "question: the order has %s", u.bad);
    x.kind = (enum lf_question_kind)kind;
    *o = x;
    return LF_OK;
}

void lf_question_result_pack(struct lf_buf *b, const struct lf_question_result *r)
{
    lf_view note = lf_view_first(r->note, LF_QUESTION_WHY);

    while (note.len && !lf_view_is_utf8(note))
        note.len--;
    lf_buf_u64(b, r->number);
    lf_buf_byte(b, (char)r->end);
    lf_buf_u16(b, (uint16_t)note.len);
    lf_buf_put(b, note);
    lf_buf_u64(b, r->count);
    lf_buf_u64(b, (uint64_t)r->first);
    lf_buf_u64(b, (uint64_t)r->last);
    lf_buf_u64(b, r->bytes);
    lf_buf_u64(b, r->events);
    lf_buf_u64(b, r->milliseconds);
    lf_buf_u32(b, (uint32_t)r->ncounts);
    for (size_t i = 0; i < r->ncounts; i++) {
        lf_buf_u32(b, r->counts[i].value);
        lf_buf_u64(b, r->counts[i].count);
        lf_buf_u64(b, (uint64_t)r->counts[i].first);
        lf_buf_u64(b, (uint64_t)r->counts[i].last);
    }
}

enum lf_code lf_question_result_unpack(struct lf_arena *a, lf_view in, struct lf_question_result *r,
                                       struct lf_err *e)
{
    struct lf_unpack u = lf_unpack_begin(in);
    struct lf_question_result x = { .number = lf_unpack_uint(&u, 8) };
    uint64_t end = lf_unpack_uint(&u, 1), n;

    x.note = lf_unpack_text(&u, 2, 0, LF_QUESTION_WHY, "a note that is none or too long");
    x.count = lf_unpack_count(&u);
    x.first = lf_unpack_time(&u);
    x.last = lf_unpack_time(&u);
    x.bytes = lf_unpack_count(&u);
    x.events = lf_unpack_count(&u);
    x.milliseconds = lf_unpack_count(&u);
    n = lf_unpack_uint(&u, 4);
    if (end > LF_QUESTION_FAILED)
        lf_unpack_fail(&u, "no end");
    if (n > LF_QUESTION_VALUES)
        lf_unpack_fail(&u, "too many counts");
    x.counts = LF_NEW(a, struct lf_question_count, u.bad ? 1 : n + 1);
    for (uint64_t i = 0; !u.bad && i < n; i++) {
        x.counts[i].value = (uint32_t)lf_unpack_uint(&u, 4);
        x.counts[i].count = lf_unpack_count(&u);
        x.counts[i].first = lf_unpack_time(&u);
        x.counts[i].last = lf_unpack_time(&u);
        if (x.counts[i].value >= LF_QUESTION_VALUES)
            lf_unpack_fail(&u, "a count of no value");
    }
    lf_unpack_end(&u);
    if (u.bad)
        return lf_err_set(e, LF_BAD_INPUT, "question: the result has %s", u.bad);
    x.end = (enum lf_question_end)end;
    x.ncounts = (size_t)n;
    *r = x;
    return LF_OK;
}
