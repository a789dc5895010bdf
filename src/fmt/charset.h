/* Charsets: text of senders that do not write UTF-8 -> UTF-8.
 *
 * Big5 as code page 950 has it (with the ETEN kana rows that logs of Taiwan carry; no
 * user-defined characters), from a table made at build time: the workers that read logs
 * can open no files, and iconv reads its tables from files.  UTF-16 as RFC 2781.
 *
 * What is valid UTF-8 is never touched, whatever the setting says: a sender that was set to
 * Big5 and now writes UTF-8 is read right.  (Text that is valid as both is so short or so odd
 * that UTF-8, which is what was written unless somebody says otherwise, is the better guess;
 * pure ASCII is the same in both.) */
#ifndef LF_FMT_CHARSET_H
#define LF_FMT_CHARSET_H

#include "base/arena.h"

enum lf_charset { LF_CHARSET_AUTO, LF_CHARSET_UTF8, LF_CHARSET_BIG5, LF_CHARSET_UTF16LE, LF_CHARSET_UTF16BE };

/* "auto", "utf-8", "big5", "utf-16le", "utf-16be" ("cp950", "ms950", "utf8" and the like too,
 * in any case). */
bool lf_charset_parse(lf_view name, enum lf_charset *out);
const char *lf_charset_name(enum lf_charset c);

/* What the bytes are, with nothing else known.  A byte order mark decides.  Valid UTF-8 without
 * NUL is UTF-8.  Else UTF-16 when it is valid as that and at least half of its units are ASCII
 * characters; else Big5 when every byte beyond ASCII is part of an assigned pair and of the
 * Chinese characters at least half are of the frequently used level (A4-C6): accented letters of
 * Latin-1 followed by ASCII letters do not pass.  Else UTF-8 (with what is wrong in it). */
enum lf_charset lf_charset_guess(lf_view in);
/* `in` as valid UTF-8, without a byte order mark; what is no character becomes U+FFFD.  Valid
 * UTF-8 comes back as the same view unless the charset is one of UTF-16.  AUTO guesses. */
lf_view lf_charset_utf8(struct lf_arena *a, lf_view in, enum lf_charset c);

#endif
