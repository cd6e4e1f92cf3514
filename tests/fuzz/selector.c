/* A selector, label or field, that parses must print as text that parses to the same text and selects the same objects. */
#include <kube/selector.h>

#include <stdlib.h>
#include <string.h>

static void require(int condition)
{
    if (!condition)
        abort();
}

static kube_string_entry_t entries[] = { { "a", "b" }, { "b", "" }, { "x.io/c", "7" }, { "in", "notin" } };
static const kube_string_map_t labels = { entries, 4 };

static const char *get(const char *path, void *userdata)
{
    (void)userdata;
    for (size_t i = 0; i < labels.len; i++)
        if (strcmp(path, entries[i].key) == 0)
            return entries[i].value;
    return NULL;
}

static void check_labels(const char *text)
{
    kube_label_selector_t *selector, *again;
    if (kube_label_selector_parse(text, &selector, NULL) != KUBE_OK)
        return;
    require(kube_label_selector_parse(kube_label_selector_text(selector), &again, NULL) == KUBE_OK);
    require(strcmp(kube_label_selector_text(selector), kube_label_selector_text(again)) == 0);
    require(kube_label_selector_matches(selector, &labels) == kube_label_selector_matches(again, &labels));
    kube_label_selector_free(again);
    kube_label_selector_free(selector);
}

static void check_fields(const char *text)
{
    kube_field_selector_t *selector, *again;
    if (kube_field_selector_parse(text, &selector, NULL) != KUBE_OK)
        return;
    require(kube_field_selector_parse(kube_field_selector_text(selector), &again, NULL) == KUBE_OK);
    require(kube_field_selector_matches(selector, get, NULL) == kube_field_selector_matches(again, get, NULL));
    kube_field_selector_free(again);
    kube_field_selector_free(selector);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    check_labels(text);
    check_fields(text);
    free(text);
    return 0;
}
