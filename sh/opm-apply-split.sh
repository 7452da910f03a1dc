#!/bin/sh
# shellcheck disable=SC2154,SC2015 # set by opm-apply.sh; A && B || C is meant so
# A bundle that is one part of several: what can be done with the parts at hand. Part of
# opm-apply.sh, marked `opm-apply-split.sh` there.

pick_batches() { # of a part: the plan becomes one of the batches that can be done here and now
    entry part >"$work/part"
    [ -s "$work/part" ] || return 0
    gather
    entry order >"$work/order"
    read_journal
    look
    if is_begun; then
        cp "$state/history/$open/plan" "$work/plan"
        cp "$state/history/$open/installed" "$work/at.0"
        lacking=$(awk 'FILENAME ~ /manifest$/ { there[$6] = 1; next }
            $1 == "fetch" && !($4 in there) { sub(/.*\//, "", $4); print $4; exit }' \
            "$work/manifest" "$work/plan")
        [ -z "$lacking" ] || [ -n "$forget" ] || stop 5 part-lacks "$lacking"
        return 0
    fi
    choose
    cmp -s "$work/now" "$work/at.0" || not_as 0 drifted
    count=$(sed -n 's/^this [0-9]* //p' "$work/part")
    waits=$(awk '$1 == "waits" { printf "%s%s", sep, $2; sep = ", " }' "$work/chosen")
    away=$(awk '$1 == "away" { printf "%s%s", sep, $2; sep = ", " }' "$work/chosen")
    if [ -n "$waits" ]; then
        grep -q '^do ' "$work/chosen" || stop 5 part-missing "$away" "$count" "$waits"
        text part-waits "$waits" "$away" "$count"
    fi
    cp "$work/plan" "$work/whole"
    awk -v base="$(sum <"$work/now")" '
        FILENAME ~ /chosen$/ { if ($1 == "do") chosen[$2] = 1; next }
        FNR == 1 { b = 0 }
        $1 == "batch" { b = $2 }
        FILENAME ~ /plan$/ { if (b in chosen && $3 ~ /^[0-9a-f]+$/) used[$3] = 1; next }
        $1 == "end" || b && !(b in chosen) || $1 == "fetch" && !($2 in used) { next }
        $1 == "for" { $5 = "base:" base }
        $1 == "batch" { $2 = ++n }
        { print }' "$work/chosen" "$work/plan" "$work/whole" >"$work/some"
    printf 'end %s\n' "$(sum <"$work/some")" >>"$work/some"
    mv "$work/some" "$work/plan"
}

is_begun() { # tells whether the open change is of this bundle: it was begun with a part of it
    [ -n "$open" ] && [ "$(sum 2>/dev/null <"$state/history/$open/plan")" = "$open_plan" ] &&
        awk 'NR == FNR { ours[$0] = 1; next } $1 == "fetch" && !($0 in ours) { exit 1 }' \
            "$work/plan" "$state/history/$open/plan"
}

gather() { # the packages of the parts beside this one join the manifest, at FILE:AT
    printf '%s\n' "$box" >"$work/boxes"
    k=1 have=$(sed -n 's/^this \([0-9]*\) .*/\1/p' "$work/part")
    for other in "${box%/*}"/*.opm; do
        [ "$other" != "$box" ] && [ -f "$other" ] || continue
        printf '%s\n' "$other" >>"$work/boxes" && k=$((k + 1))
        head -c 2048 <"$other" | tr -cd ' -~\n' >|"$work/head"
        place=$(fact manifest_at) length=$(fact manifest_size) limit=$(fact directory_at)
        [ -n "$place" ] && [ -n "$length" ] && [ -n "$limit" ] || continue
        part "$k:$place" "$length" >|"$work/other"
        grep -qx "manifest_sha256=$(sum <"$work/other")" "$work/head" &&
            is_sane "$work/other" $((place + length)) "$limit" || continue
        awk '$1 == "entry" && $6 == "part" { print $2, $3, $4 }' "$work/other" >|"$work/where"
        read -r place length digest <"$work/where" || continue
        [ "$(part "$k:$place" "$length" | tee "$work/note" | sum)" = "$digest" ] || continue
        [ "$(grep '^whole ' "$work/note")" = "$(grep '^whole ' "$work/part")" ] || continue
        have="$have $(sed -n 's/^this \([0-9]*\) .*/\1/p' "$work/note")"
        awk -v k="$k" '$1 == "entry" && $6 ~ /^Packages\// { $2 = k ":" $2; print }' \
            "$work/other" >>"$work/manifest"
    done
    rm -f "$work/note"
}
fact() { sed -n "s/^$1=\\([0-9]\\{1,15\\}\\)\$/\\1/p" "$work/head"; } # NAME: prints it

choose() { # $work/chosen: do BATCH, waits BATCH, away PART; $work/at.0 as it should be here
    cat "$state"/history/*/plan 2>/dev/null | grep '^reinstall ' >"$work/again" || :
    awk -v have="$have" -v now="$work/at.0.now" '
        function after(b, k) { # applies a batch to what is installed
            for (k = 1; k <= steps[b]; k++) { there[goes[b, k]]--; there[comes[b, k]]++ }
        }
        FILENAME ~ /order$/ { if ($1 == "needs") needs[$2] = $0; known = 1; next }
        FILENAME ~ /part$/ { if ($1 == "batch") lies[$2] = $0; next }
        FILENAME ~ /manifest$/ { if ($1 == "entry") at_hand[$6] = 1; next }
        FILENAME ~ /again$/ { again[$0] = 1; next }
        FILENAME ~ /now$/ { present[$1]++; next }
        FILENAME ~ /at.0$/ { there[$1]++; next }
        $1 == "fetch" { path[$2] = $4; next }
        $1 == "batch" { n = $2; able[n] = done[n] = 1; next }
        !n || $1 == "end" { next }
        { s = ++steps[n]; comes[n, s] = goes[n, s] = "" }
        $1 ~ /^(install|upgrade|downgrade|reinstall)$/ {
            comes[n, s] = $2
            if (!(path[$3] in at_hand)) able[n] = 0
            if (!($2 in present) || $1 == "reinstall" && !($0 in again)) done[n] = 0
        }
        $1 == "reinstall" { goes[n, s] = $2 }
        $1 ~ /^(upgrade|downgrade)$/ { goes[n, s] = $4 }
        $1 ~ /^(replaced|erase)$/ { goes[n, s] = $2 }
        $1 == "erase" { erases[n] = 1 }
        $1 != "reinstall" && goes[n, s] != "" && goes[n, s] in present { done[n] = 0 }
        END {
            for (b = 1; b <= n; b++) if (done[b]) after(b)
            for (b = 2; b <= n && !known; b++) needs[b] = "needs " b " " b - 1
            do { # until no erasure is left whose room nobody takes
                changed = 0
                for (b = 1; b <= n; b++) {
                    will[b] = !done[b] && able[b]
                    count = split(needs[b], word, " ")
                    for (i = 3; i <= count; i++)
                        if (!done[word[i]] && !will[word[i]]) will[b] = 0
                }
                for (b = 2; b <= n; b++) {
                    count = split(needs[b], word, " ")
                    for (i = 3; i <= count; i++)
                        if (erases[word[i]] && will[word[i]] && !will[b] && !done[b])
                            { able[word[i]] = 0; changed = 1 }
                }
            } while (changed)
            count = split(have, word, " ")
            for (i = 1; i <= count; i++) here[word[i]] = 1
            for (b = 1; b <= n; b++) {
                if (will[b]) print "do", b
                if (will[b] || done[b]) continue
                print "waits", b
                count = split(lies[b], word, " ")
                for (i = 3; i <= count; i++) if (!(word[i] in here)) away[word[i]] = 1
            }
            for (i = 1; i <= 1000; i++) if (i in away) print "away", i
            for (x in there) for (i = there[x]; i > 0 && x != ""; i--) print x >now
        }' "$work/order" "$work/part" "$work/manifest" "$work/again" "$work/now" "$work/at.0" \
        "$work/plan" >"$work/chosen"
    [ -e "$work/at.0.now" ] || : >"$work/at.0.now"
    sort "$work/at.0.now" >|"$work/at.0"
}
