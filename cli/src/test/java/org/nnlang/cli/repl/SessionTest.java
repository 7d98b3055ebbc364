package org.nnlang.cli.repl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnlang.cli.Repository;

/// Whole sessions, line by line: what is entered and what is answered. `-Dsessions.update=true` writes them anew, to be
/// read before they are kept.
class SessionTest {
    private static final Pattern BLOCK =
            Pattern.compile("(?<=^```repl\n)(.*?)(?=^```$)", Pattern.DOTALL | Pattern.MULTILINE);

    @TempDir
    private Path folder;

    static List<Path> transcripts() {
        return Repository.files(Repository.root().resolve("cli/src/test/resources/sessions"), ".txt");
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void answers(Path file) throws IOException {
        Repository.copySamples(folder, "iris/iris.csv", "iris/iris.nn");
        String expected = Files.readString(file);
        try (var transcript = new Transcript(folder)) {
            check(file, expected, transcript.replay(expected));
        }
    }

    @Test
    void thePageShowsWhatASessionAnswers() throws IOException {
        Repository.copySamples(folder, "iris/iris.csv", "iris/iris.nn");
        Path page = Repository.root().resolve("docs/repl.md");
        String expected = Files.readString(page);
        try (var transcript = new Transcript(folder)) {
            Matcher blocks = BLOCK.matcher(expected);
            var parts = new ArrayList<String>();
            while (blocks.find()) {
                parts.add(transcript.replay(blocks.group()));
            }
            var answered = new StringBuilder();
            var again = BLOCK.matcher(expected);
            for (String part : parts) {
                again.find();
                again.appendReplacement(answered, Matcher.quoteReplacement(part));
            }
            check(page, expected, again.appendTail(answered).toString());
        }
    }

    private static void check(Path file, String expected, String answered) throws IOException {
        if (Boolean.getBoolean("sessions.update")) {
            Files.writeString(file, answered);
        }
        assertEquals(Transcript.withoutTimes(expected), Transcript.withoutTimes(answered));
    }
}
