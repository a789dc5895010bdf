#include "main/indicators.h"

#include <time.h>

#include "base/crypto.h"
#include "engine/ioc_pattern.h"
#include "main/input.h"

#define FILE_MOST ((size_t)4 << 30)

struct load {
    struct lf_ioc_set *to;
    struct lf_ioc what;
    uint64_t taken, passed;
};

static void add(void *ctx, enum lf_observable_kind kind, lf_view value)
{
    struct load *l = ctx;

    l->what.flags = kind == LF_OBS_DOMAIN ? LF_IOC_SUBDOMAINS : 0;
    if (lf_ioc_add(l->to, kind, value, &l->what, NULL) == LF_OK)
        l->taken++;
    else
        l->passed++;
}

/* A line has no id: one made from the value, so that it is the same each time. */
static void lines(struct load *l, lf_view in)
{
    lf_view line;

    while (lf_view_split(&in, '\n', &line)) {
        enum lf_observable_kind kind;
        uint8_t sum[LF_SHA256];

        line = lf_view_trim(line);
        if (!line.len || line.ptr[0] == '#')
            continue;
        if (!lf_observable_guess(line, &kind)) {
            l->passed++;
            continue;
        }
        lf_sha256(line, sum);
        memcpy(l->what.id, sum, sizeof l->what.id);
        l->what.id[6] = (uint8_t)((l->what.id[6] & 0x0f) | 0x80); /* version 8: the maker's own way */
        l->what.id[8] = (uint8_t)((l->what.id[8] & 0x3f) | 0x80);
        l->what.confidence = 85;
        add(l, kind, line);
    }
}

static void one(struct load *l, const struct lf_json *v)
{
    struct lf_arena a = { 0 };
    struct lf_stix_pattern p;
    struct lf_stix_moment until;
    int64_t confidence;

    if (!lf_view_is(lf_json_str(v, "type"), "indicator"))
        return;
    l->what = (struct lf_ioc){ .confidence = 85 };
    if (lf_json_int(v, "confidence", &confidence) && confidence >= 0 && confidence <= 100)
        l->what.confidence = (uint8_t)confidence;
    if (lf_stix_moment_parse(lf_json_str(v, "valid_until"), &until))
        l->what.expires = until.second > 0 && until.second < UINT32_MAX ? (uint32_t)until.second : 1;
    if (lf_json_bool(v, "revoked", false) || !lf_lookout_indicator_parse(lf_json_str(v, "id"), l->what.id) ||
        !lf_view_is(lf_json_str(v, "pattern_type"), "stix") ||
        lf_stix_pattern_parse(&a, lf_json_str(v, "pattern"), &p, NULL) != LF_OK ||
        !lf_ioc_of_pattern(&p, add, l))
        l->passed++;
    lf_arena_clear(&a);
}

enum lf_code lf_indicators_load(const char *file, struct lf_lookout *to, uint64_t *taken, uint64_t *passed,
                                struct lf_err *e)
{
    const struct lf_json_limits limits = { .bytes = FILE_MOST, .depth = 128 };
    struct load l = { .to = lf_lookout_set(to) };
    struct lf_arena a = { 0 };
    const struct lf_json *doc, *list;
    struct lf_buf in;
    enum lf_code rc;
    lf_view text;

    lf_buf_init(&in, FILE_MOST);
    rc = lf_input_read(file, &in, e);
    text = lf_view_trim(lf_buf_view(&in));
    if (rc == LF_OK && text.len && (text.ptr[0] == '{' || text.ptr[0] == '[')) {
        rc = lf_json_parse(&a, text, &limits, &doc, e);
        if (rc == LF_OK) {
            list = lf_json_kind(doc) == LF_JSON_ARRAY ? doc : lf_json_get(doc, LF_V("objects"));
            if (!list)
                one(&l, doc);
            for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++)
                one(&l, lf_json_item(list, i));
        } else {
            rc = lf_err_at(e, "%s", file);
        }
    } else if (rc == LF_OK) {
        lines(&l, text);
    }
    lf_arena_clear(&a);
    lf_buf_clear(&in);
    *taken = l.taken;
    *passed = l.passed;
    return rc;
}
