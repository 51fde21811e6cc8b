# Runs each case in a bash of its own; reports its status, its output and what was expected.
marker=$1 each_s=$2 count=$3 late=0
for ((number = 0; number < count; number++)); do
  timeout -k 0.3 "$each_s" bash "./call_$number.sh" >"out_$number" 2>"err_$number" </dev/null
  status=$?
  ((status == 124 || status == 137)) && ((++late >= 2)) && count=$((number + 1))
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
