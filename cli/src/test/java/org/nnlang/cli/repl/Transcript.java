package org.nnlang.cli.repl;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.nnlang.cli.Displays;
import org.nnlang.runtime.train.TrainingListener;

/// A session as a person would see it: what is entered behind `nn> `, goes on behind `  > `, and below it what is
/// answered.
final class Transcript implements Output, AutoCloseable {
    private static final String PROMPT = "nn> ";
    private static final String MORE = "  > ";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream text = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private final Path folder;
    private final Session session;

    Transcript(Path folder) {
        this.folder = folder;
        this.session = new Session(folder, this, 1);
    }

    /// The entries of a part of a transcript, with what they are answered now.
    String replay(String part) {
        bytes.reset();
        for (String entry : entries(part)) {
            text.println(PROMPT + entry.replace("\n", "\n" + MORE));
            session.enter(entry);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /// Times differ from run to run.
    static String withoutTimes(String text) {
        return text.replaceAll("\\d+(\\.\\d+)? (ns|µs|ms|s)\\b", "TIME").replaceAll("median of \\d+", "median of N");
    }

    private static List<String> entries(String transcript) {
        var entries = new ArrayList<String>();
        for (String line : transcript.lines().toList()) {
            if (line.startsWith(PROMPT)) {
                entries.add(line.substring(PROMPT.length()));
            } else if (line.startsWith(MORE) && !entries.isEmpty()) {
                entries.add(entries.removeLast() + "\n" + line.substring(MORE.length()));
            }
        }
        return entries;
    }

    @Override
    public void line(String written) {
        text.println(written.lines().map(String::stripTrailing).collect(Collectors.joining("\n"))
                .replace(folder + "/", "").replace(folder.toString(), "FOLDER")
                .replace(Path.of("").toAbsolutePath().toString(), "HERE"));
    }

    @Override
    public boolean colored() {
        return false;
    }

    @Override
    public TrainingListener training() {
        return Displays.lines(text);
    }

    @Override
    public void close() {
        session.close();
    }
}
