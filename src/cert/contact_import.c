/* The contact network from a file. */
#include "cert/people_priv.h"
#include "ident/audit.h"
#include "soc/import.h"

enum cell {
    UNIT,
    OID,
    ATTRIBUTE,
    GRADE,
    SUPERIOR,
    NAME,
    TITLE,
    TELEPHONE,
    FAX,
    MOBILE,
    EMAIL,
    PART,
    SEAT,
    LANGUAGE
};

/* As the API writes it, or by the letter and word of 001. */
static bool attribute_of(lf_view v, enum lf_unit_attribute *out)
{
    static const char *const zh[] = { "", "國防", "行政", "學術", "事業一", "事業二", "事業三", "事業四" };

    for (size_t i = 0; i < LF_UNIT_ATTRIBUTES; i++)
        if (lf_view_is(v, zh[i])) {
            *out = (enum lf_unit_attribute)i;
            return true;
        }
    return lf_unit_attribute_parse(v, out);
}

static bool part_of(lf_view v, enum lf_contact_part *out)
{
    static const char *const zh[] = { "通報窗口", "處理小組", "資安長", "安全預防", "危機處理" };

    *out = LF_PART_CONTACT;
    for (size_t i = 0; i < LF_PART_COUNT; i++)
        if (lf_view_is(v, zh[i])) {
            *out = (enum lf_contact_part)i;
            return true;
        }
    return !v.len || lf_contact_part_parse(v, out);
}

/* The unit of a row: found by OID or name and brought up to the row, or made. */
static enum lf_code unit_of(struct lf_task *t, const lf_view *cell, lf_view *id, struct lf_err *e)
{
    struct lf_unit u = { 0 }, superior;
    enum lf_code rc = lf_unit_find(t, cell[OID], cell[UNIT], &u, e);

    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return rc;
    u.name = cell[UNIT];
    if (cell[OID].len)
        u.oid = cell[OID];
    if (cell[ATTRIBUTE].len && !attribute_of(cell[ATTRIBUTE], &u.attribute))
        return lf_err_set(e, LF_BAD_INPUT,
                          "\"%.*s\" is no attribute: defence, administration, academia or "
                          "enterprise-1 to -4",
                          LF_FMT(lf_view_first(cell[ATTRIBUTE], 40)));
    if (cell[GRADE].len > 1)
        return lf_err_set(e, LF_BAD_INPUT, "\"grade\" is A, B, C or D");
    if (cell[GRADE].len)
        u.grade = cell[GRADE].ptr[0];
    if (cell[SUPERIOR].len) {
        if (lf_unit_find(t, cell[SUPERIOR], cell[SUPERIOR], &superior, e) != LF_OK)
            return lf_err_set(e, LF_BAD_INPUT,
                              "the superior \"%.*s\" stands neither here nor in a line before",
                              LF_FMT(lf_view_first(cell[SUPERIOR], 80)));
        u.superior = superior.id;
    }
    return lf_unit_put(t, &u, id, e);
}

static enum lf_code take(void *ctx, struct lf_task *t, const lf_view cell[LF_IMPORT_COLUMNS],
                         struct lf_err *e)
{
    struct lf_contact c = { .name = cell[NAME],
                            .title = cell[TITLE],
                            .telephone = cell[TELEPHONE],
                            .fax = cell[FAX],
                            .mobile = cell[MOBILE],
                            .email = cell[EMAIL],
                            .english = lf_view_starts(cell[LANGUAGE], LF_V("en")) };
    struct lf_contact *there;
    size_t n;

    (void)ctx;
    LF_TRY(unit_of(t, cell, &c.unit, e));
    if (!c.name.len)
        return LF_OK; /* a unit alone */
    if (!part_of(cell[PART], &c.part))
        return lf_err_set(e, LF_BAD_INPUT, "\"part\" is contact, team, ciso, prevention or crisis");
    if (cell[SEAT].len && (!lf_view_i64(cell[SEAT], &c.seat) || c.seat < 1))
        return lf_err_set(e, LF_BAD_INPUT, "\"seat\", the order of calling, is 1 to 999");
    LF_TRY(people_of_part(t, c.unit, c.part, &n, &there, e));
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(there[i].name, c.name)) { /* the same person: what the file does not say stays */
            c.id = there[i].id;
            c.webhook = there[i].webhook;
            c.account = there[i].account;
            c.seat = c.seat ? c.seat : there[i].seat;
        }
    return lf_contact_put(t, &c, NULL, e);
}

enum lf_code lf_contact_import(struct lf_task *t, lf_view csv, size_t *rows, struct lf_err *e)
{
    static const struct lf_import what = {
        .noun = "contact",
        .bytes = 8 << 20,
        .rows = LF_UNITS_MOST,
        .columns = { [UNIT] = { "unit", "單位全銜" },
                     [OID] = { "oid", "OID" },
                     [ATTRIBUTE] = { "attribute", "單位屬性" },
                     [GRADE] = { "grade", "單位等級" },
                     [SUPERIOR] = { "superior", "上級機關" },
                     [NAME] = { "name", "姓名" },
                     [TITLE] = { "title", "職稱" },
                     [TELEPHONE] = { "telephone", "電話" },
                     [FAX] = { "fax", "傳真電話" },
                     [MOBILE] = { "mobile", "行動電話" },
                     [EMAIL] = { "email", "電子信箱" },
                     [PART] = { "part", "職務" },
                     [SEAT] = { "seat", "呼叫順序" },
                     [LANGUAGE] = { "language", "語言" } },
        .take = take,
    };

    LF_TRY(people_need(t, LF_V(""), e));
    return lf_import_csv(t, &what, csv, rows, e);
}
