/* Inside the simulated federation: shared by federation*.c only. */
#ifndef LF_MAIN_FEDERATION_PRIV_H
#define LF_MAIN_FEDERATION_PRIV_H

#include "base/arena.h"
#include "base/map.h"
#include "main/federation.h"
#include "proc/core.h"
#include "store/simdisk.h"
#include "store/task.h"
#include "sys/sim.h"

enum fed_tier { FED_PROVIDER, FED_SECTOR, FED_NATION };

/* 2026-11-21T00:00:00Z */
#define FED_BEGINNING ((lf_time)1795219200 * LF_SECOND)

enum { FED_ID = 96, FED_NAME = 40, FED_DOMAIN = 48, FED_OUT = 512 };

/* One line of a node's event journal on which a rule hit. */
struct fed_finding {
    uint64_t position; /* of the event the finding is about */
    uint64_t trigger;  /* of the event that made it known: later, for late second evidence */
    lf_time recorded;
    unsigned domain, host;
    bool high, second;
};

struct fed_node {
    struct fed *w;
    unsigned id;
    int parent; /* -1 at the nation */
    enum fed_tier tier;
    char name[FED_NAME], url[FED_NAME];
    uint8_t pin[LF_SHA256];
    struct lf_sim_view view;
    struct lf_env env;
    struct lf_log log;
    struct lf_simdisk *disk;
    struct lf_core *core; /* NULL: it is down */
    unsigned life;        /* counts starts and stops: what is of an earlier life is void */
    lf_time round_at;     /* 0 = none due */
    uint64_t round_turn, next_request;
    lf_time cut_out, cut_in; /* the link to its parent: until when nothing gets out, nothing comes in */
    lf_time room_at;         /* when its full disk has room again; 0 = it has */
    bool joined, policy;     /* as far as its operator has seen */

    /* the intake */
    struct fed_finding *findings;
    size_t nfindings, findings_room, cursor; /* cursor: the next one to send */
    uint64_t journal, kept, resume;
    uint64_t out[FED_OUT]; /* positions sent and not confirmed */
    size_t nout;
    lf_time progress;
    unsigned intake_life;
    bool intake_ready, intake_due;

    /* the dns worker */
    struct lf_map zone; /* name → 1; names live in zone_text */
    struct lf_arena zone_text;
    uint32_t serial;
    bool zone_known, zone_partly;
};

/* A call on its way: from one core to another and back. */
struct fed_flight {
    struct fed_flight *next, **at; /* list of all */
    unsigned from, to, from_life, to_life;
    uint64_t call, request; /* the caller's id for it, the callee's */
    unsigned held;          /* by happenings */
    bool live;              /* the caller still waits */
    bool there;             /* the callee works on it */
};

enum fed_act {
    FED_LOOK,
    FED_INVITE,
    FED_JOIN,
    FED_POLICY,
    FED_REPORT,
    FED_EVENT,
    FED_INDICATOR,
    FED_RELEASE,
    FED_WITHDRAW,
    FED_ALLOW,
    FED_ALERT,
    FED_JUDGE,
    FED_KEYS,
    FED_STEP,
};

/* What a person asked of a node and has not been told about yet. */
struct fed_ask {
    struct fed_ask *next;
    unsigned node;
    uint64_t request;
    enum fed_act act;
    char subject[FED_ID]; /* incident, indicator, … */
    unsigned child;       /* FED_INVITE: for whom */
};

/* What a person was told is so. */
struct fed_told {
    enum fed_act act;
    unsigned node;
    char subject[FED_ID], id[FED_ID];
};

/* Domains of the attackers, each with the nodes whose allow list ever held it. */
struct fed_domain {
    char name[FED_DOMAIN];
    uint64_t allowed; /* bit per node */
    bool judged;      /* a person released, withdrew or added it somewhere */
};

enum fed_due {
    FED_DUE_ROUND,     /* a core's round */
    FED_DUE_TO_CORE,   /* a message reaches a core */
    FED_DUE_TO_INTAKE, /* a message reaches a node's intake */
    FED_DUE_INTAKE,    /* a node's intake has findings to send */
    FED_DUE_CONFIRM,   /* … and looks whether they were kept */
    FED_DUE_ARRIVE,    /* a call reaches its callee */
    FED_DUE_RETURN,    /* its answer reaches its caller */
    FED_DUE_TIMEOUT,   /* its caller gives up */
    FED_DUE_GONE,      /* its callee learns that the caller has left */
    FED_DUE_START,     /* a node comes up again */
    FED_DUE_SECOND,    /* second evidence for an earlier finding */
    FED_DUE_CARRY,     /* an invitation reaches the child's operator */
};

struct fed_happening {
    struct fed_happening *next, **at;
    struct fed *w;
    enum fed_due what;
    unsigned node, life, intake_life;
    unsigned from, type; /* FED_DUE_TO_CORE, FED_DUE_TO_INTAKE */
    uint64_t n;
    struct fed_flight *flight;
    size_t size;
    char bytes[];
};

struct fed {
    struct lf_federation_options o;
    struct lf_federation_result *r;
    struct lf_sim *sim;
    unsigned n;
    struct fed_node *node;
    struct fed_happening *happenings;
    struct fed_flight *flights;
    struct fed_ask *asks;
    struct fed_told *told;
    size_t ntold, told_room;
    struct fed_domain *domain;
    unsigned ndomains, domain_room;
    lf_time asleep_until;   /* nothing happens before: the quiet hours */
    struct fed_node *apart; /* its link is cut for all of the time; NULL: none is */
    bool faults, over, busy;
    struct lf_arena scratch;
    /* What came of FED_STEP; NULL: nobody asks for such. */
    void (*stepped)(struct fed *w, const struct fed_ask *a, int status, lf_view body);
};

/* A world of o->nodes on empty disks at that time, all of them down, and its end. */
void fed_open(struct fed *w, const struct lf_federation_options *o, struct lf_federation_result *out,
              lf_time wall);
void fed_close(struct fed *w);
/* Faults are over: everything is mended and started. */
void fed_mend(struct fed *w);
void fed_broke(struct fed *w, const char *fmt, ...) LF_PRINTF(2, 3);
void fed_say(struct fed *w, const char *fmt, ...) LF_PRINTF(2, 3);
/* A task in the node's own name, in w->scratch, which is emptied first. */
bool fed_look(struct fed_node *n, enum lf_code (*run)(void *ctx, struct lf_task *t, struct lf_err *e),
              void *ctx);
/* Lets what is due happen for so long. */
void fed_let(struct fed *w, lf_time span);

/* After `in`: `bytes` are copied; the caller may fill in the rest. */
struct fed_happening *fed_due(struct fed *w, lf_time in, enum fed_due what, unsigned node, lf_view bytes);
lf_view fed_u64(uint64_t n, char out[8]);

/* federation_intake.c: finds, sends, and sends again what was not kept. */
void fed_intake_resume(struct fed_node *n, uint64_t position);
void fed_intake_kept(struct fed_node *n, uint64_t position);
void fed_intake_send(struct fed_node *n);
void fed_intake_send_again(struct fed_node *n);
void fed_intake_add(struct fed_node *n, struct fed_finding x);

/* federation_life.c: operators, people, attackers, faults. */
void fed_live(struct fed *w);
void fed_ask_of(struct fed_node *n, enum fed_act act, const char *method, lf_view path, lf_view body,
                const char *subject, unsigned child);
void fed_answered(struct fed *w, struct fed_ask *a, int status, lf_view body);
void fed_operators(struct fed *w);
bool fed_settled(struct fed *w); /* all joined, all policies signed */

/* federation.c, for the faults. */
void fed_crash(struct fed_node *n, const char *why);
void fed_start(struct fed_node *n);
void fed_start_in(struct fed_node *n, lf_time in);
void fed_worker_restart(struct fed_node *n, enum lf_worker_id id);
/* A rule hits at the node, with or without second evidence. */
void fed_find(struct fed_node *n, unsigned domain, unsigned host, bool high, bool second);
/* Second evidence for the newest finding comes so much later. */
void fed_find_second(struct fed_node *n, lf_time in);
/* The child's operator has the invitation after a while. */
void fed_carry(struct fed_node *child, lf_time in, lf_view token);

/* federation_check.c.  `last`: faults are over and all should be quiet; false and
 * r->broken when a promise does not hold (yet). */
bool fed_check_running(struct fed_node *n);
bool fed_check_all(struct fed *w);

#endif
