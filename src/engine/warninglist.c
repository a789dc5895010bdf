#include "engine/warninglist.h"

#include <stdlib.h>

#include "engine/regex.h"

struct odd { /* a substring or an expression */
    uint16_t list;
    lf_view text;
    hs_database_t *regex;
};

struct lf_warninglists {
    struct lf_arena a;
    struct lf_ioc_set *set;
    lf_view *names;
    size_t n, names_cap;
    struct odd *odd;
    size_t nodd, odd_cap, nregex;
    size_t entries, passed;
    hs_scratch_t *scratch;
};

struct lf_warninglists *lf_warninglists_create(const uint64_t seed[4])
{
    struct lf_warninglists *w = calloc(1, sizeof *w);

    if (!w)
        LF_BUG("out of memory for warning lists");
    w->set = lf_ioc_set_create(seed);
    return w;
}

void lf_warninglists_destroy(struct lf_warninglists *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->nodd; i++)
        hs_free_database(w->odd[i].regex);
    hs_free_scratch(w->scratch);
    lf_ioc_set_destroy(w->set);
    lf_arena_clear(&w->a);
    free(w);
}

/* "/expression/flags", as MISP writes it, or the expression alone. */
static bool add_regex(struct lf_warninglists *w, lf_view text, uint16_t list)
{
    unsigned flags = HS_FLAG_SINGLEMATCH | HS_FLAG_ALLOWEMPTY;
    hs_compile_error_t *err = NULL;
    hs_database_t *db;

    if (text.len > 2 && text.ptr[0] == '/') {
        size_t end = text.len;

        while (end > 1 && text.ptr[end - 1] != '/')
            end--;
        if (end > 1) {
            lf_view letters = lf_view_from(text, end);

            if (lf_view_find_byte(letters, 'i') != SIZE_MAX)
                flags |= HS_FLAG_CASELESS;
            text = (lf_view){ text.ptr + 1, end - 2 };
        }
    }
    if (w->nregex == LF_WARNINGLIST_REGEXES || text.len > 4096 || (text.len && memchr(text.ptr, 0, text.len)))
        return false;
    if (hs_compile(lf_arena_cstr(&w->a, text), flags, lf_regex_mode(), NULL, &db, &err) != HS_SUCCESS) {
        hs_free_compile_error(err);
        return false;
    }
    if (hs_alloc_scratch(db, &w->scratch) != HS_SUCCESS)
        LF_BUG("no memory for the scratch of an expression");
    w->nregex++;
    w->odd = lf_arena_grow(&w->a, w->odd, w->nodd, &w->odd_cap, sizeof *w->odd);
    w->odd[w->nodd++] = (struct odd){ .list = list, .regex = db };
    return true;
}

static bool add_one(struct lf_warninglists *w, lf_view type, lf_view text, uint16_t list)
{
    struct lf_ioc what = { .id = { (uint8_t)(list >> 8), (uint8_t)list }, .list = list };
    enum lf_observable_kind kind;

    text = lf_view_trim(text);
    if (lf_view_is(type, "regex"))
        return add_regex(w, text, list);
    if (lf_view_is(type, "substring") && !lf_observable_guess(text, &kind)) {
        if (text.len == 0)
            return false;
        w->odd = lf_arena_grow(&w->a, w->odd, w->nodd, &w->odd_cap, sizeof *w->odd);
        w->odd[w->nodd++] = (struct odd){ .list = list, .text = lf_arena_copy(&w->a, text) };
        return true;
    }
    /* A leading dot says "under this name". */
    if (text.len > 1 && text.ptr[0] == '.')
        text = lf_view_from(text, 1);
    if (!lf_observable_guess(text, &kind)) {
        if (!lf_view_is(type, "hostname"))
            return false;
        kind = LF_OBS_DOMAIN; /* a top level alone is a name here */
    }
    if (kind == LF_OBS_DOMAIN && !lf_view_is(type, "string"))
        what.flags = LF_IOC_SUBDOMAINS;
    return lf_ioc_add(w->set, kind, text, &what, NULL) == LF_OK;
}

enum lf_code lf_warninglists_add(struct lf_warninglists *w, lf_view json, struct lf_err *e)
{
    const struct lf_json_limits limits = { .bytes = LF_WARNINGLIST_BYTES };
    struct lf_arena a = { 0 };
    const struct lf_json *doc, *list;
    enum lf_code rc = lf_json_parse(&a, json, &limits, &doc, e);
    lf_view type, name;

    if (rc != LF_OK)
        goto out;
    type = lf_json_str(doc, "type");
    name = lf_json_str(doc, "name");
    list = lf_json_get(doc, LF_V("list"));
    if (lf_json_kind(list) != LF_JSON_ARRAY || !name.len) {
        rc = lf_err_set(e, LF_UNACCEPTED, "a warning list has a name and a list");
        goto out;
    }
    if (!lf_view_is(type, "cidr") && !lf_view_is(type, "string") && !lf_view_is(type, "hostname") &&
        !lf_view_is(type, "substring") && !lf_view_is(type, "regex")) {
        rc = lf_err_set(e, LF_UNACCEPTED, "type \"%.*s\" is none of cidr, string, hostname, substring, regex",
                        LF_FMT(lf_view_first(type, 40)));
        goto out;
    }
    if (w->n == LF_WARNINGLISTS_MOST) {
        rc = lf_err_set(e, LF_TOO_BIG, "more than %d warning lists", LF_WARNINGLISTS_MOST);
        goto out;
    }
    w->names = lf_arena_grow(&w->a, w->names, w->n, &w->names_cap, sizeof *w->names);
    w->names[w->n] = lf_arena_copy(&w->a, lf_view_first(name, 200));
    for (size_t i = 0; i < lf_json_items(list); i++) {
        bool ok = lf_json_kind(lf_json_item(list, i)) == LF_JSON_STRING &&
                  add_one(w, type, lf_json_text(lf_json_item(list, i)), (uint16_t)w->n);

        w->entries += ok;
        w->passed += !ok;
    }
    w->n++;
out:
    lf_arena_clear(&a);
    return rc;
}

size_t lf_warninglists_count(const struct lf_warninglists *w)
{
    return w->n;
}

size_t lf_warninglists_entries(const struct lf_warninglists *w)
{
    return w->entries;
}

size_t lf_warninglists_passed(const struct lf_warninglists *w)
{
    return w->passed;
}

lf_view lf_warninglists_has(const struct lf_warninglists *w, enum lf_observable_kind kind, lf_view value)
{
    const struct lf_ioc *x = lf_ioc_covers(w->set, kind, value, 1);
    lf_view host = { "", 0 };

    if (x)
        return w->names[x->list];
    if (kind == LF_OBS_URL)
        host = lf_url_host(value);
    else if (kind == LF_OBS_EMAIL)
        host = lf_view_from(value, lf_view_find_byte(value, '@') + 1);
    if (host.len) {
        x = lf_ioc_covers(w->set, LF_OBS_DOMAIN, host, 1);
        if (!x)
            x = lf_ioc_covers(w->set, LF_OBS_IPV4, host, 1);
        if (x)
            return w->names[x->list];
    }
    for (size_t i = 0; i < w->nodd; i++) {
        bool found = false;

        if (w->odd[i].regex)
            found = lf_regex_scan(w->odd[i].regex, value, w->scratch);
        else
            found = lf_view_find(value, w->odd[i].text) != SIZE_MAX;
        if (found)
            return w->names[w->odd[i].list];
    }
    return (lf_view){ "", 0 };
}
