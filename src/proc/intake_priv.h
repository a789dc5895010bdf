/* What the intake's files share; for them alone. */
#ifndef LF_PROC_INTAKE_PRIV_H
#define LF_PROC_INTAKE_PRIV_H

#include "base/map.h"
#include "engine/detect.h"
#include "engine/envelope.h"
#include "engine/lookout.h"
#include "engine/normalise.h"
#include "engine/stix_live.h"
#include "fmt/json.h"
#include "model/device.h"
#include "model/sighting.h"
#include "proc/intake.h"
#include "proc/worker.h"
#include "store/archive.h"

struct intake_net;
struct intake_follow;
struct intake_rules;

/* Counters of one sender (intake_sender.c): shown in node health, told to the core. */
struct intake_sender {
    struct intake_sender *next;
    lf_view name; /* own memory */
    enum lf_device_via via;
    enum lf_charset charset; /* [sender NAME] charset */
    unsigned refs;           /* connections that hold it: never evicted */
    uint64_t incarnation;
    uint64_t received, malformed, dropped;
    lf_time first, last; /* heard */
    struct {
        uint64_t received, malformed, dropped;
        lf_time last;
    } told;
    bool again; /* told or not: to be told with the next report */
    enum lf_device_fault fault;
    lf_time fault_since, fault_until;
    char *fault_text; /* own memory */
    /* Of a host behind a relay: the relay's name.  Of a sender: how many hosts it speaks for, as far
     * as they are counted. */
    lf_view relay; /* own memory, behind `name` */
    unsigned hosts;
};

struct intake_token {
    lf_view name;
    uint8_t hash[LF_SHA256];
};

/* An HTTP answer that waits until its records are durable. */
struct intake_answer {
    struct intake_answer *next;
    uint64_t id;
    struct lf_buf packed;
};

enum {
    INTAKE_SENDERS = 4096,        /* counted by name; the rest together */
    INTAKE_HOSTS = 4096,          /* behind relays, of all, */
    INTAKE_RELAY_HOSTS = 1024,    /* and behind one; the rest are the relay only */
    INTAKE_COMMIT_AT = 32 << 20,  /* bytes that wait before a commit in mid-round */
    INTAKE_COMMIT_SOON = 4 << 20, /* so many wait for no other time */
    INTAKE_COMMIT_REST = 3,       /* a commit is followed by so many times its own length without one, */
    INTAKE_LAG_MOST = 300000,     /* records not yet matched before sources are paused */
    INTAKE_OUTSTANDING = 100000,  /* findings the core has not confirmed */
    INTAKE_READ = 4 << 20,        /* journal bytes matched in one go */
    INTAKE_TOKENS = 10000,
    INTAKE_FRESH = 32768,         /* records, and */
    INTAKE_FRESH_BYTES = 8 << 20, /* bytes of them, kept for detection beside the archive */
    INTAKE_SHOWN = 100            /* senders in node health */
};
#define INTAKE_CONFIRM (15 * LF_SECOND)   /* how long a finding may stay unconfirmed */
#define INTAKE_COMMIT_LATE (12 * LF_MSEC) /* and by no more than this */
#define INTAKE_ROUND (40 * LF_MSEC)       /* matching in one round of the loop */

struct intake {
    struct lf_worker *w;
    struct lf_archive *j; /* its open block is the journal */
    const char *data;     /* its directory */
    bool stuck;           /* the last commit failed: nothing more is taken until one succeeds */
    uint64_t durable;     /* positions before it are committed */
    lf_time commit_after; /* tick: the next commit waits until then, so that more goes with it */

    struct lf_arena task;  /* one event, one request's part */
    struct lf_arena batch; /* one request */
    struct lf_arena seal_arena;
    struct lf_arena open_arena; /* a document of many events */

    /* Records read back from the journal and not matched yet. */
    struct lf_arena read_arena;
    struct lf_archive_record *read;
    size_t read_at, nread;
    /* Copies of the newest records, while detection keeps up: from fresh_at on not matched. */
    struct intake_fresh {
        struct lf_arena a;
        struct lf_archive_record *record;
        size_t at, n, bytes;
    } fresh[2]; /* one is filled, the other matched; when that is done they change places */
    unsigned filling;

    struct lf_ruleset *rules;                   /* the generation in force */
    struct intake_rules *rule_book;             /* intake_rules.c */
    struct lf_normaliser *normaliser, *sealing; /* of live records; of those looked at again for sealing */
    const char **pipeline_dirs;
    size_t npipeline_dirs;
    const char **rule_dirs;
    size_t nrule_dirs;
    const char **expand; /* values of rules' placeholders */
    size_t nexpand;
    struct lf_evidence *evidence;
    struct lf_correlator *correlator; /* intake_correlate.c */
    uint64_t correlated_seen;         /* as of the state last kept */
    lf_time correlated_at;

    struct lf_lookout *lookout; /* intake_lookout.c */
    bool lookout_whole;         /* the core has told the whole list */
    const char **warning_dirs;  /* of warning lists */
    size_t nwarning_dirs;
    struct lf_warninglists *warning;

    struct lf_stix_live *patterns; /* intake_pattern.c: indicators that are more than a value */
    bool patterns_changed;         /* since the state was kept */
    uint64_t patterns_seen;        /* as of the state last kept */
    lf_time patterns_at;

    struct lf_arena token_arena;
    struct intake_token *tokens;
    size_t ntokens;
    bool tokens_known;

    const struct lf_json *charsets; /* of senders, from the settings: {name: charset} */
    struct lf_map sender_map;
    struct intake_sender *senders;
    size_t nsenders; /* hosts included */
    size_t nhosts;
    struct intake_sender others;
    struct intake_sender gone;           /* totals of those that were evicted */
    struct intake_sender *report_at;     /* where the next report to the core begins */
    lf_time report_again, full_until[2]; /* ticks; of senders, of hosts */
    unsigned sender_generation;          /* changes when one is evicted: cached pointers end */
    lf_time now;                         /* wall clock of the batch being taken (intake_clock) */
    lf_time matching;                    /* wall clock of what is being matched, a few events old */
    bool hot;                            /* a source took all it may in this round: there is more */

    struct intake_answer *answers, **answers_end;

    /* Detection.  cursor: the next position to match; resume: findings of events
     * before it were confirmed already, they are only matched again to fill the
     * evidence.  counted: malformed ones are counted from here on. */
    struct lf_arena hold_arena;
    lf_view *hold; /* ids, as the archive knows them */
    size_t nholds;
    uint64_t archive_keep;     /* bytes */
    bool held_over;            /* said: the archive is above its size because of legal holds */
    bool core_ready, resuming; /* resuming: RESUMED is still to be said */
    uint64_t cursor, resume, counted;
    uint64_t sighted; /* hits of records up to this one were counted as sightings, */
    bool counting;    /* and those of the record at hand are now */
    uint64_t *sent;   /* positions of findings not confirmed, in the order sent */
    size_t nsent, sent_cap;
    uint64_t kept;    /* the highest confirmed */
    lf_time progress; /* tick of the last confirmation, or of the first sent after it */
    uint64_t saved_detected, saved_kept;
    struct {
        lf_time recorded;
        uint64_t position;
    } mark[180]; /* one a second: how far back two minutes are */
    size_t nmark;
    struct lf_timer again; /* detection goes on in the next round */
    struct lf_timer commit_later;
    struct lf_timer second;

    struct intake_net *net;
    struct intake_follow *follow;
    bool paused;

    uint64_t events, findings, damaged, unmatched;
};

/* intake_sender.c.  The counters of a sender, made when first seen; never NULL.  Valid until
 * sender_generation changes, or while refs holds it. */
struct intake_sender *intake_sender(struct intake *in, lf_view name);
/* The event says that `host` wrote it; `sender` passed it on. */
void intake_sender_host(struct intake *in, lf_view sender, lf_view host, lf_time recorded);
void intake_sender_fault(struct intake *in, lf_view name, enum lf_device_via via, enum lf_device_fault fault,
                         bool lasts, const char *text);
void intake_senders_init(struct intake *in);
void intake_senders_clear(struct intake *in);
void intake_senders_report(struct intake *in);
void intake_senders_tell_again(struct intake *in);
void intake_senders_totals(const struct intake *in, struct lf_json_w *json);
void intake_senders_health(const struct intake *in, struct lf_json_w *json);

/* intake.c.  False: the core takes no more now. */
bool intake_send_finding(struct intake *in, const struct lf_finding *f);

/* intake_lookout.c: indicators, told by the core, asked of every event. */
void intake_lookout_start(struct intake *in);
/* Reads the warning lists (again); those in force stay when they cannot be read. */
void intake_lookout_lists(struct intake *in);
void intake_lookout_take(struct intake *in, lf_view entries);
/* False: the core takes no more now; the event comes again. */
bool intake_lookout_match(struct intake *in, const struct lf_event *ev);
void intake_lookout_second(struct intake *in);
/* Hits of the record at this position were counted. */
void intake_lookout_matched(struct intake *in, uint64_t position);
void intake_lookout_stop(struct intake *in);
void intake_lookout_health(const struct intake *in, struct lf_json_w *json);

/* intake_pattern.c: indicators that are STIX patterns, asked of every event.  start: the state
 * kept by an earlier life; where detection must begin for it, at or before `from`; false: the core takes no
 * more now, the event comes again; each second, with the position up to which findings are confirmed. */
void intake_pattern_start(struct intake *in);
void intake_pattern_take(struct intake *in, const struct lf_indicator_entry *x);
uint64_t intake_pattern_resume(struct intake *in, uint64_t from);
bool intake_pattern_match(struct intake *in, const struct lf_event *ev);
/* Into what the core is told; says how many. */
size_t intake_pattern_sightings(struct intake *in, struct lf_buf *b);
void intake_pattern_second(struct intake *in, uint64_t confirmed);
void intake_pattern_stop(struct intake *in);
void intake_pattern_health(const struct intake *in, struct lf_json_w *json);

/* Takes a record for the journal, counted as received; a document of many events
 * (engine/envelope.h) is that many records, whole or not at all, and the position is the last one's.
 * 0 when it cannot be taken now, which is
 * not counted: the caller either keeps it or drops it (intake_dropped).  Not durable before the
 * end of the round.  The time is that of the last intake_clock(). */
uint64_t intake_take_from(struct intake *in, struct intake_sender *s, lf_view name, enum lf_format format,
                          lf_view bytes);
/* The same where the bytes' charset is known; otherwise the sender's counts (struct intake_sender). */
uint64_t intake_take_as(struct intake *in, struct intake_sender *s, lf_view name, enum lf_format format,
                        enum lf_charset charset, lf_view bytes);
void intake_dropped(struct intake *in, struct intake_sender *s, uint64_t n);
void intake_clock(struct intake *in);
/* Sources that can wait should. */
bool intake_busy(const struct intake *in);

/* intake_archive.c: the archive's opening, and once a round its sealing and
 * retention, a few milliseconds each. */
enum lf_code intake_archive_open(struct intake *in, const struct lf_json *boot, struct lf_err *e) LF_MUST;
void intake_archive_tend(struct intake *in);
/* HOLDS of the core; before the first nothing is removed. */
void intake_archive_holds(struct intake *in, lf_view v);
void intake_archive_health(const struct intake *in, struct lf_json_w *json);

/* intake_http.c: one LOG_BODY.  Answers at once or, when records were taken, with
 * the commit. */
void intake_http(struct intake *in, const struct lf_http_request *r);
void intake_answer(struct intake *in, const struct lf_http_response *r, bool after_commit);

/* intake_net.c: syslog over UDP, TCP and TLS, RELP over TCP and TLS. */
enum lf_code intake_net_create(struct intake *in, struct intake_net **out, struct lf_err *e) LF_MUST;
void intake_net_destroy(struct intake_net *n);
void intake_net_pause(struct intake_net *n, bool paused);
/* What was taken is on disk: RELP senders are answered. */
void intake_net_kept(struct intake_net *n);
/* Each second: what the kernel dropped. */
void intake_net_second(struct intake_net *n);
void intake_net_health(const struct intake_net *n, struct lf_json_w *json);

/* intake_follow.c: followed files and standard input.  Offsets live in the
 * journal's state, in the same frame as the lines they stand behind. */
enum lf_code intake_follow_create(struct intake *in, const struct lf_json *files, bool with_stdin,
                                  struct intake_follow **out, struct lf_err *e) LF_MUST;
void intake_follow_destroy(struct intake_follow *f);
void intake_follow_pause(struct intake_follow *f, bool paused);
void intake_follow_health(const struct intake_follow *f, struct lf_json_w *json);

/* intake_rules.c: the rules in force, loaded at the start, looked at again at each reload. */
enum lf_code intake_rules_load(struct intake *in, struct lf_err *e) LF_MUST;
void intake_rules_reload(struct intake *in);
/* Says to the core what is in force, when it is there. */
void intake_rules_tell(struct intake *in);
/* A map of placeholders that a person accepted: kept, and in force with the rules. */
void intake_rules_learned(struct intake *in, lf_view map);
void intake_rules_stop(struct intake *in);
void intake_rules_health(const struct intake *in, struct lf_json_w *json);

/* intake_correlate.c: correlations of live traffic.  Rules were loaded (anew); the state
 * kept by an earlier life; where detection must begin for it, at or before `from`; each
 * second, with the position up to which findings are confirmed; before the end. */
void intake_correlate_rules(struct intake *in);
void intake_correlate_start(struct intake *in);
uint64_t intake_correlate_resume(struct intake *in, uint64_t from);
void intake_correlate_second(struct intake *in, uint64_t confirmed);
void intake_correlate_save(struct intake *in);
void intake_correlate_health(const struct intake *in, struct lf_json_w *json);

#endif
