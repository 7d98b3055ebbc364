package org.nnlang.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.cli.RunLog.Moment;
import org.nnlang.cli.tensorboard.EventFile;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.train.TrainingListener;
import org.nnlang.runtime.train.TrainingResult;

/// A run as TensorBoard shows it: `train` and `validate` are two of its runs, so that it draws both curves of a metric in one chart.
final class TensorBoard implements TrainingListener, AutoCloseable {
    private final Path folder;
    private final RunLog log;
    private final boolean hasData;
    private final EventFile train;
    private @Nullable EventFile validate;
    private int seen;

    /// @param hasData whether steps go through examples
    /// @throws NnException NN0852 where nothing can be written there
    TensorBoard(Path folder, RunLog log, boolean hasData) {
        this.folder = folder;
        this.log = log;
        this.hasData = hasData;
        try {
            train = EventFile.create(folder.resolve("train"), now());
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    @Override
    public void progressed(Progress event) {
        write(this::moments);
    }

    @Override
    public void epochEnded(EpochEnded event) {
        write(() -> {
            moments();
            scalars(train, "", event.train(), event.step());
            train.scalar(
                    hasData ? "examples_per_second" : "steps_per_second", event.step(), now(), event.itemsPerSecond());
            train.flush();
            if (!event.validate().isEmpty()) {
                EventFile file = validate;
                if (file == null) {
                    file = EventFile.create(folder.resolve("validate"), now());
                    validate = file;
                }
                scalars(file, "", event.validate(), event.step());
                file.flush();
            }
        });
    }

    @Override
    public void finished(TrainingResult result) {
        write(() -> {
            moments();
            if (!result.test().isEmpty()) {
                try (EventFile test = EventFile.create(folder.resolve("test"), now())) {
                    scalars(test, "", result.test(), result.steps());
                    test.flush();
                }
            }
        });
    }

    private void moments() throws IOException {
        List<Moment> moments = log.moments();
        for (Moment moment : moments.subList(seen, moments.size())) {
            scalars(train, "batch/", moment.reports(), moment.step());
            scalars(train, "learning_rate/", moment.schedules(), moment.step());
            scalars(train, "gradient_norm/", RunLog.byLayer(moment.gradients(), Integer.MAX_VALUE), moment.step());
            scalars(train, "weight_norm/", RunLog.byLayer(moment.weights(), Integer.MAX_VALUE), moment.step());
        }
        seen = moments.size();
        train.flush();
    }

    private static void scalars(EventFile file, String group, Map<String, Double> values, long step)
            throws IOException {
        for (Map.Entry<String, Double> value : values.entrySet()) {
            file.scalar(group + value.getKey(), step, now(), value.getValue());
        }
    }

    private interface Writing {
        void run() throws IOException;
    }

    private void write(Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private NnException unwritable(IOException e) {
        return Unwritable.of(folder, e);
    }

    private static double now() {
        return System.currentTimeMillis() * 1e-3;
    }

    @Override
    public void close() {
        write(() -> {
            train.close();
            EventFile file = validate;
            if (file != null) {
                file.close();
            }
        });
    }
}
