package org.nnlang.compiler.diagnostic;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/// Writes JSON piece by piece: commas, quotes and indentation are its business, matching brackets the caller's.
final class JsonWriter {
    private final StringBuilder out = new StringBuilder();
    private final Deque<Boolean> isEmpty = new ArrayDeque<>();
    private boolean afterKey;

    JsonWriter beginObject() {
        return begin('{');
    }

    JsonWriter endObject() {
        return end('}');
    }

    JsonWriter beginArray() {
        return begin('[');
    }

    JsonWriter endArray() {
        return end(']');
    }

    JsonWriter key(String name) {
        separate();
        quote(name);
        out.append(": ");
        afterKey = true;
        return this;
    }

    JsonWriter value(String text) {
        separate();
        quote(text);
        return this;
    }

    JsonWriter value(int number) {
        separate();
        out.append(number);
        return this;
    }

    JsonWriter member(String name, String text) {
        return key(name).value(text);
    }

    JsonWriter member(String name, int number) {
        return key(name).value(number);
    }

    private JsonWriter begin(char bracket) {
        separate();
        out.append(bracket);
        isEmpty.push(true);
        return this;
    }

    private JsonWriter end(char bracket) {
        boolean wasEmpty = isEmpty.pop();
        if (!wasEmpty) {
            newline();
        }
        out.append(bracket);
        return this;
    }

    private void separate() {
        if (afterKey) {
            afterKey = false;
            return;
        }
        if (!isEmpty.isEmpty()) {
            boolean first = isEmpty.pop();
            isEmpty.push(false);
            out.append(first ? "" : ",");
            newline();
        }
    }

    private void newline() {
        out.append('\n').repeat("  ", isEmpty.size());
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20 || Character.isSurrogate(c) && !isPair(text, i)) {
                        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean isPair(String text, int i) {
        char c = text.charAt(i);
        return Character.isHighSurrogate(c)
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }

    /// The text written so far.
    @Override
    public String toString() {
        return out.toString();
    }
}
