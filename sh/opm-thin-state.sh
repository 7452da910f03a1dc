# shellcheck shell=sh disable=SC2154 # set by opm-thin.sh
# What opm-thin keeps in ROOT/var/lib/opm-thin. Sourced by opm-thin.sh.
#
#   installed   NAME tab REASON tab FOR: what came this way
#   updated     digest of the reference that `update` met last; met: the answers
#   fetched/    packages that are not installed yet
#   lock        held by the one that changes something
#   work.PID.*  of one run

open_state() {
    { mkdir -p "$state" 2>/dev/null && [ -w "$state" ]; } || die 5 not-writable "$state"
    [ -e "$state/installed" ] || : >"$state/installed"
    for old in "$state"/work.*; do # of those that were cut off
        pid=${old##*/work.}
        kill -0 "${pid%%.*}" 2>/dev/null || rm -rf "$old"
    done
    work=$(mktemp -d "$state/work.$$.XXXXXX")
}

# Who changes something waits until no other does. What rpm's scripts leave running must not hold
# the lock, so rpm is started without 9.
alone() {
    [ -z "$locked" ] && command -v flock >/dev/null 2>&1 || return 0
    exec 9>"$state/lock"
    flock -n 9 || {
        printf 'opm-thin: %s\n' "$(text waits)" >&2
        flock 9
    }
    locked=1
}

note() { # NAME REASON FOR
    awk -F "$tab" -v name="$1" '$1 != name' "$state/installed" >"$work/noted"
    printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$work/noted"
    sort -o "$work/noted" "$work/noted"
    cp "$work/noted" "$state/installed.new"
    mv -f "$state/installed.new" "$state/installed"
}

reason_of() { # NAME
    awk -F "$tab" -v name="$1" '$1 == name { print $2 }' "$state/installed"
}
