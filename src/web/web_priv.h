/* What the files of this room share: one request being answered. */
#ifndef LF_WEB_WEB_PRIV_H
#define LF_WEB_WEB_PRIV_H

#include "base/buf.h"
#include "cert/contact.h"
#include "fmt/json.h"
#include "fmt/multipart.h"
#include "model/observable.h"
#include "model/page.h"
#include "model/role.h"
#include "post/mail.h"
#include "post/mail_key.h"
#include "soc/alert.h"
#include "web/text.h"
#include "web/web.h"

enum {
    ADMIN_ = LF_ROLE_ADMIN | LF_ROLE_SYSTEM,
    PERSON = LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER | LF_ROLE_READER |
             LF_ROLE_SYSTEM,
    SEE = PERSON,
    ANYONE = PERSON | LF_ROLE_SHARE | LF_ROLE_SENDER,
    TRIAGE = ADMIN_ | LF_ROLE_ANALYST,
    REPORT = ADMIN_ | LF_ROLE_ANALYST | LF_ROLE_REPORTER,
    ACT = ADMIN_ | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER,
    HANDLE = LF_ROLE_SYSTEM | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER,
    JUDGE = ADMIN_ | LF_ROLE_ANALYST | LF_ROLE_REVIEWER,
    MANAGE = ADMIN_,
    SIGN_MANAGE = ADMIN_ | LF_ROLE_REVIEWER,
    SIGN = LF_ROLE_REVIEWER | LF_ROLE_SYSTEM,
    AUDIT = ADMIN_ | LF_ROLE_REVIEWER,
};

struct lf_publication_uses;
struct lf_quota;
/* A file that was previewed: of one session, until it is taken, another is previewed or KEPT_FOR is over.
 * When there are too many the one that would go first goes. */
enum { KEPT = 4 };
#define KEPT_FOR (10 * LF_MINUTE)
struct kept_file {
    struct lf_arena a;
    lf_view whose, id, name, body;
    lf_time until; /* tick; 0: none */
};

enum { STREAMS = 4 /* open at once (web/stream.h) */ };
struct lf_web {
    struct lf_web_parts parts;
    uint64_t requests, refused;
    struct lf_quota *quota;
    struct lf_publication_uses *uses;
    lf_time open_at; /* when requests for open data were last let in again, by the tick */
    int open_left;   /* of them */
    struct kept_file kept[KEPT];
    struct stream *streams[STREAMS];
};

struct rq {
    struct lf_web *w;
    struct lf_task *t;
    const struct lf_http_request *in;
    struct lf_http_response *out;
    struct lf_err *e;
    lf_view id;                /* of {id} in the path */
    lf_time waited;            /* until when it was to wait, when it is asked again; 0 = the first time */
    lf_view session;           /* token of the cookie the scope came from; empty otherwise */
    lf_view form;              /* the body, when it is a form */
    struct lf_multipart files; /* the same, when it is one that may have files */
    const struct lf_json *json;
    enum lf_lang lang;
    const struct lf_form *form_kept; /* of reports, once it was asked for (report_form_of) */
    bool roc;                        /* years of the Republic */
    lf_view theme;                   /* "light", "dark", or "auto" */
};

typedef enum lf_code (*handler_fn)(struct rq *r);

enum route_kind { API, UPLOAD, PAGE, FILES };
static inline bool is_api(enum route_kind k)
{
    return k == API || k == UPLOAD;
}
struct route {
    const char *method, *path;
    unsigned roles;
    enum route_kind kind;
    handler_fn handler;
    const char *name, *body, *sentence;
};
extern const struct route routes[];
extern const size_t nroutes;

#define LF_ROUTE(method, path, roles, kind, handler, body, sentence) enum lf_code handler(struct rq *r);
#include "web/routes.def"
#undef LF_ROUTE

/* ---- answers ---- */

void answer(struct rq *r, int status, const char *type, lf_view body);
/* What `b` holds, as JSON; `b` is cleared. */
enum lf_code answer_json(struct rq *r, int status, struct lf_buf *b);
/* What `b` holds, as a CSV file "NAME.csv"; `b` is cleared. */
enum lf_code answer_csv(struct rq *r, lf_view name, struct lf_buf *b);
/* `rc`: how writing `x` into `b` went; as a file "NAME.xlsx".  Both are done with. */
struct lf_xlsx;
enum lf_code answer_xlsx(struct rq *r, lf_view name, struct lf_xlsx *x, struct lf_buf *b, enum lf_code rc);
enum lf_code answer_empty(struct rq *r, int status);
/* A file to be kept, never shown in the browser: what it holds may be somebody else's. */
void answer_file(struct rq *r, const char *type, lf_view name, lf_view bytes);
/* 303: the browser asks `to` anew. */
enum lf_code redirect(struct rq *r, lf_view to);
/* problem+json; `e->text` is the detail. */
void problem(struct rq *r, enum lf_code code);
/* A whole page that says what went wrong. */
void page_problem(struct rq *r, enum lf_code code);
void set_cookie(struct rq *r, const char *name, lf_view value, const char *attributes);

/* The address this node writes from; empty when no mail server is set. */
lf_view mail_from(const struct rq *r);

/* ---- questions ---- */

lf_view cookie(const struct rq *r, const char *name);
/* A field of the query; ptr NULL if absent. */
lf_view query(const struct rq *r, const char *name);
/* A field of the form or a text member of the JSON body; ptr NULL if absent. */
lf_view field(const struct rq *r, const char *name);
/* The same, LF_BAD_INPUT when absent or empty. */
enum lf_code need(const struct rq *r, const char *name, lf_view *out) LF_MUST;
/* An instant with its offset; a browser's own field has none and means Taipei.  0 when absent or empty. */
enum lf_code moment_field(const struct rq *r, const char *name, lf_time *out) LF_MUST;
/* The other way: what such a field wants, "2026-11-21T10:48" of Taipei, or with seconds; empty for 0. */
lf_view moment_shown(const struct rq *r, lf_time at, bool seconds);
/* A whole number of the form, or of the JSON as a number or text; 0 when left out. */
enum lf_code whole_field(struct rq *r, const char *name, int64_t *out) LF_MUST;
/* A form's answer: does it to what its field `name` says, and goes to the page `then`. */
typedef enum lf_code (*named_fn)(struct rq *r, lf_view named);
enum lf_code do_named(struct rq *r, const char *name, named_fn act, const char *then) LF_MUST;
/* A file of the form that was chosen and is not empty; LF_BAD_INPUT when there is none. */
enum lf_code need_file(const struct rq *r, const char *name, struct lf_multipart_part *out) LF_MUST;
enum lf_code page_of(const struct rq *r, struct lf_page *out) LF_MUST;
/* A list's ?format=: csv, or json, which is also what is answered when none is said. */
enum lf_code format_of(const struct rq *r, bool *csv) LF_MUST;
/* A token that leaked must not take the account over: what guards the account is
 * changed only from a browser's session. */
enum lf_code need_session(const struct rq *r) LF_MUST;
bool may(const struct rq *r, unsigned roles);
/* Is he one of the node's own people, not of another organisation on it? */
bool of_node(const struct rq *r);
/* The path pattern's match; *id gets what {…} took. */
bool route_match(const char *pattern, lf_view path, lf_view *id);

/* The OpenAPI 3.1 document, in the buffer. */
void openapi_write(struct lf_buf *b);
/* The month that is asked for, or this one; hundredths of a per cent as "99.50". */
struct lf_device_month;
enum lf_code device_month(struct rq *r, struct lf_device_month *month) LF_MUST;
lf_view device_percent(struct lf_arena *a, int hundredths);
/* Keeps a search from what the form or body says; id empty: a new one. */
enum lf_code saved_search_put(struct rq *r, lf_view id, lf_view *out) LF_MUST;
/* Sets up a feed, or changes one, from what the form or body says. */
enum lf_code feed_put(struct rq *r, lf_view id, lf_view *out) LF_MUST;
/* What the query or the form says of a referral's letter (api_letter.c). */
struct lf_letter_choice;
enum lf_code letter_choice(struct rq *r, bool posted, struct lf_letter_choice *out) LF_MUST;
enum lf_code letter_send(struct rq *r) LF_MUST; /* the one whose seal is posted */
/* Sets up a digest by mail from what the form or body says. */
enum lf_code digest_put(struct rq *r, lf_view *id) LF_MUST;
/* Adds or changes an organisation (id empty: a new one) or a contact of the contact network, and says who
 * stands for a post ("deputy-2"; ids joined by commas), from what the form or body says. */
enum lf_code unit_put(struct rq *r, lf_view id, lf_view *out) LF_MUST;
/* ?lacks= of lists of organisations: a part, any, or left out. */
enum lf_code unit_lacks(struct rq *r, unsigned *out) LF_MUST;
enum lf_code contact_put(struct rq *r, lf_view unit, lf_view id, lf_view *out) LF_MUST;
/* A contact's key as the form or body gives it; the contact is r->id. */
enum lf_code contact_key_add(struct rq *r, struct lf_mail_key *out) LF_MUST;
/* The node's own key of a kind, and what others take of it. */
enum lf_code mail_own(struct rq *r, enum lf_seal_kind kind, struct lf_seal_key *k, lf_view *text,
                      bool *there) LF_MUST;
/* Mail of the last 90 days; *ours: whoever asks is of the node's own people, whom alone it is for. */
enum lf_code mail_counts(struct rq *r, struct lf_mail_counts *out, bool *ours) LF_MUST;
enum lf_code post_set(struct rq *r, lf_view name, lf_view ids) LF_MUST;
/* Of rosters, for page and API: the times that are asked for (?from=, ?until=; 14 days from now), shifts and
 * covers as the form or body says; the post is r->id. */
struct lf_roster;
/* A moment of the query, or a day of Taipei; as it was when left out. */
enum lf_code moment_asked(struct rq *r, const char *name, lf_time *out) LF_MUST;
enum lf_code roster_asked(struct rq *r, lf_time *from, lf_time *until) LF_MUST;
enum lf_code roster_add(struct rq *r) LF_MUST;
enum lf_code roster_cover(struct rq *r, lf_view *id) LF_MUST; /* id: of what was asked for; ptr NULL: done */
enum lf_code roster_answer(struct rq *r, lf_view id) LF_MUST;
enum lf_code post_name(struct rq *r, lf_view name, enum lf_who *who, int *place) LF_MUST;
/* A notice to try whether it arrives, at the contacts of a unit; marked as an exercise. */
enum lf_code notice_try(struct rq *r, lf_view *id) LF_MUST;
/* What the form or body says of a device. */
enum lf_code device_set(struct rq *r, lf_view name) LF_MUST;
/* What a person asks to be looked for, from the form or body; for page and API. */
struct added {
    lf_view id;
    struct lf_observable what;
};
struct lf_indicator_filter;
enum lf_code indicator_filter(struct rq *r, struct lf_indicator_filter *out) LF_MUST;
enum lf_code indicator_add(struct rq *r, bool release, struct added *out) LF_MUST;
/* With the form's or body's reason where a warning list keeps it back. */
enum lf_code indicator_release(struct rq *r, lf_view id) LF_MUST;

/* For page and API: what the form or body says of an alert's owner (an account's name, "me",
 * or empty for nobody) and verdict, and of an asset. */
enum lf_code alert_owner(struct rq *r, lf_view *out) LF_MUST;
enum lf_code alert_verdict(struct rq *r, enum lf_verdict *out) LF_MUST;
/* After a verdict on the alert r->id: the indicator that found it is as sure as that makes it. */
enum lf_code alert_judged(struct rq *r) LF_MUST;
enum lf_code asset_set(struct rq *r, lf_view name) LF_MUST;
/* The groups of a correlation in an alert's evidence (engine/correlation.h), 0: it is
 * none; and the query of the archive that finds a group's events. */
size_t correlation_groups(struct rq *r, lf_view event, const struct lf_json **out);
lf_view correlation_query(struct rq *r, const struct lf_json *group);
/* "behind": what a correlation was made of, into an evidence's JSON. */
enum lf_code put_behind(struct rq *r, struct lf_json_w *w, lf_view alert, lf_view event) LF_MUST;

/* What of the stored objects is asked for, by the query of the page and of the API alike; the same as
 * it goes into a link, "&value=…". */
struct lf_object_query;
enum lf_code object_query_of(struct rq *r, struct lf_object_query *out) LF_MUST;
lf_view object_query_link(struct rq *r);
struct lf_graph;
enum lf_code object_graph_of(struct rq *r, lf_view id, struct lf_graph *out) LF_MUST;

/* Makes, changes or removes (r->id) a collection, with its line in the audit trail; *left: call again. */
struct lf_collection;
enum lf_code collection_add(struct rq *r, struct lf_collection *c) LF_MUST;
enum lf_code collection_change(struct rq *r, const struct lf_collection *c) LF_MUST;
enum lf_code collection_remove(struct rq *r, bool *left) LF_MUST;
/* Sets a member's quotas from what the form or body says. */
enum lf_code quota_set(struct rq *r, lf_view member) LF_MUST;
/* Sets how long objects of a type are kept, in the same way. */
enum lf_code lifetime_set(struct rq *r, lf_view type) LF_MUST;

/* A file in or out of a collection, for the console: what was made of it and what could not be said. */
struct exchange_said {
    const char *format;
    size_t objects, taken, refused, lost;
    const struct lf_json *losses,
        *refusals;       /* lists of {where, value, text} and {message}: the first thousand */
    lf_view text, alias; /* of what goes out */
};
/* format, collection, mapping and tlp are the form's; `dry`: nothing is kept. */
enum lf_code exchange_in(struct rq *r, lf_view text, lf_view source, bool dry,
                         struct exchange_said *out) LF_MUST;
/* format and collection are the query's. */
enum lf_code exchange_out(struct rq *r, struct exchange_said *out) LF_MUST;

/* Of advisories, for page and API: the kind and state a list is asked for (-1: any), and
 * publishing as the form or body says. */
enum lf_code advisory_filter(struct rq *r, int *kind, int *state) LF_MUST;
enum lf_code advisory_publish(struct rq *r) LF_MUST;
/* A draft (EWA) from the incident r->id that names no victim (api_incident_warn.c). */
enum lf_code incident_warn(struct rq *r, bool english, lf_view *advisory) LF_MUST;

/* Of members and bulletins, for page and API: what the form or body says of a member (id empty: a new one)
 * and of an answer; the state and verdict a list is asked for (-1: any). */
struct lf_bulletin_answer;
enum lf_code member_put(struct rq *r, lf_view id, lf_view *out) LF_MUST;
enum lf_code bulletin_answer(struct rq *r, struct lf_bulletin_answer *out) LF_MUST;
enum lf_code bulletin_filter(struct rq *r, int *state, int *verdict) LF_MUST;

/* One incident whole: state, signed events, clocks. */
struct lf_incident_full;
struct lf_form;
enum lf_code report_form_of(struct rq *r, const struct lf_form **out) LF_MUST;
enum lf_code incident_json(struct rq *r, struct lf_json_w *w, const struct lf_incident_full *full) LF_MUST;

/* Of articles, for page and API: what a list is asked for, and the fields that the form or body has, over
 * those that are there. */
struct lf_article_filter;
struct lf_article_form;
enum lf_code article_filter(struct rq *r, struct lf_article_filter *out) LF_MUST;
void article_fields(const struct rq *r, struct lf_article_form *f);

/* Of referrals, for page and API: those of an incident (empty: of all) as the query asks; a new one and an
 * answer as the form or body says. */
struct lf_referral;
enum lf_code referral_list(struct rq *r, lf_view incident, size_t *n, const struct lf_referral **out,
                           lf_view *next) LF_MUST;
enum lf_code referral_add(struct rq *r, lf_view incident, lf_view *id) LF_MUST;
enum lf_code referral_answer(struct rq *r) LF_MUST;
enum lf_code referral_due(struct rq *r) LF_MUST;

/* Mail that came in, as the query asks; for page and API. */
struct lf_inbox_mail;
struct lf_mail_opened;
struct lf_mime;
/* A mail out of its seal; and the contact whose key signed it, empty where there is none. */
enum lf_code inbox_read(struct rq *r, lf_view source, struct lf_mail_opened *opened,
                        struct lf_mime *mime) LF_MUST;
lf_view inbox_signer(struct rq *r, const struct lf_mail_opened *o);
enum lf_code inbox_list(struct rq *r, size_t *n, const struct lf_inbox_mail **out, lf_view *next) LF_MUST;

/* A port as people type it; 0: nothing was typed. */
enum lf_code port_of(struct rq *r, lf_view typed, int *port) LF_MUST;
/* What is said to whom of a source of attack: kind, recipient, way and body; `at` 0: when is not known yet.
 * LF_CONFLICT: nobody is known to hold the address. */
struct lf_network;
enum lf_code source_referral(struct rq *r, const struct lf_network *of, lf_view port, lf_time at,
                             struct lf_referral *out) LF_MUST;

/* Of evidence, for page and API: a new item and a hand-over as the form or body says. */
enum lf_code evidence_add(struct rq *r, lf_view *id) LF_MUST;
enum lf_code evidence_move(struct rq *r) LF_MUST;

/* Of incidents' tasks, for page and API: those that the query asks for; a new one and a change as the form or
 * body says. */
struct lf_incident_task;
struct lf_task_filter;
enum lf_code incident_task_filter(struct rq *r, struct lf_task_filter *out) LF_MUST;
enum lf_code incident_task_add(struct rq *r, lf_view *id) LF_MUST;
enum lf_code incident_task_change(struct rq *r) LF_MUST;
/* The name of the account that asks; empty when it is none. */
lf_view own_name(struct rq *r);
/* An account is shut out, and its open tasks are nobody's (api_user.c). */
enum lf_code account_shut_out(struct rq *r, lf_view id) LF_MUST;

/* Decides about a rule from what the form or body says; for page and API. */
enum lf_code tuning_set(struct rq *r, lf_view rule, struct lf_tuning *out) LF_MUST;
/* Confirms that a rule raises nothing at a host; note, and days or until, from the form or body. */
enum lf_code exclusion_set(struct rq *r, lf_view rule, lf_view host) LF_MUST;
/* Sets a legal hold from what the form or body says; what one keeps, as the intake last said. */
enum lf_code hold_set(struct rq *r, lf_view *id) LF_MUST;
bool hold_size(struct rq *r, lf_view id, int64_t *blocks, int64_t *bytes);
/* Asks the archives below from what the form or body says. */
enum lf_code question_ask(struct rq *r, lf_view *id) LF_MUST;
/* The day of Taipei that begins so, "2026-11-21". */
lf_view day_text(const struct rq *r, lf_time begin);

extern const char ui_console_css[], ui_icon_svg[], ui_report_js[];
extern const size_t ui_console_css_len, ui_icon_svg_len, ui_report_js_len;

/* LF_TRY within an answer that was begun: what was written of it goes, and the refusal is the answer. */
#define PUT_TRY(b, call)                                                                                     \
    do {                                                                                                     \
        enum lf_code lf_rc_ = (call);                                                                        \
        if (lf_rc_ != LF_OK) {                                                                               \
            lf_buf_clear(b);                                                                                 \
            return lf_rc_;                                                                                   \
        }                                                                                                    \
    } while (0)

#endif
