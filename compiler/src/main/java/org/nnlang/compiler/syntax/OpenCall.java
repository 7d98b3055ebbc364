package org.nnlang.compiler.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.syntax.Words.Word;

/// The innermost call that is open at the end of a text, as somebody writes it.
///
/// @param callee   the name before its list, the last of a dotted one
/// @param start    where that name begins
/// @param isSecond whether it is the second list: `Dense(3)(…`
/// @param isPiped  whether the first argument comes through a pipe: `x |> f(…`
/// @param argument how many arguments end before the place, which is the index of the one that is written
/// @param name     what that argument is called; null where it has no name
/// @param given    the names of the arguments before it
/// @param isNested whether the place is in a list or in parentheses within that argument, where no argument's name can stand
public record OpenCall(
        String callee, int start, boolean isSecond, boolean isPiped, int argument, @Nullable String name,
        List<String> given, boolean isNested) {
    private static final Set<String> HEADS = Set.of("fun", "layer", "model", "optimizer", "train");

    /// The call at the end of a text; null where none is open there.
    public static @Nullable OpenCall at(String text) {
        List<Word> words = Words.of(text).all().stream().filter(word -> word.kind() != Words.Kind.COMMENT).toList();
        boolean nested = false;
        int from = words.size() - 1;
        while (true) {
            int open = opener(text, words, from);
            if (open < 0) {
                return null;
            }
            String bracket = words.get(open).text(text);
            OpenCall call = bracket.equals("(") ? call(text, words, open, nested) : null;
            if (call != null) {
                return call;
            }
            if (!bracket.equals("(") && !bracket.equals("[") || isHead(text, words, open)) {
                return null;
            }
            nested = true;
            from = open - 1;
        }
    }

    /// The last bracket up to a word that is open there; negative where there is none.
    private static int opener(String text, List<Word> words, int from) {
        int depth = 0;
        for (int i = from; i >= 0; i--) {
            switch (words.get(i).text(text)) {
                case ")", "]", "}" -> depth++;
                case "(", "[", "{", "${" -> {
                    if (depth == 0) {
                        return i;
                    }
                    depth--;
                }
                default -> {}
            }
        }
        return -1;
    }

    /// Whether a bracket belongs to the head of a declaration.
    private static boolean isHead(String text, List<Word> words, int open) {
        int name = name(text, words, open);
        return name > 0 && HEADS.contains(words.get(name - 1).text(text));
    }

    /// The name whose list, or second list, begins at a bracket; negative where it is none.
    private static int name(String text, List<Word> words, int open) {
        int before = open - 1;
        if (before >= 0 && words.get(before).text(text).equals(")")) {
            before = opener(text, words, before - 1) - 1;
        }
        return before >= 0 && isName(words.get(before)) ? before : -1;
    }

    private static boolean isName(Word word) {
        return word.kind() == Words.Kind.NAME;
    }

    private static @Nullable OpenCall call(String text, List<Word> words, int open, boolean nested) {
        int callee = name(text, words, open);
        if (callee < 0 || isHead(text, words, open)) {
            return null;
        }
        int first = callee;
        while (first >= 2 && words.get(first - 1).text(text).equals(".") && isName(words.get(first - 2))) {
            first -= 2;
        }
        boolean second = callee != open - 1;
        boolean piped = first > 0 && words.get(first - 1).text(text).equals("|>");
        var given = new ArrayList<String>();
        int argument = 0;
        String name = null;
        int depth = 0;
        for (int i = open + 1; i < words.size(); i++) {
            String word = words.get(i).text(text);
            switch (word) {
                case "(", "[", "{", "${" -> depth++;
                case ")", "]", "}" -> depth--;
                case "," -> {
                    if (depth == 0) {
                        argument++;
                        if (name != null) {
                            given.add(name);
                        }
                        name = null;
                    }
                }
                case "=" -> {
                    if (depth == 0 && isName(words.get(i - 1))) {
                        name = words.get(i - 1).text(text);
                    }
                }
                default -> {}
            }
        }
        Word named = words.get(callee);
        return new OpenCall(named.text(text), named.start(), second, piped, argument, name, List.copyOf(given), nested);
    }
}
