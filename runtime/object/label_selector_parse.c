#include "base/fail.h"
#include "base/memory.h"
#include "object/label_selector.h"

typedef enum token {
    TOKEN_END,
    TOKEN_IDENTIFIER,
    TOKEN_COMMA,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_NOT,
    TOKEN_EQUALS,
    TOKEN_DOUBLE_EQUALS,
    TOKEN_NOT_EQUALS,
    TOKEN_GREATER,
    TOKEN_LESS,
    TOKEN_IN,
    TOKEN_NOT_IN
} token_t;

struct parser {
    const char *text;  /* the whole, NUL-terminated */
    const char *at;    /* behind the current token */
    token_t token;     /* the current one */
    kube_span_t span;  /* and its bytes */
    kube_span_t *values; /* of the current requirement */
    size_t value_count, value_capacity;
    kube_label_selector_t *selector;
    kube_error_t *err;
};

static const char spaces[] = " \t\r\n", symbols[] = "=!(),><";

static token_t symbol_token(const char *at, size_t *len)
{
    *len = at[1] == '=' && (*at == '=' || *at == '!') ? 2 : 1;
    switch (*at) {
    case '=': return *len == 2 ? TOKEN_DOUBLE_EQUALS : TOKEN_EQUALS;
    case '!': return *len == 2 ? TOKEN_NOT_EQUALS : TOKEN_NOT;
    case '(': return TOKEN_OPEN;
    case ')': return TOKEN_CLOSE;
    case ',': return TOKEN_COMMA;
    case '>': return TOKEN_GREATER;
    default: return TOKEN_LESS;
    }
}

static void advance(struct parser *parser)
{
    const char *at = parser->at + strspn(parser->at, spaces);
    parser->span.text = at;
    if (*at == '\0') {
        parser->span.len = 0;
        parser->token = TOKEN_END;
    } else if (strchr(symbols, *at)) {
        parser->token = symbol_token(at, &parser->span.len);
    } else {
        parser->span.len = strcspn(at, "=!(),>< \t\r\n");
        parser->token = kube_span_is(parser->span, "in")      ? TOKEN_IN
                        : kube_span_is(parser->span, "notin") ? TOKEN_NOT_IN
                                                              : TOKEN_IDENTIFIER;
    }
    parser->at = at + parser->span.len;
}

/* Where no operator can stand, `in` and `notin` are words like any other. */
static bool at_word(const struct parser *parser)
{
    return parser->token == TOKEN_IDENTIFIER || parser->token == TOKEN_IN || parser->token == TOKEN_NOT_IN;
}

static bool at_end_of_requirement(const struct parser *parser)
{
    return parser->token == TOKEN_END || parser->token == TOKEN_COMMA;
}

static int fail(struct parser *parser, size_t offset)
{
    if (parser->err)
        parser->err->offset = offset;
    return KUBE_E_PARSE;
}

static int expected(struct parser *parser, const char *what)
{
    if (parser->token == TOKEN_END)
        kube_fail(parser->err, KUBE_E_PARSE, "expected %s, found the end", what);
    else
        kube_fail(parser->err, KUBE_E_PARSE, "expected %s, found \"%.*s\"", what, (int)parser->span.len, parser->span.text);
    return fail(parser, (size_t)(parser->span.text - parser->text));
}

static int push_value(struct parser *parser, kube_span_t value)
{
    if (parser->value_count == parser->value_capacity) {
        size_t capacity = parser->value_capacity ? 2 * parser->value_capacity : 8;
        kube_span_t *grown = kube_mem_realloc(parser->values, capacity * sizeof *grown);
        if (!grown)
            return kube_fail_memory(parser->err);
        parser->values = grown;
        parser->value_capacity = capacity;
    }
    parser->values[parser->value_count++] = value;
    return KUBE_OK;
}

/* A word, or nothing at all, which is the empty value. */
static int parse_value(struct parser *parser)
{
    kube_span_t value = { parser->span.text, 0 };
    if (at_word(parser)) {
        value = parser->span;
        advance(parser);
    }
    return push_value(parser, value);
}

static int parse_value_set(struct parser *parser)
{
    if (parser->token != TOKEN_OPEN)
        return expected(parser, "'('");
    do {
        advance(parser);
        int code = parse_value(parser);
        if (code)
            return code;
    } while (parser->token == TOKEN_COMMA);
    if (parser->token != TOKEN_CLOSE)
        return expected(parser, "',' or ')'");
    advance(parser);
    return KUBE_OK;
}

static bool operator_of(token_t token, kube_label_operator_t *operation)
{
    switch (token) {
    case TOKEN_EQUALS: *operation = KUBE_LABEL_EQUALS; return true;
    case TOKEN_DOUBLE_EQUALS: *operation = KUBE_LABEL_DOUBLE_EQUALS; return true;
    case TOKEN_NOT_EQUALS: *operation = KUBE_LABEL_NOT_EQUALS; return true;
    case TOKEN_GREATER: *operation = KUBE_LABEL_GREATER; return true;
    case TOKEN_LESS: *operation = KUBE_LABEL_LESS; return true;
    case TOKEN_IN: *operation = KUBE_LABEL_IN; return true;
    case TOKEN_NOT_IN: *operation = KUBE_LABEL_NOT_IN; return true;
    default: return false;
    }
}

static int parse_operator_and_values(struct parser *parser, kube_label_operator_t *operation)
{
    if (!operator_of(parser->token, operation))
        return expected(parser, "an operator, ',' or the end");
    advance(parser);
    if (*operation == KUBE_LABEL_IN || *operation == KUBE_LABEL_NOT_IN)
        return parse_value_set(parser);
    if (!at_word(parser) && !at_end_of_requirement(parser))
        return expected(parser, "a value");
    return parse_value(parser);
}

static int parse_requirement(struct parser *parser)
{
    kube_label_operator_t operation = KUBE_LABEL_EXISTS;
    const kube_span_t *bad;
    int code = KUBE_OK;
    if (parser->token == TOKEN_NOT) {
        operation = KUBE_LABEL_DOES_NOT_EXIST;
        advance(parser);
    }
    if (!at_word(parser))
        return expected(parser, "a label key");
    kube_span_t key = parser->span;
    advance(parser);
    parser->value_count = 0;
    if (operation == KUBE_LABEL_EXISTS && !at_end_of_requirement(parser))
        code = parse_operator_and_values(parser, &operation);
    if (!code)
        code = kube_label_selector_add(parser->selector, &key, operation, parser->values, parser->value_count, &bad, parser->err);
    if (code != KUBE_E_INVALID)
        return code;
    if (parser->err)
        parser->err->code = KUBE_E_PARSE;
    return fail(parser, (size_t)((bad ? bad->text : key.text) - parser->text));
}

static int parse(struct parser *parser)
{
    advance(parser);
    if (parser->token == TOKEN_END)
        return KUBE_OK;
    for (;;) {
        int code = parse_requirement(parser);
        if (code || parser->token == TOKEN_END)
            return code;
        if (parser->token != TOKEN_COMMA)
            return expected(parser, "',' or the end");
        advance(parser);
    }
}

int kube_label_selector_parse(const char *text, kube_label_selector_t **out, kube_error_t *err)
{
    kube_error_reset(err);
    if (!out)
        return kube_fail(err, KUBE_E_USAGE, "out is required");
    *out = NULL;
    if (!text)
        return kube_fail(err, KUBE_E_USAGE, "text is required");
    struct parser parser = { .text = text, .at = text, .err = err, .selector = kube_label_selector_new(false) };
    int code = parser.selector ? parse(&parser) : kube_fail_memory(err);
    if (!code)
        code = kube_label_selector_finish(parser.selector, err);
    kube_mem_free(parser.values);
    if (code)
        kube_label_selector_free(parser.selector);
    else
        *out = parser.selector;
    return code;
}
