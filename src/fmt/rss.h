/* News as sites give it: RSS 2.0 (and 0.9x), RSS 1.0 (RDF), Atom (RFC 4287) -> items of plain text.
 *
 * A stranger's text: what is HTML in it loses its tags, scripts and styles, what turns the direction of text
 * goes, a link is of http or https or there is none.  XML as fmt/xml.h reads it: no document type, nothing is
 * expanded, nothing fetched.  Lists and texts are cut at the limits below. */
#ifndef LF_FMT_RSS_H
#define LF_FMT_RSS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/time.h"

enum {
    LF_RSS_ITEMS = 500, /* the first of a document, which is where the newest stand */
    LF_RSS_ID = 500,    /* bytes */
    LF_RSS_TITLE = 300,
    LF_RSS_SUMMARY = 8000,
    LF_RSS_LINK = 2000,
    LF_RSS_CVES = 50
};

struct lf_rss_item {
    lf_view id;                 /* as the site has it, else its link, else its title; never empty */
    lf_view title;              /* one line; never empty */
    lf_view summary, link;      /* may be empty */
    lf_time published, updated; /* 0: not said */
    size_t ncves;
    const lf_view *cves; /* "CVE-2026-1234", each once, wherever they stand in the item, in order */
};
struct lf_rss {
    lf_view title;
    size_t n;
    const struct lf_rss_item *items;
    size_t left; /* items beyond LF_RSS_ITEMS, or without title and summary */
};

struct lf_rest;
/* Texts live in `a`.  LF_BAD_INPUT says what is wrong, and where. */
enum lf_code lf_rss_parse(struct lf_arena *a, lf_view in, const struct lf_rest *rest, struct lf_rss *out,
                          struct lf_err *e) LF_MUST;

/* CVE ids in a text, small letters too, each once, behind those that are there; *n at most LF_RSS_CVES. */
void lf_rss_cves(struct lf_arena *a, lf_view text, lf_view out[LF_RSS_CVES], size_t *n);
/* A stranger's text, HTML or not, as it is shown: at most `most` bytes.  `line`: without line ends. */
lf_view lf_rss_plain(struct lf_arena *a, lf_view text, bool line, size_t most);
/* An address of http or https without blanks and control characters, at most LF_RSS_LINK; else empty. */
lf_view lf_rss_link(lf_view text);

#endif
