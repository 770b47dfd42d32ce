#!/bin/sh
# listed.sh - is every file of the repository in the tarball?
#
# The tarball holds what Makefile.am names, COLA_DISTFILES; so a source file or
# test that somebody forgot to name is found here, and so is data that "make
# install" would miss.  Left out on purpose: what only the repository needs.
# Without git, sources and tests on the disk are compared.

cd "${COLA_SRCDIR:?run me by tests/tap-run under make}" || exit 99
: "${COLA_DISTFILES:?run me under make check}"

{
    for file in $COLA_DISTFILES; do
        echo "listed $file"
    done
    if test -d .git && git -c safe.directory='*' ls-files >"$TMPDIR/files" 2>/dev/null &&
       test -s "$TMPDIR/files"; then
        sed 's/^/there /' "$TMPDIR/files"
    else
        find src tests data m4 man -name '*.[ch]' -print -o -name '*.sh' -print \
            -o -name '*.jsonl' -print -o -name '*.[1-9]' -print 2>/dev/null | sed 's/^/there /'
    fi
} | ${AWK-awk} -v top="$COLA_SRCDIR/" '
$1 == "listed" {
    # names may be written from the build directory
    name = $2
    while (sub(/^\.\.?\//, "", name))
        ;
    if (index(name, top) == 1)
        name = substr(name, length(top) + 1)
    listed[name] = 1
    next
}
$2 ~ /^\.(ci|gitignore|gitattributes)/ || $2 ~ /^(m4\/l[it]|build|tests\/mutated\/)/ {
    next
}
{
    n++
    if (!($2 in listed)) {
        print $2 " is not in Makefile.am"
        bad = 1
    }
}
END {
    print n + 0 " files, " (bad ? "not all of them listed" : "all listed")
    exit bad || n < 10
}'
