/* Files of an advisory: attached to a draft, read by who may see it. */
#include "base/crypto.h"
#include "ident/node.h"
#include "isac/advisory_priv.h"
#include "model/file.h"
#include "store/query_advisory.h"

struct files {
    struct lf_arena *a;
    void *items;
    size_t n, cap;
};

static enum lf_code on_file(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct files *g = ctx;
    struct lf_advisory_attachment *list = g->items =
        lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);
    struct lf_advisory_attachment *one = &list[g->n++];
    lf_view coded = lf_row_text(r, 5);

    *one = (struct lf_advisory_attachment){
        .seq = lf_row_int(r, 0),
        .name = lf_arena_copy(g->a, lf_row_text(r, 1)),
        .type = lf_arena_copy(g->a, lf_row_text(r, 2)),
        .size = lf_row_int(r, 3),
        .sha256 = lf_arena_copy(g->a, lf_row_text(r, 4)),
        .bytes = LF_V(""),
    };
    return coded.len ? lf_unbase64(g->a, coded, &one->bytes, e) : LF_OK;
}

enum lf_code advisory_read_files(struct lf_task *t, lf_view id, bool whole, int64_t seq, size_t *n,
                                 const struct lf_advisory_attachment **out, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    struct files g = { .a = t->a };

    if (whole)
        LF_TRY(lf_db_run(t->db, &s, &lf_q_advisory_file_whole, LF_ARGS(LF_TEXT(id), LF_INT(seq)), on_file, &g,
                         NULL, e));
    else
        LF_TRY(lf_db_run(t->db, &s, &lf_q_advisory_file_list, LF_ARGS(LF_TEXT(id)), on_file, &g, NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

enum lf_code lf_advisory_files(struct lf_task *t, lf_view id, int64_t seq, size_t *n,
                               const struct lf_advisory_attachment **out, struct lf_err *e)
{
    struct lf_advisory_row x;

    LF_TRY(advisory_may_see(t, e));
    LF_TRY(advisory_visible(t, id, &x, e));
    LF_TRY(advisory_read_files(t, id, seq > 0, seq, n, out, e));
    return seq > 0 && !*n ? lf_err_set(e, LF_NOT_FOUND, "the advisory has no file %lld", (long long)seq)
                          : LF_OK;
}

static enum lf_code may_attach(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_advisory_row r;

    LF_TRY(advisory_may_write(t, e));
    LF_TRY(lf_advisory_own(t, id, &r, e));
    return r.state == LF_ADVISORY_DRAFT || r.state == LF_ADVISORY_RETURNED
               ? LF_OK
               : advisory_not_now(&r, "changed", e);
}

enum lf_code lf_advisory_attach(struct lf_task *t, lf_view id, const struct lf_advisory_file *file,
                                struct lf_err *e)
{
    const struct lf_advisory_attachment *have;
    struct lf_scope s = lf_node_rows(t);
    uint8_t sum[LF_SHA256];
    size_t n;

    LF_TRY(may_attach(t, id, e));
    if (!lf_file_name_ok(file->name) || !lf_file_type_ok(file->type))
        return lf_err_set(e, LF_BAD_INPUT,
                          "advisory: a file has a name without path, and a media type like application/pdf");
    if (!file->bytes.len || file->bytes.len > LF_ADVISORY_FILE)
        return lf_err_set(e, LF_TOO_BIG, "advisory: a file has 1 to %d bytes", LF_ADVISORY_FILE);
    LF_TRY(advisory_read_files(t, id, false, 0, &n, &have, e));
    if (n >= LF_ADVISORY_FILES)
        return lf_err_set(e, LF_TOO_BIG, "advisory: at most %d files", LF_ADVISORY_FILES);
    lf_sha256(file->bytes, sum);
    LF_TRY(lf_db_exec(t->db, &s, &lf_q_advisory_file_add,
                      LF_ARGS(LF_TEXT(id), LF_TEXT(file->name), LF_TEXT(file->type), LF_INT(file->bytes.len),
                              LF_TEXT(lf_hex(t->a, sum, sizeof sum)),
                              LF_TEXT(lf_base64(t->a, file->bytes.ptr, file->bytes.len))),
                      e));
    return advisory_tell(t, id, LF_ADVISORY_ATTACHED, file->name, LF_V(""), e);
}

enum lf_code lf_advisory_detach(struct lf_task *t, lf_view id, int64_t seq, struct lf_err *e)
{
    const struct lf_advisory_attachment *one;
    struct lf_scope s = lf_node_rows(t);
    size_t n;

    LF_TRY(may_attach(t, id, e));
    LF_TRY(lf_advisory_files(t, id, seq, &n, &one, e));
    LF_TRY(lf_db_exec(t->db, &s, &lf_q_advisory_file_del, LF_ARGS(LF_TEXT(id), LF_INT(seq)), e));
    return advisory_tell(t, id, LF_ADVISORY_DETACHED, one->name, LF_V(""), e);
}
