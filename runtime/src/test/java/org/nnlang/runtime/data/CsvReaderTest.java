package org.nnlang.runtime.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nnlang.runtime.data.TempData.floats;
import static org.nnlang.runtime.data.TempData.ints;
import static org.nnlang.runtime.data.TempData.source;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvReaderTest {
    @TempDir
    private Path folder;

    private TempData with(String text) {
        return new TempData(folder).file("t.csv", text);
    }

    private static DataExpression csv(Object... arguments) {
        var all = new Object[arguments.length + 2];
        all[0] = "path";
        all[1] = "t.csv";
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return source("csv", all);
    }

    @Test
    void aTableWithAHeaderAndClassesInText() {
        TempData data = with("width,height,species\n1.5,2,rose\n3,-4e-1,aster\n5,6,rose\n");
        DataHeader header = data.header(csv("label", "species"));
        assertEquals("[features: f32[2], label: i32]", header.fields().toString());
        assertEquals(3, header.count());
        assertEquals(Map.of("classes", 2L, "features", 2L), header.values());
        assertEquals(List.of("aster", "rose"), header.fields().get(1).names());
        assertEquals(List.of("width", "height"), header.fields().get(0).columns());
        Dataset rows = data.open(csv("label", "species"));
        assertArrayEquals(new float[] {3, -0.4f}, floats(rows, 1, 0));
        assertArrayEquals(new int[] {1}, ints(rows, 0, 1));
        assertArrayEquals(new int[] {0}, ints(rows, 1, 1));
        assertEquals(header, DataHeader.fromJson(header.toJson()));
    }

    @Test
    void aTableWithoutAHeader() {
        TempData data = with("1,2,0\n3,4,2\n");
        for (DataExpression csv : List.of(csv("label", -1L), csv("label", 2L), csv("label", "2"))) {
            Dataset rows = data.open(csv);
            assertEquals(2, rows.count());
            assertEquals(3L, rows.header().values().get("classes"));
            assertArrayEquals(new float[] {3, 4}, floats(rows, 1, 0));
            assertArrayEquals(new int[] {2}, ints(rows, 1, 1));
        }
    }

    @Test
    void aHeaderOfTextAboveText() {
        Dataset rows = with("5.1,3.5,setosa\n4.9,3.0,virginica\n").open(csv("label", -1L));
        assertEquals(2, rows.count());
        assertEquals(List.of("setosa", "virginica"), rows.header().fields().get(1).names());
        rows = with("a,b\n5.1,setosa\n4.9,virginica\n").open(csv("label", "b"));
        assertEquals(2, rows.count());
    }

    @Test
    void anImageKeepsItsShape() {
        Dataset rows = with("1,2,3,4,5,6,0\n").open(csv("label", -1L, "image", List.of(2L, 3L)));
        assertEquals("[image: f32[2, 3], label: i32]", rows.header().fields().toString());
        assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, floats(rows, 0, 0));
        rows = with("1,2,3,4,5,6,0\n").open(csv("label", -1L, "shape", List.of(3L, 2L)));
        assertEquals("features: f32[3, 2]", rows.header().fields().get(0).toString());
    }

    @Test
    void numbersToPredict() {
        TempData data = with("x,price\n1,250000\n2,300000\n");
        assertEquals("target: f32", data.header(csv("target", "price")).fields().get(1).toString());
        assertArrayEquals(new float[] {300_000}, floats(data.open(csv("target", "price")), 1, 1));
        assertEquals(
                "label: f32",
                with("x,y\n1,-3\n2,2.5\n").header(csv("label", "y")).fields().get(1).toString());
    }

    @Test
    void chosenColumnsInTheirOrder() {
        TempData data = with("day,a,b,c,y\nmon,1,2,3,0\ntue,4,5,6,1\n");
        assertArrayEquals(
                new float[] {6, 4}, floats(data.open(csv("label", "y", "features", List.of("c", 1L))), 1, 0));
        assertArrayEquals(
                new float[] {4, 5, 6}, floats(data.open(csv("label", "y", "ignore", List.of("day"))), 1, 0));
    }

    @Test
    void quotesDelimitersAndLineEnds() {
        String text = "\uFEFF\"a \"\"b\"\"\",\"c,\nd\",label\r\n 1 ,\"2\" , \"x\"\r\n\r\n3,4,\"y\"\"\nz\"\r\n";
        Dataset rows = with(text).open(csv("label", "label"));
        assertEquals(List.of("a \"b\"", "c,\nd"), rows.header().fields().get(0).columns());
        assertEquals(List.of("x", "y\"\nz"), rows.header().fields().get(1).names());
        assertArrayEquals(new float[] {3, 4}, floats(rows, 1, 0));
        assertArrayEquals(
                new float[] {1, 2}, floats(with("1;2\n3;4").open(csv("delimiter", ";")), 0, 0));
        new TempData(folder).file("t.tsv", "1\t2\n");
        assertArrayEquals(
                new float[] {1, 2}, floats(new TempData(folder).open(source("csv", "path", "t.tsv")), 0, 0));
    }

    @Test
    void packedTablesAreUnpacked() {
        new TempData(folder).file("t.csv.gz", TempData.gzip("1,2\n3,4\n".getBytes(StandardCharsets.US_ASCII)));
        assertEquals(2, new TempData(folder).open(source("csv", "path", "t.csv.gz")).count());
    }

    @Test
    void gapsAreDroppedOrFilled() {
        String text = "a,b,y\n1,10,0\n,20,1\n3,NA,0\n5,?,1\n";
        assertEquals(1, with(text).open(csv("label", "y", "missing", "drop")).count());
        Dataset filled = with(text).open(csv("label", "y", "missing", "mean"));
        assertEquals(4, filled.count());
        assertArrayEquals(new float[] {3, 20}, floats(filled, 1, 0));
        assertArrayEquals(new float[] {3, 15}, floats(filled, 2, 0));
        assertArrayEquals(new float[] {0, 20}, floats(with(text).open(csv("label", "y", "missing", 0L)), 1, 0));
        assertEquals(
                3, with("a,y\n1,0\n2,\n3,1\n4,1\n").open(csv("label", "y", "missing", "drop")).count());
    }

    @Test
    void eachWordOfACategoryIsAFeature() {
        TempData data = with("colour,size,rooms,y\nred,1,10,0\n\"light, blue\",2,9,1\nred,3,10,1\n");
        DataExpression csv = csv("label", "y", "categories", List.of("colour", "rooms"));
        Dataset rows = data.open(csv);
        // Words as texts are sorted, and numbers by their size.
        List<String> names = List.of("colour=light, blue", "colour=red", "size", "rooms=9", "rooms=10");
        assertEquals(names, rows.header().fields().getFirst().columns());
        assertEquals(5L, data.header(csv).values().get("features"));
        assertArrayEquals(new float[] {0, 1, 1, 0, 1}, floats(rows, 0, 0));
        assertArrayEquals(new float[] {1, 0, 2, 1, 0}, floats(rows, 1, 0));
        // Another table with the same features, whatever words it has, in whatever order.
        Dataset one = with("y,rooms,size,colour\n1,9,5,red\n").open(csv("label", "y", "features", names));
        assertArrayEquals(new float[] {0, 1, 5, 1, 0}, floats(one, 0, 0));
        assertEquals(names, one.header().fields().getFirst().columns());
        // A single word is yes or no.
        Dataset red = with("colour,y\nred,0\ngreen,1\n").open(csv("label", "y", "features", List.of("colour=red")));
        assertArrayEquals(new float[] {1}, floats(red, 0, 0));
        assertArrayEquals(new float[] {0}, floats(red, 1, 0));
        // A column that is called so itself is meant.
        Dataset plain = with("colour,colour=red\n1,2\n").open(csv("features", List.of("colour=red")));
        assertArrayEquals(new float[] {2}, floats(plain, 0, 0));
    }

    @Test
    void gapsOfCategories() {
        String text = "colour,size,y\nred,1,0\nNA,2,1\nblue,,0\nred,4,1\n";
        List<String> colour = List.of("colour");
        Dataset mean = with(text).open(csv("label", "y", "categories", colour, "missing", "mean"));
        assertArrayEquals(new float[] {1 / 3f, 2 / 3f, 2}, floats(mean, 1, 0));
        Dataset zero = with(text).open(csv("label", "y", "categories", colour, "missing", -1L));
        assertArrayEquals(new float[] {0, 0, 2}, floats(zero, 1, 0));
        assertArrayEquals(new float[] {1, 0, -1}, floats(zero, 2, 0));
        // Blue stands in a row that is left out.
        Dataset drop = with(text).open(csv("label", "y", "categories", colour, "missing", "drop"));
        assertEquals(List.of("colour=red", "size"), drop.header().fields().getFirst().columns());
        assertEquals(
                "NN0708: t.csv:3:1: the value of column `colour` is missing (`NA`)",
                with(text).error(csv("label", "y", "categories", colour)).split(" \\| ", 2)[0]);
    }

    @Test
    void mistakesWithCategories() {
        TempData data = with("colour,size,y\nred,1,0\nblue,2,1\n");
        assertEquals(
                "NN0707: t.csv:2:1: `red` in column `colour` is none of `green`, `blue` | correct the cell, leave the row out, or"
                        + " learn the word, too: add `\"colour=red\"` to `features`",
                data.error(csv("label", "y", "features", List.of("colour=green", "colour=blue"))));
        assertTrue(data.error(csv("label", "y", "categories", List.of("color")))
                .startsWith(
                        "NN0709: `t.csv` has no column `color`, which `categories` names | did you mean `colour`?"));
        assertTrue(data.error(csv("label", "y", "categories", List.of("y"))).startsWith("NN0709: column `y`"));
        assertTrue(data.error(csv("label", "y", "categories", List.of("colour"), "ignore", List.of("colour")))
                .startsWith("NN0709: `categories` names column `colour` of `t.csv`, which is no feature"));
        assertTrue(data.error(csv("label", "y", "categories", List.of("colour", 0L)))
                .startsWith("NN0709: `categories` names column `colour` of `t.csv` twice"));
        assertTrue(data.error(csv("label", "y")).contains("say `categories = [\"colour\"]`"));
        var many = new StringBuilder("name,y\n");
        for (int i = 0; i <= 1000; i++) {
            many.append('n').append(i).append(",1\n");
        }
        assertTrue(with(many.toString()).error(csv("label", "y", "categories", List.of("name")))
                .startsWith("NN0707: column `name` of `t.csv` has more than 1000 different words"));
        assertTrue(with("a,b,y\n,1,0\n,2,1\n").error(csv("label", "y", "categories", List.of("a"), "missing", "mean"))
                .startsWith("NN0708: `t.csv` has no value at all in column `a`"));
    }

    @Test
    void classNamesMayBeGiven() {
        Dataset rows = with("1,0\n2,1\n").open(csv("label", -1L, "classes", List.of("no", "yes", "perhaps")));
        assertEquals(3L, rows.header().values().get("classes"));
        assertEquals(List.of("no", "yes", "perhaps"), rows.header().fields().get(1).names());
        rows = with("1,no\n2,yes\n").open(csv("label", -1L, "classes", List.of("yes", "no")));
        assertArrayEquals(new int[] {1}, ints(rows, 0, 1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "1,2\\n3,x\\n|{}|NN0707: t.csv:2:3: `x` is not a number, and column `1` is one of numbers",
        "a,b\\n1,2\\n3,4x\\n|{}|NN0707: t.csv:3:3: `4x` is not a number, and column `b` is one of numbers",
        "1,2\\n3,1e99\\n|{}|NN0707: t.csv:2:3: `1e99` in column `1` is too large for an f32 or is infinite",
        "1,2\\n3\\n|{}|NN0706: t.csv:2: this row has 1 cell, and line 1 has 2",
        "a,b\\n1,2\\n3,4,5\\n|{}|NN0706: t.csv:3: this row has 3 cells, and line 1 has 2",
        "a,b,c\\n1,2,3\\n4,5|{}|NN0706: t.csv:3: this row has 2 cells, and line 1 has 3 ~ an empty cell has its"
                + " delimiter, too; a file that was copied or fetched in part",
        "1,\"2\\n3,4\\n|{}|NN0706: t.csv:1:3: a cell's quotes are never closed",
        "1,\"2\"3\\n|{}|NN0706: t.csv:1:6: something follows a cell's closing quote",
        "150,setosa\\n1,2\\n|{}|NN0706: t.csv:1: this line could be a header or the first row",
        "1,\\n|{}|NN0708: t.csv:1:3: the value of column `1` is missing",
        "1,NaN\\n|{}|NN0708: t.csv:1:3: the value of column `1` is missing (`NaN`)",
        "1,\\n2,\\n|{missing: mean}|NN0708: `t.csv` has no value at all in column `1`",
        "1,\\n2,\\n|{missing: drop}|NN0711: `t.csv` has no examples | each of its 2 rows has a gap",
        "a,b\\n|{}|NN0711: `t.csv` has no examples | it has a header and no rows",
        "a,speces\\n1,x\\n|{label: species}|NN0709: `t.csv` has no column `species`, which `label` names"
                + " ~ did you mean `speces`?",
        "1,2\\n|{label: 5}|NN0709: `t.csv` has 2 columns, so `label = 5` names none",
        "1,2\\n|{label: -3}|NN0709: `t.csv` has 2 columns, so `label = -3` names none",
        "1,-1\\n2,1\\n|{label: -1}|NN0710: t.csv:1:3: the label -1 is no class ~ classes count from 0; for a number"
                + " to predict say `target`",
        "1,0\\n2,3000000000\\n|{label: -1}|NN0710: t.csv:2:3: the label 3000000000 is no class",
        "1,\\n2,1\\n|{label: -1}|NN0708: t.csv:1:3: the label in column `1` is missing",
        "1,2\\n2,x\\n|{target: -1}|NN0707: t.csv:2:3: `x` is not a number, and column `1` is one of numbers",
        "1\\n2\\n|{label: 0}|NN0709: no column of `t.csv` is left as a feature",
        "1,2,3\\n|{image: '2,2'}|NN0709: `image = [2, 2]` needs 4 features, and `t.csv` has 3",
        "1,2\\n|{delimiter: xx}|NN0712: `delimiter` of `csv` is one plain character",
        "1,2\\n|{missing: often}|NN0712: `missing` of `csv` is \"error\", \"drop\", \"mean\" or a number, not `often`",
        "1,2\\n|{lable: 1}|NN0712: `csv` takes no argument `lable` ~ did you mean `label`?",
        "1,2\\n|{header: maybe}|NN0712: `header` of `csv` is true, false or \"auto\", not `maybe`",
        "a,a,y\\n1,2,3\\n|{label: a}|NN0709: `t.csv` has several columns called `a`",
    })
    void aMistakeIsOneClearError(String text, String arguments, String expected) {
        var map = new LinkedHashMap<String, Object>(Map.of("path", "t.csv"));
        for (String pair : arguments.substring(1, arguments.length() - 1).split("; ", -1)) {
            if (!pair.isEmpty()) {
                String name = pair.substring(0, pair.indexOf(':'));
                String value = pair.substring(pair.indexOf(':') + 2);
                map.put(name, value(name, value));
            }
        }
        String error = with(text.replace("\\n", "\n")).error(new DataExpression.Source("csv", map));
        String wanted = expected.replace(" ~ ", " | ");
        assertTrue(error.startsWith(wanted), error);
    }

    private static Object value(String name, String text) {
        if (name.equals("image")) {
            return List.of(2L, 2L);
        }
        return text.matches("-?\\d+") ? (Object) Long.parseLong(text) : text;
    }

    @Test
    void filesThatCannotBeTables() {
        TempData data = with("1,2\n");
        assertEquals(
                "NN0701: there is no file `tt.csv` | its folder has `t.csv`: is that the one?",
                data.error(source("csv", "path", "tt.csv")));
        assertTrue(data.error(source("csv", "path", "no/t.csv")).contains("its folder does not exist"));
        data.file("sample/fetch", "#!/bin/sh");
        assertTrue(data.error(source("csv", "path", "sample/data/t.csv")).endsWith("sample/fetch` gets these data"));
        assertTrue(data.error(source("csv", "path", "sample/t.csv")).endsWith("sample/fetch` gets these data"));
        assertTrue(data.file("e.csv", "").error(source("csv", "path", "e.csv")).startsWith("NN0711: `e.csv` is empty"));
        assertTrue(data.file("d/x.csv", "").error(source("csv", "path", "d")).contains("is a folder, and `csv` reads"));
        assertEquals(
                "NN0716: l.csv:2: the byte at offset 4 is not UTF-8 | convert the file, as with `iconv -f latin1 -t utf-8`",
                data.file("l.csv", new byte[] {'a', ',', 'b', '\n', (byte) 0xe9, '\n'})
                        .error(source("csv", "path", "l.csv")));
        byte[] packed = TempData.gzip("1,2\n".repeat(1000).getBytes(StandardCharsets.US_ASCII));
        assertTrue(data.file("g.csv", Arrays.copyOf(packed, packed.length - 9))
                .error(source("csv", "path", "g.csv"))
                .startsWith("NN0702: `g.csv` is not a whole gzip file"));
        assertTrue(data.error(source("csv")).startsWith("NN0712: `csv` needs `path`"));
        assertTrue(data.error(source("cvs", "path", "t.csv")).endsWith("did you mean `csv`?"));
    }

    @Test
    void aNumberIsTheNearestFloat() {
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            String text = switch (i % 4) {
                case 0 -> Float.toString(Float.intBitsToFloat(random.nextInt()));
                case 1 -> Integer.toString(random.nextInt());
                case 2 -> Double.toString(random.nextGaussian() * Math.pow(10, random.nextInt(-8, 8)));
                default -> random.nextInt(100_000) + "." + random.nextInt(100_000);
            };
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            boolean finite = !text.equals("NaN") && !text.endsWith("Infinity");
            assertEquals(finite, CsvNumbers.isNumber(bytes, 0, bytes.length), text);
            if (finite) {
                assertEquals(Float.parseFloat(text), CsvNumbers.parse(bytes, 0, bytes.length), text);
            }
        }
        for (String text : List.of("", "-", ".", "1e", "0x10", "1f", "1_0", "1 2", "e5", "--1", "1.2.3", "∞")) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            assertEquals(false, CsvNumbers.isNumber(bytes, 0, bytes.length), text);
        }
    }
}
