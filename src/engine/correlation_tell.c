#include "engine/correlation_tell.h"

#include <limits.h>
#include <stdlib.h>

#include "base/unpack.h"

enum {
    SHOWN_MOST = 512,          /* bytes of one value of a group */
    NOTE_EVENTS = 16,          /* events of one firing that are kept */
    NOTE_TITLE = 120,          /* bytes of a rule's title */
    TOLD_MOST = 32,            /* notes of one group */
    NONE = 0xffffffff,         /* no note */
    SAVED = 4 + 8 * 4 + 4 + 1, /* bytes of a saved note without its events */
};

struct note {
    uint64_t position;
    uint64_t rules; /* a bit for each that surely was seen */
    lf_time first, last;
    uint32_t count;        /* of events; more than are kept */
    uint32_t place;        /* of the correlation; NONE: the note is free */
    uint32_t chain;        /* next in its bucket, or free one */
    uint32_t newer, older; /* of its correlation */
    uint32_t n;
    uint64_t events[NOTE_EVENTS]; /* newest first */
};
struct owner { /* by place */
    uint32_t newest, oldest, n;
};

struct lf_made {
    const struct lf_correlations *all;
    struct note *note; /* NULL until the first */
    uint32_t *bucket;
    size_t most, nowners, have;
    uint32_t free;
    struct owner *owner;
    uint64_t gone;
};

static uint32_t *bucket_of(const struct lf_made *m, uint64_t position, uint32_t place)
{
    uint64_t h = (position ^ (uint64_t)place << 40) * UINT64_C(0x9e3779b97f4a7c15);

    return &m->bucket[(h >> 32) % m->most];
}

static void first_use(struct lf_made *m)
{
    if (m->note)
        return;
    m->note = calloc(m->most, sizeof *m->note);
    m->bucket = malloc(m->most * sizeof *m->bucket);
    if (!m->note || !m->bucket)
        LF_BUG("no memory for what correlations were made of");
    for (uint32_t i = 0; i < m->most; i++) {
        m->bucket[i] = NONE;
        m->note[i].place = NONE;
        m->note[i].chain = i + 1 < m->most ? i + 1 : NONE;
    }
    m->free = 0;
}

struct lf_made *lf_made_create(const struct lf_correlations *all, size_t notes)
{
    struct lf_made *m = calloc(1, sizeof *m);

    if (!m)
        LF_BUG("no memory for what correlations were made of");
    m->all = all;
    m->most = notes;
    m->nowners = all ? all->n : 0;
    m->owner = calloc(m->nowners ? m->nowners : 1, sizeof *m->owner);
    if (!m->owner)
        LF_BUG("no memory for what correlations were made of");
    for (size_t i = 0; i < m->nowners; i++)
        m->owner[i] = (struct owner){ NONE, NONE, 0 };
    return m;
}

void lf_made_destroy(struct lf_made *m)
{
    if (!m)
        return;
    free(m->note);
    free(m->bucket);
    free(m->owner);
    free(m);
}

void lf_made_clear(struct lf_made *m)
{
    if (!m)
        return;
    free(m->note);
    free(m->bucket);
    m->note = NULL;
    m->bucket = NULL;
    m->have = 0;
    m->gone = 0;
    for (size_t i = 0; i < m->nowners; i++)
        m->owner[i] = (struct owner){ NONE, NONE, 0 };
}

uint64_t lf_made_gone(const struct lf_made *m)
{
    return m ? m->gone : 0;
}

static void drop_oldest(struct lf_made *m, uint32_t place)
{
    struct owner *o = &m->owner[place];
    uint32_t i = o->oldest, *at = bucket_of(m, m->note[i].position, place);

    while (*at != i)
        at = &m->note[*at].chain;
    *at = m->note[i].chain;
    o->oldest = m->note[i].newer;
    *(o->oldest == NONE ? &o->newest : &m->note[o->oldest].older) = NONE;
    o->n--;
    m->have--;
    m->note[i].place = NONE;
    m->note[i].chain = m->free;
    m->free = i;
    m->gone++;
}

static struct note *add(struct lf_made *m, uint64_t position, uint32_t place)
{
    struct owner *o = &m->owner[place];
    uint32_t *at, i;

    first_use(m);
    if (m->free == NONE) {
        uint32_t most = place;

        if (o->n < m->most / m->nowners || o->n == 0)
            for (uint32_t k = 0; k < m->nowners; k++)
                if (m->owner[k].n > m->owner[most].n)
                    most = k;
        drop_oldest(m, most);
    }
    i = m->free;
    m->free = m->note[i].chain;
    at = bucket_of(m, position, place);
    m->note[i] = (struct note){
        .position = position, .place = place, .chain = *at, .newer = NONE, .older = o->newest
    };
    *at = i;
    *(o->newest == NONE ? &o->oldest : &m->note[o->newest].newer) = i;
    o->newest = i;
    o->n++;
    m->have++;
    return &m->note[i];
}

void lf_made_note(struct lf_made *m, const struct lf_correlation *c, const struct lf_window *w,
                  uint64_t position, lf_time at)
{
    struct lf_window_made made;
    struct note *n;

    /* Nobody asks for it. */
    if (!m || m->all->uses[c->rule].n == 0)
        return;
    lf_window_made(c, w, at, NOTE_EVENTS, &made);
    n = add(m, position, c->place);
    n->rules = made.rules;
    n->first = made.first;
    n->last = made.last;
    n->count = made.count;
    n->n = (uint32_t)made.n;
    memcpy(n->events, made.events, made.n * sizeof *n->events);
}

/* ---- keeping ---- */

void lf_made_save(const struct lf_made *m, struct lf_buf *b)
{
    lf_buf_u32(b, m ? (uint32_t)m->have : 0);
    for (uint32_t place = 0; m && m->note && place < m->nowners; place++)
        for (uint32_t i = m->owner[place].oldest; i != NONE; i = m->note[i].newer) {
            const struct note *n = &m->note[i];

            lf_buf_u32(b, place);
            lf_buf_u64(b, n->position);
            lf_buf_u64(b, n->rules);
            lf_buf_u64(b, (uint64_t)n->first);
            lf_buf_u64(b, (uint64_t)n->last);
            lf_buf_u32(b, n->count);
            lf_buf_byte(b, (char)n->n);
            for (uint32_t k = 0; k < n->n; k++)
                lf_buf_u64(b, n->events[k]);
        }
}

void lf_made_load(struct lf_made *m, const uint32_t *place, size_t nplaces, struct lf_unpack *in)
{
    uint64_t count = lf_unpack_uint(in, 4);

    if (count > in->left.len / SAVED)
        lf_unpack_fail(in, "what correlations were made of");
    for (uint64_t i = 0; i < count && !in->bad; i++) {
        uint64_t was = lf_unpack_uint(in, 4);
        struct note n = { .position = lf_unpack_uint(in, 8) }, *to;

        n.rules = lf_unpack_uint(in, 8);
        n.first = (lf_time)lf_unpack_uint(in, 8);
        n.last = (lf_time)lf_unpack_uint(in, 8);
        n.count = (uint32_t)lf_unpack_uint(in, 4);
        n.n = (uint32_t)lf_unpack_uint(in, 1);
        if (n.n > NOTE_EVENTS || was >= nplaces)
            lf_unpack_fail(in, "what a correlation was made of");
        for (uint32_t k = 0; k < n.n && !in->bad; k++)
            n.events[k] = lf_unpack_uint(in, 8);
        if (in->bad || !m || place[was] == NONE)
            continue;
        to = add(m, n.position, place[was]);
        to->rules = n.rules;
        to->first = n.first;
        to->last = n.last;
        to->count = n.count;
        to->n = n.n;
        memcpy(to->events, n.events, sizeof n.events);
    }
}

/* ---- telling ---- */

static lf_view whole(lf_view v, size_t most)
{
    v = lf_view_first(v, most);
    while (v.len > 0 && !lf_view_is_utf8(v))
        v.len--;
    return v;
}

struct told {
    const struct note *note[TOLD_MOST];
    size_t n, left_out;
};

/* Notes of the correlations that `c` names, of the firings at these positions; each once. */
static void gather(const struct lf_made *m, const struct lf_correlation *c, const uint64_t *events, size_t n,
                   struct told *t)
{
    for (size_t k = 0; k < n; k++)
        for (size_t r = 0; r < c->nrefs; r++) {
            if (c->refs[r].inner == UINT_MAX)
                continue;
            for (uint32_t i = *bucket_of(m, events[k], c->refs[r].inner); i != NONE; i = m->note[i].chain) {
                size_t seen = 0;

                if (m->note[i].position != events[k] || m->note[i].place != c->refs[r].inner)
                    continue;
                while (seen < t->n && t->note[seen] != &m->note[i])
                    seen++;
                if (seen < t->n)
                    continue;
                if (t->n == TOLD_MOST)
                    t->left_out++;
                else
                    t->note[t->n++] = &m->note[i];
            }
        }
}

static void tell_time(struct lf_json_w *w, const char *name, lf_time at)
{
    char text[LF_TIME_TEXT];

    if (at >= 0 && at <= LF_TIME_MAX)
        lf_json_put_str(w, name, lf_time_micro(at, text));
}

static void tell_events(struct lf_json_w *w, const uint64_t *events, size_t n)
{
    lf_json_begin(w, "events", '[');
    for (size_t i = 0; i < n; i++)
        lf_json_put_int(w, NULL, (int64_t)events[i]);
    lf_json_close(w);
}

static void tell_rule(struct lf_json_w *w, const struct lf_rule *r)
{
    lf_json_put_str(w, "rule", whole(r->id, NOTE_TITLE));
    lf_json_put_str(w, "title", whole(r->title, NOTE_TITLE));
}

static void tell_note(const struct lf_made *m, struct lf_ruleset *rs, const struct note *n, struct lf_buf *b)
{
    const struct lf_correlation *c = m->all->list[n->place];
    struct lf_json_w w = lf_json_w(b);

    lf_json_open(&w, '{');
    lf_json_put_int(&w, "event", (int64_t)n->position);
    tell_rule(&w, lf_ruleset_rule(rs, c->rule));
    lf_json_put_cstr(&w, "type", lf_correlation_kind_name(c->kind));
    lf_json_put_int(&w, "count", n->count);
    tell_time(&w, "first", n->first);
    tell_time(&w, "last", n->last);
    lf_json_begin(&w, "rules", '[');
    for (size_t r = 0; r < c->nrefs; r++)
        if (n->rules >> r & 1) {
            lf_json_open(&w, '{');
            tell_rule(&w, lf_ruleset_rule(rs, c->refs[r].rule));
            lf_json_close(&w);
        }
    lf_json_close(&w);
    tell_events(&w, n->events, n->n);
    lf_json_close(&w);
}

/* The notes of the group's own events, then what those were made of, level by level. */
static void tell_made(const struct lf_made *m, struct lf_ruleset *rs, const struct lf_correlation *c,
                      const struct lf_window_made *made, size_t most, struct lf_buf *b)
{
    struct told t = { .n = 0 };
    size_t from = b->len, n = 0;

    if (!m || !m->note)
        return;
    gather(m, c, made->events, made->n, &t);
    for (size_t i = 0; i < t.n; i++)
        gather(m, m->all->list[t.note[i]->place], t.note[i]->events, t.note[i]->n, &t);
    for (size_t i = 0; i < t.n; i++) {
        size_t before = b->len;

        lf_buf_put(b, n > 0 ? LF_V(",") : LF_V(",\"made_of\":["));
        tell_note(m, rs, t.note[i], b);
        if (b->over)
            return;
        if (b->len - from > most) {
            b->len = before;
            t.left_out += t.n - i;
            break;
        }
        n++;
    }
    if (n)
        lf_buf_byte(b, ']');
    if (t.left_out)
        lf_buf_printf(b, ",\"made_of_left_out\":%zu", t.left_out);
}

void lf_tell_group(const struct lf_made *m, struct lf_ruleset *rs, const struct lf_correlation *c,
                   const struct lf_window *w, const lf_view *shown, const struct lf_sight *s, lf_time at,
                   size_t most, struct lf_buf *b)
{
    struct lf_json_w json = lf_json_w(b);
    struct lf_window_made made;

    lf_window_made(c, w, at, LF_CORRELATION_SHOWN, &made);
    lf_json_open(&json, '{');
    lf_json_put_cstr(&json, "type", lf_correlation_kind_name(c->kind));
    lf_json_begin(&json, "group", '{');
    for (size_t i = 0; i < c->ngroup; i++) {
        /* The name is the rule's own text: no C string. */
        if (i > 0)
            lf_buf_byte(b, ',');
        lf_json_quote(b, c->group[i]);
        lf_buf_byte(b, ':');
        lf_json_quote(b, whole(shown[i], SHOWN_MOST));
    }
    lf_json_close(&json);
    lf_window_value(c, w, s, &json);
    lf_json_put_int(&json, "timespan_s", c->span / LF_SECOND);
    if (at >= c->span && at <= LF_TIME_MAX) {
        tell_time(&json, "from", at - c->span);
        tell_time(&json, "to", at);
    }
    tell_events(&json, made.events, made.n);
    tell_made(m, rs, c, &made, most, b);
    lf_json_close(&json);
}
