/* Mail as it came: one message of RFC 5322 (and RFC 6532: UTF-8 in fields) with MIME (RFC 2045 to 2047, 2183,
 * 2231), read into what people look at.
 *
 * Nothing that a stranger writes is refused for its form but what is no mail at all, or too much: a field
 * that cannot be read is left empty, a part whose encoding is broken is what could be read of it.  What is
 * shown of fields is one line: control characters are blanks, and those that turn the direction of text are
 * left out. Of fields that may stand once the first counts.  None of it proves who sent it.
 *
 * Texts come as UTF-8: of UTF-8, Big5, UTF-16, ISO-8859-1 and Windows-1252; another character set is guessed
 * at (fmt/charset.h), because the services can open no files for iconv.  Views are into the message or the
 * arena, which takes at most some times the message's size and 16 MiB. */
#ifndef LF_FMT_MIME_H
#define LF_FMT_MIME_H

#include "base/arena.h"
#include "base/err.h"
#include "base/time.h"
#include "base/view.h"

enum {
    LF_MIME_HEAD = 256 << 10, /* bytes of the fields of a message or part */
    LF_MIME_FIELDS = 1000,
    LF_MIME_DEPTH = 12, /* parts within parts */
    LF_MIME_PARTS = 200,
    LF_MIME_LINE = 500, /* bytes that are shown of a field */
    LF_MIME_ID = 250,   /* of a Message-ID; longer ones count as none */
    LF_MIME_REFERENCES = 50,
    LF_MIME_TEXT = 256 << 10, /* bytes that are read of a message's text */
    LF_MIME_NAME = 200,
};

struct lf_mime_part {
    lf_view name;  /* of the file, without directories; never empty */
    lf_view type;  /* "application/pdf", small letters */
    lf_view bytes; /* its encoding undone */
};

struct lf_mime {
    lf_view from;      /* address; empty: none that could be read */
    lf_view from_name; /* as its sender calls himself; may be empty */
    lf_view subject;
    lf_view id;     /* Message-ID without its brackets; empty: none */
    lf_time date;   /* as its sender says; 0: none */
    bool automatic; /* a program sent it (RFC 3834), or a list: never answer it by one */
    size_t nreferences;
    const lf_view *references; /* ids of what it answers, the nearest first */
    lf_view text;              /* of its plain parts, else of HTML without its tags; lines end with '\n' */
    bool text_cut;             /* there is more than LF_MIME_TEXT */
    size_t nparts;
    const struct lf_mime_part *parts; /* what is no text of the message; a message within it as it lies */
};

/* LF_BAD_INPUT: it has no From field, so it is no mail; LF_TOO_BIG: one of the limits above. */
enum lf_code lf_mime_read(struct lf_arena *a, lf_view message, struct lf_mime *out, struct lf_err *e) LF_MUST;

/* Whether the whole message, or a part that was taken out of one, is signed or encrypted (RFC 3156, RFC
 * 8551). */
enum lf_mime_seal {
    LF_MIME_OPEN,      /* neither, or not so that it could be read */
    LF_MIME_SIGNED,    /* multipart/signed: `content` by `seal` */
    LF_MIME_ENCRYPTED, /* OpenPGP: `seal` */
    LF_MIME_PACKED     /* application/pkcs7-mime: `seal` is encrypted, or has its content within */
};
struct lf_mime_sealed {
    enum lf_mime_seal seal_kind;
    bool openpgp;
    lf_view from;    /* address, as above */
    lf_view content; /* LF_MIME_SIGNED: what was signed, with the line ends that signatures are made over */
    lf_view seal;    /* a signature, or what is encrypted; its encoding undone */
};
enum lf_code lf_mime_seal_find(struct lf_arena *a, lf_view message, struct lf_mime_sealed *out,
                               struct lf_err *e) LF_MUST;
/* The message with a part of it, taken out of its seal, as all its content: fields of the part go before
 * those outside, and what the outside says of its content goes. */
enum lf_code lf_mime_unsealed(struct lf_arena *a, lf_view message, lf_view part, lf_view *out,
                              struct lf_err *e) LF_MUST;

#endif
