#include "isac/object_search.h"

#include "base/map.h"
#include "fmt/stix.h"
#include "fmt/stix_make.h"
#include "isac/grade.h"
#include "isac/index.h"
#include "isac/object_priv.h"

enum { SOURCES = 16, TECHNIQUES = 32 };

/* A collection that the reader may read. */
struct room {
    const struct lf_collection *c;
    int64_t number;
    struct lf_rights *rights;
};

struct search {
    struct lf_task *t;
    const struct lf_object_query *q;
    struct lf_term_key key;
    struct room *rooms;
    size_t nrooms;
    struct lf_index_group g[LF_INDEX_GROUPS];
    size_t ng;
    bool nothing; /* something is asked that nothing has */
    size_t bytes; /* of texts that were looked at */
};

/* ---- cursors: a document's number would tell how many there are ---- */

static uint32_t half(const struct lf_term_key *k, uint32_t v, char round)
{
    char bytes[5] = { (char)v, (char)(v >> 8), (char)(v >> 16), (char)(v >> 24), round };

    return (uint32_t)lf_siphash(k->k, (lf_view){ bytes, sizeof bytes });
}

/* Luby and Rackoff's four rounds, 1988. */
static uint64_t veil(const struct lf_term_key *k, uint64_t v, bool back)
{
    uint32_t a = (uint32_t)(v >> 32), b = (uint32_t)v;

    for (int i = 0; i < 4; i++) {
        uint32_t next = back ? b ^ half(k, a, (char)(3 - i)) : a ^ half(k, b, (char)i);

        if (back) {
            b = a;
            a = next;
        } else {
            a = b;
            b = next;
        }
    }
    return (uint64_t)a << 32 | b;
}

static lf_view cursor_of(const struct search *s, int64_t doc)
{
    return lf_arena_printf(s->t->a, "%016llx", (unsigned long long)veil(&s->key, (uint64_t)doc, false));
}

static enum lf_code cursor_read(const struct search *s, lf_view text, int64_t *doc, struct lf_err *e)
{
    uint64_t v = 0;
    bool ok = text.len == 16;

    for (size_t i = 0; ok && i < text.len; i++) {
        char c = text.ptr[i];

        ok = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        v = v << 4 | (uint64_t)(c >= 'a' ? c - 'a' + 10 : c - '0');
    }
    *doc = ok ? (int64_t)veil(&s->key, v, true) : 0;
    if (!ok || *doc <= 0 || *doc >> 40) /* one in 16 million others is taken for one; it hides nothing */
        return lf_err_set(e, LF_BAD_INPUT, "after: give `next` of the page before as it was");
    return LF_OK;
}

/* ---- what may be read ---- */

static enum lf_code open_rooms(struct search *s, struct lf_err *e)
{
    const struct lf_collection *all;
    struct lf_rights *rights = NULL;
    bool peer = s->t->scope.roles & LF_ROLE_PEER, found = false;
    size_t n;

    LF_TRY(lf_collection_list(s->t, &n, &all, e));
    s->rooms = LF_NEW(s->t->a, struct room, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct room r = { .c = &all[i] };
        size_t at = s->nrooms;

        if (!r.c->can_read || (s->q->collection.len && !lf_view_eq(r.c->id, s->q->collection) &&
                               !lf_view_eq(r.c->alias, s->q->collection)))
            continue;
        found = true;
        LF_TRY(lf_entry_collection(s->t, r.c->id, &r.number, e));
        if (peer || !rights) /* only a peer's hang on who else reads it */
            LF_TRY(lf_rights_open(s->t, r.c->readers, &rights, e));
        r.rights = rights;
        for (; at && s->rooms[at - 1].number > r.number; at--)
            s->rooms[at] = s->rooms[at - 1];
        s->rooms[at] = r;
        s->nrooms++;
    }
    if (s->q->collection.len && !found)
        return lf_err_set(e, LF_NOT_FOUND, "no collection \"%.*s\"",
                          LF_FMT(lf_view_first(s->q->collection, 80)));
    return LF_OK;
}

static const struct room *room_of(const struct search *s, int64_t number)
{
    for (size_t i = 0; i < s->nrooms; i++)
        if (s->rooms[i].number == number)
            return &s->rooms[i];
    return NULL;
}

static enum lf_code shows(struct search *s, const struct room *r, int64_t marking, int64_t maker, bool *shown,
                          struct lf_err *e)
{
    const struct lf_entry v = { .marking = marking, .maker = maker };

    if (marking)
        return object_shown(s->t, r->rights, &v, shown, e);
    return lf_rights_shows(r->rights, 0, LF_V(""), shown, e);
}

/* ---- groups of terms ---- */

static struct lf_index_group *group(struct search *s)
{
    LF_ASSERT(s->ng < LF_INDEX_GROUPS);
    s->g[s->ng] = (struct lf_index_group){ 0 };
    return &s->g[s->ng++];
}

static void put(struct search *s, struct lf_index_group *g, int64_t term)
{
    g->term = lf_arena_grow(s->t->a, g->term, g->n, &g->cap, sizeof *g->term);
    g->term[g->n++] = term;
}

static enum lf_code add_classes(struct search *s, struct lf_err *e)
{
    struct lf_index_group *g = group(s);

    for (size_t i = 0; i < s->nrooms; i++) {
        struct lf_index_class *c;
        size_t n;

        LF_TRY(lf_index_classes(s->t, s->rooms[i].number, &c, &n, e));
        for (size_t k = 0; k < n; k++) {
            bool shown;

            LF_TRY(shows(s, &s->rooms[i], c[k].marking, c[k].maker, &shown, e));
            if (shown)
                put(s, g, lf_index_class_term(&s->key, c[k].number));
        }
    }
    s->nothing |= !g->n;
    return LF_OK;
}

static void add_one(struct search *s, char letter, lf_view text)
{
    put(s, group(s), lf_term(&s->key, letter, text));
}

static void add_words(struct search *s, char letter, lf_view text)
{
    int64_t terms[LF_TERM_QUERY];
    size_t n = lf_terms_of_words(&s->key, letter, text, terms, LF_TERM_QUERY);

    s->nothing |= !n;
    for (size_t i = 0; i < n; i++)
        put(s, group(s), terms[i]);
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

static void add_value(struct search *s, lf_view value)
{
    struct lf_index_group *g = group(s);
    lf_view plain = refang(s->t->a, value);

    put(s, g, lf_term_folded(&s->key, 'v', value));
    put(s, g, lf_term_folded(&s->key, 'v', plain));
    if (lf_view_ends(plain, LF_V("."))) /* a name as resolvers write it */
        put(s, g, lf_term_folded(&s->key, 'v', lf_view_first(plain, plain.len - 1)));
}

/* TLP 1 and TLP 2 have a marking-definition each. */
static enum lf_code add_marking(struct search *s, lf_view m, struct lf_err *e)
{
    const char *tlp1;
    char low[32];
    lf_view word, type;
    enum lf_tlp tlp;

    if (lf_stix_id_ok(m, &type) && lf_view_is(type, "marking-definition")) {
        add_one(s, 'm', m);
        return LF_OK;
    }
    for (size_t i = 0; i < m.len && i < sizeof low; i++)
        low[i] = m.ptr[i] >= 'A' && m.ptr[i] <= 'Z' ? (char)(m.ptr[i] + 32) : m.ptr[i];
    word = (lf_view){ low, m.len < sizeof low ? m.len : sizeof low };
    if (lf_view_is(word, "none")) {
        add_one(s, 'm', LF_V(""));
        return LF_OK;
    }
    if (lf_view_starts(word, LF_V("tlp:")))
        word = lf_view_from(word, 4);
    if (!lf_tlp_parse(word, &tlp) || tlp == LF_TLP_NONE)
        return lf_err_set(
            e, LF_BAD_INPUT,
            "marking: give the id of a marking-definition, tlp:clear, green, amber, amber+strict or red, "
            "or none");
    add_one(s, 'm', lf_tlp_ref(tlp));
    tlp1 = lf_make_tlp1(lf_view_of(lf_tlp_name(tlp)));
    if (tlp1)
        put(s, &s->g[s->ng - 1], lf_term(&s->key, 'm', lf_view_of(tlp1)));
    return LF_OK;
}

/* Ids of objects that a search of its own finds. */
static enum lf_code add_found(struct search *s, const struct lf_object_query *q, char letter, size_t most,
                              struct lf_index_group *into, struct lf_err *e)
{
    const struct lf_page page = { .limit = most };
    const struct lf_object_hit *hit;
    lf_view next;
    size_t n;

    LF_TRY(lf_object_search(s->t, q, &page, &n, &hit, &next, NULL, e));
    for (size_t i = 0; i < n; i++)
        put(s, into, lf_term(&s->key, letter, hit[i].o.id));
    return LF_OK;
}

static enum lf_code add_source(struct search *s, lf_view source, struct lf_err *e)
{
    const struct lf_object_query named = { .type = LF_V("identity"), .name = source };
    struct lf_index_group *g;

    if (lf_view_is(source, "self"))
        source = s->t->self->node;
    if (lf_stix_id_ok(source, NULL)) {
        add_one(s, 'b', source);
        return LF_OK;
    }
    g = group(s);
    LF_TRY(add_found(s, &named, 'b', SOURCES, g, e));
    s->nothing |= !g->n;
    return LF_OK;
}

static enum lf_code add_technique(struct search *s, lf_view id, struct lf_err *e)
{
    const struct lf_object_query named = { .type = LF_V("attack-pattern"), .technique = id };
    struct lf_index_group *g = group(s);

    put(s, g, lf_term_folded(&s->key, 'x', id));
    if (!lf_view_is(s->q->type, "attack-pattern")) /* else they are what is asked for */
        LF_TRY(add_found(s, &named, 'r', TECHNIQUES, g, e));
    return LF_OK;
}

/* Days at both ends, months and years between: whoever is behind knows the exact instant. */
static void add_times(struct search *s, lf_time from, lf_time to)
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
    g = group(s);
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
        put(s, g,
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
static enum lf_code add_graded(struct search *s, char letter, char digit, struct lf_err *e)
{
    const char l[2] = { letter, '\0' }, d[2] = { digit, '\0' };
    struct feeds feeds = { .a = s->t->a };
    struct lf_index_group *g = group(s);
    const lf_view *ids;
    size_t n;

    LF_TRY(lf_grade_find(s->t, letter, digit, &n, &ids, e));
    for (size_t i = 0; i < n; i++) {
        bool source = lf_view_starts(ids[i], LF_V("identity--"));

        put(s, g, lf_term(&s->key, 'i', ids[i]));
        if (source)
            put(s, g, lf_term(&s->key, 'b', ids[i]));
    }
    LF_TRY(lf_db_run(s->t->db, &s->t->scope, LF_Q_GRADE_FEEDS,
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
                    put(s, g, lf_index_class_term(&s->key, c[k].number));
        }
    }
    s->nothing |= !g->n;
    return LF_OK;
}

static enum lf_code add_grade(struct search *s, lf_view text, struct lf_err *e)
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

static enum lf_code add_all(struct search *s, struct lf_err *e)
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
        add_one(s, 'r', q->ref);
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
        add_one(s, 't', q->type);
    add_times(s, q->from, q->to);
    return add_classes(s, e);
}

/* ---- a document that the index gave ---- */

struct places {
    struct lf_arena *a;
    struct {
        int64_t coll, marking, maker;
    } * v;
    size_t n, cap;
};

static enum lf_code take_place(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct places *p = ctx;

    (void)e;
    p->v = lf_arena_grow(p->a, p->v, p->n, &p->cap, sizeof *p->v);
    p->v[p->n].coll = lf_row_int(r, 1);
    p->v[p->n].marking = lf_row_int(r, 2);
    p->v[p->n++].maker = lf_row_int(r, 3);
    return LF_OK;
}

/* Of several collections that the reader has it in, the first tells of it. */
static enum lf_code first_place(struct search *s, const struct lf_index_doc *d, bool *first, struct lf_err *e)
{
    struct places p = { .a = s->t->a };

    *first = false;
    LF_TRY(lf_db_run(s->t->db, &s->t->scope, LF_Q_INDEX_ENTRIES, LF_ARGS(LF_INT(d->seq), LF_INT(d->seq)),
                     take_place, &p, NULL, e));
    for (size_t i = 0; i < p.n; i++) {
        const struct room *r = room_of(s, p.v[i].coll);
        bool shown = false;

        if (r)
            LF_TRY(shows(s, r, p.v[i].marking, p.v[i].maker, &shown, e));
        if (!shown)
            continue;
        *first = p.v[i].coll == d->collection;
        return LF_OK;
    }
    return LF_OK;
}

static bool contains(lf_view text, lf_view what)
{
    for (size_t i = 0; i + what.len <= text.len; i++)
        if (lf_view_eq_nocase((lf_view){ text.ptr + i, what.len }, what))
            return true;
    return false;
}

static bool said(const struct lf_json *v, lf_view what)
{
    if (lf_json_kind(v) == LF_JSON_STRING)
        return contains(lf_json_text(v), what);
    for (size_t i = 0; i < lf_json_count(v); i++)
        if (said(lf_json_kind(v) == LF_JSON_ARRAY ? lf_json_item(v, i) : lf_json_member(v, i), what))
            return true;
    return false;
}

/* The next of what blanks part, the full-width one too. */
static bool next_word(lf_view *rest, lf_view *one)
{
    const lf_view wide = LF_VIEW("\xe3\x80\x80");
    size_t n = 0;

    while (rest->len && (rest->ptr[0] == ' ' || lf_view_starts(*rest, wide)))
        *rest = lf_view_from(*rest, rest->ptr[0] == ' ' ? 1 : wide.len);
    while (n < rest->len && rest->ptr[n] != ' ' && !lf_view_starts(lf_view_from(*rest, n), wide))
        n++;
    *one = lf_view_first(*rest, n);
    *rest = lf_view_from(*rest, n);
    return n > 0;
}

/* Neighbours of two characters may stand in another order: what has such characters is looked up. */
static bool says_ideographs(const struct lf_json *object, lf_view words)
{
    lf_view one;

    while (next_word(&words, &one))
        if (lf_term_ideographs(one) && !said(object, one))
            return false;
    return true;
}

static bool names_say_ideographs(const struct lf_json *object, lf_view words)
{
    lf_view one;

    while (next_word(&words, &one)) {
        bool found = !lf_term_ideographs(one);

        for (size_t i = 0; lf_term_names[i] && !found; i++)
            found = said(lf_json_get(object, lf_view_of(lf_term_names[i])), one);
        if (!found)
            return false;
    }
    return true;
}

static enum lf_code holds(struct search *s, const struct lf_object *o, bool *yes, struct lf_err *e)
{
    const struct lf_object_query *q = s->q;
    lf_time at = o->version_at ? o->version_at : o->added;
    bool text = (q->words.len && lf_term_ideographs(q->words)) ||
                (q->name.len && lf_term_ideographs(q->name));
    const struct lf_json *tree;

    *yes = (!q->from || at >= q->from) && (!q->to || at < q->to);
    if (!*yes || !text)
        return LF_OK;
    LF_TRY(lf_json_parse(s->t->a, o->json, NULL, &tree, e));
    *yes = says_ideographs(tree, q->words) && names_say_ideographs(tree, q->name);
    return LF_OK;
}

/* As TAXII would give it: the last version that the reader has. */
static enum lf_code look(struct search *s, const struct lf_index_doc *d, struct lf_object_hit *out,
                         bool *found, struct lf_err *e)
{
    const struct room *r = room_of(s, d->collection);
    struct lf_object_filter f = { .after = -1, .limit = 4, .bodies = true, .nid = 1, .v_last = true };
    struct lf_entry v = { .seq = d->seq };
    const struct lf_object *o;
    bool more, first;
    enum lf_code rc;
    size_t n, one = 1;

    *found = false;
    if (!r)
        return LF_OK;
    LF_TRY(first_place(s, d, &first, e));
    if (!first)
        return LF_OK;
    rc = lf_entry_fetch(s->t, &v, &one, false, SIZE_MAX, e);
    LF_TRY(rc);
    f.id[0] = v.id;
    f.rights = r->rights;
    LF_TRY(lf_object_list(s->t, r->c->id, &f, &n, &o, &more, e));
    for (size_t i = 0; i < n; i++)
        s->bytes += o[i].json.len;
    for (size_t i = 0; i < n && !*found; i++)
        if (o[i].seq == d->seq) {
            *out = (struct lf_object_hit){ o[i], r->c->id, r->c->alias, d->doc };
            LF_TRY(holds(s, &o[i], found, e));
        }
    return LF_OK;
}

/* At most `limit` hits below a document; *at: where to go on, 0 when nothing can follow. */
static enum lf_code gather(struct search *s, int64_t below, size_t limit, struct lf_object_hit *hits,
                           size_t *n, int64_t *at, struct lf_err *e)
{
    struct lf_index_walk *w;
    size_t have = 0, looks = 0;

    s->bytes = 0;
    LF_TRY(lf_index_open(s->t, s->g, s->ng, below, LF_SEARCH_SEGMENTS, &w, e));
    while (looks++ < LF_SEARCH_LOOKS && s->bytes < LF_SEARCH_BYTES) {
        struct lf_index_doc d;
        bool found;

        LF_TRY(lf_index_next(w, &d, at, e));
        if (!d.doc)
            break;
        LF_TRY(look(s, &d, &hits[have], &found, e));
        for (size_t i = 0; i < have && found; i++)
            found = hits[i].o.seq != hits[have].o.seq;
        if (found && ++have > limit) { /* one more than fits: so there is another page */
            *at = hits[limit - 1].doc;
            break;
        }
    }
    *n = have < limit ? have : limit;
    return LF_OK;
}

static enum lf_code catch_up(struct lf_task *t, bool *behind, struct lf_err *e)
{
    bool more = true;

    for (int i = 0; i < LF_SEARCH_TAKE && more; i++)
        LF_TRY(lf_index_turn(t, &more, e));
    if (behind)
        LF_TRY(lf_index_behind(t, behind, e));
    return LF_OK;
}

enum lf_code lf_object_search(struct lf_task *t, const struct lf_object_query *q, const struct lf_page *page,
                              size_t *n, const struct lf_object_hit **out, lf_view *next, bool *behind,
                              struct lf_err *e)
{
    size_t limit = lf_page_rows(page);
    struct search *s = LF_NEW(t->a, struct search, 1);
    struct lf_object_hit *hits = LF_NEW(t->a, struct lf_object_hit, limit + 1);
    int64_t below = 0, at = 0;

    *s = (struct search){ .t = t, .q = q };
    *n = 0;
    *next = LF_V("");
    *out = hits;
    lf_term_key(t, &s->key);
    if (page && page->after.len)
        LF_TRY(cursor_read(s, page->after, &below, e));
    LF_TRY(catch_up(t, behind, e));
    LF_TRY(open_rooms(s, e));
    LF_TRY(add_all(s, e));
    if (s->nothing)
        return LF_OK;
    LF_TRY(gather(s, below, limit, hits, n, &at, e));
    if (at)
        *next = cursor_of(s, at);
    return LF_OK;
}

enum lf_code lf_object_search_turn(struct lf_task *t, bool *more, struct lf_err *e)
{
    return lf_index_turn(t, more, e);
}

/* ---- one object ---- */

struct where {
    struct lf_arena *a;
    lf_view id;
    int64_t *coll;
    size_t n, cap;
};

static enum lf_code take_where(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct where *w = ctx;

    (void)e;
    if (!lf_view_eq(lf_row_text(r, 1), w->id) || (w->n && w->coll[w->n - 1] == lf_row_int(r, 0)))
        return LF_OK;
    w->coll = lf_arena_grow(w->a, w->coll, w->n, &w->cap, sizeof *w->coll);
    w->coll[w->n++] = lf_row_int(r, 0);
    return LF_OK;
}

struct versions {
    lf_time before; /* 0: the last ones */
    struct lf_object_version v[LF_OBJECT_VERSIONS];
    const struct room *room[LF_OBJECT_VERSIONS];
    size_t n;
    bool more;
};

static bool earlier(const struct lf_object *a, const struct lf_object *b)
{
    return a->version_at < b->version_at || (a->version_at == b->version_at && a->added < b->added);
}

static void keep_version(struct versions *x, const struct room *r, const struct lf_object *o)
{
    size_t at = x->n;

    if (x->before && o->version_at >= x->before)
        return;
    for (size_t k = 0; k < x->n; k++)
        if (x->v[k].o.seq == o->seq)
            return;
    while (at && earlier(&x->v[at - 1].o, o))
        at--;
    x->more |= x->n == LF_OBJECT_VERSIONS;
    if (at == LF_OBJECT_VERSIONS)
        return;
    x->n += x->n < LF_OBJECT_VERSIONS;
    for (size_t k = x->n - 1; k > at; k--) {
        x->v[k] = x->v[k - 1];
        x->room[k] = x->room[k - 1];
    }
    x->v[at] = (struct lf_object_version){ *o, r->c->id, r->c->alias, LF_V(""), LF_V("") };
    x->room[at] = r;
}

/* Small rows, however many versions there are. */
static enum lf_code add_versions(struct search *s, const struct room *r, lf_view id, struct versions *x,
                                 struct lf_err *e)
{
    struct lf_object_filter f = { .after = -1, .limit = 1000, .nid = 1, .v_all = true, .rights = r->rights };
    const struct lf_object *o;
    bool more = true;
    size_t got;

    f.id[0] = id;
    while (more) {
        LF_TRY(lf_object_list(s->t, r->c->id, &f, &got, &o, &more, e));
        for (size_t i = 0; i < got; i++)
            keep_version(x, r, &o[i]);
        if (!got)
            break;
        f.after = o[got - 1].added;
    }
    return LF_OK;
}

static enum lf_code version_text(struct search *s, const struct room *r, struct lf_object *v,
                                 struct lf_err *e)
{
    struct lf_object_filter f = {
        .after = v->added - 1, .limit = 1, .bodies = true, .nid = 1, .v_all = true, .rights = r->rights
    };
    const struct lf_object *o;
    size_t n;
    bool more;

    f.id[0] = v->id;
    LF_TRY(lf_object_list(s->t, r->c->id, &f, &n, &o, &more, e));
    if (n && o[0].seq == v->seq)
        v->json = o[0].json;
    return LF_OK;
}

/* ---- many, one after the other ---- */

struct lf_object_reader {
    struct search s;
    struct lf_object_query q;
    struct lf_index_group classes;
};

enum lf_code lf_object_reader_open(struct lf_task *t, struct lf_object_reader **out, struct lf_err *e)
{
    struct lf_object_reader *r = LF_NEW(t->a, struct lf_object_reader, 1);

    r->s.t = t;
    r->s.q = &r->q;
    lf_term_key(t, &r->s.key);
    LF_TRY(catch_up(t, NULL, e));
    LF_TRY(open_rooms(&r->s, e));
    LF_TRY(add_classes(&r->s, e));
    r->classes = r->s.g[0];
    *out = r;
    return LF_OK;
}

enum lf_code lf_object_last(struct lf_object_reader *r, lf_view id, struct lf_object_hit *out, bool *found,
                            struct lf_err *e)
{
    struct lf_task *t = r->s.t;
    struct where w = { .a = t->a, .id = id };

    *found = false;
    LF_TRY(lf_db_run(t->db, &t->scope, LF_Q_INDEX_COLLECTIONS_OF, LF_ARGS(LF_INT(lf_entry_key(t, id))),
                     take_where, &w, NULL, e));
    for (size_t i = 0; i < w.n; i++) {
        struct lf_object_filter f = { .after = -1, .limit = 4, .bodies = true, .nid = 1, .v_last = true };
        const struct room *room = room_of(&r->s, w.coll[i]);
        const struct lf_object *o;
        size_t n;
        bool more;

        if (!room)
            continue;
        f.id[0] = id;
        f.rights = room->rights;
        LF_TRY(lf_object_list(t, room->c->id, &f, &n, &o, &more, e));
        for (size_t k = 0; k < n; k++)
            if (!*found || o[k].version_at > out->o.version_at) {
                *out = (struct lf_object_hit){ o[k], room->c->id, room->c->alias, 0 };
                *found = true;
            }
    }
    return LF_OK;
}

enum lf_code lf_object_referrers(struct lf_object_reader *r, lf_view id, size_t most, size_t *n,
                                 const struct lf_object_hit **out, bool *more, struct lf_err *e)
{
    struct lf_object_hit *hits = LF_NEW(r->s.t->a, struct lf_object_hit, most + 1);
    int64_t at = 0;

    *n = 0;
    *more = false;
    *out = hits;
    if (!r->classes.n)
        return LF_OK;
    r->s.ng = 0;
    add_one(&r->s, 'r', id);
    r->s.g[r->s.ng++] = r->classes;
    LF_TRY(gather(&r->s, 0, most, hits, n, &at, e));
    *more = at != 0;
    return LF_OK;
}

enum lf_code lf_object_versions(struct lf_task *t, lf_view id, lf_time before, size_t texts, size_t *n,
                                const struct lf_object_version **out, bool *more, struct lf_err *e)
{
    const struct lf_object_query everything = { 0 };
    struct search s = { .t = t, .q = &everything };
    struct where w = { .a = t->a, .id = id };
    struct versions *x = LF_NEW(t->a, struct versions, 1);
    bool person = !(t->scope.roles & LF_ROLE_PEER) &&
                  (t->scope.roles & (LF_ROLE_SYSTEM | LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REVIEWER |
                                     LF_ROLE_REPORTER | LF_ROLE_READER));

    x->before = before;
    LF_TRY(open_rooms(&s, e));
    LF_TRY(lf_db_run(t->db, &t->scope, LF_Q_INDEX_COLLECTIONS_OF, LF_ARGS(LF_INT(lf_entry_key(t, id))),
                     take_where, &w, NULL, e));
    for (size_t i = 0; i < w.n; i++) {
        const struct room *r = room_of(&s, w.coll[i]);

        if (r)
            LF_TRY(add_versions(&s, r, id, x, e));
    }
    if (!x->n)
        return lf_err_set(e, LF_NOT_FOUND, "no object of this id is there for you");
    for (size_t i = 0; i < x->n; i++) {
        if (i < texts)
            LF_TRY(version_text(&s, x->room[i], &x->v[i].o, e));
        if (person && !x->v[i].o.copy)
            LF_TRY(lf_entry_maker(t, x->v[i].o.maker, &x->v[i].origin, &x->v[i].author, e));
    }
    *n = x->n;
    *out = x->v;
    *more = x->more;
    return LF_OK;
}

enum lf_code lf_object_stored(struct lf_task *t, lf_view id, bool *stored, struct lf_err *e)
{
    struct where w = { .a = t->a, .id = id };

    LF_TRY(lf_db_run(t->db, &t->scope, LF_Q_INDEX_COLLECTIONS_OF, LF_ARGS(LF_INT(lf_entry_key(t, id))),
                     take_where, &w, NULL, e));
    *stored = w.n > 0;
    return LF_OK;
}

/* ---- of one collection ---- */

/* All of what the groups name, page by page. */
static enum lf_code all_of_groups(struct search *s, size_t most, lf_view **out, size_t *n, struct lf_err *e)
{
    enum { PIECE = 256 };
    struct lf_object_hit *hits = LF_NEW(s->t->a, struct lf_object_hit, PIECE + 1);
    int64_t at = 0;
    size_t cap = 0, got;

    LF_TRY(add_classes(s, e));
    if (s->nothing)
        return LF_OK;
    do {
        LF_TRY(gather(s, at, PIECE, hits, &got, &at, e));
        for (size_t i = 0; i < got && *n < most; i++) {
            *out = lf_arena_grow(s->t->a, *out, *n, &cap, sizeof **out);
            (*out)[(*n)++] = hits[i].o.id;
        }
    } while (at && *n < most);
    return LF_OK;
}

static enum lf_code open_one(struct search *s, lf_view collection, struct lf_rights *rights,
                             struct lf_collection *c, bool *behind, struct lf_err *e)
{
    lf_term_key(s->t, &s->key);
    LF_TRY(catch_up(s->t, behind, e));
    LF_TRY(lf_collection_find(s->t, collection, c, e));
    s->rooms = LF_NEW(s->t->a, struct room, 1);
    s->rooms[0] = (struct room){ .c = c, .rights = rights };
    s->nrooms = 1;
    return lf_entry_collection(s->t, c->id, &s->rooms[0].number, e);
}

enum lf_code lf_object_referring(struct lf_task *t, lf_view collection, struct lf_rights *rights,
                                 const lf_view *ids, size_t nids, const char *const *types, size_t most,
                                 lf_view **out, size_t *n, bool *behind, struct lf_err *e)
{
    const struct lf_object_query everything = { 0 };
    struct search *s = LF_NEW(t->a, struct search, 1);
    struct lf_collection c;
    struct lf_index_group *g;

    *s = (struct search){ .t = t, .q = &everything };
    *out = NULL;
    *n = 0;
    *behind = false;
    if (!nids)
        return LF_OK;
    LF_TRY(open_one(s, collection, rights, &c, behind, e));
    g = group(s);
    for (size_t i = 0; i < nids; i++)
        put(s, g, lf_term(&s->key, 'r', ids[i]));
    g = group(s);
    for (size_t i = 0; types[i]; i++)
        put(s, g, lf_term(&s->key, 't', lf_view_of(types[i])));
    return all_of_groups(s, most, out, n, e);
}

enum lf_code lf_object_valued(struct lf_task *t, lf_view collection, struct lf_rights *rights,
                              const lf_view *values, size_t nvalues, size_t most, lf_view **out, size_t *n,
                              bool *behind, struct lf_err *e)
{
    const struct lf_object_query everything = { 0 };
    struct search *s = LF_NEW(t->a, struct search, 1);
    struct lf_collection c;
    struct lf_index_group *g;

    *s = (struct search){ .t = t, .q = &everything };
    *out = NULL;
    *n = 0;
    *behind = false;
    if (!nvalues)
        return LF_OK;
    LF_TRY(open_one(s, collection, rights, &c, behind, e));
    g = group(s);
    for (size_t i = 0; i < nvalues; i++)
        put(s, g, lf_term_folded(&s->key, 'v', values[i]));
    return all_of_groups(s, most, out, n, e);
}
