/* Roles, as pages show them and as forms ask for them. */
#include "web/page_priv.h"

static const struct {
    unsigned bit;
    enum lf_text text;
} role_words[] = {
    { LF_ROLE_ADMIN, LF_T_ROLE_ADMIN },       { LF_ROLE_ANALYST, LF_T_ROLE_ANALYST },
    { LF_ROLE_REPORTER, LF_T_ROLE_REPORTER }, { LF_ROLE_REVIEWER, LF_T_ROLE_REVIEWER },
    { LF_ROLE_READER, LF_T_ROLE_READER },     { LF_ROLE_SHARE, LF_T_ROLE_SHARE },
    { LF_ROLE_SENDER, LF_T_ROLE_SENDER },
};
enum { NROLES = sizeof role_words / sizeof *role_words };

void put_roles(struct rq *r, struct lf_buf *b, unsigned roles)
{
    for (size_t i = 0; i < NROLES; i++)
        if (roles & role_words[i].bit)
            lf_html(b, "<span class=\"badge\">%</span> ", V(text(r, role_words[i].text)));
}

unsigned checked_roles(const struct rq *r)
{
    unsigned roles = 0;

    for (size_t i = 0; i < NROLES; i++) {
        char key[32];

        (void)snprintf(key, sizeof key, "role_%s", lf_role_name(role_words[i].bit));
        if (field(r, key).ptr)
            roles |= role_words[i].bit;
    }
    return roles;
}

void put_role_boxes(struct rq *r, struct lf_buf *b, unsigned offered, unsigned checked)
{
    for (int turn = 1; turn >= 0; turn--) /* what most want first */
        for (size_t i = 0; i < NROLES; i++)
            if ((offered & role_words[i].bit) && !!(checked & role_words[i].bit) == turn)
                lf_html(b, "<label><input type=\"checkbox\" name=\"role_%\" value=\"1\"%>%</label>",
                        LF_HC(lf_role_name(role_words[i].bit)), LF_RAW(turn ? LF_V(" checked") : LF_V("")),
                        V(text(r, role_words[i].text)));
}
