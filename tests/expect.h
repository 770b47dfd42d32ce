/*
 * expect.h - a call went well, or was refused with words that help
 *
 * A message must name the place (a file, a line) and the reason, because
 * nobody can mend "invalid file".  Include after cmocka.h.
 */
#ifndef COLA_TESTS_EXPECT_H
#define COLA_TESTS_EXPECT_H

#include <string.h>

#include "colaref.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static inline void
assert_ok(enum cola_status status, const struct cola_error *err)
{
    if (status)
        fail_msg("status %d: %s", (int)status, err->text);
}

static inline void
assert_refused(enum cola_status status, const struct cola_error *err, const char *place,
               const char *reason)
{
    if (status != COLA_INPUT || err->status != status ||
        strstr(err->text, place) == NULL || strstr(err->text, reason) == NULL)
        fail_msg("status %d, \"%s\"; wanted \"%s\" and \"%s\"", (int)status,
                 status ? err->text : "", place, reason);
}

#endif
