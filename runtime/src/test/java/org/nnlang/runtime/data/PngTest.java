package org.nnlang.runtime.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nnlang.runtime.data.TempData.floats;
import static org.nnlang.runtime.data.TempData.ints;
import static org.nnlang.runtime.data.TempData.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.data.Augmentation.Kind;
import org.nnlang.runtime.data.DataExpression.Augment;
import org.nnlang.runtime.data.DataExpression.Part;
import org.nnlang.runtime.data.DataExpression.Split;
import org.nnlang.runtime.data.DataExpression.Standardize;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.tensor.Tensor;

class PngTest {
    private static final Path WHERE = Path.of("x.png");

    @TempDir
    private Path folder;

    private TempData data;

    @BeforeEach
    void files() {
        data = new TempData(folder);
    }

    /// A file made of samples as the specification says, filters drawn at random.
    private static byte[] file(
            int width, int height, int colour, int depth, boolean interlaced, int[] samples, byte[] palette,
            byte[] transparency, Random random) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(Png.SIGNATURE);
        chunk(out, "IHDR", ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) depth).put((byte) colour)
                .put(12, (byte) (interlaced ? 1 : 0)).array());
        chunk(out, "tEXt", "Comment\0drawn".getBytes(StandardCharsets.ISO_8859_1));
        if (palette.length > 0) {
            chunk(out, "PLTE", palette);
        }
        if (transparency.length > 0) {
            chunk(out, "tRNS", transparency);
        }
        int channels = colour == 2 ? 3 : colour == 4 ? 2 : colour == 6 ? 4 : 1;
        var lines = new ByteArrayOutputStream();
        int[][] passes = interlaced
                ? new int[][] {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2},
                    {0, 1, 1, 2}}
                : new int[][] {{0, 0, 1, 1}};
        int apart = Math.max(1, channels * depth / 8);
        for (int[] pass : passes) {
            byte[] before = null;
            for (int y = pass[1]; y < height && pass[0] < width; y += pass[3]) {
                var bits = new StringBuilder();
                for (int x = pass[0]; x < width; x += pass[2]) {
                    for (int i = 0; i < channels; i++) {
                        bits.append(Integer.toBinaryString(1 << depth | samples[(y * width + x) * channels + i])
                                .substring(1));
                    }
                }
                bits.append("0".repeat(Math.floorMod(-bits.length(), 8)));
                byte[] row = new byte[bits.length() / 8];
                for (int i = 0; i < row.length; i++) {
                    row[i] = (byte) Integer.parseInt(bits.substring(8 * i, 8 * i + 8), 2);
                }
                int filter = random.nextInt(5);
                lines.write(filter);
                for (int i = 0; i < row.length; i++) {
                    int a = i < apart ? 0 : row[i - apart] & 255;
                    int b = before == null ? 0 : before[i] & 255;
                    int c = i < apart || before == null ? 0 : before[i - apart] & 255;
                    int p = a + b - c;
                    int paeth = Math.abs(p - a) <= Math.abs(p - b) && Math.abs(p - a) <= Math.abs(p - c) ? a
                            : Math.abs(p - b) <= Math.abs(p - c) ? b
                            : c;
                    lines.write(row[i] - new int[] {0, a, b, (a + b) / 2, paeth}[filter]);
                }
                before = row;
            }
        }
        var deflater = new Deflater();
        deflater.setInput(lines.toByteArray());
        deflater.finish();
        byte[] packed = new byte[lines.size() + 1000];
        int size = deflater.deflate(packed);
        int cut = random.nextInt(size);
        chunk(out, "IDAT", Arrays.copyOf(packed, cut));
        chunk(out, "IDAT", Arrays.copyOfRange(packed, cut, size));
        chunk(out, "IEND", new byte[0]);
        return out.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream out, String type, byte[] contents) {
        byte[] all = (type + new String(contents, StandardCharsets.ISO_8859_1)).getBytes(StandardCharsets.ISO_8859_1);
        var sum = new CRC32();
        sum.update(all);
        out.writeBytes(ByteBuffer.allocate(4).putInt(contents.length).array());
        out.writeBytes(all);
        out.writeBytes(ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
    }

    @ParameterizedTest
    @CsvSource({"0,1", "0,2", "0,4", "0,8", "0,16", "2,8", "2,16", "3,1", "3,2", "3,4", "3,8", "4,8", "4,16", "6,8",
        "6,16"})
    void everyColourTypeAndDepth(int colour, int depth) {
        var random = new Random(colour * 31 + depth);
        int channels = colour == 2 ? 3 : colour == 4 ? 2 : colour == 6 ? 4 : 1;
        for (int round = 0; round < 60; round++) {
            int width = 1 + random.nextInt(20);
            int height = 1 + random.nextInt(20);
            boolean interlaced = round % 2 == 1;
            boolean keyed = round % 4 > 1 && colour < 4;
            int colours = 1 + random.nextInt(Math.min(256, 1 << depth));
            int[] samples =
                    random.ints((long) width * height * channels, 0, colour == 3 ? colours : 1 << depth).toArray();
            byte[] palette = new byte[colour == 3 ? 3 * colours : 0];
            random.nextBytes(palette);
            byte[] transparency = new byte[0];
            if (keyed && colour == 3) {
                transparency = new byte[1 + random.nextInt(colours)];
                random.nextBytes(transparency);
            } else if (keyed) {
                var key = ByteBuffer.allocate(2 * channels);
                for (int i = 0; i < channels; i++) {
                    key.putShort((short) samples[i]);
                }
                transparency = key.array();
            }
            Png png = Png.decode(
                    file(width, height, colour, depth, interlaced, samples, palette, transparency, random), WHERE);
            int expected = (colour == 3 ? 3 : channels) + (keyed ? 1 : 0);
            assertEquals(List.of(width, height, expected), List.of(png.width(), png.height(), png.channels()));
            double most = (1 << depth) - 1;
            for (int pixel = 0; pixel < width * height; pixel++) {
                boolean same = true;
                for (int i = 0; i < (colour == 3 ? 3 : channels); i++) {
                    int sample = samples[pixel * channels + (colour == 3 ? 0 : i)];
                    same &= sample == samples[i % samples.length];
                    long value = colour == 3 ? palette[3 * sample + i] & 255 : Math.round(sample * 255 / most);
                    assertEquals(value, png.pixels()[pixel * expected + i] & 255);
                }
                if (keyed) {
                    int sample = samples[pixel];
                    int alpha = colour == 3 ? sample < transparency.length ? transparency[sample] & 255 : 255
                            : same ? 0
                            : 255;
                    assertEquals(alpha, png.pixels()[pixel * expected + expected - 1] & 255);
                }
            }
        }
    }

    @Test
    void whatIsWrittenIsRead() {
        var random = new Random(1);
        for (int channels = 1; channels <= 4; channels++) {
            byte[] pixels = new byte[7 * 5 * channels];
            random.nextBytes(pixels);
            var png = new Png(7, 5, channels, pixels);
            assertArrayEquals(pixels, Png.decode(png.encode(), WHERE).pixels());
        }
        assertThrows(IllegalArgumentException.class, () -> new Png(2, 2, 1, new byte[5]));
    }

    /// Whatever is done to a file, it is read or it is one error; never more memory than a small file may ask for.
    @Test
    void aDamagedFileIsOneError() {
        var random = new Random(2);
        byte[] good =
                file(9, 7, 6, 8, true, random.ints(9 * 7 * 4, 0, 256).toArray(), new byte[0], new byte[0], random);
        for (int round = 0; round < 3000; round++) {
            byte[] bad = round < good.length ? Arrays.copyOf(good, round) : good.clone();
            if (round >= good.length) {
                for (int i = 1 + random.nextInt(3); i > 0; i--) {
                    bad[random.nextInt(bad.length)] = (byte) random.nextInt();
                }
                if (round % 2 == 0) {
                    repairSums(bad);
                }
            }
            try {
                Png png = Png.decode(bad, WHERE);
                assertTrue(png.pixels().length < 1 << 20);
            } catch (NnException e) {
                assertTrue(e.code().equals("NN0721") || e.code().equals("NN0717"), e::toString);
            }
        }
        byte[] huge = good.clone();
        ByteBuffer.wrap(huge).putInt(16, 30_000).putInt(20, 30_000);
        repairSums(huge);
        assertTrue(String.valueOf(assertThrows(NnException.class, () -> Png.decode(huge, WHERE)).getMessage())
                .contains("cannot hold that many"));
        byte[] flipped = good.clone();
        flipped[good.length - 20] ^= 1;
        assertTrue(String.valueOf(assertThrows(NnException.class, () -> Png.decode(flipped, WHERE)).getMessage())
                .contains("the checksum of its chunk"));
    }

    private static void repairSums(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        for (int at = 8; at + 12 <= bytes.length;) {
            int size = in.getInt(at);
            if (size < 0 || size > bytes.length - at - 12) {
                return;
            }
            var sum = new CRC32();
            sum.update(bytes, at + 4, size + 4);
            in.putInt(at + 8 + size, (int) sum.getValue());
            at += 12 + size;
        }
    }

    private static byte[] grey(int width, int height, int... pixels) {
        byte[] bytes = new byte[pixels.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) pixels[i];
        }
        return new Png(width, height, 1, bytes).encode();
    }

    private static byte[] coloured(int red, int green, int blue, int alpha) {
        return new Png(1, 1, 4, new byte[] {(byte) red, (byte) green, (byte) blue, (byte) alpha}).encode();
    }

    @Test
    void aFolderOfFoldersIsASetOfImages() {
        data.file("f/cat/2.png", grey(2, 1, 3, 4)).file("f/cat/1.png", grey(2, 1, 1, 2))
                .file("f/dog/1.png", grey(2, 1, 5,
                        6))
                .file("f/.DS_Store", "x");
        DataExpression images = source("images", "path", "f");
        DataHeader header = data.header(images);
        assertEquals("[image: u8[1, 2], label: i32]", header.fields().toString());
        assertEquals(List.of("cat", "dog"), header.fields().get(1).names());
        assertEquals(Map.of("classes", 2L), header.values());
        Dataset set = data.open(images);
        assertEquals(3, set.count());
        assertArrayEquals(new int[] {1, 2}, ints(set, 0, 0));
        assertArrayEquals(new float[] {3, 4}, floats(set, 1, 0));
        assertArrayEquals(new int[] {1}, ints(set, 2, 1));
        DataHeader colours = data.header(source("images", "path", "f", "channels", 3L, "size", List.of(2L, 3L)));
        assertEquals("image: u8[2, 3, 3]", colours.fields().getFirst().toString());
    }

    @Test
    void partsColoursAndSizes() {
        data.file("f/test/a/1.png", grey(2, 2, 0, 255, 255, 255)).file("f/train/a/1.png", coloured(255, 0, 0, 255))
                .file("f/train/b/1.png", coloured(0, 255, 100, 51));
        DataExpression images = source("images", "path", "f", "size", List.of(1L, 1L), "channels", 1L);
        assertEquals(List.of("train", "test"), data.header(images).parts());
        Dataset train = data.open(new Part(images, "train"));
        assertArrayEquals(new int[] {76}, ints(train, 0, 0));
        assertArrayEquals(new int[] {(587 * 51 + 114 * 20 + 500) / 1000}, ints(train, 1, 0));
        assertArrayEquals(new int[] {191}, ints(data.open(new Part(images, "test")), 0, 0));
        assertEquals("image: u8[1, 1, 3]",
                data.header(source("images", "path", "f")).fields().getFirst().toString());
    }

    @Test
    void aScaledPixelIsTheMeanOfWhatItCovers() {
        var random = new Random(3);
        for (int round = 0; round < 40; round++) {
            int width = 1 + random.nextInt(9);
            int height = 1 + random.nextInt(9);
            byte[] pixels = new byte[width * height];
            random.nextBytes(pixels);
            int wide = 1 + random.nextInt(9);
            int tall = 1 + random.nextInt(9);
            byte[] scaled = new Png(width, height, 1, pixels).scaled(wide, tall).pixels();
            for (int y = 0; y < tall; y++) {
                for (int x = 0; x < wide; x++) {
                    // Each old pixel as wide × tall small ones, of which a new one covers width × height.
                    double sum = 0;
                    for (int v = y * height; v < (y + 1) * height; v++) {
                        for (int u = x * width; u < (x + 1) * width; u++) {
                            sum += pixels[v / tall * width + u / wide] & 255;
                        }
                    }
                    assertEquals(Math.floor(sum / (width * height) + 0.5), scaled[y * wide + x] & 255);
                }
            }
        }
    }

    @Test
    void imagesThatCannotBeUsed() {
        data.file("f/a/1.png", grey(2, 1, 1, 2)).file("f/a/2.png", grey(1, 2, 1, 2)).file("g/a/1.png", "JFIF")
                .file("h/a/.x", "").file("i/x.png", grey(1, 1, 1)).file("j/train/x.png", grey(1, 1, 1));
        assertEquals(
                "NN0721: `f/a/2.png` is 2 pixels high and 1 wide, and `f/a/1.png` 1 and 2 | say to which size all are"
                        + " scaled: `size = [1, 2]`",
                data.error(source("images", "path", "f")));
        assertTrue(data.error(source("images", "path", "g")).startsWith("NN0721: `g/a/1.png` is no PNG file"));
        assertTrue(data.error(source("images", "path", "h")).startsWith("NN0711"));
        assertTrue(data.error(source("images", "path", "i")).startsWith("NN0702: the folder `i` has no folders"));
        assertTrue(data.error(source("images", "path", "j")).startsWith("NN0702: the folder `j/train` has no folders"));
        assertTrue(data.error(source("images", "path", "i/x.png")).startsWith("NN0702: `i/x.png` is a file"));
        assertTrue(data.error(source("images", "path", "gone")).startsWith("NN0701"));
        assertTrue(data.error(source("images", "path", "f", "size", List.of(2L))).startsWith("NN0712"));
        assertTrue(data.error(source("images", "path", "f", "size", List.of(0L, 4_000_000_000L))).startsWith("NN0712"));
        assertTrue(data.error(source("images", "path", "f", "channels", 2L)).startsWith("NN0712"));
    }

    // ---- random changes

    private DataExpression numbered(int width, int height, int count) {
        for (int image = 0; image < count; image++) {
            int[] pixels = new int[width * height];
            Arrays.setAll(pixels, i -> i + 1);
            data.file("n/a/" + (char) ('a' + image) + ".png", grey(width, height, pixels));
        }
        return source("images", "path", "n");
    }

    private static String drawn(Dataset set, int example, int epoch, int size) {
        int[] pixels = new int[size];
        set.read(example, 0, size, epoch, pixels, 0);
        float[] same = new float[size + 1];
        set.read(example, 0, size, epoch, same, 1);
        for (int i = 0; i < size; i++) {
            assertEquals(pixels[i], Math.round(same[i + 1]));
        }
        return Arrays.toString(pixels);
    }

    @Test
    void aFlipMirrorsHalfOfTheTime() {
        Dataset set = data.open(new Augment(numbered(3, 1, 1), new Augmentation(Kind.FLIP, 0), 5));
        var seen = new LinkedHashMap<String, Integer>();
        for (int epoch = 0; epoch < 1000; epoch++) {
            seen.merge(drawn(set, 0, epoch, 3), 1, Integer::sum);
        }
        assertEquals(new TreeSet<>(List.of("[1, 2, 3]", "[3, 2, 1]")), new TreeSet<>(seen.keySet()));
        assertEquals(500, seen.getOrDefault("[1, 2, 3]", 0), 60);
        assertArrayEquals(new int[] {1, 2, 3}, ints(set, 0, 0), "as it was, unless an epoch asks");
    }

    @Test
    void aShiftBringsInZerosAndACropItsMirrorImage() {
        DataExpression images = numbered(3, 1, 1);
        for (boolean crop : new boolean[] {false, true}) {
            Dataset set = data.open(new Augment(images, new Augmentation(crop ? Kind.CROP : Kind.SHIFT, 1), 5));
            var seen = new TreeSet<String>();
            for (int epoch = 0; epoch < 200; epoch++) {
                seen.add(drawn(set, 0, epoch, 3));
            }
            assertEquals(
                    new TreeSet<>(crop
                            ? List.of("[1, 2, 3]", "[2, 1, 2]", "[2, 3, 2]")
                            : List.of("[0, 0, 0]", "[0, 1, 2]", "[1, 2, 3]", "[2, 3, 0]")),
                    seen);
        }
        Dataset far = data.open(new Augment(numbered(1, 1, 1), new Augmentation(Kind.CROP, 7), 5));
        assertEquals("[1]", drawn(far, 0, 3, 1));
    }

    @Test
    void aRotationTurnsAboutTheMiddle() {
        Dataset set = data.open(new Augment(numbered(5, 5, 1), new Augmentation(Kind.ROTATE, 40), 5));
        var seen = new TreeSet<String>();
        for (int epoch = 0; epoch < 50; epoch++) {
            String drawn = drawn(set, 0, epoch, 25);
            assertTrue(drawn.contains(" 13,"), drawn);
            seen.add(drawn);
        }
        assertTrue(seen.size() > 25, seen::toString);
        // A quarter turn is exact but for rounding: the draws -1 and just below 1 are the ends of the range.
        float[] square = {1, 2, 3, 4};
        float[] turned = new float[4];
        new Augmentation(Kind.ROTATE, 90).apply(square, 2, 2, 1, 0L, turned, 0);
        assertArrayEquals(new float[] {2, 4, 1, 3}, turned, 1e-5f);
    }

    @Test
    void changesDependOnSeedEpochAndExampleAlone() {
        DataExpression images = numbered(4, 4, 12);
        var shift = new Augmentation(Kind.SHIFT, 2);
        Dataset one = data.open(new Augment(new Augment(images, shift, 1), shift, 1));
        Dataset same = data.open(new DataExpression.Take(new Augment(new Augment(images, shift, 1), shift, 1), 7));
        var draws = new ArrayList<String>();
        for (int epoch = 0; epoch < 4; epoch++) {
            for (int example = 0; example < 7; example++) {
                String drawn = drawn(one, example, epoch, 16);
                assertEquals(drawn, drawn(same, example, epoch, 16));
                draws.add(drawn);
            }
        }
        assertTrue(new TreeSet<>(draws).size() > 20);
        // Two steps with one seed draw apart: else no image would be moved by an odd number in total.
        assertTrue(draws.stream().anyMatch(text -> text.startsWith("[2,") || text.startsWith("[5,")
                || text.startsWith("[0, 1,")));
    }

    @Test
    void whatIsHeldOutIsNotChanged() {
        DataExpression images = numbered(2, 2, 10);
        var flip = new Augmentation(Kind.FLIP, 0);
        String error = data.error(new Split(new Augment(images, flip, 1), List.of(0.5), 1, 0, null));
        assertTrue(error.startsWith("NN0714: `images(\"n\").flip(seed = 1)` changes images"), error);
        data.file("t.csv", "1,2\n3,4\n");
        assertTrue(data.error(new Augment(source("csv", "path", "t.csv"), flip, 1)).startsWith("NN0714: `flip()`"));
        assertThrows(NnException.class, () -> new Augmentation(Kind.SHIFT, 0));
        assertThrows(NnException.class, () -> new Augmentation(Kind.ROTATE, 181));
        // What is fitted is taken from images as they are.
        DataExpression changed = new Standardize(
                new Augment(images, new Augmentation(Kind.SHIFT, 1), 1), List.of("image"), null);
        DataExpression plain = new Standardize(images, List.of("image"), null);
        assertEquals(data.open(plain).fitted(), data.open(changed).fitted());
    }

    @Test
    void changesTravelAsJson() {
        DataExpression images = source("images", "path", "n");
        for (Kind kind : Kind.values()) {
            DataExpression one = new Augment(images, new Augmentation(kind, kind == Kind.FLIP ? 0 : 3), 9);
            assertEquals(one, DataExpression.fromJson(Json.parse(one.toJson().toString())));
        }
        assertEquals(
                "images(\"n\").crop(padding = 3, seed = 9)",
                new Augment(images, new Augmentation(Kind.CROP, 3), 9).toString());
    }

    // ---- sheets

    @Test
    void predictionsAreDrawnSideBySide() throws IOException {
        Tensor images = Tensor.of(new float[] {0, 0.5f, 1, 2, Float.NaN, -1}, 3, 1, 2);
        Path file = folder.resolve("sheet.png");
        new Predictions(Map.of("image", images)).write(file);
        Png sheet = Png.decode(Files.readAllBytes(file), file);
        assertEquals(List.of(5, 3, 1), List.of(sheet.width(), sheet.height(), sheet.channels()));
        assertArrayEquals(
                new byte[] {0, (byte) 128, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, -1, -1, -1}, sheet.pixels());
        NnException error = assertThrows(
                NnException.class,
                () -> new Predictions(Map.of("y", Tensor.of(new float[] {1}, 1))).write(file));
        assertEquals("NN0718", error.code());
    }
}
