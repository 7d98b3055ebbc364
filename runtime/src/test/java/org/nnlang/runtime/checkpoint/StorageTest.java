package org.nnlang.runtime.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.tensor.DType;
import org.nnlang.runtime.tensor.Tensor;

/// What is left of weights that were held in fewer bytes.
class StorageTest {
    private static byte[] bytes(Checkpoint checkpoint) {
        try {
            var out = new ByteArrayOutputStream();
            checkpoint.write(out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Checkpoint read(byte[] bytes) {
        try {
            return Checkpoint.read(new ByteArrayInputStream(bytes), "w.safetensors");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Checkpoint converted(Tensor tensor, Storage storage) {
        return new Conversion(storage, Map.of()).apply(new Checkpoint(Map.of("W", tensor), Map.of()), "w.safetensors");
    }

    /// A matrix that went through a file of this type.
    private static float[] through(float[] values, int rows, Storage storage) {
        Tensor tensor = Tensor.of(values.clone(), rows, values.length / rows);
        Checkpoint back = read(bytes(converted(tensor, storage)));
        assertEquals(Map.of("W", storage), back.storage());
        Tensor found = back.tensors().get("W");
        assertArrayEquals(tensor.shape(), found.shape());
        assertEquals(DType.F32, found.dtype());
        return found.floats();
    }

    /// Rows and columns of very different magnitudes.
    private static float[] matrix(long seed, int rows, int columns) {
        var random = new Random(seed);
        float[] values = new float[rows * columns];
        boolean byRow = random.nextBoolean();
        double[] magnitudes = random.doubles(Math.max(rows, columns), -6, 4).map(Math::exp).toArray();
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * magnitudes[byRow ? i / columns : i % columns]);
        }
        return values;
    }

    @Property(tries = 100)
    void halvesKeepElevenAndEightBits(@ForAll long seed) {
        float[] values = matrix(seed, 5, 7);
        float[] half = through(values, 5, Storage.F16);
        float[] brain = through(values, 5, Storage.BF16);
        for (int i = 0; i < values.length; i++) {
            double magnitude = Math.abs(values[i]);
            // Half a unit in the last place: relative, and below 2⁻¹⁴ of f16, where it is denormal, absolute.
            assertEquals(values[i], half[i], Math.max(magnitude * 0x1p-11, 0x1p-25));
            assertEquals(values[i], brain[i], magnitude * 0x1p-8);
        }
    }

    @Property(tries = 200)
    void aBrainFloatIsTheNearestOne(@ForAll int bits) {
        float value = Float.intBitsToFloat(bits);
        float found = Storage.BF16.nearest(value);
        if (Float.isNaN(value)) {
            assertTrue(Float.isNaN(found));
            return;
        }
        float below = Float.intBitsToFloat(bits & 0xffff0000);
        float above = Float.intBitsToFloat((bits & 0xffff0000) + 0x10000);
        double down = Math.abs((double) value - below);
        // Beyond the greatest one stands what would be next, though it is written as infinity.
        double next = Float.isInfinite(above) ? Math.copySign(0x1p128, value) : above;
        double up = Math.abs(next - value);
        float expected = down < up || down == up && (bits >>> 16 & 1) == 0 ? below : above;
        assertEquals(Float.floatToRawIntBits(Float.isInfinite(value) ? value : expected),
                Float.floatToRawIntBits(found));
    }

    @Test
    void specialValuesStayWhatTheyAre() {
        float[] special = {
            0f, -0f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1f, -1.5f, 0x1p-14f, -0x1p-24f, 65504f,
            0x1p-15f};
        for (Storage storage : List.of(Storage.F16, Storage.BF16)) {
            float[] found = through(special, 2, storage);
            for (int i = 0; i < special.length; i++) {
                float expected = storage == Storage.BF16 && special[i] == 65504f ? 65536f : special[i];
                assertEquals(Float.floatToRawIntBits(expected), Float.floatToRawIntBits(found[i]), storage + " " + i);
            }
        }
        float[] nan = {Float.NaN, 0, Float.intBitsToFloat(0x7f800001), Float.intBitsToFloat(0xffc01234)};
        for (Storage storage : List.of(Storage.F16, Storage.BF16)) {
            float[] found = through(nan, 2, storage);
            assertEquals(List.of(true, false, true, true),
                    List.of(Float.isNaN(found[0]), Float.isNaN(found[1]), Float.isNaN(found[2]),
                            Float.isNaN(found[3])));
        }
        // Denormals: f16 has 24 bits below 1, bf16 keeps 8 bits of an f32 denormal's top.
        assertEquals(0x1p-24f, through(new float[] {0x1.8p-25f, 1, 1, 1}, 2, Storage.F16)[0]);
        assertEquals(0f, through(new float[] {0x1p-25f, 1, 1, 1}, 2, Storage.F16)[0]);
        assertEquals(0x1p-133f, through(new float[] {0x1p-133f, 1, 1, 1}, 2, Storage.BF16)[0]);
        assertEquals(0f, through(new float[] {Float.MIN_VALUE, 1, 1, 1}, 2, Storage.BF16)[0]);
    }

    @Property(tries = 200)
    void aWholeNumberErrsByHalfAScaleAtMost(@ForAll long seed) {
        int rows = 4 + Math.floorMod(seed, 3);
        int columns = 9;
        float[] values = matrix(seed, rows, columns);
        float[] found = through(values, rows, Storage.I8);
        boolean alongRows = true;
        boolean alongColumns = true;
        for (int i = 0; i < values.length; i++) {
            float inRow = 0;
            for (int j = 0; j < columns; j++) {
                inRow = Math.max(inRow, Math.abs(values[i / columns * columns + j]));
            }
            float inColumn = 0;
            for (int j = 0; j < rows; j++) {
                inColumn = Math.max(inColumn, Math.abs(values[j * columns + i % columns]));
            }
            double error = Math.abs((double) found[i] - values[i]);
            // The scale is rounded up to 16 bits.
            alongRows &= error <= inRow / 254 * (1 + 0x1p-14);
            alongColumns &= error <= inColumn / 254 * (1 + 0x1p-14);
        }
        assertTrue(alongRows || alongColumns);
        assertArrayEquals(found, through(found, rows, Storage.I8), "again");
    }

    /// The axis along which scales are is the one that errs less.
    @Test
    void scalesGoAlongTheAxisThatErrsLess() {
        var random = new Random(5);
        float[] byColumn = new float[16 * 8];
        float[] byRow = new float[16 * 8];
        for (int i = 0; i < byRow.length; i++) {
            byColumn[i] = (float) Math.scalb(random.nextGaussian(), -(i % 8));
            byRow[i] = (float) Math.scalb(random.nextGaussian(), -(i / 8));
        }
        assertArrayEquals(new int[] {1, 8}, Quantized.of(Tensor.of(byColumn, 16, 8)).scaleShape());
        assertArrayEquals(new int[] {16, 1}, Quantized.of(Tensor.of(byRow, 16, 8)).scaleShape());
        // Equal: outputs of a product.
        assertArrayEquals(new int[] {1, 1, 2}, Quantized.of(Tensor.of(new float[8], 2, 2, 2)).scaleShape());
    }

    @Test
    void smallAndZeroRowsAreKept() {
        float tiny = 0x1p-130f;
        float[] values = {0, 0, 0, 0x1p-126f, tiny, -0x1.4p-120f, 127 * 0x1p-100f, 0x1p-100f, -3 * 0x1p-100f};
        float[] found = through(values, 3, Storage.I8);
        assertArrayEquals(new float[] {0, 0, 0}, Arrays.copyOf(found, 3));
        assertEquals(-0x1.4p-120f, found[5], 0x1p-126f);
        assertArrayEquals(Arrays.copyOfRange(values, 6, 9), Arrays.copyOfRange(found, 6, 9));
        assertArrayEquals(found, through(found, 3, Storage.I8));
    }

    @Test
    void whatATypeCannotHoldIsRefused() {
        for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.MAX_VALUE}) {
            assertRefused(value, Storage.I8);
        }
        assertRefused(65520f, Storage.F16);
        assertRefused(-1e6f, Storage.F16);
        assertRefused(Float.MAX_VALUE, Storage.BF16);
        assertEquals(65504f, through(new float[] {65519f, 1, 1, 1}, 2, Storage.F16)[0]);
    }

    private static void assertRefused(float value, Storage storage) {
        Tensor tensor = Tensor.of(new float[] {1, value, 0, 2}, 2, 2);
        NnException error = assertThrows(NnException.class, () -> converted(tensor, storage));
        assertEquals("NN0808", error.code());
        assertTrue(String.valueOf(error.getMessage()).contains("`W`"), error.toString());
    }

    @Test
    void vectorsIntegersAndDataStayAsTheyAre() {
        Tensor bias = Tensor.of(new float[] {0.1f, 0.2f}, 2);
        Tensor counts = Tensor.of(new int[] {1, 2, 3, 4}, 2, 2);
        Tensor mean = Tensor.of(new float[] {0.1f, 0.2f, 0.3f, 0.7f}, 2, 2);
        var checkpoint =
                new Checkpoint(Map.of("b", bias, "n", counts, "data/x/mean", mean), Map.of("format", "nnlang 1"));
        for (Storage storage : Storage.values()) {
            Checkpoint same = new Conversion(storage, Map.of()).apply(checkpoint, "c");
            assertEquals(checkpoint, same);
            assertEquals(checkpoint, read(bytes(same)));
        }
    }

    @Test
    void wholeNumbersWithoutScalesAreIntegers() throws IOException {
        String header = "{\"n\":{\"dtype\":\"I8\",\"shape\":[2],\"data_offsets\":[0,2]}}      ";
        assertEquals(Tensor.of(new int[] {-3, 7}, 2), read(file(header, -3, 7)).tensors().get("n"));
        String scaled = "{\"n\":{\"dtype\":\"I8\",\"shape\":[2],\"data_offsets\":[0,2]},"
                + "\"n/scale\":{\"dtype\":\"I8\",\"shape\":[2],\"data_offsets\":[2,4]}}  ";
        NnException error = assertThrows(NnException.class, () -> read(file(scaled, -3, 7, 1, 1)));
        assertEquals("NN0803", error.code());
    }

    private static byte[] file(String header, int... contents) {
        byte[] file = new byte[8 + header.length() + contents.length];
        file[0] = (byte) header.length();
        System.arraycopy(header.getBytes(StandardCharsets.UTF_8), 0, file, 8, header.length());
        for (int i = 0; i < contents.length; i++) {
            file[8 + header.length() + i] = (byte) contents[i];
        }
        return file;
    }

    @Test
    void aFileThatIsCutOffIsDamaged() {
        for (Storage storage : List.of(Storage.F16, Storage.BF16, Storage.I8)) {
            byte[] whole = bytes(converted(Tensor.of(matrix(1, 8, 8), 8, 8), storage));
            for (int length : new int[] {0, 7, 20, whole.length / 2, whole.length - 1}) {
                byte[] cut = Arrays.copyOf(whole, length);
                assertEquals("NN0803", assertThrows(NnException.class, () -> read(cut)).code());
            }
        }
    }

    @Test
    void filesShrink() {
        Tensor tensor = Tensor.of(matrix(3, 64, 32), 64, 32);
        int header = 512;
        assertTrue(bytes(converted(tensor, Storage.F32)).length > 4 * 64 * 32);
        assertTrue(bytes(converted(tensor, Storage.F16)).length < 2 * 64 * 32 + header);
        assertTrue(bytes(converted(tensor, Storage.BF16)).length < 2 * 64 * 32 + header);
        assertTrue(bytes(converted(tensor, Storage.I8)).length < 64 * 32 + 4 * 64 + header);
    }

    @Test
    void namesAreChangedByPatterns() {
        Tensor t = Tensor.of(new float[] {1}, 1);
        var checkpoint = new Checkpoint(Map.of("net.a.W", t, "net.b.W", t, "head.W", t), Map.of());
        assertEquals(
                List.of("a.kernel", "b.kernel", "head.W"),
                List.copyOf(renamed(checkpoint, Map.of("net.*.W", "*.kernel")).tensors().keySet()));
        assertEquals(
                List.of("head.W", "net.a.W", "net.x"),
                List.copyOf(renamed(checkpoint, Map.of("net.b.W", "net.x")).tensors().keySet()));
        assertEquals(
                List.of("head.W", "x.a.W", "x.b.W"),
                List.copyOf(renamed(checkpoint, Map.of("net.*", "x.*")).tensors().keySet()));
        // Names that change places.
        assertEquals(3, renamed(checkpoint, Map.of("net.a.W", "net.b.W", "net.b.W", "net.a.W")).tensors().size());
        for (Map<String, String> wrong : List.of(Map.of("net.c.W", "x"), Map.of("net.*", "x"),
                Map.of("head.W", "net.a.W"))) {
            assertEquals("NN0807", assertThrows(NnException.class, () -> renamed(checkpoint, wrong)).code());
        }
    }

    private static Checkpoint renamed(Checkpoint checkpoint, Map<String, String> renames) {
        return new Conversion(null, renames).apply(checkpoint, "c");
    }
}
