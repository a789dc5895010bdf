#include "proc/messages.h"

#include <stdint.h>

#include "bus/channel.h"
#include "lf_test.h"

static const struct {
    const char *name;
    enum lf_worker_id from, to;
    unsigned type;
    size_t size;
    bool ok;
} rows[] = {
    { "the front asks the core", LF_WORKER_FRONT, LF_WORKER_CORE, LF_MSG_HTTP_REQUEST, 100, true },
    { "the dns worker may not", LF_WORKER_DNS, LF_WORKER_CORE, LF_MSG_HTTP_REQUEST, 100, false },
    { "the core does not ask the front", LF_WORKER_CORE, LF_WORKER_FRONT, LF_MSG_HTTP_REQUEST, 100, false },
    { "an empty request", LF_WORKER_FRONT, LF_WORKER_CORE, LF_MSG_HTTP_REQUEST, 0, false },
    { "a request over the ceiling", LF_WORKER_FRONT, LF_WORKER_CORE, LF_MSG_HTTP_REQUEST,
      (size_t)LF_FRAME_MAX + 1, false },
    { "a number of another size", LF_WORKER_FRONT, LF_WORKER_CORE, LF_MSG_HTTP_GONE, 9, false },
    { "the front forges a finding", LF_WORKER_FRONT, LF_WORKER_CORE, LF_MSG_FINDING, 100, false },
    { "the front stops the node", LF_WORKER_FRONT, LF_WORKER_PARENT, LF_MSG_STOP_NODE, 0, false },
    { "the core stops the node", LF_WORKER_CORE, LF_WORKER_PARENT, LF_MSG_STOP_NODE, 0, true },
    { "a worker boots another", LF_WORKER_CORE, LF_WORKER_FRONT, LF_MSG_BOOT, 10, false },
    { "the front uses the relay", LF_WORKER_FRONT, LF_WORKER_RELAY, LF_MSG_CALL, 100, false },
    { "to itself", LF_WORKER_CORE, LF_WORKER_CORE, LF_MSG_HEALTH, 10, false },
    { "health", LF_WORKER_DNS, LF_WORKER_CORE, LF_MSG_HEALTH, 10, true },
    { "an unknown type", LF_WORKER_FRONT, LF_WORKER_CORE, 9999, 10, false },
    { "type nought", LF_WORKER_FRONT, LF_WORKER_CORE, 0, 10, false },
    { "an unknown sender", LF_WORKER_COUNT, LF_WORKER_CORE, LF_MSG_HEALTH, 10, false },
};

static void only_what_stands_in_the_table_may_pass(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK(lf_messages_ok(rows[i].from, rows[i].to, rows[i].type, rows[i].size) == rows[i].ok, "%s",
              rows[i].name);
}

static void neighbours_are_those_with_something_to_say(void)
{
    static const uint8_t want[LF_WORKER_COUNT][LF_WORKER_COUNT] = {
        [LF_WORKER_CORE] = { 0, 0, 1, 1, 1, 1, 1 },   [LF_WORKER_RELAY] = { 0, 1, 0, 0, 0, 0, 0 },
        [LF_WORKER_DNS] = { 0, 1, 0, 0, 0, 0, 0 },    [LF_WORKER_INTAKE] = { 0, 1, 0, 0, 0, 0, 1 },
        [LF_WORKER_SEARCH] = { 0, 1, 0, 0, 0, 0, 0 }, [LF_WORKER_FRONT] = { 0, 1, 0, 0, 1, 0, 0 },
    };

    for (unsigned a = 0; a < LF_WORKER_COUNT; a++) {
        for (unsigned b = 0; b < LF_WORKER_COUNT; b++)
            CHECK(lf_messages_neighbours((enum lf_worker_id)a, (enum lf_worker_id)b) == want[a][b],
                  "%s and %s", lf_worker_name((enum lf_worker_id)a), lf_worker_name((enum lf_worker_id)b));
    }
}

static void names_are_read_back(void)
{
    enum lf_worker_id id;

    for (unsigned i = 0; i < LF_WORKER_COUNT; i++)
        CHECK(lf_worker_parse(lf_view_of(lf_worker_name((enum lf_worker_id)i)), &id) && id == i, "%u", i);
    CHECK(!lf_worker_parse(LF_V("root"), &id), "took a stranger");
}

int main(void)
{
    RUN(only_what_stands_in_the_table_may_pass);
    RUN(neighbours_are_those_with_something_to_say);
    RUN(names_are_read_back);
    DONE();
}
