#include "isac/bulletin_priv.h"

#include "base/crypto.h"
#include "cert/notice.h"
#include "fmt/stix.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "isac/link.h"
#include "isac/object.h"
#include "isac/peer.h"
#include "isac/rights.h"
#include "model/extension.h"
#include "model/role.h"
#include "store/query_bulletin.h"

enum { INCIDENT = 200, NOTE = 4096 };
#define REMIND_REST LF_HOUR

/* ---- an answer ---- */

enum lf_code bulletin_answer_ok(const struct lf_bulletin_answer *a, struct lf_err *e)
{
    if (a->verdict == LF_BULLETIN_CONFIRMED && !a->incident.len)
        return lf_err_set(e, LF_BAD_INPUT,
                          "bulletin: a confirmed incident is answered with the number of its report");
    if (a->incident.len && !lf_view_is_text(a->incident, 1, INCIDENT))
        return lf_err_set(e, LF_BAD_INPUT, "bulletin: the number of the report has at most %d bytes",
                          INCIDENT);
    if (a->measures.len && !lf_view_is_text(a->measures, 1, LF_BULLETIN_TEXT))
        return lf_err_set(e, LF_BAD_INPUT, "bulletin: what was done has at most %d bytes", LF_BULLETIN_TEXT);
    return LF_OK;
}

/* A member's answer goes up under one id, however often it changes; what is above knows the member by it. */
static lf_view feedback_id(struct lf_task *t, lf_view bulletin, lf_view member)
{
    lf_view what = lf_arena_printf(t->a, "bulletin-answer\n%.*s\n%.*s", LF_FMT(bulletin), LF_FMT(member));
    uint8_t mac[LF_SHA256];

    lf_hmac_sha256((lf_view){ (const char *)t->self->redact_key, sizeof t->self->redact_key }, what, mac);
    return lf_arena_printf(t->a, "report--%.*s", LF_FMT(lf_uuid4(t->a, mac)));
}

static enum lf_code put(struct lf_task *t, struct lf_advisory_form *f, const char *key, lf_view text,
                        struct lf_err *e)
{
    if (!text.len)
        return LF_OK;
    return lf_advisory_put(t->a, f, LF_ADVISORY_FBI, lf_advisory_field(lf_view_of(key)), text, e);
}

/* As feedback to who asked; `name` is that of a member of ours, empty for this node itself. */
static enum lf_code send_up(struct lf_task *t, const struct bulletin_kept *b, lf_view member, lf_view name,
                            const struct lf_bulletin_answer *a, lf_time done, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct lf_advisory_form form = { 0 };
    struct lf_advisory_row x;
    char text[LF_TIME_TEXT];
    enum lf_code rc;

    LF_TRY(lf_advisory_get(&own, b->id, &x, e));
    LF_TRY(put(t, &form, "title", x.title, e));
    LF_TRY(put(t, &form, "reply_to", b->id, e));
    LF_TRY(put(t, &form, "member", name, e));
    LF_TRY(put(t, &form, "verdict", lf_view_of(lf_bulletin_verdict_name(a->verdict)), e));
    LF_TRY(put(t, &form, "incident", a->incident, e));
    LF_TRY(put(t, &form, "measures", a->measures, e));
    LF_TRY(put(t, &form, "done_at", done ? lf_time_milli(done, text) : LF_V(""), e));
    LF_TRY(put(t, &form, "tlp", LF_V("amber"), e));
    rc = lf_advisory_reply(&own, feedback_id(t, b->id, member), &form, x.exercise, e);
    t->effects |= own.effects;
    return rc;
}

static enum lf_code keep(struct lf_task *t, const struct bulletin_kept *b, lf_view member,
                         const struct lf_bulletin_answer *a, lf_view answerer, lf_time done, lf_time version,
                         struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    lf_time now = lf_now(t->env);

    LF_TRY(
        lf_db_exec(t->db, &s, &lf_q_bulletin_row_answer,
                   LF_ARGS(LF_INT(a->verdict), LF_TEXT(a->incident), LF_TEXT(a->measures), LF_INT(done),
                           LF_INT(now), LF_TEXT(answerer), LF_INT(version), LF_TEXT(b->id), LF_TEXT(member)),
                   e));
    LF_TRY(lf_db_exec(t->db, &s, &lf_q_bulletin_answer_add,
                      LF_ARGS(LF_TEXT(b->id), LF_TEXT(member), LF_INT(now), LF_TEXT(answerer),
                              LF_INT(a->verdict), LF_TEXT(a->incident), LF_TEXT(a->measures), LF_INT(done)),
                      e));
    return lf_audit_add(t, LF_V("bulletin.answer"), b->id, LF_V("{}"), e);
}

enum lf_code bulletin_record(struct lf_task *t, const struct bulletin_kept *b, lf_view member,
                             const struct lf_bulletin_answer *a, lf_view answerer, struct lf_err *e)
{
    lf_time done = a->done ? lf_now(t->env) : 0;
    struct lf_bulletin_row row;

    LF_TRY(bulletin_answer_ok(a, e));
    LF_TRY(bulletin_row(t, b, member, &row, NULL, e));
    if (row.answers >= LF_BULLETIN_ANSWERS)
        return lf_err_set(e, LF_TOO_MANY, "bulletin: it was answered %d times; that is enough",
                          LF_BULLETIN_ANSWERS);
    LF_TRY(keep(t, b, member, a, answerer, done, 0, e));
    if (!b->origin.len)
        return LF_OK;
    return send_up(t, b, member, lf_view_is(member, "self") ? LF_V("") : row.name, a, done, e);
}

/* Still asked: neither withdrawn nor somebody else's. */
static enum lf_code still_asked(struct lf_task *t, lf_view id, struct bulletin_kept *b, struct lf_err *e)
{
    struct lf_advisory_row x;

    LF_TRY(lf_advisory_get(t, id, &x, e));
    LF_TRY(bulletin_find(t, id, b, e));
    return x.state == LF_ADVISORY_WITHDRAWN
               ? lf_err_set(e, LF_CONFLICT, "bulletin: it was withdrawn and wants no answer")
               : LF_OK;
}

enum lf_code lf_bulletin_reply(struct lf_task *t, lf_view id, const struct lf_bulletin_answer *answer,
                               struct lf_err *e)
{
    struct lf_bulletin_row self;
    struct bulletin_kept b;

    LF_TRY(lf_ident_need(t, LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER, e));
    LF_TRY(lf_bulletin_self(t, id, &self, e));
    LF_TRY(still_asked(t, id, &b, e));
    return bulletin_record(t, &b, LF_V("self"), answer, t->scope.account, e);
}

/* ---- notes between nodes: read, and reminded ---- */

static const char *const note_keys[] = { "bulletin_read", "bulletin_reminder" };
enum note { NOTE_READ, NOTE_REMINDER };

static enum lf_code note(struct lf_task *t, enum note what, lf_view bulletin, lf_view to, struct lf_stix *out,
                         lf_view *json, struct lf_err *e)
{
    char time[LF_TIME_TEXT];
    lf_time now = lf_now(t->env);
    uint8_t mac[LF_SHA256];
    struct lf_json_w w;
    struct lf_buf b;
    lf_view at = lf_time_milli(now - now % LF_MSEC, time);

    lf_hmac_sha256((lf_view){ (const char *)t->self->redact_key, sizeof t->self->redact_key },
                   lf_arena_printf(t->a, "%s\n%.*s\n%.*s\n%.*s", note_keys[what], LF_FMT(bulletin),
                                   LF_FMT(to), LF_FMT(at)),
                   mac);
    lf_buf_init(&b, NOTE);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "type", "note");
    lf_json_put_cstr(&w, "spec_version", "2.1");
    lf_json_put_str(&w, "id", lf_arena_printf(t->a, "note--%.*s", LF_FMT(lf_uuid4(t->a, mac))));
    lf_json_put_str(&w, "created_by_ref", t->self->node);
    lf_json_put_str(&w, "created", at);
    lf_json_put_str(&w, "modified", at);
    lf_json_put_cstr(&w, "content", what == NOTE_READ ? "read" : "an answer is waited for");
    lf_json_begin(&w, "object_refs", '[');
    lf_json_put_str(&w, NULL, bulletin);
    lf_json_close(&w);
    lf_json_begin(&w, "extensions", '{');
    lf_json_begin(&w, LF_EXTENSION_ID, '{');
    lf_json_put_cstr(&w, "extension_type", "property-extension");
    lf_json_put_str(&w, note_keys[what], at);
    lf_json_close(&w);
    lf_json_close(&w);
    lf_json_close(&w);
    *json = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return lf_stix_read(t->a, *json, out, e);
}

enum lf_code lf_bulletin_open(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    struct bulletin_kept b;
    int64_t changed;
    struct lf_stix x;
    lf_view json;
    enum lf_code rc = bulletin_find(t, id, &b, e);

    if (rc == LF_NOT_FOUND || (rc == LF_OK && !b.origin.len) || !lf_view_eq(t->scope.org, t->self->org))
        return LF_OK;
    LF_TRY(rc);
    LF_TRY(lf_db_run(t->db, &s, &lf_q_bulletin_row_read,
                     LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(id), LF_TEXT(LF_V("self"))), NULL, NULL,
                     &changed, e));
    if (!changed)
        return LF_OK;
    LF_TRY(note(t, NOTE_READ, id, LF_V(""), &x, &json, e));
    return lf_link_send(t, x.id, x.version_at, json, e);
}

/* An answer is wanted: the agency's contacts learn of it in the ways of the notification matrix.  about:
 * a peer or an organisation; empty: this node's own. */
static enum lf_code call_on(struct lf_task *t, lf_view id, lf_view about, lf_view occasion, lf_time due,
                            struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct lf_advisory_row x;
    struct lf_notice_new n = {
        .kind = LF_NOTICE_REMINDER,
        .key = lf_arena_printf(t->a, "%.*s/%.*s", LF_FMT(id), LF_FMT(occasion)),
        .subject = id,
        .detail = LF_V(""),
        .path = lf_arena_printf(t->a, "/bulletins/%.*s", LF_FMT(id)),
        .about = about,
        .due = due,
    };

    LF_TRY(lf_advisory_get(&own, id, &x, e));
    n.title = x.title;
    n.exercise = x.exercise;
    return lf_notice_raise(t, &n, NULL, e);
}

static enum lf_code remind(struct lf_task *t, lf_view id, const struct lf_bulletin_row *row, lf_time due,
                           struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    struct lf_task own = lf_node_task(t);
    struct lf_peer to;
    struct lf_stix x;
    lf_view json;
    bool fresh;

    LF_TRY(lf_db_exec(t->db, &s, &lf_q_bulletin_row_remind,
                      LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(id), LF_TEXT(row->member)), e));
    LF_TRY(call_on(t, id, row->member,
                   lf_arena_printf(t->a, "%lld/%lld", (long long)row->number, (long long)row->reminders + 1),
                   due, e));
    if (!row->peer.len)
        return LF_OK;
    LF_TRY(lf_peer_get(&own, row->peer, &to, e));
    if (to.kind != LF_PEER_CHILD || to.state != LF_PEER_ACTIVE)
        return LF_OK;
    LF_TRY(note(t, NOTE_REMINDER, id, row->member, &x, &json, e));
    LF_TRY(lf_object_add(&own, to.inbox, LF_V(""), &x, json, &fresh, e));
    t->effects |= LF_FX_COLLECTION;
    return LF_OK;
}

enum lf_code lf_bulletin_remind(struct lf_task *t, lf_view id, size_t *n, struct lf_err *e)
{
    struct lf_page page = { .after = { "", 0 }, .limit = LF_PAGE_MOST };
    lf_time now = lf_now(t->env);
    struct bulletin_kept b;

    LF_TRY(lf_ident_need(t, LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER, e));
    LF_TRY(still_asked(t, id, &b, e));
    *n = 0;
    do {
        const struct lf_bulletin_row *rows;
        size_t got;

        LF_TRY(lf_bulletin_rows(t, id, -1, -1, &page, &got, &rows, &page.after, e));
        for (size_t i = 0; i < got; i++)
            if (rows[i].state < LF_BULLETIN_ANSWERED && !rows[i].below &&
                now - rows[i].reminded >= REMIND_REST) {
                LF_TRY(remind(t, id, &rows[i], b.reply_by, e));
                ++*n;
            }
    } while (page.after.len);
    return lf_audit_add(t, LF_V("bulletin.remind"), id, LF_V("{}"), e);
}

enum lf_code lf_bulletin_take_note(struct lf_task *t, const struct lf_peer *from, lf_view json, bool *mine,
                                   struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    bool up = from->kind == LF_PEER_CHILD;
    const struct lf_json *refs;
    struct bulletin_kept b;
    struct lf_stix x;
    lf_time at;
    lf_view said;
    enum lf_code rc;

    LF_TRY(lf_stix_read(t->a, json, &x, e));
    said = lf_json_str(lf_json_get(lf_json_get(x.tree, LF_V("extensions")), LF_V(LF_EXTENSION_ID)),
                       note_keys[up ? NOTE_READ : NOTE_REMINDER]);
    refs = lf_json_get(x.tree, LF_V("object_refs"));
    *mine = said.len && lf_json_items(refs) == 1;
    if (!*mine)
        return LF_OK;
    if (lf_time_parse(said, &at, NULL) != LF_OK)
        return lf_err_set(e, LF_UNACCEPTED, "%.*s: \"%.*s\" is no time", LF_FMT(x.id),
                          LF_FMT(lf_view_first(said, 40)));
    at = at > lf_now(t->env) || at <= 0 ? lf_now(t->env) : at;
    rc = bulletin_find(t, lf_json_text(lf_json_item(refs, 0)), &b, e);
    if (rc == LF_NOT_FOUND)
        return LF_OK;
    LF_TRY(rc);
    if (up)
        return lf_db_exec(t->db, &s, &lf_q_bulletin_row_read,
                          LF_ARGS(LF_INT(at), LF_TEXT(b.id), LF_TEXT(from->id)), e);
    if (!lf_view_eq(b.origin, from->id))
        return LF_OK;
    LF_TRY(lf_db_exec(t->db, &s, &lf_q_bulletin_row_remind,
                      LF_ARGS(LF_INT(at), LF_TEXT(b.id), LF_TEXT(LF_V("self"))), e));
    return call_on(t, b.id, LF_V(""), x.id, b.reply_by, e);
}

/* ---- from peers ---- */

/* What a member answered, or passed on from one of its own: that one is known by the id it came under. */
static enum lf_code take_feedback(struct lf_task *t, const struct lf_peer *from, const struct lf_advisory *in,
                                  struct lf_err *e)
{
    lf_view name = lf_advisory_text(&in->form, "member"), done = lf_advisory_text(&in->form, "done_at");
    lf_view member = name.len ? in->id : from->id;
    struct lf_bulletin_answer a = { .incident = lf_advisory_text(&in->form, "incident"),
                                    .measures = lf_view_first(lf_advisory_text(&in->form, "measures"),
                                                              LF_BULLETIN_TEXT) };
    struct lf_bulletin_row row, who = { .member = member, .name = name, .peer = from->id, .below = true };
    struct bulletin_kept b;
    lf_time done_at = 0, version;
    int verdict = LF_BULLETIN_UNDETERMINED;
    enum lf_code rc = bulletin_find(t, lf_advisory_text(&in->form, "reply_to"), &b, e);

    if (rc == LF_NOT_FOUND || in->revoked || from->kind != LF_PEER_CHILD)
        return rc == LF_NOT_FOUND ? LF_OK : rc;
    LF_TRY(rc);
    (void)lf_bulletin_verdict_parse(lf_advisory_text(&in->form, "verdict"), &verdict);
    a.verdict = (enum lf_bulletin_verdict)verdict;
    a.done = done.len && lf_time_parse(done, &done_at, NULL) == LF_OK && done_at > 0;
    done_at = a.done && done_at > lf_now(t->env) ? lf_now(t->env) : done_at;
    rc = bulletin_row(t, &b, member, &row, &version, e);
    if (rc == LF_NOT_FOUND) { /* it was not asked by us: it joined since, or is further below */
        who.below = name.len > 0;
        who.name = name.len ? name : from->name;
        who.mail = LF_V("");
        LF_TRY(bulletin_ask(t, b.id, &who, e));
        rc = bulletin_row(t, &b, member, &row, &version, e);
    }
    LF_TRY(rc);
    if (!lf_view_eq(row.peer, from->id) || version >= in->modified || row.answers >= LF_BULLETIN_ANSWERS)
        return LF_OK; /* another's, or nothing new */
    LF_TRY(keep(t, &b, member, &a, lf_arena_printf(t->a, "peer:%.*s", LF_FMT(from->id)), a.done ? done_at : 0,
                in->modified, e));
    return b.origin.len ? send_up(t, &b, member, row.name, &a, a.done ? done_at : 0, e) : LF_OK;
}

/* The parent asks: this node itself, and through it all its members. */
static enum lf_code take_bulletin(struct lf_task *t, const struct lf_peer *from, const struct lf_advisory *in,
                                  struct lf_err *e)
{
    lf_view reply_by = lf_advisory_text(&in->form, "reply_by");
    struct lf_scope s = lf_node_rows(t);
    struct lf_bulletin_row self = {
        .member = LF_V("self"), .name = t->self->name, .peer = LF_V(""), .mail = LF_V("")
    };
    const struct lf_member *members;
    struct bulletin_kept b;
    lf_time by;
    size_t n;
    enum lf_code rc = bulletin_find(t, in->id, &b, e);

    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return rc;
    if (!reply_by.len || lf_time_parse(reply_by, &by, NULL) != LF_OK || by <= 0 ||
        (rc == LF_OK && !lf_view_eq(b.origin, from->id)))
        return LF_OK;
    LF_TRY(lf_db_exec(t->db, &s, &lf_q_bulletin_put,
                      LF_ARGS(LF_TEXT(in->id), LF_TEXT(from->id), LF_TEXT(LF_V("")), LF_TEXT(LF_V("")),
                              LF_INT(by), LF_INT(rc == LF_OK ? b.issued : lf_now(t->env))),
                      e));
    if (rc == LF_OK)
        return LF_OK;
    LF_TRY(bulletin_ask(t, in->id, &self, e));
    LF_TRY(call_on(t, in->id, LF_V(""), LF_V("asked"), by, e));
    LF_TRY(lf_member_list(t, &n, &members, e));
    return bulletin_ask_members(t, in->id, n, members, e);
}

enum lf_code lf_bulletin_take(struct lf_task *t, const struct lf_peer *from, lf_view type, lf_view json,
                              struct lf_err *e)
{
    struct lf_advisory in;
    enum lf_code rc;

    if (!lf_view_is(type, "report"))
        return LF_OK;
    rc = lf_advisory_read(t->a, json, &in, e);
    if (rc == LF_NOT_FOUND)
        return LF_OK;
    LF_TRY(rc);
    if (in.kind == LF_ADVISORY_FBI)
        return take_feedback(t, from, &in, e);
    return from->kind == LF_PEER_PARENT ? take_bulletin(t, from, &in, e) : LF_OK;
}
