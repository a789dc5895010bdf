/* Clock: what each statutory clock says of an incident's history at a moment.
 *
 * Rule sets are data (rules/clock/, format "lianfang-clock-rules/1"): nothing of
 * any country is in the program.  Pure: the result depends on the rules, the
 * history and `at`, never on the wall clock or the machine's zone; a restart
 * therefore loses nothing, because nothing is kept.  All in whole seconds.
 *
 * Month arithmetic needs zones; the ones known are listed in clock_zone.c
 * (Asia/Taipei, Europe/Brussels, America/New_York, UTC); others are refused. */
#ifndef LF_ENGINE_CLOCK_H
#define LF_ENGINE_CLOCK_H

#include "base/time.h"
#include "fmt/json.h"

struct lf_clock_result {
    bool breached;      /* at least one instance is */
    lf_view ruleset;    /* id of the set that was used */
    const void *detail; /* of the judgement */
};

enum { LF_CLOCK_WARNINGS = 16 /* of one clock */, LF_CLOCK_SPEED = 60 };

/* One clock instance, for callers that do not want JSON. */
struct lf_clock_row {
    lf_view clock, id, who, rule;  /* rule ptr NULL when none */
    lf_view zh, en;                /* the clock's names, as the rules give them; else its id */
    lf_time started, due, stopped; /* 0 = none */
    const char *state, *code;      /* "running", "met", "breached", "cancelled", "not_started" */
    int64_t late_s;
    const struct lf_json *consent; /* it can be extended now: whose consent it takes; else NULL */
    size_t nwarn;
    int warn[LF_CLOCK_WARNINGS]; /* percents of the time at which to warn, as the rules give them */
};

/* The moment at which so much of the time from `started` to `due` is used: whole seconds. */
lf_time lf_clock_used(lf_time started, lf_time due, int percent);

/* A time as the contract writes it: RFC 3339 with capital T and Z. */
enum lf_code lf_clock_time(lf_view text, lf_time *out, struct lf_err *e) LF_MUST;

/* Whether every field that counts has its type and range; one sentence says which has
 * not.  lf_clock_judge() begins with it. */
enum lf_code lf_clock_rules_check(const struct lf_json *rules, struct lf_err *e) LF_MUST;

/* A rule set, or an array of them, from a file's bytes, which must outlive it; the sentence says in which
 * line what is wrong. */
enum lf_code lf_clock_rules_read(struct lf_arena *a, lf_view text, const struct lf_json **out,
                                 struct lf_err *e) LF_MUST;

/* Of a set or an array of them the one in force on the day of `at` where the law is, the newest; NULL: none
 * is. */
const struct lf_json *lf_clock_set_at(const struct lf_json *rules, lf_time at);

/* Whose law a set is: its `regime` ("TW", "NIS2", "US"), else its `ruleset` up to the first hyphen; empty
 * when that is not 1 to 16 capital letters and digits. */
lf_view lf_clock_regime(const struct lf_json *set);

/* `rules` is a rule set or an array of them, `history` an array of events, both
 * as lf_json trees that outlive the result.  LF_BAD_INPUT says what and where;
 * LF_NOT_FOUND: no set in force that day, or no awareness in the history. */
enum lf_code lf_clock_judge(struct lf_arena *a, const struct lf_json *rules, const struct lf_json *history,
                            lf_time at, struct lf_clock_result *out, struct lf_err *e) LF_MUST;
/* The same at `speed` times the pace, 1 to LF_CLOCK_SPEED (an exercise): what the rules call an hour lasts
 * 1/speed of one, rounded up to the second, and so does the time from an event to a limit that it gives
 * itself (an extension, a date for the final report). */
enum lf_code lf_clock_judge_at(struct lf_arena *a, const struct lf_json *rules, const struct lf_json *history,
                               lf_time at, int speed, struct lf_clock_result *out, struct lf_err *e) LF_MUST;
/* The output object of the contract. */
void lf_clock_write(const struct lf_clock_result *r, struct lf_buf *b);
size_t lf_clock_rows(const struct lf_clock_result *r);
struct lf_clock_row lf_clock_row(const struct lf_clock_result *r, size_t i);

#endif
