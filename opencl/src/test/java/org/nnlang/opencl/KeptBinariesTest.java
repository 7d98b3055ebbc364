package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnlang.opencl.driver.Cl;

/// What a driver made of a program is kept, whole or not at all, for that program on that device by that driver.
class KeptBinariesTest extends OverFaultyDriver {
    private static final String SOURCE = "__kernel void one(__global int* a) { a[get_global_id(0)] = 1; }";

    @TempDir
    private Path folder;

    @BeforeEach
    void keep() {
        set(ProgramCache.PROPERTY, folder.toString());
    }

    /// Opens the device, builds a source, and tells whether the driver had to compile it.
    private boolean compiles(String source) {
        // What was compiled is asked for its binary, to be kept.
        int before = driver.calls.getOrDefault("binary", 0);
        try (OpenClAccelerator accelerator = driver.open()) {
            long program = accelerator.build(source, "a test");
            accelerator.driver.releaseKernel(accelerator.driver.createKernel(program, "one"));
            accelerator.driver.releaseProgram(program);
        }
        assertEquals(0, driver.count(), driver.objects::toString);
        return driver.calls.getOrDefault("binary", 0) > before;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        }
    }

    @Test
    void aProgramIsCompiledOnce() throws IOException {
        assertTrue(compiles(SOURCE));
        assertTrue(!compiles(SOURCE));
        assertEquals(1, files().size());
    }

    @Test
    void anotherProgramDeviceDriverOrPlatformHasAFileOfItsOwn() throws IOException {
        assertTrue(compiles(SOURCE));
        assertTrue(compiles(SOURCE + "\n"));
        driver.tells.put(Cl.DRIVER_VERSION, "another");
        assertTrue(compiles(SOURCE));
        driver.tells.put(Cl.DEVICE_NAME, "another");
        assertTrue(compiles(SOURCE));
        driver.tells.put(Cl.DEVICE_VERSION, "OpenCL 1.2 another");
        assertTrue(compiles(SOURCE));
        // Options: whether division is exact.
        long exact = ((OpenClAccelerator) below).driver.deviceNumber(
                ((OpenClAccelerator) below).handle, Cl.DEVICE_SINGLE_FP_CONFIG);
        driver.tells.put(Cl.DEVICE_SINGLE_FP_CONFIG, exact ^ Cl.FP_CORRECTLY_ROUNDED_DIVIDE_SQRT);
        assertTrue(compiles(SOURCE));
        assertEquals(6, files().size());
        driver.tells.clear();
        assertTrue(!compiles(SOURCE));
    }

    /// One damaged byte, at the beginning, in the middle, at the end; a file cut short; none of it left; and one whose
    /// checksum is right, but which is no binary.
    @ParameterizedTest
    @ValueSource(strings = {"0", "100", "-1", "cut", "empty", "no binary"})
    void aDamagedFileIsMadeAnew(String damage) throws IOException, NoSuchAlgorithmException {
        assertTrue(compiles(SOURCE));
        Path file = files().getFirst();
        byte[] whole = Files.readAllBytes(file);
        byte[] damaged = switch (damage) {
            case "cut" -> Arrays.copyOf(whole, whole.length / 2);
            case "empty" -> new byte[0];
            case "no binary" -> {
                byte[] nonsense = "nonsense".repeat(100).getBytes(java.nio.charset.StandardCharsets.UTF_8);
                byte[] sum = MessageDigest.getInstance("SHA-256").digest(nonsense);
                byte[] all = Arrays.copyOf(sum, sum.length + nonsense.length);
                System.arraycopy(nonsense, 0, all, sum.length, nonsense.length);
                yield all;
            }
            default -> {
                byte[] all = whole.clone();
                all[Math.floorMod(Integer.parseInt(damage), all.length)] ^= 1;
                yield all;
            }
        };
        Files.write(file, damaged);
        assertTrue(compiles(SOURCE), "the damage is noticed");
        assertEquals(List.of(file), files());
        assertWhole(file);
        assertTrue(!compiles(SOURCE), "it is kept again");
    }

    private static void assertWhole(Path file) throws IOException, NoSuchAlgorithmException {
        byte[] all = Files.readAllBytes(file);
        byte[] sum = MessageDigest.getInstance("SHA-256").digest(Arrays.copyOfRange(all, 32, all.length));
        assertArrayEquals(Arrays.copyOf(all, 32), sum, file::toString);
    }

    @Test
    void aFolderThatCannotBeWrittenIsNoReasonToStop() throws IOException {
        Path occupied = Files.writeString(folder.resolve("occupied"), "");
        set(ProgramCache.PROPERTY, occupied.toString());
        assertTrue(compiles(SOURCE));
        assertTrue(compiles(SOURCE));
    }

    @Test
    void severalProcessesShareAFolder() throws IOException, InterruptedException, NoSuchAlgorithmException {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            processes.add(new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--add-modules",
                    "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-Xmx128m",
                    "-D" + ProgramCache.PROPERTY + "=" + folder, "-cp", classPath(), Builder.class.getName())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolveSibling(folder.getFileName() + "-" + i).toFile()).start());
        }
        for (int i = 0; i < 2; i++) {
            assertTrue(processes.get(i).waitFor(200, TimeUnit.SECONDS), "it never ends");
            Path said = folder.resolveSibling(folder.getFileName() + "-" + i);
            assertEquals(0, processes.get(i).exitValue(), Files.readString(said));
            Files.delete(said);
        }
        assertEquals(Builder.PROGRAMS, files().size(), () -> "files that were not moved into place");
        for (Path file : files()) {
            assertWhole(file);
        }
    }

    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(each -> Path.of(each).toAbsolutePath().toString())
                .reduce((a, b) -> a + File.pathSeparator + b).orElseThrow();
    }

    /// Builds some programs again and again.
    static final class Builder {
        static final int PROGRAMS = 3;

        private Builder() {}

        public static void main(String[] arguments) {
            for (int round = 0; round < 3; round++) {
                try (var device = (OpenClAccelerator) TestDevice.open()) {
                    for (int i = 0; i < PROGRAMS; i++) {
                        device.driver.releaseProgram(device.build(SOURCE.replace("= 1", "= " + i), "a test"));
                    }
                }
            }
        }
    }
}
