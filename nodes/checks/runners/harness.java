// Runs cases on an answer's code and reports their results, one line each.
class Harness__ {
    interface Case { void run(Report report) throws Throwable; }
    interface Tuple { java.util.List<Object> items(); }

    static final java.io.PrintStream OUT = System.out;
    static final class Unwritable extends RuntimeException {}

    static final class Report {
        final StringBuilder text = new StringBuilder();
        Object value;
        boolean hasOpaque;

        void put(String key, String json) { text.append(",\"").append(key).append("\":").append(json); }
        void words(String key, String s) { put(key, quote(s)); }

        void value(Object v) {
            value = v;
            words("shown", shown(v));
            hasOpaque = encode("value", v);
        }

        void expected(Object e) {
            hasOpaque |= encode("expected", e);
            if (!hasOpaque) return;
            boolean same = java.util.Objects.equals(value, e);
            if (same || !String.valueOf(value).contains("@")) put("same", String.valueOf(same));
        }

        void after(Object... arguments) { encode("after", arguments); }

        boolean encode(String key, Object v) {
            Encoder encoder = new Encoder();
            try {
                encoder.put(v, 0);
                put(key, encoder.out.toString());
            } catch (Unwritable | StackOverflowError e) {
                return true;
            }
            return encoder.hasOpaque;
        }
    }

    static String quote(String s) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < Math.min(s.length(), 60000); i++) {
            char c = s.charAt(i);
            if (c == '"' || c == '\\') out.append('\\').append(c);
            else if (c < 32 || c > 126) out.append(String.format("\\u%04x", (int) c));
            else out.append(c);
        }
        return out.append('"').toString();
    }

    static String shown(Object v) {
        String s;
        try {
            if (v != null && v.getClass().isArray()) {
                s = java.util.Arrays.deepToString(new Object[] {v});
                s = s.substring(1, s.length() - 1);
            } else s = String.valueOf(v);
        } catch (Throwable e) { s = "an object that cannot be printed"; }
        return s.length() > 300 ? s.substring(0, 300) : s;
    }

    static final class Encoder {
        final StringBuilder out = new StringBuilder();
        boolean hasOpaque;
        int left = 20000;

        void put(Object v, int depth) {
            if (--left < 0 || depth > 60) throw new Unwritable();
            if (v == null || v instanceof Boolean) out.append(v);
            else if (v instanceof String || v instanceof Character || v instanceof Enum) out.append(quote(v.toString()));
            else if (v instanceof Number) number((Number) v);
            else if (v.getClass().isArray()) array(v, depth + 1);
            else if (v instanceof java.util.Map) map((java.util.Map<?, ?>) v, depth + 1);
            else if (v instanceof java.util.Set) { out.append("{\"set\":"); items((java.util.Set<?>) v, depth + 1); out.append('}'); }
            else if (v instanceof java.util.Collection) items((java.util.Collection<?>) v, depth + 1);
            else if (v instanceof Tuple) tuple(((Tuple) v).items(), depth + 1);
            else other(v, depth + 1);
        }

        void other(Object v, int depth) {
            if (v instanceof java.util.Optional) put(((java.util.Optional<?>) v).orElse(null), depth);
            else if (v instanceof java.util.OptionalInt) put(((java.util.OptionalInt) v).isPresent() ? ((java.util.OptionalInt) v).getAsInt() : null, depth);
            else if (v instanceof java.util.OptionalLong) put(((java.util.OptionalLong) v).isPresent() ? ((java.util.OptionalLong) v).getAsLong() : null, depth);
            else if (v instanceof java.util.OptionalDouble) put(((java.util.OptionalDouble) v).isPresent() ? ((java.util.OptionalDouble) v).getAsDouble() : null, depth);
            else if (v instanceof java.util.Map.Entry) tuple(java.util.Arrays.asList(((java.util.Map.Entry<?, ?>) v).getKey(), ((java.util.Map.Entry<?, ?>) v).getValue()), depth);
            else { hasOpaque = true; out.append("{\"opaque\":").append(quote(String.valueOf(v))).append('}'); }
        }

        void number(Number v) {
            double d = v.doubleValue();
            if (v instanceof Double || v instanceof Float) {
                if (Double.isFinite(d)) out.append(d);
                else out.append("{\"float\":\"").append(Double.isNaN(d) ? "nan" : d > 0 ? "inf" : "-inf").append("\"}");
            } else out.append(v instanceof java.math.BigDecimal ? ((java.math.BigDecimal) v).toPlainString() : v.toString());
        }

        void array(Object v, int depth) {
            java.util.List<Object> list = new java.util.ArrayList<>();
            for (int i = 0; i < java.lang.reflect.Array.getLength(v) && i <= 20000; i++) list.add(java.lang.reflect.Array.get(v, i));
            items(list, depth);
        }

        void tuple(java.util.Collection<?> v, int depth) { out.append("{\"tuple\":"); items(v, depth); out.append('}'); }

        void items(java.util.Collection<?> v, int depth) {
            char mark = '[';
            for (Object item : v) { out.append(mark); put(item, depth); mark = ','; }
            out.append(mark == '[' ? "[]" : "]");
        }

        void map(java.util.Map<?, ?> v, int depth) {
            out.append("{\"map\":");
            char mark = '[';
            for (java.util.Map.Entry<?, ?> pair : v.entrySet()) {
                out.append(mark).append('[');
                put(pair.getKey(), depth);
                out.append(',');
                put(pair.getValue(), depth);
                out.append(']');
                mark = ',';
            }
            out.append(mark == '[' ? "[]}" : "]}");
        }
    }

    @SuppressWarnings("unchecked")
    static <K, V> java.util.LinkedHashMap<K, V> map(Object... pairs) {
        java.util.LinkedHashMap<K, V> made = new java.util.LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) made.put((K) pairs[i], (V) pairs[i + 1]);
        return made;
    }

    static void raised(Report report, Throwable e) {
        StringBuilder kinds = new StringBuilder("[");
        for (Class<?> at = e.getClass(); at != Object.class; at = at.getSuperclass())
            kinds.append(kinds.length() > 1 ? "," : "").append(quote(at.getName()));
        report.put("kinds", kinds.append(']').toString());
        report.words("outcome", "raised");
        report.words("error", e.getClass().getSimpleName());
        report.words("shown", String.valueOf(e.getMessage()));
    }

    static Report attempt(Case one, long ms, java.io.ByteArrayOutputStream printed) throws Exception {
        printed.reset();
        Report[] done = new Report[1];
        Thread thread = new Thread(null, () -> {
            Report report = new Report();
            try {
                one.run(report);
                report.words("outcome", "returned");
            } catch (Throwable e) {
                report = new Report();
                raised(report, e);
            }
            done[0] = report;
        }, "case", 16L << 20);
        thread.setDaemon(true);
        thread.start();
        thread.join(ms);
        Report report = done[0];
        if (report == null) (report = new Report()).words("outcome", "timed_out");
        String text = printed.toString();
        report.words("printed", text.length() > 2000 ? text.substring(0, 2000) : text);
        return report;
    }

    static void run(String marker, int[] numbers, Case[] cases, long ms, long endsMs) throws Exception {
        java.io.ByteArrayOutputStream printed = new java.io.ByteArrayOutputStream() {
            @Override public synchronized void write(byte[] b, int off, int n) { if (count < 100000) super.write(b, off, n); }
        };
        java.io.PrintStream sink = new java.io.PrintStream(printed, true);
        System.setOut(sink);
        System.setErr(sink);
        int late = 0;
        for (int i = 0; i < cases.length && late < 2; i++) {
            if (System.currentTimeMillis() + ms > endsMs) break;
            OUT.println("\n" + marker + "{\"case\":" + numbers[i] + ",\"begun\":true}");
            OUT.flush();
            Report report = attempt(cases[i], ms, printed);
            if (report.text.indexOf("\"outcome\":\"timed_out\"") >= 0) late++;
            OUT.println("\n" + marker + "{\"case\":" + numbers[i] + report.text + "}");
            OUT.flush();
        }
        Runtime.getRuntime().halt(0);
    }
