package org.nnlang.cli.repl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnlang.cli.Repository;

/// Whole sessions, line by line: what is entered and what is answered. `-Dsessions.update=true` writes them anew, to be
/// read before they are kept.
class SessionTest {
    @TempDir
    private Path folder;

    static List<Path> transcripts() {
        return Repository.files(Repository.root().resolve("cli/src/test/resources/sessions"), ".txt");
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void answers(Path transcript) throws IOException {
        Repository.copySamples(folder, "iris/iris.csv", "iris/iris.nn");
        String expected = Files.readString(transcript);
        String answered = Transcript.replay(expected, folder);
        if (Boolean.getBoolean("sessions.update")) {
            Files.writeString(transcript, answered);
        }
        assertEquals(expected, answered);
    }
}
