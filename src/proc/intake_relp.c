#include "proc/intake_relp.h"

/* What a server says of itself and offers (answer to `open`). */
#define OFFER "relp_version=0\nrelp_software=lianfang," LF_VERSION "\ncommands=syslog"

/* The last words, which come behind the answers that wait. */
static void put_end(struct intake_relp *r, struct lf_buf *out)
{
    if (r->end)
        lf_relp_put(out, r->end, "rsp", lf_view_of(r->end_why ? r->end_why : ""));
    lf_relp_put(out, 0, "serverclose", (lf_view){ "", 0 });
}

static void end(struct intake_relp *r, uint32_t txnr, const char *why, struct lf_buf *out)
{
    r->state = INTAKE_RELP_OVER;
    r->end = txnr;
    r->end_why = why;
    if (!r->waiting)
        put_end(r, out);
}

static void refuse(struct intake_relp *r, uint32_t txnr, const char *why, struct lf_buf *out,
                   struct lf_err *e)
{
    lf_err_set(e, LF_BAD_INPUT, "relp: %s", why + strlen("500 "));
    r->broken = true;
    end(r, txnr, why, out);
}

static void open_session(struct intake_relp *r, const struct lf_relp_frame *f, struct lf_buf *out,
                         struct lf_err *e)
{
    lf_view version = lf_relp_offer(f->data, "relp_version"), commands = lf_relp_offer(f->data, "commands");
    uint64_t v;

    if (!version.ptr || !lf_view_u64(version, &v)) {
        refuse(r, f->txnr, "500 open without relp_version", out, e);
    } else if (commands.ptr && !lf_relp_lists(commands, "syslog")) {
        refuse(r, f->txnr, "500 only the command syslog is served here", out, e);
    } else {
        /* A newer version is answered with the one we know; its sender then decides. */
        lf_relp_put(out, f->txnr, "rsp", LF_V("200 OK\n" OFFER));
        r->state = INTAKE_RELP_OPEN;
    }
}

/* False: it cannot be taken now. */
static bool take_frame(struct intake_relp *r, const struct lf_relp_frame *f, intake_relp_take_fn take,
                       void *ctx, struct lf_buf *out, struct lf_err *e)
{
    bool follows = f->txnr == lf_relp_next(r->last);

    if (!follows) {
        refuse(r, f->txnr, "500 the transaction number does not follow the last one", out, e);
    } else if (r->state == INTAKE_RELP_NEW) {
        r->last = f->txnr;
        if (lf_view_is(f->command, "open"))
            open_session(r, f, out, e);
        else
            refuse(r, f->txnr, "500 a session begins with open", out, e);
    } else if (lf_view_is(f->command, "syslog")) {
        if (!take(ctx, f->data))
            return false;
        r->last = f->txnr;
        if (!r->waiting++)
            r->first = f->txnr;
    } else if (lf_view_is(f->command, "close")) {
        r->last = f->txnr;
        end(r, f->txnr, NULL, out);
    } else {
        refuse(r, f->txnr, "500 the commands here are open, syslog and close", out, e);
    }
    return true;
}

bool intake_relp_frames(struct intake_relp *r, lf_view *in, intake_relp_take_fn take, void *ctx,
                        struct lf_buf *out, struct lf_err *e)
{
    while (r->state != INTAKE_RELP_OVER && intake_relp_room(r, out)) {
        lf_view rest = *in;
        struct lf_relp_frame f;
        bool whole;

        if (lf_relp_take(&rest, INTAKE_RELP_DATA, &whole, &f, e) != LF_OK) {
            r->broken = true;
            end(r, 0, NULL, out);
            return true;
        }
        if (!whole)
            return true;
        if (!take_frame(r, &f, take, ctx, out, e))
            return false;
        *in = rest;
    }
    return r->state == INTAKE_RELP_OVER || !in->len;
}

void intake_relp_kept(struct intake_relp *r, struct lf_buf *out)
{
    if (!r->waiting)
        return;
    for (; r->waiting; r->waiting--) {
        lf_relp_put_ok(out, r->first);
        r->first = lf_relp_next(r->first);
    }
    if (r->state == INTAKE_RELP_OVER)
        put_end(r, out);
}

bool intake_relp_room(const struct intake_relp *r, const struct lf_buf *out)
{
    return r->waiting < INTAKE_RELP_WINDOW && out->len < INTAKE_RELP_ANSWERS;
}
