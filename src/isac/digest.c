#include "isac/digest.h"

#include "fmt/json.h"
#include "ident/account.h"
#include "ident/audit.h"
#include "isac/feed_priv.h" /* feed_scope */
#include "isac/object.h"
#include "store/query_digest.h"

enum { PAGE_BYTES = 8 << 20, READ_MOST = 32 << 20, PAGE = 200, DUE = 4, NAME = 200 };

/* ---- sentences ---- */

enum word {
    W_SUBJECT,
    W_TITLE,
    W_HANDLE_CLEAR,
    W_HANDLE_GREEN,
    W_HANDLE_AMBER,
    W_HANDLE_STRICT,
    W_HANDLE_RED,
    W_UNMARKED,
    W_MORE,
    W_STRICTER,
    W_BEYOND,
    W_END,
    W_REPORTS,
    W_INDICATORS,
    W_VULNERABILITIES,
    W_MALWARE,
    W_ACTORS,
    W_OTHERS
};

static const char *const words[][2] = {
    [W_SUBJECT] = { "情資摘要", "intelligence digest" },
    [W_TITLE] = { "新增情資，期間", "New intelligence from" },
    [W_HANDLE_CLEAR] = { "可公開，不限對象。", "May be shared with everybody." },
    [W_HANDLE_GREEN] = { "可在資安社群內分享，不得公開。", "For the community; not for public channels." },
    [W_HANDLE_AMBER] = { "僅限本組織及其客戶中有必要知悉者。",
                         "For those of your organisation and its clients who need to know." },
    [W_HANDLE_STRICT] = { "僅限本組織內有必要知悉者。",
                          "For those of your organisation alone who need to know." },
    [W_HANDLE_RED] = { "僅限收件人本人，不得轉知他人。", "For the person it was sent to and nobody else." },
    [W_UNMARKED] = { "未標示者以 TLP:AMBER 處理。", "What is not marked is to be treated as TLP:AMBER." },
    [W_MORE] = { "其餘請見主控台；未列出的筆數：", "More are in the console; not listed here:" },
    [W_STRICTER] = { "標示較嚴、不以郵件傳送的筆數：", "Marked more strictly and not mailed:" },
    [W_BEYOND] = { "新增的情資超過一封摘要的上限，其餘在下一封。",
                   "There is more than one digest holds; the rest is in the next." },
    [W_END] = { "此信由節點自動寄出，請勿回覆。訂閱可在主控台取消。",
                "This mail was sent by the node by itself. The console ends the subscription." },
    [W_REPORTS] = { "報告", "Reports" },
    [W_INDICATORS] = { "指標", "Indicators" },
    [W_VULNERABILITIES] = { "弱點", "Vulnerabilities" },
    [W_MALWARE] = { "惡意程式與工具", "Malware and tools" },
    [W_ACTORS] = { "行為者與行動", "Actors and campaigns" },
    [W_OTHERS] = { "手法與對策", "Techniques and measures" },
};

static const struct {
    const char *type;
    enum word word;
} kinds[] = {
    { "report", W_REPORTS },          { "grouping", W_REPORTS },
    { "indicator", W_INDICATORS },    { "vulnerability", W_VULNERABILITIES },
    { "malware", W_MALWARE },         { "tool", W_MALWARE },
    { "threat-actor", W_ACTORS },     { "intrusion-set", W_ACTORS },
    { "campaign", W_ACTORS },         { "attack-pattern", W_OTHERS },
    { "course-of-action", W_OTHERS },
};

static const enum word handling[] = {
    [LF_TLP_NONE] = W_HANDLE_AMBER,  [LF_TLP_CLEAR] = W_HANDLE_CLEAR,   [LF_TLP_GREEN] = W_HANDLE_GREEN,
    [LF_TLP_AMBER] = W_HANDLE_AMBER, [LF_TLP_STRICT] = W_HANDLE_STRICT, [LF_TLP_RED] = W_HANDLE_RED
};

/* In capitals, as TLP 2.0 wants a label written. */
/* ---- rows ---- */

struct gather {
    struct lf_arena *a;
    struct lf_digest *v;
    size_t n, max;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    if (g->n < g->max)
        g->v[g->n++] = (struct lf_digest){ .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                           .account = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                           .address = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                           .english = lf_row_int(r, 3) != 0,
                                           .weekly = lf_row_int(r, 4) != 0,
                                           .hour = lf_row_int(r, 5),
                                           .collection = lf_arena_copy(g->a, lf_row_text(r, 6)),
                                           .tlp = (enum lf_tlp)lf_row_int(r, 7),
                                           .created = lf_row_int(r, 8),
                                           .next = lf_row_int(r, 9),
                                           .since = lf_row_int(r, 10),
                                           .position = lf_row_int(r, 11),
                                           .trouble = lf_arena_copy(g->a, lf_view_some(lf_row_text(r, 12))) };
    return LF_OK;
}

static enum lf_code may(const struct lf_task *t, struct lf_err *e)
{
    const unsigned some = LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REVIEWER | LF_ROLE_REPORTER |
                          LF_ROLE_READER | LF_ROLE_SYSTEM;

    if (!(t->scope.roles & some) || !t->scope.account.len)
        return lf_err_set(e, LF_FORBIDDEN, "your roles do not allow digests");
    return LF_OK;
}

static bool all_of(const struct lf_task *t)
{
    return (t->scope.roles & (LF_ROLE_ADMIN | LF_ROLE_SYSTEM)) != 0;
}

enum lf_code lf_digest_get(struct lf_task *t, lf_view id, struct lf_digest *out, struct lf_err *e)
{
    struct lf_digest one;
    struct gather g = { .a = t->a, .v = &one, .max = 1 };

    LF_TRY(may(t, e));
    if (lf_view_is_text(id, 1, 64))
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_digest_get, LF_ARGS(LF_TEXT(id)), on_row, &g, NULL, e));
    if (!g.n || (!all_of(t) && !lf_view_eq(one.account, t->scope.account)))
        return lf_err_set(e, LF_NOT_FOUND, "there is no such digest");
    *out = one;
    return LF_OK;
}

enum lf_code lf_digest_list(struct lf_task *t, size_t *n, struct lf_digest **out, struct lf_err *e)
{
    struct gather g = { .a = t->a,
                        .v = LF_NEW(t->a, struct lf_digest, LF_DIGEST_MOST),
                        .max = LF_DIGEST_MOST };

    LF_TRY(may(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_digest_list,
                     LF_ARGS(LF_INT(all_of(t)), LF_TEXT(t->scope.account), LF_INT(LF_DIGEST_MOST)), on_row,
                     &g, NULL, e));
    *n = g.n;
    *out = g.v;
    return LF_OK;
}

/* The next such hour of Taipei; of a weekly one on a Monday (1970-01-01 was a Thursday). */
static lf_time next_time(const struct lf_digest *d, lf_time now)
{
    int64_t day = lf_taipei_day(now);
    lf_time at;

    for (;; day++) {
        at = lf_taipei_begin(day) + d->hour * LF_HOUR;
        if (at > now && (!d->weekly || (day + 3) % 7 == 0))
            return at;
    }
}

static enum lf_code audit(struct lf_task *t, const char *action, const struct lf_digest *d, struct lf_err *e)
{
    struct lf_audit_note n;

    lf_audit_open(&n);
    lf_json_put_str(&n.w, "account", d->account);
    lf_json_put_str(&n.w, "address", d->address);
    lf_json_put_str(&n.w, "collection", d->collection);
    return lf_audit_close(&n, t, lf_view_of(action), d->id, e);
}

/* The account's own task: what it may see, it alone decides. */
static enum lf_code as_account(struct lf_task *t, lf_view account, struct lf_task *own, struct lf_err *e)
{
    struct lf_account a;
    enum lf_code rc;

    *own = *t;
    own->effects = 0;
    own->scope = feed_scope(t);
    rc = lf_account_get(own, account, &a, e);
    if (rc == LF_OK && a.disabled)
        rc = lf_err_set(e, LF_NOT_FOUND, "the account is disabled");
    if (rc != LF_OK)
        return rc;
    own->scope = (struct lf_scope){ .org = t->self->org, .account = a.id, .roles = a.roles };
    return LF_OK;
}

enum lf_code lf_digest_add(struct lf_task *t, const struct lf_digest *in, lf_view *id, struct lf_err *e)
{
    lf_time now = lf_now(t->env);
    struct lf_digest d = *in;
    struct lf_collection c;
    struct lf_account a;
    struct lf_task own;
    int64_t n;

    LF_TRY(may(t, e));
    if (!d.account.len)
        d.account = t->scope.account;
    if (!lf_view_eq(d.account, t->scope.account)) {
        if (!all_of(t))
            return lf_err_set(e, LF_FORBIDDEN, "only an administrator sets up a digest for another");
        if (!lf_uuid_ok(d.account)) {
            LF_TRY(lf_account_find(t, d.account, &a, e));
            d.account = a.id;
        }
    }
    if (lf_view_is(d.account, "system"))
        return lf_err_set(e, LF_BAD_INPUT, "say for which account: \"account\"");
    if (!lf_mail_address_ok(d.address))
        return lf_err_set(e, LF_BAD_INPUT, "digest: the address is one of mail, as name@example.org");
    if (d.hour < 0 || d.hour > 23)
        return lf_err_set(e, LF_BAD_INPUT, "digest: the hour is 0 to 23, of Taipei");
    LF_TRY(as_account(t, d.account, &own, e));
    LF_TRY(lf_collection_get(&own, d.collection, &c, e));
    if (!c.can_read)
        return lf_err_set(e, LF_FORBIDDEN, "the account may not read this collection");
    d.collection = c.id;
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_digest_count, LF_NO_ARGS, &n, e));
    if (n >= LF_DIGEST_MOST)
        return lf_err_set(e, LF_TOO_MANY, "there are %d digests, and no more may be", LF_DIGEST_MOST);
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_digest_count_own, LF_ARGS(LF_TEXT(d.account)), &n, e));
    if (n >= LF_DIGEST_OWN)
        return lf_err_set(e, LF_TOO_MANY, "an account has at most %d digests", LF_DIGEST_OWN);
    d.id = lf_uuid_new(t->env, t->a);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_digest_add,
                      LF_ARGS(LF_TEXT(d.id), LF_TEXT(d.account), LF_TEXT(d.address), LF_INT(d.english),
                              LF_INT(d.weekly), LF_INT(d.hour), LF_TEXT(d.collection), LF_INT(d.tlp),
                              LF_INT(now), LF_INT(next_time(&d, now)), LF_INT(c.last_added)),
                      e));
    *id = d.id;
    t->effects |= LF_FX_MAIL;
    return audit(t, "digest.add", &d, e);
}

enum lf_code lf_digest_remove(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_digest d;

    LF_TRY(lf_digest_get(t, id, &d, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_digest_delete, LF_ARGS(LF_TEXT(d.id)), e));
    LF_TRY(lf_mail_forget(t, d.id, LF_V(""), false, e)); /* nobody waits for it */
    return audit(t, "digest.remove", &d, e);
}

enum lf_code lf_digest_now(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_digest d;

    LF_TRY(lf_digest_get(t, id, &d, e));
    t->effects |= LF_FX_MAIL;
    return lf_db_exec(t->db, &t->scope, &lf_q_digest_now, LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(d.id)), e);
}

/* ---- making one ---- */

struct item {
    enum lf_tlp tlp;
    enum word word;
    lf_view line;
};

struct made {
    const struct lf_digest *d;
    struct item *v;
    size_t n, cap, stricter;
    lf_time position;
    bool beyond, unmarked;
};

/* One line of printable text; addresses and names of sites are made harmless to click on. */
static lf_view tame(struct lf_arena *a, lf_view v, bool defang)
{
    struct lf_buf b;
    lf_view out;

    v = lf_view_first(v, NAME);
    while (!lf_view_is_utf8(v))
        v.len--;
    lf_buf_init(&b, 4 * NAME);
    for (size_t i = 0; i < v.len; i++) {
        unsigned char c = (unsigned char)v.ptr[i];

        if (c < 0x20 || c == 0x7f)
            lf_buf_byte(&b, ' ');
        else if (defang && c == '.')
            LF_PUT(&b, "[.]");
        else if (defang && c == ':' && i + 2 < v.len && v.ptr[i + 1] == '/' && v.ptr[i + 2] == '/')
            LF_PUT(&b, "[:]");
        else
            lf_buf_byte(&b, (char)c);
    }
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static enum lf_code take(struct lf_task *own, struct made *m, const struct lf_object *o, struct lf_err *e)
{
    const struct lf_json_limits limits = { .bytes = UINT32_MAX, .depth = 512 };
    const struct lf_json *tree;
    enum lf_tlp tlp;
    bool closed, indicator;
    lf_view line;
    size_t k = 0;

    while (k < sizeof kinds / sizeof *kinds && !lf_view_is(o->type, kinds[k].type))
        k++;
    if (k == sizeof kinds / sizeof *kinds || lf_json_parse(own->a, o->json, &limits, &tree, NULL) != LF_OK ||
        lf_json_bool(tree, "revoked", false))
        return LF_OK;
    LF_TRY(lf_rights_strictest(own, LF_V(""), own->scope.account, tree, &tlp, &closed, e));
    if (closed)
        tlp = LF_TLP_RED;
    if ((tlp ? tlp : LF_TLP_AMBER) > m->d->tlp) {
        m->stricter++;
        return LF_OK;
    }
    indicator = lf_view_is(o->type, "indicator");
    line = tame(own->a,
                lf_json_str(tree, "name").len ? lf_json_str(tree, "name") : lf_json_str(tree, "pattern"),
                indicator);
    m->unmarked |= !tlp;
    m->v = lf_arena_grow(own->a, m->v, m->n, &m->cap, sizeof *m->v);
    m->v[m->n++] = (struct item){ tlp ? tlp : LF_TLP_AMBER, kinds[k].word, line };
    return LF_OK;
}

static enum lf_code gather_new(struct lf_task *own, struct made *m, struct lf_err *e)
{
    struct lf_object_filter *f = LF_NEW(own->a, struct lf_object_filter, 1);
    const struct lf_object *o;
    struct lf_collection c;
    size_t n, bytes = 0;
    bool more = true;

    LF_TRY(lf_collection_get(own, m->d->collection, &c, e));
    if (!c.can_read)
        return lf_err_set(e, LF_FORBIDDEN, "the account may not read the collection any more");
    *f = (struct lf_object_filter){
        .after = m->d->position, .limit = PAGE, .bodies = true, .bytes = PAGE_BYTES, .v_last = true
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        f->type[f->ntype++] = lf_view_of(kinds[i].type);
    LF_TRY(lf_rights_open(own, c.readers, &f->rights, e));
    while (more && m->n + m->stricter < LF_DIGEST_OBJECTS && bytes < READ_MOST) {
        LF_TRY(lf_object_list(own, c.id, f, &n, &o, &more, e));
        for (size_t i = 0; i < n; i++) {
            bytes += o[i].json.len;
            LF_TRY(take(own, m, &o[i], e));
        }
        if (!n)
            break;
        m->position = f->after = o[n - 1].added;
    }
    m->beyond = more;
    return LF_OK;
}

static void put_day(struct lf_buf *b, lf_time at)
{
    struct lf_civil c = lf_civil_of(at + LF_TAIPEI);

    lf_buf_printf(b, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, c.hour, c.minute);
}

static void put_part(struct lf_buf *b, const struct made *m, enum lf_tlp tlp, enum word word)
{
    int lang = m->d->english;
    size_t n = 0, told = 0;

    for (size_t i = 0; i < m->n; i++)
        n += m->v[i].tlp == tlp && m->v[i].word == word;
    if (!n)
        return;
    lf_buf_printf(b, "\r\n%s (%zu)\r\n", words[word][lang], n);
    for (size_t i = 0; i < m->n && told < LF_DIGEST_LINES; i++)
        if (m->v[i].tlp == tlp && m->v[i].word == word) {
            lf_buf_printf(b, "- %.*s\r\n", LF_FMT(m->v[i].line));
            told++;
        }
    if (n > told)
        lf_buf_printf(b, "  %s %zu\r\n", words[W_MORE][lang], n - told);
}

/* `org`: of the account that it is for. */
static enum lf_code send(struct lf_task *t, const struct lf_mail_settings *s, const struct made *m,
                         lf_view org, lf_time now, struct lf_err *e)
{
    int lang = m->d->english;
    enum lf_tlp strictest = LF_TLP_CLEAR;
    struct lf_mail_text mail = {
        .digest = m->d->id, .to = m->d->address, .org = org, .english = m->d->english
    };
    struct lf_buf b;

    for (size_t i = 0; i < m->n; i++)
        strictest = m->v[i].tlp > strictest ? m->v[i].tlp : strictest;
    lf_buf_init(&b, 2 << 20);
    lf_buf_printf(&b, "%s\r\n%s\r\n\r\n%.*s — %s ", lf_tlp_label(strictest), words[handling[strictest]][lang],
                  LF_FMT(tame(t->a, t->self->name, false)), words[W_TITLE][lang]);
    put_day(&b, m->d->since);
    LF_PUT(&b, " – ");
    put_day(&b, now);
    LF_PUT(&b, " (UTC+8)\r\n");
    for (int tlp = LF_TLP_CLEAR; tlp <= LF_TLP_RED; tlp++) {
        bool any = false;

        for (size_t i = 0; i < m->n; i++)
            any |= m->v[i].tlp == (enum lf_tlp)tlp;
        if (!any)
            continue;
        lf_buf_printf(&b, "\r\n== %s ==\r\n%s\r\n", lf_tlp_label((enum lf_tlp)tlp),
                      words[handling[tlp]][lang]);
        for (int w = W_REPORTS; w <= W_OTHERS; w++)
            put_part(&b, m, (enum lf_tlp)tlp, (enum word)w);
    }
    LF_PUT(&b, "\r\n");
    if (m->unmarked)
        lf_buf_printf(&b, "%s\r\n", words[W_UNMARKED][lang]);
    if (m->stricter)
        lf_buf_printf(&b, "%s %zu\r\n", words[W_STRICTER][lang], m->stricter);
    if (m->beyond)
        lf_buf_printf(&b, "%s\r\n", words[W_BEYOND][lang]);
    lf_buf_printf(&b, "-- \r\n%s\r\n", words[W_END][lang]);
    mail.body = lf_arena_copy(t->a, lf_buf_view(&b));
    mail.subject = lf_arena_printf(t->a, "[%s] %.*s %s (%zu)", lf_tlp_label(strictest),
                                   LF_FMT(tame(t->a, t->self->name, false)), words[W_SUBJECT][lang], m->n);
    lf_buf_clear(&b);
    return lf_mail_add(t, s, &mail, NULL, e);
}

static enum lf_code one(struct lf_task *t, const struct lf_mail_settings *s, const struct lf_digest *d,
                        struct lf_err *e)
{
    struct lf_scope node = feed_scope(t);
    struct made m = { .d = d, .position = d->position };
    lf_time now = lf_now(t->env), next = next_time(d, now);
    struct lf_err why = { 0 };
    struct lf_task own;
    enum lf_code rc = as_account(t, d->account, &own, &why);

    if (rc == LF_OK)
        rc = gather_new(&own, &m, &why);
    if (rc == LF_IO || rc == LF_FULL || rc == LF_AWAY) {
        *e = why;
        return rc;
    }
    if (rc != LF_OK) /* told at the digest; looked at again at its next time */
        return lf_db_exec(t->db, &node, &lf_q_digest_made,
                          LF_ARGS(LF_INT(next), LF_INT(d->since), LF_INT(d->position),
                                  LF_TEXT(lf_view_of(why.text)), LF_TEXT(d->id)),
                          e);
    if (m.n || m.stricter)
        LF_TRY(send(t, s, &m, own.scope.org, now, e));
    return lf_db_exec(t->db, &node, &lf_q_digest_made,
                      LF_ARGS(LF_INT(m.beyond ? now + LF_MINUTE : next), LF_INT(now), LF_INT(m.position),
                              LF_TEXT(LF_V("")), LF_TEXT(d->id)),
                      e);
}

enum lf_code lf_digest_turn(struct lf_task *t, const struct lf_mail_settings *s, lf_time *next,
                            struct lf_err *e)
{
    struct gather g = { .a = t->a, .v = LF_NEW(t->a, struct lf_digest, DUE), .max = DUE };
    struct lf_scope node = feed_scope(t);
    lf_time began = lf_tick(t->env);

    *next = 0;
    if (!s->server.len)
        return LF_OK;
    LF_TRY(lf_db_run(t->db, &node, &lf_q_digest_due, LF_ARGS(LF_INT(lf_now(t->env)), LF_INT(DUE)), on_row, &g,
                     NULL, e));
    /* Those that are left are due still. */
    for (size_t i = 0; i < g.n && (!i || lf_tick(t->env) - began < LF_MAIL_TURN); i++)
        LF_TRY(one(t, s, &g.v[i], e));
    return lf_db_int(t->db, &node, &lf_q_digest_soonest, LF_NO_ARGS, next, e);
}
