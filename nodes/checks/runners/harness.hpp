// Reports values of any type as JSON. Precompiled once, included before an answer's code.
#include <bits/stdc++.h>

#include <assert.h>
#include <cxxabi.h>
#include <fcntl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

namespace harness_ {

using Out = std::string;
template <class T> using Plain = std::remove_cv_t<std::remove_reference_t<T>>;
template <class T, template <class...> class C> struct Is : std::false_type {};
template <template <class...> class C, class... A> struct Is<C<A...>, C> : std::true_type {};
template <class T> struct IsArray : std::false_type {};
template <class T, size_t N> struct IsArray<std::array<T, N>> : std::true_type {};

template <class T, class = void> struct HasRange : std::false_type {};
template <class T>
struct HasRange<T, std::void_t<decltype(std::begin(std::declval<const T &>())),
                               decltype(std::end(std::declval<const T &>()))>> : std::true_type {};
template <class T, class = void> struct HasMapped : std::false_type {};
template <class T> struct HasMapped<T, std::void_t<typename T::mapped_type>> : std::true_type {};
template <class T, class = void> struct HasKey : std::false_type {};
template <class T> struct HasKey<T, std::void_t<typename T::key_type>> : std::true_type {};
template <class T, class = void> struct HasPrint : std::false_type {};
template <class T>
struct HasPrint<T, std::void_t<decltype(std::declval<std::ostream &>() << std::declval<const T &>())>>
    : std::true_type {};
template <class T, class U, class = void> struct HasEqual : std::false_type {};
template <class T, class U>
struct HasEqual<T, U, std::void_t<decltype(bool(std::declval<const T &>() == std::declval<const U &>()))>>
    : std::true_type {};

inline void quote(Out &out, std::string_view s) {
  out += '"';
  for (unsigned char c : s.substr(0, 60000)) {
    char hex[8];
    if (c == '"' || c == '\\') (out += '\\') += char(c);
    else if (c < 32 || c == 127) snprintf(hex, sizeof hex, "\\u%04x", c), out += hex;
    else out += char(c);
  }
  out += '"';
}

inline void opaque(Out &out, std::string_view s) { out += "{\"opaque\":", quote(out, s), out += '}'; }

template <class T> void put(Out &out, const T &v);

template <class R> void list(Out &out, const R &range) {
  out += '[';
  size_t n = 0;
  for (auto &&item : range) {
    if (n++) out += ',';
    if (n > 20000) break;
    put(out, static_cast<const Plain<decltype(item)> &>(item));
  }
  out += ']';
}

template <class T> void number(Out &out, T v) {
  char text[64];
  if (std::isfinite(static_cast<long double>(v))) snprintf(text, sizeof text, "%.17Lg", (long double)v);
  else snprintf(text, sizeof text, "{\"float\":\"%s\"}", v != v ? "nan" : v > 0 ? "inf" : "-inf");
  out += text;
  if (std::isfinite(static_cast<long double>(v)) && !strpbrk(text, ".e")) out += ".0";
}

template <class T> void pointer(Out &out, const T &v) {
  if (!v) out += "null";
  else put(out, *v);
}

inline void any(Out &out, const std::any &v) {
  if (!v.has_value()) out += "null";
  else if (auto *p = std::any_cast<int>(&v)) put(out, *p);
  else if (auto *p = std::any_cast<long>(&v)) put(out, *p);
  else if (auto *p = std::any_cast<double>(&v)) put(out, *p);
  else if (auto *p = std::any_cast<bool>(&v)) put(out, *p);
  else if (auto *p = std::any_cast<std::string>(&v)) put(out, *p);
  else if (auto *p = std::any_cast<const char *>(&v)) put(out, std::string(*p));
  else opaque(out, v.type().name());
}

template <class T> void put(Out &out, const T &v) {
  if constexpr (std::is_same_v<T, bool>) out += v ? "true" : "false";
  else if constexpr (std::is_same_v<T, char>) quote(out, std::string_view(&v, 1));
  else if constexpr (std::is_enum_v<T>) out += std::to_string((long long)v);
  else if constexpr (std::is_integral_v<T>) out += std::to_string(v);
  else if constexpr (std::is_floating_point_v<T>) number(out, v);
  else if constexpr (std::is_same_v<T, std::nullptr_t> || std::is_same_v<T, std::nullopt_t> ||
                     std::is_same_v<T, std::monostate>) out += "null";
  else if constexpr (std::is_convertible_v<const T &, const char *>) {
    const char *s = v;
    if (s) quote(out, s); else out += "null";
  }
  else if constexpr (std::is_convertible_v<const T &, std::string_view>) quote(out, v);
  else if constexpr (Is<T, std::optional>::value || Is<T, std::unique_ptr>::value ||
                     Is<T, std::shared_ptr>::value) pointer(out, v);
  else if constexpr (Is<T, std::pair>::value || Is<T, std::tuple>::value) {
    out += "{\"tuple\":[";
    size_t n = 0;
    std::apply([&](const auto &...each) { ((n++ ? void(out += ',') : void(), put(out, each)), ...); }, v);
    out += "]}";
  }
  else if constexpr (Is<T, std::variant>::value) std::visit([&](auto &each) { put(out, each); }, v);
  else if constexpr (std::is_same_v<T, std::any>) any(out, v);
  else if constexpr (HasRange<T>::value && HasMapped<T>::value) {
    out += "{\"map\":[";
    size_t n = 0;
    for (auto &[key, value] : v) {
      if (n++) out += ',';
      out += '[', put(out, key), out += ',', put(out, value), out += ']';
    }
    out += "]}";
  }
  else if constexpr (HasRange<T>::value && HasKey<T>::value) out += "{\"set\":", list(out, v), out += '}';
  else if constexpr (HasRange<T>::value) list(out, v);
  else if constexpr (std::is_pointer_v<T> || !HasPrint<T>::value) opaque(out, "a value of a class");
  else {
    std::ostringstream text;
    text << v;
    opaque(out, text.str());
  }
}

template <class T> struct Known : std::bool_constant<!std::is_class_v<T> && !std::is_union_v<T>> {};
template <> struct Known<std::string> : std::true_type {};
template <> struct Known<std::string_view> : std::true_type {};

// Whether `put` loses nothing of T, so that no comparison in C++ is needed.
template <class T> constexpr bool is_plain() {
  if constexpr (Known<T>::value) return true;
  else return HasRange<T>::value || Is<T, std::optional>::value || Is<T, std::pair>::value ||
              Is<T, std::tuple>::value || Is<T, std::variant>::value || std::is_same_v<T, std::any>;
}

struct Report {
  Out text;
  void operator()(const char *key, const Out &json) { text += ",\"", text += key, text += "\":", text += json; }
  void words(const char *key, std::string_view s) { Out out; quote(out, s), (*this)(key, out); }
};

template <class V, class E> void compare(Report &report, const V &value, const E &expected) {
  Out out;
  put(out, expected), report("expected", out);
  if constexpr (!is_plain<V>() && HasEqual<V, E>::value) report("same", value == expected ? "true" : "false");
}

template <class V> void give(Report &report, const V &value) {
  Out out;
  put(out, value), report("value", out);
}

inline std::string name_of(const std::type_info *type) {
  if (!type) return "unknown";
  int status = 0;
  char *made = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
  std::string name = made ? made : type->name();
  free(made);
  return name;
}

inline void kinds(Report &report, const std::exception &e) {
  std::string list = "[\"exception\"";
  if (dynamic_cast<const std::logic_error *>(&e)) list += ",\"logic_error\"";
  if (dynamic_cast<const std::runtime_error *>(&e)) list += ",\"runtime_error\"";
  report("kinds", list + "]");
}

using Case = void (*)(Report &);

inline void attempt(Case run, Report &report) {
  Report seen;
  try {
    run(seen);
    report.words("outcome", "returned");
    report.text += seen.text;
  } catch (const std::exception &e) {
    report.words("outcome", "raised"), kinds(report, e), report.words("shown", e.what());
    report.words("error", name_of(abi::__cxa_current_exception_type()));
  } catch (...) {
    report.words("outcome", "raised");
    report.words("error", name_of(abi::__cxa_current_exception_type()));
  }
}

inline void send(int to, const char *marker, int number, const Out &fields) {
  std::string line = std::string("\n") + marker + "{\"case\":" + std::to_string(number) + fields + "}\n";
  for (size_t at = 0; at < line.size();) {
    ssize_t n = write(to, line.data() + at, line.size() - at);
    if (n <= 0) return;
    at += size_t(n);
  }
}

[[noreturn]] inline void child(int to, const char *marker, int number, Case run, long each_ms) {
  itimerval timer{};
  timer.it_value.tv_sec = each_ms / 1000;
  timer.it_value.tv_usec = each_ms % 1000 * 1000;
  setitimer(ITIMER_REAL, &timer, nullptr);
  int nothing = open("/dev/null", O_RDWR), printed = open("printed.txt", O_RDWR | O_CREAT | O_TRUNC, 0600);
  dup2(nothing, 0), dup2(printed, 1), dup2(nothing, 2);
  Report report;
  attempt(run, report);
  std::cout.flush(), fflush(stdout);
  char text[2000];
  ssize_t n = pread(printed, text, sizeof text, 0);
  report.words("printed", std::string_view(text, n > 0 ? size_t(n) : 0));
  send(to, marker, number, report.text);
  _exit(0);
}

// One process for each case, so that a crash or a loop costs one case only.
inline int run_all(const char *marker, std::initializer_list<std::pair<int, Case>> cases, long each_ms,
                   long long ends_ms) {
  int to = dup(1), late = 0;
  for (auto &[number, run] : cases) {
    timeval now;
    gettimeofday(&now, nullptr);
    if (now.tv_sec * 1000LL + now.tv_usec / 1000 + each_ms > ends_ms) break;
    send(to, marker, number, ",\"begun\":true");
    pid_t pid = fork();
    if (pid == 0) child(to, marker, number, run, each_ms);
    int status = 0;
    waitpid(pid, &status, 0);
    Report report;
    if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGALRM || WTERMSIG(status) == SIGXCPU)) {
      report.words("outcome", "timed_out");
      send(to, marker, number, report.text);
      if (++late == 2) break;
    } else if (WIFSIGNALED(status)) {
      report.words("outcome", "raised"), report.words("error", strsignal(WTERMSIG(status)));
      report.words("shown", strsignal(WTERMSIG(status)));
      send(to, marker, number, report.text);
    } else if (WEXITSTATUS(status) != 0) {
      report.words("outcome", "raised"), report.words("error", "exit");
      report.words("shown", "it ended the program with status " + std::to_string(WEXITSTATUS(status)));
      send(to, marker, number, report.text);
    }
  }
  return 0;
}

}  // namespace harness_
