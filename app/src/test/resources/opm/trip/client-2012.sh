#!/bin/sh
# A client written from nothing but the description of packagekit-backend-presolve (its words are
# quoted). It knows no format of opm.
#
#   client-2012.sh SERVER OS RELEASE NAME ROOT LIST [RPM OPTION...]
set -eu
server=$1 os=$2 release=$3 name=$4 root=$5 list=$6
shift 6
touch "$list"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# "After getting an install request, the back-end will check if the requested package is already
# installed"
if rpm --root "$root" -q "$name" >/dev/null 2>&1; then
    exit 0
fi

# "If not, it downloads a file from a known HTTP location with the requested package's name"
url=$server/packages/$os/$release/$name
curl -fsS -o "$work/answer" "$url"

# "The result will be served in JSON notation in form of: "ARCH": [{"name": "PACKAGE", "version":
# "VERSION", "release": "RELEASE", "path": "PATH"}]"
jq -r 'to_entries[0].value[] | [.name, .version, .release, .path] | @tsv' "$work/answer" \
    >"$work/rows"

# "All missing packages will be downloaded"
tab=$(printf '\t')
while IFS=$tab read -r package version rel path; do
    if rpm --root "$root" -q "$package-$version-$rel" >/dev/null 2>&1; then
        continue
    fi
    # "Where PATH is either relative or absolute path to the targeting rpm on the same server."
    case $path in
        /*) path=$server$path ;;
        *) path=${url%/*}/$path ;;
    esac
    curl -fsS -o "$work/$package.rpm" "$path"
    echo "$work/$package.rpm" >>"$work/missing"
    echo "$package" >>"$work/names"
done <"$work/rows"

# "and installed by directly calling rpm -i"
xargs rpm --root "$root" "$@" -i <"$work/missing"

# "Clients keep a list of packages installed by the back-end"
cat "$work/names" >>"$list"
