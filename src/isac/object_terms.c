/* What a search asks for, as groups of terms of the index. */
#include "isac/object_search_priv.h"

#include "fmt/stix.h"
#include "fmt/stix_make.h"
#include "isac/grade.h"
#include "isac/object_priv.h"
#include "store/query_grade.h"

enum { SOURCES = 16, TECHNIQUES = 32 };

struct lf_index_group *object_terms_group(struct object_search *s)
{
    LF_ASSERT(s->ng < LF_INDEX_GROUPS);
    s->g[s->ng] = (struct lf_index_group){ 0 };
    return &s->g[s->ng++];
}

void object_terms_put(struct object_search *s, struct lf_index_group *g, int64_t term)
{
    g->term = lf_arena_grow(s->t->a, g->term, g->n, &g->cap, sizeof *g->term);
    g->term[g->n++] = term;
}

enum lf_code object_terms_classes(struct object_search *s, struct lf_err *e)
{
    struct lf_index_group *g = object_terms_group(s);

    for (size_t i = 0; i < s->nrooms; i++) {
        struct lf_index_class *c;
        size_t n;

        LF_TRY(lf_index_classes(s->t, s->rooms[i].number, &c, &n, e));
        for (size_t k = 0; k < n; k++) {
            bool shown;

            LF_TRY(object_room_shows(s, &s->rooms[i], c[k].marking, c[k].maker, &shown, e));
            if (shown)
                object_terms_put(s, g, lf_index_class_term(&s->key, c[k].number));
        }
    }
    s->nothing |= !g->n;
    return LF_OK;
}

void object_terms_one(struct object_search *s, char letter, lf_view text)
{
    object_terms_put(s, object_terms_group(s), lf_term(&s->key, letter, text));
}

static void add_words(struct object_search *s, char letter, lf_view text)
{
    int64_t terms[LF_TERM_QUERY];
    size_t n = lf_terms_of_words(&s->key, letter, text, terms, LF_TERM_QUERY);

    s->nothing |= !n;
    for (size_t i = 0; i < n; i++)
        object_terms_put(s, object_terms_group(s), terms[i]);
}

/* As people write to each other what nobody shall click on. */
static lf_view refang(struct lf_arena *a, lf_view v)
{
    char *out = lf_arena_alloc(a, v.len + 1, 1);
    size_t n = 0;

    for (size_t i = 0; i < v.len; i++) {
        lf_view rest = lf_view_from(v, i);

        if (lf_view_starts(rest, LF_V("[.]")) || lf_view_starts(rest, LF_V("(.)"))) {
            out[n++] = '.';
            i += 2;
        } else if (lf_view_starts(rest, LF_V("[://]"))) {
            memcpy(out + n, "://", 3);
            n += 3;
            i += 4;
        } else if (lf_view_starts(rest, LF_V("[@]"))) {
            out[n++] = '@';
            i += 2;
        } else if (i == 0 && v.len > 4 && lf_view_eq_nocase(lf_view_first(v, 4), LF_V("hxxp"))) {
            memcpy(out, "http", 4);
            n = 4;
            i = 3;
        } else {
            out[n++] = v.ptr[i];
        }
    }
    return (lf_view){ out, n };
}

static void add_value(struct object_search *s, lf_view value)
{
    struct lf_index_group *g = object_terms_group(s);
    lf_view plain = refang(s->t->a, value);

    object_terms_put(s, g, lf_term_folded(&s->key, 'v', value));
    object_terms_put(s, g, lf_term_folded(&s->key, 'v', plain));
    if (lf_view_ends(plain, LF_V("."))) /* a name as resolvers write it */
        object_terms_put(s, g, lf_term_folded(&s->key, 'v', lf_view_first(plain, plain.len - 1)));
}

/* TLP 1 and TLP 2 have a marking-definition each. */
static enum lf_code add_marking(struct object_search *s, lf_view m, struct lf_err *e)
{
    const char *tlp1;
    char low[32];
    lf_view word, type;
    enum lf_tlp tlp;

    if (lf_stix_id_ok(m, &type) && lf_view_is(type, "marking-definition")) {
        object_terms_one(s, 'm', m);
        return LF_OK;
    }
    for (size_t i = 0; i < m.len && i < sizeof low; i++)
        low[i] = m.ptr[i] >= 'A' && m.ptr[i] <= 'Z' ? (char)(m.ptr[i] + 32) : m.ptr[i];
    word = (lf_view){ low, m.len < sizeof low ? m.len : sizeof low };
    if (lf_view_is(word, "none")) {
        object_terms_one(s, 'm', LF_V(""));
        return LF_OK;
    }
    if (lf_view_starts(word, LF_V("tlp:")))
        word = lf_view_from(word, 4);
    if (!lf_tlp_parse(word, &tlp) || tlp == LF_TLP_NONE)
        return lf_err_set(
            e, LF_BAD_INPUT,
            "marking: give the id of a marking-definition, tlp:clear, green, amber, amber+strict or red, "
            "or none");
    object_terms_one(s, 'm', lf_tlp_ref(tlp));
    tlp1 = lf_make_tlp1(lf_view_of(lf_tlp_name(tlp)));
    if (tlp1)
        object_terms_put(s, &s->g[s->ng - 1], lf_term(&s->key, 'm', lf_view_of(tlp1)));
    return LF_OK;
}

/* Ids of objects that a search of its own finds. */
static enum lf_code add_found(struct object_search *s, const struct lf_object_query *q, char letter,
                              size_t most, struct lf_index_group *into, struct lf_err *e)
{
    const struct lf_page page = { .limit = most };
    const struct lf_object_hit *hit;
    lf_view next;
    size_t n;

    LF_TRY(lf_object_search(s->t, q, &page, &n, &hit, &next, NULL, e));
    for (size_t i = 0; i < n; i++)
        object_terms_put(s, into, lf_term(&s->key, letter, hit[i].o.id));
    return LF_OK;
}

static enum lf_code add_source(struct object_search *s, lf_view source, struct lf_err *e)
{
    const struct lf_object_query named = { .type = LF_V("identity"), .name = source };
    struct lf_index_group *g;

    if (lf_view_is(source, "self"))
        source = s->t->self->node;
    if (lf_stix_id_ok(source, NULL)) {
        object_terms_one(s, 'b', source);
        return LF_OK;
    }
    g = object_terms_group(s);
    LF_TRY(add_found(s, &named, 'b', SOURCES, g, e));
    s->nothing |= !g->n;
    return LF_OK;
}

static enum lf_code add_technique(struct object_search *s, lf_view id, struct lf_err *e)
{
    const struct lf_object_query named = { .type = LF_V("attack-pattern"), .technique = id };
    struct lf_index_group *g = object_terms_group(s);

    object_terms_put(s, g, lf_term_folded(&s->key, 'x', id));
    if (!lf_view_is(s->q->type, "attack-pattern")) /* else they are what is asked for */
        LF_TRY(add_found(s, &named, 'r', TECHNIQUES, g, e));
    return LF_OK;
}

/* Days at both ends, months and years between: whoever is behind knows the exact instant. */
static void add_times(struct object_search *s, lf_time from, lf_time to)
{
    struct lf_civil at = lf_civil_of(from ? from : 0), end;
    struct lf_index_group *g;
    lf_time last = to ? to - 1 : 0;

    if (!from || !to) /* open at one side: what is left is looked at one by one, the newest first */
        return;
    end = lf_civil_of(last);
    if (last < from || end.year - at.year > 200) {
        s->nothing |= last < from;
        return;
    }
    g = object_terms_group(s);
    for (lf_time day = from - from % LF_DAY; day <= last;) {
        struct lf_civil c = lf_civil_of(day), next = c;
        char letter = 'd', text[LF_TIME_TEXT];

        if (c.day == 1 && c.month == 1 && c.year < end.year) {
            letter = 'y';
            next.year++;
        } else if (c.day == 1 && (c.year < end.year || c.month < end.month)) {
            letter = 'D';
            next.month = c.month == 12 ? 1 : c.month + 1;
            next.year += c.month == 12;
        }
        object_terms_put(s, g,
                         lf_term(&s->key, letter,
                                 lf_view_first(lf_stix_micro(day, text), letter == 'd'   ? 10
                                                                         : letter == 'D' ? 7
                                                                                         : 4)));
        day = letter == 'd' ? day + LF_DAY : lf_time_of(&next);
    }
}

struct feeds {
    struct lf_arena *a;
    lf_view *v;
    size_t n, cap;
};

static enum lf_code take_feed(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct feeds *p = ctx;

    (void)e;
    p->v = lf_arena_grow(p->a, p->v, p->n, &p->cap, sizeof *p->v);
    p->v[p->n++] = lf_arena_printf(p->a, "feed:%.*s", LF_FMT(lf_row_text(r, 0)));
    return LF_OK;
}

/* Objects with this letter (or digit): graded themselves, of a graded creator, or brought by a graded feed.
 */
static enum lf_code add_graded(struct object_search *s, char letter, char digit, struct lf_err *e)
{
    const char l[2] = { letter, '\0' }, d[2] = { digit, '\0' };
    struct feeds feeds = { .a = s->t->a };
    struct lf_index_group *g = object_terms_group(s);
    const lf_view *ids;
    size_t n;

    LF_TRY(lf_grade_find(s->t, letter, digit, &n, &ids, e));
    for (size_t i = 0; i < n; i++) {
        bool source = lf_view_starts(ids[i], LF_V("identity--"));

        object_terms_put(s, g, lf_term(&s->key, 'i', ids[i]));
        if (source)
            object_terms_put(s, g, lf_term(&s->key, 'b', ids[i]));
    }
    LF_TRY(lf_db_run(s->t->db, &s->t->scope, &lf_q_grade_feeds,
                     LF_ARGS(LF_TEXT(lf_view_of(l)), LF_TEXT(lf_view_of(d)), LF_INT(LF_GRADE_FOUND)),
                     take_feed, &feeds, NULL, e));
    for (size_t i = 0; i < s->nrooms && feeds.n; i++) {
        struct lf_index_class *c;
        size_t classes;

        LF_TRY(lf_index_classes(s->t, s->rooms[i].number, &c, &classes, e));
        for (size_t k = 0; k < classes; k++) {
            lf_view origin, author;

            LF_TRY(lf_entry_maker(s->t, c[k].maker, &origin, &author, e));
            for (size_t f = 0; f < feeds.n && !origin.len; f++)
                if (lf_view_eq(author, feeds.v[f]))
                    object_terms_put(s, g, lf_index_class_term(&s->key, c[k].number));
        }
    }
    s->nothing |= !g->n;
    return LF_OK;
}

static enum lf_code add_grade(struct object_search *s, lf_view text, struct lf_err *e)
{
    char letter, digit;

    if (!lf_grade_parse(text, &letter, &digit))
        return lf_err_set(e, LF_BAD_INPUT, "grade: a letter A to F, a digit 1 to 6, or both, as \"B2\"");
    if (letter)
        LF_TRY(add_graded(s, letter, '\0', e));
    return digit ? add_graded(s, '\0', digit, e) : LF_OK;
}

static enum lf_code check(lf_view v, const char *name, struct lf_err *e)
{
    if (v.len > LF_SEARCH_TEXT || !lf_view_is_utf8(v))
        return lf_err_set(e, LF_BAD_INPUT, "%s: at most %d bytes of UTF-8", name, LF_SEARCH_TEXT);
    return LF_OK;
}

enum lf_code object_terms_asked(struct object_search *s, struct lf_err *e)
{
    const struct lf_object_query *q = s->q;

    LF_TRY(check(q->value, "value", e));
    LF_TRY(check(q->name, "name", e));
    LF_TRY(check(q->words, "q", e));
    LF_TRY(check(q->source, "source", e));
    LF_TRY(check(q->technique, "technique", e));
    if (q->type.len && !lf_stix_type_ok(q->type))
        return lf_err_set(e, LF_BAD_INPUT, "type: \"%.*s\" is no type of STIX",
                          LF_FMT(lf_view_first(q->type, 80)));
    if (q->ref.len && !lf_stix_id_ok(q->ref, NULL))
        return lf_err_set(e, LF_BAD_INPUT, "ref: give the id of an object");
    if (q->value.len)
        add_value(s, lf_view_trim(q->value));
    if (q->ref.len)
        object_terms_one(s, 'r', q->ref);
    if (q->technique.len)
        LF_TRY(add_technique(s, lf_view_trim(q->technique), e));
    if (q->name.len)
        add_words(s, 'n', q->name);
    if (q->words.len)
        add_words(s, 'w', q->words);
    if (q->source.len)
        LF_TRY(add_source(s, lf_view_trim(q->source), e));
    if (q->marking.len)
        LF_TRY(add_marking(s, lf_view_trim(q->marking), e));
    if (q->grade.len)
        LF_TRY(add_grade(s, q->grade, e));
    if (q->type.len)
        object_terms_one(s, 't', q->type);
    add_times(s, q->from, q->to);
    return object_terms_classes(s, e);
}
