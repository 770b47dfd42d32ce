#!/bin/sh
# exports.sh - does the library keep to its own names?
#
# The shared library may export cola_ symbols and nothing else; the static one
# cannot hide the functions of the book from each other, but they are to begin
# with cola_ as well, or they would collide with those of whoever links it.
# Names that begin with an underscore belong to compilers and their tools.

cd "${COLA_BUILDDIR:?run me by tests/tap-run}/.libs" || exit 99
nm=${NM-nm}
seen=0

# symbols LIBRARY OPTION...: defined global names, one a line
symbols() {
    library=$1
    shift
    $nm "$@" "$library" | ${AWK-awk} '
        NF >= 3 && $(NF - 1) ~ /^[A-TV-Z]$/ { name[++n] = $NF }
        END {
            for (i = 1; i <= n; i++)
                if (name[i] ~ /^_cola_/)
                    mac = 1             # where C names get an underscore
            for (i = 1; i <= n; i++) {
                sub(/@.*/, "", name[i])
                if (mac)
                    sub(/^_/, "", name[i])
                print name[i]
            }
        }'
}

for library in libcolaref.so libcolaref.dylib libcolaref.a; do
    test -f "$library" || continue
    case $library in
    *.so) symbols "$library" -D >"$TMPDIR/names" ;;
    *)    symbols "$library" -g >"$TMPDIR/names" ;;
    esac
    ours=$(grep -c '^cola_' "$TMPDIR/names")
    others=$(grep -v '^cola_' "$TMPDIR/names" | grep -v '^_' | sort -u)
    echo "$library: $ours symbols begin with cola_"
    if test "$ours" -eq 0; then
        echo "$library: no symbol of ours: is $nm the right program?"
        exit 1
    fi
    if test -n "$others"; then
        echo "$library: these do not:" $others
        exit 1
    fi
    seen=1
done
test $seen = 1 || { echo "no library was built"; exit 77; }
