# shellcheck shell=sh disable=SC2154 # set by opm-thin.sh
# What this machine keeps out, though the server that solved did not know: `exclude` of dnf.conf,
# version locks of dnf 4 and yum, locks of zypper. Sourced by opm-thin.sh.

rules() { # prints `out PATTERN` of what may not come, `lock PATTERN` of what alone may
    sed -n 's/^exclude\(pkgs\)\{0,1\}[[:space:]]*=//p' "$root/etc/dnf/dnf.conf" 2>/dev/null |
        awk '{ gsub(/[,[:space:]]+/, "\n"); print }' | sed -n 's/^./out &/p'
    sed -n 's/^solvable_name:[[:space:]]*/out /p' "$root/etc/zypp/locks" 2>/dev/null || :
    cat "$root/etc/dnf/plugins/versionlock.list" "$root/etc/yum/pluginconf.d/versionlock.list" \
        2>/dev/null | sed -n 's/[[:space:]]//g
            /^#/d
            s/^!\(.\)/out \1/p; t
            s/^./lock &/p'
}

held_back() { # prints packages of work/files that may not come
    rules >"$work/rules"
    [ -s "$work/rules" ] || return 0
    while read -r _ _ _ nevra _; do
        evr=${nevra%.*} arch=${nevra##*.}
        name=${evr%-*-*} evr=${evr#"${evr%-*-*}"-} locked='' open=''
        while read -r rule pattern; do
            case $rule in
                out) ! means || printf '%s\n' "$nevra" ;;
                lock) ! is_about || { locked=1 && { ! means || open=1; }; } ;;
            esac
        done <"$work/rules"
        [ -z "$locked" ] || [ -n "$open" ] || printf '%s\n' "$nevra"
    done <"$work/files"
}

means() { # whether the pattern is one of the package, in any form that dnf reads
    for form in "$name" "$name.$arch" "$name-$evr" "$name-$evr.$arch" "$name-${evr%-*}" \
        "$name-${evr#*:}" "$name-${evr#*:}.$arch" "$name-$(vr=${evr#*:} && echo "${vr%-*}")"; do
        # shellcheck disable=SC2254 # it is a pattern
        case $form in $pattern) return 0 ;; esac
    done
    return 1
}

is_about() { # whether the pattern names the package, in whichever version
    for form in "$pattern" "${pattern%-*}" "${pattern%-*-*}"; do
        # shellcheck disable=SC2254 # it is a pattern
        case $name in $form) ;; *) continue ;; esac
        case ${pattern#"$form"} in '' | -[0-9*?[]*) return 0 ;; esac
    done
    return 1
}
