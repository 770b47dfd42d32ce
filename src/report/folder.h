/*
 * folder.h - a directory into which a report is written
 *
 * Files are written whole: a reader sees the old one or the new one.  Nothing
 * is ever deleted, and a file of the same name is replaced only in a directory
 * whose INDEX shows that it is a report of ours.
 */
#ifndef COLA_FOLDER_H
#define COLA_FOLDER_H

#include "base/buffer.h"

/*
 * Make DIR unless it is there.  NAMES [n] is what is going to be written; when
 * one of them exists, the file INDEX of DIR must hold MARK in its first 1000
 * bytes, else COLA_INPUT.
 */
COLA_MUST_USE enum cola_status
cola_folder_open(const char *dir, char *const *names, size_t n, const char *index,
                 const char *mark, struct cola_error *err);

/* Put what B holds into DIR/NAME. */
COLA_MUST_USE enum cola_status
cola_folder_write(const char *dir, const char *name, const struct cola_buffer *b,
                  struct cola_error *err);

#endif
