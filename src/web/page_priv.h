/* What the console's pages are put together from. */
#ifndef LF_WEB_PAGE_PRIV_H
#define LF_WEB_PAGE_PRIV_H

#include "cert/network.h"
#include "cert/referral.h"
#include "isac/peer.h"
#include "soc/alert.h"
#include "web/html.h"
#include "web/web_priv.h"

/* Arguments of lf_html: a sentence by its key, and what is escaped. */
#define T(key) LF_H(lf_text(LF_T_##key, r->lang))
#define V(view) LF_H(view)

lf_view text(const struct rq *r, enum lf_text key);
lf_view number(const struct rq *r, int64_t n);
/* The sentence with its one placeholder filled. */
lf_view fill1(const struct rq *r, enum lf_text key, const char *name, lf_view value);
lf_view path2(const struct rq *r, const char *first, lf_view id, const char *last);
lf_view tier_text(const struct rq *r, lf_view tier);
/* The node's own collections are titled in both languages, "中文 / English". */
lf_view collection_title(struct rq *r, lf_view title);

/* Every page begins and ends with these; the buffer is the end's to clear, or PUT_TRY's. */
void begin_page(struct rq *r, struct lf_buf *b, lf_view title, const char *current);
enum lf_code end_page(struct rq *r, struct lf_buf *b, int status) LF_MUST;

/* Why something was refused, in the reader's language where the table has it (web/refusal.h). */
void put_detail(struct rq *r, struct lf_buf *b, lf_view english);
/* The same above a page that is shown again. */
void put_refusal(struct rq *r, struct lf_buf *b, lf_view english);
/* A form was refused: the page is shown again with why and with what was typed; the code that is returned
 * undoes the task. */
enum lf_code page_again(struct rq *r, enum lf_code rc,
                        enum lf_code (*page)(struct rq *r, int status)) LF_MUST;
void put_csrf(struct rq *r, struct lf_buf *b);
void put_when(struct rq *r, struct lf_buf *b, lf_time t);
void put_when_zone(struct rq *r, struct lf_buf *b, lf_time t);
lf_view duration(const struct rq *r, int64_t s); /* seconds as people say them: minutes, hours or days */
void badge(struct lf_buf *b, const char *tone, const char *sign, lf_view word);
/* The link to what is older, when there is any. */
void put_next(struct rq *r, struct lf_buf *b, lf_view next);
/* A one-button form. */
/* Taipei's time, by the calendar the reader chose. */
lf_view when_text(const struct rq *r, lf_time t);
/* page_case_import.c: a table of files of old cases; nothing when there are none. */
struct lf_case_import;
void put_case_imports(struct rq *r, struct lf_buf *b, const struct lf_case_import *list, size_t n);
void put_button(struct rq *r, struct lf_buf *b, lf_view action, enum lf_text label, const char *class);
void put_level(struct rq *r, struct lf_buf *b, enum lf_level level);

/* page_filter.c: fields of the forms by which lists are narrowed.  `now`: the value that is chosen; `more`:
 * further attributes, as they are. */
struct filter_choice {
    const char *value;
    enum lf_text text;
};
void put_filter_choice(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label,
                       const struct filter_choice *of, size_t n, lf_view now);
void put_filter_input(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label, const char *more);
/* The same with "any" before the choices, by what the query asks. */
void put_filter_any(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label,
                    const struct filter_choice *of, size_t n);
bool filter_asked(const struct rq *r, const char *const *names, size_t n); /* one of them at least */

/* page_form.c: fields of forms; what was typed and refused stands in them again. `mark`: a field that this
 * form alone always sends; `more`: attributes. */
void begin_post_form(struct rq *r, struct lf_buf *b, lf_view to);
void put_form_input(struct rq *r, struct lf_buf *b, const char *mark, const char *name, enum lf_text label,
                    lf_view now, const char *more);
void put_form_area(struct rq *r, struct lf_buf *b, const char *mark, const char *id, const char *name,
                   enum lf_text label, lf_view now);
void put_form_select(struct rq *r, struct lf_buf *b, const char *mark, const char *id, const char *name,
                     enum lf_text label, const struct filter_choice *of, size_t n, lf_view now);

/* Pieces that pages share (page.c, page_alert.c, page_incident.c, page_peer.c). */
void put_next_with(struct rq *r, struct lf_buf *b, const char *more, lf_view next);
void put_alert_state(struct rq *r, struct lf_buf *b, enum lf_alert_state s);
void put_peer_state(struct rq *r, struct lf_buf *b, enum lf_peer_state s);
enum lf_code put_parent(struct rq *r, struct lf_buf *b);
lf_view title_text(const struct rq *r, lf_view title);
lf_view alert_title(const struct rq *r, const struct lf_alert *a);
void put_alert_table(struct rq *r, struct lf_buf *b, const struct lf_alert *items, size_t n);
/* The panel of an alert in which its rule is decided about. */
enum lf_code put_tuning(struct rq *r, struct lf_buf *b, const struct lf_alert *a) LF_MUST;
/* Whether the alert's rule is excluded at its host, or that its verdict proposes so; all of them. */
enum lf_code put_exclusion(struct rq *r, struct lf_buf *b, const struct lf_alert *a) LF_MUST;
enum lf_code put_exclusions(struct rq *r, struct lf_buf *b) LF_MUST;
lf_view asset_link(struct rq *r, lf_view name); /* its place on the page of assets */
/* Further parts of it (page_alert_work.c). */
lf_view verdict_text(const struct rq *r, enum lf_verdict v);
enum lf_code put_correlation(struct rq *r, struct lf_buf *b, lf_view alert, lf_view event) LF_MUST;
void put_alert_acts(struct rq *r, struct lf_buf *b, const struct lf_alert *a);
enum lf_code put_alert_history(struct rq *r, struct lf_buf *b, const struct lf_alert *a) LF_MUST;
lf_view action_text(const struct rq *r, lf_view action); /* an act of the audit trail, in words */
/* page_object_grade.c: panels of an object's page. */
enum lf_code put_grade(struct rq *r, struct lf_buf *b, lf_view id, const struct lf_json *object) LF_MUST;
enum lf_code put_object_acts(struct rq *r, struct lf_buf *b, lf_view id) LF_MUST;
/* page_saved_search.c: the panel of saved searches, and the form that keeps this one. */
enum lf_code put_saved_searches(struct rq *r, struct lf_buf *b) LF_MUST;
void put_save_form(struct rq *r, struct lf_buf *b, lf_view q, lf_view from, lf_view to);
lf_view named(const struct rq *r, lf_view name);
/* What a notice is about, in words. */
lf_view notice_kind_text(const struct rq *r, enum lf_notice_kind k);
/* Whom a notice reaches, in words: "Response-centre group 3" (page_notice.c). */
lf_view post_text(struct rq *r, enum lf_who who, int place);
/* An attribute of an organisation (enum lf_unit_attribute), "academia", in words (page_unit.c). */
enum lf_text unit_attribute_text(unsigned attribute);
/* All posts as options of a choice, by their names ("group-3") (page_roster.c). */
void put_post_options(struct rq *r, struct lf_buf *b, lf_view chosen);
lf_view account_name(struct rq *r, lf_view id);
void put_network_side(struct rq *r, struct lf_buf *b, enum lf_network_side side); /* page_network.c */
/* page_task.c: the tasks of the incident of the path, with why an act on them was refused. */
enum lf_code page_incident_tasks_again(struct rq *r, int status);
void put_referral_state(struct rq *r, struct lf_buf *b, const struct lf_referral *x); /* page_referral.c */
/* A choice of an advisory's form, "energy", as people call it. */
lf_view advisory_word(const struct rq *r, lf_view name);
/* "2026-11-21T10:48" or with seconds, of Taipei, as a browser sends it (page_incident.c). */
enum lf_code local_time(struct rq *r, lf_view v, lf_view *out) LF_MUST;
/* Referrals of the incident that are overdue, and those that its answers ask for (page_referral.c). */
enum lf_code put_referrals_late(struct rq *r, struct lf_buf *b, lf_view incident) LF_MUST;
/* Letters of a referral that were sent (page_letter.c). */
enum lf_code put_letters(struct rq *r, struct lf_buf *b, lf_view referral) LF_MUST;
/* Roles as badges, as boxes to tick, and those that were ticked (page_role.c). */
void put_roles(struct rq *r, struct lf_buf *b, unsigned roles);
void put_role_boxes(struct rq *r, struct lf_buf *b, unsigned offered, unsigned checked);
unsigned checked_roles(const struct rq *r);
/* What was filled in of the report form, and the later reports that can be made (page_report.c). */
enum lf_code put_report_panel(struct rq *r, struct lf_buf *b, const struct lf_incident_full *x) LF_MUST;
/* Playbooks that fit the incident, each to be applied (page_playbook.c). */
enum lf_code put_incident_playbooks(struct rq *r, struct lf_buf *b) LF_MUST;
/* A phase (enum lf_task_phase) in words (page_task.c). */
enum lf_text task_phase_text(unsigned phase);
/* Recovery procedures that it called for, and that it speaks of; `all`: the others too (page_recovery.c). */
enum lf_code put_incident_recoveries(struct rq *r, struct lf_buf *b, bool all) LF_MUST;
struct lf_playbook;
lf_view playbook_name(const struct rq *r, const struct lf_playbook *p);
/* Its tasks that are open, and where all are (page_task.c). */
enum lf_code put_incident_tasks(struct rq *r, struct lf_buf *b, lf_view incident) LF_MUST;
/* What may be done now, each act a form of its own or one of the usual ones; the follow-up measures; an act
 * by its kind, else the kind; `base` of the form into a body: what its author had on screen
 * (page_incident_act.c).  `typed`: the note of a usual act that was refused. */
enum lf_text incident_tlp_text(enum lf_tlp tlp);
void put_incident_acts(struct rq *r, struct lf_buf *b, const struct lf_incident_full *x, lf_view typed);
void put_incident_measures(struct rq *r, struct lf_buf *b, const struct lf_incident_full *x);
lf_view act_word(const struct rq *r, lf_view kind);
void incident_base(struct rq *r, struct lf_json_w *w);
/* The i-th of its events as an item of a list (page_incident.c). */
void put_incident_event(struct rq *r, struct lf_buf *b, const struct lf_incident_full *x, size_t i);
/* Organisations that joined the platform, by year; nothing for a tenant (api_joined.c). */
enum lf_code put_joined(struct rq *r, struct lf_buf *b) LF_MUST;
/* Articles and closed cases like it (page_article.c). */
enum lf_code put_incident_articles(struct rq *r, struct lf_buf *b, const struct lf_incident_full *x) LF_MUST;
/* Its files, and the form for another (page_incident_file.c). */
enum lf_code put_incident_files(struct rq *r, struct lf_buf *b, const struct lf_incident_full *x) LF_MUST;
/* Of incidents and their clocks (page_incident_list.c, page_incident.c). */
enum lf_code put_incident_table(struct rq *r, struct lf_buf *b, const struct lf_incident_page *list) LF_MUST;
/* That nothing on this page is real (page_exercise.c). */
void put_exercise_banner(struct rq *r, struct lf_buf *b, const struct lf_incident_exercise *x);
/* The same when that incident is of an exercise. */
enum lf_code put_exercise_of(struct rq *r, struct lf_buf *b, lf_view incident) LF_MUST;
/* Level 1-4 as a badge; 0: not stated yet. */
void put_incident_level(struct rq *r, struct lf_buf *b, int level);
void put_deadline(struct rq *r, struct lf_buf *b, const struct lf_deadline *d);
void put_deadline_table(struct rq *r, struct lf_buf *b, const struct lf_deadline_page *list);
lf_view role_word(const struct rq *r, lf_view by);
/* Minutes below two hours, hours above. */
lf_view clock_span(const struct rq *r, int64_t seconds, enum lf_text minutes, enum lf_text hours);
/* These of the query again, "&q=…", for the link to what is older (alert_filter.c). */
lf_view query_again(struct rq *r, const char *const *fields, size_t n);

/* Of indicators (page_intelligence.c, page_indicator.c). */
struct lf_present;
lf_view indicator_kind_text(const struct rq *r, enum lf_observable_kind kind);
void put_indicator_state(struct rq *r, struct lf_buf *b, lf_view s);
void put_release_warned(struct rq *r, struct lf_buf *b, lf_view id);
void put_present(struct rq *r, struct lf_buf *b, const struct lf_present *p);
enum lf_code put_sightings(struct rq *r, struct lf_buf *b, lf_view id) LF_MUST;
/* Percent-encoded, for a link's query. */
lf_view url_text(struct rq *r, lf_view v);

/* A link's lag, and whether the countersigned trail fits (page_link.c). */
void put_lag(struct rq *r, struct lf_buf *b, const struct lf_peer *p, lf_time lag);
enum lf_code put_chain_badge(struct rq *r, struct lf_buf *b, const struct lf_peer *p) LF_MUST;

/* Objects that were found, as a table (page_object.c). */
struct lf_object_hit;
void put_object_table(struct rq *r, struct lf_buf *b, const struct lf_object_hit *h, size_t n);

/* Sharing groups, into the page of peers. */
enum lf_code put_groups(struct rq *r, struct lf_buf *b, const struct lf_peer *peers, size_t npeers) LF_MUST;

/* page_mail_seal.c: how a mail was sealed, where it was. */
void put_mail_seal(struct rq *r, struct lf_buf *b, const struct lf_mail_sealed *s);

#endif
