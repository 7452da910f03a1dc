#!/bin/sh
# shellcheck disable=SC2015,SC2012,SC2317 # A && B || C is meant so; ls -ln is the portable stat
{ # The program at the front of every bundle; the lines down to the marker are made anew for each.
box_format=0
box_size=0
body_size=0
body_sha256=
manifest_at=0
manifest_size=0
manifest_sha256=
gaps_sha256=
directory_at=0
directory_size=0
directory_sha256=
# The head ends here.
head_sha256=
# Verifies a bundle, compares the machine with the profile that the bundle was made from, and hands
# its packages to rpm batch by batch with a journal, so that it can go on after a crash.
# Formats: docs/formats/bundle.md, journal.md, receipt.md and plan.md
#
# It stands in braces, so a shell runs nothing of a file that is cut off. The seal, which also covers
# this text, is compared in three places (check_seal, opm_apply, begin), so that no single damaged
# byte gets past it, and set -C keeps a damaged sign from emptying a file.
set -euC
umask 022

# >>> opm-apply-words.sh

say_usage() {
    text usage "${0##*/}"
    for word in root dry-run yes lang verify forget state; do
        printf '  ' && text "usage.$word"
    done
}

stop() { # STATUS KEY VALUE...: says what was found and what to do, and ends
    status=$1 key=$2
    shift 2
    { text "$key" "$@" && printf 'hint: ' && text "$key.hint" "$@"; } >&2
    exit "$status"
}

find_tool() { # NAME: prints where it is; a shell's own applets do not count
    set -f
    IFS=:
    for dir in $PATH; do
        [ ! -f "$dir/$1" ] || [ ! -x "$dir/$1" ] || { printf '%s\n' "$dir/$1" && break; }
    done
    unset IFS
    set +f
}

human() { # BYTES: prints 1.8 MB
    awk -v n="$1" 'BEGIN { split("B KB MB GB TB", unit); for (i = 1; n >= 1000 && i < 5; i++) n /= 1000
        printf i == 1 ? "%d %s\n" : "%.1f %s\n", n, unit[i] }'
}

# ---- The file itself ----------------------------------------------------------------------------

part() { # AT SIZE: prints that part of the bundle. dd seeks, head reads in large pieces.
    { dd bs=1 skip="$1" count=0 2>/dev/null && head -c "$2"; } <"$box"
}

sum() { # prints the SHA-256 of stdin
    sha256sum | cut -c 1-64
}

check_seal() { # reads the whole file, once
    size=$(ls -lnL -- "$box" | awk '{ print $5; exit }')
    [ "$size" -gt 4096 ] || stop 3 cut-off "$size" "$box_size" script
    seal=$(tail -c 82 -- "$box" | tr -cd ' -~')
    got=$(head -c $((size - 82)) -- "$box" | sum)
    [ "opm-seal 1 sha256 $got" = "$seal" ] || name_damage
}

name_damage() { # the seal does not hold: finds out where, and ends
    bad=
    if [ "$(head -c 1971 -- "$box" | sum)" != "$head_sha256" ]; then
        stop 3 damaged script
    elif [ "$size" -gt "$box_size" ]; then
        stop 3 too-long $((size - box_size))
    elif [ "$(part 2048 "$body_size" | sum)" != "$body_sha256" ]; then
        bad=script
    elif [ "$(part "$manifest_at" "$manifest_size" | sum)" != "$manifest_sha256" ]; then
        bad=manifest
    fi
    if [ "$size" -lt "$box_size" ]; then
        [ -n "$bad" ] || bad=$(part "$manifest_at" "$manifest_size" |
            awk -v size="$size" '$1 == "entry" && $2 + $3 > size { print $6; exit }')
        stop 3 cut-off "$size" "$box_size" "${bad:-directory}"
    fi
    [ -n "$bad" ] || bad=$(part "$manifest_at" "$manifest_size" | bad_entries)
    [ -n "$bad" ] || [ "$(gaps | sum)" = "$gaps_sha256" ] || bad='ZIP headers or padding'
    [ -n "$bad" ] || [ "$(part "$directory_at" "$directory_size" | sum)" = "$directory_sha256" ] ||
        bad=directory
    stop 3 damaged "${bad:-seal}"
}

bad_entries() { # reads the manifest, prints the paths of entries that are not what it says
    while read -r word at length sha _ path; do
        [ "$word" != entry ] || [ "$(part "$at" "$length" | sum)" = "$sha" ] || printf '%s ' "$path"
    done
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

read_manifest() { # refuses what opm never writes: then other words may be wrong too
    part "$manifest_at" "$manifest_size" >"$work/manifest"
    awk -v end=$((manifest_at + manifest_size)) -v limit="$directory_at" '
        $1 != "entry" { next }
        NF != 6 || $6 !~ /^[A-Za-z0-9_+~^@=,][A-Za-z0-9._+~^@=,-]*(\/[A-Za-z0-9_+~^@=,][A-Za-z0-9._+~^@=,-]*)*$/ ||
            $2 < end + 0 || $2 + $3 > limit + 0 || tolower($6) in seen { bad = 1; exit }
        { seen[tolower($6)] = 1; end = $2 + $3 }
        END { exit bad }' "$work/manifest" || stop 3 damaged manifest
}

entry() { # PATH: prints an entry
    # shellcheck disable=SC2046 # two numbers
    part $(awk -v path="$1" '$1 == "entry" && $6 == path { print $2, $3 }' "$work/manifest")
}

# ---- The machine --------------------------------------------------------------------------------

rpm_here() { # PROGRAM ARGUMENT...: rpm or rpmkeys for this root, HOME untouched
    program=$1
    shift
    "$program" --root "${root:-/}" --dbpath "$dbpath" "$@" </dev/null
}

installed() { # prints what is installed, one full name a line, sorted
    for db in rpmdb.sqlite Packages Packages.db; do
        [ -e "$root$dbpath/$db" ] || continue
        rpm_here "$rpm" -qa --qf '%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\n' \
            >|"$work/rpm-qa" 2>|"$work/rpm-qa.err" || stop 5 rpm-failed "$(head -n 1 "$work/rpm-qa.err")"
        grep -v '^gpg-pubkey-' "$work/rpm-qa" | sort
        return 0
    done
}

os_fact() { # ID|VERSION_ID: prints it as os-release has it
    for file in "$root/etc/os-release" "$root/usr/lib/os-release"; do
        [ -r "$file" ] || continue
        sed -n "s/^$1=//p" "$file" | tail -n 1 | sed "s/^[\"']//; s/[\"']\$//"
        return 0
    done
}

plain() { # WORD: prints a word of the plan as it was before it was made one word
    [ "$1" = - ] || printf '%s\n' "$1" | sed 's/%20/ /g; s/%25/%/g; s/^%2D$/-/'
}

free_kb() { # DIR: prints the KB that can still be written where it is or would be
    dir=$1
    while [ ! -d "$dir" ]; do dir=$(dirname "$dir"); done
    df -Pk "$dir" | awk 'END { print $4 }'
}

sync_file() { # FILE: on the medium before this returns
    sync "$1" 2>/dev/null || sync
}

sync_mounts() { # all that rpm may have written: its own sync reaches only the file system of /
    sync -f "${root:-/}" 2>/dev/null || { sync && return 0; }
    awk -v root="$root" '{ at = $2; gsub(/\\040/, " ", at) }
        index(at "/", root "/") == 1 && $4 ~ /^rw/ && ($1 ~ /^\// || $3 !~ /fs$|^(proc|cgroup|bpf)/)' \
        /proc/self/mounts >|"$work/mounts" || { sync && return 0; }
    while read -r _ mount _; do
        sync -f "$(printf '%s\n' "$mount" | sed 's/\\040/ /g')" 2>/dev/null || sync
    done <"$work/mounts"
}

# ---- The plan -----------------------------------------------------------------------------------

read_plan() { # as tables: steps, files, unsigned, and at.N, what is installed after batch N
    entry plan >"$work/plan"
    entry installed >"$work/at.0"
    plan_digest=$(sum <"$work/plan")
    # shellcheck disable=SC2046 # words of one line
    set -- $(sed -n 's/^for //p' "$work/plan")
    distro=$(plain "$1") release=$(plain "$2") arch=$(plain "$3") base=${4#base:}
    [ "$(sum <"$work/at.0")" = "$base" ] || stop 3 damaged installed
    sed -n 's/^unsigned //p' "$work/plan" >"$work/unsigned"
    awk '$1 == "batch" { b = $2; next } b && $1 != "end" { print b, $0 }' "$work/plan" >"$work/steps"
    # files: BATCH AT SIZE FILE, in the order of the steps
    awk 'FILENAME ~ /manifest$/ { if ($1 == "entry") place[$6] = $2 " " $3; next }
        FILENAME ~ /plan$/ { if ($1 == "fetch") path[$2] = $4; next }
        $2 ~ /^(install|upgrade|downgrade|reinstall)$/ {
            name = path[$4]; sub(/.*\//, "", name); print $1, place[path[$4]], name }' \
        "$work/manifest" "$work/plan" "$work/steps" >"$work/files"
    ! awk 'NF != 4 { found = 1 } END { exit !found }' "$work/files" || stop 3 damaged plan
    batches=$(awk '{ n = $1 } END { print n + 0 }' "$work/steps")
    b=0
    while [ "$b" -lt "$batches" ]; do
        names gone $((b + 1)) >|"$work/gone"
        names new $((b + 1)) >|"$work/new"
        comm -23 "$work/at.$b" "$work/gone" | sort - "$work/new" >"$work/at.$((b + 1))"
        b=$((b + 1))
    done
}

names() { # gone|new|old BATCH: prints the full names that leave, come, or are upgraded away, sorted
    awk -v what="$1" -v batch="$2" '$1 != batch { next }
        what == "new" && $2 ~ /^(install|upgrade|downgrade|reinstall)$/ { print $3 }
        what == "gone" && $2 ~ /^(replaced|erase|reinstall)$/ { print $3 }
        what != "new" && $2 ~ /^(upgrade|downgrade)$/ { print $5 }' "$work/steps" | sort
}

has() { # BATCH WORD: tells whether the batch has such a step
    awk -v b="$1" -v word="$2" '$1 == b && $2 == word { found = 1 } END { exit !found }' "$work/steps"
}

files_of() { # BATCH: prints the names of its package files, in the order of the steps
    awk -v b="$1" '$1 == b { print $4 }' "$work/files"
}

show_plan() { # in plain words
    text made-for "$distro $release $arch"
    sed -n 's/^ask /  /p' "$work/plan" | sed 's/%20/ /g'
    awk '{ for (i = 3; i <= NF; i++) sub(/-0:/, "-", $i) }
        $2 ~ /grade/ { print "  ^ " $5 " -> " $3; next }
        { print $2 ~ /replaced|erase/ ? "  -" : $2 == "reinstall" ? "  =" : "  +", $3 }' "$work/steps" |
        sort -k 2
    total=$(awk '{ n += $3 } END { printf "%.0f\n", n }' "$work/files")
    text totals "$(awk 'END { print NR }' "$work/files")" "$(human "$total")" \
        "$(awk '$2 ~ /replaced|erase/ { n++ } END { print n + 0 }' "$work/steps")" "$batches"
}

check_machine() { # the packages must be those that the plan was made for
    installed >|"$work/now"
    arch_here=$("$rpm" --showrc 2>/dev/null | sed -n 's/^install arch *: *\([^ ]*\).*/\1/p' | sed 1q)
    machine="$(os_fact ID) $(os_fact VERSION_ID) ${arch_here:-$(uname -m)}"
    if cmp -s "$work/now" "$work/at.0"; then
        [ "${machine##* }" = "$arch" ] || stop 5 other-machine "$distro $release $arch" "$machine"
        return 0
    elif cmp -s "$work/now" "$work/at.$batches"; then
        text already
        exit 0
    fi
    [ "${machine%% *}" = "$distro" ] || stop 5 other-machine "$distro $release $arch" "$machine"
    differ "$work/at.0"
    stop 5 drifted "$(comm -3 "$work/at.0" "$work/now" | awk 'END { print NR }')"
}

differ() { # LIST: prints how what is installed differs from it
    comm -13 "$1" "$work/now" | head -n 100 | sed 's/^/  + /' >&2
    comm -23 "$1" "$work/now" | head -n 100 | sed 's/^/  - /' >&2
}

check_space() { # for the package files of the largest batch, or of all, and for rpm's own growth
    reserve=$((65536 + 64 * $(awk 'END { print NR }' "$work/files")))
    free=$(free_kb "$state")
    largest=$(awk '{ n[$1] += $3; if (n[$1] > max) max = n[$1] } END { printf "%.0f\n", max / 1024 }' \
        "$work/files")
    [ "$free" -ge $((largest + reserve)) ] ||
        stop 5 no-space "$state" "$(human "${free}000")" "$(human "$((largest + reserve))000")"
    keep=
    [ "$free" -lt $((total / 1024 + reserve)) ] || keep=1
}

# ---- Journal and lock ---------------------------------------------------------------------------

record() { # KIND CHANGE WORD...: one more line of the journal, on the medium before this returns
    seq=$((seq + 1))
    line="$seq $(date +%s) $*"
    printf '%s %s\n' "$(printf '%s' "$line" | sum | cut -c 1-16)" "$line" >>"$journal"
    sync_file "$journal"
}

read_journal() { # $open is the number of the last change if it did not end
    change=0 seq=0 open='' open_plan='' open_batch=0 open_state=none open_at=0 open_boot=''
    [ -s "$journal" ] || return 0
    tr -cd ' -~\n' <"$journal" >|"$work/journal"
    seq=$(awk 'NR > 1 && $2 + 0 > n { n = $2 + 0 } END { printf "%d\n", n }' "$work/journal")
    change=$(awk '$4 == "begin" && $5 + 0 > n { n = $5 + 0 } END { printf "%d\n", n }' "$work/journal")
    awk -v n="$change" 'NR > 1 && $5 == n' "$work/journal" >|"$work/records"
    : >|"$work/done"
    while read -r check line; do # a line that a crash tore never happened
        [ "$(printf '%s' "$line" | sum | cut -c 1-16)" = "$check" ] || continue
        printf '%s\n' "$line" >>"$work/done"
        # shellcheck disable=SC2086 # the words of a record
        set -- $line
        case $3 in
            begin) open=$4 open_plan=$5 ;;
            start) open_batch=$5 open_state=started open_at=$2 open_boot=$6 ;;
            exit) open_state=exit$6 ;;
            verified) open_state=verified ;;
            end) open='' ;;
        esac
    done <"$work/records"
}

boot() { # prints what tells this run of the kernel from the one before a power cut
    cat /proc/sys/kernel/random/boot_id 2>/dev/null || printf 'unknown\n'
}

identity() { # PID: prints what tells a process from every other one, now or then
    printf '%s %s %s\n' "$1" "$(boot)" "$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20)"
}

lock() { # one writer at a time; the lock of a process that is gone does not count
    mkdir -p "$state/history"
    identity $$ >|"$state/lock.$$"
    if ! ln "$state/lock.$$" "$state/lock" 2>/dev/null; then
        holder=$(cat "$state/lock")
        if [ "$(identity "${holder%% *}")" = "$holder" ]; then
            rm -f "$state/lock.$$"
            stop 5 locked "${holder%% *}"
        fi
        mv -f "$state/lock.$$" "$state/lock"
    fi
    rm -f "$state/lock.$$"
    locked=1
    while [ -s "$state/rpm" ] && [ "$(identity "$(cut -d ' ' -f 1 "$state/rpm")")" = "$(cat "$state/rpm")" ]; do
        text waiting # for an rpm that outlived the one who started it
        sleep 1
    done
    if [ -s "$journal" ] && [ -n "$(tail -c 1 "$journal" | tr -d '\n')" ]; then
        printf '\n' >>"$journal"
    fi
}

begin() { # a new change: its folder, then its first record
    [ "opm-seal 1 sha256 $got" = "$seal" ] || exit 3
    change=$((change + 1))
    history=$state/history/$change
    rm -rf "$history"
    mkdir -p "$history"
    cp "$work/plan" "$history/plan"
    cp "$work/at.0" "$history/installed"
    [ -s "$journal" ] || printf 'opm-journal 1\n' >|"$journal"
    for file in "$history/plan" "$history/installed" "$history" "$state/history" "$state"; do
        sync_file "$file"
    done
    record begin "$change" "$plan_digest" "$base" "$(sum <"$work/at.$batches")" "$batches" "$got"
}

finish() { # RESULT: writes the receipt, for people and for the next trip
    record end "$change" "$1"
    read_journal
    installed >|"$work/now"
    cat "$history"/log.* 2>/dev/null | tr -cd ' -~\n' >|"$work/log" || :
    {
        printf 'opm-receipt 1\nchange %s\nresult %s\n' "$change" "$1"
        printf 'plan %s\nbundle %s\n' "$plan_digest" "$got"
        awk 'NR == 1 { print "began", $2 } END { print "ended", $2 }' "$work/done"
        printf 'rpm %s\n' "$("$rpm" --version | sed 's/.* //')"
        printf 'before %s\nafter %s\n' "$base" "$(sum <"$work/now")"
        awk '$3 ~ /^(start|exit|verified)$/ { print "batch", $5, $3, $2 ($3 == "exit" ? " " $6 : "") }' "$work/done"
        sed 's/^/unsigned /' "$work/unsigned"
        sed -n 's/^warning: \(.* \(created\|saved\) as .*\)/config \1/p' "$work/log"
        grep -E "$trouble" "$work/log" | sed 's/^/warning /' || :
        sed 's/^/| /' "$work/log"
    } >|"$work/receipt"
    printf 'end %s\n' "$(sum <"$work/receipt")" >>"$work/receipt"
    cp "$work/receipt" "$history/receipt"
    sync_file "$history/receipt"
    rm -rf "$state/stage" "$state/rpm"
}

# ---- rpm ----------------------------------------------------------------------------------------

stage() { # BATCH: its packages as files
    folder=$state/stage/$1
    [ ! -e "$folder/.whole" ] || return 0
    mkdir -p "$folder"
    awk -v b="$1" '$1 == b' "$work/files" >|"$work/staging"
    while read -r _ at length name; do
        part "$at" "$length" >|"$folder/$name" ||
            stop 5 no-space "$state" "$(human "$(free_kb "$state")000")" "$(human "$length")"
        [ "$(ls -ln "$folder/$name" | awk '{ print $5 }')" = "$length" ] || stop 3 damaged "$name"
    done <"$work/staging"
    : >|"$folder/.whole"
}

# shellcheck disable=SC2046 # file names in a bundle are single harmless words: see read_manifest
check_signatures() { # BATCH: each package signed by a key of this system, or named in the plan
    cd "$state/stage/$1"
    files_of "$1" >|"$work/names"
    [ -s "$work/names" ] || return 0
    rpm_here "$rpm" -qp --qf "$signed %{NAME}\n" $(cat "$work/names") 2>/dev/null >|"$work/signed" || :
    paste -d ' ' "$work/signed" "$work/names" >|"$work/judged"
    level=all
    for mark in s n; do
        awk -v mark="$mark" '$1 == mark { print $3 }' "$work/judged" >|"$work/names"
        [ ! -s "$work/names" ] ||
            rpm_here "$rpmkeys" --define "_pkgverify_level $level" -K $(cat "$work/names") >|"$work/keys" 2>&1 || {
            grep -E 'NOT OK|error' "$work/keys" | sed 's/^/  /' >&2
            stop 3 bad-signature
        }
        level=digest
    done
    awk '$1 == "n" { print $2, $3 }' "$work/judged" >|"$work/names"
    while read -r name file; do
        grep -qxF -e "$name" "$work/unsigned" || stop 3 unsigned "$file" "$name"
    done <"$work/names"
    awk 'NF != 3 { bad = 1 } END { exit bad }' "$work/judged" || stop 3 bad-signature
    awk '$1 == "n" { print $3 }' "$work/judged" >|"$state/stage/$1/.unsigned"
}

beside() { # BATCH: prints the files of packages that come beside an installed one of their name
    names gone "$1" | comm -23 "$work/at.$(($1 - 1))" - | awk -v b="$1" '
        function name(full,  arch) { arch = full; sub(/.*\./, "", arch)
            sub(/-[^-]*-[^-]*$/, "", full); return full "." arch }
        FILENAME == "-" { there[name($1)] = 1; next }
        $1 != b { next }
        FILENAME ~ /steps$/ { if ($2 !~ /replaced|erase/) step[++n] = $3; next }
        name(step[++i]) in there { print $4 }' - "$work/steps" "$work/files"
}

run_rpm() { # BATCH test|run ARGUMENT...: to its end, whatever signals come
    batch=$1 what=$2
    shift 2
    log=$history/log.$batch
    [ "$what" = run ] || { log=$work/test && : >|"$log" && set -- "$@" --test; }
    mkdir -p "$state/stage/$batch" # a batch of erasures has no files
    # shellcheck disable=SC2086 # $debian is one option or none
    (cd "$state/stage/$batch" && exec "$rpm" $debian --root "${root:-/}" --dbpath "$dbpath" "$@") \
        </dev/null >>"$log" 2>&1 &
    rpm_pid=$!
    identity "$rpm_pid" >|"$state/rpm"
    status=0
    wait "$rpm_pid" || status=$?
    while kill -0 "$rpm_pid" 2>/dev/null; do
        status=0
        wait "$rpm_pid" || status=$?
    done
}

labels() { # reads full names, prints them as rpm -e takes them: without the epoch
    sed 's/-[0-9]*:\([^-]*-[^-]*\)$/-\1/'
}

# shellcheck disable=SC2046,SC2086 # file names and options are single harmless words
hand_to_rpm() { # BATCH test|run: one run of rpm; two when packages come beside others of their name
    status=0
    if has "$1" erase; then
        installed >|"$work/now"
        names gone "$1" | comm -12 - "$work/now" | labels >|"$work/names"
        [ ! -s "$work/names" ] || run_rpm "$1" "$2" -e $(cat "$work/names")
        return 0
    fi
    level=all options=''
    [ ! -s "$state/stage/$1/.unsigned" ] || level=digest
    ! has "$1" downgrade && [ -z "$again" ] || options=--oldpackage
    ! has "$1" reinstall && [ -z "$again" ] || options="$options --replacepkgs"
    beside "$1" >|"$work/beside"
    files_of "$1" | awk 'FILENAME != "-" { beside[$1] = 1; next } !($1 in beside)' "$work/beside" - \
        >|"$work/names"
    if [ -s "$work/names" ]; then
        run_rpm "$1" "$2" -U $options --define "_pkgverify_level $level" $(cat "$work/names")
        [ "$status$2" = 0run ] || return 0
    fi
    [ ! -s "$work/beside" ] || run_rpm "$1" "$2" -i ${again:+--replacepkgs} \
        --define "_pkgverify_level $level" $(cat "$work/beside")
}

apply_batch() { # BATCH: journal, rpm, every mount on the medium, and what rpm really did
    text doing "$1" "$batches"
    stage "$1"
    check_signatures "$1"
    hand_to_rpm "$1" test
    if [ "$status" != 0 ]; then
        sed 's/^/  /' "$work/test" >&2
        [ "$1" != 1 ] || [ -n "$again" ] || finish refused
        stop 5 refused "$1"
    fi
    record start "$change" "$1" "$(boot)"
    hand_to_rpm "$1" run
    record exit "$change" "$1" "$status"
    verify_batch "$1"
}

verify_batch() { # BATCH: an exit status of 0 proves nothing, so ask the database
    sync_mounts
    installed >|"$work/now"
    if ! cmp -s "$work/now" "$work/at.$1"; then
        differ "$work/at.$1"
        tail -n 20 "$history/log.$1" 2>/dev/null | sed 's/^/  | /' >&2 || :
        stop 5 not-as-planned "$1"
    fi
    record verified "$change" "$1"
    rm -rf "$state/stage/$1"
    [ -z "$stopping" ] || [ "$1" = "$batches" ] || stop 5 stopped "$1" "$batches"
}

# ---- After a crash ------------------------------------------------------------------------------

recover() { # BATCH that was started and not verified: forward to its end
    installed >|"$work/now"
    sort -u "$work/at.$(($1 - 1))" "$work/at.$1" >|"$work/may"
    comm -12 "$work/at.$(($1 - 1))" "$work/at.$1" >|"$work/must"
    if [ -n "$(comm -23 "$work/now" "$work/may")$(comm -13 "$work/now" "$work/must")" ]; then
        differ "$work/at.$1"
        stop 5 drifted "$(comm -3 "$work/now" "$work/at.$1" | awk 'END { print NR }')"
    fi
    if [ "$open_state" = exit0 ] && [ "$open_boot" = "$(boot)" ] && cmp -s "$work/now" "$work/at.$1"; then
        verify_batch "$1"
        return 0
    fi
    while [ "$(date +%s)" -le $((open_at + 1)) ]; do sleep 1; done # rpm names temporary files by it
    again=1
    stage "$1"
    check_signatures "$1"
    remove_leftovers "$1"
    remove_doubles "$1"
    apply_batch "$1"
    again=''
}

# shellcheck disable=SC2046 # file names in a bundle are single harmless words
remove_leftovers() { # BATCH: the files path;HEX8 of an rpm that was killed; rpm never removes them
    [ -n "$(files_of "$1")" ] || return 0
    rpm_here "$rpm" -qp --qf '[%{FILENAMES}\n]' $(files_of "$1") 2>/dev/null | sort -u >|"$work/paths"
    sed 's,/[^/]*$,,' "$work/paths" | sort -u >|"$work/dirs"
    while read -r dir; do
        there=$(cd "$root$dir/" 2>/dev/null && pwd -P) || continue
        case $there/ in "$root"/*) ;; *) continue ;; esac
        find "$there" -maxdepth 1 ! -type d -name '*;[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]' |
            while read -r file; do
                name=${file##*/}
                ! grep -qxF -e "$dir/${name%;*}" "$work/paths" || rm -f "$file"
            done
    done <"$work/dirs"
}

remove_doubles() { # BATCH: old versions whose new one is there too
    awk -v b="$1" '$1 == b && $2 ~ /grade/ { print $5, $3 }' "$work/steps" >|"$work/pairs"
    : >|"$work/doubles"
    while read -r old new; do
        grep -qxF -e "$old" "$work/now" && grep -qxF -e "$new" "$work/now" || continue
        printf '%s\n' "$old" | labels >>"$work/doubles"
    done <"$work/pairs"
    # shellcheck disable=SC2046 # names of packages
    [ ! -s "$work/doubles" ] || run_rpm "$1" run -e --nodeps $(cat "$work/doubles")
}

# ---- All of it ----------------------------------------------------------------------------------

clean_up() {
    [ -z "$work" ] || rm -rf "$work"
    [ -z "$locked" ] || rm -f "$state/lock"
}

read_options() {
    root=/ state='' dry='' yes='' only='' forget=''
    while [ $# -gt 0 ]; do
        case $1 in
            --root=* | --state=* | --lang=*)
                option=${1%%=*} value=${1#*=}
                shift
                set -- "$option" "$value" "$@"
                continue
                ;;
            --root | --state | --lang) [ $# -gt 1 ] || stop 2 bad-option "$1" ;;
        esac
        case $1 in
            --root) root=$2 && shift ;;
            --state) state=$2 && shift ;;
            --lang)
                case $2 in es*) language=es ;; pt*) language=pt_BR ;; *) language=en ;; esac
                export language && shift
                ;;
            --dry-run) dry=1 ;;
            --yes | -y) yes=1 ;;
            --verify) only=1 ;;
            --forget) forget=1 ;;
            --help | -h) say_usage && exit 0 ;;
            *) stop 2 bad-option "$1" ;;
        esac
        shift
    done
}

opm_apply() {
    work='' locked='' stopping='' again=''
    trouble='scriptlet failed|sqlite failure|(install|erase) (failed|skipped)|unpacking of archive failed'
    LC_ALL=C
    PATH=${PATH:-/usr/bin:/bin}:/usr/sbin:/sbin:/usr/bin:/bin
    export LC_ALL PATH
    read_options "$@"
    box=$0
    case $box in /*) ;; *) box=$PWD/$box ;; esac
    [ -f "$box" ] && [ "$box_format" = 1 ] || stop 2 no-bundle
    check_seal
    case $seal in "opm-seal 1 sha256 ${got:-none}") ;; *) exit 3 ;; esac
    text whole "$(human "$size")" "$got"
    [ -z "$only" ] || return 0

    root=$(cd "$root" 2>/dev/null && pwd -P) || stop 2 no-root
    root=${root%/}
    state=${state:-$root/var/lib/opm}
    case $state in /*) ;; *) state=$PWD/$state ;; esac
    journal=$state/journal
    rpm=$(find_tool rpm) rpmkeys=$(find_tool rpmkeys)
    [ -n "$rpm" ] && [ -n "$rpmkeys" ] || stop 5 no-rpm
    dbpath=$("$rpm" --root "${root:-/}" -E '%{_dbpath}')
    debian=''
    ! "$rpm" --help 2>&1 | grep -q -e --force-debian || debian=--force-debian
    signed='%|DSAHEADER?{s}:{%|RSAHEADER?{s}:{%|SIGGPG?{s}:{%|SIGPGP?{s}:{n}|}|}|}|'
    ! "$rpm" --querytags | grep -qx OPENPGP || signed="%|OPENPGP?{s}:{$signed}|"
    trap clean_up EXIT
    trap 'exit 130' INT TERM HUP
    work=$(mktemp -d "${TMPDIR:-/tmp}/opm.XXXXXX")
    read_manifest
    read_plan
    show_plan
    read_journal
    if [ -n "$forget" ]; then
        forget_change
        return 0
    fi
    [ -z "$open" ] || [ "$open_plan" = "$plan_digest" ] || stop 5 other-open "$open"
    [ -n "$open" ] || check_machine
    [ -z "$open" ] || text resuming "$open_batch" "$batches"
    if [ "$batches" = 0 ]; then
        text already
        return 0
    fi
    check_space
    if [ -n "$dry" ]; then
        text dry-run
        return 0
    fi
    [ "$(id -u)" = 0 ] || [ -w "$root/" ] || stop 5 not-root "${root:-/}"
    if [ -z "$yes" ]; then
        text ask
        read -r answer || answer=
        case $answer in [yYsS]*) ;; *) stop 5 not-now ;; esac
    fi
    go
    text "done" "$history/receipt"
    warnings=$(grep -c '^warning ' "$history/receipt" || :)
    [ "$warnings" = 0 ] || text warnings "$warnings"
}

go() { # under the lock, from wherever the journal says
    lock
    read_journal
    rm -rf "$state/stage"
    b=1
    if [ -z "$open" ]; then
        check_machine
        history=$state/history/$((change + 1))
        check_all
        begin
    else
        history=$state/history/$open
        record again "$open" "$(boot)"
    fi
    trap 'stopping=1' INT TERM HUP
    if [ -n "$open" ] && [ "$open_state" = verified ]; then
        installed >|"$work/now"
        cmp -s "$work/now" "$work/at.$open_batch" || { differ "$work/at.$open_batch" && stop 5 drifted \
            "$(comm -3 "$work/now" "$work/at.$open_batch" | awk 'END { print NR }')"; }
        b=$((open_batch + 1))
    elif [ -n "$open" ] && [ "$open_batch" -gt 0 ]; then
        recover "$open_batch"
        b=$((open_batch + 1))
    fi
    while [ "$b" -le "$batches" ]; do
        apply_batch "$b"
        b=$((b + 1))
    done
    finish 'done'
}

check_all() { # every signature before the first change
    text checking
    b=1
    while [ "$b" -le "$batches" ]; do
        stage "$b"
        check_signatures "$b"
        [ -n "$keep" ] || rm -rf "$state/stage/$b"
        b=$((b + 1))
    done
    b=1
}

forget_change() { # leaves an interrupted change as it is
    [ -n "$open" ] || { text nothing-open && return 0; }
    lock
    read_journal
    record end "$open" forgotten
    rm -rf "$state/stage" "$state/rpm"
    text forgotten "$open"
}

opm_apply "$@"
exit
}
