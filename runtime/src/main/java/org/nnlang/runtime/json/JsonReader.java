package org.nnlang.runtime.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;

/// A strict recursive-descent reader of RFC 8259: no comments, no trailing commas, no repeated members, at most
/// [#DEPTH] levels, so that a hostile file can neither confuse nor overflow it.
final class JsonReader {
    private static final int DEPTH = 256;

    private final String text;
    private int at;

    JsonReader(String text) {
        this.text = text;
    }

    Json document() {
        Json value = value(0);
        blanks();
        if (at < text.length()) {
            throw wrong("nothing more is expected after the value");
        }
        return value;
    }

    private Json value(int depth) {
        if (depth > DEPTH) {
            throw wrong("more than " + DEPTH + " levels");
        }
        blanks();
        return switch (peek()) {
            case '{' -> members(depth);
            case '[' -> array(depth);
            case '"' -> new Json.Text(string());
            case 't' -> word("true", new Json.Truth(true));
            case 'f' -> word("false", new Json.Truth(false));
            case 'n' -> word("null", new Json.Nothing());
            default -> number();
        };
    }

    private Json members(int depth) {
        var values = new LinkedHashMap<String, Json>();
        at++;
        blanks();
        if (peek() == '}') {
            at++;
            return new Json.Members(values);
        }
        while (true) {
            blanks();
            if (peek() != '"') {
                throw wrong("a member's name in quotes is expected");
            }
            String name = string();
            blanks();
            take(':');
            if (values.put(name, value(depth + 1)) != null) {
                throw wrong("member \"" + name + "\" appears twice");
            }
            blanks();
            if (peek() == '}') {
                at++;
                return new Json.Members(values);
            }
            take(',');
        }
    }

    private Json array(int depth) {
        var items = new ArrayList<Json>();
        at++;
        blanks();
        if (peek() == ']') {
            at++;
            return new Json.Array(items);
        }
        while (true) {
            items.add(value(depth + 1));
            blanks();
            if (peek() == ']') {
                at++;
                return new Json.Array(items);
            }
            take(',');
        }
    }

    private String string() {
        at++;
        var out = new StringBuilder();
        while (true) {
            if (at >= text.length()) {
                throw wrong("a text is not closed");
            }
            char c = text.charAt(at++);
            if (c == '"') {
                return out.toString();
            } else if (c == '\\') {
                out.append(escape());
            } else if (c < 0x20) {
                at--;
                throw wrong("a control character stands in a text");
            } else {
                out.append(c);
            }
        }
    }

    private char escape() {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int code = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = Character.digit(peek(), 16);
                    if (digit < 0 || peek() > 'f') {
                        throw wrong("four hexadecimal digits are expected after \\u");
                    }
                    code = code * 16 + digit;
                    at++;
                }
                yield (char) code;
            }
            default -> {
                at--;
                throw wrong("an unknown escape stands in a text");
            }
        };
    }

    private Json number() {
        int start = at;
        boolean whole = true;
        if (peek() == '-') {
            at++;
        }
        if (peek() == '0') {
            at++;
        } else {
            digits();
        }
        if (peek() == '.') {
            whole = false;
            at++;
            digits();
        }
        if (peek() == 'e' || peek() == 'E') {
            whole = false;
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            digits();
        }
        String digits = text.substring(start, at);
        if (whole) {
            try {
                return new Json.Whole(Long.parseLong(digits));
            } catch (NumberFormatException _) {
                return new Json.Decimal(Double.parseDouble(digits));
            }
        }
        return new Json.Decimal(Double.parseDouble(digits));
    }

    private void digits() {
        int start = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        if (at == start) {
            throw wrong("a value is expected");
        }
    }

    private Json word(String word, Json value) {
        if (!text.startsWith(word, at)) {
            throw wrong("a value is expected");
        }
        at += word.length();
        return value;
    }

    private void blanks() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    /// The character here, or NUL at the end.
    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private void take(char c) {
        if (peek() != c) {
            throw wrong("`" + c + "` is expected");
        }
        at++;
    }

    private JsonException wrong(String what) {
        return new JsonException(at >= text.length()
                ? what + ", and the text ends"
                : what + ", at character " + (at + 1) + " (`" + text.charAt(at) + "`)");
    }
}
