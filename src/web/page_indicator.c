/* One indicator: what it says, how sure it is now and why, and who saw it. */
#include "isac/indicator.h"

#include "isac/present.h"
#include "isac/sighting.h"
#include "isac/warning.h"
#include "shield/block.h"
#include "web/page_priv.h"

enum { MEMBERS_LISTED = 100 };

/* base, sightings, judgements and age, as model/confidence.h reckons them. */
void put_present(struct rq *r, struct lf_buf *b, const struct lf_present *p)
{
    lf_time fades = p->of.since + lf_confidence_life(p->of.kind);

    if (p->of.valid_until && p->of.valid_until < fades)
        fades = p->of.valid_until;
    lf_html(b,
            "<dt>%</dt><dd><b>%</b> <span class=\"quiet\">%</span></dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>+ "
            "%</dd><dt>%</dt><dd>% %</dd><dt>%</dt><dd>× % %%</dd><dt>%</dt><dd>",
            T(C_NOW), V(number(r, p->now.confidence)), T(C_OF_100), T(C_BASE), V(number(r, p->of.base)),
            V(fill1(r, LF_T_C_SEEN, "n", number(r, p->of.nodes))), V(number(r, p->now.seen)),
            V(fill1(r, LF_T_C_JUDGED, "n", number(r, p->of.right + p->of.wrong))),
            LF_HC(p->now.judged < 0 ? "−" : "+"),
            V(number(r, p->now.judged < 0 ? -p->now.judged : p->now.judged)), T(C_AGE),
            V(number(r, p->now.age)), T(C_FADES));
    put_when_zone(r, b, fades);
    lf_html(b, "</dd>");
}

static void put_seen(struct rq *r, struct lf_buf *b, enum lf_text label, const struct lf_sighting_row *s)
{
    lf_html(b, "<dt>%</dt><dd>%", V(text(r, label)), V(number(r, s->count)));
    if (s->count) {
        lf_html(b, "<br><span class=\"quiet\">% ", T(S_FIRST));
        put_when_zone(r, b, s->first);
        lf_html(b, "<br>% ", T(S_LAST));
        put_when_zone(r, b, s->last);
        lf_html(b, "</span>");
    }
    lf_html(b, "</dd>");
}

/* Of this node's events, of its archive, and of members, one a row. */
enum lf_code put_sightings(struct rq *r, struct lf_buf *b, lf_view id)
{
    struct lf_sighting_row own, archive;
    const struct lf_sighting_member *m;
    struct lf_sighting_sum sum;
    size_t n;

    LF_TRY(lf_sighting_get(r->t, id, &own, r->e));
    LF_TRY(lf_sighting_archive(r->t, id, &archive, r->e));
    LF_TRY(lf_sighting_members(r->t, id, &n, &m, r->e));
    LF_TRY(lf_sighting_sum(r->t, id, &sum, r->e));
    lf_html(b, "<section class=\"panel\"><h2>%</h2><dl class=\"facts\">", T(SIGHTINGS));
    put_seen(r, b, LF_T_O_SEEN_HERE, &own);
    if (archive.count)
        put_seen(r, b, LF_T_S_ARCHIVE, &archive);
    lf_html(b, "<dt>%</dt><dd>%</dd></dl>", T(O_SEEN_MEMBERS), V(number(r, sum.count)));
    if (own.value.len && may(r, JUDGE))
        lf_html(b, "<p><a href=\"/search?q=%\">%</a></p>",
                V(lf_arena_printf(r->t->a, "%%22%.*s%%22", LF_FMT(url_text(r, own.value)))), T(S_FIND));
    if (n)
        lf_html(b,
                "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
                T(S_MEMBERS_CAPTION), T(Q_MEMBER), T(S_COUNT), T(S_LAST));
    for (size_t i = 0; i < n && i < MEMBERS_LISTED; i++) {
        lf_html(b, "<tr><td class=\"wrap\" data-label=\"%\"><span>", T(Q_MEMBER));
        if (m[i].peer.len)
            lf_html(b, "<a href=\"%\">%</a>", V(path2(r, "/peers/", m[i].peer, "")),
                    V(m[i].name.len ? m[i].name : m[i].node));
        else
            lf_html(b, "%", V(m[i].name.len ? m[i].name : m[i].node));
        lf_html(b, "</span></td><td class=\"num\" data-label=\"%\">%</td><td data-label=\"%\">", T(S_COUNT),
                V(number(r, m[i].count)), T(S_LAST));
        put_when(r, b, m[i].last);
        lf_html(b, "</td></tr>");
    }
    if (n)
        lf_html(b, "</tbody></table>");
    lf_html(b, "</section>");
    return LF_OK;
}

static void put_link(struct rq *r, struct lf_buf *b, enum lf_text label, const char *under, lf_view id)
{
    if (id.len)
        lf_html(b, "<dt>%</dt><dd class=\"wrap\"><a href=\"%\"><code>%</code></a></dd>", V(text(r, label)),
                V(path2(r, under, id, "")), V(id));
}

static enum lf_code put_about(struct rq *r, struct lf_buf *b, const struct lf_indicator_row *x,
                              lf_view warned)
{
    struct lf_peer peer;

    lf_html(b, "<section class=\"panel\"><h2>%</h2><dl class=\"facts\"><dt>%</dt><dd>", T(C_ABOUT), T(STATE));
    put_indicator_state(r, b, x->state);
    if (x->held)
        lf_html(b, "<br>%", T(I_HELD));
    if (warned.len)
        lf_html(b, "<br>%", V(fill1(r, LF_T_WARNED, "list", warned)));
    if (!lf_block_can(x->kind))
        lf_html(b, "<br><span class=\"quiet\">%</span>", T(LOOKED_FOR_ONLY));
    lf_html(b, "</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>", T(INDICATOR_KIND),
            V(indicator_kind_text(r, x->kind)), T(ORIGIN));
    if (x->origin.len && lf_peer_get(r->t, x->origin, &peer, NULL) == LF_OK)
        lf_html(b, "<a href=\"%\">%</a>", V(path2(r, "/peers/", peer.id, "")),
                V(peer.name.len ? peer.name : peer.url));
    else
        lf_html(b, "%", V(text(r, x->origin.len ? LF_T_ORIGIN_PEER : LF_T_ORIGIN_OWN)));
    lf_html(b, "</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>", T(EVIDENCE_COUNT), V(number(r, x->evidence)),
            T(SINCE));
    put_when_zone(r, b, x->created);
    lf_html(b, "</dd><dt>%</dt><dd>", T(I_MODIFIED));
    put_when_zone(r, b, x->modified);
    lf_html(b, "</dd><dt>%</dt><dd>", T(VALID_UNTIL));
    put_when_zone(r, b, x->valid_until);
    lf_html(b, "</dd>");
    put_link(r, b, LF_T_ALERT, "/alerts/", x->alert);
    put_link(r, b, LF_T_I_INCIDENT, "/incidents/", x->incident);
    put_link(r, b, LF_T_I_DERIVED, "/objects/", x->derived_from);
    put_link(r, b, LF_T_I_STORED, "/objects/", x->id);
    lf_html(b, "</dl></section>");
    return LF_OK;
}

static void put_judging(struct rq *r, struct lf_buf *b, const struct lf_indicator_row *x, lf_view warned)
{
    bool live = lf_view_is(x->state, "active") || lf_view_is(x->state, "provisional"),
         draft = lf_view_is(x->state, "draft");

    if (!may(r, JUDGE) || (!live && !draft) || (x->origin.len && !warned.len && !draft))
        return;
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(ACT));
    if (warned.len)
        put_release_warned(r, b, x->id);
    else if (!x->origin.len && !lf_view_is(x->state, "active"))
        put_button(r, b, path2(r, "/indicators/", x->id, "/release"), LF_T_RELEASE, "");
    if (!x->origin.len && live)
        put_button(r, b, path2(r, "/indicators/", x->id, "/withdraw"), LF_T_WITHDRAW, "second");
    lf_html(b, "</section>");
}

static enum lf_code body(struct rq *r, struct lf_buf *b, const struct lf_indicator_row *x)
{
    struct lf_present p;
    lf_view warned;

    LF_TRY(lf_warning_of(r->t, x->kind, x->value, &warned, r->e));
    LF_TRY(lf_present_of(r->t, x, &p, r->e));
    lf_html(b, "<h1>%</h1><div class=\"two\"><div>", V(x->value));
    LF_TRY(put_about(r, b, x, warned));
    LF_TRY(put_sightings(r, b, x->id));
    if (x->json.len)
        lf_html(b, "<details class=\"panel\"><summary>%</summary><pre tabindex=\"0\">%</pre></details>",
                T(O_RAW), V(x->json));
    lf_html(b, "</div><div><section class=\"panel\"><h2>%</h2><dl class=\"facts\">", T(O_CONFIDENCE));
    put_present(r, b, &p);
    lf_html(b, "</dl></section>");
    put_judging(r, b, x, warned);
    lf_html(b, "</div></div>");
    return LF_OK;
}

enum lf_code page_indicator(struct rq *r)
{
    struct lf_indicator_row x;
    enum lf_code rc;
    struct lf_buf b;

    LF_TRY(lf_indicator_get(r->t, r->id, &x, r->e));
    begin_page(r, &b, x.value, "/indicators");
    rc = body(r, &b, &x);
    if (rc == LF_OK)
        return end_page(r, &b, 200);
    lf_buf_clear(&b);
    return rc;
}
