#include "patch/json_pointer.h"

#include <string.h>

static int bad_pointer(kube_tree_t *tree, const kube_value_t *string, const char *why)
{
    return kube_tree_fail(tree, KUBE_E_PARSE, "\"%.100s\" is not a JSON pointer: %s", string->text, why);
}

/* The token at p up to the next slash or the end. */
static bool read_token(kube_tree_t *tree, const char *p, const char *end, kube_token_t *token)
{
    char *text = kube_tree_alloc(tree, (size_t)(end - p) + 1);
    if (!text)
        return false;
    char *to = text;
    while (p < end) {
        char c = *p++;
        if (c == '~') {
            if (p == end || (*p != '0' && *p != '1'))
                return false;
            c = *p++ == '0' ? '~' : '/';
        }
        *to++ = c;
    }
    *to = '\0';
    *token = (kube_token_t){ text, (size_t)(to - text) };
    return true;
}

bool kube_pointer_parse(kube_tree_t *tree, const kube_value_t *string, kube_pointer_t *out)
{
    const char *p = string->text, *end = p + string->len;
    *out = (kube_pointer_t){ 0 };
    if (p == end)
        return true;
    if (*p != '/')
        return bad_pointer(tree, string, "it does not begin with a slash"), false;
    size_t slashes = 0;
    for (const char *q = p; q < end; q++)
        slashes += *q == '/';
    out->tokens = kube_tree_alloc(tree, slashes * sizeof *out->tokens);
    if (!out->tokens)
        return false;
    while (p < end) {
        const char *start = ++p;
        while (p < end && *p != '/')
            p++;
        if (!read_token(tree, start, p, &out->tokens[out->count++]))
            return bad_pointer(tree, string, "a ~ without 0 or 1"), false;
    }
    return true;
}

size_t kube_token_index(const kube_token_t *token, size_t len)
{
    if (token->len == 1 && *token->text == '-')
        return len;
    if (token->len == 0 || (token->len > 1 && *token->text == '0'))
        return SIZE_MAX;
    size_t index = 0;
    for (size_t i = 0; i < token->len; i++) {
        if (token->text[i] < '0' || token->text[i] > '9')
            return SIZE_MAX;
        index = index * 10 + (size_t)(token->text[i] - '0');
        if (index > len)
            return SIZE_MAX;
    }
    return index;
}

kube_value_t *kube_pointer_step(kube_value_t *value, const kube_token_t *token)
{
    if (value->kind == KUBE_VALUE_OBJECT)
        return kube_object_get(value, token->text, token->len);
    if (value->kind != KUBE_VALUE_LIST)
        return NULL;
    size_t index = kube_token_index(token, value->len);
    return index < value->len ? value->items[index] : NULL;
}

kube_value_t *kube_pointer_walk(kube_value_t *document, const kube_pointer_t *pointer, size_t count)
{
    for (size_t i = 0; i < count && document; i++)
        document = kube_pointer_step(document, &pointer->tokens[i]);
    return document;
}
