package org.nnlang.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.train.TrainingListener;

/// Who is shown a run besides the terminal: a file, a browser, TensorBoard.
final class Audience implements AutoCloseable {
    private final RunLog log;
    private final @Nullable Report report;
    private final @Nullable Watch watch;
    private final @Nullable TensorBoard tensorboard;

    /// @param hasData whether steps go through examples
    /// @throws org.nnlang.runtime.NnException NN0852 where something can't be written, NN0859 where the port is taken
    Audience(
            RunLog log, ReportPage page, @Nullable Path file, @Nullable Integer port, @Nullable Path events,
            boolean hasData) {
        this.log = log;
        report = file == null ? null : new Report(file, page);
        watch = port == null ? null : new Watch(port, page, log);
        if (watch != null) {
            System.err.println("watch at " + watch.address());
        }
        tensorboard = events == null ? null : new TensorBoard(events, log, hasData);
    }

    RunLog log() {
        return log;
    }

    /// What must hear of the run, the log first.
    List<TrainingListener> listeners() {
        var listeners = new ArrayList<TrainingListener>(List.of(log));
        if (report != null) {
            listeners.add(report);
        }
        if (tensorboard != null) {
            listeners.add(tensorboard);
        }
        return listeners;
    }

    /// The end of the run, whatever way it went.
    @Override
    public void close() {
        log.failed();
        if (report != null && log.isBroken() && log.started().isPresent()) {
            report.write();
        }
        if (tensorboard != null) {
            tensorboard.close();
        }
        if (watch != null) {
            watch.close();
        }
    }
}
