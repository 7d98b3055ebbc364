package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What only a process of its own shows: its output, its locale, and how its JVM was started.
class ProcessTest {
    @TempDir
    private Path folder;

    private Process start(List<String> options, Path out, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Xmx256m", "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectOutput(out.toFile());
        builder.environment().put("LC_ALL", "C");
        return builder.redirectError(errors()).start();
    }

    private File errors() {
        return folder.resolve("err.txt").toFile();
    }

    private String errors(Process process) throws IOException, InterruptedException {
        assertEquals(1, process.waitFor());
        return Files.readString(errors().toPath(), StandardCharsets.US_ASCII);
    }

    /// Otherwise predictions that were cut off would count as written.
    @Test
    void anOutputThatCannotBeWrittenIsAnError() throws IOException, InterruptedException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "no disk is full here");
        assertEquals("""
                error[NN0852]: the output can't be written: the disk is full
                help: free some space, or let it go to another place
                """, errors(start(List.of(), full, "help", "NN0203")));
    }

    @Test
    void aResultMayGoToAPipe() throws IOException, InterruptedException {
        assumeTrue(Files.exists(Path.of("/dev/stdout")), "the output has no path here");
        Path net = Files.writeString(folder.resolve("net.nn"), "model Net()(x: f32[b, 4]) -> f32[b, 4] = tanh(x)\n");
        Path read = folder.resolve("read.dot");
        Process graph = new ProcessBuilder("sh", "-c", "\"$@\" | cat >" + read, "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Main.class.getName(), "graph", net.toString(), "-o",
                "/dev/stdout")
                .redirectError(errors()).start();
        assertEquals(0, graph.waitFor());
        assertEquals("", Files.readString(errors().toPath()));
        assertTrue(Files.readString(read).startsWith("digraph {"), () -> "nothing came");
    }

    @Test
    void aReaderThatWentIsNone() throws IOException, InterruptedException {
        Process help = new ProcessBuilder("sh", "-c", "\"$@\" | true", "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Main.class.getName(), "help", "NN0203")
                .redirectError(errors()).start();
        assertEquals(0, help.waitFor());
        assertEquals("", Files.readString(errors().toPath()));
    }

    @Test
    void aSwitchThatThereIsNotIsAnError() throws IOException, InterruptedException {
        assertEquals("""
                error[NN0863]: there is no switch `nn.tire`
                help: did you mean `nn.tier`?
                """, errors(start(List.of("-Dnn.tire=tile"), folder.resolve("out.txt"), "doctor")));
    }

    /// A program is UTF-8 wherever it is read, and the names of files are what the locale says.
    @Test
    void aPathThatTheLocaleCannotWriteIsAnError() throws IOException, InterruptedException {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "names of files are Unicode here");
        Files.writeString(folder.resolve("fit.nn"), """
                train Fit(data: Data = csv("Blüten.csv", label = "kind"), epochs: Int = 1) {
                    val net = Dense(3)
                    step (x, label) in data { minimize cross_entropy(net(x), label) with Adam() }
                }
                """);
        assertEquals("", errors(start(List.of(), folder.resolve("out.txt"), "check", "fit.nn")));
        String said = Files.readString(folder.resolve("out.txt"));
        assertTrue(said.startsWith("error[NN0851]: `Bl?ten.csv` can be no path: the locale has names in ANSI"), said);
        assertTrue(said.endsWith("help: start nn in a locale of UTF-8: `LC_ALL=C.UTF-8 nn ?`\n"), said);
    }
}
