/* MISP's types of attributes and what they are in STIX: one table for both ways. */
#ifndef LF_FMT_MISP_PRIV_H
#define LF_FMT_MISP_PRIV_H

#include "fmt/misp.h"
#include "fmt/stix_make.h"
#include "fmt/stix_pattern.h"

/* A place of a value in STIX. */
enum misp_field {
    MF_NONE,
    MF_IP,
    MF_DOMAIN,
    MF_RESOLVES, /* the address beside a name */
    MF_URL,
    MF_MAIL,
    MF_MAC,
    MF_MUTEX,
    MF_AS,
    MF_NAME, /* of a file */
    MF_SIZE,
    MF_MIME,
    MF_MD5,
    MF_SHA1,
    MF_SHA224,
    MF_SHA256,
    MF_SHA384,
    MF_SHA512,
    MF_SHA3_256,
    MF_SHA3_512,
    MF_SSDEEP,
    MF_TLSH,
    MF_IMPHASH,
    MF_KEY,
    MF_KEY_DATA,
    MF_KEY_NAME,
    MF_CERT_MD5,
    MF_CERT_SHA1,
    MF_CERT_SHA256,
    MF_CERT_SERIAL,
    MF_CERT_ISSUER,
    MF_CERT_SUBJECT,
    MF_SRC,
    MF_DST,
    MF_SRC_HOST,
    MF_DST_HOST,
    MF_SRC_PORT,
    MF_DST_PORT,
    MF_PROTOCOL,
    MF_AGENT,
    MF_JA3,
    MF_FROM,
    MF_TO,
    MF_CC,
    MF_SUBJECT,
    MF_BODY,
    MF_MESSAGE_ID,
    MF_ATTACHMENT,
    MF_MAILER,
    MF_REPLY_TO,
    MF_SERVICE,
    MF_CPE,
    MF_FIELDS
};

enum misp_value { MV_TEXT, MV_NUMBER, MV_ADDRESS };

struct misp_place {
    const char *type; /* of the observable; NULL for addresses: by their family */
    const char *path; /* as a pattern prints it */
    enum misp_value value;
    bool pattern_only; /* no observable is made of it */
    bool leaf;         /* an observable of its own, referred to by the one it belongs to */
};
extern const struct misp_place misp_places[MF_FIELDS];

struct misp_type {
    const char *name;
    enum misp_field first, second; /* second: of a|b */
    const char *category;          /* where MISP files it when nobody says */
};
/* By name; NULL: none that STIX has a place for. */
const struct misp_type *misp_type_of(lf_view name);
/* The first type whose fields these are. */
const struct misp_type *misp_type_for(enum misp_field first, enum misp_field second);
/* A field of an object by the object's name, the relation and the attribute's type. */
enum misp_field misp_relation_field(lf_view object, lf_view relation, const struct misp_type *t);
/* The pattern type of rule attributes (both call it the same), or NULL. */
const char *misp_rule_type(lf_view name);
const char *misp_rule_name(lf_view pattern_type);

/* "type:path" of a test; hash names and the like quoted, lists as [*]. */
lf_view misp_path(struct lf_arena *a, const struct lf_stix_path *p);
/* The field a path asks for, MF_NONE. */
enum misp_field misp_field_of(lf_view path);

/* An address or network: its STIX type, NULL when it is neither. */
const char *misp_address(lf_view value);

/* What stands in a label misp:NAME="VALUE"; ptr NULL when the label is none such. */
lf_view misp_label(lf_view label, const char *name);

/* Kinds of galaxies that have a type in STIX. */
const char *misp_cluster_type(lf_view galaxy);

#endif
