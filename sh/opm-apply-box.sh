#!/bin/sh
# shellcheck disable=SC2154,SC2012,SC2015 # set by the head and by opm-apply.sh; ls -ln is stat
# How opm-apply.sh reads the bundle at whose front it stands; it has its place there, marked
# `opm-apply-box.sh`.
first() { # SIZE: prints so much of stdin
    dd bs=65536 count=$(($1 / 65536)) 2>/dev/null && head -c $(($1 % 65536))
}
part() { # [FILE:]AT SIZE: seeks, in this bundle or one beside it
    case $1 in *:*) from=$(sed -n "${1%%:*}p" "$work/boxes") ;; *) from=$box ;; esac
    { dd bs=1 skip="${1#*:}" count=0 2>/dev/null && first "$2"; } <"$from"
}
without() { # FILE OTHER: prints the lines that OTHER has not; not every userland has comm
    awk -v other="$2" 'BEGIN { while ((getline line <other) > 0) there[line] = 1 }
        !($0 in there)' "$1"
}
both() { # FILE OTHER: prints the lines of FILE that OTHER has too
    awk -v other="$2" 'BEGIN { while ((getline line <other) > 0) there[line] = 1 }
        $0 in there' "$1"
}
differences() { # FILE OTHER: prints what is in one of them alone
    { without "$1" "$2" | sed 's/^/  - /' && without "$2" "$1" | sed 's/^/  + /'; } | sort -k 2
}
sum() { sha256sum | cut -c 1-64; } # prints the SHA-256 of stdin
short_sum() { printf '%s' "$1" | sha256sum | cut -c 1-16; } # TEXT: prints the check of a record

check_tools() { # a helper that is not there would fail in the middle, or unseen in a pipe
    for tool in awk cat cmp cp cut date dd df dirname find grep head id ln ls mkdir mktemp mv \
        paste rm sed sha256sum sleep sort sync tail tee tr uname xargs; do
        command -v "$tool" >/dev/null || stop 5 no-tool "$tool"
    done
}

check_seal() { # reads the whole file, once
    check_tools
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
    [ "$manifest_size" -le 268435456 ] || stop 3 damaged manifest
    part "$manifest_at" "$manifest_size" >"$work/manifest"
    end=$((2048 + body_size + 44)) # the header of the first entry, filled up
    [ "$manifest_at" = $((end + (4096 - end % 4096) % 4096)) ] &&
        is_sane "$work/manifest" $((manifest_at + manifest_size)) "$directory_at" ||
        stop 3 damaged manifest
    rows=$(zip_rows) && head=$directory_at
    # shellcheck disable=SC2059 # the rows are escapes
    [ "$({ printf "${rows%% *}" && part $((head + 16)) 4 && printf "${rows#* }"; } | sum)" = \
        "$(part "$head" $((size - 82 - head)) | sum)" ] || stop 3 damaged directory
}
is_sane() { # MANIFEST FROM UNTIL: its entries lie there, one after the other, under sane names
    awk -v end="$2" -v limit="$3" '
        NR == 1 && $0 != "opm-bundle 1" { bad = 1; exit }
        $1 != "entry" { next }
        NF != 6 || ("/" $6) !~ /^(\/[A-Za-z0-9_+~^@=,][A-Za-z0-9._+~^@=,-]*)+$/ ||
            length($6) > 1000 || ($2 $3) ~ /[^0-9]/ || length($2) > 15 || length($3) > 15 ||
            $4 ~ /[^0-9a-f]/ || length($4) != 64 || $5 ~ /[^0-9a-f]/ || length($5) != 8 ||
            ++n > 200000 || $6 ~ /(^|\/)plan$/ && $3 > 67108864 || tolower($6) in seen {
                bad = 1; exit }
        {   k = split($6, name, "/")
            while (k > 0) if (length(name[k--]) > 200) bad = 1
            at = end + 36 + length($6) + ($3 >= 4294967295 ? 20 : 0) # its header, and nothing else
            if ($2 != at + (4096 - at % 4096) % 4096) bad = 1
            seen[tolower($6)] = 1; end = $2 + $3 }
        END { exit bad || end != limit }' "$1"
}
zip_rows() { # the directory that the manifest gives, as escapes; a space for the first CRC-32
    awk -v end=$((2048 + body_size)) -v at="$manifest_at" -v size="$manifest_size" \
        -v until="$directory_at" '
        function le(number, bytes,  text) { # little-endian
            for (; bytes-- > 0; number = int(number / 256)) {
                text = text octal[number % 256]; count++ }
            return text
        }
        function word(number) { return le(number < 4294967295 ? number : 4294967295, 4) }
        function row(path, at, size, crc,  big, far, need) {
            big = size >= 4294967295; far = end >= 4294967295; need = big || far ? 45 : 10
            printf "%s%s%s", le(33639248, 4) le(768 + need, 2) le(need, 2) le(0, 6) le(33, 2), crc,
                word(size) word(size) le(length(path), 2) \
                le((big || far) * 4 + big * 16 + far * 8, 2) le(0, 6) le(2175008768, 4) \
                word(end) path
            if (big || far) printf "%s", le(1, 2) le(big * 16 + far * 8, 2)
            if (big) printf "%s", le(size, 8) le(size, 8)
            if (far) printf "%s", le(end, 8)
            count += 4 + length(path); n++; end = at + size
        }
        BEGIN {
            for (i = 0; i < 256; i++) octal[i] = hex[sprintf("%02x", i)] = sprintf("\\%03o", i)
            row("manifest", at + 0, size + 0, " ")
        }
        $1 == "entry" { row($6, $2 + 0, $3 + 0, hex[substr($5, 7, 2)] hex[substr($5, 5, 2)] \
            hex[substr($5, 3, 2)] hex[substr($5, 1, 2)]) }
        END {
            wide = count
            if (n >= 65535 || until >= 4294967295 || wide >= 4294967295)
                printf "%s", le(101075792, 4) le(44, 8) le(813, 2) le(45, 2) le(0, 8) le(n, 8) \
                    le(n, 8) le(wide, 8) le(until, 8) le(117853008, 4) le(0, 4) \
                    le(until + wide, 8) le(1, 4)
            many = n < 65535 ? n : 65535
            printf "%s", le(101010256, 4) le(0, 4) le(many, 2) le(many, 2) word(wide) word(until) \
                le(82, 2)
        }' "$work/manifest"
}

entry() { # PATH: prints an entry
    awk -v path="$1" '$1 == "entry" && $6 == path { print $2, $3 }' "$work/manifest" |
        while read -r at length; do part "$at" "$length"; done
}
