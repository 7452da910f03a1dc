#!/bin/sh
# shellcheck disable=SC2015,SC2012,SC2034,SC2154,SC2317 # A && B || C is meant so; ls -ln is stat
{ # The program at the front of every bundle; the lines down to the marker are made anew for each.
box_format=0 box_size=0 body_size=0 manifest_at=0 manifest_size=0 directory_at=0 directory_size=0
body_sha256='' manifest_sha256='' gaps_sha256='' directory_sha256=''
# The head ends here.
head_sha256=
# Verifies a bundle, compares the machine with the profile that it was made from, and hands its
# packages to rpm batch by batch with a journal, so that it can go on after a crash: docs/formats/.
# All stands in braces, so a shell runs nothing of a file that is cut off. The seal, which covers
# this text too, is compared in three places (check_seal, opm_apply, begin): no one damaged byte
# gets past it. set -C keeps a damaged sign from emptying a file.
set -euC
stopping='' reached='' && umask 022

# >>> opm-apply-words.sh

stop() { # STATUS KEY VALUE...: says what was found and what to do, and ends
    status=$1 key=$2 && shift 2
    if [ -n "$stopping" ]; then # what failed has died of the Ctrl-C that was to stop us
        status=5 key=stopped && set -- "$reached" "$batches"
    fi
    { text "$key" "$@" && printf 'hint: ' && text "$key.hint" "$@"; } >&2
    exit "$status"
}

find_tool() { # NAME: prints where it is; a shell's own applets do not count
    printf '%s\n' "$PATH" | tr ':' '\n' | while read -r dir; do
        [ ! -f "$dir/$1" ] || { printf '%s\n' "$dir/$1" && break; }
    done
}

human() { # BYTES: prints 1.8 MB
    awk -v n="$1" 'BEGIN { split("B KB MB GB TB", unit)
        for (i = 1; n >= 1000 && i < 5; i++) n /= 1000
        printf i == 1 ? "%d %s\n" : "%.1f %s\n", n, unit[i] }'
}
lines() { awk 'END { print NR }' "$1"; } # FILE: prints how many lines it has
# >>> opm-apply-box.sh
# >>> opm-apply-sign.sh
# >>> opm-apply-part.sh
# >>> opm-apply-split.sh
# >>> opm-apply-watch.sh
# >>> opm-apply-when.sh

# ---- The machine --------------------------------------------------------------------------------
rpm_here() { # PROGRAM ARGUMENT...: rpm or rpmkeys for this root, HOME untouched
    program=$1 && shift
    "$program" --root "${root:-/}" --dbpath "$dbpath" "$@" </dev/null
}

look() { # what is installed, into $work/now: one full name a line, sorted
    : >|"$work/rpm-qa"
    [ -z "$(find "$root$dbpath/." -name rpmdb.sqlite -o -name 'Packages*' 2>/dev/null)" ] ||
        rpm_here "$rpm" -qa --qf "$full\n" >|"$work/rpm-qa" 2>|"$work/err" ||
        stop 5 rpm-failed "$(sed 1q "$work/err")"
    awk '!/^gpg-pubkey-/' "$work/rpm-qa" | sort >|"$work/now"
}

os_fact() { # ID|VERSION_ID: prints it as os-release has it
    { cat "$root/etc/os-release" || cat "$root/usr/lib/os-release" || :; } 2>/dev/null |
        sed -n "s/^$1=//p" | sed "s/^[\"']//; s/[\"']\$//" | tail -n 1
}

safe_state() { # refuses one that leaves the root, or that another user could write
    there=$state && while [ ! -e "$there" ] && [ ! -L "$there" ]; do there=$(dirname "$there"); done
    there=$(cd "$there" 2>/dev/null && pwd -P) || stop 5 state-outside "$state" "${root:-/}"
    case $there/ in "$root"/*) ;; *) stop 5 state-outside "$state" "${root:-/}" ;; esac
    set -- "$state/history" "$state/journal" "$there"
    while [ "$there" != "${root:-/}" ]; do there=$(dirname "$there") && set -- "$@" "$there"; done
    bad=$(ls -ldnL -- "$@" 2>/dev/null | awk -v me="$(id -u)" -v we="$(id -g)" '
        $3 != 0 && $3 != me || $1 ~ /^........w/ || $1 ~ /^.....w/ && $4 != 0 && $4 != we {
            print substr($0, index($0, "/")); exit }')
    [ -z "$bad" ] || stop 5 state-open "$bad"
}

free_kb() { # DIR: prints the KB that can still be written where it is or would be
    dir=$1 && while [ ! -d "$dir" ]; do dir=$(dirname "$dir"); done
    df -Pk "$dir" | awk 'END { print $4 }'
}

sync_file() { sync "$@" 2>/dev/null || sync; } # FILE...: on the medium before this returns
sync_mounts() { # all that rpm may have written: its own sync reaches only the file system of /
    awk -v root="$root" '{ at = $2; gsub(/\\040/, " ", at) }
        index(at "/", root "/") == 1 && $4 ~ /^rw/ && $3 !~ /^(proc|sysfs|cgroup|autofs|nfs)/ {
            print at } END { print root "/" }' /proc/self/mounts >|"$work/mounts" 2>/dev/null ||
        { sync && return 0; }
    while read -r mount; do
        sync -f "$mount" 2>/dev/null || { sync && return 0; }
    done <"$work/mounts"
}

# ---- The plan -----------------------------------------------------------------------------------
read_plan() { # as tables: steps, files, unsigned, and at.N, what is installed after batch N
    entry "${mine}plan" >"$work/plan"
    entry "${mine}installed" >"$work/at.0" && pick_batches
    plan_digest=$(sum <"$work/plan")
    sed -n 's/^for //p' "$work/plan" >"$work/for" && read -r distro release arch base <"$work/for"
    distro=${distro#-} release=${release#-} arch=${arch#-} base=${base#base:}
    [ "$(sum <"$work/at.0")" = "$base" ] || stop 3 damaged installed
    sed -n 's/^unsigned //p' "$work/plan" >"$work/unsigned"
    awk '$1 == "batch" { b = $2; next } b && $1 != "end" { print b, $0 }' \
        "$work/plan" >"$work/steps"
    # files: BATCH AT SIZE FILE FULL-NAME DIGEST PROGRAM, in the order of the steps
    awk 'FILENAME ~ /manifest$/ { if ($1 == "entry") place[$6] = $2 " " $3; next }
        FILENAME ~ /plan$/ { if ($1 == "fetch") { path[$2] = $4; size[$2] = $3 }; next }
        $2 ~ /^(install|upgrade|downgrade|reinstall)$/ { name = path[$4]
            sub(/.*\//, "", name); bits = length($4) * 4
            how = bits == 128 ? "md5sum" : bits == 160 ? "sha1sum" : "sha" bits "sum"
            split(place[path[$4]], at); bad += at[2] != size[$4] || seen[$1, tolower(name)]++
            print $1, place[path[$4]], name, $3, $4, how } END { exit bad > 0 }' \
        "$work/manifest" "$work/plan" "$work/steps" >"$work/files" || stop 3 damaged plan
    total=$(awk '{ n += $3 } END { printf "%.0f\n", n }' "$work/files")
    batches=$(awk '{ n = $1 } END { print n + 0 }' "$work/steps")
    b=0 && [ "$batches" -le 10000 ] || stop 3 damaged plan
    while [ "$b" -lt "$batches" ]; do
        names gone $((b + 1)) >|"$work/gone"
        names new $((b + 1)) >|"$work/new"
        without "$work/at.$b" "$work/gone" | sort - "$work/new" >"$work/at.$((b + 1))"
        b=$((b + 1))
    done
}

names() { # gone|new BATCH: prints the full names that leave or come, sorted
    awk -v what="$1" -v batch="$2" '$1 != batch { next }
        what == "new" && $2 ~ /^(install|upgrade|downgrade|reinstall)$/ { print $3 }
        what == "gone" && $2 ~ /^(replaced|erase|reinstall)$/ { print $3 }
        what == "gone" && $2 ~ /^(upgrade|downgrade)$/ { print $5 }' "$work/steps" | sort
}
has() { grep -q "^$1 $2 " "$work/steps"; } # BATCH WORD: tells whether it has such a step

show_plan() { # in plain words
    text made-for "$distro $release $arch"
    sed -n 's/^ask /  /p' "$work/plan" | sed 's/%20/ /g'
    awk '{ for (i = 3; i <= NF; i++) sub(/-0:/, "-", $i) }
        $2 ~ /grade/ { print "  ^ " $5 " -> " $3; next }
        { print $2 ~ /replaced|erase/ ? "  -" : $2 == "reinstall" ? "  =" : "  +", $3 }' \
        "$work/steps" | sort -k 2
    text totals "$(lines "$work/files")" "$(human "$total")" \
        "$(grep -cE '^[0-9]+ (replaced|erase) ' "$work/steps" || :)" "$batches"
}

check_machine() { # the packages must be those that the plan was made for
    look
    here=$("$rpm" --showrc 2>/dev/null | sed -n 's/^install arch *: *\([^ ]*\).*/\1/p' | sed 1q)
    machine="$(os_fact ID) $(os_fact VERSION_ID) ${here:-$(uname -m)}"
    if cmp -s "$work/now" "$work/at.0"; then
        [ "${machine##* }" = "$arch" ] || stop 5 other-machine "$distro $release $arch" "$machine"
    elif cmp -s "$work/now" "$work/at.$batches"; then
        text already && exit 0
    else
        [ "${machine%% *}" = "$distro" ] || stop 5 other-machine "$distro $release $arch" "$machine"
        not_as 0 drifted
    fi
}

not_as() { # BATCH KEY: what is installed is not what should be after it; says how it differs
    differences "$work/at.$1" "$work/now" >|"$work/differ"
    sed 200q "$work/differ" >&2
    stop 5 "$2" "$(lines "$work/differ")" "$1"
}

check_space() { # for the package files of the largest batch, or of all, and for rpm's own growth
    free=$(free_kb "$state") keep='' reserve=$((65536 + 64 * $(lines "$work/files")))
    need=$(awk -v reserve=$reserve '{ n[$1] += $3; if (n[$1] > max) max = n[$1] }
        END { printf "%.0f\n", max / 1024 + reserve }' "$work/files")
    [ "$free" -ge "$need" ] ||
        stop 5 no-space "$state" "$(human "${free}000")" "$(human "${need}000")"
    [ "$free" -lt $((total / 1024 + reserve)) ] || keep=1
}

# ---- Journal and lock ---------------------------------------------------------------------------
safely() ( # FUNCTION ARGUMENT...: no Ctrl-C reaches its helpers, and its output is never half
    trap '' INT TERM HUP
    "$@"
)
record() { # KIND CHANGE WORD...: one more line of the journal, on the medium before this returns
    seq=$((seq + 1)) && safely append "$*"
}
append() { # WORDS
    line="$seq $(date +%s) $1" && check=$(short_sum "$line")
    printf '%s %s\n' "$check" "$line" >>"$journal"
    sync_file "$journal"
}

read_journal() { # $open is the number of the last change if it did not end
    change=0 seq=0 open='' open_plan='' open_batch=0 open_state=none open_at=0 open_boot=''
    [ -s "$journal" ] || return 0
    [ "$(sed 1q "$journal")" = 'opm-journal 1' ] || stop 5 journal "$journal"
    tr -cd ' -~\n' <"$journal" >|"$work/journal"
    seq=$(awk 'NR > 1 && $2 + 0 > n { n = $2 + 0 } END { print n + 0 }' "$work/journal")
    change=$(awk '$4 == "begin" && $5 + 0 > n { n = $5 + 0 } END { print n + 0 }' "$work/journal")
    awk -v n="$change" 'NR > 1 && $5 == n' "$work/journal" >|"$work/records"
    while read -r check line; do # a line that a crash tore never happened
        [ "$(short_sum "$line")" = "$check" ] || continue
        printf '%s\n' "$line"
        # shellcheck disable=SC2086 # the words of a record
        set -- $line
        case $3 in
            begin) open=$4 open_plan=$5 ;;
            start) open_batch=$5 open_state=started open_at=$2 open_boot=$6 ;;
            exit) open_state=exit$6 ;;
            verified) open_state=verified ;;
            end) open='' ;;
        esac
    done <"$work/records" >|"$work/done"
}

identity() { # PID: prints what tells a process from every other one, now or then
    since=$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20)
    printf '%s %s %s\n' "$1" "$booted" "${since:-ended}"
}

alive() { # FILE: tells whether the process whose identity it holds still runs
    holder=$(cat "$1" 2>/dev/null) || return 1
    [ "${holder##* }" != ended ] && [ "$(identity "${holder%% *}")" = "$holder" ] &&
        ! grep -q '^State:.Z' "/proc/${holder%% *}/status" 2>/dev/null
}

take() { # FILE: makes it hold our identity, unless somebody alive is in it. The file of the dead is
    # replaced by whoever has FILE.SUM, taken in this same way; SUM is of what was looked at
    ! ln "$state/lock.$$" "$1" 2>/dev/null || return 0
    set -- "$1" "$(sum 2>/dev/null <"$1" | cut -c 1-16)"
    [ -n "$2" ] && ! alive "$1" && take "$1.$2" || return 1
    [ "$(sum 2>/dev/null <"$1" | cut -c 1-16)" = "$2" ] && mv -f "$1.$2" "$1" ||
        { rm -f "$1.$2" && return 1; }
}

lock() { # one writer at a time; the lock of a process that is gone does not count
    mkdir -p "$state/history"
    safe_state
    me=$(identity $$) && printf '%s\n' "$me" >|"$state/lock.$$"
    take "$state/lock" || take "$state/lock" || take "$state/lock" ||
        { rm -f "$state/lock.$$" && stop 5 locked "${holder%% *}"; }
    rm -rf "$state/lock.$$" "$state/stage"
    while alive "$state/rpm"; do
        text waiting # for an rpm that outlived who started it
        sleep 1
    done
    [ ! -s "$journal" ] || [ -z "$(tail -c 1 "$journal" | tr -d '\n')" ] || printf '\n' >>"$journal"
    read_journal
}

begin() { # a new change: its folder, then its first record
    [ "opm-seal 1 sha256 $got" = "$seal" ] || exit 3
    change=$((change + 1))
    rm -rf "$history" && mkdir -p "$history"
    cp "$work/plan" "$history/plan"
    cp "$work/at.0" "$history/installed"
    [ -s "$journal" ] || { printf 'opm-journal 1\n' >|"$state/new" && sync_file "$state/new" &&
        mv "$state/new" "$journal"; }
    sync_file "$history/plan" "$history/installed" "$history" "$state/history" "$state" \
        "$root/var/lib" "$root/var" "$root/"
    after=$(sum <"$work/at.$batches")
    boundary 0 # no helper has died on the way here
    record begin "$change" "$plan_digest" "$base" "$after" "$batches" "$got"
}

finish() { # RESULT: closes the change
    safely receipt "$1"
    cd / && rm -rf "$state/stage" # whoever comes after the end has nothing to do here
    record end "$change" "$1"
}
receipt() { # RESULT: writes it, for people and for the next trip
    read_journal
    look
    cat "$history"/log.* 2>/dev/null | tr -cd ' -~\n' >|"$work/log" || :
    {
        printf 'opm-receipt 1\nchange %s\nresult %s\nplan %s\nbundle %s\n' "$change" "$1" \
            "$plan_digest" "$got"
        awk -v now="$(date +%s)" 'NR == 1 { print "began", $2 "\nended", now }' "$work/done"
        "$rpm" --version | sed 's/.* /rpm /'
        printf 'before %s\nafter %s\n' "$base" "$(sum <"$work/now")"
        awk '$3 ~ /^(start|exit|verified)$/ {
            print "batch", $5, $3, $2 ($3 == "exit" ? " " $6 : "") }' "$work/done"
        sed 's/^/unsigned /' "$work/unsigned"
        sed -n 's/^warning: \(.* \(created\|saved\) as .*\)/config \1/p' "$work/log"
        awk '/script(let)? failed|sqlite failure|(install|erase) (failed|skipped)/ ||
            /unpacking of|^warning: opm ended/ { print "warning", $0 }' "$work/log"
        sed 's/^/| /' "$work/log"
    } >|"$work/receipt"
    printf 'end %s\n' "$(sum <"$work/receipt")" >>"$work/receipt"
    cp "$work/receipt" "$history/receipt"
    sync_file "$history/receipt" "$history"
}

# ---- rpm ----------------------------------------------------------------------------------------
stage() { # BATCH: its packages as files; the working directory is theirs then
    mkdir -p "$state/stage/$1"
    cd "$state/stage/$1"
    [ ! -e .list ] || return 0
    awk -v b="$1" '$1 == b' "$work/files" >|"$work/staging"
    while read -r _ at length name _ digest how _; do
        part "$at" "$length" >|"$name" && [ "$("$how" <"$name")" = "$digest  -" ] && continue
        free=$(free_kb .)
        [ "$free" -lt 1024 ] || stop 3 damaged "$name"
        stop 5 no-space "$state" "$(human "${free}000")" "$(human "$length")"
    done <"$work/staging"
    awk '{ print $4 }' "$work/staging" >|.list # which rpm reads: thousands fit on no command line
}

check_signatures() { # BATCH: the plan's packages, each signed by a key of this system, or named
    stage "$1"
    : >|"$work/signed"
    [ ! -s .list ] || rpm_here "$rpm" -qp --qf "$signed $full\n" .list \
        >|"$work/signed" 2>/dev/null || :
    awk -v b="$1" '$1 == b { print $5, $4 }' "$work/files" |
        paste -d ' ' "$work/signed" - >|"$work/judged"
    bad=$(awk 'NF != 4 || $2 != $3 { print $NF; exit }' "$work/judged")
    [ -z "$bad" ] || stop 3 damaged "$bad"
    for mark in s/all n/digest; do
        awk -v mark="${mark%/*}" '$1 == mark { print $4 }' "$work/judged" >|"$work/names"
        [ ! -s "$work/names" ] || xargs "$rpmkeys" --root "${root:-/}" --dbpath "$dbpath" --define \
            "_pkgverify_level ${mark#*/}" -K <"$work/names" >|"$work/keys" 2>&1 || {
            grep -E 'NOT OK|error' "$work/keys" | sed 's/^/  /' >&2
            stop 3 bad-signature
        }
    done
    awk '$1 == "n" { sub(/-[^-]*-[^-]*$/, "", $2); print $2, $4 }' "$work/judged" >|.unsigned
    while read -r name file; do
        grep -qxF -e "$name" "$work/unsigned" || stop 3 unsigned "$file" "$name"
    done <.unsigned
}

beside() { # BATCH: the files that come beside an installed package of their name, and all others
    names gone "$1" >|"$work/gone"
    without "$work/at.$(($1 - 1))" "$work/gone" | awk -v b="$1" '
        function name(full) { sub(/-[^-]*-[^-]*$/, "", full); return full }
        FILENAME == "-" { there[name($1)] = 1; next }
        $1 != b || FILENAME ~ /steps$/ && $2 ~ /replaced|erase/ { next }
        FILENAME ~ /steps$/ { step[++n] = $2 " " name($3); next } { split(step[++i], s) }
        s[2] in there && s[1] ~ /install/ { print $4 }' - "$work/steps" "$work/files" \
        >|"$work/beside"
    awk 'FILENAME != "-" { other[$1] = 1; next } !($1 in other)' "$work/beside" - \
        <.list >|"$work/names"
}

run_rpm() { # BATCH test|run ARGUMENT...: to its end, whatever signals come
    log=$history/log.$1 loud=-v # names each package where its scripts' words begin
    [ "$2" = run ] || { log=$work/test && loud=''; }
    shift 2
    (trap '' INT HUP
        exec "$rpm" ${loud:+"$loud"} ${debian:+"$debian"} --root "${root:-/}" \
            --dbpath "$dbpath" "$@") \
        </dev/null >>"$log" 2>&1 &
    rpm_pid=$!
    safely identity "$rpm_pid" >|"$state/rpm"
    { watch_scripts "$rpm_pid" "${OPM_SCRIPT_SECONDS:-1800}" "$log"; } </dev/null >/dev/null 2>&1 &
    status=
    while [ -z "$status" ] || kill -0 "$rpm_pid" 2>/dev/null; do
        status=0
        wait "$rpm_pid" || status=$?
    done
}

labels() { sed 's/-[0-9]*:\([^-]*-[^-]*\)$/-\1/'; } # full names as rpm -e takes them
# shellcheck disable=SC2046,SC2086 # file names and options are single harmless words
hand_to_rpm() { # BATCH test|run [OPTION]: a run of rpm; two when some come beside their namesakes
    status=0 level=all options=${3-} && : >|"$work/test"
    [ "$2" = run ] || options=--test
    if has "$1" erase; then
        look
        names gone "$1" | both - "$work/now" | labels >|"$work/names"
        [ "$1" = "$batches" ] || options="$options --nodeps" # the next batch mends what it breaks
        [ ! -s "$work/names" ] || run_rpm "$1" "$2" -e $options $(cat "$work/names")
        return 0
    fi
    [ ! -s .unsigned ] || level=digest
    [ "$2" = run ] || level=none # rpmkeys has read these files, and rpm will when it installs them
    ! has "$1" reinstall && [ -z "$again" ] || options="$options --replacepkgs"
    set -- "$1" "$2" "$options"
    ! has "$1" downgrade && [ -z "$again" ] || options="$options --oldpackage"
    safely beside "$1"
    if [ -s "$work/names" ]; then
        run_rpm "$1" "$2" -U $options --define "_pkgverify_level $level" "$work/names"
        [ "$status$2" = 0run ] || return 0
    fi
    [ ! -s "$work/beside" ] ||
        run_rpm "$1" "$2" -i $3 --define "_pkgverify_level $level" "$work/beside"
}

apply_batch() { # BATCH: journal, rpm, every mount on the medium, and what rpm really did
    text doing "$1" "$batches"
    check_signatures "$1"
    hand_to_rpm "$1" test
    boundary "$(($1 - 1))"
    if [ "$status" != 0 ]; then
        sed 's/^/  /' "$work/test" >&2
        [ "$1$again" != 1 ] || finish refused
        stop 5 refused "$1"
    fi
    record start "$change" "$1" "$booted"
    hand_to_rpm "$1" run
    record exit "$change" "$1" "$status"
    verify_batch "$1"
}

verify_batch() { # BATCH: an exit status of 0 proves nothing, so ask the database
    safely sync_mounts
    safely look
    if [ "$status" -ge 128 ] || ! cmp -s "$work/now" "$work/at.$1"; then
        stopping='' && { safely receipt failed || :; } # for which there may be no space
        tail -n 20 "$history/log.$1" 2>/dev/null | sed 's/^/  | /' >&2 || :
        ! cmp -s "$work/now" "$work/at.$1" || stop 5 rpm-ended "$1" # its last scripts have not run
        not_as "$1" not-as-planned
    fi
    record verified "$change" "$1"
    cd /
    rm -rf "$state/stage/$1"
    [ "$1" = "$batches" ] || boundary "$1"
}
boundary() { # BATCH: is in, and the next one has not begun: here we stop if asked
    reached=$1 && [ -z "$stopping" ] || stop 5 stopped "$1" "$batches"
}

# ---- After a crash ------------------------------------------------------------------------------
recover() { # BATCH that was started and not verified: forward to its end
    set -- "$1" "$work/at.$(($1 - 1))" "$work/at.$1" && sort -u "$2" "$3" >|"$work/either"
    [ -z "$(without "$work/now" "$work/either")$(both "$2" "$3" |
        without - "$work/now")" ] || not_as "$1" drifted
    if [ "$open_state $open_boot" = "exit0 $booted" ] && cmp -s "$work/now" "$work/at.$1"; then
        status=0 && verify_batch "$1"
        return 0
    fi
    while case $(($(date +%s) - open_at)) in 0 | 1) ;; *) false ;; esac; do sleep 1; done
    again=1 # not in the same second: rpm's temporary names hold it
    check_signatures "$1"
    boundary "$reached"
    remove_leftovers "$1"
    remove_doubles "$1"
    apply_batch "$1"
    again=''
}

after_power_cut() { # looks at the files of the batch verified last: not every disk keeps its word
    last=$open_batch && [ "$open_state" = verified ] || last=$((open_batch - 1))
    [ -n "$open_boot" ] && [ "$open_boot" != "$booted" ] && [ "$last" -ge 1 ] || return 0
    names new "$last" | labels >|"$work/names"
    # shellcheck disable=SC2046 # names of packages
    [ ! -s "$work/names" ] || ! rpm_here "$rpm" -V --nodeps --noscripts $(cat "$work/names") \
        2>/dev/null | grep -qE '^(missing|S|..5|....L)[^ ]* +([dlr] )?/' || {
        text mending "$last" # by what the journal need not know: the packages stay the same
        again=1
        check_signatures "$last"
        remove_leftovers "$last"
        hand_to_rpm "$last" run --nodeps
        safely sync_mounts
        again=''
    }
}

remove_leftovers() { # BATCH: the files path;HEX8 of an rpm that was killed; rpm never removes them
    rpm_here "$rpm" -qp --qf '[%{FILENAMES}\n]' .list 2>/dev/null | sort >|"$work/paths"
    sed 's,/[^/]*$,,' "$work/paths" | sort -u >|"$work/dirs"
    while read -r dir; do
        there=$(cd "$root$dir/" 2>/dev/null && pwd -P) || continue
        case $there/ in "$root"/*) ;; *) continue ;; esac
        find "$there" -maxdepth 1 ! -type d -name '*;????????' | while read -r file; do
            name=${file##*/}
            case ${name##*;} in *[!0-9a-f]*) continue ;; esac
            ! grep -qxF -e "$dir/${name%;*}" "$work/paths" || rm -f "$file"
        done
    done <"$work/dirs"
}

remove_doubles() { # BATCH: old versions whose new one is there too
    awk -v b="$1" 'FILENAME ~ /now$/ { there[$1] = 1; next }
        $1 == b && $2 ~ /grade/ && $3 in there && $5 in there { print $5 }' \
        "$work/now" "$work/steps" | labels >|"$work/doubles"
    # shellcheck disable=SC2046 # names of packages
    [ ! -s "$work/doubles" ] || run_rpm "$1" run -e --nodeps $(cat "$work/doubles")
}

# ---- All of it ----------------------------------------------------------------------------------
clean_up() { # whatever ended us: a helper may have died of the Ctrl-C that was to stop us
    status=$? full=$state least=1024 free=$(free_kb "$state") # before the stage goes
    [ -n "$reached" ] && [ "$free" -lt "$least" ] ||
        { full=${work%/*} least=64 need=1024 && free=$(free_kb "$work"); }
    cd / && rm -rf "$work"
    [ -z "$me" ] || [ "$(cat "$state/lock" 2>/dev/null)" != "$me" ] ||
        rm -rf "$state/stage" "$state/lock"
    case $reached:$stopping:$status in
        *:0 | *:3 | *:5 | ::129 | ::130 | ::143) ;;
        *:1:* | *:129 | *:130 | *:143) stop 5 stopped "$reached" "$batches" ;;
        *) [ "$free" -ge "$least" ] || # a full disk ends every other program too
            stop 5 no-space "$full" "$(human "${free}000")" "$(human "${need}000")" ;;
    esac
}

read_options() {
    root=/ dry='' yes='' verify='' forget='' older='' boot='' keys=''
    while [ $# -gt 0 ]; do
        option=${1%%=*} value=${1#*=}
        case $1 in --root | --lang | --key) shift && value=${1-} ;; esac
        case $option:$value in --[rlk]*: | --[rlk]*:-*) stop 2 bad-option "$option" ;; esac && shift
        case $option in
            --root) root=$value ;;
            --lang) language=$(case $value in es*) printf es ;; pt*) printf pt_BR ;; esac) ;;
            --dry-run) dry=1 ;; --yes | -y) yes=1 ;;
            --verify) verify=1 ;; --forget) forget=1 ;;
            --older) older=1 ;; --at-boot) boot=1 ;;
            --key) value=$(key_of "$value") && keys="$keys ${value:-$(stop 2 bad-option --key)}" ;;
            --help | -h)
                for key in '' .root .dry-run .yes .lang .verify .key .forget .older .at-boot; do
                    text "usage$key" "${0##*/}"
                done && exit 0 ;;
            *) stop 2 bad-option "$option" ;;
        esac
    done
}

opm_apply() {
    me='' again='' debian=''
    LC_ALL=C CDPATH='' PATH=${PATH:-/usr/bin:/bin}:/usr/sbin:/sbin:/usr/bin:/bin
    export LC_ALL PATH
    booted=$(cat /proc/sys/kernel/random/boot_id) # another one after a power cut
    read_options "$@"
    case $0 in /*) box=$0 ;; *) box=$PWD/$0 ;; esac
    [ -f "$box" ] && [ "$box_format" = 1 ] || stop 2 no-bundle
    check_seal
    case $seal in "opm-seal 1 sha256 ${got:-none}") ;; *) exit 3 ;; esac
    text whole "$(human "$size")" "$got" && check_signed
    [ -z "$verify" ] || return 0
    root=$(cd "$root" 2>/dev/null && pwd -P) || stop 2 no-root
    root=${root%/} && state=$root/var/lib/opm journal=$root/var/lib/opm/journal
    safe_state
    rpm=$(find_tool rpm) rpmkeys=$(find_tool rpmkeys)
    [ -n "$rpm" ] && [ -n "$rpmkeys" ] || stop 5 no-rpm
    dbpath=$("$rpm" --root "${root:-/}" -E '%{_dbpath}')
    [ -z "$root" ] || ! "$rpm" --help 2>&1 | grep -q -e --force-debian || debian=--force-debian
    full='%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}'
    signed='%|DSAHEADER?{s}:{%|RSAHEADER?{s}:{%|SIGGPG?{s}:{%|SIGPGP?{s}:{n}|}|}|}|'
    ! "$rpm" --querytags | grep -qx OPENPGP || signed="%|OPENPGP?{s}:{$signed}|"
    work=$(mktemp -d "${TMPDIR:-/tmp}/opm.XXXXXX" 2>/dev/null) || stop 5 no-tmp "${TMPDIR:-/tmp}"
    trap clean_up EXIT && trap 'exit 130' INT TERM HUP
    read_manifest && pick_part
    read_plan
    show_plan; tell_age
    read_journal
    if [ -n "$forget" ]; then
        [ -n "$open" ] || { text nothing-open && return 0; }
        lock # reads the journal again
        [ -n "$open" ] || { text nothing-open && return 0; }
        record end "$open" forgotten
        text forgotten "$open" && return 0
    fi
    [ -z "$open" ] || [ "$open_plan" = "$plan_digest" ] || stop 5 other-open "$open"
    if [ -n "$open" ]; then text resuming "$open_batch" "$batches"; else check_machine; fi
    [ "$batches" != 0 ] || { text already && return 0; }
    check_space; check_kernel
    [ -z "$dry" ] || { text dry-run && return 0; }
    [ "$(id -u)" = 0 ] || [ -w "$root/" ] || stop 5 not-root "${root:-/}"
    # A scratch root and nobody at a terminal: naming the root was consent. A whole machine waits.
    if [ -z "$yes" ] && { [ -z "$root" ] || [ -t 0 ]; }; then
        text ask
        read -r answer || answer=
        case $answer in [yYsS]*) ;; *) stop 5 not-now ;; esac
    fi
    if [ -n "$boot" ]; then at_boot; return 0; fi
    go; text "done" "$history/receipt"
    warnings=$(grep -c '^warning ' "$history/receipt" || :)
    [ "$warnings" = 0 ] || text warnings "$warnings"
}

go() { # under the lock, from wherever the journal says
    lock # which read the journal again: another program may have died in between
    [ "${open:+$open_plan}" = "${open:+$plan_digest}" ] || stop 5 other-open "$open"
    reached=0 && trap 'stopping=1' INT TERM HUP
    b=0 k=0 && if [ -z "$open" ]; then
        history=$state/history/$((change + 1))
        check_machine
        text checking # every signature before the first change
        while [ "$k" -lt "$batches" ]; do
            k=$((k + 1))
            check_signatures "$k"
            [ -n "$keep" ] || rm -rf "$state/stage/$k"
        done
        begin
    else
        history=$state/history/$open
        reached=$open_batch
        after_power_cut
        record again "$open" "$booted"
        b=$open_batch
        look
        case $open_state in
            none | verified) cmp -s "$work/now" "$work/at.$b" || not_as "$b" drifted ;;
            *) reached=$((b - 1)) && recover "$b" ;;
        esac
    fi
    while [ "$b" -lt "$batches" ]; do
        b=$((b + 1))
        apply_batch "$b"
    done
    finish 'done'
}

opm_apply "$@"
exit
}
