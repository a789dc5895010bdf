#include "isac/transform.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "isac/peer.h"
#include "model/extension.h"
#include "model/redact.h"
#include "store/query_link_rule.h"

/* The link's own language: signed, or what others are read by. */
static const char *const own_words[] = { "incident-event",  "node-key",           "question",
                                         "question-answer", "exercise",           "exercise-inject",
                                         "exercise-answer", "marking-definition", "extension-definition",
                                         "language-content" };
/* What makes an object this version of this object. */
static const char *const fixed[] = { "type",
                                     "id",
                                     "spec_version",
                                     "created",
                                     "modified",
                                     "revoked",
                                     "created_by_ref",
                                     "object_marking_refs",
                                     "granular_markings",
                                     "extensions",
                                     "pattern_type" };

static bool among(lf_view v, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (lf_view_is(v, list[i]))
            return true;
    return false;
}
#define AMONG(v, list) among(v, list, sizeof(list) / sizeof *(list))

/* ---- rules as they are written --------------------------------------------------------- */

enum act { WITHHOLD, REMOVE, REPLACE, GENERALISE, MARK, ACTS };
static const char *const acts[ACTS] = { "withhold", "remove", "replace", "generalise", "mark" };
static const char *const spans[] = { "hour", "day", "month", "year" };

static enum act act_of(const struct lf_json *rule)
{
    int i = 0;

    while (i < ACTS && !lf_view_is(lf_json_str(rule, "do"), acts[i]))
        i++;
    return (enum act)i;
}

/* "amber", "TLP:AMBER" or the id of a marking-definition. */
static lf_view marking_of(lf_view word)
{
    lf_view name = word;

    if (word.len > 4 && lf_view_eq_nocase(lf_view_first(word, 4), LF_V("TLP:")))
        name = lf_view_from(word, 4);
    for (int t = LF_TLP_CLEAR; t <= LF_TLP_RED; t++)
        if (lf_view_eq_nocase(name, lf_view_of(lf_tlp_name((enum lf_tlp)t))))
            return lf_tlp_ref((enum lf_tlp)t);
    return word;
}

static bool marking_ok(lf_view word)
{
    lf_view type, ref = marking_of(word);

    return lf_stix_id_ok(ref, &type) && lf_view_is(type, "marking-definition");
}

static bool prefix_of(lf_view to, unsigned *bits)
{
    uint64_t n;

    if (to.len < 2 || to.ptr[0] != '/' || !lf_view_u64(lf_view_from(to, 1), &n) || n < 1 || n > 128)
        return false;
    *bits = (unsigned)n;
    return true;
}

static enum lf_code check_list(const struct lf_json *rule, size_t at, const char *name,
                               bool (*ok)(lf_view word), struct lf_err *e)
{
    const struct lf_json *list = lf_json_get(rule, lf_view_of(name));

    if (list && (lf_json_kind(list) != LF_JSON_ARRAY || lf_json_items(list) > 100))
        return lf_err_set(e, LF_BAD_INPUT, "rule %zu: \"%s\" is a list of at most 100 words", at, name);
    for (size_t i = 0; i < lf_json_items(list); i++) {
        lf_view word = lf_json_text(lf_json_item(list, i));

        if (lf_json_kind(lf_json_item(list, i)) != LF_JSON_STRING || !ok(word))
            return lf_err_set(e, LF_BAD_INPUT, "rule %zu: \"%.*s\" cannot be in \"%s\"", at,
                              LF_FMT(lf_view_first(word, 80)), name);
    }
    return LF_OK;
}

static bool type_ok(lf_view word)
{
    return lf_stix_type_ok(word) && !AMONG(word, own_words);
}

static enum lf_code check_rule(const struct lf_json *rule, size_t at, struct lf_err *e)
{
    static const char *const names[] = { "do", "types", "markings", "property", "value", "to", "marking" };
    lf_view property = lf_json_str(rule, "property"), rest = property, first = property;
    lf_view to = lf_json_str(rule, "to");
    enum act act = act_of(rule);
    unsigned bits;

    if (lf_json_kind(rule) != LF_JSON_OBJECT || act == ACTS)
        return lf_err_set(e, LF_BAD_INPUT,
                          "rule %zu: \"do\" is withhold, remove, replace, generalise or mark", at);
    for (size_t i = 0; i < lf_json_members(rule); i++)
        if (!AMONG(lf_json_key(rule, i), names))
            return lf_err_set(e, LF_BAD_INPUT, "rule %zu: there is no \"%.*s\" in a rule", at,
                              LF_FMT(lf_view_first(lf_json_key(rule, i), 80)));
    LF_TRY(check_list(rule, at, "types", type_ok, e));
    LF_TRY(check_list(rule, at, "markings", marking_ok, e));
    (void)lf_view_split(&rest, '.', &first);
    if ((act == REMOVE || act == REPLACE || act == GENERALISE) &&
        (!property.len || property.len > 200 || AMONG(first, fixed)))
        return lf_err_set(e, LF_BAD_INPUT,
                          "rule %zu: \"property\" is a path of members, and none of what an object is "
                          "known by (id, created, marking …)",
                          at);
    if ((act == REPLACE || act == GENERALISE) && lf_view_is(property, "pattern"))
        return lf_err_set(e, LF_BAD_INPUT,
                          "rule %zu: another pattern would be another indicator; withhold it", at);
    if (act == REPLACE && (lf_json_kind(lf_json_get(rule, LF_V("value"))) != LF_JSON_STRING ||
                           !lf_json_str(rule, "value").len || lf_json_str(rule, "value").len > 2000))
        return lf_err_set(e, LF_BAD_INPUT, "rule %zu: \"value\" is a text of 1 to 2,000 bytes", at);
    if (act == GENERALISE && !AMONG(to, spans) && !prefix_of(to, &bits))
        return lf_err_set(e, LF_BAD_INPUT, "rule %zu: \"to\" is hour, day, month, year, or /N for addresses",
                          at);
    if (act == MARK && !marking_ok(lf_json_str(rule, "marking")))
        return lf_err_set(e, LF_BAD_INPUT, "rule %zu: \"marking\" is a TLP or the id of a marking-definition",
                          at);
    return LF_OK;
}

/* ---- rows ------------------------------------------------------------------------------------ */

struct found {
    struct lf_arena *a;
    struct lf_transform_set s;
};

static enum lf_code take_set(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct found *f = ctx;

    (void)e;
    f->s = (struct lf_transform_set){ .number = lf_row_int(r, 0),
                                      .json = lf_arena_copy(f->a, lf_row_text(r, 1)),
                                      .by = lf_arena_copy(f->a, lf_row_text(r, 2)),
                                      .at = lf_row_int(r, 3) };
    return LF_OK;
}

static enum lf_code need_admin(const struct lf_task *t, struct lf_err *e)
{
    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN, e));
    if (!lf_view_eq(t->scope.org, t->self->org))
        return lf_err_set(e, LF_FORBIDDEN, "links are the business of the node's own organisation");
    return LF_OK;
}

enum lf_code lf_transform_get(struct lf_task *t, lf_view peer, struct lf_transform_set *out, struct lf_err *e)
{
    struct found f = { .a = t->a, .s = { .json = LF_V("[]"), .by = LF_V("") } };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_link_rule_last, LF_ARGS(LF_TEXT(peer)), take_set, &f, NULL, e));
    *out = f.s;
    return LF_OK;
}

enum lf_code lf_transform_set(struct lf_task *t, lf_view peer, const struct lf_json *rules, struct lf_err *e)
{
    struct lf_transform_set was;
    struct lf_peer p;
    struct lf_buf b;
    lf_view json;
    enum lf_code rc;

    LF_TRY(need_admin(t, e));
    LF_TRY(lf_peer_get(t, peer, &p, e));
    if (lf_json_kind(rules) != LF_JSON_ARRAY || lf_json_items(rules) > LF_TRANSFORM_RULES)
        return lf_err_set(e, LF_BAD_INPUT, "\"rules\" is a list of at most %d rules", LF_TRANSFORM_RULES);
    for (size_t i = 0; i < lf_json_items(rules); i++)
        LF_TRY(check_rule(lf_json_item(rules, i), i + 1, e));
    lf_buf_init(&b, LF_TRANSFORM_BYTES);
    lf_json_write(&b, rules);
    rc = lf_buf_done(&b, e);
    json = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    LF_TRY(rc);
    LF_TRY(lf_transform_get(t, p.id, &was, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_link_rule_add,
                      LF_ARGS(LF_TEXT(p.id), LF_INT(was.number + 1), LF_TEXT(json), LF_TEXT(t->scope.account),
                              LF_INT(lf_now(t->env))),
                      e));
    /* The rules themselves, when they fit: they are what one looks for in a trail. */
    return lf_audit_add(t, LF_V("peer.transform"), p.id,
                        json.len < LF_AUDIT_DETAIL - 100
                            ? lf_arena_printf(t->a, "{\"number\":%lld,\"rules\":%.*s}",
                                              (long long)was.number + 1, (int)json.len, json.ptr)
                            : lf_arena_printf(t->a, "{\"number\":%lld}", (long long)was.number + 1),
                        e);
}

/* ---- one link ---------------------------------------------------------------------------------- */

enum { SETS = 64 }; /* of rules, kept at hand */

struct lf_transform {
    struct lf_task t; /* the node's own */
    lf_view peer;
    int64_t number;
    lf_time since;
    struct {
        int64_t number;
        const struct lf_json *rules;
    } sets[SETS];
    size_t nsets;
};

struct copy {
    struct lf_arena *a;
    bool there;
    lf_view id; /* the source's own: it was given as it is; empty: it was withheld */
    int64_t number;
};

static enum lf_code take_copy(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct copy *c = ctx;

    (void)e;
    c->there = true;
    c->id = lf_arena_copy(c->a, lf_row_text(r, 0));
    c->number = lf_row_int(r, 1);
    return LF_OK;
}

enum lf_code lf_transform_open(struct lf_task *t, lf_view peer, struct lf_transform **out, struct lf_err *e)
{
    struct lf_transform *x = LF_NEW(t->a, struct lf_transform, 1);
    struct lf_transform_set s;

    x->t = lf_node_task(t);
    x->peer = peer;
    LF_TRY(lf_transform_get(&x->t, peer, &s, e));
    x->number = s.number;
    *out = s.number ? x : NULL;
    return s.number
               ? lf_db_int(t->db, &x->t.scope, &lf_q_link_rule_since, LF_ARGS(LF_TEXT(peer)), &x->since, e)
               : LF_OK;
}

lf_time lf_transform_since(const struct lf_transform *x)
{
    return x->since;
}

static enum lf_code rules_of(struct lf_transform *x, int64_t number, const struct lf_json **out,
                             struct lf_err *e)
{
    struct found f = { .a = x->t.a };
    const struct lf_json *rules;

    for (size_t i = 0; i < x->nsets; i++)
        if (x->sets[i].number == number) {
            *out = x->sets[i].rules;
            return LF_OK;
        }
    LF_TRY(lf_db_run(x->t.db, &x->t.scope, &lf_q_link_rule_get, LF_ARGS(LF_TEXT(x->peer), LF_INT(number)),
                     take_set, &f, NULL, e));
    if (!f.s.number)
        return lf_err_set(e, LF_IO, "rules %lld of link %.*s are gone", (long long)number, LF_FMT(x->peer));
    LF_TRY(lf_json_parse(x->t.a, f.s.json, NULL, &rules, e));
    if (x->nsets < SETS) {
        x->sets[x->nsets].number = number;
        x->sets[x->nsets++].rules = rules;
    }
    *out = rules;
    return LF_OK;
}

static enum lf_code copy_of(struct lf_transform *x, lf_view source, struct copy *c, struct lf_err *e)
{
    *c = (struct copy){ .a = x->t.a, .id = LF_V("") };
    return lf_db_run(x->t.db, &x->t.scope, &lf_q_link_copy_get, LF_ARGS(LF_TEXT(x->peer), LF_TEXT(source)),
                     take_copy, c, NULL, e);
}

/* ---- what a rule does ------------------------------------------------------------------------------ */

static bool marked_with(const struct lf_marking_set *s, lf_view ref)
{
    enum lf_tlp tlp = lf_tlp_of(ref);

    for (size_t i = 0; i < s->n; i++)
        if (lf_view_eq(s->refs[i], ref) || (tlp != LF_TLP_NONE && lf_tlp_of(s->refs[i]) == tlp))
            return true;
    return false;
}

static bool is_for(const struct lf_json *rule, lf_view type, const struct lf_marking *m)
{
    const struct lf_json *types = lf_json_get(rule, LF_V("types")),
                         *marks = lf_json_get(rule, LF_V("markings"));
    bool of_type = !lf_json_items(types), marked = !lf_json_items(marks);

    for (size_t i = 0; i < lf_json_items(types) && !of_type; i++)
        of_type = lf_view_eq(lf_json_text(lf_json_item(types, i)), type);
    for (size_t i = 0; i < lf_json_items(marks) && !marked; i++) {
        lf_view ref = marking_of(lf_json_text(lf_json_item(marks, i)));

        marked = marked_with(&m->whole, ref);
        for (size_t k = 0; k < m->natoms && !marked; k++)
            marked = marked_with(&m->atoms[k], ref);
    }
    return of_type && marked;
}

/* Empty: it is no such thing, and then it goes, because what it tells cannot be made coarser. */
static lf_view coarser(struct lf_arena *a, lf_view v, lf_view to)
{
    uint8_t raw[16] = { 0 };
    char text[INET6_ADDRSTRLEN + 1] = "", out[INET6_ADDRSTRLEN];
    struct lf_civil c;
    unsigned bits = 0, all;
    lf_time at;
    lf_view host = lf_view_first(v, lf_view_find_byte(v, '/'));
    int family;

    if (!prefix_of(to, &bits)) {
        if (lf_stix_time(v, &at, NULL) != LF_OK)
            return LF_V("");
        c = lf_civil_of(at);
        c.micro = 0;
        c.second = c.minute = 0;
        c.hour = lf_view_is(to, "hour") ? c.hour : 0;
        c.day = lf_view_is(to, "hour") || lf_view_is(to, "day") ? c.day : 1;
        c.month = lf_view_is(to, "year") ? 1 : c.month;
        return lf_arena_copy(a, lf_time_milli(lf_time_of(&c), (char[LF_TIME_TEXT]){ 0 }));
    }
    if (host.len >= sizeof text)
        return LF_V("");
    memcpy(text, host.ptr, host.len);
    family = memchr(text, ':', host.len) ? AF_INET6 : AF_INET;
    all = family == AF_INET6 ? 128 : 32;
    if (inet_pton(family, text, raw) != 1)
        return LF_V("");
    if (bits >= all)
        return v;
    for (unsigned i = bits; i < all; i++)
        raw[i / 8] &= (uint8_t) ~(0x80u >> (i % 8));
    if (!inet_ntop(family, raw, out, sizeof out))
        return LF_V("");
    return lf_arena_printf(a, "%s/%u", out, bits);
}

/* The value without, or with other text at, the end of the path; NULL: all of it goes. */
static const struct lf_json *edit(struct lf_arena *a, const struct lf_json *v, lf_view path,
                                  const struct lf_json *rule, enum act act, bool *changed)
{
    size_t n = lf_json_size(v), kept = 0;
    const struct lf_json **values = LF_NEW(a, const struct lf_json *, n + 1);
    lf_view *keys = LF_NEW(a, lf_view, n + 1), rest = path, step;

    if (lf_json_kind(v) == LF_JSON_ARRAY) {
        for (size_t i = 0; i < n; i++)
            if ((values[kept] = edit(a, lf_json_item(v, i), path, rule, act, changed)))
                kept++;
        return kept || !n ? lf_json_new_array(a, kept, values) : NULL;
    }
    if (!path.len) {
        lf_view text;

        *changed = true;
        if (act == REMOVE)
            return NULL;
        if (lf_json_kind(v) != LF_JSON_STRING) /* what is no text is not replaced by one: it goes */
            return NULL;
        text = act == REPLACE ? lf_json_str(rule, "value")
                              : coarser(a, lf_json_text(v), lf_json_str(rule, "to"));
        return text.len ? lf_json_new_string(a, text) : NULL;
    }
    if (lf_json_kind(v) != LF_JSON_OBJECT)
        return v;
    (void)lf_view_split(&rest, '.', &step);
    if (!rest.ptr)
        rest = LF_V("");
    for (size_t i = 0; i < n; i++) {
        keys[kept] = lf_json_key(v, i);
        values[kept] = lf_json_member(v, i);
        if (lf_view_eq(keys[kept], step))
            values[kept] = edit(a, values[kept], rest, rule, act, changed);
        if (values[kept])
            kept++;
    }
    return kept || !n ? lf_json_new_object(a, kept, keys, values) : NULL;
}

static const struct lf_json *with_member(struct lf_arena *a, const struct lf_json *o, lf_view key,
                                         const struct lf_json *value)
{
    size_t n = lf_json_members(o), kept = 0;
    const struct lf_json **values = LF_NEW(a, const struct lf_json *, n + 1);
    lf_view *keys = LF_NEW(a, lf_view, n + 1);

    for (size_t i = 0; i < n; i++)
        if (!lf_view_eq(lf_json_key(o, i), key)) {
            keys[kept] = lf_json_key(o, i);
            values[kept++] = lf_json_member(o, i);
        }
    keys[kept] = key;
    values[kept++] = value;
    return lf_json_new_object(a, kept, keys, values);
}

/* Stricter by this marking; an object that is so already stays as it is. */
static const struct lf_json *mark(struct lf_arena *a, const struct lf_json *o, lf_view word, bool *changed)
{
    lf_view ref = marking_of(word);
    enum lf_tlp tlp = lf_tlp_of(ref);
    const struct lf_json **refs;
    struct lf_marking m;
    size_t n = 0;

    lf_marking_read(a, o, &m);
    refs = LF_NEW(a, const struct lf_json *, m.whole.n + 1);
    for (size_t i = 0; i < m.whole.n; i++) {
        enum lf_tlp one = lf_tlp_of(m.whole.refs[i]);

        if (lf_view_eq(m.whole.refs[i], ref) || (tlp != LF_TLP_NONE && one >= tlp))
            return o;
        if (tlp == LF_TLP_NONE || one == LF_TLP_NONE)
            refs[n++] = lf_json_new_string(a, m.whole.refs[i]);
    }
    refs[n++] = lf_json_new_string(a, ref);
    *changed = true;
    return with_member(a, o, LF_V("object_marking_refs"), lf_json_new_array(a, n, refs));
}

/* References lead to what the other end has; in an object's own members alone, as STIX writes them. */
static enum lf_code redirect(struct lf_transform *x, const struct lf_json **o, bool *changed,
                             struct lf_err *e)
{
    struct lf_arena *a = x->t.a;

    for (size_t i = 0; i < lf_json_members(*o); i++) {
        lf_view key = lf_json_key(*o, i);
        const struct lf_json *v = lf_json_member(*o, i);
        bool one = lf_json_kind(v) == LF_JSON_STRING, other = false;
        size_t n = one ? 1 : lf_json_items(v);
        const struct lf_json **items = LF_NEW(a, const struct lf_json *, n + 1);

        if (!lf_view_ends(key, one ? LF_V("_ref") : LF_V("_refs")) ||
            (!one && lf_json_kind(v) != LF_JSON_ARRAY) || AMONG(key, fixed))
            continue;
        for (size_t k = 0; k < n; k++) {
            struct copy c;

            items[k] = one ? v : lf_json_item(v, k);
            LF_TRY(copy_of(x, lf_json_text(items[k]), &c, e));
            if (c.id.len && !lf_view_eq(c.id, lf_json_text(items[k]))) {
                items[k] = lf_json_new_string(a, c.id);
                other = true;
            }
        }
        if (other)
            *o = with_member(a, *o, key, one ? items[0] : lf_json_new_array(a, n, items));
        if (other) {
            *changed = true;
            i = SIZE_MAX; /* its members stand elsewhere now; what was done is not done again */
        }
    }
    return LF_OK;
}

static bool is_signed(const struct lf_json *o)
{
    const struct lf_json *ours = lf_json_get(lf_json_get(o, LF_V("extensions")), LF_V(LF_EXTENSION_ID));

    return lf_json_get(o, LF_V("signature")) || lf_json_get(ours, LF_V("signature"));
}

static lf_view copy_id(struct lf_transform *x, lf_view id, lf_view type)
{
    uint8_t mac[LF_SHA256];

    lf_hmac_sha256(
        (lf_view){ (const char *)x->t.self->redact_key, sizeof x->t.self->redact_key },
        lf_arena_printf(x->t.a, "link\n%.*s\n%lld\n%.*s", LF_FMT(x->peer), (long long)x->number, LF_FMT(id)),
        mac);
    return lf_arena_printf(x->t.a, "%.*s--%.*s", LF_FMT(type), LF_FMT(lf_uuid4(x->t.a, mac)));
}

/* `copy` may be the source itself: it is given as it is. */
static enum lf_code keep_copy(struct lf_transform *x, lf_view source, lf_view copy, struct lf_err *e)
{
    return lf_db_exec(x->t.db, &x->t.scope, &lf_q_link_copy_add,
                      LF_ARGS(LF_TEXT(x->peer), LF_TEXT(source), LF_TEXT(copy), LF_INT(x->number)), e);
}

enum lf_code lf_transform_give(struct lf_transform *x, struct lf_rights *r, lf_view json, bool before,
                               bool remember, lf_view *id, lf_view *out, bool *shown, struct lf_err *e)
{
    struct lf_arena *a = x->t.a;
    struct lf_redaction how = { .creator = x->t.self->node };
    struct lf_clearance c;
    const struct lf_json *rules, *o;
    struct lf_marking m;
    struct lf_stix s;
    struct copy copy;
    bool changed = false;

    *shown = false;
    LF_TRY(lf_stix_read(a, json, &s, e));
    *id = s.id;
    *out = json;
    if (AMONG(s.type, own_words)) {
        *shown = true;
        return LF_OK;
    }
    LF_TRY(copy_of(x, s.id, &copy, e));
    if (lf_view_eq(copy.id, s.id)) {
        *shown = true;
        return LF_OK;
    }
    if (copy.there && !copy.id.len) /* withheld so far */
        before = false, remember = true;
    LF_TRY(rules_of(x, copy.id.len ? copy.number : x->number, &rules, e));
    lf_marking_read(a, s.tree, &m);
    o = s.tree;
    for (size_t i = 0; i < lf_json_items(rules) && o; i++) {
        const struct lf_json *rule = lf_json_item(rules, i);
        enum act act = act_of(rule);

        if (!is_for(rule, s.type, &m))
            continue;
        if (act == WITHHOLD &&
            (copy.id.len || !before)) /* a reader that goes on behind it was given nothing */
            return copy.there ? LF_OK : keep_copy(x, s.id, LF_V(""), e);
        if (act == MARK)
            o = mark(a, o, lf_json_str(rule, "marking"), &changed);
        else if (act != WITHHOLD)
            o = edit(a, o, lf_json_str(rule, "property"), rule, act, &changed);
    }
    if (!copy.id.len &&
        before) { /* it was given as it is: so are its later versions, or none could withdraw it */
        *shown = true;
        return LF_OK;
    }
    if (o)
        LF_TRY(redirect(x, &o, &changed, e));
    if (!copy.id.len && !changed) {
        *shown = true;
        return remember ? keep_copy(x, s.id, s.id, e) : LF_OK;
    }
    if (!o || is_signed(s.tree) || lf_json_get(s.tree, LF_V("granular_markings")))
        return LF_OK;
    how.id = copy.id.len ? copy.id : copy_id(x, s.id, s.type);
    how.mask = (1u << LF_MARKING_ATOMS) - 1;
    lf_marking_read(a, o, &m);
    *out = lf_redact(a, o, &m, &how);
    if (!out->len)
        return LF_OK;
    /* What it is marked with now is asked of like anything else. */
    LF_TRY(lf_stix_read(a, *out, &s, e));
    LF_TRY(lf_rights_object(r, LF_V(""), LF_V("system"), s.tree, &c, e));
    if (c.release != LF_RELEASE_WHOLE)
        return LF_OK;
    if (!copy.id.len)
        LF_TRY(keep_copy(x, *id, how.id, e));
    *id = how.id;
    *shown = true;
    return LF_OK;
}

enum lf_code lf_transform_send(struct lf_task *t, lf_view parent, lf_view *id, lf_view *json, bool *shown,
                               struct lf_err *e)
{
    struct lf_transform *x;
    struct lf_rights *rights;
    struct lf_stix s;

    *shown = true;
    LF_TRY(lf_transform_open(t, parent, &x, e));
    if (x) {
        LF_TRY(lf_rights_of_peer(t, parent, &rights, e));
        return lf_transform_give(x, rights, *json, false, true, id, json, shown, e);
    }
    /* Without rules it goes as it is, and that is kept: a time cannot tell it later.  What an object says of
     * when it was made is neither exact nor when it was sent. */
    LF_TRY(lf_stix_read(t->a, *json, &s, e));
    if (AMONG(s.type, own_words))
        return LF_OK;
    x = &(struct lf_transform){ .t = lf_node_task(t), .peer = parent };
    return keep_copy(x, s.id, s.id, e);
}

enum lf_code lf_transform_source(struct lf_transform *x, lf_view id, lf_view *source, bool *hidden,
                                 struct lf_err *e)
{
    struct copy c;
    enum lf_code rc = lf_db_text(x->t.db, &x->t.scope, &lf_q_link_copy_source,
                                 LF_ARGS(LF_TEXT(x->peer), LF_TEXT(id)), x->t.a, source, e);

    *hidden = false;
    if (rc != LF_NOT_FOUND)
        return rc;
    *source = id;
    LF_TRY(copy_of(x, id, &c, e));
    *hidden = c.id.len && !lf_view_eq(c.id, id);
    return LF_OK;
}

enum lf_code lf_transform_back(struct lf_task *t, lf_view peer, lf_view json, lf_view *out, struct lf_err *e)
{
    struct lf_transform *x;
    const struct lf_json *o;
    bool changed = false;
    struct lf_buf b;

    *out = json;
    LF_TRY(lf_transform_open(t, peer, &x, e));
    if (!x)
        return LF_OK;
    LF_TRY(lf_json_parse(t->a, json, &(struct lf_json_limits){ .depth = 512 }, &o, e));
    for (size_t i = 0; i < lf_json_members(o); i++) {
        lf_view key = lf_json_key(o, i), source;
        bool hidden;

        if (!lf_view_ends(key, LF_V("_ref")) || lf_json_kind(lf_json_member(o, i)) != LF_JSON_STRING ||
            AMONG(key, fixed))
            continue;
        LF_TRY(lf_transform_source(x, lf_json_text(lf_json_member(o, i)), &source, &hidden, e));
        if (lf_view_eq(source, lf_json_text(lf_json_member(o, i))))
            continue;
        o = with_member(t->a, o, key, lf_json_new_string(t->a, source));
        changed = true;
        i = SIZE_MAX;
    }
    if (!changed)
        return LF_OK;
    lf_buf_init(&b, LF_STIX_OBJECT_BYTES);
    lf_json_write(&b, o);
    *out = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return LF_OK;
}
