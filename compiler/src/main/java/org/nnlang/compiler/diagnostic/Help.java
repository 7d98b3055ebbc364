package org.nnlang.compiler.diagnostic;

import java.util.Collection;
import java.util.List;
import org.nnlang.compiler.source.Span;
import org.nnlang.runtime.Nearest;

/// What to do about a mistake: in words, and, where they say it exactly, as edits of the text, made of the same words.
public record Help(String text, List<Fix> fixes) {
    public Help {
        fixes = List.copyOf(fixes);
    }

    /// Words alone.
    public static Help of(String text) {
        return new Help(text, List.of());
    }

    /// To write something else in a place.
    ///
    /// @param text with the blanks around it, if more are needed
    public static Help write(Span place, String text) {
        return new Help("write `" + text.strip() + "`", List.of(Fix.write(place, text)));
    }

    /// To write something else in a place, where a sentence says what that is.
    ///
    /// @param before the sentence up to it
    /// @param behind how the sentence goes on
    public static Help write(String before, Span place, String text, String behind) {
        return new Help(before + " `" + text + "`" + behind, List.of(Fix.write(place, text)));
    }

    /// To call a function with what stands in a place, of which the words show the call with `…`.
    ///
    /// @param before the sentence up to the call
    /// @param behind how the sentence goes on
    public static Help call(String before, Span place, String function, String behind) {
        return new Help(before + " `" + function + "(…)`" + behind, List.of(Fix.call(place, function)));
    }

    /// The name that was probably meant, or other words where none is near.
    public static Help nearest(String name, Span place, Collection<String> candidates, String otherwise) {
        return nearest(name, place, candidates, of(otherwise));
    }

    /// The name that was probably meant, or other help where none is near.
    public static Help nearest(String name, Span place, Collection<String> candidates, Help otherwise) {
        return Nearest.of(name, candidates)
                .map(near -> write("did you mean", place, near, "?"))
                .orElse(otherwise);
    }
}
