/* The core's side of an import: the file is read on a fiber, its cases are kept some at a time. */
#include <stdlib.h>

#include "cert/case_import_priv.h"
#include "ident/account.h"
#include "model/role.h"
#include "store/query_case_import.h"
#include "sys/fiber.h"

#define SLICE (15 * (LF_SECOND / 1000))

struct lf_case_imports {
    struct lf_arena a; /* of the file in hand */
    lf_view org, id;   /* it; empty: none */
    struct lf_old_file file;
    struct lf_old_cases cases;
    lf_time created;        /* the "now" of its reading, so that it is read the same again */
    struct lf_fiber *fiber; /* NULL: it is read */
    struct lf_rest rest;
    const struct lf_env *env; /* of the slice */
    lf_time until;            /* tick at which it is over */
    enum lf_code rc;
    struct lf_err e;
};

static enum lf_code rest(void *ctx, struct lf_err *e)
{
    struct lf_case_imports *c = ctx;

    if (lf_tick(c->env) < c->until || lf_fiber_rest(c->fiber))
        return LF_OK;
    return lf_err_set(e, LF_AWAY, "the reading was ended");
}

static void run(void *ctx)
{
    struct lf_case_imports *c = ctx;

    c->rc = lf_old_cases_read(&c->a, &c->file, c->created, &c->cases, &c->e);
}

struct lf_case_imports *lf_case_imports_create(void)
{
    struct lf_case_imports *c = calloc(1, sizeof *c);

    if (!c)
        LF_BUG("out of memory for imports");
    c->rest = (struct lf_rest){ c, rest };
    return c;
}

void lf_case_imports_forget(struct lf_case_imports *c)
{
    lf_fiber_destroy(c->fiber);
    c->fiber = NULL;
    c->org = c->id = LF_V("");
    c->file = (struct lf_old_file){ 0 };
    c->cases = (struct lf_old_cases){ 0 };
    c->rc = LF_OK;
    c->e = (struct lf_err){ 0 };
    lf_arena_clear(&c->a);
}

void lf_case_imports_destroy(struct lf_case_imports *c)
{
    if (c)
        lf_case_imports_forget(c);
    free(c);
}

/* ---- the file ---- */

static enum lf_code on_due(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct lf_case_imports *c = ctx;

    (void)e;
    c->org = lf_arena_copy(&c->a, lf_row_text(r, 0));
    c->id = lf_arena_copy(&c->a, lf_row_text(r, 1));
    return LF_OK;
}

static enum lf_code on_file(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct lf_case_imports *c = ctx;

    (void)e;
    c->file.text = lf_arena_copy(&c->a, lf_row_blob(r, 0));
    return LF_OK;
}

static enum lf_code begin(struct lf_case_imports *c, struct lf_task *t, const struct lf_case_import *x,
                          struct lf_err *e)
{
    c->file = (struct lf_old_file){ .format = lf_arena_copy(&c->a, x->format),
                                    .mapping = lf_arena_copy(&c->a, x->mapping),
                                    .large = true,
                                    .rest = &c->rest };
    c->created = x->created;
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_case_import_file, LF_ARGS(LF_TEXT(x->id)), on_file, c, NULL, e));
    c->e = (struct lf_err){ 0 };
    c->fiber = lf_fiber_create(run, c);
    return LF_OK;
}

/* *more: it is not read yet. */
static enum lf_code read_on(struct lf_case_imports *c, bool *more, struct lf_err *e)
{
    *more = c->fiber && !lf_fiber_resume(c->fiber);
    if (*more)
        return LF_OK;
    lf_fiber_destroy(c->fiber); /* how it ended is told until the file is let go */
    c->fiber = NULL;
    if (c->rc != LF_OK)
        *e = c->e;
    return c->rc;
}

/* What the reading said is kept once, with how many there are. */
static enum lf_code first_look(struct lf_case_imports *c, struct lf_task *t, struct lf_case_import *x,
                               struct lf_err *e)
{
    const struct lf_old_cases *o = &c->cases;

    for (size_t i = 0; i < o->nrefused && i < LF_OLD_LOSSES; i++)
        LF_TRY(case_import_note(t, x->id, false, (int64_t)i, o->refused[i].where, LF_V(""), o->refused[i].why,
                                e));
    for (size_t i = 0; i < o->nlosses && i < LF_OLD_LOSSES; i++)
        LF_TRY(case_import_note(t, x->id, true, (int64_t)i, o->losses[i].where, o->losses[i].value,
                                lf_view_of(o->losses[i].why), e));
    x->total = (int64_t)o->n;
    x->refused = (int64_t)o->nrefused;
    x->lost = (int64_t)o->nlosses;
    x->state = LF_CASE_IMPORT_TAKING;
    return LF_OK;
}

/* ---- its cases ---- */

/* The store is in trouble, not the case. */
static bool is_fatal(enum lf_code rc)
{
    return rc == LF_IO || rc == LF_FULL || rc == LF_AWAY;
}

static enum lf_code take_one(struct lf_case_imports *c, struct lf_task *own, struct lf_case_import *x,
                             struct lf_err *e)
{
    const struct lf_old_case *one = &c->cases.items[x->place];
    unsigned effects = own->effects;
    lf_view id;
    bool there;
    enum lf_code rc;

    LF_TRY(lf_db_save(own->db, e));
    rc = lf_old_case_keep(own, c->cases.source, one, x->dry, &id, &there, e);
    if (rc == LF_OK) {
        *(there ? &x->already : &x->made) += 1;
        LF_TRY(lf_db_release(own->db, e));
    } else {
        lf_db_undo(own->db);
        own->effects = effects;
        if (is_fatal(rc))
            return rc;
        if (x->refused < LF_OLD_LOSSES)
            LF_TRY(case_import_note(own, x->id, false, x->refused, one->where, LF_V(""), lf_view_of(e->text),
                                    e));
        x->refused++;
        *e = (struct lf_err){ 0 };
    }
    x->place++;
    return LF_OK;
}

static enum lf_code take_some(struct lf_case_imports *c, struct lf_task *own, struct lf_case_import *x,
                              struct lf_err *e)
{
    struct lf_arena a = { 0 };
    struct lf_task each = *own;
    enum lf_code rc = LF_OK;

    each.a = &a;
    do {
        if (x->place < x->total)
            rc = take_one(c, &each, x, e);
        lf_arena_reset(&a);
    } while (rc == LF_OK && x->place < x->total && lf_tick(own->env) < c->until);
    lf_arena_clear(&a);
    own->effects |= each.effects;
    if (x->place == x->total)
        x->state = LF_CASE_IMPORT_DONE;
    return rc;
}

/* The account's own task: it says who took them, and an account that may no more takes none. */
static enum lf_code as_giver(struct lf_task *own, lf_view account, struct lf_err *e)
{
    struct lf_account a;

    if (lf_view_is(account, "system")) /* by the local door */
        return LF_OK;
    own->scope.roles = LF_ROLE_SYSTEM;
    LF_TRY(lf_account_get(own, account, &a, e));
    own->scope.account = account;
    own->scope.roles = a.disabled ? 0 : a.roles;
    return lf_old_need(own, e);
}

static enum lf_code work(struct lf_case_imports *c, struct lf_task *own, struct lf_case_import *x, bool *more,
                         struct lf_err *e)
{
    LF_TRY(read_on(c, more, e));
    if (*more)
        return LF_OK;
    if (x->state == LF_CASE_IMPORT_READING)
        LF_TRY(first_look(c, own, x, e));
    return take_some(c, own, x, e);
}

enum lf_code lf_case_imports_next(struct lf_case_imports *c, struct lf_task *t, lf_time *again,
                                  struct lf_err *e)
{
    struct lf_task own = *t;
    struct lf_case_import x;
    bool more = false;
    enum lf_code rc;

    *again = LF_TIME_MAX;
    if (!c->id.len)
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_case_import_due, LF_NO_ARGS, on_due, c, NULL, e));
    if (!c->id.len)
        return LF_OK;
    *again = lf_tick(t->env);
    c->env = t->env;
    c->until = *again + SLICE;
    own.scope = (struct lf_scope){ .org = c->org, .account = LF_V("system"), .roles = t->scope.roles };
    rc = case_import_row(&own, c->id, &x, e);
    if (rc == LF_NOT_FOUND || (rc == LF_OK && case_import_over(&x))) { /* stopped meanwhile */
        lf_case_imports_forget(c);
        *e = (struct lf_err){ 0 };
        return LF_OK;
    }
    LF_TRY(rc);
    if (!c->file.text.ptr)
        LF_TRY(begin(c, &own, &x, e));
    rc = as_giver(&own, x.account, e);
    if (rc == LF_OK)
        rc = work(c, &own, &x, &more, e);
    if (rc != LF_OK && is_fatal(rc))
        return rc;
    if (rc != LF_OK) {
        x.state = LF_CASE_IMPORT_FAILED;
        x.trouble = lf_arena_copy(t->a, lf_view_of(e->text));
        *e = (struct lf_err){ 0 };
    }
    if (!more)
        LF_TRY(case_import_set(&own, &x, e));
    t->effects |= own.effects;
    if (case_import_over(&x))
        lf_case_imports_forget(c);
    return LF_OK;
}
