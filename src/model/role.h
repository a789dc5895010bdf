/* Roles: what an account may do.  Bits, because a person may hold several. */
#ifndef LF_MODEL_ROLE_H
#define LF_MODEL_ROLE_H

enum lf_role {
    LF_ROLE_ADMIN = 1u << 0,    /* accounts, peers, policies of the node */
    LF_ROLE_ANALYST = 1u << 1,  /* SOC: alerts, indicators, blocks */
    LF_ROLE_REPORTER = 1u << 2, /* files incident reports for an organisation */
    LF_ROLE_REVIEWER = 1u << 3, /* reviews reports; signs standing policies */
    LF_ROLE_READER = 1u << 4,   /* sees, changes nothing */
    LF_ROLE_SHARE = 1u << 5,    /* TAXII reader and writer, nothing else */
    LF_ROLE_SENDER = 1u << 6,   /* sends logs, nothing else */
    LF_ROLE_PEER = 1u << 7,     /* another node, by its client certificate */
    LF_ROLE_SYSTEM = 1u << 8,   /* the node itself */
};

#endif
