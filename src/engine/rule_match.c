/* Matching: an event laid out by field, then rules' trees over predicates whose
 * answers are kept for the event.  Numbers in brackets are the paragraphs of
 * docs/sigma-choices.md. */
#include <arpa/inet.h>

#include "engine/fold.h"
#include "engine/rule_priv.h"

/* ---- the event's fields ---- */

static bool xmlns(lf_view name)
{
    return lf_view_is(name, "xmlns") || lf_view_starts(name, LF_V("xmlns:"));
}

/* The name of a key without its blanks is looked up only where no key has the
 * exact name, so a layout is kept and bound in two passes. */
struct flat {
    struct lf_arena *a;
    lf_view *names;
    const struct lf_json **values;
    size_t n, cap, cap2;
};

static void flat_add(struct flat *f, lf_view name, const struct lf_json *v)
{
    if (xmlns(name))
        return;
    f->names = lf_arena_grow(f->a, f->names, f->n, &f->cap, sizeof *f->names);
    f->values = (const struct lf_json **)lf_arena_grow(f->a, (void *)(uintptr_t)f->values, f->n, &f->cap2,
                                                       sizeof *f->values);
    f->names[f->n] = name;
    f->values[f->n++] = v;
}

/* #attributes of K as K_A. */
static void flat_attributes(struct flat *f, lf_view k, const struct lf_json *v)
{
    const struct lf_json *at = lf_json_get(v, LF_V("#attributes"));

    if (!at || lf_json_kind(at) != LF_JSON_OBJECT)
        return;
    for (size_t i = 0; i < lf_json_count(at); i++)
        if (!xmlns(lf_json_key(at, i)))
            flat_add(f,
                     k.len ? lf_arena_printf(f->a, "%.*s_%.*s", (int)k.len, k.ptr,
                                             (int)lf_json_key(at, i).len, lf_json_key(at, i).ptr)
                           : lf_json_key(at, i),
                     lf_json_member(at, i));
}

/* An element of the event: text with attributes, or a plain value. */
static void flat_element(struct flat *f, lf_view k, const struct lf_json *v, bool objects)
{
    if (lf_json_kind(v) != LF_JSON_OBJECT) {
        flat_add(f, k, v);
        return;
    }
    flat_attributes(f, k, v);
    if (lf_json_get(v, LF_V("#text")))
        flat_add(f, k, lf_json_get(v, LF_V("#text")));
    else if (objects)
        flat_add(f, k, v);
}

static bool named_data(const struct lf_json *v, lf_view *name)
{
    const struct lf_json *n = lf_json_get(lf_json_get(v, LF_V("#attributes")), LF_V("Name"));

    if (!n || lf_json_kind(n) != LF_JSON_STRING)
        return false;
    *name = lf_json_text(n);
    return true;
}

/* <Data Name="N">T</Data> gives N = T; nameless ones stay the list Data. */
static void flat_data(struct flat *f, const struct lf_json *v)
{
    bool list = lf_json_kind(v) == LF_JSON_ARRAY;
    size_t n = list ? lf_json_count(v) : 1;
    lf_view name;
    bool plain = false;

    for (size_t i = 0; i < n; i++) {
        const struct lf_json *x = list ? lf_json_item(v, i) : v;

        if (named_data(x, &name)) {
            const struct lf_json *t = lf_json_get(x, LF_V("#text"));

            flat_add(f, name, t ? t : lf_json_new_word(f->a, LF_JSON_NULL));
        } else {
            plain = true;
        }
    }
    if (plain && list)
        flat_add(f, LF_V("Data"), v);
    else if (plain)
        flat_element(f, LF_V("Data"), v, true);
}

static void flat_windows(struct flat *f, const struct lf_json *ev)
{
    const struct lf_json *sys = lf_json_get(ev, LF_V("System")), *data = lf_json_get(ev, LF_V("EventData")),
                         *user = lf_json_get(ev, LF_V("UserData"));

    for (size_t i = 0; i < lf_json_count(sys); i++)
        flat_element(f, lf_json_key(sys, i), lf_json_member(sys, i), false);
    if (data && lf_json_kind(data) == LF_JSON_OBJECT)
        for (size_t i = 0; i < lf_json_count(data); i++) {
            lf_view k = lf_json_key(data, i);

            if (lf_view_is(k, "#attributes"))
                flat_attributes(f, LF_V("EventData"), data);
            else if (lf_view_is(k, "Data"))
                flat_data(f, lf_json_member(data, i));
            else
                flat_element(f, k, lf_json_member(data, i), true);
        }
    if (user && lf_json_kind(user) == LF_JSON_OBJECT)
        for (size_t i = 0; i < lf_json_count(user); i++) {
            const struct lf_json *x = lf_json_member(user, i);

            if (lf_view_is(lf_json_key(user, i), "#attributes") || lf_json_kind(x) != LF_JSON_OBJECT)
                continue;
            for (size_t k = 0; k < lf_json_count(x); k++)
                if (!lf_view_is(lf_json_key(x, k), "#attributes"))
                    flat_element(f, lf_json_key(x, k), lf_json_member(x, k), true);
        }
}

static bool is_object(const struct lf_json *v)
{
    return v && lf_json_kind(v) == LF_JSON_OBJECT;
}

/* [4] The object with System in it, or NULL when the event is flat. */
static const struct lf_json *windows_event(const struct lf_json *doc)
{
    const struct lf_json *ev = lf_json_get(doc, LF_V("Event"));

    if (is_object(ev) && is_object(lf_json_get(ev, LF_V("System"))))
        return ev;
    if (is_object(lf_json_get(doc, LF_V("System"))) &&
        (lf_json_get(doc, LF_V("EventData")) || lf_json_get(doc, LF_V("UserData"))))
        return doc;
    return NULL;
}

struct at {
    struct lf_ruleset *rs;
    struct lf_arena *a;
    const struct lf_json *doc, *windows;
};

static void bind_field(struct at *m, lf_view name, const struct lf_json *v, bool replace)
{
    uint64_t field;
    struct lf_slot *s;

    if (name.len == 0 || !lf_map_get(&m->rs->field_of, name, &field))
        return;
    s = &m->rs->slots[field];
    if (s->stamp == m->rs->now && !replace)
        return;
    s->stamp = m->rs->now;
    s->direct = v;
}

static lf_view without_blanks(struct lf_arena *a, lf_view name)
{
    char *out = lf_arena_alloc(a, name.len + 1, 1);
    size_t n = 0;

    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] != ' ')
            out[n++] = name.ptr[i];
    return (lf_view){ out, n };
}

static void lay_out(struct at *m)
{
    struct flat f = { .a = m->a };
    size_t n;

    m->windows = windows_event(m->doc);
    if (m->windows)
        flat_windows(&f, m->windows);
    n = m->windows ? f.n : is_object(m->doc) ? lf_json_count(m->doc) : 0;
    /* Of the nested shape the later part wins (EventData over System); of equal
     * keys in one flat object the first. */
    for (size_t i = 0; i < n; i++)
        bind_field(m, m->windows ? f.names[i] : lf_json_key(m->doc, i),
                   m->windows ? f.values[i] : lf_json_member(m->doc, i), m->windows != NULL);
    for (size_t i = 0; i < n; i++) {
        lf_view k = m->windows ? f.names[i] : lf_json_key(m->doc, i);

        if (lf_view_find_byte(k, ' ') != SIZE_MAX)
            bind_field(m, without_blanks(m->a, k), m->windows ? f.values[i] : lf_json_member(m->doc, i),
                       false);
    }
}

struct gather {
    struct lf_arena *a;
    struct lf_value *values;
    size_t n, cap;
    bool present;
};

static void gather_add(struct gather *g, const struct lf_json *v)
{
    g->values = lf_arena_grow(g->a, g->values, g->n, &g->cap, sizeof *g->values);
    g->values[g->n++] = (struct lf_value){ .json = v, .text = lf_json_text(v) };
}

/* [5] A list is multi-valued; objects in it are no values of the field. */
static void gather_field(struct gather *g, const struct lf_json *v)
{
    g->present = true;
    if (lf_json_kind(v) == LF_JSON_ARRAY) {
        for (size_t i = 0; i < lf_json_count(v); i++)
            gather_field(g, lf_json_item(v, i));
    } else if (lf_json_kind(v) != LF_JSON_OBJECT) {
        gather_add(g, v);
    }
}

/* [3b] For each dot from the left: the part before it names an object, or a list
 * of objects, in which the rest is resolved. */
static bool gather_dotted(struct gather *g, const struct lf_json *o, lf_view name, bool exact)
{
    if (!is_object(o))
        return false;
    if (exact) {
        const struct lf_json *v = lf_json_get(o, name);

        if (v) {
            gather_field(g, v);
            return true;
        }
    }
    for (size_t i = 0; i < name.len; i++) {
        const struct lf_json *in;
        bool found = false;

        if (name.ptr[i] != '.')
            continue;
        in = lf_json_get(o, lf_view_first(name, i));
        if (in && lf_json_kind(in) == LF_JSON_OBJECT) {
            found = gather_dotted(g, in, lf_view_from(name, i + 1), true);
        } else if (in && lf_json_kind(in) == LF_JSON_ARRAY) {
            for (size_t k = 0; k < lf_json_count(in); k++)
                found |= gather_dotted(g, lf_json_item(in, k), lf_view_from(name, i + 1), true);
        }
        if (found)
            return true;
    }
    return false;
}

/* [7] Every scalar at any depth, null and xmlns excluded. */
static void gather_all(struct gather *g, const struct lf_json *v)
{
    enum lf_json_kind kind = lf_json_kind(v);

    if (kind == LF_JSON_OBJECT) {
        for (size_t i = 0; i < lf_json_count(v); i++)
            if (!xmlns(lf_json_key(v, i)))
                gather_all(g, lf_json_member(v, i));
    } else if (kind == LF_JSON_ARRAY) {
        for (size_t i = 0; i < lf_json_count(v); i++)
            gather_all(g, lf_json_item(v, i));
    } else if (kind != LF_JSON_NULL) {
        gather_add(g, v);
    }
}

static struct lf_slot *slot(struct at *m, unsigned field)
{
    struct lf_slot *s = &m->rs->slots[field];
    struct gather g = { .a = m->a };

    if (s->gathered == m->rs->now)
        return s;
    if (field == 0) {
        gather_all(&g, m->doc);
        g.present = true;
    } else if (s->stamp == m->rs->now) {
        gather_field(&g, s->direct);
    } else if (lf_view_find_byte(m->rs->fields[field], '.') != SIZE_MAX) {
        if (!gather_dotted(&g, m->doc, m->rs->fields[field], false) && m->windows && m->windows != m->doc)
            (void)gather_dotted(&g, m->windows, m->rs->fields[field], false);
    }
    s->gathered = m->rs->now;
    s->present = g.present;
    s->values = g.values;
    s->n = g.n;
    return s;
}

/* ---- predicates ---- */

static lf_view folded(struct at *m, struct lf_value *v)
{
    if (!v->folded.ptr)
        v->folded = v->text.len ? lf_fold(m->a, v->text) : (lf_view){ "", 0 };
    return v->folded;
}

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *ctx)
{
    (void)id;
    (void)from;
    (void)to;
    (void)flags;
    *(bool *)ctx = true;
    return 1;
}

static bool regex_holds(struct at *m, const struct lf_pred *p, lf_view t)
{
    bool found = false;
    hs_error_t rc;

    if (t.len > UINT32_MAX)
        return false;
    rc = hs_scan(p->regex, t.len ? t.ptr : "", (unsigned)t.len, 0, m->rs->scratch, on_match, &found);
    if (rc != HS_SUCCESS && rc != HS_SCAN_TERMINATED)
        LF_BUG("hs_scan gave %d", (int)rc);
    return found;
}

static bool net_holds(const struct lf_pred *p, lf_view t)
{
    uint8_t addr[16];
    char name[64];
    unsigned whole = p->bits / 8, rest = p->bits % 8;

    if (t.len == 0 || t.len >= sizeof name || memchr(t.ptr, 0, t.len))
        return false;
    memcpy(name, t.ptr, t.len);
    name[t.len] = '\0';
    if (inet_pton(p->family, name, addr) != 1 || memcmp(addr, p->net, whole) != 0)
        return false;
    return rest == 0 || (addr[whole] & (0xff00u >> rest) & 0xffu) == p->net[whole];
}

static bool compare_holds(const struct lf_pred *p, const struct lf_value *v)
{
    bool number = lf_json_kind(v->json) == LF_JSON_NUMBER;
    struct lf_decimal d;
    int c;

    if (!number && lf_json_kind(v->json) != LF_JSON_STRING)
        return false;
    if (!lf_decimal_parse(v->text, number, &d))
        return false;
    c = lf_decimal_cmp(&d, &p->decimal);
    return p->compare == LF_LT ? c < 0 : p->compare == LF_LTE ? c <= 0 : p->compare == LF_GT ? c > 0 : c >= 0;
}

static bool field_holds(struct at *m, const struct lf_pred *p, struct lf_value *v)
{
    struct lf_slot *other = slot(m, p->other);

    for (size_t i = 0; i < other->n; i++) {
        struct lf_value *w = &other->values[i];
        lf_view x, y;

        if (lf_json_kind(w->json) == LF_JSON_NULL)
            continue;
        x = p->cased ? v->text : folded(m, v);
        y = p->cased ? w->text : folded(m, w);
        if (p->wrap == 0               ? lf_view_eq(x, y)
            : p->wrap == LF_WRAP_BACK  ? lf_view_starts(x, y)
            : p->wrap == LF_WRAP_FRONT ? lf_view_ends(x, y)
                                       : lf_view_find(x, y) != SIZE_MAX)
            return true;
    }
    return false;
}

static bool value_holds(struct at *m, const struct lf_pred *p, struct lf_value *v)
{
    enum lf_json_kind kind = lf_json_kind(v->json);
    struct lf_decimal d;

    switch (p->ask) {
    case LF_ASK_TEXT:
        return lf_pattern_match(&p->pattern, p->cased ? v->text : folded(m, v));
    case LF_ASK_NUMBER:
        if (kind == LF_JSON_NUMBER)
            return lf_decimal_parse(v->text, true, &d) && lf_decimal_cmp(&d, &p->decimal) == 0;
        return kind == LF_JSON_STRING && lf_view_eq(v->text, p->text);
    case LF_ASK_BOOL:
        if (kind == LF_JSON_STRING)
            return lf_view_eq_nocase(v->text, p->want ? LF_V("true") : LF_V("false"));
        return kind == (p->want ? LF_JSON_TRUE : LF_JSON_FALSE);
    case LF_ASK_REGEX:
        return regex_holds(m, p, v->text);
    case LF_ASK_NET:
        return net_holds(p, v->text);
    case LF_ASK_COMPARE:
        return compare_holds(p, v);
    case LF_ASK_FIELD:
        return field_holds(m, p, v);
    case LF_ASK_NULL:
    case LF_ASK_EXISTS:
        break;
    }
    return false;
}

static bool pred_holds(struct at *m, const struct lf_pred *p)
{
    struct lf_slot *s = slot(m, p->field);

    if (p->ask == LF_ASK_EXISTS)
        return s->present == p->want;
    if (p->ask == LF_ASK_NULL && !s->present)
        return true;
    for (size_t i = 0; i < s->n; i++) {
        bool null = lf_json_kind(s->values[i].json) == LF_JSON_NULL;

        if (p->ask == LF_ASK_NULL ? null : !null && value_holds(m, p, &s->values[i]))
            return true;
    }
    return false;
}

static bool node_holds(struct at *m, const struct lf_node *n)
{
    uint32_t *kept;

    switch (n->kind) {
    case LF_NODE_AND:
        for (size_t i = 0; i < n->nkids; i++)
            if (!node_holds(m, n->kids[i]))
                return false;
        return true;
    case LF_NODE_OR:
        for (size_t i = 0; i < n->nkids; i++)
            if (node_holds(m, n->kids[i]))
                return true;
        return false;
    case LF_NODE_NOT:
        return !node_holds(m, n->kids[0]);
    case LF_NODE_PRED:
        break;
    }
    kept = &m->rs->answered[n->pred->number];
    if (*kept >> 1 != m->rs->now)
        *kept = m->rs->now << 1 | (uint32_t)pred_holds(m, n->pred);
    return *kept & 1u;
}

/* ---- rules ---- */

static bool source_holds(const struct lf_logsource *rule, const struct lf_logsource *ev)
{
    return (rule->category.len == 0 || lf_view_eq(rule->category, ev->category)) &&
           (rule->product.len == 0 || lf_view_eq(rule->product, ev->product)) &&
           (rule->service.len == 0 || lf_view_eq(rule->service, ev->service));
}

bool lf_logsource_holds(const struct lf_logsource *rule, const struct lf_event *ev)
{
    if (rule->category.len + rule->product.len + rule->service.len == 0)
        return false;
    for (size_t i = 0; i < ev->nsources; i++)
        if (source_holds(rule, &ev->sources[i]))
            return true;
    return false;
}

void lf_event_add_source(struct lf_event *ev, lf_view category, lf_view product, lf_view service)
{
    if (ev->nsources < LF_EVENT_SOURCES)
        ev->sources[ev->nsources++] = (struct lf_logsource){ category, product, service };
}

static int by_number(const void *x, const void *y)
{
    const struct lf_rule *const *a = x, *const *b = y;

    return (*a)->number < (*b)->number ? -1 : (*a)->number > (*b)->number;
}

size_t lf_ruleset_match(struct lf_ruleset *rs, struct lf_arena *a, const struct lf_event *ev, bool route,
                        const struct lf_rule *const **hits)
{
    struct at m = { .rs = rs, .a = a, .doc = ev->doc };
    const struct lf_rule **out = NULL;
    size_t n = 0, cap = 0;

    *hits = NULL;
    if (rs->now == UINT32_MAX >> 1) {
        memset(rs->slots, 0, rs->nfields * sizeof *rs->slots);
        memset(rs->answered, 0, rs->npreds * sizeof *rs->answered);
        rs->now = 0;
    }
    rs->now++;
    lay_out(&m);
    for (size_t i = 0; i < rs->ngroups; i++) {
        const struct lf_group *g = &rs->groups[i];

        if (route && !lf_logsource_holds(&g->source, ev))
            continue;
        for (size_t k = 0; k < g->n; k++)
            if (node_holds(&m, rs->roots[g->rules[k]])) {
                out = (const struct lf_rule **)lf_arena_grow(a, (void *)(uintptr_t)out, n, &cap, sizeof *out);
                out[n++] = &rs->rules[g->rules[k]];
            }
    }
    if (n > 1)
        qsort((void *)(uintptr_t)out, n, sizeof *out, by_number);
    *hits = out;
    return n;
}
