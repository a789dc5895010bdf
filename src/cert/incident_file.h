/* Files of an incident: logs, screenshots, letters, evidence.
 *
 * That a file was added or removed is an event of the incident (`file_added`, `file_removed`), signed as all
 * are, with the file's name, media type, size and SHA-256: who and when, and what it was, is history that
 * cannot be changed and goes where the record goes.  The bytes lie in this node's database, written in the
 * same transaction, and go to no other node: a tier above sees that there is such a file, and with which sum.
 *
 * Who may see the incident may have its files; who may act upon it adds them, and takes off what it still
 * holds. */
#ifndef LF_CERT_INCIDENT_FILE_H
#define LF_CERT_INCIDENT_FILE_H

#include "cert/incident.h"

enum {
    LF_INCIDENT_FILE = 8 << 20,   /* bytes of one */
    LF_INCIDENT_FILES = 64,       /* of one incident, at this node */
    LF_INCIDENT_FILES_GIB = 2,    /* of an organisation, all together */
    LF_INCIDENT_FILE_NOTE = 2000, /* bytes of what people say of one */
};

struct lf_incident_file {
    lf_view event; /* that added it: the file's id */
    lf_view name, type, sha256, note;
    int64_t size;
    lf_view node, account; /* who added it, and where */
    lf_time at;
    bool here; /* its bytes are at this node */
};

/* What a person hands in. */
struct lf_incident_file_new {
    lf_view name, type, note, bytes;
};

/* LF_TOO_BIG: one of the limits above; LF_CONFLICT: these very bytes are there already, or the incident has
 * ended. */
enum lf_code lf_incident_file_add(struct lf_task *t, lf_view incident,
                                  const struct lf_incident_file_new *file, lf_view *event,
                                  struct lf_err *e) LF_MUST;
/* Its bytes are gone for good; that it was there stays history. */
enum lf_code lf_incident_file_remove(struct lf_task *t, lf_view incident, lf_view event, lf_view reason,
                                     struct lf_err *e) LF_MUST;
/* Those that were added and not removed, in the order of the history. */
enum lf_code lf_incident_file_list(struct lf_task *t, const struct lf_incident_full *x, size_t *n,
                                   const struct lf_incident_file **out, struct lf_err *e) LF_MUST;
/* One with its bytes, which are what was signed: LF_IO when they no longer are; LF_NOT_FOUND when they are at
 * another node or nowhere. */
enum lf_code lf_incident_file_get(struct lf_task *t, lf_view incident, lf_view event,
                                  struct lf_incident_file *out, lf_view *bytes, struct lf_err *e) LF_MUST;

#endif
