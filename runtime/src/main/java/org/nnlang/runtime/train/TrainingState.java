package org.nnlang.runtime.train;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.train.TrainingPlan.CheckpointRule;
import org.nnlang.runtime.train.TrainingPlan.EarlyStop;

/// Where a training stands, apart from its variables: all that decides what comes next.
final class TrainingState {
    /// The steps done.
    long step;

    /// The epoch at hand, from 1.
    int epoch = 1;

    /// How many examples of it were used (steps, without data).
    long consumed;

    /// Of the last whole epoch.
    Map<String, Double> train = Map.of();

    Map<String, Double> validate = Map.of();

    /// Of the epoch that the first rule with a metric found best.
    Map<String, Double> bestTrain = Map.of();

    Map<String, Double> bestValidate = Map.of();
    int bestEpoch;

    private final List<Watch> stops = new ArrayList<>();
    private final List<Watch> rules = new ArrayList<>();

    /// The best value of a metric, and for how many epochs none was better.
    private static final class Watch {
        private final boolean highest;
        private double best = Double.NaN;
        private int since;

        Watch(boolean highest) {
            this.highest = highest;
        }

        /// Takes in an epoch's value, and says whether it is the best so far. NaN never is.
        boolean improves(double value) {
            boolean better = Double.isNaN(best) ? !Double.isNaN(value) : highest ? value > best : value < best;
            best = better ? value : best;
            since = better ? 0 : since + 1;
            return better;
        }

        Json toJson() {
            return Json.of(List.of(best, since));
        }

        void restore(Json json) {
            best = json.items().get(0).decimal();
            since = json.items().get(1).integer();
        }
    }

    TrainingState(TrainingPlan plan) {
        for (EarlyStop stop : plan.earlyStops()) {
            stops.add(new Watch(stop.highest()));
        }
        for (CheckpointRule rule : plan.checkpoints()) {
            rules.add(new Watch(rule.highest()));
        }
    }

    /// Takes in the metrics of a whole epoch, and says for each checkpoint rule whether it was the best so far.
    boolean[] epochEnded(TrainingPlan plan) {
        Map<String, Double> metrics = metrics();
        for (int i = 0; i < stops.size(); i++) {
            stops.get(i).improves(metrics.getOrDefault(plan.earlyStops().get(i).metric(), Double.NaN));
        }
        boolean[] best = new boolean[rules.size()];
        boolean first = true;
        for (int i = 0; i < best.length; i++) {
            String metric = plan.checkpoints().get(i).metric();
            if (metric != null) {
                best[i] = rules.get(i).improves(metrics.getOrDefault(metric, Double.NaN));
                if (first && best[i]) {
                    keepAsBest();
                }
                first = false;
            }
        }
        if (first) {
            keepAsBest();
        }
        return best;
    }

    private void keepAsBest() {
        bestTrain = train;
        bestValidate = validate;
        bestEpoch = epoch;
    }

    /// `train.loss`, `validate.accuracy`, …
    private Map<String, Double> metrics() {
        var metrics = new LinkedHashMap<String, Double>();
        train.forEach((name, value) -> metrics.put("train." + name, value));
        validate.forEach((name, value) -> metrics.put("validate." + name, value));
        return metrics;
    }

    /// Whether an early stop's patience is over.
    boolean patienceIsOver(TrainingPlan plan) {
        for (int i = 0; i < stops.size(); i++) {
            if (stops.get(i).since >= Math.max(1, plan.earlyStops().get(i).patience())) {
                return true;
            }
        }
        return false;
    }

    Json toJson() {
        var members = new LinkedHashMap<String, Json>();
        members.put("step", Json.of(step));
        members.put("epoch", Json.of(epoch));
        members.put("consumed", Json.of(consumed));
        members.put("train", Json.of(train));
        members.put("validate", Json.of(validate));
        members.put("best_train", Json.of(bestTrain));
        members.put("best_validate", Json.of(bestValidate));
        members.put("best_epoch", Json.of(bestEpoch));
        members.put("early_stops", Json.of(stops.stream().map(Watch::toJson).toList()));
        members.put("rules", Json.of(rules.stream().map(Watch::toJson).toList()));
        return new Json.Members(members);
    }

    void restore(Json json) {
        step = json.get("step").whole();
        epoch = json.get("epoch").integer();
        consumed = json.get("consumed").whole();
        train = doubles(json.get("train"));
        validate = doubles(json.get("validate"));
        bestTrain = doubles(json.get("best_train"));
        bestValidate = doubles(json.get("best_validate"));
        bestEpoch = json.get("best_epoch").integer();
        restore(stops, json.get("early_stops").items());
        restore(rules, json.get("rules").items());
    }

    /// Rules that the program did not have when it was saved start anew.
    private static void restore(List<Watch> watches, List<Json> saved) {
        for (int i = 0; i < Math.min(watches.size(), saved.size()); i++) {
            watches.get(i).restore(saved.get(i));
        }
    }

    private static Map<String, Double> doubles(Json json) {
        var values = new LinkedHashMap<String, Double>();
        json.members().forEach((name, value) -> values.put(name, value.decimal()));
        return Collections.unmodifiableMap(values);
    }
}
