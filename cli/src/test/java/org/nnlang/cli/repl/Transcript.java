package org.nnlang.cli.repl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.nnlang.runtime.train.TrainingListener;

/// A session as a person would see it: what is entered behind `nn> `, goes on behind `  > `, and below it what is
/// answered.
public final class Transcript implements Output {
    private static final String PROMPT = "nn> ";
    private static final String MORE = "  > ";

    private final StringBuilder text = new StringBuilder();
    private final Path folder;

    private Transcript(Path folder) {
        this.folder = folder;
    }

    /// The same entries with what they are answered now. Times are replaced by `TIME`.
    public static String replay(String transcript, Path folder) {
        var replayed = new Transcript(folder);
        try (var session = new Session(folder, replayed, 1)) {
            for (String entry : entries(transcript)) {
                replayed.text.append(PROMPT).append(entry.replace("\n", "\n" + MORE)).append('\n');
                session.enter(entry);
            }
        }
        return withoutTimes(replayed.text.toString());
    }

    /// Times and paths differ from run to run.
    public static String withoutTimes(String text) {
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
        text.append(written.lines().map(String::stripTrailing).collect(Collectors.joining("\n"))
                .replace(folder.toString(), "FOLDER").replace(Path.of("").toAbsolutePath().toString(), "HERE")).append('\n');
    }

    @Override
    public boolean colored() {
        return false;
    }

    @Override
    public TrainingListener training() {
        return new TrainingListener() {
            @Override
            public void epochEnded(EpochEnded event) {
                if (event.epoch() == 1 || event.epoch() % 10 == 0) {
                    line("epoch " + event.epoch() + "  " + event.train());
                }
            }
        };
    }
}
