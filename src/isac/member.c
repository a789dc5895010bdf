#include "isac/member.h"

#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "isac/peer.h"
#include "model/advisory.h"
#include "model/role.h"
#include "post/mail.h"
#include "soc/asset.h"
#include "store/query_bulletin.h"

enum { SECTORS = 200, WORDS = 200 };

struct gather {
    struct lf_arena *a;
    struct lf_member *v;
    size_t n, cap;
};

static struct lf_member *more(struct gather *g)
{
    g->v = lf_arena_grow(g->a, g->v, g->n, &g->cap, sizeof *g->v);
    return &g->v[g->n++];
}

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    *more(g) = (struct lf_member){
        .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
        .name = lf_arena_copy(g->a, lf_row_text(r, 1)),
        .sectors = lf_arena_copy(g->a, lf_row_text(r, 2)),
        .level = lf_arena_copy(g->a, lf_row_text(r, 3)),
        .mail = lf_arena_copy(g->a, lf_row_text(r, 4)),
        .peer = lf_arena_copy(g->a, lf_row_text(r, 5)),
    };
    return LF_OK;
}

static const struct lf_member *find(const struct lf_member *v, size_t n, lf_view id)
{
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(v[i].id, id))
            return &v[i];
    return NULL;
}

static bool is_member(const struct lf_peer *p)
{
    return p->kind == LF_PEER_CHILD && (p->state == LF_PEER_ACTIVE || p->state == LF_PEER_SUSPENDED);
}

enum lf_code lf_member_list(struct lf_task *t, size_t *n, const struct lf_member **out, struct lf_err *e)
{
    struct gather known = { .a = t->a }, all = { .a = t->a };
    struct lf_scope s = lf_node_rows(t);
    struct lf_task own = lf_node_task(t);
    const struct lf_peer *peers;
    size_t npeers;

    LF_TRY(lf_db_run(t->db, &s, &lf_q_member_list, LF_ARGS(LF_INT(LF_MEMBERS)), on_row, &known, NULL, e));
    LF_TRY(lf_peer_list(&own, &npeers, &peers, e));
    for (size_t i = 0; i < npeers; i++) {
        const struct lf_member *m = find(known.v, known.n, peers[i].id);

        if (!is_member(&peers[i]))
            continue;
        *more(&all) = m ? *m : (struct lf_member){ .sectors = LF_V(""), .level = LF_V(""), .mail = LF_V("") };
        all.v[all.n - 1].id = all.v[all.n - 1].peer = peers[i].id;
        all.v[all.n - 1].name = peers[i].name;
    }
    for (size_t i = 0; i < known.n; i++)
        if (!known.v[i].peer.len)
            *more(&all) = known.v[i];
    *n = all.n;
    *out = all.v;
    return LF_OK;
}

/* ---- changing ---- */

static bool has_word(lf_view words, lf_view word)
{
    lf_view one;

    while (lf_view_split(&words, ' ', &one))
        if (one.len && lf_view_eq(one, word))
            return true;
    return false;
}

static lf_view known_sectors(void)
{
    return lf_view_of(lf_advisory_fields[lf_advisory_field(LF_V("sectors"))].choices);
}

static enum lf_code sectors_ok(lf_view sectors, struct lf_err *e)
{
    lf_view one;

    if (sectors.len > SECTORS)
        return lf_err_set(e, LF_BAD_INPUT, "member: sectors have at most %d bytes", SECTORS);
    while (lf_view_split(&sectors, ' ', &one))
        if (one.len && !has_word(known_sectors(), one))
            return lf_err_set(e, LF_BAD_INPUT, "member: there is no sector \"%.*s\"", LF_FMT(one));
    return LF_OK;
}

static bool level_ok(lf_view level)
{
    return !level.len || (level.len == 1 && level.ptr[0] >= 'A' && level.ptr[0] <= 'E');
}

static enum lf_code may_change(struct lf_task *t, struct lf_err *e)
{
    return lf_ident_need(t, LF_ROLE_ADMIN | LF_ROLE_REVIEWER, e);
}

enum lf_code lf_member_put(struct lf_task *t, const struct lf_member *m, lf_view *id, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    const struct lf_member *all, *old;
    struct lf_member now = *m;
    size_t n;

    LF_TRY(may_change(t, e));
    now.name = lf_view_trim(now.name);
    LF_TRY(sectors_ok(now.sectors, e));
    if (!level_ok(now.level))
        return lf_err_set(e, LF_BAD_INPUT, "member: the responsibility level is A, B, C, D or E");
    if (now.mail.len && (now.mail.len > LF_MEMBER_MAIL || !lf_mail_address_ok(now.mail)))
        return lf_err_set(e, LF_BAD_INPUT, "member: write the mail address as name@example.org");
    LF_TRY(lf_member_list(t, &n, &all, e));
    old = find(all, n, now.id);
    if (now.id.len && !old)
        return lf_err_set(e, LF_NOT_FOUND, "there is no member %.*s", LF_FMT(lf_view_first(now.id, 80)));
    if (!old && n >= LF_MEMBERS)
        return lf_err_set(e, LF_TOO_MANY, "member: there are at most %d", LF_MEMBERS);
    now.peer = old ? old->peer : LF_V("");
    if (now.peer.len)
        now.name = old->name;
    if (!lf_view_is_text(now.name, 1, LF_MEMBER_NAME))
        return lf_err_set(e, LF_BAD_INPUT, "member: a name has 1 to %d bytes", LF_MEMBER_NAME);
    if (!now.id.len)
        now.id = lf_uuid_new(t->env, t->a);
    LF_TRY(lf_db_exec(t->db, &s, &lf_q_member_put,
                      LF_ARGS(LF_TEXT(now.id), LF_TEXT(now.name), LF_TEXT(now.sectors), LF_TEXT(now.level),
                              LF_TEXT(now.mail), LF_TEXT(now.peer), LF_INT(lf_now(t->env))),
                      e));
    *id = now.id;
    return lf_audit_add(t, LF_V("member.put"), now.id, LF_V("{}"), e);
}

enum lf_code lf_member_remove(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    int64_t changed;

    LF_TRY(may_change(t, e));
    LF_TRY(lf_db_run(t->db, &s, &lf_q_member_remove, LF_ARGS(LF_TEXT(id)), NULL, NULL, &changed, e));
    if (!changed)
        return lf_err_set(e, LF_NOT_FOUND, "there is no member %.*s", LF_FMT(lf_view_first(id, 80)));
    return lf_audit_add(t, LF_V("member.remove"), id, LF_V("{}"), e);
}

/* ---- audiences ---- */

static bool texts(const struct lf_json *v, size_t most)
{
    if (!v)
        return true;
    if (lf_json_kind(v) != LF_JSON_ARRAY || lf_json_items(v) > most)
        return false;
    for (size_t i = 0; i < lf_json_items(v); i++)
        if (lf_json_kind(lf_json_item(v, i)) != LF_JSON_STRING)
            return false;
    return true;
}

static bool among(const struct lf_json *list, lf_view v)
{
    for (size_t i = 0; i < lf_json_items(list); i++)
        if (lf_view_eq(lf_json_text(lf_json_item(list, i)), v))
            return true;
    return false;
}

static enum lf_code keys_ok(const struct lf_json *v, struct lf_err *e)
{
    for (size_t i = 0; i < lf_json_members(v); i++) {
        lf_view key = lf_json_key(v, i);

        if (!lf_view_is(key, "sectors") && !lf_view_is(key, "levels") && !lf_view_is(key, "assets") &&
            !lf_view_is(key, "members"))
            return lf_err_set(e, LF_BAD_INPUT,
                              "audience: \"%.*s\" is none of sectors, levels, assets, members",
                              LF_FMT(lf_view_first(key, 40)));
    }
    return LF_OK;
}

enum lf_code lf_member_audience(struct lf_task *t, const struct lf_json *v, lf_view *text, struct lf_err *e)
{
    const struct lf_json *sectors = lf_json_get(v, LF_V("sectors")), *levels = lf_json_get(v, LF_V("levels")),
                         *members = lf_json_get(v, LF_V("members"));
    const struct lf_member *all;
    struct lf_buf b;
    size_t n;
    enum lf_code rc;

    if (lf_json_kind(v) != LF_JSON_OBJECT || !texts(sectors, 20) || !texts(levels, 5) ||
        !texts(members, LF_MEMBERS) || lf_json_str(v, "assets").len > WORDS)
        return lf_err_set(e, LF_BAD_INPUT,
                          "audience: sectors, levels and members are lists of texts, assets at most %d bytes",
                          WORDS);
    LF_TRY(keys_ok(v, e));
    for (size_t i = 0; i < lf_json_items(sectors); i++)
        LF_TRY(sectors_ok(lf_json_text(lf_json_item(sectors, i)), e));
    for (size_t i = 0; i < lf_json_items(levels); i++)
        if (lf_json_text(lf_json_item(levels, i)).len != 1 ||
            !level_ok(lf_json_text(lf_json_item(levels, i))))
            return lf_err_set(e, LF_BAD_INPUT, "audience: a level is A, B, C, D or E");
    LF_TRY(lf_member_list(t, &n, &all, e));
    for (size_t i = 0; i < lf_json_items(members); i++)
        if (!find(all, n, lf_json_text(lf_json_item(members, i))))
            return lf_err_set(e, LF_BAD_INPUT, "audience: there is no member %.*s",
                              LF_FMT(lf_view_first(lf_json_text(lf_json_item(members, i)), 80)));
    lf_buf_init(&b, LF_AUDIENCE);
    lf_json_write(&b, v);
    *text = lf_arena_copy(t->a, lf_buf_view(&b));
    rc = lf_buf_done(&b, e);
    lf_buf_clear(&b);
    return rc;
}

static bool holds(lf_view text, lf_view word)
{
    for (size_t i = 0; i + word.len <= text.len; i++)
        if (lf_view_eq_nocase(lf_view_first(lf_view_from(text, i), word.len), word))
            return true;
    return false;
}

static bool asset_has(const struct lf_asset *x, lf_view words)
{
    lf_view one;

    while (lf_view_split(&words, ' ', &one))
        if (!holds(x->name, one) && !holds(x->note, one) && !holds(x->addresses, one))
            return false;
    return true;
}

/* Who owns an asset with all these words; as long as the list of assets, an owner may be there twice. */
static enum lf_code owners(struct lf_task *t, lf_view words, size_t *n, lf_view **out, struct lf_err *e)
{
    struct lf_page page = { .limit = LF_PAGE_MOST, .after = { "", 0 } };
    size_t cap = 0, got;

    *n = 0;
    *out = NULL;
    do {
        struct lf_asset *list;

        LF_TRY(lf_asset_list(t, &page, &list, &got, &page.after, e));
        for (size_t i = 0; i < got; i++)
            if (list[i].owner.len && asset_has(&list[i], words)) {
                *out = lf_arena_grow(t->a, *out, *n, &cap, sizeof **out);
                (*out)[(*n)++] = list[i].owner;
            }
    } while (page.after.len);
    return LF_OK;
}

static bool any_sector(const struct lf_json *wanted, lf_view have)
{
    lf_view one;

    while (lf_view_split(&have, ' ', &one))
        if (one.len && among(wanted, one))
            return true;
    return false;
}

enum lf_code lf_member_choose(struct lf_task *t, lf_view text, size_t *n, const struct lf_member **out,
                              struct lf_err *e)
{
    const struct lf_json *v, *sectors, *levels, *named;
    const struct lf_member *all;
    struct gather chosen = { .a = t->a };
    lf_view *owner = NULL, words;
    size_t nall, nowner = 0;

    LF_TRY(lf_member_list(t, &nall, &all, e));
    LF_TRY(lf_json_parse(t->a, text.len ? text : LF_V("{}"), NULL, &v, e));
    sectors = lf_json_get(v, LF_V("sectors"));
    levels = lf_json_get(v, LF_V("levels"));
    named = lf_json_get(v, LF_V("members"));
    words = lf_view_trim(lf_json_str(v, "assets"));
    if (words.len)
        LF_TRY(owners(t, words, &nowner, &owner, e));
    for (size_t i = 0; i < nall; i++) {
        const struct lf_member *m = &all[i];
        bool by_fact = lf_json_items(sectors) || lf_json_items(levels) || words.len;
        bool in = (by_fact || !lf_json_items(named)) &&
                  (!lf_json_items(sectors) || any_sector(sectors, m->sectors)) &&
                  (!lf_json_items(levels) || among(levels, m->level));
        bool owns = !words.len;

        for (size_t k = 0; in && !owns && k < nowner; k++)
            owns = lf_view_eq_nocase(owner[k], m->name);
        if ((in && owns) || among(named, m->id))
            *more(&chosen) = *m;
    }
    *n = chosen.n;
    *out = chosen.v;
    return LF_OK;
}
