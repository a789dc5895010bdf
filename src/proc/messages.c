#include "proc/messages.h"

#include "bus/channel.h"
#include "http/call.h"
#include "model/rule_entry.h"
#include "proc/parent.h"
#include "soc/learning.h"
#include "soc/searches.h"

#define ONE(id) (1u << LF_WORKER_##id)
#define ANY (ONE(CORE) | ONE(RELAY) | ONE(DNS) | ONE(INTAKE) | ONE(SEARCH) | ONE(FRONT))
#define KB (1u << 10)
#define MB (1u << 20)

struct row {
    enum lf_msg type;
    const char *name;
    unsigned from, to; /* bit per worker */
    size_t least, most;
};

static const struct row table[] = {
    { LF_MSG_BOOT, "BOOT", ONE(PARENT), ANY, 4, LF_BOOT_MAX + 256 * KB },
    { LF_MSG_SOCKET, "SOCKET", ONE(PARENT), ANY, 1, 64 },
    { LF_MSG_KEY, "KEY", ONE(PARENT), ANY, 2, 256 * KB },
    { LF_MSG_CHANNEL, "CHANNEL", ONE(PARENT), ANY, 1, 1 },
    { LF_MSG_START, "START", ONE(PARENT), ANY, 0, 0 },
    { LF_MSG_RELOAD, "RELOAD", ONE(PARENT), ANY, 0, LF_BOOT_MAX },
    { LF_MSG_STOP, "STOP", ONE(PARENT), ANY, 0, 0 },
    { LF_MSG_READY, "READY", ANY, ONE(PARENT), 0, 0 },
    { LF_MSG_FAILED, "FAILED", ANY, ONE(PARENT), 0, KB },
    { LF_MSG_OFFENCE, "OFFENCE", ANY, ONE(PARENT), 1, 1 },
    { LF_MSG_STOP_NODE, "STOP_NODE", ONE(CORE), ONE(PARENT), 0, 0 },

    { LF_MSG_HTTP_REQUEST, "HTTP_REQUEST", ONE(FRONT), ONE(CORE), 1, LF_FRAME_MAX },
    { LF_MSG_HTTP_RESPONSE, "HTTP_RESPONSE", ONE(CORE), ONE(FRONT), 1, LF_FRAME_MAX },
    { LF_MSG_HTTP_GONE, "HTTP_GONE", ONE(FRONT), ONE(CORE), 8, 8 },
    { LF_MSG_LOG_BODY, "LOG_BODY", ONE(FRONT), ONE(INTAKE), 1, LF_FRAME_MAX },
    { LF_MSG_LOG_ANSWER, "LOG_ANSWER", ONE(INTAKE), ONE(FRONT), 1, LF_FRAME_MAX },
    { LF_MSG_FINDING, "FINDING", ONE(INTAKE), ONE(CORE), 1, 256 * KB },
    { LF_MSG_FINDING_KEPT, "FINDING_KEPT", ONE(CORE), ONE(INTAKE), 8, 8 },
    { LF_MSG_CHECKPOINT, "CHECKPOINT", ONE(CORE), ONE(INTAKE), 16, 16 },
    { LF_MSG_RESUMED, "RESUMED", ONE(INTAKE), ONE(CORE), 8, 8 },
    { LF_MSG_RULES, "RULES", ONE(INTAKE), ONE(CORE), 4, LF_RULE_LIST + 4 },
    { LF_MSG_LEARNABLE, "LEARNABLE", ONE(INTAKE), ONE(CORE), 4, LF_LEARNING_MATERIAL },
    { LF_MSG_LEARN, "LEARN", ONE(CORE), ONE(SEARCH), 8, LF_LEARNING_MATERIAL + KB },
    { LF_MSG_LEARN_NEWS, "LEARN_NEWS", ONE(SEARCH), ONE(CORE), 43, LF_LEARNING_RESULT },
    { LF_MSG_LEARNED, "LEARNED", ONE(CORE), ONE(INTAKE), 1, LF_PLACEHOLDER_FILE_MOST },
    { LF_MSG_SENDERS, "SENDERS", ONE(INTAKE), ONE(CORE), 1, 256 * KB },
    { LF_MSG_INDICATORS, "INDICATORS", ONE(CORE), ONE(INTAKE), 1, LF_FRAME_MAX },
    { LF_MSG_SIGHTINGS, "SIGHTINGS", ONE(INTAKE), ONE(CORE), 1, 16 * MB },
    { LF_MSG_TOKENS, "TOKENS", ONE(CORE), ONE(INTAKE), 0, 4 * MB },
    { LF_MSG_HOLDS, "HOLDS", ONE(CORE), ONE(INTAKE), 0, 256 * KB },
    { LF_MSG_CALL, "CALL", ONE(CORE), ONE(RELAY), 1, LF_CALL_BODY + 256 * KB },
    { LF_MSG_CALL_RESULT, "CALL_RESULT", ONE(RELAY), ONE(CORE), 1, LF_CALL_BODY + 256 * KB },
    { LF_MSG_CALL_CANCEL, "CALL_CANCEL", ONE(CORE), ONE(RELAY), 8, 8 },
    { LF_MSG_ZONE_FULL, "ZONE_FULL", ONE(CORE), ONE(DNS), 1, LF_FRAME_MAX },
    { LF_MSG_ZONE_DELTA, "ZONE_DELTA", ONE(CORE), ONE(DNS), 1, LF_FRAME_MAX },
    { LF_MSG_SEARCH_ORDER, "SEARCH_ORDER", ONE(CORE), ONE(SEARCH), 1, LF_QUERY_TEXT + KB },
    { LF_MSG_SEARCH_CANCEL, "SEARCH_CANCEL", ONE(CORE), ONE(SEARCH), 8, 8 },
    { LF_MSG_SEARCH_NEWS, "SEARCH_NEWS", ONE(SEARCH), ONE(CORE), 1, LF_SEARCHES_NEWS },
    { LF_MSG_HUNT, "HUNT", ONE(CORE), ONE(SEARCH), 16, LF_FRAME_MAX },
    { LF_MSG_HUNT_NEWS, "HUNT_NEWS", ONE(SEARCH), ONE(CORE), 8, 16 * MB },
    { LF_MSG_QUESTION, "QUESTION", ONE(CORE), ONE(SEARCH), 16, LF_FRAME_MAX },
    { LF_MSG_QUESTION_CANCEL, "QUESTION_CANCEL", ONE(CORE), ONE(SEARCH), 8, 8 },
    { LF_MSG_QUESTION_NEWS, "QUESTION_NEWS", ONE(SEARCH), ONE(CORE), 16, 1 * MB },
    { LF_MSG_HEALTH, "HEALTH", ONE(PARENT) | ANY, ONE(CORE), 2, 64 * KB },
};

static const char *const names[LF_WORKER_COUNT] = { "parent", "core",   "relay", "dns",
                                                    "intake", "search", "front" };

const char *lf_worker_name(enum lf_worker_id id)
{
    return id < LF_WORKER_COUNT ? names[id] : "?";
}

bool lf_worker_parse(lf_view name, enum lf_worker_id *out)
{
    for (unsigned i = 0; i < LF_WORKER_COUNT; i++) {
        if (lf_view_is(name, names[i])) {
            *out = (enum lf_worker_id)i;
            return true;
        }
    }
    return false;
}

static const struct row *row_of(unsigned type)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if ((unsigned)table[i].type == type)
            return &table[i];
    }
    return NULL;
}

const char *lf_messages_name(unsigned type)
{
    const struct row *r = row_of(type);

    return r ? r->name : "?";
}

bool lf_messages_ok(enum lf_worker_id from, enum lf_worker_id to, unsigned type, size_t size)
{
    const struct row *r = row_of(type);

    return r && from != to && from < LF_WORKER_COUNT && to < LF_WORKER_COUNT && (r->from & 1u << from) &&
           (r->to & 1u << to) && size >= r->least && size <= r->most;
}

bool lf_messages_neighbours(enum lf_worker_id a, enum lf_worker_id b)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (a != b && a && b && (table[i].from & 1u << a) && (table[i].to & 1u << b))
            return true;
        if (a != b && a && b && (table[i].from & 1u << b) && (table[i].to & 1u << a))
            return true;
    }
    return false;
}
