/* Asset: what this centre looks after, as far as alerts need to know: a name, addresses,
 * whose it is, and how much it matters.
 *
 * Weight 1 to 5; 3 is usual.  An alert's level moves by weight - 3 (soc/tuning.h).  The
 * asset of a finding is looked for by its host's name (letters' case does not count) and
 * by the addresses its event names as source, destination or host; of several the
 * weightiest counts.  Of networks that hold an address the narrowest is asked. */
#ifndef LF_SOC_ASSET_H
#define LF_SOC_ASSET_H

#include "model/finding.h"
#include "model/page.h"
#include "store/task.h"

enum {
    LF_ASSET_USUAL = 3,
    LF_ASSET_HEAVIEST = 5,
    LF_ASSET_NAME = 255,     /* bytes */
    LF_ASSET_TEXT = 500,     /* bytes of owner, and of note */
    LF_ASSET_ADDRESSES = 64, /* of one asset */
    LF_ASSETS_MOST = 20000,  /* of one organisation */
    LF_ASSET_CSV = 4 << 20,  /* bytes of one import */
};

struct lf_asset {
    lf_view name;
    lf_view addresses; /* addresses and networks, a blank between; may be empty */
    lf_view owner;     /* the organisation or unit; may be empty */
    int weight;
    lf_view note;
    lf_time changed; /* 0: never by a person */
    lf_view account;
};

/* Analysts and administrators; audited.  Of the same name: replaced. */
enum lf_code lf_asset_set(struct lf_task *t, const struct lf_asset *in, struct lf_err *e) LF_MUST;
enum lf_code lf_asset_remove(struct lf_task *t, lf_view name, struct lf_err *e) LF_MUST;
/* CSV (RFC 4180, UTF-8, a byte order mark is passed over) with a first row of names: name,
 * and any of addresses (or address), owner, weight, note.  All rows or none: LF_BAD_INPUT
 * says which line will not do. */
enum lf_code lf_asset_import(struct lf_task *t, lf_view csv, size_t *n, struct lf_err *e) LF_MUST;
enum lf_code lf_asset_get(struct lf_task *t, lf_view name, struct lf_asset *out, struct lf_err *e) LF_MUST;
/* By name; *next is empty at the end. */
enum lf_code lf_asset_list(struct lf_task *t, const struct lf_page *page, struct lf_asset **out, size_t *n,
                           lf_view *next, struct lf_err *e) LF_MUST;
/* The one a finding concerns; name.len 0 and the usual weight: none. */
enum lf_code lf_asset_of(struct lf_task *t, const struct lf_finding *f, struct lf_asset *out,
                         struct lf_err *e) LF_MUST;

struct lf_json_w;
void lf_asset_json(struct lf_json_w *w, const struct lf_asset *asset);

#endif
