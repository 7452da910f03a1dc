#!/bin/sh
# shellcheck disable=SC2154 # set by opm-apply.sh
# Whether now is the time for a bundle: how old it is beside what this machine already had, whether
# it takes the kernel that runs, and applying it at the next start. Part of opm-apply.sh, marked
# `opm-apply-when.sh` there.
day() { date -u -d "@$1" +%Y-%m-%d 2>/dev/null || printf '%s\n' "$1"; } # SECONDS: prints the date

tell_age() { # the date of the repositories it was made from; refuses to go back silently
    set -- "$(awk '$1 == "repo" && $4 > n { n = $4 } END { printf "%d\n", n }' "$work/plan")"
    [ "$1" != 0 ] || return 0
    age=$((($(date +%s) - $1) / 86400))
    text snapshot "$(day "$1")" "$((age > 0 ? age : 0))"
    [ "$age" -le 30 ] || text stale
    : >|"$work/had" # what bundles and repositories that were applied here knew
    for receipt in "$state"/history/*/receipt; do
        ! grep -q '^result done' "$receipt" 2>/dev/null ||
            grep '^repo ' "${receipt%receipt}plan" >>"$work/had" 2>/dev/null || :
    done
    had=$(awk 'FILENAME ~ /had$/ { if ($4 > had[$2]) had[$2] = $4; next }
        $1 == "repo" && had[$2] > $4 && $4 && had[$2] > n { n = had[$2] }
        END { printf "%d\n", n }' "$work/had" "$work/plan")
    [ "$had" != 0 ] || return 0
    text older "$(day "$1")" "$(day "$had")"
    [ -n "$older" ] || ! grep -q '^[0-9]* downgrade ' "$work/steps" ||
        stop 5 older-downgrade "$(day "$1")" "$(day "$had")"
}

check_kernel() { # the one that runs stays: what it has not loaded yet could be loaded no more
    [ -z "$open" ] && running=$(cat "$root/proc/sys/kernel/osrelease" 2>/dev/null) || return 0
    set -- "/lib/modules/$running" "/usr/lib/modules/$running"
    rpm_here "$rpm" -qf --qf "$full\n" "$1/vmlinuz" "$1/vmlinux" "$2/vmlinuz" "$2/vmlinux" \
        "/boot/vmlinuz-$running" "/boot/vmlinux-$running" "/boot/Image-$running" \
        >|"$work/owners" 2>/dev/null || :
    without "$work/at.0" "$work/at.$batches" | both - "$work/owners" >|"$work/running"
    [ ! -s "$work/running" ] || stop 5 running "$(sed 1q "$work/running")"
}

at_boot() { # prepares what systemd.offline-updates(7) says: the next start applies it
    [ -n "$root" ] || [ -d /run/systemd/system ] || stop 5 no-systemd
    link=$root/system-update dir=$state/at-boot units=$root/etc/systemd/system
    [ ! -L "$link" ] && [ ! -e "$link" ] || [ "$(readlink "$link")" = /var/lib/opm/at-boot ] ||
        stop 5 other-at-boot
    lock
    text checking
    # shellcheck disable=SC2013 # numbers
    for batch in $(awk '{ print $1 }' "$work/steps" | sort -nu); do
        check_signatures "$batch"
        cd / && rm -rf "$state/stage/$batch"
    done
    mkdir -p "$dir" "$units/system-update.target.wants"
    cp -- "$box" "$dir/new" 2>/dev/null || { rm -f "$dir/new"
        stop 5 no-space "$state" "$(human "$(free_kb "$state")000")" "$(human "$size")"; }
    sync_file "$dir/new" && mv "$dir/new" "$dir/box.opm"
    cat >|"$dir/run" <<'END'
#!/bin/sh
# Written by opm; run once by opm-at-boot.service. The link goes first: whatever happens after that,
# the start after this one is an ordinary one.
root=${1-} dir=$root/var/lib/opm/at-boot
[ "$(readlink "$root/system-update")" = /var/lib/opm/at-boot ] || exit 0
rm -f "$root/system-update" && sync
status=0
sh "$dir/box.opm" --yes --root "${root:-/}" >"$dir/log" 2>&1 || status=$?
echo "$status" >"$dir/status"
[ "$status" != 0 ] || rm -f "$dir/box.opm" "$root/etc/systemd/system/opm-at-boot.service" \
    "$root/etc/systemd/system/system-update.target.wants/opm-at-boot.service"
sync
systemctl --no-block reboot
END
    cat >|"$units/opm-at-boot.service" <<'END'
[Unit]
Description=Apply what opm prepared, then start again
Documentation=man:systemd.offline-updates(7)
DefaultDependencies=no
Requires=sysinit.target
After=sysinit.target system-update-pre.target
Before=system-update.target shutdown.target
ConditionPathIsSymbolicLink=/system-update
FailureAction=reboot

[Service]
Type=oneshot
ExecStart=/bin/sh /var/lib/opm/at-boot/run
TimeoutStartSec=infinity
END
    ln -sf ../opm-at-boot.service "$units/system-update.target.wants/opm-at-boot.service"
    sync_file "$dir/run" "$units/opm-at-boot.service" "$dir" "$units"
    ln -sfn /var/lib/opm/at-boot "$link" # from here on it is prepared
    sync_file "$root/"
    text at-boot "${root:-}/var/lib/opm/at-boot/log"
}
