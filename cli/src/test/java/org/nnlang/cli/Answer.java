package org.nnlang.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.nnlang.runtime.json.Json;

/// What `nn` answered: how it ended, and what it wrote.
record Answer(int exit, String out, String err) {
    /// Runs a command in this process.
    ///
    /// @param arguments as strings
    static Answer to(Object... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        PrintStream outBefore = System.out;
        PrintStream errBefore = System.err;
        int exit;
        try (var written = new PrintStream(out, false, StandardCharsets.UTF_8);
                var complained = new PrintStream(err, false, StandardCharsets.UTF_8)) {
            System.setOut(written);
            System.setErr(complained);
            exit = Main.execute(Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new));
        } finally {
            System.setOut(outBefore);
            System.setErr(errBefore);
        }
        return new Answer(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /// The same, and it must have gone well.
    static Answer good(Object... arguments) {
        Answer answer = to(arguments);
        if (answer.exit != 0 || !answer.err.isEmpty()) {
            throw new AssertionError("nn " + Arrays.toString(arguments) + " ended with " + answer);
        }
        return answer;
    }

    /// The tests of a program have passed, or it has said that there are none, as there are none.
    static void ofTests(Path program) throws IOException {
        Answer answer = good("test", program);
        boolean tested = Files.readAllLines(program).stream().anyMatch(line -> line.startsWith("test "));
        if (tested != answer.lines().getLast().endsWith(" 0 failed")) {
            throw new AssertionError("nn test " + program + " ended with " + answer);
        }
    }

    /// The output's lines.
    List<String> lines() {
        return out.lines().toList();
    }

    /// The output's lines that begin so.
    List<String> lines(String start) {
        return out.lines().filter(line -> line.startsWith(start)).toList();
    }

    /// The output's lines, each a JSON object.
    List<Json> objects() {
        return out.lines().map(Json::parse).toList();
    }

    /// The output without times and without where `folder` is: what a second run must repeat to the last digit.
    String withoutTimes(Object folder) {
        return out.replace(folder.toString(), "FOLDER")
                .replaceAll("\\d+(\\.\\d+)? s\\b", "TIME")
                .replaceAll("\"seconds\":[^,}]+", "\"seconds\":TIME");
    }
}
