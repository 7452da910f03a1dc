#!/bin/sh
# ./dev soak fat: the store's tests on FAT32 under Linux' own vfat driver (root, dosfstools).
# Where the running kernel has no vfat, a second kernel beside it does: user-mode-linux, with the
# files of this machine read-only below it; needs busybox. Arguments go to JUnit's console.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd -P)
work=$(mktemp -d)
trap 'umount "$work/mount" 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
[ $# -gt 0 ] || set -- --select-package opm.store
truncate -s 6G "$work/image"
mkfs.vfat -F 32 "$work/image" >/dev/null
mkdir "$work/mount"
if mount -t vfat -o loop,utf8 "$work/image" "$work/mount" 2>/dev/null; then
    OPM_TEST_OPTS="${OPM_TEST_OPTS:-} -Djava.io.tmpdir=$work/mount" "$here/dev" quick "$@"
    exit
fi

command -v linux.uml >/dev/null || {
    echo "no vfat in this kernel, and no linux.uml" >&2
    echo "hint: apt-get install user-mode-linux" >&2
    exit 5
}
"$here/dev" quick
. "$here/dev.d/launch.sh"
need_jdk
{
    cat <<END
#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
for driver in fat/fat fat/vfat nls/nls_cp437 nls/nls_utf8 nls/nls_ascii nls/nls_iso8859-1; do
    file=\$(echo /usr/lib/uml/modules/*/kernel/fs/\$driver.ko)
    [ ! -e "\$file" ] || busybox insmod "\$file"
done
mount -t vfat -o utf8 /dev/ubda '$work/mount'
mkdir '$work/mount/tmp'
grep '$work/mount' /proc/mounts
uname -r
busybox ip link set lo up
cd '$here'
END
    printf "'%s' " "$jdk/bin/java" -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Xmx512m
    # shellcheck disable=SC2086 # a list of words
    printf "'%s' " "-Djava.io.tmpdir=$work/mount/tmp" "-Dopm.root=$here" ${OPM_TEST_OPTS:-}
    printf "'%s' " -cp "target/quick:$(cat "$here/target/classpath")" \
        org.junit.platform.console.ConsoleLauncher execute --disable-banner \
        --disable-ansi-colors --details=tree --fail-if-no-tests "$@"
    echo
    echo 'echo "ended: $?"'
    echo "umount '$work/mount'"
    echo 'busybox halt -f'
} >"$work/init"
chmod +x "$work/init"
timeout "${OPM_VM_SECONDS:-600}" linux.uml mem=1200M root=/dev/root rootfstype=hostfs rootflags=/ \
    ro quiet ubd0="$work/image" con=null con0=null,fd:1 init="$work/init" </dev/null 2>&1 |
    tee "$work/log"
grep -q '^ended: 0' "$work/log"
