/* Facts of a device: what people say of it, as no log can.
 *
 * Title, kind, owner and site are for people and stand on the monthly sheet.  `quiet_after`
 * is how long it may be silent: a person's word, which its rhythm and the node's setting
 * give way to.  An `expected` device must speak: one that never did is missed as one that
 * fell quiet is.  Facts are kept by the device's name (model/device.h) and may come before
 * its first word. */
#ifndef LF_SOC_DEVICE_FACT_H
#define LF_SOC_DEVICE_FACT_H

#include "model/device.h"
#include "model/page.h"
#include "store/task.h"

enum {
    LF_DEVICE_FACT_TEXT = 255,    /* bytes of each text */
    LF_DEVICE_FACTS_MOST = 10000, /* of one organisation */
    LF_DEVICE_FACT_CSV = 4 << 20, /* bytes of one import */
};
#define LF_DEVICE_QUIET_USUAL ((lf_time)-1) /* as its rhythm and the settings say */
#define LF_DEVICE_QUIET_MOST (400 * LF_DAY)

struct lf_device_fact {
    lf_view name; /* the sender's */
    lf_view title, kind, owner, site;
    lf_time quiet_after; /* 0: its silence is never told */
    bool expected;
    lf_time changed; /* 0: nobody said anything */
    lf_view account;
};

/* Analysts and administrators; audited.  Of the same name: replaced. */
enum lf_code lf_device_fact_set(struct lf_task *t, const struct lf_device_fact *in, struct lf_err *e) LF_MUST;
enum lf_code lf_device_fact_remove(struct lf_task *t, lf_view name, struct lf_err *e) LF_MUST;
/* LF_NOT_FOUND: nobody said anything of it. */
enum lf_code lf_device_fact_get(struct lf_task *t, lf_view name, struct lf_device_fact *out,
                                struct lf_err *e) LF_MUST;
/* CSV (fmt/csv.h) with a first row of names: name, and any of title, kind, owner, site,
 * quiet_after, expected.  All rows or none: LF_BAD_INPUT says which line will not do. */
enum lf_code lf_device_fact_import(struct lf_task *t, lf_view csv, size_t *n, struct lf_err *e) LF_MUST;

/* "900", "15m", "24h", "7d"; "0": never told; empty: usual. */
enum lf_code lf_device_quiet_parse(lf_view text, lf_time *out, struct lf_err *e) LF_MUST;
/* "yes", "true", "1", "是" …; empty: no. */
enum lf_code lf_device_expected_parse(lf_view text, bool *out, struct lf_err *e) LF_MUST;

#endif
