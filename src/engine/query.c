/* A query made ready, and asked of one event. */
#include "engine/query.h"

#include <stdlib.h>

#include "engine/query_priv.h"
#include "engine/regex.h"

enum { LITERALS = 64, LITERAL_LEAST = 3, DEPTH = 16 };

/* ---- what the raw bytes must hold ---- */

/* Fields whose values the normaliser makes or decodes: what they hold need not
 * stand in the record as it came. */
bool lf_q_made_up(lf_view field)
{
    static const char *const whole[] = { "ssh.method", "user_agent.name", "proctitle" };
    static const char *const front[] = { "_",        "event.",   "log.",  "ecs.",     "observer.",
                                         "network.", "service.", "data.", "related.", "threat." };

    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (lf_view_is(field, whole[i]))
            return true;
    for (size_t i = 0; i < sizeof front / sizeof *front; i++)
        if (lf_view_starts(field, lf_view_of(front[i])))
            return true;
    return lf_view_ends(field, LF_V(".decoded"));
}

/* Bytes that no log format writes in another way than they are.  The blank only in
 * the record's own texts: a field may be a list that was joined. */
static bool sure(char c, bool blank)
{
    return lf_q_word_byte(c) || (c == ' ' && blank) || (c != '\0' && strchr(".:;,@#%()*?!~$^{}-", c) != NULL);
}

/* The longest run of sure bytes. */
static lf_view sure_run(lf_view v, bool blank)
{
    lf_view best = { NULL, 0 };

    for (size_t i = 0; i < v.len;) {
        size_t to = i;

        while (to < v.len && sure(v.ptr[to], blank))
            to++;
        if (to - i > best.len)
            best = (lf_view){ v.ptr + i, to - i };
        i = to + 1;
    }
    return best;
}

/* The same of an expression: what stands in it plainly, outside of groups and
 * classes and not under a quantifier.  Nothing where that takes a real parser. */
static lf_view regex_run(struct lf_arena *a, lf_view v)
{
    char *run = lf_arena_alloc(a, v.len + 1, 1);
    lf_view best = { NULL, 0 }, kept;
    size_t n = 0;
    unsigned depth = 0;

    for (size_t i = 0; i < v.len; i++) {
        char c = v.ptr[i], next = i + 1 < v.len ? v.ptr[i + 1] : '\0';
        bool literal = false;

        if (c == '(' && next == '?')
            return (lf_view){ NULL, 0 };
        if (c == '\\') {
            i++;
            literal = !lf_q_word_byte(next) && next != '\0';
            if (next == 'Q' || next == 'E')
                return (lf_view){ NULL, 0 };
            c = next;
            next = i + 1 < v.len ? v.ptr[i + 1] : '\0';
        } else if (c == '[') {
            if (next == '^')
                i++;
            if (i + 1 < v.len && v.ptr[i + 1] == ']')
                i++;
            for (i++; i < v.len && v.ptr[i] != ']'; i++)
                if (v.ptr[i] == '\\' || v.ptr[i] == '[')
                    return (lf_view){ NULL, 0 };
        } else if (c == '(') {
            depth++;
        } else if (c == ')') {
            depth -= depth > 0;
        } else if (c == '|') {
            if (depth == 0)
                return (lf_view){ NULL, 0 };
        } else if (c == '{') {
            while (i < v.len && v.ptr[i] != '}')
                i++;
        } else {
            literal = !strchr("*+?.^$", c);
        }
        if (literal && depth == 0 && sure(c, false) && !(next == '*' || next == '?' || next == '{')) {
            run[n++] = c;
            if (next != '+')
                continue;
        }
        if (n > best.len) {
            kept = lf_arena_copy(a, (lf_view){ run, n });
            best = kept;
        }
        n = 0;
    }
    return n > best.len ? lf_arena_copy(a, (lf_view){ run, n }) : best;
}

static bool digits(lf_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.ptr[i] < '0' || v.ptr[i] > '9')
            return false;
    return v.len > 0;
}

static void leaf_literal(struct lf_query_tree *q, struct lf_q_node *n)
{
    n->literal = (lf_view){ NULL, 0 };
    if (n->field && lf_q_made_up(q->fields[n->field]))
        return;
    if (n->ask == LF_QA_TEXT) {
        for (size_t s = 0; s < n->nsegs; s++)
            for (size_t i = 0; i < n->segs[s].n; i++) {
                lf_view run = sure_run(n->segs[s].pieces[i].text, !n->field);

                if (run.len > n->literal.len)
                    n->literal = run;
            }
    } else if (n->ask == LF_QA_REGEX) {
        lf_view run = regex_run(q->a, n->regex);

        n->literal = lf_q_fold(q->a, run);
    } else if (n->ask == LF_QA_NET) {
        n->literal = n->net_prefix;
    }
    if (n->literal.len < LITERAL_LEAST)
        n->literal = (lf_view){ NULL, 0 };
    /* A number may be written in hexadecimal (0x1a4 for 420): that is another literal. */
    n->hex = (lf_view){ NULL, 0 };
    if (n->field && n->ask == LF_QA_TEXT && digits(n->literal)) {
        uint64_t v;

        if (n->nsegs == 1 && n->segs[0].n == 1 && n->front != LF_QE_ANY && n->back != LF_QE_ANY &&
            n->literal.len == n->segs[0].pieces[0].text.len && lf_view_u64(n->literal, &v))
            n->hex = lf_arena_printf(q->a, "%llx", (unsigned long long)v);
        else
            n->literal = (lf_view){ NULL, 0 }; /* part of a number: no knowing */
    }
}

/* What a character is to the edges of words: 0 none, 1 a letter, 2 of a script
 * without blanks.  The same ranges as in store/token.c, whose words a block's
 * filter holds. */
static int sort_of(uint32_t c)
{
    if (c < 0x80)
        return lf_q_word_byte((char)c);
    return (c >= 0x1100 && c < 0x1200) || (c >= 0x2e80 && c < 0xa000) || (c >= 0xa960 && c < 0xa980) ||
                   (c >= 0xac00 && c < 0xd800) || (c >= 0xf900 && c < 0xfb00) ||
                   (c >= 0xfe30 && c < 0xfe50) || (c >= 0xff00 && c < 0xfff0) || (c >= 0x20000 && c < 0x40000)
               ? 2
               : 1;
}

static int sort_at(lf_view t, size_t at)
{
    size_t n;

    if ((unsigned char)t.ptr[at] < 0x80)
        return lf_q_word_byte(t.ptr[at]);
    n = lf_utf8_len(t.ptr[at]);
    if ((unsigned char)t.ptr[at] < 0xc0 || n > t.len - at || !lf_view_is_utf8((lf_view){ t.ptr + at, n }))
        return 0;
    return sort_of(lf_utf8_get(t.ptr + at, n));
}

static int sort_before(lf_view t, size_t at)
{
    size_t i = at - 1;

    while (i > 0 && at - i < 4 && ((unsigned char)t.ptr[i] & 0xc0) == 0x80)
        i--;
    return sort_at(t, i);
}

/* Parts of a pattern's literals that begin and end where words do, in every text
 * that matches.  Letters beyond ASCII are left out: the filter does not fold them. */
static void leaf_whole(struct lf_query_tree *q, struct lf_q_node *n)
{
    size_t cap = 0;

    n->nwhole = 0;
    if (n->ask != LF_QA_TEXT || (n->field && lf_q_made_up(q->fields[n->field])))
        return;
    for (size_t s = 0; s < n->nsegs; s++)
        for (size_t k = 0; k < n->segs[s].n; k++) {
            lf_view t = n->segs[s].pieces[k].text;
            bool cut = !(s == 0 && k == 0 && n->front != LF_QE_ANY);
            bool open = !(s + 1 == n->nsegs && k + 1 == n->segs[s].n && n->back != LF_QE_ANY);
            size_t i = 0;

            while (i < t.len) {
                size_t to, end;

                /* A word that may have begun before, or goes on after, is passed over. */
                while (cut && i < t.len && sort_at(t, i) == 1)
                    i += lf_utf8_len(t.ptr[i]);
                if (i >= t.len)
                    break;
                for (to = i; to < t.len && !(sort_at(t, to) == 1 && (unsigned char)t.ptr[to] >= 0x80);)
                    to += (unsigned char)t.ptr[to] < 0x80 ? 1 : lf_utf8_len(t.ptr[to]);
                to = to < t.len ? to : t.len;
                end = to;
                if (to < t.len || open)
                    while (end > i && lf_q_word_byte(t.ptr[end - 1]))
                        end--;
                if (end > i && !(n->field && digits((lf_view){ t.ptr + i, end - i }))) {
                    n->whole = lf_arena_grow(q->a, n->whole, n->nwhole, &cap, sizeof *n->whole);
                    n->whole[n->nwhole++] = (lf_view){ t.ptr + i, end - i };
                }
                i = to;
                cut = true;
            }
        }
}

struct need {
    lf_view lit[LITERALS];
    size_t n;
    bool certain;
};

static size_t shortest(const struct need *x)
{
    size_t least = SIZE_MAX;

    for (size_t i = 0; i < x->n; i++)
        if (x->lit[i].len < least)
            least = x->lit[i].len;
    return least;
}

static void needs(struct lf_query_tree *q, struct lf_q_node *n, struct need *out)
{
    *out = (struct need){ 0 };
    switch (n->kind) {
    case LF_Q_LEAF:
        leaf_literal(q, n);
        leaf_whole(q, n);
        if (n->literal.ptr) {
            out->certain = true;
            out->lit[out->n++] = n->literal;
            if (n->hex.ptr)
                out->lit[out->n++] = n->hex;
        }
        break;
    case LF_Q_NOT: {
        struct need ignored;

        needs(q, n->kids[0], &ignored);
        break;
    }
    case LF_Q_AND:
        for (size_t i = 0; i < n->nkids; i++) {
            struct need one;

            needs(q, n->kids[i], &one);
            /* Of several the one with the longest shortest literal: the rarest. */
            if (one.certain && (!out->certain || shortest(&one) > shortest(out)))
                *out = one;
        }
        break;
    case LF_Q_OR:
        out->certain = true;
        for (size_t i = 0; i < n->nkids; i++) {
            struct need one;

            needs(q, n->kids[i], &one);
            if (!one.certain || out->n + one.n > LITERALS)
                out->certain = false;
            for (size_t k = 0; out->certain && k < one.n; k++)
                out->lit[out->n++] = one.lit[k];
        }
        break;
    }
}

/* Records in which plain ASCII is written in another way than it reads: JSON's
 * escapes.  They are always looked into. */
static const char *const markers[] = { "\\u002", "\\u003", "\\u004", "\\u005", "\\u006", "\\u007" };

static enum lf_code compile_literals(struct lf_query_tree *q, const struct need *need, struct lf_err *e)
{
    size_t most = need->n + q->ntexts + sizeof markers / sizeof *markers;
    const char **text = LF_NEW(q->a, const char *, most);
    size_t *len = LF_NEW(q->a, size_t, most);
    unsigned *flags = LF_NEW(q->a, unsigned, most), *id = LF_NEW(q->a, unsigned, most);
    hs_compile_error_t *err = NULL;
    size_t n = 0;

    for (size_t i = 0; i < need->n; i++) {
        text[n] = need->lit[i].ptr;
        len[n++] = need->lit[i].len;
    }
    for (size_t i = 0; i < q->ntexts; i++) {
        text[n] = q->texts[i].scan.ptr;
        len[n++] = q->texts[i].scan.len;
    }
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++) {
        text[n] = markers[i];
        len[n++] = strlen(markers[i]);
    }
    for (size_t i = 0; i < n; i++) {
        flags[i] = HS_FLAG_CASELESS;
        id[i] = (unsigned)i;
    }
    if (hs_compile_lit_multi(text, flags, id, len, (unsigned)n, HS_MODE_BLOCK, NULL, &q->literals, &err) !=
        HS_SUCCESS) {
        enum lf_code rc = lf_err_set(e, LF_BAD_INPUT, "query: %s", err ? err->message : "not understood");

        hs_free_compile_error(err);
        return rc;
    }
    if (hs_alloc_scratch(q->literals, &q->scratch) != HS_SUCCESS)
        LF_BUG("no memory for the scratch of a query");
    return LF_OK;
}

static enum lf_code compile_regexes(struct lf_query_tree *q, struct lf_q_node *n, struct lf_err *e)
{
    hs_compile_error_t *err = NULL;

    for (size_t i = 0; i < n->nkids; i++)
        LF_TRY(compile_regexes(q, n->kids[i], e));
    if (n->kind != LF_Q_LEAF || n->ask != LF_QA_REGEX)
        return LF_OK;
    if (hs_compile(lf_arena_cstr(q->a, n->regex), HS_FLAG_ALLOWEMPTY | HS_FLAG_SINGLEMATCH | HS_FLAG_UTF8,
                   lf_regex_mode(), NULL, &n->db, &err) != HS_SUCCESS) {
        enum lf_code rc = lf_err_set(e, LF_BAD_INPUT, "query, column %zu: the expression: %s", n->column,
                                     err ? err->message : "not understood");

        hs_free_compile_error(err);
        return rc;
    }
    if (hs_alloc_scratch(n->db, &q->scratch) != HS_SUCCESS)
        LF_BUG("no memory for the scratch of a query");
    return LF_OK;
}

static void free_regexes(struct lf_q_node *n)
{
    for (size_t i = 0; i < n->nkids; i++)
        free_regexes(n->kids[i]);
    if (n->db)
        hs_free_database(n->db);
    n->db = NULL;
}

void lf_query_clear(struct lf_query_tree *q)
{
    if (!q)
        return;
    if (q->root)
        free_regexes(q->root);
    if (q->literals)
        hs_free_database(q->literals);
    if (q->scratch)
        hs_free_scratch(q->scratch);
    q->literals = NULL;
    q->scratch = NULL;
    q->compiled = false;
}

enum lf_code lf_query_compile(struct lf_query_tree *q, struct lf_err *e)
{
    struct need need;
    enum lf_code rc = LF_OK;

    LF_ASSERT(!q->compiled);
    needs(q, q->root, &need);
    q->wants_all = !need.certain && !q->ntexts;
    if (!q->wants_all)
        rc = compile_literals(q, &need, e);
    if (rc == LF_OK)
        rc = compile_regexes(q, q->root, e);
    if (rc != LF_OK) {
        lf_query_clear(q);
        return rc;
    }
    q->slots = LF_NEW(q->a, struct lf_q_slot, q->nfields);
    q->compiled = true;
    return LF_OK;
}

bool lf_query_is_table(const struct lf_query_tree *q)
{
    return q->agg >= 0;
}

size_t lf_query_field_names(const struct lf_query_tree *q, lf_view out[LF_QUERY_NAMES])
{
    size_t n = 0;

    for (size_t i = 0; q->agg < 0 && i < q->nstages; i++)
        if (q->stages[i].kind == LF_QP_FIELDS)
            for (n = 0; n < q->stages[i].nkeys; n++)
                out[n] = q->stages[i].keys[n].name;
    return n;
}

bool lf_query_wants_all(const struct lf_query_tree *q)
{
    return q->wants_all;
}

struct scan {
    size_t (*at)(void *ctx, size_t place);
    void *ctx;
    size_t base, next;
};

static int on_literal(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *ctx)
{
    struct scan *s = ctx;

    (void)id;
    (void)from;
    (void)flags;
    if (s->base + to > s->next)
        s->next = s->at(s->ctx, s->base + to);
    return 0;
}

void lf_query_scan(struct lf_query_tree *q, lf_view raw, size_t (*at)(void *ctx, size_t place), void *ctx)
{
    struct scan s = { .at = at, .ctx = ctx };
    hs_error_t rc;

    LF_ASSERT(q->literals && raw.len <= UINT32_MAX);
    if (!raw.len)
        return;
    rc = hs_scan(q->literals, raw.ptr, (unsigned)raw.len, 0, q->scratch, on_literal, &s);
    if (rc != HS_SUCCESS)
        LF_BUG("hs_scan gave %d", (int)rc);
}

static bool node_possible(const struct lf_q_node *n, bool (*has)(void *ctx, lf_view text), void *ctx)
{
    switch (n->kind) {
    case LF_Q_AND:
        for (size_t i = 0; i < n->nkids; i++)
            if (!node_possible(n->kids[i], has, ctx))
                return false;
        return true;
    case LF_Q_OR:
        for (size_t i = 0; i < n->nkids; i++)
            if (node_possible(n->kids[i], has, ctx))
                return true;
        return false;
    case LF_Q_LEAF:
        for (size_t i = 0; i < n->nwhole; i++)
            if (!has(ctx, n->whole[i]))
                return false;
        return true;
    case LF_Q_NOT:
        break;
    }
    return true;
}

bool lf_query_possible(const struct lf_query_tree *q, bool (*has)(void *ctx, lf_view text), void *ctx)
{
    if (q->ntexts && !lf_q_texts_possible(q, has, ctx))
        return false;
    return node_possible(q->root, has, ctx);
}

/* ---- the values of an event ---- */

struct gather {
    struct lf_arena *a;
    struct lf_q_slot *s;
    size_t cap;
};

static void add_value(struct gather *g, struct lf_q_value v)
{
    g->s->values = lf_arena_grow(g->a, g->s->values, g->s->n, &g->cap, sizeof *g->s->values);
    g->s->values[g->s->n++] = v;
}

static void add_text(struct gather *g, lf_view text, bool null, bool number)
{
    add_value(g, (struct lf_q_value){ .text = text, .null = null, .number = number });
}

static void add_scalar(struct gather *g, const struct lf_json *v)
{
    add_value(g, (struct lf_q_value){ .text = lf_json_text(v),
                                      .json = v,
                                      .null = lf_json_kind(v) == LF_JSON_NULL,
                                      .number = lf_json_kind(v) == LF_JSON_NUMBER });
}

static void add_json(struct gather *g, const struct lf_json *v, unsigned depth)
{
    enum lf_json_kind kind = lf_json_kind(v);

    if (kind == LF_JSON_ARRAY) {
        for (size_t i = 0; depth < DEPTH && i < lf_json_items(v); i++)
            add_json(g, lf_json_item(v, i), depth + 1);
    } else if (kind != LF_JSON_OBJECT) {
        add_scalar(g, v);
    }
}

static void add_all(struct gather *g, const struct lf_json *v, unsigned depth)
{
    enum lf_json_kind kind = lf_json_kind(v);

    if (kind == LF_JSON_OBJECT || kind == LF_JSON_ARRAY) {
        for (size_t i = 0; depth < 64 && i < lf_json_size(v); i++)
            add_all(g, kind == LF_JSON_ARRAY ? lf_json_item(v, i) : lf_json_member(v, i), depth + 1);
    } else if (kind != LF_JSON_NULL) {
        add_scalar(g, v);
    }
}

static bool is_object(const struct lf_json *v)
{
    return v && lf_json_kind(v) == LF_JSON_OBJECT;
}

/* For each dot from the left: the part before it names an object, or a list of
 * objects, in which the rest is looked for; as rules' fields are. */
static bool add_dotted(struct gather *g, const struct lf_json *o, lf_view name, unsigned depth)
{
    const struct lf_json *v;

    if (!is_object(o) || depth > DEPTH)
        return false;
    v = lf_json_get(o, name);
    if (v) {
        add_json(g, v, 0);
        return true;
    }
    for (size_t i = 0; i < name.len; i++) {
        const struct lf_json *in;
        bool found = false;

        if (name.ptr[i] != '.')
            continue;
        in = lf_json_get(o, lf_view_first(name, i));
        if (is_object(in))
            found = add_dotted(g, in, lf_view_from(name, i + 1), depth + 1);
        else if (in && lf_json_kind(in) == LF_JSON_ARRAY)
            for (size_t k = 0; k < lf_json_items(in); k++)
                found |= add_dotted(g, lf_json_item(in, k), lf_view_from(name, i + 1), depth + 1);
        if (found)
            return true;
    }
    return false;
}

/* Text with attributes is an object with "#text". */
static bool add_element(struct gather *g, const struct lf_json *v)
{
    if (!v)
        return false;
    if (is_object(v) && lf_json_get(v, LF_V("#text")))
        v = lf_json_get(v, LF_V("#text"));
    add_json(g, v, 0);
    return true;
}

/* The nested shape of Windows events: System, EventData, UserData. */
static bool add_windows(struct gather *g, const struct lf_json *doc, lf_view name)
{
    const struct lf_json *ev = lf_json_get(doc, LF_V("Event")), *sys, *data, *user, *list;

    ev = is_object(lf_json_get(ev, LF_V("System"))) ? ev : doc;
    sys = lf_json_get(ev, LF_V("System"));
    data = lf_json_get(ev, LF_V("EventData"));
    user = lf_json_get(ev, LF_V("UserData"));
    if (!is_object(sys) || (ev == doc && !data && !user))
        return false;
    for (size_t i = 0; is_object(user) && i < lf_json_members(user); i++)
        if (is_object(lf_json_member(user, i)) && add_element(g, lf_json_get(lf_json_member(user, i), name)))
            return true;
    list = lf_json_get(data, LF_V("Data"));
    for (size_t i = 0; list && i < (lf_json_kind(list) == LF_JSON_ARRAY ? lf_json_items(list) : 1); i++) {
        const struct lf_json *x = lf_json_kind(list) == LF_JSON_ARRAY ? lf_json_item(list, i) : list;
        const struct lf_json *n = lf_json_get(lf_json_get(x, LF_V("#attributes")), LF_V("Name"));

        if (n && lf_view_eq(lf_json_text(n), name))
            return add_element(g, x);
    }
    if (add_element(g, lf_json_get(data, name)) || add_element(g, lf_json_get(sys, name)))
        return true;
    for (size_t i = 0; i < name.len; i++) /* Provider_Name, TimeCreated_SystemTime */
        if (name.ptr[i] == '_' &&
            add_element(
                g, lf_json_get(lf_json_get(lf_json_get(sys, lf_view_first(name, i)), LF_V("#attributes")),
                               lf_view_from(name, i + 1))))
            return true;
    return false;
}

static bool add_own(struct gather *g, const struct lf_record *r, const struct lf_event *ev, lf_view name)
{
    char *iso;

    if (name.ptr[0] != '_' && !lf_view_is(name, "@timestamp"))
        return false;
    if (lf_view_is(name, "_time") || lf_view_is(name, "@timestamp") || lf_view_is(name, "_recorded")) {
        iso = lf_arena_alloc(g->a, LF_TIME_TEXT, 1);
        add_text(g, lf_time_milli(lf_view_is(name, "_recorded") ? ev->recorded : ev->happened, iso), false,
                 false);
    } else if (lf_view_is(name, "_raw")) {
        add_text(g, r->bytes, false, false);
    } else if (lf_view_is(name, "_sender")) {
        add_text(g, ev->sender, !ev->sender.len, false);
    } else if (lf_view_is(name, "_host")) {
        add_text(g, ev->host, !ev->host.len, false);
    } else if (lf_view_is(name, "_position")) {
        add_text(g, lf_arena_printf(g->a, "%llu", (unsigned long long)ev->position), false, true);
    } else if (lf_view_is(name, "_source")) {
        for (size_t i = 0; i < ev->nsources; i++)
            add_text(g,
                     lf_arena_printf(g->a, "%.*s/%.*s/%.*s", LF_FMT(ev->sources[i].category),
                                     LF_FMT(ev->sources[i].product), LF_FMT(ev->sources[i].service)),
                     false, false);
    } else {
        return false;
    }
    return true;
}

/* By the other names that the event's pipeline gives. */
static bool add_aliased(struct gather *g, const struct lf_event *ev, lf_view name)
{
    const struct lf_json *v = ev->pipeline ? lf_event_field(ev, g->a, name) : NULL;

    if (v)
        add_json(g, v, 0);
    return v != NULL;
}

struct lf_q_slot *lf_q_slot(struct lf_query_tree *q, struct lf_arena *a, const struct lf_record *r,
                            const struct lf_event *ev, unsigned field)
{
    struct lf_q_slot *s = &q->slots[field];
    struct gather g = { .a = a, .s = s };

    if (s->stamp == q->now)
        return s;
    *s = (struct lf_q_slot){ .stamp = q->now };
    if (field == 0)
        add_all(&g, ev->doc, 0);
    else if (!add_dotted(&g, ev->doc, q->fields[field], 0) && !add_windows(&g, ev->doc, q->fields[field]) &&
             !add_own(&g, r, ev, q->fields[field]))
        (void)add_aliased(&g, ev, q->fields[field]);
    return s;
}

/* ---- one text ---- */

static size_t piece_end(const struct lf_q_seg *g, lf_view t, size_t at)
{
    for (size_t i = 0; i < g->n; i++) {
        lf_view x = g->pieces[i].text;

        if (x.ptr) {
            if (t.len - at < x.len || memcmp(t.ptr + at, x.ptr, x.len) != 0)
                return SIZE_MAX;
            at += x.len;
        } else {
            size_t n;

            if (at >= t.len)
                return SIZE_MAX;
            n = lf_utf8_len(t.ptr[at]);
            at += n < t.len - at ? n : t.len - at;
        }
    }
    return at;
}

static bool edge(lf_view t, size_t at)
{
    return at == 0 || at >= t.len || sort_before(t, at) != 1 || sort_at(t, at) != 1;
}

/* The first place from `from` on where the segment stands as its ends want it;
 * gives the place behind it. */
static size_t seg_find(const struct lf_q_seg *g, lf_view t, size_t from, enum lf_q_end front,
                       enum lf_q_end back)
{
    lf_view lead = g->pieces[0].text;

    while (from <= t.len) {
        size_t to;

        if (lead.ptr) {
            size_t at = lf_view_find(lf_view_from(t, from), lead);

            if (at == SIZE_MAX)
                return SIZE_MAX;
            from += at;
        }
        if (front == LF_QE_EDGE && from > 0)
            return SIZE_MAX;
        to = piece_end(g, t, from);
        if (to != SIZE_MAX && (front != LF_QE_WORD || edge(t, from)) &&
            (back == LF_QE_ANY || (back == LF_QE_EDGE ? to == t.len : edge(t, to))))
            return to;
        from++;
    }
    return SIZE_MAX;
}

bool lf_q_text_holds(const struct lf_q_node *n, lf_view t)
{
    size_t at = 0;

    if (n->nsegs == 0)
        return t.len == 0;
    for (size_t s = 0; s < n->nsegs; s++) {
        at = seg_find(&n->segs[s], t, at, s == 0 ? n->front : LF_QE_ANY,
                      s + 1 == n->nsegs ? n->back : LF_QE_ANY);
        if (at == SIZE_MAX)
            return false;
    }
    return true;
}

/* ---- one value ---- */

static bool regex_holds(struct lf_query_tree *q, const struct lf_q_node *n, lf_view t);

static bool regex_holds(struct lf_query_tree *q, const struct lf_q_node *n, lf_view t)
{
    return lf_view_is_utf8(t) && lf_regex_scan(n->db, t, q->scratch);
}

static bool net_holds(const struct lf_q_node *n, lf_view t)
{
    unsigned whole = n->bits / 8, rest = n->bits % 8;
    uint8_t addr[16];
    bool six;

    if (!lf_q_address(t, addr, &six) || six != n->six || memcmp(addr, n->net, whole) != 0)
        return false;
    return rest == 0 || (addr[whole] & (0xff00u >> rest) & 0xffu) == n->net[whole];
}

/* <0, 0, >0 as the value lies before, at or behind the bound; false: no such value. */
static bool against(const struct lf_q_node *n, const struct lf_q_bound *b, const struct lf_q_value *v,
                    int *out)
{
    struct lf_decimal d;
    uint8_t addr[16];
    lf_time t;
    bool six;

    switch (n->by) {
    case LF_QS_NUMBER:
        if (!lf_decimal_parse(v->text, v->number, &d))
            return false;
        *out = lf_decimal_cmp(&d, &b->decimal);
        return true;
    case LF_QS_ADDRESS:
        if (!lf_q_address(v->text, addr, &six) || six != n->six)
            return false;
        *out = memcmp(addr, b->address, six ? 16 : 4);
        return true;
    case LF_QS_TIME:
        if (lf_time_parse(v->text, &t, NULL) != LF_OK)
            return false;
        *out = t < b->time ? -1 : t > b->time;
        return true;
    case LF_QS_TEXT:
        break;
    }
    *out = lf_view_cmp(v->folded, b->text);
    return true;
}

static bool range_holds(struct lf_arena *a, const struct lf_q_node *n, struct lf_q_value *v)
{
    int c;

    if (n->by == LF_QS_TEXT && !v->folded.ptr)
        v->folded = lf_q_fold(a, v->text);
    if (!n->low.open && (!against(n, &n->low, v, &c) || c < 0 || (c == 0 && !n->low.inclusive)))
        return false;
    return n->high.open || (against(n, &n->high, v, &c) && (c < 0 || (c == 0 && n->high.inclusive)));
}

static bool value_holds(struct lf_query_tree *q, struct lf_arena *a, const struct lf_q_node *n,
                        struct lf_q_value *v)
{
    switch (n->ask) {
    case LF_QA_TEXT:
        if (!v->folded.ptr)
            v->folded = lf_q_fold(a, v->text);
        return lf_q_text_holds(n, v->folded);
    case LF_QA_REGEX:
        return regex_holds(q, n, v->text);
    case LF_QA_RANGE:
        return range_holds(a, n, v);
    case LF_QA_NET:
        return net_holds(n, v->text);
    case LF_QA_EXISTS:
    case LF_QA_TRUE:
        break;
    }
    return true;
}

/* ---- one event ---- */

struct at {
    struct lf_query_tree *q;
    struct lf_arena *a;
    const struct lf_record *r;
    const struct lf_event *ev;
    lf_view raw; /* folded; ptr NULL until asked for */
};

static bool leaf_holds(struct at *m, const struct lf_q_node *n)
{
    struct lf_q_slot *s;

    if (n->ask == LF_QA_TRUE)
        return true;
    /* The record as it came first: that decides most. */
    if (n->field == 0 && n->ask == LF_QA_TEXT) {
        if (!m->raw.ptr)
            m->raw = lf_q_fold(m->a, m->r->bytes);
        if (lf_q_text_holds(n, m->raw))
            return true;
    } else if (n->field == 0 && n->ask == LF_QA_REGEX && regex_holds(m->q, n, m->r->bytes)) {
        return true;
    }
    s = lf_q_slot(m->q, m->a, m->r, m->ev, n->field);
    for (size_t i = 0; i < s->n; i++)
        if (!s->values[i].null && value_holds(m->q, m->a, n, &s->values[i]))
            return true;
    return false;
}

static bool node_holds(struct at *m, const struct lf_q_node *n)
{
    switch (n->kind) {
    case LF_Q_AND:
        for (size_t i = 0; i < n->nkids; i++)
            if (!node_holds(m, n->kids[i]))
                return false;
        return true;
    case LF_Q_OR:
        for (size_t i = 0; i < n->nkids; i++)
            if (node_holds(m, n->kids[i]))
                return true;
        return false;
    case LF_Q_NOT:
        return !node_holds(m, n->kids[0]);
    case LF_Q_LEAF:
        break;
    }
    return leaf_holds(m, n);
}

bool lf_query_matches(struct lf_query_tree *q, struct lf_arena *a, const struct lf_record *r,
                      const struct lf_event *ev)
{
    struct at m = { .q = q, .a = a, .r = r, .ev = ev };

    LF_ASSERT(q->compiled);
    q->now++;
    return node_holds(&m, q->root);
}
