/* A Table as lines of text. */
#include <kube/forms.h>
#include <kube/meta/v1.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "object/tree.h"

#define GAP 3

static bool is_shown(const kube_meta_v1_table_t *table, size_t column, bool wide)
{
    const kube_meta_v1_table_column_definition_t *definition = &table->column_definitions.items[column];
    return wide || !definition->priority.has || definition->priority.value == 0;
}

/* Control characters become spaces: a row is one line. */
static void put_line(kube_buffer_t *buffer, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        kube_buffer_append(buffer, (unsigned char)text[i] < ' ' || text[i] == 0x7F ? " " : text + i, 1);
}

/* What a cell says: a string as it is meant, any other value as JSON. */
static void put_cell(kube_buffer_t *buffer, kube_json_t cell)
{
    kube_tree_t tree = { .err = NULL };
    kube_value_t *value = cell.text ? kube_value_parse(&tree, cell.text, cell.len, "cell") : NULL;
    if (tree.code == KUBE_E_NO_MEMORY)
        buffer->failed = true;
    if (!value || value->kind == KUBE_VALUE_NULL)
        kube_buffer_puts(buffer, "<none>");
    else if (value->kind == KUBE_VALUE_STRING)
        put_line(buffer, value->text, value->len);
    else
        put_line(buffer, cell.text, cell.len);
    kube_tree_dispose(&tree);
}

/* Columns a terminal needs: code points. */
static size_t width_of(const char *text, size_t len)
{
    size_t width = 0;
    for (size_t i = 0; i < len; i++)
        width += ((unsigned char)text[i] & 0xC0) != 0x80;
    return width;
}

static void put_header(kube_buffer_t *buffer, const char *name)
{
    size_t from = buffer->len;
    kube_buffer_puts(buffer, name);
    for (char *at = buffer->failed ? NULL : buffer->data + from; at && *at; at++)
        *at = (char)(*at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at);
}

/* Row 0 is the line of names. */
static void put_text(const kube_meta_v1_table_t *table, size_t row, size_t column, kube_buffer_t *buffer)
{
    if (row == 0)
        put_header(buffer, table->column_definitions.items[column].name);
    else if (column < table->rows.items[row - 1].cells.len)
        put_cell(buffer, table->rows.items[row - 1].cells.items[column]);
}

static void measure(const kube_meta_v1_table_t *table, size_t column, kube_buffer_t *scratch, size_t *width)
{
    for (size_t row = 0; row <= table->rows.len; row++) {
        scratch->len = 0;
        put_text(table, row, column, scratch);
        size_t needed = scratch->failed ? 0 : width_of(scratch->data, scratch->len);
        *width = needed > *width ? needed : *width;
    }
}

/* The last column is not filled up. */
static void put_row(const kube_meta_v1_table_t *table, size_t row, bool wide, const size_t *widths, kube_buffer_t *buffer)
{
    size_t missing = 0;
    for (size_t column = 0; column < table->column_definitions.len; column++) {
        if (!is_shown(table, column, wide))
            continue;
        for (; missing > 0; missing--)
            kube_buffer_puts(buffer, " ");
        size_t from = buffer->len;
        put_text(table, row, column, buffer);
        missing = buffer->failed ? 0 : widths[column] + GAP - width_of(buffer->data + from, buffer->len - from);
    }
    kube_buffer_puts(buffer, "\n");
}

int kube_table_print(const kube_meta_v1_table_t *table, bool wide, kube_buffer_t *buffer, kube_error_t *err)
{
    kube_error_reset(err);
    if (!table || !buffer)
        return kube_fail(err, KUBE_E_USAGE, "table or buffer is NULL");
    kube_buffer_t scratch = { 0 };
    size_t before = buffer->len;
    size_t *widths = kube_mem_zero((table->column_definitions.len + 1) * sizeof *widths);
    for (size_t column = 0; widths && column < table->column_definitions.len; column++)
        measure(table, column, &scratch, &widths[column]);
    for (size_t row = 0; widths && !scratch.failed && row <= table->rows.len; row++)
        put_row(table, row, wide, widths, buffer);
    bool failed = !widths || scratch.failed || buffer->failed;
    kube_buffer_dispose(&scratch);
    kube_mem_free(widths);
    if (!failed)
        return KUBE_OK;
    buffer->len = before;
    buffer->failed = false;
    return kube_fail_memory(err);
}
