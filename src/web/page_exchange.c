/* Files of other formats, in and out of collections: what is lost is told before anything is kept or carried
 * off. */
#include "isac/format.h"
#include "isac/object.h"
#include "web/page_priv.h"

enum { LISTED = 200 };

static const struct {
    const char *name, *ending;
    enum lf_text word;
} words[] = {
    { "auto", "", LF_T_E_AUTO },
    { "stix", "json", LF_T_E_STIX },
    { "stix20", "json", LF_T_E_STIX20 },
    { "stix1", "xml", LF_T_E_STIX1 },
    { "misp", "json", LF_T_E_MISP },
    { "csv", "csv", LF_T_E_CSV },
    { "list", "txt", LF_T_E_LIST },
    { "openioc", "xml", LF_T_E_OPENIOC },
    { "csaf", "json", LF_T_E_CSAF },
    { "kev", "json", LF_T_E_KEV },
    { "national", "xml", LF_T_E_NATIONAL },
    { "suricata", "rules", LF_T_E_SURICATA },
    { "zeek", "intel", LF_T_E_ZEEK },
    { "rpz", "zone", LF_T_E_RPZ },
    { "nftables", "nft", LF_T_E_NFTABLES },
    { "sigma", "yml", LF_T_E_SIGMA },
    { "yara", "yar", LF_T_E_YARA },
};
enum { WORDS = sizeof words / sizeof *words };

static size_t word_of(lf_view name)
{
    size_t i = 0;

    while (i < WORDS && !lf_view_is(name, words[i].name))
        i++;
    return i;
}

static void put_option(struct lf_buf *b, lf_view value, lf_view word, lf_view chosen)
{
    lf_html(b, "<option value=\"%\"%>%</option>", V(value),
            LF_RAW(lf_view_eq(value, chosen) ? LF_V(" selected") : LF_V("")), V(word));
}

/* What there is to choose, in the order of `words`; one without a word is called by its name. */
static void put_formats(struct rq *r, struct lf_buf *b, const char *id, bool write, lf_view chosen)
{
    const struct lf_format *f;

    lf_html(b, "<p><label for=\"%\">%</label><select id=\"%\" name=\"format\">", LF_HC(id), T(FEED_FORMAT),
            LF_HC(id));
    if (!write)
        put_option(b, LF_V("auto"), text(r, LF_T_E_AUTO), chosen);
    for (size_t k = 1; k <= WORDS; k++)
        for (size_t i = 0; (f = lf_format_at(i)); i++)
            if (word_of(lf_view_of(f->name)) == k && (write ? f->write != NULL : f->read != NULL))
                put_option(b, lf_view_of(f->name), k < WORDS ? text(r, words[k].word) : lf_view_of(f->about),
                           chosen);
    LF_PUT(b, "</select></p>");
}

static void put_collection_choice(struct rq *r, struct lf_buf *b, const char *id, bool write,
                                  const struct lf_collection *c, size_t n, lf_view chosen)
{
    lf_html(b, "<p><label for=\"%\">%</label><select id=\"%\" name=\"collection\">", LF_HC(id),
            T(O_COLLECTION), LF_HC(id));
    for (size_t i = 0; i < n; i++)
        if (write ? c[i].can_write : c[i].can_read)
            put_option(b, c[i].alias, c[i].title.len ? collection_title(r, c[i].title) : c[i].alias,
                       chosen.len ? chosen : LF_V("library"));
    LF_PUT(b, "</select></p>");
}

static void put_losses(struct rq *r, struct lf_buf *b, const struct exchange_said *x)
{
    if (!x->lost) {
        lf_html(b, "<p class=\"empty\"><span aria-hidden=\"true\">✓</span> %</p>", T(E_NOTHING_LOST));
        return;
    }
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
            V(fill1(r, LF_T_E_LOST_N, "n", number(r, (int64_t)x->lost))), T(E_WHERE), T(VALUE), T(REASON));
    for (size_t i = 0; i < lf_json_items(x->losses) && i < LISTED; i++) {
        const struct lf_json *one = lf_json_item(x->losses, i);

        lf_html(b,
                "<tr><td class=\"wrap\" data-label=\"%\"><code>%</code></td><td class=\"wrap\" "
                "data-label=\"%\"><span>%</span></td><td class=\"wrap\" data-label=\"%\"><span "
                "lang=\"en\">%</span></td></tr>",
                T(E_WHERE), V(lf_json_str(one, "where")), T(VALUE),
                V(lf_view_first(lf_json_str(one, "value"), 300)), T(REASON), V(lf_json_str(one, "text")));
    }
    lf_html(b, "</tbody></table>");
}

/* ---- in ---- */

static void put_in(struct rq *r, struct lf_buf *b, const struct lf_collection *c, size_t n)
{
    static const char *const tlps[] = { "clear", "green", "amber", "amber+strict", "red" };
    lf_view tlp = lf_view_some(field(r, "tlp"));

    lf_html(
        b,
        "<section class=\"panel\"><h2>%</h2><p class=\"quiet\">%</p><form class=\"stack\" method=\"post\" "
        "action=\"/exchange\" enctype=\"multipart/form-data\">",
        T(E_IN), T(E_IN_LEAD));
    put_csrf(r, b);
    lf_html(b, "<p><label for=\"file\">%</label><input id=\"file\" name=\"file\" type=\"file\" required></p>",
            T(F_FILE));
    put_formats(r, b, "in-format", false, lf_view_some(field(r, "format")));
    put_collection_choice(r, b, "in-collection", true, c, n, lf_view_some(field(r, "collection")));
    lf_html(b, "<p><label for=\"tlp\">%</label><select id=\"tlp\" name=\"tlp\">", T(FEED_TLP));
    put_option(b, LF_V(""), text(r, LF_T_FEED_NO_TLP), tlp);
    for (size_t i = 0; i < sizeof tlps / sizeof *tlps; i++)
        put_option(b, lf_view_of(tlps[i]), lf_view_of(tlps[i]), tlp);
    lf_html(b,
            "</select></p><p><label for=\"mapping\">%</label><textarea id=\"mapping\" name=\"mapping\" "
            "spellcheck=\"false\">%</textarea></p><p class=\"acts\"><button name=\"act\" "
            "value=\"preview\">%</button> <button class=\"second\" name=\"act\" "
            "value=\"take\">%</button></p></form></section>",
            T(FEED_MAPPING), V(lf_view_some(field(r, "mapping"))), T(E_PREVIEW), T(E_TAKE));
}

/* Takes what was previewed, as it was previewed. */
static void put_kept(struct rq *r, struct lf_buf *b, lf_view kept)
{
    static const char *const names[] = { "format", "collection", "tlp", "mapping" };

    LF_PUT(b, "<form method=\"post\" action=\"/exchange\" enctype=\"multipart/form-data\">");
    put_csrf(r, b);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        lf_html(b, "<input type=\"hidden\" name=\"%\" value=\"%\">", LF_HC(names[i]),
                V(lf_view_some(field(r, names[i]))));
    lf_html(b,
            "<input type=\"hidden\" name=\"kept\" value=\"%\"><p class=\"acts\"><button name=\"act\" "
            "value=\"take\">%</button></p></form>",
            V(kept), T(E_TAKE_KEPT));
}

static void put_said(struct rq *r, struct lf_buf *b, const struct exchange_said *x, lf_view file, bool dry,
                     lf_view kept)
{
    size_t k = word_of(lf_view_of(x->format));

    lf_html(b, "<section class=\"panel\" role=\"status\"><h2>%</h2>",
            V(text(r, dry ? LF_T_E_PREVIEWED : LF_T_E_TAKEN)));
    if (dry)
        lf_html(b, "<p>%</p>", T(E_PREVIEWED_LEAD));
    lf_html(b,
            "<dl class=\"facts\"><dt>%</dt><dd class=\"wrap\">%</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>%</dd>",
            T(F_FILE), V(file), T(FEED_FORMAT), V(k < WORDS ? text(r, words[k].word) : lf_view_of(x->format)),
            T(E_OBJECTS), V(number(r, (int64_t)x->objects)));
    if (!dry)
        lf_html(b, "<dt>%</dt><dd><a href=\"/objects?collection=%\">%</a></dd><dt>%</dt><dd>%</dd>",
                T(F_TOOK), V(url_text(r, field(r, "collection"))), V(number(r, (int64_t)x->taken)),
                T(F_REFUSED), V(number(r, (int64_t)x->refused)));
    LF_PUT(b, "</dl>");
    if (x->refused) {
        LF_PUT(b, "<ul class=\"plain-list\">");
        for (size_t i = 0; i < lf_json_items(x->refusals) && i < LISTED; i++)
            lf_html(b, "<li class=\"wrap\" lang=\"en\">%</li>",
                    V(lf_json_str(lf_json_item(x->refusals, i), "message")));
        LF_PUT(b, "</ul>");
    }
    put_losses(r, b, x);
    if (kept.len)
        put_kept(r, b, kept);
    LF_PUT(b, "</section>");
}

/* ---- what was previewed ---- */

static lf_view whose(const struct rq *r)
{
    return r->session.len ? r->session : r->t->scope.account;
}

static void forget(struct kept_file *k)
{
    lf_arena_clear(&k->a);
    *k = (struct kept_file){ .until = 0 };
}

static struct kept_file *kept_by(struct rq *r, lf_view id)
{
    for (size_t i = 0; i < KEPT; i++) {
        struct kept_file *k = &r->w->kept[i];

        if (k->until && k->until <= lf_tick(r->t->env))
            forget(k);
        if (k->until && lf_view_eq(k->whose, whose(r)) && (!id.len || lf_view_eq(k->id, id)))
            return k;
    }
    return NULL;
}

/* *id: what it is asked for by. */
static void keep(struct rq *r, lf_view name, lf_view body, lf_view *id)
{
    struct kept_file *k = kept_by(r, LF_V(""));

    for (size_t i = 0; !k && i < KEPT; i++)
        if (!r->w->kept[i].until)
            k = &r->w->kept[i];
    if (!k) {
        k = &r->w->kept[0];
        for (size_t i = 1; i < KEPT; i++)
            if (r->w->kept[i].until < k->until)
                k = &r->w->kept[i];
    }
    forget(k);
    *id = lf_uuid_new(r->t->env, r->t->a);
    k->id = lf_arena_copy(&k->a, *id);
    k->whose = lf_arena_copy(&k->a, whose(r));
    k->name = lf_arena_copy(&k->a, name);
    k->body = lf_arena_copy(&k->a, body);
    k->until = lf_tick(r->t->env) + KEPT_FOR;
}

/* ---- out ---- */

static void put_out(struct rq *r, struct lf_buf *b, const struct lf_collection *c, size_t n,
                    const struct exchange_said *x)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><p class=\"quiet\">%</p><form class=\"stack\" method=\"get\" "
            "action=\"/exchange\">",
            T(O_EXPORT), T(E_OUT_LEAD));
    put_collection_choice(r, b, "out-collection", false, c, n, lf_view_some(query(r, "collection")));
    put_formats(r, b, "out-format", true, lf_view_some(query(r, "format")));
    lf_html(b, "<p><button>%</button></p></form>", T(E_PREPARE));
    if (x) {
        lf_html(
            b,
            "<h3>%</h3><p>% <a class=\"button\" href=\"/exchange/file?collection=%&amp;format=%\">%</a></p>",
            T(E_READY), V(fill1(r, LF_T_E_OF_OBJECTS, "n", number(r, (int64_t)x->objects))),
            V(url_text(r, x->alias)), LF_HC(x->format), T(E_DOWNLOAD));
        put_losses(r, b, x);
    }
    LF_PUT(b, "</section>");
}

static enum lf_code exchange_page(struct rq *r, const struct exchange_said *in, lf_view file, bool dry,
                                  lf_view kept, const struct exchange_said *out)
{
    const struct lf_collection *c;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_collection_list(r->t, &n, &c, r->e));
    begin_page(r, &b, text(r, LF_T_EXCHANGE), "/objects");
    lf_html(&b, "<h1>%</h1>", T(EXCHANGE));
    if (in)
        put_said(r, &b, in, file, dry, kept);
    put_in(r, &b, c, n);
    if (may(r, JUDGE))
        put_out(r, &b, c, n, out);
    return end_page(r, &b, 200);
}

enum lf_code page_exchange(struct rq *r)
{
    struct exchange_said out;

    if (!may(r, JUDGE) || !query(r, "format").len)
        return exchange_page(r, NULL, LF_V(""), false, LF_V(""), NULL);
    LF_TRY(exchange_out(r, &out));
    return exchange_page(r, NULL, LF_V(""), false, LF_V(""), &out);
}

enum lf_code page_exchange_in(struct rq *r)
{
    bool dry = !lf_view_is(lf_view_some(field(r, "act")), "take");
    lf_view name, id = lf_view_some(field(r, "kept"));
    struct lf_multipart_part file;
    struct exchange_said in;

    if (!dry && id.len) {
        struct kept_file *k = kept_by(r, id);

        if (!k)
            return lf_err_set(r->e, LF_BAD_INPUT,
                              "the previewed file is not kept any more; choose it once more");
        name = lf_arena_copy(r->t->a, k->name);
        LF_TRY(exchange_in(r, k->body, LF_V("console"), false, &in));
        forget(k);
        return exchange_page(r, &in, name, false, LF_V(""), NULL);
    }
    LF_TRY(need_file(r, "file", &file));
    name = lf_view_is_utf8(file.file) && file.file.len ? lf_view_first(file.file, 200) : LF_V("console");
    LF_TRY(exchange_in(r, file.body, LF_V("console"), dry, &in));
    id = LF_V("");
    if (dry)
        keep(r, name, file.body, &id);
    return exchange_page(r, &in, name, dry, id, NULL);
}

enum lf_code page_exchange_file(struct rq *r)
{
    struct exchange_said out;
    size_t k;

    LF_TRY(exchange_out(r, &out));
    k = word_of(lf_view_of(out.format));
    answer(r, 200, "application/octet-stream", out.text);
    lf_http_add(r->out, "Content-Disposition",
                lf_arena_printf(r->t->a, "attachment; filename=\"%.*s.%s\"", LF_FMT(out.alias),
                                k < WORDS ? words[k].ending : "txt"));
    return LF_OK;
}
