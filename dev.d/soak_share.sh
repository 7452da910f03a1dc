#!/bin/sh
# ./dev soak share: two machines in network namespaces of their own, joined by one cable, with no
# way out. The one finds the other by mDNS, takes an upgrade from it and from nowhere else, and
# refuses altered packages. Needs root, iproute2, rpm.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
pid=
end() {
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
    ip netns del opm-a 2>/dev/null || true
    ip netns del opm-b 2>/dev/null || true
    rm -rf "$work"
}
trap end EXIT
trap 'exit 130' INT TERM
fail() {
    echo "FAILED: $*" >&2
    [ ! -s "$work/log" ] || tail -5 "$work/log" >&2
    exit 1
}

cat >"$work/old.recipe" <<'R'
package songs-1-1.noarch
summary: songs
license: MIT
requires: /bin/sh
file /usr/share/songs/list: one

package shell-1-1.noarch
summary: a shell
license: MIT
provides: /bin/sh
file /usr/share/shell/x: x
R
cat >"$work/new.recipe" <<'R'
package songs-2-1.noarch
summary: songs
license: MIT
requires: /bin/sh, melody
file /usr/share/songs/list: two

package melody-1-1.noarch
summary: what the new songs need
license: MIT
file /usr/share/melody/x: x
R
"$here/dev" stub-repo --recipe "$work/old.recipe" -o "$work/old" >/dev/null
"$here/dev" stub-repo --recipe "$work/new.recipe" -o "$work/new" >/dev/null
"$here/dev" stub-repo --recipe "$work/new.recipe" --key stranger -o "$work/stranger" >/dev/null

opm() { OPM_NO_BUILD=1 "$here/opm" "$@"; }
for machine in a b c; do
    mkdir -p "$work/$machine/root"
    rpmkeys --root "$work/$machine/root" --import "$work/old/RPM-GPG-KEY-stub"
    opm install --yes --quiet --root "$work/$machine/root" --state "$work/$machine/state" \
        --arch x86_64 \
        --repo "old=file://$work/old" songs >"$work/log" 2>&1 || fail "the machine $machine"
done
opm upgrade --yes --quiet --root "$work/a/root" --state "$work/a/state" --arch x86_64 \
    --repo "new=file://$work/new" songs >"$work/log" 2>&1 || fail "the upgrade of a"

ip netns add opm-a
ip netns add opm-b
ip link add opm-va netns opm-a type veth peer name opm-vb netns opm-b
ip -n opm-a addr add 169.254.7.1/16 dev opm-va
ip -n opm-b addr add 169.254.7.2/16 dev opm-vb
for side in a b; do
    ip -n opm-$side link set lo up
    ip -n opm-$side link set opm-v$side up
    [ -z "$(ip -n opm-$side route show default)" ] || fail "there is a way out of $side"
done
in_b() { ip netns exec opm-b "$@"; }

share() {
    : >"$work/shared"
    OPM_NO_BUILD=1 ip netns exec opm-a "$here/opm" share --as box-a --root "$work/a/root" \
        --state "$1" \
        --arch x86_64 ${2:+"$2"} >"$work/shared" 2>"$work/log" &
    pid=$!
    tries=0
    until grep -q "opm://box-a.local" "$work/shared"; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || fail "nothing is shared"
        sleep 0.1
    done
}
unshare_() {
    kill "$pid"
    wait "$pid" || true
    pid=
}
take() {
    OPM_NO_BUILD=1 in_b "$here/opm" upgrade --yes --from opm://box-a.local songs \
        --root "$work/$1/root" --state "$work/$1/state" --arch x86_64 >"$work/log" 2>&1
}
version() { rpm --root "$work/$1/root" -q songs; }

share "$work/a/state"
cat "$work/shared"
start=$(date +%s%N)
OPM_NO_BUILD=1 in_b "$here/opm" share --neighbours | grep -q "box-a.local" || fail "not found"
echo "neighbours listed in $((($(date +%s%N) - start) / 1000000)) ms, of which the search is 2000"

start=$(date +%s%N)
take b || fail "the upgrade from the neighbour"
echo "found and upgraded in $((($(date +%s%N) - start) / 1000000)) ms"
[ "$(version b)" = songs-2-1.noarch ] || fail "b has $(version b)"
rpm --root "$work/b/root" -q melody >/dev/null || fail "what it needs is missing"
object=$(find "$work/a/state/store/sha256" -type f | head -n 1)
digest=${object##*/}
in_b curl -sf -r 10-19 "http://169.254.7.1:27620/sha256/$digest" >"$work/part" || fail "no range"
[ "$(wc -c <"$work/part")" = 10 ] || fail "the range has other bytes"
in_b curl -sf "http://169.254.7.1:27620/packages.opmset" -o "$work/set" || fail "no package set"
opm set check "$work/set" >/dev/null || fail "the package set is damaged"
status=$(in_b curl -s -o /dev/null -w '%{http_code}' "http://169.254.7.1:27620/../../etc/passwd" \
    --path-as-is)
[ "$status" = 404 ] || fail "answered $status"

# A bit flips at the neighbour's while it is shared.
for object in "$work/a/state/store/sha256"/*/*; do
    size=$(stat -c %s "$object")
    printf 'X' | dd of="$object" bs=1 seek=$((size - 2)) conv=notrunc 2>/dev/null
done
status=0
take c || status=$?
[ $status = 3 ] || fail "altered bytes: exit $status"
[ "$(version c)" = songs-1-1.noarch ] || fail "c has $(version c)"
echo "altered bytes refused: $(head -1 "$work/log")"
unshare_

# A neighbour that offers packages of its own making, consistent in themselves.
opm cache add "$work/stranger/Packages"/*/*.rpm --state "$work/a/other" >/dev/null 2>&1 ||
    opm cache add "$work/stranger/Packages"/*.rpm --state "$work/a/other" >/dev/null
share "$work/a/other" --everything
status=0
take c || status=$?
[ $status = 3 ] || fail "a stranger's signature: exit $status"
[ "$(version c)" = songs-1-1.noarch ] || fail "c has $(version c)"
echo "a stranger's packages refused: $(head -1 "$work/log")"
unshare_
echo "share: all is well"
