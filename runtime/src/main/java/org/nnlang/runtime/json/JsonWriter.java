package org.nnlang.runtime.json;

import java.util.List;
import java.util.Map;

/// Writes compact JSON: no spaces, ASCII only, members in their order.
final class JsonWriter {
    private JsonWriter() {}

    static String write(Json value) {
        var out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    private static void write(Json json, StringBuilder out) {
        switch (json) {
            case Json.Nothing _ -> out.append("null");
            case Json.Truth(boolean value) -> out.append(value);
            case Json.Whole(long value) -> out.append(value);
            case Json.Decimal(double value) -> decimal(value, out);
            case Json.Text(String value) -> text(value, out);
            case Json.Array(List<Json> items) -> {
                out.append('[');
                for (int i = 0; i < items.size(); i++) {
                    if (i > 0) {
                        out.append(',');
                    }
                    write(items.get(i), out);
                }
                out.append(']');
            }
            case Json.Members(Map<String, Json> values) -> {
                out.append('{');
                boolean first = true;
                for (var member : values.entrySet()) {
                    if (!first) {
                        out.append(',');
                    }
                    first = false;
                    text(member.getKey(), out);
                    out.append(':');
                    write(member.getValue(), out);
                }
                out.append('}');
            }
        }
    }

    private static void decimal(double value, StringBuilder out) {
        if (Double.isFinite(value)) {
            out.append(value);
        } else {
            text(Double.toString(value), out);
        }
    }

    private static void text(String value, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20 || c > 0x7e) {
                        out.append("\\u");
                        for (int shift = 12; shift >= 0; shift -= 4) {
                            out.append(Character.forDigit((c >> shift) & 15, 16));
                        }
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
