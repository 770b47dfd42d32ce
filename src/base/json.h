/*
 * json.h - JSON through jansson, in one place
 *
 * Reading: members are fetched by type, and what is missing or of another
 * type is named.  Writing: strings go through the library, everything else is
 * composed by the caller in a buffer, so that the spelling of every number is
 * ours.
 */
#ifndef COLA_JSON_H
#define COLA_JSON_H

#include <jansson.h>

#include "base/buffer.h"

/*
 * Parse LEN bytes; PLACE ("config.json", "task.jsonl: line 3") starts the
 * message when they are not JSON.  Duplicate members are refused.  Release
 * with json_decref().
 */
COLA_MUST_USE enum cola_status
cola_json_parse(const char *text, size_t len, const char *place, json_t **value,
                struct cola_error *err);

/* Parse a whole file. */
COLA_MUST_USE enum cola_status
cola_json_load(const char *path, json_t **value, struct cola_error *err);

/*
 * Fetch member NAME of OBJECT.  When it is absent or null, *VALUE is left as
 * it is and the result is COLA_OK if OPTIONAL is non-zero.  PLACE starts the
 * message.
 */
COLA_MUST_USE enum cola_status
cola_json_get_integer(const json_t *object, const char *name, int optional,
                      int64_t lo, int64_t hi, int64_t *value, const char *place,
                      struct cola_error *err);
COLA_MUST_USE enum cola_status
cola_json_get_real(const json_t *object, const char *name, int optional,
                   double *value, const char *place, struct cola_error *err);
COLA_MUST_USE enum cola_status
cola_json_get_boolean(const json_t *object, const char *name, int optional,
                      int *value, const char *place, struct cola_error *err);
/* Borrowed from OBJECT; a string that contains NUL is refused. */
COLA_MUST_USE enum cola_status
cola_json_get_text(const json_t *object, const char *name, int optional,
                   const char **value, const char *place, struct cola_error *err);

/* Append a string of LEN bytes of UTF-8 with quotes; NULL appends null. */
void cola_json_add_text(struct cola_buffer *b, const char *text, size_t len);

/* Append all digits of a double; null when it is not finite. */
void cola_json_add_real(struct cola_buffer *b, double x);

/* Append [1,2,3]. */
void cola_json_add_integers(struct cola_buffer *b, const int *values, int n);

/* Append ,"NAME":VALUE, a member that is not the first. */
void cola_json_member_text(struct cola_buffer *b, const char *name, const char *text);
void cola_json_member_real(struct cola_buffer *b, const char *name, double x);

#endif
