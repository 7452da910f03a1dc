#!/bin/sh
# Tests ./opm and dev.d/launch.sh: where it may be called from, what it survives, what it says where
# there is no JDK. Builds opm when it is not built yet.
# shellcheck disable=SC2016 # what stands in quotes is for other shells
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd -P)
work=$(mktemp -d "${TMPDIR:-/tmp}/opm-launcher.XXXXXX")
trap 'rm -rf "$work"' EXIT
failures=0

expect() { # WHAT WANTED FOUND
    if [ "$2" = "$3" ]; then
        echo "ok   $1"
    else
        printf 'FAIL %s\n  expected: %s\n  found:    %s\n' "$1" "$2" "$3"
        failures=$((failures + 1))
    fi
}

"$root/opm" version >/dev/null
version=$(OPM_NO_BUILD=1 "$root/opm" version)

# A launcher is called from anywhere, by any name, through any link.
expect "from another folder" "$version" "$(cd / && OPM_NO_BUILD=1 "$root/opm" version 2>&1)"
ln -s "$root/opm" "$work/first"
ln -s first "$work/second"
expect "through two links" "$version" "$(OPM_NO_BUILD=1 "$work/second" version 2>&1)"
mkdir "$work/a b"
ln -s ../first "$work/a b/opm"
expect "through a relative link in a folder with a space" "$version" \
    "$(cd "$work/a b" && OPM_NO_BUILD=1 ./opm version 2>&1)"
expect "from PATH" "$version" "$(cd / && PATH="$work/a b:$PATH" OPM_NO_BUILD=1 opm version 2>&1)"

# A cache that is damaged, foreign or absent costs time and nothing else.
aot=$root/target/dist/opm.aot
if [ -s "$aot" ]; then
    cp -p "$aot" "$work/good.aot"
    head -c 100000 "$work/good.aot" >"$aot"
    expect "a cut off cache" "$version" "$(OPM_NO_BUILD=1 "$root/opm" version 2>&1)"
    {
        head -c 4000000 "$work/good.aot" && printf damaged
        tail -c +4000008 "$work/good.aot"
    } >"$aot"
    expect "a damaged cache" "$version" "$(OPM_NO_BUILD=1 "$root/opm" version 2>&1)"
    echo "something else" >"$aot"
    expect "a foreign cache" "$version" "$(OPM_NO_BUILD=1 "$root/opm" version 2>&1)"
    rm "$aot"
    expect "no cache" "$version" "$(OPM_NO_BUILD=1 "$root/opm" version 2>&1)"
    cp -p "$work/good.aot" "$aot"
fi

# Work of minutes begins again with another JVM, in the same process and with the same words.
mkdir "$work/other"
printf '#!/bin/sh\necho "$OPM_LONG $$ $*"\n' >"$work/other/opm"
chmod +x "$work/other/opm"
said=$(OPM_NO_BUILD=1 OPM_JAVA_OPTS=-Dopm.home=$work/other \
    sh -c 'echo "1 $$ $*" && exec "$0" "$@"' \
    "$root/opm" presolve build --all --platform 'a/b' -o "$work/a b" 2>&1)
expect "work of minutes begins again" "$(echo "$said" | head -n 1)" "$(echo "$said" | tail -n +2)"

# Where there is no JDK 25: one line that says so, one that says what to type.
mkdir "$work/bin"
printf '#!/bin/sh\n[ "$2" = temurin-25-jdk ]\n' >"$work/bin/apt-cache"
printf '#!/bin/sh\nexit 1\n' >"$work/bin/apt-get"
printf '#!/bin/sh\necho 1000\n' >"$work/bin/id"
chmod +x "$work/bin"/*
said=$(
    here=$work
    PATH=$work/bin:$PATH
    export here PATH
    sh -c '. "$1/dev.d/launch.sh"; find_jdk() { return 1; }; need_jdk' sh "$root" 2>&1
) && status=0 || status=$?
expect "no JDK: the status" 4 "$status"
expect "no JDK: what it says" "opm: no JDK 25 was found
hint: sudo apt-get install -y --no-install-recommends temurin-25-jdk" "$said"

# A JDK is known by its release file, without starting it; an older one is not taken.
mkdir -p "$work/jdk17/bin" "$work/jdk25/bin"
echo 'JAVA_VERSION="17.0.9"' >"$work/jdk17/release"
echo 'JAVA_VERSION="25"' >"$work/jdk25/release"
: >"$work/jdk17/bin/javac"
: >"$work/jdk25/bin/javac"
chmod +x "$work"/jdk*/bin/javac
expect "an older JDK is passed over" "$work/jdk25" "$(
    here=$work OPM_JAVA_HOME=$work/jdk17 JAVA_HOME=$work/jdk25
    export here OPM_JAVA_HOME JAVA_HOME
    sh -c '. "$1/dev.d/launch.sh"; find_jdk' sh "$root"
)"

# A launcher that is killed while it builds takes the build with it, and the next one goes on.
cat >"$work/build" <<'END'
here=$2
. "$1/dev.d/launch.sh"
need_jdk() { jdk=/nowhere; }
stale() { return 1; }
build_steps() { sh -c "$STEPS"; }
prepare
END
mkdir -p "$work/tree"
STEPS="echo \$\$ >$work/pid; exec sleep 300" sh "$work/build" "$root" "$work/tree" 2>/dev/null &
launcher=$!
tries=0
while [ ! -s "$work/pid" ] && [ $tries -lt 600 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
kill -9 $launcher
wait $launcher 2>/dev/null || true
STEPS=: timeout 120 sh "$work/build" "$root" "$work/tree" 2>/dev/null && status=0 || status=$?
expect "the next one after a killed one: the status" 0 "$status"
expect "the next one has built" yes "$([ -e "$work/tree/target/dist/stamp" ] && echo yes)"
case $(ps -o stat= -p "$(cat "$work/pid")") in '' | Z*) left=no ;; *) left=yes ;; esac
expect "nothing of the killed build is left" no "$left"

[ "$failures" = 0 ]
