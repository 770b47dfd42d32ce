#!/bin/sh
# search_same.sh - is a search the same bytes, whoever runs it?
#
# A question of each level of the shipped task, searched with the shipped model:
# the journal may not depend on threads, on being run again, or on the order of
# the questions.  Nor on the machine, the compiler and its flags: for that, the
# journals' SHA-256 are kept here.

cd "${TMPDIR:?run me by tests/tap-run}" || exit 99

# Our own numbers, a net for sameness and not for rightness.  They change with
# the version of the arithmetic, the shipped model or its questions, the presets
# or the journal's format, and must not change otherwise.  To be computed anew:
# run this test, which says what it found.
kept() {
    case $1 in
    exact) echo e07f79aa4917c57eb1510da4c090f89984f3130f03f86733c1c996dd66485349 ;;
    int8)  echo f5926bd873093b01c3eccb7a931191355e9ef123ccfe35f978c4f16aaac8aacc ;;
    f64)   echo 07d24acdc59d5fca4df7d365ede1605301aba43573f00917c088877b4c2a1c18 ;;
    polar) echo a2a1f902c2ee41f7ba795fdf322ff175fd5977636e2e7af5aa47581e5cc78116 ;;
    esac
}

sha256() {
    { sha256sum || shasum -a 256 || openssl dgst -sha256 -r; } 2>/dev/null <"$1" |
        sed 's/ .*//'
}

# journal FILE TASK OPTION...
journal() {
    file=$1
    task=$2
    shift 2
    $EMULATOR "$COLAREF" search tiny "$task" --limit 5 --quiet -o "$file" "$@" \
        >table 2>err </dev/null && test ! -s err && return
    echo "# $file: $(cat err)"
    return 1
}

# records FILE: sorted, without the header, which names the task
records() {
    grep '"type":"sample"' "$1" | sort
}

n=0
point() {
    n=$((n + 1))
    echo "$1 $n - $2"
}

sed 5q "$COLAREF_DATA/register.jsonl" |
    ${AWK-awk} '{ line[NR] = $0 } END { for (i = NR; i > 0; i--) print line[i] }' \
        >backwards.jsonl

for kind in exact int8 f64 polar; do
    case $kind in
    exact) set -- --simulations 30 ;;
    polar) set -- --preset polar-2026 --simulations 20 --no-random ;;
    int8)  set -- --backend int8 --simulations 10 ;;
    f64)   set -- --backend f64 --simulations 4 --no-random ;;
    esac
    result=ok
    journal $kind register "$@" --threads 1 || result='not ok'
    test $(grep -c '"type":"sample"' $kind) -eq 5 || result='not ok'
    for threads in 2 3; do
        journal $kind.$threads register "$@" --threads $threads || result='not ok'
        cmp $kind $kind.$threads || result='not ok'
    done
    point "$result" "$kind: threads change nothing"

    result=ok
    journal $kind.backwards backwards.jsonl "$@" || result='not ok'
    records $kind >one
    records $kind.backwards >other
    cmp one other || result='not ok'
    test "$(grep '"type":"sample"' $kind.backwards | sed 's/,.level.*//; 1q')" = \
        "$(tail -n 2 $kind | sed 's/,.level.*//; 1q')" || result='not ok'
    point "$result" "$kind: the order of questions changes nothing"

    found=$(sha256 $kind)
    if test ${#found} -ne 64; then
        point ok "$kind: same as ever # SKIP no program for SHA-256"
    elif test "$found" = "$(kept $kind)"; then
        point ok "$kind: same as ever"
    else
        echo "# $kind: SHA-256 is $found"
        point 'not ok' "$kind: same as ever"
    fi
done
echo "1..$n"
