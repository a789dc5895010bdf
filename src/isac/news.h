/* News (情資來源研判): a notice or report that came to the desk, until it became a warning or came to
 * nothing.
 *
 * Items come by themselves: what feeds of RSS and Atom have (fmt/rss.h), each report and each entry of a list
 * of exploited vulnerabilities that another feed brought as objects; and by people: a link, a summary.
 *
 *   new ──assess──▶ assessed ──draft──▶ drafted ──its advisory is published──▶ warned
 *    ├──drop, with the reason──▶ dropped    └──its advisory was given up──▶ reopen
 *    └──watch until──▶ watched ──that day──▶ waits for the desk again
 *
 * Any of them may be assessed again, dropped, watched or reopened, but for what is drafted.  The same thing
 * from several sources is one item with several sources: the same item of a feed, or within LF_NEWS_SAME days
 * the same set of CVE ids, the same link or the same title (of LF_NEWS_TELLING bytes at least).  What is
 * marked differently is never put together (TLP; none is as CLEAR), as one would show the other.
 *
 * Severity is reckoned of likelihood and impact (lf_news_severity).  An item is overdue when it is still new
 * LF_NEWS_LOOK after it came, or its day of being watched is past.
 *
 * News is this node's: a tenant of it sees none.  Those of its people who see advisories read what their
 * clearance for TLP allows (isac/rights.h) and what they entered; ANALYST, REVIEWER and ADMIN write, and who
 * makes a draft must be allowed to write advisories.  What a person touched is kept for ever; what nobody did
 * is kept LF_NEWS_KEPT, and then counted alone.  Audited. */
#ifndef LF_ISAC_NEWS_H
#define LF_ISAC_NEWS_H

#include "fmt/rss.h"
#include "isac/advisory.h"
#include "model/marking.h"
#include "model/page.h"
#include "store/task.h"

/* The numbers are kept in databases, and stand in sql/query/news.sql. */
enum lf_news_state {
    LF_NEWS_NEW,
    LF_NEWS_ASSESSED,
    LF_NEWS_WATCHED,
    LF_NEWS_DROPPED,
    LF_NEWS_DRAFTED,
    LF_NEWS_WARNED, /* drafted, and the advisory is out: never kept */
    LF_NEWS_STATES
};
enum { LF_NEWS_OPEN = LF_NEWS_STATES /* of a filter: new, assessed, or watched long enough */ };
enum lf_news_relevance { LF_NEWS_NOT_OURS, LF_NEWS_INDIRECT, LF_NEWS_DIRECT, LF_NEWS_RELEVANCES };
enum lf_news_degree { LF_NEWS_LOW, LF_NEWS_MEDIUM, LF_NEWS_HIGH, LF_NEWS_DEGREES };
enum lf_news_severity {
    LF_NEWS_UNJUDGED,
    LF_NEWS_S_LOW,
    LF_NEWS_S_MEDIUM,
    LF_NEWS_S_HIGH,
    LF_NEWS_S_CRITICAL
};
enum { LF_NEWS_SEVERITIES = 5 };
enum lf_news_act {
    LF_NEWS_ASSESS, /* relevance, likelihood, impact, sectors, text: the judgement */
    LF_NEWS_DROP,   /* text: the reason */
    LF_NEWS_WATCH,  /* until; text */
    LF_NEWS_DRAFT,  /* kind, reply_by */
    LF_NEWS_REOPEN, /* text: the reason */
    LF_NEWS_NOTE,   /* text */
    LF_NEWS_ACTS
};
enum {
    LF_NEWS_TITLE = LF_RSS_TITLE, /* bytes */
    LF_NEWS_SUMMARY = LF_RSS_SUMMARY,
    LF_NEWS_NAME = 200, /* of a source */
    LF_NEWS_TEXT = 4000,
    LF_NEWS_SOURCES = 50,   /* of one item; further ones are not kept */
    LF_NEWS_ENTRIES = 200,  /* of a history */
    LF_NEWS_WAITING = 2000, /* of one feed, that nobody has looked at; further ones are refused */
    LF_NEWS_TELLING = 24,
    LF_NEWS_YEARS = 20
};
#define LF_NEWS_SAME (30 * LF_DAY)
#define LF_NEWS_OLD (30 * LF_DAY) /* what was published longer ago when a feed brings it is no news */
#define LF_NEWS_LOOK (3 * LF_DAY)
#define LF_NEWS_KEPT (180 * LF_DAY)

const char *lf_news_state_name(enum lf_news_state s);         /* "new" … "warned" */
const char *lf_news_relevance_name(enum lf_news_relevance r); /* "none", "indirect", "direct" */
const char *lf_news_degree_name(enum lf_news_degree d);       /* "low", "medium", "high" */
const char *lf_news_severity_name(enum lf_news_severity s);   /* "", "low" … "critical" */
const char *lf_news_act_name(enum lf_news_act a);             /* "assess" … */
bool lf_news_state_parse(lf_view name, int *out);             /* "open" too */
bool lf_news_relevance_parse(lf_view name, int *out);
bool lf_news_degree_parse(lf_view name, int *out);
bool lf_news_severity_parse(lf_view name, int *out); /* "low" … */
bool lf_news_act_parse(lf_view name, int *out);

/* The matrix:              impact  low     medium  high
 *         likelihood low           low     low     medium
 *                    medium        low     medium  high
 *                    high          medium  high    critical */
enum lf_news_severity lf_news_severity(enum lf_news_degree likelihood, enum lf_news_degree impact);

/* ---- what comes ---- */

struct lf_news_in {
    lf_view feed;    /* id; empty: a person */
    lf_view key;     /* of the item in its feed; empty: its link, else its title */
    lf_view name;    /* of the source, for people */
    lf_view country; /* of what a person enters: ISO 3166-1, two capital letters, or empty */
    lf_view title, summary, link;
    lf_view object;    /* id of a stored object that it is */
    lf_time published; /* 0: now; what is later is now too */
    enum lf_tlp tlp;
    bool exploited;
    size_t ncves; /* at most LF_RSS_CVES count */
    const lf_view *cves;
};
enum lf_news_fate {
    LF_NEWS_ADDED,
    LF_NEWS_JOINED, /* a further source of one that is there */
    LF_NEWS_CHANGED,
    LF_NEWS_KNOWN,
    LF_NEWS_TOO_OLD,
    LF_NEWS_FULL /* LF_NEWS_WAITING of the feed wait already */
};
/* As the node, of what a feed brought: texts as fmt/rss.h gives them, or cut to its limits here. */
enum lf_code lf_news_take(struct lf_task *t, const struct lf_news_in *in, enum lf_news_fate *fate,
                          struct lf_err *e) LF_MUST;
/* By a person: name, title, and a link or a summary are needed.  CVE ids in the texts count too.  *joined: it
 * was there, and has another source now. */
enum lf_code lf_news_add(struct lf_task *t, const struct lf_news_in *in, lf_view *id, bool *joined,
                         struct lf_err *e) LF_MUST;

/* ---- what there is ---- */

struct lf_news {
    lf_view id, feed, country, title, summary;
    lf_view cves; /* blanks between */
    enum lf_tlp tlp;
    bool exploited;
    lf_time published, came;
    lf_view author; /* account; empty: a feed's */
    enum lf_news_state state;
    lf_time watch;
    enum lf_news_relevance relevance;
    enum lf_news_degree likelihood, impact;
    enum lf_news_severity severity; /* UNJUDGED: the four before say nothing */
    lf_view sectors;                /* blanks between, as advisories have them */
    lf_view judgement, assessor;
    lf_time assessed;
    lf_view reason, advisory;
    int64_t sources, entries;
    lf_time touched;
    bool grown, overdue;  /* grown: a source came after somebody looked */
    bool given_up;        /* its advisory was withdrawn before it was out */
    lf_time warned, took; /* took: from publication to warning; 0: none is out */
};
struct lf_news_source {
    lf_view feed, name, country, title, link, object;
    lf_time published, at, changed;
};
struct lf_news_entry {
    int64_t seq;
    lf_time at;
    lf_view account;
    enum lf_news_act act;
    enum lf_news_state state;
    lf_view body, detail; /* detail: JSON, or empty */
};
enum lf_code lf_news_get(struct lf_task *t, lf_view id, struct lf_news *out, struct lf_err *e) LF_MUST;
enum lf_code lf_news_sources(struct lf_task *t, lf_view id, size_t *n, const struct lf_news_source **out,
                             struct lf_err *e) LF_MUST;
enum lf_code lf_news_history(struct lf_task *t, lf_view id, size_t *n, const struct lf_news_entry **out,
                             struct lf_err *e) LF_MUST;

struct lf_news_filter {
    int state;        /* -1: any; LF_NEWS_OPEN */
    lf_view feed;     /* id; "-": entered by people; empty: any */
    bool first;       /* … brought it first */
    lf_view cve;      /* "CVE-2026-1234"; empty: any */
    lf_view words;    /* part of title, summary, judgement or ids; ASCII without case */
    lf_view country;  /* two letters, "foreign", or empty: any */
    int severity;     /* at least; 0: any */
    lf_time from, to; /* when it came; 0: any */
    bool overdue, grown, exploited;
    bool assessed, warned; /* at some time */
};
struct lf_news_filter lf_news_any(void);
/* The newest first. */
enum lf_code lf_news_list(struct lf_task *t, const struct lf_news_filter *f, const struct lf_page *page,
                          size_t *n, const struct lf_news **out, lf_view *next, struct lf_err *e) LF_MUST;

/* ---- what is done ---- */

struct lf_news_do {
    enum lf_news_act act;
    lf_view text;
    enum lf_news_relevance relevance;
    enum lf_news_degree likelihood, impact;
    lf_view sectors; /* blanks or commas between */
    lf_time until;
    enum lf_advisory_kind kind; /* EWA or ANA */
    lf_time reply_by;           /* members are asked for an answer by then; 0: they are not */
    int64_t base;               /* entries of the history that who acts has seen; -1: whatever they are */
};
/* LF_CONFLICT: somebody acted since `base`, or the state does not allow it.  *advisory (may be NULL): what
 * DRAFT made. */
enum lf_code lf_news_act(struct lf_task *t, lf_view id, const struct lf_news_do *x, lf_view *advisory,
                         struct lf_err *e) LF_MUST;

/* ---- what came of it ---- */

/* Of the items that came in the period; each number but `past` is that of a list with the same bounds, and an
 * item of several sources is its first one's. */
struct lf_news_count {
    int year, month;             /* of Taipei; month 0: the year.  Of a source: 0 */
    lf_view feed, name, country; /* of a source; feed empty: entered by people.  Country: of its partner */
    int64_t came, assessed, dropped, warned;
    int64_t past; /* came too, and are no longer kept */
    lf_time took; /* median from publication to warning; 0: none is out */
};
struct lf_news_counts {
    size_t n, nsources;
    const struct lf_news_count *periods; /* the latest first; those in which something came */
    const struct lf_news_count *sources; /* that brought the most first */
    struct lf_news_count all, home,
        foreign; /* of all periods; home and foreign by the first source's country */
};
/* `year` 0: by years, the last LF_NEWS_YEARS; else by months of that year. */
enum lf_code lf_news_count(struct lf_task *t, int year, struct lf_news_counts *out, struct lf_err *e) LF_MUST;

/* What nobody looked at for LF_NEWS_KEPT goes; as the node, each minute. */
enum lf_code lf_news_turn(struct lf_task *t, struct lf_err *e) LF_MUST;

#endif
