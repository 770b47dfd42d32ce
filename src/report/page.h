/*
 * page.h - sheets as one page for people, and as text
 */
#ifndef COLA_PAGE_H
#define COLA_PAGE_H

#include "report/sheet.h"

/* A page says in its first bytes that it is ours. */
#define COLA_PAGE_MARK "<meta name=\"generator\" content=\"colaref "

struct cola_page {
    const char *program;        /* gnuplot's path; NULL: no figures */
    size_t figures, failed;     /* drawn; not drawn though gnuplot is there */
    struct cola_error reason;   /* of the first that failed */
};

/*
 * Append SHEETS as a self-contained page in HTML: figures inline, no program in
 * it, nothing fetched.  Each sheet's NAME.csv is expected beside it.  A figure
 * that gnuplot does not draw is missed by the page, which says so, and counted
 * in PAGE.  SIGPIPE must be ignored.
 */
COLA_MUST_USE enum cola_status
cola_page(const struct cola_sheets *sheets, struct cola_page *page, struct cola_buffer *b,
          struct cola_error *err);

/* Append the same as text, without the figures. */
void cola_page_text(const struct cola_sheets *sheets, struct cola_buffer *b);

/* The style sheet of the page. */
extern const char cola_page_style[];

#endif
