# Every method that clients use, from repositories, and who may what. Sourced by ../pkcon.sh.
# shellcheck shell=sh disable=SC2086,SC2154

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
want "base-1-1.noarch, which is installed, has another one" -y install rival
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
