/* A record before the pipelines: on the path of every event. */
#include "engine/moment.h"
#include "engine/pipeline_priv.h"

struct look {
    const struct lf_pipelines *ps;
    const struct lf_json *doc;
    lf_view format, program;
    uint64_t marks; /* of the pipelines that may hold */
    bool picked;    /* the picks were taken; of lines most need none */
    const struct lf_json *picks[LF_JSON_PICKS];
};

static void look_at(const struct lf_pipelines *ps, const struct lf_event *ev, lf_view format, lf_view program,
                    struct look *k)
{
    k->ps = ps;
    k->doc = ev->doc;
    k->format = format;
    k->program = program;
    k->picked = format.len == 0;
    k->marks = ps->always | lf_json_pick(ev->doc, ps->picker, ps->of_pick, k->picked ? k->picks : NULL);
    for (size_t i = 0; i < ps->nformats; i++)
        if (format.len == ps->of_format[i].format.len && lf_view_eq_nocase(ps->of_format[i].format, format))
            k->marks |= ps->of_format[i].marks;
}

static const struct lf_json *plain(const struct lf_json *v)
{
    const struct lf_json *text = lf_json_kind(v) == LF_JSON_OBJECT ? lf_json_get(v, LF_V("#text")) : NULL;

    return text ? text : v;
}

static const struct lf_json *found(struct look *k, const struct place *p)
{
    const struct lf_json *v, *o;

    if (!k->picked)
        (void)lf_json_pick(k->doc, k->ps->picker, NULL, k->picks);
    k->picked = true;
    v = k->picks[p->flat];
    if (v || p->head == p->flat)
        return v;
    o = k->picks[p->head];
    if (lf_json_kind(o) == LF_JSON_OBJECT)
        return lf_json_at(o, p->rest);
    for (size_t i = 0; o && lf_json_kind(o) == LF_JSON_ARRAY && i < lf_json_items(o); i++)
        if ((v = lf_json_at(lf_json_item(o, i), p->rest)))
            return v;
    return NULL;
}

/* The first of the places that is there and not null. */
static const struct lf_json *first_found(struct look *k, const struct places *ps)
{
    for (size_t i = 0; i < ps->n; i++) {
        const struct lf_json *v = ps->at[i].kind == PLACE_FIELD ? found(k, &ps->at[i]) : NULL;

        if (v && lf_json_kind(v) != LF_JSON_NULL)
            return plain(v);
    }
    return NULL;
}

static bool scalar(const struct lf_json *v)
{
    enum lf_json_kind kind = lf_json_kind(v);

    return v && kind != LF_JSON_OBJECT && kind != LF_JSON_ARRAY && kind != LF_JSON_NULL;
}

static bool value_is(const struct cond *c, lf_view t)
{
    for (size_t i = 0; i < c->n; i++) {
        lf_view want = c->values[i];

        if (want.len > 0 && want.ptr[want.len - 1] == '*') {
            want.len--;
            if (lf_view_eq_nocase(want, lf_view_first(t, want.len)))
                return true;
        } else if (lf_view_eq_nocase(want, t)) {
            return true;
        }
    }
    return false;
}

static bool cond_holds(struct look *k, const struct cond *c)
{
    const struct lf_json *v;

    if (c->places.at[0].kind != PLACE_FIELD)
        return value_is(c, c->places.at[0].kind == PLACE_FORMAT ? k->format : k->program);
    v = first_found(k, &c->places);
    if (c->kind != COND_IS)
        return (v != NULL) == (c->kind == COND_HAS);
    if (lf_json_kind(v) == LF_JSON_ARRAY) {
        for (size_t i = 0; i < lf_json_items(v); i++)
            if (scalar(lf_json_item(v, i)) && value_is(c, lf_json_text(lf_json_item(v, i))))
                return true;
        return false;
    }
    return scalar(v) && value_is(c, lf_json_text(v));
}

static const struct node *case_of(const struct node *nd, lf_view t)
{
    char low[VALUE_SHOWN];

    if (t.len == 0 || t.len > sizeof low)
        return NULL;
    for (size_t i = 0; i < t.len; i++)
        low[i] = (char)(t.ptr[i] >= 'A' && t.ptr[i] <= 'Z' ? t.ptr[i] + 32 : t.ptr[i]);
    return lf_map_get_ptr(&nd->cases, (lf_view){ low, t.len });
}

static const struct node *step(struct look *k, const struct node *nd)
{
    const struct node *to = NULL;

    if (nd->on.at[0].kind != PLACE_FIELD) {
        to = case_of(nd, nd->on.at[0].kind == PLACE_FORMAT ? k->format : k->program);
    } else {
        const struct lf_json *v = first_found(k, &nd->on);

        if (scalar(v))
            to = case_of(nd, lf_json_text(v));
        for (size_t i = 0; !to && lf_json_kind(v) == LF_JSON_ARRAY && i < lf_json_items(v); i++)
            if (scalar(lf_json_item(v, i)))
                to = case_of(nd, lf_json_text(lf_json_item(v, i)));
    }
    return to ? to : nd->otherwise;
}

static lf_view text_found(struct look *k, const struct places *ps)
{
    for (size_t i = 0; i < ps->n; i++) {
        const struct lf_json *v = ps->at[i].kind == PLACE_FIELD ? plain(found(k, &ps->at[i])) : NULL;

        if (v && lf_json_kind(v) == LF_JSON_ARRAY && lf_json_items(v) > 0)
            v = lf_json_item(v, 0);
        if (scalar(v) && lf_json_text(v).len > 0)
            return lf_json_text(v);
    }
    return (lf_view){ NULL, 0 };
}

/* A name asked for, lower case and without the final dot. */
static lf_view query_name(struct lf_arena *a, lf_view v)
{
    char *low;

    if (v.len == 0 || v.len > 1024)
        return (lf_view){ NULL, 0 };
    low = lf_arena_alloc(a, v.len, 1);
    for (size_t i = 0; i < v.len; i++)
        low[i] = (char)(v.ptr[i] >= 'A' && v.ptr[i] <= 'Z' ? v.ptr[i] + 32 : v.ptr[i]);
    if (v.len > 1 && low[v.len - 1] == '.')
        v.len--;
    return (lf_view){ low, v.len };
}

static bool node_holds(struct look *k, const struct node *nd)
{
    for (size_t i = 0; i < nd->nconds; i++)
        if (!cond_holds(k, &nd->conds[i]))
            return false;
    return true;
}

/* ---- fields in pieces ---- */

/* printf took a thirtieth of the time that a Windows event takes. */
static lf_view dotted(struct lf_arena *a, lf_view object, lf_view path)
{
    char *to = lf_arena_alloc(a, object.len + 1 + path.len, 1);

    memcpy(to, object.ptr, object.len);
    to[object.len] = '.';
    memcpy(to + object.len + 1, path.ptr, path.len);
    return (lf_view){ to, object.len + 1 + path.len };
}

static const struct lf_json *piece(const struct lf_aliases *t, struct lf_arena *a, const struct lf_json *doc,
                                   const struct lf_alias *of)
{
    const struct lf_json *v = lf_json_at(doc, of->path);

    for (size_t i = 0; !v && i < t->nwithin; i++)
        v = lf_json_at(doc, dotted(a, t->within[i], of->path));
    return v ? lf_alias_value(of, a, plain(v)) : NULL;
}

/* The object with one member more, or with that member in place of the one it had. */
static const struct lf_json *with(struct lf_arena *a, const struct lf_json *o, lf_view key,
                                  const struct lf_json *v)
{
    size_t n = lf_json_members(o), at = n;
    lf_view *keys = LF_NEW(a, lf_view, n + 1);
    const struct lf_json **values = LF_NEW(a, const struct lf_json *, n + 1);

    for (size_t i = 0; i < n; i++) {
        keys[i] = lf_json_key(o, i);
        values[i] = lf_json_member(o, i);
        if (at == n && lf_view_eq(keys[i], key))
            at = i;
    }
    keys[at] = key;
    values[at] = v;
    return lf_json_new_object(a, at == n ? n + 1 : n, keys, values);
}

/* Where the event's own fields stand: in EventData of an event as its XML has it. */
static const struct lf_json *add_field(struct lf_arena *a, const struct lf_json *doc, lf_view key,
                                       const struct lf_json *v)
{
    const struct lf_json *event = lf_json_get(doc, LF_V("Event")), *in = event ? event : doc,
                         *data = lf_json_get(in, LF_V("EventData"));

    if (lf_json_kind(lf_json_get(in, LF_V("System"))) != LF_JSON_OBJECT ||
        lf_json_kind(data) != LF_JSON_OBJECT)
        return lf_json_get(doc, key) ? doc : with(a, doc, key, v);
    if (lf_json_get(data, key))
        return doc;
    in = with(a, in, LF_V("EventData"), with(a, data, key, v));
    return event ? with(a, doc, LF_V("Event"), in) : in;
}

static const struct lf_json *keys_there(struct lf_arena *a, const struct lf_json *doc, const struct making *m)
{
    const struct lf_json **list = LF_NEW(a, const struct lf_json *, m->n);
    size_t n = 0;

    for (size_t i = 0; i < m->n; i++)
        if (lf_json_get(doc, m->of[i].path))
            list[n++] = lf_json_new_string(a, m->of[i].path);
    return lf_json_new_array(a, n, list);
}

static void make(struct lf_arena *a, const struct node *nd, struct lf_event *ev)
{
    for (size_t i = 0; i < nd->make.n; i++) {
        const struct making *m = &nd->make.at[i];
        lf_view text[64];
        size_t n = 0, len = 0, o = 0;
        char *out;

        if (m->keys) {
            ev->doc = add_field(a, ev->doc, m->name, keys_there(a, ev->doc, m));
            continue;
        }
        for (size_t k = 0; k < m->n && k < sizeof text / sizeof *text; k++) {
            const struct lf_json *v = piece(nd->end->aliases, a, ev->doc, &m->of[k]);

            if (scalar(v) && lf_json_text(v).len > 0 && !lf_view_is(lf_json_text(v), "-")) {
                text[n] = lf_json_text(v);
                len += text[n++].len + m->between.len;
            } else if (k == 0) {
                break;
            }
        }
        if (n == 0)
            continue;
        out = lf_arena_alloc(a, len + 1, 1);
        for (size_t k = 0; k < n; k++) {
            if (k > 0 && m->between.ptr && m->between.len > 0) {
                memcpy(out + o, m->between.ptr, m->between.len);
                o += m->between.len;
            }
            LF_ASSERT(text[k].ptr);
            memcpy(out + o, text[k].ptr, text[k].len);
            o += text[k].len;
        }
        ev->doc = add_field(a, ev->doc, m->name, lf_json_new_string(a, (lf_view){ out, o }));
    }
}

/* ---- */

static void take(struct look *k, struct lf_arena *a, const struct node *nd, struct lf_event *ev)
{
    const struct lf_pipeline *p = nd->end;
    lf_view v;

    ev->pipeline = p;
    ev->nsources = p->nsources;
    for (size_t i = 0; i < p->nsources; i++)
        ev->sources[i] = p->sources[i];
    for (size_t i = 0; i < nd->time.n; i++) {
        const struct lf_json *t = found(k, &nd->time.at[i]);

        if (t && lf_moment_json(plain(t), ev->recorded, &ev->happened))
            break;
    }
    v = text_found(k, &nd->host);
    if (v.len > 0)
        ev->host = v;
    if (nd->query.n > 0)
        ev->query = query_name(a, text_found(k, &nd->query));
    if (nd->make.n > 0)
        make(a, nd, ev);
}

static const struct node *walk(const struct lf_pipelines *ps, struct look *k)
{
    size_t marked = ps->nfirst < FIRST_MARKED ? ps->nfirst : FIRST_MARKED;
    uint64_t marks = k->marks;

    for (size_t i = marks ? (size_t)__builtin_ctzll(marks) : marked; i < ps->nfirst;) {
        const struct node *nd = ps->first[i], *next;

        if (i < marked) {
            marks &= marks - 1;
            i = marks ? (size_t)__builtin_ctzll(marks) : marked;
        } else {
            i++;
        }
        if (!node_holds(k, nd))
            continue;
        while (nd->on.n > 0 && (next = step(k, nd)))
            nd = next;
        return nd;
    }
    return NULL;
}

bool lf_pipelines_line(const struct lf_pipelines *ps, const struct lf_event *ev, lf_view *text,
                       lf_view *program)
{
    const struct node *nd;
    struct look k;

    if (!ps || !ev->pipeline || !ev->pipeline->carries_line)
        return false;
    look_at(ps, ev, (lf_view){ "", 0 }, (lf_view){ "", 0 }, &k);
    nd = walk(ps, &k);
    if (!nd)
        return false;
    *text = text_found(&k, &nd->text);
    *program = text_found(&k, &nd->program);
    return text->ptr != NULL;
}

void lf_pipelines_choose(const struct lf_pipelines *ps, struct lf_arena *a, struct lf_event *ev,
                         lf_view format, lf_view program)
{
    const struct node *nd;
    struct look k;

    ev->pipeline = NULL;
    ev->nsources = 0;
    if (!ps)
        return;
    look_at(ps, ev, format, program, &k);
    nd = walk(ps, &k);
    if (nd)
        take(&k, a, nd, ev);
}
