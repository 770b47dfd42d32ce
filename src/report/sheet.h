/*
 * sheet.h - a table of numbers, with what they mean
 *
 * Everything a report shows is a sheet first: long rather than wide, one row
 * an observation, so that the same rows are the table for people, the CSV for
 * programs and the points of a figure.  No number of a figure is anywhere
 * else.
 */
#ifndef COLA_SHEET_H
#define COLA_SHEET_H

#include "base/buffer.h"

/* How a sheet is drawn, if it is; which columns are meant, by name. */
enum cola_figure_kind {
    COLA_FIGURE_NONE,
    COLA_FIGURE_BARS,           /* a bar of height Y for each X and SERIES, with
                                 * a whisker from LO to HI */
    COLA_FIGURE_LINES,          /* points (X, Y) joined in order, a line a SERIES */
    COLA_FIGURE_POINTS,         /* the same, not joined */
    COLA_FIGURE_HEAT,           /* a cell of colour VALUE at column X, row Y */
    COLA_FIGURE_BOXES           /* for each X and SERIES: whiskers LO and HI, box
                                 * Q1 to Q3, a line at Y (the median) */
};

struct cola_figure {
    enum cola_figure_kind kind;
    /* Names of columns; NULL: none.  SERIES and FACET may be several between
     * blanks: their values joined, those that are the same in every row drawn
     * left out. */
    const char *x, *y, *series;
    const char *lo, *hi, *q1, *q3, *value;
    const char *facet;          /* a panel for each of its values */
    const char *only;           /* "column=value": other rows are not drawn;
                                 * NULL: all are */
    const char *x_label, *y_label;
    double y_from, y_to;        /* of the axis; equal: as the data say */
    double reference;           /* a level drawn across, NaN: none */
    double neutral;             /* of HEAT: the value without colour; NaN: none */
};

enum cola_cell_kind { COLA_CELL_EMPTY, COLA_CELL_TEXT, COLA_CELL_COUNT, COLA_CELL_REAL };

struct cola_cell {
    enum cola_cell_kind kind;
    char *text;                 /* owned */
    double real;                /* of COUNT and REAL */
};

struct cola_sheet {
    char *name;                 /* of its files: "table1", "fig5-frequency" */
    char *title;
    char *definition;           /* how each column is computed, and where from:
                                 * sentences, for a caption */
    char *reading;              /* what these numbers show, or NULL */
    int section;                /* enum cola_section */
    char **columns;             /* [n_columns] */
    unsigned char *shares;      /* [n_columns] 1: a share, shown as per cent */
    size_t n_columns;
    struct cola_cell *cells;    /* [n_rows, n_columns] */
    size_t n_rows, n_cells, room;
    struct cola_figure figure;
};

/* The parts of a report, in their order on the page. */
enum cola_section {
    COLA_SECTION_RUNS,          /* which journals, models, tasks, presets */
    COLA_SECTION_FINDINGS,      /* the two findings, each beside its controls */
    COLA_SECTION_TABLE1,        /* accuracy by space, benchmark and level */
    COLA_SECTION_DEPTH,         /* how deep the right chains are */
    COLA_SECTION_LAYERS,        /* which layers they use */
    COLA_SECTION_PROGRAMS,      /* budgets and segments, after PoLar */
    COLA_SECTION_QUALITY,       /* the search against enumeration */
    COLA_SECTIONS
};

const char *cola_section_title(enum cola_section section);

struct cola_sheets {
    struct cola_sheet *list;    /* [n] */
    size_t n, room;
    int failed;                 /* out of memory: set once, checked at the end */
};

/*
 * Begin a sheet at the end of SHEETS; COLUMNS are names between blanks, one
 * ending in "%" being a share (the mark is not kept).  X_lo and X_hi are the
 * 95 % interval of the column X.  The texts are copied.  What is added next
 * goes to this sheet; the sheet itself moves when the next one begins.  When
 * memory is out the result is NULL, SHEETS->failed is set and calls do nothing.
 */
struct cola_sheet *
cola_sheet_begin(struct cola_sheets *sheets, enum cola_section section,
                 const char *name, const char *title, const char *definition,
                 const char *columns);

/* What the numbers of the sheet begun last show. */
void cola_sheet_reading(struct cola_sheets *sheets, const char *text);

/* Append one cell; a row is full after n_columns of them.  NaN and NULL are
 * empty. */
void cola_sheet_text(struct cola_sheets *sheets, const char *text);
void cola_sheet_count(struct cola_sheets *sheets, size_t n);
void cola_sheet_real(struct cola_sheets *sheets, double x);
void cola_sheet_empty(struct cola_sheets *sheets);

/* The number of the column called NAME, or -1; of the one called as COLUMN is and
 * then TAIL, or -1; the sheet called NAME, or NULL. */
int cola_sheet_column(const struct cola_sheet *sheet, const char *name);
int cola_sheet_column_with(const struct cola_sheet *sheet, size_t column,
                           const char *tail);
const struct cola_sheet *
cola_sheet_find(const struct cola_sheets *sheets, const char *name);

void cola_sheets_free(struct cola_sheets *sheets);

/* Append one cell as people read it: shares as per cent, "-" when empty. */
void cola_sheet_cell(const struct cola_sheet *sheet, size_t row, size_t column,
                     struct cola_buffer *b);

/*
 * Append SHEET as CSV (quoted as in RFC 4180, lines ended by newline alone, a
 * header line, reals with 17 digits, shares as parts of 1), and as a table for
 * people in at most WIDTH columns where that can be done: what is the same in
 * every row is said once above it, X_lo and X_hi stand behind X, and of more
 * than 80 rows only those of level "all" are shown.
 */
void cola_sheet_csv(const struct cola_sheet *sheet, struct cola_buffer *b);
void cola_sheet_print(const struct cola_sheet *sheet, int width, struct cola_buffer *b);

#endif
