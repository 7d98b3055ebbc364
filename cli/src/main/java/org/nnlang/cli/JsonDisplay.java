package org.nnlang.cli;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.train.TrainingListener;
import org.nnlang.runtime.train.TrainingResult;

/// A training as JSON lines: one object an epoch, and a last one when it is done.
final class JsonDisplay implements TrainingListener {
    private final PrintStream out;

    JsonDisplay(PrintStream out) {
        this.out = out;
    }

    @Override
    public void epochEnded(EpochEnded event) {
        var line = new LinkedHashMap<String, Object>();
        line.put("event", "epoch");
        line.put("epoch", event.epoch());
        line.put("step", event.step());
        line.put("train", finite(event.train()));
        line.put("validate", finite(event.validate()));
        line.put("seconds", event.seconds());
        print(line);
    }

    @Override
    public void finished(TrainingResult result) {
        var line = new LinkedHashMap<String, Object>();
        line.put("event", "done");
        line.put("ending", result.ending().name().toLowerCase(Locale.ROOT));
        line.put("epochs", result.epochs());
        line.put("steps", result.steps());
        line.put("train", finite(result.train()));
        if (result.bestEpoch() > 0) {
            line.put("best_epoch", result.bestEpoch());
        }
        line.put("validate", finite(result.validate()));
        if (!result.test().isEmpty()) {
            line.put("test", finite(result.test()));
        }
        line.put("seconds", result.seconds());
        if (result.checkpoint() != null) {
            line.put("checkpoint", result.checkpoint().toString());
        }
        print(line);
    }

    private void print(Map<String, Object> line) {
        out.println(Json.of(line));
        out.flush();
    }

    /// JSON has no NaN and no infinity: they stand as text.
    static Map<String, Object> finite(Map<String, Double> metrics) {
        var written = new LinkedHashMap<String, Object>();
        metrics.forEach((name, value) -> written.put(name, Double.isFinite(value) ? value : value.toString()));
        return written;
    }
}
