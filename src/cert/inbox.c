#include "cert/inbox.h"

#include "base/crypto.h"
#include "cert/document_priv.h"
#include "cert/incident_file.h"
#include "cert/incident_priv.h"
#include "cert/notice.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "model/role.h"
#include "store/query_inbox.h"

#define QUOTA ((int64_t)LF_INBOX_MIB << 20)

static const char *const states[LF_INBOX_STATES] = { "waiting", "filed", "dismissed" };

const char *lf_inbox_state_name(enum lf_inbox_state s)
{
    return states[s];
}

bool lf_inbox_state_parse(lf_view name, int *s)
{
    size_t at;

    if (!lf_view_among(name, states, LF_INBOX_STATES, &at))
        return false;
    *s = (int)at;
    return true;
}

/* ---- rows ---- */

struct gather {
    struct lf_arena *a;
    struct lf_inbox_mail *items;
    size_t n, cap;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *g->items);
    g->items[g->n++] = (struct lf_inbox_mail){
        .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
        .number = lf_row_int(r, 1),
        .state = (enum lf_inbox_state)lf_row_int(r, 2),
        .received = lf_row_int(r, 3),
        .sent = lf_row_int(r, 4),
        .from = lf_arena_copy(g->a, lf_row_text(r, 5)),
        .from_name = lf_arena_copy(g->a, lf_row_text(r, 6)),
        .subject = lf_arena_copy(g->a, lf_row_text(r, 7)),
        .message = lf_arena_copy(g->a, lf_row_text(r, 8)),
        .automatic = lf_row_int(r, 9) != 0,
        .size = lf_row_int(r, 10),
        .sha256 = lf_arena_copy(g->a, lf_row_text(r, 11)),
        .incident = lf_arena_copy(g->a, lf_row_text(r, 12)),
        .event = lf_arena_copy(g->a, lf_row_text(r, 13)),
        .account = lf_arena_copy(g->a, lf_row_text(r, 14)),
        .decided = lf_row_int(r, 15),
        .reason = lf_arena_copy(g->a, lf_row_text(r, 16)),
    };
    return LF_OK;
}

static enum lf_code may_act(struct lf_task *t, struct lf_err *e)
{
    return lf_ident_need(t, LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER, e);
}

static enum lf_code find(struct lf_task *t, lf_view id, struct lf_inbox_mail *out, struct lf_err *e)
{
    struct gather g = { .a = t->a };

    LF_TRY(
        lf_db_run(t->db, &t->scope, &lf_q_inbox_get, LF_ARGS(LF_TEXT(id), CLEARED(t)), on_row, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "there is no mail %.*s", LF_FMT(lf_view_first(id, 80)));
    *out = g.items[0];
    return LF_OK;
}

/* ---- taking ---- */

struct sums {
    int64_t n, bytes;
};

static enum lf_code on_sums(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct sums *s = ctx;

    (void)e;
    *s = (struct sums){ lf_row_int(r, 0), lf_row_int(r, 1) };
    return LF_OK;
}

enum lf_code lf_inbox_count(struct lf_task *t, int64_t *waiting, struct lf_err *e)
{
    struct sums s = { 0 };

    LF_TRY(may_act(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_inbox_source_count, LF_NO_ARGS, on_sums, &s, NULL, e));
    *waiting = s.n;
    return LF_OK;
}

static enum lf_code room(struct lf_task *t, size_t size, struct lf_err *e)
{
    struct sums s = { 0 };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_inbox_source_count, LF_NO_ARGS, on_sums, &s, NULL, e));
    if (s.n < LF_INBOX_MOST && s.bytes + (int64_t)size <= QUOTA)
        return LF_OK;
    return lf_err_set(
        e, LF_TOO_MANY,
        "mail: %lld messages wait for a person, as many or as much as may (%d, %d MiB); hand it in "
        "again later",
        (long long)s.n, LF_INBOX_MOST, LF_INBOX_MIB);
}

/* The incident that one of the ids is about; empty: none. */
static enum lf_code answers(struct lf_task *t, const struct lf_mime *m, lf_view *incident, struct lf_err *e)
{
    *incident = LF_V("");
    for (size_t i = 0; i < m->nreferences && !incident->len; i++) {
        const lf_view *found;
        size_t n;

        /* Of ours the part before the '@' is enough: mail servers rewrite hosts. */
        lf_view either[] = { m->references[i],
                             lf_view_first(m->references[i], lf_view_find_byte(m->references[i], '@')) };
        for (size_t k = 0; k < 2 && !incident->len; k++) {
            LF_TRY(lf_db_texts(t->db, &t->scope, &lf_q_inbox_thread, LF_ARGS(LF_TEXT(either[k])), t->a, 1, &n,
                               &found, e));
            if (n)
                *incident = found[0];
        }
    }
    return LF_OK;
}

/* What the history says of it. */
/* A signature by a contact, which is worth saying for as long as the incident is read. */
static lf_view by_whom(struct lf_task *t, const struct lf_mail_opened *o)
{
    if (o->word != LF_SAID_GOOD)
        return LF_V("");
    return lf_arena_printf(t->a, "\n(%s %.*s)", o->kind == LF_SEAL_OPENPGP ? "OpenPGP" : "S/MIME",
                           LF_FMT(o->fingerprint));
}

static lf_view said(struct lf_task *t, const struct lf_inbox_mail *m, const struct lf_mail_opened *o,
                    lf_view body)
{
    lf_view by = by_whom(t, o);
    lf_view shown = lf_utf8_first(body, LF_INBOX_SHOWN - m->from.len - m->subject.len - by.len);

    return lf_arena_printf(t->a, "%.*s%.*s\n%.*s\n\n%.*s%s", LF_FMT(m->from), LF_FMT(by), LF_FMT(m->subject),
                           LF_FMT(shown), shown.len < body.len ? " …" : "");
}

/* A file of the incident from here on, and an entry of its history. */
static enum lf_code file_in(struct lf_task *t, const struct lf_mail_settings *s,
                            const struct lf_inbox_mail *m, lf_view incident, lf_view source, lf_view account,
                            struct lf_err *e)
{
    lf_view name = lf_arena_printf(t->a, "mail-%lld.eml", (long long)m->number), event;
    struct lf_mail_opened o;
    struct lf_mime mime;
    struct lf_incident_file_new f;
    int64_t changed = 0;

    LF_TRY(lf_mail_open(t, s, source, &o, e));
    LF_TRY(lf_mime_read(t->a, o.message, &mime, e));
    f = (struct lf_incident_file_new){ name, LF_V("message/rfc822"), said(t, m, &o, mime.text), source };
    LF_TRY(lf_incident_file_add(t, incident, &f, &event, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_inbox_decide,
                     LF_ARGS(LF_INT(LF_INBOX_FILED), LF_TEXT(incident), LF_TEXT(event), text_arg(account),
                             LF_INT(lf_now(t->env)), LF_TEXT(LF_V("")), LF_TEXT(m->id)),
                     NULL, NULL, &changed, e));
    LF_ASSERT(changed == 1);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_inbox_source_remove, LF_ARGS(LF_TEXT(m->id)), e));
    return m->message.len ? lf_inbox_follow(t, m->message, incident, e) : LF_OK;
}

/* As the node, in the organisation it came to.  What cannot be filed (the incident is full, or has this very
 * file) waits for a person. */
static enum lf_code file_alone(struct lf_task *t, const struct lf_mail_settings *s,
                               const struct lf_inbox_mail *m, lf_view source, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct lf_err why = { 0 };
    enum lf_code rc;
    int64_t before;

    own.scope.org = t->scope.org;
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_inbox_alone, LF_ARGS(LF_TEXT(m->incident)), &before, e));
    if (m->automatic || before >= LF_INBOX_ALONE)
        return LF_OK;
    LF_TRY(lf_db_save(t->db, e));
    rc = file_in(&own, s, m, m->incident, source, LF_V(""), &why);
    if (rc == LF_OK) {
        t->effects |= own.effects;
        return lf_db_release(t->db, e);
    }
    lf_db_undo(t->db);
    if (rc == LF_CONFLICT || rc == LF_TOO_BIG || rc == LF_UNACCEPTED || rc == LF_FORBIDDEN ||
        rc == LF_NOT_FOUND)
        return LF_OK;
    *e = why;
    return rc;
}

/* The first mail of a span speaks for those after it.  What it says is of the node's own mail alone: whoever
 * is told need not be of the organisation that it came to. */
static enum lf_code tell(struct lf_task *t, lf_view id, struct lf_err *e)
{
    long long span = (long long)(lf_now(t->env) / LF_INBOX_TOLD);
    struct lf_notice_new n = { .kind = LF_NOTICE_MAIL, .about = t->scope.org, .path = LF_V("/mail") };
    struct lf_inbox_mail m;

    LF_TRY(find(t, id, &m, e));
    if (m.automatic)
        return LF_OK;
    n.subject = t->scope.org;
    if (m.state == LF_INBOX_FILED) {
        n.subject = m.incident;
        n.path = lf_arena_printf(t->a, "/incidents/%.*s", LF_FMT(m.incident));
    }
    n.key = lf_arena_printf(t->a, "mail/%.*s/%lld", LF_FMT(n.subject), span);
    if (lf_view_eq(t->scope.org, t->self->org)) {
        n.title = m.subject;
        n.detail = m.from;
    }
    return lf_notice_raise(t, &n, NULL, e);
}

enum lf_code lf_inbox_take(struct lf_task *t, const struct lf_mail_settings *s, lf_view message, lf_view *id,
                           bool *fresh, struct lf_err *e)
{
    uint8_t sum[LF_SHA256];
    const lf_view *known;
    struct lf_inbox_mail m;
    struct lf_mail_opened o;
    struct lf_mime mime;
    lf_view hex, incident;
    size_t n;

    LF_TRY(lf_ident_need(t, LF_ROLE_SENDER | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER, e));
    if (message.len > LF_INBOX_BYTES)
        return lf_err_set(e, LF_TOO_BIG, "mail: a message has at most %d MiB", LF_INBOX_BYTES >> 20);
    LF_TRY(lf_mime_read(t->a, message, &mime, e));
    lf_sha256(message, sum);
    hex = lf_hex(t->a, sum, sizeof sum);
    LF_TRY(lf_db_texts(t->db, &t->scope, &lf_q_inbox_known, LF_ARGS(LF_TEXT(hex)), t->a, 1, &n, &known, e));
    *fresh = n == 0;
    if (n) {
        *id = known[0];
        return LF_OK;
    }
    LF_TRY(room(t, message.len, e));
    LF_TRY(lf_mail_open(t, s, message, &o, e));
    if (o.message.ptr != message.ptr)
        LF_TRY(lf_mime_read(t->a, o.message, &mime, e));
    LF_TRY(answers(t, &mime, &incident, e));
    *id = lf_uuid_new(t->env, t->a);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_inbox_add,
                      LF_ARGS(LF_TEXT(*id), LF_INT(lf_now(t->env)), LF_INT(mime.date), text_arg(mime.from),
                              text_arg(mime.from_name), text_arg(mime.subject), text_arg(mime.id),
                              LF_INT(mime.automatic), LF_INT(message.len), LF_TEXT(hex), text_arg(incident)),
                      e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_inbox_source_add,
                      LF_ARGS(LF_TEXT(*id), LF_INT(message.len), LF_BLOB(message)), e));
    LF_TRY(find(t, *id, &m, e));
    if (incident.len)
        LF_TRY(file_alone(t, s, &m, message, e));
    return tell(t, *id, e);
}

/* ---- reading ---- */

enum lf_code lf_inbox_list(struct lf_task *t, int state, const struct lf_page *page, size_t *n,
                           const struct lf_inbox_mail **out, lf_view *next, struct lf_err *e)
{
    struct gather g = { .a = t->a };
    size_t limit = lf_page_rows(page);
    int64_t before = INT64_MAX;

    LF_TRY(may_act(t, e));
    if (page->after.len && !lf_view_i64(page->after, &before))
        return lf_err_set(e, LF_BAD_INPUT, "mail: that is no place in a list; give \"next\" as it came");
    if (state < 0)
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_inbox_list,
                         LF_ARGS(LF_INT(before), CLEARED(t), LF_INT(limit + 1)), on_row, &g, NULL, e));
    else
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_inbox_list_state,
                         LF_ARGS(LF_INT(state), LF_INT(before), CLEARED(t), LF_INT(limit + 1)), on_row, &g,
                         NULL, e));
    *n = g.n > limit ? limit : g.n;
    *out = g.items;
    *next = g.n > limit ? lf_arena_printf(t->a, "%lld", (long long)g.items[limit - 1].number) : LF_V("");
    return LF_OK;
}

struct blob {
    struct lf_arena *a;
    lf_view bytes;
};

static enum lf_code on_bytes(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct blob *b = ctx;

    (void)e;
    b->bytes = lf_arena_copy(b->a, lf_row_blob(r, 0));
    return LF_OK;
}

enum lf_code lf_inbox_get(struct lf_task *t, lf_view id, struct lf_inbox_mail *out, lf_view *source,
                          struct lf_err *e)
{
    struct blob b = { .a = t->a, .bytes = LF_V("") };
    struct lf_incident_file f;
    enum lf_code rc;

    LF_TRY(may_act(t, e));
    LF_TRY(find(t, id, out, e));
    *source = LF_V("");
    if (out->state == LF_INBOX_FILED) {
        rc = lf_incident_file_get(t, out->incident, out->event, &f, source, NULL);
        return rc == LF_OK || rc == LF_NOT_FOUND ? LF_OK : lf_err_set(e, rc, "mail: its file cannot be read");
    }
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_inbox_source_get, LF_ARGS(LF_TEXT(id)), on_bytes, &b, NULL, e));
    *source = b.bytes;
    return LF_OK;
}

/* ---- acts ---- */

static enum lf_code waiting(struct lf_task *t, lf_view id, struct lf_inbox_mail *m, lf_view *source,
                            struct lf_err *e)
{
    LF_TRY(lf_inbox_get(t, id, m, source, e));
    return m->state == LF_INBOX_WAITING
               ? LF_OK
               : lf_err_set(e, LF_CONFLICT, "此郵件已處理。The mail does not wait any more: it was %s",
                            states[m->state]);
}

enum lf_code lf_inbox_file(struct lf_task *t, const struct lf_mail_settings *s, lf_view id, lf_view incident,
                           struct lf_err *e)
{
    struct lf_inbox_mail m;
    lf_view source;

    LF_TRY(waiting(t, id, &m, &source, e));
    LF_TRY(file_in(t, s, &m, incident, source, t->scope.account, e));
    return lf_audit_add(t, LF_V("mail.file"), incident,
                        lf_arena_printf(t->a, "{\"mail\":\"%.*s\"}", LF_FMT(m.id)), e);
}

enum lf_code lf_inbox_dismiss(struct lf_task *t, lf_view id, lf_view reason, struct lf_err *e)
{
    struct lf_inbox_mail m;
    lf_view source;

    reason = lf_view_trim(reason);
    LF_TRY(document_text("mail", "reason", reason, 1, LF_INBOX_REASON, e));
    LF_TRY(waiting(t, id, &m, &source, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_inbox_decide,
                      LF_ARGS(LF_INT(LF_INBOX_DISMISSED), LF_TEXT(LF_V("")), LF_TEXT(LF_V("")),
                              text_arg(t->scope.account), LF_INT(lf_now(t->env)), LF_TEXT(reason),
                              LF_TEXT(m.id)),
                      e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_inbox_source_remove, LF_ARGS(LF_TEXT(m.id)), e));
    return lf_audit_add(t, LF_V("mail.dismiss"), m.id,
                        lf_arena_printf(t->a, "{\"sha256\":\"%.*s\"}", LF_FMT(m.sha256)), e);
}

enum lf_code lf_inbox_follow(struct lf_task *t, lf_view message, lf_view incident, struct lf_err *e)
{
    return lf_db_exec(t->db, &t->scope, &lf_q_inbox_follow, LF_ARGS(LF_TEXT(message), LF_TEXT(incident)), e);
}
