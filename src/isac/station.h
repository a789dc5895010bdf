/* Station (中繼站): a host at home or abroad that attacks are commanded and relayed through (C2), kept under
 * control, monitored and tracked until it is gone.
 *
 * Control: entering one makes an indicator of its value, released, so that every member looks for it and
 * names are blocked; that its operator or a network cut it off is a state with grounds.  Monitoring: the
 * sightings of that indicator, here and at members.  Tracking: each has a day by which somebody looks whether
 * it still answers; a look moves the day on, and may say where it moved to.
 *
 *   watched ◀──▶ controlled          cut off or held back by an operator, a network, a court
 *      │ ▲            │ ▲
 *      │ └──────────┐ │ │            each change with its reason
 *      ├──▶ gone ◀──┼─┘─┘            a sighting after that: it is back
 *      └──▶ mistaken┘                it was none: the indicator is withdrawn; opened again, it is made anew
 *
 * Those of the node's people who see incidents read; ANALYST and REVIEWER write.  Tenants see none.  An
 * exercise's incident has none.  Whatever is done to one is an entry of its history; none is removed.
 * Audited. */
#ifndef LF_ISAC_STATION_H
#define LF_ISAC_STATION_H

#include "cert/network.h"
#include "model/observable.h"
#include "model/page.h"
#include "store/task.h"

/* The numbers are kept in databases. */
enum lf_station_state {
    LF_STATION_WATCHED,
    LF_STATION_CONTROLLED,
    LF_STATION_GONE,
    LF_STATION_MISTAKEN,
    LF_STATION_STATES
};
/* What a look found. */
enum lf_station_look { LF_LOOK_NONE, LF_LOOK_ANSWERS, LF_LOOK_SILENT, LF_LOOK_MOVED, LF_LOOKS };
enum {
    LF_STATIONS = 20000,
    LF_STATION_FAMILY = 200, /* bytes */
    LF_STATION_TEXT = 4000,
    LF_STATION_DAYS = 7, /* between looks, unless said otherwise */
    LF_STATION_LONGEST = 365,
    LF_STATION_ENTRIES = 500
};
const char *lf_station_state_name(enum lf_station_state s); /* "watched" … */
const char *lf_station_look_name(enum lf_station_look l);   /* "none", "answers", "silent", "moved" */
bool lf_station_state_parse(lf_view name, int *out);
bool lf_station_look_parse(lf_view name, int *out);

struct lf_station {
    lf_view id;
    int64_t number;
    enum lf_observable_kind kind; /* a domain, an address or a URL */
    lf_view value;                /* as lf_observable_text gives it */
    int64_t port;                 /* 0: not known */
    lf_view family;               /* the malware or campaign; may be empty */
    enum lf_network_side side;
    lf_view country, operator; /* empty when not known */
    enum lf_station_state state;
    lf_time since;     /* in that state */
    lf_view incident;  /* where it was found; empty: none is named */
    lf_view indicator; /* id of this node's own */
    int64_t days;      /* between looks */
    lf_time due;       /* of the next; 0: none, as it is gone or was none */
    lf_time looked;    /* last; 0: never */
    enum lf_station_look found;
    lf_view moved_to; /* id of the station it moved to; empty: none */
    lf_view account;  /* who entered it */
    lf_time created, changed;
    int64_t entries;
    int64_t here, members; /* sightings of indicators of its value in this node's events, told by members */
    lf_time seen;          /* the last of them; 0: never */
    bool late;             /* to be looked at by now */
    bool back;             /* gone, and seen since */
};

/* kind and value (in any form), port, family, country, operator, incident and days (0: LF_STATION_DAYS) of
 * `in` count, and `note`, the grounds, at most LF_STATION_TEXT bytes.  Country and operator are the table's
 * (cert/network.h) where they are left out and it knows the address.  LF_CONFLICT: it is entered already, or
 * the incident is an exercise's.  LF_UNACCEPTED: a warning list has it, and says which. */
enum lf_code lf_station_add(struct lf_task *t, const struct lf_station *in, lf_view note, lf_view *id,
                            struct lf_err *e) LF_MUST;

struct lf_station_change {
    int state;                 /* -1: as it is; another needs a note */
    enum lf_station_look look; /* NONE: nobody looked */
    lf_view moved_to;          /* of a look that found it moved: id or number of a station, or empty */
    lf_view family, country, operator; /* ptr NULL: as it is */
    int64_t port, days;                /* -1: as it is */
    lf_view note;
    int64_t base; /* entries of the history that whoever changes it has seen; 0: whatever they are */
};
/* LF_CONFLICT: somebody changed it since `base`. */
enum lf_code lf_station_change(struct lf_task *t, lf_view id, const struct lf_station_change *c,
                               struct lf_err *e) LF_MUST;

/* How it stood from `at` on. */
struct lf_station_entry {
    lf_time at;
    lf_view account;
    enum lf_station_state state;
    enum lf_station_look look;
    lf_view note;
};
/* `id`: or its number.  The newest entry first. */
enum lf_code lf_station_get(struct lf_task *t, lf_view id, struct lf_station *out, size_t *n,
                            const struct lf_station_entry **entries, struct lf_err *e) LF_MUST;

struct lf_station_filter {
    int state, side;  /* -1: any */
    lf_view words;    /* part of value, family, operator or country; ASCII without case */
    lf_view incident; /* its id; empty: any */
    bool late, back;
    bool lately; /* stands, and was seen in the last 30 days */
};
/* The newest first. */
enum lf_code lf_station_list(struct lf_task *t, const struct lf_station_filter *f, const struct lf_page *page,
                             size_t *n, const struct lf_station **out, lf_view *next,
                             struct lf_err *e) LF_MUST;

/* How many there are in each state and on each side; how many are late, stand and were seen in the last 30
 * days, are back: what the filter of that name finds. */
struct lf_station_count {
    int64_t of[LF_STATION_STATES][3]; /* by enum lf_network_side */
    int64_t late, lately, back;
};
enum lf_code lf_station_count(struct lf_task *t, struct lf_station_count *out, struct lf_err *e) LF_MUST;

#endif
