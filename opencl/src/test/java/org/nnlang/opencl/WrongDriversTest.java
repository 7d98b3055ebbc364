package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Devices;

/// What a system may have instead of a driver. A process of its own looks for devices each time, because a library stays in the
/// process that has loaded it.
class WrongDriversTest {
    @TempDir
    private Path folder;

    @BeforeAll
    static void require() {
        TestDevice.open().close();
    }

    private List<String> probe(String access, String property, String icd) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--illegal-native-access=deny", "-Xmx256m"));
        Stream.of(access, property).filter(each -> !each.isEmpty()).forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Looking.class.getName()));
        Path out = folder.resolve("out.txt");
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(out.toFile());
        if (!icd.isEmpty()) {
            Files.writeString(folder.resolve("some.icd"), icd + "\n");
            builder.environment().put("OCL_ICD_VENDORS", folder.toString());
        }
        Process process = builder.start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it never ends");
        List<String> said = Files.readAllLines(out, StandardCharsets.UTF_8);
        assertEquals(0, process.exitValue(), said::toString);
        return said;
    }

    @ParameterizedTest
    @CsvSource({
        // An .icd file of what was uninstalled, and one of another library.
        "--enable-native-access=ALL-UNNAMED, '', libno-such-driver.so.1, libOpenCL.so.1",
        "--enable-native-access=ALL-UNNAMED, '', libm.so.6, libOpenCL.so.1",
        "--enable-native-access=ALL-UNNAMED, -Dnn.opencl.library=libm.so.6, '', libm.so.6 lacks clIcdGetPlatformIDsKHR",
        "--enable-native-access=ALL-UNNAMED, -Dnn.opencl.library=/etc/passwd, '', /etc/passwd cannot be loaded",
        "'', '', '', native access is denied"})
    void isNoDeviceAndOneReason(String access, String property, String icd, String reason)
            throws IOException, InterruptedException {
        List<String> said = probe(access, property, icd);
        assertEquals(2, said.size(), said::toString);
        assertTrue(said.getFirst().startsWith("problem: ") && said.getFirst().contains(reason), said::toString);
        assertTrue(said.getLast().startsWith("NN0860: "), said::toString);
    }

    /// As where a container has NVIDIA's driver and no loader.
    @Test
    void aDriverServesWithoutALoader() throws IOException, InterruptedException {
        Path vendor = Path.of("/etc/OpenCL/vendors/pocl.icd");
        assumeTrue(Files.exists(vendor), "no driver of which it is known where it lies");
        String driver = Files.readString(vendor).strip();
        List<String> said =
                probe("--enable-native-access=ALL-UNNAMED", "-Dnn.opencl.library=" + driver, "");
        assertTrue(said.getLast().startsWith("opened "), said::toString);
    }

    /// Runs in a process of its own.
    static final class Looking {
        private Looking() {}

        public static void main(String[] arguments) {
            Devices devices = Devices.probe();
            devices.problems().forEach(problem -> System.out.println("problem: " + problem));
            try (Accelerator device = devices.open("opencl")) {
                System.out.println("opened " + device.device().name());
            } catch (NnException e) {
                System.out.println(e.code() + ": " + e.getMessage());
            }
        }
    }
}
