#include "cert/network.h"

#include <arpa/inet.h>

#include "cert/document_priv.h"
#include "cert/incident_priv.h"
#include "fmt/csv.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "model/role.h"
#include "post/mail.h"
#include "soc/import.h"
#include "store/query_network.h"

static const char *const sides[] = { "unknown", "domestic", "foreign" };

const char *lf_network_side_name(enum lf_network_side s)
{
    return sides[s];
}

struct address {
    uint8_t raw[16];
    int bits; /* 32 or 128 */
};

static bool address_of(lf_view text, struct address *out)
{
    char name[INET6_ADDRSTRLEN + 1];

    *out = (struct address){ 0 };
    if (!text.len || text.len >= sizeof name)
        return false;
    (void)snprintf(name, sizeof name, "%.*s", LF_FMT(text));
    out->bits = inet_pton(AF_INET, name, out->raw) == 1 ? 32 : 128;
    return out->bits == 32 || inet_pton(AF_INET6, name, out->raw) == 1;
}

static lf_view text_of(struct lf_arena *a, const struct address *x)
{
    char name[INET6_ADDRSTRLEN] = "";

    (void)inet_ntop(x->bits == 32 ? AF_INET : AF_INET6, x->raw, name, sizeof name);
    return lf_arena_copy(a, lf_view_of(name));
}

/* Only the first `len` bits of it; *cut: there were others. */
static struct address masked(const struct address *x, int len, bool *cut)
{
    struct address m = *x;

    for (int i = 0; i < 16; i++) {
        int keep = len - i * 8;

        m.raw[i] &= keep >= 8 ? 0xff : keep <= 0 ? 0 : (uint8_t)(0xff << (8 - keep));
    }
    *cut = memcmp(m.raw, x->raw, sizeof m.raw) != 0;
    return m;
}

static lf_view key_of(struct lf_arena *a, const struct address *m, int len)
{
    lf_view hex = lf_hex(a, m->raw, (size_t)m->bits / 8);

    return lf_arena_printf(a, "%d%.*s/%d", m->bits == 32 ? 4 : 6, LF_FMT(hex), len);
}

/* ---- the table ---- */

static enum lf_code network_key(struct lf_task *t, lf_view text, lf_view *key, struct lf_err *e)
{
    lf_view first = { 0 }, rest = text;
    struct address x, m;
    int64_t len = 0;
    bool cut, slash = lf_view_split(&rest, '/', &first) && rest.ptr;

    if (!address_of(first, &x) || (slash && (!lf_view_i64(rest, &len) || len > x.bits)) || (slash && len < 1))
        return lf_err_set(e, LF_BAD_INPUT, "\"%.*s\" is no network, as 192.0.2.0/24 or 2001:db8::/32",
                          LF_FMT(lf_view_first(text, 60)));
    if (!slash)
        len = x.bits;
    m = masked(&x, (int)len, &cut);
    if (cut)
        return lf_err_set(e, LF_BAD_INPUT, "\"%.*s\" is an address in a network; the network is %.*s/%d",
                          LF_FMT(text), LF_FMT(text_of(t->a, &m)), (int)len);
    *key = key_of(t->a, &m, (int)len);
    return LF_OK;
}

enum cell { NETWORK, COUNTRY, OPERATOR, ABUSE };

static bool is_country(lf_view v)
{
    return v.len == 2 && v.ptr[0] >= 'A' && v.ptr[0] <= 'Z' && v.ptr[1] >= 'A' && v.ptr[1] <= 'Z';
}

static enum lf_code take(void *ctx, struct lf_task *t, const lf_view cell[LF_IMPORT_COLUMNS],
                         struct lf_err *e)
{
    int64_t changed;
    lf_view key;

    (void)ctx;
    LF_TRY(network_key(t, cell[NETWORK], &key, e));
    if (!is_country(cell[COUNTRY]))
        return lf_err_set(e, LF_BAD_INPUT, "\"country\" is two capital letters, as TW");
    if (!document_is_line(cell[OPERATOR], LF_NETWORK_LINE))
        return lf_err_set(e, LF_BAD_INPUT, "\"operator\" is one line of 1 to %d bytes", LF_NETWORK_LINE);
    if (cell[ABUSE].len && (cell[ABUSE].len > LF_NETWORK_LINE || !lf_mail_address_ok(cell[ABUSE])))
        return lf_err_set(e, LF_BAD_INPUT, "\"abuse\" is a mail address");
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_network_add,
                     LF_ARGS(LF_TEXT(key), text_arg(cell[NETWORK]), text_arg(cell[COUNTRY]),
                             text_arg(cell[OPERATOR]), text_arg(cell[ABUSE])),
                     NULL, NULL, &changed, e));
    return changed ? LF_OK
                   : lf_err_set(e, LF_BAD_INPUT, "%.*s stands in a line before", LF_FMT(cell[NETWORK]));
}

enum lf_code lf_network_set(struct lf_task *t, lf_view csv, lf_view home, size_t *rows, struct lf_err *e)
{
    static const struct lf_import what = {
        .noun = "network",
        .bytes = LF_NETWORK_BYTES,
        .rows = LF_NETWORKS,
        .columns = { [NETWORK] = { "network", "網段" },
                     [COUNTRY] = { "country", "國別" },
                     [OPERATOR] = { "operator", "業者" },
                     [ABUSE] = { "abuse", "濫用通報信箱" } },
        .take = take,
    };

    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN, e));
    if (!is_country(home))
        return lf_err_set(e, LF_BAD_INPUT, "network: home is a country's two capital letters, as TW");
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_network_clear, LF_NO_ARGS, e));
    LF_TRY(lf_import_csv(t, &what, csv, rows, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_network_home, LF_ARGS(LF_TEXT(home)), NULL, NULL, NULL, e));
    return lf_audit_add(t, LF_V("network.set"), home, lf_arena_printf(t->a, "{\"rows\":%zu}", *rows), e);
}

/* ---- looking up ---- */

enum lf_code lf_network_count(struct lf_task *t, int64_t *n, struct lf_err *e)
{
    LF_TRY(incident_need_reader(t, e));
    return lf_db_int(t->db, &t->scope, &lf_q_network_count, LF_NO_ARGS, n, e);
}

struct found {
    struct lf_arena *a;
    struct lf_network *out;
};

static enum lf_code on_network(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct found *f = ctx;

    (void)e;
    f->out->network = lf_arena_copy(f->a, lf_row_text(r, 0));
    f->out->country = lf_arena_copy(f->a, lf_row_text(r, 1));
    f->out->operator= lf_arena_copy(f->a, lf_row_text(r, 2));
    f->out->abuse = lf_arena_copy(f->a, lf_row_text(r, 3));
    f->out->side = lf_row_int(r, 4) ? LF_SIDE_DOMESTIC : LF_SIDE_FOREIGN;
    return LF_OK;
}

struct listed {
    struct lf_arena *a;
    struct lf_network *v;
    lf_view *keys;
    size_t n, cap, keycap;
};

static enum lf_code on_listed(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct listed *l = ctx;
    struct found f = { .a = l->a };

    l->v = lf_arena_grow(l->a, l->v, l->n, &l->cap, sizeof *l->v);
    l->keys = lf_arena_grow(l->a, l->keys, l->n, &l->keycap, sizeof *l->keys);
    l->v[l->n] = (struct lf_network){ .address = LF_V("") };
    l->keys[l->n] = lf_arena_copy(l->a, lf_row_text(r, 5));
    f.out = &l->v[l->n++];
    return on_network(&f, r, e);
}

static enum lf_code list_from(struct lf_task *t, lf_view after, size_t most, struct listed *l,
                              struct lf_err *e)
{
    LF_TRY(incident_need_reader(t, e));
    return lf_db_run(t->db, &t->scope, &lf_q_network_list, LF_ARGS(text_arg(after), LF_INT(most)), on_listed,
                     l, NULL, e);
}

enum lf_code lf_network_list(struct lf_task *t, const struct lf_page *page, size_t *n,
                             const struct lf_network **out, lf_view *next, struct lf_err *e)
{
    struct listed l = { .a = t->a };
    size_t limit = lf_page_rows(page);

    LF_TRY(list_from(t, page->after, limit + 1, &l, e));
    *n = l.n > limit ? limit : l.n;
    *out = l.v;
    *next = l.n > limit ? l.keys[limit - 1] : LF_V("");
    return LF_OK;
}

enum lf_code lf_network_csv(struct lf_task *t, struct lf_buf *b, struct lf_err *e)
{
    struct listed l = { .a = t->a };

    LF_TRY(list_from(t, LF_V(""), LF_NETWORKS, &l, e));
    LF_PUT(b, "\xef\xbb\xbfnetwork,country,operator,abuse\r\n");
    for (size_t i = 0; i < l.n; i++) {
        lf_csv_put(b, l.v[i].network, false);
        lf_csv_put(b, l.v[i].country, false);
        lf_csv_put(b, lf_csv_clean(t->a, l.v[i].operator), false);
        lf_csv_put(b, l.v[i].abuse, true);
    }
    return LF_OK;
}

/* By each length, the longest first: a network is found by its key alone. */
static enum lf_code look(struct lf_task *t, const struct address *x, struct lf_network *out, struct lf_err *e)
{
    struct found f = { .a = t->a, .out = out };
    bool cut;

    *out = (struct lf_network){ .address = text_of(t->a, x) };
    for (int len = x->bits; len > 0 && out->side == LF_SIDE_UNKNOWN; len--) {
        struct address m = masked(x, len, &cut);

        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_network_get, LF_ARGS(LF_TEXT(key_of(t->a, &m, len))),
                         on_network, &f, NULL, e));
    }
    return LF_OK;
}

enum lf_code lf_network_find(struct lf_task *t, lf_view address, struct lf_network *out, struct lf_err *e)
{
    struct address x;

    LF_TRY(incident_need_reader(t, e));
    if (!address_of(lf_view_trim(address), &x))
        return lf_err_set(e, LF_BAD_INPUT, "network: \"%.*s\" is no IPv4 or IPv6 address",
                          LF_FMT(lf_view_first(address, 60)));
    return look(t, &x, out, e);
}

enum lf_code lf_network_of(struct lf_task *t, const struct lf_incident_full *x, size_t *n,
                           const struct lf_network **out, struct lf_err *e)
{
    struct lf_network *list = LF_NEW(t->a, struct lf_network, LF_INCIDENT_SOURCES);
    const struct lf_observable *obs;
    size_t nobs = incident_observables(t, x, &obs), have = 0;
    struct address at;

    LF_TRY(incident_need_reader(t, e));
    for (size_t i = 0; i < nobs && have < LF_INCIDENT_SOURCES; i++)
        if ((obs[i].kind == LF_OBS_IPV4 || obs[i].kind == LF_OBS_IPV6) && address_of(obs[i].value, &at))
            LF_TRY(look(t, &at, &list[have++], e));
    *n = have;
    *out = list;
    return LF_OK;
}
