/* Versions of the texts that playbooks and recovery procedures are. */
#include "cert/article.h"
#include "cert/incident_priv.h"
#include "cert/playbook_priv.h"
#include "ident/audit.h"

struct gather {
    struct lf_arena *a;
    struct lf_playbook_version *items;
    size_t n, cap;
};

static struct lf_playbook_version *more(struct gather *g)
{
    g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *g->items);
    return &g->items[g->n++];
}

static enum lf_code on_version(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    *more(g) = (struct lf_playbook_version){
        .version = lf_row_int(r, 0),
        .act = (enum lf_playbook_act)lf_row_int(r, 1),
        .json = lf_arena_copy(g->a, lf_row_text(r, 2)),
        .account = lf_arena_copy(g->a, lf_row_text(r, 3)),
        .at = lf_row_int(r, 4),
    };
    return LF_OK;
}

enum lf_code playbook_versions(struct lf_task *t, const struct playbook_texts *of, lf_view id, size_t *n,
                               const struct lf_playbook_version **out, struct lf_err *e)
{
    struct gather g = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &t->scope, of->versions, LF_ARGS(LF_TEXT(id), LF_INT(LF_PLAYBOOK_VERSIONS)),
                     on_version, &g, NULL, e));
    for (size_t i = 0; i < g.n; i++)
        g.items[i].id = id;
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

static enum lf_code on_last(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    *more(g) = (struct lf_playbook_version){ .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                             .version = lf_row_int(r, 1),
                                             .act = (enum lf_playbook_act)lf_row_int(r, 2) };
    return LF_OK;
}

enum lf_code playbook_newest(struct lf_task *t, const struct playbook_texts *of, size_t *n,
                             const struct lf_playbook_version **out, struct lf_err *e)
{
    struct gather g = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &t->scope, of->last, LF_NO_ARGS, on_last, &g, NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

enum lf_code playbook_look(struct lf_task *t, const struct playbook_texts *of, lf_view id, int64_t seen,
                           bool any, size_t *n, const struct lf_playbook_version **out, struct lf_err *e)
{
    LF_TRY(playbook_versions(t, of, id, n, out, e));
    if (any || seen == (*n ? (*out)->version : 0))
        return LF_OK;
    return lf_err_set(e, LF_CONFLICT,
                      "%s: somebody changed %.*s meanwhile; see how it stands now, then save again", of->noun,
                      LF_FMT(lf_view_first(id, LF_PLAYBOOK_ID)));
}

enum lf_code playbook_written(const struct playbook_texts *of, lf_view id,
                              const struct lf_playbook_version *list, size_t n, lf_view *json,
                              struct lf_err *e)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].json.len) {
            *json = list[i].json;
            return LF_OK;
        }
    return lf_err_set(e, LF_CONFLICT, "%s: nothing of %.*s was written; write it first", of->noun,
                      LF_FMT(lf_view_first(id, LF_PLAYBOOK_ID)));
}

enum lf_code playbook_version_add(struct lf_task *t, const struct playbook_texts *of, lf_view id, size_t n,
                                  const struct lf_playbook_version *was, enum lf_playbook_act act,
                                  lf_view json, struct lf_err *e)
{
    int64_t version = n ? was->version + 1 : 1;

    LF_TRY(lf_db_exec(t->db, &t->scope, of->add,
                      LF_ARGS(LF_TEXT(id), LF_INT(version), LF_INT(act), text_arg(json),
                              LF_TEXT(t->scope.account), LF_INT(lf_now(t->env))),
                      e));
    return lf_audit_add(t, lf_view_of(of->audits[act]), id,
                        lf_arena_printf(t->a, "{\"version\":%lld}", (long long)version), e);
}

enum lf_code playbook_articles(struct lf_task *t, const char *noun, const struct lf_playbook_step *steps,
                               size_t n, struct lf_err *e)
{
    struct lf_article article;

    for (size_t i = 0; i < n; i++)
        if (steps[i].article.len && lf_article_get(t, steps[i].article, &article, NULL) != LF_OK)
            return lf_err_set(e, LF_BAD_INPUT, "%s: the article that step %zu names is not there", noun,
                              i + 1);
    return LF_OK;
}

enum lf_code playbook_alone(struct lf_arena *a, const char *format, const char *list,
                            const struct lf_json *one, lf_view *out, struct lf_err *e)
{
    struct lf_buf b;
    enum lf_code rc;

    lf_buf_init(&b, 2 * LF_PLAYBOOK_BYTES);
    lf_buf_printf(&b, "{\"format\":\"%s\",\"%s\":[", format, list);
    lf_json_write(&b, one);
    LF_PUT(&b, "]}");
    rc = lf_buf_done(&b, e);
    *out = rc == LF_OK ? lf_arena_copy(a, lf_buf_view(&b)) : LF_V("");
    lf_buf_clear(&b);
    return rc;
}
