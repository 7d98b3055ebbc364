package org.nnlang.runtime.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.tensor.DType;
import org.nnlang.runtime.tensor.Tensor;

class CheckpointTest {
    @TempDir
    private Path folder;

    private static Checkpoint example() {
        return new Checkpoint(
                Map.of(
                        "b.W", Tensor.of(new float[] {1, -0.0f, Float.NaN, Float.MIN_VALUE, 5, 6}, 2, 3),
                        "a", Tensor.of(new int[] {Integer.MIN_VALUE, 7}, 2),
                        "flags", Tensor.of(DType.BOOL, new int[] {1, 0, 1}, 3),
                        "pixels", Tensor.of(DType.U8, new int[] {0, 255}, 1, 2),
                        "step", Tensor.scalar(3),
                        "none", Tensor.of(new float[0], 0, 4)),
                Map.of("train", "Digits", "ä\n", "\u0000\"\\"));
    }

    @Test
    void whatWasWrittenReadsBackBitForBit() {
        Path file = folder.resolve("new/folders/c.safetensors");
        example().write(file);
        assertEquals(example(), Checkpoint.read(file));
    }

    @Test
    void equalCheckpointsHaveEqualBytes() throws IOException {
        var names = List.of("x", "b", "q", "a");
        for (int turn = 0; turn < 2; turn++) {
            var tensors = new LinkedHashMap<String, Tensor>();
            var metadata = new LinkedHashMap<String, String>();
            for (String name : turn == 0 ? names : names.reversed()) {
                tensors.put(name, Tensor.of(new float[] {name.charAt(0)}, 1));
                metadata.put(name, "of " + name);
            }
            new Checkpoint(tensors, metadata).write(folder.resolve(turn + ".safetensors"));
        }
        assertEquals(-1, Files.mismatch(folder.resolve("0.safetensors"), folder.resolve("1.safetensors")));
    }

    @Test
    void theLayoutIsThatOfSafetensors() throws IOException {
        new Checkpoint(Map.of("w", Tensor.of(new float[] {1}, 1)), Map.of("k", "v")).write(folder.resolve("c"));
        byte[] bytes = Files.readAllBytes(folder.resolve("c"));
        String header =
                "{\"__metadata__\":{\"k\":\"v\"},\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
        int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        assertEquals(0, length % 8);
        assertEquals(header, new String(bytes, 8, length, StandardCharsets.UTF_8).strip());
        assertArrayEquals(new byte[] {0, 0, (byte) 0x80, 0x3f}, Arrays.copyOfRange(bytes, 8 + length, bytes.length));
    }

    @Test
    void widerAndNarrowerTypesAreRead() throws IOException {
        var data = ByteBuffer.allocate(8 + 2 + 2 + 8 + 2 + 1).order(ByteOrder.LITTLE_ENDIAN);
        data.putDouble(1.5).putShort(Float.floatToFloat16(-2)).putShort((short) (Float.floatToIntBits(3) >>> 16));
        data.putLong(-4).putShort((short) -5).put((byte) -6);
        Path file = raw(
                "{\"d\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]},"
                        + "\"h\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[8,10]},"
                        + "\"b\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[10,12]},"
                        + "\"l\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[12,20]},"
                        + "\"s\":{\"dtype\":\"I16\",\"shape\":[1],\"data_offsets\":[20,22]},"
                        + "\"c\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[22,23]}}",
                data.array());
        var tensors = Checkpoint.read(file).tensors();
        float[] values = {1.5f, -2, 3, -4, -5, -6};
        int i = 0;
        for (String name : List.of("d", "h", "b", "l", "s", "c")) {
            assertEquals(values[i++], tensors.getOrDefault(name, Tensor.scalar(Float.NaN)).get(0), name);
        }
    }

    private Path raw(String header, byte... data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        var bytes = ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(text.length).put(text).put(data);
        Path file = folder.resolve("raw.safetensors");
        Files.write(file, bytes.array());
        return file;
    }

    private static String error(Path file) {
        NnException error = assertThrows(NnException.class, () -> Checkpoint.read(file));
        return error.code() + ": " + error.getMessage();
    }

    @Test
    void cutOffAtEveryByteItIsOneClearError() throws IOException {
        Path whole = folder.resolve("whole");
        example().write(whole);
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = folder.resolve("cut");
        for (int length = 0; length < bytes.length; length++) {
            Files.write(cut, Arrays.copyOf(bytes, length));
            String error = error(cut);
            assertTrue(error.matches("NN0803: `.*cut` is no whole checkpoint: .*"), length + ": " + error);
        }
        Files.write(cut, Arrays.copyOf(bytes, bytes.length + 1));
        assertTrue(error(cut).endsWith("1 bytes follow its last tensor"), error(cut));
    }

    /// Whatever byte of the header is wrong, reading gives tensors or one clear error, never another exception.
    @Test
    void noDamagedByteCrashesTheReader() throws IOException {
        Path whole = folder.resolve("whole");
        example().write(whole);
        byte[] bytes = Files.readAllBytes(whole);
        var random = new Random(3);
        Path damaged = folder.resolve("damaged");
        for (int i = 0; i < 3000; i++) {
            byte[] copy = bytes.clone();
            for (int n = random.nextInt(1, 4); n > 0; n--) {
                copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
            }
            Files.write(damaged, copy);
            try {
                Checkpoint.read(damaged);
            } catch (NnException e) {
                assertEquals("NN0803", e.code());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "[]|header does not start with `{`",
        "{\"a\":1}|`a` is malformed",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}}|offsets 0 to 8 do not fit 1 elements of F32",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|`a` starts at byte 4 instead of 0",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}|a dimension is -1",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[65536,65536],\"data_offsets\":[0,4]}}|more than 2^31 - 1 elements",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[500000000],\"data_offsets\":[0,2000000000]}}|it is cut off",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}|two `data_offsets`",
        "{\"a\":{\"dtype\":\"F8\",\"shape\":[1],\"data_offsets\":[0,1]}}|of type F8",
        "{\"__metadata__\":{\"a\":1}}|`__metadata__` is malformed: a text is expected",
        "{\"a\":1,\"a\":1}|appears twice",
    })
    void aWrongHeaderIsOneClearError(String header, String expected) throws IOException {
        String error = error(raw(header, new byte[8]));
        assertTrue(error.startsWith("NN0803") && error.contains(expected), error);
    }

    @Test
    void overlappingTensorsAreRefused() throws IOException {
        String one = "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}";
        assertTrue(error(raw("{\"a\":" + one + ",\"b\":" + one + "}", new byte[4]))
                .contains("starts at byte 0 instead of 4"));
    }

    @Test
    void aFileThatIsNotThere() {
        example().write(folder.resolve("best.safetensors"));
        NnException error = assertThrows(NnException.class, () -> Checkpoint.read(folder.resolve("bset.safetensors")));
        assertEquals("NN0801", error.code());
        assertEquals("its folder has `best.safetensors`: is that the one?", error.help());
        error = assertThrows(NnException.class, () -> Checkpoint.read(folder));
        assertEquals("NN0802", error.code());
        assertTrue(error.help().contains("best.safetensors"), error.help());
    }

    @Test
    void whatCannotBeWrittenLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = folder.resolve("c.safetensors");
        example().write(file);
        NnException error = assertThrows(NnException.class, () -> example().write(file.resolve("below.safetensors")));
        assertEquals("NN0804", error.code());
        assertTrue(error.toString().contains("`" + file + "` is a file, not a folder"), error.toString());
        error = assertThrows(NnException.class, () -> example().write(folder));
        assertTrue(error.toString().contains("there is a folder of that name"), error.toString());
        assertEquals(List.of("c.safetensors"), names());
    }

    /// The kernel's own "no space left on device": the file beside is a link to a device that is always full.
    @Test
    void aFullDiskLeavesTheOldFile() throws IOException {
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.exists(full), "no disk is full here");
        Path file = folder.resolve("c.safetensors");
        example().write(file);
        Files.createSymbolicLink(
                folder.resolve("c.safetensors." + ProcessHandle.current().pid() + ".tmp"), full);
        var other = new Checkpoint(Map.of("w", Tensor.scalar(1)), Map.of());
        NnException error = assertThrows(NnException.class, () -> other.write(file));
        assertTrue(error.toString().contains("the disk is full"), error.toString());
        assertEquals(example(), Checkpoint.read(file));
        assertEquals(List.of("c.safetensors"), names());
    }

    @Test
    void leftoversOfKilledProcessesAreRemoved() throws IOException {
        Path file = folder.resolve("c.safetensors");
        Files.write(folder.resolve("c.safetensors.4194304999.tmp"), new byte[3]);
        Files.write(folder.resolve("c.safetensors.1.tmp"), new byte[3]);
        Files.write(folder.resolve("c.safetensors.mine.tmp"), new byte[3]);
        example().write(file);
        assertEquals(List.of("c.safetensors", "c.safetensors.1.tmp", "c.safetensors.mine.tmp"), names());
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
        }
    }
}
