package org.nnlang.runtime.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/// Learns the pieces of texts by byte-pair encoding, on characters (Sennrich, Haddow & Birch, 2016, "Neural machine
/// translation of rare words with subword units", algorithm 1): again and again the two neighbours within words that occur
/// most often become one piece. Of pairs that occur equally often the one whose pieces are older is joined, so the result
/// depends on the text alone.
///
/// Each distinct word is held once, with its count, and a pair knows the words that have it; so a text of a million
/// characters takes about a second.
final class BytePairs {
    /// A pair that occurs once is no pattern.
    private static final int LEAST = 2;

    /// A pair and how often it occurred when it was put into the queue.
    private record Candidate(long count, int left, int right) {
        static final Comparator<Candidate> BEST_FIRST = Comparator.comparingLong(Candidate::count)
                .reversed()
                .thenComparingInt(Candidate::left)
                .thenComparingInt(Candidate::right);
    }

    /// How often a pair occurs, and in which words; a word may be listed though it has lost the pair.
    private static final class Pair {
        private long count;
        private int[] words = new int[4];
        private int length;

        void in(int word) {
            if (length > 0 && words[length - 1] == word) {
                return;
            }
            if (length == words.length) {
                words = Arrays.copyOf(words, 2 * length);
            }
            words[length++] = word;
        }
    }

    private final List<String> pieces;
    private final Map<String, Integer> ids = new HashMap<>();
    private final List<int[]> words = new ArrayList<>();
    private final long[] counts;
    private final Map<Long, Pair> pairs = new HashMap<>();
    private final PriorityQueue<Candidate> queue = new PriorityQueue<>(Candidate.BEST_FIRST);

    private BytePairs(List<String> texts, List<String> first) {
        pieces = new ArrayList<>(first);
        for (int i = 0; i < first.size(); i++) {
            if (!Vocabulary.SPECIALS.contains(first.get(i))) {
                ids.put(first.get(i), i);
            }
        }
        var seen = new LinkedHashMap<String, long[]>();
        for (String text : texts) {
            for (int from = 0; from < text.length();) {
                int to = Words.end(text, from);
                seen.computeIfAbsent(text.substring(from, to), _ -> new long[1])[0]++;
                from = to;
            }
        }
        counts = new long[seen.size()];
        seen.forEach((word, count) -> {
            counts[words.size()] = count[0];
            words.add(word.codePoints()
                    .map(character -> ids.getOrDefault(Character.toString(character), -1))
                    .toArray());
        });
    }

    /// The pieces of texts: `first` and then those that are joined of others, until there are `size` or no pair occurs
    /// twice.
    ///
    /// @param first among them all single characters that may be joined
    static List<String> learn(List<String> texts, List<String> first, int size) {
        var learning = new BytePairs(texts, first);
        learning.run(size);
        return learning.pieces;
    }

    private void run(int size) {
        for (int word = 0; word < words.size(); word++) {
            int[] tokens = words.get(word);
            for (int i = 0; i + 1 < tokens.length; i++) {
                change(tokens[i], tokens[i + 1], counts[word]).in(word);
            }
        }
        pairs.forEach((key, pair) -> offer(key, pair));
        while (pieces.size() < size && !queue.isEmpty()) {
            Candidate best = queue.remove();
            long key = Vocabulary.pair(best.left, best.right);
            Pair pair = pairs.get(key);
            if (pair == null) {
                continue;
            }
            if (pair.count != best.count) {
                offer(key, pair);
                continue;
            }
            join(best, pair);
            pairs.remove(key);
        }
    }

    private void offer(long key, Pair pair) {
        int left = (int) (key >> 32);
        int right = (int) key;
        if (pair.count >= LEAST && left >= 0 && right >= 0) {
            queue.add(new Candidate(pair.count, left, right));
        }
    }

    private Pair change(int left, int right, long by) {
        Pair pair = pairs.computeIfAbsent(Vocabulary.pair(left, right), _ -> new Pair());
        pair.count += by;
        return pair;
    }

    private void join(Candidate best, Pair pair) {
        String text = pieces.get(best.left) + pieces.get(best.right);
        Integer known = ids.get(text);
        int joined = known == null ? pieces.size() : known;
        if (known == null) {
            pieces.add(text);
            ids.put(text, joined);
        }
        var grown = new LinkedHashMap<Long, Pair>();
        for (int place = 0; place < pair.length; place++) {
            int word = pair.words[place];
            int[] tokens = words.get(word);
            if (has(tokens, best)) {
                words.set(word, joined(word, best, joined, grown));
            }
        }
        grown.forEach(this::offer);
    }

    private static boolean has(int[] tokens, Candidate pair) {
        for (int i = 0; i + 1 < tokens.length; i++) {
            if (tokens[i] == pair.left && tokens[i + 1] == pair.right) {
                return true;
            }
        }
        return false;
    }

    /// A word with the pair joined wherever it occurs. Only pairs beside these places change.
    ///
    /// @param grown receives the pairs that the word has now
    private int[] joined(int word, Candidate best, int joined, Map<Long, Pair> grown) {
        int[] tokens = words.get(word);
        int[] result = new int[tokens.length];
        int length = 0;
        boolean before = false;
        for (int i = 0; i < tokens.length; i++) {
            boolean here = i + 1 < tokens.length && tokens[i] == best.left && tokens[i + 1] == best.right;
            int token = here ? joined : tokens[i];
            if (i > 0 && (before || here)) {
                change(tokens[i - 1], tokens[i], -counts[word]);
                Pair neighbours = change(result[length - 1], token, counts[word]);
                neighbours.in(word);
                grown.put(Vocabulary.pair(result[length - 1], token), neighbours);
            }
            result[length++] = token;
            if (here) {
                change(best.left, best.right, -counts[word]);
                i++;
            }
            before = here;
        }
        return Arrays.copyOf(result, length);
    }
}
