# Another backend before and after this one: dnf, whose notes its backend of PackageKit shares. No
# distribution that these tests run on has that backend itself, so dnf is asked. Sourced by
# pkcon.sh.
# shellcheck shell=sh disable=SC2086,SC2154

# ---- there and back ----------------------------------------------------------------------------

if command -v dnf >/dev/null 2>&1 && command -v sqlite3 >/dev/null 2>&1; then
    both=$work/both
    mkdir -p "$both/etc/yum.repos.d" nowhere
    rpmkeys --root "$both" --import repo/RPM-GPG-KEY-stub
    "$root/dev" stub-repo --recipe "$work/recipe" -o "$work/whole" >>stub.log 2>&1
    printf '[stub]\nname=Stub\nbaseurl=file://%s/whole\nenabled=1\ngpgcheck=1\n' "$work" \
        >"$both/etc/yum.repos.d/stub.repo"
    other() { # words of dnf: it is the backend again
        dnf -q -y --installroot="$both" --setopt=reposdir="$work/nowhere" --releasever=1 \
            --repofrompath="stub,$work/whole" --nogpgcheck "$@" 2>&1
    }
    both_has() { # NAME...
        found=$(rpm --root "$both" -qa --qf '%{NAME}\n' | grep -v gpg-pubkey | sort | tr '\n' ' ')
        case $found in
            "$*${1:+ }") echo "ok   installed by both: $*" ;;
            *) fail "installed by both: $*" "$found" ;;
        esac
    }
    await no_helper
    echo "--root $both --state $work/both-state" >options
    is "dnf installs" other install tool
    both_has base tool
    want "Installed    app-1-1.noarch" -y install app
    both_has app base extra lib tool
    other repoquery --userinstalled --qf '%{name}' >user.out
    is "dnf knows what somebody asked for" test "$(grep -cxE 'app|tool' user.out)" = 2
    is "and what came along" test "$(grep -cxE 'base|lib|extra' user.out)" = 0
    other --assumeno autoremove >unneeded.out || :
    is "dnf finds nothing that is not needed" \
        test "$(grep -cE '^ (app|base|lib|tool)' unneeded.out)" = 0
    is "dnf finds nothing wrong" other check
    is "dnf removes what this backend installed" other remove app
    both_has base tool
    want "base-1-1" -y --autoremove remove tool
    both_has
    is "dnf finds nothing wrong when all is gone" other check
else
    echo "skipped: another backend before and after: dnf or sqlite3 is not here"
fi
