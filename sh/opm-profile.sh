#!/bin/sh
# Describes this machine as text, so that a solve elsewhere answers as one here would.
#
#   sh opm-profile.sh [--root DIR] [--dbpath DIR] [--at SECONDS] [-o FILE]
#
# Needs rpm and base tools (awk, sed, sort, cut, stat, mktemp, sha256sum; find where yum left its
# notes; sqlite3 where dnf 4 did, if it is there). Changes nothing, connects nowhere. Passwords,
# tokens and client keys of repositories are left out. The same text, byte for byte, as
# `opm profile`. Format: docs/formats/profile.md
set -eu
# >>> messages sh.profile. (written by ./dev accept from messages/*.txt)
case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
    es*) language=es ;;
    pt*) language=pt_BR ;;
    *) language=en ;;
esac

# Prints the message $1 with $2 for {0}, $3 for {1} and so on.
text() {
    case $language:$1 in
        es:usage) printf '%s\n' "Uso: sh opm-profile.sh [--root DIR] [--dbpath DIR] [--at SEGUNDOS] [-o ARCHIVO[.gz]]" ;;
        pt_BR:usage) printf '%s\n' "Uso: sh opm-profile.sh [--root DIR] [--dbpath DIR] [--at SEGUNDOS] [-o ARQUIVO[.gz]]" ;;
        *:usage) printf '%s\n' "Usage: sh opm-profile.sh [--root DIR] [--dbpath DIR] [--at SECONDS] [-o FILE[.gz]]" ;;
        es:bad-option) printf '%s\n' "opción desconocida, o su valor falta o no sirve: ${2-}" ;;
        pt_BR:bad-option) printf '%s\n' "opção desconhecida, ou seu valor falta ou não serve: ${2-}" ;;
        *:bad-option) printf '%s\n' "unknown option, or its value is missing or wrong: ${2-}" ;;
        es:bad-option.hint) printf '%s\n' "\`sh opm-profile.sh --help\` muestra las opciones." ;;
        pt_BR:bad-option.hint) printf '%s\n' "\`sh opm-profile.sh --help\` mostra as opções." ;;
        *:bad-option.hint) printf '%s\n' "\`sh opm-profile.sh --help\` lists the options." ;;
        es:no-rpm) printf '%s\n' "rpm no está instalado aquí" ;;
        pt_BR:no-rpm) printf '%s\n' "o rpm não está instalado aqui" ;;
        *:no-rpm) printf '%s\n' "rpm is not installed here" ;;
        es:no-rpm.hint) printf '%s\n' "Un perfil describe sistemas cuyos paquetes son RPM." ;;
        pt_BR:no-rpm.hint) printf '%s\n' "Um perfil descreve sistemas cujos pacotes são RPM." ;;
        *:no-rpm.hint) printf '%s\n' "A profile describes systems whose packages are RPMs." ;;
        es:rpm-failed) printf '%s\n' "rpm falló: ${2-}" ;;
        pt_BR:rpm-failed) printf '%s\n' "o rpm falhou: ${2-}" ;;
        *:rpm-failed) printf '%s\n' "rpm failed: ${2-}" ;;
        es:rpm-failed.hint) printf '%s\n' "Si este usuario puede leer la base de datos: \`rpm --rebuilddb\` repara una dañada. Si no, haga lo mismo como root." ;;
        pt_BR:rpm-failed.hint) printf '%s\n' "Se este usuário pode ler o banco de dados: \`rpm --rebuilddb\` conserta um danificado. Se não, faça o mesmo como root." ;;
        *:rpm-failed.hint) printf '%s\n' "If this user may read the database: \`rpm --rebuilddb\` repairs a damaged one. Otherwise do the same as root." ;;
    esac
}
# <<< messages

LC_ALL=C
export LC_ALL
umask 077
tab=$(printf '\t')
newline='
'

die() { # STATUS KEY [VALUE]
    printf 'opm-profile: %s\n' "$(text "$2" "${3-}")" >&2
    printf 'hint: %s\n' "$(text "$2.hint" "${3-}")" >&2
    exit "$1"
}

# ---- files of the root ----------------------------------------------------------------------

# Prints where a file of the root is for us. An absolute link in a root points into that root.
at() {
    link=
    if [ -n "$root" ] && [ -L "$root$1" ]; then link=$(readlink "$root$1"); fi
    case $link in /*) printf '%s' "$root$link" ;; *) printf '%s' "$root$1" ;; esac
}

# Calls FUNCTION REAL-FILE NAME-INSIDE for a plain file, if it is one.
one() { # NAME FUNCTION
    real=$(at "$1")
    if [ -f "$real" ] && [ -r "$real" ]; then "$2" "$real" "$1"; fi
}

# The same for every FOLDER/*SUFFIX, sorted bytewise. A folder that is a link is another's alias.
each() { # FOLDER SUFFIX FUNCTION
    if [ -L "$root$1" ]; then return 0; fi
    for file in "$root$1"/*"$2"; do
        case ${file##*/} in *["$tab$newline"]*) continue ;; esac
        one "$1/${file##*/}" "$3"
    done
}

# ---- the machine ----------------------------------------------------------------------------

os_release() {
    file=$(at /etc/os-release)
    [ -f "$file" ] || file=$(at /usr/lib/os-release)
    [ -f "$file" ] || file=/dev/null
    awk '
        /^[A-Z_]+=/ {
            at = index($0, "="); key = substr($0, 1, at - 1); value = substr($0, at + 1)
            sub(/[ \t\r]+$/, "", value)
            gsub(/\t/, " ", value)
            size = length(value)
            if (size > 1 && value ~ /^".*"$/) {
                value = substr(value, 2, size - 2)
                plain = ""
                while ((slash = index(value, "\\")) > 0) {
                    plain = plain substr(value, 1, slash - 1) substr(value, slash + 1, 1)
                    value = substr(value, slash + 2)
                }
                value = plain value
            } else if (size > 1 && value ~ /^\047.*\047$/) {
                value = substr(value, 2, size - 2)
            }
            is[key] = value
        }
        END {
            printf "distro\t%s\t%s\t", is["ID"], is["VERSION_ID"]
            printf "%s\t%s\n", is["PLATFORM_ID"], is["PRETTY_NAME"]
        }' "$file"
}

rpm_facts() {
    rpm --showrc >"$tmp/showrc" || die 5 rpm-failed "rpm --showrc"
    arch=$(sed -n 's/^install arch *: *\([^ ]*\).*/\1/p' "$tmp/showrc" | sed 1q)
    printf 'arch\t%s\n' "${arch:-$(uname -m)}"
    kernel=$([ -z "$root" ] && uname -r || cat "$root/proc/sys/kernel/osrelease" 2>/dev/null) || :
    [ -z "$kernel" ] || printf 'kernel\t%s\n' "$kernel"
    version=$(rpm --version)
    printf 'rpm\t%s\n' "${version##* }"
    sed -n "s/^ *\(rpmlib([^ ]*)\) *= *\([^ ]*\) *\$/rpmlib$tab\1$tab\2/p" "$tmp/showrc" |
        sort -u
    awk '/^MemTotal:/ { printf "ram\t%.0f\n", $2 * 1024; exit }' /proc/meminfo 2>/dev/null || :
}

# Mounts on which packages may put files. Free space is rounded down to 16 MiB and 1,024 inodes,
# so that two captures in a row agree. Network file systems are left out: a dead one would hang us.
mounts() {
    [ -r /proc/self/mounts ] || return 0
    OPM_ROOT=$root awk '
        function unescape(text,   plain, code) {
            plain = ""
            while (match(text, /\\[0-7][0-7][0-7]/)) {
                code = substr(text, RSTART + 1, 1) * 64 + substr(text, RSTART + 2, 1) * 8
                code += substr(text, RSTART + 3, 1)
                plain = plain substr(text, 1, RSTART - 1) sprintf("%c", code)
                text = substr(text, RSTART + 4)
            }
            return plain text
        }
        BEGIN {
            root = ENVIRON["OPM_ROOT"]
            deepest = -1
            left_out = " autofs binfmt_misc bpf cgroup cgroup2 configfs debugfs devpts devtmpfs" \
                " efivarfs fusectl hugetlbfs mqueue nsfs proc pstore rpc_pipefs securityfs" \
                " selinuxfs squashfs sysfs tracefs nfs nfs4 cifs smb3 smbfs afs ceph fuse.sshfs" \
                " fuse.gvfsd-fuse fuse.portal "
        }
        {
            point = unescape($2)
            if (point ~ /[\t\n\r]/) next
            if (point == "/") point = ""
            inside = ""
            if (index(point "/", root "/") == 1) inside = substr(point, length(root) + 1)
            else if (index(root "/", point "/") != 1) next
            if (inside == "") {
                # The root lies on the deepest mount above it, of two there on the later one.
                if (length(point) < deepest) next
                deepest = length(point)
                inside = "/"
            }
            if (inside ~ /^\/(proc|sys|dev|run)(\/|$)/) next
            if (inside ~ /^\/var\/lib\/(docker|containers|kubelet|snapd|lxc)\//) next
            if (!(inside in type)) order[++count] = inside
            type[inside] = $3
            mode[inside] = ("," $4 ",") ~ /,ro,/ ? "ro" : "rw"
        }
        END {
            for (at = 1; at <= count; at++)
                if (index(left_out, " " type[order[at]] " ") == 0)
                    printf "%s\t%s\t%s\n", order[at], type[order[at]], mode[order[at]]
        }' /proc/self/mounts | sort -t "$tab" -k1,1 |
        while IFS=$tab read -r point type mode; do
            [ -d "$root$point" ] || continue
            numbers=$(stat -f -c '%a %d %c %S' "$root$point" 2>/dev/null) || continue
            printf '%s\n' "$numbers" | {
                IFS=' ' read -r free inodes all_inodes block
                free=$((free * block / 16777216 * 16777216))
                if [ "$all_inodes" = 0 ]; then inodes=-; else inodes=$((inodes / 1024 * 1024)); fi
                printf 'mount\t%s\t%s\t%s\t' "$point" "$type" "$free"
                printf '%s\t%s\t%s\n' "$inodes" "$block" "$mode"
            }
        done
}

# ---- configuration --------------------------------------------------------------------------

# Reads one INI file. `want` is main, repo, override or module; secrets stay behind.
# shellcheck disable=SC2016
ini='
    function secret(key,   low) {
        low = tolower(key)
        return low ~ /pass|secret|token|credential/ || low ~ /^((proxy_)?username|sslclientkey)$/
    }
    # Keeps of a query what names a repository, and drops what may name a customer.
    function query(text,   kept, parts, count, at, name) {
        kept = ""
        count = split(text, parts, /[&;]/)
        for (at = 1; at <= count; at++) {
            name = parts[at]
            if (sub(/=.*/, "", name) && index(harmless, " " name " ") > 0)
                kept = kept (kept == "" ? "?" : "&") parts[at]
        }
        return kept
    }
    function address(word,   at, end, tail, kept) {
        if (index(word, "://") == 0) return word
        if (gsub(/:\/\/[^\/?# ]*@/, "://", word) > 0) lost_user = 1
        if ((at = index(word, "?")) == 0) return word
        tail = substr(word, at + 1)
        kept = query(tail)
        if (kept != "?" tail) lost_query = 1
        return substr(word, 1, at - 1) kept
    }
    function addresses(value,   words, count, at, text) {
        if (index(value, "://") == 0) return value
        gsub(/,[ ]*http/, " http", value)
        gsub(/,[ ]*ftp/, " ftp", value)
        gsub(/,[ ]*file/, " file", value)
        count = split(value, words, / +/)
        text = ""
        for (at = 1; at <= count; at++) text = text (at > 1 ? " " : "") address(words[at])
        return text
    }
    function flush(   text) {
        if (key == "") return
        if (secret(key)) {
            strips[++strip_count] = key
        } else {
            lost_user = lost_query = 0
            text = addresses(value)
            printf "set\t%s\t%s\n", key, text
            if (lost_user) strips[++strip_count] = key ":user"
            if (lost_query) strips[++strip_count] = key ":query"
        }
        key = ""
    }
    function leave(   at) {
        flush()
        for (at = 1; at <= strip_count; at++) printf "strip\t%s\n", strips[at]
        strip_count = 0
        open = 0
    }
    BEGIN {
        name = ENVIRON["OPM_NAME"]
        harmless = " repo arch basearch release releasever infra content country cc path" \
            " protocol redirect version stock "
    }
    {
        gsub(/\r/, ""); gsub(/\t/, " ")
        line = $0
        sub(/ +$/, "", line)
        if (line == "") { if (open) flush(); next }
        indented = substr(line, 1, 1) == " "
        sub(/^ +/, "", line)
        first = substr(line, 1, 1)
        if (first == "#" || first == ";") next
        if (indented && open && key != "") { value = (value == "" ? "" : value " ") line; next }
        if (first == "[") {
            leave()
            end = index(line, "]")
            id = end > 0 ? substr(line, 2, end - 2) : ""
            if (id == "") next
            if ((want == "main") != (id == "main")) next
            open = 1
            if (want == "main") printf "main\t%s\n", name
            else printf "%s\t%s\t%s\n", want, id, name
            next
        }
        if (!open) next
        flush()
        at = index(line, "=")
        if (at < 2) next
        key = substr(line, 1, at - 1); value = substr(line, at + 1)
        sub(/ +$/, "", key); sub(/^ +/, "", value)
    }
    END { leave() }
'

ini_main() { OPM_NAME=$2 awk -v want=main "$ini" "$1"; }
ini_repo() { OPM_NAME=$2 awk -v want=repo "$ini" "$1"; }
ini_override() { OPM_NAME=$2 awk -v want=override "$ini" "$1"; }

# A module file has one section with name, stream, profiles and state.
module() {
    OPM_NAME=$2 awk -v want=repo "$ini" "$1" | awk -F "$tab" '
        function put() {
            if (id != "")
                printf "module\t%s\t%s\t%s\t%s\n", id, is["stream"], is["state"], is["profiles"]
            is["stream"] = is["state"] = is["profiles"] = id = ""
        }
        $1 == "repo" { put(); id = $2 }
        $1 == "set" { is[$2] = $3; if ($2 == "name") id = $3 }
        END { put() }'
}

# A variable whose name or value holds a secret is withheld, and said to be.
variable() {
    name=${2##*/}
    case $(printf '%s' "$name" | tr '[:upper:]' '[:lower:]') in
        *pass* | *secret* | *token* | *creden*) printf 'withheld\t%s\n' "$2" && return 0 ;;
    esac
    { printf '[x]\nx='; sed 1q "$1"; } | OPM_NAME=x awk -v want=repo "$ini" |
        OPM_NAME=$name OPM_FILE=$2 awk -F "$tab" '
            $1 == "set" { printf "var\t%s\t%s\n", ENVIRON["OPM_NAME"], $3 }
            $1 == "strip" { printf "withheld\t%s\n", ENVIRON["OPM_FILE"] }'
}

lines() { # KIND FILE
    OPM_NAME=$1 awk '
        {
            gsub(/\r/, ""); gsub(/\t/, " "); sub(/^ +/, ""); sub(/ +$/, "")
            if ($0 != "" && substr($0, 1, 1) != "#") printf "%s\t%s\n", ENVIRON["OPM_NAME"], $0
        }' "$2"
}
lock() { lines "lock$tab$2" "$1"; }
protect() { lines protect "$1"; }

configuration() {
    each /usr/share/dnf5/libdnf.conf.d .conf ini_main
    each /etc/dnf/libdnf5.conf.d .conf ini_main
    one /etc/dnf/dnf.conf ini_main
    [ -L "$root/etc/yum.conf" ] || one /etc/yum.conf ini_main
    one /etc/zypp/zypp.conf ini_main
    one /etc/dnf/dnf.conf ini_repo
    [ -L "$root/etc/yum.conf" ] || one /etc/yum.conf ini_repo
    for folder in /usr/share/dnf5/repos.d /etc/distro.repos.d /etc/yum.repos.d /etc/zypp/repos.d; do
        each "$folder" .repo ini_repo
    done
    each /usr/share/dnf5/repos.override.d .repo ini_override
    each /etc/dnf/repos.override.d .repo ini_override
    for folder in /usr/share/dnf5/vars.d /etc/yum/vars /etc/dnf/vars /etc/zypp/vars.d; do
        each "$folder" "" variable
    done >"$tmp/vars"
    # Of two of one name the last counts, as in dnf: sort keeps their order.
    awk '/^var\t/' "$tmp/vars" | sort -s -t "$tab" -k2,2 | awk -F "$tab" '
        NR > 1 && $2 != name { print line }
        { name = $2; line = $0 }
        END { if (NR > 0) print line }'
    awk '/^withheld\t/' "$tmp/vars" | sort -u
    for file in /etc/dnf/plugins/versionlock.list /etc/yum/pluginconf.d/versionlock.list \
        /etc/dnf/versionlock.toml /etc/zypp/locks; do
        one "$file" lock
    done
    each /etc/dnf/modules.d .module module
    each /etc/dnf/protected.d .conf protect
    each /etc/yum/protected.d .conf protect
    each /etc/tdnf/protected.d .conf protect
}

# ---- packages -------------------------------------------------------------------------------

# rpm as it looks at the root. Never called where there is no database: rpm would make one.
# It writes into pipes, which lose its exit status; a file remembers a failure.
query() { # FORMAT [NAME]
    rpm ${root:+--root "$root"} --dbpath "$dbpath" -qa --qf "$1" ${2+"$2"} || : >"$tmp/failed"
}

has_tag() { case $tags in *" $1 "*) ;; *) return 1 ;; esac; }

# The query format of one kind of dependency, empty where this rpm does not know the kind.
dep() { # LETTER TAG
    if has_tag "${2}NAME"; then
        printf '[%s\\t%%{%sNAME}\\t%%{%sFLAGS}\\t%%{%sVERSION}\\n]' "$1" "$2" "$2" "$2"
    fi
}

keys() {
    query 'key\t%{VERSION}-%{RELEASE}\t%{SUMMARY}\n%{DESCRIPTION}\n' gpg-pubkey | awk '
        function put(line) { printf "%s\t%s\n", id, line }
        /^key\t/ {
            text = substr($0, 5); at = index(text, "\t")
            id = substr(text, 1, at - 1); text = substr(text, at + 1); gsub(/[\t\r]/, " ", text)
            inside = 0
            put("key\t" id "\t" text)
            next
        }
        { gsub(/\r/, ""); gsub(/\t/, " ") }
        /^-----BEGIN / { inside = 1 }
        inside && id != "" { put("armor\t" $0) }
        /^-----END / { inside = 0 }' | sort -s -t "$tab" -k1,1 | cut -f2-
}

# Prints ID and value of one key in the tables of dnf 5's state, which stand in either form.
toml() { # FILE TABLE KEY
    OPM_TABLE=$2 OPM_KEY=$3 awk '
        function quoted(text) {
            return match(text, /"[^"]*"/) ? substr(text, RSTART + 1, RLENGTH - 2) : ""
        }
        function put(id, value) { if (id != "" && value != "") printf "%s\t%s\n", id, value }
        BEGIN {
            head = "[" ENVIRON["OPM_TABLE"] "."
            plain = "^ *" ENVIRON["OPM_KEY"] " *="
            inline = "^ *\"[^\"]*\" *= *[{] *" ENVIRON["OPM_KEY"] " *="
        }
        { gsub(/\t/, " ") }
        substr($0, 1, 1) == "[" { name = index($0, head) == 1 ? quoted($0) : ""; next }
        $0 ~ plain { put(name, quoted($0)) }
        $0 ~ inline { id = quoted($0); sub(/^ *"[^"]*"/, ""); put(id, quoted($0)) }' "$1"
}

# Why packages are there and where they came from: lines of KEY, reason, repository.
reasons() {
    real=$(at /usr/lib/sysimage/libdnf5/packages.toml)
    if [ -f "$real" ]; then
        toml "$real" packages reason | awk -F "$tab" '
            BEGIN {
                word["User"] = word["External User"] = "user"; word["Group"] = "group"
                word["Dependency"] = "dependency"; word["Weak Dependency"] = "weak"
            }
            $2 in word { printf "a:%s\t%s\t\n", $1, word[$2] }'
        real=$(at /usr/lib/sysimage/libdnf5/nevras.toml)
        [ -f "$real" ] && toml "$real" nevras from_repo | sed "s/^/n:/; s/$tab/$tab$tab/"
        return 0
    fi
    real=$(at /var/lib/dnf/history.sqlite)
    if [ -r "$real" ] && command -v sqlite3 >/dev/null 2>&1; then
        sqlite3 -readonly -separator "$tab" "$real" "$dnf4_reasons" 2>/dev/null || :
        return 0
    fi
    if [ -d "$root/var/lib/yum/yumdb" ]; then
        find "$root/var/lib/yum/yumdb" -type f \( -name reason -o -name from_repo \) -exec awk '
            FNR == 1 {
                count = split(FILENAME, part, "/")
                # 40 digits of the package, a dash, NAME-VERSION-RELEASE-ARCH
                id = substr(part[count - 1], 42); what = part[count]; value = $1
                if (what == "from_repo") printf "y:%s\t\t%s\n", id, value
                else if (value == "dep") printf "y:%s\tdependency\t\n", id
                else if (value == "user" || value == "group") printf "y:%s\t%s\t\n", id, value
            }' {} +
        return 0
    fi
    real=$(at /var/lib/zypp/AutoInstalled)
    if [ -r "$real" ]; then
        printf 'z\tz\t\n'
        lines z "$real" | sed "s/^z$tab\(.*\)/z:\1${tab}dependency$tab/"
    fi
}

# Of every package the last time that dnf 4 did anything with it but remove it.
dnf4_reasons="
    SELECT 'a:' || r.name || '.' || r.arch,
        CASE t.reason WHEN 1 THEN 'dependency' WHEN 2 THEN 'user' WHEN 4 THEN 'weak'
            WHEN 5 THEN 'group' ELSE '' END,
        COALESCE(p.repoid, '')
    FROM trans_item t JOIN trans x ON x.id = t.trans_id AND x.state = 1
        JOIN rpm r ON r.item_id = t.item_id LEFT JOIN repo p ON p.id = t.repo_id
    WHERE t.state = 1 AND t.action NOT IN (3, 5, 7, 8, 10)
    ORDER BY t.id;"

# Paths that the dependencies of installed packages name, one per line.
named_paths() {
    format=
    for tag in REQUIRE CONFLICT RECOMMEND SUGGEST SUPPLEMENT ENHANCE; do
        if has_tag "${tag}NAME"; then format="${format}[%{${tag}NAME}\\n]"; fi
    done
    query "$format" | awk '
        index($0, "/") == 0 { next }
        substr($0, 1, 1) == "/" { print; next }
        substr($0, 1, 1) == "(" {
            count = split($0, words, /[ \t()]+/)
            for (at = 1; at <= count; at++) if (substr(words[at], 1, 1) == "/") print words[at]
        }' | sort -u
}

packages() {
    named_paths >"$tmp/named"
    reasons >"$tmp/reasons"
    digest='%|SHA1HEADER?{sha1:%{SHA1HEADER}}:{%|SIGMD5?{md5:%{SIGMD5}}|}|'
    if has_tag SHA256HEADER; then digest="%|SHA256HEADER?{sha256:%{SHA256HEADER}}:{$digest}|"; fi
    modularity=
    if has_tag MODULARITYLABEL; then modularity='%|MODULARITYLABEL?{%{MODULARITYLABEL}}|'; fi
    format='pkg\t%{NAME}\t%|EPOCH?{%{EPOCH}}:{0}|\t%{VERSION}\t%{RELEASE}\t%|ARCH?{%{ARCH}}|'
    format="$format\\t$digest\\t%{BUILDTIME}\\t%|INSTALLTIME?{%{INSTALLTIME}}|\\t%{LONGSIZE}"
    format="$format\\t%|SOURCERPM?{%{SOURCERPM}}|\\t$modularity\\t%|VENDOR?{%{VENDOR}}|\\n"
    format="$format$(dep P PROVIDE)$(dep R REQUIRE)$(dep C CONFLICT)$(dep O OBSOLETE)"
    format="$format$(dep M RECOMMEND)$(dep S SUGGEST)$(dep U SUPPLEMENT)$(dep E ENHANCE)"
    format="${format}[F\\t%{FILENAMES}\\n]"
    query "$format" | OPM_TMP=$tmp awk -F "$tab" '
        function number(text) { return text ~ /^[0-9]+$/ && length(text) < 19 ? text : "0" }
        function join(from, to,   text, at) {
            text = $from
            for (at = from + 1; at <= to; at++) text = text " " $at
            return text
        }
        function installed(   id, short, yum, why, from) {
            nevra = $2 "-" $3 ":" $4 "-" $5 "." $6
            short = $3 == "0" ? $2 "-" $4 "-" $5 "." $6 : nevra
            yum = "y:" $2 "-" $4 "-" $5 "-" $6
            id = "a:" $2 "." $6
            why = id in reason ? reason[id] : yum in reason ? reason[yum] : \
                ("z:" $2) in reason ? reason["z:" $2] : "z" in reason ? "user" : "-"
            from = id in repo ? repo[id] : ("n:" nevra) in repo ? repo["n:" nevra] : \
                ("n:" short) in repo ? repo["n:" short] : yum in repo ? repo[yum] : ""
            head = nevra "\t" $7 "\t"
            printf "%spkg\t%s\t%s\t%s\t", head, nevra, $7, number($8)
            printf "%s\t%s\t%s\t%s\t", number($9), number($10), $11, why
            printf "%s\t%s\t%s\n", from, $12, join(13, NF)
        }
        BEGIN {
            file = ENVIRON["OPM_TMP"] "/named"
            while ((getline line < file) > 0) named[line]
            file = ENVIRON["OPM_TMP"] "/reasons"
            while ((getline line < file) > 0) {
                split(line, part, "\t")
                if (part[2] != "") reason[part[1]] = part[2]
                if (part[3] != "") repo[part[1]] = part[3]
            }
        }
        # Old rpm writes this, without an end of line, for a kind that a package has none of.
        substr($0, 1, 1) == "(" { sub(/^(\(none\))+/, "") }
        {
            kind = substr($0, 1, 2)
            if (kind == "F\t") {
                if (skip) next
                path = substr($0, 3)
                if (index(path, "bin/") || substr(path, 1, 5) == "/etc/" || \
                    path == "/usr/lib/sendmail" || path in named) {
                    gsub(/[\t\r]/, " ", path)
                    print head "F\t" path
                }
            } else if (substr($0, 1, 4) == "pkg\t") {
                gsub(/\r/, " ")
                skip = $2 == "gpg-pubkey" || NF < 13
                if (!skip) installed()
            } else if (!skip && NF > 3 && kind ~ /^[PRCOMSUE]\t$/) {
                gsub(/\r/, " ")
                text = join(2, NF - 2)
                flags = number($(NF - 1))
                version = $NF == "(none)" ? "" : $NF
                if (text == "") next
                if (version != "") text = text "\t" flags "\t" version
                else if (flags != "0") text = text "\t" flags
                print head $1 "\t" text
            }
        }' | sort -s -t "$tab" -k1,1 -k2,2 | cut -f3-
}

# ---- the whole ------------------------------------------------------------------------------

profile() {
    printf 'opm-profile\t1.0\n'
    os_release
    rpm_facts
    if [ -n "$when" ]; then printf 'at\t%s\n' "$when"; fi
    mounts
    configuration
    if [ -n "$database" ]; then keys; packages; fi
}

main() {
    root=
    dbpath=
    when=
    output=
    while [ $# -gt 0 ]; do
        case $1 in
            --root | --dbpath | --at | -o) [ $# -gt 1 ] || die 2 bad-option "$1" ;;
        esac
        case $1 in
            --root) root=$2 && shift 2 ;;
            --dbpath) dbpath=$2 && shift 2 ;;
            --at) when=$2 && shift 2 ;;
            -o) output=$2 && shift 2 ;;
            -h | --help) text usage && exit 0 ;;
            *) die 2 bad-option "$1" ;;
        esac
    done
    case $when in *[!0-9]* | 0* | ???????????????????*) die 2 bad-option "--at $when" ;; esac
    if [ -n "$root" ]; then
        root=$(cd "$root" 2>/dev/null && pwd -P) || die 2 bad-option --root
        [ "$root" != / ] || root=
    fi
    command -v rpm >/dev/null 2>&1 || die 5 no-rpm
    if [ -z "$dbpath" ]; then
        dbpath=$(rpm ${root:+--root "$root"} -E %_dbpath) || die 5 rpm-failed "rpm -E %_dbpath"
    fi
    case $dbpath in /*) ;; *) die 5 rpm-failed "rpm -E %_dbpath: $dbpath" ;; esac
    # A machine that looks empty would get everything anew.
    [ ! -d "$root$dbpath" ] || [ -x "$root$dbpath" ] || die 5 rpm-failed "$root$dbpath"
    database=
    for file in rpmdb.sqlite Packages Packages.db; do
        [ ! -e "$root$dbpath/$file" ] || database=$root$dbpath/$file
    done
    tmp=$(mktemp -d "${TMPDIR:-/tmp}/opm-profile.XXXXXX") || exit 5
    trap 'rm -rf "$tmp"' EXIT && trap 'exit 5' HUP INT TERM
    tags=" $(rpm --querytags | tr '\n' ' ') "
    profile >"$tmp/profile"
    if [ -e "$tmp/failed" ]; then die 5 rpm-failed "$database"; fi
    digest=$(sha256sum <"$tmp/profile")
    printf 'end\t%s\n' "${digest%% *}" >>"$tmp/profile"
    case $output in
        '') cat "$tmp/profile" ;;
        *.gz) gzip -9 -n <"$tmp/profile" >"$output" ;;
        *) cat "$tmp/profile" >"$output" ;;
    esac
}

main "$@"
