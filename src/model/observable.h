/* Observable: a value of one of the kinds that indicators are made of.
 *
 * A value has two forms.  The text is what is kept, shown and shared (lf_observable_text);
 * the bytes are what is compared (lf_observable_bytes): two texts are the same value when
 * their bytes are the same.  How STIX writes each kind is here too. */
#ifndef LF_MODEL_OBSERVABLE_H
#define LF_MODEL_OBSERVABLE_H

#include "base/arena.h"
#include "base/view.h"
#include "fmt/stix_pattern.h"

/* The numbers are kept in databases: new kinds come last. */
enum lf_observable_kind {
    LF_OBS_DOMAIN,
    LF_OBS_IPV4,
    LF_OBS_IPV6,
    LF_OBS_URL,
    LF_OBS_SHA256,
    LF_OBS_NET4, /* "198.51.100.0/24": host bits are cleared */
    LF_OBS_NET6,
    LF_OBS_MD5,
    LF_OBS_SHA1,
    LF_OBS_SHA512,
    LF_OBS_EMAIL,
    LF_OBS_JA3, /* 32 hexadecimal digits */
    LF_OBS_JA4,
    LF_OBS_PATTERN, /* a STIX pattern of more than one value, as lf_stix_pattern_print writes it */
    LF_OBS_KINDS
};

enum {
    LF_OBSERVABLE_BYTES = 2048,    /* of a value; longer ones are none */
    LF_OBSERVABLE_PATTERN = 16384, /* of a pattern, which has no bytes to compare */
    LF_OBSERVABLE_NET4 = 8,        /* a network of fewer bits is no indicator: it holds too much */
    LF_OBSERVABLE_NET6 = 16
};

struct lf_observable {
    enum lf_observable_kind kind;
    lf_view value; /* as lf_observable_text gives it */
};

const char *lf_observable_kind_name(enum lf_observable_kind k); /* "domain-name", "ipv4-addr", "file-md5" … */
/* Also without "file-". */
bool lf_observable_kind_parse(lf_view name, enum lf_observable_kind *kind);

/* The form a value is compared in:
 * - addresses and networks as raw bytes (network: and its length);
 * - names lower case without final dot, letters digits - _ and bytes of UTF-8;
 * - sums and JA3 as raw bytes, JA4 and mail addresses lower case;
 * - URLs by a subset of the WHATWG URL standard: blanks at the ends dropped, scheme and
 *   host lower case, the scheme's default port dropped, an empty path is "/", the
 *   fragment dropped; nothing else is changed, percent-encoding stays as it is.
 * False: the text is no value of that kind. */
bool lf_observable_bytes(enum lf_observable_kind kind, lf_view text, char out[LF_OBSERVABLE_BYTES],
                         size_t *n);
/* Of eight bytes as they stand in memory: 0 when all are hexadecimal digits. */
static inline uint64_t lf_observable_no_digits(uint64_t x)
{
    const uint64_t each = UINT64_C(0x0101010101010101), top = each * 0x80;
    uint64_t digit = x ^ each * '0';                   /* 0 to 9 when it is one */
    uint64_t letter = (x | each * 0x20) ^ each * 0x60; /* 1 to 6 when it is a letter of these */

    /* Bytes beyond ASCII would carry over into their neighbours: they are none whatever comes of it. */
    return ((digit + each * (0x80 - 10)) & (~(letter + each * (0x80 - 1)) | (letter + each * (0x80 - 7))) &
            top) |
           (x & top);
}
/* The kind a bare text is most likely of: a network, address, URL, mail address, sum
 * (by its length), name.  32 hexadecimal digits are MD5. */
bool lf_observable_guess(lf_view text, enum lf_observable_kind *kind);
/* The host of a URL, without what stands before @, port and brackets; a part of `url`,
 * empty when it is none. */
lf_view lf_url_host(lf_view url);

/* The form that is kept, in `a`: addresses and networks canonical, sums, names and mail
 * addresses lower case, names without final dot, URLs as above.  False when the value is
 * none that one can look for: a name has two labels or more, of letters, digits, - and _
 * (other scripts as xn--), a network at least LF_OBSERVABLE_NET4 / _NET6 bits. */
bool lf_observable_text(struct lf_arena *a, enum lf_observable_kind kind, lf_view value, lf_view *out);
/* A name backwards with a dot behind: "elpmaxe.live." of evil.example begins those of all names below. */
lf_view lf_observable_reversed(struct lf_arena *a, lf_view name);
/* Whether the value is in that form already. */
bool lf_observable_ok(enum lf_observable_kind kind, lf_view value);
/* A network of one address is that address; any other stays what it is. */
enum lf_observable_kind lf_observable_narrow(enum lf_observable_kind kind, lf_view *value);

/* The STIX pattern of one value.  Networks are asked by ISSUBSET, which holds for the
 * addresses in them; fingerprints of TLS clients by the extension that practice uses,
 * network-traffic:extensions.'tls-ext'.ja3 (ja4): the standard has none. */
lf_view lf_observable_pattern(struct lf_arena *a, enum lf_observable_kind kind, lf_view value);
/* The STIX cyber-observable of a value, as JSON, with the deterministic id of the standard
 * (2.1, 2.9); empty for kinds that have none (fingerprints, patterns) and values that are none. */
lf_view lf_observable_sco(struct lf_arena *a, enum lf_observable_kind kind, lf_view value);
/* What kind a value is that a pattern compares this path with; an address may be a
 * network.  `exact`: only paths that ask of the observable itself and nothing less, so that
 * lf_observable_pattern of it means the same; else also the ends of network traffic and
 * hashes of any object. */
bool lf_observable_of_path(const struct lf_stix_path *path, lf_view value, bool exact,
                           enum lf_observable_kind *kind);
/* One value and nothing more: "[path = 'x']", IN of one, ISSUBSET of a network.  `out` is
 * in the form that is kept. */
bool lf_observable_of_pattern(struct lf_arena *a, const struct lf_stix_pattern *p, struct lf_observable *out);

#endif
