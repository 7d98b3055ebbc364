package org.nnlang.cli;

import java.nio.file.Path;
import org.nnlang.runtime.train.TrainingListener;
import org.nnlang.runtime.train.TrainingResult;

/// Keeps the page about a run in a file. It is written anew every other second, so that a run that breaks off leaves one, too.
final class Report implements TrainingListener {
    private static final long NANOS_BETWEEN_PAGES = 2_000_000_000;

    private final Path file;
    private final ReportPage page;
    private long written;

    Report(Path file, ReportPage page) {
        this.file = file;
        this.page = page;
    }

    @Override
    public void started(Started event) {
        write();
    }

    @Override
    public void progressed(Progress event) {
        writeNowAndThen();
    }

    @Override
    public void epochEnded(EpochEnded event) {
        writeNowAndThen();
    }

    @Override
    public void finished(TrainingResult ended) {
        write();
    }

    private void writeNowAndThen() {
        if (System.nanoTime() - written > NANOS_BETWEEN_PAGES) {
            write();
        }
    }

    /// Writes it as it is now.
    void write() {
        GraphCommand.write(file, page.page().text());
        written = System.nanoTime();
    }
}
