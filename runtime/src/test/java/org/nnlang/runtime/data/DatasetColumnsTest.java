package org.nnlang.runtime.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.data.DataExpression.Part;
import org.nnlang.runtime.data.DataExpression.Source;

class DatasetColumnsTest {
    @Test
    void fieldsAreWhatTheArraysSay() {
        Dataset data = Dataset.columns().floats("x", new float[] {1, 2, 3, 4, 5, 6}, 3)
                .bytes("image", new byte[] {0, -1, 1, 2, 3, 4, 5, 6}, 2, 2).ints("id", new int[] {7, 8})
                .labels("kind", List.of("cat", "ant")).build();
        assertEquals(
                "[x: f32[3], image: u8[2, 2], id: i32, kind: i32]", data.header().fields().toString());
        assertEquals(2, data.count());
        assertEquals(Map.of("classes", 2L), data.header().values());
        assertEquals(List.of("ant", "cat"), data.header().fields().getLast().names());
        float[] read = new float[5];
        data.read(1, 0, read, 1);
        assertArrayEquals(new float[] {0, 4, 5, 6, 0}, read);
        int[] ints = new int[4];
        data.read(0, 1, ints, 0);
        assertArrayEquals(new int[] {0, 255, 1, 2}, ints);
        data.read(0, 3, ints, 0);
        assertEquals(1, ints[0]);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        refused("holds no whole number", () -> Dataset.columns().floats("x", new float[5], 2));
        refused("`y` has 3 examples, and `x` has 2",
                () -> Dataset.columns().floats("x", new float[4], 2).ints("y", new int[3]));
        refused("two fields `x`", () -> Dataset.columns().ints("x", new int[4]).ints("x", new int[4]));
        refused("example 1 has 1 numbers, and example 0 has 2",
                () -> Dataset.columns().floats("x", new float[][] {{1, 2}, {3}}));
        refused("the class of example 1 is -1", () -> Dataset.columns().labels("x", new int[] {0, -1}));
        refused("the class of example 0 is 2, and there are classes 0 to 1",
                () -> Dataset.columns().labels("x", new int[] {2}, List.of("a", "b")));
        refused("example 0 has 1 elements, and its shape needs 2",
                () -> Dataset.rows(List.of(1f)).floats("x", x -> new float[] {x}, 2).build());
        refused("example 1 is null",
                () -> Dataset.rows(Arrays.asList("a", null)).number("x", String::length).build());
        assertThrows(IllegalStateException.class, () -> Dataset.columns().build());
    }

    @Test
    void dataWithoutExamplesAreRefusedWhereTheyAreHandedIn() {
        Dataset empty = Dataset.rows(List.<String>of()).number("x", String::length).build();
        Dataset one = Dataset.columns().floats("x", new float[1]).build();
        var sources = new DataSources(Path.of(""));
        NnException whole = assertThrows(NnException.class, () -> sources.give("words", empty));
        assertEquals("NN0711 what is handed in as `words` has no examples", whole.code() + " " + whole.getMessage());
        NnException part = assertThrows(
                NnException.class, () -> sources.give("words", Map.of("train", one, "test", empty)));
        assertEquals("NN0711 what is handed in as `words.test` has no examples", part.code() + " " + part.getMessage());
    }

    private static void refused(String why, Runnable build) {
        var thrown = assertThrows(IllegalArgumentException.class, build::run);
        assertTrue(String.valueOf(thrown.getMessage()).contains(why), thrown::getMessage);
    }

    @Property
    void rowsAreColumnsTurned(@ForAll List<@IntRange(min = 0, max = 9) Integer> rows) {
        float[] floats = new float[2 * rows.size()];
        int[] labels = new int[rows.size()];
        for (int i = 0; i < labels.length; i++) {
            floats[2 * i] = rows.get(i);
            floats[2 * i + 1] = -rows.get(i);
            labels[i] = rows.get(i);
        }
        Dataset columns = Dataset.columns().floats("x", floats, 2).labels("y", labels)
                .labels("name", Arrays.stream(labels).mapToObj(i -> "n" + i).toList()).build();
        Dataset turned = Dataset.rows(rows.stream()).floats("x", row -> new float[] {row, -row}, 2)
                .label("y", row -> row).className("name", row -> "n" + row).build();
        assertEquals(columns.header(), turned.header());
        for (int field = 0; field < 3; field++) {
            assertEquals(all(columns, field), all(turned, field));
        }
    }

    private static List<Float> all(Dataset data, int field) {
        var all = new ArrayList<Float>();
        float[] one = new float[2];
        for (int example = 0; example < data.count(); example++) {
            data.read(example, field, one, 0);
            all.add(one[0]);
            all.add(one[1]);
        }
        return all;
    }

    @Test
    void whatIsGivenIsASourceLikeAnyOther() {
        Dataset some = Dataset.columns().floats("x", new float[] {1, 2, 3, 4}).build();
        var sources = new DataSources(Path.of("")).give("a", some).give("b", Map.of("train", some, "test", some));
        var a = new Source("given", Map.of("name", "a"));
        assertEquals(3, sources.open(DataExpression.Split.inTwo(a, 0.75, 1, null).getFirst()).count());
        var b = new Source("given", Map.of("name", "b"));
        assertEquals(4, sources.open(new Part(b, "test")).count());
        assertEquals("NN0713", code(() -> sources.open(b)));
        assertEquals("NN0713", code(() -> sources.open(new Part(a, "train"))));
        assertEquals("NN0730", code(() -> sources.open(new Source("given", Map.of("name", "c")))));
        assertEquals("given(name = \"a\")", a.toString());
        assertEquals(a, DataExpression.fromJson(a.toJson()));
        refused("given under the name `a` already", () -> sources.give("a", some));
        Dataset other = Dataset.columns().floats("y", new float[1]).build();
        refused("has the fields", () -> sources.give("c", Map.of("train", some, "test", other)));
    }

    private static String code(Runnable work) {
        return assertThrows(NnException.class, work::run).code();
    }
}
