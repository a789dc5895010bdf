#include "soc/asset.h"

#include <arpa/inet.h>

#include "engine/fold.h"
#include "fmt/json.h"
#include "ident/audit.h"
#include "model/role.h"
#include "soc/import.h"
#include "store/query_asset.h"

enum { HEX = 32 };

/* ---- rights and texts ---- */

static enum lf_code may(const struct lf_task *t, bool change, struct lf_err *e)
{
    unsigned roles = LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_SYSTEM;

    if (!change)
        roles |= LF_ROLE_REPORTER | LF_ROLE_REVIEWER | LF_ROLE_READER;
    if (t->scope.roles & roles)
        return LF_OK;
    return lf_err_set(e, LF_FORBIDDEN, "asset: this account may not %s assets", change ? "change" : "see");
}

/* ---- addresses ---- */

struct network {
    uint8_t bytes[16];
    int bits; /* of 128 */
};

static bool address_of(lf_view text, uint8_t out[16])
{
    char buf[INET6_ADDRSTRLEN + 1];

    if (text.len == 0 || text.len >= sizeof buf || memchr(text.ptr, 0, text.len))
        return false;
    memcpy(buf, text.ptr, text.len);
    buf[text.len] = '\0';
    if (inet_pton(AF_INET6, buf, out) == 1)
        return true;
    memset(out, 0, 10);
    out[10] = out[11] = 0xff;
    return inet_pton(AF_INET, buf, out + 12) == 1;
}

static void mask(uint8_t a[16], int bits)
{
    for (int i = 0; i < 16; i++) {
        int left = bits - i * 8;

        if (left <= 0)
            a[i] = 0;
        else if (left < 8)
            a[i] = (uint8_t)(a[i] & (0xff << (8 - left)));
    }
}

static bool network_of(lf_view text, struct network *out)
{
    lf_view address = text, rest = { "", 0 };
    bool v4 = lf_view_find_byte(text, ':') == SIZE_MAX;
    int64_t bits = v4 ? 32 : 128;
    size_t slash = lf_view_find_byte(text, '/');

    if (slash != SIZE_MAX) {
        address = lf_view_first(text, slash);
        rest = lf_view_from(text, slash + 1);
        if (!lf_view_i64(rest, &bits) || bits < 0 || bits > (v4 ? 32 : 128))
            return false;
    }
    if (!address_of(address, out->bytes))
        return false;
    out->bits = (int)bits + (v4 ? 96 : 0);
    mask(out->bytes, out->bits);
    return true;
}

static lf_view hex(struct lf_arena *a, const uint8_t bytes[16])
{
    char *out = lf_arena_alloc(a, HEX, 1);

    for (int i = 0; i < 16; i++) {
        out[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    return (lf_view){ out, HEX };
}

/* The next of a list with blanks, commas or semicolons between. */
static bool next_address(lf_view *left, lf_view *out)
{
    size_t n = 0;

    while (left->len && strchr(" ,;\t\r\n", left->ptr[0]))
        *left = lf_view_from(*left, 1);
    while (n < left->len && !strchr(" ,;\t\r\n", left->ptr[n]))
        n++;
    *out = lf_view_first(*left, n);
    *left = lf_view_from(*left, n);
    return n > 0;
}

/* ---- reading ---- */

struct gather {
    struct lf_arena *a;
    struct lf_asset *items;
    size_t n, max;
};

static enum lf_code on_asset(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    if (g->n < g->max)
        g->items[g->n++] = (struct lf_asset){ .name = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                              .addresses = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                              .owner = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                              .weight = (int)lf_row_int(r, 3),
                                              .note = lf_arena_copy(g->a, lf_row_text(r, 4)),
                                              .changed = lf_row_int(r, 5),
                                              .account = lf_arena_copy(g->a, lf_row_text(r, 6)) };
    return LF_OK;
}

enum lf_code lf_asset_get(struct lf_task *t, lf_view name, struct lf_asset *out, struct lf_err *e)
{
    struct gather g = { .a = t->a, .items = out, .max = 1 };

    LF_TRY(may(t, false, e));
    if (!lf_view_is_text(name, 1, LF_ASSET_NAME))
        return lf_err_set(e, LF_NOT_FOUND, "asset: there is none of that name");
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_asset_get, LF_ARGS(LF_TEXT(lf_fold(t->a, name))), on_asset, &g,
                     NULL, e));
    if (g.n == 0)
        return lf_err_set(e, LF_NOT_FOUND, "asset: there is none of the name \"%.*s\"", LF_FMT(name));
    return LF_OK;
}

enum lf_code lf_asset_list(struct lf_task *t, const struct lf_page *page, struct lf_asset **out, size_t *n,
                           lf_view *next, struct lf_err *e)
{
    size_t limit = lf_page_rows(page);
    struct gather g = { .a = t->a };
    lf_view after = page && page->after.ptr ? page->after : LF_V("");

    LF_TRY(may(t, false, e));
    g.max = limit + 1;
    g.items = LF_NEW(t->a, struct lf_asset, g.max);
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_asset_list,
                     LF_ARGS(LF_TEXT(lf_fold(t->a, after)), LF_INT(g.max)), on_asset, &g, NULL, e));
    *out = g.items;
    *n = g.n > limit ? limit : g.n;
    *next = g.n > limit ? g.items[limit - 1].name : LF_V("");
    return LF_OK;
}

/* ---- writing ---- */

static enum lf_code put(struct lf_task *t, const struct lf_asset *in, struct lf_err *e)
{
    lf_view left = in->addresses, one, key;
    struct network seen[LF_ASSET_ADDRESSES];
    size_t n = 0;
    struct lf_buf b;
    lf_view list;

    if (!lf_view_is_text(in->name, 1, LF_ASSET_NAME))
        return lf_err_set(e, LF_BAD_INPUT, "asset: a name is text of 1 to %d bytes", LF_ASSET_NAME);
    if (!lf_view_is_text(in->owner, 0, LF_ASSET_TEXT) || !lf_view_is_text(in->note, 0, LF_ASSET_TEXT))
        return lf_err_set(e, LF_BAD_INPUT, "asset: owner and note are text of at most %d bytes each",
                          LF_ASSET_TEXT);
    if (in->weight < 1 || in->weight > LF_ASSET_HEAVIEST)
        return lf_err_set(e, LF_BAD_INPUT, "asset: a weight is from 1 to %d; %d is usual", LF_ASSET_HEAVIEST,
                          LF_ASSET_USUAL);
    key = lf_fold(t->a, in->name);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_asset_network_clear, LF_ARGS(LF_TEXT(key)), e));
    lf_buf_init(&b, 64 * LF_ASSET_ADDRESSES);
    while (next_address(&left, &one)) {
        struct network net = { 0 };
        bool twice = false;
        enum lf_code rc = LF_OK;

        if (n == LF_ASSET_ADDRESSES || !network_of(one, &net))
            rc = lf_err_set(e, LF_BAD_INPUT,
                            n == LF_ASSET_ADDRESSES ? "asset: more than %d addresses"
                                                    : "asset: address %d, \"%.*s\", is no address and no "
                                                      "network such as 192.0.2.0/24 or 2001:db8::/32",
                            (int)n + (n != LF_ASSET_ADDRESSES), LF_FMT(lf_view_first(one, 80)));
        for (size_t i = 0; i < n && rc == LF_OK; i++)
            twice = twice || (seen[i].bits == net.bits && memcmp(seen[i].bytes, net.bytes, 16) == 0);
        if (rc == LF_OK && !twice) {
            rc = lf_db_exec(t->db, &t->scope, &lf_q_asset_network_add,
                            LF_ARGS(LF_INT(net.bits), LF_TEXT(hex(t->a, net.bytes)), LF_TEXT(key)), e);
            if (b.len)
                lf_buf_byte(&b, ' ');
            lf_buf_put(&b, one);
            seen[n++] = net;
        }
        if (rc != LF_OK) {
            lf_buf_clear(&b);
            return rc;
        }
    }
    list = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return lf_db_exec(t->db, &t->scope, &lf_q_asset_put,
                      LF_ARGS(LF_TEXT(key), LF_TEXT(in->name), LF_TEXT(list.len ? list : LF_V("")),
                              LF_TEXT(in->owner.len ? in->owner : LF_V("")), LF_INT(in->weight),
                              LF_TEXT(in->note.len ? in->note : LF_V("")), LF_INT(lf_now(t->env)),
                              LF_TEXT(t->scope.account)),
                      e);
}

static enum lf_code room(struct lf_task *t, struct lf_err *e)
{
    int64_t n;

    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_asset_count, LF_NO_ARGS, &n, e));
    if (n > LF_ASSETS_MOST)
        return lf_err_set(e, LF_TOO_BIG, "asset: more than %d assets", LF_ASSETS_MOST);
    return LF_OK;
}

enum lf_code lf_asset_set(struct lf_task *t, const struct lf_asset *in, struct lf_err *e)
{
    struct lf_audit_note n;

    LF_TRY(may(t, true, e));
    LF_TRY(put(t, in, e));
    LF_TRY(room(t, e));
    lf_audit_open(&n);
    lf_json_put_int(&n.w, "weight", in->weight);
    if (in->owner.len)
        lf_json_put_str(&n.w, "owner", in->owner);
    return lf_audit_close(&n, t, LF_V("asset.set"), in->name, e);
}

enum lf_code lf_asset_remove(struct lf_task *t, lf_view name, struct lf_err *e)
{
    struct lf_asset was;
    lf_view key;

    LF_TRY(may(t, true, e));
    LF_TRY(lf_asset_get(t, name, &was, e));
    key = lf_fold(t->a, name);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_asset_network_clear, LF_ARGS(LF_TEXT(key)), e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_asset_delete, LF_ARGS(LF_TEXT(key)), e));
    return lf_audit_add(t, LF_V("asset.remove"), was.name,
                        lf_arena_printf(t->a, "{\"weight\":%d}", was.weight), e);
}

/* ---- CSV ---- */

static enum lf_code take_row(void *ctx, struct lf_task *t, const lf_view cell[LF_IMPORT_COLUMNS],
                             struct lf_err *e)
{
    struct lf_asset one = { .name = cell[0], .addresses = cell[1], .owner = cell[2], .note = cell[4] };
    int64_t w = LF_ASSET_USUAL;

    (void)ctx;
    if (cell[3].len && !lf_view_i64(cell[3], &w))
        w = 0;
    one.weight = w < 0 || w > LF_ASSET_HEAVIEST ? 0 : (int)w;
    return put(t, &one, e);
}

enum lf_code lf_asset_import(struct lf_task *t, lf_view csv, size_t *out, struct lf_err *e)
{
    static const struct lf_import assets = {
        .noun = "asset",
        .bytes = LF_ASSET_CSV,
        .rows = LF_ASSETS_MOST,
        .columns = { { "name", NULL },
                     { "addresses", "address" },
                     { "owner", NULL },
                     { "weight", NULL },
                     { "note", NULL } },
        .take = take_row,
    };
    size_t rows;

    LF_TRY(may(t, true, e));
    LF_TRY(lf_import_csv(t, &assets, csv, &rows, e));
    LF_TRY(room(t, e));
    *out = rows;
    return lf_audit_add(t, LF_V("asset.import"), LF_V("csv"), lf_arena_printf(t->a, "{\"assets\":%zu}", rows),
                        e);
}

/* ---- of a finding ---- */

enum { BITS_MOST = 129 };

struct bits {
    int list[BITS_MOST];
    size_t n;
};

static enum lf_code on_bits(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct bits *b = ctx;

    (void)e;
    if (b->n < BITS_MOST)
        b->list[b->n++] = (int)lf_row_int(r, 0);
    return LF_OK;
}

static void heavier(struct lf_asset *best, const struct lf_asset *one)
{
    if (best->name.len == 0 || one->weight > best->weight)
        *best = *one;
}

static enum lf_code by_address(struct lf_task *t, const struct bits *bits, lf_view text,
                               struct lf_asset *best, struct lf_err *e)
{
    uint8_t address[16];

    if (!address_of(text, address))
        return LF_OK;
    for (size_t i = bits->n; i-- > 0;) { /* the narrowest first; masking wider keeps what is needed */
        struct lf_asset one;
        struct gather g = { .a = t->a, .items = &one, .max = 1 };

        mask(address, bits->list[i]);
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_asset_at,
                         LF_ARGS(LF_INT(bits->list[i]), LF_TEXT(hex(t->a, address))), on_asset, &g, NULL, e));
        if (g.n) {
            heavier(best, &one);
            return LF_OK;
        }
    }
    return LF_OK;
}

enum lf_code lf_asset_of(struct lf_task *t, const struct lf_finding *f, struct lf_asset *out,
                         struct lf_err *e)
{
    static const char *const names[] = { "host.ip",   "source.ip", "destination.ip", "client.ip",
                                         "server.ip", "SourceIp",  "DestinationIp",  "src_ip",
                                         "dest_ip",   "src_addr",  "dst_ip",         "id.orig_h",
                                         "id.resp_h", "c-ip",      "s-ip",           "IpAddress" };
    struct lf_asset best = { .weight = LF_ASSET_USUAL, .name = { "", 0 } }, one;
    const struct lf_json *doc = NULL;
    struct bits bits = { 0 };
    struct lf_err why = { 0 };
    enum lf_code rc = f->host.len ? lf_asset_get(t, f->host, &one, &why) : LF_NOT_FOUND;

    if (rc == LF_OK)
        heavier(&best, &one);
    else if (rc != LF_NOT_FOUND)
        return lf_err_set(e, rc, "%s", why.text);
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_asset_bits, LF_NO_ARGS, on_bits, &bits, NULL, e));
    if (bits.n) {
        LF_TRY(by_address(t, &bits, f->host, &best, e));
        if (f->event.len && lf_json_parse(t->a, f->event, NULL, &doc, &why) == LF_OK)
            for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
                const struct lf_json *v = lf_json_get(doc, lf_view_of(names[i]));

                if (!v)
                    v = lf_json_path(doc, names[i]);
                if (v && lf_json_kind(v) == LF_JSON_ARRAY)
                    v = lf_json_item(v, 0);
                if (v && lf_json_kind(v) == LF_JSON_STRING)
                    LF_TRY(by_address(t, &bits, lf_json_text(v), &best, e));
            }
    }
    *out = best;
    return LF_OK;
}

void lf_asset_json(struct lf_json_w *w, const struct lf_asset *asset)
{
    char text[LF_TIME_TEXT];
    lf_view left = asset->addresses, one;

    lf_json_open(w, '{');
    lf_json_put_str(w, "name", asset->name);
    lf_json_begin(w, "addresses", '[');
    while (next_address(&left, &one))
        lf_json_put_str(w, NULL, one);
    lf_json_close(w);
    lf_json_put_str(w, "owner", asset->owner);
    lf_json_put_int(w, "weight", asset->weight);
    lf_json_put_str(w, "note", asset->note);
    if (asset->changed)
        lf_json_put_str(w, "changed", lf_time_milli(asset->changed, text));
    lf_json_close(w);
}
