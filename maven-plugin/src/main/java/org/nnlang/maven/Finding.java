package org.nnlang.maven;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * A mistake that <code>nn</code> found.
 *
 * @param message with its code, what stands at the place, and the way out
 */
record Finding(boolean error, String file, int line, int column, String message) {
    /** The mistakes in what <code>nn … --format json</code> has printed. */
    static List<Finding> all(JsonObject answer) {
        List<Finding> all = new ArrayList<>();
        JsonArray diagnostics = answer.getAsJsonArray("diagnostics");
        for (JsonElement element : diagnostics) {
            JsonObject one = element.getAsJsonObject();
            StringBuilder message = new StringBuilder(text(one, "code")).append(": ").append(text(one, "message"));
            for (JsonElement note : one.getAsJsonArray("notes")) {
                message.append(System.lineSeparator()).append("  note: ").append(note.getAsString());
            }
            if (one.has("help")) {
                message.append(System.lineSeparator()).append("  help: ").append(text(one, "help"));
            }
            all.add(new Finding(
                    text(one, "severity").equals("error"),
                    text(one, "file"),
                    one.get("line").getAsInt(),
                    one.get("column").getAsInt(),
                    message.toString()));
        }
        return all;
    }

    private static String text(JsonObject object, String member) {
        return object.get(member).getAsString();
    }
}
