#!/bin/sh
# Real pkcon, packagekitd and polkitd on a bus of their own, real rpm in a root of its own: every
# method that clients use. Needs root and a mount namespace; skipped where something is missing.
# pkcon ends with 0 also where no daemon is: what it says decides.
#
#   sh packagekit/test/pkcon.sh [--all] [--only methods|switch|presolve|perjob]
#
# Without --all the questions that differ little from others are left out.
# OPM_PK_KEEP=1 keeps the folder with the daemons' logs.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd -P)

skip() {
    echo "skipped: $*"
    exit 0
}

all='' only=''
[ "${1:-}" != --all ] || { all=1 && shift; }
[ "${1:-}" != --only ] || { only=$2 && shift 2; }
if [ "${1:-}" != inside ]; then
    [ "$(id -u)" = 0 ] || skip "packagekitd needs the rights of root"
    for program in pkcon dbus-daemon pkg-config make cc rpm rpmkeys rpmsign createrepo_c python3 \
        setpriv unshare; do
        command -v $program >/dev/null 2>&1 || skip "$program is not here"
    done
    [ -x /usr/libexec/packagekitd ] || skip "packagekitd is not here"
    pkg-config --exists packagekit-glib2 || skip "packagekit-glib2 of pkg-config is not here"
    unshare -m true 2>/dev/null || skip "no mount namespace can be made here"
    work=$(mktemp -d "${TMPDIR:-/tmp}/opm-pkcon.XXXXXX")
    chmod 755 "$work"
    status=0
    unshare -m --propagation private sh "$0" ${all:+--all} \
        ${only:+--only "$only"} inside "$work" || status=$?
    [ -n "${OPM_PK_KEEP:-}" ] || rm -rf "$work"
    exit $status
fi

work=$2
export HOME=/root # below which Debian's rpm has its database, also for who was started by a daemon
cd "$work"
machine=$work/root
pids=
failures=0
started=$(date +%s)
finish() {
    # shellcheck disable=SC2086 # a list of numbers
    [ -z "$pids" ] || kill $pids 2>/dev/null || :
    wait 2>/dev/null || :
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

fail() { # WHAT OUTPUT
    printf 'FAIL %s\n%s\n' "$1" "$2"
    failures=$((failures + 1))
}

pk() { # pkcon's words; everything it says
    timeout 60 pkcon --plain "$@" 2>&1 </dev/null || :
}

want() { # TEXT [!TEXT] -- pkcon's words: the first stands in what it says, the second does not
    expected=$1 unexpected=
    shift
    case $1 in !*) unexpected=${1#!} && shift ;; esac
    out=$(pk "$@")
    case $out in
        *"$expected"*) ;;
        *)
            fail "pkcon $* : expected '$expected'" "$out"
            return
            ;;
    esac
    if [ -n "$unexpected" ]; then
        case $out in
            *"$unexpected"*)
                fail "pkcon $* : unexpected '$unexpected'" "$out"
                return
                ;;
        esac
    fi
    echo "ok   pkcon $*"
}

more() { # the same, only with --all
    [ -z "$all" ] || want "$@"
}

is() { # WHAT COMMAND...
    what=$1
    shift
    if "$@" >is.out 2>&1; then echo "ok   $what"; else fail "$what" "$(cat is.out)"; fi
}

here() { # what is installed
    rpm --root "$machine" -qa --qf '%{NAME}-%{VERSION}\n' | grep -v gpg-pubkey | sort |
        tr '\n' ' '
}

has() { # NAME-VERSION...: these are installed and no others
    case $(here) in
        "$* ") echo "ok   installed: $*" ;;
        *) fail "installed: $*" "$(here)" ;;
    esac
}

await() { # COMMAND...: until it holds
    for _ in $(seq 300); do
        ! "$@" >/dev/null 2>&1 || return 0
        sleep 0.1
    done
    fail "never: $*" "$(cat job.out 2>/dev/null)"
    return 1
}

helpers() { # processes of the helper
    pgrep -P "$daemon" 2>/dev/null
}

no_helper() {
    ! helpers
}

# ---- packages, a machine, the module ---------------------------------------------------------

{
    cat <<'END'
package base-1-1.noarch
summary: What all others need
group: System Environment/Base
file /usr/share/base: base
package lib-1-1.noarch
requires: base
file /usr/share/lib: lib
package app-1-1.noarch
summary: An application, with a backslash \ and 100% more
license: GPL-2.0-or-later
url: https://example.org/app
group: Amusements/Games
description: <<END_OF_TEXT
The first line.
The second line.
END_OF_TEXT
requires: lib = 1, base
recommends: extra
file /usr/bin/app: app
package extra-1-1.noarch
file /usr/share/extra: extra
package tool-1-1.noarch
requires: base
file /usr/share/tool: tool
package lonely-1-1.noarch
requires: nobody-has-this
package rival-1-1.noarch
file /usr/share/base: another one
package slow-1-1.noarch
pre <lua>: io.open("/slow", "w"):close() while not posix.access("/go") do posix.sleep(1) end
file /usr/share/slow: slow
END
    for name in big huge; do
        printf 'package %s-1-1.noarch\nfile /usr/share/%s: <<END_OF_TEXT\n' $name $name
        head -c 1500000 /dev/urandom | base64
        echo END_OF_TEXT
    done
} >recipe
{
    sed -e 's/^package tool-1-1/package tool-2-1/' -e '/^package big/,$d' recipe
} >newer.recipe
"$root/dev" stub-repo --recipe "$work/recipe" -o "$work/repo" >stub.log 2>&1
"$root/dev" stub-repo --recipe "$work/newer.recipe" -o "$work/newer" >>stub.log 2>&1
cat >newer-info.xml <<'END'
<updates><update from="x@example.org" status="final" type="security" version="1">
<id>STUB-2026-1</id><title>A hole in tool</title><issued date="2026-11-01 10:00:00"/>
<severity>Important</severity>
<references><reference href="https://example.org/cve/1" id="CVE-2026-1" type="cve"/></references>
<pkglist><collection short="s"><name>s</name><package name="tool" version="2" release="1"
epoch="0" arch="noarch" src="tool-2-1.src.rpm"><filename>tool-2-1.noarch.rpm</filename>
<reboot_suggested>True</reboot_suggested></package></collection></pkglist></update></updates>
END
modifyrepo_c --mdtype=updateinfo newer-info.xml newer/repodata >/dev/null
mkdir -p "$machine/etc/yum.repos.d"
# dnf 5 was at work here once: so it is told why packages come.
reasons=$machine/usr/lib/sysimage/libdnf5/packages.toml
mkdir -p "${reasons%/*}"
printf 'version = "1.0"\n[packages]\n"base.noarch" = {reason = "User"}\n' >"$reasons"
rpmkeys --root "$machine" --import repo/RPM-GPG-KEY-stub
debian=
[ ! -e /etc/debian_version ] || debian=--force-debian
rpm --root "$machine" $debian -i repo/Packages/b/base-1-1.noarch.rpm
python3 -m http.server 0 --bind 127.0.0.1 --directory "$work" >http.log 2>&1 &
pids=$!
await grep -q 'port [0-9]' http.log || { cat http.log; exit 1; }
port=$(sed -n 's/.*port \([0-9]*\).*/\1/p' http.log | head -n 1)
cat >"$machine/etc/yum.repos.d/stub.repo" <<END
[stub]
name=Stub packages
baseurl=http://127.0.0.1:$port/repo/
enabled=1
gpgcheck=1
[newer]
name=Newer packages
baseurl=http://127.0.0.1:$port/newer/
enabled=0
gpgcheck=1
END

: >options
OPM_NO_BUILD='' "$root/opm" version >opm.log 2>&1 || { cat opm.log; exit 1; }
cat >helper <<END
#!/bin/sh
OPM_NO_BUILD=1 exec "$root/opm" packagekit --root "$machine" --state "$work/state" --idle 1 \
    \$(cat "$work/options")
END
chmod 755 helper
mkdir module
is "the module is built" make -s -C "$root/packagekit" OUT="$work/module"
backends=$(find /usr/lib*/packagekit-backend /usr/lib/*/packagekit-backend -maxdepth 0 2>/dev/null |
    head -n 1)
for folder in "$backends" /etc/PackageKit /var/lib/PackageKit /etc/polkit-1/rules.d; do
    mkdir -p "$folder"
    mount -t tmpfs -o mode=755 none "$folder"
done
cp module/libpk_backend_presolve.so "$backends/"
cat >/etc/PackageKit/PackageKit.conf <<END
[Daemon]
DefaultBackend=presolve
[Presolve]
Helper=$work/helper
Socket=$work/helper.socket
END
cat >bus.conf <<END
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=$work/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_destination="*"/><allow send_type="*"/>
    <allow receive_type="*"/>
  </policy>
</busconfig>
END
DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/bus
export DBUS_SYSTEM_BUS_ADDRESS

begin() { # NAME PROGRAM...: starts a daemon
    log=$1.log
    shift
    "$@" >"$log" 2>&1 &
    begun=$!
    pids="$pids $begun"
}
begin bus dbus-daemon --nofork --config-file="$work/bus.conf"
await test -S "$work/bus"
polkitd=/usr/lib/polkit-1/polkitd
[ -x $polkitd ] || polkitd=/usr/libexec/polkitd
begin polkit $polkitd --no-debug
daemons() {
    begin packagekit /usr/libexec/packagekitd --keep-environment --verbose --disable-timer
    daemon=$begun
    await grep -q 'PackageKit' packagekit.log
}
daemons
answers() {
    pkcon --plain backend-details | grep -q Presolved
}
await answers

per_job() { # COMMAND: what each job is done by
    kill "$daemon"
    wait "$daemon" 2>/dev/null || :
    printf '[Daemon]\nDefaultBackend=presolve\n[Presolve]\nPerJob=true\nHelper=%s\n' "$1" \
        >/etc/PackageKit/PackageKit.conf
    daemons
    await answers
}
part() { # NAME
    # shellcheck source=/dev/null
    case ${only:-$1} in "$1") . "$root/packagekit/test/parts/$1.sh" ;; esac
}
part methods
part switch
part presolve
part perjob

echo "done in $(($(date +%s) - started)) s, $failures failed"
[ $failures = 0 ]
