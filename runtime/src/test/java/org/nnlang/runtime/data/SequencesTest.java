package org.nnlang.runtime.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nnlang.runtime.data.TempData.ints;
import static org.nnlang.runtime.data.TempData.source;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.data.DataExpression.Part;
import org.nnlang.runtime.data.DataExpression.Shuffle;
import org.nnlang.runtime.data.DataExpression.Split;
import org.nnlang.runtime.json.Json;

/// Texts of unequal length: how they are read, split and batched.
class SequencesTest {
    @TempDir
    private Path folder;

    private TempData data;

    @BeforeEach
    void texts() {
        data = new TempData(folder);
    }

    /// Words of one to twelve letters, some with two targets.
    private DataExpression pairs(int count, Object... more) {
        var random = new Random(3);
        var text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            String word = Integer.toString(random.nextInt(count), 3) + "x".repeat(random.nextInt(8));
            text.append(word).append('\t').append(word.replace("", " ").strip()).append('\n');
            if (i % 3 == 0) {
                text.append(word).append('\t').append("y y\n");
            }
        }
        data.file("p.tsv", text.toString());
        var arguments = new ArrayList<Object>(List.of("path", "p.tsv", "target", "words", "held_out", 0.25));
        arguments.addAll(List.of(more));
        return source("pairs", arguments.toArray());
    }

    private static String text(Dataset set, int example, int field) {
        Vocabulary vocabulary = set.header().fields().get(field).vocabulary();
        return Objects.requireNonNull(vocabulary).decode(ints(set, example, field));
    }

    @Test
    void aPairIsItsTokensBetweenBeginAndEnd() {
        data.file("p.tsv", "ab\tX Y X\r\n\nb\tY\n");
        DataExpression pairs = source("pairs", "path", "p.tsv", "target", "words", "held_out", 0L);
        DataHeader header = data.header(pairs);
        assertEquals("[source: i32[source_length], target: i32[target_length]]", header.fields().toString());
        assertEquals(List.of("source_length", "target_length"), header.free());
        assertEquals(
                Map.of("source_vocabulary", 7L, "target_vocabulary", 7L, "pad", 0L, "begin", 1L, "end", 2L, "unknown",
                        3L,
                        "mask", 4L),
                header.values());
        Dataset train = data.open(new Part(pairs, "train"));
        assertArrayEquals(new int[] {5, 6}, ints(train, 0, 0));
        assertArrayEquals(new int[] {1, 5, 6, 5, 2}, ints(train, 0, 1));
        assertArrayEquals(new int[] {6, 0}, ints(train, 1, 0));
        assertArrayEquals(new int[] {1, 6, 2, 0, 0}, ints(train, 1, 1));
        assertEquals("X Y X", text(train, 0, 1));
        assertEquals(header, DataHeader.fromJson(Json.parse(header.toJson().toString())));
        assertEquals(
                header.fields().get(1).vocabulary(),
                DataHeader.fromJson(Json.parse(header.toJson().toString())).vocabulary("target"));
    }

    @Test
    void alignedPairsHaveATargetForEachTokenOfTheSource() {
        data.file("tags.tsv", "the whale sank\tD N V\n\nwe sailed\tP V\nwhales\tN\n");
        DataExpression tags = source(
                "pairs", "path", "tags.tsv", "source", "words", "target", "words", "aligned", true, "held_out", 0L);
        DataHeader header = data.header(tags);
        assertEquals("[source: i32[length], target: i32[length]]", header.fields().toString());
        assertEquals(List.of("length"), header.free());
        assertEquals(DataReader.FREE_DIMENSIONS, Set.of("length", "source_length", "target_length"));
        assertEquals(9L, header.values().get("target_vocabulary"));
        Dataset set = data.open(new Part(tags, "train"));
        for (int example = 0; example < set.count(); example++) {
            assertEquals(set.length(example, 0), set.length(example, 1));
        }
        assertEquals("D N V", text(set, 0, 1));
        assertEquals(0, ints(set, 2, 1)[1], "filled up with padding");
        // Characters may have a word each, too.
        data.file("c.tsv", "abc\tB I O\nb\tO\n");
        Dataset characters = data.open(new Part(
                source("pairs", "path", "c.tsv", "target", "words", "aligned", true, "held_out", 0L), "train"));
        assertEquals("B I O", text(characters, 0, 1));
    }

    @Test
    void aPairThatIsNotAlignedNamesItsLine() {
        data.file("tags.tsv", "the whale sank\tD N V\n\nwe sailed\tP\n");
        String error = data.error(source(
                "pairs", "path", "tags.tsv", "source", "words", "target", "words", "aligned", true));
        assertTrue(error.startsWith("NN0706"), error);
        assertTrue(error.contains("tags.tsv:3:1: the source has 2 words, and the target 1 word"), error);
        String pieces = data.error(source("pairs", "path", "tags.tsv", "source", "pieces", "aligned", true));
        assertTrue(pieces.startsWith("NN0712: `source = \"pieces\"` of `pairs` does not go with `aligned = true`"),
                pieces);
        assertTrue(data.error(source("pairs", "path", "tags.tsv", "aligned", 1L)).startsWith("NN0712"));
    }

    @Test
    void noSourceIsOnBothSidesOfACut() {
        DataExpression pairs = pairs(300);
        var learnt = sources(new Part(pairs, "train"));
        var held = sources(new Part(pairs, "held_out"));
        assertTrue(learnt.stream().noneMatch(held::contains));
        Dataset train = data.open(new Part(pairs, "train"));
        assertEquals(0.75 * (train.count() + data.open(new Part(pairs, "held_out")).count()), train.count(), 3);
        // A split of the rest keeps them together by itself, and counts what it has.
        var parts = new ArrayList<HashSet<String>>();
        int sum = 0;
        for (int part = 0; part < 3; part++) {
            Split split = new Split(new Part(pairs, "train"), List.of(0.5, 0.3), part, 11, null);
            parts.add(sources(split));
            assertEquals(data.header(split).count(), data.open(split).count());
            sum += data.open(split).count();
        }
        assertEquals(train.count(), sum);
        assertTrue(parts.get(0).stream().noneMatch(parts.get(1)::contains));
        assertTrue(parts.get(0).stream().noneMatch(parts.get(2)::contains));
        assertNotEquals(held, sources(new Part(pairs(300, "seed", 1L), "held_out")));
    }

    private HashSet<String> sources(DataExpression expression) {
        Dataset set = data.open(expression);
        var sources = new HashSet<String>();
        for (int i = 0; i < set.count(); i++) {
            sources.add(text(set, i, 0));
        }
        return sources;
    }

    @Test
    void aSplitKeepsTogetherWhatItIsTold() {
        var text = new StringBuilder();
        for (int i = 0; i < 90; i++) {
            text.append(i + "," + i / 9 + "\n");
        }
        data.file("t.csv", text.toString());
        DataExpression csv = source("csv", "path", "t.csv", "label", -1L);
        var learn = new TreeSet<Integer>();
        var held = new TreeSet<Integer>();
        for (int part = 0; part < 2; part++) {
            Dataset set = data.open(new Split(csv, List.of(0.7), part, 1, null, "label"));
            assertEquals(part == 0 ? 63 : 27, set.count());
            for (int i = 0; i < set.count(); i++) {
                (part == 0 ? learn : held).add(ints(set, i, 1)[0]);
            }
        }
        assertEquals(7, learn.size());
        assertEquals(3, held.size());
        assertTrue(data.error(new Split(csv, List.of(0.7), 0, 1, null, "features")).startsWith("NN0714"));
        assertThrows(NnException.class, () -> new Split(csv, List.of(0.7), 0, 1, "label", "label"));
    }

    /// Every batch of an epoch: its shape, its examples.
    private static List<String> epoch(Batches batches, int epoch) {
        batches.start(epoch);
        var all = new ArrayList<String>();
        while (batches.next()) {
            all.add(batch(batches));
        }
        return all;
    }

    private static String batch(Batches batches) {
        var examples = new ArrayList<Integer>();
        for (int i = 0; i < batches.size(); i++) {
            examples.add(batches.example(i));
        }
        return batches.shapes().get(batches.shape()) + " " + examples;
    }

    @Test
    void anEpochHasEveryExampleOnceInBatchesOfSimilarLength() {
        Dataset set = data.open(new Shuffle(new Part(pairs(400, "buckets", 5L), "train"), 9));
        var batches = new Batches(set, 16);
        List<String> first = epoch(batches, 0);
        assertEquals(batches.perEpoch(), first.size());
        assertEquals(first, epoch(new Batches(set, 16), 0));
        assertNotEquals(first, epoch(batches, 1));
        assertEquals(set.count(), batches.consumed());
        assertTrue(batches.shapes().size() > 2 && batches.shapes().size() <= 10);
        var seen = new TreeSet<Integer>();
        batches.start(3);
        int padded = 0;
        while (batches.next()) {
            Batches.Shape shape = batches.shapes().get(batches.shape());
            assertEquals(shape.size(), batches.size());
            for (int field = 0; field < 2; field++) {
                int length = shape.lengths().getOrDefault(field == 0 ? "source_length" : "target_length", -1);
                int[] tokens = new int[shape.size() * length + 1];
                tokens[tokens.length - 1] = -7;
                batches.read(field, tokens, 0);
                assertEquals(-7, tokens[tokens.length - 1]);
                for (int i = 0; i < batches.size(); i++) {
                    int[] whole = ints(set, batches.example(i), field);
                    for (int j = 0; j < whole.length; j++) {
                        assertEquals(whole[j], j < length ? tokens[i * length + j] : 0);
                    }
                    padded += length;
                }
            }
            for (int i = 0; i < batches.size(); i++) {
                assertTrue(seen.add(batches.example(i)));
            }
        }
        assertEquals(set.count(), seen.size());
        int longest = set.header().fields().get(0).size() + set.header().fields().get(1).size();
        assertTrue(padded < 0.75 * set.count() * longest, padded + " of " + set.count() * longest);
    }

    @Test
    void anyPlaceOfAnEpochIsReturnedTo() {
        Dataset set = data.open(new Shuffle(new Part(pairs(100, "buckets", 3L), "train"), 2));
        var batches = new Batches(set, 7);
        batches.start(5);
        var other = new Batches(set, 7);
        while (batches.next()) {
            String now = batch(batches);
            other.restore(5, batches.consumed() - batches.size());
            assertTrue(other.next());
            assertEquals(now, batch(other));
            assertEquals(batches.consumed(), other.consumed());
            assertEquals(batches.done(), other.done());
        }
        other.restore(5, set.count());
        assertTrue(!other.next());
        assertThrows(IllegalArgumentException.class, () -> other.restore(5, set.count() + 1));
    }

    @Test
    void walkingAllocatesNothing() {
        Dataset set = data.open(new Shuffle(new Part(pairs(300, "buckets", 4L), "train"), 2));
        var batches = new Batches(set, 8);
        int[] destination = new int[8 * 64];
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = 0;
        for (int epoch = 0; epoch < 1000; epoch++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            batches.start(epoch);
            while (batches.next()) {
                batches.read(0, destination, 0);
                batches.read(1, destination, 0);
            }
            bytes += epoch >= 500 ? threads.getCurrentThreadAllocatedBytes() - before : 0;
        }
        assertEquals(0, bytes);
    }

    /// All ways to cut ascending lengths into buckets; the least filling.
    private static long least(List<Integer> ascending, int from, int buckets) {
        if (from == ascending.size()) {
            return 0;
        }
        if (buckets == 0) {
            return Long.MAX_VALUE / 4;
        }
        long best = Long.MAX_VALUE / 4;
        for (int to = from + 1; to <= ascending.size(); to++) {
            best = Math.min(
                    best,
                    (long) ascending.get(to - 1) * (to - from) + least(ascending, to, buckets - 1));
        }
        return best;
    }

    @Test
    void bucketsEndWhereTheFillingIsLeast() {
        var random = new Random(6);
        for (int round = 0; round < 30; round++) {
            var text = new StringBuilder("class,text\n");
            var lengths = new ArrayList<Integer>();
            for (int i = 0; i < 14; i++) {
                int length = 1 + random.nextInt(10) * random.nextInt(10);
                text.append("c,").append("t".repeat(length)).append('\n');
                lengths.add(length + 2);
            }
            int count = 1 + random.nextInt(4);
            data.file("t.csv", text.toString());
            Dataset set = data.open(new Part(
                    source("texts", "path", "t.csv", "label", "class", "text", "text", "held_out", 0L, "buckets",
                            (long) count),
                    "train"));
            Buckets buckets = Buckets.of(set);
            long filled = 0;
            for (int i = 0; i < set.count(); i++) {
                int length = buckets.length(buckets.bucketOf(i), 0);
                assertTrue(length >= lengths.get(i));
                filled += length;
            }
            lengths.sort(null);
            assertEquals(least(lengths, 0, count), filled);
        }
    }

    @Test
    void textsOfATableAndOfAFolderAreTheSame() {
        data.file("t.tsv", "ham\t\"good \"\"day\"\"\"\nspam\tbuy now\nham\tsee you\nspam\tbuy this\n")
                .file("f/ham/1.txt", "good \"day\"")
                .file("f/ham/2.txt", "see you")
                .file("f/spam/1.txt", "buy now")
                .file("f/spam/2.txt", "buy this")
                .file("f/.hidden/x", "no");
        for (String path : List.of("t.tsv", "f")) {
            DataExpression texts = source("texts", "path", path, "tokens", "words", "held_out", 0.5);
            DataHeader header = data.header(texts);
            assertEquals("[text: i32[length], label: i32]", header.fields().toString());
            assertEquals(List.of("ham", "spam"), header.fields().get(1).names());
            assertEquals(2L, header.values().get("classes"));
            assertEquals(9L, header.values().get("vocabulary"), "of the two texts that are learnt from");
            assertEquals(List.of(2, 2), List.of(data.open(new Part(texts, "train")).count(), data.header(
                    new Part(texts, "held_out")).count()));
        }
        DataExpression fixed = source("texts", "path", "t.tsv", "length", 5L, "held_out", 0L);
        assertEquals("[text: i32[5], label: i32]", data.header(fixed).fields().toString());
        Dataset set = data.open(new Part(fixed, "train"));
        assertEquals("goo", text(set, 0, 0), "begin, three letters, end");
        assertEquals(5, ints(set, 0, 0).length);
        assertEquals(2, ints(set, 0, 0)[4]);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "a\\tb\\nc d; NN0706: p.tsv:2:1: there is no tab in this line",
        "a\\tb\\tc; NN0706: p.tsv:1:4: there is more than one tab",
        "a\\tb\\n\\tc; NN0706: p.tsv:2:1: the source of this pair is empty",
        "a\\tb\\nc\\t ; NN0706: p.tsv:2:3: the target of this pair is empty",
        "\\n \\n; NN0711: `p.tsv` has no examples",
        "''; NN0711: `p.tsv` is empty"})
    void pairsThatAreNone(String text, String message) {
        data.file("p.tsv", text.replace("\\n", "\n").replace("\\t", "\t"));
        String error = data.error(new Part(source("pairs", "path", "p.tsv"), "train"));
        assertTrue(error.startsWith(message), error);
    }

    @Test
    void textsAndArgumentsThatCannotBeUsed() {
        data.file("t.csv", "ham,a\nspam\n").file("u.csv", "ham,a\n,b\n").file("e/readme", "x").file("g/ham/.x", "y")
                .file("p.tsv", "a\tb\n");
        assertTrue(data.error(source("texts", "path", "t.csv")).startsWith("NN0706: t.csv:2: this row has 1 cell"));
        assertTrue(data.error(source("texts", "path", "u.csv")).startsWith("NN0708: u.csv:2:1: the label"));
        assertTrue(data.error(source("texts", "path", "u.csv", "text", "tezt")).startsWith("NN0709"));
        assertTrue(data.error(source("texts", "path", "u.csv", "label", 2L)).startsWith("NN0709"));
        assertTrue(data.error(source("texts", "path", "e")).startsWith("NN0702: the folder `e` has no folders"));
        assertTrue(data.error(source("texts", "path", "g")).startsWith("NN0711: `g` has no examples"));
        assertTrue(data.error(source("texts", "path", "g", "label", 1L)).startsWith("NN0712"));
        assertTrue(data.error(source("texts", "path", "gone")).startsWith("NN0701"));
        assertTrue(data.error(source("texts", "path", "t.csv", "length", 9L, "longest", 8L)).startsWith("NN0712"));
        assertTrue(data.error(source("texts", "path", "t.csv", "tokens", "letters")).startsWith("NN0712"));
        assertTrue(data.error(source("pairs", "path", "p.tsv", "held_out", 1L)).startsWith("NN0712"));
        assertTrue(data.error(new Part(source("pairs", "path", "p.tsv", "longest", 1L, "held_out", 0.9), "train"))
                .startsWith("NN0711"));
    }

    @Test
    void noFileOfRandomBytesIsMoreThanAnError() {
        var random = new Random(12);
        for (int round = 0; round < 400; round++) {
            var bytes = new byte[random.nextInt(60)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (random.nextInt(8) == 0 ? random.nextInt() : "ab\t\n\",x ".charAt(random.nextInt(8)));
            }
            data.file("r.tsv", bytes);
            for (String reader : List.of("pairs", "texts", "bpe", "chars")) {
                DataExpression train = new Part(
                        reader.equals("bpe") || reader.equals("chars")
                                ? source(reader, "path", "r.tsv", "window", 2L)
                                : source(reader, "path", "r.tsv"),
                        "train");
                try {
                    assertTrue(data.open(train).count() > 0);
                } catch (NnException e) {
                    assertTrue(e.code().startsWith("NN07"), e::toString);
                }
            }
        }
    }

    @Test
    void piecesOfABookComeFromWhatIsLearntFrom() {
        String learnt = "the whale and the sea and the ship ".repeat(20);
        String held = "zz qq ".repeat(20) + "!";
        data.file("b.txt", learnt + held);
        double fraction = held.length() / (double) (learnt + held).length();
        DataExpression bpe = source("bpe", "path", "b.txt", "window", 4L, "vocabulary", 60L, "held_out", fraction);
        DataHeader header = data.header(bpe);
        Vocabulary vocabulary = Objects.requireNonNull(header.vocabulary("x"));
        assertTrue(vocabulary.tokens().contains(" whale"), vocabulary.tokens()::toString);
        assertTrue(vocabulary.tokens().contains("!"), "every character is a piece");
        assertTrue(!vocabulary.tokens().contains("zz"), "what is held out is not joined");
        assertEquals(header.values().get("vocabulary"), (long) vocabulary.size());
        Dataset train = data.open(new Part(bpe, "train"));
        assertTrue(learnt.startsWith(text(train, 0, 0) + text(train, 1, 0)));
        assertArrayEquals(new int[] {ints(train, 0, 0)[1], ints(train, 0, 0)[2], ints(train, 0, 0)[3]},
                new int[] {ints(train, 0, 1)[0], ints(train, 0, 1)[1], ints(train, 0, 1)[2]});
        assertEquals("zz q", text(data.open(new Part(bpe, "held_out")), 0, 0));
        assertTrue(data.error(source("bpe", "path", "b.txt", "vocabulary", 7L)).startsWith("NN0716"));
    }

    @Test
    void aFingerprintKnowsItsData() {
        DataExpression pairs = pairs(50);
        DataExpression train = new Part(pairs, "train");
        long one = data.open(train).fingerprint();
        assertEquals(one, data.open(train).fingerprint());
        assertNotEquals(one, data.open(new Part(pairs, "held_out")).fingerprint());
        assertNotEquals(one, data.open(new Part(pairs(51), "train")).fingerprint());
        data.file("t.csv", "1,2\n3,4\n").file("u.csv", "3,4\n1,2\n");
        assertNotEquals(
                data.open(source("csv", "path", "t.csv")).fingerprint(),
                data.open(source("csv", "path", "u.csv")).fingerprint());
    }
}
