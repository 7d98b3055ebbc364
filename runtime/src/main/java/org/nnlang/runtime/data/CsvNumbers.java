package org.nnlang.runtime.data;

import java.nio.charset.StandardCharsets;

/// Decimal numbers in a file's bytes: `-12`, `3.5`, `.5`, `6e-3`. Hexadecimal, `1_000`, `1f` and words are none.
final class CsvNumbers {
    /// Powers of ten that a float holds exactly.
    private static final float[] TENS = {1e0f, 1e1f, 1e2f, 1e3f, 1e4f, 1e5f, 1e6f, 1e7f, 1e8f, 1e9f, 1e10f};

    private CsvNumbers() {}

    static boolean isNumber(byte[] bytes, int from, int to) {
        int at = sign(bytes, from, to);
        int digits = at;
        at = digits(bytes, at, to);
        int count = at - digits;
        if (at < to && bytes[at] == '.') {
            int fraction = ++at;
            at = digits(bytes, at, to);
            count += at - fraction;
        }
        if (count == 0) {
            return false;
        }
        if (at < to && (bytes[at] == 'e' || bytes[at] == 'E')) {
            at = sign(bytes, at + 1, to);
            int exponent = at;
            at = digits(bytes, at, to);
            if (at == exponent) {
                return false;
            }
        }
        return at == to;
    }

    /// The nearest float. Short numbers, which most are, need no text: a quotient of two exact floats is rounded once,
    /// so it is the nearest (Clinger, 1990, "How to read floating point numbers accurately").
    static float parse(byte[] bytes, int from, int to) {
        int at = from;
        boolean negative = bytes[at] == '-';
        if (negative || bytes[at] == '+') {
            at++;
        }
        int value = 0;
        int places = 0;
        boolean fraction = false;
        for (; at < to; at++) {
            byte b = bytes[at];
            if (b == '.') {
                fraction = true;
            } else if (b >= '0' && b <= '9' && value < 1 << 20) {
                value = 10 * value + (b - '0');
                places += fraction ? 1 : 0;
            } else {
                return Float.parseFloat(new String(bytes, from, to - from, StandardCharsets.US_ASCII));
            }
        }
        if (value > 1 << 24 || places >= TENS.length) {
            return Float.parseFloat(new String(bytes, from, to - from, StandardCharsets.US_ASCII));
        }
        float magnitude = value / TENS[places];
        return negative ? -magnitude : magnitude;
    }

    private static int sign(byte[] bytes, int at, int to) {
        return at < to && (bytes[at] == '-' || bytes[at] == '+') ? at + 1 : at;
    }

    private static int digits(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bytes[at] >= '0' && bytes[at] <= '9') {
            at++;
        }
        return at;
    }
}
