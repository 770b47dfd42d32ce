#!/bin/sh
# book.sh - is the reading order of Makefile.am an order of dependence?
#
# Every file of BOOK and CLI may include headers that stand before it, <config.h>
# and the system's headers; a source file reads <config.h> first and then its
# own header, if it has one.  COLA_BOOK holds the list, COLA_SRCDIR the tree.

src=${COLA_SRCDIR:?run me by tests/tap-run under make}
${AWK-awk} -v src="$src" -v book="${COLA_BOOK:?run me under make check}" '
function complain(text) {
    print file ":" line ": " text
    bad = 1
}
BEGIN {
    n = split(book, list, " ")
    for (i = 1; i <= n; i++) {
        if (list[i] in place)
            print list[i] ": named twice", bad = 1
        place[list[i]] = i
    }
    for (i = 1; i <= n; i++)
        page(list[i], i)
    if (includes < n / 2 || n < 10) {
        print "only " includes + 0 " includes in " n " files: is the list right?"
        bad = 1
    }
    print n " files, " includes " includes, " (bad ? "out of order" : "in order")
    exit bad
}
function page(name, at,    path, text, what, target, first, own) {
    file = name
    line = 0
    path = src "/" name
    own = name
    sub(/\.c$/, ".h", own)
    first = 1
    while ((got = (getline text < path)) > 0) {
        line++
        if (text !~ /^[ \t]*#[ \t]*include/)
            continue
        includes++
        what = text
        sub(/^[ \t]*#[ \t]*include[ \t]*/, "", what)
        if (what ~ /^<config\.h>/) {
            if (name !~ /\.c$/)
                complain("<config.h> is for source files")
        } else if (name ~ /\.c$/ && !config) {
            complain("<config.h> comes first")
        }
        if (what ~ /^<config\.h>/) {
            config = 1
            continue
        }
        if (what ~ /^</) {
            sub(/^</, "", what)
            sub(/>.*/, "", what)
            if (("src/" what) in place)
                complain("<" what "> is ours: write \"" what "\"")
        } else if (what ~ /^"/) {
            sub(/^"/, "", what)
            sub(/".*/, "", what)
            target = "src/" what
            if (!(target in place))
                complain("\"" what "\" is not in BOOK")
            else if (place[target] >= at)
                complain("\"" what "\" stands after this file in BOOK")
            if (first && name ~ /\.c$/ && (own in place) && target != own)
                complain("its own header comes first")
            first = 0
        } else {
            complain("cannot tell what is included")
        }
    }
    close(path)
    if (got < 0 || line == 0)
        complain("cannot be read")
    if (name ~ /\.c$/ && !config)
        complain("<config.h> is missing")
    config = 0
}' </dev/null
