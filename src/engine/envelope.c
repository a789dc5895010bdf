#include "engine/envelope.h"

#include "engine/pipeline_priv.h"

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t skip_blank(lf_view in, size_t at)
{
    while (at < in.len && blank(in.ptr[at]))
        at++;
    return at;
}

/* May the list at `bracket` be the events?  `"name": [ {` with a name that envelopes have. */
static bool list_of_events(const struct lf_pipelines *ps, lf_view in, size_t bracket)
{
    size_t next = skip_blank(in, bracket + 1), i = bracket, end;

    if (next >= in.len || in.ptr[next] != '{')
        return false;
    while (i > 0 && blank(in.ptr[i - 1]))
        i--;
    if (i == 0 || in.ptr[i - 1] != ':')
        return false;
    i--;
    while (i > 0 && blank(in.ptr[i - 1]))
        i--;
    if (i < 2 || in.ptr[i - 1] != '"')
        return false;
    end = i - 1;
    for (i = end; i > 0 && in.ptr[i - 1] != '"';)
        i--;
    for (size_t k = 0; k < ps->nlists; k++)
        if (lf_view_eq(ps->lists[k], (lf_view){ in.ptr + i, end - i }))
            return true;
    return false;
}

static bool may_be(const struct lf_pipelines *ps, lf_view in, bool *bare)
{
    size_t at = skip_blank(in, 0);
    lf_view look = lf_view_first(in, LF_ENVELOPE_LOOK);

    *bare = at < in.len && in.ptr[at] == '[';
    if (*bare) {
        at = skip_blank(in, at + 1);
        return at < in.len && in.ptr[at] == '{';
    }
    if (at >= in.len || in.ptr[at] != '{' || ps->nlists == 0)
        return false;
    for (unsigned tries = 0; tries < 16; tries++, at++) {
        size_t n = lf_view_find_byte(lf_view_from(look, at), '[');

        if (n == SIZE_MAX)
            return false;
        at += n;
        if (list_of_events(ps, in, at))
            return true;
    }
    return false;
}

/* ---- where things stand in text that is known to be JSON ---- */

/* Behind the string, or the value, that begins at `at`. */
static size_t past_string(lf_view in, size_t at)
{
    for (at++; at < in.len && in.ptr[at] != '"'; at++)
        if (in.ptr[at] == '\\')
            at++;
    return at + 1;
}

static size_t past_value(lf_view in, size_t at)
{
    size_t depth = 0;

    while (at < in.len) {
        char c = in.ptr[at];

        if (c == '"') {
            at = past_string(in, at);
        } else if (c == '{' || c == '[') {
            depth++;
            at++;
        } else if (c == '}' || c == ']') {
            if (depth <= 1)
                return depth ? at + 1 : at;
            depth--;
            at++;
            continue;
        } else if (depth == 0 && (c == ',' || blank(c))) {
            return at;
        } else {
            at++;
            continue;
        }
        if (depth == 0)
            return at;
    }
    return at;
}

/* Where the value of the first member of that name begins; SIZE_MAX: keys with escapes hide it. */
static size_t member_at(lf_view in, size_t at, lf_view name)
{
    at = skip_blank(in, at + 1);
    while (at < in.len && in.ptr[at] == '"') {
        size_t end = past_string(in, at);
        lf_view key = { in.ptr + at + 1, end - at - 2 };

        at = skip_blank(in, end);
        at = skip_blank(in, at + 1); /* : */
        if (lf_view_eq(key, name))
            return at;
        at = skip_blank(in, past_value(in, at));
        if (at < in.len && in.ptr[at] == ',')
            at = skip_blank(in, at + 1);
    }
    return SIZE_MAX;
}

static bool slices(struct lf_arena *a, lf_view in, size_t at, size_t n, lf_view **out, size_t *end)
{
    lf_view *all = LF_NEW(a, lf_view, n);

    at = skip_blank(in, at + 1);
    for (size_t i = 0; i < n; i++) {
        size_t to = past_value(in, at);

        if (to > in.len || to == at)
            return false;
        all[i] = (lf_view){ in.ptr + at, to - at };
        at = skip_blank(in, to);
        if (at < in.len && in.ptr[at] == ',')
            at = skip_blank(in, at + 1);
    }
    *out = all;
    *end = at;
    return at < in.len && in.ptr[at] == ']';
}

static bool only_objects(const struct lf_json *list)
{
    if (lf_json_kind(list) != LF_JSON_ARRAY || lf_json_items(list) == 0 ||
        lf_json_items(list) > LF_ENVELOPE_EVENTS)
        return false;
    for (size_t i = 0; i < lf_json_items(list); i++)
        if (lf_json_kind(lf_json_item(list, i)) != LF_JSON_OBJECT)
            return false;
    return true;
}

bool lf_envelope_open(const struct lf_pipelines *ps, struct lf_arena *a, lf_view bytes,
                      struct lf_envelope *out)
{
    const struct lf_json_limits limits = { .bytes = LF_ENVELOPE_BYTES };
    const struct lf_json *doc, *list;
    struct lf_event ev = { 0 };
    lf_view *events, path, name;
    bool bare, more = false;
    size_t at, end;

    if (!ps || bytes.len < 4 || bytes.len > LF_ENVELOPE_BYTES || !may_be(ps, bytes, &bare) ||
        lf_json_parse(a, bytes, &limits, &doc, NULL) != LF_OK)
        return false;
    at = skip_blank(bytes, 0);
    list = doc;
    if (!bare) {
        ev.doc = doc;
        lf_pipelines_choose(ps, a, &ev, (lf_view){ "", 0 }, (lf_view){ "", 0 });
        if (!ev.pipeline || !ev.pipeline->events.len)
            return false;
        for (path = ev.pipeline->events; path.ptr && lf_view_split(&path, '.', &name);) {
            more = more || lf_json_members(list) > 1;
            list = lf_json_get(list, name);
            at = member_at(bytes, at, name);
            if (!list || at == SIZE_MAX || lf_json_kind(list) < LF_JSON_ARRAY)
                return false;
        }
    }
    if (!only_objects(list) || !slices(a, bytes, at, lf_json_items(list), &events, &end))
        return false;
    *out = (struct lf_envelope){ .events = events, .n = lf_json_items(list) };
    if (more) {
        char *text = lf_arena_alloc(a, bytes.len, 1);

        memcpy(text, bytes.ptr, at + 1);
        memcpy(text + at + 1, bytes.ptr + end, bytes.len - end);
        out->rest = (lf_view){ text, at + 1 + bytes.len - end };
    }
    return true;
}
