package org.nnlang.runtime.train;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.train.TrainingPlan.Report;

/// The metrics of a loop over an epoch, so far. Sums are in double and in the order of the batches.
final class Tally {
    private final List<Report> reports;
    private final double[] sums;
    private final float[] last;
    private final float[] before;
    private long items;

    Tally(List<Report> reports) {
        this.reports = reports;
        this.sums = new double[reports.size()];
        this.last = new float[reports.size()];
        this.before = new float[reports.size()];
        Arrays.fill(last, Float.NaN);
        Arrays.fill(before, Float.NaN);
    }

    void clear() {
        items = 0;
        Arrays.fill(sums, 0);
    }

    /// Takes in the value of a report for a batch of `size` items.
    void add(int report, float value, int size) {
        sums[report] += (double) value * size;
        before[report] = last[report];
        last[report] = value;
    }

    /// Counts a batch whose values were all added.
    void count(int size) {
        items += size;
    }

    /// The value of a report in the last batch.
    float last(int report) {
        return last[report];
    }

    /// Its value in the batch before that, or NaN where there was none.
    float before(int report) {
        return before[report];
    }

    long items() {
        return items;
    }

    /// By name, in the order of the reports; empty before the first batch.
    Map<String, Double> metrics() {
        var metrics = new LinkedHashMap<String, Double>();
        for (int i = 0; items > 0 && i < sums.length; i++) {
            Report report = reports.get(i);
            metrics.put(
                    report.name(),
                    switch (report.kind()) {
                        case LOSS, MEAN -> sums[i] / items;
                        case LAST -> (double) last[i];
                    });
        }
        return Collections.unmodifiableMap(metrics);
    }

    Json toJson() {
        var members = new LinkedHashMap<String, Json>();
        members.put("items", Json.of(items));
        for (int i = 0; i < sums.length; i++) {
            members.put(reports.get(i).name(), Json.of(List.of(sums[i], (double) last[i])));
        }
        return new Json.Members(members);
    }

    void restore(Json json) {
        items = json.get("items").whole();
        for (int i = 0; i < sums.length; i++) {
            List<Json> pair = json.get(reports.get(i).name()).items();
            sums[i] = pair.get(0).decimal();
            last[i] = (float) pair.get(1).decimal();
        }
    }
}
