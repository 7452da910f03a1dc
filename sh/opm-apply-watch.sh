#!/bin/sh
# How long a script of a package may take. Part of opm-apply.sh, marked `opm-apply-watch.sh` there,
# and of the few lines with which opm itself starts rpm: it goes on when either is killed.

watch_scripts() { # PID SECONDS LOG: while that rpm runs, ends a script of it that takes longer, and
    # rpm itself where for so long it has read and written nothing: Lua runs inside it
    cd / # lives a second longer than rpm, and keeps nobody from unmounting its root
    took=0 before='' born=$(began "$1")
    while sleep 1 && [ "$(began "$1")" = "$born" ]; do
        children=$(cat "/proc/$1/task/$1/children" 2>/dev/null) || return 0
        doing=$children
        [ -n "$doing" ] || doing=$(grep char "/proc/$1/io" 2>/dev/null) || return 0
        took=$((took + 1))
        [ "$doing" = "$before" ] && ! grep -q '^State:.[DZ]' "/proc/$1/status" || took=0
        before=$doing
        if [ "$2" = 0 ] || [ "$took" -lt "$2" ]; then continue; fi
        took=0
        for child in ${children:-$1}; do
            printf 'warning: opm ended after %s s: %s\n' "$2" \
                "$(tr '\0' ' ' <"/proc/$child/cmdline" | tr -cd ' -~' | cut -c 1-200)" >>"$3"
        done
        # shellcheck disable=SC2046,SC2086 # process ids
        kill -9 $(for child in ${children:-$1}; do family "$child"; done) 2>/dev/null || :
    done
}
began() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; } # PID: when
family() { # PID: prints it and all that it started, and those
    echo "$1"
    # shellcheck disable=SC2013 # the file holds words
    for kin in $(cat "/proc/$1/task/"*/children 2>/dev/null); do family "$kin"; done
}
