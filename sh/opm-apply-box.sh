#!/bin/sh
# shellcheck disable=SC2154,SC2012 # set by the head and by opm-apply.sh; ls -ln is stat
# How opm-apply.sh reads the bundle at whose front it stands; it has its place there, marked
# `opm-apply-box.sh`.
first() { dd bs=65536 count=$(($1 / 65536)) 2>/dev/null && head -c $(($1 % 65536)); } # SIZE
part() { # [FILE:]AT SIZE: seeks, in this bundle or one beside it
    case $1 in *:*) from=$(sed -n "${1%%:*}p" "$work/boxes") ;; *) from=$box ;; esac
    { dd bs=1 skip="${1#*:}" count=0 2>/dev/null && first "$2"; } <"$from"
}
sum() { sha256sum | cut -c 1-64; } # prints the SHA-256 of stdin
short_sum() { printf '%s' "$1" | sha256sum | cut -c 1-16; } # TEXT: prints the check of a record

check_seal() { # reads the whole file, once
    size=$(ls -lnL -- "$box" | awk '{ print $5; exit }')
    [ "$size" -gt 4096 ] || stop 3 cut-off "$size" "$box_size" script
    seal=$(tail -c 82 -- "$box" | tr -cd ' -~')
    got=$(first $((size - 82)) <"$box" | sum)
    [ "opm-seal 1 sha256 $got" = "$seal" ] || name_damage
}

name_damage() { # the seal does not hold: finds out where, and ends
    [ "$(head -c 1971 -- "$box" | sum)" = "$head_sha256" ] || stop 3 damaged script
    [ "$size" -le "$box_size" ] || stop 3 too-long $((size - box_size))
    if [ "$(part 2048 "$body_size" | sum)" != "$body_sha256" ]; then
        bad=script
    elif [ "$(part "$manifest_at" "$manifest_size" | sum)" != "$manifest_sha256" ]; then
        bad=manifest
    else # the paths of entries that are not what the manifest says
        bad=$(part "$manifest_at" "$manifest_size" | while read -r word at length sha _ path; do
            [ "$word" != entry ] || [ "$(part "$at" "$length" | sum)" = "$sha" ] ||
                printf '%s ' "$path"
        done)
    fi
    [ "$size" = "$box_size" ] || { bad=${bad:-directory} &&
        stop 3 cut-off "$size" "$box_size" "${bad%% *}"; }
    [ -n "$bad" ] || [ "$(gaps | sum)" = "$gaps_sha256" ] || bad='ZIP headers or padding'
    [ "$(part "$directory_at" "$directory_size" | sum)" = "$directory_sha256" ] ||
        bad=${bad:-directory}
    stop 3 damaged "${bad:-seal}"
}

gaps() { # prints all bytes between the script and the directory that are in no entry
    part $((2048 + body_size)) $((manifest_at - 2048 - body_size))
    end=$((manifest_at + manifest_size))
    part "$manifest_at" "$manifest_size" | while read -r word at length _; do
        [ "$word" = entry ] || continue
        part "$end" $((at - end))
        end=$((at + length))
    done
}

read_manifest() { # refuses what opm never writes
    part "$manifest_at" "$manifest_size" >"$work/manifest"
    is_sane "$work/manifest" $((manifest_at + manifest_size)) "$directory_at" ||
        stop 3 damaged manifest
}
is_sane() { # MANIFEST FROM UNTIL: its entries lie there, one after the other, under sane names
    awk -v end="$2" -v limit="$3" '
        $1 != "entry" { next }
        NF != 6 || ("/" $6) !~ /^(\/[A-Za-z0-9_+~^@=,][A-Za-z0-9._+~^@=,-]*)+$/ ||
            $2 < end + 0 || $2 + $3 > limit + 0 || tolower($6) in seen { bad = 1; exit }
        { seen[tolower($6)] = 1; end = $2 + $3 }
        END { exit bad }' "$1"
}

entry() { # PATH: prints an entry
    awk -v path="$1" '$1 == "entry" && $6 == path { print $2, $3 }' "$work/manifest" |
        while read -r at length; do part "$at" "$length"; done
}
