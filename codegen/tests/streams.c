/* The fixture's wrappers of streams, with functions beneath them that take note of what they are given. Prints what went wrong. */
#include <kube/core/v1.h>
#include <stdio.h>

const kube_resource_t kube_core_v1_widgets = { .plural = "widgets" };

static kube_client_t *const client = (kube_client_t *)&kube_core_v1_widgets;
static kube_watch_t *const handle = (kube_watch_t *)&kube_core_v1_widgets;
static const kube_core_v1_widget_t widget;
static kube_error_t error;
static int answer, failures;

#define EXPECT(condition) ((condition) ? (void)0 : (void)(failures++, printf("%d: %s\n", __LINE__, #condition)))

static void check_call(kube_client_t *given, const kube_resource_t *resource, const char *ns, const void *options, kube_error_t *err)
{
    EXPECT(given == client && resource == &kube_core_v1_widgets && *ns == 'n' && options && err == &error);
}

int kube_each(kube_client_t *given, const kube_resource_t *resource, const char *ns, const kube_list_options_t *options, kube_item_fn *fn,
              void *userdata, kube_error_t *err)
{
    check_call(given, resource, ns, options, err);
    return fn ? fn(&widget, userdata) : KUBE_E_USAGE;
}

int kube_watch(kube_client_t *given, const kube_resource_t *resource, const char *ns, const kube_watch_options_t *options,
               kube_watch_t **out, kube_error_t *err)
{
    check_call(given, resource, ns, options, err);
    if (!out)
        return KUBE_E_USAGE;
    *out = answer == KUBE_OK ? handle : NULL;
    return answer;
}

static int give(kube_watch_t *watch, kube_event_t *event, kube_error_t *err)
{
    EXPECT(watch == handle && err == &error);
    if (!event)
        return KUBE_E_USAGE;
    if (answer == KUBE_OK)
        *event = (kube_event_t){ KUBE_EVENT_MODIFIED, &widget };
    return answer;
}

int kube_watch_next(kube_watch_t *watch, kube_event_t *event, kube_error_t *err)
{
    return give(watch, event, err);
}

int kube_watch_next_within(kube_watch_t *watch, int64_t wait_ms, kube_event_t *event, kube_error_t *err)
{
    EXPECT(wait_ms == 7);
    return give(watch, event, err);
}

const char *kube_watch_resource_version(const kube_watch_t *watch)
{
    return watch == handle ? "42" : NULL;
}

void kube_watch_free(kube_watch_t *watch)
{
    EXPECT(watch == handle);
    answer = 99;
}

int kube_log_lines(kube_client_t *given, const kube_resource_t *resource, const char *ns, const char *name, const kube_log_options_t *options,
                   kube_line_fn *fn, void *userdata, kube_error_t *err)
{
    check_call(given, resource, ns, options, err);
    EXPECT(*name == 'w');
    return fn(name, 1, userdata);
}

static int take(const kube_core_v1_widget_t *object, void *userdata)
{
    EXPECT(object == &widget && userdata == &answer);
    return 5;
}

static int take_line(const char *line, size_t len, void *userdata)
{
    EXPECT(*line == 'w' && len == 1 && userdata == &answer);
    return 6;
}

static void check_events(kube_core_v1_widget_watch_t *watch)
{
    kube_core_v1_widget_event_t event;
    EXPECT(kube_core_v1_widget_watch_next(watch, &event, &error) == KUBE_OK);
    EXPECT(event.type == KUBE_EVENT_MODIFIED && event.object == &widget);
    event.object = NULL;
    EXPECT(kube_core_v1_widget_watch_next_within(watch, 7, &event, &error) == KUBE_OK);
    EXPECT(event.type == KUBE_EVENT_MODIFIED && event.object == &widget);
    EXPECT(kube_core_v1_widget_watch_next(watch, NULL, &error) == KUBE_E_USAGE);
    EXPECT(kube_core_v1_widget_watch_next_within(watch, 7, NULL, &error) == KUBE_E_USAGE);
    answer = KUBE_E_TIMEOUT;
    EXPECT(kube_core_v1_widget_watch_next_within(watch, 7, &event, &error) == KUBE_E_TIMEOUT);
    EXPECT(event.type == 0 && event.object == NULL);
}

int main(void)
{
    const kube_list_options_t list = { .limit = 1 };
    EXPECT(kube_core_v1_widget_each(client, "n", &list, take, &answer, &error) == 5);
    EXPECT(kube_core_v1_widget_each(client, "n", &list, NULL, &answer, &error) == KUBE_E_USAGE);

    const kube_watch_options_t options = { .bookmarks = true };
    kube_core_v1_widget_watch_t *watch = NULL;
    EXPECT(kube_core_v1_widget_watch(client, "n", &options, NULL, &error) == KUBE_E_USAGE);
    EXPECT(kube_core_v1_widget_watch(client, "n", &options, &watch, &error) == KUBE_OK && watch);
    check_events(watch);
    EXPECT(*kube_core_v1_widget_watch_resource_version(watch) == '4');
    kube_core_v1_widget_watch_free(watch);
    EXPECT(answer == 99);
    EXPECT(kube_core_v1_widget_watch(client, "n", &options, &watch, &error) == 99 && !watch);

    const kube_log_options_t log = { .follow = true };
    EXPECT(kube_core_v1_widget_log_lines(client, "n", "w", &log, take_line, &answer, &error) == 6);
    return failures != 0;
}
