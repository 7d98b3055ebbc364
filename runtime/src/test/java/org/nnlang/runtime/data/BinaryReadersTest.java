package org.nnlang.runtime.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nnlang.runtime.data.TempData.floats;
import static org.nnlang.runtime.data.TempData.idx;
import static org.nnlang.runtime.data.TempData.ints;
import static org.nnlang.runtime.data.TempData.npy;
import static org.nnlang.runtime.data.TempData.source;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BinaryReadersTest {
    private static final byte[] IMAGES = idx(8, new int[] {3, 1, 2}, (byte) 0, (byte) 255, (byte) 3, (byte) 4, (byte) 5,
            (byte) 6);
    private static final byte[] LABELS = idx(8, new int[] {3}, (byte) 2, (byte) 0, (byte) 1);

    @TempDir
    private Path folder;

    private TempData data;

    @BeforeEach
    void files() {
        data = new TempData(folder).file("i", IMAGES).file("l", LABELS);
    }

    private static DataExpression pair(String images, String labels) {
        return source("idx", "images", images, "labels", labels);
    }

    @Test
    void aPairOfIdxFiles() {
        Dataset digits = data.open(pair("i", "l"));
        assertEquals("[image: u8[1, 2], label: i32]", digits.header().fields().toString());
        assertEquals(Map.of("classes", 3L), digits.header().values());
        assertArrayEquals(new float[] {0, 255}, floats(digits, 0, 0));
        assertArrayEquals(new int[] {5, 6}, ints(digits, 2, 0));
        assertArrayEquals(new int[] {2}, ints(digits, 0, 1));
    }

    @Test
    void aFolderLikeMnist() {
        data.file("m/train-images-idx3-ubyte.gz", TempData.gzip(IMAGES))
                .file("m/train-labels-idx1-ubyte", LABELS)
                .file("m/t10k-images.idx3-ubyte", idx(8, new int[] {1, 1, 2}, (byte) 9, (byte) 8))
                .file("m/t10k-labels.idx1-ubyte", idx(8, new int[] {1}, (byte) 7));
        DataExpression mnist = source("idx", "path", "m");
        assertEquals(List.of("train", "test"), data.header(mnist).parts());
        assertEquals(8L, data.header(mnist).values().get("classes"));
        Dataset test = data.open(new DataExpression.Part(mnist, "test"));
        assertArrayEquals(new int[] {9, 8}, ints(test, 0, 0));
        assertEquals(3, data.open(new DataExpression.Part(mnist, "train")).count());
        assertEquals(
                "NN0713: `idx(\"m\")` has the parts `train`, `test`, and it is not said which one is meant | write"
                        + " `.train` behind it",
                data.error(mnist));
        assertTrue(data.error(new DataExpression.Part(mnist, "tets")).endsWith("did you mean `test`?"));
        assertTrue(data.error(new DataExpression.Part(pair("i", "l"), "test")).contains("names no parts"));
        data.file("n/train-images-idx3-ubyte", IMAGES);
        assertTrue(data.error(source("idx", "path", "n"))
                .startsWith("NN0701: the folder `n` has no file `train-labels-idx1-ubyte` or"));
        assertTrue(data.error(source("idx", "path", "i")).contains("is a file, and `idx` reads a folder"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x09, 0x0b, 0x0c, 0x0d, 0x0e})
    void everyTypeOfIdx(int type) {
        var elements = ByteBuffer.allocate(16);
        float[] expected = {-2, 7};
        for (float value : expected) {
            switch (type) {
                case 0x09 -> elements.put((byte) value);
                case 0x0b -> elements.putShort((short) value);
                case 0x0c -> elements.putInt((int) value);
                case 0x0d -> elements.putFloat(value);
                default -> elements.putDouble(value);
            }
        }
        data.file("x", idx(type, new int[] {1, 2}, Arrays.copyOf(elements.array(), elements.position())));
        assertArrayEquals(expected, floats(data.open(source("idx", "images", "x")), 0, 0));
    }

    /// Cut at each offset, plain or packed, an IDX file is one clear error.
    @Test
    void anIdxFileThatIsCutOff() {
        for (int length = 0; length < IMAGES.length; length++) {
            String error = data.file("c", Arrays.copyOf(IMAGES, length)).error(pair("c", "l"));
            assertTrue(error.matches("NN07(03|04|11): `c` is .*"), length + ": " + error);
            byte[] packed = TempData.gzip(Arrays.copyOf(IMAGES, length));
            error = data.file("c", packed).error(pair("c", "l"));
            assertTrue(error.matches("NN07(03|04|11): `c` is .*"), length + ": " + error);
        }
        byte[] whole = TempData.gzip(IMAGES);
        for (int length = 2; length < whole.length; length++) {
            String error = data.file("c", Arrays.copyOf(whole, length)).error(pair("c", "l"));
            assertTrue(error.startsWith("NN0702: `c` is not a whole gzip file"), length + ": " + error);
        }
        assertEquals(
                "NN0704: `c` is cut off: its header announces 3 × [1, 2] elements of 1 byte, which takes 22 bytes, and"
                        + " the file has 21 bytes | fetch it again; a download that broke off looks like this",
                data.file("c", Arrays.copyOf(IMAGES, 21)).error(pair("c", "l")));
        assertTrue(
                data.file("c", Arrays.copyOf(IMAGES, 23)).error(pair("c", "l")).startsWith("NN0704: `c` is too long"));
        assertTrue(data.file("c", TempData.gzip(Arrays.copyOf(IMAGES, 23)))
                .error(pair("c", "l"))
                .startsWith("NN0704: `c` is too long"));
    }

    @Test
    void idxFilesThatCannotBeUsed() {
        assertEquals(
                "NN0703: `p` is no IDX file: it starts with 89 50 4e 47 instead of 00 00, a type and a rank | IDX is the"
                        + " format of MNIST's files, such as train-images-idx3-ubyte",
                data.file("p", new byte[] {(byte) 0x89, 'P', 'N', 'G', 1, 2}).error(pair("p", "l")));
        assertTrue(data.file("h", idx(8, new int[] {Integer.MAX_VALUE, 1000, 1000}))
                .error(pair("h", "l"))
                .startsWith("NN0717: `h` is too large"));
        assertTrue(data.file("h", TempData.gzip(idx(8, new int[] {2_000_000_000})))
                .error(source("idx", "images", "h"))
                .startsWith("NN0704: `h` is cut off"));
        assertTrue(data.file("z", idx(8, new int[] {0})).error(pair("i", "z")).startsWith("NN0711: `z` has no"));
        assertTrue(data.file("n", idx(8, new int[] {-1})).error(pair("i", "n")).startsWith("NN0703"));
        assertEquals(
                "NN0715: `i` has 3 examples and `s` has 1 | every example needs one entry in each; are the two files of"
                        + " the same set?",
                data.file("s", idx(8, new int[] {1}, (byte) 0)).error(pair("i", "s")));
        assertEquals(
                "NN0710: `m`, example 1: the label -1 is no class | classes count from 0",
                data.file("m", idx(9, new int[] {3}, (byte) 0, (byte) -1, (byte) 0)).error(pair("i", "m")));
        assertTrue(data.error(pair("i", "i")).contains("labels have one dimension, and it has 3"));
    }

    @Test
    void arraysOfNumPy() {
        var floats = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 1; i <= 6; i++) {
            floats.putFloat(i);
        }
        for (int version = 1; version <= 3; version++) {
            data.file("x.npy", npy(version, "<f4", false, "(2, 3)", floats.array()));
            Dataset rows = data.open(source("npy", "path", "x.npy"));
            assertEquals("[x: f32[3]]", rows.header().fields().toString());
            assertArrayEquals(new float[] {4, 5, 6}, floats(rows, 1, 0));
            data.file("x.npy", npy(version, "<f4", true, "(2, 3)", floats.array()));
            assertArrayEquals(new float[] {2, 4, 6}, floats(data.open(source("npy", "path", "x.npy")), 1, 0));
            data.file("x.npy", npy(version, "<f4", true, "(3, 2, 1)", floats.array()));
            assertArrayEquals(new float[] {2, 5}, floats(data.open(source("npy", "path", "x.npy")), 1, 0));
        }
        data.file("y.npy", npy(1, "|u1", false, "(3,)", new byte[] {0, 2, 1}));
        Dataset both = data.open(source("npy", "x", "x.npy", "y", "y.npy"));
        assertEquals("[x: f32[2, 1], y: i32]", both.header().fields().toString());
        assertEquals(3L, both.header().values().get("classes"));
        assertArrayEquals(new int[] {2}, ints(both, 1, 1));
    }

    @Test
    void anArrayForEachField() {
        data.file("i.npy", npy(1, "|u1", false, "(3, 2)", new byte[] {1, 2, 3, 4, 5, 6}))
                .file("l.npy", npy(1, "|u1", false, "(3,)", new byte[] {0, 2, 1}))
                .file("m.npy", npy(1, "|b1", false, "(3,)", new byte[] {1, 0, 1}))
                .file("short.npy", npy(1, "|b1", false, "(2,)", new byte[] {1, 0}));
        Dataset all = data.open(source("npy", "image", "i.npy", "label", "l.npy", "mask", "m.npy"));
        assertEquals("[image: u8[2], label: i32, mask: bool]", all.header().fields().toString());
        assertEquals(3L, all.header().values().get("classes"));
        assertArrayEquals(new int[] {3, 4}, ints(all, 1, 0));
        assertArrayEquals(new int[] {2}, ints(all, 1, 1));
        assertArrayEquals(new int[] {0}, ints(all, 1, 2));
        Dataset turned = data.open(source("npy", "mask", "m.npy", "image", "i.npy", "label", "l.npy"));
        assertEquals("[mask: bool, image: u8[2], label: i32]", turned.header().fields().toString());
        assertEquals(
                "[x: u8[2], other: u8]",
                data.header(source("npy", "path", "i.npy", "other", "l.npy")).fields().toString());
        assertEquals(
                "NN0715: `i.npy` has 3 examples and `short.npy` has 2 | every example needs one entry in each; are the two"
                        + " files of the same set?",
                data.error(source("npy", "image", "i.npy", "label", "l.npy", "mask", "short.npy")));
        assertTrue(data.error(source("npy", "path", "i.npy", "x", "i.npy")).startsWith("NN0712"));
        assertTrue(data.error(source("npy", "image", "i.npy", "mask", 3L))
                .startsWith("NN0712: `mask` of `npy` is a path"));
        assertTrue(data.error(source("npy")).startsWith("NN0712: `npy` needs `path`"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"})
    void everyTypeOfNumPyInBothByteOrders(String type) {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            var bytes = ByteBuffer.allocate(16).order(order);
            float[] expected = type.startsWith("f") || type.startsWith("i") ? new float[] {-3, 5} : new float[] {1, 0};
            for (float value : expected) {
                switch (type) {
                    case "f2" -> bytes.putShort(Float.floatToFloat16(value));
                    case "f4" -> bytes.putFloat(value);
                    case "f8" -> bytes.putDouble(value);
                    case "i2", "u2" -> bytes.putShort((short) value);
                    case "i4", "u4" -> bytes.putInt((int) value);
                    case "i8", "u8" -> bytes.putLong((long) value);
                    default -> bytes.put((byte) value);
                }
            }
            String descr = (order == ByteOrder.BIG_ENDIAN ? ">" : "<") + type;
            data.file("t.npy", npy(1, descr, false, "(2,)", Arrays.copyOf(bytes.array(), bytes.position())));
            Dataset rows = data.open(source("npy", "path", "t.npy"));
            assertArrayEquals(expected, new float[] {floats(rows, 0, 0)[0], floats(rows, 1, 0)[0]}, descr);
        }
    }

    @Test
    void npyFilesThatCannotBeUsed() {
        byte[] whole = npy(1, "<f4", false, "(2,)", new byte[8]);
        for (int length = 0; length < whole.length; length++) {
            String error = data.file("c.npy", Arrays.copyOf(whole, length)).error(source("npy", "path", "c.npy"));
            assertTrue(error.matches("NN07(04|05|11): `c.npy` is .*"), length + ": " + error);
        }
        assertTrue(npyError("<c8", "(2,)", new byte[16]).startsWith("NN0705: `x.npy` has elements of type `<c8`"));
        assertTrue(npyError("<U5", "(2,)", new byte[40]).contains("have no place in a program"));
        assertTrue(npyError("<f4", "()", new byte[4]).contains("a single number"));
        assertTrue(npyError("<f4", "(0, 3)", new byte[0]).startsWith("NN0711"));
        assertTrue(npyError("<f4", "(99999999999,)", new byte[4]).startsWith("NN0717"));
        assertTrue(npyError("<f4", "(60000, 60000)", new byte[4]).startsWith("NN0717"));
        assertTrue(npyError("<f4", "(two,)", new byte[4]).startsWith("NN0705"));
        assertTrue(npyError("<f4", "(4 3)", new byte[48]).startsWith("NN0705"));
        assertEquals(
                "NN0707: `x.npy` holds NaN in example 1, element 0 | one such value makes every weight NaN: correct or"
                        + " remove the example",
                npyError("<f4", "(2, 1)", new byte[] {0, 0, 0, 0, 0, 0, (byte) 0xc0, 0x7f}));
        assertTrue(npyError(">f4", "(1, 2)", new byte[] {0, 0, 0, 0, (byte) 0xff, (byte) 0x80, 0, 0})
                .contains("holds -Infinity in example 0, element 1"));
        assertTrue(npyError("<f2", "(1, 2)", new byte[] {0, 0x3c, 0, 0x7c})
                .contains("holds Infinity in example 0, element 1"));
        assertTrue(
                npyError(">f8", "(1,)", new byte[] {0x7e, 0, 0, 0, 0, 0, 0, 0})
                        .contains("holds Infinity in example 0, element 0"),
                "a double beyond f32");
        assertTrue(
                npyError("<i8", "(1,)", new byte[] {0, 0, 0, 0, 1, 0, 0, 0}).contains("holds 4294967296 at element 0"));
    }

    private String npyError(String descr, String shape, byte[] elements) {
        return data.file("x.npy", npy(1, descr, false, shape, elements)).error(source("npy", "path", "x.npy"));
    }
}
