package org.nnlang.runtime.data;

/// Cuts a text into words, beyond which no piece reaches: letters, digits, signs or white space, each with the one blank
/// that stands before it; what follows an apostrophe within a word (`'s`, `'ll`) is one of its own (Radford et al., 2019,
/// §2.2).
final class Words {
    /// The most characters of a word: what has none of its own to end at (rows of dashes, encoded files) is cut here, so
    /// that no text takes quadratic time.
    static final int LONGEST = 64;

    private enum Kind {
        LETTER,
        DIGIT,
        SIGN,
        WHITE
    }

    private Words() {}

    /// Where the word that begins at `from` ends.
    static int end(String text, int from) {
        int at = from;
        int first = text.codePointAt(at);
        if (first == ' ' && at + 1 < text.length() && kind(text.codePointAt(at + 1)) != Kind.WHITE) {
            at++;
            first = text.codePointAt(at);
        } else if (isApostrophe(first) && from > 0 && kind(text.codePointBefore(from)) == Kind.LETTER) {
            int next = at + Character.charCount(first);
            if (next < text.length() && kind(text.codePointAt(next)) == Kind.LETTER) {
                at = next;
                first = text.codePointAt(at);
            }
        }
        Kind kind = kind(first);
        int last = at;
        for (int length = 0; at < text.length() && length < LONGEST; length++) {
            int character = text.codePointAt(at);
            if (kind(character) != kind) {
                break;
            }
            last = at;
            at += Character.charCount(character);
        }
        // The last blank belongs to the word behind it.
        boolean wordFollows = at < text.length() && kind(text.codePointAt(at)) != Kind.WHITE;
        return kind == Kind.WHITE && wordFollows && last > from && text.charAt(last) == ' ' ? last : at;
    }

    private static boolean isApostrophe(int character) {
        return character == '\'' || character == '’';
    }

    private static Kind kind(int character) {
        if (Character.isLetter(character)) {
            return Kind.LETTER;
        }
        if (Character.isWhitespace(character)) {
            return Kind.WHITE;
        }
        return switch (Character.getType(character)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> Kind.LETTER;
            case Character.DECIMAL_DIGIT_NUMBER -> Kind.DIGIT;
            default -> Kind.SIGN;
        };
    }
}
