#include "model/finding.h"

#include "base/unpack.h"

static const char *const levels[] = { "informational", "low", "medium", "high", "critical" };

enum { VERSION = 1 };

const char *lf_level_name(enum lf_level level)
{
    return (size_t)level < sizeof levels / sizeof *levels ? levels[level] : "?";
}

bool lf_level_parse(lf_view text, enum lf_level *out)
{
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (lf_view_is(text, levels[i])) {
            *out = (enum lf_level)i;
            return true;
        }
    return false;
}

static void put_view(struct lf_buf *b, lf_view v)
{
    lf_buf_u32(b, (uint32_t)v.len);
    lf_buf_put(b, v);
}

void lf_finding_pack(struct lf_buf *b, const struct lf_finding *f)
{
    size_t n = f->nobservables < LF_FINDING_OBSERVABLES ? f->nobservables : LF_FINDING_OBSERVABLES;

    lf_buf_byte(b, VERSION);
    lf_buf_u64(b, f->position);
    lf_buf_u64(b, (uint64_t)f->happened);
    lf_buf_u64(b, (uint64_t)f->recorded);
    lf_buf_byte(b, (char)f->level);
    put_view(b, f->sender);
    put_view(b, f->rule);
    put_view(b, f->title);
    put_view(b, f->host);
    put_view(b, f->event);
    lf_buf_byte(b, (char)n);
    for (size_t i = 0; i < n; i++) {
        lf_buf_byte(b, (char)f->observables[i].kind);
        put_view(b, f->observables[i].value);
    }
    lf_buf_byte(b, f->second_sender.ptr ? 1 : 0);
    if (f->second_sender.ptr) {
        put_view(b, f->second_sender);
        put_view(b, f->second_event);
        lf_buf_u64(b, (uint64_t)f->second_happened);
    }
}

/* A reader that stays at `bad` once anything did not fit: the caller looks once. */
enum lf_code lf_finding_unpack(lf_view bytes, struct lf_finding *out, struct lf_err *e)
{
    struct lf_unpack in = lf_unpack_begin(bytes);
    struct lf_finding f = { 0 };
    uint64_t v;

    if (lf_unpack_uint(&in, 1) != VERSION && !in.bad)
        in.bad = "its version is not 1";
    f.position = lf_unpack_uint(&in, 8);
    if (!in.bad && f.position > INT64_MAX)
        in.bad = "the position is past what a database can keep";
    f.happened = lf_unpack_time(&in);
    f.recorded = lf_unpack_time(&in);
    v = lf_unpack_uint(&in, 1);
    if (!in.bad && v > LF_LEVEL_CRITICAL)
        in.bad = "no such level";
    f.level = (enum lf_level)v;
    f.sender = lf_unpack_text(&in, 4, 0, 256, "the sender is too long or not text");
    f.rule = lf_unpack_text(&in, 4, 1, 64, "the rule's id is empty, too long or not text");
    f.title = lf_unpack_text(&in, 4, 0, 1024, "the title is too long or not text");
    f.host = lf_unpack_text(&in, 4, 0, 256, "the host is too long or not text");
    f.event = lf_unpack_text(&in, 4, 0, LF_FINDING_RAW, "the event is too long or not text");
    f.nobservables = (size_t)lf_unpack_uint(&in, 1);
    if (!in.bad && f.nobservables > LF_FINDING_OBSERVABLES)
        in.bad = "too many observables";
    for (size_t i = 0; !in.bad && i < f.nobservables; i++) {
        v = lf_unpack_uint(&in, 1);
        if (!in.bad && v >= LF_OBS_KINDS)
            in.bad = "no such kind of observable";
        f.observables[i].kind = (enum lf_observable_kind)v;
        f.observables[i].value =
            lf_unpack_text(&in, 4, 1, 2048, "an observable is empty, too long or not text");
    }
    v = lf_unpack_uint(&in, 1);
    if (!in.bad && v > 1)
        in.bad = "the mark of second evidence is neither 0 nor 1";
    if (!in.bad && v == 1) {
        f.second_sender = lf_unpack_text(&in, 4, 0, 256, "the second sender is too long or not text");
        f.second_event =
            lf_unpack_text(&in, 4, 0, LF_FINDING_RAW, "the second event is too long or not text");
        f.second_happened = lf_unpack_time(&in);
    }
    lf_unpack_end(&in);
    if (in.bad)
        return lf_err_set(e, LF_BAD_INPUT, "finding of %zu bytes: %s", bytes.len, in.bad);
    *out = f;
    return LF_OK;
}
