/* The JSON API's part on warning others of an incident: what one record says upward in full goes sideways as
 * a draft that names no victim. */
#include "cert/article.h"
#include "isac/advisory.h"
#include "isac/peer.h"
#include "web/api_priv.h"

/* The name of the node it came from; empty: ours. */
static enum lf_code theirs(struct rq *r, const struct lf_incident *x, lf_view *out)
{
    struct lf_peer peer;

    *out = LF_V("");
    if (!x->peer.len)
        return LF_OK;
    LF_TRY(lf_peer_get(r->t, x->peer, &peer, r->e));
    *out = peer.name;
    return LF_OK;
}

/* Two texts, a blank line between. */
static lf_view both(struct rq *r, lf_view a, lf_view b)
{
    struct lf_buf out;
    lf_view v;

    if (!a.len || !b.len)
        return a.len ? a : b;
    lf_buf_init(&out, 4 * LF_ARTICLE_TEXT);
    lf_buf_put(&out, a);
    LF_PUT(&out, "\n\n");
    lf_buf_put(&out, b);
    v = lf_arena_copy(r->t->a, lf_buf_view(&out));
    lf_buf_clear(&out);
    return v;
}

/* Of lines "domain-name evil.example" the values that an advisory may carry, one a line. */
static lf_view carried(struct rq *r, lf_view lines)
{
    enum { VALUES = 100 };
    size_t values = lf_advisory_field(LF_V("values")), n = 0;
    lf_view out, line, kind;
    struct lf_buf b;

    lf_buf_init(&b, LF_ARTICLE_TEXT);
    while (n < VALUES && lf_view_split(&lines, '\n', &line)) {
        struct lf_advisory_form tried = { 0 };
        struct lf_err ignored;

        if (!lf_view_split(&line, ' ', &kind) ||
            lf_advisory_put(r->t->a, &tried, LF_ADVISORY_EWA, values, line, &ignored) != LF_OK)
            continue;
        if (n++)
            LF_PUT(&b, "\n");
        lf_buf_put(&b, line);
    }
    out = lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

enum lf_code incident_warn(struct rq *r, bool english, lf_view *advisory)
{
    static const char *const severities[] = { "medium", "low", "medium", "high", "critical" }; /* by level */
    struct lf_advisory_form form = { 0 };
    struct lf_article_form f;
    struct lf_incident_full x;
    lf_view node;

    LF_TRY(lf_incident_get(r->t, r->id, &x, r->e));
    LF_TRY(theirs(r, &x.row, &node));
    LF_TRY(lf_incident_outline(r->t, &x, node, english, &f, r->e));
    const struct {
        const char *key;
        lf_view value;
    } fields[] = {
        { "title", f.v[LF_ARTICLE_TITLE] },
        { "description", f.v[LF_ARTICLE_HAPPENED] },
        { "severity", lf_view_of(severities[x.row.level]) },
        { "values", carried(r, f.v[LF_ARTICLE_INDICATORS]) },
        { "method", both(r, f.v[LF_ARTICLE_CAUSE], f.v[LF_ARTICLE_TECHNIQUES]) },
        { "measures", both(r, f.v[LF_ARTICLE_MEASURES], f.v[LF_ARTICLE_LESSONS]) },
        { "tlp", x.row.tlp == LF_TLP_STRICT ? LF_V("amber+strict") : LF_V("amber") },
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].value.len)
            LF_TRY(lf_advisory_put(r->t->a, &form, LF_ADVISORY_EWA,
                                   lf_advisory_field(lf_view_of(fields[i].key)), fields[i].value, r->e));
    return lf_advisory_draft(r->t, LF_ADVISORY_EWA, &form, x.row.exercise, advisory, r->e);
}

enum lf_code api_incident_advise(struct rq *r)
{
    lf_view id;

    LF_TRY(incident_warn(r, lf_view_is(field(r, "language"), "en"), &id));
    return say_id(r, 201, id);
}
