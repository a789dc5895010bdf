/* What is open when a shift is handed over, as the boards show it. */
#include "cert/deadline.h"
#include "cert/handover.h"
#include "cert/incident_task.h"
#include "cert/inquiry.h"
#include "cert/notice.h"
#include "cert/people_priv.h"
#include "fmt/json.h"

enum { BYTES = 256 << 10 };

static const struct lf_page most = { .limit = LF_HANDOVER_MATTERS };

static enum lf_code put_clocks(struct lf_task *t, struct lf_json_w *w, bool *more, struct lf_err *e)
{
    struct lf_deadline_filter any = { 0 };
    struct lf_deadline_page list;

    LF_TRY(lf_deadline_board(t, &any, &most, &list, e));
    lf_json_begin(w, "clocks", '[');
    for (size_t i = 0; i < list.n; i++) {
        const struct lf_deadline *d = &list.items[i];

        lf_json_open(w, '{');
        lf_json_put_str(w, "incident", d->incident);
        lf_json_put_str(w, "title", d->title);
        lf_json_put_int(w, "level", d->level);
        lf_json_put_str(w, "clock", d->clock);
        lf_json_put_str(w, "zh", d->zh);
        lf_json_put_str(w, "en", d->en);
        lf_json_put_cstr(w, "state", lf_deadline_state_name(d->state));
        lf_json_put_time(w, "due", d->due);
        lf_json_close(w);
    }
    lf_json_close(w);
    *more = list.next.len > 0;
    return LF_OK;
}

static enum lf_code put_calls(struct lf_task *t, struct lf_json_w *w, bool *more, struct lf_err *e)
{
    struct lf_notice_filter open = { .open = true };
    struct lf_notice_page list;

    LF_TRY(lf_notice_list(t, &open, &most, &list, e));
    lf_json_begin(w, "calls", '[');
    for (size_t i = 0; i < list.n; i++) {
        const struct lf_notice *n = &list.items[i];

        lf_json_open(w, '{');
        lf_json_put_str(w, "notice", n->id);
        lf_json_put_cstr(w, "about", lf_notice_kind_name(n->kind));
        lf_json_put_str(w, "title", n->title);
        lf_json_put_cstr(w, "state", lf_notice_state_name(n->state));
        lf_json_put_bool(w, "exercise", n->exercise != 0);
        lf_json_put_time(w, "made", n->made);
        lf_json_close(w);
    }
    lf_json_close(w);
    *more = list.next.len > 0;
    return LF_OK;
}

static enum lf_code put_tasks(struct lf_task *t, struct lf_json_w *w, bool *more, struct lf_err *e)
{
    struct lf_task_filter open = { .which = LF_TASKS_OPEN };
    const struct lf_incident_task *list;
    lf_view next;
    size_t n;

    LF_TRY(lf_incident_task_list(t, &open, &most, &n, &list, &next, e));
    lf_json_begin(w, "tasks", '[');
    for (size_t i = 0; i < n; i++) {
        const struct lf_incident_task *x = &list[i];

        lf_json_open(w, '{');
        lf_json_put_str(w, "task", x->id);
        lf_json_put_str(w, "title", x->title);
        lf_json_put_str(w, "incident", x->incident);
        lf_json_put_str(w, "incident_title", x->incident_title);
        lf_json_put_str(w, "assignee", x->assignee);
        lf_json_put_bool(w, "overdue", x->overdue);
        lf_json_put_bool(w, "exercise", x->exercise);
        lf_json_put_time(w, "due", x->due);
        lf_json_close(w);
    }
    lf_json_close(w);
    *more = next.len > 0;
    return LF_OK;
}

/* By number: all people of the node read handovers, and not all of them every inquiry. */
static enum lf_code put_inquiries(struct lf_task *t, struct lf_json_w *w, bool *more, struct lf_err *e)
{
    struct lf_inquiry_filter open = lf_inquiry_any();
    const struct lf_inquiry *list;
    lf_view next;
    size_t n;

    open.open = true;
    LF_TRY(lf_inquiry_list(t, &open, &most, &n, &list, &next, e));
    lf_json_begin(w, "inquiries", '[');
    for (size_t i = 0; i < n; i++) {
        const struct lf_inquiry *x = &list[i];

        lf_json_open(w, '{');
        lf_json_put_str(w, "inquiry", x->id);
        lf_json_put_int(w, "number", x->number);
        lf_json_put_cstr(w, "state", lf_inquiry_state_name(x->state));
        lf_json_put_str(w, "owner", x->owner);
        lf_json_put_bool(w, "overdue", x->overdue);
        lf_json_put_time(w, "due", x->due);
        lf_json_close(w);
    }
    lf_json_close(w);
    *more = next.len > 0;
    return LF_OK;
}

static enum lf_code put_all(struct lf_task *t, struct lf_json_w *w, struct lf_err *e)
{
    struct lf_task reader = *t;
    bool clocks, calls, tasks, inquiries;

    /* It is read by all who take over: no more stands in it than everybody may have. */
    if (t->scope.roles != LF_ROLE_SYSTEM)
        reader.scope = (struct lf_scope){ .org = t->scope.org, .account = LF_V(""), .roles = LF_ROLE_READER };
    lf_json_open(w, '{');
    LF_TRY(put_clocks(&reader, w, &clocks, e));
    LF_TRY(put_calls(t, w, &calls, e));
    LF_TRY(put_tasks(&reader, w, &tasks, e));
    LF_TRY(put_inquiries(&reader, w, &inquiries, e));
    lf_json_begin(w, "more", '[');
    if (clocks)
        lf_json_put_cstr(w, NULL, "clocks");
    if (calls)
        lf_json_put_cstr(w, NULL, "calls");
    if (tasks)
        lf_json_put_cstr(w, NULL, "tasks");
    if (inquiries)
        lf_json_put_cstr(w, NULL, "inquiries");
    lf_json_close(w);
    lf_json_close(w);
    return LF_OK;
}

enum lf_code lf_handover_matters(struct lf_task *t, lf_view *json, struct lf_err *e)
{
    enum lf_code rc;
    struct lf_json_w w;
    struct lf_buf b;

    LF_TRY(people_of_node(t, e));
    lf_buf_init(&b, BYTES);
    w = lf_json_w(&b);
    rc = put_all(t, &w, e);
    if (rc == LF_OK)
        rc = lf_buf_done(&b, e);
    if (rc == LF_OK)
        *json = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return rc;
}
