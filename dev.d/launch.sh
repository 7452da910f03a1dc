# Finds or installs a JDK, builds opm into target/dist, trains its AOT cache. Sourced by ./opm and
# ./dev, which set `here` to the project's root. Speaks on stderr only. Plain POSIX sh.
# shellcheck shell=sh disable=SC2154

dist=$here/target/dist
JDK_WANTED=25

say() {
    printf 'opm: %s\n' "$*" >&2
}

# Two lines as everywhere in opm: what was found, then the hint. Ends with the given status.
fail() {
    fail_status=$1
    printf 'opm: %s\nhint: %s\n' "$2" "$3" >&2
    exit "$fail_status"
}

# Prints the major version of the JDK in $1 from its `release` file, without starting a JVM.
jdk_major() {
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null
}

# Prints the JDK to use: what the user said, then every place where distributions put one.
find_jdk() {
    for candidate in "${OPM_JAVA_HOME:-}" "${JAVA_HOME:-}" \
        "/usr/lib/jvm/"*"$JDK_WANTED"* /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/*jdk* \
        /opt/*java* "${HOME:-/}/.sdkman/candidates/java/"* "${HOME:-/}/.jdks/"* \
        "$(path_jdk)"; do
        [ -x "$candidate/bin/javac" ] || continue
        [ "$(jdk_major "$candidate")" = "$JDK_WANTED" ] || continue
        printf '%s\n' "$candidate"
        return 0
    done
    return 1
}

# Prints the home of the javac on PATH.
path_jdk() {
    path_javac=$(command -v javac) || return 0
    path_javac=$(readlink -f "$path_javac" 2>/dev/null) || return 0
    printf '%s\n' "${path_javac%/bin/javac}"
}

# Prints the one command that installs a JDK here: the first package that the manager knows.
jdk_command() {
    if command -v apt-get >/dev/null 2>&1; then
        for name in openjdk-$JDK_WANTED-jdk-headless temurin-$JDK_WANTED-jdk; do
            if apt-cache show "$name" >/dev/null 2>&1; then
                echo "apt-get install -y --no-install-recommends $name"
                return
            fi
        done
    elif command -v dnf >/dev/null 2>&1; then
        for name in java-$JDK_WANTED-openjdk-devel temurin-$JDK_WANTED-jdk \
            java-latest-openjdk-devel; do
            if [ -n "$(dnf -q repoquery "$name" 2>/dev/null)" ]; then
                echo "dnf install -y $name"
                return
            fi
        done
    elif command -v zypper >/dev/null 2>&1; then
        for name in java-$JDK_WANTED-openjdk-devel temurin-$JDK_WANTED-jdk; do
            if zypper -q search -x "$name" >/dev/null 2>&1; then
                echo "zypper --non-interactive install $name"
                return
            fi
        done
    fi
    return 1
}

# Sets jdk; installs one when root, else says how. Maven's own libraries would print warnings
# about what they call in JDK 25.
need_jdk() {
    MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow"
    export MAVEN_OPTS
    jdk=$(find_jdk) && return 0
    jdk_by_hand="unpack a JDK $JDK_WANTED (https://adoptium.net) and set OPM_JAVA_HOME to its folder"
    jdk_how=$(jdk_command) ||
        fail 4 "no JDK $JDK_WANTED was found, and no package manager here offers one" "$jdk_by_hand"
    [ "$(id -u)" = 0 ] || fail 4 "no JDK $JDK_WANTED was found" "sudo $jdk_how"
    say "no JDK $JDK_WANTED was found; running: $jdk_how"
    $jdk_how >&2 </dev/null || fail 4 "'$jdk_how' failed" "$jdk_by_hand"
    jdk=$(find_jdk) || fail 4 "'$jdk_how' brought no JDK $JDK_WANTED" "$jdk_by_hand"
}

# Ends a process and what it started: Maven's shell would leave its JVM behind.
kill_tree() {
    for tree_child in $(ps -A -o pid= -o ppid= 2>/dev/null |
        awk -v p="$1" '$2 == p { print $1 }'); do
        kill_tree "$tree_child"
    done
    kill "$1" 2>/dev/null || true
}

# Runs a command with its output in target/build.log and one line of progress. It does not hold the
# lock of the build, and ends when the launcher is killed, so that nobody waits for it in vain.
with_progress() {
    progress_text=$1
    shift
    "$@" >"$here/target/build.log" 2>&1 </dev/null 9>&- &
    progress_pid=$!
    trap 'kill_tree "$progress_pid"; printf "\n" >&2; exit 130' INT TERM HUP
    [ -t 2 ] || say "$progress_text"
    progress_start=$(date +%s)
    while kill -0 "$progress_pid" 2>/dev/null; do
        # $$ is the launcher, also in the subshell that this is.
        kill -0 $$ 2>/dev/null || {
            kill_tree "$progress_pid"
            exit 130
        }
        [ ! -t 2 ] ||
            printf '\ropm: %s, %s s ' "$progress_text" "$(($(date +%s) - progress_start))" >&2
        sleep 1
    done
    [ ! -t 2 ] || printf '\r\033[K' >&2
    progress_status=0
    wait "$progress_pid" || progress_status=$?
    trap - INT TERM HUP
    return $progress_status
}

maven() {
    ./mvnw -q -B -ntp -Pquick -pl app -am package -Dopm.dist="$new" "$@"
}

# Maven without tests and without Error Prone: the jars only.
maven_build() {
    cd "$here" || return
    # Offline where an earlier build fetched everything: then nobody is asked.
    if [ -e "$dist/stamp" ] && maven -o; then
        return
    fi
    maven
}

# The picocli jar on Maven Central holds class files older than Java 6, which an AOT cache refuses:
# from its sources it starts in half the time (docs/decisions/0002).
recompile_picocli() {
    mkdir -p "$new/picocli" "$new/picocli-classes"
    (cd "$new/picocli" && "$jdk/bin/jar" xf "$new"/picocli-*-sources.jar) &&
        rm -f "$new/picocli/module-info.java" &&
        find "$new/picocli" -name '*.java' >"$new/picocli.files" &&
        "$jdk/bin/javac" -nowarn -Xlint:none -proc:none -XDstringConcat=inline \
            -encoding UTF-8 --release $JDK_WANTED \
            -d "$new/picocli-classes" @"$new/picocli.files" &&
        "$jdk/bin/jar" --create --file "$new/lib/picocli.jar" --date 2026-01-01T00:00:00Z \
            -C "$new/picocli-classes" . &&
        rm -rf "$new"/picocli-*-sources.jar "$new"/picocli "$new"/picocli-classes \
            "$new"/picocli.files
}

# Builds into a folder aside and swaps it in, so that a running opm keeps its own files.
build() {
    mkdir -p "$here/target"
    new=$here/target/dist.new
    rm -rf "$new" "$here/target/dist.old"
    mkdir -p "$new/lib"
    : >"$new/stamp"
    JAVA_HOME=$jdk
    export JAVA_HOME
    if [ -e "$dist/stamp" ]; then build_text="building again (sources changed)"; else
        build_text="building, once (a minute or two; log: target/build.log)"
    fi
    with_progress "$build_text" build_steps || {
        tail -n 30 "$here/target/build.log" >&2
        fail 1 "the build failed" \
            "read target/build.log; a first build needs the network for Maven Central"
    }
    [ ! -d "$dist" ] || mv "$dist" "$here/target/dist.old"
    mv "$new" "$dist"
    rm -rf "$here/target/dist.old"
}

# The script of the web app, where there is npm. Without it the pages work by forms and links, so
# nothing here fails a build. Not `npm ci`: it wants every platform's variant of optional packages
# in the lock, which not every registry has.
build_page() {
    made=$here/web/dist/page.js
    if [ -s "$made" ] && [ -z "$(find "$here/web/src" "$here"/web/*.js* -newer "$made")" ]; then
        return 0
    fi
    command -v npm >/dev/null 2>&1 || {
        say "no npm: the web app is built without its script; forms and links do the whole job"
        return 0
    }
    mkdir -p "$here/target"
    (
        cd "$here/web"
        [ -n "$(find node_modules/.package-lock.json -newer package-lock.json 2>/dev/null)" ] ||
            npm install --no-save --ignore-scripts --fetch-retries=1 --fetch-timeout=30000
        npm run build
    ) >"$here/target/web.log" 2>&1 </dev/null ||
        say "the web app is built without its script (target/web.log says why); forms do the job"
}

build_steps() {
    build_page && maven_build && recompile_picocli && mkdir "$new/messages" &&
        cp "$here"/messages/*.txt "$new/messages/"
}

# Writes the file that ./opm sources.
write_launch() {
    class_path=
    # Ours first: looking for our messages in a jar behind bcprov costs 20 ms.
    for jar in "$dist"/lib/opm-app*.jar "$dist"/lib/opm-client*.jar "$dist"/lib/*.jar; do
        case :$class_path: in *:"$jar":*) continue ;; esac
        class_path=${class_path:+$class_path:}$jar
    done
    home=$here
    java=$jdk/bin/java
    {
        printf 'home=%s\n' "$(quoted "$home")"
        printf 'java=%s\n' "$(quoted "$java")"
        printf 'class_path=%s\n' "$(quoted "$class_path")"
    } >"$dist/launch.new"
    mv "$dist/launch.new" "$dist/launch"
}

quoted() {
    printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")"
}

# One run over the commands that people wait for; classes and profiles go into the cache (JEP 514).
# A start without the cache is slower and otherwise equal, so a failure here is not reported.
train() {
    rm -rf "$dist/opm.aot" "$dist/opm.aot.new" "$here/target/training"
    mkdir -p "$here/target/training"
    "$java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData \
        -XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining \
        -Djdk.reflect.useNativeAccessorOnly=true -Dopm.messages="$dist/messages" \
        -XX:AOTCacheOutput="$dist/opm.aot.new" -Xlog:disable -Xlog:all=off -ea \
        --enable-native-access=ALL-UNNAMED -Dopm.home="$here" -cp "$class_path" \
        opm.cli.Training "$here/target/training" \
        >"$here/target/train.log" 2>&1 </dev/null || true
    [ ! -s "$dist/opm.aot.new" ] || mv "$dist/opm.aot.new" "$dist/opm.aot"
    rm -rf "$here/target/training"
}

# What ./opm calls when something is missing or old. Of two at once the second waits, then finds
# everything done.
prepare() {
    need_jdk
    if [ ! -w "$here" ]; then
        [ -s "$dist/launch" ] || fail 5 "$here is not built, and not writable by you" \
            "run ./opm once as its owner"
        # Somebody else's tree: what its owner built will do, with the java that we found.
        [ -x "$java" ] || java=$jdk/bin/java
        return 0
    fi
    mkdir -p "$here/target"
    exec 9>"$here/target/build.lock"
    if command -v flock >/dev/null 2>&1; then
        flock -n 9 || {
            say "another build is running; waiting for it"
            flock 9
        }
    fi
    if [ ! -e "$dist/stamp" ] || stale; then
        (build) || exit $?
    fi
    write_launch
    train
    exec 9>&-
}
