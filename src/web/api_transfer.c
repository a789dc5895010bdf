/* Transfer by signed file (isac/transfer.h), for the operator's own door above all. */
#include "isac/transfer.h"

#include "web/api_priv.h"

enum lf_code api_transfer_export(struct rq *r)
{
    lf_view peer, since = field(r, "since");
    struct lf_transfer_made made;
    lf_time from = -1;
    struct out o;

    LF_TRY(need(r, "peer", &peer));
    if (since.len)
        LF_TRY(lf_time_parse(since, &from, r->e));
    LF_TRY(lf_transfer_export(r->t, peer, from, &made, r->e));
    begin_most(&o, 3 * (size_t)LF_TRANSFER_BYTES);
    lf_json_put_int(&o.w, "number", made.number);
    lf_json_put_int(&o.w, "objects", (int64_t)made.objects);
    lf_json_put_bool(&o.w, "more", made.more);
    lf_json_put_str(&o.w, "file", made.text);
    return end(r, &o, 200);
}

enum lf_code api_transfer_import(struct rq *r)
{
    struct lf_transfer_taken taken;
    struct out o;
    lf_view file;

    LF_TRY(need(r, "file", &file));
    LF_TRY(lf_transfer_import(r->t, file, &taken, r->e));
    begin(&o);
    lf_json_put_str(&o.w, "from", taken.from);
    lf_json_put_int(&o.w, "number", taken.number);
    lf_json_put_bool(&o.w, "already", taken.already);
    lf_json_put_int(&o.w, "objects", (int64_t)taken.objects);
    lf_json_put_int(&o.w, "taken", (int64_t)taken.taken);
    lf_json_put_raw(&o.w, "refused", taken.refused);
    if (taken.theirs)
        lf_json_put(&o.w, "refused_there", taken.theirs);
    return end(r, &o, 200);
}
