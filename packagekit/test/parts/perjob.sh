# A helper for each job: any program can be one. Sourced by ../pkcon.sh.
# shellcheck shell=sh disable=SC2154

# ---- a helper for each job: a script is one ---------------------------------------------------

cat >script <<'END'
#!/bin/sh
# Says what it was asked.
tab=$(printf '\t')
while IFS=$tab read -r word role rest; do
    case $word in
        job) asked=$role ;;
        go)
            printf 'repo-detail\tscript\tA script that was asked %s\t1\nfinished\n' "$asked"
            exit 0
            ;;
    esac
done
END
chmod 755 script
per_job "$work/script"
want "A script that was asked get-repo-list" repo-list
per_job "$work/helper"
want "extra-1-1.noarch" search name extra
await no_helper && echo "ok   no helper after its job"
per_job "$work/none"
want "No such file" search name extra
