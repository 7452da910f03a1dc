#!/bin/sh
# shellcheck disable=SC2154,SC2015 # set by opm-apply.sh; A && B || C is meant so
# Who vouches for this bundle: signatures in FILE.minisig, FILE.*.minisig, by keys of --key or of
# /etc/opm/keys. Part of opm-apply.sh, marked `opm-apply-sign.sh` there.

check_signed() { # all keys of --key must have signed or, where none is given, one of the system's
    some='' by='' unable='' shown='' key=''
    if [ -z "$keys" ]; then
        for file in "${OPM_KEYS:-/etc/opm/keys}"/*.pub; do
            [ ! -f "$file" ] || { keys="$keys $(key_of "$file")" && some=1; }
        done
    fi
    [ -n "$keys" ] || return 0
    tmp=$(mktemp -d "${TMPDIR:-/tmp}/opm.XXXXXX" 2>/dev/null) || stop 5 no-tmp "${TMPDIR:-/tmp}"
    trap 'rm -rf "$tmp"' EXIT
    for key in $keys; do
        found=''
        for sig in "$box".minisig "$box".*.minisig; do
            if [ -z "$found" ] && [ -f "$sig" ] && is_signed "$key" "$sig"; then
                found=1 by="$by${by:+; }$shown"
            fi
        done
        [ -n "$found$some" ] || stop 3 not-signed "$(id_of "$key")"
    done
    [ -n "$by" ] || stop 3 not-signed "$(id_of "$key")"
    if [ -n "$unable" ]; then text unsure "$got"; else text signed "$by"; fi
    rm -rf "$tmp"
}

key_of() { # FILE|BASE64: prints the line of base64
    { if [ -f "$1" ]; then cat -- "$1"; else printf '%s\n' "$1"; fi; } | tr -cd ' -~\n' |
        sed -n '/^RW[A-Za-z0-9+/]\{54\}$/{p;q;}'
}

raw() { # prints what base64 on stdin says
    if [ -n "$(find_tool base64)" ]; then base64 -d; else openssl base64 -d -A; fi 2>/dev/null
}
id_of() { # BASE64: prints the key's name as minisign shows it
    printf '%s\n' "$1" | raw | od -An -v -tx1 | tr -d ' \n' | cut -c 5-20 | tr a-f A-F |
        sed 's/\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)/\8\7\6\5\4\3\2\1/'
}

is_signed() { # KEY SIGNATURE: tells whether it is by that key; where nobody can tell, $unable
    tr -cd '\011 -~\n' <"$2" | sed 4q >|"$tmp/sig"
    line=$(sed -n 2p "$tmp/sig") comment=$(sed -n '3s/^trusted comment: //p' "$tmp/sig")
    id=$(id_of "$1") signify=$(find_tool signify-openbsd)
    [ -n "$signify" ] || signify=$(find_tool signify)
    [ "$(id_of "$line")" = "$id" ] || return 1
    shown="$id, $(printf '%s\n' "$comment" | tr '\011' ' ')" sealed=''
    case " $comment " in *[[:space:]]"seal:$got"[[:space:]]*) sealed=1 ;; esac
    if [ -n "$sealed" ] && openssl pkeyutl -help 2>&1 | grep -q -e -rawin; then
        # The comment names the seal, which was checked: that it is signed is enough.
        { printf '\060\052\060\005\006\003\053\145\160\003\041\000' &&
            printf '%s\n' "$1" | raw | tail -c 32; } >|"$tmp/key"
        { printf '%s\n' "$line" | raw | tail -c 64 && printf '%s' "$comment"; } >|"$tmp/text"
        sed -n 4p "$tmp/sig" | raw >|"$tmp/closing"
        openssl pkeyutl -verify -pubin -keyform DER -inkey "$tmp/key" -rawin -in "$tmp/text" \
            -sigfile "$tmp/closing" >/dev/null 2>&1 || stop 3 bad-seal "$2"
    elif [ -n "$(find_tool minisign)" ]; then
        minisign -Vqm "$box" -x "$2" -P "$1" >/dev/null 2>&1 || stop 3 bad-seal "$2"
    elif [ -n "$signify" ] && [ "${line#RW}" != "$line" ]; then
        printf 'untrusted comment: key\n%s\n' "$1" >|"$tmp/key"
        "$signify" -Vq -p "$tmp/key" -m "$box" -x "$2" >/dev/null 2>&1 || stop 3 bad-seal "$2"
    else
        unable=1
    fi
}
