#!/bin/sh
# Installs packages whose dependencies a server solved before: a few kilobytes a name, no metadata.
#
#   sh opm-thin.sh [--server URL] [--platform OS/RELEASE] [--key FILE] [--root DIR] COMMAND
#
#   install NAME...    update [NAME...]    check [NAME...]    list    packagekit
#
# --dry-run: install only names what would come. packagekit: one job (opm-thin-job.sh).
# Needs rpm and rpmkeys, curl or wget, sha256sum, awk, sed; openssl or minisign to check the
# server's signature. What is believed: the reference that the key of --key signed; what it names by
# digest; packages that rpmkeys accepts. Nothing else: not the network, not TLS, not a mirror.
# Format: docs/formats/presolve.md. Settings are kept in ROOT/etc/opm-thin.conf, one `option value`
# a line: server, platform, key.
set -eu
# shellcheck source=sh/opm-thin-words.sh
. "${0%/*}/opm-thin-words.sh"
# shellcheck source=sh/opm-thin-held.sh
. "${0%/*}/opm-thin-held.sh"
# shellcheck source=sh/opm-thin-state.sh
. "${0%/*}/opm-thin-state.sh"

LC_ALL=C
export LC_ALL
umask 022
tab=$(printf '\t')

die() { # STATUS KEY [VALUE]...
    status=$1
    shift
    [ -z "$job" ] || job_failed "$status" "$@"
    printf 'opm-thin: %s\n' "$(text "$@")" >&2
    key=$1
    shift
    printf 'hint: %s\n' "$(text "$key.hint" "$@")" >&2
    exit "$status"
}

# ---- bounds ---------------------------------------------------------------------------------

small=1048576        # bytes of a reference, a node, a signature
large=16777216       # bytes of an answer
seconds=600          # of one transfer
redirects=5

# ---- the network ----------------------------------------------------------------------------

# Reads an address into a file, at most so many bytes. Status 1: it cannot be had, or is larger.
get() { # URL FILE BYTES [POSTED]
    rm -f "$2"
    if [ "$getter" = curl ]; then
        { curl -fsSL --path-as-is --max-redirs $redirects --max-time $seconds \
            --proto '=http,https' --proto-redir '=http,https' --max-filesize "$3" \
            ${4:+--data-binary "@$4"} "$1" 2>"$work/said" || echo no >"$2.failed"; } |
            head -c $(($3 + 1)) >"$2" || :
    else
        # shellcheck disable=SC2086 # a list of words
        { wget -q -O - $wget_options ${4:+--post-file="$4"} "$1" 2>"$work/said" ||
            echo no >"$2.failed"; } | head -c $(($3 + 1)) >"$2" || :
    fi
    if [ -e "$2.failed" ] || [ "$(wc -c <"$2")" -gt "$3" ]; then
        rm -f "$2" "$2.failed"
        return 1
    fi
}

find_getter() {
    if command -v curl >/dev/null 2>&1; then
        getter=curl
    elif command -v wget >/dev/null 2>&1; then
        getter=wget wget_options='-T 30'
        # busybox knows neither option; it follows ten redirects at most.
        if wget --help 2>&1 | grep -q -e --max-redirect; then
            wget_options="-T 30 -t 2 --max-redirect=$redirects"
        fi
    else
        die 5 no-getter
    fi
}

sum() { # FILE
    set -- "$(sha256sum <"$1")"
    printf '%s' "${1%% *}"
}

# ---- what is valid now ----------------------------------------------------------------------

# Prints a line of base64 as hexadecimal.
hex64() {
    openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n'
}

unhex() { # HEX: bytes, by octal escapes, which every printf knows
    printf '%b' "$(printf '%s' "$1" | awk '{
        d = "0123456789abcdef"
        for (i = 1; i < length($0); i += 2)
            printf "\\0%03o", \
                16 * (index(d, substr($0, i, 1)) - 1) + index(d, substr($0, i + 1, 1)) - 1
    }')"
}

# Checks minisign's signature of a file by the public key in a file; both forms of it.
signed() { # FILE SIGNATURE KEY
    public=$(sed -n '/^[A-Za-z0-9+\/=]\{56\}$/{p;q;}' "$3")
    [ -n "$public" ] || die 2 no-key "$3"
    if command -v minisign >/dev/null 2>&1; then
        minisign -Vqm "$1" -x "$2" -P "$public" >/dev/null 2>&1
        return
    fi
    command -v openssl >/dev/null 2>&1 || die 5 no-verifier
    public=$(printf '%s' "$public" | hex64)
    signature=$(sed -n 2p "$2" | hex64)
    [ ${#public} -eq 84 ] && [ ${#signature} -eq 148 ] || return 1
    rest=${signature#????}
    # Ed, and which key.
    id=${rest%"${rest#????????????????}"}
    [ "${public%"${public#????????????????????}"}" = "4564$id" ] || return 1
    unhex "302a300506032b6570032100${public#????????????????????}" >"$work/key.der"
    unhex "${signature#????????????????????}" >"$work/sig"
    what=$1
    case $signature in
        4544*) openssl dgst -blake2b512 -binary "$1" >"$work/hash" && what=$work/hash ;;
        4564*) ;;
        *) return 1 ;;
    esac
    openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key.der" -rawin -in "$what" \
        -sigfile "$work/sig" >/dev/null 2>&1
}

field() { # WORD FILE: what stands after the first word of the line that begins with it
    sed -n "/^$1 /{s/^$1 //p;q;}" "$2"
}

reference() {
    [ -z "${have_reference-}" ] || return 0
    base=$server/packages/$platform
    get "$base/-/ref" "$work/ref" $small || die 4 unreachable "$base"
    if [ "$key" = none ]; then
        printf 'opm-thin: %s\n' "$(text unsigned-server)" >&2
    else
        get "$base/-/ref.minisig" "$work/ref.minisig" $small || die 3 not-signed "$base"
        signed "$work/ref" "$work/ref.minisig" "$key" || die 3 bad-signature "$base"
    fi
    sed '$d' "$work/ref" >"$work/body"
    case $(sed -n 1p "$work/ref") in
        'opm-presolve 1') ;;
        *) die 3 bad-reference "$base" ;;
    esac
    [ "$(sed -n '$p' "$work/ref")" = "end $(sum "$work/body")" ] || die 3 bad-reference "$base"
    case $(field for "$work/ref") in
        "${platform%/*} ${platform#*/} "*) ;;
        *) die 3 bad-reference "$base" ;;
    esac
    serial=$(field serial "$work/ref")
    case $serial in
        '' | *[!0-9]* | ????????????*) die 3 bad-reference "$base" ;;
    esac
    old=0
    [ ! -s "$state/serial" ] || old=$(cat "$state/serial")
    [ "$serial" -ge "$old" ] || die 3 older "$serial" "$old"
    [ "$serial" = "$old" ] || rm -rf "$state/index"
    printf '%s\n' "$serial" >"$state/serial.new"
    mv -f "$state/serial.new" "$state/serial"
    have_reference=1
}

# Sets json and plan to the digests of a name's answers. Status 1: there is none.
digests() { # NAME
    set -- "$1" "$(field index "$work/ref")"
    depth=${2%% *} node=${2#* }
    hashed=$(printf '%s' "$1" | sha256sum)
    mkdir -p "$state/index"
    while :; do
        file=$state/index/$node
        if [ ! -s "$file" ] || [ "$(sum "$file")" != "$node" ]; then
            case $node in
                *[!0-9a-f]* | '') die 3 bad-reference "$base" ;;
            esac
            get "$base/-/index/${node%"${node#??}"}/$node" "$work/node" $small ||
                die 4 unreachable "$base"
            [ "$(sum "$work/node")" = "$node" ] || die 3 wrong-digest "index/$node"
            mv -f "$work/node" "$file"
        fi
        [ "$depth" -gt 0 ] || break
        digit=${hashed%"${hashed#?}"} hashed=${hashed#?}
        node=$(field "$digit" "$file")
        [ -n "$node" ] || return 1
        depth=$((depth - 1))
    done
    found=$(awk -v name="$1" '$1 == name { print $3, $4 }' "$file")
    [ -n "$found" ] || return 1
    json=${found% *} plan=${found#* }
}

# ---- an answer ------------------------------------------------------------------------------

# Fetches a name's answer: work/json and work/plan.
answer() { # NAME
    digests "$1" || die 6 no-answer "$1"
    get "$base/$1" "$work/json" $large || die 4 unreachable "$base/$1"
    [ "$(sum "$work/json")" = "$json" ] || die 3 wrong-digest "$1"
    get "$base/$1.plan" "$work/plan" $large || die 4 unreachable "$base/$1"
    [ "$(sum "$work/plan")" = "$plan" ] || die 3 wrong-digest "$1.plan"
}

installed() {
    # Written first: a pipe loses rpm's exit status.
    rpm_here -qa --qf '%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\n' >"$work/all" ||
        die 5 rpm-failed "rpm -qa"
    sed '/^gpg-pubkey-/d' "$work/all" | sort >"$work/installed"
}

# Prints what the answer relies on and is not installed.
drift() {
    awk '/"assumes":/ {
        sub(/.*"assumes":[{]/, "")
        n = split($0, part, /[]]/)
        for (i = 1; i <= n; i++)
            if (match(part[i], /"[^"]+":[[]/)) print substr(part[i], RSTART + 1, RLENGTH - 4)
        exit
    }' "$work/json" | sort >"$work/assumed"
    awk 'FILENAME == ARGV[1] { there[$0]; next } !($0 in there)' "$work/installed" "$work/assumed"
}

# The machine is not what the answer was made for: asks for one that is made for it.
solve_anew() { # NAME
    profiler=${0%/*}/opm-profile.sh
    [ -r "$profiler" ] || die 6 drift-alone "$1" "$(sed -n 1p "$work/drift")"
    printf '%s\n' "$(text drift "$1" "$(sed -n 1p "$work/drift")")"
    sh "$profiler" --root "${root:-/}" -o "$work/profile.gz" >/dev/null ||
        die 5 no-profile
    get "$base/$1.plan" "$work/plan" $large "$work/profile.gz" || die 6 drift-unsolved "$1"
    sed '$d' "$work/plan" >"$work/body"
    [ "$(sed -n '$p' "$work/plan")" = "end $(sum "$work/body")" ] || die 3 wrong-digest "$1.plan"
    installed_sum=$(sum "$work/installed")
    case $(field for "$work/plan") in
        *" base:$installed_sum") ;;
        *) die 3 other-machine "$1" ;;
    esac
}

# Prints the names of which several versions stay, as kernels do, in the words of dnf and zypper.
several() {
    rpm_here -q --whatprovides --qf '%{NAME}\n' kernel kernel-PAE kernel-core kernel-modules \
        'installonlypkg(kernel)' 'installonlypkg(kernel-module)' 'installonlypkg(vm)' \
        'multiversion(kernel)' 2>/dev/null || :
}

newer() { # EVR EVR: whether the first is newer, as rpm sees it
    [ "$(rpm --eval "%{lua:print(rpm.vercmp('$1', '$2'))}" 2>/dev/null)" = 1 ]
}

# Reads work/plan: writes work/files, `DIGEST BYTES PATH NEVRA REASON KIND` of what is to be
# installed. KIND: new, older where one of its name gives way, beside where those stay.
wanted() { # NAME
    case $(sed -n 1p "$work/plan") in
        'opm-plan 1') ;;
        *) die 3 bad-plan "$1" ;;
    esac
    awk '
        $1 == "fetch" && NF == 5 { size[$2] = $3; path[$2] = $4; next }
        $1 == "install" && NF == 4 { print $3, size[$3], path[$3], $2, $4; next }
        $1 == "upgrade" && NF == 4 { print $3, size[$3], path[$3], $2, "upgrade"; next }
        $1 == "reinstall" && NF == 3 { next }
        $1 ~ /^(opm-plan|for|ask|repo|batch|replaced|end)$/ { next }
        { print "bad" }
    ' "$work/plan" >"$work/all-steps"
    several >"$work/several"
    # Leaves out what is installed; adds the kind, and what is of that name and architecture, or -.
    awk -v anew="${anew-}" '
        function split_up(nevra) {
            match(nevra, /-[^-]*-[^-]*$/)
            key = name = substr(nevra, 1, RSTART - 1)
            evr = substr(nevra, RSTART + 1)
            match(evr, /[.][^.]*$/)
            key = key " " substr(evr, RSTART + 1)
            evr = substr(evr, 1, RSTART - 1)
        }
        FILENAME == ARGV[1] { many[$0]; next }
        FILENAME == ARGV[2] { there[$0]; split_up($0); is[key] = is[key] " " evr; any[name]; next }
        $4 in there { next }
        NF == 5 {
            split_up($4)
            other = !(key in is) && !(name " noarch" in is) && $4 !~ /[.]noarch$/
            joins = name in many || $5 != "upgrade" && (anew || other)
            print $0, !(name in any) ? "new" : joins ? "beside" : "older", \
                key in is ? is[key] : "-"
            next
        }
        { print }
    ' "$work/several" "$work/installed" "$work/all-steps" >"$work/steps"
    : >"$work/files"
    while read -r digest size path nevra reason kind there; do
        case $digest in
            *[!0-9a-f]* | '' | bad) die 3 bad-plan "$1" ;;
        esac
        [ ${#digest} -eq 64 ] || die 3 bad-plan "$1"
        case $size in
            '' | *[!0-9]* | ?????????????*) die 3 bad-plan "$1" ;;
        esac
        case /$path/ in
            */../* | */./* | *//*) die 3 bad-path "$path" ;;
        esac
        case $nevra in
            *[!A-Za-z0-9._+~^:@-]*) die 3 bad-plan "$1" ;;
        esac
        # Only where one is there a look is taken at versions, which costs two programs each.
        evr=${nevra%.*}
        other=${evr%-*-*}
        for one in $there; do
            [ "$one" = - ] || ! newer "$one" "${evr#"$other"-}" || continue 2
        done
        printf '%s %s %s %s %s %s\n' "$digest" "$size" "$path" "$nevra" "$reason" "$kind" \
            >>"$work/files"
    done <"$work/steps"
}

fetch() {
    mkdir -p "$state/fetched"
    for kind in new older beside; do : >"$work/$kind"; done
    while read -r digest size path nevra reason kind; do
        file=$state/fetched/$digest.rpm
        if [ ! -s "$file" ] || [ "$(sum "$file")" != "$digest" ]; then
            get "$base/$path" "$work/rpm" "$size" || from_mirror "$path" "$size" ||
                die 4 unreachable "$base/$path"
            [ "$(sum "$work/rpm")" = "$digest" ] || die 3 wrong-digest "$path"
            mv -f "$work/rpm" "$file"
        fi
        if [ -z "$unsigned" ]; then
            rpm_keys --define '_pkgverify_level all' -K "$file" >"$work/keys" 2>&1 ||
                die 3 bad-package "$nevra"
        fi
        printf '%s\n' "$file" >>"$work/$kind"
    done <"$work/files"
}

# Where the tree lacks a package: the mirrors that the reference names.
from_mirror() { # PATH BYTES
    repo=${1#-/rpm/}
    sed -n "s/^mirror //p" "$work/ref" >"$work/mirrors"
    while read -r id address; do
        if [ "$id" = "${repo%%/*}" ]; then
            ! get "$address${repo#*/}" "$work/rpm" "$2" || return 0
        fi
    done <"$work/mirrors"
    return 1
}

# ---- rpm ------------------------------------------------------------------------------------

rpm_here() {
    rpm --root "${root:-/}" "$@"
}

rpm_keys() {
    rpmkeys --root "${root:-/}" "$@"
}

run_rpm() { # --test|'' OPTION KIND...: hands over what is of these kinds
    test=$1 option=$2
    shift 2
    (cd "$work" && cat "$@") >"$work/manifest"
    # Nothing is done well, and nothing proves nothing.
    [ -s "$work/manifest" ] || { [ -z "$test" ]; return; }
    rpm_here $debian "$option" ${test:+"$test"} "$work/manifest" \
        >"$work/rpm.log" 2>&1 </dev/null 9>&-
}

# ---- commands -------------------------------------------------------------------------------

check_name() {
    case $1 in
        '' | -* | .* | *[!A-Za-z0-9._+~^:@\(\)\{\}-]*) die 2 bad-name "$1" ;;
    esac
}

look() { # NAME: what it would bring
    reference
    installed
    answer "$1"
    drift >"$work/drift"
    anew=''
    [ ! -s "$work/drift" ] || { anew=1 && solve_anew "$1"; }
    wanted "$1"
    [ -n "$(held_back)" ] || return 0
    [ "$command" = update ] || die 6 kept-out "$1"
    printf 'opm-thin: %s\n' "$(text kept-out "$1")" >&2
    held=1 && : >"$work/files" # the others come
}

# shellcheck disable=SC2086 # lists of words
bring() { # NAME
    look "$1"
    if [ -s "$work/files" ]; then
        fetch
        # -U takes away what is older of a name, so a kernel goes in by -i: last, or first where
        # others need it. rpm looks at everything once more before it changes anything.
        for order in '-U new older:-i beside' '-U older:-i new beside' '-i new beside:-U older'; do
            ! run_rpm --test ${order%:*} || break
            if [ ! -s "$work/beside" ] || [ "$order" != "${order#-i}" ]; then
                cat "$work/rpm.log" >&2
                die 5 rpm-refused "$1"
            fi
        done
        if ! run_rpm '' ${order%:*} || ! run_rpm '' ${order#*:}; then
            cat "$work/rpm.log" >&2
            die 5 rpm-failed "$1"
        fi
    fi
    while read -r digest size path nevra reason kind; do
        evr=${nevra%.*}
        other=${evr%-*-*}
        [ -n "$(reason_of "$other")" ] || note "$other" "$reason" "$1"
        rm -f "$state/fetched/$digest.rpm"
    done <"$work/files"
}

install() {
    [ $# -gt 0 ] || die 2 usage-install
    [ -n "$dry" ] || alone
    for name; do
        check_name "$name"
        if rpm_here -q "$name" >/dev/null 2>&1; then
            text already "$name"
        elif [ -n "$dry" ]; then
            look "$name"
            awk '{ print "+ " $4 }' "$work/files"
            continue
        else
            bring "$name"
            installed
            # An entry may stand for packages of other names.
            awk '{ print $4 }' "$work/files" | while read -r nevra; do
                grep -qxF -e "$nevra" "$work/installed" || die 6 not-there "$name"
            done
            text installed "$name"
        fi
        [ -n "$dry" ] || ! rpm_here -q "$name" >/dev/null 2>&1 || note "$name" user "$name"
    done
}

update() {
    alone
    reference
    # Nothing is asked beyond the reference while it is the one that was met last.
    met=''
    [ ! -s "$state/updated" ] || met=$(cat "$state/updated")
    if [ $# -eq 0 ] && [ "$met" = "$(sum "$work/ref")" ]; then
        text nothing-new
        return
    fi
    all=$#
    # shellcheck disable=SC2046 # names of packages
    [ $# -gt 0 ] || set -- $(cut -f 1 "$state/installed")
    changed=0 held=''
    : >"$work/met"
    [ -e "$state/met" ] || : >"$state/met"
    for name; do
        check_name "$name"
        digests "$name" || continue
        printf '%s %s\n' "$name" "$plan" >>"$work/met"
        # An answer that was met is not asked for again while it stays what it was.
        [ "$all" -gt 0 ] || ! grep -qxF -e "$name $plan" "$state/met" || continue
        rpm_here -q "$name" >/dev/null 2>&1 || continue
        bring "$name"
        if [ -s "$work/files" ]; then
            changed=1
            text updated "$name"
        fi
    done
    [ "$changed" = 1 ] || text nothing-new
    if [ "$all" -eq 0 ] && [ -z "$held" ]; then
        cp "$work/met" "$state/met.new"
        mv -f "$state/met.new" "$state/met"
        sum "$work/ref" >"$state/updated"
    fi
}

check() {
    # shellcheck disable=SC2046 # names of packages
    [ $# -gt 0 ] || set -- $(awk -F "$tab" '$2 == "user" { print $1 }' "$state/installed")
    reference
    installed
    bad=0
    for name; do
        check_name "$name"
        if ! rpm_here -q "$name" >/dev/null 2>&1; then
            text not-installed "$name"
            bad=1
            continue
        fi
        digests "$name" || { text no-answer "$name"; continue; }
        answer "$name"
        drift >"$work/drift"
        if [ -s "$work/drift" ]; then
            text drifted "$name" "$(sed -n 1p "$work/drift")"
            bad=1
        else
            text fine "$name"
        fi
    done
    return $bad
}

# ---- beginning ------------------------------------------------------------------------------

setting() { # WORD
    [ ! -r "$root/etc/opm-thin.conf" ] || field "$1" "$root/etc/opm-thin.conf"
}

server='' platform='' key='' root='' unsigned='' dry='' job='' command='' locked=''
while [ $# -gt 0 ]; do
    case $1 in
        --server | --platform | --key | --root)
            [ $# -gt 1 ] || die 2 bad-option "$1"
            case $1 in
                --server) server=$2 ;;
                --platform) platform=$2 ;;
                --key) key=$2 ;;
                --root) root=${2%/} ;;
            esac
            shift
            ;;
        --allow-unsigned) unsigned=1 ;;
        --dry-run) dry=1 ;;
        --help | -h)
            text usage
            exit 0
            ;;
        -*) die 2 bad-option "$1" ;;
        *)
            command=$1
            shift
            break
            ;;
    esac
    shift
done
case $command in
    install | update | check | list) ;;
    packagekit)
        # shellcheck source=sh/opm-thin-job.sh
        . "${0%/*}/opm-thin-job.sh"
        begin_job
        ;;
    *) die 2 bad-option "$command" ;;
esac
for program in rpm rpmkeys sha256sum awk; do
    command -v "$program" >/dev/null 2>&1 || die 5 no-program "$program"
done
server=${server:-$(setting server)} platform=${platform:-$(setting platform)}
key=${key:-$(setting key)} server=${server%/}
state=$root/var/lib/opm-thin
open_state
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
debian= # forced upon no machine of Debian's itself
[ -z "$root" ] || ! rpm --help 2>&1 | grep -q -e --force-debian || debian=--force-debian
if [ "$command" = list ]; then
    cat "$state/installed"
    exit 0
fi
[ "$command" = install ] || [ -n "$server" ] || die 2 no-server
case $server in
    http://* | https://* | '') ;;
    *) die 2 no-server ;;
esac
case $platform in
    */*/* | *[!A-Za-z0-9._+~/-]* | */..* | ..*) die 2 bad-option "--platform $platform" ;;
esac
needs_server() {
    [ -n "$server" ] || die 2 no-server
    [ -n "$platform" ] || die 2 no-server
    [ -n "$key" ] || die 2 no-key-given
    find_getter
}
case $command in
    install)
        for name; do
            rpm_here -q "$name" >/dev/null 2>&1 || needs_server
        done
        ;;
    *) needs_server ;;
esac
"$command" "$@"
