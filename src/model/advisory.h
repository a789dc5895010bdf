/* Advisory: intelligence that people write, of the five types of Taiwan's exchange between
 * security centres, and the STIX 2.1 objects it travels as.
 *
 *   ANA 資安訊息情資   what one should know: statistics, malicious sites, fraud, protection …
 *   DEF 網頁攻擊情資   a web page that was attacked
 *   INT 入侵攻擊情資   an intrusion: from where, against what, by which method
 *   EWA 資安預警情資   what is about to happen to others, and what to do before it does
 *   FBI 回饋情資       what a member has to say to one of the others
 *
 * A form is a list of fields, each a text or a list of texts; which fields a kind has and
 * which it cannot be handed in without stands in one table, lf_advisory_fields.  As JSON:
 * {"title":"…","description":"…","values":["198.51.100.7","evil.example"]}.
 *
 * On the wire it is a `report` (the form in our extension, so that a node reads it back
 * whole) together with standard objects that say the same to a program that knows no
 * extension: cyber-observables, vulnerability, course-of-action, opinion, artifact.  The
 * mapping is docs/manual/advisories.md, the sector's exchange standard. */
#ifndef LF_MODEL_ADVISORY_H
#define LF_MODEL_ADVISORY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/time.h"
#include "fmt/json.h"

/* The numbers are kept in databases. */
enum lf_advisory_kind { LF_ADVISORY_ANA, LF_ADVISORY_DEF, LF_ADVISORY_INT, LF_ADVISORY_EWA, LF_ADVISORY_FBI };
enum { LF_ADVISORY_KINDS = 5 };

enum lf_advisory_type {
    LF_FIELD_TEXT,   /* one line, at most 500 bytes */
    LF_FIELD_LONG,   /* at most 20,000 bytes */
    LF_FIELD_TIME,   /* RFC 3339 */
    LF_FIELD_CHOICE, /* one of `choices` */
    LF_FIELD_SOME,   /* any of `choices` */
    LF_FIELD_VALUES, /* observables: addresses, networks, names, URLs, mail addresses, sums */
    LF_FIELD_CVES,
    LF_FIELD_LINKS, /* http and https */
    LF_FIELD_ID,    /* of a STIX object */
};
struct lf_advisory_field {
    const char *key;
    enum lf_advisory_type type;
    unsigned on, needed; /* bit per kind */
    const char *choices; /* separated by blanks, or NULL */
};
enum { LF_ADVISORY_FIELDS = 20, LF_ADVISORY_LIST = 500, LF_ADVISORY_FORM = 256 << 10 /* bytes */ };
extern const struct lf_advisory_field lf_advisory_fields[LF_ADVISORY_FIELDS];

const char *lf_advisory_kind_name(enum lf_advisory_kind k); /* "ANA" … */
bool lf_advisory_kind_parse(lf_view name, enum lf_advisory_kind *k);
static inline bool lf_advisory_is_list(enum lf_advisory_type t)
{
    return t == LF_FIELD_SOME || t == LF_FIELD_VALUES || t == LF_FIELD_CVES || t == LF_FIELD_LINKS;
}

/* A form: field i of the table has n[i] texts; 0 = not filled in. */
struct lf_advisory_form {
    size_t n[LF_ADVISORY_FIELDS];
    const lf_view *text[LF_ADVISORY_FIELDS];
};
/* The number of a field by its key; LF_ADVISORY_FIELDS when there is none. */
size_t lf_advisory_field(lf_view key);
/* Its first text; empty when it is not filled in. */
lf_view lf_advisory_text(const struct lf_advisory_form *f, const char *key);

/* Takes a text into a field: of a list one a line, values in the form that is kept
 * ("hxxp://evil[.]example" too).  LF_BAD_INPUT names the field and what is wrong. */
enum lf_code lf_advisory_put(struct lf_arena *a, struct lf_advisory_form *f, enum lf_advisory_kind kind,
                             size_t field, lf_view text, struct lf_err *e) LF_MUST;
/* Reads a form's JSON: texts, or lists of texts.  A key the kind does not have is refused. */
enum lf_code lf_advisory_read_form(struct lf_arena *a, enum lf_advisory_kind kind, const struct lf_json *v,
                                   struct lf_advisory_form *out, struct lf_err *e) LF_MUST;
lf_view lf_advisory_write_form(struct lf_arena *a, const struct lf_advisory_form *f);
/* Whether it may be handed in: every field the kind needs; LF_UNACCEPTED names the first that is
 * missing. */
enum lf_code lf_advisory_complete(enum lf_advisory_kind kind, const struct lf_advisory_form *f,
                                  struct lf_err *e) LF_MUST;

struct lf_advisory_file {
    lf_view name, type; /* a file's name, its media type */
    lf_view bytes;
};
enum { LF_ADVISORY_FILE = 512 << 10, LF_ADVISORY_FILES = 10 };

struct lf_advisory {
    lf_view id;         /* "report--<uuid>" */
    lf_view created_by; /* "identity--<uuid>" */
    enum lf_advisory_kind kind;
    struct lf_advisory_form form;
    lf_time created, modified, published;
    bool revoked, exercise;
    size_t nfiles;
    const struct lf_advisory_file *files;
    size_t nindicators; /* further objects it is about: indicators that were made of its values */
    const lf_view *indicators;
};
/* The objects it travels as, the report last; each strictly authored.  `key` makes the ids of
 * those that have none by content (vulnerability, course-of-action, opinion). */
enum lf_code lf_advisory_write(struct lf_arena *a, const struct lf_advisory *in, lf_view key, size_t *n,
                               const lf_view **objects, struct lf_err *e) LF_MUST;
/* LF_NOT_FOUND: a report that is no advisory.  Files and indicators stay empty. */
enum lf_code lf_advisory_read(struct lf_arena *a, lf_view json, struct lf_advisory *out,
                              struct lf_err *e) LF_MUST;

#endif
