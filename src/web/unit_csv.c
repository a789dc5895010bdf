#include "web/unit_csv.h"

#include <stdlib.h>

#include "base/map.h"
#include "cert/contact.h"
#include "cert/unit.h"
#include "fmt/csv.h"
#include "web/api_priv.h"

enum { CELLS = 14, DEPTH = 64 };

struct line {
    struct lf_unit unit;
    size_t seq;    /* in the order of names */
    size_t depth;  /* how many stand above it, */
    lf_view above; /* of which this is the next */
};

static int by_depth(const void *a, const void *b)
{
    const struct line *x = a, *y = b;

    return x->depth != y->depth ? x->depth < y->depth ? -1 : 1 : x->seq < y->seq ? -1 : 1;
}

static enum lf_code read_all(struct rq *r, size_t *n, struct line **out)
{
    struct lf_page page = { .limit = LF_PAGE_MOST };
    struct lf_unit_page list;
    size_t cap = 0;

    *n = 0;
    *out = NULL;
    do {
        LF_TRY(lf_unit_list(r->t, LF_V(""), 0, &page, &list, r->e));
        for (size_t i = 0; i < list.n; i++) {
            *out = lf_arena_grow(r->t->a, *out, *n, &cap, sizeof **out);
            (*out)[*n] = (struct line){ .unit = list.items[i], .seq = *n };
            ++*n;
        }
        page.after = list.next;
    } while (list.next.len);
    return LF_OK;
}

/* Those above first: whoever reads the file knows a superior when it is named. */
static void put_in_order(struct line *v, size_t n)
{
    struct lf_map place;

    lf_map_init(&place, 0);
    for (size_t i = 0; i < n; i++)
        lf_map_set(&place, v[i].unit.id, i);
    for (size_t i = 0; i < n; i++) {
        uint64_t at;

        for (lf_view up = v[i].unit.superior; v[i].depth < DEPTH && up.len && lf_map_get(&place, up, &at);
             up = v[at].unit.superior)
            if (!v[i].depth++)
                v[i].above = v[at].unit.name;
    }
    lf_map_clear(&place);
    if (n)
        qsort(v, n, sizeof *v, by_depth);
}

static void put_line(struct rq *r, struct lf_buf *b, const struct line *x, const struct lf_contact *c)
{
    const struct lf_unit *u = &x->unit;
    const lf_view none = LF_V("");
    const lf_view cells[CELLS] = {
        u->name,
        u->oid,
        lf_view_of(lf_unit_attribute_name(u->attribute)),
        u->grade ? lf_arena_copy(r->t->a, (lf_view){ &u->grade, 1 }) : none,
        lf_view_some(x->above),
        c ? c->name : none,
        c ? c->title : none,
        c ? c->telephone : none,
        c ? c->fax : none,
        c ? c->mobile : none,
        c ? c->email : none,
        c ? lf_view_of(lf_contact_part_name(c->part)) : none,
        c ? lf_arena_printf(r->t->a, "%lld", (long long)c->seat) : none,
        c ? lf_view_of(c->english ? "en" : "zh-TW") : none,
    };

    for (size_t k = 0; k < CELLS; k++)
        lf_csv_put(b, lf_csv_clean(r->t->a, cells[k]), k + 1 == CELLS);
}

enum lf_code units_csv(struct rq *r)
{
    static const char *const head[CELLS] = { "unit",  "oid",   "attribute", "grade",   "superior",
                                             "name",  "title", "telephone", "fax",     "mobile",
                                             "email", "part",  "seat",      "language" };
    struct line *v;
    struct lf_buf b;
    size_t n;

    LF_TRY(read_all(r, &n, &v));
    put_in_order(v, n);
    lf_buf_init(&b, JSON_MOST);
    LF_PUT(&b, "\xef\xbb\xbf");
    for (size_t k = 0; k < CELLS; k++)
        lf_csv_put(&b, lf_view_of(head[k]), k + 1 == CELLS);
    for (size_t i = 0; i < n; i++) {
        struct lf_contact *c;
        size_t nc;

        PUT_TRY(&b, lf_contact_list(r->t, v[i].unit.id, &nc, &c, r->e));
        if (!nc)
            put_line(r, &b, &v[i], NULL);
        for (size_t k = 0; k < nc; k++)
            put_line(r, &b, &v[i], &c[k]);
    }
    return answer_csv(r, LF_V("contacts"), &b);
}
