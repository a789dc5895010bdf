/* The JSON API's part on evidence and its chain of custody. */
#include "cert/evidence.h"
#include "web/api_priv.h"

static void put_link(struct lf_json_w *w, const struct lf_custody *c)
{
    lf_json_open(w, '{');
    lf_json_put_str(w, "event", c->event);
    put_text(w, "from", c->from);
    lf_json_put_str(w, "to", c->to);
    put_text(w, "reason", c->reason);
    put_text(w, "place", c->place);
    lf_json_put_cstr(w, "seal", lf_seal_name(c->seal));
    put_text(w, "seal_number", c->seal_number);
    lf_json_put_time(w, "at", c->at);
    lf_json_put_time(w, "recorded_at", c->recorded);
    lf_json_put_str(w, "node", c->node);
    put_text(w, "account", c->account);
    lf_json_put_bool(w, "broken", c->broken);
    lf_json_close(w);
}

enum lf_code api_evidence(struct rq *r)
{
    const struct lf_evidence *list;
    struct lf_incident_full x;
    struct out o;
    size_t n;

    LF_TRY(lf_incident_get(r->t, r->id, &x, r->e));
    n = lf_evidence_list(r->t->a, &x, &list);
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        const struct lf_evidence *it = &list[i];

        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "evidence", it->event);
        lf_json_put_int(&o.w, "number", it->number);
        lf_json_put_str(&o.w, "what", it->what);
        put_text(&o.w, "found", it->found);
        put_text(&o.w, "identifier", it->identifier);
        put_text(&o.w, "sha256", it->sha256);
        put_text(&o.w, "file", it->file);
        lf_json_put_str(&o.w, "method", it->method);
        put_text(&o.w, "note", it->note);
        lf_json_put_str(&o.w, "holder", it->holder);
        put_text(&o.w, "place", it->place);
        lf_json_put_bool(&o.w, "broken", it->broken);
        lf_json_begin(&o.w, "custody", '[');
        for (size_t k = 0; k < it->nlinks; k++)
            put_link(&o.w, &it->links[k]);
        lf_json_close(&o.w);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

static lf_view line(const struct rq *r, const char *name)
{
    return lf_view_trim(lf_view_some(field(r, name)));
}

static enum lf_code link_of(struct rq *r, const char *to, const char *at, struct lf_custody *c)
{
    lf_view seal = line(r, "seal");

    *c = (struct lf_custody){ .from = line(r, "from"),
                              .to = line(r, to),
                              .reason = line(r, "reason"),
                              .place = line(r, "place"),
                              .seal_number = line(r, "seal_number") };
    if (seal.len && !lf_seal_parse(seal, &c->seal))
        return lf_err_set(r->e, LF_BAD_INPUT, "seal is none, intact, broken or renewed");
    return moment_field(r, at, &c->at);
}

enum lf_code evidence_add(struct rq *r, lf_view *id)
{
    struct lf_custody taken;
    struct lf_evidence x = { .what = line(r, "what"),
                             .found = line(r, "found"),
                             .identifier = line(r, "identifier"),
                             .sha256 = line(r, "sha256"),
                             .file = line(r, "file"),
                             .method = line(r, "method"),
                             .note = line(r, "note"),
                             .nlinks = 1,
                             .links = &taken };

    LF_TRY(link_of(r, "taken_by", "taken_at", &taken));
    return lf_evidence_add(r->t, r->id, &x, id, r->e);
}

enum lf_code evidence_move(struct rq *r)
{
    struct lf_custody c;
    lf_view evidence;

    LF_TRY(need(r, "evidence", &evidence));
    LF_TRY(link_of(r, "to", "at", &c));
    return lf_evidence_move(r->t, r->id, evidence, &c, r->e);
}

enum lf_code api_evidence_add(struct rq *r)
{
    lf_view id;

    LF_TRY(evidence_add(r, &id));
    return say_id(r, 201, id);
}

enum lf_code api_evidence_move(struct rq *r)
{
    LF_TRY(evidence_move(r));
    return answer_empty(r, 204);
}
