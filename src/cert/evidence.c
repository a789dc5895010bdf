#include "cert/evidence.h"

#include "cert/document_priv.h"
#include "cert/incident_file.h"
#include "cert/incident_priv.h"

static const char *const seals[LF_SEALS] = { "none", "intact", "broken", "renewed" };

const char *lf_seal_name(enum lf_seal s)
{
    return seals[s];
}

bool lf_seal_parse(lf_view name, enum lf_seal *s)
{
    size_t at;

    if (!lf_view_among(name, seals, LF_SEALS, &at))
        return false;
    *s = (enum lf_seal)at;
    return true;
}

/* ---- reading ---- */

static lf_view said(const struct lf_incident_event *ev, const char *key)
{
    return lf_view_some(lf_json_str(ev->body, key));
}

static struct lf_custody link_of(const struct lf_incident_event *ev, const char *to)
{
    struct lf_custody c = { .event = ev->id,
                            .from = said(ev, "from"),
                            .to = said(ev, to),
                            .reason = said(ev, "reason"),
                            .place = said(ev, "place"),
                            .seal_number = said(ev, "seal_number"),
                            .at = ev->occurred,
                            .recorded = ev->recorded,
                            .node = ev->node,
                            .account = lf_view_some(ev->account) };

    (void)lf_seal_parse(said(ev, "seal"), &c.seal);
    return c;
}

/* People write times to the minute. */
static bool before(lf_time a, lf_time b)
{
    return a / LF_MINUTE < b / LF_MINUTE;
}

/* The links of one item: those after its taking, as the history has them. */
static void follow(struct lf_arena *a, const struct lf_incident_full *x, size_t first, struct lf_evidence *it)
{
    struct lf_custody *links = LF_NEW(a, struct lf_custody, 1);
    size_t cap = 1;

    links[it->nlinks++] = link_of(x->events[first], "taken_by");
    for (size_t i = 0; i < x->nevents; i++) {
        const struct lf_incident_event *ev = x->events[i];
        struct lf_custody c;

        if (x->state.outcomes[i] != LF_OUTCOME_APPLIED || !lf_view_is(ev->kind, "evidence_moved") ||
            !lf_view_eq(said(ev, "evidence"), it->event))
            continue;
        c = link_of(ev, "to");
        c.broken = !lf_view_eq(c.from, links[it->nlinks - 1].to) || before(c.at, links[it->nlinks - 1].at);
        it->broken |= c.broken;
        links = lf_arena_grow(a, links, it->nlinks, &cap, sizeof *links);
        links[it->nlinks++] = c;
    }
    it->links = links;
    for (size_t i = 0; i < it->nlinks; i++) {
        it->holder = links[i].to;
        it->place = links[i].place.len ? links[i].place : it->place;
    }
}

size_t lf_evidence_list(struct lf_arena *a, const struct lf_incident_full *x, const struct lf_evidence **out)
{
    struct lf_evidence *list = NULL;
    size_t n = 0, cap = 0;

    for (size_t i = 0; i < x->nevents; i++) {
        const struct lf_incident_event *ev = x->events[i];

        if (x->state.outcomes[i] != LF_OUTCOME_APPLIED || !lf_view_is(ev->kind, "evidence_added"))
            continue;
        list = lf_arena_grow(a, list, n, &cap, sizeof *list);
        list[n] = (struct lf_evidence){ .event = ev->id,
                                        .what = said(ev, "what"),
                                        .found = said(ev, "found"),
                                        .identifier = said(ev, "identifier"),
                                        .sha256 = said(ev, "sha256"),
                                        .file = said(ev, "file"),
                                        .method = said(ev, "method"),
                                        .note = said(ev, "note"),
                                        .place = LF_V("") };
        (void)lf_json_int(ev->body, "number", &list[n].number);
        follow(a, x, i, &list[n++]);
    }
    *out = list;
    return n;
}

bool incident_is_evidence(struct lf_task *t, const struct lf_incident_full *x, lf_view file)
{
    const struct lf_evidence *list;
    size_t n = lf_evidence_list(t->a, x, &list);

    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(list[i].file, file))
            return true;
    return false;
}

/* ---- adding ---- */

static enum lf_code link_ok(const struct lf_custody *c, lf_time now, struct lf_err *e)
{
    LF_TRY(document_text("evidence", "place", c->place, 0, LF_EVIDENCE_LINE, e));
    LF_TRY(document_text("evidence", "seal_number", c->seal_number, 0, LF_EVIDENCE_LINE, e));
    return c->at <= now ? LF_OK
                        : lf_err_set(e, LF_BAD_INPUT,
                                     "evidence: it changed hands at a time that is past, not to come");
}

static enum lf_code item_ok(const struct lf_evidence *in, lf_time now, struct lf_err *e)
{
    LF_TRY(document_text("evidence", "what", in->what, 1, LF_EVIDENCE_LINE, e));
    LF_TRY(document_text("evidence", "taken_by", in->links[0].to, 1, LF_EVIDENCE_LINE, e));
    LF_TRY(document_text("evidence", "method", in->method, 1, LF_EVIDENCE_TEXT, e));
    LF_TRY(document_text("evidence", "found", in->found, 0, LF_EVIDENCE_LINE, e));
    LF_TRY(document_text("evidence", "identifier", in->identifier, 0, LF_EVIDENCE_LINE, e));
    LF_TRY(document_text("evidence", "note", in->note, 0, LF_EVIDENCE_TEXT, e));
    LF_TRY(link_ok(&in->links[0], now, e));
    return in->file.len || in->links[0].place.len
               ? LF_OK
               : lf_err_set(e, LF_BAD_INPUT,
                            "evidence: say which file of the incident it is, or where the thing lies");
}

static void put_some(struct lf_json_w *w, const char *key, lf_view v)
{
    if (v.len)
        lf_json_put_str(w, key, v);
}

static void put_link(struct lf_json_w *w, const char *to, const struct lf_custody *c)
{
    char at[LF_TIME_TEXT];

    lf_json_put_str(w, to, c->to);
    put_some(w, "place", c->place);
    lf_json_put_cstr(w, "seal", seals[c->seal]);
    put_some(w, "seal_number", c->seal_number);
    if (c->at)
        lf_json_put_str(w, "occurred_at", lf_time_micro(c->at, at));
}

/* The hash that was signed with the file. */
static enum lf_code file_sum(struct lf_task *t, const struct lf_incident_full *x, lf_view file, lf_view *sum,
                             struct lf_err *e)
{
    const struct lf_incident_file *files;
    size_t n;

    LF_TRY(lf_incident_file_list(t, x, &n, &files, e));
    for (size_t i = 0; i < n; i++) {
        if (!lf_view_eq(files[i].event, file))
            continue;
        if (sum->len && !lf_view_eq(*sum, files[i].sha256))
            return lf_err_set(e, LF_BAD_INPUT, "evidence: the file has another SHA-256 than that");
        *sum = files[i].sha256;
        return LF_OK;
    }
    return lf_err_set(e, LF_BAD_INPUT, "evidence: the incident has no such file");
}

static enum lf_code act(struct lf_task *t, lf_view incident, const char *kind, struct lf_buf *b, lf_view *id,
                        struct lf_err *e)
{
    enum lf_code rc = lf_buf_done(b, e);

    if (rc == LF_OK)
        rc = incident_act(t, incident, lf_view_of(kind), lf_arena_copy(t->a, lf_buf_view(b)), id, e);
    lf_buf_clear(b);
    return rc;
}

enum lf_code lf_evidence_add(struct lf_task *t, lf_view incident, const struct lf_evidence *in, lf_view *id,
                             struct lf_err *e)
{
    const struct lf_evidence *have;
    struct lf_incident_full x;
    lf_view sum = in->sha256;
    int64_t number = 0;
    struct lf_json_w w;
    struct lf_buf b;
    size_t n;

    LF_TRY(item_ok(in, lf_now(t->env), e));
    LF_TRY(lf_incident_get(t, incident, &x, e));
    n = lf_evidence_list(t->a, &x, &have);
    if (n >= LF_EVIDENCES)
        return lf_err_set(e, LF_TOO_MANY, "evidence: an incident has at most %d items", LF_EVIDENCES);
    for (size_t i = 0; i < n; i++)
        number = have[i].number > number ? have[i].number : number;
    if (in->file.len)
        LF_TRY(file_sum(t, &x, in->file, &sum, e));
    lf_buf_init(&b, LF_INCIDENT_EVENT_BYTES);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_int(&w, "number", number < INT32_MAX ? number + 1 : number);
    lf_json_put_str(&w, "what", in->what);
    put_some(&w, "found", in->found);
    put_some(&w, "identifier", in->identifier);
    put_some(&w, "sha256", sum);
    put_some(&w, "file", in->file);
    lf_json_put_str(&w, "method", in->method);
    put_some(&w, "note", in->note);
    put_link(&w, "taken_by", &in->links[0]);
    lf_json_close(&w);
    return act(t, incident, "evidence_added", &b, id, e);
}

static enum lf_code find(struct lf_task *t, lf_view incident, lf_view id, struct lf_evidence *out,
                         struct lf_err *e)
{
    const struct lf_evidence *list;
    struct lf_incident_full x;
    size_t n;

    LF_TRY(lf_incident_get(t, incident, &x, e));
    n = lf_evidence_list(t->a, &x, &list);
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(list[i].event, id)) {
            *out = list[i];
            return LF_OK;
        }
    return lf_err_set(e, LF_NOT_FOUND, "the incident has no evidence %.*s", LF_FMT(lf_view_first(id, 64)));
}

enum lf_code lf_evidence_move(struct lf_task *t, lf_view incident, lf_view id, const struct lf_custody *in,
                              struct lf_err *e)
{
    lf_time now = lf_now(t->env);
    struct lf_evidence it;
    lf_view ignored;
    struct lf_json_w w;
    struct lf_buf b;

    LF_TRY(find(t, incident, id, &it, e));
    LF_TRY(document_text("evidence", "to", in->to, 1, LF_EVIDENCE_LINE, e));
    LF_TRY(document_text("evidence", "reason", in->reason, 1, LF_EVIDENCE_TEXT, e));
    LF_TRY(link_ok(in, now, e));
    if (in->from.len && !lf_view_eq(in->from, it.holder))
        return lf_err_set(e, LF_CONFLICT, "evidence: it is held by \"%.*s\" now; see how it stands",
                          LF_FMT(it.holder));
    if (before(in->at ? in->at : now, it.links[it.nlinks - 1].at))
        return lf_err_set(e, LF_BAD_INPUT, "evidence: it changed hands after the last time, not before");
    lf_buf_init(&b, LF_INCIDENT_EVENT_BYTES);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "evidence", id);
    lf_json_put_str(&w, "from", it.holder);
    lf_json_put_str(&w, "reason", in->reason);
    put_link(&w, "to", in);
    lf_json_close(&w);
    return act(t, incident, "evidence_moved", &b, &ignored, e);
}
