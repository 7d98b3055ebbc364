package org.nnlang.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jline.reader.Candidate;
import org.jline.reader.EOFError;
import org.jline.reader.Parser.ParseContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.cli.Displays;
import org.nnlang.cli.repl.Output;
import org.nnlang.cli.repl.Script;
import org.nnlang.cli.repl.Session;
import org.nnlang.runtime.train.TrainingListener;

/// What the line editor asks about a line that is being typed.
class EditingTest {
    @TempDir
    private Path folder;

    private final Entries entries = new Entries();

    private static final class Silent implements Output {
        @Override
        public void line(String text) {}

        @Override
        public boolean colored() {
            return false;
        }

        @Override
        public TrainingListener training() {
            return Displays.lines(new PrintStream(PrintStream.nullOutputStream()));
        }
    }

    private List<String> completed(String line, String... before) {
        try (var session = new Session(folder, new Silent(), 1)) {
            for (String entry : before) {
                session.enter(entry);
            }
            var candidates = new ArrayList<Candidate>();
            var parsed = entries.parse(line, line.length(), ParseContext.COMPLETE);
            new Suggestions(session, folder).complete(null, parsed, candidates);
            return candidates.stream().map(Candidate::value).filter(value -> value.startsWith(parsed.word())).toList();
        }
    }

    @Test
    void enterGoesOnUntilTheEntryIsComplete() {
        assertThrows(EOFError.class, () -> entries.parse("f(1,", 4, ParseContext.ACCEPT_LINE));
        assertEquals("1 + 1", entries.parse("1 + 1", 5, ParseContext.ACCEPT_LINE).line());
        assertEquals("f(1,\n\n", entries.parse("f(1,\n\n", 6, ParseContext.ACCEPT_LINE).line());
    }

    @Test
    void namesOfTheLibraryAndTheSession() {
        assertTrue(completed("val y = soft").containsAll(List.of("softmax", "softplus")));
        assertEquals(List.of("momentous"), completed("1 + moment", "val momentous = 3").stream()
                .filter(name -> !name.equals("moments")).toList());
        assertEquals(List.of(":save", ":shape"), completed(":s").stream().sorted().toList());
    }

    @Test
    void parametersOfTheCallAround() {
        assertTrue(completed("Dense(3, act").contains("activation = "));
        assertTrue(completed("conv2d(x) + zeros(").contains("shape = "));
        assertTrue(
                completed("scaled(f", "fun scaled(x: f32, factor: Float) -> f32 = x * factor").contains("factor = "));
    }

    @Test
    void membersOfALayer() {
        assertEquals(List.of("W", "b", "params"), completed("m.", "val m = Dense(2)", "m(ones([1, 3]))"));
    }

    @Test
    void pathsInStringsAndBehindCommands() throws IOException {
        Files.createDirectories(folder.resolve("data"));
        Files.writeString(folder.resolve("data/days.csv"), "a\n1\n");
        assertEquals(List.of("data/"), completed("csv(\"da"));
        assertEquals(List.of("data/days.csv"), completed("csv(\"data/d"));
        assertEquals(List.of("data/days.csv"), completed(":load data/"));
    }

    @Test
    void aPipeEndsEntriesWhereTheyAreComplete() throws IOException {
        var found = new ArrayList<String>();
        Script.run(
                new BufferedReader(new StringReader("1\nf(\n  2)\nx\n  |> g\n:type x\nfun f()\n\n  = 3\n(1\n:help\n")),
                entry -> found.add(entry));
        assertEquals(List.of("1", "f(\n  2)", "x\n  |> g", ":type x", "fun f()\n\n  = 3", "(1", ":help"), found);
    }
}
