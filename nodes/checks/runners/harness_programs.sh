# Builds a program, then runs it once for each case in a folder of its own; reports what came out.
marker=$1 each_ms=$2 ends_ms=$3 count=$4 build=$5 late=0
shift 5
if [[ -n $build ]]; then
  eval "$build" >built 2>&1 </dev/null || { cat built >&2; exit 97; }
fi
printf -v each_s '%d.%03d' $((each_ms / 1000)) $((each_ms % 1000))
for ((number = 0; number < count && late < 2; number++)); do
  (($(date +%s%3N) + each_ms > ends_ms)) && break
  printf '\n%s{"case":%d,"begun":true}\n' "$marker" "$number"
  mkdir -p "run_$number" && cd "run_$number" || break
  timeout -k 0.3 "$each_s" "$@" <"../stdin_$number" >../out 2>../err
  status=$?
  cd .. && rm -rf "run_$number"
  ((status == 124 || status == 137)) && ((++late))
  printf '\n%s{"case":%d,"status":%d,"out":"%s","err":"%s"}\n' "$marker" "$number" "$status" \
    "$(head -c 250000 out | base64 -w0)" "$(head -c 2000 err | base64 -w0)"
done
