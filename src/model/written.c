#include "model/written.h"

static const char *const names[LF_WRITTEN_STATES] = { "draft", "review", "returned", "published",
                                                      "withdrawn" };
static const char *const acts[LF_WRITTEN_ACTS] = { "write", "submit", "return", "publish", "withdraw" };

#define IN(s) (1u << LF_WRITTEN_##s)
static const struct {
    unsigned from; /* states, as bits */
    enum lf_written to;
} rules[LF_WRITTEN_ACTS] = {
    [LF_WRITTEN_WRITE] = { IN(DRAFT) | IN(RETURNED) | IN(PUBLISHED), LF_WRITTEN_DRAFT },
    [LF_WRITTEN_SUBMIT] = { IN(DRAFT) | IN(RETURNED), LF_WRITTEN_REVIEW },
    [LF_WRITTEN_RETURN] = { IN(REVIEW), LF_WRITTEN_RETURNED },
    [LF_WRITTEN_PUBLISH] = { IN(REVIEW), LF_WRITTEN_PUBLISHED },
    [LF_WRITTEN_WITHDRAW] = { IN(DRAFT) | IN(REVIEW) | IN(RETURNED) | IN(PUBLISHED), LF_WRITTEN_WITHDRAWN },
};

const char *lf_written_name(enum lf_written s)
{
    return names[s];
}

const char *lf_written_act_name(enum lf_written_act a)
{
    return acts[a];
}

bool lf_written_parse(lf_view name, enum lf_written *s)
{
    size_t at;

    if (!lf_view_among(name, names, LF_WRITTEN_STATES, &at))
        return false;
    *s = (enum lf_written)at;
    return true;
}

bool lf_written_next(enum lf_written now, enum lf_written_act act, enum lf_written *next)
{
    if (!(rules[act].from & (1u << now)))
        return false;
    *next = rules[act].to;
    return true;
}
