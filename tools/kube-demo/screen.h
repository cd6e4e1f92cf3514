/* What the demo prints: coloured on a terminal, plain lines in a pipe. */
#ifndef SCREEN_H
#define SCREEN_H

#include <kube/error.h>

/* The number and name of a step. */
void screen_step(const char *title);
/* A line under it; from any thread. */
void screen_say(const char *format, ...) KUBE_FORMAT(1, 2);
/* A line about something that came by itself: an event. */
void screen_event(const char *format, ...) KUBE_FORMAT(1, 2);
/* A line that takes the place of the last one of these on a terminal; in a pipe only the last counts, printed by screen_progress_end. */
void screen_progress(const char *format, ...) KUBE_FORMAT(1, 2);
void screen_progress_end(void);
/* What went wrong in what. Returns code. */
int screen_fail(const char *what, int code, const kube_error_t *err);
/* The last line. */
void screen_end(bool good, double seconds);

#endif
