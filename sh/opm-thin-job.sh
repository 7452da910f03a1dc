# shellcheck shell=sh disable=SC2034,SC2086,SC2154
# One job of PackageKit for machines that are too small for a JVM: `PerJob=true` and
# `Helper=/usr/share/opm/opm-thin.sh packagekit`. Sourced by opm-thin.sh.
#
# Its lines come at standard input, the answer goes to standard output: docs/formats/packagekit.md.
# Done: resolve, search-name, get-updates, get-details, get-repo-list, refresh-cache, and, also only
# simulated or downloaded, install-packages, update-packages, remove-packages.

begin_job() { # whatever others print goes to the log of the daemon
    exec 3>&1 1>&2
    job=1
}

say() { # FIELD...
    line=$1
    shift
    for field; do line=$line$tab$field; done
    printf '%s\n' "$line" >&3
}

# Says why the job failed, in PackageKit's words, and ends it.
job_failed() { # STATUS KEY [VALUE]...
    case $1 in
        2) pk_word=package-not-found ;;
        3) pk_word=package-corrupt ;;
        4) pk_word=package-download-failed ;;
        6) pk_word=dep-resolution-failed ;;
        *) pk_word=transaction-error ;;
    esac
    [ "$2" != bad-package ] || pk_word=package-install-blocked
    shift
    pk_text=$(text "$@" | tr '\t' ' ' | sed 's/\\/\\\\/g')
    pk_key=$1
    shift
    pk_hint=$(text "$pk_key.hint" "$@" | tr '\t' ' ' | sed 's/\\/\\\\/g')
    say error "$pk_word" "$pk_text\\n$pk_hint"
    say finished
    exit 0
}

# Fails with PackageKit's own words.
refuse() { # WORD TEXT
    say error "$1" "$2"
    say finished
    exit 0
}

pk_id() { # NEVRA DATA: prints NAME;[EPOCH:]VERSION-RELEASE;ARCH;DATA
    pk_evr=${1%.*}
    pk_name=${pk_evr%-*-*}
    pk_evr=${pk_evr#"$pk_name"-}
    printf '%s;%s;%s;%s' "$pk_name" "${pk_evr#0:}" "${1##*.}" "$2"
}

bit() { # N: whether the client set it
    [ $((bits >> $1 & 1)) = 1 ]
}

is_name() { # WORD
    case $1 in '' | -* | .* | *[!A-Za-z0-9._+~^:@\(\)\{\}-]*) return 1 ;; esac
}

# Tells what of a name is installed, and what the server has that is not.
tell() { # NAME
    is_name "$1" || return 0
    : >"$work/same"
    rpm_here -q --qf '%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\t%{SUMMARY}\n' "$1" \
        >"$work/same" 2>/dev/null || : >"$work/same"
    bit 3 || while IFS=$tab read -r nevra summary; do
        say package installed "$(pk_id "$nevra" installed)" "$summary"
    done <"$work/same"
    ! bit 2 || return 0
    # Whether there is an answer; nobody is told when there is none.
    digests "$1" || return 0
    answer "$1"
    head=$(awk -v name="$1" '
        $1 == "install" || $1 == "upgrade" {
            bare = $2
            sub(/-[^-]*-[^-]*$/, "", bare)
            if (bare == name) { print $2; found = 1; exit }
            if (first == "" && $4 == "user") first = $2
        }
        END { if (!found) print first }' "$work/plan")
    [ -n "$head" ] || return 0
    cut -f 1 "$work/same" | grep -qxF -e "$head" ||
        say package available "$(pk_id "$head" presolve)" "$1"
}

job_search() {
    word=$(sed -n 1p "$work/asked")
    is_name "$word" || refuse not-supported "a name is searched by its own letters"
    os=${platform%/*}-${platform#*/}
    get "$server/search/$os?q=$(printf '%s' "$word" | sed 's/+/%2B/g')" "$work/list" $large ||
        get "$server/packages/$os/index.html" "$work/list" $large ||
        die 4 unreachable "$server/packages/$os"
    { sed -n 's/^"\(.*\)",\{0,1\}$/\1/p' "$work/list" && cut -f 1 "$state/installed"; } |
        grep -iF -e "$word" | awk '!seen[$0]++' | head -n 40 >"$work/hits" || :
    while read -r name; do tell "$name"; done <"$work/hits"
}

job_updates() {
    awk -F "$tab" '$2 == "user" { print $1 }' "$state/installed" >"$work/hits"
    while read -r name; do
        rpm_here -q "$name" >/dev/null 2>&1 || continue
        digests "$name" || continue
        # What cannot be had for this machine is no update, and no failure of the others.
        (job='' && look "$name") >/dev/null 2>&1 || continue
        while read -r digest size path nevra reason kind; do
            [ "$(pk_id "$nevra" '' | cut -d ';' -f 1)" != "$name" ] ||
                say package normal "$(pk_id "$nevra" presolve)" "$name"
        done <"$work/files"
    done <"$work/hits"
}

tell_files() { # what is going to happen, or has
    while read -r digest size path nevra reason kind; do
        info=installing
        case $reason in upgrade) info=updating ;; esac
        say package "$info" "$(pk_id "$nevra" presolve)" ''
    done <"$work/files"
}

job_change() { # install or update
    bit 2 || alone
    while IFS=';' read -r name version arch data; do
        is_name "$name" || refuse package-not-found "$name"
        if [ "$role" = install-packages ] && rpm_here -q "$name" >/dev/null 2>&1; then
            refuse package-already-installed "$name"
        fi
        say status dep-resolve
        if bit 2; then
            look "$name"
            tell_files
        elif bit 3; then
            look "$name"
            say status download
            fetch
        else
            say allow-cancel 0
            say status commit
            bring "$name"
            [ "$role" != install-packages ] || note "$name" user "$name"
            tell_files
            say installed-db-changed
        fi
    done <"$work/asked"
}

guarded() { # prints the names of packages that must not go: what dnf's files say, and rpm
    cat "$root/etc/dnf/protected.d/"*.conf "$root/etc/yum/protected.d/"*.conf \
        "$root/etc/tdnf/protected.d/"*.conf 2>/dev/null | sed 's/[[:space:]]//g'
    sed -n 's/^protected_packages[[:space:]]*=//p' "$root/etc/dnf/dnf.conf" 2>/dev/null |
        awk '{ gsub(/[,[:space:]]+/, "\n"); print }'
    echo rpm
}

job_remove() {
    bit 2 || alone
    set --
    while IFS=';' read -r name version arch data; do
        is_name "$name" || refuse package-not-found "$name"
        case $data in installed*) ;; *) refuse package-not-installed "$name" ;; esac
        ! guarded | grep -qxF -e "$name" ||
            refuse cannot-remove-system-package "$name is protected"
        # The kernel that runs stays.
        ! rpm_here -qf --qf '%{NAME};%{VERSION}-%{RELEASE};%{ARCH}\n' "/lib/modules/$(uname -r)" \
            "/lib/modules/$(uname -r)/vmlinuz" 2>/dev/null |
            grep -qxF -e "$name;${version#*:};$arch" ||
            refuse cannot-remove-system-package "$name is the kernel that runs"
        set -- "$@" "$name-${version#*:}.$arch"
    done <"$work/asked"
    say status dep-resolve
    if ! rpm_here $debian -e --test "$@" >"$work/rpm.log" 2>&1; then
        refuse dep-resolution-failed "$(tail -n 5 "$work/rpm.log" | tr '\t\n' '  ')"
    fi
    if ! bit 2; then
        say allow-cancel 0
        say status remove
        rpm_here $debian -e "$@" >"$work/rpm.log" 2>&1 9>&- ||
            refuse transaction-error "$(tail -n 5 "$work/rpm.log" | tr '\t\n' '  ')"
        say installed-db-changed
    fi
    while IFS=';' read -r name version arch data; do
        say package removing "$name;$version;$arch;$data" ''
    done <"$work/asked"
}

job_details() {
    while IFS=';' read -r name version arch data; do
        is_name "$name" || refuse package-not-found "$name"
        case $data in
            installed*)
                rpm_here -q --qf '%{SUMMARY}\t%{LICENSE}\tunknown\t\t%{URL}\t%{SIZE}\t0\n' "$name" \
                    >"$work/same" 2>/dev/null || refuse package-not-found "$name"
                say details "$name;$version;$arch;$data" "$(sed -n 1p "$work/same")"
                ;;
            *)
                digests "$name" || refuse package-not-found "$name"
                answer "$name"
                bytes=$(awk '$1 == "fetch" { sum += $3 } END { printf "%.0f", sum }' "$work/plan")
                say details "$name;$version;$arch;$data" "$name" '' unknown '' '' "$bytes" "$bytes"
                ;;
        esac
    done <"$work/asked"
}

# Reads the question, does it, and says that it is over.
packagekit() {
    role='' bits=''
    : >"$work/asked"
    while IFS= read -r line; do
        case $line in
            "job$tab"*) role=$(printf '%s\n' "$line" | cut -f 2) ;;
            "arg${tab}t$tab"*) [ -n "$bits" ] || bits=${line##*"$tab"} ;;
            "arg${tab}as$tab"*) printf '%s\n' "$line" | cut -f 3- | tr '\t' '\n' >"$work/asked" ;;
            go) break ;;
        esac
    done
    case $bits in '' | *[!0-9]* | ??????????*) bits=0 ;; esac
    say status query
    # What is here can be taken away without anybody's help.
    case $role in remove-packages | get-repo-list) ;; *) reference ;; esac
    case $role in
        resolve)
            while IFS=';' read -r name rest; do tell "$name"; done <"$work/asked"
            ;;
        search-name) job_search ;;
        get-updates) job_updates ;;
        get-details) job_details ;;
        get-repo-list) say repo-detail presolve "$server" 1 ;;
        refresh-cache) say updates-changed ;;
        install-packages | update-packages) job_change ;;
        remove-packages) job_remove ;;
        *) refuse not-supported "$role is not done here" ;;
    esac
    say finished
}
