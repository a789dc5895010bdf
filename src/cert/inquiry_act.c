/* What is done with inquiries, and who is told. */
#include "cert/document_priv.h"
#include "cert/draft.h"
#include "cert/incident_priv.h"
#include "cert/inquiry_priv.h"
#include "cert/notice.h"
#include "cert/people_priv.h"
#include "fmt/json.h"
#include "ident/account.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "ident/organisation.h"
#include "store/query_inquiry.h"

enum { ACTS = LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER };

static lf_view trimmed(lf_view v)
{
    return lf_view_some(lf_view_trim(v));
}

static enum lf_code audit(struct lf_task *t, enum lf_inquiry_act act, const struct lf_inquiry *x,
                          struct lf_err *e)
{
    struct lf_audit_note n;

    lf_audit_open(&n);
    lf_json_put_cstr(&n.w, "state", lf_inquiry_state_name(x->state));
    return lf_audit_close(&n, t, lf_arena_printf(t->a, "inquiry.%s", lf_inquiry_act_name(act)), x->id, e);
}

static enum lf_code add_entry(struct lf_task *t, const struct lf_inquiry *x, const struct lf_inquiry_entry *y,
                              struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    lf_view who = lf_inquiry_staff(t) || !lf_view_eq(t->scope.org, node.org) ? t->scope.org : LF_V("");

    return lf_db_exec(t->db, &node, &lf_q_inquiry_entry_add,
                      LF_ARGS(LF_TEXT(x->id), LF_INT(x->entries), LF_INT(lf_now(t->env)),
                              LF_TEXT(t->scope.account), LF_TEXT(who), LF_INT(y->act), LF_INT(x->state),
                              LF_INT(y->kind), text_arg(y->text), text_arg(y->name), LF_INT(y->due),
                              LF_INT(y->of)),
                      e);
}

static enum lf_code keep(struct lf_task *t, const struct inquiry_kept *k, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    const struct lf_inquiry *x = &k->x;

    return lf_db_exec(t->db, &node, &lf_q_inquiry_set,
                      LF_ARGS(LF_INT(x->state), LF_INT(x->kind), LF_INT(x->tlp), LF_TEXT(x->incident),
                              LF_TEXT(x->draft), LF_TEXT(x->owner), LF_INT(x->due), LF_INT(x->referred),
                              LF_INT(x->advice_due), LF_INT(lf_now(t->env)), LF_INT(x->answered),
                              LF_INT(x->closed), LF_INT(k->said), LF_INT(x->entries), LF_TEXT(x->id)),
                      e);
}

/* ---- who is told ---- */

/* The number alone: whoever reads the node's notices need not see what is asked. */
static struct lf_notice_new notice_of(struct lf_task *t, const struct lf_inquiry *x, enum lf_notice_kind kind)
{
    return (struct lf_notice_new){ .kind = kind,
                                   .key = lf_arena_printf(t->a, "inquiry/%.*s/%lld", LF_FMT(x->id),
                                                          (long long)x->entries),
                                   .subject = x->id,
                                   .title = lf_arena_printf(t->a, "#%lld", (long long)x->number),
                                   .path = lf_arena_printf(t->a, "/inquiries/%.*s", LF_FMT(x->id)),
                                   .due = x->due };
}

static enum lf_code tell_staff(struct lf_task *t, const struct lf_inquiry *x, struct lf_err *e)
{
    struct lf_notice_new n = notice_of(t, x, LF_NOTICE_INQUIRY);

    return lf_notice_raise(t, &n, NULL, e);
}

/* As the contacts that the account is; *told: how many. */
static enum lf_code tell_account(struct lf_task *t, const struct lf_inquiry *x, lf_view account, size_t *told,
                                 struct lf_err *e)
{
    const lf_view *contacts;

    *told = 0;
    if (!account.len || lf_view_eq(account, t->scope.account))
        return LF_OK;
    LF_TRY(people_of_account(t, account, told, &contacts, e));
    for (size_t i = 0; i < *told; i++) {
        struct lf_notice_new n = notice_of(t, x, LF_NOTICE_INQUIRY_NEWS);

        n.key = lf_arena_printf(t->a, "%.*s/%.*s", LF_FMT(n.key), LF_FMT(contacts[i]));
        n.about = contacts[i];
        LF_TRY(lf_notice_raise(t, &n, NULL, e));
    }
    return LF_OK;
}

/* An owner is one of the node's own, whoever asks. */
static enum lf_code owner_account(struct lf_task *t, lf_view name, struct lf_account *out, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);

    return lf_account_colleague(&own, name, out, e);
}

static enum lf_code tell_owner(struct lf_task *t, const struct lf_inquiry *x, size_t *told, struct lf_err *e)
{
    struct lf_account who;

    *told = 0;
    if (!x->owner.len || owner_account(t, x->owner, &who, &(struct lf_err){ 0 }) != LF_OK || who.disabled)
        return LF_OK;
    return tell_account(t, x, who.id, told, e);
}

static enum lf_code tell(struct lf_task *t, const struct lf_inquiry *x, enum lf_inquiry_act act,
                         struct lf_err *e)
{
    size_t told;

    switch (act) {
    case LF_INQUIRY_ASK:
        return tell_staff(t, x, e);
    case LF_INQUIRY_AGAIN:
        LF_TRY(tell_owner(t, x, &told, e));
        return told ? LF_OK : tell_staff(t, x, e);
    case LF_INQUIRY_TAKE:
        return tell_owner(t, x, &told, e);
    case LF_INQUIRY_ANSWER:
    case LF_INQUIRY_CLOSE:
    case LF_INQUIRY_REOPEN:
        return x->behalf ? LF_OK : tell_account(t, x, x->account, &told, e);
    default:
        return LF_OK;
    }
}

/* ---- asking ---- */

static enum lf_code line(const char *what, lf_view v, size_t least, struct lf_err *e)
{
    if (v.len && !document_is_line(v, LF_INQUIRY_LINE))
        return lf_err_set(e, LF_BAD_INPUT, "inquiry: %s is one line of at most %d bytes", what,
                          LF_INQUIRY_LINE);
    return document_text("inquiry", what, v, least, LF_INQUIRY_LINE, e);
}

static lf_view own_organisation(struct lf_task *t)
{
    struct lf_organisation o;
    struct lf_unit u;

    if (people_unit_about(t, t->scope.org, &u, &(struct lf_err){ 0 }) == LF_OK)
        return u.name;
    if (lf_view_eq(t->scope.org, t->self->org))
        return t->self->name;
    return lf_organisation_get(t, t->scope.org, &o, &(struct lf_err){ 0 }) == LF_OK ? o.name : LF_V("");
}

/* Who asks for himself. */
static void by_himself(struct lf_task *t, struct inquiry_kept *k)
{
    struct lf_account who;
    struct lf_inquiry *x = &k->x;

    x->name = LF_V("");
    if (lf_account_colleague(t, t->scope.account, &who, NULL) == LF_OK)
        x->name = lf_utf8_first(who.display.len ? who.display : who.name, LF_INQUIRY_LINE);
    x->organisation = lf_utf8_first(own_organisation(t), LF_INQUIRY_LINE);
    x->way = LF_INQUIRY_CONSOLE;
    x->came = lf_now(t->env);
    k->tenant = lf_view_eq(t->scope.org, t->self->org) ? LF_V("") : t->scope.org;
}

/* Who telephoned or wrote: where he is of the contact network by a tenancy, that sees it. */
static enum lf_code for_another(struct lf_task *t, struct inquiry_kept *k, struct lf_err *e)
{
    struct lf_inquiry *x = &k->x;
    struct lf_unit u;

    if (!lf_inquiry_staff(t))
        return lf_err_set(e, LF_FORBIDDEN, "inquiry: staff alone enter one for somebody else");
    x->name = trimmed(x->name);
    x->organisation = trimmed(x->organisation);
    LF_TRY(line("name", x->name, 1, e));
    LF_TRY(line("organisation", x->organisation, 0, e));
    if (!x->came)
        x->came = lf_now(t->env);
    if (x->came > lf_now(t->env))
        return lf_err_set(e, LF_BAD_INPUT, "inquiry: it came at a time that is past, not yet to come");
    k->tenant = LF_V("");
    if (x->organisation.len &&
        (lf_unit_get(t, x->organisation, &u, &(struct lf_err){ 0 }) == LF_OK ||
         lf_unit_find(t, x->organisation, x->organisation, &u, &(struct lf_err){ 0 }) == LF_OK)) {
        x->organisation = lf_utf8_first(u.name, LF_INQUIRY_LINE);
        if (!lf_view_eq(u.tenant, t->self->org))
            k->tenant = lf_view_some(u.tenant);
    }
    return LF_OK;
}

/* One that the account may see, too. */
static enum lf_code incident_ok(struct lf_task *t, lf_view incident, struct lf_err *e)
{
    struct incident_kept of;

    if (incident_find_own(t, incident, &of, &(struct lf_err){ 0 }) == LF_OK)
        return LF_OK;
    return lf_err_set(e, LF_UNACCEPTED, "inquiry: there is no incident \"%.*s\" that you may see",
                      LF_FMT(lf_view_first(incident, 80)));
}

enum lf_code lf_inquiry_ask(struct lf_task *t, const struct lf_inquiry *in, lf_view *id, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct inquiry_kept k = { .x = *in };
    struct lf_inquiry *x = &k.x;
    int64_t have;

    LF_TRY(lf_ident_need(t, ACTS, e));
    x->subject = trimmed(x->subject);
    x->text = trimmed(x->text);
    x->contact = trimmed(x->contact);
    x->incident = trimmed(x->incident);
    LF_TRY(line("subject", x->subject, 1, e));
    LF_TRY(line("contact", x->contact, 0, e));
    LF_TRY(document_text("inquiry", "text", x->text, 1, LF_INQUIRY_TEXT, e));
    if (x->behalf)
        LF_TRY(for_another(t, &k, e));
    else
        by_himself(t, &k);
    if (x->incident.len)
        LF_TRY(incident_ok(t, x->incident, e));
    LF_TRY(lf_db_int(t->db, &node, &lf_q_inquiry_open_of,
                     LF_ARGS(LF_TEXT(k.tenant), LF_TEXT(t->scope.account)), &have, e));
    if (have >= LF_INQUIRIES_OPEN)
        return lf_err_set(e, LF_TOO_MANY, "inquiry: %d are open already; close some of them first",
                          LF_INQUIRIES_OPEN);
    x->id = lf_uuid_new(t->env, t->a);
    x->state = LF_INQUIRY_ASKED;
    x->entries = 1;
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_inquiry_add,
                      LF_ARGS(LF_TEXT(x->id), text_arg(k.tenant), LF_TEXT(t->scope.account),
                              LF_INT(x->behalf), LF_INT(x->kind), LF_INT(x->tlp), LF_INT(x->way),
                              LF_INT(x->came), text_arg(x->name), text_arg(x->organisation),
                              LF_TEXT(x->contact), LF_TEXT(x->subject), LF_TEXT(x->text),
                              LF_TEXT(x->incident), LF_INT(lf_now(t->env))),
                      e));
    LF_TRY(add_entry(t, x, &(struct lf_inquiry_entry){ .act = LF_INQUIRY_ASK, .kind = (int)x->kind }, e));
    LF_TRY(inquiry_find(t, x->id, &k, e)); /* its number */
    LF_TRY(tell(t, x, LF_INQUIRY_ASK, e));
    *id = x->id;
    return audit(t, LF_INQUIRY_ASK, x, e);
}

/* ---- what is done with one ---- */

struct doing {
    struct lf_task *t;
    const struct lf_inquiry_do *in;
    struct inquiry_kept k;
    struct lf_inquiry_entry entry;
    lf_view draft;
};

/* Did the reader, or his organisation, ask it? */
static bool asked_it(const struct lf_task *t, const struct inquiry_kept *k)
{
    if (k->tenant.len)
        return lf_view_eq(k->tenant, t->scope.org);
    return lf_view_eq(k->x.account, t->scope.account);
}

static enum lf_code may(struct lf_task *t, const struct inquiry_kept *k, enum lf_inquiry_act act,
                        struct lf_err *e)
{
    LF_TRY(lf_ident_need(t, ACTS, e));
    if (lf_inquiry_staff(t) || (asked_it(t, k) && (act == LF_INQUIRY_AGAIN || act == LF_INQUIRY_CLOSE ||
                                                   act == LF_INQUIRY_INCIDENT || act == LF_INQUIRY_CHANGE)))
        return LF_OK;
    return lf_err_set(e, LF_FORBIDDEN,
                      "inquiry: who asked asks again, closes it, marks it or names its incident; all else is "
                      "for analysts, reviewers and administrators of the centre");
}

static enum lf_code fits(const struct doing *d, struct lf_err *e)
{
    enum lf_inquiry_act act = d->in->act;
    const struct lf_inquiry *x = &d->k.x;
    int64_t seen = inquiry_sees_all(d->t) ? x->entries : d->k.said;

    if (d->in->base && d->in->base != seen)
        return lf_err_set(e, LF_CONFLICT, "inquiry: somebody acted meanwhile; see how it stands now");
    if (x->entries >= LF_INQUIRY_ENTRIES)
        return lf_err_set(e, LF_TOO_MANY, "inquiry: its history has %d entries; ask another one",
                          LF_INQUIRY_ENTRIES);
    if (x->state == LF_INQUIRY_CLOSED && act != LF_INQUIRY_REOPEN && act != LF_INQUIRY_NOTE &&
        act != LF_INQUIRY_CHANGE)
        return lf_err_set(
            e, LF_CONFLICT,
            "inquiry: it is closed; the centre opens it again with the reason, or ask a new one");
    if (x->state != LF_INQUIRY_CLOSED && act == LF_INQUIRY_REOPEN)
        return lf_err_set(e, LF_CONFLICT, "inquiry: it is open; nothing is to be opened again");
    if (act == LF_INQUIRY_ASK)
        return lf_err_set(e, LF_BAD_INPUT, "inquiry: it was asked; again asks again");
    return LF_OK;
}

static lf_view own_name(struct lf_task *t)
{
    struct lf_account who;

    return lf_account_colleague(t, t->scope.account, &who, NULL) == LF_OK ? who.name : LF_V("");
}

/* Who does something for one that nobody has, has it. */
static void has(struct doing *d)
{
    if (!d->k.x.owner.len && lf_inquiry_staff(d->t))
        d->k.x.owner = own_name(d->t);
}

static void back_to_work(struct lf_inquiry *x)
{
    x->state = x->referred ? LF_INQUIRY_REFERRED : x->owner.len ? LF_INQUIRY_TAKEN : LF_INQUIRY_ASKED;
}

static enum lf_code do_take(struct doing *d, struct lf_err *e)
{
    struct lf_inquiry *x = &d->k.x;
    struct lf_account who;
    lf_view name = trimmed(d->in->owner);

    if (!name.len)
        name = own_name(d->t);
    if (!name.len)
        return lf_err_set(e, LF_BAD_INPUT, "inquiry: name who takes it; whoever asks has no account here");
    if (owner_account(d->t, name, &who, &(struct lf_err){ 0 }) != LF_OK || !lf_view_eq(who.name, name) ||
        who.disabled || !(who.roles & (LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REVIEWER)))
        return lf_err_set(e, LF_BAD_INPUT,
                          "inquiry: \"%.*s\" is no analyst, reviewer or administrator of the centre",
                          LF_FMT(lf_view_first(name, 64)));
    x->owner = name;
    if (d->in->set_due)
        x->due = d->in->due;
    if (x->state == LF_INQUIRY_ASKED)
        x->state = LF_INQUIRY_TAKEN;
    d->entry.name = name;
    d->entry.due = x->due;
    return LF_OK;
}

/* The node tells nobody outside by itself: who refers it telephones or writes. */
static enum lf_code do_refer(struct doing *d, struct lf_err *e)
{
    struct lf_inquiry *x = &d->k.x;
    lf_view whom = trimmed(d->in->whom);
    struct lf_unit u;

    LF_TRY(line("whom", whom, 1, e));
    if (d->in->to == LF_INQUIRY_TO_UNIT) {
        if (lf_unit_get(d->t, whom, &u, &(struct lf_err){ 0 }) != LF_OK &&
            lf_unit_find(d->t, whom, whom, &u, &(struct lf_err){ 0 }) != LF_OK)
            return lf_err_set(e, LF_UNACCEPTED,
                              "inquiry: \"%.*s\" is no organisation of the contact network; add it there, or "
                              "say that it is an operator, a partner or gives support",
                              LF_FMT(lf_view_first(whom, 120)));
        whom = lf_utf8_first(u.name, LF_INQUIRY_LINE);
    }
    if (d->in->due && d->in->due <= lf_now(d->t->env))
        return lf_err_set(e, LF_BAD_INPUT, "inquiry: advice is expected by a time that is yet to come");
    has(d);
    x->referred++;
    if (d->in->due && (!x->advice_due || d->in->due < x->advice_due))
        x->advice_due = d->in->due;
    x->state = LF_INQUIRY_REFERRED;
    d->entry.kind = (int)d->in->to;
    d->entry.name = whom;
    d->entry.due = d->in->due;
    return LF_OK;
}

static enum lf_code do_advise(struct doing *d, struct lf_err *e)
{
    struct lf_inquiry *x = &d->k.x;
    struct lf_inquiry_entry *list;
    size_t n, at = 0;

    if (!x->referred)
        return lf_err_set(e, LF_CONFLICT, "inquiry: no referral of it waits for advice");
    if (!d->in->of && x->referred > 1)
        return lf_err_set(e, LF_BAD_INPUT, "inquiry: several referrals wait for advice; say which one it is");
    LF_TRY(inquiry_history(d->t, x->id, &n, &list, e));
    inquiry_waiting(list, n, &x->referred, &x->advice_due);
    while (at < n && !(list[at].waits && (!d->in->of || d->in->of == list[at].seq)))
        at++;
    if (at == n)
        return lf_err_set(e, LF_CONFLICT, "inquiry: that referral does not wait for advice");
    d->entry.of = list[at].seq;
    d->entry.name = list[at].name;
    list[at].act = LF_INQUIRY_NOTE; /* it waits no more */
    inquiry_waiting(list, n, &x->referred, &x->advice_due);
    if (x->state == LF_INQUIRY_REFERRED)
        back_to_work(x);
    return LF_OK;
}

static enum lf_code do_incident(struct doing *d, struct lf_err *e)
{
    lf_view incident = trimmed(d->in->incident);

    LF_TRY(incident_ok(d->t, incident, e));
    if (d->k.x.incident.len)
        return lf_err_set(e, LF_CONFLICT, "inquiry: it has an incident already");
    d->k.x.incident = d->entry.name = incident;
    return LF_OK;
}

/* TLP:CLEAR to TLP:RED; nothing said is handled as AMBER. */
static int strictness(enum lf_tlp tlp)
{
    return tlp == LF_TLP_NONE ? LF_TLP_AMBER : (int)tlp;
}

static enum lf_code do_change(struct doing *d, struct lf_err *e)
{
    struct lf_inquiry *x = &d->k.x;
    struct lf_inquiry was = *x;

    if (d->in->kind >= 0) {
        if (!lf_inquiry_staff(d->t) && d->in->kind != (int)x->kind)
            return lf_err_set(e, LF_FORBIDDEN, "inquiry: what kind it is, the centre says");
        x->kind = (enum lf_inquiry_kind)d->in->kind;
    }
    if (d->in->tlp >= 0)
        x->tlp = (enum lf_tlp)d->in->tlp;
    if (strictness(x->tlp) < strictness(was.tlp) && !asked_it(d->t, &d->k))
        return lf_err_set(e, LF_FORBIDDEN, "inquiry: who asked alone makes its TLP less strict");
    if (x->kind == was.kind && x->tlp == was.tlp)
        return lf_err_set(e, LF_BAD_INPUT, "inquiry: nothing of it changes");
    d->entry.kind = (int)x->kind;
    d->entry.name = lf_view_of(lf_tlp_name(x->tlp));
    return LF_OK;
}

/* The account's own draft, with what is known: it is found again among his drafts. */
static enum lf_code do_draft(struct doing *d, struct lf_err *e)
{
    static const char *const channels[LF_INQUIRY_WAYS] = { "",      "telephone", "mail", "fax",
                                                           "paper", "paper",     "" };
    const struct lf_inquiry *x = &d->k.x;
    struct lf_task *t = d->t;
    struct lf_draft one = { .id = lf_uuid_new(t->env, t->a),
                            .stage = lf_view_of("behalf"),
                            .incident = LF_V(""),
                            .title = x->subject };
    char at[LF_TIME_TEXT];
    struct lf_json_w w;
    struct lf_buf b;
    enum lf_code rc;

    if (x->incident.len)
        return lf_err_set(e, LF_CONFLICT, "inquiry: it has an incident already");
    lf_buf_init(&b, LF_DRAFT_BYTES);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "aware_at", lf_time_milli(x->came, at));
    lf_json_put_str(&w, "title", x->subject);
    lf_json_put_str(&w, "description", lf_utf8_first(x->text, 4000));
    if (*channels[x->way])
        lf_json_put_cstr(&w, "behalf_channel", channels[x->way]);
    lf_json_put_str(&w, "behalf_who",
                    lf_utf8_first(lf_arena_printf(t->a, "%.*s %.*s", LF_FMT(x->name), LF_FMT(x->contact)),
                                  LF_INQUIRY_LINE));
    lf_json_put_str(&w, "behalf_agency", x->organisation);
    lf_json_put_str(&w, "behalf_at", lf_time_milli(x->came, at));
    lf_json_close(&w);
    rc = lf_buf_done(&b, e);
    one.values = lf_buf_view(&b);
    if (rc == LF_OK)
        rc = lf_draft_save(t, &one, e);
    lf_buf_clear(&b);
    LF_TRY(rc);
    d->k.x.draft = d->draft = one.id;
    has(d);
    if (d->k.x.state == LF_INQUIRY_ASKED)
        back_to_work(&d->k.x);
    return LF_OK;
}

/* What the act makes of it; how much text it needs. */
static enum lf_code make(struct doing *d, struct lf_err *e)
{
    struct lf_inquiry *x = &d->k.x;
    lf_time now = lf_now(d->t->env);

    switch (d->in->act) {
    case LF_INQUIRY_TAKE:
        return do_take(d, e);
    case LF_INQUIRY_REFER:
        return do_refer(d, e);
    case LF_INQUIRY_ADVISE:
        return do_advise(d, e);
    case LF_INQUIRY_ANSWER:
        has(d);
        x->state = LF_INQUIRY_ANSWERED;
        x->answered = x->answered ? x->answered : now;
        return LF_OK;
    case LF_INQUIRY_AGAIN:
        back_to_work(x);
        return LF_OK;
    case LF_INQUIRY_CLOSE:
        x->state = LF_INQUIRY_CLOSED;
        x->closed = now;
        return LF_OK;
    case LF_INQUIRY_REOPEN:
        x->closed = 0;
        back_to_work(x);
        return LF_OK;
    case LF_INQUIRY_INCIDENT:
        return do_incident(d, e);
    case LF_INQUIRY_CHANGE:
        return do_change(d, e);
    case LF_INQUIRY_DRAFT:
        return do_draft(d, e);
    case LF_INQUIRY_ASK:
    case LF_INQUIRY_NOTE:
        break;
    }
    return LF_OK;
}

static bool needs_text(enum lf_inquiry_act act)
{
    return act == LF_INQUIRY_REFER || act == LF_INQUIRY_ADVISE || act == LF_INQUIRY_ANSWER ||
           act == LF_INQUIRY_AGAIN || act == LF_INQUIRY_NOTE || act == LF_INQUIRY_REOPEN;
}

enum lf_code lf_inquiry_act(struct lf_task *t, lf_view id, const struct lf_inquiry_do *in, lf_view *draft,
                            struct lf_err *e)
{
    struct doing d = { .t = t, .in = in, .entry = { .act = in->act, .text = trimmed(in->text) } };

    LF_TRY(inquiry_find(t, id, &d.k, e));
    LF_TRY(may(t, &d.k, in->act, e));
    LF_TRY(fits(&d, e));
    LF_TRY(document_text("inquiry", "text", d.entry.text, needs_text(in->act), LF_INQUIRY_TEXT, e));
    LF_TRY(make(&d, e));
    d.k.x.entries++;
    d.k.said += inquiry_is_said(in->act);
    LF_TRY(keep(t, &d.k, e));
    LF_TRY(add_entry(t, &d.k.x, &d.entry, e));
    LF_TRY(tell(t, &d.k.x, in->act, e));
    if (draft)
        *draft = d.draft;
    return audit(t, in->act, &d.k.x, e);
}

/* Whoever sends it: the draft is his, and was made of the inquiry when he might. */
enum lf_code lf_inquiry_sent(struct lf_task *t, lf_view draft, lf_view incident, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct lf_inquiry_entry entry = { .act = LF_INQUIRY_INCIDENT, .name = incident };
    struct lf_scope node = lf_node_rows(t);
    const lf_view *ids;
    struct inquiry_kept k;
    size_t n;

    LF_TRY(lf_db_texts(t->db, &node, &lf_q_inquiry_of_draft, LF_ARGS(text_arg(draft)), t->a, 1, &n, &ids, e));
    if (!n)
        return LF_OK;
    LF_TRY(inquiry_find(&own, ids[0], &k, e));
    if (k.x.incident.len || k.x.entries >= LF_INQUIRY_ENTRIES) /* it became another's meanwhile */
        return LF_OK;
    k.x.incident = incident;
    k.x.draft = LF_V("");
    k.x.entries++;
    k.said++;
    LF_TRY(keep(t, &k, e));
    LF_TRY(add_entry(t, &k.x, &entry, e));
    return audit(t, LF_INQUIRY_INCIDENT, &k.x, e);
}
