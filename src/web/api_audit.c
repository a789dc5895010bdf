/* The JSON API's part on the audit trail. */
#include "isac/trail.h"
#include "web/api_priv.h"

enum lf_code api_audit(struct rq *r)
{
    struct lf_audit_list list;
    struct lf_page page;
    struct out o;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_trail_list(r->t, &page, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < list.count; i++) {
        const struct lf_audit_entry *a = &list.item[i];

        lf_json_open(&o.w, '{');
        lf_json_put_int(&o.w, "seq", a->seq);
        lf_json_put_time(&o.w, "time", a->time);
        lf_json_put_str(&o.w, "account", a->account);
        lf_json_put_str(&o.w, "action", a->action);
        put_text(&o.w, "subject", a->subject);
        if (a->detail.len)
            lf_json_put_raw(&o.w, "detail", a->detail);
        if (a->withheld)
            lf_json_put_bool(&o.w, "withheld", true);
        lf_json_put_str(&o.w, "hash", a->hash);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, list.next);
}
