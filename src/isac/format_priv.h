/* What the formats' files share: one indicator being made, and values as lists write them. */
#ifndef LF_ISAC_FORMAT_PRIV_H
#define LF_ISAC_FORMAT_PRIV_H

#include "fmt/stix_make.h"
#include "isac/format.h"
#include "model/observable.h"

/* ---- in ---- */

struct format_in {
    struct lf_make m;
    const struct lf_format_use *use;
    lf_view source; /* what ids are made with beside the value: the use's source without its directories */
    struct lf_err *e;
};
void format_in_init(struct format_in *f, const struct lf_format_use *use, const struct lf_exchange *to,
                    struct lf_err *e);
void format_in_clear(struct format_in *f);

/* One indicator; what is empty or zero is left out, times are then those of the use. */
struct format_made {
    enum lf_observable_kind kind;
    lf_view value;        /* in the form that is kept */
    lf_view pattern;      /* instead of kind and value; it has been parsed */
    const char *language; /* of the pattern; NULL: stix */
    lf_view phases;       /* kill_chain_phases as JSON text; may be empty */
    lf_view name, description, tlp;
    lf_view labels;    /* separated by ',' or ';' or '|' */
    lf_view reference; /* a URL */
    int confidence;    /* -1: none */
    lf_time created, modified, from, until;
    lf_view uuid; /* empty: made of source, kind and value */
};
/* *made is its id. */
enum lf_code format_indicator(struct format_in *f, const struct format_made *i, lf_view *made) LF_MUST;
void format_lost(struct format_in *f, const char *where, size_t line, lf_view value, const char *why);

/* hxxp, [.], (dot), [at] and the like undone; `v` itself when there is nothing of it. */
lf_view format_refang(struct lf_arena *a, lf_view v);
/* A value of a list, whatever it is: refanged, its kind guessed, in the form that is kept. */
bool format_value(struct lf_arena *a, lf_view text, enum lf_observable_kind *kind, lf_view *value);
/* A kind by our name, MISP's or everyday's: "ip", "domain", "hostname", "sha256", "FileHash-SHA256". `guess`:
 * it says no more than that the value tells ("ip", "indicator"). */
bool format_kind(lf_view name, enum lf_observable_kind *kind, bool *guess);
/* The times that spreadsheets have: RFC 3339, "2026-11-21", "2026/11/21 08:00[:00]" (UTC), seconds since
 * 1970. */
bool format_time(lf_view text, lf_time *out);

#define FORMAT_READER(name)                                                                                  \
    enum lf_code name(lf_view text, const struct lf_format_use *use, const struct lf_exchange *to,           \
                      struct lf_err *e)
FORMAT_READER(format_list_read) LF_MUST;
FORMAT_READER(format_csv_read) LF_MUST;
bool format_kev_is(lf_view text);
FORMAT_READER(format_kev_read) LF_MUST;
bool format_csaf_is(lf_view text);
FORMAT_READER(format_csaf_read) LF_MUST;
bool format_stix20_is(lf_view text);
FORMAT_READER(format_stix20_read) LF_MUST;
bool format_openioc_is(lf_view text);
FORMAT_READER(format_openioc_read) LF_MUST;
bool format_stix1_is(lf_view text);
FORMAT_READER(format_stix1_read) LF_MUST;

/* ---- out ---- */

#define FORMAT_WRITER(name)                                                                                  \
    enum lf_code name(struct lf_arena *a, const struct lf_json *const *objects, size_t n,                    \
                      const struct lf_format_use *use, const struct lf_exchange *to, struct lf_err *e)
FORMAT_WRITER(format_list_write);
FORMAT_WRITER(format_csv_write);
FORMAT_WRITER(format_suricata_write);
FORMAT_WRITER(format_zeek_write);
FORMAT_WRITER(format_rpz_write);
FORMAT_WRITER(format_nftables_write);
FORMAT_WRITER(format_sigma_write);
FORMAT_WRITER(format_yara_write);

#endif
