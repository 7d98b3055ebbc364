package org.nnlang.runtime.data;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.nnlang.runtime.data.TempData.gzip;
import static org.nnlang.runtime.data.TempData.idx;
import static org.nnlang.runtime.data.TempData.npy;
import static org.nnlang.runtime.data.TempData.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.checkpoint.Storage;
import org.nnlang.runtime.tensor.Tensor;

/// Files with bytes changed, put in, left out, and cut off: what can't be read is an error with a code, whatever it is. The seed is fixed, so that
/// a failure comes again, with the bytes of the file.
class DamagedFilesTest {
    private static final int TRIES = 400;

    private static final List<String> STRAY = List.of(
            "\"", ",", "\n", "\r", "\t", "NaN", "1e400", "99999999999999999999", "-1", "é", "\uFEFF", "'", "{", "}",
            "[", "(", ")",
            "null", ";", "\0", " ", "4 3");

    @TempDir
    private Path folder;

    /// @param reader reads the file at a path, and what is in it
    record Kind(String name, byte[] whole, Reader reader) {
        @Override
        public String toString() {
            return name;
        }
    }

    private interface Reader {
        void read(Path file);
    }

    static List<Kind> kinds() {
        byte[] table = text("a,b,kind\n1,2.5,x\n3,4,y\n\"5\",6e3,\"x\"\n-7,.5,\"y\"\n1,2,x\n3,4,y\n");
        byte[] floats = ByteBuffer.allocate(24).putFloat(1).putFloat(2).putFloat(3).putFloat(4).putFloat(5).putFloat(6)
                .array();
        byte[] pixels = new byte[60];
        new Random(1).nextBytes(pixels);
        return List.of(
                new Kind("f.csv", table, data("csv", "label", "kind")),
                new Kind("g.csv", text("0,red,1\n1,blue,\n0,red,5\n1,green,8\n"),
                        data("csv", "label", 0L, "categories", List.of(1L), "missing", "mean")),
                new Kind("p.csv.gz", gzip(table), data("csv", "label", "kind")),
                new Kind("i.idx", idx(8, new int[] {3, 2, 1}, new byte[] {1, 2, 3, 4, 5, 6}),
                        file -> rows(file, source("idx", "images", file.toString()))),
                new Kind("a.npy", npy(1, ">f4", false, "(2, 3)", floats), data("npy")),
                new Kind("b.npy", npy(2, ">i4", true, "(3, 2)", new byte[24]), data("npy")),
                new Kind("t.txt", text("the quick brown fox jumps over the lazy dog\n".repeat(4)),
                        part("chars", "window", 4L)),
                new Kind("b.txt", text("the quick brown fox jumps over the lazy dog\n".repeat(4)),
                        part("bpe", "window", 4L, "vocabulary", 40L)),
                new Kind("p.tsv", text("a b\tcd\nefg a\thi x\nj b\tklm\nno\tpq\nrs\ttu\nvw\txy\nz\ta\nb\tc\nd\te\n"),
                        part("pairs", "source", "words")),
                new Kind("x.csv", text(
                        "k,t\nspam,hello there\nham,good bye\nspam,\"hi, \"\"you\"\nham,see you\nspam,hello\nham,bye\n"),
                        part("texts", "label", "k", "text", "t", "tokens", "words")),
                new Kind("s.csv", text("t,v\n1,2\n2,3\n3,4\n4,5\n5,6\n6,7\n7,8\n8,9\n9,10\n10,11\n"),
                        part("series", "value", "v", "window", 3L)),
                new Kind("a.png", new Png(5, 4, 3, pixels).encode(), Png::read),
                new Kind("c.safetensors", checkpoint(), Checkpoint::read));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] checkpoint() {
        var out = new ByteArrayOutputStream();
        try {
            new Checkpoint(
                    Map.of("a.w", Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3), "b.w",
                            Tensor.of(new float[] {1, 2, 3, 4}, 2, 2), "c", Tensor.of(new int[] {1, 2}, 2)),
                    Map.of("key", "value"), Map.of("a.w", Storage.I8, "b.w", Storage.F16)).write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static Reader data(String reader, Object... arguments) {
        return file -> rows(file, source(reader, with(file, arguments)));
    }

    private static Reader part(String reader, Object... arguments) {
        return file -> rows(file, new DataExpression.Part(source(reader, with(file, arguments)), "train"));
    }

    private static Object[] with(Path file, Object... arguments) {
        Object[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "path";
        all[arguments.length + 1] = file.getFileName().toString();
        return all;
    }

    /// Everything that a training reads.
    private static void rows(Path file, DataExpression expression) {
        var sources = new DataSources(file.getParent());
        int announced = sources.header(expression).count();
        Dataset data = sources.open(expression);
        assertTrue(announced == data.count(),
                () -> announced + " examples are announced, and there are " + data.count());
        for (int example = 0; example < Math.min(20, data.count()); example++) {
            for (int field = 0; field < data.header().fields().size(); field++) {
                int size = Math.max(data.length(example, field), data.header().fields().get(field).size());
                if (data.header().fields().get(field).type().isFloat()) {
                    data.read(example, field, new float[size], 0);
                } else {
                    data.read(example, field, new int[size], 0);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whatIsDamagedIsReadOrRefused(Kind kind) throws IOException {
        var random = new Random(20250);
        read(kind, kind.whole());
        for (int i = 0; i < TRIES; i++) {
            byte[] bytes = kind.whole().clone();
            for (int count = random.nextInt(3); count >= 0; count--) {
                bytes = damaged(bytes, random);
            }
            read(kind, kind.name().endsWith(".png") ? withChecksums(bytes) : bytes);
        }
    }

    private void read(Kind kind, byte[] bytes) throws IOException {
        Path file = folder.resolve(kind.name());
        new TempData(folder).file(kind.name(), bytes);
        try {
            kind.reader().read(file);
        } catch (NnException e) {
            assertTrue(e.code().matches("NN0[78]\\d\\d"), e::code);
            assertFalse(String.valueOf(e.getMessage()).contains("org.nnlang"), e::getMessage);
        } catch (RuntimeException | Error e) {
            fail(kind.name() + " of these bytes: " + HexFormat.of().formatHex(bytes) + "\n"
                    + new String(bytes, StandardCharsets.ISO_8859_1), e);
        }
    }

    /// Headers are damaged as often as what follows them.
    private static byte[] damaged(byte[] bytes, Random random) {
        if (bytes.length == 0) {
            return bytes;
        }
        int place = random.nextInt(random.nextBoolean() ? Math.min(bytes.length, 64) : bytes.length);
        switch (random.nextInt(6)) {
            case 0 -> bytes[place] = (byte) random.nextInt(256);
            case 1 -> bytes[place] ^= (byte) (1 << random.nextInt(8));
            case 2 -> Arrays.fill(bytes, place, Math.min(bytes.length, place + 4), (byte) 0xff);
            case 3 -> {
                return Arrays.copyOf(bytes, place);
            }
            case 4 -> {
                return joined(Arrays.copyOf(bytes, place), new byte[0],
                        Arrays.copyOfRange(bytes, place + 1, bytes.length));
            }
            default -> {
                return joined(Arrays.copyOf(bytes, place), text(STRAY.get(random.nextInt(STRAY.size()))),
                        Arrays.copyOfRange(bytes, place, bytes.length));
            }
        }
        return bytes;
    }

    private static byte[] joined(byte[] first, byte[] second, byte[] third) {
        return ByteBuffer.allocate(first.length + second.length + third.length).put(first).put(second).put(third)
                .array();
    }

    /// The chunks of a PNG with the checksums that they should have: else nothing behind these is ever looked at.
    private static byte[] withChecksums(byte[] bytes) {
        var buffer = ByteBuffer.wrap(bytes);
        for (int at = 8; at + 12 <= bytes.length;) {
            int length = buffer.getInt(at);
            if (length < 0 || length > bytes.length - at - 12) {
                return bytes;
            }
            var checksum = new CRC32();
            checksum.update(bytes, at + 4, length + 4);
            buffer.putInt(at + 8 + length, (int) checksum.getValue());
            at += 12 + length;
        }
        return bytes;
    }
}
