#!/bin/sh
# ./dev soak thin: the thin client where there is little memory and no way out, and for a month.
#
# 1. 20 packages in a memory cgroup of 128 MB without swap, where cgroups may be made (else under
#    `ulimit -v`; it says which); what the client takes besides rpm, looked at 50 times a second.
# 2. A copy of the tree made by wget, served by busybox httpd and by python, in a network namespace
#    that has nothing but its loopback.
# 3. 30 days: every day some packages change, the tree is built, the client updates; in the end
#    neither the client's folder nor the tree may have grown, and the machine is what was asked.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd -P)
opm=${OPM:-$here/opm}
work=$(mktemp -d /tmp/opm-thin.XXXXXX)
servers=''
end() {
    for pid in $servers; do
        kill "$pid" 2>/dev/null || :
    done
    rm -rf "$work"
}
trap end EXIT
debian=
! rpm --help 2>&1 | grep -q -e --force-debian || debian=--force-debian
HOME=/root
export HOME

recipe() { # VERSION...: the versions of p1 to p20, later ones 1
    echo "package base-1-1.noarch"
    echo "file /usr/share/base: base"
    at=1
    while [ $at -le 20 ]; do
        version=${1:-1}
        [ $# -eq 0 ] || shift
        echo "package p$at-$version-1.noarch"
        echo "requires: base"
        [ $at -eq 1 ] || echo "requires: p$((at - 1))"
        echo "file /usr/share/p$at: version $version"
        at=$((at + 1))
    done
}

repo() { # FOLDER VERSION...
    folder=$1
    shift
    recipe "$@" >"$work/recipe"
    rm -rf "$folder"
    "$here/dev.d/stub-repo" --recipe "$work/recipe" -o "$folder" >/dev/null
}

build() { # FOLDER
    "$opm" presolve build --all --with-packages --baseline "$work/base.opmprofile" \
        --platform stub/1 --sign "$work/key.pem" --repo "stub=file://$1" \
        --state "$work/state" -o "$work/tree" --quiet --may-shrink >/dev/null
}

root() { # FOLDER: a machine that is the baseline
    mkdir -p "$1"
    rpmkeys --root "$1" --import "$work/repo/RPM-GPG-KEY-stub"
    find "$work/repo" -name 'base-1-1*.rpm' -exec \
        rpm --root "$1" $debian -i {} +
}

thin() { # SHELL URL ROOT WORD...
    shell=$1 url=$2 machine=$3
    shift 3
    $shell "$here/sh/opm-thin.sh" --server "$url" --platform stub/1 --root "$machine" \
        --key "$work/tree/key.pub" "$@"
}

count() { # ROOT
    rpm --root "$1" -qa | grep -c '^p[0-9]'
}

serve() { # FOLDER PORT
    busybox httpd -f -p "127.0.0.1:$2" -h "$1" &
    servers="$servers $!"
    tries=0
    until curl -fs -o /dev/null "http://127.0.0.1:$2/mirror.html"; do
        tries=$((tries + 1))
        [ $tries -lt 1000 ]
    done
}

openssl genpkey -algorithm ed25519 -out "$work/key.pem" 2>/dev/null
repo "$work/repo"
root "$work/root0"
"$opm" profile --root "$work/root0" -o "$work/base.opmprofile" --quiet >/dev/null
build "$work/repo"
port=$((20000 + $$ % 20000))
serve "$work/tree" $port
url=http://127.0.0.1:$port

# ---- 1: little memory -----------------------------------------------------------------------

root "$work/root1"
group=/sys/fs/cgroup/memory/opm-thin-$$
unified=/sys/fs/cgroup/opm-thin-$$
how="ulimit -v 262144"
enter='ulimit -v 262144'
if mkdir "$group" 2>/dev/null; then
    echo $((128 << 20)) >"$group/memory.limit_in_bytes"
    echo $((128 << 20)) >"$group/memory.memsw.limit_in_bytes" 2>/dev/null || :
    swap=$(awk '/SwapTotal/ {print $2}' /proc/meminfo)
    how="cgroup v1, memory.limit_in_bytes 128 MB, swap $swap kB"
    enter="echo \$\$ >$group/tasks"
elif mkdir "$unified" 2>/dev/null && echo $((128 << 20)) >"$unified/memory.max" 2>/dev/null; then
    echo 0 >"$unified/memory.swap.max" 2>/dev/null || :
    how="cgroup v2, memory.max 128 MB"
    enter="echo \$\$ >$unified/cgroup.procs"
fi
sh -c "$enter; exec \"\$@\"" sh dash "$here/sh/opm-thin.sh" --server "$url" --platform stub/1 \
    --root "$work/root1" --key "$work/tree/key.pub" install p20 >"$work/out1" 2>&1 &
client=$!
most=0
while kill -0 $client 2>/dev/null; do
    # Everything below the client but rpm itself.
    sum=$(ps -eo pid=,ppid=,rss=,comm= | awk -v top=$client '
        { parent[$1] = $2; rss[$1] = $3; name[$1] = $4 }
        END {
            for (p in parent) {
                q = p
                while (q != top && q in parent) q = parent[q]
                if (q == top && name[p] !~ /^rpm/) sum += rss[p]
            }
            print sum + 0
        }')
    [ "$sum" -le "$most" ] || most=$sum
    sleep 0.02
done
wait $client || { cat "$work/out1"; exit 1; }
echo "1. $(count "$work/root1") of 20 packages under $how; besides rpm at most $((most / 1024)) MB"
[ "$(count "$work/root1")" = 20 ]
[ "$most" -le 20480 ]
rmdir "$group" "$unified" 2>/dev/null || :

# ---- 2: no way out --------------------------------------------------------------------------

wget -q -m -nH -P "$work/copy" "$url/mirror.html"
for server in busybox python; do
    root "$work/root-$server"
    case $server in
        busybox) command="busybox httpd -f -p 127.0.0.1:8000 -h $work/copy" ;;
        python) command="python3 -m http.server --bind 127.0.0.1 --directory $work/copy 8000" ;;
    esac
    unshare -n sh -c "
        ip link set lo up 2>/dev/null || busybox ip link set lo up
        ! curl -fs -m 2 -o /dev/null $url/mirror.html || exit 9
        $command >/dev/null 2>&1 &
        until curl -fs -o /dev/null http://127.0.0.1:8000/mirror.html; do :; done
        busybox ash $here/sh/opm-thin.sh --server http://127.0.0.1:8000 --platform stub/1 \
            --root $work/root-$server --key $work/tree/key.pub install p20 >/dev/null
        status=\$?
        kill \$!
        exit \$status"
    [ "$(count "$work/root-$server")" = 20 ]
    echo "2. copied by wget, served by $server, no route outward: 20 packages"
done

# ---- 3: a month -----------------------------------------------------------------------------

size() { # FOLDER
    du -s --apparent-size -k "$1" | cut -f 1
}

day=1
set -- 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1
while [ $day -le "${DAYS:-30}" ]; do
    # Two packages get a new version each day.
    versions=''
    at=1
    for version; do
        if [ $at = $((day % 20 + 1)) ] || [ $at = $((day * 7 % 20 + 1)) ]; then
            version=$((day + 1))
        fi
        versions="$versions $version"
        at=$((at + 1))
    done
    # shellcheck disable=SC2086 # a list
    set -- $versions
    repo "$work/repo" "$@"
    build "$work/repo"
    thin dash "$url" "$work/root1" update >"$work/out3" 2>&1 || { cat "$work/out3"; exit 1; }
    thin dash "$url" "$work/root1" update | grep -q .
    thin dash "$url" "$work/root1" check >"$work/out3" || { cat "$work/out3"; exit 1; }
    [ "$(count "$work/root1")" = 20 ]
    if [ $day = 3 ]; then
        client=$(size "$work/root1/var/lib/opm-thin") tree=$(size "$work/tree/packages")
    fi
    day=$((day + 1))
done
at=1
for version; do
    [ "$(rpm --root "$work/root1" -q --qf '%{VERSION}' "p$at")" = "$version" ]
    at=$((at + 1))
done
echo "3. $((day - 1)) days: versions as published; client $client -> \
$(size "$work/root1/var/lib/opm-thin") KB, tree $tree -> $(size "$work/tree/packages") KB"
[ "$(size "$work/root1/var/lib/opm-thin")" -le $((client + 8)) ]
