# points.sh - what scripts that test point by point begin with
#
#     . "${COLA_SRCDIR:?run me by tests/tap-run}/tests/points.sh"
#     ...
#     echo "1..$points"
#     exit $status
#
# The script is then in a directory of its own.  A point that fails shows what
# stands in the files "out", "err" and "wrong", where there are such.

cd "${TMPDIR:?run me by tests/tap-run}" || exit 99
points=0 status=0

colaref() { $EMULATOR "$COLAREF" "$@"; }

point() {           # point STATUS NAME
    points=$((points + 1))
    if test "$1" = 0; then
        echo "ok $points - $2"
    else
        echo "not ok $points - $2"
        sed 's/^/# /' out err wrong 2>/dev/null | cut -c 1-200 | sed 20q
        status=1
    fi
}

skip() {            # skip NAME REASON
    points=$((points + 1))
    echo "ok $points - $1 # SKIP $2"
}

# refused STATUS NAME PATTERN ARGUMENT...: so it ends, says why and prints nothing
refused() {
    want=$1 name=$2 pattern=$3
    shift 3
    colaref "$@" >out 2>err
    test $? -eq "$want" && test ! -s out && grep -q -- "$pattern" err
    point $? "$name"
}
