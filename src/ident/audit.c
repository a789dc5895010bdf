#include "ident/audit.h"

#include "base/buf.h"

#include "ident/ident_priv.h"
#include "store/query_audit.h"

static void hash_entry(const uint8_t prev[LF_SHA256], const struct lf_audit_entry *x, uint8_t out[LF_SHA256])
{
    const lf_view fields[] = { x->account, x->org, x->action, x->subject, x->detail };
    struct lf_buf b;

    lf_buf_init(&b, 64 * 1024);
    lf_buf_put(&b, (lf_view){ (const char *)prev, LF_SHA256 });
    lf_buf_u64(&b, (uint64_t)x->seq);
    lf_buf_u64(&b, (uint64_t)x->time);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        lf_buf_u32(&b, (uint32_t)fields[i].len);
        lf_buf_put(&b, fields[i]);
    }
    /* Over the ceiling only if somebody wrote to the table: then it fits nothing. */
    lf_sha256(lf_buf_view(&b), out);
    lf_buf_clear(&b);
}

static enum lf_code take_head(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct lf_audit_head *h = ctx;
    lf_view hash = lf_row_blob(r, 1);

    if (hash.len != LF_SHA256)
        return lf_err_set(e, LF_CONFLICT, "audit entry %lld has no hash", (long long)lf_row_int(r, 0));
    h->seq = lf_row_int(r, 0);
    memcpy(h->hash, hash.ptr, LF_SHA256);
    return LF_OK;
}

enum lf_code lf_audit_head(struct lf_task *t, struct lf_audit_head *out, struct lf_err *e)
{
    struct lf_audit_head h = { 0 };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_audit_last, LF_NO_ARGS, take_head, &h, NULL, e));
    *out = h;
    return LF_OK;
}

struct one {
    bool there;
    uint8_t *hash;
};

static enum lf_code take_hash(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct one *x = ctx;
    lf_view hash = lf_row_blob(r, 0);

    if (hash.len != LF_SHA256)
        return lf_err_set(e, LF_CONFLICT, "an audit entry has no hash");
    memcpy(x->hash, hash.ptr, LF_SHA256);
    x->there = true;
    return LF_OK;
}

enum lf_code lf_audit_hash(struct lf_task *t, int64_t seq, uint8_t hash[LF_SHA256], struct lf_err *e)
{
    struct one x = { .hash = hash };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_audit_hash, LF_ARGS(LF_INT(seq)), take_hash, &x, NULL, e));
    return x.there ? LF_OK : lf_err_set(e, LF_NOT_FOUND, "audit entry %lld is not there", (long long)seq);
}

enum lf_code lf_audit_add(struct lf_task *t, lf_view action, lf_view subject, lf_view detail,
                          struct lf_err *e)
{
    struct lf_audit_head prev;
    struct lf_audit_entry x = { .time = lf_now(t->env),
                                .account = t->scope.account,
                                .org = t->scope.org,
                                .action = action,
                                .subject = subject,
                                .detail = detail };
    uint8_t hash[LF_SHA256];

    if (detail.len > LF_AUDIT_DETAIL || action.len > LF_AUDIT_ACTION || subject.len > LF_AUDIT_SUBJECT)
        return lf_err_set(e, LF_TOO_BIG, "audit %.*s: a detail of %zu bytes or a subject of %zu is too long",
                          LF_FMT(action), detail.len, subject.len);
    LF_TRY(lf_audit_head(t, &prev, e));
    x.seq = prev.seq + 1;
    hash_entry(prev.hash, &x, hash);
    return lf_db_exec(t->db, &t->scope, &lf_q_audit_insert,
                      LF_ARGS(LF_INT(x.seq), LF_INT(x.time), LF_TEXT(x.account), LF_TEXT(x.action),
                              LF_TEXT(x.subject), LF_TEXT(x.detail),
                              LF_BLOB(((lf_view){ (const char *)prev.hash, LF_SHA256 })),
                              LF_BLOB(((lf_view){ (const char *)hash, LF_SHA256 }))),
                      e);
}

struct gather {
    struct lf_arena *a;
    struct lf_audit_entry *item;
    size_t count, room;
};

static enum lf_code take_entry(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    lf_view hash = lf_row_blob(r, 7);

    (void)e;
    if (g->count < g->room)
        g->item[g->count++] = (struct lf_audit_entry){ .seq = lf_row_int(r, 0),
                                                       .time = lf_row_int(r, 1),
                                                       .account = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                                       .org = lf_arena_copy(g->a, lf_row_text(r, 3)),
                                                       .action = lf_arena_copy(g->a, lf_row_text(r, 4)),
                                                       .subject = lf_arena_copy(g->a, lf_row_text(r, 5)),
                                                       .detail = lf_arena_copy(g->a, lf_row_text(r, 6)),
                                                       .hash = lf_hex(g->a, hash.ptr, hash.len) };
    return LF_OK;
}

enum lf_code lf_audit_list(struct lf_task *t, const struct lf_page *page, struct lf_audit_list *out,
                           struct lf_err *e)
{
    size_t most = lf_page_rows(page);
    struct gather g = { t->a, LF_NEW(t->a, struct lf_audit_entry, most + 1), 0, most + 1 };
    int64_t before = INT64_MAX;

    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN | LF_ROLE_REVIEWER, e));
    if (page && page->after.len && !lf_view_i64(page->after, &before))
        return lf_err_set(e, LF_BAD_INPUT, "audit: the page key is not one we gave");
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_audit_page, LF_ARGS(LF_INT(before), LF_INT(most + 1)),
                     take_entry, &g, NULL, e));
    *out = (struct lf_audit_list){ .item = g.item, .count = g.count };
    if (g.count > most) {
        out->count = most;
        out->next = lf_arena_printf(t->a, "%lld", (long long)g.item[most - 1].seq);
    }
    return LF_OK;
}

enum lf_code lf_audit_of(struct lf_task *t, lf_view subject, size_t most, struct lf_audit_list *out,
                         struct lf_err *e)
{
    struct gather g = { t->a, LF_NEW(t->a, struct lf_audit_entry, most + 1), 0, most };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_audit_of, LF_ARGS(LF_TEXT(subject), LF_INT(most)), take_entry,
                     &g, NULL, e));
    *out = (struct lf_audit_list){ .item = g.item, .count = g.count };
    return LF_OK;
}

struct walk {
    struct lf_audit_head head;
    size_t rows;
};

static enum lf_code check_entry(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct walk *w = ctx;
    struct lf_audit_entry x = { .seq = lf_row_int(r, 0),
                                .time = lf_row_int(r, 1),
                                .account = lf_row_text(r, 2),
                                .org = lf_row_text(r, 3),
                                .action = lf_row_text(r, 4),
                                .subject = lf_row_text(r, 5),
                                .detail = lf_row_text(r, 6) };
    lf_view prev = { (const char *)w->head.hash, LF_SHA256 };
    uint8_t hash[LF_SHA256];

    w->rows++;
    if (x.seq != w->head.seq + 1)
        return lf_err_set(e, LF_CONFLICT, "audit entry %lld is missing", (long long)w->head.seq + 1);
    hash_entry(w->head.hash, &x, hash);
    if (!lf_view_eq(lf_row_blob(r, 7), prev) ||
        !lf_view_eq(lf_row_blob(r, 8), (lf_view){ (const char *)hash, sizeof hash }))
        return lf_err_set(e, LF_CONFLICT, "audit entry %lld was changed after it was written",
                          (long long)x.seq);
    w->head.seq = x.seq;
    memcpy(w->head.hash, hash, sizeof hash);
    return LF_OK;
}

enum lf_code lf_audit_verify(struct lf_task *t, struct lf_audit_head *out, struct lf_err *e)
{
    struct walk w = { 0 };

    do { /* in pieces: PostgreSQL would otherwise hand us the whole table at once */
        w.rows = 0;
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_audit_walk,
                         LF_ARGS(LF_INT(w.head.seq), LF_INT(LF_PAGE_MOST)), check_entry, &w, NULL, e));
    } while (w.rows == LF_PAGE_MOST);
    *out = w.head;
    return LF_OK;
}
