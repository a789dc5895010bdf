/* Old cases from files of other systems: for the API and for the console. */
#include "cert/case_import.h"
#include "fmt/csv.h"
#include "web/api_priv.h"
#include "web/page_priv.h"

enum { SHOWN = 100, AT_ONCE = 256 << 10 /* a larger file is taken in slices */ };

static size_t told(const struct lf_old_cases *x)
{
    return x->nlosses < LF_OLD_LOSSES ? x->nlosses : LF_OLD_LOSSES;
}

enum lf_code api_incident_import(struct rq *r)
{
    bool dry = lf_view_is(query(r, "dry"), "1");
    struct lf_old_cases x;
    struct lf_old_file file = { .mapping = field(r, "mapping") };
    struct lf_old_kept kept;
    struct out o;

    LF_TRY(need(r, "format", &file.format));
    LF_TRY(need(r, "file", &file.text));
    LF_TRY(lf_old_cases_read(r->t->a, &file, lf_now(r->t->env), &x, r->e));
    LF_TRY(lf_old_cases_keep(r->t, &x, dry, &kept, r->e));
    begin(&o);
    lf_json_put_int(&o.w, "made", (int64_t)kept.made);
    lf_json_put_int(&o.w, "already", (int64_t)kept.already);
    lf_json_put_int(&o.w, "lost", (int64_t)x.nlosses);
    lf_json_put_bool(&o.w, "dry", dry);
    lf_json_begin(&o.w, "incidents", '[');
    for (size_t i = 0; i < x.n; i++)
        lf_json_put_str(&o.w, NULL, kept.ids[i]);
    lf_json_close(&o.w);
    lf_json_begin(&o.w, "losses", '[');
    for (size_t i = 0; i < told(&x); i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "where", x.losses[i].where);
        lf_json_put_str(&o.w, "value", lf_csv_clean(r->t->a, x.losses[i].value));
        lf_json_put_cstr(&o.w, "text", x.losses[i].why);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

static void put_form(struct rq *r, struct lf_buf *b)
{
    static const char *const names[][2] = { { "csv", "CSV" },
                                            { "thehive", "TheHive" },
                                            { "iris", "DFIR-IRIS" } };

    lf_html(
        b,
        "<section class=\"panel\"><p>%</p><form class=\"stack\" method=\"post\" action=\"/incidents/import\" "
        "enctype=\"multipart/form-data\">",
        T(IMPORT_LEAD));
    put_csrf(r, b);
    lf_html(b, "<p><label for=\"format\">%</label><select id=\"format\" name=\"format\">", T(FEED_FORMAT));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        lf_html(b, "<option value=\"%\">%</option>", LF_HC(names[i][0]), LF_HC(names[i][1]));
    lf_html(b,
            "</select></p><p><label for=\"file\">%</label><input id=\"file\" name=\"file\" type=\"file\" "
            "required></p><p><label for=\"mapping\">%</label><input id=\"mapping\" name=\"mapping\" "
            "maxlength=\"2000\" aria-describedby=\"mapping-hint\"><span class=\"hint\" "
            "id=\"mapping-hint\">%</span></p><p><button name=\"do\" value=\"preview\">%</button> <button "
            "class=\"second\" name=\"do\" value=\"take\">%</button></p></form></section>",
            T(F_FILE), T(IMPORT_MAPPING), T(IMPORT_MAPPING_HINT), T(IMPORT_PREVIEW), T(IMPORT_TAKE));
}

enum lf_code page_incident_import(struct rq *r)
{
    const struct lf_case_import *list;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_case_import_list(r->t, &n, &list, r->e));
    begin_page(r, &b, text(r, LF_T_IMPORT_OLD), "/incidents");
    lf_html(&b, "<h1>%</h1>", T(IMPORT_OLD));
    put_form(r, &b);
    put_case_imports(r, &b, list, n);
    return end_page(r, &b, 200);
}

static enum lf_code in_slices(struct rq *r, const struct lf_old_file *file, lf_view name, bool dry)
{
    const struct lf_case_import x = {
        .name = name, .format = file->format, .mapping = file->mapping, .dry = dry
    };
    lf_view id;

    LF_TRY(lf_case_import_start(r->t, &x, file->text, &id, r->e));
    return redirect(r, path2(r, "/imports/", id, ""));
}

enum lf_code page_incident_import_do(struct rq *r)
{
    bool dry = !lf_view_is(lf_view_some(field(r, "do")), "take");
    struct lf_text_value n[3];
    struct lf_multipart_part part;
    struct lf_old_file file;
    struct lf_old_cases x;
    struct lf_old_kept kept;
    struct lf_buf b;

    LF_TRY(need_file(r, "file", &part));
    file = (struct lf_old_file){ .format = lf_view_some(field(r, "format")),
                                 .text = part.body,
                                 .mapping = field(r, "mapping"),
                                 .large = true };
    if (part.body.len > AT_ONCE)
        return in_slices(r, &file, part.file, dry);
    LF_TRY(lf_old_cases_read(r->t->a, &file, lf_now(r->t->env), &x, r->e));
    if (x.n + x.nrefused > LF_OLD_CASES)
        return in_slices(r, &file, part.file, dry);
    if (x.nrefused)
        return lf_err_set(r->e, LF_BAD_INPUT, "%.*s", LF_FMT(x.refused[0].why));
    LF_TRY(lf_old_cases_keep(r->t, &x, dry, &kept, r->e));
    n[0] = (struct lf_text_value){ "made", number(r, (int64_t)kept.made) };
    n[1] = (struct lf_text_value){ "already", number(r, (int64_t)kept.already) };
    n[2] = (struct lf_text_value){ "lost", number(r, (int64_t)x.nlosses) };
    begin_page(r, &b, text(r, LF_T_IMPORT_OLD), "/incidents");
    lf_html(&b, "<h1>%</h1><p class=\"say\" role=\"status\">%</p>", T(IMPORT_OLD),
            V(lf_text_fill(r->t->a, dry ? LF_T_IMPORT_WOULD : LF_T_IMPORT_DID, r->lang, n, 3)));
    if (x.nlosses) {
        lf_html(&b, "<section class=\"panel\"><h2>%</h2><ul>", T(IMPORT_LOSSES));
        for (size_t i = 0; i < told(&x) && i < SHOWN; i++)
            lf_html(&b, "<li class=\"wrap\">%: %<br><span class=\"quiet\">%</span></li>",
                    V(x.losses[i].where), V(lf_csv_clean(r->t->a, x.losses[i].value)),
                    LF_HC(x.losses[i].why));
        LF_PUT(&b, "</ul></section>");
    }
    if (dry) {
        put_form(r, &b);
    } else {
        LF_PUT(&b, "<ul>");
        for (size_t i = 0; i < x.n && i < SHOWN; i++)
            lf_html(&b, "<li><a href=\"%\">%</a></li>", V(path2(r, "/incidents/", kept.ids[i], "")),
                    V(x.items[i].title));
        LF_PUT(&b, "</ul>");
    }
    return end_page(r, &b, 200);
}
