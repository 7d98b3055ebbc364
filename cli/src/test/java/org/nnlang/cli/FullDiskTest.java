package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The kernel's own "no space left on device": what is written beside a result is a link to a device that is always full. A result
/// stays as it was, and nothing stays beside it.
class FullDiskTest {
    @TempDir
    private Path folder;

    private Path program = Path.of("");

    @BeforeEach
    void writeProgram() throws IOException {
        assumeTrue(Files.exists(Path.of("/dev/full")), "no disk is full here");
        program = Files.writeString(folder.resolve("net.nn"), """
                model Net()(x: f32[b, 4]) -> f32[b, 4] = tanh(x)
                """);
    }

    private void fill(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.createSymbolicLink(
                file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid() + ".tmp"),
                Path.of("/dev/full"));
    }

    private TreeMap<String, String> files(Path folder) throws IOException {
        var files = new TreeMap<String, String>();
        try (Stream<Path> found = Files.walk(folder)) {
            for (Path file : found.filter(path -> !Files.isDirectory(path)).toList()) {
                files.put(folder.relativize(file).toString(), Files.readString(file));
            }
        }
        return files;
    }

    /// @param names of results that are there already, of which the last finds no space
    private void assertNothingChanges(Object[] command, String code, String... names) throws IOException {
        Path results = folder.resolve("results");
        for (String name : names) {
            Files.createDirectories(results.resolve(name).getParent());
            Files.writeString(results.resolve(name), "old");
        }
        var before = files(results);
        fill(results.resolve(names[names.length - 1]));
        Answer answer = Answer.to(command);
        assertEquals(1, answer.exit());
        assertTrue(answer.err().startsWith("error[" + code + "]"), answer::err);
        assertTrue(answer.err().contains("the disk is full\nhelp: free some space, or "), answer::err);
        assertEquals(before, files(results));
    }

    private Object[] command(Object... arguments) {
        var command = new ArrayList<Object>(List.of(arguments));
        command.add(1, program);
        return command.toArray();
    }

    private Path result(String name) {
        return folder.resolve("results").resolve(name);
    }

    @Test
    void ofPictures() throws IOException {
        assertNothingChanges(command("graph", "-o", result("net.svg")), "NN0852", "net.svg");
    }

    @Test
    void ofCompiledModels() throws IOException {
        assertNothingChanges(command("compile", "-o", result("net.jar")), "NN0852", "net.jar");
        assertNothingChanges(command("compile", "-o", result("net")), "NN0852",
                "net/META-INF/nnlang/models/Net.image", "net/models/Net.class");
    }

    @Test
    void ofBoundModels() throws IOException {
        assertNothingChanges(
                command("bind", "--root", folder, "--sources", result("java"), "--resources", result("classes")),
                "NN0852", "classes/models/Net_Compiled.class", "java/models/Net.java");
    }

    @Test
    void ofPredictions() throws IOException {
        Path inputs = Files.writeString(folder.resolve("x.csv"), "a,b,c,d\n1,2,3,4\n");
        for (String name : List.of("y.csv", "y.npy", "y.json")) {
            assertNothingChanges(command("run", "--input", inputs, "--output", result(name)), "NN0718", name);
        }
    }

    @Test
    void ofComparedRuns() throws IOException {
        Path run = Files.writeString(folder.resolve("run.jsonl"), """
                {"event":"epoch","epoch":1,"seconds":1,"train":{"loss":1},"validate":{}}
                """);
        assertNothingChanges(new Object[] {"plot", run, "-o", result("run.html")}, "NN0852", "run.html");
    }
}
