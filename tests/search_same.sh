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
    exact) echo 108a5842563b146b370f8b24f90eea9b6e3b205f734b4d66b9083986e451b64f ;;
    int8)  echo b7cec5b786f8b294b4e5f0a22081d96fe9d8c7cf95160ac4bbe197c4a564a347 ;;
    f64)   echo 95c1feab88a305dc94863b942739e1ccf06a7a1a9e4efdcefc0326252a554f71 ;;
    polar) echo 305a883ede6a8f3c2417a3ed2c70345af9f5cb6707f285c8b7915ab192b44305 ;;
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
