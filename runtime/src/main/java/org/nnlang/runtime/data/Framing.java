package org.nnlang.runtime.data;

import java.util.Arrays;
import java.util.LinkedHashMap;
import org.nnlang.runtime.json.Json;

/// What becomes of a text's tokens before a model sees them. A checkpoint keeps it beside the vocabulary, so that a new text is treated as those were
/// that were learnt from.
///
/// @param framed whether [Vocabulary#BEGIN] stands before the tokens and [Vocabulary#END] behind them
/// @param most   how many tokens there are at most, those two among them: a longer text is cut; 0 where none is
/// @param filled whether a text of fewer tokens is filled up to so many, with [Vocabulary#PAD]
public record Framing(boolean framed, int most, boolean filled) {
    /// The tokens as they are.
    static final Framing BARE = new Framing(false, 0, false);

    /// The tokens between their begin and their end, however many.
    static final Framing FRAMED = new Framing(true, 0, false);

    public Framing {
        if (most < 0 || (framed && most != 0 && most < 2) || (filled && most == 0)) {
            throw new IllegalArgumentException(most + " tokens at most" + (framed ? ", with begin and end" : ""));
        }
    }

    /// What becomes of a text's tokens.
    public int[] apply(int[] tokens) {
        int[] framed = frame(tokens);
        // Vocabulary.PAD is 0, as what copyOf adds.
        return filled ? Arrays.copyOf(framed, most) : framed;
    }

    /// The same, not filled up yet: a table fills its rows when it is read.
    int[] frame(int[] tokens) {
        int around = framed ? 2 : 0;
        int length = cuts(tokens.length) ? most : tokens.length + around;
        int[] result = new int[length];
        System.arraycopy(tokens, 0, result, framed ? 1 : 0, length - around);
        if (framed) {
            result[0] = Vocabulary.BEGIN;
            result[length - 1] = Vocabulary.END;
        }
        return result;
    }

    /// Whether a text of so many tokens is cut.
    public boolean cuts(int tokens) {
        return most > 0 && tokens > most - (framed ? 2 : 0);
    }

    Json toJson() {
        // In an order of its own: that of Map.of differs from process to process, and files must not.
        var members = new LinkedHashMap<String, Object>();
        members.put("framed", framed);
        members.put("most", most);
        members.put("filled", filled);
        return Json.of(members);
    }

    static Framing fromJson(Json json) {
        return new Framing(
                json.get("framed").truth(), json.get("most").integer(), json.get("filled").truth());
    }
}
