#include "isac/advisory_priv.h"

#include "base/crypto.h"
#include "fmt/stix.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "isac/indicator.h"
#include "isac/link.h"
#include "isac/object.h"
#include "isac/peer.h"
#include "isac/rights.h"
#include "model/file.h"
#include "model/role.h"
#include "store/query_advisory.h"
#include "store/query_bulletin.h"
#include "store/query_intelligence.h"

enum { MADE = LF_ADVISORY_LIST };

static const char *const states[LF_ADVISORY_STATES] = { "draft", "review", "returned", "published",
                                                        "withdrawn" };
static const char *const acts[LF_ADVISORY_ACTS] = { "wrote",     "submitted", "returned", "published",
                                                    "withdrawn", "attached",  "detached" };

const char *lf_advisory_state_name(enum lf_advisory_state s)
{
    return states[s];
}

const char *lf_advisory_act_name(enum lf_advisory_act a)
{
    return acts[a];
}

bool lf_advisory_state_parse(lf_view name, enum lf_advisory_state *s)
{
    size_t at;

    if (!lf_view_among(name, states, LF_ADVISORY_STATES, &at))
        return false;
    *s = (enum lf_advisory_state)at;
    return true;
}

enum lf_code advisory_may_write(struct lf_task *t, struct lf_err *e)
{
    return lf_ident_need(t, LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER, e);
}

enum lf_code advisory_may_see(struct lf_task *t, struct lf_err *e)
{
    return lf_ident_need(t,
                         LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER |
                             LF_ROLE_READER | LF_ROLE_SYSTEM,
                         e);
}

static lf_time to_milli(lf_time at)
{
    return at - at % LF_MSEC;
}

/* ---- rows ---- */

struct gather {
    struct lf_arena *a;
    void *items;
    size_t n, cap;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_arena *a = g->a;
    struct lf_advisory_row *rows = g->items = lf_arena_grow(a, g->items, g->n, &g->cap, sizeof *rows);

    (void)e;
    rows[g->n++] = (struct lf_advisory_row){
        .origin = lf_arena_copy(a, lf_row_text(r, 0)),
        .id = lf_arena_copy(a, lf_row_text(r, 1)),
        .seq = lf_row_int(r, 2),
        .kind = (enum lf_advisory_kind)lf_row_int(r, 3),
        .state = (enum lf_advisory_state)lf_row_int(r, 4),
        .exercise = lf_row_int(r, 5) != 0,
        .title = lf_arena_copy(a, lf_row_text(r, 6)),
        .form = lf_arena_copy(a, lf_row_text(r, 7)),
        .author = lf_arena_copy(a, lf_row_text(r, 8)),
        .reviewer = lf_arena_copy(a, lf_row_text(r, 9)),
        .note = lf_arena_copy(a, lf_row_text(r, 10)),
        .created = lf_row_int(r, 11),
        .changed = lf_row_int(r, 12),
        .published = lf_row_int(r, 13),
        .version = lf_row_int(r, 14),
        .tlp = (enum lf_tlp)lf_row_int(r, 15),
        .marking = lf_row_int(r, 16),
        .indicators = lf_arena_copy(a, lf_row_text(r, 17)),
        .json = lf_arena_copy(a, lf_row_text(r, 18)),
    };
    return LF_OK;
}

/* Whom it is for is reckoned when it is written, so that a list need not read it again. */
static enum lf_code put(struct lf_task *t, const struct lf_advisory_row *r, struct lf_err *e)
{
    lf_view author = r->origin.len ? lf_rights_author(t, r->origin) : LF_V("system");
    struct lf_scope s = lf_node_rows(t);
    enum lf_tlp tlp = LF_TLP_NONE;
    const struct lf_json *form, *report;
    int64_t marking = 0;

    LF_TRY(lf_json_parse(t->a, r->form, NULL, &form, e));
    (void)lf_tlp_parse(lf_json_str(form, "tlp"), &tlp);
    if (r->json.len) {
        LF_TRY(lf_json_parse(t->a, r->json, NULL, &report, e));
        LF_TRY(lf_rights_key(t, r->origin, author, report, &marking, e));
    }
    return lf_db_exec(t->db, &s, &lf_q_advisory_put,
                      LF_ARGS(LF_TEXT(r->origin), LF_TEXT(r->id), LF_INT(r->seq), LF_INT(r->kind),
                              LF_INT(r->state), LF_INT(r->exercise), LF_TEXT(r->title), LF_TEXT(r->form),
                              LF_TEXT(r->author), LF_TEXT(r->reviewer), LF_TEXT(r->note), LF_INT(r->created),
                              LF_INT(r->changed), LF_INT(r->published), LF_INT(r->version), LF_INT(tlp),
                              LF_INT(marking), LF_TEXT(r->indicators), LF_TEXT(r->json)),
                      e);
}

static enum lf_code next_seq(struct lf_task *t, int64_t *seq, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);

    return lf_db_take(t->db, &s, &lf_q_isac_reserve, LF_ARGS(LF_TEXT(LF_V("advisory"))), 1, seq, e);
}

static enum lf_code find(struct lf_task *t, lf_view id, struct lf_advisory_row *out, struct lf_err *e)
{
    struct gather g = { .a = t->a };
    struct lf_scope s = lf_node_rows(t);

    LF_TRY(lf_db_run(t->db, &s, &lf_q_advisory_get, LF_ARGS(LF_TEXT(id)), on_row, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "there is no advisory %.*s", LF_FMT(lf_view_first(id, 80)));
    *out = *(struct lf_advisory_row *)g.items;
    return LF_OK;
}

/* What is written, out or not yet, is for whom its marking says, and for who wrote it. */
static enum lf_code shown_to(struct lf_task *t, struct lf_rights *rights, const struct lf_advisory_row *x,
                             bool *shown, struct lf_err *e)
{
    *shown = true;
    if (x->author.len && lf_view_eq(x->author, t->scope.account))
        return LF_OK;
    if (x->marking)
        LF_TRY(lf_rights_shows(rights, x->marking,
                               x->origin.len ? lf_rights_author(t, x->origin) : LF_V("system"), shown, e));
    return *shown && x->tlp ? lf_rights_tlp(rights, x->origin, x->tlp, shown, e) : LF_OK;
}

enum lf_code advisory_visible(struct lf_task *t, lf_view id, struct lf_advisory_row *out, struct lf_err *e)
{
    struct lf_rights *rights;
    bool shown;

    LF_TRY(find(t, id, out, e));
    LF_TRY(lf_rights_open(t, LF_V(""), &rights, e));
    LF_TRY(shown_to(t, rights, out, &shown, e));
    return shown ? LF_OK
                 : lf_err_set(e, LF_NOT_FOUND, "there is no advisory %.*s", LF_FMT(lf_view_first(id, 80)));
}

enum lf_code lf_advisory_get(struct lf_task *t, lf_view id, struct lf_advisory_row *out, struct lf_err *e)
{
    LF_TRY(advisory_may_see(t, e));
    return advisory_visible(t, id, out, e);
}

static bool stands_in(lf_view text, lf_view word)
{
    for (size_t i = 0; i + word.len <= text.len; i++)
        if (lf_view_eq_nocase(lf_view_first(lf_view_from(text, i), word.len), word))
            return true;
    return false;
}

static bool stands_in_value(const struct lf_json *v, lf_view word)
{
    if (lf_json_kind(v) == LF_JSON_STRING)
        return stands_in(lf_json_text(v), word);
    for (size_t i = 0; i < lf_json_size(v); i++)
        if (stands_in_value(lf_json_kind(v) == LF_JSON_OBJECT ? lf_json_member(v, i) : lf_json_item(v, i),
                            word))
            return true;
    return false;
}

static enum lf_code has_words(struct lf_arena *a, const struct lf_advisory_row *x, lf_view words, bool *has,
                              struct lf_err *e)
{
    const struct lf_json *form;
    lf_view one;

    *has = true;
    if (!words.len)
        return LF_OK;
    LF_TRY(lf_json_parse(a, x->form, NULL, &form, e));
    while (*has && lf_view_split(&words, ' ', &one))
        *has = stands_in(x->id, one) || stands_in_value(form, one);
    return LF_OK;
}

static enum lf_code words_ok(lf_view words, struct lf_err *e)
{
    lf_view one;
    size_t n = 0;

    while (lf_view_split(&words, ' ', &one))
        n += one.len > 0;
    return n <= LF_ADVISORY_WORDS
               ? LF_OK
               : lf_err_set(e, LF_BAD_INPUT, "advisory: %d words at most are looked for", LF_ADVISORY_WORDS);
}

enum lf_code lf_advisory_list(struct lf_task *t, int kind, int state, lf_view words,
                              const struct lf_page *page, size_t *n, const struct lf_advisory_row **out,
                              lf_view *next, struct lf_err *e)
{
    size_t limit = lf_page_rows(page);
    struct lf_scope s = lf_node_rows(t);
    struct gather g = { .a = t->a };
    struct lf_advisory_row *rows;
    struct lf_rights *rights;
    int64_t before = INT64_MAX;
    size_t kept = 0, got, looked = 0;

    LF_TRY(advisory_may_see(t, e));
    words = lf_view_trim(words);
    LF_TRY(words_ok(words, e));
    LF_TRY(lf_rights_open(t, LF_V(""), &rights, e));
    if (page->after.len && !lf_view_i64(page->after, &before))
        return lf_err_set(e, LF_BAD_INPUT, "advisory: that is no place in a list; give \"next\" as it came");
    do { /* a page is full as long as there is more that the asker may have */
        LF_TRY(lf_db_run(
            t->db, &s, &lf_q_advisory_list,
            LF_ARGS(LF_INT(words.len != 0), LF_INT(before), LF_INT(kind), LF_INT(state), LF_INT(limit + 1)),
            on_row, &g, NULL, e));
        rows = g.items;
        got = g.n - kept;
        before = g.n ? rows[g.n - 1].seq : 0;
        looked += got;
        for (size_t i = kept; i < g.n; i++) {
            bool shown;

            LF_TRY(shown_to(t, rights, &rows[i], &shown, e));
            if (shown)
                LF_TRY(has_words(t->a, &rows[i], words, &shown, e));
            if (shown)
                rows[kept++] = rows[i];
        }
        g.n = kept;
    } while (got > limit && g.n <= limit && (!words.len || looked < LF_ADVISORY_LOOK));
    *n = g.n > limit ? limit : g.n;
    *out = rows;
    *next = g.n > limit   ? lf_arena_printf(t->a, "%lld", (long long)rows[limit - 1].seq)
            : got > limit ? lf_arena_printf(t->a, "%lld", (long long)before)
                          : LF_V("");
    return LF_OK;
}

enum lf_code lf_advisory_form_of(struct lf_task *t, const struct lf_advisory_row *row,
                                 struct lf_advisory_form *out, struct lf_err *e)
{
    const struct lf_json *v;

    LF_TRY(lf_json_parse(t->a, row->form, NULL, &v, e));
    return lf_advisory_read_form(t->a, row->kind, v, out, e);
}

/* ---- history ---- */

static enum lf_code on_event(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_advisory_event *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_advisory_event){
        .seq = lf_row_int(r, 0),
        .at = lf_row_int(r, 1),
        .account = lf_arena_copy(g->a, lf_row_text(r, 2)),
        .act = (enum lf_advisory_act)lf_row_int(r, 3),
        .note = lf_arena_copy(g->a, lf_row_text(r, 4)),
        .form = lf_arena_copy(g->a, lf_row_text(r, 5)),
    };
    return LF_OK;
}

enum lf_code lf_advisory_history(struct lf_task *t, lf_view id, size_t *n,
                                 const struct lf_advisory_event **out, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    struct gather g = { .a = t->a };
    struct lf_advisory_row x;

    LF_TRY(advisory_may_see(t, e));
    LF_TRY(advisory_visible(t, id, &x, e));
    LF_TRY(lf_db_run(t->db, &s, &lf_q_advisory_event_list, LF_ARGS(LF_TEXT(id)), on_event, &g, NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

/* Into its own history, and the act (not the text) into the audit chain. */
enum lf_code advisory_tell(struct lf_task *t, lf_view id, enum lf_advisory_act act, lf_view note,
                           lf_view form, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);

    LF_TRY(lf_db_exec(t->db, &s, &lf_q_advisory_event_add,
                      LF_ARGS(LF_TEXT(id), LF_INT(lf_now(t->env)), LF_TEXT(t->scope.account), LF_INT(act),
                              LF_TEXT(note), LF_TEXT(form)),
                      e));
    return lf_audit_add(t, lf_arena_printf(t->a, "advisory.%s", acts[act]), id, LF_V("{}"), e);
}

/* ---- writing ---- */

enum lf_code lf_advisory_own(struct lf_task *t, lf_view id, struct lf_advisory_row *out, struct lf_err *e)
{
    LF_TRY(find(t, id, out, e));
    return out->origin.len
               ? lf_err_set(e, LF_FORBIDDEN, "%.*s is a peer's: only its origin changes it", LF_FMT(id))
               : LF_OK;
}

/* With room for what else stands in the report, which peers take up to 1 MiB of. */
static enum lf_code small_enough(lf_view form, struct lf_err *e)
{
    return form.len <= LF_ADVISORY_FORM
               ? LF_OK
               : lf_err_set(e, LF_TOO_BIG, "advisory: all fields together have at most %d bytes",
                            LF_ADVISORY_FORM);
}

enum lf_code advisory_not_now(const struct lf_advisory_row *r, const char *what, struct lf_err *e)
{
    return lf_err_set(e, LF_CONFLICT, "advisory: it is %s, so it cannot be %s", states[r->state], what);
}

enum lf_code lf_advisory_draft(struct lf_task *t, enum lf_advisory_kind kind,
                               const struct lf_advisory_form *form, bool exercise, lf_view *id,
                               struct lf_err *e)
{
    lf_time now = to_milli(lf_now(t->env));
    struct lf_advisory_row r = {
        .id = lf_arena_printf(t->a, "report--%.*s", LF_FMT(lf_uuid_new(t->env, t->a))),
        .origin = LF_V(""),
        .kind = kind,
        .exercise = exercise,
        .title = lf_advisory_text(form, "title"),
        .form = lf_advisory_write_form(t->a, form),
        .author = t->scope.account,
        .reviewer = LF_V(""),
        .note = LF_V(""),
        .created = now,
        .changed = now,
        .indicators = LF_V("[]"),
        .json = LF_V(""),
    };

    LF_TRY(advisory_may_write(t, e));
    LF_TRY(small_enough(r.form, e));
    LF_TRY(next_seq(t, &r.seq, e));
    LF_TRY(put(t, &r, e));
    *id = r.id;
    return advisory_tell(t, r.id, LF_ADVISORY_WROTE, LF_V(""), r.form, e);
}

enum lf_code lf_advisory_edit(struct lf_task *t, lf_view id, const struct lf_advisory_form *form,
                              struct lf_err *e)
{
    struct lf_advisory_row r;

    LF_TRY(advisory_may_write(t, e));
    LF_TRY(lf_advisory_own(t, id, &r, e));
    if (r.state == LF_ADVISORY_REVIEW || r.state == LF_ADVISORY_WITHDRAWN)
        return advisory_not_now(&r, "changed", e);
    r.state = LF_ADVISORY_DRAFT;
    r.title = lf_advisory_text(form, "title");
    r.form = lf_advisory_write_form(t->a, form);
    r.author = t->scope.account;
    r.changed = lf_now(t->env);
    LF_TRY(small_enough(r.form, e));
    LF_TRY(put(t, &r, e));
    return advisory_tell(t, id, LF_ADVISORY_WROTE, LF_V(""), r.form, e);
}

enum lf_code lf_advisory_submit(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_advisory_form form;
    struct lf_advisory_row r;

    LF_TRY(advisory_may_write(t, e));
    LF_TRY(lf_advisory_own(t, id, &r, e));
    if (r.state != LF_ADVISORY_DRAFT && r.state != LF_ADVISORY_RETURNED)
        return advisory_not_now(&r, "handed in", e);
    LF_TRY(lf_advisory_form_of(t, &r, &form, e));
    LF_TRY(lf_advisory_complete(r.kind, &form, e));
    r.state = LF_ADVISORY_REVIEW;
    r.changed = lf_now(t->env);
    LF_TRY(put(t, &r, e));
    return advisory_tell(t, id, LF_ADVISORY_SUBMITTED, LF_V(""), LF_V(""), e);
}

static enum lf_code take_reason(lf_view *reason, struct lf_err *e)
{
    *reason = lf_view_trim(*reason);
    if (!lf_view_is_text(*reason, 1, LF_ADVISORY_NOTE))
        return lf_err_set(e, LF_BAD_INPUT, "advisory: say why, in 1 to %d bytes", LF_ADVISORY_NOTE);
    return LF_OK;
}

enum lf_code lf_advisory_return(struct lf_task *t, lf_view id, lf_view reason, struct lf_err *e)
{
    struct lf_advisory_row r;

    LF_TRY(lf_ident_need(t, LF_ROLE_REVIEWER, e));
    LF_TRY(lf_advisory_own(t, id, &r, e));
    if (r.state != LF_ADVISORY_REVIEW)
        return advisory_not_now(&r, "returned", e);
    LF_TRY(take_reason(&reason, e));
    r.state = LF_ADVISORY_RETURNED;
    r.reviewer = t->scope.account;
    r.note = reason;
    r.changed = lf_now(t->env);
    LF_TRY(put(t, &r, e));
    return advisory_tell(t, id, LF_ADVISORY_DID_RETURN, reason, LF_V(""), e);
}

/* ---- publishing ---- */

/* Where a reply goes: the child it answers, the parent, or neither. */
static enum lf_code answered(struct lf_task *t, const struct lf_advisory_form *form, struct lf_peer *to,
                             bool *child, struct lf_err *e)
{
    lf_view about = lf_advisory_text(form, "reply_to");
    struct lf_advisory_row r;
    struct lf_indicator_row i;
    lf_view origin = LF_V("");
    enum lf_code rc = find(t, about, &r, e);

    *child = false;
    if (rc == LF_OK)
        origin = r.origin;
    else if (rc == LF_NOT_FOUND && lf_indicator_get(t, about, &i, NULL) == LF_OK)
        origin = i.origin;
    else if (rc != LF_NOT_FOUND)
        return rc;
    if (!origin.len)
        return LF_OK;
    LF_TRY(lf_peer_get(t, origin, to, e));
    *child = to->kind == LF_PEER_CHILD;
    return LF_OK;
}

/* Collections below that it goes into: `members`, or those of its audience. */
static enum lf_code below(struct lf_task *t, lf_view id, size_t *n, lf_view **out, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    struct lf_task node = lf_node_task(t);
    struct lf_collection members;
    lf_view peers, one;
    enum lf_code rc = lf_db_text(t->db, &s, &lf_q_bulletin_peers, LF_ARGS(LF_TEXT(id)), t->a, &peers, e);

    *n = 0;
    if (rc == LF_NOT_FOUND) {
        LF_TRY(lf_collection_find(t, LF_V("members"), &members, e));
        *out = LF_NEW(t->a, lf_view, 1);
        (*out)[(*n)++] = members.id;
        return LF_OK;
    }
    LF_TRY(rc);
    *out = LF_NEW(t->a, lf_view, peers.len / 2 + 1);
    while (lf_view_split(&peers, ' ', &one)) {
        struct lf_peer p;

        if (!one.len)
            continue;
        rc = lf_peer_get(&node, one, &p, e);
        if (rc == LF_OK && p.kind == LF_PEER_CHILD && p.state != LF_PEER_RETIRED)
            (*out)[(*n)++] = p.inbox;
        else if (rc != LF_OK && rc != LF_NOT_FOUND)
            return rc;
    }
    return LF_OK;
}

static enum lf_code send(struct lf_task *t, const struct lf_advisory_row *r,
                         const struct lf_advisory_form *form, size_t n, const lf_view *objects,
                         struct lf_err *e)
{
    struct lf_peer to = { 0 };
    bool reply = r->kind == LF_ADVISORY_FBI, child = false;
    lf_view *where = &to.inbox;
    size_t nwhere;

    if (reply)
        LF_TRY(answered(t, form, &to, &child, e));
    else
        LF_TRY(below(t, r->id, &nwhere, &where, e));
    if (reply)
        nwhere = child;
    for (size_t i = 0; i < n; i++) {
        struct lf_stix s;
        bool fresh;

        LF_TRY(lf_stix_read(t->a, objects[i], &s, e));
        for (size_t k = 0; k < nwhere; k++)
            LF_TRY(lf_object_add(t, where[k], LF_V(""), &s, objects[i], &fresh, e));
        if (!child)
            LF_TRY(lf_link_send(t, s.id, s.version_at, objects[i], e));
    }
    t->effects |= LF_FX_COLLECTION;
    return LF_OK;
}

static enum lf_code write_out(struct lf_task *t, struct lf_advisory_row *r, bool revoked, struct lf_err *e)
{
    const struct lf_advisory_attachment *have;
    struct lf_advisory_file *files;
    const lf_view *objects;
    const struct lf_json *made;
    struct lf_advisory a;
    lf_view *indicators;
    lf_time now = to_milli(lf_now(t->env));
    size_t n, nfiles;

    LF_TRY(advisory_read_files(t, r->id, true, 0, &nfiles, &have, e));
    files = LF_NEW(t->a, struct lf_advisory_file, nfiles + 1);
    for (size_t i = 0; i < nfiles; i++)
        files[i] = (struct lf_advisory_file){ have[i].name, have[i].type, have[i].bytes };
    LF_TRY(lf_json_parse(t->a, r->indicators, NULL, &made, e));
    indicators = LF_NEW(t->a, lf_view, lf_json_items(made) + 1);
    for (size_t i = 0; i < lf_json_items(made); i++)
        indicators[i] = lf_json_text(lf_json_item(made, i));
    r->version = now > r->version ? now : r->version + LF_MSEC;
    a = (struct lf_advisory){
        .id = r->id,
        .created_by = t->self->node,
        .kind = r->kind,
        .created = r->created,
        .modified = r->version,
        .published = r->published,
        .revoked = revoked,
        .exercise = r->exercise,
        .nfiles = nfiles,
        .files = files,
        .nindicators = lf_json_items(made),
        .indicators = indicators,
    };
    LF_TRY(lf_advisory_form_of(t, r, &a.form, e));
    LF_TRY(lf_advisory_write(t->a, &a,
                             (lf_view){ (const char *)t->self->redact_key, sizeof t->self->redact_key }, &n,
                             &objects, e));
    r->json = objects[n - 1];
    return send(t, r, &a.form, n, objects, e);
}

/* Its values as indicators of ours, released: those it has already stay. */
static enum lf_code make_indicators(struct lf_task *t, struct lf_advisory_row *r, struct lf_err *e)
{
    struct lf_advisory_form form;
    size_t values = lf_advisory_field(LF_V("values"));
    struct lf_json_w w;
    struct lf_buf b;
    enum lf_code rc = LF_OK;

    LF_TRY(lf_advisory_form_of(t, r, &form, e));
    lf_buf_init(&b, 100 * MADE);
    w = lf_json_w(&b);
    lf_json_open(&w, '[');
    for (size_t i = 0; rc == LF_OK && i < form.n[values]; i++) {
        struct lf_indicator_alert alert = { .value = form.text[values][i],
                                            .evidence = 1,
                                            .level = LF_LEVEL_HIGH,
                                            .alert = LF_V(""),
                                            .incident = LF_V(""),
                                            .happened = lf_now(t->env) };
        struct lf_indicator_row now;
        bool shared;
        lf_view id;

        if (!lf_observable_guess(alert.value, &alert.kind))
            continue;
        rc = lf_indicator_from_alert(t, &alert, &id, &shared, e);
        if (rc == LF_OK)
            rc = lf_indicator_get(t, id, &now, e);
        if (rc == LF_OK && !lf_view_is(now.state, "active"))
            rc = lf_indicator_release(t, id, e);
        if (rc != LF_OK)
            rc = lf_err_at(e, "advisory: %.*s cannot be looked for", LF_FMT(lf_view_first(alert.value, 200)));
        else
            lf_json_put_str(&w, NULL, id);
    }
    lf_json_close(&w);
    r->indicators = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return rc;
}

enum lf_code lf_advisory_publish(struct lf_task *t, lf_view id, bool look_for, struct lf_err *e)
{
    struct lf_advisory_row r;

    LF_TRY(lf_ident_need(t, LF_ROLE_REVIEWER, e));
    LF_TRY(lf_advisory_own(t, id, &r, e));
    if (r.state != LF_ADVISORY_REVIEW)
        return advisory_not_now(&r, "published", e);
    if (lf_view_eq(r.author, t->scope.account))
        return lf_err_set(e, LF_FORBIDDEN,
                          "advisory: who wrote in it last does not publish it; another reviewer does");
    if (look_for && r.exercise)
        return lf_err_set(e, LF_UNACCEPTED,
                          "advisory: what is an exercise is neither looked for nor blocked");
    if (look_for)
        LF_TRY(make_indicators(t, &r, e));
    r.state = LF_ADVISORY_PUBLISHED;
    r.reviewer = t->scope.account;
    r.note = LF_V("");
    r.changed = lf_now(t->env);
    if (!r.published)
        r.published = to_milli(r.changed);
    LF_TRY(write_out(t, &r, false, e));
    LF_TRY(put(t, &r, e));
    return advisory_tell(t, id, LF_ADVISORY_DID_PUBLISH, LF_V(""), r.form, e);
}

enum lf_code lf_advisory_reply(struct lf_task *t, lf_view id, const struct lf_advisory_form *form,
                               bool exercise, struct lf_err *e)
{
    lf_time now = to_milli(lf_now(t->env));
    struct lf_scope s = lf_node_rows(t);
    struct gather g = { .a = t->a };
    struct lf_advisory_row r = {
        .id = id,
        .origin = LF_V(""),
        .kind = LF_ADVISORY_FBI,
        .exercise = exercise,
        .note = LF_V(""),
        .created = now,
        .published = now,
        .indicators = LF_V("[]"),
        .json = LF_V(""),
    };

    LF_TRY(lf_ident_need(t, LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER | LF_ROLE_SYSTEM, e));
    LF_TRY(lf_db_run(t->db, &s, &lf_q_advisory_of, LF_ARGS(LF_TEXT(LF_V("")), LF_TEXT(id)), on_row, &g, NULL,
                     e));
    if (g.n)
        r = *(struct lf_advisory_row *)g.items;
    else
        LF_TRY(next_seq(t, &r.seq, e));
    r.state = LF_ADVISORY_PUBLISHED;
    r.title = lf_advisory_text(form, "title");
    r.form = lf_advisory_write_form(t->a, form);
    r.author = r.reviewer = t->scope.account;
    r.changed = lf_now(t->env);
    LF_TRY(small_enough(r.form, e));
    LF_TRY(write_out(t, &r, false, e));
    LF_TRY(put(t, &r, e));
    return advisory_tell(t, id, LF_ADVISORY_DID_PUBLISH, LF_V(""), r.form, e);
}

/* Those that were withdrawn by themselves meanwhile are no matter. */
static enum lf_code withdraw_indicators(struct lf_task *t, const struct lf_advisory_row *r, struct lf_err *e)
{
    const struct lf_json *made;

    LF_TRY(lf_json_parse(t->a, r->indicators, NULL, &made, e));
    for (size_t i = 0; i < lf_json_items(made); i++) {
        enum lf_code rc = lf_indicator_withdraw(t, lf_json_text(lf_json_item(made, i)), e);

        if (rc != LF_OK && rc != LF_CONFLICT && rc != LF_NOT_FOUND)
            return rc;
    }
    return LF_OK;
}

enum lf_code lf_advisory_withdraw(struct lf_task *t, lf_view id, lf_view reason, struct lf_err *e)
{
    struct lf_advisory_row r;

    LF_TRY(advisory_may_write(t, e));
    LF_TRY(lf_advisory_own(t, id, &r, e));
    if (r.state == LF_ADVISORY_WITHDRAWN)
        return advisory_not_now(&r, "withdrawn", e);
    if (r.published)
        LF_TRY(lf_ident_need(t, LF_ROLE_REVIEWER, e));
    LF_TRY(take_reason(&reason, e));
    r.state = LF_ADVISORY_WITHDRAWN;
    r.reviewer = t->scope.account;
    r.note = reason;
    r.changed = lf_now(t->env);
    if (r.published) {
        struct lf_advisory_row out = r;
        struct lf_advisory was;

        /* What was out is revoked, not a text that was written since. */
        LF_TRY(lf_advisory_read(t->a, r.json, &was, e));
        out.form = lf_advisory_write_form(t->a, &was.form);
        LF_TRY(write_out(t, &out, true, e));
        r.version = out.version;
        r.json = out.json;
        LF_TRY(withdraw_indicators(t, &r, e));
    }
    LF_TRY(put(t, &r, e));
    return advisory_tell(t, id, LF_ADVISORY_DID_WITHDRAW, reason, LF_V(""), e);
}

/* ---- from peers ---- */

/* What belongs to an advisory and may go on to members as it came. */
static bool belongs(lf_view type)
{
    static const char *const types[] = {
        "report",      "vulnerability", "course-of-action",  "artifact", "file",
        "domain-name", "ipv4-addr",     "ipv6-addr",         "url",      "email-addr",
        "identity",    "note",          "marking-definition"
    };

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (lf_view_is(type, types[i]))
            return true;
    return false;
}

/* Which of our members may have it is decided when one asks (isac/rights.h). */
static enum lf_code pass_on(struct lf_task *t, const struct lf_peer *from, lf_view json, struct lf_err *e)
{
    struct lf_collection members;
    struct lf_stix s;
    bool fresh;

    LF_TRY(lf_stix_read(t->a, json, &s, e));
    LF_TRY(lf_collection_find(t, LF_V("members"), &members, e));
    LF_TRY(lf_object_add(t, members.id, from->id, &s, json, &fresh, e));
    t->effects |= LF_FX_COLLECTION;
    return LF_OK;
}

static enum lf_code receive(struct lf_task *t, const struct lf_peer *from, const struct lf_advisory *in,
                            lf_view json, struct lf_err *e)
{
    struct gather g = { .a = t->a };
    struct lf_scope s = lf_node_rows(t);
    struct lf_advisory_row r = {
        .id = in->id,
        .origin = from->id,
        .kind = in->kind,
        .state = in->revoked ? LF_ADVISORY_WITHDRAWN : LF_ADVISORY_PUBLISHED,
        .exercise = in->exercise,
        .title = lf_advisory_text(&in->form, "title"),
        .form = lf_advisory_write_form(t->a, &in->form),
        .author = LF_V(""),
        .reviewer = LF_V(""),
        .note = LF_V(""),
        .created = in->created,
        .changed = lf_now(t->env),
        .published = in->published,
        .version = in->modified,
        .indicators = LF_V("[]"),
        .json = json,
    };

    LF_TRY(lf_db_run(t->db, &s, &lf_q_advisory_of, LF_ARGS(LF_TEXT(from->id), LF_TEXT(in->id)), on_row, &g,
                     NULL, e));
    if (g.n) {
        const struct lf_advisory_row *have = g.items;

        if (have->version >= in->modified || have->kind != in->kind || have->exercise != in->exercise)
            return LF_OK; /* nothing new; what it is does not change */
        r.seq = have->seq;
    } else {
        LF_TRY(next_seq(t, &r.seq, e));
    }
    return put(t, &r, e);
}

enum lf_code lf_advisory_take(struct lf_task *t, const struct lf_peer *from, lf_view type, lf_view json,
                              struct lf_err *e)
{
    struct lf_advisory in = { 0 };
    bool reply = false;

    LF_TRY(lf_ident_need(t, LF_ROLE_PEER | LF_ROLE_SYSTEM, e));
    if (lf_view_is(type, "report")) {
        enum lf_code rc = lf_advisory_read(t->a, json, &in, e);

        if (rc != LF_OK && rc != LF_NOT_FOUND)
            return rc;
        if (rc == LF_OK)
            LF_TRY(receive(t, from, &in, json, e));
        reply = rc == LF_OK && in.kind == LF_ADVISORY_FBI;
    }
    return from->kind == LF_PEER_PARENT && !reply && belongs(type) ? pass_on(t, from, json, e) : LF_OK;
}
