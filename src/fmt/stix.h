/* STIX 2.1, as much of it as a node needs: what every object has, and the
 * pattern of an indicator for one value.
 *
 * Strict on what we author, tolerant on what passes on: an object from outside is
 * read for its common properties only and kept as the text that came, so nothing
 * we do not understand is lost. */
#ifndef LF_FMT_STIX_H
#define LF_FMT_STIX_H

#include "base/arena.h"
#include "base/err.h"
#include "base/time.h"
#include "fmt/json.h"

enum {
    LF_STIX_OBJECT_BYTES = 1 << 20,
    LF_STIX_ID = 288, /* a type of 250, a UUID */
    LF_STIX_PATTERN = 8192
};

/* "<type>--<uuid>": the type in lower-case letters, digits and single hyphens,
 * 3–250 long, a UUID that is not nil.  *type (may be NULL) gets the part before "--". */
bool lf_stix_id_ok(lf_view id, lf_view *type);
/* The same for what we author: the UUID has the variant of RFC 9562 and a version that exists.  Many ids
 * that are passed on, and some of the standard's own examples, do not. */
bool lf_stix_id_exact(lf_view id, lf_view *type);
bool lf_stix_type_ok(lf_view type);
/* "CVE-2026-12345", as the external_id of the source "cve" is written. */
bool lf_stix_cve_ok(lf_view id);
/* RFC 3339 with T and Z, as STIX wants it, years 0000–9999: what comes out may be before 1970
 * or after LF_TIME_MAX.  Digits behind the microseconds are cut. */
enum lf_code lf_stix_time(lf_view text, lf_time *out, struct lf_err *e) LF_MUST;
/* "2026-11-21T02:48:16.123456Z", of all these years. */
lf_view lf_stix_micro(lf_time t, char out[LF_TIME_TEXT]);
/* How many digits of a second a time is written with, at most 6; 6 where there is no time. */
unsigned lf_stix_decimals(lf_view text);
/* The time as it was written with so many. */
lf_view lf_stix_time_text(lf_time t, unsigned decimals, char out[LF_TIME_TEXT]);

struct lf_stix {
    lf_view id, type, spec_version; /* spec_version "2.0" where an SDO has none, else "2.1" */
    lf_view created_by;             /* empty if absent */
    lf_view version;                /* text of modified, else created, else empty */
    lf_time version_at;             /* the same as an instant; 0 without (cyber-observables) */
    bool revoked;
    const struct lf_json *tree;
};

/* LF_UNACCEPTED says what is wrong with an object that is JSON but not STIX: id and
 * type that do not fit, times that are none, modified before created, spec_version
 * unknown.  A bundle is refused: it is no object. */
enum lf_code lf_stix_of(const struct lf_json *tree, struct lf_stix *out, struct lf_err *e) LF_MUST;
enum lf_code lf_stix_read(struct lf_arena *a, lf_view json, struct lf_stix *out, struct lf_err *e) LF_MUST;

/* "[domain-name:value = 'x']": one comparison of one path; ' and \ are escaped. */
lf_view lf_stix_pattern_write(struct lf_arena *a, lf_view path, lf_view value);
/* Reads back exactly such a pattern (blanks allowed); LF_UNACCEPTED for any other. */
enum lf_code lf_stix_pattern_read(struct lf_arena *a, lf_view pattern, lf_view *path, lf_view *value,
                                  struct lf_err *e) LF_MUST;

#endif
