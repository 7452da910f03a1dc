#!/bin/sh
# shellcheck disable=SC2154 # set by opm-apply.sh
# Which part of a bundle for many machines is this one's. Part of opm-apply.sh, marked
# `opm-apply-part.sh` there.
pick_part() { # of the machines, the one that has what is here: its entries' names begin with $mine
    mine='' && entry machines >"$work/machines"
    [ -s "$work/machines" ] || return 0
    look
    read_journal
    here=$(sum <"$work/now")
    mine=$(awk -v here="$here" -v begun="${open:+$open_plan}" '$1 != "machine" { next }
        $5 == begun { print 1, $2 } $3 == here { print 2, $2 } $4 == here { print 3, $2 }' \
        "$work/machines" | sort | sed -n '1s/^. //p')
    [ -n "$mine" ] || stop 5 no-part "$(grep -c '^machine ' "$work/machines")"
}
