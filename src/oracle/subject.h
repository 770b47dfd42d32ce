/*
 * subject.h - a program under test behind two pipes
 *
 * colaref-subject(7) is what is spoken with it: JSON lines, requests to its
 * standard input, answers from its standard output.  Nothing it does may pass
 * for an answer: that it ends, hangs, or prints what is none is COLA_NOTHING,
 * with a message that says which.
 *
 * While a subject runs, SIGPIPE is ignored, and SIGINT, SIGTERM and SIGHUP kill
 * it before they do what they did; there is one subject at a time.
 */
#ifndef COLA_SUBJECT_H
#define COLA_SUBJECT_H

#include "oracle/asker.h"

struct cola_subject;

/* Start "sh -c COMMAND"; each answer may take TIMEOUT seconds. */
COLA_MUST_USE enum cola_status
cola_subject_start(const char *command, int timeout, struct cola_subject **subject,
                   struct cola_error *err);

/* What asks SUBJECT; valid as long as it is. */
struct cola_asker cola_subject_asker(struct cola_subject *subject);

/*
 * End its input and see what it says to that: COLA_NOTHING if it prints more.
 * How it ends, and whether it must be killed, is its own affair.
 */
COLA_MUST_USE enum cola_status
cola_subject_finish(struct cola_subject *subject, struct cola_error *err);

/* Kill what is left of its process group.  Accepts NULL. */
void cola_subject_free(struct cola_subject *subject);

#endif
