package org.nnlang.runtime.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.json.JsonException;

/// The tokens that texts are made of, and the way from a text to their numbers and back. It is determined by its kind and
/// its tokens alone, so a checkpoint that keeps these keeps all: a model is asked in the tokens that it has learnt.
///
/// A vocabulary of sequences of unequal length begins with the [#SPECIALS], which no text is encoded to.
public final class Vocabulary {
    /// Fills up a sequence to the length of its batch.
    public static final int PAD = 0;

    /// Stands before the first token of a sequence.
    public static final int BEGIN = 1;

    /// Stands behind the last token of a sequence.
    public static final int END = 2;

    /// Stands for what is no token.
    public static final int UNKNOWN = 3;

    /// Stands for a token that is to be guessed.
    public static final int MASK = 4;

    /// The special tokens, in the order of their numbers.
    public static final List<String> SPECIALS = List.of("<pad>", "<begin>", "<end>", "<unknown>", "<mask>");

    /// What a token is.
    public enum Kind {
        /// A character (a code point).
        CHARACTERS("characters"),
        /// What stands between blanks.
        WORDS("words"),
        /// A sequence of characters within a word, with the blank before it (Sennrich, Haddow & Birch, 2016).
        PIECES("pieces");

        private final String spelling;

        Kind(String spelling) {
            this.spelling = spelling;
        }

        /// As a program spells it.
        public String spelling() {
            return spelling;
        }

        static @Nullable Kind spelled(String spelling) {
            for (Kind kind : values()) {
                if (kind.spelling.equals(spelling)) {
                    return kind;
                }
            }
            return null;
        }
    }

    private final Kind kind;
    private final List<String> tokens;
    private final boolean specials;
    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<Long, Integer> merges = new HashMap<>();

    /// @param tokens in the order of their numbers; in one of pieces those that come first are joined first
    /// @throws IllegalArgumentException where a token is empty or stands twice
    public Vocabulary(Kind kind, List<String> tokens) {
        this.kind = kind;
        this.tokens = List.copyOf(tokens);
        this.specials = tokens.size() >= SPECIALS.size() && tokens.subList(0, SPECIALS.size()).equals(SPECIALS);
        for (int i = specials ? SPECIALS.size() : 0; i < tokens.size(); i++) {
            String token = tokens.get(i);
            if (token.isEmpty() || ids.put(token, i) != null) {
                throw new IllegalArgumentException("the token `" + token + "` is empty or stands twice");
            }
        }
        if (kind == Kind.PIECES) {
            ids.forEach(this::addMerges);
        }
    }

    /// The vocabulary of texts to learn from, with [#SPECIALS]: all their characters in the order of Unicode; their words,
    /// those that occur most often first, as many as fit; or their characters and the pieces that [BytePairs] finds.
    ///
    /// @param size the most tokens there may be; characters have no limit
    static Vocabulary learn(Kind kind, List<String> texts, int size) {
        var counts = new HashMap<String, long[]>();
        for (String text : texts) {
            if (kind == Kind.WORDS) {
                for (String word : words(text)) {
                    counts.computeIfAbsent(word, _ -> new long[1])[0]++;
                }
            } else {
                text.codePoints().forEach(character -> counts.computeIfAbsent(
                        Character.toString(character), _ -> new long[1])[0]++);
            }
        }
        counts.keySet().removeAll(SPECIALS);
        // Entries, so that a comparison does not look for the count of each word in the map.
        var entries = new ArrayList<>(counts.entrySet());
        entries.sort((a, b) -> {
            int order = Long.compare(b.getValue()[0], a.getValue()[0]);
            return order != 0 ? order : a.getKey().compareTo(b.getKey());
        });
        List<String> found = entries.stream().map(Map.Entry::getKey).toList();
        int limit = switch (kind) {
            case CHARACTERS -> Integer.MAX_VALUE;
            case WORDS -> size - SPECIALS.size();
            // Rare characters leave room for pieces, and become unknown.
            case PIECES -> (size - SPECIALS.size()) / 2;
        };
        List<String> kept = found.subList(0, Math.min(found.size(), Math.max(1, limit)));
        var tokens = new ArrayList<>(SPECIALS);
        if (kind == Kind.WORDS) {
            tokens.addAll(kept);
        } else {
            kept.stream().sorted(Comparator.comparingInt(token -> token.codePointAt(0))).forEach(tokens::add);
        }
        return new Vocabulary(kind, kind == Kind.PIECES ? BytePairs.learn(texts, tokens, size) : tokens);
    }

    /// The numbers of the special tokens, by their names without brackets.
    static Map<String, Long> specials() {
        var numbers = new LinkedHashMap<String, Long>();
        for (int i = 0; i < SPECIALS.size(); i++) {
            String name = SPECIALS.get(i);
            numbers.put(name.substring(1, name.length() - 1), (long) i);
        }
        return numbers;
    }

    /// A piece is joined of any two that make it.
    private void addMerges(String piece, int id) {
        for (int cut = piece.offsetByCodePoints(0, 1); cut < piece.length(); cut += Character.charCount(piece
                .codePointAt(cut))) {
            Integer left = ids.get(piece.substring(0, cut));
            Integer right = ids.get(piece.substring(cut));
            if (left != null && right != null) {
                merges.put(pair(left, right), id);
            }
        }
    }

    static long pair(int left, int right) {
        return (long) left << 32 | (right & 0xffff_ffffL);
    }

    public Kind kind() {
        return kind;
    }

    /// The tokens in the order of their numbers.
    public List<String> tokens() {
        return tokens;
    }

    /// How many tokens there are.
    public int size() {
        return tokens.size();
    }

    /// Whether the tokens begin with [#SPECIALS].
    public boolean hasSpecials() {
        return specials;
    }

    /// The numbers of a text's tokens. What is no token becomes [#UNKNOWN].
    ///
    /// @throws NnException NN0716 where there is a token that is unknown, and no [#UNKNOWN]
    public int[] encode(String text) {
        var encoder = new Encoder();
        encoder.add(text);
        return encoder.tokens();
    }

    /// Where a text has a character that makes it impossible to [encode][#encode], or -1.
    int strange(String text) {
        if (specials || kind == Kind.WORDS) {
            return -1;
        }
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            if (!ids.containsKey(Character.toString(text.codePointAt(i)))) {
                return i;
            }
        }
        return -1;
    }

    /// The text of these tokens, up to the first [#END]. [#PAD] and [#BEGIN] have no text, other special tokens their
    /// names.
    ///
    /// @throws IndexOutOfBoundsException where a number is that of no token
    public String decode(int... numbers) {
        var text = new StringBuilder();
        boolean first = true;
        for (int number : numbers) {
            String token = tokens.get(number);
            if (specials && number == END) {
                break;
            }
            if (specials && (number == PAD || number == BEGIN)) {
                continue;
            }
            text.append(kind == Kind.WORDS && !first ? " " : "").append(token);
            first = false;
        }
        return text.toString();
    }

    /// Encodes many texts, and remembers the words it has seen.
    final class Encoder {
        private final Map<String, int[]> known = new HashMap<>();
        private int[] found = new int[64];
        private int count;

        /// The tokens of all texts since the last call.
        int[] tokens() {
            int[] result = Arrays.copyOf(found, count);
            count = 0;
            return result;
        }

        int count() {
            return count;
        }

        void add(String text) {
            switch (kind) {
                case CHARACTERS -> {
                    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
                        add(character(text.codePointAt(i)));
                    }
                }
                case WORDS -> {
                    for (String word : words(text)) {
                        add(word(word));
                    }
                }
                case PIECES -> {
                    for (int from = 0; from < text.length();) {
                        int to = Words.end(text, from);
                        for (int piece : known.computeIfAbsent(text.substring(from, to), Vocabulary.this::pieces)) {
                            add(piece);
                        }
                        from = to;
                    }
                }
            }
        }

        private void add(int token) {
            if (count == found.length) {
                found = Arrays.copyOf(found, 2 * count);
            }
            found[count++] = token;
        }
    }

    /// What stands between blanks.
    static List<String> words(String text) {
        var words = new ArrayList<String>();
        int from = 0;
        while (from < text.length()) {
            int to = from;
            while (to < text.length() && !Character.isWhitespace(text.charAt(to))) {
                to++;
            }
            if (to > from) {
                words.add(text.substring(from, to));
            }
            from = to + 1;
        }
        return words;
    }

    private int character(int character) {
        Integer id = ids.get(Character.toString(character));
        if (id != null) {
            return id;
        }
        if (!specials) {
            throw DataErrors.strangeCharacter(character);
        }
        return UNKNOWN;
    }

    private int word(String word) {
        Integer id = ids.get(word);
        if (id != null) {
            return id;
        }
        if (!specials) {
            throw DataErrors.strangeWord(word);
        }
        return UNKNOWN;
    }

    /// Of all neighbours that make a piece, those of the lowest number are joined first, the leftmost of equal ones.
    private int[] pieces(String word) {
        int[] found = word.codePoints().map(this::character).toArray();
        int count = found.length;
        while (count > 1) {
            int best = Integer.MAX_VALUE;
            int at = -1;
            for (int i = 0; i + 1 < count; i++) {
                Integer merged = merges.get(pair(found[i], found[i + 1]));
                if (merged != null && merged < best) {
                    best = merged;
                    at = i;
                }
            }
            if (at < 0) {
                break;
            }
            found[at] = best;
            System.arraycopy(found, at + 2, found, at + 1, count - at - 2);
            count--;
        }
        return Arrays.copyOf(found, count);
    }

    /// As JSON; [#fromJson] gives an equal one back.
    public Json toJson() {
        var members = new LinkedHashMap<String, Object>();
        members.put("kind", kind.spelling);
        members.put("tokens", tokens);
        return Json.of(members);
    }

    /// The vocabulary that [#toJson] wrote.
    ///
    /// @throws JsonException for JSON of another form
    public static Vocabulary fromJson(Json json) {
        Kind kind = Kind.spelled(json.get("kind").text());
        if (kind == null) {
            throw new JsonException("a kind of vocabulary is expected, not " + json.get("kind"));
        }
        try {
            return new Vocabulary(
                    kind, json.get("tokens").items().stream().map(Json::text).toList());
        } catch (IllegalArgumentException e) {
            throw new JsonException(e.getMessage() == null ? "a vocabulary is expected" : e.getMessage());
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Vocabulary that && kind == that.kind && tokens.equals(that.tokens);
    }

    @Override
    public int hashCode() {
        return Objects.hash(kind, tokens);
    }

    @Override
    public String toString() {
        return size() + " " + kind.spelling;
    }
}
