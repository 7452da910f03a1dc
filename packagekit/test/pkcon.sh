#!/bin/sh
# Real pkcon, packagekitd and polkitd on a bus of their own, real rpm in a root of its own: every
# method that clients use. Needs root and a mount namespace; skipped where something is missing.
# pkcon ends with 0 also where no daemon is: what it says decides.
#
#   sh packagekit/test/pkcon.sh [--all]
#
# Without --all the questions that differ little from others are left out.
# OPM_PK_KEEP=1 keeps the folder with the daemons' logs.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd -P)

skip() {
    echo "skipped: $*"
    exit 0
}

all=
[ "${1:-}" != --all ] || { all=1 && shift; }
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
    unshare -m --propagation private sh "$0" ${all:+--all} inside "$work" || status=$?
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

# ---- questions -------------------------------------------------------------------------------

want "Available    app-1-1.noarch (stub)" resolve app
want "app-1-1.noarch" '!tool' search name ap
want "app-1-1.noarch" search details 'BACKSLASH'
more "app-1-1.noarch" '!base-' search group games
want "app-1-1.noarch" search file /usr/bin/app
more "app-1-1.noarch" search file app
more "base-1-1.noarch (installed)" search details 'others need'
more "base-1-1.noarch (installed)" get-packages --filter installed
more "lib-1-1.noarch" what-provides lib
want "GPL-2.0-or-later" get-details app
more "The second line." get-details app
more "What all others need" get-details base
want "/usr/bin/app" get-files app
more "/usr/share/base" get-files base
want "lib-1-1.noarch" depends-on app
want "Stub packages" repo-list
more "no updates" get-updates
want "tool-1-1.noarch" get-details-local repo/Packages/t/tool-1-1.noarch.rpm
want "/usr/share/tool" get-files-local repo/Packages/t/tool-1-1.noarch.rpm
has base-1

# ---- changes ---------------------------------------------------------------------------------

journal=$machine/var/lib/opm/journal
# Without -y pkcon asks what would happen and then a person, of whom there is none.
want " lib-1-1.noarch" install app
has base-1
want "Downloading" -y -d install app
has base-1
is "only downloaded: nothing in the history" test ! -e "$journal"
want "Installed    app-1-1.noarch" -y install app
has app-1 base-1 extra-1 lib-1
is "dnf 5 knows what was asked for" grep -q 'app.noarch.*User' "$reasons"
is "dnf 5 knows what came along" grep -q 'lib.noarch.*Dependency' "$reasons"
more "may already be installed" -y install app
want "app-1-1.noarch" required-by lib
peak=$(sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$(helpers)/status" 2>/dev/null) || :
echo "helper, the most it had until an install was done: ${peak:-gone} kB"
is "the helper has at most 70 MB" test "${peak:-0}" -le 71680
want "extra-1-1.noarch" -y remove extra
has app-1 base-1 lib-1
want "lib-1-1.noarch" remove base
has app-1 base-1 lib-1
want "Removed" -y remove app
has base-1 lib-1
"$root/opm" history list --root "$machine" >history.out 2>&1 || :
is "the history of opm names what was asked" grep -q 'install app' history.out

# Files that somebody has, and with them what they need.
want "tool-1-1.noarch" install-local repo/Packages/t/tool-1-1.noarch.rpm
has base-1 lib-1
head -c 2000 repo/Packages/t/tool-1-1.noarch.rpm >cut.rpm
want "cut.rpm" -y install-local cut.rpm
want "Installed    tool-1-1.noarch" -y install-local repo/Packages/t/tool-1-1.noarch.rpm
want "nobody-has-this" -y install lonely
want "Installed    app-1-1.noarch" -y install-local repo/Packages/a/app-1-1.noarch.rpm
has app-1 base-1 extra-1 lib-1 tool-1

# Updates, once another repository counts.
want "" repo-enable newer
want "tool-2-1.noarch" get-updates
more "Security" get-updates
want "STUB-2026-1" get-update-detail tool
more "https://example.org/cve/1" get-update-detail tool
want "tool-2-1.noarch" update tool
has app-1 base-1 extra-1 lib-1 tool-1
want "tool-2-1.noarch" -y update tool
has app-1 base-1 extra-1 lib-1 tool-2
more "no updates" get-updates
want "Refreshing" '!crash' refresh force
mkdir downloads
want "slow-1-1.noarch" download downloads slow
is "a package was downloaded" test -s downloads/slow-1-1.noarch.rpm

# ---- a helper on demand ----------------------------------------------------------------------

await no_helper && echo "ok   no helper when idle"
want "lib-1-1.noarch" search name lib
is "one helper for the next job" helpers
sed -n 's/^VmHWM:[[:space:]]*/helper after a search, the most it had: /p' "/proc/$(helpers)/status"

# Ctrl-C in a client, while packages come.
await no_helper
echo "--limit-rate 100K" >options
changing() { # NAME WORD: begins to install it, returns when the client says the word
    rm -f job.out
    pkcon --plain -y install "$1" >job.out 2>&1 </dev/null &
    job=$!
    await grep -q "$2" job.out
}
changing big Percentage
kill -INT $job
wait $job || :
is "cancelled" grep -qi 'cancel' job.out
has app-1 base-1 extra-1 lib-1 tool-2

# kill -9 of the helper, while packages come: the job fails, the next one finds another helper.
changing huge Percentage
kill -9 "$(helpers)"
wait $job || :
is "killed while packages came" grep -q 'went away' job.out
want "lib-1-1.noarch" search name lib

# A search while an install runs; kill -9 while rpm runs: the next change goes on with it.
: >options
await no_helper
changing slow 'Committing'
await test -e "$machine/slow"
before=$(date +%s%N)
want "lib-1-1.noarch" search name lib
echo "a search while an install runs: $((($(date +%s%N) - before) / 1000000)) ms"
is "the install still runs" kill -0 $job
kill -9 "$(helpers)"
wait $job || :
is "killed while rpm ran" grep -q 'went away' job.out
: >"$machine/go"
want "Removed" -y remove extra
has app-1 base-1 lib-1 slow-1 tool-2
"$root/opm" history list --root "$machine" >history.out 2>&1 || :

# ---- who may ---------------------------------------------------------------------------------

refused='not authorized|obtain auth|authentication failed|failed to obtain'
nobody() { # pkcon's words
    setpriv --reuid nobody --regid nogroup --clear-groups timeout 60 pkcon --plain "$@" 2>&1 \
        </dev/null || :
}
case $(nobody search name extra) in
    *extra-1-1*) echo "ok   anybody may look" ;;
    *) fail "anybody may look" "$(nobody search name extra)" ;;
esac
nobody -y install extra >nobody.out
is "nobody may not install" grep -qiE "$refused" nobody.out
nobody -y remove app >nobody.out
is "nobody may not remove" grep -qiE "$refused" nobody.out
has app-1 base-1 lib-1 slow-1 tool-2

# The rule that somebody may copy: as it is, for nobody of this process, who sits nowhere; then as
# for a member who sits at the machine.
rules=$root/packagekit/polkit/50-opm-install.rules
group=$(id -gn nobody)
cp "$rules" /etc/polkit-1/rules.d/50-opm.rules
nobody -y install extra >nobody.out
is "the rule is for members who sit here" grep -qiE "$refused" nobody.out
sed -e 's/!subject.local || !subject.active || //' -e "s/opm-install/$group/" \
    -e 's/"presolve"/"stub"/' "$rules" >member.rules
cp member.rules /etc/polkit-1/rules.d/50-opm.rules
allowed() {
    nobody -y install extra >nobody.out
    grep -q 'Installed    extra-1-1' nobody.out
}
await allowed && echo "ok   a member may install what is signed"
nobody -y remove app >nobody.out
is "a member may not remove" grep -qiE "$refused" nobody.out
nobody -y install-local "$work/repo/Packages/t/tool-1-1.noarch.rpm" >nobody.out
is "a member may not install files" grep -qiE "$refused" nobody.out
rpmsign --delsign repo/Packages/h/huge-1-1.noarch.rpm >sign.log 2>&1
createrepo_c -q repo
pk refresh force >refresh.out
nobody -y --allow-untrusted install huge >nobody.out
is "a member may not install what is unsigned" grep -qiE "$refused" nobody.out
nobody -y --allow-downgrade install 'tool;1-1;noarch;stub' >nobody.out
has app-1 base-1 extra-1 lib-1 slow-1 tool-2 # a member may not downgrade
# Root is asked for more rights than others have, and then may.
want "Installed    huge-1-1" -y install huge
# Signed by a key that nobody trusts: refused whoever asks, and pkcon does not ask again and again.
key=$(rpm --root "$machine" -qa 'gpg-pubkey*')
rpm --root "$machine" $debian -e "$key"
want "Fatal error" -y install big
rpmkeys --root "$machine" --import repo/RPM-GPG-KEY-stub
has app-1 base-1 extra-1 huge-1 lib-1 slow-1 tool-2
sed -i 's/"stub"/"elsewhere"/' /etc/polkit-1/rules.d/50-opm.rules
other() {
    nobody -y install big >nobody.out
    grep -qiE "$refused" nobody.out
}
await other && echo "ok   a member may not install from other repositories"
has app-1 base-1 extra-1 huge-1 lib-1 slow-1 tool-2

# Whoever uninstalls an application gets rid of what came along, and of nothing else.
want "lib-1-1.noarch" -y --autoremove remove app
has base-1 extra-1 huge-1 slow-1 tool-2
cp "$reasons" noted.toml
is "dnf 5 knows what is gone" test "$(grep -cE '(app|lib).noarch' noted.toml)" = 0

# ---- a helper for each job: a script is one ---------------------------------------------------

cat >script <<'END'
#!/bin/sh
# Says what it was asked.
tab=$(printf '\t')
while IFS=$tab read -r word role rest; do
    case $word in
        job) asked=$role ;;
        go)
            printf 'repo-detail\tscript\tA script that was asked %s\t1\nfinished\n' "$asked"
            exit 0
            ;;
    esac
done
END
chmod 755 script
per_job() { # COMMAND: what each job is done by
    kill "$daemon"
    wait "$daemon" 2>/dev/null || :
    printf '[Daemon]\nDefaultBackend=presolve\n[Presolve]\nPerJob=true\nHelper=%s\n' "$1" \
        >/etc/PackageKit/PackageKit.conf
    daemons
    await answers
}
per_job "$work/script"
want "A script that was asked get-repo-list" repo-list
per_job "$work/helper"
want "extra-1-1.noarch" search name extra
await no_helper && echo "ok   no helper after its job"
per_job "$work/none"
want "No such file" search name extra

echo "done in $(($(date +%s) - started)) s, $failures failed"
[ $failures = 0 ]
