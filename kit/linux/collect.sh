#!/bin/sh
# Hinomi collector kit for Linux (organisation @ORG@, version @VERSION@).
# Collects what an investigator needs into one file. Nothing is installed, changed or sent.
#   sh hinomi-kit-linux.sh [--out FOLDER] [--minutes N] [--no-files] [--show-password]
# With Python 3.7 or newer the program packed behind this text runs; without it, the shell collects what it can.
LC_COLLATE=C
export LC_COLLATE
for python in python3 python3.13 python3.12 python3.11 python3.9 python3.8 python3.7 /usr/libexec/platform-python; do
    [ -n "$HINOMI_KIT_SHELL" ] && break
    if command -v "$python" >/dev/null 2>&1 && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 7))' 2>/dev/null; then
        exec "$python" -I "$0" "$@"
    fi
done

# ---- without Python -------------------------------------------------------------------------------------------------
umask 077
out=. minutes=15 files=yes
while [ $# -gt 0 ]; do
    case $1 in
        --out) out=$2; shift ;;
        --minutes) minutes=${2%%.*}; shift ;;
        --no-files) files= ;;
    esac
    shift
done
host=$(uname -n)
began=$(date +%s)
ends=$((began + minutes * 60))
plain=$(printf %s "$host" | tr -c 'A-Za-z0-9.-' _)
name=hinomi-$plain-$(date +%Y%m%d-%H%M%S)
work=$(mktemp -d "$out/.hinomi-kit.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT INT TERM
echo 'Python 3.7 or newer was not found: the shell collects what it can.' >&2

tell() { echo "[$1 %] $2" >&2; }
in_time() { [ "$(date +%s)" -lt "$ends" ]; }
# lines "a<TAB>b" with the names given -> a JSON object a line; a name that ends in # is a number
as_json() {
    awk -v names="$1" 'BEGIN { FS = "\t"; n = split(names, name, " ") }
    function text(s) { gsub(/\\/, "\\\\", s); gsub(/"/, "\\\"", s); gsub(/[\001-\037\177]/, " ", s); return "\"" s "\"" }
    { line = ""
      for (i = 1; i <= n; i++) {
          key = name[i]; value = $i
          if (key ~ /#$/) { sub(/#$/, "", key); value = value ~ /^[0-9]+$/ ? value : "null" } else value = text(value)
          line = line (i > 1 ? "," : "") "\"" key "\":" value
      }
      print "{" line "}" }'
}
sha() { sha256sum -- "$1" 2>/dev/null | cut -d' ' -f1; }

tell 5 system
ips=$( (ip -o addr 2>/dev/null || true) | awk '$3 ~ /^inet/ { sub(/\/.*/, "", $4); if ($4 !~ /^(127\.|::1|fe80:)/) print $4 }' | sort -u)
ips_json=$(printf '%s\n' "$ips" | awk 'NF { printf "%s\"%s\"", n++ ? "," : "", $1 }')
os=$(. /etc/os-release 2>/dev/null; printf %s "${PRETTY_NAME:-$(uname -s)}")
system=$(printf '%s\t%s\t%s\t%s\n' "$host" "$os" "$(uname -r)" "$(uname -m)" | as_json 'host os kernel architecture')
printf '%s,"ips":[%s]}\n' "${system%?}" "$ips_json" >"$work/system.json"

tell 10 processes
for place in /proc/[0-9]*; do
    in_time || break
    pid=${place#/proc/}
    [ "$pid" = $$ ] && continue
    exe=$(readlink "$place/exe" 2>/dev/null)
    cmd=$(tr '\000\t\n' '   ' <"$place/cmdline" 2>/dev/null)
    user=$(awk '/^Uid:/ { print $2; exit }' "$place/status" 2>/dev/null)
    ppid=$(awk '/^PPid:/ { print $2; exit }' "$place/status" 2>/dev/null)
    hash=
    [ -n "$exe" ] && hash=$(sha "$place/exe")
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$pid" "$ppid" "$exe" "$cmd" "$user" "$(readlink "$place/cwd" 2>/dev/null)" "$hash"
done 2>/dev/null >"$work/.processes"
as_json 'pid# ppid# exe cmd user cwd sha256' <"$work/.processes" >"$work/processes.jsonl"

tell 30 connections
(ss -Htunap 2>/dev/null || netstat -tunap 2>/dev/null | tail -n +3) | awk '{ o = $1; for (i = 2; i <= NF; i++) o = o " " $i; print $1 "\t" o }' |
    as_json 'proto line' >"$work/connections.jsonl"

tell 40 users
awk -F: '{ print $1 "\t" $3 "\t" $6 "\t" $7 }' /etc/passwd | as_json 'name uid# home shell' >"$work/users.jsonl"
(who 2>/dev/null; last -n 500 2>/dev/null) | awk 'NF { print "past\t" $0 }' | as_json 'list line' >"$work/logins.jsonl"

tell 50 autoruns
for file in /etc/rc.local /etc/profile /etc/ld.so.preload /etc/init.d/* /etc/profile.d/* /root/.bashrc /root/.profile /home/*/.bashrc \
    /home/*/.profile /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys; do
    [ -f "$file" ] && [ ! -L "$file" ] && printf '%s\t%s\n' "$file" "$(sha "$file")"
done | as_json 'path sha256' >"$work/autoruns.jsonl"
grep -H '^ *Exec' /etc/systemd/system/*.service /usr/lib/systemd/system/*.service 2>/dev/null |
    awk '{ p = index($0, ":"); f = substr($0, 1, p - 1); n = f; sub(/.*\//, "", n); print n "\t" f "\t" substr($0, p + 1) }' |
    as_json 'name path line' >"$work/services.jsonl"
for file in /etc/crontab /etc/cron.d/* /var/spool/cron/* /var/spool/cron/crontabs/*; do
    [ -f "$file" ] && grep -v '^ *\(#\|$\)' "$file" 2>/dev/null | awk -v f="$file" '{ print f "\t" $0 }'
done | as_json 'path runs' >"$work/tasks.jsonl"

tell 60 recent_files
in_time && find /tmp /var/tmp /dev/shm /home /root /opt /usr/local /etc /var/www -xdev -type f -ctime -7 2>/dev/null | head -n 20000 |
    as_json 'path' >"$work/recent_files.jsonl"

tell 80 suspicious
{
    awk -F'\t' '$3 ~ / \(deleted\)$/ { r = $3 ~ /^\/memfd:/ ? "running_memfd" : "running_deleted"
        p = $3; sub(/ \(deleted\)$/, "", p); print (r == "running_memfd" ? 80 : 60) "\t" p "\t" r "\t" $7 "\t/proc/" $1 "/exe" }
        $3 ~ /^\/(tmp|var\/tmp|dev\/shm)\// { print 45 "\t" $3 "\truns_from_temporary\t" $7 "\t/proc/" $1 "/exe" }' "$work/.processes"
    in_time && find /tmp /var/tmp /dev/shm -xdev -type f \( -perm -100 -o -perm -010 -o -perm -001 \) 2>/dev/null | head -n 500 |
        while IFS= read -r file; do printf '40\t%s\texecutable_in_temporary\t%s\t%s\n' "$file" "$(sha "$file")" "$file"; done
    [ -s /etc/ld.so.preload ] && printf '70\t/etc/ld.so.preload\tpreload_file\t%s\t/etc/ld.so.preload\n' "$(sha /etc/ld.so.preload)"
} | sort -rn | head -n 500 >"$work/.suspicious"
awk -F'\t' '{ print $1 "\t" $2 "\t" $3 "\t" $4 }' "$work/.suspicious" | as_json 'score# path reason sha256' >"$work/suspicious.jsonl"
mkdir "$work/files"
if [ -n "$files" ]; then
    tell 90 files
    while IFS='	' read -r _ _ _ hash place; do
        in_time || break
        [ ${#hash} = 64 ] && [ ! -e "$work/files/$hash" ] || continue
        size=$(wc -c <"$place" 2>/dev/null || echo 0)
        [ "$size" -le 33554432 ] && cat "$place" >"$work/files/$hash" 2>/dev/null
    done <"$work/.suspicious"
fi
rm -f "$work/.processes" "$work/.suspicious"
complete=true
in_time || complete=false
printf '{"hinomi_kit":1,"made_by":"sh","platform":"linux","version":"@VERSION@","org":"@ORG@","host":%s,"ips":[%s],"started":%s000,"finished":%s000,"complete":%s,"parts":[]}\n' \
    "$(printf '%s\n' "$host" | as_json host | sed 's/^{"host":\(.*\)}$/\1/')" "$ips_json" "$began" "$(date +%s)" "$complete" >"$work/kit.json"
(cd "$work" && find . -type f ! -name manifest.sha256 | sed 's#^\./##' | sort | while IFS= read -r each; do sha256sum "$each"; done >manifest.sha256)

# ---- one file, encrypted to the server where openssl is there --------------------------------------------------------
if command -v openssl >/dev/null 2>&1; then
    sealed=$(mktemp -d "$out/.hinomi-kit.XXXXXX") || exit 1
    trap 'rm -rf "$work" "$sealed"' EXIT INT TERM
    cat >"$sealed/key.pem" <<'KEY'
@PUBLIC_KEY@
KEY
    openssl rand -hex 32 >"$sealed/password"
    tar -C "$work" -cf - . | gzip -c | openssl enc -aes-256-cbc -pbkdf2 -iter 10000 -md sha256 -salt -pass "file:$sealed/password" -out "$sealed/evidence.enc" &&
        tr -d '\n' <"$sealed/password" | openssl pkeyutl -encrypt -pubin -inkey "$sealed/key.pem" -pkeyopt rsa_padding_mode:oaep \
            -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256 -out "$sealed/password.sealed" &&
        rm -f "$sealed/password" "$sealed/key.pem" && tar -C "$sealed" -cf "$out/$name.tar" password.sealed evidence.enc &&
        echo "Written: $out/$name.tar" && echo 'Encrypted to the server: upload it as it is.' && exit 0
    echo 'openssl could not encrypt.' >&2
fi
echo 'WARNING: openssl is not here; the result is NOT encrypted. Keep it safe on its way.' >&2
tar -C "$work" -cf - . | gzip -c >"$out/$name.tar.gz" && echo "Written: $out/$name.tar.gz"
exit $?
