# Runs each case in a bash of its own; reports its status, its output and what was expected.
marker=$1 each_ms=$2 ends_ms=$3 count=$4 late=0
printf -v each_s '%d.%03d' $((each_ms / 1000)) $((each_ms % 1000))
for ((number = 0; number < count && late < 2; number++)); do
  (($(date +%s%3N) + each_ms > ends_ms)) && break
  printf '\n%s{"case":%d,"begun":true}\n' "$marker" "$number"
  timeout -k 0.3 "$each_s" bash "./call_$number.sh" >"out_$number" 2>"err_$number" </dev/null
  status=$?
  ((status == 124 || status == 137)) && ((++late))
  expected=
  if [[ -e ./expected_$number.sh ]]; then
    if timeout 1 bash "./expected_$number.sh" >"want_$number" 2>/dev/null </dev/null; then
      expected=$(head -c 20000 "want_$number" | base64 -w0)
    else
      expected=unreadable
    fi
  fi
  printf '\n%s{"case":%d,"status":%d,"out":"%s","err":"%s","want":"%s"}\n' "$marker" "$number" \
    "$status" "$(head -c 20000 "out_$number" | base64 -w0)" \
    "$(head -c 600 "err_$number" | base64 -w0)" "$expected"
done
