#include "ident/node.h"
#include "isac/object_priv.h"
#include "isac/peer.h"
#include "store/query_intelligence.h"

static const unsigned share_read = LF_ROLE_SHARE | LF_ROLE_ANALYST | LF_ROLE_ADMIN | LF_ROLE_REVIEWER |
                                   LF_ROLE_READER;
static const unsigned share_write = LF_ROLE_SHARE | LF_ROLE_ANALYST | LF_ROLE_ADMIN;

static bool allowed(const struct lf_task *t, lf_view who, unsigned roles)
{
    lf_view word;
    bool peer = (t->scope.roles & LF_ROLE_PEER) != 0;

    while (lf_view_split(&who, ' ', &word)) {
        if (lf_view_is(word, "public"))
            return true;
        if (lf_view_is(word, "share") && !peer && (t->scope.roles & roles))
            return true;
        if (peer && (lf_view_is(word, "children") || (word.len && lf_view_eq(word, t->scope.account))))
            return true;
    }
    return false;
}

struct gather {
    struct lf_task *t;
    struct lf_collection *items;
    size_t n, cap;
};

static enum lf_code take_collection(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_collection *c;

    (void)e;
    g->items = lf_arena_grow(g->t->a, g->items, g->n, &g->cap, sizeof *g->items);
    c = &g->items[g->n++];
    c->id = lf_arena_copy(g->t->a, lf_row_text(r, 0));
    c->alias = lf_arena_copy(g->t->a, lf_row_text(r, 1));
    c->title = lf_arena_copy(g->t->a, lf_row_text(r, 2));
    c->readers = lf_arena_copy(g->t->a, lf_row_text(r, 3));
    c->writers = lf_arena_copy(g->t->a, lf_row_text(r, 4));
    c->last_added = lf_row_int(r, 5);
    c->can_read = allowed(g->t, c->readers, share_read);
    c->can_write = allowed(g->t, c->writers, share_write);
    return LF_OK;
}

enum lf_code lf_collection_create(struct lf_task *t, lf_view alias, lf_view title, lf_view readers,
                                  lf_view writers, lf_view *id, struct lf_err *e)
{
    lf_view made = id->len ? *id : lf_uuid_new(t->env, t->a);

    int64_t number;

    if (!lf_uuid_ok(made))
        return lf_err_set(e, LF_BAD_INPUT, "a collection's id is a UUID");
    LF_TRY(lf_db_take(t->db, &t->scope, &lf_q_isac_reserve, LF_ARGS(LF_TEXT(LF_V("collection"))), 1, &number,
                      e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_collection_add,
                      LF_ARGS(LF_TEXT(made), LF_INT(number), LF_TEXT(alias), LF_TEXT(title), LF_TEXT(readers),
                              LF_TEXT(writers)),
                      e));
    *id = made;
    return LF_OK;
}

enum lf_code lf_collection_find(struct lf_task *t, lf_view id, struct lf_collection *out, struct lf_err *e)
{
    struct gather g = { .t = t };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_collection_get, LF_ARGS(LF_TEXT(id)), take_collection, &g, NULL,
                     e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "no collection \"%.*s\"", LF_FMT(lf_view_first(id, 80)));
    *out = g.items[0];
    for (size_t i = 0; i < g.n; i++) /* an alias that looks like another's id never hides it */
        if (lf_view_eq(g.items[i].id, id))
            *out = g.items[i];
    return LF_OK;
}

enum lf_code lf_collection_get(struct lf_task *t, lf_view id, struct lf_collection *out, struct lf_err *e)
{
    struct lf_collection c;

    LF_TRY(lf_collection_find(t, id, &c, e));
    if (!c.can_read && !c.can_write)
        return lf_err_set(e, LF_NOT_FOUND, "no collection \"%.*s\"", LF_FMT(lf_view_first(id, 80)));
    *out = c;
    return LF_OK;
}

enum lf_code lf_collection_list(struct lf_task *t, size_t *n, const struct lf_collection **out,
                                struct lf_err *e)
{
    struct gather g = { .t = t };
    size_t kept = 0;

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_collection_list, LF_NO_ARGS, take_collection, &g, NULL, e));
    for (size_t i = 0; i < g.n; i++)
        if (g.items[i].can_read || g.items[i].can_write)
            g.items[kept++] = g.items[i];
    *n = kept;
    *out = g.items;
    return LF_OK;
}

enum lf_code lf_collection_all(struct lf_task *t, size_t *n, const struct lf_collection **out,
                               struct lf_err *e)
{
    struct gather g = { .t = t };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_collection_list, LF_NO_ARGS, take_collection, &g, NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

/* ---- made and changed by people ---- */

enum { ALIAS_MOST = 64, TITLE_MOST = 400, WORDS_MOST = 64 };

static enum lf_code check_words(struct lf_task *t, const char *what, lf_view words, bool open,
                                struct lf_err *e)
{
    const lf_view prefix = LF_VIEW("peer:");
    lf_view rest = words, one;
    size_t n = 0;

    if (!lf_view_is_utf8(words))
        return lf_err_set(e, LF_UNACCEPTED, "%s: not UTF-8", what);
    while (rest.len && lf_view_split(&rest, ' ', &one)) {
        struct lf_peer peer;

        if (++n > WORDS_MOST)
            return lf_err_set(e, LF_UNACCEPTED, "%s: more than %d words", what, WORDS_MOST);
        if (!one.len || lf_view_is(one, "share") || lf_view_is(one, "children") ||
            (open && lf_view_is(one, "public")))
            continue;
        if (!lf_view_starts(one, prefix))
            return lf_err_set(e, LF_UNACCEPTED, "%s: \"%.*s\" is none of share, children%s, peer:<id>", what,
                              LF_FMT(lf_view_first(one, 80)), open ? ", public" : "");
        if (lf_peer_get(t, lf_view_from(one, prefix.len), &peer, e) != LF_OK)
            return lf_err_at(e, "%s", what);
    }
    return LF_OK;
}

static enum lf_code check_title(lf_view title, struct lf_err *e)
{
    bool ok = title.len <= TITLE_MOST && lf_view_is_utf8(title);

    for (size_t i = 0; i < title.len; i++)
        ok &= (unsigned char)title.ptr[i] >= 0x20 && title.ptr[i] != 0x7f;
    return ok ? LF_OK
              : lf_err_set(e, LF_UNACCEPTED, "title: at most %d bytes of text on one line", TITLE_MOST);
}

/* What links are built on: a node finds them by these names. */
static bool of_links(lf_view alias)
{
    return lf_view_is(alias, "members") || lf_view_is(alias, "up") || lf_view_starts(alias, LF_V("to-"));
}

enum lf_code lf_collection_make(struct lf_task *t, lf_view alias, lf_view title, lf_view readers,
                                lf_view writers, lf_view *id, struct lf_err *e)
{
    bool ok = alias.len > 0 && alias.len <= ALIAS_MOST && !lf_uuid_ok(alias);
    enum lf_code rc;

    for (size_t i = 0; i < alias.len; i++) {
        char c = alias.ptr[i];

        ok &= (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (i && (c == '-' || c == '_' || c == '.'));
    }
    if (!ok)
        return lf_err_set(e, LF_UNACCEPTED,
                          "alias: 1 to %d of a-z 0-9 . _ -, beginning with a letter or digit, and no UUID",
                          ALIAS_MOST);
    if (of_links(alias))
        return lf_err_set(e, LF_UNACCEPTED, "alias: \"%.*s\" is a name that links use", LF_FMT(alias));
    LF_TRY(check_title(title, e));
    LF_TRY(check_words(t, "readers", readers, true, e));
    LF_TRY(check_words(t, "writers", writers, false, e));
    rc = lf_collection_create(t, alias, title, readers, writers, id, e);
    return rc == LF_CONFLICT
               ? lf_err_set(e, LF_CONFLICT, "there is a collection \"%.*s\" already", LF_FMT(alias))
               : rc;
}

enum lf_code lf_collection_change(struct lf_task *t, const struct lf_collection *to, struct lf_err *e)
{
    struct lf_collection was;

    LF_TRY(lf_collection_find(t, to->id, &was, e));
    if (of_links(was.alias) &&
        (!lf_view_eq(was.readers, to->readers) || !lf_view_eq(was.writers, to->writers)))
        return lf_err_set(e, LF_CONFLICT, "\"%.*s\" is what links stand on: who reads and writes it stays",
                          LF_FMT(was.alias));
    LF_TRY(check_title(to->title, e));
    LF_TRY(check_words(t, "readers", to->readers, true, e));
    LF_TRY(check_words(t, "writers", to->writers, false, e));
    t->effects |= LF_FX_COLLECTION; /* who waits and may no longer is told so */
    if (t->changed)
        t->changed->all = true;
    return lf_db_exec(
        t->db, &t->scope, &lf_q_collection_set,
        LF_ARGS(LF_TEXT(to->title), LF_TEXT(to->readers), LF_TEXT(to->writers), LF_TEXT(was.id)), e);
}

/* ---- removed ---- */

bool lf_collection_standing(lf_view alias)
{
    return of_links(alias) || lf_view_is(alias, "library");
}

struct use {
    struct lf_arena *a;
    lf_view kind, name;
};

static enum lf_code take_use(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct use *u = ctx;

    (void)e;
    u->kind = lf_arena_copy(u->a, lf_row_text(r, 0));
    u->name = lf_arena_copy(u->a, lf_row_text(r, 1));
    return LF_OK;
}

enum lf_code lf_collection_remove(struct lf_task *t, lf_view id, bool *left, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct use use = { .a = t->a };
    struct lf_collection c;
    int64_t number;
    int gone = 0;

    LF_TRY(lf_collection_find(t, id, &c, e));
    if (lf_collection_standing(c.alias))
        return lf_err_set(e, LF_CONFLICT, "\"%.*s\" is what the node and its links stand on: it stays",
                          LF_FMT(c.alias));
    LF_TRY(
        lf_db_run(t->db, &t->scope, &lf_q_collection_use, LF_ARGS(LF_TEXT(c.id)), take_use, &use, NULL, e));
    if (use.kind.len)
        return lf_err_set(e, LF_CONFLICT, "the %.*s \"%.*s\" uses the collection; end or change that first",
                          LF_FMT(use.kind), LF_FMT(lf_view_first(use.name, 80)));
    LF_TRY(lf_entry_collection(t, c.id, &number, e));
    *left = false;
    for (int rank = 0; rank < 4 && !*left; rank++)
        for (;;) {
            struct lf_entry_list l = { 0 };

            LF_TRY(lf_entry_scan(t, number, LF_ENTRY_RANK, 0, rank, -1, 1, &l, e));
            if (!l.n)
                break;
            *left = gone == LF_COLLECTION_SWEEP;
            if (*left)
                break;
            LF_TRY(object_leave(&own, c.id, &l.v[0], e));
            gone++;
            rank = 0; /* what is left of an object may have another rank now */
        }
    t->effects |= own.effects | LF_FX_COLLECTION;
    if (t->changed)
        t->changed->all = true;
    if (*left)
        return lf_db_exec(t->db, &t->scope, &lf_q_collection_set,
                          LF_ARGS(LF_TEXT(c.title), LF_TEXT(c.readers), LF_TEXT(LF_V("")), LF_TEXT(c.id)), e);
    return lf_db_exec(t->db, &t->scope, &lf_q_collection_drop, LF_ARGS(LF_TEXT(c.id)), e);
}
