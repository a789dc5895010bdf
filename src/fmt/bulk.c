#include "fmt/bulk.h"

#include "fmt/json.h"

static const char *const ops[] = { "create", "index", "update", "delete" };

const char *lf_bulk_op_name(enum lf_bulk_op op)
{
    return (size_t)op < sizeof ops / sizeof *ops ? ops[op] : "?";
}

bool lf_bulk_line(lf_view *in, lf_view *line)
{
    while (in->ptr && in->len) {
        if (!lf_view_split(in, '\n', line))
            return false;
        *line = lf_view_trim(*line);
        if (line->len)
            return true;
    }
    return false;
}

enum lf_code lf_bulk_take(struct lf_arena *a, struct lf_bulk *b, struct lf_bulk_item *out, struct lf_err *e)
{
    const struct lf_json *action, *meta;
    struct lf_bulk_item item = { .id = { "", 0 } };
    size_t op = sizeof ops / sizeof *ops;
    lf_view line, id;

    if (!lf_bulk_line(&b->left, &line))
        return lf_err_set(e, LF_NOT_FOUND, "_bulk: the end");
    b->line++;
    if (lf_json_parse(a, line, NULL, &action, NULL) == LF_OK && lf_json_kind(action) == LF_JSON_OBJECT &&
        lf_json_members(action) == 1 && lf_json_kind(lf_json_member(action, 0)) == LF_JSON_OBJECT)
        for (op = 0; op < sizeof ops / sizeof *ops; op++)
            if (lf_view_is(lf_json_key(action, 0), ops[op]))
                break;
    if (op == sizeof ops / sizeof *ops)
        return lf_err_set(e, LF_BAD_INPUT,
                          "Malformed action/metadata line [%zu], expected create, index, update or delete",
                          b->line);
    meta = lf_json_member(action, 0);
    item.op = (enum lf_bulk_op)op;
    item.index = lf_json_str(meta, "_index");
    if (item.index.ptr)
        item.index = lf_arena_copy(a, item.index);
    id = lf_json_str(meta, "_id");
    if (id.ptr)
        item.id = lf_arena_copy(a, lf_view_first(id, LF_BULK_ID));
    if (item.op != LF_BULK_DELETE && lf_bulk_line(&b->left, &item.document)) {
        b->line++;
        item.has_document = true;
    }
    *out = item;
    return LF_OK;
}
