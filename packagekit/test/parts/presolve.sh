# A helper that a server of presolved answers is named to. Sourced by ../pkcon.sh.
# shellcheck shell=sh disable=SC2086,SC2154

# ---- presolved packages ------------------------------------------------------------------------

small=$work/small # a machine without a repository
bare() { # makes it
    rm -rf "$small"
    mkdir -p "$small/etc"
    printf 'ID=stub\nVERSION_ID=1\n' >"$small/etc/os-release"
    rpmkeys --root "$small" --import repo/RPM-GPG-KEY-stub
    rpm --root "$small" $debian -i repo/Packages/b/base-1-1.noarch.rpm
}
small_has() { # NAME-VERSION...
    found=$(rpm --root "$small" -qa --qf '%{NAME}-%{VERSION}\n' | grep -v gpg-pubkey | sort |
        tr '\n' ' ')
    case $found in
        "$* ") echo "ok   installed there: $*" ;;
        *) fail "installed there: $*" "$found" ;;
    esac
}
bare
openssl genpkey -algorithm ed25519 -out tree.pem 2>/dev/null
"$root/dev" stub-repo --recipe "$work/recipe" -o "$work/solved" >>stub.log 2>&1
presolve() { # REPO: builds the tree from it
    [ -e small.opmprofile ] ||
        "$root/opm" profile --root "$small" -o "$work/small.opmprofile" >presolve.log 2>&1
    "$root/opm" presolve build --all --with-packages --baseline "$work/small.opmprofile" \
        --platform stub/1 --sign "$work/tree.pem" --repo "stub=file://$work/$1" --may-shrink \
        --state "$work/builder" -o "$work/tree" >>presolve.log 2>&1
}
is "a tree is built" presolve solved
cat >"$small/etc/opm-thin.conf" <<END
server http://127.0.0.1:$port/tree
platform stub/1
key $work/tree/key.pub
END
await no_helper
echo "--root $small --state $work/small-state" >options
want "app-1-1.noarch (presolve)" resolve app
want "app-1-1.noarch (presolve)" '!tool' search name ap
want "base-1-1.noarch (installed)" search name bas
want "Presolved packages" repo-list
want "lib-1-1.noarch (presolve)" depends-on app
want "solved ahead" get-details app
want " lib-1-1.noarch" install app
want "Downloading" -y -d install app
small_has base-1
want "Installed    app-1-1.noarch" -y install app
small_has app-1 base-1 extra-1 lib-1
is "both small clients know what came" grep -q "^app.user.app" "$small/var/lib/opm-thin/installed"
want "Installed    tool-1-1.noarch" -y install tool
small_has app-1 base-1 extra-1 lib-1 tool-1
peak=$(sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$(helpers)/status" 2>/dev/null) || :
echo "helper of a server, the most it had: ${peak:-gone} kB"
is "that helper has at most 70 MB" test "${peak:-0}" -le 71680

# Newer answers; what leaves, leaves without a repository.
is "a newer tree is built" presolve newer
want "tool-2-1.noarch (presolve)" get-updates
want "Updated" -y update tool
small_has app-1 base-1 extra-1 lib-1 tool-2
want "Removed" -y remove app
want "no updates" get-updates
small_has base-1 extra-1 lib-1 tool-2

# The rule that somebody may copy is about these packages: a member may install them.
group=$(id -gn nobody)
sed -e 's/!subject.local || !subject.active || //' -e "s/opm-install/$group/" \
    "$root/packagekit/polkit/50-opm-install.rules" >/etc/polkit-1/rules.d/50-opm.rules
nobody() { # pkcon's words
    setpriv --reuid nobody --regid nogroup --clear-groups timeout 60 pkcon --plain "$@" 2>&1 \
        </dev/null || :
}
presolved_allowed() {
    nobody -y install app >nobody.out
    grep -q 'Installed    app-1-1' nobody.out
}
await presolved_allowed && echo "ok   a member may install what was solved ahead"
rm /etc/polkit-1/rules.d/50-opm.rules

# A machine that lacks what the answer relies on, and nobody who solves: opm's own sets do, where
# there are some.
drifted() {
    rpm --root "$small" -e --nodeps base app tool
}
drifted
want "does not solve tool for this machine" -y install tool
small_has extra-1 lib-1
mkdir -p "$small/etc/yum.repos.d"
printf '[stub]\nname=Stub\nbaseurl=http://127.0.0.1:%s/repo/\nenabled=1\ngpgcheck=1\n' "$port" \
    >"$small/etc/yum.repos.d/stub.repo"
want "base-1-1.noarch" -y install tool
small_has base-1 extra-1 lib-1 tool-1
more "app-1-1.noarch (stub)" search name ap
more "lonely-1-1.noarch (stub)" resolve lonely
# A server that is gone is missed by nobody who has repositories.
sed -i "s|^server .*|server http://127.0.0.1:1|" "$small/etc/opm-thin.conf"
want "app-1-1.noarch (stub)" resolve app

# ---- the sh client as helper -------------------------------------------------------------------

bare
cat >"$small/etc/opm-thin.conf" <<END
server http://127.0.0.1:$port/tree
platform stub/1
key $work/tree/key.pub
END
is "the tree is built again" presolve solved
printf '#!/bin/sh\nexec %s %s/sh/opm-thin.sh --root %s packagekit\n' \
    "$(command -v dash || echo sh)" "$root" "$small" >thin
chmod 755 thin
per_job "$work/thin"
want "app-1-1.noarch (presolve)" resolve app
want "app-1-1.noarch (presolve)" '!tool' search name ap
want "base-1-1.noarch (installed)" resolve base
want "no updates" get-updates
more "127.0.0.1" repo-list
more "app" get-details app
want " lib-1-1.noarch" install app
want "Downloading" -y -d install app
small_has base-1
want "Installed    app-1-1.noarch" -y install app
small_has app-1 base-1 extra-1 lib-1
want "already be installed" -y install app
want "Installed    tool-1-1.noarch" -y install tool
is "a newer tree is built for it" presolve newer
want "tool-2-1.noarch (presolve)" get-updates
want "tool-2-1.noarch" -y update tool
small_has app-1 base-1 extra-1 lib-1 tool-2
want "is needed by" -y remove lib
want "Removed" -y remove app
small_has base-1 extra-1 lib-1 tool-2
want "not done here" search file /usr/bin/app
