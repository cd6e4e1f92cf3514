#include "screen.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int steps;
static bool progressing;
static char progress[256];

static bool is_terminal(void)
{
    static int known = -1;
    if (known < 0)
        known = isatty(STDOUT_FILENO);
    return known == 1;
}

static const char *colour(const char *sequence)
{
    return is_terminal() ? sequence : "";
}

/* Ends a line that is being overwritten. The lock is held. */
static void end_progress(void)
{
    if (progressing)
        printf(is_terminal() ? "\n" : "  %s\n", progress);
    progressing = false;
}

static void print(const char *before, const char *format, va_list arguments, const char *after)
{
    pthread_mutex_lock(&lock);
    end_progress();
    fputs(before, stdout);
    vprintf(format, arguments);
    printf("%s\n", after);
    fflush(stdout);
    pthread_mutex_unlock(&lock);
}

void screen_step(const char *title)
{
    pthread_mutex_lock(&lock);
    end_progress();
    printf("\n%s%d. %s%s\n", colour("\x1b[1m"), ++steps, title, colour("\x1b[0m"));
    fflush(stdout);
    pthread_mutex_unlock(&lock);
}

void screen_say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print("  ", format, arguments, "");
    va_end(arguments);
}

void screen_event(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print(is_terminal() ? "  \x1b[36m<- " : "  <- ", format, arguments, colour("\x1b[0m"));
    va_end(arguments);
}

void screen_progress(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    pthread_mutex_lock(&lock);
    vsnprintf(progress, sizeof progress, format, arguments);
    progressing = true;
    if (is_terminal()) {
        printf("\r\x1b[K  %s", progress);
        fflush(stdout);
    }
    pthread_mutex_unlock(&lock);
    va_end(arguments);
}

void screen_progress_end(void)
{
    pthread_mutex_lock(&lock);
    end_progress();
    fflush(stdout);
    pthread_mutex_unlock(&lock);
}

int screen_fail(const char *what, int code, const kube_error_t *err)
{
    pthread_mutex_lock(&lock);
    end_progress();
    printf("  %s%s failed: %s (%s)%s\n", colour("\x1b[31m"), what, err->message, kube_code_name(code), colour("\x1b[0m"));
    fflush(stdout);
    pthread_mutex_unlock(&lock);
    return code;
}

void screen_end(bool good, double seconds)
{
    printf("\n%s%s%s (%.1f s)\n", colour(good ? "\x1b[32m" : "\x1b[31m"), good ? "All of it worked." : "It did not all work.",
           colour("\x1b[0m"), seconds);
}
